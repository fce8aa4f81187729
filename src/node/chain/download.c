#include "node/chain/download.h"

#include "common/clock.h"
#include "common/log.h"
#include "node/chain/busy.h"
#include "node/chain/parts.h"

#define DAY_S (24 * 60 * 60)

struct _NodeDownload {
  gboolean is_initial;
};

NodeDownload *
node_download_new (void)
{
  NodeDownload *download = g_new (NodeDownload, 1);

  download->is_initial = TRUE;
  return download;
}

void
node_download_free (NodeDownload *download)
{
  g_free (download);
}

gboolean
node_chain_is_initial_download (NodeChain *chain)
{
  return chain->download->is_initial;
}

/* Once the tip has been recent, the initial download is over, however long the next block takes. */
gboolean
node_download_update (NodeChain *chain)
{
  const NodeBlock *tip = node_chain_tip (chain);
  gint64 max_age = chain->options.max_tip_age_s != 0 ? chain->options.max_tip_age_s : DAY_S;

  if (!chain->download->is_initial || tip == NULL || node_busy_is (chain, NODE_BUSY_IMPORTING | NODE_BUSY_REINDEXING))
    return FALSE;
  if (btc_uint256_compare (&tip->chain_work, &chain->params->minimum_chain_work) < 0
      || (gint64) tip->header.time < common_clock_now () - max_age)
    return FALSE;
  chain->download->is_initial = FALSE;
  common_info ("Leaving InitialBlockDownload (latching to false)");
  return TRUE;
}
