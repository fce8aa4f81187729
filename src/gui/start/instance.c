#include "gui/start/instance.h"

#include "common/log.h"

#define TIMEOUT_MS 5000

struct _GuiInstance {
  GApplication *app;
  void (*done) (gpointer data, gboolean first); /* NULL: was called */
  gpointer data;
  GCancellable *cancellable;
  guint owner;  /* of the name; 0: there is no bus */
  guint source; /* that calls DONE when there is no bus */
};

static void
instance_report (GuiInstance *instance, gboolean first)
{
  void (*done) (gpointer data, gboolean first) = instance->done;

  instance->done = NULL;
  if (done != NULL)
    done (instance->data, first);
}

static gboolean
instance_without_bus_cb (gpointer data)
{
  GuiInstance *instance = data;

  instance->source = 0;
  instance_report (instance, TRUE);
  return G_SOURCE_REMOVE;
}

static void
name_acquired_cb (GDBusConnection *connection, const char *name, gpointer data)
{
  instance_report (data, TRUE);
}

static void
presented_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (reply == NULL)
    common_warn ("The other application did not present its window: %s", error->message);
  instance_report (data, reply == NULL);
}

/* What lets the other application take the focus. */
static GVariant *
new_platform_data (void)
{
  const char *token = g_getenv ("XDG_ACTIVATION_TOKEN");
  const char *startup_id = g_getenv ("DESKTOP_STARTUP_ID");
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  if (token != NULL)
    g_variant_dict_insert (&dict, "activation-token", "s", token);
  if (startup_id != NULL || token != NULL)
    g_variant_dict_insert (&dict, "desktop-startup-id", "s", startup_id != NULL ? startup_id : token);
  return g_variant_dict_end (&dict);
}

/* Also called if the name is lost later, which changes nothing. */
static void
name_lost_cb (GDBusConnection *connection, const char *name, gpointer data)
{
  GuiInstance *instance = data;
  g_autofree char *path = NULL;

  if (instance->done == NULL)
    return;
  if (connection == NULL) {
    instance_report (instance, TRUE);
    return;
  }
  path = g_strdelimit (g_strconcat ("/", g_application_get_application_id (instance->app), NULL), ".", '/');
  g_dbus_connection_call (connection, name, path, "org.freedesktop.Application", "Activate",
                          g_variant_new ("(@a{sv})", new_platform_data ()), NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START,
                          TIMEOUT_MS, instance->cancellable, presented_cb, instance);
}

static char *
dup_instance_name (GApplication *app, const char *folder)
{
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, folder, -1);

  return g_strdup_printf ("%s.Folder_%.16s", g_application_get_application_id (app), hash);
}

GuiInstance *
gui_instance_claim (GApplication *app, const char *folder, void (*done) (gpointer data, gboolean first), gpointer data)
{
  GDBusConnection *connection;
  g_autofree char *name = NULL;
  GuiInstance *instance;

  g_return_val_if_fail (G_IS_APPLICATION (app), NULL);
  g_return_val_if_fail (folder != NULL && done != NULL, NULL);

  connection = g_application_get_dbus_connection (app);
  name = dup_instance_name (app, folder);
  instance = g_new0 (GuiInstance, 1);
  instance->app = app;
  instance->done = done;
  instance->data = data;
  instance->cancellable = g_cancellable_new ();
  if (connection != NULL)
    instance->owner = g_bus_own_name_on_connection (connection, name, G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE,
                                                    name_acquired_cb, name_lost_cb, instance, NULL);
  else
    instance->source = g_idle_add (instance_without_bus_cb, instance);
  return instance;
}

void
gui_instance_release (GuiInstance *instance)
{
  g_return_if_fail (instance != NULL);

  g_cancellable_cancel (instance->cancellable);
  g_object_unref (instance->cancellable);
  g_clear_handle_id (&instance->source, g_source_remove);
  if (instance->owner != 0)
    g_bus_unown_name (instance->owner);
  g_free (instance);
}
