#include "gui/models/call_model.h"
#include "gui/models/call_text.h"

#include <string.h>

typedef struct {
  GuiCallModel *model;
  GPtrArray *rows;
  guint64 n_rows;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->model = gui_call_model_new ();
  f->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) bus_trace_row_unref);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_ptr_array_unref (f->rows);
  g_assert_finalize_object (f->model);
}

static BusTraceRow *
add_row (Fixture *f, const char *peer, gboolean incoming, BusTapKind kind, const char *name, guint32 serial)
{
  BusTraceRow *row = g_atomic_rc_box_new0 (BusTraceRow);
  const char *dot = strrchr (name, '.');

  row->sequence = ++f->n_rows;
  row->connection = 1;
  row->peer = peer;
  row->incoming = incoming;
  row->kind = kind;
  row->interface = g_strndup (name, dot - name);
  row->member = g_strdup (dot + 1);
  row->path = g_strdup ("");
  row->error = g_strdup (kind == BUS_TAP_ERROR ? "org.moneyrocket.Error.NotFound" : "");
  row->serial = serial;
  row->n_bytes = serial * 10;
  g_ptr_array_add (f->rows, row);
  return row;
}

static void
add_rows (Fixture *f, GuiProcess process)
{
  gui_call_model_add (f->model, process, f->rows);
  g_ptr_array_set_size (f->rows, 0);
}

/* A call from the application to the wallet, and its reply. */
static void
add_call (Fixture *f, const char *name, guint32 serial, BusTapKind answer, gint64 duration_us)
{
  add_row (f, "wallet", FALSE, BUS_TAP_CALL, name, serial);
  add_row (f, "wallet", TRUE, answer, name, serial)->duration_us = duration_us;
  add_rows (f, GUI_PROCESS_APPLICATION);
}

static guint
n_items (Fixture *f)
{
  return g_list_model_get_n_items (G_LIST_MODEL (f->model));
}

/* The members from the first to the last row. */
static char *
dup_members (Fixture *f)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n_items (f); i++) {
    g_autoptr (GuiCall) call = g_list_model_get_item (G_LIST_MODEL (f->model), i);

    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", gui_call_get_member (call));
  }
  return g_string_free (text, FALSE);
}

static void
assert_members (Fixture *f, const char *expected)
{
  g_autofree char *members = dup_members (f);

  g_assert_cmpstr (members, ==, expected);
}

static void
test_pairs (Fixture *f, gconstpointer data)
{
  g_autoptr (GuiCall) call = NULL, news = NULL, other = NULL;

  add_row (f, "wallet", FALSE, BUS_TAP_CALL, "org.moneyrocket.Wallet1.NewAddress", 7);
  /* The same number, in the other direction and on another connection. */
  add_row (f, "wallet", TRUE, BUS_TAP_CALL, "org.moneyrocket.Init1.Hello", 7);
  add_row (f, "wallet", FALSE, BUS_TAP_CALL, "org.moneyrocket.Init1.Cancel", 7)->connection = 2;
  add_row (f, "wallet", TRUE, BUS_TAP_REPLY, "org.moneyrocket.Wallet1.NewAddress", 7)->duration_us = 1500;
  /* A reply to an earlier call. */
  add_row (f, "wallet", TRUE, BUS_TAP_REPLY, "org.moneyrocket.Wallet1.NewAddress", 8);
  add_row (f, "node", TRUE, BUS_TAP_SIGNAL, "org.moneyrocket.Node1.TipChanged", 9);
  add_rows (f, GUI_PROCESS_APPLICATION);
  assert_members (f, "TipChanged Cancel Hello NewAddress");

  call = g_list_model_get_item (G_LIST_MODEL (f->model), 3);
  g_assert_cmpint (gui_call_get_state (call), ==, GUI_CALL_DONE);
  g_assert_cmpint (gui_call_get_duration_us (call), ==, 1500);
  g_assert_cmpuint (gui_call_get_n_received (call), ==, 70);
  g_assert_cmpint (gui_call_get_from (call), ==, GUI_PROCESS_APPLICATION);
  g_assert_cmpint (gui_call_get_to (call), ==, GUI_PROCESS_WALLET);
  g_assert_cmpstr (gui_call_get_sentence (call), ==, "The application asked the wallet for a new address");
  other = g_list_model_get_item (G_LIST_MODEL (f->model), 2);
  g_assert_cmpint (gui_call_get_state (other), ==, GUI_CALL_PENDING);
  g_assert_cmpint (gui_call_get_from (other), ==, GUI_PROCESS_WALLET);
  news = g_list_model_get_item (G_LIST_MODEL (f->model), 0);
  g_assert_cmpint (gui_call_get_state (news), ==, GUI_CALL_SIGNAL);
  g_assert_cmpstr (gui_call_get_sentence (news), ==, "The node told the application that there is a new block");
}

