#pragma once

#include "bitcoin/consensus/block_check.h"

G_BEGIN_DECLS

/* BIP 9: soft forks that miners signal with bits of the block version, in periods of blocks. Pure; the time is linear
 * in the number of periods since the start time, and results are not cached. Any thread. */

typedef enum {
  BTC_DEPLOYMENT_DEFINED,
  BTC_DEPLOYMENT_STARTED,
  BTC_DEPLOYMENT_LOCKED_IN,
  BTC_DEPLOYMENT_ACTIVE,
  BTC_DEPLOYMENT_FAILED
} BtcDeploymentState;

const char *btc_deployment_state_name (BtcDeploymentState state); /* "locked_in"; static */

/* The state of the block after PREV; NULL: of the genesis block. *SINCE (may be NULL) is set to the height of the first
 * block with this state; 0 for a deployment that is defined, always active or never active. */
BtcDeploymentState
btc_deployment_state_after (const BtcDeployment *deployment, const BtcPrevContext *prev, guint32 *since);

/* The signalling of BLOCK's period, up to BLOCK. */
typedef struct {
  guint32 elapsed; /* blocks, BLOCK included */
  guint32 count;   /* those that signal */
  gboolean possible;
} BtcDeploymentStatistics;

/* SIGNALLING (may be NULL) gets a character for each of these blocks: '#' for one that signals, else '-'. */
void btc_deployment_statistics (const BtcDeployment *deployment,
                                const BtcPrevContext *block,
                                BtcDeploymentStatistics *statistics,
                                GString *signalling);

/* The version of a block after PREV that signals for every deployment in progress. */
gint32 btc_deployment_block_version (const BtcParams *params, const BtcPrevContext *prev);

G_END_DECLS
