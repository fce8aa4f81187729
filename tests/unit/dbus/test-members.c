#include "dbus/wire/members.h"

#include "bus-generated.h"

static void
test_lookup (void)
{
  GDBusInterfaceInfo *const infos[] = { bus_rpc1_interface_info (), bus_init1_interface_info (), NULL };
  g_autoptr (BusMembers) members = bus_members_new (infos);
  const BusMember *member = bus_members_get_call (members, "org.moneyrocket.Rpc1", "Execute");

  g_assert_cmpstr (member->signature, ==, "ssa{sv}");
  g_assert_cmpint (member->long_argument.index, ==, 1);
  g_assert_cmpuint (member->long_argument.max_len, ==, 64u << 20);
  member = bus_members_get_reply (members, "org.moneyrocket.Rpc1", "Execute");
  g_assert_cmpstr (member->signature, ==, "sa{sv}");
  g_assert_cmpint (member->long_argument.index, ==, 0);
  member = bus_members_get_reply (members, "org.moneyrocket.Init1", "Shutdown");
  g_assert_cmpstr (member->signature, ==, "");
  g_assert_cmpint (member->long_argument.index, ==, -1);
  member = bus_members_get_signal (members, "org.moneyrocket.Init1", "PeerClosed");
  g_assert_cmpstr (member->signature, ==, "s");
}

static void
test_standard (void)
{
  GDBusInterfaceInfo *const infos[] = { NULL };
  g_autoptr (BusMembers) members = bus_members_new (infos);
  const char *properties = "org.freedesktop.DBus.Properties";

  g_assert_cmpstr (bus_members_get_call (members, properties, "Get")->signature, ==, "ss");
  g_assert_cmpstr (bus_members_get_reply (members, properties, "Get")->signature, ==, "v");
  g_assert_cmpstr (bus_members_get_signal (members, properties, "PropertiesChanged")->signature, ==, "sa{sv}as");
  g_assert_null (bus_members_get_call (members, properties, "PropertiesChanged"));
  g_assert_null (bus_members_get_call (members, properties, "Nothing"));
  g_assert_null (bus_members_get_call (members, NULL, "Get"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dbus/members/lookup", test_lookup);
  g_test_add_func ("/dbus/members/standard", test_standard);
  return g_test_run ();
}
