#include "dbus/errors.h"

#define PREFIX "org.moneyrocket.Error."

static const GDBusErrorEntry entries[] = {
  { BUS_ERROR_FAILED, PREFIX "Failed" },
  { BUS_ERROR_NOT_READY, PREFIX "NotReady" },
  { BUS_ERROR_VERSION_MISMATCH, PREFIX "VersionMismatch" },
  { BUS_ERROR_NETWORK_MISMATCH, PREFIX "NetworkMismatch" },
  { BUS_ERROR_NOT_SUPPORTED, PREFIX "NotSupported" },
  { BUS_ERROR_INVALID_ARGUMENT, PREFIX "InvalidArgument" },
  { BUS_ERROR_INVALID_ADDRESS, PREFIX "InvalidAddress" },
  { BUS_ERROR_INVALID_AMOUNT, PREFIX "InvalidAmount" },
  { BUS_ERROR_INVALID_NAME, PREFIX "InvalidName" },
  { BUS_ERROR_NOT_FOUND, PREFIX "NotFound" },
  { BUS_ERROR_NOT_IN_CHAIN, PREFIX "NotInChain" },
  { BUS_ERROR_BUSY, PREFIX "Busy" },
  { BUS_ERROR_LIMIT_EXCEEDED, PREFIX "LimitExceeded" },
  { BUS_ERROR_CANCELLED, PREFIX "Cancelled" },
  { BUS_ERROR_DISCONNECTED, PREFIX "Disconnected" },
  { BUS_ERROR_STORAGE, PREFIX "Storage" },
  { BUS_ERROR_REJECTED, PREFIX "Rejected" },
  { BUS_ERROR_NODE_UNAVAILABLE, PREFIX "NodeUnavailable" },
  { BUS_ERROR_INVALID_ANSWER, PREFIX "InvalidAnswer" },
  { BUS_ERROR_PRUNED, PREFIX "Pruned" },
  { BUS_ERROR_INSUFFICIENT_FUNDS, PREFIX "InsufficientFunds" },
  { BUS_ERROR_TOO_MANY_COINS, PREFIX "TooManyCoins" },
  { BUS_ERROR_FEE_TOO_HIGH, PREFIX "FeeTooHigh" },
  { BUS_ERROR_WALLET_EXISTS, PREFIX "WalletExists" },
  { BUS_ERROR_WALLET_NOT_FOUND, PREFIX "WalletNotFound" },
  { BUS_ERROR_WALLET_LOADED, PREFIX "WalletLoaded" },
  { BUS_ERROR_WALLET_DAMAGED, PREFIX "WalletDamaged" },
  { BUS_ERROR_WALLET_LEGACY, PREFIX "WalletLegacy" },
  { BUS_ERROR_WALLET_OTHER_NETWORK, PREFIX "WalletOtherNetwork" },
  { BUS_ERROR_WALLET_NEWER, PREFIX "WalletNewer" },
  { BUS_ERROR_WALLET_UNKNOWN, PREFIX "WalletUnknown" },
};
G_STATIC_ASSERT (G_N_ELEMENTS (entries) == BUS_N_ERRORS);

GQuark
bus_error_quark (void)
{
  static gsize quark = 0;

  g_dbus_error_register_error_domain ("moneyrocket-bus-error", &quark, entries, G_N_ELEMENTS (entries));
  return (GQuark) quark;
}

const char *
bus_error_get_name (const GError *error)
{
  BusError code = BUS_ERROR_FAILED;

  g_return_val_if_fail (error != NULL, entries[BUS_ERROR_FAILED].dbus_error_name);

  if (error->domain == BUS_ERROR && error->code >= 0 && error->code < BUS_N_ERRORS)
    code = error->code;
  else if (error->domain == G_FILE_ERROR)
    code = BUS_ERROR_STORAGE;
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    code = BUS_ERROR_CANCELLED;
  return entries[code].dbus_error_name;
}

GError *
bus_error_new_for_name (const char *name, const char *message)
{
  for (gsize i = 0; i < G_N_ELEMENTS (entries); i++)
    if (g_strcmp0 (entries[i].dbus_error_name, name) == 0)
      return g_error_new_literal (BUS_ERROR, entries[i].error_code, message);
  return g_error_new_literal (BUS_ERROR, BUS_ERROR_FAILED, message);
}

void
bus_error_reply (GDBusMethodInvocation *invocation, const GError *error)
{
  g_autofree char *message = g_utf8_make_valid (error->message, -1);

  g_dbus_method_invocation_return_dbus_error (invocation, bus_error_get_name (error), message);
}

void
bus_error_name_closed (GError **error)
{
  if (g_dbus_error_is_remote_error (*error)
      || !(g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CLOSED)
           || g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE)))
    return;
  g_clear_error (error);
  *error = g_error_new_literal (BUS_ERROR, BUS_ERROR_DISCONNECTED, "the connection was closed");
}

gboolean
bus_error_is_reply (const GError *error)
{
  return error->domain == BUS_ERROR && error->code != BUS_ERROR_DISCONNECTED;
}

void
bus_error_strip (GError *error)
{
  if (g_dbus_error_is_remote_error (error))
    g_dbus_error_strip_remote_error (error);
}
