#include "gui/clients/bounds.h"

#include "bitcoin/primitives/amount.h"

#include <math.h>
#include <string.h>

#define MAX_RATE 1e9
#define MAX_NAME_LEN 1024 /* of a path below the wallets folder */
#define MAX_ADDRESS_LEN 100
#define MAX_TIME G_GINT64_CONSTANT (253402214400) /* the last day of the year 9999 */
#define MAX_ETA (G_GUINT64_CONSTANT (100) * 366 * 86400)

gboolean
gui_bounds_change (gint64 sat)
{
  return sat >= -BTC_MAX_MONEY && sat <= BTC_MAX_MONEY;
}

gboolean
gui_bounds_height (gint64 height)
{
  return height >= 0 && height <= G_MAXINT32;
}

gboolean
gui_bounds_time (gint64 seconds)
{
  return seconds >= 0 && seconds <= MAX_TIME;
}

gboolean
gui_bounds_hash (GVariant *hash)
{
  return g_variant_is_of_type (hash, G_VARIANT_TYPE_BYTESTRING) && g_variant_get_size (hash) == 32;
}

gboolean
gui_bounds_address (const char *text)
{
  gsize len = strlen (text);

  for (gsize i = 0; i < MIN (len, MAX_ADDRESS_LEN); i++)
    if (!g_ascii_isgraph (text[i]))
      return FALSE;
  return len <= MAX_ADDRESS_LEN;
}

gboolean
gui_bounds_name (const char *text)
{
  return strlen (text) <= MAX_NAME_LEN;
}

gboolean
gui_bounds_fraction (double *fraction)
{
  if (!isfinite (*fraction))
    return FALSE;
  *fraction = CLAMP (*fraction, 0.0, 1.0);
  return TRUE;
}

gboolean
gui_bounds_rate (double *rate)
{
  if (!isfinite (*rate))
    return FALSE;
  *rate = CLAMP (*rate, 0.0, MAX_RATE);
  return TRUE;
}

guint64
gui_bounds_eta (guint64 seconds)
{
  return seconds <= MAX_ETA ? seconds : 0;
}

/* Characters that are not visible, and that no script needs: marks of direction, spaces without a width, joiners of words,
 * soft hyphens, annotations and tags. The joiners U+200C and U+200D, which Persian and emoji need, are kept. */
static gboolean
bounds_is_hidden (gunichar c)
{
  return c == 0xad || c == 0x61c || c == 0x180e || c == 0x200b || c == 0x200e || c == 0x200f
         || (c >= 0x2060 && c <= 0x2064) || (c >= 0x206a && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb)
         || (c >= 0xe0000 && c <= 0xe007f);
}

/* Control characters, and those that change the direction of the text after them. */
static gboolean
bounds_is_unsafe (gunichar c)
{
  return g_unichar_iscntrl (c) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x2028
         || c == 0x2029;
}

char *
gui_bounds_dup_line (const char *text, gsize max_chars)
{
  GString *line = g_string_new (NULL);
  const char *end = text + strlen (text);
  gsize n = 0;

  for (const char *at = text; at < end;) {
    gunichar c = g_utf8_get_char_validated (at, end - at);
    gboolean valid = c != (gunichar) -1 && c != (gunichar) -2;

    at = valid ? g_utf8_next_char (at) : at + 1;
    if (valid && bounds_is_hidden (c))
      continue;
    if (n++ == max_chars) {
      g_string_append (line, "…");
      break;
    }
    g_string_append_unichar (line, !valid ? 0xfffd : bounds_is_unsafe (c) ? ' ' : c);
  }
  return g_string_free (line, FALSE);
}
