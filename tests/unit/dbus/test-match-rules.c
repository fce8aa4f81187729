#include "dbus/match_rules.h"

#include "dbus/errors.h"

static GDBusMessage *
new_signal (void)
{
  GDBusMessage *message = g_dbus_message_new_signal ("/org/moneyrocket/Chain", "org.moneyrocket.Chain1", "TipChanged");

  g_dbus_message_set_sender (message, "org.moneyrocket.Node");
  return message;
}

static gboolean
matches (const char *rule)
{
  const char *const list[] = { rule, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (BusMatchRules) rules = bus_match_rules_new (list, &error);
  g_autoptr (GDBusMessage) message = new_signal ();

  g_assert_no_error (error);
  return bus_match_rules_match (rules, message);
}

static void
test_match (void)
{
  g_assert_true (matches (""));
  g_assert_true (matches ("type='signal'"));
  g_assert_true (matches ("type=signal,interface='org.moneyrocket.Chain1'"));
  g_assert_true (matches ("member='TipChanged',sender='org.moneyrocket.Node',eavesdrop='true'"));
  g_assert_true (matches ("path_namespace='/org/moneyrocket'"));
  g_assert_true (matches ("path_namespace='/'"));
  g_assert_false (matches ("path_namespace='/org/money'"));
  g_assert_false (matches ("path='/org/moneyrocket'"));
  g_assert_false (matches ("type='method_call'"));
  g_assert_false (matches ("destination='org.moneyrocket.Wallet'"));
  g_assert_false (matches ("type='signal',member='Other'"));
  /* Quotes as in the specification: a comma or a backslash between them is part of the value. */
  g_assert_false (matches ("member='TipChanged,x'"));
  g_assert_true (matches ("member=Tip'Changed'"));
}

static void
test_lists (void)
{
  const char *const both[] = { "type='error'", "member='TipChanged'", NULL }, *const none[] = { NULL };
  g_autoptr (BusMatchRules) rules = bus_match_rules_new (both, NULL), all = bus_match_rules_new (none, NULL);
  g_autoptr (GDBusMessage) message = new_signal ();

  g_assert_true (bus_match_rules_match (rules, message));
  g_assert_true (bus_match_rules_match (all, message));
}

static void
test_malformed (void)
{
  static const char *const malformed[] = { "type", "type='signal", "type='signal',member", "'", NULL };
  g_autofree char *longest = g_strnfill (2000, '=');
  const char *const too_long[] = { longest, NULL };
  const char *many[66] = { NULL };

  for (gsize i = 0; malformed[i] != NULL; i++) {
    const char *const list[] = { malformed[i], NULL };
    g_autoptr (GError) error = NULL;

    g_assert_null (bus_match_rules_new (list, &error));
    g_assert_error (error, BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT);
  }
  g_assert_null (bus_match_rules_new (too_long, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (many) - 1; i++)
    many[i] = "type='signal'";
  g_assert_null (bus_match_rules_new (many, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dbus/match-rules/match", test_match);
  g_test_add_func ("/dbus/match-rules/lists", test_lists);
  g_test_add_func ("/dbus/match-rules/malformed", test_malformed);
  return g_test_run ();
}
