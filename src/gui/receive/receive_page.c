#include "gui/receive/receive_page.h"

#include "bitcoin/address/uri.h"
#include "gui/error_text.h"
#include "gui/format.h"
#include "gui/receive/address_type_row.h"
#include "gui/unseen_text.h"
#include "gui/widgets/address_label.h"
#include "gui/widgets/amount_label.h"
#include "gui/widgets/amount_row.h"
#include "gui/widgets/busy_button.h"
#include "gui/widgets/css_class.h"
#include "gui/widgets/names.h"
#include "gui/widgets/qr_code.h"
#include "gui/widgets/wrap_box.h"
#include "gui/widgets/wrap_row.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define N_ADDRESSES 20
/* The interval at which "5 minutes ago" is updated. */
#define RENEW_AGES_SECONDS 30
#define STORE_LABEL_MS 600
#define PICTURE_PIXELS 640

struct _GuiReceivePage {
  GtkWidget parent_instance;

  GuiSession *session;
  GuiWalletClient *wallet;
  GCancellable *cancellable;
  char *address;      /* shown; NULL: none yet */
  GPtrArray *rows;    /* of GuiAddress, in the list of earlier addresses; NULL: none yet */
  char *rows_without; /* the address that was shown then, and is therefore not in the list */
  guint store_source;
  guint age_source; /* while the page is shown */
  gboolean making;
  gboolean paid;    /* the address shown has received a payment */
  gboolean filling; /* the fields are being set by the program */

  GtkWidget *scroller;
  GtkWidget *request_group;
  GtkLabel *unseen;
  GuiQrCode *qr;
  GtkWidget *received_box;
  GuiAmountLabel *received;
  GuiAddressLabel *address_label;
  GtkWidget *copy_button;
  GtkWidget *copy_address_button;
  GtkWidget *save_button;
  GtkEditable *label_row;
  GuiAmountRow *amount_row;
  GuiAddressTypeRow *type_row;
  GuiBusyButton *new_button;
  GtkWidget *earlier_group;
  GtkListBox *earlier;
};

G_DEFINE_FINAL_TYPE (GuiReceivePage, gui_receive_page, GTK_TYPE_WIDGET)

static void create_address (GuiReceivePage *self);

/* The amount that is asked for; -1: none, or an invalid one. */
static gint64
get_asked_sat (GuiReceivePage *self)
{
  gint64 amount_sat;

  return gui_amount_row_peek (self->amount_row, &amount_sat) ? amount_sat : -1;
}

/* Whether the request is more than the address: a payment link with amount or label. */
static gboolean
is_link (GuiReceivePage *self)
{
  return get_asked_sat (self) >= 0 || *gtk_editable_get_text (self->label_row) != '\0';
}

/* The text of the QR code and of Copy. */
static char *
dup_request (GuiReceivePage *self)
{
  if (!is_link (self))
    return g_strdup (self->address);
  return btc_uri_format (self->address, get_asked_sat (self), gtk_editable_get_text (self->label_row));
}

static void
update_code (GuiReceivePage *self)
{
  gint64 amount_sat;

  /* Shows what is wrong with it. */
  if (*gtk_editable_get_text (GTK_EDITABLE (self->amount_row)) != '\0')
    gui_amount_row_read (self->amount_row, &amount_sat);
  gtk_widget_set_tooltip_text (self->copy_button, is_link (self) ? _ ("Copy a payment link with amount and label")
                                                                 : _ ("Copy the address"));
  gtk_widget_set_visible (self->copy_address_button, self->address != NULL && is_link (self));
  if (self->address != NULL) {
    g_autofree char *request = dup_request (self);

    gui_qr_code_set_text (self->qr, request);
  } else {
    gui_qr_code_set_text (self->qr, NULL);
  }
}

static void
store_label (GuiReceivePage *self)
{
  g_clear_handle_id (&self->store_source, g_source_remove);
  if (self->address != NULL && self->wallet != NULL)
    gui_wallet_client_set_label (self->wallet, self->address, gtk_editable_get_text (self->label_row));
}

