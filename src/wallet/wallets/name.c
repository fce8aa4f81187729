/* Names of new wallets. */
#include "common/text.h"
#include "dbus/errors.h"
#include "wallet/wallets/manager_private.h"

gboolean
wallet_name_check (const char *name, GError **error)
{
  gboolean good = g_utf8_validate (name, -1, NULL) && common_text_is_visible (name);

  if (*name == '\0')
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_INVALID_NAME, "Wallet name cannot be empty");
  else if (!good)
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_INVALID_NAME, "Wallet name cannot have invisible characters");
  return good && *name != '\0';
}
