#include "gui/clients/spend_client.h"

#include "bitcoin/address/address.h"
#include "bitcoin/primitives/amount.h"
#include "bus-generated.h"

#include <string.h>

/* Sending waits for the disk and for the node's checks. */
#define SEND_TIMEOUT_MS 120000

/* What can be in an answer of the wallet: more than any payment needs, and little enough to be shown. */
#define MAX_ADDRESS_LEN 100
#define MAX_COINS 10000
#define MAX_VSIZE 1000000
#define MAX_RATE G_GUINT64_CONSTANT (1000000000)
#define MAX_REASON_LEN 200
/* The size of a change output, and the value below which none is made. */
#define CHANGE_VSIZE 43
#define LEAST_CHANGE_SAT 1000

struct _GuiSpendClient {
  GuiClient parent_instance;
};

G_DEFINE_FINAL_TYPE (GuiSpendClient, gui_spend_client, GUI_TYPE_CLIENT)

static void
coin_free (gpointer data)
{
  GuiDraftCoin *coin = data;

  g_free (coin->address);
  g_free (coin);
}

void
gui_draft_free (GuiDraft *draft)
{
  if (draft == NULL)
    return;
  g_clear_pointer (&draft->inputs, g_ptr_array_unref);
  g_clear_pointer (&draft->outputs, g_ptr_array_unref);
  g_free (draft);
}

void
gui_payment_free (GuiPayment *payment)
{
  if (payment == NULL)
    return;
  g_clear_pointer (&payment->txid, g_variant_unref);
  g_free (payment->reason);
  g_free (payment);
}

gint64
gui_draft_get_paid_sat (const GuiDraft *draft)
{
  gint64 sum = 0;

  for (guint i = 0; i < draft->outputs->len; i++) {
    const GuiDraftCoin *coin = g_ptr_array_index (draft->outputs, i);

    if (!coin->change)
      sum += coin->amount_sat;
  }
  return sum;
}

static void
gui_spend_client_class_init (GuiSpendClientClass *klass)
{
  GuiClientClass *client_class = GUI_CLIENT_CLASS (klass);

  client_class->proxy_type = BUS_TYPE_SPEND1_PROXY;
  client_class->interface = "org.moneyrocket.Spend1";
}

static void
gui_spend_client_init (GuiSpendClient *self)
{
}

GuiSpendClient *
gui_spend_client_new (void)
{
  return g_object_new (GUI_TYPE_SPEND_CLIENT, NULL);
}

void
gui_spend_client_fee_choices_async (GuiSpendClient *self,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer data)
{
  gui_client_call_async (GUI_CLIENT (self), "FeeChoices", g_variant_new ("(a{sv})", NULL), -1, cancellable, callback,
                         data);
}

GArray *
gui_spend_client_fee_choices_finish (GuiSpendClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) list = gui_client_call_finish_value (GUI_CLIENT (self), result, error);
  GVariantIter iter;
  GuiFeeChoice choice;
  GArray *choices;

  if (list == NULL)
    return NULL;
  choices = g_array_new (FALSE, FALSE, sizeof (GuiFeeChoice));
  g_variant_iter_init (&iter, list);
  while (choices->len < GUI_N_FEE_CHOICES
         && g_variant_iter_next (&iter, "(utb)", &choice.blocks, &choice.rate, &choice.estimated)) {
    choice.rate = choice.rate <= MAX_RATE ? choice.rate : 0;
    g_array_append_val (choices, choice);
  }
  return choices;
}

static gboolean
coin_is_sane (const GuiDraftCoin *coin)
{
  return btc_amount_in_range (coin->amount_sat) && strlen (coin->address) <= MAX_ADDRESS_LEN
         && g_str_is_ascii (coin->address);
}

