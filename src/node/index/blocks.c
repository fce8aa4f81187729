#include <string.h>

#include "node/index/private.h"

/* Reads blocks and the coins that they spent from the files, for the index's own thread and for look-ups. A block is
 * used only if all of it is what was stored: a txid commits neither to a witness nor to the block that a transaction is
 * in. */

typedef struct {
  const NodeBlock *last;
  guint n;
  NodeIndexPlace *places;
} PlacesQuery;

/* Fields of a block that only the chain thread may read. */
void
node_index_copy_place (const NodeBlock *block, NodeIndexPlace *place)
{
  *place = (NodeIndexPlace){ block, block->file, block->data_pos, block->undo_pos, block->status, block->chain_tx };
}

static void
copy_places (NodeChain *chain, gpointer data)
{
  PlacesQuery *query = data;
  const NodeBlock *block = query->last;

  for (guint i = query->n; i-- > 0; block = block->prev)
    node_index_copy_place (block, &query->places[i]);
}

gboolean
node_index_get_places (NodeIndex *index, const NodeBlock *last, guint n, NodeIndexPlace *places, GError **error)
{
  PlacesQuery query = { last, n, places };

  return node_chain_run (index->chain, NODE_JOB_QUERIES, copy_places, &query, NULL, error);
}

static gboolean
fail_place (NodeIndex *index, const NodeIndexPlace *place, gboolean undo, gboolean stored, GError **error)
{
  g_autofree char *path = node_block_files_dup_path (node_chain_files (index->chain), place->file, undo);

  if (stored)
    g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
                 "%s is damaged: block %u is not there as it was stored. " NODE_BLOCKS_ADVICE, path,
                 place->block->height);
  else
    g_set_error (
        error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
        "Block %u is not stored any more, but %s needs it. Restart with -reindex, and all blocks come from the "
        "network again, or without this index.",
        place->block->height, index->class->name);
  return FALSE;
}

BtcBlock *
node_index_parse_block (NodeIndex *index, const NodeIndexPlace *place, GBytes *bytes, GError **error)
{
  g_autoptr (BtcBlock) block = btc_block_new_prefix (bytes);

  if (block != NULL && node_block_is_intact (place->block, block, node_chain_params (index->chain)))
    return g_steal_pointer (&block);
  fail_place (index, place, FALSE, TRUE, error);
  return NULL;
}

/* The genesis block is known without the files, and a reindex may not have found it yet. */
static BtcBlock *
index_read_block (NodeIndex *index, const NodeIndexPlace *place, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  if (place->block->height == 0) {
    const BtcParams *params = node_chain_params (index->chain);
    bytes = g_bytes_new (params->genesis_bytes, params->genesis_len);
  } else if ((place->status & NODE_BLOCK_HAVE_DATA) != 0) {
    bytes = node_block_files_read_block (node_chain_files (index->chain), place->file, place->data_pos, error);
    if (bytes == NULL)
      return NULL;
  }
  if (bytes != NULL)
    return node_index_parse_block (index, place, bytes, error);
  fail_place (index, place, FALSE, FALSE, error);
  return NULL;
}

typedef struct {
  gint32 file;
  guint32 pos;
  guint8 hash32[32]; /* of what was found there */
  NodeIndexPlace *place;
} AtQuery;

static void
look_up_at (NodeChain *chain, gpointer data)
{
  AtQuery *query = data;
  const NodeBlock *block = node_chain_find (chain, query->hash32);

  /* A damaged header belongs to no block, or to another one. */
  if (block == NULL || (block->status & NODE_BLOCK_HAVE_DATA) == 0 || block->file != query->file
      || block->data_pos != query->pos)
    block = node_chain_find_stored (chain, query->file, query->pos);
  if (block != NULL)
    node_index_copy_place (block, query->place);
}

gboolean
node_index_read_at (NodeIndex *index,
                    guint64 file,
                    guint64 pos,
                    NodeIndexPlace *place,
                    BtcBlock **block,
                    GError **error)
{
  AtQuery query = { .file = (gint32) file, .pos = (guint32) pos, .place = place };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) local = NULL;

  *block = NULL;
  memset (place, 0, sizeof *place);
  if (file > G_MAXINT32 || pos > G_MAXUINT32)
    return node_index_fail_corrupt (index, "the place of a transaction cannot be read", error);
  bytes = node_block_files_read_block (node_chain_files (index->chain), query.file, query.pos, &local);
  if (bytes != NULL && g_bytes_get_size (bytes) >= BTC_HEADER_SIZE) {
    BtcHeader header;

    btc_header_parse (&header, g_bytes_get_data (bytes, NULL));
    btc_header_hash (&header, query.hash32);
  }
  if (!node_chain_run (index->chain, NODE_JOB_QUERIES, look_up_at, &query, NULL, error))
    return FALSE;
  if (place->block == NULL)
    return TRUE;
  if (bytes != NULL)
    *block = node_index_parse_block (index, place, bytes, error);
  else
    g_propagate_error (error, g_steal_pointer (&local));
  return *block != NULL;
}

static gboolean
read_spent (NodeIndex *index, const NodeIndexPlace *place, NodeIndexData *data, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  data->spent = g_array_new (FALSE, TRUE, sizeof (BtcCoin));
  data->scripts = g_byte_array_new ();
  if (place->block->height == 0)
    return TRUE;
  if ((place->status & NODE_BLOCK_HAVE_UNDO) != 0) {
    bytes = node_block_files_read_undo (node_chain_files (index->chain), place->file, place->undo_pos,
                                        place->block->prev->hash32, error);
    if (bytes == NULL)
      return FALSE;
    g_array_set_size (data->spent, data->block->n_inputs - data->block->txs[0].n_in);
    if (node_undo_parse (data->block, bytes, (BtcCoin *) (gpointer) data->spent->data, data->scripts))
      return TRUE;
  }
  return fail_place (index, place, TRUE, bytes != NULL, error);
}

gboolean
node_index_read (NodeIndex *index,
                 const NodeIndexPlace *place,
                 gboolean want_block,
                 gboolean want_spent,
                 NodeIndexData *data,
                 GError **error)
{
  memset (data, 0, sizeof *data);
  data->info = (NodeIndexBlock){ .index = place->block, .file = place->file, .data_pos = place->data_pos };
  if (want_block || want_spent) {
    data->block = index_read_block (index, place, error);
    if (data->block == NULL)
      return FALSE;
    data->info.block = data->block;
  }
  if (want_spent) {
    if (!read_spent (index, place, data, error))
      return FALSE;
    data->info.spent = (const BtcCoin *) (gpointer) data->spent->data;
    data->info.n_spent = data->spent->len;
  }
  return TRUE;
}

void
node_index_data_clear (NodeIndexData *data)
{
  g_clear_pointer (&data->block, btc_block_unref);
  g_clear_pointer (&data->spent, g_array_unref);
  g_clear_pointer (&data->scripts, g_byte_array_unref);
}
