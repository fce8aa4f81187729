#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The cookie: a file with `__cookie__:` and 64 random hex digits, which authenticates programs of the same user. */

#define RPC_COOKIE_USER "__cookie__"

/* The name of the cookie of a wallet program's own server at PORT: other than the node's, of which there is one in the
 * same folder. The caller owns it. */
char *rpc_cookie_dup_wallet_name (guint16 port);

/* Writes a new cookie to PATH, a file with the permissions MODE, through "PATH.tmp". The password (the caller owns it), NULL with ERROR. */
char *rpc_cookie_write (const char *path, guint mode, GError **error);

/* Reads "user:password" from PATH; the caller owns it. */
char *rpc_cookie_read (const char *path, GError **error);

/* Removes PATH if it still contains PASSWORD: another node may have written its own since. */
void rpc_cookie_remove (const char *path, const char *password);

G_END_DECLS
