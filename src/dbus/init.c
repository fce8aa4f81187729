#include "dbus/init.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/confinement.h"
#include "config.h"
#include "dbus/calls.h"
#include "dbus/connection.h"
#include "dbus/echo1.h"
#include "dbus/errors.h"
#include "dbus/export.h"
#include "dbus/guard.h"
#include "dbus/names.h"

static void
reply_not_supported (GDBusMethodInvocation *invocation)
{
  g_autoptr (GError) error
      = g_error_new_literal (BUS_ERROR, BUS_ERROR_NOT_SUPPORTED, "only the parent process may do that");

  bus_error_reply (invocation, error);
}

/* An option of Hello: "" if it is missing, too long, of another type, or not fit for a line of a log. Borrowed from
 * OPTIONS. */
static const char *
init_get_name (GVariant *options, const char *key)
{
  const char *text;

  if (!g_variant_lookup (options, key, "&s", &text) || strlen (text) > BUS_INIT_MAX_NAME)
    return "";
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    if (!g_unichar_isgraph (g_utf8_get_char (c)))
      return "";
  return text;
}

static GVariant *
init_make_details (GDBusConnection *connection)
{
  GVariantDict details = G_VARIANT_DICT_INIT (NULL);

  if (!bus_connection_passes_fds (connection))
    g_variant_dict_insert (&details, "descriptors", "b", FALSE);
  return g_variant_dict_end (&details);
}

static gboolean
init_on_hello (BusInit1 *object,
               GDBusMethodInvocation *invocation,
               guint protocol,
               const char *version,
               const char *network,
               GVariant *options,
               gpointer data)
{
  const BusInit *init = data;
  g_autoptr (GError) error = NULL;

  if (!bus_guard_check_hello (protocol, network, init->network, &error)) {
    bus_error_reply (invocation, error);
    return TRUE;
  }
  if (init->hello != NULL)
    init->hello (init->data, init_get_name (options, "program"), init_get_name (options, "name"), version);
  bus_init1_complete_hello (object, invocation, BUS_PROTOCOL_VERSION, MONEYROCKET_VERSION, init->role, init->network,
                            init_make_details (g_dbus_method_invocation_get_connection (invocation)));
  return TRUE;
}

static gboolean
on_init_cancel (BusInit1 *object, GDBusMethodInvocation *invocation, guint serial, GVariant *options, gpointer data)
{
  bus_calls_cancel (g_dbus_method_invocation_get_connection (invocation), serial);
  bus_init1_complete_cancel (object, invocation);
  return TRUE;
}

static gboolean
init_on_attach_peer (BusInit1 *object,
                     GDBusMethodInvocation *invocation,
                     GUnixFDList *fds,
                     const char *role,
                     GVariant *socket,
                     GVariant *options,
                     gpointer data)
{
  const BusInit *init = data;
  g_autoptr (GError) error = NULL;
  gint32 handle = g_variant_get_handle (socket);
  int fd;

  if (init->attach_peer == NULL) {
    reply_not_supported (invocation);
    return TRUE;
  }
  if (fds == NULL || handle < 0 || handle >= g_unix_fd_list_get_length (fds)) {
    error = g_error_new_literal (BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT, "the message lacks its descriptor");
    bus_error_reply (invocation, error);
    return TRUE;
  }
  if (!g_str_equal (role, "node") && !g_str_equal (role, "wallet") && !g_str_equal (role, BUS_INIT_OBSERVER)) {
    error = g_error_new_literal (BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT,
                                 "the role is \"node\", \"wallet\" or \"" BUS_INIT_OBSERVER "\"");
    bus_error_reply (invocation, error);
    return TRUE;
  }
  fd = g_unix_fd_list_get (fds, handle, &error);
  if (fd < 0) {
    bus_error_reply (invocation, error);
    return TRUE;
  }
  init->attach_peer (init->data, role, fd);
  bus_init1_complete_attach_peer (object, invocation, NULL);
  return TRUE;
}

static gboolean
init_on_shutdown (BusInit1 *object, GDBusMethodInvocation *invocation, GVariant *options, gpointer data)
{
  const BusInit *init = data;

  if (init->shutdown == NULL) {
    reply_not_supported (invocation);
    return TRUE;
  }
  bus_init1_complete_shutdown (object, invocation);
  init->shutdown (init->data);
  return TRUE;
}

void
bus_init_set_peer (BusInit1 *skeleton, guint64 sequence, const char *role)
{
  GVariantDict peer = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&peer, "sequence", "t", sequence);
  if (role != NULL)
    g_variant_dict_insert (&peer, "role", "s", role);
  bus_init1_set_peer (skeleton, g_variant_dict_end (&peer));
  g_dbus_interface_skeleton_flush (
      G_DBUS_INTERFACE_SKELETON (skeleton)); /* before the signal that reports the change */
}

BusInit1Skeleton *
bus_init_export (GDBusConnection *connection, const BusInit *init, GError **error)
{
  g_autoptr (BusInit1) skeleton = bus_init1_skeleton_new ();
  g_autofree const char **confinement = common_confinement_dup_list ();
  g_autofree const char **roles = bus_roles_dup_names (bus_connection_get_roles (connection));
  BusInit *copy = g_memdup2 (init, sizeof *init);

  bus_init1_set_version (skeleton, MONEYROCKET_VERSION);
  bus_init1_set_confinement (skeleton, confinement);
  bus_init1_set_roles (skeleton, roles);
  bus_init_set_peer (skeleton, 0, NULL);
  g_object_set_data_full (G_OBJECT (skeleton), "init", copy, g_free);
  g_signal_connect (skeleton, "handle-hello", G_CALLBACK (init_on_hello), copy);
  g_signal_connect (skeleton, "handle-cancel", G_CALLBACK (on_init_cancel), NULL);
  g_signal_connect (skeleton, "handle-attach-peer", G_CALLBACK (init_on_attach_peer), copy);
  g_signal_connect (skeleton, "handle-shutdown", G_CALLBACK (init_on_shutdown), copy);
  if (!bus_export (G_DBUS_INTERFACE_SKELETON (skeleton), connection, BUS_PATH_INIT, error)
      || !bus_echo1_export (connection, error))
    return NULL;
  return BUS_INIT1_SKELETON (g_steal_pointer (&skeleton));
}
