#include "gui/loop_watch.h"

#include "common/log.h"
#include "common/loop.h"

static void
before_paint_cb (GdkFrameClock *clock, gpointer data)
{
  common_loop_pause ();
}

static void
after_paint_cb (GdkFrameClock *clock, gpointer data)
{
  common_loop_resume ();
}

static void
first_paint_cb (GdkFrameClock *clock, GtkWidget *window)
{
  static gboolean watching; /* the window of a relaunch is the second one */

  g_signal_handlers_disconnect_by_func (clock, first_paint_cb, window);
  g_signal_connect (clock, "before-paint", G_CALLBACK (before_paint_cb), NULL);
  g_signal_connect (clock, "after-paint", G_CALLBACK (after_paint_cb), NULL);
  if (!watching)
    common_loop_watch ();
  watching = TRUE;
}

static void
realize_cb (GtkWidget *window, gpointer data)
{
  g_signal_connect_object (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (first_paint_cb), window, 0);
}

void
gui_loop_watch (GtkWidget *window)
{
  g_return_if_fail (GTK_IS_WINDOW (window));

  if (common_log_enabled (COMMON_LOG_LOOP))
    g_signal_connect_after (window, "realize", G_CALLBACK (realize_cb), NULL);
}
