#include "node/chainstate/connector.h"

#include "node/chainstate/connect.h"

#include <string.h>

/* Connects one block to a set of coins. While its scripts are being checked, the next block is begun ("ahead"): it is
 * connected next, or undone. */

struct _NodeConnector {
  NodeConnectTools tools;
  NodeConnect *connects[2]; /* of the block that is being connected, and of the one after it */
  NodeConnect *ahead;       /* one of `connects`: the next block, if it was begun; else NULL */
};

NodeConnector *
node_connector_new (NodeBlockTree *tree,
                    const BtcParams *params,
                    NodeHealth *health,
                    NodeSigcache *sigcache,
                    guint script_threads)
{
  NodeConnector *connector = g_new0 (NodeConnector, 1);

  connector->tools = (NodeConnectTools){
    .tree = tree,
    .params = params,
    .health = health,
    .checks = node_checks_new (script_threads),
    .sigcache = sigcache,
  };
  for (guint i = 0; i < G_N_ELEMENTS (connector->connects); i++)
    connector->connects[i] = node_connect_new (&connector->tools);
  return connector;
}

void
node_connector_free (NodeConnector *connector)
{
  for (guint i = 0; i < G_N_ELEMENTS (connector->connects); i++)
    node_connect_free (connector->connects[i]);
  node_checks_free (connector->tools.checks);
  g_free (connector);
}

/* The block to connect: HINT if it is that one, else from the files. NULL only on an error. */
static BtcBlock *
connector_get_block (NodeChainstate *state, const NodeBlock *index, BtcBlock *hint, BtcVerdict *verdict, GError **error)
{
  btc_verdict_clear (verdict);
  if (hint != NULL && memcmp (hint->hash32, index->hash32, 32) == 0)
    return btc_block_ref (hint);
  if (index->prev == NULL && !(index->status & NODE_BLOCK_HAVE_DATA)) {
    g_autoptr (GBytes) bytes = g_bytes_new (state->params->genesis_bytes, state->params->genesis_len);
    return btc_block_new (bytes);
  }
  return node_read_ahead_take (state->read_ahead, index, verdict, error);
}

/* *VERDICT is that of the rules that need no coins; when it is not OK nothing was begun. */
static gboolean
begin_block (NodeConnect *connect,
             NodeChainstate *state,
             NodeBlock *index,
             BtcBlock *hint,
             BtcVerdict *verdict,
             GError **error)
{
  g_autoptr (BtcBlock) block = connector_get_block (state, index, hint, verdict, error);

  if (block == NULL)
    return FALSE;
  return verdict->verdict != BTC_VERDICT_OK
         || node_connect_begin (connect, state->coins, block, index, NODE_CONNECT_TO_KEEP, error);
}

/* Begins the block after CONNECT towards TARGET, if that saves time. An error that leaves the coins unchanged is
 * ignored here: it will occur again when the block is connected. */
