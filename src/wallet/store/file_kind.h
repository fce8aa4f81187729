#pragma once

#include "bitcoin/primitives/network.h"

G_BEGIN_DECLS

/* What a wallet.dat is, from the first bytes of the file. */
typedef enum {
  WALLET_FILE_ABSENT,        /* there is no such file */
  WALLET_FILE_SQLITE,        /* a wallet of this network */
  WALLET_FILE_OTHER_NETWORK, /* a wallet of another network */
  WALLET_FILE_LEGACY,        /* a Berkeley DB file, as the reference used for its legacy wallets */
  WALLET_FILE_UNKNOWN,       /* a file of another kind, or a truncated one */
} WalletFileKind;

/* The kind of the regular file at PATH; symbolic links are followed, anything but a regular file is ABSENT. FALSE with a
 * G_FILE_ERROR when the file cannot be read. Any thread. */
gboolean wallet_file_read_kind (const char *path, BtcNetwork network, WalletFileKind *kind, GError **error);

G_END_DECLS
