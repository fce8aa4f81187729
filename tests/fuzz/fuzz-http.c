/* An HTTP request: how it is divided into a head and a body, its path, and the credentials. */
#include <stdlib.h>
#include <string.h>

#include "rpc/auth.h"
#include "rpc/http_parser.h"
#include "rpc/jsonrpc.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize len);

/* All of it at once and byte by byte must give the same request. */
static void
read_request (RpcHttpParser *parser, const char *data, gsize len, gsize step)
{
  gsize at = 0;

  rpc_http_parser_init (parser);
  for (gsize end = MIN (step, len); end <= len; end += step) {
    at += rpc_http_parser_feed (parser, data + at, end - at);
    if (parser->state == RPC_HTTP_HEAD_READ) {
      rpc_http_parser_begin_body (parser, RPC_HTTP_MAX_BODY, TRUE);
      at += rpc_http_parser_feed (parser, data + at, end - at);
    }
    if (len == 0)
      break;
  }
}

static void
compare_readers (const char *data, gsize len)
{
  RpcHttpParser whole, pieces;

  read_request (&whole, data, len, MAX (len, 1));
  read_request (&pieces, data, len, 1);
  if (whole.state != pieces.state || whole.failure != pieces.failure || (whole.body != NULL) != (pieces.body != NULL)
      || (whole.body != NULL
          && (whole.body->len != pieces.body->len
              || memcmp (whole.body->data, pieces.body->data, whole.body->len) != 0)))
    abort ();
  rpc_http_parser_clear (&whole);
  rpc_http_parser_clear (&pieces);
}

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
  compare_readers ((const char *) data, len);
  if (rpc_jsonrpc_parse_path (text, &wallet) && wallet != NULL && !g_utf8_validate (wallet, -1, NULL))
    abort ();
  if (rpc_auth_check (auth, text))
    abort (); /* the password cannot be guessed */
  (void) rpc_auth_add_hashed (other, text);
  return 0;
}
