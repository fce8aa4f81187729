/* Pairing codes: any text is either refused, or is a code that stays the same when it is written and read again. */
#include <stdlib.h>
#include <string.h>

#include "dbus/pair_code.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize len);

static void
fuzz_text (const char *text, gsize len)
{
  g_autoptr (BusPairCode) code = bus_pair_code_parse (text, len, NULL), again = NULL;
  g_autoptr (CommonSecret) written = NULL;

  if (code == NULL)
    return;
  written = bus_pair_code_to_text (code);
  again = bus_pair_code_parse ((const char *) written->data, written->len, NULL);
  if (written->len != BUS_PAIR_CODE_LEN || again == NULL || memcmp (code, again, sizeof *code) != 0)
    abort ();
}

/* Hardly any input has a right checksum: the second time it is the content of a code. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  g_autoptr (BusPairCode) code = NULL;
  g_autoptr (CommonSecret) text = NULL;
  guint8 fingerprint32[BUS_FINGERPRINT_LEN] = { 0 };

  fuzz_text ((const char *) data, len);
  memcpy (fingerprint32, data, MIN (len, sizeof fingerprint32));
  code = bus_pair_code_new (fingerprint32);
  text = bus_pair_code_to_text (code);
  for (gsize i = sizeof fingerprint32; i + 1 < len; i += 2)
    text->data[data[i] % text->len] = data[i + 1];
  fuzz_text ((const char *) text->data, text->len);
  return 0;
}
