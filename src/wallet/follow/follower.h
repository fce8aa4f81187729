#pragma once

#include "dbus/errors.h"
#include "wallet/follow/source.h"
#include "wallet/track/tracker.h"

G_BEGIN_DECLS

/* Makes one wallet follow the chain, with its own best block, progress, errors and back-off: a wallet that cannot read
 * a block does not delay others. It sends one request at a time to the node and never blocks on the reply. Wallet
 * thread. */
typedef struct _WalletFollower WalletFollower;

/* TRACKER is borrowed until wallet_follower_close(). FRESH: the wallet was just created, and starts at the tip if that
 * is known. Otherwise a wallet without a best block starts at the time of its oldest key. */
WalletFollower *wallet_follower_new (WalletSource *source, const char *name, WalletTracker *tracker, gboolean fresh);
/* Stops following; a pending reply is ignored. Consumes the caller's reference. */
void wallet_follower_close (WalletFollower *follower);

/* Continues if there is work to do. */
void wallet_follower_wake (WalletFollower *follower);
/* The same, after the node became available or has reported changes. */
void wallet_follower_wake_for_news (WalletFollower *follower);

/* Whether unconfirmed payments are submitted to the node. TRUE by default. */
void wallet_follower_set_broadcast (WalletFollower *follower, gboolean broadcast);

/* Submits unconfirmed payments again that the node may not have. */
void wallet_follower_resend (WalletFollower *follower);

/* Processes events of the node. */
void wallet_follower_take_events (WalletFollower *follower, WalletChainEvents *events);

/* The chain is ahead of the wallet. */
gboolean wallet_follower_is_behind (WalletFollower *follower);
/* Why it cannot follow the chain: BUS_ERROR_PRUNED when it needs blocks that the node has pruned, or another error of
 * the node or its replies; BUS_N_ERRORS if there is none. An unavailable node is not a problem. */
BusError wallet_follower_get_problem (WalletFollower *follower);

/* What it has processed, compared with TIP. */
typedef struct {
  gboolean blocks;  /* all of them; and the payments of the wallet were submitted to the node */
  gboolean mempool; /* as of TIP or later */
  gboolean loading; /* the node had not loaded all of its mempool then */
} WalletSeen;
void wallet_follower_get_seen (WalletFollower *follower, const WalletChainTip *tip, WalletSeen *seen);

/* A rescan: reads a range of blocks again, for payments that were not recognised before. The wallet's best block does
 * not change, and it follows the chain in the meantime. */
typedef struct {
  gboolean active;
  gboolean aborted;
  gint32 start, stop; /* heights */
  gint32 next;        /* the next block to be read */
  gint64 begun_us;    /* monotonic */
} WalletScan;

/* FALSE if a rescan is in progress already. */
gboolean wallet_follower_scan (WalletFollower *follower, gint32 start, gint32 stop);
void wallet_follower_abort_scan (WalletFollower *follower);            /* it has ended when this returns */
const WalletScan *wallet_follower_get_scan (WalletFollower *follower); /* of the last one; borrowed */

G_END_DECLS