static void
test_lost (Fixture *f, gconstpointer data)
{
  g_autoptr (GuiCall) call = NULL, other = NULL;

  add_row (f, "wallet", FALSE, BUS_TAP_CALL, "org.moneyrocket.Wallet1.NewAddress", 1);
  add_row (f, "node", FALSE, BUS_TAP_CALL, "org.moneyrocket.Node1.Generate", 2);
  add_rows (f, GUI_PROCESS_APPLICATION);
  gui_call_model_lose (f->model, GUI_PROCESS_NODE);
  call = g_list_model_get_item (G_LIST_MODEL (f->model), 0);
  other = g_list_model_get_item (G_LIST_MODEL (f->model), 1);
  g_assert_cmpint (gui_call_get_state (call), ==, GUI_CALL_LOST);
  g_assert_cmpint (gui_call_get_state (other), ==, GUI_CALL_PENDING);
  /* A new node may use the number again. */
  add_row (f, "node", TRUE, BUS_TAP_REPLY, "org.moneyrocket.Node1.Generate", 2);
  add_rows (f, GUI_PROCESS_APPLICATION);
  g_assert_cmpint (gui_call_get_state (call), ==, GUI_CALL_LOST);
}

static void
set_filter (Fixture *f, GuiProcess process, const char *words, gboolean slow, gboolean errors)
{
  gui_call_model_set_filter (f->model, &(GuiCallFilter){ process, words, slow, errors });
}

static void
test_filter (Fixture *f, gconstpointer data)
{
  add_call (f, "org.moneyrocket.Wallet1.NewAddress", 1, BUS_TAP_REPLY, 100);
  add_call (f, "org.moneyrocket.Wallet1.ListHistory", 2, BUS_TAP_REPLY, GUI_CALL_MODEL_SLOW_US);
  add_call (f, "org.moneyrocket.Wallet1.GetTransaction", 3, BUS_TAP_ERROR, 100);
  add_row (f, "node", TRUE, BUS_TAP_SIGNAL, "org.moneyrocket.Node1.TipChanged", 4);
  add_rows (f, GUI_PROCESS_APPLICATION);
  set_filter (f, GUI_PROCESS_WALLET, "", FALSE, FALSE);
  assert_members (f, "GetTransaction ListHistory NewAddress");
  set_filter (f, GUI_PROCESS_NODE, "", FALSE, FALSE);
  assert_members (f, "TipChanged");
  set_filter (f, GUI_PROCESS_OTHER, "", TRUE, FALSE);
  assert_members (f, "ListHistory");
  set_filter (f, GUI_PROCESS_OTHER, "", FALSE, TRUE);
  assert_members (f, "GetTransaction");
  set_filter (f, GUI_PROCESS_OTHER, "New Address", FALSE, FALSE);
  assert_members (f, "NewAddress");
  set_filter (f, GUI_PROCESS_OTHER, "NOTFOUND", FALSE, FALSE);
  assert_members (f, "GetTransaction");
  set_filter (f, GUI_PROCESS_OTHER, "zebra", FALSE, FALSE);
  assert_members (f, "");
  /* What is slow is known at its end. */
  set_filter (f, GUI_PROCESS_OTHER, "", TRUE, FALSE);
  add_row (f, "wallet", FALSE, BUS_TAP_CALL, "org.moneyrocket.Spend1.Send", 5);
  add_rows (f, GUI_PROCESS_APPLICATION);
  assert_members (f, "ListHistory");
  add_row (f, "wallet", TRUE, BUS_TAP_REPLY, "org.moneyrocket.Spend1.Send", 5)->duration_us = 1000000;
  add_rows (f, GUI_PROCESS_APPLICATION);
  assert_members (f, "Send ListHistory");
}

static void
test_pause (Fixture *f, gconstpointer data)
{
  add_call (f, "org.moneyrocket.Wallet1.NewAddress", 1, BUS_TAP_REPLY, 100);
  gui_call_model_set_paused (f->model, TRUE);
  g_assert_cmpuint (gui_call_model_get_n_waiting (f->model), ==, 0);
  for (guint32 i = 2; i < 2 * GUI_CALL_MODEL_MAX; i++)
    add_call (f, "org.moneyrocket.Wallet1.ListHistory", i, BUS_TAP_REPLY, 100);
  g_assert_cmpuint (gui_call_model_get_n_waiting (f->model), ==, 2 * GUI_CALL_MODEL_MAX - 2);
  assert_members (f, "NewAddress");
  gui_call_model_set_paused (f->model, FALSE);
  g_assert_cmpuint (gui_call_model_get_n_waiting (f->model), ==, 0);
  g_assert_cmpuint (n_items (f), ==, GUI_CALL_MODEL_MAX);
}