static gboolean
begin_ahead (NodeConnector *connector,
             NodeConnect *connect,
             NodeChainstate *state,
             const NodeBlock *target,
             BtcBlock *hint,
             GError **error)
{
  const NodeBlock *index = node_connect_get_index (connect);
  NodeConnect *other = connector->connects[connect == connector->connects[0] ? 1 : 0];
  g_autoptr (GError) local = NULL;
  BtcVerdict verdict;

  if (index->height >= target->height || !node_connect_is_checking (connect) || node_chainstate_flush_is_due (state))
    return TRUE;
  if (begin_block (other, state, node_block_ancestor (target, index->height + 1), hint, &verdict, &local)) {
    if (verdict.verdict == BTC_VERDICT_OK)
      connector->ahead = other;
    return TRUE;
  }
  if (!node_health_is_broken (connector->tools.health))
    return TRUE;
  node_connect_wait (connect);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean
node_connector_is_ahead (NodeConnector *connector)
{
  return connector->ahead != NULL;
}

gboolean
node_connector_drop_ahead (NodeConnector *connector, GError **error)
{
  NodeConnect *ahead = g_steal_pointer (&connector->ahead);

  return ahead == NULL || node_connect_take_back (ahead, error);
}

/* *CONNECT becomes the NodeConnect of INDEX, which is begun if it was not ahead; if *VERDICT is not OK, it could not be
 * begun. */
static gboolean
begin_next (NodeConnector *connector,
            NodeChainstate *state,
            NodeBlock *index,
            BtcBlock *hint,
            NodeConnect **connect,
            BtcVerdict *verdict,
            GError **error)
{
  btc_verdict_clear (verdict);
  if (connector->ahead != NULL && node_connect_get_index (connector->ahead) != index
      && !node_connector_drop_ahead (connector, error))
    return FALSE;
  *connect = g_steal_pointer (&connector->ahead);
  if (*connect != NULL)
    return TRUE;
  *connect = connector->connects[0];
  return begin_block (*connect, state, index, hint, verdict, error);
}

/* The block of CONNECT is invalid: undoes it, and the block begun after it. If its data is not what was stored, the
 * disk is faulty: an error, not a verdict. */
static gboolean
undo_refused (NodeConnector *connector, NodeConnect *connect, NodeBlock *index, BtcBlock *hint, GError **error)
{
  const BtcBlock *block = node_connect_get_block (connect);

  if (!node_connector_drop_ahead (connector, error) || !node_connect_take_back (connect, error))
    return FALSE;
  if (block == hint || !(index->status & NODE_BLOCK_HAVE_DATA)
      || node_block_is_intact (index, block, connector->tools.params))
    return TRUE;
  return node_block_tree_fail_damaged (connector->tools.tree, index, index->file, error);
}

static gboolean
commit_block (NodeConnector *connector, NodeConnect *connect, NodeChainstate *state, NodeBlock *index, GError **error)
{
  if (!node_connect_write_undo (connect, error)) {
    node_health_break (connector->tools.health);
    return FALSE;
  }
  node_block_tree_raise_validity (connector->tools.tree, index, NODE_BLOCK_VALID_SCRIPTS);
  state->tip = index;
  return TRUE;
}

gboolean
node_connector_step (NodeConnector *connector,
                     NodeChainstate *state,
                     const NodeBlock *target,
                     gboolean go_ahead,
                     BtcBlock *hint,
                     NodeConnected *connected,
                     GError **error)
{
  NodeBlock *index = node_block_ancestor (target, state->tip != NULL ? state->tip->height + 1 : 0);
  BtcVerdict *verdict = &connected->verdict;
  NodeConnect *connect;

  *connected = (NodeConnected){ .index = index };
  node_read_ahead_request (state->read_ahead, target, index->height);
  if (!begin_next (connector, state, index, hint, &connect, verdict, error))
    return FALSE;
  /* The rules that need no coins were checked when the intact data was read. */
  if (verdict->verdict != BTC_VERDICT_OK)
    return TRUE;
  if (go_ahead && !begin_ahead (connector, connect, state, target, hint, error))
    return FALSE;
  *verdict = *node_connect_wait (connect);
  if (verdict->verdict != BTC_VERDICT_OK)
    return undo_refused (connector, connect, index, hint, error);
  connected->block = node_connect_get_block (connect);
  connected->spent = node_connect_get_spent (connect);
  return commit_block (connector, connect, state, index, error);
}

gboolean
node_connector_try (NodeConnector *connector,
                    NodeCoins *coins,
                    BtcBlock *block,
                    NodeBlock *index,
                    gboolean check_scripts,
                    BtcVerdict *verdict,
                    GError **error)
{
  NodeConnect *connect = connector->connects[0];

  g_assert (connector->ahead == NULL);
  if (!node_connect_begin (connect, coins, block, index,
                           check_scripts ? NODE_CONNECT_TO_CHECK_ALL : NODE_CONNECT_TO_CHECK, error))
    return FALSE;
  *verdict = *node_connect_wait (connect);
  return verdict->verdict == BTC_VERDICT_OK || node_connect_take_back (connect, error);
}
