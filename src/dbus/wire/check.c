#include "dbus/wire/check.h"

#include "dbus/wire/properties.h"

#define PROPERTIES "org.freedesktop.DBus.Properties"
#define OBJECTS "org.freedesktop.DBus.ObjectManager"

typedef struct {
  const BusMember *reply; /* NULL: unknown member */
  gsize body_len;
} CheckedCall;

/* One of our calls. */
typedef struct {
  const BusMember *reply; /* NULL: unknown member */
  char *properties_of;    /* the interface of a Get or GetAll; NULL: another call */
  char *property;         /* the name of a Get; NULL: another call */
  gboolean objects;       /* GetManagedObjects */
} SentCall;

struct _BusCheck {
  const BusMembers *members;
  guint max_calls;
  gsize max_bytes;
  GHashTable *received; /* pending calls of the other end: serial → CheckedCall */
  gsize received_bytes;
  GHashTable *sent; /* ours: serial → SentCall */
  gint64 second;    /* to which n_signals and signal_bytes refer */
  guint n_signals;
  gsize signal_bytes;
  BusCounts received_counts;
  BusCounts sent_counts;
};

static void
sent_call_free (gpointer data)
{
  SentCall *call = data;

  g_free (call->properties_of);
  g_free (call->property);
  g_free (call);
}

BusCheck *
bus_check_new (const BusMembers *members, guint max_calls, gsize max_bytes)
{
  BusCheck *check = g_new0 (BusCheck, 1);

  check->members = members;
  check->max_calls = max_calls;
  check->max_bytes = max_bytes;
  check->received = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  check->sent = g_hash_table_new_full (NULL, NULL, NULL, sent_call_free);
  return check;
}

void
bus_check_free (BusCheck *check)
{
  g_hash_table_unref (check->received);
  g_hash_table_unref (check->sent);
  g_free (check);
}

static const SentCall *
check_get_sent (BusCheck *check, const BusFrame *frame)
{
  return g_hash_table_lookup (check->sent, GUINT_TO_POINTER (frame->reply_serial));
}

static void
check_add_count (BusCounts *counts, const BusFrame *frame)
{
  counts->n_messages++;
  counts->n_bytes += frame->header_len + frame->body_len;
}

void
bus_check_get_counts (BusCheck *check, BusCounts *received, BusCounts *sent)
{
  *received = check->received_counts;
  received->n_calls = g_hash_table_size (check->received);
  *sent = check->sent_counts;
  sent->n_calls = g_hash_table_size (check->sent);
}

/* The member for the type of the body; NULL: any body. */
static const BusMember *
check_get_member (BusCheck *check, const BusFrame *frame)
{
  const SentCall *sent = frame->type == BUS_FRAME_REPLY ? check_get_sent (check, frame) : NULL;

  switch (frame->type) {
  case BUS_FRAME_CALL:
    return bus_members_get_call (check->members, frame->interface, frame->member);
  case BUS_FRAME_SIGNAL:
    return bus_members_get_signal (check->members, frame->interface, frame->member);
  case BUS_FRAME_REPLY:
    return sent != NULL ? sent->reply : NULL;
  case BUS_FRAME_ERROR:
    break;
  }
  return NULL;
}

static const char *
check_call (BusCheck *check, const BusFrame *frame)
{
  if (check->max_calls == 0)
    return "a call, which it may not make";
  if (g_hash_table_contains (check->received, GUINT_TO_POINTER (frame->serial)))
    return "a duplicate serial number";
  if (g_hash_table_size (check->received) >= check->max_calls
      || check->received_bytes + frame->body_len > check->max_bytes)
    return "too many calls at once";
  return NULL;
}

static const char *
check_signal (BusCheck *check, const BusFrame *frame, gint64 now_us)
{
  gint64 second = now_us / G_USEC_PER_SEC;

  if (second != check->second) {
    check->second = second;
    check->n_signals = 0;
    check->signal_bytes = 0;
  }
  check->signal_bytes += frame->body_len;
  return ++check->n_signals > BUS_CHECK_MAX_SIGNALS || check->signal_bytes > BUS_CHECK_MAX_SIGNAL_BYTES
             ? "too many signals"
             : NULL;
}

static const char *
check_kind (BusCheck *check, const BusFrame *frame, gint64 now_us)
{
  switch (frame->type) {
  case BUS_FRAME_CALL:
    return check_call (check, frame);
  case BUS_FRAME_SIGNAL:
    return check_signal (check, frame, now_us);
  case BUS_FRAME_REPLY:
  case BUS_FRAME_ERROR:
    break;
  }
  return g_hash_table_contains (check->sent, GUINT_TO_POINTER (frame->reply_serial)) ? NULL : "a reply to no call";
}

static BusLongArgument
check_get_long_argument (const BusMember *member)
{
  return member != NULL ? member->long_argument : (BusLongArgument){ .index = -1 };
}

