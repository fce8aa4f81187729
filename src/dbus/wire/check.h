#pragma once

#include "dbus/wire/frame.h"
#include "dbus/wire/members.h"

G_BEGIN_DECLS

/* What the other end of a connection may send, in the course of it: calls with the body that the interface says, at most
 * so many at once, answers to calls of ours and with the body that belongs to them, signals not faster than anybody needs,
 * and of properties only those that the interface has. Not for several threads at once. */

#define BUS_CHECK_MAX_BODY (1u << 20) /* beside an argument that may be long */
/* In a second; our programs send at most ten of each kind. */
#define BUS_CHECK_MAX_SIGNALS 2000u
#define BUS_CHECK_MAX_SIGNAL_BYTES (4u << 20)

typedef struct _BusCheck BusCheck;

/* MEMBERS is borrowed. MAX_CALLS of the other end may be unanswered (0: it may call nothing), with bodies of MAX_BYTES
 * together. */
BusCheck *bus_check_new (const BusMembers *members, guint max_calls, gsize max_bytes);
void bus_check_free (BusCheck *check);

/* The header of a message has come, at the monotonic time NOW_US. NULL, or what is wrong with it, as for frames. */
const char *bus_check_header (BusCheck *check, const BusFrame *frame, gint64 now_us);

/* The whole message, DATA, has been received. */
const char *bus_check_message (BusCheck *check, const guint8 *data, const BusFrame *frame);

/* A message of ours is being sent: a call may be answered from now on, and a call of the other end has been. NULL, or why
 * the other end would refuse it if it is an answer or a signal; it must not be sent then. */
const char *bus_check_sent (BusCheck *check, const guint8 *data, const BusFrame *frame);

G_END_DECLS
