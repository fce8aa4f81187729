#include "gui/address_paste.h"

#include "bitcoin/address/address.h"

#include <glib/gi18n.h>
#include <string.h>

#define SCHEME "bitcoin:"
#define MARKS " \"'`“”„‟‘’‚‛«»‹›<>()[]{}*_|"
#define BEFORE MARKS "-–—•·:=,;"
#define AFTER MARKS ",;:!?="
/* The label at the end of a link may end with a bracket, or with a full stop. */
#define AFTER_LABEL " \"“”«»<>,;"

static gboolean
paste_is_in (const char *set, gunichar c)
{
  return g_utf8_strchr (set, -1, c) != NULL;
}

/* A single full stop; several are the mark of a text that was shortened. */
static gboolean
paste_is_stop (const char *start, const char *at)
{
  return *at == '.' && at > start && at[-1] != '.';
}

static gboolean
paste_has_scheme (const char *text)
{
  return g_ascii_strncasecmp (text, SCHEME, strlen (SCHEME)) == 0;
}

/* After the last one of several schemes, the first character is that of the address. */
static const char *
paste_skip_schemes (const char *text)
{
  while (paste_has_scheme (text)) {
    const char *next = text + strlen (SCHEME);

    next += strspn (next, " /");
    if (!paste_has_scheme (next))
      break;
    text = next;
  }
  return text;
}

char *
gui_address_paste_unwrap (const char *text)
{
  const char *start = text, *end;
  gboolean wrapped, stops;

  g_return_val_if_fail (text != NULL, NULL);

  while (*start != '\0' && paste_is_in (BEFORE, g_utf8_get_char (start)))
    start = g_utf8_next_char (start);
  wrapped = start > text || !paste_has_scheme (start) || strchr (start, '?') == NULL;
  end = start + strlen (start);
  while (end > start) {
    const char *last = g_utf8_prev_char (end);

    stops = wrapped && paste_is_stop (start, last);
    if (!stops && !paste_is_in (wrapped ? AFTER : AFTER_LABEL, g_utf8_get_char (last)))
      break;
    end = last;
  }
  if (end == start)
    return g_strdup ("");
  start = paste_skip_schemes (start);
  return g_strndup (start, (gsize) (end - start));
}

static gboolean
paste_is_address (const char *word, BtcNetwork network)
{
  g_autoptr (GBytes) script = btc_address_decode (word, network, NULL);

  return script != NULL;
}

static guint
paste_count_addresses (const char *text, BtcNetwork network)
{
  guint n = 0;

  while (*text != '\0') {
    const char *end = text;
    g_autofree char *word = NULL;

    while (g_ascii_isalnum (*end))
      end++;
    word = g_strndup (text, (gsize) (end - text));
    n += paste_is_address (word, network);
    text = *end != '\0' ? end + 1 : end;
  }
  return n;
}

/* Two links without anything between them. */
static gboolean
paste_has_two_links (const char *text)
{
  g_autofree char *lower = g_ascii_strdown (text, -1);
  const char *first = strstr (lower, SCHEME);

  return first != NULL && strstr (first + 1, SCHEME) != NULL;
}

const char *
gui_address_paste_sentence (const char *text, BtcNetwork network)
{
  guint n;

  g_return_val_if_fail (text != NULL, NULL);

  if (paste_has_two_links (text))
    return _ ("There is more than one payment link here. Enter one at a time.");
  n = paste_count_addresses (text, network);
  if (n > 1)
    return _ ("There is more than one address here. Enter one at a time.");
  return n == 1 ? _ ("There is other text next to the address. Enter the address alone.") : NULL;
}