/* Reads a(sx) inputs, or a(sxs) outputs with their role, and adds them up. NULL when a value is out of its bounds. */
static GPtrArray *
read_coins (GVariant *summary, const char *name, const char *type, gint64 *sum_sat)
{
  g_autoptr (GVariant) list = g_variant_lookup_value (summary, name, G_VARIANT_TYPE (type));
  g_autoptr (GPtrArray) coins = g_ptr_array_new_with_free_func (coin_free);
  gboolean with_role = g_str_equal (type, "a(sxs)");
  gsize n = list != NULL ? g_variant_n_children (list) : 0;

  *sum_sat = 0;
  if (n == 0 || n > MAX_COINS)
    return NULL;
  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) row = g_variant_get_child_value (list, i);
    GuiDraftCoin *coin = g_new0 (GuiDraftCoin, 1);
    const char *role = "";

    if (with_role)
      g_variant_get (row, "(sx&s)", &coin->address, &coin->amount_sat, &role);
    else
      g_variant_get (row, "(sx)", &coin->address, &coin->amount_sat);
    coin->change = g_str_equal (role, "change");
    g_ptr_array_add (coins, coin);
    if (!coin_is_sane (coin) || !btc_amount_add (*sum_sat, coin->amount_sat, sum_sat))
      return NULL;
  }
  return g_steal_pointer (&coins);
}

void
gui_spend_client_draft_async (GuiSpendClient *self,
                              GVariant *recipients,
                              guint64 fee_rate,
                              gboolean send_all,
                              const char *label,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer data)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);

  if (send_all)
    g_variant_dict_insert (&options, "send_all", "b", TRUE);
  if (label != NULL && *label != '\0')
    g_variant_dict_insert (&options, "label", "s", label);
  gui_client_call_async (GUI_CLIENT (self), "CreateDraft",
                         g_variant_new ("(@a(sx)t@a{sv})", recipients, fee_rate, g_variant_dict_end (&options)), -1,
                         cancellable, callback, data);
}

static gboolean
malformed (GError **error)
{
  g_set_error_literal (error, BUS_ERROR, BUS_ERROR_FAILED, "The answer of the wallet makes no sense.");
  return FALSE;
}

/* Fills DRAFT. FALSE when the sums do not fit, or a value cannot be. */
static gboolean
read_summary (GuiDraft *draft, GVariant *summary)
{
  g_autoptr (GVariant) replaced = g_variant_lookup_value (summary, "replaces", G_VARIANT_TYPE ("aay"));
  gint64 in_sat, out_sat;

  draft->inputs = read_coins (summary, "inputs", "a(sx)", &in_sat);
  draft->outputs = read_coins (summary, "outputs", "a(sxs)", &out_sat);
  g_variant_lookup (summary, "vsize", "u", &draft->vsize);
  g_variant_lookup (summary, "remaining", "x", &draft->remaining_sat);
  g_variant_lookup (summary, "repeats", "b", &draft->repeats);
  draft->n_replaced = replaced != NULL ? (guint) g_variant_n_children (replaced) : 0;
  return draft->inputs != NULL && draft->outputs != NULL && draft->vsize > 0 && draft->vsize <= MAX_VSIZE
         && btc_amount_in_range (draft->fee_sat) && btc_amount_in_range (draft->remaining_sat)
         && in_sat == out_sat + draft->fee_sat;
}

GuiDraft *
gui_spend_client_draft_finish (GuiSpendClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) answer = gui_client_call_finish (GUI_CLIENT (self), result, error);
  g_autoptr (GVariant) summary = NULL;
  g_autoptr (GuiDraft) draft = NULL;

  if (answer == NULL)
    return NULL;
  draft = g_new0 (GuiDraft, 1);
  g_variant_get (answer, "(tx@a{sv})", &draft->id, &draft->fee_sat, &summary);
  if (read_summary (draft, summary))
    return g_steal_pointer (&draft);
  gui_spend_client_discard (self, draft->id);
  malformed (error);
  return NULL;
}

