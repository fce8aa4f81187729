#include "gui/send/fee_chooser.h"

#include "gui/format.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

/* The size of a typical payment: one input, one recipient and change. */
#define TYPICAL_VSIZE 141

/* The minimum relay fee rate: the network does not relay payments below it. */
#define LEAST_RATE 100
#define LARGEST_RATE 10000000

struct _GuiFeeChooser {
  GtkWidget parent_instance;

  GCancellable *cancellable;
  guint64 rates[GUI_N_FEE_CHOICES]; /* 0: unknown */
  gboolean asking;                  /* there is no estimate, so the user is asked for a fee rate */
  gboolean choosing;                /* the choice is being set by the program, not by the user */

  GtkWidget *group;
  AdwActionRow *row_fast;
  AdwActionRow *row_hour;
  AdwActionRow *row_day;
  GtkCheckButton *check_fast;
  GtkCheckButton *check_hour;
  GtkCheckButton *check_day;
  GtkCheckButton *check_custom;
  GtkLabel *cost_fast;
  GtkLabel *cost_hour;
  GtkLabel *cost_day;
  GtkEditable *custom_entry;
  GtkWidget *error_row;
  GtkLabel *error_label;
};

G_DEFINE_FINAL_TYPE (GuiFeeChooser, gui_fee_chooser, GTK_TYPE_WIDGET)

static void
fee_chooser_set_error (GuiFeeChooser *self, const char *sentence)
{
  gtk_widget_set_visible (self->error_row, sentence != NULL);
  if (sentence != NULL)
    gtk_label_set_text (self->error_label, sentence);
}

static void
show_choice (GuiFeeChooser *self, guint index, const GuiFeeChoice *choice)
{
  AdwActionRow *rows[] = { self->row_fast, self->row_hour, self->row_day };
  GtkLabel *costs[] = { self->cost_fast, self->cost_hour, self->cost_day };
  g_autofree char *rate = gui_format_fee_rate (choice->rate);
  g_autofree char *fee = gui_format_amount ((gint64) (choice->rate * TYPICAL_VSIZE / 1000), GUI_UNIT_SAT, FALSE);
  g_autofree char *cost = g_strdup_printf (_ ("about %s"), fee);
  g_autofree char *subtitle = NULL;

  self->rates[index] = choice->rate;
  gtk_widget_set_visible (GTK_WIDGET (rows[index]), choice->rate != 0);
  /* Translators: %s is a fee rate. */
  subtitle = choice->estimated ? g_strdup (rate) : g_strdup_printf (_ ("%s, the fallback fee rate"), rate);
  adw_action_row_set_subtitle (rows[index], subtitle);
  gtk_label_set_text (costs[index], cost);
}

/* Without an estimate the user has to enter a fee rate. */
static void
ask_for_rate (GuiFeeChooser *self)
{
  gboolean known = FALSE;

  for (guint i = 0; i < GUI_N_FEE_CHOICES; i++)
    known |= self->rates[i] != 0;
  adw_preferences_group_set_description (
      ADW_PREFERENCES_GROUP (self->group),
      known ? _ ("Goes to the miner who confirms the payment")
            : _ ("Goes to the miner who confirms the payment. The node cannot estimate "
                 "fees yet: enter a fee rate."));
  self->choosing = TRUE;
  if (!known && !gtk_check_button_get_active (self->check_custom)) {
    gtk_check_button_set_active (self->check_custom, TRUE);
  } else if (known && gtk_check_button_get_active (self->check_custom) && self->asking
             && *gtk_editable_get_text (self->custom_entry) == '\0') {
    gtk_check_button_set_active (self->rates[1] != 0 ? self->check_hour : self->check_fast, TRUE);
  }
  self->choosing = FALSE;
  self->asking = !known;
}

static void
choices_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) choices = gui_spend_client_fee_choices_finish (GUI_SPEND_CLIENT (source), result, &error);
  GuiFeeChooser *self = data;

  if (choices == NULL)
    return;
  for (guint i = 0; i < MIN (choices->len, GUI_N_FEE_CHOICES); i++)
    show_choice (self, i, &g_array_index (choices, GuiFeeChoice, i));
  ask_for_rate (self);
}

void
gui_fee_chooser_refresh (GuiFeeChooser *self, GuiWalletClient *wallet)
{
  g_return_if_fail (GUI_IS_FEE_CHOOSER (self));

  if (wallet != NULL && gui_client_get_online (GUI_CLIENT (wallet)))
    gui_spend_client_fee_choices_async (gui_wallet_client_get_spend (wallet), self->cancellable, choices_cb, self);
}

