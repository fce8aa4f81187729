#pragma once

#include "rpc/method.h"
#include "rpc/shape.h"

G_BEGIN_DECLS

static inline guint
rpc_method_n_args (const RpcMethod *method)
{
  guint n = 0;
  while (n < G_N_ELEMENTS (method->args) && method->args[n].name != NULL)
    n++;
  return n;
}

/* ARGS (an entry for each argument; *N_GIVEN as in RpcCall) from PARAMS, an array or object or NULL; borrowed from it, or
 * from *OPTIONS, which becomes a list of objects made of those named arguments that are fields of one (NULL: none),
 * owned by the caller. */
gboolean rpc_method_check_args (const RpcMethod *method,
                                const RpcJson *params,
                                RpcJson **args,
                                guint *n_given,
                                RpcJson **options,
                                GError **error);

/* Whether RESULT has the shape that METHOD declares; if not, ERROR names each place that differs. */
gboolean rpc_method_check_result (const RpcMethod *method, RpcJson *result, GError **error);

/* The shape of ARG. The caller owns it. */
RpcShape *rpc_arg_dup_shape (const RpcArg *arg);

/* METHOD in an OpenRPC document; HIDDEN: with hidden arguments. The caller owns it. */
RpcJson *rpc_method_to_openrpc (const RpcMethod *method, gboolean hidden);

/* `name "a" ( b )`, and the whole help text. The caller owns them. */
char *rpc_method_dup_usage (const RpcMethod *method);
char *rpc_method_dup_help (const RpcMethod *method);

/* The methods that describe others. Their RpcCall.user_data is a table by name (GHashTable of RpcMethod). */
const RpcMethod *rpc_own_methods (gsize *n);
gboolean rpc_method_is_own (const RpcMethod *method);

/* As rpc_table_dup_help(). */
char *rpc_methods_dup_help (GHashTable *methods, const char *method);

/* As rpc_handler_dup_methods(). */
RpcJson *rpc_methods_dup_list (GHashTable *methods);

G_END_DECLS
