#pragma once

#include "bitcoin/primitives/network.h"
#include "wallet/store/batch.h"

G_BEGIN_DECLS

/* An open wallet.dat, locked by this process until it is freed. Wallet thread. Errors: BUS_ERROR_STORAGE (disk full or
 * failing), _WALLET_DAMAGED, _WALLET_OTHER_NETWORK, _WALLET_NEWER, _WALLET_LOADED (another program, or another wallet of
 * this process, has it open). */
typedef struct _WalletDb WalletDb;

/* Opens PATH. CREATE TRUE: creates an empty file, which must not exist; FALSE: the file must exist. The whole file is
 * checked before it is used. */
WalletDb *wallet_db_open (const char *path, BtcNetwork network, gboolean create, GError **error);
void wallet_db_free (WalletDb *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WalletDb, wallet_db_free)

/* KEY and VALUE are valid during the call only. FALSE ends the walk. */
typedef gboolean (
    *WalletDbFunc) (const guint8 *key, gsize key_len, const guint8 *value, gsize value_len, gpointer data);

/* Every record, in the order of keys. FALSE with ERROR when reading fails. */
gboolean wallet_db_foreach (WalletDb *db, WalletDbFunc func, gpointer data, GError **error);

/* Commits BATCH atomically; it is on disk when TRUE is returned. BATCH is not changed. */
gboolean wallet_db_write (WalletDb *db, const WalletBatch *batch, GError **error);

/* From now on commits do not wait until they are on disk, so that a power failure can damage the wallet. */
void wallet_db_set_unsafe (WalletDb *db);

/* Copies the file to PATH, which must not exist. */
gboolean wallet_db_backup (WalletDb *db, const char *path, GError **error);

/* Limits the file to PAGES, to test a full disk; 0: no limit. */
void wallet_db_limit_pages_for_tests (WalletDb *db, guint pages);

G_END_DECLS
