#include "gui/clients/wallet_client.h"

#include "bitcoin/primitives/amount.h"
#include "bus-generated.h"
#include "gui/clients/bounds.h"
#include "gui/clients/label_queue.h"

#include <glib/gi18n.h>

#define MAX_ROWS 500 /* per page */

struct _GuiWalletClient {
  GuiClient parent_instance;

  char *name;
  char *title;
  BtcNetwork network;
  GuiSpendClient *spend;
  GuiLabelQueue *labels;
  GuiWalletFigures figures;
};

G_DEFINE_FINAL_TYPE (GuiWalletClient, gui_wallet_client, GUI_TYPE_CLIENT)

static gboolean
wallet_figures_are_sane (const GuiWalletFigures *figures)
{
  return btc_amount_in_range (figures->spendable_sat) && btc_amount_in_range (figures->pending_sat)
         && btc_amount_in_range (figures->immature_sat) && btc_amount_in_range (figures->used_sat);
}

/* A wallet that does not know its balance reports none: the last one is kept. */
static void
wallet_read_balance (GVariant *balance, GuiWalletFigures *figures)
{
  if (!g_variant_lookup (balance, "spendable", "x", &figures->spendable_sat))
    return;
  figures->has_balance = TRUE;
  figures->pending_sat = figures->immature_sat = figures->used_sat = 0;
  g_variant_lookup (balance, "pending", "x", &figures->pending_sat);
  g_variant_lookup (balance, "immature", "x", &figures->immature_sat);
  g_variant_lookup (balance, "used", "x", &figures->used_sat);
}

static GuiWalletProblem
wallet_read_problem (GVariant *record)
{
  g_autoptr (GError) error = NULL;
  const char *name;

  if (record == NULL || !g_variant_lookup (record, "error", "&s", &name))
    return GUI_WALLET_FOLLOWS;
  error = bus_error_new_for_name (name, "");
  return g_error_matches (error, BUS_ERROR, BUS_ERROR_PRUNED) ? GUI_WALLET_NEEDS_PRUNED : GUI_WALLET_CANNOT_FOLLOW;
}

static const char *
wallet_take_figures (GuiClient *client, gpointer proxy)
{
  GuiWalletFigures figures = GUI_WALLET_CLIENT (client)->figures;
  GVariant *balance = bus_wallet1_get_balance (proxy), *scanned = bus_wallet1_get_scanned (proxy);
  const char *type = bus_wallet1_get_address_type (proxy);

  if (balance != NULL)
    wallet_read_balance (balance, &figures);
  figures.scanned_height = 0;
  if (scanned != NULL)
    g_variant_lookup (scanned, "height", "u", &figures.scanned_height);
  figures.scanning = bus_wallet1_get_scanning (proxy);
  figures.problem = wallet_read_problem (bus_wallet1_get_problem (proxy));
  if (!wallet_figures_are_sane (&figures))
    return "Wallet1.Balance";
  if (!gui_bounds_height (figures.scanned_height))
    return "Wallet1.Scanned";
  if (type != NULL && !gui_address_type_by_name (type, &figures.address_type))
    return "Wallet1.AddressType";
  GUI_WALLET_CLIENT (client)->figures = figures;
  return NULL;
}

void
gui_wallet_client_attach (GuiWalletClient *self, GDBusConnection *connection, const char *path)
{
  g_return_if_fail (GUI_IS_WALLET_CLIENT (self));

  gui_client_attach (GUI_CLIENT (self->spend), connection, path);
  gui_client_attach (GUI_CLIENT (self), connection, path);
}

void
gui_wallet_client_detach (GuiWalletClient *self)
{
  g_return_if_fail (GUI_IS_WALLET_CLIENT (self));

  gui_client_detach (GUI_CLIENT (self->spend));
  gui_client_detach (GUI_CLIENT (self));
}

