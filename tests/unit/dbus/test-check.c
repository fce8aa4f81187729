#include "dbus/wire/check.h"

#include "bus-generated.h"

#define PROPERTIES "org.freedesktop.DBus.Properties"
#define OBJECTS "org.freedesktop.DBus.ObjectManager"

typedef struct {
  BusMembers *members;
  BusCheck *check;
  guint32 serial;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  GDBusInterfaceInfo *const infos[] = { bus_node1_interface_info (), NULL };

  f->members = bus_members_new (infos);
  f->check = bus_check_new (f->members, 10, 1 << 20);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  bus_check_free (f->check);
  bus_members_free (f->members);
}

/* The bytes of MESSAGE, of which ownership is taken, and their FRAME. */
static guint8 *
to_bytes (Fixture *f, GDBusMessage *message, GVariant *body, BusFrame *frame)
{
  g_autoptr (GDBusMessage) owned = message;
  guint8 *bytes;
  gsize len;

  g_dbus_message_set_serial (owned, ++f->serial);
  g_dbus_message_set_body (owned, body);
  bytes = g_dbus_message_to_blob (owned, &len, G_DBUS_CAPABILITY_FLAGS_NONE, NULL);
  g_assert_null (bus_frame_read_head (bytes, frame));
  g_assert_null (bus_frame_read_fields (bytes, frame));
  return bytes;
}

/* The violation that MESSAGE is when it is received at NOW_US; NULL: none. */
static const char *
receive (Fixture *f, GDBusMessage *message, GVariant *body, gint64 now_us)
{
  BusFrame frame;
  g_autofree guint8 *bytes = to_bytes (f, message, body, &frame);
  const char *problem = bus_check_header (f->check, &frame, now_us);

  return problem != NULL ? problem : bus_check_message (f->check, bytes, &frame);
}

static const char *
receive_changed (Fixture *f, const char *interface, const char *changed, const char *invalidated)
{
  return receive (
      f, g_dbus_message_new_signal ("/a", PROPERTIES, "PropertiesChanged"),
      g_variant_new ("(s@a{sv}@as)", interface, g_variant_new_parsed (changed), g_variant_new_parsed (invalidated)), 0);
}

/* GDBus never receives a property that its interface does not have. */
static void
test_changed (Fixture *f, gconstpointer data)
{
  const char *node = "org.moneyrocket.Node1", *none = "@a{sv} {}", *no_names = "@as []";

  g_assert_null (receive_changed (f, node, none, no_names));
  g_assert_null (
      receive_changed (f, node, "{'Connections': <uint32 5>, 'Warnings': <['a']>}", "['State', 'Connections']"));
  g_assert_nonnull (receive_changed (f, node, "{'Nothing': <0.5>}", no_names));
  g_assert_nonnull (receive_changed (f, node, "{'Connections': <'half'>}", no_names));
  g_assert_nonnull (receive_changed (f, node, "{'Connections': <uint32 5>, 'Nothing': <1>}", no_names));
  g_assert_nonnull (receive_changed (f, node, none, "['Nothing']"));
  g_assert_nonnull (receive_changed (f, "org.moneyrocket.Nothing1", "{'Connections': <uint32 5>}", no_names));
}

static void
test_many (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) values = g_string_new ("{"), names = g_string_new ("[");

  for (guint i = 0; i < 65; i++) {
    g_string_append_printf (values, "%s'Connections': <uint32 %u>", i > 0 ? "," : "", i);
    g_string_append_printf (names, "%s'Connections'", i > 0 ? "," : "");
  }
  g_string_append_c (values, '}');
  g_string_append_c (names, ']');
  g_assert_cmpstr (receive_changed (f, "org.moneyrocket.Node1", values->str, "@as []"), ==, "too many properties");
  g_assert_cmpstr (receive_changed (f, "org.moneyrocket.Node1", "@a{sv} {}", names->str), ==, "too many properties");
}

/* The reply to CALL, which is taken over, of ARGS. */
static const char *
answer (Fixture *f, GDBusMessage *call, GVariant *args, GVariant *values)
{
  g_autoptr (GDBusMessage) owned = call;
  BusFrame frame;
  g_autofree guint8 *bytes = to_bytes (f, g_object_ref (call), args, &frame);

  g_assert_null (bus_check_sent (f->check, bytes, &frame));
  return receive (f, g_dbus_message_new_method_reply (call), values, 0);
}

/* The reply to GetAll for INTERFACE. */
static const char *
get_all (Fixture *f, const char *interface, const char *values)
{
  return answer (f, g_dbus_message_new_method_call (NULL, "/a", PROPERTIES, "GetAll"), g_variant_new ("(s)", interface),
                 g_variant_new ("(@a{sv})", g_variant_new_parsed (values)));
}

