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

/* Converts CLEAN to digits with at most one decimal point, such as "1234.5". On GUI_NUMBER_OK *PLAIN is set, and the
 * caller owns it. WHOLE: an integer is expected, so a comma can only separate thousands.
 *
 * Spaces and apostrophes are thousands separators. A point or comma is one if it occurs several times or precedes the
 * other one; Indian grouping with commas (1,00,000) is accepted as well. The decimal separator is that of the locale. If
 * that is a comma, a point is accepted too, unless it could be a thousands separator. */
GuiNumberFault gui_number_normalise (const char *clean, gboolean comma, gboolean whole, char **plain);

G_END_DECLS
