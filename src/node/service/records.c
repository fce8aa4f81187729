#include "node/service/records.h"

#include "dbus/bytes.h"

static void
record_add_block (GVariantDict *dict, const NodeBlock *block)
{
  g_variant_dict_insert (dict, "height", "u", block->height);
  g_variant_dict_insert_value (dict, "hash", bus_bytes_new (block->hash32, 32));
  g_variant_dict_insert (dict, "time", "x", (gint64) block->header.time);
}

static void
record_add_progress (GVariantDict *dict, const NodeProgress *progress)
{
  g_variant_dict_insert (dict, "fraction", "d", progress->fraction);
  if (progress->rate > 0)
    g_variant_dict_insert (dict, "rate", "d", progress->rate);
  if (progress->eta_s > 0)
    g_variant_dict_insert (dict, "eta", "t", progress->eta_s);
}

GVariant *
node_record_tip (const NodeTip *tip)
{
  GVariantDict dict = G_VARIANT_DICT_INIT (NULL);

  if (tip != NULL) {
    g_variant_dict_insert (&dict, "sequence", "t", tip->sequence);
    record_add_block (&dict, tip->block);
  }
  return g_variant_dict_end (&dict);
}

GVariant *
node_record_header_tip (const NodeBlock *best)
{
  GVariantDict dict = G_VARIANT_DICT_INIT (NULL);

  if (best != NULL)
    record_add_block (&dict, best);
  return g_variant_dict_end (&dict);
}

GVariant *
node_record_progress (const NodeProgress *progress)
{
  GVariantDict dict = G_VARIANT_DICT_INIT (NULL);

  if (progress != NULL)
    record_add_progress (&dict, progress);
  return g_variant_dict_end (&dict);
}

GVariant *
node_record_index (const NodeIndexState *state)
{
  GVariantDict dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "name", "s", state->name);
  g_variant_dict_insert (&dict, "synced", "b", state->synced);
  if (state->has_block)
    g_variant_dict_insert (&dict, "height", "u", state->height);
  if (!state->synced)
    record_add_progress (&dict, &(NodeProgress){ state->fraction, state->rate, state->eta_s });
  return g_variant_dict_end (&dict);
}

GVariant *
node_record_block (const NodeBlock *index, const BtcBlock *block)
{
  GVariantDict dict = G_VARIANT_DICT_INIT (NULL);

  record_add_block (&dict, index);
  g_variant_dict_insert (&dict, "transactions", "u", (guint32) block->n_txs);
  g_variant_dict_insert (&dict, "weight", "u", (guint32) btc_block_weight (block));
  return g_variant_dict_end (&dict);
}
