#include "dbus/pair_ask.h"

#include "dbus/address.h"
#include "dbus/connection.h"
#include "dbus/connector.h"
#include "dbus/errors.h"
#include "dbus/init.h"
#include "dbus/memfd.h"
#include "dbus/names.h"
#include "dbus/pair_code.h"
#include "dbus/pair_show.h"

#define OPEN_TIMEOUT_MS 10000

const char *
bus_pair_option_get_role (const CommonProgram *program, const char *fallback)
{
  const char *role = common_options_get (program->options, BUS_OPTION_PAIR, NULL);

  return role != NULL && (*role == '\0' || g_str_equal (role, "1")) ? fallback : role;
}

static void
pair_ask_on_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
pair_ask_wait (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static char *
pair_ask_dup_path (const CommonProgram *program, const char *socket)
{
  g_autofree const char **texts = common_options_dup_list (program->options, BUS_OPTION_BIND);

  for (const char **text = texts; *text != NULL; text++) {
    g_autoptr (BusAddress) address
        = bus_address_parse (*text, program->network_dir, socket, BUS_ROLES_NODE | BUS_ROLES_OWNER, NULL);

    if (address != NULL && address->kind == BUS_ADDRESS_UNIX)
      return g_steal_pointer (&address->path);
  }
  return g_build_filename (program->network_dir, socket, NULL);
}

/* NULL without ERROR: nobody listens there. */
static GDBusConnection *
pair_ask_connect (const char *path, const char *role, const char *network, GError **error)
{
  const BusConnectionOptions options = { .peer = role };
  g_autoptr (GAsyncResult) opened = NULL, greeted = NULL;
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (GError) failure = NULL;
  int fd;

  bus_connector_open_async (path, OPEN_TIMEOUT_MS, NULL, pair_ask_on_result, &opened);
  pair_ask_wait (&opened);
  fd = bus_connector_open_finish (opened, &failure);
  if (fd < 0 && failure->domain != G_IO_ERROR)
    g_propagate_error (error, g_steal_pointer (&failure));
  connection = fd >= 0 ? bus_connection_new (fd, &options, error) : NULL;
  if (connection == NULL)
    return NULL;
  g_dbus_connection_start_message_processing (connection);
  bus_init_hello_async (connection, "cli", role, network, BUS_CALL_TIMEOUT_MS, NULL, pair_ask_on_result, &greeted);
  pair_ask_wait (&greeted);
  return bus_init_hello_finish (connection, greeted, error) ? g_steal_pointer (&connection) : NULL;
}

static CommonSecret *
pair_ask_call (GDBusConnection *connection, const char *given, guint *seconds, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gconstpointer data;
  gint32 handle;
  gsize len;

  g_dbus_connection_call_with_unix_fd_list (
      connection, NULL, BUS_PATH_ACCESS, "org.moneyrocket.Access1", "Invite", g_variant_new ("(sa{sv})", given, NULL),
      G_VARIANT_TYPE ("(hu)"), G_DBUS_CALL_FLAGS_NONE, BUS_CALL_TIMEOUT_MS, NULL, NULL, pair_ask_on_result, &result);
  pair_ask_wait (&result);
  answer = g_dbus_connection_call_with_unix_fd_list_finish (connection, &fds, result, error);
  if (answer == NULL)
    return NULL;
  g_variant_get (answer, "(hu)", &handle, seconds);
  bytes = bus_memfd_map_handle (fds, handle, BUS_PAIR_CODE_LEN, error);
  data = bytes != NULL ? g_bytes_get_data (bytes, &len) : NULL;
  return data != NULL ? common_secret_new (data, len) : NULL;
}

gboolean
bus_pair_ask (const CommonProgram *program, const char *role, const char *socket, const char *given, GError **error)
{
  g_autofree char *path = pair_ask_dup_path (program, socket);
  g_autoptr (GError) failure = NULL;
  g_autoptr (GDBusConnection) connection = pair_ask_connect (path, role, program->network->name, &failure);
  g_autoptr (CommonSecret) code = NULL;
  guint seconds;

  (void) BUS_ERROR; /* registers the error names, so that an error reply is recognised */
  code = connection != NULL ? pair_ask_call (connection, given, &seconds, &failure) : NULL;
  if (code != NULL) {
    bus_pair_show (code, given, seconds);
    return TRUE;
  }
  if (failure != NULL) {
    bus_error_strip (failure);
    g_set_error (error, BUS_ERROR, BUS_ERROR_FAILED, "The %s that is running has made no pairing code: %s", role,
                 failure->message);
  }
  return FALSE;
}