/* The latest are kept, each at its position. */
static void
test_bound (Fixture *f, gconstpointer data)
{
  for (guint32 i = 1; i <= GUI_CALL_MODEL_MAX + 1000; i++)
    add_row (f, "wallet", FALSE, BUS_TAP_CALL, "org.moneyrocket.Wallet1.ListHistory", i);
  add_rows (f, GUI_PROCESS_APPLICATION);
  g_assert_cmpuint (n_items (f), ==, GUI_CALL_MODEL_MAX);
  for (guint i = 0; i < GUI_CALL_MODEL_MAX; i += 999) {
    g_autoptr (GuiCall) call = g_list_model_get_item (G_LIST_MODEL (f->model), i);

    g_assert_cmpuint (gui_call_get_number (call), ==, GUI_CALL_MODEL_MAX + 1000 - i);
    g_assert_cmpuint (gui_call_model_find (f->model, gui_call_get_number (call)), ==, i);
  }
  g_assert_cmpuint (gui_call_model_find (f->model, G_MAXUINT64), ==, 0);
  g_assert_cmpuint (gui_call_model_find (f->model, 1000), ==, GUI_CALL_MODEL_MAX);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (f->model), GUI_CALL_MODEL_MAX));
  /* Its call is not kept any more. */
  add_row (f, "wallet", TRUE, BUS_TAP_REPLY, "org.moneyrocket.Wallet1.ListHistory", 1);
  add_rows (f, GUI_PROCESS_APPLICATION);
  g_assert_cmpuint (n_items (f), ==, GUI_CALL_MODEL_MAX);
}

static void
test_sentences (void)
{
  static const struct {
    const char *interface, *member, *path, *sentence;
  } cases[] = {
    { "org.freedesktop.DBus.Properties", "GetAll", "/org/moneyrocket/wallets/a",
      "The application asked the wallet for the balance" },
    { "org.freedesktop.DBus.Properties", "GetAll", "/org/moneyrocket/WalletManager",
      "The application asked the wallet how it is doing" },
    { "org.moneyrocket.Spend1", "Send", "/org/moneyrocket/wallets/a",
      "The application asked the wallet to send a payment" },
    { "org.moneyrocket.New1", "Something", "/", "The application sent the wallet the message Something" },
    { "", "", "", "The application sent the wallet the message " },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *sentence = gui_call_text_dup_sentence (GUI_PROCESS_APPLICATION, GUI_PROCESS_WALLET,
                                                            cases[i].interface, cases[i].member, cases[i].path);

    g_assert_cmpstr (sentence, ==, cases[i].sentence);
  }
}

static void
test_status (void)
{
  g_autoptr (GVariant) good = g_variant_parse (
      NULL,
      "{'pid': <uint32 7>, 'threads': <uint32 3>, 'rss': <uint64 5000000>, 'cpu': <uint64 1>, 'uptime': <uint64 2>, "
      "'version': <'1\\n2'>, 'connections': <[{'peer': <'parent'>, 'number': <uint64 1>, 'received': <{'messages': "
      "<uint64 "
      "4>, 'bytes': <uint64 9>, 'pending': <uint32 4294967295>}>, 'sent': <{'pending': <uint32 1>}>}]>}",
      NULL, NULL, NULL);
  g_autoptr (GVariant) bad = g_variant_parse (NULL, "{'pid': <'seven'>}", NULL, NULL, NULL);
  g_autoptr (GuiProcessStatus) status = gui_process_status_parse (good);
  const GuiProcessConnection *connection;

  g_assert_nonnull (status);
  g_assert_true (status->pid == 7 && status->n_threads == 3 && status->rss == 5000000 && status->pss == 0);
  g_assert_cmpstr (status->version, ==, "1 2");
  g_assert_true (status->attended);
  connection = status->connections->pdata[0];
  g_assert_true (connection->n_received == 4 && connection->bytes_received == 9 && connection->n_sent == 0);
  g_assert_cmpuint (connection->n_pending, ==, G_MAXUINT);
  g_assert_null (gui_process_status_parse (bad));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/gui/call-model/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("pairs", test_pairs);
  ADD ("lost", test_lost);
  ADD ("filter", test_filter);
  ADD ("pause", test_pause);
  ADD ("bound", test_bound);
#undef ADD
  g_test_add_func ("/gui/call-model/sentences", test_sentences);
  g_test_add_func ("/gui/call-model/status", test_status);
  return g_test_run ();
}
