#include "gui/widgets/fee_chooser.h"

#include "gui/amount_text.h"
#include "gui/format.h"
#include "gui/payment_warnings.h"
#include "gui/widgets/css_class.h"
#include "gui/widgets/warning_list.h"

#include <adwaita.h>
#include <glib/gi18n.h>

struct _GuiFeeChooser {
  GtkWidget parent_instance;

  GCancellable *cancellable;
  GPtrArray *options; /* of GuiFeeOption, those that the rows show */
  guint n_recipients;
  gboolean playground;
  gboolean answered; /* the wallet has said which rates are known */
  gboolean chosen;   /* the user has chosen */
  gboolean choosing; /* the choice is being set by the program, not by the user */

  GtkWidget *group;
  AdwActionRow *row_0, *row_1, *row_2;
  GtkCheckButton *check_0, *check_1, *check_2;
  GtkLabel *cost_0, *cost_1, *cost_2;
  AdwActionRow *row_custom;
  GtkCheckButton *check_custom;
  GtkEditable *custom_entry;
  GtkWidget *error_row;
  GtkLabel *error_label;
  GuiWarningList *warnings;
};

G_DEFINE_FINAL_TYPE (GuiFeeChooser, gui_fee_chooser, GTK_TYPE_WIDGET)

enum { SIGNAL_ACTIVATE, N_SIGNALS };

static guint signals[N_SIGNALS];

static GtkCheckButton *
fee_chooser_get_check (GuiFeeChooser *self, guint index)
{
  GtkCheckButton *checks[] = { self->check_0, self->check_1, self->check_2 };

  return checks[index];
}

static void
fee_chooser_set_error (GuiFeeChooser *self, const char *sentence)
{
  gtk_widget_set_visible (self->error_row, sentence != NULL);
  gui_set_css_class (GTK_WIDGET (self->custom_entry), "error", sentence != NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->custom_entry), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  sentence != NULL ? sentence : "", -1);
  if (sentence != NULL)
    gtk_label_set_text (self->error_label, sentence);
}

static char *
fee_chooser_cost_text (GuiFeeChooser *self, guint64 rate)
{
  g_autofree char *fee = gui_format_amount (gui_fee_typical_sat (rate, self->n_recipients), GUI_UNIT_SAT, FALSE);

  /* Translators: %s is an amount. */
  return g_strdup_printf (_ ("about %s"), fee);
}

static void
fee_chooser_show_option (GuiFeeChooser *self, guint index)
{
  AdwActionRow *rows[] = { self->row_0, self->row_1, self->row_2 };
  GtkLabel *costs[] = { self->cost_0, self->cost_1, self->cost_2 };
  const GuiFeeOption *option = index < self->options->len ? g_ptr_array_index (self->options, index) : NULL;
  g_autofree char *rate = NULL, *cost = NULL, *name = NULL;

  gtk_widget_set_visible (GTK_WIDGET (rows[index]), option != NULL);
  if (option == NULL)
    return;
  rate = gui_format_fee_rate (option->rate);
  cost = fee_chooser_cost_text (self, option->rate);
  /* All that a screen reader says when the focus is on the choice. */
  name = g_strdup_printf ("%s, %s, %s", option->title, rate, cost);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (rows[index]), option->title);
  adw_action_row_set_subtitle (rows[index], rate);
  gtk_label_set_text (costs[index], cost);
  gtk_accessible_update_property (GTK_ACCESSIBLE (fee_chooser_get_check (self, index)), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  name, -1);
}

static const char *
fee_chooser_description (GuiFeeChooser *self)
{
  if (self->options->len > 0 || !self->answered)
    return _ ("Goes to the miner who confirms the payment");
  if (self->playground)
    return _ ("Goes to the miner who confirms the payment. The node cannot estimate fees yet: enter a fee rate. Any is "
              "enough here, since you mine the blocks yourself.");
  return _ ("Goes to the miner who confirms the payment. The node cannot estimate fees yet: enter a fee rate.");
}

/* The rate of the custom field; FALSE, with a sentence in *WHY, if it is not valid. */
static gboolean
fee_chooser_parse_custom (GuiFeeChooser *self, guint64 *rate, const char **why)
{
  return gui_parse_fee_rate (gtk_editable_get_text (self->custom_entry), rate, why);
}

