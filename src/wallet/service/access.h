#pragma once

#include "common/program.h"
#include "rpc/bus/server.h"

G_BEGIN_DECLS

/* Decides what the node may call over JSON-RPC. Under the application, which itself may call everything on its own
 * connection: methods that only read. If the node serves clients, as it does without the application, or where a person
 * has asked for it (-server): everything that a client requests, after this process has checked the client's credentials
 * itself. Main context. */
typedef struct _WalletAccess WalletAccess;

/* The command line options of a wallet whose node serves clients, and of one that the application has started beside
 * that. */
#define WALLET_OPTION_CLIENTS "rpcclients"
#define WALLET_OPTION_WINDOW "rpcwindow"
/* A wallet of the startup that cannot be loaded ends the process with COMMON_ENDING_CODE_STARTUP. */
#define WALLET_OPTION_STRICT "strictstartup"

/* ALONE: no other program has started this one, so that its options have the credentials of its node's clients. */
WalletAccess *wallet_access_new (const CommonProgram *program, gboolean alone);
void wallet_access_free (WalletAccess *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WalletAccess, wallet_access_free)

gboolean wallet_access_has_window (const WalletAccess *self); /* the parent is the application */

/* For RpcBusAccess; DATA is the WalletAccess. */
gboolean wallet_access_check (gpointer data, const char *method, const char *authorization, GError **error);

/* access_table.c. Whether the node may call METHOD on its own behalf; all others are only for its JSON-RPC clients. Any
 * thread. */
gboolean wallet_access_is_open (const char *method);
gboolean wallet_access_is_listed (const char *method); /* for tests: the table has METHOD */

G_END_DECLS
