#include "gui/playground/playground_page.h"

#include "bitcoin/address/address.h"
#include "gui/error_text.h"
#include "gui/format.h"
#include "gui/widgets/busy_button.h"
#include "gui/widgets/names.h"
#include "gui/widgets/wrap_row.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define MAX_LOG_ROWS 30
#define PULSE_MS 120

struct _GuiPlaygroundPage {
  GtkWidget parent_instance;

  GuiSession *session;
  GCancellable *cancellable;
  guint blocks;     /* to mine for the wallet */
  guint afterwards; /* to mine without a reward to the wallet, so that its first rewards mature */
  guint mined;
  guint32 height_before;
  char *own_address; /* receives the rewards; created when first needed */
  guint pulse_source;

  GtkWidget *scroller;
  GtkWidget *blocks_group;
  GuiBusyButton *coins_button;
  GuiBusyButton *one_button;
  GuiBusyButton *many_button;
  GtkProgressBar *pulse;
  GtkWidget *log_group;
  GtkListBox *log;
};

G_DEFINE_FINAL_TYPE (GuiPlaygroundPage, gui_playground_page, GTK_TYPE_WIDGET)

static gboolean
pulse_cb (gpointer data)
{
  gtk_progress_bar_pulse (GUI_PLAYGROUND_PAGE (data)->pulse);
  return G_SOURCE_CONTINUE;
}

static void
playground_set_busy (GuiPlaygroundPage *self, gboolean busy)
{
  gui_busy_button_set_busy (self->coins_button, busy);
  gui_busy_button_set_busy (self->one_button, busy);
  gui_busy_button_set_busy (self->many_button, busy);
  gtk_widget_set_visible (GTK_WIDGET (self->pulse), busy);
  g_clear_handle_id (&self->pulse_source, g_source_remove);
  if (busy)
    self->pulse_source = g_timeout_add (PULSE_MS, pulse_cb, self);
}

static void
add_log (GuiPlaygroundPage *self, const char *title, const char *subtitle)
{
  GtkListBoxRow *last;

  gtk_list_box_prepend (self->log, gui_wrap_row_new (title, subtitle));
  last = gtk_list_box_get_row_at_index (self->log, MAX_LOG_ROWS);
  if (last != NULL)
    gtk_list_box_remove (self->log, GTK_WIDGET (last));
  gtk_widget_set_visible (self->log_group, TRUE);
}

static void
playground_fail (GuiPlaygroundPage *self, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  playground_set_busy (self, FALSE);
  gui_error_present (GTK_WIDGET (self), error, GUI_DOING_MINE);
}

/* An address without a known key: that of an all-zero key hash. */
static char *
dup_burn_address (GuiPlaygroundPage *self)
{
  static const guint8 script[22] = { 0x00, 20 };

  return btc_address_encode ((BtcSpan){ script, sizeof script }, gui_session_get_network (self->session));
}

static void
playground_finish (GuiPlaygroundPage *self)
{
  g_autofree char *height = gui_format_count (self->height_before + self->mined);
  g_autofree char *title
      = g_strdup_printf (g_dngettext (NULL, "%u block was mined", "%u blocks were mined", self->mined), self->mined);
  g_autofree char *subtitle = g_strdup_printf (_ ("The chain is now at block %s."), height);

  playground_set_busy (self, FALSE);
  add_log (self, title, subtitle);
}

static void
mined_to_burn_address_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!gui_node_client_generate_finish (GUI_NODE_CLIENT (source), result, &error)) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      playground_fail (data, error);
    return;
  }
  GUI_PLAYGROUND_PAGE (data)->mined += GUI_PLAYGROUND_PAGE (data)->afterwards;
  playground_finish (data);
}

static void
mined_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  GuiPlaygroundPage *self = data;
  g_autofree char *nobody = NULL;

  if (!gui_node_client_generate_finish (GUI_NODE_CLIENT (source), result, &error)) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      playground_fail (self, error);
    return;
  }
  self->mined = self->blocks;
  if (self->afterwards == 0) {
    playground_finish (self);
    return;
  }
  nobody = dup_burn_address (self);
  gui_node_client_generate_async (GUI_NODE_CLIENT (source), self->afterwards, nobody, self->cancellable,
                                  mined_to_burn_address_cb, self);
}

