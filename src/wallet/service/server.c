#include "wallet/service/server.h"

#include "common/clock.h"
#include "common/log.h"
#include "rpc/control.h"
#include "rpc/cookie.h"
#include "rpc/router.h"
#include "rpc/server_options.h"

#define UNKNOWN                                                                                                        \
  "Method not found. This is the server of a wallet program: methods of the node are answered by the node's own "      \
  "JSON-RPC server."

/* Only for `help` and `logging`. */
#define THREADS 1

struct _WalletServer {
  const CommonProgram *program;
  RpcTable *wallets;
  RpcTable *own; /* methods about this program */
  RpcRouter *router;
  RpcServer *server; /* NULL: it is not enabled */
  gint64 start_us;
  void (*stop) (gpointer data);
  gpointer data;
  gint closed; /* atomic: the server was freed */
};

/* ---- methods ---- */

static void
wallet_server_wait_stop (RpcCall *call, GTask *task)
{
  const WalletServer *self = call->user_data;

  rpc_control_wait_stop (call, task, self->stop, self->data);
}

static RpcJson *
wallet_server_run_uptime (RpcCall *call, GError **error)
{
  return rpc_control_uptime (((const WalletServer *) call->user_data)->start_us);
}

static RpcJson *
wallet_server_run_info (RpcCall *call, GError **error)
{
  const WalletServer *self = call->user_data;
  RpcJson *active = rpc_table_dup_active (self->own);
  g_autoptr (RpcJson) of_wallets = rpc_table_dup_active (self->wallets);

  for (gsize i = 0; i < rpc_json_len (of_wallets); i++)
    rpc_json_append (active, rpc_json_ref (rpc_json_at (of_wallets, i)));
  return rpc_control_info (active, self->program->log_file);
}

static const RpcMethod wallet_server_methods[] = {
  { "Control",
    "stop",
    NULL,
    "Stops the wallet program; the node keeps running.\n\n\"text\"    (string) A confirmation",
    { { "wait", RPC_ARG_INT, FALSE, "Delay the reply by this many milliseconds", .hidden = TRUE } },
    RPC_RUN_DEFERRED,
    wallet_server_wait_stop,
    .result = "str" },
  { "Control", "uptime", wallet_server_run_uptime,
    "Returns how long the wallet program has been running.\n\nn    (numeric) Seconds", .run = RPC_RUN_INLINE,
    .result = "num" },
  { "Control", "getrpcinfo", wallet_server_run_info,
    "Returns the active calls of the RPC server with their durations in microseconds, and the path of the log.",
    .result = RPC_CONTROL_INFO_RESULT },
  { "Control",
    "logging",
    rpc_control_logging,
    "Enables and disables log categories of the wallet program, and lists which are enabled.",
    { { "include", RPC_ARG_ARRAY, FALSE, "Categories to enable; \"all\" for every one", .shape = "[str]",
        .shown = "[\"include_category\",...]" },
      { "exclude", RPC_ARG_ARRAY, FALSE, "Categories to disable", .shape = "[str]",
        .shown = "[\"exclude_category\",...]" } },
    .result = "{*: bool}" },
};

/* ---- the port ---- */

static gboolean
read_bind_port (const char *text, guint16 *port, GError **error)
{
  g_autoptr (GSocketConnectable) name = g_network_address_parse (text, 0, NULL);

  *port = name != NULL ? g_network_address_get_port (G_NETWORK_ADDRESS (name)) : 0;
  return name != NULL || common_options_fail (error, "Invalid address or port specified in -rpcbind: '%s'", text);
}

static gboolean
read_own_port (const CommonOptions *options, guint16 *port, GError **error)
{
  const char *text = common_options_get (options, "rpcport", NULL);
  guint64 number = 0;

  if (text != NULL && !g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT16, &number, NULL))
    return common_options_fail (error, "Invalid port specified in -rpcport: '%s'", text);
  *port = (guint16) number;
  return TRUE;
}

/* The port of -rpcport, else of the first -rpcbind. There is no default, since the network's is the node's. */
static gboolean
find_port (const CommonOptions *options, guint16 *port, GError **error)
{
  g_autofree const char **bind = common_options_dup_list (options, "rpcbind");
  guint16 first = 0;
  gboolean all = bind[0] != NULL;

  if (!read_own_port (options, port, error))
    return FALSE;
  for (guint i = 0; bind[i] != NULL; i++) {
    guint16 own;

    if (!read_bind_port (bind[i], &own, error))
      return FALSE;
    all &= own != 0;
    first = first != 0 ? first : own;
  }
  if (*port == 0 && !all)
    return common_options_fail (error, "The wallet's own JSON-RPC server (-server) has no default port, since that is "
                                       "the node's. Choose one with -rpcport=<port>, or in each "
                                       "-rpcbind=<address>:<port>.");
  *port = *port != 0 ? *port : first;
  return TRUE;
}

/* ---- the server ---- */

static gboolean
wallet_server_start (WalletServer *self, gboolean alone, GError **error)
{
  const CommonOptions *options = self->program->options;
  RpcServerPlace place = { .enabled = common_options_switch (options, "server") && alone, .trusts_loopback = TRUE };
  g_autofree char *name = NULL, *cookie = NULL;

  if (place.enabled && !find_port (options, &place.port, error))
    return FALSE;
  name = rpc_cookie_dup_wallet_name (place.port);
  place.cookie_file = cookie = common_program_dup_path (self->program, "walletcookiefile", name);
  if (!rpc_server_start (options, &place, RPC_HANDLER (self->router), &self->server, error))
    return FALSE;
  if (self->server != NULL)
    common_info ("The wallets are served over JSON-RPC on port %u", place.port);
  return TRUE;
}

WalletServer *
wallet_server_new (const CommonProgram *program,
                   gboolean alone,
                   RpcTable *wallets,
                   void (*stop) (gpointer data),
                   gpointer data,
                   GError **error)
{
  g_autoptr (WalletServer) self = g_new0 (WalletServer, 1);

  self->program = program;
  self->wallets = wallets;
  self->stop = stop;
  self->data = data;
  self->start_us = common_clock_monotonic_us ();
  self->own = rpc_table_new (self, THREADS);
  rpc_table_add (self->own, wallet_server_methods, G_N_ELEMENTS (wallet_server_methods));
  rpc_table_set_unknown (self->own, UNKNOWN);
  rpc_table_set_check_results (self->own, common_options_switch (program->options, "rpcdoccheck"));
  rpc_table_set_warmup (self->own, "Loading wallet…");
  self->router = rpc_router_new (self->own);
  rpc_router_set_wallet (self->router, RPC_HANDLER (wallets));
  return wallet_server_start (self, alone, error) ? g_steal_pointer (&self) : NULL;
}

void
wallet_server_end_warmup (WalletServer *self)
{
  rpc_table_set_warmup (self->own, NULL);
}

/* A thread, since the last replies need the main context. */
static gpointer
wallet_server_close (gpointer data)
{
  WalletServer *self = data;

  rpc_server_free (self->server);
  g_atomic_int_set (&self->closed, TRUE);
  g_main_context_wakeup (NULL);
  return NULL;
}

void
wallet_server_free (WalletServer *self)
{
  GThread *closer;

  if (self == NULL)
    return;
  if (self->server != NULL) {
    rpc_server_stop (self->server);
    closer = g_thread_new ("close", wallet_server_close, self);
    while (!g_atomic_int_get (&self->closed))
      g_main_context_iteration (NULL, TRUE);
    g_thread_join (closer);
  }
  rpc_table_close (self->own);
  g_object_unref (self->router);
  g_object_unref (self->own);
  g_free (self);
}
