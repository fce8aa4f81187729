#include "gui/desktop_settings.h"

#define INTERFACE_SCHEMA "org.gnome.desktop.interface"

GSettings *
gui_desktop_settings_get (void)
{
  static GSettings *settings;
  static gboolean found;
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (found || source == NULL)
    return settings;
  found = TRUE;
  schema = g_settings_schema_source_lookup (source, INTERFACE_SCHEMA, TRUE);
  if (schema != NULL && g_settings_schema_has_key (schema, "clock-format"))
    settings = g_settings_new (INTERFACE_SCHEMA);
  return settings;
}
