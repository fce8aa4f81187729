#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The server's side of the handshake with which a connection from a listening socket begins (D-Bus specification,
 * "Authentication Protocol"): a zero byte, then lines of ASCII that end with CR LF:
 *
 *   AUTH                     REJECTED EXTERNAL
 *   AUTH EXTERNAL HEX        OK GUID, or REJECTED EXTERNAL
 *   AUTH EXTERNAL            DATA
 *   DATA, DATA HEX           OK GUID, or REJECTED EXTERNAL
 *   CANCEL, ERROR            REJECTED EXTERNAL
 *   NEGOTIATE_UNIX_FD        AGREE_UNIX_FD, once OK was said
 *   BEGIN                    (no answer; what follows are messages)
 *
 * HEX is the number of the user in decimal digits, each as two hexadecimal ones. Who the other end is says the kernel, and
 * whoever calls; what it claims to be must be the same. Pure. */

#define BUS_AUTH_MAX_LINE 256u
#define BUS_AUTH_MAX_LINES 20u

typedef struct _BusAuth BusAuth;

typedef enum {
  BUS_AUTH_MORE, /* bytes are wanted */
  BUS_AUTH_DONE, /* messages follow */
  BUS_AUTH_BAD,  /* what came is no handshake */
} BusAuthState;

/* UID: the user that the other end is, as the kernel says. GUID: 32 hexadecimal digits, copied. */
BusAuth *bus_auth_new (guint32 uid, const char *guid);
void bus_auth_free (BusAuth *auth);

/* Takes one byte, and appends what is to be answered to REPLY. Not to be called again after DONE or BAD. */
BusAuthState bus_auth_take (BusAuth *auth, guint8 byte, GString *reply);

G_END_DECLS
