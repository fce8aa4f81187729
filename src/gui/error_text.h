#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Error messages for users: what happened, what it means for their money, what to do. Main context. */

typedef enum {
  GUI_DOING_DRAFT,   /* preparing a payment */
  GUI_DOING_SEND,    /* sending it */
  GUI_DOING_ABANDON, /* abandoning a payment */
  GUI_DOING_WALLET,  /* creating or opening a wallet */
  GUI_DOING_ADDRESS, /* creating an address */
  GUI_DOING_READ,    /* loading the data of a page */
  GUI_DOING_MINE,    /* playground */
} GuiDoing;

typedef struct {
  char *title;
  char *body;    /* including what it means for the money */
  char *advice;  /* only what happened and what to do: shown next to the field to be changed */
  char *details; /* for copying: the original error message, without D-Bus names */
} GuiErrorText;

void gui_error_text_clear (GuiErrorText *text);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GuiErrorText, gui_error_text_clear)

/* Translated. TEXT is cleared by the caller. */
void gui_error_describe (const GError *error, GuiDoing doing, GuiErrorText *text);

/* A message over the window of WIDGET, with Details that can be copied. Nothing is shown for a cancellation. */
void gui_error_present (GtkWidget *widget, const GError *error, GuiDoing doing);

G_END_DECLS
