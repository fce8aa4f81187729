#include "gui/send/review_rows.h"

#include "gui/format.h"

#include <glib/gi18n.h>

static GtkWidget *
review_label_new (const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  return label;
}

/* TEXTS at the start, and the amount SAT at the end. */
static GtkWidget *
review_row_new (GtkWidget *texts, gint64 sat, GuiUnit unit, const char *name)
{
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  g_autofree char *amount = gui_format_amount (sat, unit, FALSE);
  g_autofree char *full_name = g_strdup_printf ("%s, %s", name, amount);
  GtkWidget *figure = gtk_label_new (amount);

  gtk_widget_add_css_class (figure, "numeric");
  gtk_widget_set_valign (figure, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (texts, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_box_append (GTK_BOX (box), texts);
  gtk_box_append (GTK_BOX (box), figure);
  gtk_widget_add_css_class (box, "review-row");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, full_name, -1);
  return row;
}

GtkWidget *
gui_review_recipient_row_new (const GuiCoin *coin, const char *label, GuiUnit unit)
{
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  g_autofree char *grouped = gui_format_address (coin->address, 0);
  g_autofree char *name = label != NULL ? g_strdup_printf ("%s, %s", label, coin->address) : NULL;
  GtkWidget *address = review_label_new (grouped, "address");

  /* Six groups of four on a line, less where there is no room. */
  gtk_label_set_max_width_chars (GTK_LABEL (address), 29);
  gtk_widget_set_halign (address, GTK_ALIGN_START);
  gtk_label_set_width_chars (GTK_LABEL (address), 9);
  if (name != NULL)
    gtk_box_append (GTK_BOX (texts), review_label_new (label, NULL));
  gtk_box_append (GTK_BOX (texts), address);
  return review_row_new (texts, coin->amount_sat, unit, name != NULL ? name : coin->address);
}

GtkWidget *
gui_review_amount_row_new (const char *title, const char *detail, gint64 sat, GuiUnit unit)
{
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_autofree char *name = detail != NULL ? g_strdup_printf ("%s, %s", title, detail) : g_strdup (title);

  gtk_box_append (GTK_BOX (texts), review_label_new (title, NULL));
  if (detail != NULL) {
    GtkWidget *label = review_label_new (detail, "dim-label");

    gtk_widget_add_css_class (label, "caption");
    gtk_widget_add_css_class (label, "numeric");
    gtk_box_append (GTK_BOX (texts), label);
  }
  return review_row_new (texts, sat, unit, name);
}

/* The fee as a part of the paid amount, rounded. */
static char *
fee_part_text (gint64 fee_sat, gint64 paid_sat)
{
  gint64 part = paid_sat > 0 ? (fee_sat * G_GINT64_CONSTANT (10000) + paid_sat / 2) / paid_sat : 0;
  g_autofree char *text = gui_format_percent ((guint64) MAX (part, 1));

  /* Translators: %s is a percentage. */
  return part == 0 ? g_strdup_printf (_ ("less than %s"), text) : g_steal_pointer (&text);
}

char *
gui_review_fee_detail (const GuiDraft *draft, GuiUnit unit)
{
  g_autofree char *fee = gui_format_amount (draft->fee_sat, GUI_UNIT_SAT, FALSE);
  g_autofree char *rate = gui_format_fee_rate ((guint64) draft->fee_sat * 1000 / MAX (draft->vsize, 1));
  g_autofree char *part = fee_part_text (draft->fee_sat, gui_draft_get_paid_sat (draft));

  if (unit == GUI_UNIT_SAT)
    return g_strdup_printf ("%s · %s", rate, part);
  return g_strdup_printf ("%s · %s · %s", fee, rate, part);
}
