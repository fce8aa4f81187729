#pragma once

#include "wallet/follow/follower.h"

G_BEGIN_DECLS

#define WALLET_FOLLOW_BLOCKS_AT_ONCE 500

/* Requests to the node, one at a time. */
typedef enum {
  WALLET_STEP_TIP,
  WALLET_STEP_BIRTH_HASH, /* of a block, while the one is looked for after which the wallet was made */
  WALLET_STEP_BIRTH_BLOCK,
  WALLET_STEP_ANCHOR,    /* the fork of the wallet's best block with this node's chain */
  WALLET_STEP_BLOCK,     /* the height of a block that another program has stored */
  WALLET_STEP_BLOCKS,    /* those after the place */
  WALLET_STEP_SCAN_HASH, /* of the block before those that are read again */
  WALLET_STEP_SCAN,
  WALLET_STEP_SUBMIT, /* a payment that the node may not know */
  WALLET_STEP_MEMPOOL,
  WALLET_N_STEPS
} WalletStepKind;

typedef struct {
  WalletFollower *follower; /* a reference */
  WalletStepKind kind;
  guint8 hash32[32];    /* BLOCK, BIRTH_BLOCK: the block; BLOCKS, SCAN: the one before; SUBMIT: the txid */
  gboolean from_start;  /* BLOCKS, SCAN: there is none before */
  GByteArray *locator;  /* ANCHOR */
  guint limit;          /* BLOCKS, SCAN */
  gint32 height;        /* SCAN, SCAN_HASH, BIRTH_HASH */
  BtcTx *tx;            /* SUBMIT */
  int epoch;            /* of the node that was asked */
  GAsyncResult *result; /* NULL: the node is unavailable */
  GError *error;        /* why it failed */
} WalletStep;

/* A kind of step that has failed is not tried again before this time. */
typedef struct {
  guint failures; /* in a row */
  gint64 until_us;
  gboolean away; /* since the node was unavailable */
} WalletPause;

/* The search for the block after which a wallet was made. */
typedef struct {
  gboolean active;
  gint32 low;  /* older than the wallet; -1: none is known */
  gint32 high; /* not older, or above the tip */
  guint8 low32[32];
  gboolean low_pruned; /* or the node has deleted it, and its time is not known */
  gint32 at;           /* to be checked */
  guint8 at32[32];
  gboolean at_known;
} WalletBirth;

struct _WalletFollower {
  gatomicrefcount references;
  WalletSource *source;
  char *name;
  WalletTracker *tracker; /* NULL: closed */
  gboolean busy;          /* a step is on its way */
  WalletPause pauses[WALLET_N_STEPS];
  gint64 wait_until_us; /* of the last plan: when a pause ends that kept something from being done; G_MAXINT64: none */
  gint64 timer_us;      /* when the next timer comes; G_MAXINT64: there is none */
  BusError problem;

  int epoch;         /* of the node that what follows is about */
  gboolean anchored; /* its place is on the active chain, as far as is known */
  WalletBirth birth;
  gint64 birth_time; /* nothing was paid to the wallet in blocks of a time before this one */
  gboolean behind;
  gboolean ask_tip; /* the node's chain differs from the tip that it reported */
  guint empty;      /* answers in a row that brought no block, though the tip is another one */

  guint64 mempool_sequence; /* of the mempool that it has seen */
  gboolean mempool_seen;
  gboolean mempool_complete; /* the node had loaded all of it then */
  gint64 mempool_after_us;   /* not read again before this time */
  WalletChainCursor cursor;  /* of the last event that is in it */
  GPtrArray *missed;         /* of WalletChainEvents: what has come since the mempool was asked for */

  GByteArray *submit; /* txids, 32 bytes each, to be submitted to the node */
  guint submit_next;
  gboolean submitting; /* SUBMIT has all that is not in a block */
  gboolean submitted;  /* and it was submitted to this node */
  gboolean resend_due; /* what is not in the mempool is to be submitted again */

  WalletScan scan;
  guint8 scan_after32[32]; /* the block before scan.next, */
  gboolean scan_after_known;
};

/* step.c */
WalletStep *wallet_step_new (WalletFollower *follower, WalletStepKind kind);
void wallet_step_free (WalletStep *step);
/* Main context. Asks the node. */
void wallet_step_ask (WalletStep *step, GAsyncReadyCallback callback);
WalletFollower *wallet_follower_ref (WalletFollower *follower);
void wallet_follower_unref (WalletFollower *follower);

/* pause.c. Whether a step of this KIND may be tried now; if not, notes until when. */
gboolean wallet_follow_may (WalletFollower *follower, WalletStepKind kind);
/* ERROR NULL: it was done. */
void wallet_follow_report (WalletFollower *follower, WalletStepKind kind, const GError *error);

/* plan.c: the next request; NULL: none now. */
WalletStep *wallet_follow_plan (WalletFollower *follower);
/* take.c: processes the reply; sets STEP->error on failure. */
void wallet_follow_take (WalletFollower *follower, WalletStep *step);

/* events.c: applies events since the mempool was read. */
void wallet_follow_apply_events (WalletFollower *follower, WalletChainEvents *events);
/* The mempool is being asked for. */
void wallet_follow_begin_mempool (WalletFollower *follower);
/* It was read, as of CURSOR (NULL: it was not): applies the events since then. */
void wallet_follow_end_mempool (WalletFollower *follower, const WalletChainCursor *cursor);

/* birth.c: for a wallet without a place. */
WalletStep *wallet_follow_plan_birth (WalletFollower *follower, const WalletChainTip *tip);
void wallet_follow_take_birth (WalletFollower *follower, WalletStep *step);

/* scan.c */
WalletStep *wallet_follow_plan_scan (WalletFollower *follower);
void wallet_follow_take_scan (WalletFollower *follower, WalletStep *step);

/* submit.c: submitting all unconfirmed payments to this node; */
WalletStep *wallet_follow_plan_first_submit (WalletFollower *follower);
/* and submitting again what is not in the mempool. */
WalletStep *wallet_follow_plan_submit (WalletFollower *follower);
void wallet_follow_take_submit (WalletFollower *follower, WalletStep *step);

G_END_DECLS
