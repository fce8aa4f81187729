#include "gui/clients/link.h"

#include "common/log.h"
#include "dbus/init.h"
#include "gui/clients/remote_program.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

/* Both ends report the same closed connection, and a worker that is exiting may report it before its exit is
 * noticed. */
#define RECONNECT_MS 200
/* A node on another computer, or one that is busy, is not asked that often. */
#define REOPEN_MS 1000

struct _GuiLink {
  GuiProgram *node, *wallet;
  GCancellable *cancellable; /* of the connection that is being opened; NULL: none is */
  guint source;
};

static void
link_give_up_opening (GuiLink *link)
{
  g_cancellable_cancel (link->cancellable);
  g_clear_object (&link->cancellable);
}

static gboolean link_retry_cb (gpointer data);

static void
link_opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  gboolean stale = g_cancellable_is_cancelled (g_task_get_cancellable (G_TASK (result)));
  g_autoptr (GError) error = NULL;
  int fd = gui_remote_program_open_finish (result, &error);
  GuiLink *link = data;

  if (stale) {
    /* LINK may not exist any more. */
    if (fd >= 0)
      close (fd);
    return;
  }
  g_clear_object (&link->cancellable);
  if (fd >= 0) {
    bus_init_attach_peer (gui_program_get_connection (link->wallet), "node", fd);
    return;
  }
  common_warn ("The wallet worker cannot be connected with the node: %s", error->message);
  if (link->source == 0)
    link->source = g_timeout_add (REOPEN_MS, link_retry_cb, link);
}

static void
link_join_workers (GDBusConnection *node, GDBusConnection *wallet)
{
  int fds[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0) {
    common_error ("The connection between the processes cannot be created: %s", g_strerror (errno));
    return;
  }
  bus_init_attach_peer (node, "wallet", fds[0]);
  bus_init_attach_peer (wallet, "node", fds[1]);
}

static void
link_connect (GuiLink *link)
{
  GDBusConnection *node = gui_program_get_connection (link->node);
  GDBusConnection *wallet = gui_program_get_connection (link->wallet);

  g_clear_handle_id (&link->source, g_source_remove);
  link_give_up_opening (link);
  if (node == NULL || wallet == NULL || GUI_IS_REMOTE_PROGRAM (link->wallet))
    return;
  if (!GUI_IS_REMOTE_PROGRAM (link->node)) {
    link_join_workers (node, wallet);
  } else if ((gui_program_get_roles (link->node) & BUS_ROLE_WALLET) != 0) {
    link->cancellable = g_cancellable_new ();
    gui_remote_program_open_async (GUI_REMOTE_PROGRAM (link->node), link->cancellable, link_opened_cb, link);
  }
}

static gboolean
link_retry_cb (gpointer data)
{
  GuiLink *link = data;

  link->source = 0;
  link_connect (link);
  return G_SOURCE_REMOVE;
}

static void
link_on_connected (GuiProgram *program, GDBusConnection *connection, GuiLink *link)
{
  link_connect (link);
}

static void
link_on_disconnected (GuiProgram *program, GuiLink *link)
{
  link_give_up_opening (link);
}

static void
link_on_peer_closed (GuiProgram *program, GuiLink *link)
{
  if (link->source == 0)
    link->source = g_timeout_add (GUI_IS_REMOTE_PROGRAM (link->node) ? REOPEN_MS : RECONNECT_MS, link_retry_cb, link);
}

GuiLink *
gui_link_new (GuiProgram *node, GuiProgram *wallet)
{
  GuiProgram *const both[] = { node, wallet };
  GuiLink *link;

  g_return_val_if_fail (GUI_IS_PROGRAM (node) && GUI_IS_PROGRAM (wallet), NULL);

  link = g_new0 (GuiLink, 1);
  link->node = node;
  link->wallet = wallet;
  for (gsize i = 0; i < G_N_ELEMENTS (both); i++) {
    g_signal_connect (both[i], "connected", G_CALLBACK (link_on_connected), link);
    g_signal_connect (both[i], "disconnected", G_CALLBACK (link_on_disconnected), link);
    g_signal_connect (both[i], "peer-closed", G_CALLBACK (link_on_peer_closed), link);
  }
  return link;
}

void
gui_link_free (GuiLink *link)
{
  if (link == NULL)
    return;
  g_clear_handle_id (&link->source, g_source_remove);
  link_give_up_opening (link);
  g_signal_handlers_disconnect_by_data (link->node, link);
  g_signal_handlers_disconnect_by_data (link->wallet, link);
  g_free (link);
}
