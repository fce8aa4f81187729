#pragma once

#include "wallet/service/bus_call.h"

G_BEGIN_DECLS

/* Exports WalletManager1, and an object for each loaded wallet, on a connection. Main context. */
typedef struct _WalletExport WalletExport;

WalletExport *wallet_export_new (WalletManager *manager, GDBusConnection *connection, GError **error);

/* Sets WalletManager1.Refusal; "": the node accepts the wallets. EXPORT may be NULL. */
void wallet_export_set_refusal (WalletExport *export, const char *refusal);

void wallet_export_free (WalletExport *export);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WalletExport, wallet_export_free)

/* manager1.c: the skeleton with its methods, for TARGET, which must outlive its export. */
BusWalletManager1 *wallet_manager1_new (WalletBusTarget *target);

G_END_DECLS
