/* Arbitrary scripts: iteration, standard types, text, sigops, and a complete verification: more flags must not make it
 * succeed, and its result must be the same when it is repeated, and with a cache that never hits. */
#include <stdlib.h>
#include <string.h>

#include "bitcoin/script/interpreter.h"
#include "bitcoin/script/script.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize len);

static gboolean
never_cached (gpointer data, const guint8 key32[32])
{
  return FALSE;
}

static void
forget (gpointer data, const guint8 key32[32])
{
}

static void
walk (BtcSpan script)
{
  g_autofree char *text = btc_script_to_asm (script, TRUE);
  gsize pos = 0, before = 0;
  guint8 opcode;
  BtcSpan push, found;

  while (btc_script_next (script, &pos, &opcode, &push)) {
    if (pos <= before || pos > script.len || (push.data != NULL && push.data + push.len != script.data + pos))
      abort ();
    before = pos;
  }
  if (btc_script_count_sigops (script, TRUE) > btc_script_count_sigops (script, FALSE))
    abort ();
  btc_script_classify (script, &found);
}

/* Flags (4 bytes), then the spent script, the scriptSig and the witness, each with its length; the data may end
 * anywhere. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  const BtcSignatureCache cache_without_memory = { .seen = never_cached, .add = forget };
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (2, 500);
  g_autoptr (BtcTx) tx = NULL;
  BtcOutpoint prevout = { { 1 }, 0 };
  BtcSpan items[16];
  BtcSpan script, script_sig;
  BtcSighashCache cache;
  BtcTxOut spent;
  BtcReader reader;
  BtcVerifyFlags flags;
  BtcScriptError error;
  guint32 n = 0;

  btc_reader_init (&reader, data, len);
  flags = btc_reader_u32 (&reader) & BTC_VERIFY_ALL;
  if (flags & BTC_VERIFY_CLEANSTACK)
    flags |= BTC_VERIFY_WITNESS;
  if (flags & BTC_VERIFY_WITNESS)
    flags |= BTC_VERIFY_P2SH;
  script = btc_reader_bytes (&reader);
  script_sig = btc_reader_bytes (&reader);
  while (n < G_N_ELEMENTS (items) && !reader.failed && btc_reader_left (&reader) > 0)
    items[n++] = btc_reader_bytes (&reader);
  walk (script);
  btc_tx_builder_add_in (builder, &prevout, 5);
  btc_tx_builder_set_script_sig (builder, 0, script_sig.data, script_sig.len);
  btc_tx_builder_set_witness (builder, 0, items, n);
  btc_tx_builder_add_out (builder, 1, NULL, 0);
  tx = btc_tx_builder_finish (builder);
  spent = (BtcTxOut){ 1, script };
  btc_sighash_cache_init (&cache, tx, &spent, FALSE);
  error = btc_script_verify (&cache, 0, script, 1, flags, NULL);
  if (error != btc_script_verify (&cache, 0, script, 1, flags, &cache_without_memory))
    abort ();
  if (error != BTC_SCRIPT_ERR_OK && btc_script_verify (&cache, 0, script, 1, BTC_VERIFY_ALL, NULL) == 0)
    abort ();
  btc_script_input_sigop_cost (&tx->in[0], script, flags);
  return 0;
}