static void
test_get_all (Fixture *f, gconstpointer data)
{
  g_assert_null (get_all (f, "org.moneyrocket.Node1", "{'State': <'ready'>, 'Connections': <uint32 5>}"));
  g_assert_nonnull (get_all (f, "org.moneyrocket.Node1", "{'State': <5>}"));
  g_assert_nonnull (get_all (f, "org.moneyrocket.Node1", "{'Nothing': <5>}"));
}

static const char *
get (Fixture *f, const char *interface, const char *name, const char *value)
{
  return answer (f, g_dbus_message_new_method_call (NULL, "/a", PROPERTIES, "Get"),
                 g_variant_new ("(ss)", interface, name), g_variant_new ("(v)", g_variant_new_parsed (value)));
}

static void
test_get (Fixture *f, gconstpointer data)
{
  g_assert_null (get (f, "org.moneyrocket.Node1", "State", "'ready'"));
  g_assert_nonnull (get (f, "org.moneyrocket.Node1", "State", "5"));
  g_assert_nonnull (get (f, "org.moneyrocket.Node1", "Connections", "<uint32 5>"));
  g_assert_nonnull (get (f, "org.moneyrocket.Node1", "Nothing", "5"));
  g_assert_nonnull (get (f, "org.moneyrocket.Nothing1", "State", "5"));
}

/* What an ObjectManager sends: an object with these interfaces in a signal, then in an answer, as the second of two. */
static const char *
announce (Fixture *f, const char *interfaces)
{
  const char *problem = receive (f, g_dbus_message_new_signal ("/a", OBJECTS, "InterfacesAdded"),
                                 g_variant_new ("(o@a{sa{sv}})", "/a/b", g_variant_new_parsed (interfaces)), 0);
  GVariantBuilder objects = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{oa{sa{sv}}}"));

  g_variant_builder_add_parsed (&objects, "{objectpath '/a/c', {'org.moneyrocket.Node1': {'State': <'ready'>}}}");
  g_variant_builder_add (&objects, "{o@a{sa{sv}}}", "/a/b", g_variant_new_parsed (interfaces));
  g_assert_cmpstr (answer (f, g_dbus_message_new_method_call (NULL, "/a", OBJECTS, "GetManagedObjects"), NULL,
                           g_variant_new ("(a{oa{sa{sv}}})", &objects)),
                   ==, problem);
  return problem;
}

static void
test_objects (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) many = g_string_new ("{");

  g_assert_null (announce (f, "@a{sa{sv}} {}"));
  g_assert_null (announce (f, "{'org.moneyrocket.Node1': @a{sv} {}}"));
  g_assert_null (announce (f, "{'org.moneyrocket.Node1': {'State': <'ready'>, 'Connections': <uint32 5>},"
                              " 'org.moneyrocket.Nothing1': {}}"));
  g_assert_nonnull (announce (f, "{'org.moneyrocket.Node1': {'State': <5>}}"));
  g_assert_nonnull (announce (f, "{'org.moneyrocket.Node1': {'Nothing': <'ready'>}}"));
  g_assert_nonnull (announce (f, "{'org.moneyrocket.Node1': {'State': <'ready'>, 'Connections': <'half'>}}"));
  g_assert_nonnull (announce (f, "{'org.moneyrocket.Nothing1': {'State': <'ready'>}}"));
  g_assert_nonnull (announce (f, "{'org.moneyrocket.Node1': {'State': <'ready'>}, 'a.b': {'State': <'ready'>}}"));
  for (guint i = 0; i < 65; i++)
    g_string_append_printf (many, "%s'a.b%u': @a{sv} {}", i > 0 ? "," : "", i);
  g_string_append_c (many, '}');
  g_assert_cmpstr (announce (f, many->str), ==, "too many interfaces");
}

static const char *
receive_signal (Fixture *f, gsize len, gint64 now_us)
{
  g_autofree char *text = g_strnfill (len, 'x');

  return receive (f, g_dbus_message_new_signal ("/a", "a.b", "C"), g_variant_new ("(s)", text), now_us);
}

/* The number of signals in a second is limited, and so is their size. */
static void
test_flood (Fixture *f, gconstpointer data)
{
  for (gint64 second = 0; second < 3; second++)
    for (guint i = 0; i < BUS_CHECK_MAX_SIGNALS; i++)
      g_assert_null (receive_signal (f, 10, second * G_USEC_PER_SEC));
  g_assert_cmpstr (receive_signal (f, 10, 2 * G_USEC_PER_SEC), ==, "too many signals");
  for (gint64 second = 10; second < 13; second++)
    for (guint i = 0; i < 4; i++)
      g_assert_null (receive_signal (f, 1000000, second * G_USEC_PER_SEC));
  g_assert_cmpstr (receive_signal (f, 1000000, 12 * G_USEC_PER_SEC), ==, "too many signals");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add ("/dbus/check/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("changed", test_changed);
  ADD ("many", test_many);
  ADD ("get-all", test_get_all);
  ADD ("get", test_get);
  ADD ("objects", test_objects);
  ADD ("flood", test_flood);
  return g_test_run ();
}
