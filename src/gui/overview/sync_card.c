#include "gui/overview/sync_card.h"

#include "gui/format.h"

#include <glib/gi18n.h>

struct _GuiSyncCard {
  GtkWidget parent_instance;

  GuiSession *session;
  GuiWalletClient *wallet;

  GtkWidget *box;
  GtkLabel *title;
  GtkProgressBar *bar;
  GtkLabel *status;
  GtkLabel *hint;
};

G_DEFINE_FINAL_TYPE (GuiSyncCard, gui_sync_card, GTK_TYPE_WIDGET)

static const char *
node_title (GuiNodeState state)
{
  switch (state) {
  case GUI_NODE_STARTING:
  case GUI_NODE_LOADING:
    return _ ("The node is starting");
  case GUI_NODE_REINDEXING:
    return _ ("All stored blocks are being read again");
  case GUI_NODE_IMPORTING:
    return _ ("Blocks are being imported");
  case GUI_NODE_CONNECTING:
    return _ ("All stored blocks are being checked again");
  case GUI_NODE_SNAPSHOT:
    return _ ("A snapshot of all coins is being loaded");
  case GUI_NODE_VERIFYING:
    return _ ("The last blocks are being checked");
  case GUI_NODE_WORKING:
    return _ ("The node is busy");
  case GUI_NODE_SYNCING:
    return _ ("Your node is checking the chain");
  case GUI_NODE_READY:
  case GUI_NODE_STOPPING:
    return "";
  }
  return "";
}

