#pragma once

#include "dbus/role.h"
#include "dbus/wire/check.h"
#include "dbus/wire/members.h"

G_BEGIN_DECLS

/* Creates all connections of our programs: a GDBusConnection over a BusStream. There is no authentication between two
 * of our programs, since both ends of the socketpair were passed to them. */

typedef struct {
  const char *peer;    /* the name of the other end, for the log */
  const char *owner;   /* the role of this end, in whose trace log alone it is shown; NULL: in any of this process */
  const char *network; /* other calls are rejected until Hello with this network; NULL: no Hello is expected */
  guint hello_ms;      /* how long that may take; 0: BUS_CALL_TIMEOUT_MS */
  guint max_calls;     /* pending calls of the other end; 0: it may not make calls */
  BusRoles roles;     /* what the other end may do (see role.h); 0: everything, since this program has started it, or it
                        * this one */
  gboolean inspect;   /* everything is exported, but calls that only other roles than observe may make are denied */
  gboolean handshake; /* the socket was accepted from a listening one: the other end must authenticate as this user */
} BusConnectionOptions;

/* Creates a connection over FD without waiting for the other end. Takes ownership of FD, even on failure. Messages are
 * queued until g_dbus_connection_start_message_processing(). The connection is closed when the other end breaks a rule
 * (see wire/check.h). */
GDBusConnection *bus_connection_new (int fd, const BusConnectionOptions *options, GError **error);

/* The same over TLS, whose handshake is done, and whose owner has checked the certificate of the other end. Takes a
 * reference to TLS. OPTIONS names the roles of the other end, which never include PARENT; there are no tools, and there
 * is no further handshake. Messages with descriptors are a violation, in both directions. */
GDBusConnection *bus_connection_new_tls (GTlsConnection *tls, const BusConnectionOptions *options, GError **error);

/* Whether messages with descriptors can be passed to the other end. If not, bulk data travels in parts. Main context.
 * */
gboolean bus_connection_passes_fds (GDBusConnection *connection);

/* The other end has said that it passes none: something between both ends carries bytes only, over a network. Main
 * context. */
void bus_connection_set_without_fds (GDBusConnection *connection);

/* The socket of a connection created here, which is that below TLS; else NULL. Borrowed. */
GSocket *bus_connection_get_socket (GDBusConnection *connection);

/* Any thread. Everything for a connection that bus_connection_new() has not created. */
BusRoles bus_connection_get_roles (GDBusConnection *connection);

/* From now on CONNECTION may send copies of any messages, and is closed when the other end sends one. Any thread. */
void bus_connection_become_monitor (GDBusConnection *connection);
gboolean bus_connection_is_monitor (GDBusConnection *connection);

/* Whether it is one of the program ROLE: not if another one in this process has it. Any thread. */
gboolean bus_connection_belongs_to (GDBusConnection *connection, const char *role);

/* The messages of CONNECTION, one of bus_connection_new(), so far. Any thread. */
void bus_connection_get_counts (GDBusConnection *connection, BusCounts *received, BusCounts *sent);

/* Whether the connection was closed because the other end broke a rule. */
gboolean bus_connection_broke_rule (GDBusConnection *connection);

/* The members of all our interfaces. */
const BusMembers *bus_connection_get_members (void);

G_END_DECLS
