#pragma once

#include "bitcoin/descriptor/bip32.h"
#include "bitcoin/primitives/serialize.h"

G_BEGIN_DECLS

/* Output descriptors (BIPs 380 381 382 386): pk() pkh() wpkh() sh(wpkh()) tr() with one public key, and addr() raw().
 * Public keys only: descriptors with a private key are parsed by keys/private_descriptor.h. Values are immutable once
 * btc_descriptor_set_parent() is done, and then for any thread. */

typedef enum {
  BTC_DESCRIPTOR_PK,
  BTC_DESCRIPTOR_PKH,
  BTC_DESCRIPTOR_WPKH,
  BTC_DESCRIPTOR_SH_WPKH,
  BTC_DESCRIPTOR_TR, /* key path only, without a script tree */
  BTC_DESCRIPTOR_ADDR,
  BTC_DESCRIPTOR_RAW,
} BtcDescriptorType;

typedef enum {
  BTC_RANGE_NONE,
  BTC_RANGE_NORMAL,   /* ends in slash, star */
  BTC_RANGE_HARDENED, /* the same, hardened: every key needs the private one */
} BtcRange;

/* One key expression: "[fingerprint/path]key/path/star". */
typedef struct {
  gboolean has_origin;
  guint8 origin_fingerprint[4];
  BtcKeyPath origin_path;
  gboolean origin_apostrophe;

  gboolean extended;
  guint8 pubkey[65]; /* a plain key: 33 bytes, 65 where that is allowed, or 32 for an x-only key in tr() */
  gsize pubkey_len;

  BtcXpub xpub; /* an extended one */
  BtcKeyPath path;
  BtcRange range;
  gboolean apostrophe;
  gboolean has_parent;
  BtcXpub parent; /* the key at the end of the path; without hardened steps it can be derived */
} BtcDescriptorKey;

typedef struct _BtcDescriptor BtcDescriptor;

/* Parses TEXT, whose checksum is verified if present, and is required with REQUIRE_CHECKSUM. NULL when it is not a
 * descriptor; *WHY (may be NULL) is then set to an error message that the caller owns. */
BtcDescriptor *btc_descriptor_parse (const char *text, BtcNetwork network, gboolean require_checksum, char **why);
void btc_descriptor_free (BtcDescriptor *descriptor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtcDescriptor, btc_descriptor_free)

BtcDescriptorType btc_descriptor_get_type_of (const BtcDescriptor *descriptor);
gboolean btc_descriptor_is_ranged (const BtcDescriptor *descriptor);
gsize btc_descriptor_n_keys (const BtcDescriptor *descriptor);
const BtcDescriptorKey *btc_descriptor_get_key (const BtcDescriptor *descriptor, gsize i); /* borrowed */

/* FALSE for addr() and raw(): it is not known how such an output is spent. */
gboolean btc_descriptor_is_solvable (const BtcDescriptor *descriptor);

/* The text forms of a descriptor. Each of them ends with # and the checksum. */
typedef enum {
  BTC_DESCRIPTOR_AS_WRITTEN, /* h or ' as it was parsed */
  BTC_DESCRIPTOR_COMPAT,     /* always ', as for computing IDs */
} BtcDescriptorForm;

char *btc_descriptor_format (const BtcDescriptor *descriptor, BtcDescriptorForm form); /* the caller owns it */

/* The form that starts at the last hardened step, whose key is LAST_HARDENED ("wpkh([…/84h/0h/0h]xpub…/0/star)"); with
 * NULL, or where no step is hardened, the form as written. The caller owns it. */
char *btc_descriptor_format_normalized (const BtcDescriptor *descriptor, const BtcXpub *last_hardened);

/* The ID of a descriptor in wallet.dat: SHA-256 of its COMPAT form. */
void btc_descriptor_id (const BtcDescriptor *descriptor, guint8 out32[32]);

/* A key with hardened steps cannot be computed from its xpub: TRUE while the key after these steps is not set. It comes
 * from wallet.dat ("walletdescriptorcache") or from the private key. */
gboolean btc_descriptor_needs_parent (const BtcDescriptor *descriptor);
void btc_descriptor_set_parent (BtcDescriptor *descriptor, gsize key, const BtcXpub *parent);

/* The expansion of a descriptor at one index. */
typedef struct {
  GBytes *script;        /* the output script */
  GBytes *redeem_script; /* of sh(wpkh()); else NULL */
  guint8 pubkey[65];     /* as it appears in the input; of tr() the internal key with an even prefix, 33 bytes */
  gsize pubkey_len;      /* 0 for addr() and raw() */
  guint8 fingerprint[4]; /* of the master key if the origin is known, otherwise of the first key in the text */
  BtcKeyPath path;       /* from there to the key */
} BtcExpansion;

/* INDEX is below 2^31, and ignored where the descriptor is not ranged. FALSE when a private key is needed, or there is
 * no such key; EXPANSION then holds nothing. */
gboolean btc_descriptor_expand (const BtcDescriptor *descriptor, guint32 index, BtcExpansion *expansion);
void btc_expansion_clear (BtcExpansion *expansion);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BtcExpansion, btc_expansion_clear)

/* The checksum of LEN bytes of TEXT without "#…", into OUT with its final zero. FALSE for a character that is not
 * allowed in descriptors. */
gboolean btc_descriptor_checksum (const char *text, gsize len, char out9[9]);

/* The output key of taproot for the 32 bytes of INTERNAL_KEY (BIP 341). MERKLE_ROOT32 NULL: no script tree. FALSE when
 * the internal key is not on the curve. *PARITY may be NULL. */
gboolean btc_taproot_output_key (const guint8 internal_key32[32],
                                 const guint8 *merkle_root32,
                                 guint8 output_key32[32],
                                 gboolean *parity);

/* Whether KEY, of 33 or 65 bytes, or 32 for an x-only key (BIP 340), is a point on the curve. */
gboolean btc_descriptor_is_on_curve (const guint8 *key, gsize len);

G_END_DECLS
