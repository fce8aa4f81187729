#include "gui/amount_text.h"

#include "bitcoin/primitives/amount.h"
#include "gui/number_text.h"

#include <glib/gi18n.h>
#include <langinfo.h>
#include <string.h>

/* A fee rate of 1 sat/vB is 1,000; as a number with eight decimals it is 10^8. */
#define RATE_STEP (BTC_COIN / 1000)
/* The minimum relay fee rate. */
#define LEAST_RATE 100
#define LARGEST_RATE 10000000

/* The unit in a text. */
typedef struct {
  GuiUnit unit;
  gboolean named;
  gboolean symbol;   /* "₿" */
  gboolean conflict; /* two different ones */
} TypedUnit;

/* Before each one those that contain it. */
static const struct {
  const char *name;
  GuiUnit unit;
} units[] = {
  { "btc", GUI_UNIT_BTC },      { "xbt", GUI_UNIT_BTC },     { "bitcoins", GUI_UNIT_BTC }, { "bitcoin", GUI_UNIT_BTC },
  { "satoshis", GUI_UNIT_SAT }, { "satoshi", GUI_UNIT_SAT }, { "sats", GUI_UNIT_SAT },     { "sat", GUI_UNIT_SAT },
};

static const char *const rate_units[] = { "sat/vbyte", "sats/vbyte", "sats/vb", "sat/vb" };

/* Cuts NAME, in any case, off an end of TEXT. */
static gboolean
amount_cut (char *text, const char *name)
{
  gsize len = strlen (text), name_len = strlen (name);
  gboolean cut = TRUE;

  if (len < name_len)
    return FALSE;
  if (g_ascii_strcasecmp (text + len - name_len, name) == 0)
    text[len - name_len] = '\0';
  else if (g_ascii_strncasecmp (text, name, name_len) == 0)
    memmove (text, text + name_len, len - name_len + 1);
  else
    cut = FALSE;
  g_strstrip (text);
  return cut;
}

static void
amount_cut_unit (char *text, TypedUnit *typed)
{
  for (gsize i = 0; i < G_N_ELEMENTS (units); i++)
    while (amount_cut (text, units[i].name)) {
      typed->conflict |= typed->named && typed->unit != units[i].unit;
      typed->unit = units[i].unit;
      typed->named = TRUE;
    }
  while (amount_cut (text, "₿"))
    typed->symbol = TRUE;
}

/* Cuts off the end of the sentence from which "0.5 BTC." was copied. */
static void
amount_cut_punctuation (char *text)
{
  gsize len = strlen (text);

  if (len > 1 && strchr (".,;:", text[len - 1]) != NULL && !g_ascii_isdigit (text[len - 2]))
    text[len - 1] = '\0';
}

/* With examples in the form of the locale. */
static const char *
amount_number_sentence (GuiNumberFault fault, gboolean comma, gboolean whole)
{
  switch (fault) {
  case GUI_NUMBER_EMPTY:
    return _ ("Enter an amount.");
  case GUI_NUMBER_SIGN:
    return _ ("Enter an amount above zero, without a sign.");
  case GUI_NUMBER_WORDS:
    return comma ? _ ("Enter a number of BTC or sat, as in 0,5 BTC. Other units and abbreviations are not understood.")
                 : _ ("Enter a number of BTC or sat, as in 0.5 BTC. Other units and abbreviations are not understood.");
  case GUI_NUMBER_CHARACTER:
    return comma ? _ ("Use digits only, as in 0,5.") : _ ("Use digits only, as in 0.5.");
  case GUI_NUMBER_COMMA:
    return _ ("Write decimals with a point, as in 0.5, and no commas.");
  case GUI_NUMBER_AMBIGUOUS:
    return whole ? _ ("A satoshi has no decimals. Write thousands without a separator, as in 1000.")
                 : _ ("Write a zero after decimals, as in 1,2340, or thousands without a separator: it is not clear "
                      "which of the two this is.");
  case GUI_NUMBER_GROUPS:
    return _ ("Separate only groups of three digits, or write the number without separators.");
  case GUI_NUMBER_OK:
  case GUI_NUMBER_BAD:
    break;
  }
  return comma ? _ ("This is not an amount. Enter a number such as 0,5.")
               : _ ("This is not an amount. Enter a number such as 0.5.");
}

