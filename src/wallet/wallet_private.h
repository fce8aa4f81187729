#pragma once

#include "wallet/link/chain.h"
#include "wallet/spend/spender.h"
#include "wallet/track/tracker.h"

G_BEGIN_DECLS

/* Reading a range of blocks again. */
typedef struct {
  gboolean active;
  gboolean abort;
  gint32 start, stop; /* heights */
  gint32 next;        /* to be read */
  guint8 after32[32]; /* the block before it, */
  gboolean after_known;
  gint64 begun_us;
} WalletScan;

/* For the manager and the RPC methods: what a wallet is made of. Wallet thread. */
struct _Wallet {
  char *name;
  char *path; /* of wallet.dat */
  WalletTracker *tracker;
  WalletSpender *spender;
  WalletChain *chain;
  int epoch;                /* of the node that what follows is about: see manager_private.h */
  gboolean anchored;        /* its place is on the active chain, as far as is known */
  gboolean fresh;           /* made just now: it begins at the tip */
  gboolean behind;          /* the chain is ahead of it */
  guint64 mempool_sequence; /* of the mempool that it has seen */
  gboolean mempool_seen;
  gboolean mempool_complete; /* the node had loaded all of it then */
  GByteArray *submit;        /* txids, 32 bytes each, that the node is to be told of */
  guint submit_next;
  gboolean submitting; /* SUBMIT has all that is not in a block */
  gboolean submitted;  /* and this node was told of it */
  WalletScan scan;
};

/* Takes over TRACKER. */
Wallet *wallet_new (const char *name, const char *path, WalletTracker *tracker, WalletChain *chain);
void wallet_free (Wallet *wallet);

/* The next address, with its script. */
char *
wallet_next_address (Wallet *wallet, WalletAddressType type, gboolean internal, const char *label, GError **error);

G_END_DECLS
