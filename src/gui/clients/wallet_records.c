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
  g_free (row->address_label);
  g_free (row);
}

void
gui_history_page_free (GuiHistoryPage *page)
{
  g_ptr_array_unref (page->rows);
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
  return g_str_equal (a->address, b->address) && g_str_equal (a->label, b->label) && a->type == b->type
         && a->time == b->time && a->received_sat == b->received_sat;
}

void
gui_payment_details_free (GuiPaymentDetails *details)
{
  gui_history_row_free (details->row);
  g_clear_pointer (&details->inputs, g_ptr_array_unref);
  g_clear_pointer (&details->outputs, g_ptr_array_unref);
  g_free (details->reason);
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
         && gui_bounds_address (row->address) && gui_bounds_time (row->time)
         && (row->height < 0 || gui_bounds_height (row->height));
}

/* The values of a record of the history, not validated yet. */
typedef struct {
  GVariant *txid;
  char *kind, *address, *label, *address_label; /* NULL: none */
  gint64 amount_sat, fee_sat, time;
  guint32 height, confirmations, n_recipients;
  gboolean conflicted, abandoned, confirmed;
  gboolean has_amount, has_time, has_height;
} HistoryRecord;

static gboolean
record_take (const char *key, const char *name, GVariant *value, const char *type, gpointer to)
{
  if (!g_str_equal (key, name) || !g_variant_is_of_type (value, G_VARIANT_TYPE (type)))
    return FALSE;
  g_variant_get (value, type, to);
  return TRUE;
}

/* If a key is repeated, the first text is used. */
static gboolean
record_take_text (const char *key, const char *name, GVariant *value, char **to)
{
  return *to == NULL && record_take (key, name, value, "s", to);
}

static void
history_record_take (HistoryRecord *record, const char *key, GVariant *value)
{
  if (g_str_equal (key, "txid") && g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING)) {
    g_clear_pointer (&record->txid, g_variant_unref);
    record->txid = g_variant_ref (value);
  } else if (record_take (key, "amount", value, "x", &record->amount_sat)) {
    record->has_amount = TRUE;
  } else if (record_take (key, "time", value, "x", &record->time)) {
    record->has_time = TRUE;
  } else if (record_take (key, "height", value, "u", &record->height)) {
    record->has_height = TRUE;
  } else if (!record_take (key, "confirmations", value, "u", &record->confirmations)
             && !record_take_text (key, "kind", value, &record->kind)
             && !record_take_text (key, "address", value, &record->address)
             && !record_take_text (key, "label", value, &record->label)
             && !record_take_text (key, "address_label", value, &record->address_label)
             && !record_take (key, "recipients", value, "u", &record->n_recipients)
             && !record_take (key, "fee", value, "x", &record->fee_sat)
             && !record_take (key, "conflicted", value, "b", &record->conflicted)
             && !record_take (key, "confirmed", value, "b", &record->confirmed)) {
    record_take (key, "abandoned", value, "b", &record->abandoned);
  }
}

/* Sets the height and the confirmations of ROW. FALSE if they are invalid. */
static gboolean
history_row_set_place (GuiHistoryRow *row, const HistoryRecord *record)
{
  if (record->has_height + record->conflicted + record->abandoned + record->confirmed > 1)
    return FALSE;
  row->height = record->conflicted  ? GUI_HEIGHT_CONFLICTED
                : record->abandoned ? GUI_HEIGHT_ABANDONED
                : record->confirmed ? GUI_HEIGHT_UNKNOWN
                                    : GUI_HEIGHT_UNCONFIRMED;
  if (!record->has_height)
    return TRUE;
  if (!gui_bounds_height (record->height) || !gui_bounds_height (record->confirmations))
    return FALSE;
  row->height = (gint) record->height;
  row->confirmations = (gint) record->confirmations;
  return TRUE;
}

/* Iterates over the keys once: looking up each key would iterate over all of them. */
static GuiHistoryRow *
history_row_read (GVariant *value)
{
  g_autoptr (GuiHistoryRow) row = g_new0 (GuiHistoryRow, 1);
  HistoryRecord record = { 0 };
  GVariantIter iter;
  const char *key;
  GVariant *item;

  g_variant_iter_init (&iter, value);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &item))
    history_record_take (&record, key, item);
  row->txid = record.txid;
  row->kind = history_kind_from_name (record.kind != NULL ? record.kind : "");
  row->amount_sat = record.amount_sat;
  row->fee_sat = record.fee_sat;
  row->address = record.address != NULL ? record.address : g_strdup ("");
  row->label = gui_bounds_dup_line (record.label != NULL ? record.label : "", GUI_BOUNDS_MAX_LABEL);
  row->address_label
      = gui_bounds_dup_line (record.address_label != NULL ? record.address_label : "", GUI_BOUNDS_MAX_LABEL);
  row->n_recipients = record.n_recipients;
  row->time = record.time;
  g_free (record.kind);
  g_free (record.label);
  g_free (record.address_label);
  if (row->txid == NULL || !record.has_amount || !record.has_time || !history_row_set_place (row, &record))
    return NULL;
  return history_row_is_sane (row) ? g_steal_pointer (&row) : NULL;
}

