#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Addresses in options, as the reference reads them. At start-up only: names are looked up, which may block. */

/* Splits "host:port", "[host]:port" or "host". FALSE: the port is not a number from 1 to 65535. Without a port *PORT is
 * unchanged. HOST is the caller's. */
gboolean node_address_split (const char *text, char **host, guint16 *port);

/* Whether TEXT is an address, or with LOOK_UP a name of one, that can be connected to (with ANY: or listened on). */
gboolean node_address_resolves (const char *text, gboolean look_up, gboolean any);

/* An address, or a subnet as address/bits or address/mask. */
gboolean node_address_is_subnet (const char *text);

/* TEXT without "permission,permission@", or NULL with ERROR when they are wrong. DIRECTIONS: "out" may be among them. */
const char *node_address_skip_permissions (const char *text, gboolean directions, GError **error);

G_END_DECLS
