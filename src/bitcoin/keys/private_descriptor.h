#pragma once

#include "bitcoin/descriptor/descriptor.h"
#include "bitcoin/keys/xprv.h"

G_BEGIN_DECLS

/* Descriptors whose key is private: "wpkh(xprv…/84h/0h/0h/0/star)", "pkh(L4r…)". Any thread. */

/* The private key of a descriptor: one of the two is set. */
typedef struct {
  BtcXprv *xprv;     /* of the key that the descriptor starts with */
  CommonSecret *key; /* of a plain key */
  gboolean compressed;
} BtcDescriptorSecret;

void btc_descriptor_secret_clear (BtcDescriptorSecret *secret);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BtcDescriptorSecret, btc_descriptor_secret_clear)

/* Like btc_descriptor_parse(), also for TEXT with a private key. The descriptor is the public one, with its parent set;
 * SECRET becomes the private key, or empty where TEXT has none. */
BtcDescriptor *btc_private_descriptor_parse (const char *text,
                                             BtcNetwork network,
                                             gboolean require_checksum,
                                             BtcDescriptorSecret *secret,
                                             char **why);

/* The text with the private key in it and its own checksum. NULL when SECRET is not the descriptor's. The caller owns
 * it. */
CommonSecret *
btc_private_descriptor_format (const BtcDescriptor *descriptor, const BtcDescriptorSecret *secret, BtcNetwork network);

/* Derives the parent key from XPRV, the private key that the descriptor starts with, and sets it. FALSE when XPRV is
 * another key. *LAST_HARDENED (may be NULL) becomes the key after the last hardened step; the descriptor's own key
 * where there is none. */
gboolean btc_private_descriptor_set_parent (BtcDescriptor *descriptor, const BtcXprv *xprv, BtcXpub *last_hardened);

/* The private key of the descriptor at INDEX (32 bytes). NULL when there is none. The caller owns it. */
CommonSecret *
btc_private_descriptor_key (const BtcDescriptor *descriptor, const BtcDescriptorSecret *secret, guint32 index);

/* The descriptor of account 0 that a new wallet has for TYPE (pkh 44h, sh-wpkh 49h, wpkh 84h, tr 86h): the master xpub
 * with a hardened path and its parent set, as the reference stores it. NULL for any other type. */
BtcDescriptor *btc_private_descriptor_new_standard (const BtcXprv *master,
                                                    BtcDescriptorType type,
                                                    gboolean internal,
                                                    BtcNetwork network,
                                                    BtcXpub *last_hardened);

G_END_DECLS
