#include "gui/start/failure.h"

#include "gui/start/start_page.h"

#include <adwaita.h>
#include <glib-unix.h>
#include <glib/gi18n.h>

#define WIDTH 700
#define HEIGHT 560

static void
failure_quit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_application_quit (data);
}

static gboolean
failure_signal_cb (gpointer data)
{
  g_application_quit (data);
  return G_SOURCE_CONTINUE;
}

static void
failure_activate_cb (GtkApplication *app, const char *message)
{
  static const GActionEntry entries[] = { { .name = "quit", .activate = failure_quit } };
  GtkWidget *window = adw_application_window_new (app);
  GtkWidget *page = g_object_new (GUI_TYPE_START_PAGE, NULL);

  g_action_map_add_action_entries (G_ACTION_MAP (app), entries, G_N_ELEMENTS (entries), app);
  gtk_application_set_accels_for_action (app, "app.quit", (const char *[]){ "<Control>q", "<Control>w", NULL });
  gtk_window_set_title (GTK_WINDOW (window), _ ("Moneyrocket"));
  gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
  gui_start_page_show_error (GUI_START_PAGE (page), message);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), page);
  gtk_window_present (GTK_WINDOW (window));
  gui_start_page_take_focus (GUI_START_PAGE (page));
}

void
gui_start_failure_show (const char *message)
{
  g_autoptr (AdwApplication) app = NULL;

  g_return_if_fail (message != NULL);

  if (!gtk_init_check ())
    return;
  app = g_object_new (ADW_TYPE_APPLICATION, "application-id", "org.moneyrocket.Moneyrocket", "flags",
                      G_APPLICATION_NON_UNIQUE, "resource-base-path", "/org/moneyrocket/Moneyrocket", NULL);
  g_signal_connect (app, "activate", G_CALLBACK (failure_activate_cb), (gpointer) message);
  g_unix_signal_add (SIGINT, failure_signal_cb, app);
  g_unix_signal_add (SIGTERM, failure_signal_cb, app);
  g_application_run (G_APPLICATION (app), 0, NULL);
}
