#include "gui/number_text.h"

#include <string.h>

#define DIGITS "0123456789"

/* The ASCII character that stands for C, or C itself. */
static gunichar
number_ascii (gunichar c, gboolean comma)
{
  switch (c) {
  case 0x2018: /* quotation marks and accents that are typed as an apostrophe */
  case 0x2019:
  case 0x02bc:
  case 0x00b4:
  case '`':
  case 0x066c: /* Arabic separator of thousands */
    return '\'';
  case 0x066b: /* Arabic mark of decimals */
    return comma ? ',' : '.';
  case 0xff0e: /* full width */
    return '.';
  case 0xff0c:
    return ',';
  case 0x2010: /* dashes */
  case 0x2012:
  case 0x2013:
  case 0x2212:
    return '-';
  default:
    return g_unichar_isdigit (c) ? (gunichar) ('0' + g_unichar_digit_value (c)) : c;
  }
}

char *
gui_number_clean (const char *text, gboolean comma)
{
  GString *out;
  char *clean;

  g_return_val_if_fail (text != NULL, NULL);

  if (!g_utf8_validate (text, -1, NULL))
    return NULL;
  out = g_string_new (NULL);
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);

    if (g_unichar_type (c) == G_UNICODE_FORMAT)
      continue;
    /* Tabs and line breaks separate numbers, not groups. */
    if (g_unichar_type (c) != G_UNICODE_SPACE_SEPARATOR)
      g_string_append_unichar (out, g_unichar_isspace (c) ? '\n' : number_ascii (c, comma));
    else if (out->len > 0 && out->str[out->len - 1] != ' ')
      g_string_append_c (out, ' ');
  }
  clean = g_strstrip (g_string_free (out, FALSE));
  if (*clean == '+')
    memmove (clean, clean + 1, strlen (clean));
  return g_strchug (clean);
}

/* Why TEXT has characters that are no part of a number. */
static GuiNumberFault
number_check_characters (const char *text)
{
  gboolean words = FALSE, other = FALSE;

  if (*text == '\0')
    return GUI_NUMBER_EMPTY;
  if (*text == '-')
    return GUI_NUMBER_SIGN;
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);

    if (g_unichar_isalpha (c) || g_unichar_type (c) == G_UNICODE_CURRENCY_SYMBOL)
      words = TRUE;
    else if (c >= 0x80 || strchr (DIGITS ".,' ", (int) c) == NULL)
      other = TRUE;
  }
  return words ? GUI_NUMBER_WORDS : other ? GUI_NUMBER_CHARACTER : GUI_NUMBER_OK;
}

/* Whether "WHOLE,DDD" can also be a whole number with a separator of thousands. */
static gboolean
number_is_ambiguous (const char *text, const char *mark)
{
  gsize whole = (gsize) (mark - text);

  return whole >= 1 && whole <= 3 && *text != '0' && strlen (mark + 1) == 3 && strspn (mark + 1, DIGITS) == 3;
}

static GuiNumberFault
number_judge_single (const char *text, const char *mark, gboolean comma, gboolean whole)
{
  if (!comma && !whole)
    return *mark == ',' ? GUI_NUMBER_COMMA : GUI_NUMBER_OK;
  return number_is_ambiguous (text, mark) ? GUI_NUMBER_AMBIGUOUS : GUI_NUMBER_OK;
}

/* The mark before the decimals of TEXT, NULL if there is none, and what separates its thousands. */
static GuiNumberFault
number_find_mark (const char *text, gboolean comma, gboolean whole, const char **mark, char *separator)
{
  const char *point = strrchr (text, '.'), *last_comma = strrchr (text, ','), *apostrophe = strchr (text, '\'');
  const char *last = point == NULL || (last_comma != NULL && last_comma > point) ? last_comma : point;

  *mark = NULL;
  *separator = apostrophe != NULL ? '\'' : ' ';
  if (last == NULL) {
    /* Some write decimals with an apostrophe where others write a comma. */
    return apostrophe != NULL && comma && !whole && number_is_ambiguous (text, apostrophe) ? GUI_NUMBER_AMBIGUOUS
                                                                                           : GUI_NUMBER_OK;
  }
  if (point != NULL && last_comma != NULL) {
    *mark = last;
    *separator = last == point ? ',' : '.';
    return strchr (text, *last) == last ? GUI_NUMBER_OK : GUI_NUMBER_BAD;
  }
  /* There is one mark of decimals at most. */
  if (strchr (text, *last) != last) {
    *separator = *last;
    return GUI_NUMBER_OK;
  }
  *mark = last;
  return number_judge_single (text, last, comma, whole);
}

/* Whether a group of LEN digits may stand in a whole number: three each, or with PAIRS two before the last one. */
static gboolean
number_is_group (gsize len, gboolean first, gboolean last, gboolean pairs)
{
  gsize full = pairs && !last ? 2 : 3;

  return len == full || (first && !last && len > 0 && len < full);
}

/* The digits of the whole number in the first LEN bytes of TEXT. FALSE if SEPARATOR is not between groups. */
static gboolean
number_add_whole (GString *out, const char *text, gsize len, char separator, gboolean pairs)
{
  gsize start = 0;

  if (memchr (text, separator, len) == NULL) {
    g_string_append_len (out, text, (gssize) len);
    return TRUE;
  }
  for (gsize i = 0; i <= len; i++) {
    if (i < len && text[i] != separator)
      continue;
    if (!number_is_group (i - start, start == 0, i == len, pairs))
      return FALSE;
    g_string_append_len (out, text + start, (gssize) (i - start));
    start = i + 1;
  }
  /* "0 500" lost its mark. */
  return *text != '0';
}

/* The same for decimals in groups of three, of which the last one may be shorter. */
static gboolean
number_add_decimals (GString *out, const char *text)
{
  g_auto (GStrv) groups = g_strsplit (text, " ", -1);

  for (guint i = 0; groups[i] != NULL; i++) {
    gsize len = strlen (groups[i]);

    if (groups[1] != NULL && (len == 0 || len > 3 || (len < 3 && groups[i + 1] != NULL)))
      return FALSE;
    g_string_append (out, groups[i]);
  }
  return TRUE;
}

GuiNumberFault
gui_number_normalise (const char *clean, gboolean comma, gboolean whole, char **plain)
{
  g_autoptr (GString) out = g_string_new (NULL);
  GuiNumberFault fault;
  const char *mark;
  char separator;
  gsize len;

  g_return_val_if_fail (clean != NULL && plain != NULL, GUI_NUMBER_BAD);

  fault = number_check_characters (clean);
  if (fault == GUI_NUMBER_OK)
    fault = number_find_mark (clean, comma, whole, &mark, &separator);
  if (fault != GUI_NUMBER_OK)
    return fault;
  len = mark != NULL ? (gsize) (mark - clean) : strlen (clean);
  if (!number_add_whole (out, clean, len, separator, FALSE)) {
    g_string_truncate (out, 0);
    if (separator != ',' || !number_add_whole (out, clean, len, separator, TRUE))
      return GUI_NUMBER_GROUPS;
  }
  if (mark != NULL) {
    g_string_append_c (out, '.');
    if (!number_add_decimals (out, mark + 1))
      return GUI_NUMBER_GROUPS;
  }
  if (strspn (out->str, DIGITS ".") != out->len)
    return GUI_NUMBER_GROUPS;
  if (g_str_equal (out->str, "."))
    return GUI_NUMBER_BAD;
  *plain = g_strdup (out->str);
  return GUI_NUMBER_OK;
}
