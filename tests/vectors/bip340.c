/* bip-0340*.csv: index, secret key, public key, aux, message, signature, TRUE or FALSE, comment. The verification that
 * the interpreter relies on; messages of other lengths than 32 as well. */
#include "support.h"

#include <secp256k1.h>
#include <secp256k1_extrakeys.h>
#include <secp256k1_schnorrsig.h>
#include <string.h>

static void
run_line (const char *line)
{
  g_auto (GStrv) field = g_strsplit (line, ",", 8);
  g_autoptr (GByteArray) key = NULL;
  g_autoptr (GByteArray) message = NULL;
  g_autoptr (GByteArray) signature = NULL;
  secp256k1_xonly_pubkey pubkey;
  gboolean good;

  g_assert_cmpuint (g_strv_length (field), >=, 7);
  key = vectors_hex (field[2]);
  message = vectors_hex (field[4]);
  signature = vectors_hex (field[5]);
  g_assert_true (key->len == 32 && signature->len == 64);
  good = secp256k1_xonly_pubkey_parse (secp256k1_context_static, &pubkey, key->data)
         && secp256k1_schnorrsig_verify (secp256k1_context_static, signature->data, message->data, message->len,
                                         &pubkey);
  vectors_check (good == (strcmp (field[6], "TRUE") == 0), "%s", line);
}

int
main (void)
{
  g_autoptr (GPtrArray) paths = vectors_find ("bips", "bip-0340*.csv");

  if (paths->len == 0)
    return vectors_skip ("bips", "bip-0340*.csv");
  for (guint i = 0; i < paths->len; i++) {
    g_autoptr (GByteArray) text = vectors_load (paths->pdata[i]);
    g_auto (GStrv) lines = g_strsplit ((const char *) text->data, "\n", -1);

    for (guint j = 1; lines[j] != NULL; j++)
      if (g_strstrip (lines[j])[0] != '\0')
        run_line (lines[j]);
  }
  return vectors_finish ("bip340");
}
