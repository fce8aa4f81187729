#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The users of the RPC server, with salted hashes of their passwords (HMAC-SHA-256, in the format of `-rpcauth`).
 * Filled by one thread, then used by any. */
typedef struct _RpcAuth RpcAuth;

RpcAuth *rpc_auth_new (void);
void rpc_auth_free (RpcAuth *auth);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpcAuth, rpc_auth_free)

/* A user with a plain password, of which only the hash is kept. */
void rpc_auth_add_password (RpcAuth *auth, const char *user, const char *password);

/* "user:salt$hash" with a random salt, as -rpcauth takes it. The caller owns it. */
char *rpc_auth_hash_password (const char *user, const char *password);

/* TEXT is `user:salt$hash`. FALSE when it is malformed. */
gboolean rpc_auth_add_hashed (RpcAuth *auth, const char *text);

/* Checks the value of an Authorization header (NULL: none), in a time that does not depend on how much of it is right. */
gboolean rpc_auth_check (RpcAuth *auth, const char *header);
/* The same: the user, borrowed, or NULL. */
const char *rpc_auth_find_user (RpcAuth *auth, const char *header);

G_END_DECLS
