/* The parts of an HTTP request that our code parses: the path and the credentials. */
#include <stdlib.h>
#include <string.h>

#include "rpc/auth.h"
#include "rpc/jsonrpc.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize len);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  static RpcAuth *auth;
  g_autofree char *text = g_strndup ((const char *) data, len), *wallet = NULL;
  g_autoptr (RpcAuth) other = rpc_auth_new ();

  if (auth == NULL) {
    auth = rpc_auth_new ();
    rpc_auth_add_password (auth, "user", "0123456789abcdef0123456789abcdef");
  }
  if (rpc_jsonrpc_parse_path (text, &wallet) && wallet != NULL && !g_utf8_validate (wallet, -1, NULL))
    abort ();
  if (rpc_auth_check (auth, text))
    abort (); /* the password cannot be guessed */
  (void) rpc_auth_add_hashed (other, text);
  return 0;
}
