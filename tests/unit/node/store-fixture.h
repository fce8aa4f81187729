#pragma once

#include <glib.h>
#include <string.h>

#include "bitcoin/primitives/block.h"

/* Shared by the tests of the store: a temporary folder, and blocks that are well-formed but not valid. */

static inline char *
make_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("moneyrocket-store-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

static inline void
remove_folder (const char *folder)
{
  const char *argv[] = { "rm", "-rf", folder, NULL };

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
}

/* A coinbase, and when N_INPUTS > 0 a transaction that spends that many outputs. SALT makes blocks differ; PADDING
 * bytes make them larger. */
static inline BtcBlock *
make_block (guint32 salt, guint32 n_inputs, gsize padding)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  BtcHeader header = { .version = 4, .time = 1000 + salt, .bits = 0x207fffff, .nonce = salt };
  g_autoptr (BtcTxBuilder) coinbase = btc_tx_builder_new (2, 0);
  g_autofree guint8 *script = g_malloc0 (padding + 1);
  g_autoptr (BtcTx) first = NULL;
  g_autoptr (GBytes) all = NULL;
  BtcOutpoint none = { .n = G_MAXUINT32 };
  guint8 header80[BTC_HEADER_SIZE];
  BtcBlock *block;

  btc_tx_builder_add_in (coinbase, &none, BTC_SEQUENCE_FINAL);
  btc_tx_builder_set_script_sig (coinbase, 0, (const guint8 *) &salt, sizeof salt);
  btc_tx_builder_add_out (coinbase, 50, script, padding);
  first = btc_tx_builder_finish (coinbase);
  btc_header_serialize (&header, header80);
  btc_write_data (bytes, header80, sizeof header80);
  btc_write_compact (bytes, n_inputs > 0 ? 2 : 1);
  btc_write_data (bytes, first->bytes.data, first->bytes.len);
  if (n_inputs > 0) {
    g_autoptr (BtcTxBuilder) spend = btc_tx_builder_new (2, 0);
    g_autoptr (BtcTx) second = NULL;
    for (guint32 i = 0; i < n_inputs; i++) {
      BtcOutpoint from = { .txid32 = { 7 }, .n = i };
      btc_tx_builder_add_in (spend, &from, BTC_SEQUENCE_FINAL);
    }
    btc_tx_builder_add_out (spend, 49, (const guint8 *) "\x51", 1);
    second = btc_tx_builder_finish (spend);
    btc_write_data (bytes, second->bytes.data, second->bytes.len);
  }
  all = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  block = btc_block_new (all);
  g_assert_nonnull (block);
  return block;
}
