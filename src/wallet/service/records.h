#pragma once

#include "wallet/wallets/wallet.h"

G_BEGIN_DECLS

/* Records of Wallet1 and Spend1: each is an a{sv} without keys for absent values. Floating. Any thread. */

GVariant *wallet_record_balance (const WalletBalance *balance);
GVariant *wallet_record_address (const WalletAddressRow *row);
GVariant *wallet_record_payment (const WalletHistoryRow *row);
GVariant *wallet_record_details (const WalletTxDetails *details);
GVariant *wallet_record_draft (const WalletDraft *draft);

/* The page of a list: NEXT is the cursor of the next page; NULL or empty: this is the last one. TOTAL: rows on all
 * pages; -1: unknown. */
GVariant *wallet_record_page (const char *next, gint64 total);

/* A record with one string, or empty if TEXT is NULL or empty. */
GVariant *wallet_record_text (const char *key, const char *text);

G_END_DECLS