static gboolean
store_label_cb (gpointer data)
{
  GuiReceivePage *self = data;

  self->store_source = 0;
  store_label (self);
  return G_SOURCE_REMOVE;
}

static void
on_request_changed (GuiReceivePage *self, GtkEditable *editable)
{
  if (self->filling)
    return;
  update_code (self);
  if (editable == self->label_row && self->address != NULL) {
    g_clear_handle_id (&self->store_source, g_source_remove);
    self->store_source = g_timeout_add (STORE_LABEL_MS, store_label_cb, self);
  }
}

/* Before the label belongs to another address, or the page is left. */
static void
receive_store_pending (GuiReceivePage *self)
{
  if (self->store_source != 0)
    store_label (self);
}

static void
show_address (GuiReceivePage *self, const char *address, const char *label, gint64 received_sat)
{
  gboolean other = g_strcmp0 (self->address, address) != 0;

  if (other) {
    receive_store_pending (self);
    g_free (self->address);
    self->address = g_strdup (address);
    self->filling = TRUE;
    gtk_editable_set_text (self->label_row, label);
    gui_amount_row_set_amount (self->amount_row, -1);
    self->filling = FALSE;
  }
  gui_address_label_set_address (self->address_label, address);
  gtk_widget_set_sensitive (self->copy_button, TRUE);
  gtk_widget_set_sensitive (self->save_button, TRUE);
  gui_amount_label_set_amount (self->received, received_sat);
  gtk_widget_set_visible (self->received_box, received_sat > 0);
  if (other)
    update_code (self);
}

static void
earlier_row_show_age (GuiWrapRow *row, const GuiAddress *address)
{
  g_autofree char *short_address = gui_format_address_short (address->address);
  g_autofree char *when = gui_format_time (address->time);
  g_autofree char *subtitle
      = *address->label != '\0' ? g_strdup_printf ("%s · %s", short_address, when) : g_strdup (when);

  gui_wrap_row_set_subtitle (row, subtitle);
}

static GtkWidget *
earlier_row (const GuiAddress *address)
{
  const char *label = address->label;
  g_autofree char *short_address = gui_format_address_short (address->address);
  GtkWidget *row = gui_wrap_row_new (*label != '\0' ? label : short_address, NULL);

  earlier_row_show_age (GUI_WRAP_ROW (row), address);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  if (address->received_sat > 0) {
    GtkWidget *amount = gui_amount_label_new (address->received_sat);

    gtk_widget_add_css_class (amount, "success");
    gui_wrap_row_add_end (GUI_WRAP_ROW (row), amount);
  } else {
    GtkWidget *unused = gtk_label_new (_ ("Not used yet"));

    gtk_widget_add_css_class (unused, "dim-label");
    gui_wrap_row_add_end (GUI_WRAP_ROW (row), unused);
  }
  g_object_set_data_full (G_OBJECT (row), "address", g_strdup (address->address), g_free);
  g_object_set_data_full (G_OBJECT (row), "label", g_strdup (label), g_free);
  return row;
}

static gboolean
receive_same_rows (const GPtrArray *a, const GPtrArray *b)
{
  gboolean same = a != NULL && a->len == b->len;

  for (guint i = 0; same && i < b->len; i++)
    same = gui_address_equal (g_ptr_array_index (a, i), g_ptr_array_index (b, i));
  return same;
}

/* Whether nobody was given it, as far as is known. */
static gboolean
receive_is_unused (const GuiAddress *address, GuiAddressType type)
{
  return address->received_sat == 0 && *address->label == '\0' && address->type == type;
}

/* Chooses the address to show: the current one, even after it was paid; otherwise the newest unpaid one of the type that
 * is chosen. NULL: none. */
static const GuiAddress *
receive_choose_address (GuiReceivePage *self)
{
  GuiAddressType type = gui_address_type_row_get_chosen (self->type_row);

  for (guint i = 0; i < self->rows->len; i++) {
    const GuiAddress *row = g_ptr_array_index (self->rows, i);

    if (self->address != NULL ? g_str_equal (row->address, self->address) : receive_is_unused (row, type))
      return row;
  }
  return NULL;
}

