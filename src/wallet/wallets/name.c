/* Names of wallets, which are also the names of their folders. */
#include <string.h>

#include "dbus/errors.h"
#include "wallet/wallets/manager_private.h"

#define MAX_NAME 200
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
wallet_name_is_folder (const char *name)
{
  return *name != '\0' && strlen (name) <= MAX_NAME && g_utf8_validate (name, -1, NULL) && strchr (name, '/') == NULL
         && !g_str_equal (name, ".") && !g_str_equal (name, "..");
}

gboolean
wallet_name_check (const char *name, GError **error)
{
  gboolean good = wallet_name_is_folder (name);

  for (const char *c = name; good && *c != '\0'; c = g_utf8_next_char (c))
    good = !is_invisible (g_utf8_get_char (c));
  if (!good)
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_INVALID_NAME, "A wallet cannot have this name.");
  return good;
}

gboolean
wallet_name_check_links (const char *folder, const char *path, GError **error)
{
  const char *link = g_file_test (folder, G_FILE_TEST_IS_SYMLINK) ? folder
                     : g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? path
                                                                  : NULL;

  if (link != NULL)
    g_set_error (error, BUS_ERROR, BUS_ERROR_INVALID_NAME,
                 "\"%s\" is a symbolic link, which could lead to another wallet. Move the target there instead.", link);
  return link == NULL;
}
