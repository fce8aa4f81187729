#include "gui/format.h"

#include "bitcoin/primitives/amount.h"

#include <locale.h>
#include <string.h>

/* The comma in locales that have one; a point everywhere else. */
static char
decimal_point (void)
{
  return g_str_equal (localeconv ()->decimal_point, ",") ? ',' : '.';
}

/* Appends DIGITS in groups of three, counted from the right. */
static void
append_grouped (GString *out, const char *digits, const char *separator)
{
  gsize len = strlen (digits);

  for (gsize i = 0; i < len; i++) {
    if (i > 0 && (len - i) % 3 == 0)
      g_string_append (out, separator);
    g_string_append_c (out, digits[i]);
  }
}

const char *
gui_unit_name (GuiUnit unit)
{
  return unit == GUI_UNIT_SAT ? "sat" : "BTC";
}

char *
gui_format_amount_bare (gint64 sat, GuiUnit unit, gboolean with_sign)
{
  GString *out = g_string_new (NULL);
  guint64 absolute = sat < 0 ? -(guint64) sat : (guint64) sat;
  char digits[24];

  if (sat < 0)
    g_string_append (out, GUI_MINUS);
  else if (with_sign && sat > 0)
    g_string_append_c (out, '+');

  g_snprintf (digits, sizeof digits, "%" G_GUINT64_FORMAT, unit == GUI_UNIT_SAT ? absolute : absolute / BTC_COIN);
  append_grouped (out, digits, GUI_GROUP_SPACE);
  if (unit == GUI_UNIT_BTC) {
    g_snprintf (digits, sizeof digits, "%08" G_GUINT64_FORMAT, absolute % BTC_COIN);
    g_string_append_printf (out, "%c%.3s" GUI_GROUP_SPACE "%.3s" GUI_GROUP_SPACE "%.2s", decimal_point (), digits,
                            digits + 3, digits + 6);
  }
  return g_string_free (out, FALSE);
}

char *
gui_format_amount (gint64 sat, GuiUnit unit, gboolean with_sign)
{
  g_autofree char *bare = gui_format_amount_bare (sat, unit, with_sign);

  return g_strdup_printf ("%s\u00a0%s", bare, gui_unit_name (unit));
}

char *
gui_format_address (const char *address)
{
  GString *out = g_string_new (NULL);

  for (gsize i = 0; address[i] != '\0'; i++) {
    if (i > 0 && i % 4 == 0)
      g_string_append_c (out, ' ');
    g_string_append_c (out, address[i]);
  }
  return g_string_free (out, FALSE);
}

char *
gui_format_address_short (const char *address)
{
  gsize len = strlen (address);

  if (len <= 16)
    return g_strdup (address);
  return g_strdup_printf ("%.4s %.4s … %.4s %s", address, address + 4, address + len - 8, address + len - 4);
}

char *
gui_format_count (guint64 n)
{
  const char *locale = setlocale (LC_NUMERIC, NULL);
  GString *out;
  char digits[24];

  if (locale != NULL && !g_str_has_prefix (locale, "C.") && !g_str_equal (locale, "C")
      && !g_str_equal (locale, "POSIX"))
    return g_strdup_printf ("%'" G_GUINT64_FORMAT, n);
  /* The separator of the untranslated texts. */
  out = g_string_new (NULL);
  g_snprintf (digits, sizeof digits, "%" G_GUINT64_FORMAT, n);
  append_grouped (out, digits, ",");
  return g_string_free (out, FALSE);
}

char *
gui_format_fee_rate (guint64 sat_per_kvb)
{
  /* Three significant digits: two decimals below 10, one below 100, none above. */
  guint64 step = sat_per_kvb < 9995 ? 10 : sat_per_kvb < 99950 ? 100 : 1000;
  guint64 rounded = (sat_per_kvb + step / 2) / step * step;
  guint64 whole = rounded / 1000, hundredths = rounded % 1000 / 10;
  GString *out = g_string_new (NULL);
  char decimals[8] = "", digits[24];

  if (hundredths != 0) {
    g_snprintf (decimals, sizeof decimals, "%c%02u", decimal_point (), (guint) hundredths);
    if (decimals[2] == '0')
      decimals[2] = '\0';
  }
  g_snprintf (digits, sizeof digits, "%" G_GUINT64_FORMAT, whole);
  append_grouped (out, digits, GUI_GROUP_SPACE);
  g_string_append_printf (out, "%s sat/vB", decimals);
  return g_string_free (out, FALSE);
}

char *
gui_format_percent (guint64 hundredths)
{
  g_autofree char *whole = gui_format_count (hundredths / 100);

  return g_strdup_printf ("%s%c%02u\u202f%%", whole, decimal_point (), (guint) (hundredths % 100));
}

char *
gui_format_hash (GVariant *value)
{
  gsize len;
  const guint8 *bytes = g_variant_get_fixed_array (value, &len, 1);
  char *hex;

  if (len != 32)
    return NULL;
  hex = g_malloc (65);
  for (gsize i = 0; i < 32; i++)
    g_snprintf (hex + 2 * i, 3, "%02x", bytes[31 - i]);
  return hex;
}