static void
receive_list_earlier (GuiReceivePage *self)
{
  GtkListBoxRow *old;
  gboolean any = FALSE;

  while ((old = gtk_list_box_get_row_at_index (self->earlier, 0)) != NULL)
    gtk_list_box_remove (self->earlier, GTK_WIDGET (old));
  for (guint i = 0; i < MIN (self->rows->len, N_ADDRESSES); i++) {
    const GuiAddress *row = g_ptr_array_index (self->rows, i);

    if (g_strcmp0 (row->address, self->address) == 0)
      continue;
    gtk_list_box_append (self->earlier, earlier_row (row));
    any = TRUE;
  }
  g_free (self->rows_without);
  self->rows_without = g_strdup (self->address);
  gtk_widget_set_visible (self->earlier_group, any);
}

/* The list has the same addresses, which have become older. */
static gboolean
receive_renew_ages (gpointer data)
{
  GuiReceivePage *self = data;
  int at = 0;

  for (guint i = 0; self->rows != NULL && i < MIN (self->rows->len, N_ADDRESSES); i++) {
    const GuiAddress *address = g_ptr_array_index (self->rows, i);

    if (g_strcmp0 (address->address, self->rows_without) != 0)
      earlier_row_show_age (GUI_WRAP_ROW (gtk_list_box_get_row_at_index (self->earlier, at++)), address);
  }
  return G_SOURCE_CONTINUE;
}

/* ROWS: of GuiAddress, newest first. */
static void
take_addresses (GuiReceivePage *self, GPtrArray *rows)
{
  const GuiAddress *chosen;

  /* Most blocks do not change the list, and creating the rows takes long. */
  if (self->address != NULL && receive_same_rows (self->rows, rows)
      && g_strcmp0 (self->rows_without, self->address) == 0) {
    receive_renew_ages (self);
    return;
  }
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  self->rows = g_ptr_array_ref (rows);
  chosen = receive_choose_address (self);
  if (chosen != NULL)
    show_address (self, chosen->address, chosen->label, chosen->received_sat);
  receive_list_earlier (self);
  self->paid = chosen != NULL && chosen->received_sat > 0;
  if (chosen == NULL && self->address == NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    create_address (self);
}

static void
addresses_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = gui_wallet_client_list_addresses_finish (GUI_WALLET_CLIENT (source), result, &error);

  /* The bar at the top reports a failed worker. */
  if (rows != NULL)
    take_addresses (data, rows);
}

static void
receive_refresh (GuiReceivePage *self)
{
  if (self->wallet == NULL || !gui_client_get_online (GUI_CLIENT (self->wallet)))
    return;
  gui_address_type_row_set_default (self->type_row, gui_wallet_client_get_figures (self->wallet)->address_type);
  gui_wallet_client_list_addresses_async (self->wallet, N_ADDRESSES, self->cancellable, addresses_cb, self);
}

static void
receive_address_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *address = gui_wallet_client_new_address_finish (GUI_WALLET_CLIENT (source), result, &error);
  GuiReceivePage *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->making = FALSE;
  gui_busy_button_set_busy (self->new_button, FALSE);
  if (address == NULL) {
    gui_error_present (GTK_WIDGET (self), error, GUI_DOING_ADDRESS);
    return;
  }
  show_address (self, address, "", 0);
  receive_refresh (self);
}

static void
create_address (GuiReceivePage *self)
{
  if (self->making || self->wallet == NULL)
    return;
  self->making = TRUE;
  gui_busy_button_set_busy (self->new_button, TRUE);
  gui_wallet_client_new_address_async (self->wallet, NULL, gui_address_type_row_get_chosen (self->type_row),
                                       self->cancellable, receive_address_cb, self);
}

static void
on_new_address (GuiReceivePage *self)
{
  create_address (self);
}

static void
receive_copy (GuiReceivePage *self, const char *text, const char *done)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", done);
}

