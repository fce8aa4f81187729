#include "wallet/service/export.h"

#include "dbus/names.h"

char *
wallet_export_dup_path (const char *name)
{
  g_autofree char *escaped = g_dbus_escape_object_path (name);

  return g_strconcat (BUS_PATH_WALLETS "/", escaped, NULL);
}
