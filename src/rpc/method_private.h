#pragma once

#include "rpc/method.h"

G_BEGIN_DECLS

static inline guint
rpc_method_n_args (const RpcMethod *method)
{
  guint n = 0;
  while (n < G_N_ELEMENTS (method->args) && method->args[n].name != NULL)
    n++;
  return n;
}

/* ARGS (an entry for each argument) from PARAMS, an array or object or NULL; borrowed from it, or from *OPTIONS, which
 * becomes a list of objects made of those named arguments that are fields of one (NULL: none), owned by the caller. */
gboolean rpc_method_check_args (const RpcMethod *method,
                                const RpcJson *params,
                                RpcJson **args,
                                RpcJson **options,
                                GError **error);

/* `name "a" ( b )`, and the whole help text. The caller owns them. */
char *rpc_method_dup_usage (const RpcMethod *method);
char *rpc_method_dup_help (const RpcMethod *method);

G_END_DECLS
