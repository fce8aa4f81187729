#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Which methods a user may call (-rpcwhitelist). Immutable; any thread. */
typedef struct _RpcWhitelist RpcWhitelist;

/* LISTS: each "user:method,method" or "user"; several for a user allow what is in all of them. NULL: none. With
 * DENY_OTHERS a user without a list may call no method, else any. */
RpcWhitelist *rpc_whitelist_new (const char *const *lists, gboolean deny_others);
void rpc_whitelist_free (RpcWhitelist *whitelist);

/* Whether there is something that USER may not call. */
gboolean rpc_whitelist_restricts (const RpcWhitelist *whitelist, const char *user);
gboolean rpc_whitelist_allows (const RpcWhitelist *whitelist, const char *user, const char *method);

G_END_DECLS