static void
playground_mine (GuiPlaygroundPage *self)
{
  gui_node_client_generate_async (gui_session_get_node (self->session), self->blocks, self->own_address,
                                  self->cancellable, mined_cb, self);
}

static void
playground_address_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  char *address = gui_wallet_client_new_address_finish (GUI_WALLET_CLIENT (source), result, &error);
  GuiPlaygroundPage *self = data;

  if (address == NULL) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      playground_fail (self, error);
    return;
  }
  self->own_address = address;
  playground_mine (self);
}

static void
playground_start (GuiPlaygroundPage *self, guint blocks, guint afterwards)
{
  GuiWalletClient *wallet = gui_session_get_wallet (self->session);

  if (wallet == NULL)
    return;
  self->height_before = gui_node_client_get_figures (gui_session_get_node (self->session))->height;
  self->blocks = blocks;
  self->afterwards = afterwards;
  playground_set_busy (self, TRUE);
  if (self->own_address != NULL)
    playground_mine (self);
  else
    gui_wallet_client_new_address_async (wallet, _ ("Mined coins"),
                                         gui_wallet_client_get_figures (wallet)->address_type, self->cancellable,
                                         playground_address_cb, self);
}

static void
on_coins (GuiPlaygroundPage *self)
{
  playground_start (self, 1, 100);
}

static void
on_one (GuiPlaygroundPage *self)
{
  playground_start (self, 1, 0);
}

static void
on_many (GuiPlaygroundPage *self)
{
  playground_start (self, 101, 0);
}

static void
playground_wallet_changed_cb (GuiPlaygroundPage *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_clear_pointer (&self->own_address, g_free);
  playground_set_busy (self, FALSE);
}

static void
gui_playground_page_dispose (GObject *object)
{
  GuiPlaygroundPage *self = GUI_PLAYGROUND_PAGE (object);

  g_clear_handle_id (&self->pulse_source, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  g_clear_pointer (&self->own_address, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_PLAYGROUND_PAGE);

  G_OBJECT_CLASS (gui_playground_page_parent_class)->dispose (object);
}

static void
gui_playground_page_class_init (GuiPlaygroundPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gui_playground_page_dispose;
  g_type_ensure (GUI_TYPE_BUSY_BUTTON);
  g_type_ensure (GUI_TYPE_WRAP_ROW);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/moneyrocket/Moneyrocket/playground/playground_page.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiPlaygroundPage, blocks_group);
  gtk_widget_class_bind_template_child (widget_class, GuiPlaygroundPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, GuiPlaygroundPage, coins_button);
  gtk_widget_class_bind_template_child (widget_class, GuiPlaygroundPage, one_button);
  gtk_widget_class_bind_template_child (widget_class, GuiPlaygroundPage, many_button);
  gtk_widget_class_bind_template_child (widget_class, GuiPlaygroundPage, pulse);
  gtk_widget_class_bind_template_child (widget_class, GuiPlaygroundPage, log_group);
  gtk_widget_class_bind_template_child (widget_class, GuiPlaygroundPage, log);
  gtk_widget_class_bind_template_callback (widget_class, on_coins);
  gtk_widget_class_bind_template_callback (widget_class, on_one);
  gtk_widget_class_bind_template_callback (widget_class, on_many);
}

static void
gui_playground_page_init (GuiPlaygroundPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gui_name_lists (self->blocks_group, _ ("Blocks"));
  self->cancellable = g_cancellable_new ();
}

GtkWidget *
gui_playground_page_new (GuiSession *session)
{
  GuiPlaygroundPage *self = g_object_new (GUI_TYPE_PLAYGROUND_PAGE, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "wallet-changed", G_CALLBACK (playground_wallet_changed_cb), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
