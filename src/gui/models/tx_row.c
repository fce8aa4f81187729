#include "gui/models/tx_row.h"

#include "gui/format.h"

#include <glib/gi18n.h>

#define CONFIRMED_DEPTH 6
#define MATURE_DEPTH 101 /* of mined coins, with their own block */

struct _GuiTxRow {
  GObject parent_instance;

  GVariant *txid; /* NULL: a placeholder */
  char *txid_hex;
  GuiTxKind kind;
  gint64 amount_sat;
  gint64 fee_sat;
  char *address;
  char *label;
  char *address_label;
  guint n_recipients;
  gint64 time;
  gint height;
  gint confirmations;
};

G_DEFINE_FINAL_TYPE (GuiTxRow, gui_tx_row, G_TYPE_OBJECT)

static guint changed_signal;

static void
gui_tx_row_finalize (GObject *object)
{
  GuiTxRow *self = GUI_TX_ROW (object);

  g_clear_pointer (&self->txid, g_variant_unref);
  g_free (self->txid_hex);
  g_free (self->address);
  g_free (self->label);
  g_free (self->address_label);

  G_OBJECT_CLASS (gui_tx_row_parent_class)->finalize (object);
}

static void
gui_tx_row_class_init (GuiTxRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gui_tx_row_finalize;
  changed_signal = g_signal_new ("changed", GUI_TYPE_TX_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
gui_tx_row_init (GuiTxRow *self)
{
}

GuiTxRow *
gui_tx_row_new_placeholder (void)
{
  return g_object_new (GUI_TYPE_TX_ROW, NULL);
}

static void
tx_row_take_text (char **text, const char *value)
{
  g_free (*text);
  *text = g_strdup (value);
}

/* Everything but the ID. */
static void
tx_row_take (GuiTxRow *self, const GuiHistoryRow *row)
{
  self->kind = row->kind;
  self->amount_sat = row->amount_sat;
  self->fee_sat = row->fee_sat;
  tx_row_take_text (&self->address, row->address);
  tx_row_take_text (&self->label, row->label);
  tx_row_take_text (&self->address_label, row->address_label);
  self->n_recipients = row->n_recipients;
  self->time = row->time;
  self->height = row->height;
  self->confirmations = row->confirmations;
}

GuiTxRow *
gui_tx_row_new (const GuiHistoryRow *row)
{
  GuiTxRow *self = gui_tx_row_new_placeholder ();

  self->txid = g_variant_ref (row->txid);
  self->txid_hex = gui_format_hash (row->txid);
  tx_row_take (self, row);
  return self;
}

/* The confirmations that are shown: all numbers from the depth on are the same. */
static gint
shown_confirmations (GuiTxRow *self)
{
  return MIN (self->confirmations, gui_tx_row_get_depth (self));
}

void
gui_tx_row_update (GuiTxRow *self, const GuiHistoryRow *row)
{
  gint before;
  gboolean same;

  g_return_if_fail (GUI_IS_TX_ROW (self));
  g_return_if_fail (self->txid != NULL && g_variant_equal (self->txid, row->txid));

  before = shown_confirmations (self);
  same = self->kind == row->kind && self->amount_sat == row->amount_sat && self->fee_sat == row->fee_sat
         && self->time == row->time && self->height == row->height && g_str_equal (self->address, row->address)
         && g_str_equal (self->label, row->label) && g_str_equal (self->address_label, row->address_label)
         && self->n_recipients == row->n_recipients;
  tx_row_take (self, row);
  if (!same || before != shown_confirmations (self))
    g_signal_emit (self, changed_signal, 0);
}

gboolean
gui_tx_row_is_placeholder (GuiTxRow *self)
{
  g_return_val_if_fail (GUI_IS_TX_ROW (self), TRUE);
  return self->txid == NULL;
}

GVariant *
gui_tx_row_get_txid (GuiTxRow *self)
{
  g_return_val_if_fail (GUI_IS_TX_ROW (self), NULL);
  return self->txid;
}

const char *
gui_tx_row_get_txid_hex (GuiTxRow *self)
{
  g_return_val_if_fail (GUI_IS_TX_ROW (self), NULL);
  return self->txid_hex;
}

GuiTxKind
gui_tx_row_get_kind (GuiTxRow *self)
{
  g_return_val_if_fail (GUI_IS_TX_ROW (self), GUI_TX_RECEIVE);
  return self->kind;
}

gint64
gui_tx_row_get_amount_sat (GuiTxRow *self)
{
  g_return_val_if_fail (GUI_IS_TX_ROW (self), 0);
  return self->amount_sat;
}

gint64
gui_tx_row_get_fee_sat (GuiTxRow *self)
{
  g_return_val_if_fail (GUI_IS_TX_ROW (self), 0);
  return self->fee_sat;
}

const char *
gui_tx_row_get_address (GuiTxRow *self)
{
  g_return_val_if_fail (GUI_IS_TX_ROW (self), NULL);
  return self->address;
}

const char *
gui_tx_row_get_label (GuiTxRow *self)
{
  g_return_val_if_fail (GUI_IS_TX_ROW (self), NULL);
  return self->label;
}

const char *
gui_tx_row_get_address_label (GuiTxRow *self)
{
  g_return_val_if_fail (GUI_IS_TX_ROW (self), NULL);
  return self->address_label;
}

guint
gui_tx_row_get_n_recipients (GuiTxRow *self)
{
  g_return_val_if_fail (GUI_IS_TX_ROW (self), 0);
  return self->n_recipients;
}

gint64
gui_tx_row_get_time (GuiTxRow *self)
{
  g_return_val_if_fail (GUI_IS_TX_ROW (self), 0);
  return self->time;
}

gint
gui_tx_row_get_height (GuiTxRow *self)
{
  g_return_val_if_fail (GUI_IS_TX_ROW (self), GUI_HEIGHT_UNCONFIRMED);
  return self->height;
}

gint
gui_tx_row_get_confirmations (GuiTxRow *self)
{
  g_return_val_if_fail (GUI_IS_TX_ROW (self), 0);
  return self->confirmations;
}

gint
gui_tx_row_get_depth (GuiTxRow *self)
{
  g_return_val_if_fail (GUI_IS_TX_ROW (self), 0);
  return self->kind == GUI_TX_GENERATE ? MATURE_DEPTH : CONFIRMED_DEPTH;
}

gboolean
gui_tx_row_is_void (GuiTxRow *self)
{
  g_return_val_if_fail (GUI_IS_TX_ROW (self), FALSE);
  return self->height == GUI_HEIGHT_CONFLICTED || self->height == GUI_HEIGHT_ABANDONED;
}

static const char *
kind_title (GuiTxKind kind)
{
  switch (kind) {
  case GUI_TX_RECEIVE:
    return _ ("Received");
  case GUI_TX_SEND:
    return _ ("Sent");
  case GUI_TX_GENERATE:
    return _ ("Mined");
  case GUI_TX_SELF:
    return _ ("Moved within the wallet");
  }
  return "";
}

char *
gui_tx_row_dup_title (GuiTxRow *self)
{
  g_return_val_if_fail (GUI_IS_TX_ROW (self), NULL);

  if (self->txid == NULL)
    return g_strdup ("…");
  if (*self->label != '\0')
    return g_strdup (self->label);
  if (self->n_recipients > 1)
    return g_strdup_printf (g_dngettext (NULL, "%u recipient", "%u recipients", self->n_recipients),
                            self->n_recipients);
  if (*self->address_label != '\0')
    return g_strdup (self->address_label);
  if (self->kind == GUI_TX_SEND && *self->address != '\0') {
    g_autofree char *address = gui_format_address_short (self->address);

    /* Translators: %s is a shortened address. */
    return g_strdup_printf (_ ("To %s"), address);
  }
  return g_strdup (kind_title (self->kind));
}

char *
gui_tx_row_dup_status (GuiTxRow *self)
{
  g_return_val_if_fail (GUI_IS_TX_ROW (self), NULL);

  if (self->txid == NULL)
    return g_strdup ("");
  if (self->height == GUI_HEIGHT_ABANDONED)
    return g_strdup (_ ("Abandoned"));
  if (self->height == GUI_HEIGHT_CONFLICTED)
    return g_strdup (_ ("Replaced by another payment"));
  if (self->height == GUI_HEIGHT_UNKNOWN)
    return g_strdup (_ ("In a block"));
  if (self->confirmations <= 0)
    return g_strdup (_ ("Not confirmed yet"));
  if (self->kind == GUI_TX_GENERATE && self->confirmations < MATURE_DEPTH) {
    int left = MATURE_DEPTH - self->confirmations;

    return g_strdup_printf (g_dngettext (NULL, "Spendable after %d more block", "Spendable after %d more blocks", left),
                            left);
  }
  if (self->confirmations < CONFIRMED_DEPTH)
    /* Translators: the number of confirmations, and the number that makes a payment safe. */
    return g_strdup_printf (_ ("%d of %d confirmations"), self->confirmations, CONFIRMED_DEPTH);
  return g_strdup (_ ("Confirmed"));
}

const char *
gui_tx_row_get_icon (GuiTxRow *self)
{
  g_return_val_if_fail (GUI_IS_TX_ROW (self), NULL);

  switch (self->kind) {
  case GUI_TX_RECEIVE:
    return "moneyrocket-incoming-symbolic";
  case GUI_TX_SEND:
    return "moneyrocket-outgoing-symbolic";
  case GUI_TX_GENERATE:
    return "moneyrocket-mined-symbolic";
  case GUI_TX_SELF:
    return "view-refresh-symbolic";
  }
  return NULL;
}
