#include "gui/clients/node_client.h"

#include "bus-generated.h"

#include <math.h>

/* The figures of a node, as an object of the same interface that says whatever a test wants. */
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
  bus_node1_set_tip (fixture->node, g_variant_new_parsed ("(uint64 1, uint32 7, @ay [], uint64 1700000000)"));
  bus_node1_set_header_tip (fixture->node, g_variant_new_parsed ("(uint32 9, @ay [], uint64 1700000000)"));
  bus_node1_set_progress (fixture->node, 0.5);
  bus_node1_set_rate (fixture->node, 20);
  bus_node1_set_eta (fixture->node, 60);
  bus_node1_set_validation (fixture->node, g_variant_new_parsed ("(false, 0.0, 0.0, uint64 0)"));
  bus_node1_set_indexes (fixture->node, g_variant_new_parsed ("[('txindex', false, uint32 5, 0.25, 3.0, uint64 9)]"));
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
  g_assert_cmpuint (figures->progress.eta_s, ==, 60);
  g_assert_cmpint (figures->background, ==, GUI_NODE_BACKGROUND_INDEX);
  g_assert_cmpuint (g_strv_length (figures->warnings), ==, 2);
  g_assert_cmpstr (figures->warnings[1], ==, "two lines");
}

/* What is refused leaves the figures that were there. */
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
  bus_node1_set_tip (fixture->node, g_variant_new_parsed ("(uint64 1, uint32 4294967295, @ay [], uint64 1)"));
  check_refused (fixture, "Node1.Tip");
  bus_node1_set_tip (fixture->node, g_variant_new_parsed ("(uint64 1, uint32 7, @ay [], uint64 18446744073709551615)"));
  check_refused (fixture, "Node1.Tip");
  bus_node1_set_header_tip (fixture->node, g_variant_new_parsed ("(uint32 4294967295, @ay [], uint64 1)"));
  check_refused (fixture, "Node1.Tip");
  bus_node1_set_validation (fixture->node, g_variant_new ("(bddt)", TRUE, NAN, 0.0, (guint64) 0));
  check_refused (fixture, "Node1.Validation");
  bus_node1_set_indexes (fixture->node, g_variant_new_parsed ("[('i', false, uint32 5, 0.5, %d, uint64 9)]", NAN));
  check_refused (fixture, "Node1.Indexes");
  for (guint i = 0; i < 21; i++)
    warnings[i] = g_strdup ("w");
  bus_node1_set_warnings (fixture->node, (const char *const *) warnings);
  check_refused (fixture, "Node1.Warnings");
}

/* What is only too large to be known is shown as not known. */
static void
test_cut (Fixture *fixture, gconstpointer data)
{
  const GuiNodeFigures *figures = gui_node_client_get_figures (fixture->client);
  g_autofree char *sentence = g_strnfill (900000, 'w');
  const char *const warnings[] = { sentence, NULL };

  bus_node1_set_progress (fixture->node, 1e300);
  bus_node1_set_eta (fixture->node, G_MAXUINT64);
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
  g_test_add ("/gui/node-client/lies", Fixture, NULL, set_up, test_lies, tear_down);
  g_test_add ("/gui/node-client/cut", Fixture, NULL, set_up, test_cut, tear_down);
  return g_test_run ();
}
