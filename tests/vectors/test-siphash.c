#include <stdio.h>

#include "bitcoin/crypto/hash.h"
#include "bitcoin/primitives/serialize.h"
#include "support.h"

/* Keys and hashes are numbers, the parts of the input bytes, all as hexadecimal text. */
static guint64
number (const RpcJson *json)
{
  guint64 value;

  g_assert_true (g_ascii_string_to_unsigned (rpc_json_string (json), 16, 0, G_MAXUINT64, &value, NULL));
  return value;
}

int
main (void)
{
  g_autoptr (RpcJson) cases = vectors_open_json ("core", "siphash.json");
  gsize n = rpc_json_len (cases), n_jumbo = 0;

  for (gsize i = 0; i < n; i++) {
    RpcJson *one = rpc_json_at (cases, i);
    RpcJson *key = rpc_json_get (one, "key");
    RpcJson *input = rpc_json_get (one, "input");
    g_autoptr (GByteArray) data = g_byte_array_new ();

    vectors_name_case ("number %" G_GSIZE_FORMAT, i);
    for (gsize part = 0; part < rpc_json_len (input); part++) {
      g_autoptr (GBytes) bytes = vectors_bytes (rpc_json_at (input, part));

      btc_write_data (data, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    }
    g_assert_cmphex (btc_siphash (number (rpc_json_at (key, 0)), number (rpc_json_at (key, 1)), data->data, data->len),
                     ==, number (rpc_json_get (rpc_json_get (one, "expected"), "siphash24")));
    /* The other function is for a single hash. */
    if (rpc_json_len (input) == 1 && data->len == 32) {
      g_assert_cmphex (btc_siphash13_jumbo (number (rpc_json_at (key, 0)), number (rpc_json_at (key, 1)), data->data),
                       ==, number (rpc_json_get (rpc_json_get (one, "expected"), "siphash13uj")));
      n_jumbo++;
    }
  }
  printf ("%" G_GSIZE_FORMAT " cases, %" G_GSIZE_FORMAT " of them in the other form, too\n", n, n_jumbo);
  return n > 0 ? 0 : 1;
}
