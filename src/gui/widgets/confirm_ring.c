#include "gui/widgets/confirm_ring.h"

#include "gui/widgets/css_class.h"

#include <math.h>

#define SIDE 16
#define LINE 2.0

struct _GuiConfirmRing {
  GtkWidget parent_instance;

  int done;
  int needed;
};

G_DEFINE_FINAL_TYPE (GuiConfirmRing, gui_confirm_ring, GTK_TYPE_WIDGET)

static void
draw_tick (cairo_t *cr, const GdkRGBA *color, double side)
{
  gdk_cairo_set_source_rgba (cr, color);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_move_to (cr, side * 0.30, side * 0.53);
  cairo_line_to (cr, side * 0.44, side * 0.67);
  cairo_line_to (cr, side * 0.71, side * 0.37);
  cairo_stroke (cr);
}

static void
gui_confirm_ring_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  GuiConfirmRing *self = GUI_CONFIRM_RING (widget);
  double side = MIN (gtk_widget_get_width (widget), gtk_widget_get_height (widget));
  double fraction = self->needed > 0 ? CLAMP ((double) self->done / self->needed, 0, 1) : 1;
  double radius = side / 2 - LINE / 2;
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) side, (float) side));
  GdkRGBA color, faint;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  faint = color;
  faint.alpha *= 0.25f;
  cairo_set_line_width (cr, LINE);
  gdk_cairo_set_source_rgba (cr, &faint);
  cairo_arc (cr, side / 2, side / 2, radius, 0, 2 * G_PI);
  cairo_stroke (cr);
  gdk_cairo_set_source_rgba (cr, &color);
  if (fraction > 0) {
    cairo_arc (cr, side / 2, side / 2, radius, -G_PI / 2, -G_PI / 2 + 2 * G_PI * fraction);
    cairo_stroke (cr);
  }
  if (fraction >= 1)
    draw_tick (cr, &color, side);
  cairo_destroy (cr);
}

static void
gui_confirm_ring_measure (GtkWidget *widget,
                          GtkOrientation orientation,
                          int for_size,
                          int *minimum,
                          int *natural,
                          int *minimum_baseline,
                          int *natural_baseline)
{
  *minimum = SIDE;
  *natural = SIDE;
}

static void
gui_confirm_ring_class_init (GuiConfirmRingClass *klass)
{
  GTK_WIDGET_CLASS (klass)->snapshot = gui_confirm_ring_snapshot;
  GTK_WIDGET_CLASS (klass)->measure = gui_confirm_ring_measure;

  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "confirmring");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_IMG);
}

static void
gui_confirm_ring_init (GuiConfirmRing *self)
{
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
}

void
gui_confirm_ring_set (GuiConfirmRing *self, int done, int needed, const char *text)
{
  GtkWidget *widget = GTK_WIDGET (self);

  g_return_if_fail (GUI_IS_CONFIRM_RING (self));

  self->done = done;
  self->needed = needed;
  gui_set_css_class (widget, "complete", done >= needed);
  gtk_widget_set_tooltip_text (widget, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_queue_draw (widget);
}