static void
show (GuiSyncCard *self, const char *title, double fraction, const char *status, const char *hint)
{
  gtk_label_set_text (self->title, title);
  gtk_progress_bar_set_fraction (self->bar, fraction);
  gtk_label_set_text (self->status, status);
  gtk_label_set_text (self->hint, hint);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

/* How fast blocks come, in words; NULL as long as that is not known. */
static char *
dup_rate (double rate)
{
  g_autofree char *count = NULL;

  if (rate * 60 < 1)
    return NULL;
  if (rate >= 2) {
    count = gui_format_count ((guint64) rate);
    return g_strdup_printf (_ ("%s blocks a second"), count);
  }
  count = gui_format_count ((guint64) (rate * 60));
  return g_strdup_printf (_ ("%s blocks a minute"), count);
}

/* What is far enough to be told, in parts that stay together where the line breaks. */
static void
append_part (GString *text, const char *part)
{
  g_auto (GStrv) words = g_strsplit (part, " ", -1);
  g_autofree char *together = g_strjoinv ("\u00a0", words);

  if (text->len > 0)
    g_string_append (text, " · ");
  g_string_append (text, together);
}

static char *
dup_status (const GuiNodeProgress *progress, const char *place)
{
  g_autofree char *rate = dup_rate (progress->rate);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%d\u202f%%", (int) (progress->fraction * 100));
  if (place != NULL)
    append_part (text, place);
  if (rate != NULL)
    append_part (text, rate);
  if (progress->eta_s > 0) {
    g_autofree char *duration = gui_format_duration (progress->eta_s);
    g_autofree char *left = g_strdup_printf (_ ("%s left"), duration);

    append_part (text, left);
  }
  return g_string_free (text, FALSE);
}

static char *
dup_node_place (GuiNodeClient *node)
{
  g_autofree char *height = gui_format_count (gui_node_client_get_height (node));
  guint32 target = gui_node_client_get_header_height (node);
  gboolean syncing = gui_node_client_get_state (node) == GUI_NODE_SYNCING;

  if (syncing && target > gui_node_client_get_height (node)) {
    g_autofree char *of = gui_format_count (target);

    return g_strdup_printf (_ ("block %s of %s"), height, of);
  }
  return gui_node_client_get_height (node) > 0 ? g_strdup_printf (_ ("block %s"), height) : NULL;
}

static void
show_node (GuiSyncCard *self, GuiNodeClient *node, GuiNodeState state)
{
  GuiNodeProgress progress = gui_node_client_get_progress (node);
  gboolean alone = state == GUI_NODE_SYNCING && gui_node_client_get_connections (node) == 0;
  g_autofree char *place = dup_node_place (node);
  g_autofree char *status = alone ? g_strdup (_ ("No peers yet")) : dup_status (&progress, place);

  show (self, node_title (state), progress.fraction, status,
        _ ("You can already show an address and receive. Payments appear here once their block has been checked."));
}

static void
show_aside (GuiSyncCard *self, GuiNodeAside aside, const GuiNodeProgress *progress, guint32 height)
{
  g_autofree char *at = gui_format_count (height);
  g_autofree char *place = height > 0 ? g_strdup_printf (_ ("block %s"), at) : NULL;
  g_autofree char *status = dup_status (progress, place);
  gboolean index = aside == GUI_NODE_ASIDE_INDEX;

  show (self, index ? _ ("An index is being built") : _ ("The blocks before the snapshot are being checked"),
        progress->fraction, status, _ ("Everything works meanwhile."));
}

static void
show_wallet (GuiSyncCard *self, GuiNodeClient *node)
{
  guint32 scanned = gui_wallet_client_get_scanned_height (self->wallet), tip = gui_node_client_get_height (node);
  g_autofree char *at = gui_format_count (scanned);
  g_autofree char *of = gui_format_count (tip);
  g_autofree char *status = g_strdup_printf (_ ("block %s of %s"), at, of);

  show (self, _ ("Your wallet is catching up with the chain"), tip > 0 ? MIN (1.0, (double) scanned / tip) : 0, status,
        _ ("The balance is complete when it has finished."));
}

static void
update (GuiSyncCard *self)
{
  GuiNodeClient *node = gui_session_get_node (self->session);
  GuiNodeState state = gui_node_client_get_state (node);
  GuiNodeProgress progress;
  guint32 height;
  GuiNodeAside aside = gui_node_client_get_aside (node, &progress, &height);

  if (!gui_node_client_get_online (node) || state == GUI_NODE_STOPPING)
    gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  else if (state != GUI_NODE_READY)
    show_node (self, node, state);
  else if (self->wallet != NULL && gui_wallet_client_get_scanning (self->wallet))
    show_wallet (self, node);
  else if (aside != GUI_NODE_ASIDE_NONE)
    show_aside (self, aside, &progress, height);
  else
    gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
wallet_changed_cb (GuiSyncCard *self)
{
  if (self->wallet != NULL)
    g_signal_handlers_disconnect_by_data (self->wallet, self);
  g_set_object (&self->wallet, gui_session_get_wallet (self->session));
  if (self->wallet != NULL)
    g_signal_connect_object (self->wallet, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
gui_sync_card_dispose (GObject *object)
{
  GuiSyncCard *self = GUI_SYNC_CARD (object);

  g_clear_object (&self->wallet);
  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_SYNC_CARD);

  G_OBJECT_CLASS (gui_sync_card_parent_class)->dispose (object);
}

static void
gui_sync_card_class_init (GuiSyncCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gui_sync_card_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/moneyrocket/Moneyrocket/overview/sync_card.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiSyncCard, box);
  gtk_widget_class_bind_template_child (widget_class, GuiSyncCard, title);
  gtk_widget_class_bind_template_child (widget_class, GuiSyncCard, bar);
  gtk_widget_class_bind_template_child (widget_class, GuiSyncCard, status);
  gtk_widget_class_bind_template_child (widget_class, GuiSyncCard, hint);
}

static void
gui_sync_card_init (GuiSyncCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

void
gui_sync_card_set_session (GuiSyncCard *self, GuiSession *session)
{
  g_return_if_fail (GUI_IS_SYNC_CARD (self));
  g_return_if_fail (GUI_IS_SESSION (session));

  g_set_object (&self->session, session);
  g_signal_connect_object (gui_session_get_node (session), "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "wallet-changed", G_CALLBACK (wallet_changed_cb), self, G_CONNECT_SWAPPED);
  wallet_changed_cb (self);
}