/* Without any option there is only the field for a custom rate. */
static void
fee_chooser_show_custom (GuiFeeChooser *self)
{
  gboolean alone = self->options->len == 0, custom = gtk_check_button_get_active (self->check_custom);
  g_autofree char *cost = NULL, *subtitle = NULL;
  const char *why;
  guint64 rate;

  if (custom && fee_chooser_parse_custom (self, &rate, &why))
    cost = fee_chooser_cost_text (self, rate);
  subtitle = cost != NULL ? g_strdup_printf ("%s, %s", _ ("sat/vB"), cost) : g_strdup (_ ("sat/vB"));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->row_custom),
                                 alone ? _ ("Fee rate") : _ ("Custom fee rate"));
  adw_action_row_set_subtitle (self->row_custom, subtitle);
  gtk_widget_set_visible (GTK_WIDGET (self->check_custom), !alone);
  /* The box around it, which has a margin, too. */
  gtk_widget_set_visible (gtk_widget_get_parent (GTK_WIDGET (self->check_custom)), !alone);
  gtk_widget_set_sensitive (GTK_WIDGET (self->custom_entry), custom);
}

static void
fee_chooser_show_warning (GuiFeeChooser *self)
{
  GuiFeeEstimates estimates;
  GuiWarning *warning = NULL;
  const char *why;
  guint64 rate;

  gui_fee_options_get_estimates (self->options, &estimates);
  if (gtk_check_button_get_active (self->check_custom) && fee_chooser_parse_custom (self, &rate, &why))
    warning = gui_fee_rate_warning (rate, (guint) gui_fee_typical_sat (1000, self->n_recipients), &estimates);
  gui_warning_list_clear (self->warnings);
  if (warning != NULL)
    gui_warning_list_add (self->warnings, warning->text);
  gui_warning_free (warning);
}

/* Chooses for the user until they have chosen themselves, or when their choice has disappeared. */
static void
fee_chooser_choose (GuiFeeChooser *self)
{
  gboolean gone = TRUE;
  guint n = self->options->len;

  for (guint i = 0; i < n; i++)
    gone &= !gtk_check_button_get_active (fee_chooser_get_check (self, i));
  gone &= n == 0 || !gtk_check_button_get_active (self->check_custom);
  if (self->chosen && !gone)
    return;
  self->chosen = FALSE;
  self->choosing = TRUE;
  gtk_check_button_set_active (
      n == 0 ? self->check_custom : fee_chooser_get_check (self, gui_fee_options_get_default (self->options)), TRUE);
  self->choosing = FALSE;
}

static void
fee_chooser_update (GuiFeeChooser *self)
{
  for (guint i = 0; i < GUI_N_FEE_CHOICES; i++)
    fee_chooser_show_option (self, i);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self->group), fee_chooser_description (self));
  fee_chooser_show_custom (self);
  fee_chooser_show_warning (self);
}

static void
fee_chooser_choices_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) choices = gui_spend_client_fee_choices_finish (GUI_SPEND_CLIENT (source), result, &error);
  GuiFeeChooser *self = data;

  if (choices == NULL)
    return;
  self->answered = TRUE;
  g_ptr_array_unref (self->options);
  self->options = gui_fee_options_new (choices);
  fee_chooser_choose (self);
  fee_chooser_update (self);
}

void
gui_fee_chooser_refresh (GuiFeeChooser *self, GuiWalletClient *wallet)
{
  g_return_if_fail (GUI_IS_FEE_CHOOSER (self));

  if (wallet != NULL && gui_client_get_online (GUI_CLIENT (wallet)))
    gui_spend_client_fee_choices_async (gui_wallet_client_get_spend (wallet), self->cancellable, fee_chooser_choices_cb,
                                        self);
}

void
gui_fee_chooser_reset (GuiFeeChooser *self)
{
  g_return_if_fail (GUI_IS_FEE_CHOOSER (self));

  self->chosen = FALSE;
  gtk_editable_set_text (self->custom_entry, "");
  fee_chooser_choose (self);
}

void
gui_fee_chooser_set_playground (GuiFeeChooser *self, gboolean playground)
{
  g_return_if_fail (GUI_IS_FEE_CHOOSER (self));

  self->playground = playground;
  fee_chooser_update (self);
}

void
gui_fee_chooser_set_recipients (GuiFeeChooser *self, guint n)
{
  g_return_if_fail (GUI_IS_FEE_CHOOSER (self));

  if (self->n_recipients == n)
    return;
  self->n_recipients = n;
  fee_chooser_update (self);
}

gboolean
gui_fee_chooser_read (GuiFeeChooser *self, guint64 *rate)
{
  const char *why;

  g_return_val_if_fail (GUI_IS_FEE_CHOOSER (self), FALSE);
  g_return_val_if_fail (rate != NULL, FALSE);

  fee_chooser_set_error (self, NULL);
  for (guint i = 0; i < self->options->len; i++) {
    if (!gtk_check_button_get_active (fee_chooser_get_check (self, i)))
      continue;
    *rate = ((const GuiFeeOption *) g_ptr_array_index (self->options, i))->rate;
    return TRUE;
  }
  if (fee_chooser_parse_custom (self, rate, &why))
    return TRUE;
  fee_chooser_set_error (self, why);
  return FALSE;
}