/* Copies what the code shows. */
static void
on_receive_copy (GuiReceivePage *self)
{
  g_autofree char *request = NULL;

  if (self->address == NULL)
    return;
  request = dup_request (self);
  receive_copy (self, request, is_link (self) ? _ ("Payment link copied") : _ ("Address copied"));
}

static void
on_copy_address (GuiReceivePage *self)
{
  if (self->address != NULL)
    receive_copy (self, self->address, _ ("Address copied"));
}

static void
save_response_cb (GtkNativeDialog *dialog, int response, GuiReceivePage *self)
{
  g_autoptr (GdkTexture) texture = NULL;
  g_autoptr (GBytes) png = NULL;

  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

    texture = gui_qr_code_render (self->qr, PICTURE_PIXELS);
    png = texture != NULL ? gdk_texture_save_to_png_bytes (texture) : NULL;
    if (png != NULL)
      g_file_replace_contents_bytes_async (file, png, NULL, FALSE, G_FILE_CREATE_NONE, NULL, NULL, NULL);
  }
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
on_save (GuiReceivePage *self)
{
  GtkFileChooserNative *dialog
      = gtk_file_chooser_native_new (_ ("Save the code"), GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                     GTK_FILE_CHOOSER_ACTION_SAVE, _ ("Save"), _ ("Cancel"));

  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), "bitcoin-address.png");
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (save_response_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
on_earlier_activated (GuiReceivePage *self, GtkListBoxRow *row)
{
  GtkAdjustment *scroll = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));

  show_address (self, g_object_get_data (G_OBJECT (row), "address"), g_object_get_data (G_OBJECT (row), "label"), 0);
  gtk_adjustment_set_value (scroll, 0);
  /* The row, which is about to leave the list, has the focus. */
  gtk_widget_grab_focus (self->copy_button);
  receive_refresh (self);
}

/* The address is good, but nobody should pay to it yet. */
static void
receive_update_unseen (GuiReceivePage *self)
{
  const char *unseen = gui_unseen_sentence (self->session);

  gtk_label_set_text (self->unseen, unseen != NULL ? unseen : "");
  gtk_widget_set_visible (GTK_WIDGET (self->unseen), unseen != NULL);
  gui_set_css_class (self->copy_button, "suggested-action", unseen == NULL);
}

static void
receive_wallet_updated_cb (GuiReceivePage *self)
{
  receive_update_unseen (self);
  receive_refresh (self);
}

/* Shows no address until another one is known. A label that was just typed is stored for the old one. */
static void
receive_drop_address (GuiReceivePage *self)
{
  receive_store_pending (self);
  g_clear_pointer (&self->address, g_free);
}

static void
receive_wallet_changed_cb (GuiReceivePage *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->making = FALSE;
  gui_busy_button_set_busy (self->new_button, FALSE);
  receive_drop_address (self);
  gui_address_label_set_address (self->address_label, NULL);
  gtk_widget_set_visible (self->received_box, FALSE);
  update_code (self);
  g_set_object (&self->wallet, gui_session_get_wallet (self->session));
  receive_refresh (self);
}

static void
gui_receive_page_map (GtkWidget *widget)
{
  GuiReceivePage *self = GUI_RECEIVE_PAGE (widget);

  GTK_WIDGET_CLASS (gui_receive_page_parent_class)->map (widget);
  /* A page that is reopened after a payment shows a new address, so that each payer gets a different one. */
  if (self->paid)
    receive_drop_address (self);
  receive_refresh (self);
  self->age_source = g_timeout_add_seconds (RENEW_AGES_SECONDS, receive_renew_ages, self);
}

static void
gui_receive_page_unmap (GtkWidget *widget)
{
  receive_store_pending (GUI_RECEIVE_PAGE (widget));
  g_clear_handle_id (&GUI_RECEIVE_PAGE (widget)->age_source, g_source_remove);
  GTK_WIDGET_CLASS (gui_receive_page_parent_class)->unmap (widget);
}

