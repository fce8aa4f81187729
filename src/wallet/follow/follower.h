#pragma once

#include "dbus/errors.h"
#include "wallet/follow/source.h"
#include "wallet/track/tracker.h"

G_BEGIN_DECLS

/* One wallet follows the chain: its own place, progress, errors and pauses. What one cannot read holds up no other. It asks
 * the node for one thing at a time and never waits for the answer. Wallet thread. */
typedef struct _WalletFollower WalletFollower;

/* TRACKER is borrowed until wallet_follower_close(). FRESH: the wallet was made just now. Else, or while
 * the tip is not known, one without a place begins where its oldest key does. */
WalletFollower *wallet_follower_new (WalletSource *source, const char *name, WalletTracker *tracker, gboolean fresh);
/* Ends it; an answer that is still on its way is dropped. Consumes the caller's reference. */
void wallet_follower_close (WalletFollower *follower);

/* Goes on where something is to be done. */
void wallet_follower_wake (WalletFollower *follower);
/* The same, after the node was heard of: what it could not be asked before is asked now. */
void wallet_follower_wake_for_news (WalletFollower *follower);

/* A payment is kept that the node may not have: it is sent again. */
void wallet_follower_resend (WalletFollower *follower);

/* What has happened at the node. */
void wallet_follower_take_events (WalletFollower *follower, WalletChainEvents *events);

/* The chain is ahead of the wallet. */
gboolean wallet_follower_is_behind (WalletFollower *follower);
/* Why it cannot follow the chain: BUS_ERROR_PRUNED when it needs blocks that the node has deleted, and others that the node or its
 * answers cause; BUS_N_ERRORS while nothing is wrong. That the node is away is not counted. */
BusError wallet_follower_get_problem (WalletFollower *follower);

/* What it has taken in, compared with TIP. */
typedef struct {
  gboolean blocks;  /* all of them, and the node knows the payments of the wallet */
  gboolean mempool; /* as of TIP or later */
  gboolean loading; /* the node did not have all of its mempool then */
} WalletSeen;
void wallet_follower_get_seen (WalletFollower *follower, const WalletChainTip *tip, WalletSeen *seen);

/* Reading a range of blocks again, for payments that were not known for ours when they were read first. The wallet's place
 * stays where it is, so that it follows the chain meanwhile as always. */
typedef struct {
  gboolean active;
  gboolean aborted;
  gint32 start, stop; /* heights */
  gint32 next;        /* to be read */
  gint64 begun_us;    /* monotonic */
} WalletScan;

/* FALSE when that is in progress already. */
gboolean wallet_follower_scan (WalletFollower *follower, gint32 start, gint32 stop);
void wallet_follower_abort_scan (WalletFollower *follower);            /* it is over when this returns */
const WalletScan *wallet_follower_get_scan (WalletFollower *follower); /* of the last one; borrowed */

G_END_DECLS
