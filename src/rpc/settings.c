#include "rpc/settings.h"

#include "common/file.h"

#define MAX_SETTINGS (1 << 20)

static gboolean
settings_are_good (const RpcJson *settings)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  if (rpc_json_type (settings) != RPC_JSON_OBJECT)
    return FALSE;
  for (gsize i = 0; i < rpc_json_len (settings); i++)
    if (!g_hash_table_add (names, (gpointer) rpc_json_name_at (settings, i)))
      return FALSE;
  return TRUE;
}

gboolean
rpc_settings_read (const char *network_folder, RpcJson **settings, GError **error)
{
  g_autofree char *path = g_build_filename (network_folder, RPC_SETTINGS_FILE, NULL);
  g_autoptr (GError) failure = NULL;
  g_autoptr (GBytes) bytes = common_file_read (path, MAX_SETTINGS, &failure);
  gsize len = 0;
  const char *text = bytes != NULL ? g_bytes_get_data (bytes, &len) : NULL;

  *settings = NULL;
  if (g_error_matches (failure, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    return TRUE;
  if (bytes == NULL) {
    g_propagate_prefixed_error (error, g_steal_pointer (&failure), "Settings file could not be read: ");
    return FALSE;
  }
  *settings = text != NULL ? rpc_json_parse (text, len) : NULL;
  if (settings_are_good (*settings))
    return TRUE;
  g_clear_pointer (settings, rpc_json_unref);
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
               "Settings file could not be read: %s is damaged. Repair it, or move it away to start without it.", path);
  return FALSE;
}

gboolean
rpc_settings_check (const char *network_folder, GError **error)
{
  g_autoptr (RpcJson) settings = NULL;

  return rpc_settings_read (network_folder, &settings, error);
}
