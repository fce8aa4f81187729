#pragma once

#include "bitcoin/primitives/network.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The fields for one recipient: address, amount, label. Accepts a pasted payment link. Problems are shown below their
 * fields.
 *
 * Signals: "changed" after any edit; "activate" when Enter is pressed in a field; "remove" when the user wants to remove
 * it. */

#define GUI_TYPE_RECIPIENT_EDITOR (gui_recipient_editor_get_type ())
G_DECLARE_FINAL_TYPE (GuiRecipientEditor, gui_recipient_editor, GUI, RECIPIENT_EDITOR, GtkWidget)

typedef struct {
  const char *address; /* borrowed until the fields are read again */
  const char *label;   /* borrowed from its field */
  gint64 amount_sat;   /* 0 with EVERYTHING */
  gboolean everything;
} GuiRecipient;

GtkWidget *gui_recipient_editor_new (BtcNetwork network);

/* NUMBER: of several, from 1. 0: it is the only recipient, so it cannot be removed, and Max is available. */
void gui_recipient_editor_set_number (GuiRecipientEditor *self, guint number);

void gui_recipient_editor_clear (GuiRecipientEditor *self);

/* Whether anything was entered. */
gboolean gui_recipient_editor_is_filled (GuiRecipientEditor *self);

/* Reads the fields; FALSE after showing a problem below a field. */
gboolean gui_recipient_editor_read (GuiRecipientEditor *self, GuiRecipient *recipient);

/* Show a problem below the field. SENTENCE is translated. */
void gui_recipient_editor_set_address_error (GuiRecipientEditor *self, const char *sentence);
void gui_recipient_editor_set_amount_error (GuiRecipientEditor *self, const char *sentence);

void gui_recipient_editor_clear_problems (GuiRecipientEditor *self);

/* Moves the focus to the first field with a problem; if there is none, to the first one that is empty and needed, or to
 * the address. FALSE, and the focus stays, if there is neither. */
gboolean gui_recipient_editor_focus_open (GuiRecipientEditor *self);

G_END_DECLS
