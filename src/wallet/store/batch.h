#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Changes of records that are committed atomically: the last change of a key wins. One thread. */
typedef struct _WalletBatch WalletBatch;

WalletBatch *wallet_batch_new (void);
void wallet_batch_free (WalletBatch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WalletBatch, wallet_batch_free)

/* Takes ownership of KEY and VALUE; VALUE NULL deletes the record. */
void wallet_batch_set (WalletBatch *batch, GByteArray *key, GByteArray *value);
void wallet_batch_delete (WalletBatch *batch, GByteArray *key);
gboolean wallet_batch_is_empty (const WalletBatch *batch);
void wallet_batch_clear (WalletBatch *batch);

/* Adds every change of FROM to TO. */
void wallet_batch_merge (WalletBatch *to, const WalletBatch *from);

/* VALUE is NULL for a deletion. */
typedef gboolean (*WalletBatchFunc) (GBytes *key, GBytes *value, gpointer data);

/* Calls FUNC for each change until it returns FALSE, and returns its last result (TRUE for an empty batch). */
gboolean wallet_batch_foreach (const WalletBatch *batch, WalletBatchFunc func, gpointer data);

G_END_DECLS
