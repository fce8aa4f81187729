#pragma once

#include "wallet/follow/follower.h"

G_BEGIN_DECLS

#define WALLET_FOLLOW_BLOCKS_AT_ONCE 500

/* Requests to the node, one at a time. */
typedef enum {
  WALLET_STEP_TIP,
  WALLET_STEP_BIRTH_HASH, /* the hash of a block, for the search in birth.c */
  WALLET_STEP_BIRTH_BLOCK,
  WALLET_STEP_ANCHOR,    /* the fork of the wallet's best block with this node's chain */
  WALLET_STEP_BLOCK,     /* the height of a block that another program has stored */
  WALLET_STEP_BLOCKS,    /* those after the best block */
  WALLET_STEP_SCAN_HASH, /* the hash of the block before those that are read again */
  WALLET_STEP_SCAN,
  WALLET_STEP_SUBMIT, /* a payment that the node may not have */
  WALLET_STEP_MEMPOOL,
  WALLET_N_STEPS
} WalletStepKind;

typedef struct {
  WalletFollower *follower; /* a reference */
  WalletStepKind kind;
  guint8 hash32[32];    /* BLOCK, BIRTH_BLOCK: the block; BLOCKS, SCAN: the one before; SUBMIT: the txid */
  gboolean from_start;  /* BLOCKS, SCAN: there is no block before */
  GByteArray *locator;  /* ANCHOR */
  guint limit;          /* BLOCKS, SCAN */
  gint32 height;        /* SCAN, SCAN_HASH, BIRTH_HASH */
  BtcTx *tx;            /* SUBMIT */
  int epoch;            /* of the node that the request was sent to */
  GAsyncResult *result; /* NULL: the node is unavailable */
  GError *error;        /* why it failed */
} WalletStep;

/* The back-off of a kind of step that has failed: it is not retried before this time. */
typedef struct {
  guint failures; /* consecutive */
  gint64 until_us;
  gboolean away; /* since the node was unavailable */
} WalletPause;

/* The search for the last block before the creation of a wallet. */
typedef struct {
  gboolean active;
  gint32 low;  /* older than the wallet; -1: none known yet */
  gint32 high; /* not older than the wallet, or above the tip */
  guint8 low32[32];
  gboolean low_pruned; /* LOW is pruned, so its time is unknown */
  gint32 at;           /* to be checked */
  guint8 at32[32];
  gboolean at_known;
} WalletBirth;

struct _WalletFollower {
  gatomicrefcount references;
  WalletSource *source;
  char *name;
  WalletTracker *tracker; /* NULL: closed */
  gboolean busy;          /* a step is pending */
  WalletPause pauses[WALLET_N_STEPS];
  gint64 wait_until_us; /* as of the last plan: the earliest end of a pause that delays a step; G_MAXINT64: none */
  gint64 timer_us;      /* when the next timer fires; G_MAXINT64: none */
  BusError problem;

  int epoch;         /* of the node that the fields below refer to */
  gboolean anchored; /* its best block is on the active chain, as far as is known */
  WalletBirth birth;
  gint64 birth_time; /* blocks with an earlier time have no payments to the wallet */
  gboolean behind;
  gboolean ask_tip; /* the node's chain differs from the tip that it reported */
  guint empty;      /* consecutive replies without a block, although the tip is a different one */

  guint64 mempool_sequence; /* of the last mempool that was processed */
  gboolean mempool_seen;
  gboolean mempool_complete; /* the node had loaded all of it then */
  gint64 mempool_after_us;   /* not read again before this time */
  WalletChainCursor cursor;  /* of the last event that is included in it */
  GPtrArray *missed;         /* of WalletChainEvents: those received since the mempool was requested */

  GByteArray *submit; /* txids, 32 bytes each, to be submitted to the node */
  guint submit_next;
  gboolean submitting; /* SUBMIT has all unconfirmed payments */
  gboolean submitted;  /* they were all submitted to this node */
  gboolean quiet;      /* no payments are submitted */
  gboolean resend_due; /* payments that are not in the mempool are to be submitted again */

  WalletScan scan;
  guint8 scan_after32[32]; /* the block before scan.next, */
  gboolean scan_after_known;
};

/* step.c */
WalletStep *wallet_step_new (WalletFollower *follower, WalletStepKind kind);
void wallet_step_free (WalletStep *step);
/* Main context. Sends the request to the node. */
void wallet_step_send (WalletStep *step, GAsyncReadyCallback callback);
WalletFollower *wallet_follower_ref (WalletFollower *follower);
void wallet_follower_unref (WalletFollower *follower);

/* pause.c. Whether a step of this KIND may be tried now; if not, records until when. */
gboolean wallet_follow_may_try (WalletFollower *follower, WalletStepKind kind);
/* ERROR NULL: it succeeded. */
void wallet_follow_report (WalletFollower *follower, WalletStepKind kind, const GError *error);

/* plan.c: the next request; NULL: none now. */
WalletStep *wallet_follow_plan (WalletFollower *follower);
/* take.c: processes the reply; sets STEP->error on failure. */
void wallet_follow_take (WalletFollower *follower, WalletStep *step);

/* events.c: applies events since the mempool was read. */
void wallet_follow_apply_events (WalletFollower *follower, WalletChainEvents *events);
/* The mempool is being requested. */
void wallet_follow_begin_mempool (WalletFollower *follower);
/* It was read, as of CURSOR (NULL: reading it failed): applies the events since then. */
void wallet_follow_end_mempool (WalletFollower *follower, const WalletChainCursor *cursor);

/* birth.c: for a wallet without a best block. */
WalletStep *wallet_follow_plan_birth (WalletFollower *follower, const WalletChainTip *tip);
void wallet_follow_take_birth (WalletFollower *follower, WalletStep *step);

/* scan.c */
WalletStep *wallet_follow_plan_scan (WalletFollower *follower);
void wallet_follow_take_scan (WalletFollower *follower, WalletStep *step);

/* submit.c: submits all unconfirmed payments to this node; */
WalletStep *wallet_follow_plan_first_submit (WalletFollower *follower);
/* and submits those that are not in the mempool again. */
WalletStep *wallet_follow_plan_submit (WalletFollower *follower);
void wallet_follow_take_submit (WalletFollower *follower, WalletStep *step);

G_END_DECLS
