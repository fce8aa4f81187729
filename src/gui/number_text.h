#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The notations in which people write a number: which mark begins the decimals, and what separates thousands. A number
 * that can be read in two ways is refused, never guessed. Pure. */

typedef enum {
  GUI_NUMBER_OK,
  GUI_NUMBER_EMPTY,
  GUI_NUMBER_SIGN,      /* a minus sign */
  GUI_NUMBER_WORDS,     /* letters, or the sign of a currency */
  GUI_NUMBER_CHARACTER, /* any other character that is no part of a number */
  GUI_NUMBER_COMMA,     /* the decimals of the locale follow a point */
  GUI_NUMBER_AMBIGUOUS, /* the mark may begin decimals or separate thousands */
  GUI_NUMBER_GROUPS,    /* separators that are not between groups */
  GUI_NUMBER_BAD,
} GuiNumberFault;

/* TEXT without invisible marks, surrounding spaces and a plus sign, each space as one ' ', digits and separators as
 * ASCII. COMMA: decimals follow a comma in the locale. NULL if TEXT is not UTF-8. The caller owns it. */
char *gui_number_clean (const char *text, gboolean comma);

/* CLEAN as digits with at most one point, such as "1234.5", in *PLAIN, which the caller owns; it is set only with
 * GUI_NUMBER_OK. WHOLE: the number has no decimals, so that a comma is no mark of decimals either.
 *
 * Spaces and apostrophes separate groups of three digits. So do points or commas if there are several of them or another
 * mark after them; commas also separate groups as in 1,00,000. Decimals follow the mark of the locale, and where that is a
 * comma a point, too, unless it may also separate thousands. */
GuiNumberFault gui_number_normalise (const char *clean, gboolean comma, gboolean whole, char **plain);

G_END_DECLS
