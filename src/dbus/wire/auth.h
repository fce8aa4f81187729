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
 *   NEGOTIATE_UNIX_FD        AGREE_UNIX_FD, after OK
 *   BEGIN                    (no reply; messages follow)
 *
 * HEX is the user ID in decimal, with each digit in hex. The caller passes the user ID that the kernel reports for the
 * other end, and the claimed one must be the same. Pure. */

#define BUS_AUTH_MAX_LINE 256u
#define BUS_AUTH_MAX_LINES 20u

typedef struct _BusAuth BusAuth;

typedef enum {
  BUS_AUTH_MORE, /* more bytes are needed */
  BUS_AUTH_DONE, /* messages follow */
  BUS_AUTH_BAD,  /* not a handshake */
} BusAuthState;

/* UID: the user at the other end, as reported by the kernel. GUID: 32 hexadecimal digits, copied. */
BusAuth *bus_auth_new (guint32 uid, const char *guid);
void bus_auth_free (BusAuth *auth);

/* Processes one byte, and appends what is to be sent to REPLY. Not to be called again after DONE or BAD. */
BusAuthState bus_auth_take (BusAuth *auth, guint8 byte, GString *reply);

G_END_DECLS
