#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/secret.h"
#include "node/rpc/categories.h"
#include "node/rpc/context.h"
#include "rpc/control.h"

static void
control_request_stop (gpointer monitor)
{
  node_monitor_request_stop (monitor, 0);
}

/* Shutdown waits until the reply has been sent. */
static void
wait_stop (RpcCall *call, GTask *task)
{
  rpc_control_wait_stop (call, task, control_request_stop, node_rpc_context (call)->monitor);
}

static RpcJson *
run_uptime (RpcCall *call, GError **error)
{
  return rpc_control_uptime (node_rpc_context (call)->start_us);
}

static RpcJson *
run_getrpcinfo (RpcCall *call, GError **error)
{
  const NodeContext *context = node_rpc_context (call);

  return rpc_control_info (rpc_table_dup_active (context->methods), context->program->log_file);
}

/* Freed blocks are returned to the system, so no part of the memory is an unused block. */
static RpcJson *
make_locked_memory (void)
{
  RpcJson *json = rpc_json_new_object (), *locked = rpc_json_new_object ();
  CommonSecretUsage usage;

  common_secret_get_usage (&usage);
  rpc_json_set (locked, "used", rpc_json_new_int ((gint64) usage.used));
  rpc_json_set (locked, "free", rpc_json_new_int ((gint64) (usage.total - usage.used)));
  rpc_json_set (locked, "total", rpc_json_new_int ((gint64) usage.total));
  rpc_json_set (locked, "locked", rpc_json_new_int ((gint64) usage.locked));
  rpc_json_set (locked, "chunks_used", rpc_json_new_int (usage.blocks));
  rpc_json_set (locked, "chunks_free", rpc_json_new_int (0));
  rpc_json_set (json, "locked", locked);
  return json;
}

static RpcJson *
make_malloc_info (GError **error)
{
#ifdef __GLIBC__
  char *text = NULL;
  gsize len = 0;
  FILE *file = open_memstream (&text, &len);
  RpcJson *json;

  if (file == NULL)
    return rpc_fail (error, RPC_OUT_OF_MEMORY, "There is no memory left");
  malloc_info (0, file);
  fclose (file);
  json = rpc_json_new_string (text);
  free (text);
  return json;
#else
  return rpc_fail (error, RPC_INVALID_PARAMETER, "mallocinfo mode not available");
#endif
}

static RpcJson *
run_getmemoryinfo (RpcCall *call, GError **error)
{
  const char *mode = rpc_call_string (call, 0);

  if (mode == NULL || g_str_equal (mode, "stats"))
    return make_locked_memory ();
  if (g_str_equal (mode, "mallocinfo"))
    return make_malloc_info (error);
  return rpc_fail (error, RPC_INVALID_PARAMETER, "unknown mode %s", mode);
}

static RpcJson *
run_echo (RpcCall *call, GError **error)
{
  RpcJson *list = rpc_json_new_array ();

  for (guint i = 0; i < call->n_given; i++)
    rpc_json_append (list, call->args[i] != NULL ? rpc_json_ref (call->args[i]) : rpc_json_new_null ());
  return list;
}

static RpcJson *
run_setmocktime (RpcCall *call, GError **error)
{
  gint64 time_s;

  if (node_rpc_context (call)->params->network->network != BTC_NETWORK_REGTEST)
    return rpc_fail (error, RPC_MISC_ERROR, "setmocktime is for regression testing (-regtest mode) only");
  if (!rpc_int_from_json (call->args[0], &time_s, error))
    return NULL;
  if (time_s < 0 || time_s > G_MAXUINT32)
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Mocktime must be in the range [0, %u], not %" G_GINT64_FORMAT ".",
                     G_MAXUINT32, time_s);
  common_clock_set_mock (time_s);
  return rpc_json_new_null ();
}

#define ECHO_ARG(n)                                                                                                    \
  {                                                                                                                    \
    "arg" #n, RPC_ARG_ANY, FALSE, "Anything", .shown = "\"arg" #n "\""                                                 \
  }
#define ECHO_ARGS                                                                                                      \
  {                                                                                                                    \
    ECHO_ARG (0), ECHO_ARG (1), ECHO_ARG (2), ECHO_ARG (3), ECHO_ARG (4), ECHO_ARG (5), ECHO_ARG (6), ECHO_ARG (7),    \
        ECHO_ARG (8), ECHO_ARG (9)                                                                                     \
  }

static const RpcMethod methods[] = {
  { "Control",
    "stop",
    NULL,
    "Stops the node.\n\n\"text\"    (string) A confirmation",
    { { "wait", RPC_ARG_INT, FALSE, "Delay the reply by this many milliseconds", .hidden = TRUE } },
    RPC_RUN_DEFERRED,
    wait_stop,
    .result = "str" },
  { "Control", "uptime", run_uptime, "Returns how long the node has been running.\n\nn    (numeric) Seconds",
    .run = RPC_RUN_INLINE, .result = "num" },
  { "Control", "getrpcinfo", run_getrpcinfo,
    "Returns the active calls of the RPC server with their durations in microseconds, and the path of the log.",
    .result = RPC_CONTROL_INFO_RESULT },
  { "Control",
    "getmemoryinfo",
    run_getmemoryinfo,
    "Returns how much memory this process uses for secrets, or what the allocator reports about all other memory. The "
    "keys of wallets are in the wallet process.",
    { { "mode", RPC_ARG_STRING, FALSE, "\"stats\", or \"mallocinfo\" for XML", .fallback = "\"stats\"" } },
    .result = "{locked: {used: num, free: num, total: num, locked: num, chunks_used: num, chunks_free: num}} | str" },
  { "Control",
    "logging",
    rpc_control_logging,
    "Enables and disables log categories, and lists which are enabled. The valid logging categories are: addrman, "
    "bench, blockstorage, cmpctblock, coindb, estimatefee, http, i2p, ipc, kernel, leveldb, loop, mempool, mempoolrej, "
    "net, privatebroadcast, proxy, prune, qt, rand, reindex, rpc, scan, selectcoins, tor, txpackages, "
    "txreconciliation, validation, walletdb, zmq.",
    { { "include", RPC_ARG_ARRAY, FALSE, "Categories to enable; \"all\" for every one", .shape = "[str]",
        .shown = "[\"include_category\",...]" },
      { "exclude", RPC_ARG_ARRAY, FALSE, "Categories to disable", .shape = "[str]",
        .shown = "[\"exclude_category\",...]" } },
    .result = "{*: bool}" },
  { "hidden", "echo", run_echo, "Returns its arguments. For tests.", ECHO_ARGS, .result = "any" },
  { "hidden", "echojson", run_echo, "Returns its arguments. For tests.", ECHO_ARGS, .result = "any" },
  { "hidden",
    "setmocktime",
    run_setmocktime,
    "Sets the clock of a regtest node.",
    { { "timestamp", RPC_ARG_INT, TRUE, "Seconds since 1970; 0 for the system's clock" } } },
};

void
node_rpc_add_control (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}
