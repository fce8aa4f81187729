#include "gui/clients/node_client.h"

#include "bus-generated.h"

#include <math.h>

#define INDEXES                                                                                                        \
  "[{'name': <'coinstatsindex'>, 'synced': <true>, 'height': <uint32 7>}, {'name': <'txindex'>, 'synced': <false>,"    \
  " 'height': <uint32 5>, 'fraction': <0.25>, 'rate': <3.0>, 'eta': <uint64 9>}]"

/* The properties of a node, from an object with the same interface whose values a test sets. */
typedef struct {
  GuiNodeClient *client;
  BusNode1 *node;
} Fixture;

static const char *
take (Fixture *fixture)
{
  return GUI_CLIENT_GET_CLASS (fixture->client)->take_figures (GUI_CLIENT (fixture->client), fixture->node);
}

static void
be_honest (Fixture *fixture)
{
  const char *const warnings[] = { "one", "two\nlines", NULL };

  bus_node1_set_state (fixture->node, "importing");
  bus_node1_set_tip (fixture->node, g_variant_new_parsed (
                                        "{'sequence': <uint64 1>, 'height': <uint32 7>, 'time': <int64 1700000000>}"));
  bus_node1_set_header_tip (fixture->node, g_variant_new_parsed ("{'height': <uint32 9>, 'time': <int64 1700000000>}"));
  bus_node1_set_progress (fixture->node,
                          g_variant_new_parsed ("{'fraction': <0.5>, 'rate': <20.0>, 'eta': <uint64 60>}"));
  bus_node1_set_validation (fixture->node, g_variant_new_parsed ("@a{sv} {}"));
  bus_node1_set_indexes (fixture->node, g_variant_new_parsed (INDEXES));
  bus_node1_set_warnings (fixture->node, warnings);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->client = gui_node_client_new ();
  fixture->node = bus_node1_skeleton_new ();
  be_honest (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_unref (fixture->client);
  g_object_unref (fixture->node);
}

static void
test_honest (Fixture *fixture, gconstpointer data)
{
  const GuiNodeFigures *figures = gui_node_client_get_figures (fixture->client);

  g_assert_null (take (fixture));
  g_assert_cmpuint (figures->height, ==, 7);
  g_assert_cmpuint (figures->header_height, ==, 9);
  g_assert_cmpfloat (figures->progress.fraction, ==, 0.5);
  g_assert_cmpfloat (figures->progress.rate, ==, 20);
  g_assert_cmpuint (figures->progress.eta_s, ==, 60);
  g_assert_cmpint (figures->tip_time, ==, 1700000000);
  g_assert_cmpint (figures->background, ==, GUI_NODE_BACKGROUND_INDEX);
  g_assert_cmpfloat (figures->background_progress.fraction, ==, 0.25);
  g_assert_cmpuint (figures->background_progress.eta_s, ==, 9);
  g_assert_cmpuint (figures->background_height, ==, 5);
  g_assert_cmpuint (g_strv_length (figures->warnings), ==, 2);
  g_assert_cmpstr (figures->warnings[1], ==, "two lines");
}

/* Unknown values have no key, and keys may be added. */
static void
test_none (Fixture *fixture, gconstpointer data)
{
  const GuiNodeFigures *figures = gui_node_client_get_figures (fixture->client);

  bus_node1_set_tip (fixture->node, g_variant_new_parsed ("@a{sv} {}"));
  bus_node1_set_header_tip (fixture->node, g_variant_new_parsed ("@a{sv} {}"));
  bus_node1_set_progress (fixture->node, g_variant_new_parsed ("{'fraction': <0.5>, 'new': <'figure'>}"));
  bus_node1_set_indexes (fixture->node, g_variant_new_parsed ("[{'synced': <false>, 'fraction': <0.0>}]"));
  g_assert_null (take (fixture));
  g_assert_cmpuint (figures->height, ==, 0);
  g_assert_cmpuint (figures->header_height, ==, 0);
  g_assert_cmpfloat (figures->progress.fraction, ==, 0.5);
  g_assert_cmpfloat (figures->progress.rate, ==, 0);
  g_assert_cmpuint (figures->progress.eta_s, ==, 0);
  g_assert_cmpint (figures->background, ==, GUI_NODE_BACKGROUND_INDEX);
  g_assert_cmpuint (figures->background_height, ==, 0);
  bus_node1_set_validation (fixture->node, g_variant_new_parsed ("{'fraction': <0.75>}"));
  bus_node1_set_indexes (fixture->node, g_variant_new_parsed ("@aa{sv} []"));
  g_assert_null (take (fixture));
  g_assert_cmpint (figures->background, ==, GUI_NODE_BACKGROUND_VALIDATION);
  g_assert_cmpfloat (figures->background_progress.fraction, ==, 0.75);
}

/* An update that is rejected leaves the values as they were. */
static void
check_refused (Fixture *fixture, const char *property)
{
  g_assert_cmpstr (take (fixture), ==, property);
  g_assert_cmpuint (gui_node_client_get_figures (fixture->client)->height, ==, 7);
  be_honest (fixture);
  g_assert_null (take (fixture));
}

static void
test_lies (Fixture *fixture, gconstpointer data)
{
  g_auto (GStrv) warnings = g_new0 (char *, 22);

  g_assert_null (take (fixture));
  bus_node1_set_tip (fixture->node, g_variant_new_parsed ("{'height': <uint32 4294967295>, 'time': <int64 1>}"));
  check_refused (fixture, "Node1.Tip");
  bus_node1_set_tip (fixture->node, g_variant_new_parsed ("{'height': <uint32 7>, 'time': <int64 -1>}"));
  check_refused (fixture, "Node1.Tip");
  bus_node1_set_tip (fixture->node, g_variant_new_parsed ("{'height': <'7'>, 'time': <int64 1>}"));
  check_refused (fixture, "Node1.Tip");
  bus_node1_set_tip (fixture->node, g_variant_new_parsed ("{'height': <uint32 7>}"));
  check_refused (fixture, "Node1.Tip");
  bus_node1_set_header_tip (fixture->node, g_variant_new_parsed ("{'height': <uint32 4294967295>, 'time': <int64 1>}"));
  check_refused (fixture, "Node1.Tip");
  bus_node1_set_validation (fixture->node, g_variant_new_parsed ("{'fraction': <%d>}", NAN));
  check_refused (fixture, "Node1.Validation");
  bus_node1_set_validation (fixture->node, g_variant_new_parsed ("{'rate': <1.0>}"));
  check_refused (fixture, "Node1.Validation");
  bus_node1_set_progress (fixture->node, g_variant_new_parsed ("{'eta': <uint64 9>}"));
  check_refused (fixture, "Node1.Progress");
  bus_node1_set_indexes (fixture->node,
                         g_variant_new_parsed ("[{'synced': <false>, 'fraction': <0.5>, 'rate': <%d>}]", NAN));
  check_refused (fixture, "Node1.Indexes");
  bus_node1_set_indexes (fixture->node, g_variant_new_parsed ("[{'synced': <true>, 'height': <uint32 4294967295>}]"));
  check_refused (fixture, "Node1.Indexes");
  bus_node1_set_indexes (fixture->node, g_variant_new_parsed ("[{'fraction': <0.5>}]"));
  check_refused (fixture, "Node1.Indexes");
  bus_node1_set_indexes (fixture->node, g_variant_new_parsed ("[{'synced': <false>}]"));
  check_refused (fixture, "Node1.Indexes");
  for (guint i = 0; i < 21; i++)
    warnings[i] = g_strdup ("w");
  bus_node1_set_warnings (fixture->node, (const char *const *) warnings);
  check_refused (fixture, "Node1.Warnings");
}

/* A value that is merely too large counts as unknown. */
static void
test_cut (Fixture *fixture, gconstpointer data)
{
  const GuiNodeFigures *figures = gui_node_client_get_figures (fixture->client);
  g_autofree char *sentence = g_strnfill (900000, 'w');
  const char *const warnings[] = { sentence, NULL };

  bus_node1_set_progress (fixture->node, g_variant_new_parsed ("{'fraction': <1e300>, 'eta': <%t>}", G_MAXUINT64));
  bus_node1_set_warnings (fixture->node, warnings);
  g_assert_null (take (fixture));
  g_assert_cmpfloat (figures->progress.fraction, ==, 1);
  g_assert_cmpuint (figures->progress.eta_s, ==, 0);
  g_assert_cmpint (g_utf8_strlen (figures->warnings[0], -1), <, 1000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/gui/node-client/honest", Fixture, NULL, set_up, test_honest, tear_down);
  g_test_add ("/gui/node-client/none", Fixture, NULL, set_up, test_none, tear_down);
  g_test_add ("/gui/node-client/lies", Fixture, NULL, set_up, test_lies, tear_down);
  g_test_add ("/gui/node-client/cut", Fixture, NULL, set_up, test_cut, tear_down);
  return g_test_run ();
}
