#pragma once

#include "wallet/wallets/manager.h"

G_BEGIN_DECLS

/* WalletManager1, and for each loaded wallet Wallet1 and Spend1, on a connection. Main context. */
typedef struct _WalletExport WalletExport;

WalletExport *wallet_export_new (WalletManager *manager, GDBusConnection *connection, GError **error);
void wallet_export_free (WalletExport *export);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WalletExport, wallet_export_free)

/* The object path of the wallet NAME. The caller owns it. */
char *wallet_export_dup_path (const char *name);

/* A method: a job whose data is the GVariant with the arguments of the call (types are checked, `options` is the last),
 * and whose result is a GVariant with the results, not floating. Where the answer is more than a job, HANDLE gives it: for
 * the loaded wallet NAME, on the main context; it takes over INVOCATION. */
typedef struct {
  const char *name;
  WalletJob job;
  void (*handle) (WalletManager *manager, const char *name, GVariant *args, GDBusMethodInvocation *invocation);
} WalletBusMethod;

/* send.c: Spend1.Send. fee_choices.c: Spend1.FeeChoices. */
void wallet_bus_send (WalletManager *manager, const char *name, GVariant *args, GDBusMethodInvocation *invocation);
void
wallet_bus_fee_choices (WalletManager *manager, const char *name, GVariant *args, GDBusMethodInvocation *invocation);

/* Each ends with a NULL name. */
extern const WalletBusMethod wallet_manager_methods[];
extern const WalletBusMethod wallet_wallet_methods[];
extern const WalletBusMethod wallet_spend_methods[];

G_END_DECLS