/* "1.25" sat/vB to 1250. */
static gboolean
parse_rate (const char *text, guint64 *rate)
{
  gsize whole_len = strspn (text, "0123456789"), decimals_len = 0;
  guint64 value = 0;

  if (whole_len == 0 || whole_len > 6)
    return FALSE;
  if (text[whole_len] == '.')
    decimals_len = strspn (text + whole_len + 1, "0123456789");
  if (decimals_len > 3 || text[whole_len + (text[whole_len] == '.') + decimals_len] != '\0')
    return FALSE;
  for (gsize i = 0; i < whole_len; i++)
    value = value * 10 + (guint64) (text[i] - '0');
  for (gsize i = 0; i < 3; i++)
    value = value * 10 + (i < decimals_len ? (guint64) (text[whole_len + 1 + i] - '0') : 0);
  *rate = value;
  return TRUE;
}

gboolean
gui_fee_chooser_read (GuiFeeChooser *self, guint64 *rate)
{
  GtkCheckButton *checks[] = { self->check_fast, self->check_hour, self->check_day };

  g_return_val_if_fail (GUI_IS_FEE_CHOOSER (self), FALSE);
  g_return_val_if_fail (rate != NULL, FALSE);

  fee_chooser_set_error (self, NULL);
  if (gtk_check_button_get_active (self->check_custom)) {
    g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (self->custom_entry)));

    if (!parse_rate (text, rate) || *rate < LEAST_RATE || *rate > LARGEST_RATE) {
      fee_chooser_set_error (self, _ ("Enter a fee rate from 0.1 to 10000 sat/vB."));
      return FALSE;
    }
    return TRUE;
  }
  for (guint i = 0; i < G_N_ELEMENTS (checks); i++) {
    if (!gtk_check_button_get_active (checks[i]))
      continue;
    *rate = self->rates[i];
    if (*rate != 0)
      return TRUE;
  }
  fee_chooser_set_error (self, _ ("The usual fee rates are not known yet. Wait for the node, or choose Custom."));
  return FALSE;
}

static void
on_custom_toggled (GuiFeeChooser *self)
{
  gboolean custom = gtk_check_button_get_active (self->check_custom);

  gtk_widget_set_sensitive (GTK_WIDGET (self->custom_entry), custom);
  fee_chooser_set_error (self, NULL);
  if (custom && !self->choosing)
    gtk_widget_grab_focus (GTK_WIDGET (self->custom_entry));
}

static void
on_custom_changed (GuiFeeChooser *self)
{
  fee_chooser_set_error (self, NULL);
}

static void
gui_fee_chooser_dispose (GObject *object)
{
  GuiFeeChooser *self = GUI_FEE_CHOOSER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_FEE_CHOOSER);

  G_OBJECT_CLASS (gui_fee_chooser_parent_class)->dispose (object);
}

static void
gui_fee_chooser_class_init (GuiFeeChooserClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gui_fee_chooser_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/moneyrocket/Moneyrocket/send/fee_chooser.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiFeeChooser, group);
  gtk_widget_class_bind_template_child (widget_class, GuiFeeChooser, row_fast);
  gtk_widget_class_bind_template_child (widget_class, GuiFeeChooser, row_hour);
  gtk_widget_class_bind_template_child (widget_class, GuiFeeChooser, row_day);
  gtk_widget_class_bind_template_child (widget_class, GuiFeeChooser, check_fast);
  gtk_widget_class_bind_template_child (widget_class, GuiFeeChooser, check_hour);
  gtk_widget_class_bind_template_child (widget_class, GuiFeeChooser, check_day);
  gtk_widget_class_bind_template_child (widget_class, GuiFeeChooser, check_custom);
  gtk_widget_class_bind_template_child (widget_class, GuiFeeChooser, cost_fast);
  gtk_widget_class_bind_template_child (widget_class, GuiFeeChooser, cost_hour);
  gtk_widget_class_bind_template_child (widget_class, GuiFeeChooser, cost_day);
  gtk_widget_class_bind_template_child (widget_class, GuiFeeChooser, custom_entry);
  gtk_widget_class_bind_template_child (widget_class, GuiFeeChooser, error_row);
  gtk_widget_class_bind_template_child (widget_class, GuiFeeChooser, error_label);
  gtk_widget_class_bind_template_callback (widget_class, on_custom_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_custom_changed);
}

static void
gui_fee_chooser_init (GuiFeeChooser *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}
