#include "node/service/miner_replies.h"

#include "dbus/errors.h"

void
node_miner_refuse (GDBusMethodInvocation *invocation, const char *text)
{
  g_autoptr (GError) error = g_error_new_literal (BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT, text);

  bus_error_reply (invocation, error);
}

gboolean
node_miner_read_timeout (GDBusMethodInvocation *invocation, GVariant *options, guint *timeout_ms)
{
  if (!g_variant_lookup (options, "timeout", "u", timeout_ms) || *timeout_ms > 0)
    return TRUE;
  node_miner_refuse (invocation, "the time-out is 1 millisecond or more; leave it out for none");
  return FALSE;
}
