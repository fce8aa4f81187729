#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A QR code, black on white in every theme, with a quiet zone of four modules. */

#define GUI_TYPE_QR_CODE (gui_qr_code_get_type ())
G_DECLARE_FINAL_TYPE (GuiQrCode, gui_qr_code, GUI, QR_CODE, GtkWidget)

/* NULL empties it. A text that does not fit into a code (about 2,900 bytes) empties it too. */
void gui_qr_code_set_text (GuiQrCode *self, const char *text);

/* The code as an image of at most PIXELS per side, so that modules are whole pixels; NULL if it is empty. */
GdkTexture *gui_qr_code_render (GuiQrCode *self, guint pixels);

G_END_DECLS
