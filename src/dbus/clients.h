#pragma once

#include "common/program.h"
#include "dbus/address.h"
#include "dbus/identity.h"
#include "dbus/tls_listener.h"

G_BEGIN_DECLS

/* The programs that have connected to this one by themselves (-ipcbind), each with a connection of its own. Main
 * context. */

typedef struct _BusClient BusClient;
typedef struct _BusClients BusClients;

typedef struct {
  const char *role; /* of this program: "node" or "wallet" */
  const char *network;
  /* A new connection: objects are exported on it here (with bus_export(), according to its roles); messages are
   * processed after this returns. May be NULL. */
  void (*connected) (gpointer data, BusClient *client);
  /* Its Hello was accepted: bus_client_get_program() is known. May be NULL. */
  void (*greeted) (gpointer data, BusClient *client);
  /* Its connection was closed; CLIENT is freed after this returns. May be NULL. */
  void (*closed) (gpointer data, BusClient *client);
} BusClientsOptions;

/* OPTIONS is copied. */
BusClients *bus_clients_new (const BusClientsOptions *options, gpointer data);

/* Stops listening, and closes all connections: closed() is called for each. NULL is allowed. */
void bus_clients_free (BusClients *clients);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BusClients, bus_clients_free)

/* More clients at once are refused. */
#define BUS_CLIENTS_MAX 64u

/* Programs of other machines may be accepted, too: at "tls:" addresses, with the certificate OWN, and with those roles of
 * the address that ADMIT (ADMIT_DATA) gives to their certificate. BUS_ROLE_PAIR does not depend on the address. Before
 * bus_clients_listen(), at which such an address is an error without this. */
void bus_clients_set_tls (BusClients *clients,
                          GTlsCertificate *own,
                          BusRoles (*admit) (gpointer data, const guint8 fingerprint32[BUS_FINGERPRINT_LEN]),
                          gpointer admit_data);

/* Accepts clients at ADDRESS. May be called for several addresses. */
gboolean bus_clients_listen (BusClients *clients, const BusAddress *address, GError **error);

/* The same at each address of -ipcbind; SOCKET and ROLES as for bus_address_parse(). */
gboolean bus_clients_listen_all (BusClients *clients,
                                 const CommonProgram *program,
                                 const char *socket,
                                 BusRoles roles,
                                 GError **error);

/* Accepts tools that inspect this program at the socket PATH: they need no Hello, everything is exported for them, and
 * what would change anything is denied. */
gboolean bus_clients_listen_inspect (BusClients *clients, const char *path, GError **error);

/* The connection FD was accepted from a socket of another program for tools that inspect this one. Takes ownership. */
void bus_clients_add_inspector (BusClients *clients, int fd);

/* The connected clients in the order of their connection: BusClient. Borrowed, until the next change. */
const GPtrArray *bus_clients_get_list (BusClients *clients);

/* ---- one client ---- */

GDBusConnection *bus_client_get_connection (BusClient *client); /* borrowed */
guint64 bus_client_get_number (BusClient *client);              /* counted from 1 */
BusRoles bus_client_get_roles (BusClient *client);
const guint8 *bus_client_get_fingerprint (BusClient *client); /* 32 bytes; NULL: it is on this machine */
gboolean bus_client_is_inspector (BusClient *client);
const char *bus_client_get_program (BusClient *client); /* "gui", "wallet", … as it says itself; "": it did not say */
const char *bus_client_get_name (BusClient *client);    /* such as its host name, as it says itself; may be "" */
const char *bus_client_get_version (BusClient *client); /* "" before Hello */
gint64 bus_client_get_since (BusClient *client);        /* seconds since 1970 */

/* What the owner of the clients keeps for this one: freed with the client, after closed(). */
void bus_client_set_data (BusClient *client, gpointer data, GDestroyNotify free_data);
gpointer bus_client_get_data (BusClient *client);

/* Closes its connection. */
void bus_client_close (BusClient *client);

G_END_DECLS