static void
gui_receive_page_dispose (GObject *object)
{
  GuiReceivePage *self = GUI_RECEIVE_PAGE (object);

  receive_store_pending (self);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->wallet);
  g_clear_object (&self->session);
  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->rows_without, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_RECEIVE_PAGE);

  G_OBJECT_CLASS (gui_receive_page_parent_class)->dispose (object);
}

static void
gui_receive_page_class_init (GuiReceivePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gui_receive_page_dispose;
  widget_class->map = gui_receive_page_map;
  widget_class->unmap = gui_receive_page_unmap;
  g_type_ensure (GUI_TYPE_ADDRESS_TYPE_ROW);
  g_type_ensure (GUI_TYPE_QR_CODE);
  g_type_ensure (GUI_TYPE_AMOUNT_LABEL);
  g_type_ensure (GUI_TYPE_AMOUNT_ROW);
  g_type_ensure (GUI_TYPE_BUSY_BUTTON);
  g_type_ensure (GUI_TYPE_FIELD_ERROR);
  g_type_ensure (GUI_TYPE_WRAP_BOX);
  g_type_ensure (GUI_TYPE_ADDRESS_LABEL);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/moneyrocket/Moneyrocket/receive/receive_page.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiReceivePage, scroller);
  gtk_widget_class_bind_template_child (widget_class, GuiReceivePage, request_group);
  gtk_widget_class_bind_template_child (widget_class, GuiReceivePage, unseen);
  gtk_widget_class_bind_template_child (widget_class, GuiReceivePage, qr);
  gtk_widget_class_bind_template_child (widget_class, GuiReceivePage, received_box);
  gtk_widget_class_bind_template_child (widget_class, GuiReceivePage, received);
  gtk_widget_class_bind_template_child (widget_class, GuiReceivePage, address_label);
  gtk_widget_class_bind_template_child (widget_class, GuiReceivePage, copy_button);
  gtk_widget_class_bind_template_child (widget_class, GuiReceivePage, copy_address_button);
  gtk_widget_class_bind_template_child (widget_class, GuiReceivePage, save_button);
  gtk_widget_class_bind_template_child (widget_class, GuiReceivePage, label_row);
  gtk_widget_class_bind_template_child (widget_class, GuiReceivePage, amount_row);
  gtk_widget_class_bind_template_child (widget_class, GuiReceivePage, type_row);
  gtk_widget_class_bind_template_child (widget_class, GuiReceivePage, new_button);
  gtk_widget_class_bind_template_child (widget_class, GuiReceivePage, earlier_group);
  gtk_widget_class_bind_template_child (widget_class, GuiReceivePage, earlier);
  gtk_widget_class_bind_template_callback (widget_class, on_request_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_receive_copy);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_address);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
  gtk_widget_class_bind_template_callback (widget_class, on_new_address);
  gtk_widget_class_bind_template_callback (widget_class, on_earlier_activated);
}

static void
gui_receive_page_init (GuiReceivePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gui_name_lists (self->request_group, _ ("What the code asks for"));
  gui_name_field (ADW_ENTRY_ROW (self->label_row), _ ("Label, seen only by you and the payer"));
  gui_name_field (ADW_ENTRY_ROW (self->amount_row), _ ("Amount, if you ask for one"));
  self->cancellable = g_cancellable_new ();
  /* Translators: %s is an amount. */
  gui_amount_label_set_format (self->received, _ ("%s received at this address"));
  gtk_widget_set_sensitive (self->copy_button, FALSE);
  gtk_widget_set_sensitive (self->save_button, FALSE);
}

GtkWidget *
gui_receive_page_new (GuiSession *session)
{
  GuiReceivePage *self = g_object_new (GUI_TYPE_RECEIVE_PAGE, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "wallet-changed", G_CALLBACK (receive_wallet_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "wallet-updated", G_CALLBACK (receive_wallet_updated_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gui_session_get_node (session), "changed", G_CALLBACK (receive_update_unseen), self,
                           G_CONNECT_SWAPPED);
  receive_wallet_changed_cb (self);
  receive_update_unseen (self);
  return GTK_WIDGET (self);
}
