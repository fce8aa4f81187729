#pragma once

#include "wallet/store/file_kind.h"

G_BEGIN_DECLS

/* Where wallets are. The name of a wallet is a path, absolute or relative to the wallets folder, which is the folder
 * with its wallet.dat; "" is the wallets folder itself. Any thread. */

/* The path that NAME stands for, whatever is there. BUS_ERROR_INVALID_NAME. The caller owns the result. */
char *wallet_place_dup_path (const char *wallets_folder, const char *name, GError **error);

/* The folder of the wallet NAME. It need not exist. BUS_ERROR_INVALID_NAME with the reference's sentences: "." and ".."
 * are not allowed, so that one folder has one name and a relative name never leads out of the wallets folder, except
 * through a symbolic link that exists there. The caller owns the result. */
char *wallet_place_dup_folder (const char *wallets_folder, const char *name, GError **error);

/* The path of the wallet.dat in FOLDER, if it is a wallet of NETWORK. Errors, as the reference words them:
 * BUS_ERROR_WALLET_NOT_FOUND, _WALLET_LEGACY, _WALLET_OTHER_NETWORK, _WALLET_UNKNOWN, _STORAGE. The caller owns the
 * result. */
char *wallet_place_dup_file (const char *folder, BtcNetwork network, GError **error);

/* The path of a wallet.dat that can be created in FOLDER. BUS_ERROR_WALLET_EXISTS, _INVALID_NAME. */
char *wallet_place_dup_new_file (const char *folder, GError **error);

typedef struct {
  char *name;
  WalletFileKind kind; /* not WALLET_FILE_ABSENT */
} WalletPlace;
void wallet_place_free (WalletPlace *place);

/* Every wallet in WALLETS_FOLDER, in the order of their names; element type WalletPlace. Symbolic links to folders are
 * listed, but not searched. What cannot be read is logged and omitted. */
GPtrArray *wallet_place_list (const char *wallets_folder, BtcNetwork network);

G_END_DECLS