/* The place in DRAFT of an output that pays exactly TYPED and that no other one has taken; -1 when there is none. */
static int
find_output (const GuiDraft *draft, BtcNetwork network, const GuiTypedPayment *typed, const gboolean *taken)
{
  for (guint i = 0; i < draft->outputs->len; i++) {
    const GuiDraftCoin *coin = g_ptr_array_index (draft->outputs, i);
    g_autoptr (GBytes) script = btc_address_decode (coin->address, network, NULL);

    if (!taken[i] && !coin->change && script != NULL && g_bytes_equal (script, typed->script)
        && (typed->amount_sat == 0 || typed->amount_sat == coin->amount_sat))
      return (int) i;
  }
  return -1;
}

gboolean
gui_draft_is_as_typed (const GuiDraft *draft, BtcNetwork network, const GPtrArray *typed, guint64 fee_rate)
{
  g_autofree gboolean *taken = g_new0 (gboolean, draft->outputs->len);
  guint64 most;

  for (guint i = 0; i < typed->len; i++) {
    int at = find_output (draft, network, g_ptr_array_index (typed, i), taken);

    if (at < 0)
      return FALSE;
    taken[at] = TRUE;
  }
  for (guint i = 0; i < draft->outputs->len; i++)
    if (!taken[i] && !((const GuiDraftCoin *) g_ptr_array_index (draft->outputs, i))->change)
      return FALSE;
  /* What is too little for change goes to the miner, too. */
  return g_uint64_checked_mul (&most, fee_rate, draft->vsize + CHANGE_VSIZE)
         && (guint64) draft->fee_sat <= most / 1000 + LEAST_CHANGE_SAT;
}

void
gui_spend_client_send_async (GuiSpendClient *self, guint64 draft, GAsyncReadyCallback callback, gpointer data)
{
  gui_client_call_async (GUI_CLIENT (self), "Send", g_variant_new ("(ta{sv})", draft, NULL), SEND_TIMEOUT_MS, NULL,
                         callback, data);
}

void
gui_spend_client_get_payment_async (GuiSpendClient *self,
                                    guint64 draft,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer data)
{
  gui_client_call_async (GUI_CLIENT (self), "GetPayment", g_variant_new ("(ta{sv})", draft, NULL), -1, cancellable,
                         callback, data);
}

static gboolean
outcome_by_name (const char *name, GuiOutcome *outcome)
{
  static const char *const names[] = { "pending", "accepted", "refused", "abandoned", "conflicted" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (name, names[i])) {
      *outcome = (GuiOutcome) i;
      return TRUE;
    }
  return FALSE;
}

GuiPayment *
gui_spend_client_payment_finish (GuiSpendClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) answer = gui_client_call_finish (GUI_CLIENT (self), result, error);
  g_autoptr (GuiPayment) payment = NULL;
  const char *state, *reason;

  if (answer == NULL)
    return NULL;
  payment = g_new0 (GuiPayment, 1);
  g_variant_get (answer, "(@ay&s&s)", &payment->txid, &state, &reason);
  if (g_variant_get_size (payment->txid) == 32 && outcome_by_name (state, &payment->outcome)) {
    payment->reason = g_utf8_substring (reason, 0, MIN (g_utf8_strlen (reason, MAX_REASON_LEN), MAX_REASON_LEN));
    return g_steal_pointer (&payment);
  }
  /* Not an error of ours: what became of the payment is not known. */
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "The answer of the wallet makes no sense.");
  return NULL;
}

void
gui_spend_client_abandon_async (GuiSpendClient *self, GVariant *txid, GAsyncReadyCallback callback, gpointer data)
{
  gui_client_call_async (GUI_CLIENT (self), "Abandon", g_variant_new ("(@aya{sv})", txid, NULL), -1, NULL, callback,
                         data);
}

gboolean
gui_spend_client_abandon_finish (GuiSpendClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) answer = gui_client_call_finish (GUI_CLIENT (self), result, error);

  return answer != NULL;
}

void
gui_spend_client_discard (GuiSpendClient *self, guint64 draft)
{
  gui_client_call_async (GUI_CLIENT (self), "Discard", g_variant_new ("(ta{sv})", draft, NULL), -1, NULL, NULL, NULL);
}
