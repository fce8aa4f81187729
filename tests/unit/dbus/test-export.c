/* What a role may not do is not exported on its connection. */
#include "dbus/export.h"

#include <sys/socket.h>

#include "bus-generated.h"
#include "dbus/connection.h"

typedef struct {
  GDBusConnection *server, *client;
} Ends;

static void
ends_open (Ends *ends, BusRoles roles)
{
  const BusConnectionOptions server = { .peer = "client", .max_calls = 8, .roles = roles }, client = { .peer = "node" };
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  ends->server = bus_connection_new (fds[0], &server, NULL);
  ends->client = bus_connection_new (fds[1], &client, NULL);
  g_dbus_connection_start_message_processing (ends->server);
  g_dbus_connection_start_message_processing (ends->client);
}

static void
ends_close (Ends *ends)
{
  g_clear_object (&ends->server);
  g_clear_object (&ends->client);
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

/* The name of the error, or "" */
static char *
call (Ends *ends, const char *interface, const char *method, GVariant *args, GVariant **value)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GError) error = NULL;

  g_dbus_connection_call (ends->client, NULL, "/org/moneyrocket/Node", interface, method, args, NULL,
                          G_DBUS_CALL_FLAGS_NONE, 10000, NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  answer = g_dbus_connection_call_finish (ends->client, result, &error);
  if (answer == NULL)
    return g_dbus_error_get_remote_error (error);
  if (value != NULL)
    *value = g_steal_pointer (&answer);
  return g_strdup ("");
}

static gboolean
on_generate (BusNode1 *object, GDBusMethodInvocation *invocation)
{
  bus_node1_complete_generate (object, invocation, "/");
  return TRUE;
}

static gboolean
on_list (BusNode1 *object, GDBusMethodInvocation *invocation)
{
  bus_node1_complete_list_blocks (object, invocation, g_variant_new_array (G_VARIANT_TYPE_VARDICT, NULL, 0));
  return TRUE;
}

static BusNode1 *
new_node (void)
{
  BusNode1 *node = bus_node1_skeleton_new ();

  bus_node1_set_network (node, "regtest");
  g_signal_connect (node, "handle-generate", G_CALLBACK (on_generate), NULL);
  g_signal_connect (node, "handle-list-blocks", G_CALLBACK (on_list), NULL);
  return node;
}

static GVariant *
generate_args (void)
{
  return g_variant_new ("(us@a{sv})", 1u, "", g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0));
}

static void
check (BusRoles roles, const char *generate_error, gboolean introspected)
{
  Ends ends;
  g_autoptr (BusNode1) node = new_node ();
  g_autoptr (GVariant) text = NULL, network = NULL;
  g_autofree char *generate = NULL, *list = NULL, *read = NULL, *introspect = NULL;
  const char *xml;

  ends_open (&ends, roles);
  g_assert_true (bus_export (G_DBUS_INTERFACE_SKELETON (node), ends.server, "/org/moneyrocket/Node", NULL));
  generate = call (&ends, "org.moneyrocket.Node1", "Generate", generate_args (), NULL);
  g_assert_cmpstr (generate, ==, generate_error);
  list = call (&ends, "org.moneyrocket.Node1", "ListBlocks",
               g_variant_new ("(u@a{sv})", 1u, g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0)), NULL);
  g_assert_cmpstr (list, ==, "");
  read = call (&ends, "org.freedesktop.DBus.Properties", "Get",
               g_variant_new ("(ss)", "org.moneyrocket.Node1", "Network"), &network);
  g_assert_cmpstr (read, ==, "");
  introspect = call (&ends, "org.freedesktop.DBus.Introspectable", "Introspect", NULL, &text);
  g_variant_get (text, "(&s)", &xml);
  g_assert_nonnull (strstr (xml, "ListBlocks"));
  g_assert_true ((strstr (xml, "Generate") != NULL) == introspected);
  bus_unexport (G_DBUS_INTERFACE_SKELETON (node));
  ends_close (&ends);
}

/* The same class of objects is exported with different roles at the same time. */
static void
test_roles (void)
{
  check (BUS_ROLE_OBSERVE, "org.freedesktop.DBus.Error.UnknownMethod", FALSE);
  check (BUS_ROLE_OPERATE | BUS_ROLE_OBSERVE, "", TRUE);
  check (BUS_ROLE_WALLET | BUS_ROLE_OBSERVE, "org.freedesktop.DBus.Error.UnknownMethod", FALSE);
  check (0, "", TRUE);
}

/* An interface without a method for the role is not exported at all. */
static void
test_nothing (void)
{
  Ends ends;
  g_autoptr (BusSpend1) spend = bus_spend1_skeleton_new ();

  ends_open (&ends, BUS_ROLE_WALLET);
  g_assert_true (bus_export (G_DBUS_INTERFACE_SKELETON (spend), ends.server, "/org/moneyrocket/Node", NULL));
  g_assert_null (g_dbus_interface_skeleton_get_connection (G_DBUS_INTERFACE_SKELETON (spend)));
  bus_unexport (G_DBUS_INTERFACE_SKELETON (spend));
  ends_close (&ends);
}

/* Who may only observe does not see what others do; who may observe sees what a program uses. */
static void
test_trace (void)
{
  GDBusInterfaceInfo *info = bus_trace1_interface_info ();

  for (GDBusMethodInfo **method = info->methods; *method != NULL; method++) {
    BusRoles roles = bus_role_of_method (info, *method);
    gboolean status = g_str_equal ((*method)->name, "GetStatus");

    g_assert_cmpint ((roles & BUS_ROLE_OBSERVE) != 0, ==, status);
    g_assert_cmpint (roles & BUS_ROLE_WALLET, ==, 0);
    g_assert_cmpint ((roles & BUS_ROLE_OPERATE) != 0, ==, !status);
  }
}

/* Every method of every interface says who may call it. */
static void
test_annotations (void)
{
  GDBusInterfaceInfo *const infos[] = { bus_access1_interface_info (),    bus_block_template1_interface_info (),
                                        bus_chain1_interface_info (),     bus_init1_interface_info (),
                                        bus_mining1_interface_info (),    bus_node1_interface_info (),
                                        bus_operation1_interface_info (), bus_rpc1_interface_info (),
                                        bus_spend1_interface_info (),     bus_trace1_interface_info (),
                                        bus_wallet1_interface_info (),    bus_wallet_manager1_interface_info () };

  for (gsize i = 0; i < G_N_ELEMENTS (infos); i++) {
    g_assert_nonnull (g_dbus_annotation_info_lookup (infos[i]->annotations, "org.moneyrocket.Role"));
    for (GDBusMethodInfo **method = infos[i]->methods; *method != NULL; method++) {
      const char *text = g_dbus_annotation_info_lookup ((*method)->annotations, "org.moneyrocket.Role");
      g_auto (GStrv) names = g_strsplit (text != NULL ? text : "observe", " ", -1);

      for (char **name = names; *name != NULL; name++)
        g_assert_true (g_str_equal (*name, "parent") || g_str_equal (*name, "pair") || bus_role_from_name (*name) != 0);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dbus/export/roles", test_roles);
  g_test_add_func ("/dbus/export/nothing", test_nothing);
  g_test_add_func ("/dbus/export/trace", test_trace);
  g_test_add_func ("/dbus/export/annotations", test_annotations);
  return g_test_run ();
}
