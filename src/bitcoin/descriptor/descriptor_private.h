#pragma once

#include "bitcoin/descriptor/descriptor.h"

G_BEGIN_DECLS

/* The representation of a descriptor. Private to this folder. */
struct _BtcDescriptor {
  BtcNetwork network;
  BtcDescriptorType type;
  gsize n_keys; /* 0 or 1 */
  BtcDescriptorKey key;
  GBytes *script; /* of addr() and raw() */
};

/* Parses the LEN bytes of a key expression into KEY, which must be empty. UNCOMPRESSED: keys of 65 bytes are permitted;
 * X_ONLY: keys of 32 bytes are permitted. Returns NULL, or an error message that the caller owns; KEY may then be
 * partly filled. */
char *btc_descriptor_key_parse (const char *text,
                                gsize len,
                                BtcNetwork network,
                                gboolean uncompressed,
                                gboolean x_only,
                                BtcDescriptorKey *key);
void btc_descriptor_key_clear (BtcDescriptorKey *key);

/* The name of a function, without parentheses: "sh(wpkh" for sh(wpkh()). */
const char *btc_descriptor_function (BtcDescriptorType type);

G_END_DECLS
