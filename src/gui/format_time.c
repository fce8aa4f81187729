/* Dates and times, in the order of the person's locale and with the clock of the desktop. */
#include "gui/desktop_settings.h"
#include "gui/format.h"

#include <glib/gi18n.h>
#include <langinfo.h>
#include <locale.h>
#include <string.h>

#define MINUTE 60
#define HOUR 3600
#define DAY 86400

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

GuiDateOrder
gui_date_order_of (const char *format)
{
  const char *day, *month, *year;

  g_return_val_if_fail (format != NULL, GUI_DATE_DMY);

  if (strstr (format, "%D") != NULL)
    return GUI_DATE_MDY;
  if (strstr (format, "%F") != NULL)
    return GUI_DATE_YMD;
  day = strpbrk (format, "de");
  month = strpbrk (format, "mbB");
  year = strpbrk (format, "yY");
  if (year != NULL && month != NULL && year < month)
    return GUI_DATE_YMD;
  return day != NULL && month != NULL && month < day ? GUI_DATE_MDY : GUI_DATE_DMY;
}

static GuiDateOrder
locale_date_order (void)
{
  const char *locale = setlocale (LC_TIME, NULL);

  /* The order of the untranslated texts. */
  if (locale == NULL || g_str_has_prefix (locale, "C.") || g_str_equal (locale, "C") || g_str_equal (locale, "POSIX"))
    return GUI_DATE_DMY;
  return gui_date_order_of (nl_langinfo (D_FMT));
}

/* As chosen by the person, or else as usual in the locale. */
static gboolean
clock_has_12_hours (void)
{
  GSettings *settings = gui_desktop_settings_get ();
  g_autoptr (GVariant) chosen = settings != NULL ? g_settings_get_user_value (settings, "clock-format") : NULL;
  const char *format = nl_langinfo (T_FMT);

  if (*nl_langinfo (AM_STR) == '\0')
    return FALSE;
  if (chosen != NULL)
    return g_str_equal (g_variant_get_string (chosen, NULL), "12h");
  return strstr (format, "%r") != NULL || strstr (format, "%I") != NULL || strstr (format, "%l") != NULL;
}

static char *
format_clock (GDateTime *time)
{
  return g_date_time_format (time, clock_has_12_hours () ? "%-I:%M\u00a0%p" : "%H:%M");
}

static char *
format_day_and_month (GDateTime *time)
{
  /* Translators: formats of a day and a month, see g_date_time_format(), with the day first and with the month first. */
  return g_date_time_format (time, locale_date_order () == GUI_DATE_DMY ? _ ("%-d %B") : _ ("%B %-d"));
}

static char *
format_date (GDateTime *time)
{
  switch (locale_date_order ()) {
  case GUI_DATE_DMY:
    /* Translators: the format of a date, see g_date_time_format(), with the day first. */
    return g_date_time_format (time, _ ("%-d %B %Y"));
  case GUI_DATE_MDY:
    /* Translators: the same with the month first. */
    return g_date_time_format (time, _ ("%B %-d, %Y"));
  case GUI_DATE_YMD:
    /* Translators: the same with the year first. */
    return g_date_time_format (time, _ ("%Y %B %-d"));
  }
  return NULL;
}

char *
gui_format_time_of_day (gint64 seconds)
{
  g_autoptr (GDateTime) time = local_time (seconds);
  gint64 age = g_get_real_time () / G_USEC_PER_SEC - within_calendar (seconds);

  if (age >= 0 && age < MINUTE)
    return g_strdup (_ ("Just now"));
  if (age >= MINUTE && age < HOUR)
    return g_strdup_printf (g_dngettext (NULL, "%d minute ago", "%d minutes ago", age / MINUTE), (int) (age / MINUTE));
  return format_clock (time);
}

char *
gui_format_time (gint64 seconds)
{
  g_autoptr (GDateTime) time = local_time (seconds);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  gint64 age = now - within_calendar (seconds);

  if (gui_same_day (seconds, now) || (age >= 0 && age < HOUR))
    return gui_format_time_of_day (seconds);
  if (gui_same_day (seconds, now - DAY))
    return g_strdup (_ ("Yesterday"));
  return age < 300 * (gint64) DAY ? format_day_and_month (time) : format_date (time);
}

char *
gui_format_day (gint64 seconds)
{
  g_autoptr (GDateTime) time = local_time (seconds);
  g_autofree char *weekday = NULL, *date = NULL;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  if (gui_same_day (seconds, now))
    return g_strdup (_ ("Today"));
  if (gui_same_day (seconds, now - DAY))
    return g_strdup (_ ("Yesterday"));
  weekday = g_date_time_format (time, "%A");
  date = format_date (time);
  /* Translators: a day of the week and a date. */
  return g_strdup_printf (_ ("%s, %s"), weekday, date);
}

char *
gui_format_date (gint64 seconds)
{
  g_autoptr (GDateTime) time = local_time (seconds);

  return format_date (time);
}

char *
gui_format_date_time (gint64 seconds)
{
  g_autoptr (GDateTime) time = local_time (seconds);
  g_autofree char *date = format_date (time), *clock = format_clock (time);

  /* Translators: a date and a time of day. */
  return g_strdup_printf (C_ ("date and time", "%s, %s"), date, clock);
}

static char *
dup_duration (guint64 seconds)
{
  if (seconds < 45)
    return g_strdup (_ ("less than a minute"));
  if (seconds < HOUR)
    return g_strdup_printf (_ ("about %u min"), (guint) ((seconds + 30) / MINUTE));
  if (seconds < 2 * DAY)
    return g_strdup_printf (_ ("about %u h"), (guint) ((seconds + 1800) / HOUR));
  return g_strdup_printf (_ ("about %u days"), (guint) ((seconds + 43200) / DAY));
}

char *
gui_format_left (guint64 seconds)
{
  g_autofree char *duration = dup_duration (seconds);

  return seconds > 0 ? g_strdup_printf (_ ("%s left"), duration) : NULL;
}
