#include "dbus/clients.h"

#include <unistd.h>

#include "common/log.h"
#include "dbus/connection.h"
#include "dbus/connections.h"
#include "dbus/driver.h"
#include "dbus/errors.h"
#include "dbus/export.h"
#include "dbus/init.h"
#include "dbus/listener.h"
#include "dbus/monitor.h"
#include "dbus/names.h"
#include "dbus/trace1.h"

#define MAX_INSPECTOR_CALLS 64

struct _BusClients {
  BusClientsOptions options;
  char *role, *network; /* of OPTIONS */
  gpointer data;
  GTlsCertificate *own; /* NULL: no programs of other machines */
  BusRoles (*admit) (gpointer data, const guint8 *fingerprint32);
  guint silence_ms; /* of a program of another machine; 0: the usual */
  gpointer admit_data;
  GPtrArray *endpoints; /* Endpoint */
  GPtrArray *list;      /* BusClient */
  guint64 n_accepted;
};

/* A socket at which clients connect, and what they may do. */
typedef struct {
  BusClients *clients;
  BusListener *listener; /* or of another machine: */
  BusTlsListener *tls_listener;
  BusRoles roles;
  gboolean inspect;
} Endpoint;

struct _BusClient {
  BusClients *clients;
  gboolean inspector;
  GDBusConnection *connection;
  guint8 *fingerprint32; /* NULL: of this machine */
  gulong closed_handler;
  BusInit1Skeleton *init;
  BusTrace1Skeleton *trace;
  guint64 number;
  gint64 since;
  char *program, *name, *version;
  gpointer data;
  GDestroyNotify free_data;
};

static void
bus_client_free (gpointer data)
{
  BusClient *client = data;

  bus_client_set_data (client, NULL, NULL);
  if (client->init != NULL)
    bus_unexport (G_DBUS_INTERFACE_SKELETON (client->init));
  g_clear_object (&client->init);
  if (client->trace != NULL)
    bus_unexport (G_DBUS_INTERFACE_SKELETON (client->trace));
  g_clear_object (&client->trace);
  g_signal_handler_disconnect (client->connection, client->closed_handler);
  g_dbus_connection_close (client->connection, NULL, NULL, NULL);
  g_object_unref (client->connection);
  g_free (client->fingerprint32);
  g_free (client->program);
  g_free (client->name);
  g_free (client->version);
  g_free (client);
}

static void
clients_remove (BusClients *clients, BusClient *client)
{
  if (clients->options.closed != NULL)
    clients->options.closed (clients->data, client);
  g_ptr_array_remove (clients->list, client);
}

static void
client_on_closed (GDBusConnection *connection, gboolean remote_vanished, GError *error, gpointer data)
{
  BusClient *client = data;
  BusClients *clients = client->clients;

  if (!client->inspector)
    common_info ("Client %" G_GUINT64_FORMAT " has disconnected", client->number);
  clients_remove (clients, client);
}

/* Only the first Hello counts. */
static void
client_on_hello (gpointer data, const char *program, const char *name, const char *version)
{
  BusClient *client = data;
  BusClients *clients = client->clients;

  if (client->version != NULL)
    return;
  client->program = g_strdup (program);
  bus_connections_set_program (client->connection, program);
  client->name = g_strdup (name);
  client->version = g_strndup (version, BUS_INIT_MAX_NAME);
  common_info ("Client %" G_GUINT64_FORMAT " is %s, with the role %s", client->number,
               *program != '\0' ? program : "a program that does not say what it is",
               bus_roles_get_name (bus_client_get_roles (client)));
  if (clients->options.greeted != NULL)
    clients->options.greeted (clients->data, client);
}

static void
endpoint_free (gpointer data)
{
  Endpoint *endpoint = data;

  bus_listener_free (endpoint->listener);
  bus_tls_listener_free (endpoint->tls_listener);
  g_free (endpoint);
}

/* Exports what every client sees. */
static gboolean
client_export (BusClient *client, GError **error)
{
  BusClients *clients = client->clients;
  const BusInit init = { .role = clients->role, .network = clients->network, .hello = client_on_hello, .data = client };
  g_autofree char *name = bus_monitor_dup_name (clients->role);

  client->init = bus_init_export (client->connection, &init, error);
  if (client->init == NULL)
    return FALSE;
  client->trace = bus_trace1_export (client->connection, clients->role, error);
  return client->trace != NULL && (!client->inspector || bus_driver_export (client->connection, name, error));
}

