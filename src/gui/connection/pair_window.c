#include "gui/connection/pair_window.h"

#include "dbus/errors.h"
#include "gui/clients/bounds.h"
#include "gui/widgets/busy_button.h"
#include "gui/widgets/field_row.h"

#include <glib/gi18n.h>
#include <string.h>

struct _GuiPairWindow {
  AdwWindow parent_instance;

  GuiSession *session;
  GCancellable *cancellable;
  BusAddress *address; /* with which it is being paired */

  GtkWidget *group;
  GuiFieldRow *address_row;
  GuiFieldRow *code_row;
  GuiFieldRow *name_row;
  GuiBusyButton *pair_button;
};

G_DEFINE_FINAL_TYPE (GuiPairWindow, gui_pair_window, ADW_TYPE_WINDOW)

enum { SIGNAL_PAIRED, N_SIGNALS };

static guint signals[N_SIGNALS];

/* Without spaces at the ends. The caller owns it. */
static char *
pair_window_dup_text (GuiFieldRow *row)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row))));
}

static void
on_pair_typed (GuiPairWindow *self)
{
  g_autofree char *address = pair_window_dup_text (self->address_row), *code = pair_window_dup_text (self->code_row);

  gtk_widget_set_sensitive (GTK_WIDGET (self->pair_button), *address != '\0' && *code != '\0');
}

static void
pair_window_set_busy (GuiPairWindow *self, gboolean busy)
{
  gui_busy_button_set_busy (self->pair_button, busy);
  gtk_editable_set_editable (GTK_EDITABLE (self->address_row), !busy);
  gtk_editable_set_editable (GTK_EDITABLE (self->code_row), !busy);
  gtk_editable_set_editable (GTK_EDITABLE (self->name_row), !busy);
}

static void
pair_window_refuse (GuiFieldRow *row, const char *problem)
{
  gui_field_row_set_problem (row, problem);
  gtk_widget_grab_focus (GTK_WIDGET (row));
}

/* NULL: the address is wrong, which was reported. The caller owns the result. */
static BusAddress *
pair_window_take_address (GuiPairWindow *self)
{
  g_autofree char *host = pair_window_dup_text (self->address_row);
  g_autofree char *text = g_strconcat (g_str_has_prefix (host, "tls:") ? "" : "tls:", host, NULL);
  BusAddress *address = bus_address_parse (text, "/", BUS_ADDRESS_NODE_SOCKET, BUS_ROLES_NODE, NULL);

  if (address == NULL)
    pair_window_refuse (self->address_row,
                        _ ("Enter the name or the address of the computer, a colon and the port: homeserver:8350."));
  return address;
}

/* It is the user's, or else the name of the host. NULL: it is wrong, which was reported. The caller owns it. */
static char *
pair_window_take_name (GuiPairWindow *self, const char *host)
{
  g_autofree char *name = pair_window_dup_text (self->name_row);

  if (*name == '\0')
    return g_strndup (host, BUS_PAIRING_MAX_NAME);
  if (bus_pairing_name_is_valid (name))
    return g_steal_pointer (&name);
  pair_window_refuse (self->name_row, _ ("Choose a shorter name, without unusual characters."));
  return NULL;
}

static void
pair_window_fail (GuiPairWindow *self, const GError *error)
{
  g_autofree char *reason = gui_bounds_dup_line (error->message, GUI_BOUNDS_MAX_SENTENCE);

  /* Only the code itself is invalid; everything else comes from the connection. */
  if (g_error_matches (error, BUS_ERROR, BUS_ERROR_REJECTED))
    pair_window_refuse (self->code_row,
                        _ ("The other computer does not accept this code: it is wrong, was used already, or "
                           "has expired. Show another one there."));
  else if (g_error_matches (error, BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT))
    pair_window_refuse (self->code_row, reason);
  else
    pair_window_refuse (self->address_row, reason);
}

static void
pair_window_paired_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean paired = gui_computers_pair_finish (GUI_COMPUTERS (source), result, &error);
  g_autofree char *address = NULL;
  GuiPairWindow *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  pair_window_set_busy (self, FALSE);
  if (!paired) {
    pair_window_fail (self, error);
    return;
  }
  address = bus_address_dup_text (self->address);
  g_signal_emit (self, signals[SIGNAL_PAIRED], 0, address);
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
on_pair (GuiPairWindow *self)
{
  g_autofree char *code = pair_window_dup_text (self->code_row), *name = NULL;

  if (gui_busy_button_get_busy (self->pair_button))
    return;
  g_clear_pointer (&self->address, bus_address_free);
  self->address = pair_window_take_address (self);
  if (self->address == NULL || (name = pair_window_take_name (self, self->address->host)) == NULL)
    return;
  pair_window_set_busy (self, TRUE);
  gui_computers_pair_async (gui_session_get_computers (self->session), self->address, "node", code, name,
                            self->cancellable, pair_window_paired_cb, self);
}

static void
gui_pair_window_dispose (GObject *object)
{
  GuiPairWindow *self = GUI_PAIR_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  g_clear_pointer (&self->address, bus_address_free);
  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_PAIR_WINDOW);
  G_OBJECT_CLASS (gui_pair_window_parent_class)->dispose (object);
}

static void
gui_pair_window_class_init (GuiPairWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gui_pair_window_dispose;
  signals[SIGNAL_PAIRED] = g_signal_new ("paired", GUI_TYPE_PAIR_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_STRING);
  g_type_ensure (GUI_TYPE_BUSY_BUTTON);
  g_type_ensure (GUI_TYPE_FIELD_ROW);
  g_type_ensure (GUI_TYPE_FIELD_ERROR);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/moneyrocket/Moneyrocket/connection/pair_window.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiPairWindow, group);
  gtk_widget_class_bind_template_child (widget_class, GuiPairWindow, address_row);
  gtk_widget_class_bind_template_child (widget_class, GuiPairWindow, code_row);
  gtk_widget_class_bind_template_child (widget_class, GuiPairWindow, name_row);
  gtk_widget_class_bind_template_child (widget_class, GuiPairWindow, pair_button);
  gtk_widget_class_bind_template_callback (widget_class, on_pair);
  gtk_widget_class_bind_template_callback (widget_class, on_pair_typed);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
gui_pair_window_init (GuiPairWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
}

GtkWidget *
gui_pair_window_new (GtkWindow *parent, GuiSession *session)
{
  GuiPairWindow *self = g_object_new (GUI_TYPE_PAIR_WINDOW, "transient-for", parent, NULL);

  self->session = g_object_ref (session);
  return GTK_WIDGET (self);
}