static const char *
check_signature (const BusMember *member, const BusFrame *frame)
{
  gsize max_len = BUS_CHECK_MAX_BODY + check_get_long_argument (member).max_len;

  if (member != NULL && !g_str_equal (frame->signature, member->signature))
    return "a body that does not have the type of its member";
  return frame->body_len > max_len ? "a message that is too large" : NULL;
}

const char *
bus_check_header (BusCheck *check, const BusFrame *frame, gint64 now_us)
{
  const char *problem = check_kind (check, frame, now_us);

  return problem != NULL ? problem : check_signature (check_get_member (check, frame), frame);
}

static void
check_remember_call (BusCheck *check, const BusFrame *frame)
{
  CheckedCall *call = g_new (CheckedCall, 1);

  *call = (CheckedCall){ bus_members_get_reply (check->members, frame->interface, frame->member), frame->body_len };
  g_hash_table_insert (check->received, GUINT_TO_POINTER (frame->serial), call);
  check->received_bytes += frame->body_len;
}

static gboolean
check_is_member (const BusFrame *frame, const char *interface, const char *member)
{
  return g_strcmp0 (frame->interface, interface) == 0 && g_str_equal (frame->member, member);
}

/* For a message whose body has passed the check. */
static const char *
check_properties (BusCheck *check, const guint8 *data, const BusFrame *frame)
{
  BusReader reader = bus_frame_get_body (data, frame);
  const SentCall *sent = frame->type == BUS_FRAME_REPLY ? check_get_sent (check, frame) : NULL;

  if (frame->type == BUS_FRAME_SIGNAL && check_is_member (frame, PROPERTIES, "PropertiesChanged"))
    return bus_properties_check_changed (check->members, &reader);
  if (frame->type == BUS_FRAME_SIGNAL && check_is_member (frame, OBJECTS, "InterfacesAdded"))
    return bus_properties_check_added (check->members, &reader);
  if (sent != NULL && sent->objects)
    return bus_properties_check_objects (check->members, &reader);
  if (sent != NULL && sent->property != NULL)
    return bus_properties_check_one (check->members, sent->properties_of, sent->property, &reader);
  if (sent != NULL && sent->properties_of != NULL)
    return bus_properties_check_all (check->members, sent->properties_of, &reader);
  return NULL;
}

const char *
bus_check_message (BusCheck *check, const guint8 *data, const BusFrame *frame)
{
  BusLongArgument long_argument = check_get_long_argument (check_get_member (check, frame));
  const char *problem = bus_frame_check_body (data, frame, long_argument, BUS_CHECK_MAX_BODY);

  if (problem == NULL)
    problem = check_properties (check, data, frame);
  if (problem != NULL)
    return problem;
  check_add_count (&check->received_counts, frame);
  if (frame->type == BUS_FRAME_CALL)
    check_remember_call (check, frame);
  else if (frame->reply_serial != 0)
    g_hash_table_remove (check->sent, GUINT_TO_POINTER (frame->reply_serial));
  return NULL;
}

static const char *
check_own (const BusMember *member, const guint8 *data, const BusFrame *frame)
{
  const char *problem = check_signature (member, frame);

  return problem != NULL ? problem
                         : bus_frame_check_body (data, frame, check_get_long_argument (member), BUS_CHECK_MAX_BODY);
}

static void
check_remember_sent (BusCheck *check, const guint8 *data, const BusFrame *frame)
{
  SentCall *call = g_new0 (SentCall, 1);
  BusReader reader = bus_frame_get_body (data, frame);
  gboolean one = check_is_member (frame, PROPERTIES, "Get");
  const char *interface, *name;

  call->reply = bus_members_get_reply (check->members, frame->interface, frame->member);
  call->objects = check_is_member (frame, OBJECTS, "GetManagedObjects");
  if ((one || check_is_member (frame, PROPERTIES, "GetAll")) && bus_reader_get_string (&reader, &interface))
    call->properties_of = g_strdup (interface);
  if (one && call->properties_of != NULL && bus_reader_get_string (&reader, &name))
    call->property = g_strdup (name);
  g_hash_table_insert (check->sent, GUINT_TO_POINTER (frame->serial), call);
}

static const char *
check_take_sent (BusCheck *check, const guint8 *data, const BusFrame *frame)
{
  gpointer serial = GUINT_TO_POINTER (frame->reply_serial);
  const CheckedCall *call = g_hash_table_lookup (check->received, serial);
  const BusMember *reply = call != NULL ? call->reply : NULL;

  if (frame->type == BUS_FRAME_CALL) {
    check_remember_sent (check, data, frame);
    return NULL;
  }
  if (call != NULL) {
    check->received_bytes -= call->body_len;
    g_hash_table_remove (check->received, serial);
  }
  return check_own (frame->type == BUS_FRAME_REPLY ? reply : check_get_member (check, frame), data, frame);
}

const char *
bus_check_sent (BusCheck *check, const guint8 *data, const BusFrame *frame)
{
  const char *problem = check_take_sent (check, data, frame);

  if (problem == NULL)
    check_add_count (&check->sent_counts, frame);
  return problem;
}
