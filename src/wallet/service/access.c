#include "wallet/service/access.h"

#include <string.h>

#include "common/log.h"
#include "rpc/auth.h"
#include "rpc/cookie.h"
#include "wallet/wallets/manager.h"

struct _WalletAccess {
  gboolean clients; /* the node has some */
  gboolean window;
  char *cookie_file; /* NULL: none */
  RpcAuth *auth;     /* of -rpcauth, -rpcuser and -rpcpassword */
};

WalletAccess *
wallet_access_new (const CommonProgram *program, gboolean alone)
{
  WalletAccess *self = g_new0 (WalletAccess, 1);
  const char *password = common_options_get (program->options, "rpcpassword", "");
  g_autofree const char **auth = common_options_dup_list (program->options, "rpcauth");

  self->clients = alone || common_options_get_bool (program->options, WALLET_OPTION_CLIENTS, FALSE);
  self->window = !self->clients || common_options_get_bool (program->options, WALLET_OPTION_WINDOW, FALSE);
  self->cookie_file = common_program_dup_path (program, "rpccookiefile", ".cookie");
  self->auth = rpc_auth_new ();
  for (guint i = 0; auth[i] != NULL; i++)
    if (!rpc_auth_add_hashed (self->auth, auth[i]))
      common_warn ("An -rpcauth argument is malformed.");
  if (self->clients && *password != '\0')
    rpc_auth_add_password (self->auth, common_options_get (program->options, "rpcuser", ""), password);
  return self;
}

void
wallet_access_free (WalletAccess *self)
{
  if (self == NULL)
    return;
  rpc_auth_free (self->auth);
  g_free (self->cookie_file);
  g_free (self);
}

gboolean
wallet_access_has_window (const WalletAccess *self)
{
  return self->window;
}

/* The cookie is different after each start of the node. */
static gboolean
access_check_cookie (const WalletAccess *self, const char *authorization)
{
  g_autofree char *cookie = self->cookie_file != NULL ? rpc_cookie_read (self->cookie_file, NULL) : NULL;
  g_autoptr (RpcAuth) auth = rpc_auth_new ();
  char *colon = cookie != NULL ? strchr (cookie, ':') : NULL;

  if (colon == NULL)
    return FALSE;
  *colon = '\0';
  rpc_auth_add_password (auth, cookie, colon + 1);
  return rpc_auth_check (auth, authorization);
}

gboolean
wallet_access_check (gpointer data, const char *method, const char *authorization, GError **error)
{
  const WalletAccess *self = data;

  if (wallet_access_is_open (method))
    return TRUE;
  if (!self->clients) {
    common_warn ("The node called %.64s, which only the application may call.", method);
    g_set_error (error, RPC_ERROR, RPC_WALLET_ERROR, "The node may not call this method of the application's wallet.");
    return FALSE;
  }
  if (authorization != NULL
      && (rpc_auth_check (self->auth, authorization) || access_check_cookie (self, authorization)))
    return TRUE;
  common_warn ("The node called %.64s without the credentials of a client.", method);
  g_set_error (error, RPC_ERROR, RPC_WALLET_ERROR,
               "This method needs the credentials of a client of the JSON-RPC server.");
  return FALSE;
}
