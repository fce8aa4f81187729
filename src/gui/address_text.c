#include "gui/address_text.h"

#include "bitcoin/address/address.h"
#include "bitcoin/address/uri.h"
#include "gui/address_kinds.h"
#include "gui/address_mistakes.h"
#include "gui/address_paste.h"
#include "gui/clients/bounds.h"

#include <glib/gi18n.h>
#include <string.h>

/* TEXT without invisible marks, with each space, line break and control character as ' ', and none of them around it.
 * NULL if it is not UTF-8. */
static char *
text_without_marks (const char *text)
{
  GString *out;

  if (!g_utf8_validate (text, -1, NULL))
    return NULL;
  out = g_string_new (NULL);
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);

    if (g_unichar_type (c) != G_UNICODE_FORMAT)
      g_string_append_unichar (out, g_unichar_isspace (c) || g_unichar_iscntrl (c) ? ' ' : c);
  }
  return g_strstrip (g_string_free (out, FALSE));
}

static char *
text_without_spaces (const char *text)
{
  GString *out = g_string_new (text);

  g_string_replace (out, " ", "", 0);
  return g_string_free (out, FALSE);
}

static void
text_set_bad (GuiAddressText *self, GuiAddressState state, char *why)
{
  self->state = state;
  self->why = why;
}

/* CLEAN: without marks. WHOLE: with what it was found in. */
static void
text_read_address (GuiAddressText *self, const char *clean, const char *whole, BtcNetwork network)
{
  g_autofree char *compact = text_without_spaces (clean);
  g_autoptr (GBytes) script = btc_address_decode (compact, network, NULL);
  GuiAddressState state = GUI_ADDRESS_BAD;
  const char *kind, *paste;

  if (script != NULL) {
    BtcSpan span;

    span.data = g_bytes_get_data (script, &span.len);
    self->state = GUI_ADDRESS_GOOD;
    self->address = btc_address_encode (span, network);
    return;
  }
  paste = gui_address_paste_sentence (whole, network);
  kind = paste != NULL ? paste : gui_address_kind_sentence (clean, compact);
  self->why = kind != NULL ? g_strdup (kind) : gui_address_mistake (compact, network, &state);
  self->state = state;
}

static const char *
link_sentence (BtcUriFault fault)
{
  switch (fault) {
  case BTC_URI_NO_ADDRESS:
    return _ ("This payment link has no Bitcoin address, perhaps only a Lightning invoice. Ask the recipient for an "
              "address.");
  case BTC_URI_BAD_AMOUNT:
    return _ (
        "The amount in this payment link is not a plain number of bitcoins such as 0.5. Ask the recipient for a new "
        "link.");
  case BTC_URI_NEGATIVE_AMOUNT:
    return _ ("The amount in this payment link is negative. Ask the recipient for a new link.");
  case BTC_URI_LARGE_AMOUNT:
    return _ ("The amount in this payment link is more than all bitcoins that will ever exist. Ask the recipient for a "
              "new link.");
  case BTC_URI_FINE_AMOUNT:
    return _ ("The amount in this payment link has more than eight decimals, which is less than a satoshi. Ask the "
              "recipient for a new link.");
  case BTC_URI_TWO_AMOUNTS:
    return _ ("This payment link has two different amounts. Ask the recipient for a new link.");
  case BTC_URI_UNKNOWN_REQUIREMENT:
    return _ ("This payment link requires something that Moneyrocket does not know. Update Moneyrocket, or ask the "
              "recipient for an address.");
  case BTC_URI_OK:
  case BTC_URI_NONE:
    break;
  }
  g_return_val_if_reached ("");
}

static void
text_read_link (GuiAddressText *self, const BtcUri *uri, const char *link, BtcNetwork network)
{
  const char *label = uri->label != NULL ? uri->label : uri->message;
  g_autofree char *clean = text_without_marks (uri->address), *path = g_strndup (link, strcspn (link, "?"));

  text_read_address (self, clean, path, network);
  if (self->state == GUI_ADDRESS_UNFINISHED)
    self->state = GUI_ADDRESS_BAD;
  if (self->state != GUI_ADDRESS_GOOD)
    return;
  self->amount_sat = uri->amount_sat > 0 ? uri->amount_sat : -1;
  self->label = label != NULL ? gui_bounds_dup_line (label, GUI_BOUNDS_MAX_LABEL) : NULL;
}

static void
text_read (GuiAddressText *self, const char *clean, BtcNetwork network)
{
  g_autoptr (BtcUri) uri = NULL;
  g_autofree char *bare = gui_address_paste_unwrap (clean);
  BtcUriFault fault = btc_uri_split (bare, &uri);

  if (fault == BTC_URI_OK)
    text_read_link (self, uri, bare, network);
  else if (fault == BTC_URI_NONE)
    text_read_address (self, bare, bare, network);
  else
    text_set_bad (self, GUI_ADDRESS_BAD, g_strdup (link_sentence (fault)));
}

GuiAddressText *
gui_address_text_parse (const char *text, BtcNetwork network)
{
  g_autofree char *clean = NULL;
  GuiAddressText *self;

  g_return_val_if_fail (text != NULL, NULL);

  clean = text_without_marks (text);
  self = g_new0 (GuiAddressText, 1);
  self->amount_sat = -1;
  if (clean == NULL)
    text_set_bad (self, GUI_ADDRESS_BAD, gui_address_mistake ("", network, &self->state));
  else if (*clean == '\0')
    text_set_bad (self, GUI_ADDRESS_EMPTY, g_strdup (_ ("Enter the address of the recipient.")));
  else
    text_read (self, clean, network);
  return self;
}

void
gui_address_text_free (GuiAddressText *self)
{
  if (self == NULL)
    return;
  g_free (self->address);
  g_free (self->label);
  g_free (self->why);
  g_free (self);
}
