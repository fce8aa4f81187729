#include "gui/error_text.h"

#include "dbus/errors.h"
#include "gui/widgets/names.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* What an error in DOING means for the money. */
static const char *
money_sentence (GuiDoing doing)
{
  switch (doing) {
  case GUI_DOING_DRAFT:
  case GUI_DOING_SEND:
    return _ ("Nothing was sent.");
  case GUI_DOING_ABANDON:
    return _ ("The payment is as it was.");
  case GUI_DOING_WALLET:
    return _ ("Your wallets are as they were.");
  case GUI_DOING_ADDRESS:
  case GUI_DOING_READ:
  case GUI_DOING_MINE:
    return _ ("Your coins are not affected.");
  }
  g_return_val_if_reached ("");
}

static const char *
plain_title (GuiDoing doing)
{
  switch (doing) {
  case GUI_DOING_DRAFT:
    return _ ("The payment could not be prepared");
  case GUI_DOING_SEND:
    return _ ("The payment was not sent");
  case GUI_DOING_ABANDON:
    return _ ("The payment was not abandoned");
  case GUI_DOING_WALLET:
    return _ ("The wallet could not be opened");
  case GUI_DOING_ADDRESS:
    return _ ("The address could not be created");
  case GUI_DOING_READ:
    return _ ("This could not be loaded");
  case GUI_DOING_MINE:
    return _ ("No block was mined");
  }
  g_return_val_if_reached ("");
}

static const char *
not_supported_sentence (GuiDoing doing)
{
  switch (doing) {
  case GUI_DOING_DRAFT:
  case GUI_DOING_SEND:
    return _ ("This wallet cannot sign payments here: it has no keys, or they are protected with a passphrase, which "
              "this version does not ask for. Pay with the program that made the wallet.");
  case GUI_DOING_ADDRESS:
    return _ ("This wallet has no addresses of this type. Choose the other type under More.");
  case GUI_DOING_WALLET:
    return _ ("This version cannot open wallets of this kind. Open it with the program that made it.");
  case GUI_DOING_ABANDON:
  case GUI_DOING_READ:
  case GUI_DOING_MINE:
    break;
  }
  return _ ("This is not possible on this network.");
}

/* What happened in DOING and what to do, for one of our own errors. NULL: the title is sufficient. */
static const char *
bus_sentence (BusError code, GuiDoing doing)
{
  switch (code) {
  case BUS_ERROR_NOT_READY:
    return _ ("The wallet is still starting. Try again in a moment.");
  case BUS_ERROR_VERSION_MISMATCH:
    return _ ("Parts of Moneyrocket are of different versions. Install it again.");
  case BUS_ERROR_NETWORK_MISMATCH:
    return _ ("Parts of Moneyrocket are on different networks. Close it and start it again.");
  case BUS_ERROR_NOT_SUPPORTED:
    return not_supported_sentence (doing);
  case BUS_ERROR_INVALID_ADDRESS:
    return _ ("This address is for another network. Check it with the recipient.");
  case BUS_ERROR_INVALID_AMOUNT:
    return _ ("The amount is too small to be sent. Enter a larger one.");
  case BUS_ERROR_INVALID_NAME:
    return _ ("This name cannot be used. Choose letters, digits, spaces and dashes.");
  case BUS_ERROR_NOT_FOUND:
    return _ ("The wallet does not have this payment. Go back and try again.");
  case BUS_ERROR_BUSY:
    return _ ("Something else is still in progress. Try again when it has finished.");
  case BUS_ERROR_STORAGE:
    return _ ("The disk is full or failing. Free some space or check the disk, then try again.");
  case BUS_ERROR_REJECTED:
    return _ ("A coin of this payment was spent in the meantime. Go back and try again.");
  case BUS_ERROR_NODE_UNAVAILABLE:
    return _ ("The node is not running or still starting. Wait until it is up to date and try again.");
  case BUS_ERROR_INSUFFICIENT_FUNDS:
    return _ ("There is not enough to pay this amount and the fee. Enter less, or use Max.");
  case BUS_ERROR_TOO_MANY_COINS:
    return _ ("This payment needs more coins than fit into one transaction. Enter less, and send the rest in another "
              "payment.");
  case BUS_ERROR_FEE_TOO_HIGH:
    return _ ("The fee is much higher than usual. Choose a lower one.");
  case BUS_ERROR_WALLET_EXISTS:
    return _ ("A wallet with this name already exists. Choose another name.");
  case BUS_ERROR_WALLET_NOT_FOUND:
    return _ ("The wallet with this name no longer exists.");
  case BUS_ERROR_WALLET_LOADED:
    return _ ("The wallet is already open.");
  case BUS_ERROR_WALLET_DAMAGED:
    return _ ("The wallet file is damaged. Restore it from a backup.");
  case BUS_ERROR_WALLET_LEGACY:
    return _ ("This wallet has an old format. It has to be converted before it can be opened.");
  case BUS_ERROR_WALLET_OTHER_NETWORK:
    return _ ("This wallet belongs to another network.");
  case BUS_ERROR_WALLET_NEWER:
    return _ ("A newer program has created this wallet. Install a newer version of Moneyrocket.");
  case BUS_ERROR_WALLET_UNKNOWN:
    return _ ("There is a file in the place of this wallet that is not a wallet. Restore it from a backup.");
  case BUS_ERROR_FAILED:
  case BUS_ERROR_INVALID_ARGUMENT:
  case BUS_ERROR_NOT_IN_CHAIN:
  case BUS_ERROR_LIMIT_EXCEEDED:
  case BUS_ERROR_CANCELLED:
  case BUS_ERROR_DISCONNECTED:
  case BUS_ERROR_INVALID_ANSWER:
  case BUS_ERROR_PRUNED:
  case BUS_N_ERRORS:
    return NULL;
  }
  return NULL;
}

