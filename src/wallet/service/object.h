#pragma once

#include "wallet/service/bus_call.h"

G_BEGIN_DECLS

/* A loaded wallet on a connection: Wallet1 and Spend1. Main context. */
typedef struct _WalletObject WalletObject;

/* Exported at once, with what is known of the wallet NAME. MANAGER is borrowed. NULL with ERROR. */
WalletObject *wallet_object_new (WalletManager *manager, const char *name, GDBusConnection *connection, GError **error);
void wallet_object_free (WalletObject *object);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WalletObject, wallet_object_free)

/* The wallet has changed. */
void wallet_object_update (WalletObject *object);

/* The object path of the wallet NAME. The caller owns it. */
char *wallet_object_dup_path (const char *name);

G_END_DECLS