static void
gui_wallet_client_dispose (GObject *object)
{
  g_clear_object (&GUI_WALLET_CLIENT (object)->spend);
  G_OBJECT_CLASS (gui_wallet_client_parent_class)->dispose (object);
}

static void
gui_wallet_client_finalize (GObject *object)
{
  g_free (GUI_WALLET_CLIENT (object)->name);
  g_free (GUI_WALLET_CLIENT (object)->title);
  gui_label_queue_free (GUI_WALLET_CLIENT (object)->labels);
  G_OBJECT_CLASS (gui_wallet_client_parent_class)->finalize (object);
}

static void
gui_wallet_client_class_init (GuiWalletClientClass *klass)
{
  GuiClientClass *client_class = GUI_CLIENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gui_wallet_client_dispose;
  G_OBJECT_CLASS (klass)->finalize = gui_wallet_client_finalize;
  client_class->proxy_type = BUS_TYPE_WALLET1_PROXY;
  client_class->interface = "org.moneyrocket.Wallet1";
  client_class->take_figures = wallet_take_figures;
}

static void
wallet_resume_labels (GuiWalletClient *self)
{
  gui_label_queue_resume (self->labels);
}

static void
gui_wallet_client_init (GuiWalletClient *self)
{
  self->spend = gui_spend_client_new ();
  self->labels = gui_label_queue_new (GUI_CLIENT (self));
  g_signal_connect (self, "changed", G_CALLBACK (wallet_resume_labels), NULL);
}

GuiWalletClient *
gui_wallet_client_new (const char *name, BtcNetwork network)
{
  GuiWalletClient *self = g_object_new (GUI_TYPE_WALLET_CLIENT, NULL);

  self->name = g_strdup (name);
  self->title = gui_wallet_dup_title (name);
  self->network = network;
  return self;
}

const char *
gui_wallet_client_get_name (GuiWalletClient *self)
{
  g_return_val_if_fail (GUI_IS_WALLET_CLIENT (self), NULL);
  return self->name;
}

const char *
gui_wallet_client_get_title (GuiWalletClient *self)
{
  g_return_val_if_fail (GUI_IS_WALLET_CLIENT (self), NULL);
  return self->title;
}

char *
gui_wallet_dup_title (const char *name)
{
  return *name != '\0' ? gui_bounds_dup_line (name, GUI_BOUNDS_MAX_LABEL) : g_strdup (_ ("Wallet"));
}

const GuiWalletFigures *
gui_wallet_client_get_figures (GuiWalletClient *self)
{
  g_return_val_if_fail (GUI_IS_WALLET_CLIENT (self), NULL);
  return &self->figures;
}

GuiSpendClient *
gui_wallet_client_get_spend (GuiWalletClient *self)
{
  g_return_val_if_fail (GUI_IS_WALLET_CLIENT (self), NULL);
  return self->spend;
}

void
gui_wallet_client_new_address_async (GuiWalletClient *self,
                                     const char *label,
                                     GuiAddressType type,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer data)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);

  gui_client_add_label (&options, label);
  gui_client_call_async (GUI_CLIENT (self), "NewAddress",
                         g_variant_new ("(s@a{sv})", gui_address_type_get_name (type), g_variant_dict_end (&options)),
                         -1, cancellable, callback, data);
}

char *
gui_wallet_client_new_address_finish (GuiWalletClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) address = gui_client_call_finish_value (GUI_CLIENT (self), result, error);

  if (address == NULL || gui_is_address (g_variant_get_string (address, NULL), self->network))
    return address != NULL ? g_variant_dup_string (address, NULL) : NULL;
  gui_client_reject_reply (GUI_CLIENT (self), "Wallet1.NewAddress", error);
  return NULL;
}

void
gui_wallet_client_list_addresses_async (GuiWalletClient *self,
                                        guint limit,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer data)
{
  gui_client_call_async (GUI_CLIENT (self), "ListAddresses", g_variant_new ("(ua{sv})", limit, NULL), -1, cancellable,
                         callback, data);
}

