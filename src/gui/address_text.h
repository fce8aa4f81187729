#pragma once

#include "bitcoin/primitives/network.h"

G_BEGIN_DECLS

/* What a user types or pastes as the recipient of a payment: an address or a payment link, in any of the forms in which
 * they are copied, and each kind of mistake. Pure. */

typedef enum {
  GUI_ADDRESS_EMPTY,
  GUI_ADDRESS_UNFINISHED, /* the beginning of an address, or too short to know */
  GUI_ADDRESS_GOOD,
  GUI_ADDRESS_BAD,
} GuiAddressState;

typedef struct {
  GuiAddressState state;
  char *address;     /* as it is written officially; NULL unless GOOD */
  gint64 amount_sat; /* of a link; -1: none */
  char *label;       /* of a link, one line; NULL: none */
  char *why;         /* a translated sentence about what it is and what to do; NULL if GOOD */
} GuiAddressText;

/* Ignores spaces, line breaks and invisible marks around and inside the address, quotation marks, brackets and punctuation
 * around it, and its case where the address has none. */
GuiAddressText *gui_address_text_parse (const char *text, BtcNetwork network);
void gui_address_text_free (GuiAddressText *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GuiAddressText, gui_address_text_free)

G_END_DECLS
