#pragma once

#include "wallet/follow/follower.h"
#include "wallet/link/chain.h"
#include "wallet/spend/spender.h"
#include "wallet/track/tracker.h"

G_BEGIN_DECLS

/* For the manager and the RPC methods: what a wallet is made of. Wallet thread. */
struct _Wallet {
  char *name;
  char *path; /* of wallet.dat */
  WalletTracker *tracker;
  WalletSpender *spender;
  WalletChain *chain;
  WalletFollower *follower;
};

/* Takes over TRACKER. FRESH: see wallet_follower_new(). */
Wallet *wallet_new (const char *name,
                    const char *path,
                    WalletTracker *tracker,
                    WalletChain *chain,
                    WalletSource *source,
                    gboolean fresh);
void wallet_free (Wallet *wallet);

/* The next address, with its script. */
char *
wallet_next_address (Wallet *wallet, WalletAddressType type, gboolean internal, const char *label, GError **error);

G_END_DECLS
