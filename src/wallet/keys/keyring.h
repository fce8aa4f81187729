#pragma once

#include "bitcoin/keys/private_descriptor.h"
#include "wallet/keys/address_type.h"
#include "wallet/store/batch.h"
#include "wallet/store/record_descriptor.h"

G_BEGIN_DECLS

/* The descriptors of a wallet, their scripts and keys. Wallet thread. Changes are added to a WalletBatch, which the
 * caller must commit before it uses the results. */
typedef struct _WalletKeyring WalletKeyring;

/* One descriptor. Read-only. */
typedef struct {
  guint8 id32[32];
  WalletDescriptorRecord record;
  BtcDescriptor *descriptor;
  BtcDescriptorSecret secret; /* empty if there is none, or it is encrypted */
  guint8 pubkey33[33];        /* of the record of the private key; zeros: none */
  gboolean crypted;           /* there is a private key, but it is encrypted */
  gboolean has_last_hardened;
  BtcXpub last_hardened; /* the key after the last hardened derivation step */
  WalletAddressType type;
  gboolean active;
  gboolean internal;
  gint32 derived; /* the scripts of indexes below this are derived */
} WalletKeyChain;

typedef struct {
  WalletKeyChain *chain;
  gint32 index;
} WalletKeyRef;

WalletKeyring *wallet_keyring_new (BtcNetwork network, guint keypool);
void wallet_keyring_free (WalletKeyring *keyring);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WalletKeyring, wallet_keyring_free)

/* Loads one record of wallet.dat, if it is a descriptor or a key. KEY is positioned after the name. FALSE if it is
 * damaged. */
gboolean
wallet_keyring_load_record (WalletKeyring *keyring, const char *name, BtcReader *key, const guint8 *value, gsize len);

/* To be called after the last record: derives the scripts. Adds the changes to BATCH. BUS_ERROR_WALLET_DAMAGED. */
gboolean wallet_keyring_load_done (WalletKeyring *keyring, WalletBatch *batch, GError **error);

/* Creates the eight descriptors of a new wallet from SEED (16 to 64 bytes), created at TIME. */
gboolean wallet_keyring_create (WalletKeyring *keyring,
                                const guint8 *seed,
                                gsize len,
                                gint64 time,
                                WalletBatch *batch,
                                GError **error);

GPtrArray *wallet_keyring_get_chains (const WalletKeyring *keyring); /* of WalletKeyChain; borrowed */
WalletKeyChain *wallet_keyring_get_active (WalletKeyring *keyring, WalletAddressType type, gboolean internal);
gboolean wallet_keyring_is_encrypted (const WalletKeyring *keyring);
guint wallet_keyring_get_pool_size (const WalletKeyring *keyring, gboolean internal);
gint64 wallet_keyring_get_birth_time (
    const WalletKeyring *keyring); /* of the oldest descriptor; 0: unknown, or there is none */

/* Whether SCRIPT is ours. REF may be NULL; if descriptors overlap, it refers to one that can spend it. */
gboolean wallet_keyring_find (WalletKeyring *keyring, BtcSpan script, WalletKeyRef *ref);

/* The WalletKeyChains that SCRIPT is derived from, borrowed; empty if it is not ours. The caller owns the array. */
GPtrArray *wallet_keyring_list_chains (WalletKeyring *keyring, BtcSpan script);

/* The next unused script of the active descriptor; NULL if there is none. It is never handed out again, even if BATCH
 * is not written. The caller owns it. */
GBytes *wallet_keyring_next (WalletKeyring *keyring, WalletAddressType type, gboolean internal, WalletBatch *batch);

/* SCRIPT, if it is ours, was seen on the chain: its descriptors do not hand out indexes up to it any more, and the
 * keypool is topped up. */
void wallet_keyring_mark_used (WalletKeyring *keyring, BtcSpan script, WalletBatch *batch);

/* Tops up the keypool until SIZE addresses (0: the configured size) are derived after the last one that was handed
 * out. */
void wallet_keyring_refill (WalletKeyring *keyring, guint size, WalletBatch *batch);

/* The public descriptor for display: from the last hardened derivation step on. The caller owns it. */
char *wallet_key_chain_dup_text (const WalletKeyChain *chain);

/* The descriptor with its private key; NULL if that is not known. The caller owns it. */
CommonSecret *wallet_key_chain_dup_private_text (const WalletKeyChain *chain, BtcNetwork network);

/* The private key of REF: 32 bytes. NULL when there is none. */
CommonSecret *wallet_keyring_dup_key (const WalletKeyRef *ref);

G_END_DECLS