/* The reply was lost: the request may have been carried out. */
static gboolean
is_lost_reply (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)
         || g_error_matches (error, BUS_ERROR, BUS_ERROR_DISCONNECTED)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_DISCONNECTED)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_TIMEOUT)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_TIMED_OUT);
}

/* What the role of this program does not include does not exist for it. */
static gboolean
is_missing_right (const GError *error)
{
  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_INTERFACE)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT);
}

void
gui_error_text_clear (GuiErrorText *text)
{
  g_clear_pointer (&text->title, g_free);
  g_clear_pointer (&text->body, g_free);
  g_clear_pointer (&text->advice, g_free);
  g_clear_pointer (&text->details, g_free);
}

void
gui_error_describe (const GError *error, GuiDoing doing, GuiErrorText *text)
{
  g_autoptr (GError) copy = NULL;
  const char *sentence = NULL;

  g_return_if_fail (error != NULL);
  g_return_if_fail (text != NULL);

  copy = g_error_copy (error);
  g_dbus_error_strip_remote_error (copy);
  text->details = g_strdup (copy->message);
  text->title = g_strdup (plain_title (doing));

  if (is_lost_reply (error))
    sentence = _ ("There was no answer in time. Try again in a moment.");
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA))
    sentence = _ ("The answer was not valid and is not shown. Restart Moneyrocket.");
  else if (is_missing_right (error))
    sentence = _ ("This window can only view what is on the other side. The person who runs it can allow more.");
  else if (error->domain == BUS_ERROR)
    sentence = bus_sentence (error->code, doing);
  if (g_error_matches (error, BUS_ERROR, BUS_ERROR_NOT_FOUND) && doing == GUI_DOING_DRAFT)
    sentence = NULL;
  if (g_error_matches (error, BUS_ERROR, BUS_ERROR_NOT_FOUND) && doing == GUI_DOING_SEND)
    sentence
        = _ ("The wallet was restarted and no longer has what you reviewed. Go back and review the payment again.");
  if (g_error_matches (error, BUS_ERROR, BUS_ERROR_REJECTED) && doing == GUI_DOING_ABANDON)
    sentence = _ ("It is confirmed already, or the node has accepted it.");
  if (g_error_matches (error, BUS_ERROR, BUS_ERROR_BUSY) && doing == GUI_DOING_DRAFT)
    sentence = _ ("The node refused an earlier payment to this recipient, which can still be confirmed and cannot be "
                  "replaced by this one. Abandon the earlier one first.");
  if (sentence == NULL)
    sentence = _ ("Try again. If it happens again, see Details.");
  text->advice = g_strdup (sentence);
  text->body = g_strdup_printf ("%s %s", money_sentence (doing), sentence);
}

static void
response_cb (AdwMessageDialog *dialog, const char *response, char *details)
{
  if (g_str_equal (response, "copy"))
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (dialog)), details);
}

static GtkWidget *
details_widget (const char *details)
{
  GtkWidget *expander = gtk_expander_new (_ ("Details"));
  GtkWidget *label = gtk_label_new (details);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_set_margin_top (label, 6);
  gtk_expander_set_child (GTK_EXPANDER (expander), label);
  return expander;
}

static void
free_closure_data (gpointer data, GClosure *closure)
{
  g_free (data);
}

void
gui_error_present (GtkWidget *widget, const GError *error, GuiDoing doing)
{
  g_auto (GuiErrorText) text = { 0 };
  GtkWidget *dialog;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (error != NULL);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gui_error_describe (error, doing, &text);
  dialog = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (widget)), text.title, text.body);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "copy", _ ("Copy details"), "close", _ ("Close"),
                                    NULL);
  gui_name_buttons (dialog);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "close");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "close");
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), details_widget (text.details));
  g_signal_connect_data (dialog, "response", G_CALLBACK (response_cb), g_strdup (text.details), free_closure_data, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}
