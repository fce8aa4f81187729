#include "gui/format.h"

#include "bitcoin/primitives/amount.h"

#include <glib/gi18n.h>
#include <string.h>

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
    g_string_append_printf (out, ".%.3s" GUI_GROUP_SPACE "%.3s" GUI_GROUP_SPACE "%.2s", digits, digits + 3, digits + 6);
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
gui_format_address (const char *address, guint groups)
{
  GString *out = g_string_new (NULL);

  for (gsize i = 0; address[i] != '\0'; i++) {
    if (i > 0 && i % 4 == 0)
      g_string_append_c (out, groups > 0 && i % (4 * groups) == 0 ? '\n' : ' ');
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
  GString *out = g_string_new (NULL);
  char digits[24];

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
  char decimals[8] = "";

  if (hundredths != 0) {
    g_snprintf (decimals, sizeof decimals, ".%02u", (guint) hundredths);
    if (decimals[2] == '0')
      decimals[2] = '\0';
  }
  return g_strdup_printf ("%" G_GUINT64_FORMAT "%s sat/vB", whole, decimals);
}

static GDateTime *
local_time (gint64 seconds)
{
  GDateTime *time = g_date_time_new_from_unix_local (seconds);

  return time != NULL ? time : g_date_time_new_from_unix_local (0);
}

/* Clamps to the range of GDateTime, so that differences of times do not overflow. */
static gint64
within_calendar (gint64 seconds)
{
  return CLAMP (seconds, 0, G_GINT64_CONSTANT (253402214400));
}

gboolean
gui_same_day (gint64 a_seconds, gint64 b_seconds)
{
  g_autoptr (GDateTime) a = local_time (a_seconds);
  g_autoptr (GDateTime) b = local_time (b_seconds);

  return g_date_time_get_year (a) == g_date_time_get_year (b)
         && g_date_time_get_day_of_year (a) == g_date_time_get_day_of_year (b);
}

char *
gui_format_time (gint64 seconds)
{
  g_autoptr (GDateTime) time = local_time (seconds);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  gint64 age = now - within_calendar (seconds);

  if (age >= 0 && age < 60)
    return g_strdup (_ ("Just now"));
  if (age >= 60 && age < 3600)
    return g_strdup_printf (g_dngettext (NULL, "%d minute ago", "%d minutes ago", age / 60), (int) (age / 60));
  if (gui_same_day (seconds, now))
    return g_date_time_format (time, "%H:%M");
  if (gui_same_day (seconds, now - 86400))
    return g_strdup (_ ("Yesterday"));
  if (age < 300 * (gint64) 86400)
    return g_date_time_format (time, "%-d %B");
  return g_date_time_format (time, "%-d %B %Y");
}

char *
gui_format_day (gint64 seconds)
{
  g_autoptr (GDateTime) time = local_time (seconds);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  if (gui_same_day (seconds, now))
    return g_strdup (_ ("Today"));
  if (gui_same_day (seconds, now - 86400))
    return g_strdup (_ ("Yesterday"));
  return g_date_time_format (time, "%A %-d %B %Y");
}

char *
gui_format_date (gint64 seconds)
{
  g_autoptr (GDateTime) time = local_time (seconds);

  return g_date_time_format (time, "%-d %B %Y");
}

char *
gui_format_date_time (gint64 seconds)
{
  g_autoptr (GDateTime) time = local_time (seconds);

  return g_date_time_format (time, "%-d %B %Y, %H:%M");
}

static char *
dup_duration (guint64 seconds)
{
  if (seconds < 45)
    return g_strdup (_ ("less than a minute"));
  if (seconds < 3600)
    return g_strdup_printf (_ ("about %u min"), (guint) ((seconds + 30) / 60));
  if (seconds < 48 * 3600)
    return g_strdup_printf (_ ("about %u h"), (guint) ((seconds + 1800) / 3600));
  return g_strdup_printf (_ ("about %u days"), (guint) ((seconds + 43200) / 86400));
}

char *
gui_format_left (guint64 seconds)
{
  g_autofree char *duration = dup_duration (seconds);

  return seconds > 0 ? g_strdup_printf (_ ("%s left"), duration) : NULL;
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
