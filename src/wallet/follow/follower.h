#pragma once

#include "dbus/errors.h"
#include "wallet/follow/source.h"
#include "wallet/track/tracker.h"

G_BEGIN_DECLS

/* One wallet follows the chain, with its own place, progress, errors and pauses: a wallet that cannot read a block does
 * not delay others. It sends the node one request at a time and never blocks on the answer. Wallet thread. */
typedef struct _WalletFollower WalletFollower;

/* TRACKER is borrowed until wallet_follower_close(). FRESH: the wallet was just created. Otherwise, or while the tip is
 * unknown, a wallet without a place starts at the time of its oldest key. */
WalletFollower *wallet_follower_new (WalletSource *source, const char *name, WalletTracker *tracker, gboolean fresh);
/* Ends it; a pending answer is dropped. Consumes the caller's reference. */
void wallet_follower_close (WalletFollower *follower);

/* Continues if there is work to do. */
void wallet_follower_wake (WalletFollower *follower);
/* The same, after the node became available or has news. */
void wallet_follower_wake_for_news (WalletFollower *follower);

/* Sends unconfirmed payments again that the node may not have. */
void wallet_follower_resend (WalletFollower *follower);

/* Processes events of the node. */
void wallet_follower_take_events (WalletFollower *follower, WalletChainEvents *events);

/* The chain is ahead of the wallet. */
gboolean wallet_follower_is_behind (WalletFollower *follower);
/* Why it cannot follow the chain: BUS_ERROR_PRUNED when it needs blocks that the node has deleted, and others that the
 * node or its answers cause; BUS_N_ERRORS while nothing is wrong. An unavailable node is not a problem. */
BusError wallet_follower_get_problem (WalletFollower *follower);

/* What it has processed, compared with TIP. */
typedef struct {
  gboolean blocks;  /* all of them, and the payments of the wallet were submitted to the node */
  gboolean mempool; /* as of TIP or later */
  gboolean loading; /* the node did not have all of its mempool then */
} WalletSeen;
void wallet_follower_get_seen (WalletFollower *follower, const WalletChainTip *tip, WalletSeen *seen);

/* A rescan: reads a range of blocks again, for payments that were not recognised before. The wallet's place does not
 * change, and it follows the chain in the meantime. */
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
