#pragma once

#include "dbus/wire/frame.h"
#include "dbus/wire/members.h"

G_BEGIN_DECLS

/* Validates what the other end of a connection sends, with the state of the connection: calls with the types of the
 * interface, and a limited number of pending ones; replies only to our calls, with the types of their members; signals
 * at a limited rate; and only properties that are in the interface. One thread at a time. */

#define BUS_CHECK_MAX_BODY (1u << 20) /* without an argument that may be long */
/* Per second; our programs send at most ten of each kind. */
#define BUS_CHECK_MAX_SIGNALS 2000u
#define BUS_CHECK_MAX_SIGNAL_BYTES (4u << 20)

typedef struct _BusCheck BusCheck;

/* In one direction. */
typedef struct {
  guint64 n_messages;
  guint64 n_bytes; /* of these messages, with their headers */
  guint n_calls;   /* pending ones, which were made in this direction */
} BusCounts;

/* MEMBERS is borrowed. The other end may have MAX_CALLS pending calls (0: it may not make calls), with bodies of
 * MAX_BYTES in total. */
BusCheck *bus_check_new (const BusMembers *members, guint max_calls, gsize max_bytes);
void bus_check_free (BusCheck *check);

/* The header of a message was received, at the monotonic time NOW_US. NULL, or what is wrong with it, as in frame.h. */
const char *bus_check_header (BusCheck *check, const BusFrame *frame, gint64 now_us);

/* The whole message, DATA, has been received. */
const char *bus_check_message (BusCheck *check, const guint8 *data, const BusFrame *frame);

/* A message of ours is being sent: a call may be replied to from now on, and a reply ends a pending call. NULL, or why
 * the other end would reject it if it is a reply or a signal; it must not be sent then. */
const char *bus_check_sent (BusCheck *check, const guint8 *data, const BusFrame *frame);

/* What was received and sent so far, without messages that were wrong. */
void bus_check_get_counts (BusCheck *check, BusCounts *received, BusCounts *sent);

G_END_DECLS