/* Why PLAIN is not an amount of the unit; NULL if it is one. */
static const char *
amount_sentence (const char *plain, const TypedUnit *typed, gint64 *sat)
{
  const char *point = strchr (plain, '.');
  guint64 value;

  if (typed->symbol && !typed->named && point == NULL)
    return _ ("Write BTC or sat instead of ₿, which is used for both.");
  if (typed->unit == GUI_UNIT_SAT && point != NULL)
    return _ ("A satoshi has no decimals. Enter a whole number.");
  if (point != NULL && strlen (point + 1) > 8 && strspn (point + 9, "0") != strlen (point + 9))
    return _ ("Use at most eight decimals.");
  if (typed->unit == GUI_UNIT_BTC && btc_amount_parse_loose (plain, sat))
    return NULL;
  if (typed->unit == GUI_UNIT_SAT && g_ascii_string_to_unsigned (plain, 10, 0, BTC_MAX_MONEY, &value, NULL)) {
    *sat = (gint64) value;
    return NULL;
  }
  return _ ("This is more than all bitcoins that will ever exist. Enter less.");
}

gboolean
gui_parse_amount_in (const char *text, GuiUnit unit, gboolean comma, gint64 *sat, const char **why)
{
  g_autofree char *clean = NULL, *plain = NULL;
  TypedUnit typed = { .unit = unit };
  GuiNumberFault fault = GUI_NUMBER_CHARACTER;

  g_return_val_if_fail (text != NULL, FALSE);

  clean = gui_number_clean (text, comma);
  if (clean != NULL) {
    amount_cut_punctuation (clean);
    amount_cut_unit (clean, &typed);
    if (typed.symbol && !typed.named)
      typed.unit = GUI_UNIT_BTC;
    fault = typed.conflict ? GUI_NUMBER_WORDS : gui_number_normalise (clean, comma, typed.unit == GUI_UNIT_SAT, &plain);
  }
  *why = fault != GUI_NUMBER_OK ? amount_number_sentence (fault, comma, typed.unit == GUI_UNIT_SAT)
                                : amount_sentence (plain, &typed, sat);
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

static const char *
rate_sentence (GuiNumberFault fault, gboolean comma)
{
  if (fault == GUI_NUMBER_COMMA || fault == GUI_NUMBER_AMBIGUOUS || fault == GUI_NUMBER_GROUPS)
    return amount_number_sentence (fault, comma, FALSE);
  return comma ? _ ("Enter a fee rate from 0,1 to 10\u00a0000 sat/vB, with at most three decimals.")
               : _ ("Enter a fee rate from 0.1 to 10\u00a0000 sat/vB, with at most three decimals.");
}

gboolean
gui_parse_fee_rate_in (const char *text, gboolean comma, guint64 *rate, const char **why)
{
  g_autofree char *clean = NULL, *plain = NULL;
  GuiNumberFault fault = GUI_NUMBER_CHARACTER;
  gint64 scaled = 0;

  g_return_val_if_fail (text != NULL, FALSE);

  clean = gui_number_clean (text, comma);
  for (gsize i = 0; clean != NULL && i < G_N_ELEMENTS (rate_units); i++)
    amount_cut (clean, rate_units[i]);
  if (clean != NULL)
    fault = gui_number_normalise (clean, comma, FALSE, &plain);
  *why = NULL;
  if (fault != GUI_NUMBER_OK || !btc_amount_parse_loose (plain, &scaled) || scaled % RATE_STEP != 0
      || scaled < LEAST_RATE * RATE_STEP || scaled > LARGEST_RATE * RATE_STEP)
    *why = rate_sentence (fault, comma);
  else
    *rate = (guint64) (scaled / RATE_STEP);
  return *why == NULL;
}

gboolean
gui_parse_fee_rate (const char *text, guint64 *rate, const char **why)
{
  return gui_parse_fee_rate_in (text, gui_locale_has_comma (), rate, why);
}

gboolean
gui_locale_has_comma (void)
{
  return g_str_equal (nl_langinfo (RADIXCHAR), ",");
}
