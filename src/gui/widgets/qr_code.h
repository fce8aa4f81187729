#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A QR code, black on white in every theme, with the quiet zone of four modules. */

#define GUI_TYPE_QR_CODE (gui_qr_code_get_type ())
G_DECLARE_FINAL_TYPE (GuiQrCode, gui_qr_code, GUI, QR_CODE, GtkWidget)

/* NULL empties it. A text that does not fit into a code (about 2,900 bytes) empties it too. */
void gui_qr_code_set_text (GuiQrCode *self, const char *text);

/* The code as a picture of PIXELS a side or a little less, so that modules are whole pixels; NULL when it is empty. */
GdkTexture *gui_qr_code_render (GuiQrCode *self, guint pixels);

G_END_DECLS
