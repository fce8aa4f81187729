#pragma once

#include "node/chain/chain.h"
#include "node/index/indexes.h"
#include "node/mempool/mempool.h"

/* For tests: a chain in a folder of its own, and blocks of a regtest chain that are made here. */

typedef struct {
  char *datadir;
  BtcParams *params;
  NodeChain *chain;
  gsize dbcache_bytes;
  gsize batch_bytes; /* the largest batch of a flush; 0: the default */
  guint check_level;
  guint check_blocks;
  gboolean prune;       /* manually, with small files */
  guint64 prune_target; /* automatically, with small files; 0: not */
  gboolean small_files; /* even without pruning */
  gboolean reindex;
  gboolean reindex_chainstate;
  gboolean with_indexes; /* all of them */
  NodeIndexes *indexes;
  /* What the listener was notified of. */
  guint connected, disconnected;
  gint received;         /* atomic */
  GMutex *received_gate; /* locked for each notification of a received block; NULL: none */
  gint fatal;            /* atomic */
  GString *
      stages; /* the stages of the reported progress, in order, each once and followed by a space; NULL: not recorded */
  const char *stage;
  double fraction; /* last reported */
} ChainFixture;

void chain_fixture_init (ChainFixture *fixture, BtcNetwork network);
void chain_fixture_set_datadir (ChainFixture *fixture, const char *datadir); /* instead of a temporary one */
void chain_fixture_clear (ChainFixture *fixture);                            /* closes, and removes the folder */
void chain_fixture_leave (ChainFixture *fixture);                            /* closes, but keeps the folder */
void chain_fixture_open (ChainFixture *fixture);
gboolean chain_fixture_try_open (ChainFixture *fixture, GError **error);
void chain_fixture_close (ChainFixture *fixture);
void chain_fixture_reopen (ChainFixture *fixture);

/* Accepts BLOCK; the verdict's reason, or NULL when it is OK. */
const char *chain_fixture_accept (ChainFixture *fixture, BtcBlock *block);
const char *chain_fixture_test (ChainFixture *fixture, BtcBlock *block);
guint32 chain_fixture_height (ChainFixture *fixture);
void chain_fixture_tip (ChainFixture *fixture, guint8 hash32[32]);
gboolean chain_fixture_tip_is (ChainFixture *fixture, const BtcBlock *block);
NodeBlock *chain_fixture_find (ChainFixture *fixture, const BtcBlock *block);
void chain_fixture_invalidate (ChainFixture *fixture, const BtcBlock *block);
void chain_fixture_reconsider (ChainFixture *fixture, const BtcBlock *block);
void chain_fixture_precious (ChainFixture *fixture, const BtcBlock *block);
void chain_fixture_flush (ChainFixture *fixture);

/* hash_serialized_3 of the coins, as hex; flushes. The caller owns it. */
char *chain_fixture_utxo_hash (ChainFixture *fixture);

/* Waits until every index is at the tip. */
void chain_fixture_wait_indexes (ChainFixture *fixture);

/* Accepts N blocks after genesis, each with a coinbase only, and returns them (of BtcBlock). */
GPtrArray *chain_fixture_add_blocks (ChainFixture *fixture, guint n);
/* OPTIONS NULL: the default, but transactions need not be standard. */
NodeMempool *chain_fixture_new_mempool (ChainFixture *fixture, const NodeMempoolOptions *options);
/* Imports PATH and waits. */
void chain_fixture_import (ChainFixture *fixture, const char *path);
void chain_fixture_wait_best (ChainFixture *fixture);  /* until the tip is the best header */
void chain_fixture_wait_ready (ChainFixture *fixture); /* until no import or reindex is in progress */

/* Runs this program again as `--child WORDS…` (ended by NULL). TRUE when it exited normally, FALSE when it was killed. */
gboolean chain_fixture_run_child (const char *const *words);

/* A regtest block after PREV (NULL: the genesis block) at HEIGHT. SALT makes blocks differ. The coinbase pays
 * REWARD_SAT (-1: the subsidy) to an output that anyone can spend; TXS (may be NULL) follow it. */
BtcBlock *chain_block_new (const BtcParams *params,
                           const BtcBlock *prev,
                           guint32 height,
                           guint salt,
                           gint64 reward_sat,
                           GPtrArray *txs);
/* The same with a witness commitment, followed by SOLUTION (of a signet; may be empty). */
BtcBlock *chain_witness_block_new (const BtcParams *params,
                                   const BtcBlock *prev,
                                   guint32 height,
                                   GPtrArray *txs,
                                   BtcSpan solution);
/* Spends output N of TX, which anyone can spend, to two outputs that anyone can spend, leaving FEE_SAT as the fee. */
BtcTx *chain_spend_new (const BtcTx *tx, guint32 n, guint32 sequence, gint64 fee_sat);
/* BLOCK with a new nonce that is valid after a change of its bytes. */
BtcBlock *chain_block_mine (GByteArray *bytes);
/* N blocks after genesis, in which coinbases are spent once they are mature. */
GPtrArray *chain_blocks_new (const BtcParams *params, guint n, guint salt);
/* Writes BLOCKS as a block file. */
void chain_write_file (const char *path, const BtcParams *params, GPtrArray *blocks);
