#include "rpc/control.h"

#include "common/clock.h"
#include "common/log.h"

#define STOP_TEXT "Moneyrocket stopping"
#define MAX_STOP_WAIT_MS 60000

static gboolean
control_on_stop_wait_over (gpointer data)
{
  g_task_return_pointer (data, rpc_json_new_string (STOP_TEXT), (GDestroyNotify) rpc_json_unref);
  return G_SOURCE_REMOVE;
}

void
rpc_control_wait_stop (RpcCall *call, GTask *task, void (*stop) (gpointer data), gpointer data)
{
  GError *error = NULL;
  gint64 wait_ms;

  if (rpc_call_int (call, 0, 0, G_MININT32, G_MAXINT32, &wait_ms, &error)) {
    stop (data);
    g_timeout_add_full (G_PRIORITY_DEFAULT, (guint) CLAMP (wait_ms, 0, MAX_STOP_WAIT_MS), control_on_stop_wait_over,
                        task, g_object_unref);
    return;
  }
  g_task_return_error (task, error);
  g_object_unref (task);
}

RpcJson *
rpc_control_uptime (gint64 start_us)
{
  return rpc_json_new_int ((common_clock_monotonic_us () - start_us) / G_USEC_PER_SEC);
}

RpcJson *
rpc_control_info (RpcJson *active, const char *log_file)
{
  RpcJson *json = rpc_json_new_object ();

  rpc_json_set (json, "active_commands", active);
  rpc_json_set (json, "logpath", rpc_json_new_string (log_file != NULL ? log_file : ""));
  return json;
}

static gboolean
control_switch_log (const RpcJson *names, gboolean on, GError **error)
{
  for (gsize i = 0; i < rpc_json_len (names); i++) {
    const char *name = rpc_string_from_json (rpc_json_at (names, i), error);
    if (name == NULL)
      return FALSE;
    if (!common_log_enable (name, on))
      return rpc_refuse (error, RPC_INVALID_PARAMETER, "unknown logging category %s", name);
  }
  return TRUE;
}

RpcJson *
rpc_control_logging (RpcCall *call, GError **error)
{
  RpcJson *json;

  if (!control_switch_log (call->args[0], TRUE, error) || !control_switch_log (call->args[1], FALSE, error))
    return NULL;
  json = rpc_json_new_object ();
  for (guint i = 0; i < COMMON_LOG_N_CATEGORIES; i++)
    rpc_json_set (json, common_log_category_name (i), rpc_json_new_bool (common_log_enabled (i)));
  return json;
}
