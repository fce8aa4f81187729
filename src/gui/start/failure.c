#include "gui/start/failure.h"

#include "gui/start/start_page.h"

#include <adwaita.h>
#include <glib-unix.h>
#include <glib/gi18n.h>

#define WIDTH 700
#define HEIGHT 560

typedef struct {
  GtkApplication *app;
  const char *message;
  char *folder; /* the chosen one; NULL: none */
} Failure;

static void
failure_folder (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  Failure *failure = data;

  g_free (failure->folder);
  failure->folder = g_variant_dup_bytestring (parameter, NULL);
  g_application_quit (G_APPLICATION (failure->app));
}

static void
failure_quit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_application_quit (G_APPLICATION (((Failure *) data)->app));
}

static gboolean
failure_signal_cb (gpointer data)
{
  g_application_quit (data);
  return G_SOURCE_CONTINUE;
}

static void
failure_activate_cb (GtkApplication *app, Failure *failure)
{
  static const GActionEntry entries[] = {
    { .name = "quit", .activate = failure_quit },
    { .name = "folder", .activate = failure_folder, .parameter_type = "ay" },
  };
  GtkWidget *window = adw_application_window_new (app);
  GtkWidget *page = g_object_new (GUI_TYPE_START_PAGE, NULL);

  g_action_map_add_action_entries (G_ACTION_MAP (app), entries, G_N_ELEMENTS (entries), failure);
  gtk_application_set_accels_for_action (app, "app.quit", (const char *[]){ "<Control>q", "<Control>w", NULL });
  gtk_window_set_title (GTK_WINDOW (window), _ ("Moneyrocket"));
  gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
  gui_start_page_show_error (GUI_START_PAGE (page), failure->message);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), page);
  gtk_window_present (GTK_WINDOW (window));
  gui_start_page_take_focus (GUI_START_PAGE (page));
}

char *
gui_start_failure_show (const char *message)
{
  g_autoptr (AdwApplication) app = NULL;
  Failure failure = { NULL, message, NULL };

  g_return_val_if_fail (message != NULL, NULL);

  if (!gtk_init_check ())
    return NULL;
  app = g_object_new (ADW_TYPE_APPLICATION, "application-id", "org.moneyrocket.Moneyrocket", "flags",
                      G_APPLICATION_NON_UNIQUE, "resource-base-path", "/org/moneyrocket/Moneyrocket", NULL);
  failure.app = GTK_APPLICATION (app);
  g_signal_connect (app, "activate", G_CALLBACK (failure_activate_cb), &failure);
  g_unix_signal_add (SIGINT, failure_signal_cb, app);
  g_unix_signal_add (SIGTERM, failure_signal_cb, app);
  g_application_run (G_APPLICATION (app), 0, NULL);
  return failure.folder;
}
