#include "bitcoin/address/base58.h"

#include <stdio.h>

#include "support.h"

/* [hex of bytes, text] */
int
main (void)
{
  g_autoptr (RpcJson) cases = vectors_open_json ("core", "base58_encode_decode.json");
  gsize n = rpc_json_len (cases);

  for (gsize i = 0; i < n; i++) {
    g_autoptr (GBytes) bytes = vectors_bytes (rpc_json_at (rpc_json_at (cases, i), 0));
    const char *text = rpc_json_string (rpc_json_at (rpc_json_at (cases, i), 1));
    gsize len;
    const guint8 *data = g_bytes_get_data (bytes, &len);
    g_autofree char *encoded = btc_base58_encode (data, len);
    g_autoptr (GBytes) decoded = btc_base58_decode (text, len);

    vectors_name_case ("%s", text);
    g_assert_cmpstr (encoded, ==, text);
    g_assert_nonnull (decoded);
    g_assert_true (g_bytes_equal (decoded, bytes));
    if (len > 0)
      g_assert_null (btc_base58_decode (text, len - 1));
  }
  printf ("%" G_GSIZE_FORMAT " cases\n", n);
  return n > 0 ? 0 : 1;
}
