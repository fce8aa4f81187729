#pragma once

#include "wallet/keys/keyring.h"

G_BEGIN_DECLS

struct _WalletKeyring {
  BtcNetwork network;
  guint keypool;
  GPtrArray *chains;   /* of WalletKeyChain */
  GHashTable *by_id;   /* chain->id32 → WalletKeyChain, borrowed */
  GHashTable *scripts; /* GBytes → Place */
  GHashTable *parents; /* id32 → BtcXpub: the caches, until the descriptors are loaded */
  WalletKeyChain *active[WALLET_N_ADDRESS_TYPES][2];
  guint8 active_ids[WALLET_N_ADDRESS_TYPES][2][32];
  gboolean has_active[WALLET_N_ADDRESS_TYPES][2];
  gboolean encrypted;
};

WalletKeyChain *wallet_keyring_chain (WalletKeyring *keyring, const guint8 id32[32]); /* created when missing */
void wallet_keyring_write_chain (WalletKeyChain *chain, WalletBatch *batch);

/* Derives the scripts up to index END - 1. FALSE when they cannot be derived from the descriptor. */
gboolean wallet_keyring_derive (WalletKeyring *keyring, WalletKeyChain *chain, gint32 end);

/* Tops up the keypool to SIZE addresses after the next index; adds the change to BATCH. */
void wallet_keyring_top_up (WalletKeyring *keyring, WalletKeyChain *chain, guint size, WalletBatch *batch);

void wallet_key_chain_set_type (WalletKeyChain *chain);

G_END_DECLS
