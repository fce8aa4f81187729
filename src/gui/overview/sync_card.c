#include "gui/overview/sync_card.h"

#include "gui/format.h"
#include "gui/unseen_text.h"

#include <glib/gi18n.h>

struct _GuiSyncCard {
  GtkWidget parent_instance;

  GuiSession *session;

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
sync_card_show (GuiSyncCard *self, const char *title, double fraction, const char *status, const char *hint)
{
  gtk_label_set_text (self->title, title);
  gtk_widget_set_visible (GTK_WIDGET (self->bar), TRUE);
  gtk_progress_bar_set_fraction (self->bar, fraction);
  gtk_label_set_text (self->status, status);
  gtk_label_set_text (self->hint, hint);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

/* The rate of blocks as text; NULL while it is unknown. */
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

/* PART, if any, is not broken across lines. */
static void
append_part (GString *text, const char *part)
{
  g_auto (GStrv) words = g_strsplit (part != NULL ? part : "", " ", -1);
  g_autofree char *together = g_strjoinv ("\u00a0", words);

  if (*together != '\0')
    g_string_append_printf (text, " · %s", together);
}

static char *
dup_status (const GuiNodeProgress *progress, const char *place)
{
  g_autofree char *rate = dup_rate (progress->rate);
  g_autofree char *left = gui_format_left (progress->eta_s);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%d\u202f%%", (int) (progress->fraction * 100));
  append_part (text, place);
  append_part (text, rate);
  append_part (text, left);
  return g_string_free (text, FALSE);
}

static char *
dup_height_text (guint32 height)
{
  g_autofree char *at = gui_format_count (height);

  return height > 0 ? g_strdup_printf (_ ("block %s"), at) : NULL;
}

static char *
dup_height_of_text (guint32 height, guint32 target)
{
  g_autofree char *at = gui_format_count (height);
  g_autofree char *of = gui_format_count (target);

  return g_strdup_printf (_ ("block %s of %s"), at, of);
}

/* There is no progress, and nothing to wait for. */
static void
show_unseen (GuiSyncCard *self, const char *title, guint32 height)
{
  g_autofree char *place = dup_height_text (height);

  sync_card_show (self, title, 0, place != NULL ? place : _ ("No blocks yet"), gui_unseen_sentence (self->session));
  gtk_widget_set_visible (GTK_WIDGET (self->bar), FALSE);
}

static void
show_node (GuiSyncCard *self, const GuiNodeFigures *node)
{
  gboolean syncing = node->state == GUI_NODE_SYNCING;
  g_autofree char *place = syncing && node->header_height > node->height
                               ? dup_height_of_text (node->height, node->header_height)
                               : dup_height_text (node->height);
  g_autofree char *status = dup_status (&node->progress, place);
  const char *unseen = gui_unseen_sentence (self->session);

  sync_card_show (
      self, node_title (node->state), node->progress.fraction, status,
      unseen != NULL
          ? unseen
          : _ ("You can already show an address and receive. Payments appear here once their block has been checked."));
}

static void
show_background (GuiSyncCard *self, const GuiNodeFigures *node)
{
  g_autofree char *place = dup_height_text (node->background_height);
  g_autofree char *status = dup_status (&node->background_progress, place);
  gboolean index = node->background == GUI_NODE_BACKGROUND_INDEX;

  sync_card_show (self, index ? _ ("An index is being built") : _ ("The blocks before the snapshot are being checked"),
                  node->background_progress.fraction, status, _ ("Everything works in the meantime."));
}

static void
show_wallet (GuiSyncCard *self, guint32 scanned, guint32 tip)
{
  g_autofree char *status = dup_height_of_text (scanned, tip);

  sync_card_show (self, _ ("Your wallet is catching up with the chain"),
                  tip > 0 ? MIN (1.0, (double) scanned / tip) : 0, status,
                  _ ("The balance is complete when it has finished."));
}

static void
sync_card_update (GuiSyncCard *self)
{
  GuiNodeClient *client = gui_session_get_node (self->session);
  GuiWalletClient *wallet = gui_session_get_wallet (self->session);
  const GuiNodeFigures *node = gui_node_client_get_figures (client);
  const GuiWalletFigures *figures = wallet != NULL ? gui_wallet_client_get_figures (wallet) : NULL;
  gboolean online = gui_client_get_online (GUI_CLIENT (client)) && node->state != GUI_NODE_STOPPING;

  if (figures != NULL && figures->problem != GUI_WALLET_FOLLOWS)
    show_unseen (self, _ ("Your wallet cannot follow the chain"), figures->scanned_height);
  else if (online && node->alone)
    show_unseen (self, _ ("No peers yet"), node->height);
  else if (online && node->state != GUI_NODE_READY)
    show_node (self, node);
  else if (online && figures != NULL && figures->scanning)
    show_wallet (self, figures->scanned_height, node->height);
  else if (online && node->background != GUI_NODE_BACKGROUND_NONE)
    show_background (self, node);
  else
    gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
gui_sync_card_dispose (GObject *object)
{
  GuiSyncCard *self = GUI_SYNC_CARD (object);

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
  g_signal_connect_object (gui_session_get_node (session), "changed", G_CALLBACK (sync_card_update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "wallet-updated", G_CALLBACK (sync_card_update), self, G_CONNECT_SWAPPED);
  sync_card_update (self);
}
