#pragma once

#include "wallet/manager.h"

G_BEGIN_DECLS

/* WalletManager1, and for each loaded wallet Wallet1 and Spend1, on a connection. Main context. */
typedef struct _WalletExport WalletExport;

WalletExport *wallet_export_new (WalletManager *manager, GDBusConnection *connection, GError **error);
void wallet_export_free (WalletExport *export);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WalletExport, wallet_export_free)

/* The object path of the wallet NAME. The caller owns it. */
char *wallet_export_dup_path (const char *name);

/* A method: a job whose data is the GVariant with the arguments of the call (types are checked, `options` is the last),
 * and whose result is a GVariant with the results, not floating. */
typedef struct {
  const char *name;
  WalletJob job;
} WalletBusMethod;

/* Each ends with a NULL name. */
extern const WalletBusMethod wallet_manager_methods[];
extern const WalletBusMethod wallet_wallet_methods[];
extern const WalletBusMethod wallet_spend_methods[];

G_END_DECLS