/* Takes ownership of CONNECTION. FINGERPRINT32 may be NULL. */
static void
clients_add (BusClients *clients, GDBusConnection *connection, gboolean inspector, const guint8 *fingerprint32)
{
  BusClient *client = g_new0 (BusClient, 1);
  g_autoptr (GError) error = NULL;

  client->clients = clients;
  client->inspector = inspector;
  client->connection = connection;
  client->fingerprint32 = g_memdup2 (fingerprint32, BUS_FINGERPRINT_LEN);
  client->number = ++clients->n_accepted;
  client->since = g_get_real_time () / G_USEC_PER_SEC;
  client->closed_handler = g_signal_connect (connection, "closed", G_CALLBACK (client_on_closed), client);
  if (!client_export (client, &error))
    common_error ("The interfaces cannot be exported to a client: %s", error->message);
  g_ptr_array_add (clients->list, client);
  if (clients->options.connected != NULL)
    clients->options.connected (clients->data, client);
  g_dbus_connection_start_message_processing (connection);
}

static gboolean
clients_have_room (BusClients *clients)
{
  if (clients->list->len < BUS_CLIENTS_MAX)
    return TRUE;
  common_warn ("A client is refused: there are %u already", BUS_CLIENTS_MAX);
  return FALSE;
}

static void
clients_accept (BusClients *clients, int fd, BusRoles roles, gboolean inspect)
{
  const BusConnectionOptions options = { .peer = "client",
                                         .owner = clients->role,
                                         .network = inspect ? NULL : clients->network,
                                         .max_calls = inspect ? MAX_INSPECTOR_CALLS : BUS_MAX_CALLS,
                                         .roles = inspect ? 0 : roles,
                                         .inspect = inspect,
                                         .handshake = TRUE };
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection;

  if (!clients_have_room (clients)) {
    close (fd);
    return;
  }
  connection = bus_connection_new (fd, &options, &error);
  if (connection != NULL)
    clients_add (clients, connection, inspect, NULL);
  else
    common_warn ("A client is refused: %s", error->message);
}

static void
endpoint_on_accepted (gpointer data, int fd)
{
  const Endpoint *endpoint = data;

  clients_accept (endpoint->clients, fd, endpoint->roles, endpoint->inspect);
}

static BusRoles
endpoint_admit (gpointer data, const guint8 fingerprint32[BUS_FINGERPRINT_LEN])
{
  const Endpoint *endpoint = data;
  const BusClients *clients = endpoint->clients;

  return clients->admit (clients->admit_data, fingerprint32) & (endpoint->roles | BUS_ROLE_PAIR);
}

static void
endpoint_on_tls_accepted (gpointer data,
                          GTlsConnection *tls,
                          BusRoles roles,
                          const guint8 fingerprint32[BUS_FINGERPRINT_LEN])
{
  const Endpoint *endpoint = data;
  BusClients *clients = endpoint->clients;
  const BusConnectionOptions options
      = { .peer = "client", .network = clients->network, .max_calls = BUS_MAX_CALLS, .roles = roles };
  g_autoptr (GTlsConnection) owned = tls;
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection;

  if (!clients_have_room (clients)) {
    g_io_stream_close_async (G_IO_STREAM (tls), G_PRIORITY_DEFAULT, NULL, NULL, NULL);
    return;
  }
  connection = bus_connection_new_tls (tls, &options, &error);
  if (connection != NULL)
    clients_add (clients, connection, FALSE, fingerprint32);
  else
    common_warn ("A client is refused: %s", error->message);
}

static gboolean
clients_add_tls_endpoint (BusClients *clients, const BusAddress *address, GError **error)
{
  Endpoint *endpoint = g_new0 (Endpoint, 1);
  const BusTlsListenerOptions options = { .certificate = clients->own,
                                          .admit = endpoint_admit,
                                          .accepted = endpoint_on_tls_accepted,
                                          .data = endpoint,
                                          .silence_ms = clients->silence_ms };

  *endpoint = (Endpoint){ .clients = clients, .roles = address->roles };
  endpoint->tls_listener = bus_tls_listener_new (address->host, address->port, &options, error);
  if (endpoint->tls_listener == NULL) {
    g_free (endpoint);
    return FALSE;
  }
  g_ptr_array_add (clients->endpoints, endpoint);
  return TRUE;
}

static gboolean
clients_add_endpoint (BusClients *clients, const char *path, BusRoles roles, gboolean inspect, GError **error)
{
  Endpoint *endpoint = g_new0 (Endpoint, 1);

  *endpoint = (Endpoint){ .clients = clients, .roles = roles, .inspect = inspect };
  endpoint->listener = bus_listener_new (path, endpoint_on_accepted, endpoint, error);
  if (endpoint->listener == NULL) {
    g_free (endpoint);
    return FALSE;
  }
  g_ptr_array_add (clients->endpoints, endpoint);
  return TRUE;
}