void
gui_fee_chooser_get_estimates (GuiFeeChooser *self, GuiFeeEstimates *estimates)
{
  g_return_if_fail (GUI_IS_FEE_CHOOSER (self));
  gui_fee_options_get_estimates (self->options, estimates);
}

gboolean
gui_fee_chooser_focus_error (GuiFeeChooser *self)
{
  g_return_val_if_fail (GUI_IS_FEE_CHOOSER (self), FALSE);

  return gtk_widget_get_visible (self->error_row) && gtk_widget_grab_focus (GTK_WIDGET (self->custom_entry));
}

static void
on_choice_toggled (GuiFeeChooser *self, GtkCheckButton *check)
{
  if (!gtk_check_button_get_active (check))
    return;
  fee_chooser_set_error (self, NULL);
  fee_chooser_show_custom (self);
  fee_chooser_show_warning (self);
  if (self->choosing)
    return;
  self->chosen = TRUE;
  if (check == self->check_custom)
    gtk_widget_grab_focus (GTK_WIDGET (self->custom_entry));
}

static void
on_custom_changed (GuiFeeChooser *self)
{
  fee_chooser_set_error (self, NULL);
  fee_chooser_show_custom (self);
  fee_chooser_show_warning (self);
}

static void
on_custom_activated (GuiFeeChooser *self)
{
  g_signal_emit (self, signals[SIGNAL_ACTIVATE], 0);
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
gui_fee_chooser_finalize (GObject *object)
{
  g_ptr_array_unref (GUI_FEE_CHOOSER (object)->options);
  G_OBJECT_CLASS (gui_fee_chooser_parent_class)->finalize (object);
}

static void
fee_chooser_bind_rows (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, GuiFeeChooser, row_0);
  gtk_widget_class_bind_template_child (widget_class, GuiFeeChooser, row_1);
  gtk_widget_class_bind_template_child (widget_class, GuiFeeChooser, row_2);
  gtk_widget_class_bind_template_child (widget_class, GuiFeeChooser, check_0);
  gtk_widget_class_bind_template_child (widget_class, GuiFeeChooser, check_1);
  gtk_widget_class_bind_template_child (widget_class, GuiFeeChooser, check_2);
  gtk_widget_class_bind_template_child (widget_class, GuiFeeChooser, cost_0);
  gtk_widget_class_bind_template_child (widget_class, GuiFeeChooser, cost_1);
  gtk_widget_class_bind_template_child (widget_class, GuiFeeChooser, cost_2);
}

static void
gui_fee_chooser_class_init (GuiFeeChooserClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gui_fee_chooser_dispose;
  G_OBJECT_CLASS (klass)->finalize = gui_fee_chooser_finalize;
  signals[SIGNAL_ACTIVATE]
      = g_signal_new ("activate", GUI_TYPE_FEE_CHOOSER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (GUI_TYPE_WARNING_LIST);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/moneyrocket/Moneyrocket/widgets/fee_chooser.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiFeeChooser, group);
  fee_chooser_bind_rows (widget_class);
  gtk_widget_class_bind_template_child (widget_class, GuiFeeChooser, row_custom);
  gtk_widget_class_bind_template_child (widget_class, GuiFeeChooser, check_custom);
  gtk_widget_class_bind_template_child (widget_class, GuiFeeChooser, custom_entry);
  gtk_widget_class_bind_template_child (widget_class, GuiFeeChooser, error_row);
  gtk_widget_class_bind_template_child (widget_class, GuiFeeChooser, error_label);
  gtk_widget_class_bind_template_child (widget_class, GuiFeeChooser, warnings);
  gtk_widget_class_bind_template_callback (widget_class, on_choice_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_custom_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_custom_activated);
}

static void
gui_fee_chooser_init (GuiFeeChooser *self)
{
  self->cancellable = g_cancellable_new ();
  self->options = g_ptr_array_new ();
  self->n_recipients = 1;
  self->choosing = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->choosing = FALSE;
  /* The rows label them with their titles, which their own names include. */
  for (guint i = 0; i < GUI_N_FEE_CHOICES; i++)
    gtk_accessible_reset_relation (GTK_ACCESSIBLE (fee_chooser_get_check (self, i)),
                                   GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (self->check_custom), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  fee_chooser_choose (self);
  fee_chooser_update (self);
}
