#include "gui/widgets/qr_code.h"

#include <math.h>
#include <qrencode.h>
#include <string.h>

#define QUIET_ZONE 4
#define SIDE 220

struct _GuiQrCode {
  GtkWidget parent_instance;

  QRcode *code; /* NULL: empty */
};

G_DEFINE_FINAL_TYPE (GuiQrCode, gui_qr_code, GTK_TYPE_WIDGET)

static void
append_modules (GuiQrCode *self, GtkSnapshot *snapshot, float module, float left, float top)
{
  const GdkRGBA black = { 0, 0, 0, 1 };
  int width = self->code->width;

  for (int y = 0; y < width; y++) {
    /* Adjacent modules are merged into one rectangle, to avoid hairlines between them. */
    for (int x = 0, end; x < width; x = end + 1) {
      for (end = x; end < width && (self->code->data[y * width + end] & 1); end++)
        ;
      if (end > x)
        gtk_snapshot_append_color (
            snapshot, &black, &GRAPHENE_RECT_INIT (left + x * module, top + y * module, (end - x) * module, module));
    }
  }
}

static void
gui_qr_code_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  GuiQrCode *self = GUI_QR_CODE (widget);
  const GdkRGBA white = { 1, 1, 1, 1 };
  float side = MIN (gtk_widget_get_width (widget), gtk_widget_get_height (widget));
  float left = (gtk_widget_get_width (widget) - side) / 2, top = (gtk_widget_get_height (widget) - side) / 2;
  GskRoundedRect card;
  float module, code;

  gsk_rounded_rect_init_from_rect (&card, &GRAPHENE_RECT_INIT (left, top, side, side), 12);
  gtk_snapshot_push_rounded_clip (snapshot, &card);
  gtk_snapshot_append_color (snapshot, &white, &card.bounds);
  if (self->code != NULL) {
    /* Whole pixels, to avoid lines between the modules; the remainder widens the quiet zone. */
    module = floorf (side / (float) (self->code->width + 2 * QUIET_ZONE));
    code = module * (float) self->code->width;
    append_modules (self, snapshot, module, floorf (left + (side - code) / 2), floorf (top + (side - code) / 2));
  }
  gtk_snapshot_pop (snapshot);
}

static void
gui_qr_code_measure (GtkWidget *widget,
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
gui_qr_code_finalize (GObject *object)
{
  g_clear_pointer (&GUI_QR_CODE (object)->code, QRcode_free);
  G_OBJECT_CLASS (gui_qr_code_parent_class)->finalize (object);
}

static void
gui_qr_code_class_init (GuiQrCodeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gui_qr_code_finalize;
  GTK_WIDGET_CLASS (klass)->snapshot = gui_qr_code_snapshot;
  GTK_WIDGET_CLASS (klass)->measure = gui_qr_code_measure;

  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "qrcode");
}

static void
gui_qr_code_init (GuiQrCode *self)
{
}

void
gui_qr_code_set_text (GuiQrCode *self, const char *text)
{
  g_return_if_fail (GUI_IS_QR_CODE (self));

  g_clear_pointer (&self->code, QRcode_free);
  if (text != NULL && *text != '\0')
    self->code = QRcode_encodeString8bit (text, 0, QR_ECLEVEL_M);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

GdkTexture *
gui_qr_code_render (GuiQrCode *self, guint pixels)
{
  g_autoptr (GBytes) bytes = NULL;
  guint modules, scale, side;
  guint8 *data;

  g_return_val_if_fail (GUI_IS_QR_CODE (self), NULL);

  if (self->code == NULL)
    return NULL;
  modules = (guint) self->code->width + 2 * QUIET_ZONE;
  scale = MAX (1, pixels / modules);
  side = modules * scale;
  data = g_malloc ((gsize) side * side * 3);
  memset (data, 0xff, (gsize) side * side * 3);
  for (guint y = 0; y < side; y++) {
    for (guint x = 0; x < side; x++) {
      int mx = (int) (x / scale) - QUIET_ZONE, my = (int) (y / scale) - QUIET_ZONE, width = self->code->width;

      if (mx >= 0 && my >= 0 && mx < width && my < width && (self->code->data[my * width + mx] & 1))
        memset (data + ((gsize) y * side + x) * 3, 0, 3);
    }
  }
  bytes = g_bytes_new_take (data, (gsize) side * side * 3);
  return gdk_memory_texture_new ((int) side, (int) side, GDK_MEMORY_R8G8B8, bytes, side * 3);
}