GPtrArray *
gui_wallet_client_list_addresses_finish (GuiWalletClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) rows = gui_client_call_finish_value (GUI_CLIENT (self), result, error);
  GPtrArray *addresses = rows != NULL ? gui_addresses_read (rows, self->network, MAX_ROWS) : NULL;

  if (rows != NULL && addresses == NULL)
    gui_client_reject_reply (GUI_CLIENT (self), "Wallet1.ListAddresses", error);
  return addresses;
}

void
gui_wallet_client_set_label (GuiWalletClient *self, const char *address, const char *label)
{
  g_return_if_fail (GUI_IS_WALLET_CLIENT (self));
  gui_label_queue_set (self->labels, "SetLabel", g_variant_new_string (address), label);
}

void
gui_wallet_client_set_payment_label (GuiWalletClient *self, GVariant *txid, const char *label)
{
  g_return_if_fail (GUI_IS_WALLET_CLIENT (self));
  gui_label_queue_set (self->labels, "SetPaymentLabel", txid, label);
}

void
gui_wallet_client_list_balances_async (GuiWalletClient *self,
                                       const gint64 *from,
                                       guint limit,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer data)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);

  if (from != NULL)
    g_variant_dict_insert (&options, "from", "x", *from);
  gui_client_call_async (GUI_CLIENT (self), "ListBalances",
                         g_variant_new ("(u@a{sv})", limit, g_variant_dict_end (&options)), -1, cancellable, callback,
                         data);
}

GArray *
gui_wallet_client_list_balances_finish (GuiWalletClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) points = gui_client_call_finish_value (GUI_CLIENT (self), result, error);
  GArray *array = points != NULL ? gui_balance_points_read (points, MAX_ROWS + 1) : NULL;

  if (points != NULL && array == NULL)
    gui_client_reject_reply (GUI_CLIENT (self), "Wallet1.ListBalances", error);
  return array;
}

void
gui_wallet_client_list_history_async (GuiWalletClient *self,
                                      guint offset,
                                      guint limit,
                                      const char *search,
                                      const char *kind,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer data)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);

  if (offset > 0)
    g_variant_dict_insert (&options, "offset", "u", offset);
  if (search != NULL && *search != '\0')
    g_variant_dict_insert (&options, "search", "s", search);
  if (kind != NULL && *kind != '\0')
    g_variant_dict_insert (&options, "kind", "s", kind);
  gui_client_call_async (GUI_CLIENT (self), "ListHistory",
                         g_variant_new ("(u@a{sv})", limit, g_variant_dict_end (&options)), -1, cancellable, callback,
                         data);
}

GuiHistoryPage *
gui_wallet_client_list_history_finish (GuiWalletClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) answer = gui_client_call_finish (GUI_CLIENT (self), result, error);
  GuiHistoryPage *page = answer != NULL ? gui_history_page_read (answer, MAX_ROWS) : NULL;

  if (answer != NULL && page == NULL)
    gui_client_reject_reply (GUI_CLIENT (self), "Wallet1.ListHistory", error);
  return page;
}

void
gui_wallet_client_get_transaction_async (GuiWalletClient *self,
                                         GVariant *txid,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer data)
{
  gui_client_call_async (GUI_CLIENT (self), "GetTransaction", g_variant_new ("(@aya{sv})", txid, NULL), -1, cancellable,
                         callback, data);
}

GuiPaymentDetails *
gui_wallet_client_get_transaction_finish (GuiWalletClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) answer = gui_client_call_finish (GUI_CLIENT (self), result, error);
  GuiPaymentDetails *details = answer != NULL ? gui_payment_details_read (answer) : NULL;

  if (answer != NULL && details == NULL)
    gui_client_reject_reply (GUI_CLIENT (self), "Wallet1.GetTransaction", error);
  return details;
}
