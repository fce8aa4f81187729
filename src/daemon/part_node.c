#include <stdlib.h>
#include <unistd.h>

#include "daemon/part.h"
#include "node/program.h"
#include "node/service/service.h"

/* The node as a part of the application. */

typedef struct {
  DaemonPartOwner owner;
  char **argv;
  CommonProgram *program;
  NodeApp *app;
  NodeService *service;
  char *failure; /* why it could not be started; NULL: it was */
  int exit_code;
  guint stopped_source;
} PartNode;

static void
part_node_free (gpointer part)
{
  PartNode *self = part;

  g_clear_handle_id (&self->stopped_source, g_source_remove);
  if (self->app != NULL)
    node_monitor_remove_listener (node_app_context (self->app)->monitor, self);
  g_clear_pointer (&self->service, node_service_free);
  g_clear_pointer (&self->app, node_app_free);
  g_clear_pointer (&self->program, common_program_free);
  g_strfreev (self->argv);
  g_free (self->failure);
  g_free (self);
}

/* The last one is what a program would print last. */
static char *
part_node_dup_reason (PartNode *self)
{
  g_auto (GStrv) warnings = node_monitor_dup_warnings (node_app_context (self->app)->monitor);
  guint n = g_strv_length (warnings);

  if (self->failure != NULL)
    return g_strdup (self->failure);
  return g_strdup (n > 0 ? warnings[n - 1] : "The node has stopped because of an error.");
}

static gboolean
part_node_stopped_cb (gpointer data)
{
  PartNode *self = data;
  DaemonPartOwner owner = self->owner;
  g_autofree char *reason = self->exit_code != EXIT_SUCCESS ? part_node_dup_reason (self) : NULL;

  self->stopped_source = 0;
  owner.stopped (owner.data, reason);
  return G_SOURCE_REMOVE;
}

/* The node is still busy with notifying its listeners. */
static void
part_node_on_stopped (gpointer data, int exit_code)
{
  PartNode *self = data;

  self->exit_code = exit_code;
  self->stopped_source = g_idle_add (part_node_stopped_cb, self);
}

static gboolean
part_node_make (PartNode *self, int fd, GError **error)
{
  self->program = node_program_new_inside (self->argv, error);
  if (self->program != NULL)
    self->app = node_app_new (self->program, error);
  if (self->app == NULL) {
    close (fd);
    return FALSE;
  }
  self->service = node_service_new (node_app_context (self->app), fd, error);
  return self->service != NULL;
}

static gpointer
part_node_start (const char *const *args, int fd, const DaemonPartOwner *owner, GError **error)
{
  static const NodeMonitorListener listener = { .stopped = part_node_on_stopped };
  PartNode *self = g_new0 (PartNode, 1);
  g_autoptr (GError) failure = NULL;

  self->owner = *owner;
  self->argv = daemon_part_dup_argv ("moneyrocket-node", args);
  if (!part_node_make (self, fd, error)) {
    part_node_free (self);
    return NULL;
  }
  node_monitor_add_listener (node_app_context (self->app)->monitor, &listener, self);
  if (!node_app_start (self->app, &failure)) {
    self->failure = g_strdup (failure->message);
    node_app_stop (self->app, EXIT_FAILURE);
  }
  return self;
}

static void
part_node_stop (gpointer part)
{
  node_app_stop (((PartNode *) part)->app, EXIT_SUCCESS);
}

const DaemonPart daemon_part_node = { part_node_start, part_node_stop, part_node_free };