BusClients *
bus_clients_new (const BusClientsOptions *options, gpointer data)
{
  BusClients *clients = g_new0 (BusClients, 1);

  clients->options = *options;
  clients->role = g_strdup (options->role);
  clients->network = g_strdup (options->network);
  clients->data = data;
  clients->endpoints = g_ptr_array_new_with_free_func (endpoint_free);
  clients->list = g_ptr_array_new_with_free_func (bus_client_free);
  return clients;
}

void
bus_clients_free (BusClients *clients)
{
  if (clients == NULL)
    return;
  g_ptr_array_unref (clients->endpoints);
  while (clients->list->len > 0)
    clients_remove (clients, clients->list->pdata[0]);
  g_ptr_array_unref (clients->list);
  g_clear_object (&clients->own);
  g_free (clients->role);
  g_free (clients->network);
  g_free (clients);
}

void
bus_clients_set_tls (BusClients *clients,
                     GTlsCertificate *own,
                     BusRoles (*admit) (gpointer data, const guint8 fingerprint32[BUS_FINGERPRINT_LEN]),
                     gpointer admit_data)
{
  g_set_object (&clients->own, own);
  clients->admit = admit;
  clients->admit_data = admit_data;
}

gboolean
bus_clients_listen (BusClients *clients, const BusAddress *address, GError **error)
{
  g_autofree char *text = bus_address_dup_text (address);

  if (address->kind == BUS_ADDRESS_TLS && clients->own == NULL) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_NOT_SUPPORTED,
                         "this program does not accept programs of other machines");
    return FALSE;
  }
  if (address->kind == BUS_ADDRESS_TLS ? !clients_add_tls_endpoint (clients, address, error)
                                       : !clients_add_endpoint (clients, address->path, address->roles, FALSE, error))
    return FALSE;
  common_info ("Accepting programs at %s, with the role %s", text, bus_roles_get_name (address->roles));
  return TRUE;
}

gboolean
bus_clients_listen_all (BusClients *clients,
                        const CommonProgram *program,
                        const char *socket,
                        BusRoles roles,
                        GError **error)
{
  g_autofree const char **texts = common_options_dup_list (program->options, BUS_OPTION_BIND);

  clients->silence_ms = 1000 * (guint) common_options_get_int (program->options, BUS_OPTION_SILENCE, 0);
  for (const char **text = texts; *text != NULL; text++) {
    g_autoptr (BusAddress) address = bus_address_parse (*text, program->network_dir, socket, roles, error);

    if (address == NULL || !bus_clients_listen (clients, address, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
bus_clients_listen_inspect (BusClients *clients, const char *path, GError **error)
{
  if (!clients_add_endpoint (clients, path, 0, TRUE, error))
    return FALSE;
  common_info ("This program can be inspected at unix:path=%s", path);
  return TRUE;
}

void
bus_clients_add_inspector (BusClients *clients, int fd)
{
  clients_accept (clients, fd, 0, TRUE);
}

const GPtrArray *
bus_clients_get_list (BusClients *clients)
{
  return clients->list;
}

GDBusConnection *
bus_client_get_connection (BusClient *client)
{
  return client->connection;
}

guint64
bus_client_get_number (BusClient *client)
{
  return client->number;
}

const guint8 *
bus_client_get_fingerprint (BusClient *client)
{
  return client->fingerprint32;
}

gboolean
bus_client_is_inspector (BusClient *client)
{
  return client->inspector;
}

BusRoles
bus_client_get_roles (BusClient *client)
{
  return bus_connection_get_roles (client->connection);
}

const char *
bus_client_get_program (BusClient *client)
{
  return client->program != NULL ? client->program : "";
}

const char *
bus_client_get_name (BusClient *client)
{
  return client->name != NULL ? client->name : "";
}

const char *
bus_client_get_version (BusClient *client)
{
  return client->version != NULL ? client->version : "";
}

gint64
bus_client_get_since (BusClient *client)
{
  return client->since;
}

void
bus_client_set_data (BusClient *client, gpointer data, GDestroyNotify free_data)
{
  if (client->free_data != NULL)
    client->free_data (client->data);
  client->data = data;
  client->free_data = free_data;
}

gpointer
bus_client_get_data (BusClient *client)
{
  return client->data;
}

void
bus_client_close (BusClient *client)
{
  g_dbus_connection_close (client->connection, NULL, NULL, NULL);
}
