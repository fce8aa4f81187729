/* Names of new wallets. */
#include "dbus/errors.h"
#include "wallet/wallets/manager_private.h"

#define ZERO_WIDTH_NON_JOINER 0x200c /* these two are used within words and emoji */
#define ZERO_WIDTH_JOINER 0x200d

/* Invisible characters, such as those for the text direction: with them a name can be displayed in another order, or
 * look like the name of another wallet. Right-to-left letters are allowed. */
static gboolean
is_invisible (gunichar c)
{
  switch (g_unichar_type (c)) {
  case G_UNICODE_CONTROL:
  case G_UNICODE_LINE_SEPARATOR:
  case G_UNICODE_PARAGRAPH_SEPARATOR:
    return TRUE;
  case G_UNICODE_FORMAT:
    return c != ZERO_WIDTH_NON_JOINER && c != ZERO_WIDTH_JOINER;
  default:
    return FALSE;
  }
}

gboolean
wallet_name_check (const char *name, GError **error)
{
  gboolean good = g_utf8_validate (name, -1, NULL);

  for (const char *c = name; good && *c != '\0'; c = g_utf8_next_char (c))
    good = !is_invisible (g_utf8_get_char (c));
  if (*name == '\0')
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_INVALID_NAME, "Wallet name cannot be empty");
  else if (!good)
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_INVALID_NAME, "Wallet name cannot have invisible characters");
  return good && *name != '\0';
}