GuiHistoryPage *
gui_history_page_read (GVariant *answer, guint limit)
{
  g_autoptr (GuiHistoryPage) page = g_new0 (GuiHistoryPage, 1);
  g_autoptr (GVariant) rows = NULL;
  g_autoptr (GVariant) more = NULL;
  gsize n;

  page->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) gui_history_row_free);
  g_variant_get (answer, "(@aa{sv}@a{sv})", &rows, &more);
  g_variant_lookup (more, "total", "u", &page->total);
  n = g_variant_n_children (rows);
  if (n > limit || page->total > GUI_BOUNDS_MAX_PAYMENTS)
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

static GuiAddress *
address_read (GVariant *record, BtcNetwork network)
{
  const char *text, *label = "", *type_name;
  gint64 time = 0, received_sat = 0;
  GuiAddressType type;
  GuiAddress *address;

  if (!g_variant_lookup (record, "address", "&s", &text) || !g_variant_lookup (record, "type", "&s", &type_name)
      || !gui_address_type_by_name (type_name, &type))
    return NULL;
  g_variant_lookup (record, "label", "&s", &label);
  g_variant_lookup (record, "time", "x", &time);
  g_variant_lookup (record, "received", "x", &received_sat);
  if (!gui_is_address (text, network) || !gui_bounds_time (time) || !btc_amount_in_range (received_sat))
    return NULL;
  address = g_new (GuiAddress, 1);
  *address
      = (GuiAddress){ g_strdup (text), gui_bounds_dup_line (label, GUI_BOUNDS_MAX_LABEL), type, time, received_sat };
  return address;
}

GPtrArray *
gui_addresses_read (GVariant *rows, BtcNetwork network, guint limit)
{
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func ((GDestroyNotify) gui_address_free);
  gsize n = g_variant_n_children (rows);

  if (n > limit)
    return NULL;
  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) record = g_variant_get_child_value (rows, i);
    GuiAddress *address = address_read (record, network);

    if (address == NULL)
      return NULL;
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

/* Only a payment of this wallet that is not in a block has an outcome. FALSE if it is invalid. */
static gboolean
payment_read_outcome (GuiPaymentDetails *details, GVariant *more)
{
  gboolean confirmed = details->row->height >= 0 || details->row->height == GUI_HEIGHT_UNKNOWN;
  const char *name, *reason = "";

  details->outcome = confirmed ? GUI_OUTCOME_CONFIRMED : GUI_OUTCOME_ACCEPTED;
  g_variant_lookup (more, "reason", "&s", &reason);
  details->reason = gui_bounds_dup_line (reason, GUI_BOUNDS_MAX_SENTENCE);
  if (!g_variant_lookup (more, "outcome", "&s", &name))
    return TRUE;
  if (confirmed || !gui_outcome_by_name (name, &details->outcome))
    return FALSE;
  if (details->row->height == GUI_HEIGHT_CONFLICTED && details->outcome != GUI_OUTCOME_CONFLICTED)
    details->outcome = GUI_OUTCOME_REPLACED;
  return TRUE;
}

GuiPaymentDetails *
gui_payment_details_read (GVariant *answer)
{
  g_autoptr (GuiPaymentDetails) details = g_new0 (GuiPaymentDetails, 1);
  g_autoptr (GVariant) row = g_variant_get_child_value (answer, 0);
  g_autoptr (GVariant) more = g_variant_get_child_value (answer, 1);

  details->row = history_row_read (row);
  details->inputs = gui_coins_read (more, "inputs");
  details->outputs = gui_coins_read (more, "outputs");
  g_variant_lookup (more, "vsize", "u", &details->vsize);
  if (details->row == NULL || details->inputs == NULL || details->outputs == NULL
      || details->vsize > GUI_BOUNDS_MAX_VSIZE || !payment_read_outcome (details, more))
    return NULL;
  return g_steal_pointer (&details);
}
