#pragma once

#include "dbus/role.h"
#include "wallet/service/bus_call.h"

G_BEGIN_DECLS

/* A loaded wallet on a connection: Wallet1 and Spend1. Main context. */
typedef struct _WalletObject WalletObject;

/* With the current status of the wallet NAME, for a connection with ROLES. MANAGER is borrowed. */
WalletObject *wallet_object_new (WalletManager *manager, const char *name, BusRoles roles);

/* It must no longer be exported. */
void wallet_object_free (WalletObject *object);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WalletObject, wallet_object_free)

GDBusObjectSkeleton *wallet_object_get_skeleton (WalletObject *object); /* the object to export; borrowed */

/* The wallet has changed. */
void wallet_object_update (WalletObject *object);

/* The object path of the wallet NAME. The caller owns it. */
char *wallet_object_dup_path (const char *name);

G_END_DECLS
