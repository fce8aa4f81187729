#include "gui/amount_text.h"

#include "bitcoin/primitives/amount.h"

#include <glib/gi18n.h>
#include <langinfo.h>
#include <string.h>

/* A fee rate of 1 sat/vB is 1,000; as a number with eight decimals it is 10^8. */
#define RATE_STEP (BTC_COIN / 1000)

typedef enum {
  NUMBER_OK,
  NUMBER_EMPTY,
  NUMBER_BAD_CHARACTER,
  NUMBER_COMMA,     /* not the locale's */
  NUMBER_AMBIGUOUS, /* decimals or thousands */
  NUMBER_SPACES,    /* they do not separate groups of three */
  NUMBER_BAD,
} NumberFault;

/* With examples in the form of the locale. */
static const char *
number_sentence (NumberFault fault, gboolean comma)
{
  switch (fault) {
  case NUMBER_EMPTY:
    return _ ("Enter an amount.");
  case NUMBER_BAD_CHARACTER:
    return comma ? _ ("Use digits only, as in 0,5.") : _ ("Use digits only, as in 0.5.");
  case NUMBER_COMMA:
    return _ ("Write decimals with a point, as in 0.5, and no commas.");
  case NUMBER_AMBIGUOUS:
    return _ ("Write a zero after decimals, as in 1,2340, or thousands without a separator: it is not clear which of "
              "the two this is.");
  case NUMBER_SPACES:
    return _ ("Use spaces only between groups of three digits, or leave them out.");
  case NUMBER_OK:
  case NUMBER_BAD:
    break;
  }
  return comma ? _ ("This is not an amount. Enter a number such as 0,5.")
               : _ ("This is not an amount. Enter a number such as 0.5.");
}

/* TEXT without invisible marks and surrounding spaces, each space in it as one ' ', all digits ASCII. */
static char *
number_clean (const char *text)
{
  GString *out = g_string_new (NULL);

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);

    if (g_unichar_type (c) == G_UNICODE_FORMAT)
      continue;
    if (!g_unichar_isspace (c))
      g_string_append_unichar (out, g_unichar_isdigit (c) ? (gunichar) ('0' + g_unichar_digit_value (c)) : c);
    else if (out->len > 0 && out->str[out->len - 1] != ' ')
      g_string_append_c (out, ' ');
  }
  return g_strchomp (g_string_free (out, FALSE));
}

/* Cuts a unit off the end of TEXT. */
static void
number_take_unit (char *text, GuiUnit *unit)
{
  static const struct {
    const char *name;
    GuiUnit unit;
  } units[] = { { "btc", GUI_UNIT_BTC }, { "₿", GUI_UNIT_BTC }, { "sats", GUI_UNIT_SAT }, { "sat", GUI_UNIT_SAT } };
  gsize len = strlen (text);

  for (gsize i = 0; i < G_N_ELEMENTS (units); i++) {
    gsize name_len = strlen (units[i].name);

    if (len <= name_len || g_ascii_strcasecmp (text + len - name_len, units[i].name) != 0)
      continue;
    text[len - name_len] = '\0';
    g_strchomp (text);
    *unit = units[i].unit;
    return;
  }
}

/* Removes the separators of groups from the first LEN bytes of TEXT. FALSE if they are not groups of three, where the
 * first one of a whole number and the last one of DECIMALS may be shorter. */
static gboolean
number_add_groups (GString *out, const char *text, gsize len, char separator, gboolean decimals)
{
  gsize start = 0;
  guint groups = 0;

  for (gsize i = 0; i <= len; i++) {
    gboolean first = groups == 0, last = i == len;

    if (!last && text[i] != separator)
      continue;
    if (first && last)
      break;
    if (i - start > 3 || (i - start < 3 && (i == start || (decimals ? !last : !first))))
      return FALSE;
    groups++;
    start = i + 1;
  }
  for (gsize i = 0; i < len; i++)
    if (text[i] != separator)
      g_string_append_c (out, text[i]);
  return TRUE;
}

/* Whether "WHOLE,DDD" can also be a whole number with a separator of thousands. */
static gboolean
number_is_ambiguous (const char *text, const char *mark)
{
  gsize whole = (gsize) (mark - text);

  return whole >= 1 && whole <= 3 && *text != '0' && strlen (mark + 1) == 3 && strspn (mark + 1, "0123456789") == 3;
}

