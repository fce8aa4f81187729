#pragma once

#include "bitcoin/primitives/block.h"
#include "dbus/errors.h"
#include "wallet/link/chain.h"

G_BEGIN_DECLS

/* A node for tests: blocks and a mempool that the test makes. Proof of work and scripts are not checked. */
#define FAKE_TYPE_CHAIN (fake_chain_get_type ())
G_DECLARE_FINAL_TYPE (FakeChain, fake_chain, FAKE, CHAIN, GObject)

FakeChain *fake_chain_new (void); /* with regtest's genesis block */

/* Mines a block on the tip: a coinbase of 50 BTC to SCRIPT (NULL: unspendable), then the whole mempool. */
void fake_chain_mine (FakeChain *self, GBytes *script);
void fake_chain_mine_many (FakeChain *self, GBytes *script, guint n);

/* Disconnects N blocks; their payments do not return to the mempool. */
void fake_chain_rewind (FakeChain *self, guint n);

/* Adds a payment to SCRIPT, from outputs that do not exist, to the mempool. */
BtcTx *fake_chain_pay (FakeChain *self, GBytes *script, gint64 sat);
/* Adds TX to the mempool, unchecked. */
void fake_chain_add (FakeChain *self, BtcTx *tx);
void fake_chain_clear_mempool (FakeChain *self);

guint fake_chain_get_height (FakeChain *self);
guint fake_chain_mempool_size (FakeChain *self);
BtcTx *fake_chain_get_mempool_tx (FakeChain *self, guint i); /* borrowed */
void fake_chain_set_available (FakeChain *self, gboolean available);
/* The reply to Submit: NULL accepts payments, otherwise they are rejected with this reason. "" drops the connection
 * after accepting the payment. */
void fake_chain_set_reject (FakeChain *self, const char *reason);
void fake_chain_announce (FakeChain *self); /* the tip signal */
/* The same with a tip that is not in any chain. */
void fake_chain_announce_nonsense (FakeChain *self);
/* Estimates are not answered from now on: they wait to be cancelled. */
void fake_chain_hold_estimates (FakeChain *self);
/* The block at HEIGHT is unavailable from now on, with this error; HEIGHT -1: all are available. */
void fake_chain_set_lost (FakeChain *self, gint height, BusError code);
guint fake_chain_get_calls (FakeChain *self); /* how many were made so far */
/* Replaces the node by one with the same blocks and an empty mempool. LOADING: which it reports as loading. */
void fake_chain_renew (FakeChain *self, gboolean loading);
void fake_chain_set_loaded (FakeChain *self);

G_END_DECLS
