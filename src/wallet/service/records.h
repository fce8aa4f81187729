#pragma once

#include "wallet/wallets/wallet.h"

G_BEGIN_DECLS

/* Records of Wallet1 and Spend1, each an a{sv} in which what there is none of has no key. Floating. Any thread. */

GVariant *wallet_record_balance (const WalletBalance *balance);
GVariant *wallet_record_address (const WalletAddressRow *row);
GVariant *wallet_record_payment (const WalletHistoryRow *row);
GVariant *wallet_record_details (const WalletTxDetails *details);
GVariant *wallet_record_draft (const WalletDraft *draft);

/* Of a list: NEXT is the cursor of the page after this one; NULL or empty: this one is the last. TOTAL: rows on all pages; -1: not
 * known. */
GVariant *wallet_record_page (const char *next, gint64 total);

/* With one string, unless TEXT is NULL or empty. */
GVariant *wallet_record_text (const char *key, const char *text);

G_END_DECLS
