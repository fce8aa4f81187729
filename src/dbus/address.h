#pragma once

#include "dbus/role.h"

G_BEGIN_DECLS

/* Where a program listens for others (-ipcbind), or connects to one that is running (-ipcconnect):
 *
 *   unix[:PATH][,role=NAME]        a socket on this machine; a relative PATH is below the network's folder
 *   tls:HOST:PORT[,role=NAME]      another machine; an IPv6 address is in brackets
 */

typedef enum { BUS_ADDRESS_UNIX, BUS_ADDRESS_TLS } BusAddressKind;

typedef struct {
  BusAddressKind kind;
  char *path; /* of UNIX, absolute */
  char *host; /* of TLS */
  guint16 port;
  BusRoles roles; /* of those who connect there */
} BusAddress;

/* The default sockets in the network's folder. node.sock is where the reference's client looks for another protocol. */
#define BUS_ADDRESS_NODE_SOCKET "node-bus.sock"
#define BUS_ADDRESS_WALLET_SOCKET "wallet-bus.sock"

/* Parses TEXT. FOLDER is the network's, SOCKET the default in it, and ROLES what can be had there, which is the
 * default. NULL with a message that names TEXT. The caller owns the result. */
BusAddress *
bus_address_parse (const char *text, const char *folder, const char *socket, BusRoles roles, GError **error);
BusAddress *bus_address_copy (const BusAddress *address);
void bus_address_free (BusAddress *address);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BusAddress, bus_address_free)

/* "unix:PATH" or "tls:HOST:PORT", for messages. The caller owns it. */
char *bus_address_dup_text (const BusAddress *address);

G_END_DECLS
