/* settings.json of the network folder: one object; "wallet" is the array of the wallets to be loaded at startup. All
 * other members are kept. */
#include <string.h>

#include "common/log.h"
#include "rpc/settings.h"
#include "wallet/wallets/manager_private.h"

/* NULL: there is no such member. */
static char **
settings_dup_startup (RpcJson *settings)
{
  RpcJson *names = settings != NULL ? rpc_json_get (settings, "wallet") : NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (names == NULL || rpc_json_type (names) == RPC_JSON_NULL)
    return NULL;
  if (rpc_json_string (names) != NULL)
    g_strv_builder_add (builder, rpc_json_string (names));
  for (gsize i = 0; rpc_json_type (names) == RPC_JSON_ARRAY && i < rpc_json_len (names); i++)
    if (rpc_json_string (rpc_json_at (names, i)) != NULL)
      g_strv_builder_add (builder, rpc_json_string (rpc_json_at (names, i)));
  return g_strv_builder_end (builder);
}

char **
wallet_settings_dup_startup (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RpcJson) settings = NULL;

  if (path != NULL && !rpc_settings_read (path, &settings, &error))
    common_warn ("No wallet is loaded at startup: %s", error->message);
  return settings_dup_startup (settings);
}

/* BEFORE with or without NAME. */
static RpcJson *
settings_new_list (char **before, const char *name, gboolean load)
{
  RpcJson *names = rpc_json_new_array ();

  for (guint i = 0; before != NULL && before[i] != NULL; i++)
    if (!g_str_equal (before[i], name))
      rpc_json_append (names, rpc_json_new_string (before[i]));
  if (load)
    rpc_json_append (names, rpc_json_new_string (name));
  return names;
}

gboolean
wallet_settings_set_startup (const char *path, const char *name, gboolean load, gboolean unnamed, GError **error)
{
  static const char *const only_unnamed[] = { "", NULL };
  g_autoptr (RpcJson) settings = NULL;
  g_autoptr (RpcJson) fresh = rpc_json_new_object ();
  g_auto (GStrv) before = NULL;
  g_autofree char *text = NULL;

  if (path == NULL)
    return common_options_fail (error, "Attempt to write settings file when dynamic settings are disabled.");
  if (!rpc_settings_read (path, &settings, error))
    return FALSE;
  before = settings_dup_startup (settings);
  if (before == NULL && unnamed)
    before = g_strdupv ((char **) only_unnamed);
  /* An empty list keeps the unnamed wallet from being loaded. */
  if (before != NULL || load || *name != '\0')
    if ((before != NULL && g_strv_contains ((const char *const *) before, name)) == load)
      return TRUE;
  for (gsize i = 0; settings != NULL && i < rpc_json_len (settings); i++)
    rpc_json_set (fresh, rpc_json_name_at (settings, i), rpc_json_ref (rpc_json_at (settings, i)));
  rpc_json_set (fresh, "wallet", settings_new_list (before, name, load));
  text = rpc_json_write (fresh, 4);
  return common_file_replace (path, text, strlen (text), 0600, error);
}