/* The mark before the decimals of TEXT, NULL if there is none, and what separates its thousands. */
static NumberFault
number_find_mark (const char *text, gboolean comma, const char **mark, char *separator)
{
  const char *point = strchr (text, '.'), *first_comma = strchr (text, ',');

  *mark = point;
  *separator = ' ';
  /* Decimals have one mark. */
  if (comma && first_comma == NULL && point != NULL && strchr (point + 1, '.') != NULL) {
    *mark = NULL;
    *separator = '.';
    return NUMBER_OK;
  }
  if (first_comma == NULL)
    return point != NULL && comma && number_is_ambiguous (text, point) ? NUMBER_AMBIGUOUS : NUMBER_OK;
  if (!comma)
    return NUMBER_COMMA;
  *mark = first_comma;
  if (point == NULL)
    return number_is_ambiguous (text, first_comma) ? NUMBER_AMBIGUOUS : NUMBER_OK;
  *separator = '.';
  return NUMBER_OK;
}

/* "1 234,5" as "1234.5". */
static NumberFault
number_normalise (const char *text, gboolean comma, char **plain)
{
  g_autoptr (GString) out = g_string_new (NULL);
  const char *mark, *end = text + strlen (text);
  char separator;
  NumberFault fault;

  if (*text == '\0')
    return NUMBER_EMPTY;
  if (strspn (text, "0123456789., ") != strlen (text))
    return NUMBER_BAD_CHARACTER;
  fault = number_find_mark (text, comma, &mark, &separator);
  if (fault != NUMBER_OK)
    return fault;
  if (mark != NULL && strpbrk (mark + 1, ".,") != NULL)
    return NUMBER_BAD;
  if (!number_add_groups (out, text, (gsize) ((mark != NULL ? mark : end) - text), separator, FALSE))
    return NUMBER_SPACES;
  if (mark != NULL) {
    g_string_append_c (out, '.');
    if (!number_add_groups (out, mark + 1, (gsize) (end - mark - 1), ' ', TRUE))
      return NUMBER_SPACES;
  }
  *plain = g_strdup (out->str);
  return strchr (*plain, ' ') == NULL ? NUMBER_OK : NUMBER_SPACES;
}

/* Why PLAIN is not an amount in UNIT; NULL if it is one. */
static const char *
amount_sentence (const char *plain, GuiUnit unit, gboolean comma, gint64 *sat)
{
  const char *point = strchr (plain, '.');
  guint64 value;

  if (unit == GUI_UNIT_SAT && point != NULL)
    return _ ("A satoshi has no decimals. Enter a whole number.");
  if (g_str_equal (plain, "."))
    return number_sentence (NUMBER_BAD, comma);
  if (point != NULL && strlen (point + 1) > 8 && strspn (point + 9, "0") != strlen (point + 9))
    return _ ("Use at most eight decimals.");
  if (unit == GUI_UNIT_BTC && btc_amount_parse_loose (plain, sat))
    return NULL;
  if (unit == GUI_UNIT_SAT && g_ascii_string_to_unsigned (plain, 10, 0, BTC_MAX_MONEY, &value, NULL)) {
    *sat = (gint64) value;
    return NULL;
  }
  return _ ("This is more than all bitcoins that will ever exist. Enter less.");
}

gboolean
gui_parse_amount_in (const char *text, GuiUnit unit, gboolean comma, gint64 *sat, const char **why)
{
  g_autofree char *clean = NULL, *plain = NULL;
  NumberFault fault;

  g_return_val_if_fail (text != NULL, FALSE);

  if (!g_utf8_validate (text, -1, NULL)) {
    *why = number_sentence (NUMBER_BAD_CHARACTER, comma);
    return FALSE;
  }
  clean = number_clean (text);
  number_take_unit (clean, &unit);
  fault = number_normalise (clean, comma, &plain);
  *why = fault != NUMBER_OK ? number_sentence (fault, comma) : amount_sentence (plain, unit, comma, sat);
  return *why == NULL;
}

gboolean
gui_parse_amount (const char *text, GuiUnit unit, gint64 *sat, const char **why)
{
  if (!gui_parse_amount_in (text, unit, gui_locale_has_comma (), sat, why))
    return FALSE;
  if (*sat == 0)
    *why = _ ("Enter an amount above zero.");
  return *sat != 0;
}

gboolean
gui_parse_fee_rate (const char *text, guint64 *rate)
{
  const char *why;
  gint64 scaled;

  if (!gui_parse_amount_in (text, GUI_UNIT_BTC, gui_locale_has_comma (), &scaled, &why) || scaled % RATE_STEP != 0)
    return FALSE;
  *rate = (guint64) (scaled / RATE_STEP);
  return TRUE;
}

gboolean
gui_locale_has_comma (void)
{
  return g_str_equal (nl_langinfo (RADIXCHAR), ",");
}
