#include "gui/send/review_rows.h"

#include "gui/format.h"
#include "gui/widgets/address_label.h"
#include "gui/widgets/wrap_row.h"

#include <glib/gi18n.h>

/* The amount SAT at the end of ROW, and NAME with it as the name of the row. */
static void
review_row_add_amount (GtkWidget *row, gint64 sat, GuiUnit unit, const char *name)
{
  g_autofree char *amount = gui_format_amount (sat, unit, FALSE);
  g_autofree char *full_name = g_strdup_printf ("%s, %s", name, amount);
  GtkWidget *figure = gtk_label_new (amount);

  gtk_widget_add_css_class (figure, "numeric");
  gui_wrap_row_add_end (GUI_WRAP_ROW (row), figure);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, full_name, -1);
}

GtkWidget *
gui_review_recipient_row_new (const GuiCoin *coin, const char *label, GuiUnit unit)
{
  GtkWidget *row = gui_wrap_row_new (label, NULL), *address = gui_address_label_new (coin->address);
  g_autofree char *name = label != NULL ? g_strdup_printf ("%s, %s", label, coin->address) : g_strdup (coin->address);

  g_object_set (address, "with-button", FALSE, NULL);
  gui_wrap_row_add_text (GUI_WRAP_ROW (row), address);
  review_row_add_amount (row, coin->amount_sat, unit, name);
  return row;
}

GtkWidget *
gui_review_amount_row_new (const char *title, const char *detail, gint64 sat, GuiUnit unit)
{
  GtkWidget *row = gui_wrap_row_new (title, detail);
  g_autofree char *name = detail != NULL ? g_strdup_printf ("%s, %s", title, detail) : g_strdup (title);

  review_row_add_amount (row, sat, unit, name);
  return row;
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
