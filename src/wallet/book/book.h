#pragma once

#include "bitcoin/primitives/serialize.h"
#include "wallet/store/batch.h"

G_BEGIN_DECLS

/* The address book of a wallet: labels, purposes, and the time at which an address was handed out. Addresses are in
 * their canonical encoding. Wallet thread. */
typedef struct _WalletBook WalletBook;

typedef struct {
  char *label;   /* NULL: not in the book, such as a change address */
  char *purpose; /* "receive" or "send"; may be NULL */
  gint64 time;   /* when it was handed out; 0: unknown */
  gboolean used; /* spent from; only known since the wallet has the flag avoid_reuse */
} WalletBookEntry;

WalletBook *wallet_book_new (void);
void wallet_book_free (WalletBook *self);

/* Loads one record of wallet.dat, if it is part of the address book. KEY is positioned after the name. FALSE if it is
 * damaged. */
gboolean wallet_book_load_record (WalletBook *self, const char *name, BtcReader *key, const guint8 *value, gsize len);

const WalletBookEntry *wallet_book_get (WalletBook *self, const char *address); /* NULL: not in the book */
GHashTable *wallet_book_get_entries (WalletBook *self); /* address → WalletBookEntry, labelled or not; borrowed */

/* ADDRESS was spent from. Adds the change to BATCH. */
void wallet_book_set_used (WalletBook *self, const char *address, WalletBatch *batch);

/* PURPOSE NULL and TIME 0: unchanged. Adds the changes to BATCH. */
void wallet_book_set (WalletBook *self,
                      const char *address,
                      const char *label,
                      const char *purpose,
                      gint64 time,
                      WalletBatch *batch);

G_END_DECLS
