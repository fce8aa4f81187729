#include "gui/clients/wallet_records.h"

#include "bitcoin/address/address.h"
#include "bitcoin/primitives/amount.h"
#include "gui/clients/bounds.h"

#include <string.h>

void
gui_history_row_free (GuiHistoryRow *row)
{
  if (row == NULL)
    return;
  g_clear_pointer (&row->txid, g_variant_unref);
  g_free (row->address);
  g_free (row->label);
  g_free (row);
}

void
gui_history_page_free (GuiHistoryPage *page)
{
  g_ptr_array_unref (page->rows);
  g_free (page->next);
  g_free (page);
}

void
gui_address_free (GuiAddress *address)
{
  g_free (address->address);
  g_free (address->label);
  g_free (address);
}

gboolean
gui_address_equal (const GuiAddress *a, const GuiAddress *b)
{
  return g_str_equal (a->address, b->address) && g_str_equal (a->label, b->label) && a->time == b->time
         && a->received_sat == b->received_sat;
}

static void
payment_coin_free (gpointer data)
{
  GuiCoin *coin = data;

  g_free (coin->address);
  g_free (coin);
}

void
gui_payment_details_free (GuiPaymentDetails *details)
{
  gui_history_row_free (details->row);
  g_clear_pointer (&details->inputs, g_ptr_array_unref);
  g_clear_pointer (&details->outputs, g_ptr_array_unref);
  g_free (details);
}

gboolean
gui_is_address (const char *address, BtcNetwork network)
{
  g_autoptr (GBytes) script = gui_bounds_address (address) ? btc_address_decode (address, network, NULL) : NULL;

  return script != NULL;
}

static GuiTxKind
history_kind_from_name (const char *name)
{
  if (g_str_equal (name, "send"))
    return GUI_TX_SEND;
  if (g_str_equal (name, "generate"))
    return GUI_TX_GENERATE;
  if (g_str_equal (name, "self"))
    return GUI_TX_SELF;
  return GUI_TX_RECEIVE;
}

static gboolean
history_row_is_sane (const GuiHistoryRow *row)
{
  return gui_bounds_hash (row->txid) && gui_bounds_change (row->amount_sat) && btc_amount_in_range (row->fee_sat)
         && gui_bounds_address (row->address) && gui_bounds_time (row->time) && row->height >= -2;
}

static GuiHistoryRow *
history_row_read (GVariant *value)
{
  g_autoptr (GuiHistoryRow) row = g_new0 (GuiHistoryRow, 1);
  const char *kind, *label;

  g_variant_get (value, "(@ay&sxxs&sxii)", &row->txid, &kind, &row->amount_sat, &row->fee_sat, &row->address, &label,
                 &row->time, &row->height, &row->confirmations);
  row->kind = history_kind_from_name (kind);
  row->label = gui_bounds_dup_line (label, GUI_BOUNDS_MAX_LABEL);
  /* Negative ones are in conflict with the chain, which the height says. */
  row->confirmations = MAX (row->confirmations, 0);
  return history_row_is_sane (row) ? g_steal_pointer (&row) : NULL;
}

GuiHistoryPage *
gui_history_page_read (GVariant *answer, guint limit)
{
  g_autoptr (GuiHistoryPage) page = g_new0 (GuiHistoryPage, 1);
  g_autoptr (GVariant) rows = NULL;
  gsize n;

  page->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) gui_history_row_free);
  g_variant_get (answer, "(@a(aysxxssxii)su)", &rows, &page->next, &page->total);
  n = g_variant_n_children (rows);
  if (n > limit || page->total > GUI_BOUNDS_MAX_PAYMENTS || strlen (page->next) > GUI_BOUNDS_MAX_CURSOR)
    return NULL;
  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) value = g_variant_get_child_value (rows, i);
    GuiHistoryRow *row = history_row_read (value);

    if (row == NULL)
      return NULL;
    g_ptr_array_add (page->rows, row);
  }
  return g_steal_pointer (&page);
}

GPtrArray *
gui_addresses_read (GVariant *rows, BtcNetwork network, guint limit)
{
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func ((GDestroyNotify) gui_address_free);
  GVariantIter iter;
  const char *text, *label;
  gint64 time, received_sat;

  if (g_variant_iter_init (&iter, rows) > limit)
    return NULL;
  while (g_variant_iter_next (&iter, "(&s&s&sxx)", &text, &label, NULL, &time, &received_sat)) {
    GuiAddress *address;

    if (!gui_is_address (text, network) || !gui_bounds_time (time) || !btc_amount_in_range (received_sat))
      return NULL;
    address = g_new (GuiAddress, 1);
    *address = (GuiAddress){ g_strdup (text), gui_bounds_dup_line (label, GUI_BOUNDS_MAX_LABEL), time, received_sat };
    g_ptr_array_add (addresses, address);
  }
  return g_steal_pointer (&addresses);
}

GArray *
gui_balance_points_read (GVariant *points, guint limit)
{
  g_autoptr (GArray) array = g_array_new (FALSE, FALSE, sizeof (GuiBalancePoint));
  GVariantIter iter;
  GuiBalancePoint point;

  if (g_variant_iter_init (&iter, points) > limit)
    return NULL;
  while (g_variant_iter_next (&iter, "(xx)", &point.time, &point.sat)) {
    if (!gui_bounds_time (point.time) || !gui_bounds_change (point.sat))
      return NULL;
    g_array_append_val (array, point);
  }
  return g_steal_pointer (&array);
}

/* LIST: a(sx) or a(sxb); NULL: there are none. */
static GPtrArray *
payment_read_coins (GVariant *list, gboolean with_owner)
{
  g_autoptr (GPtrArray) coins = g_ptr_array_new_with_free_func (payment_coin_free);
  gsize n = list != NULL ? g_variant_n_children (list) : 0;

  if (n > GUI_BOUNDS_MAX_COINS)
    return NULL;
  for (gsize i = 0; i < n; i++) {
    GuiCoin *coin = g_new0 (GuiCoin, 1);

    g_ptr_array_add (coins, coin);
    if (with_owner)
      g_variant_get_child (list, i, "(sxb)", &coin->address, &coin->amount_sat, &coin->ours);
    else
      g_variant_get_child (list, i, "(sx)", &coin->address, &coin->amount_sat);
    if (!gui_bounds_address (coin->address) || (coin->amount_sat != -1 && !btc_amount_in_range (coin->amount_sat)))
      return NULL;
  }
  return g_steal_pointer (&coins);
}

GuiPaymentDetails *
gui_payment_details_read (GVariant *answer)
{
  g_autoptr (GuiPaymentDetails) details = g_new0 (GuiPaymentDetails, 1);
  g_autoptr (GVariant) row = g_variant_get_child_value (answer, 0);
  g_autoptr (GVariant) more = g_variant_get_child_value (answer, 1);
  g_autoptr (GVariant) inputs = g_variant_lookup_value (more, "inputs", G_VARIANT_TYPE ("a(sx)"));
  g_autoptr (GVariant) outputs = g_variant_lookup_value (more, "outputs", G_VARIANT_TYPE ("a(sxb)"));

  details->row = history_row_read (row);
  details->inputs = payment_read_coins (inputs, FALSE);
  details->outputs = payment_read_coins (outputs, TRUE);
  g_variant_lookup (more, "vsize", "u", &details->vsize);
  if (details->row == NULL || details->inputs == NULL || details->outputs == NULL
      || details->vsize > GUI_BOUNDS_MAX_VSIZE)
    return NULL;
  return g_steal_pointer (&details);
}
