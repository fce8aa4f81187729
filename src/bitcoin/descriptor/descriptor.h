#pragma once

#include "bitcoin/descriptor/bip32.h"
#include "bitcoin/primitives/serialize.h"

G_BEGIN_DECLS

/* Output descriptors (BIPs 380 381 382 383 384 385 386 389): pk() pkh() wpkh() combo() multi() sortedmulti() sh() wsh()
 * tr() rawtr() addr() raw() unused(). Public keys only: descriptors with a private key are parsed by
 * keys/private_descriptor.h. Values are immutable once btc_descriptor_set_parent() is done, and then for any thread. */

/* The descriptors that wallets have for single keys, and what addresses and scripts are imported as. */
typedef enum {
  BTC_DESCRIPTOR_PK,
  BTC_DESCRIPTOR_PKH,
  BTC_DESCRIPTOR_WPKH,
  BTC_DESCRIPTOR_SH_WPKH,
  BTC_DESCRIPTOR_TR, /* key path only, without a script tree */
  BTC_DESCRIPTOR_ADDR,
  BTC_DESCRIPTOR_RAW,
  BTC_DESCRIPTOR_OTHER, /* all others */
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

  gboolean extended;
  guint8 pubkey[65]; /* a plain key: 33 bytes, 65 where that is allowed, or 32 for an x-only key in tr() */
  gsize pubkey_len;

  BtcXpub xpub; /* an extended one */
  BtcKeyPath path;
  BtcRange range;
  gboolean apostrophe; /* the mark of hardened steps, of the origin, too */
  gboolean has_parent;
  BtcXpub parent; /* the key at the end of the path; without hardened steps it can be derived */
} BtcDescriptorKey;

typedef struct _BtcDescriptor BtcDescriptor;

/* Parses TEXT, whose checksum is verified if present, and is required with REQUIRE_CHECKSUM. A text with several values
 * for a step of a path ("<0;1>", BIP 389) is several descriptors, others are one: an array of BtcDescriptor, which the
 * caller owns. NULL when it is not a descriptor; *WHY (may be NULL) is then set to an error message that the caller
 * owns. */
GPtrArray *btc_descriptor_parse_all (const char *text, BtcNetwork network, gboolean require_checksum, char **why);
/* The same for a text that is only one. */
BtcDescriptor *btc_descriptor_parse (const char *text, BtcNetwork network, gboolean require_checksum, char **why);
void btc_descriptor_free (BtcDescriptor *descriptor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtcDescriptor, btc_descriptor_free)

BtcDescriptorType btc_descriptor_get_type_of (const BtcDescriptor *descriptor);
gboolean btc_descriptor_is_ranged (const BtcDescriptor *descriptor);
gsize btc_descriptor_n_keys (const BtcDescriptor *descriptor);
const BtcDescriptorKey *
btc_descriptor_get_key (const BtcDescriptor *descriptor, gsize i); /* borrowed; as in the text */

/* FALSE for addr() and raw(): it is not known how such an output is spent. */
gboolean btc_descriptor_is_solvable (const BtcDescriptor *descriptor);

/* The text forms of a descriptor. Each of them ends with # and the checksum. */
typedef enum {
  BTC_DESCRIPTOR_AS_WRITTEN, /* h or ' as it was parsed */
  BTC_DESCRIPTOR_COMPAT,     /* always ', as for computing IDs */
} BtcDescriptorForm;

char *btc_descriptor_format (const BtcDescriptor *descriptor, BtcDescriptorForm form); /* the caller owns it */

/* The form in which each key starts at its last hardened step ("wpkh([…/84h/0h/0h]xpub…/0/star)"), always with h.
 * LAST_HARDENED: for each key expression the key there; read only where there is such a step. NULL: they are not known,
 * so that these keys are printed as written. The caller owns it. */
char *btc_descriptor_format_normalized (const BtcDescriptor *descriptor, const BtcXpub *last_hardened);

/* The ID of a descriptor in wallet.dat: SHA-256 of its COMPAT form. */
void btc_descriptor_id (const BtcDescriptor *descriptor, guint8 out32[32]);

/* A key with hardened steps cannot be computed from its xpub: TRUE while a key after these steps is not set. It comes
 * from wallet.dat ("walletdescriptorcache") or from the private key. */
gboolean btc_descriptor_needs_parent (const BtcDescriptor *descriptor);
void btc_descriptor_set_parent (BtcDescriptor *descriptor, gsize key, const BtcXpub *parent);

/* A key of a descriptor at one index. */
typedef struct {
  guint8 pubkey[65]; /* as it appears in the input; in tr() with an even prefix, 33 bytes */
  gsize pubkey_len;
  guint8 fingerprint[4]; /* of the master key if the origin is known, otherwise of the first key in the text */
  BtcKeyPath path;       /* from there to the key */
} BtcDerivedKey;

/* The expansion of a descriptor at one index. */
typedef struct {
  GPtrArray *scripts;     /* of GBytes, the output scripts: several of combo(), none of unused() */
  GBytes *script;         /* the first of them, borrowed */
  GBytes *redeem_script;  /* of sh(), and of the last script of combo(); else NULL */
  GBytes *witness_script; /* of wsh(); else NULL */
  BtcDerivedKey *keys;    /* of the key expressions */
  gsize n_keys;
} BtcExpansion;

/* INDEX is below 2^31, and ignored where the descriptor is not ranged. FALSE when a private key is needed, or there is
 * no such key; EXPANSION then holds nothing. */
gboolean btc_descriptor_expand (const BtcDescriptor *descriptor, guint32 index, BtcExpansion *expansion);
void btc_expansion_clear (BtcExpansion *expansion);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BtcExpansion, btc_expansion_clear)

/* The descriptor of script I of EXPANSION alone, with its public keys and their origins, and its checksum:
 * "wpkh([fingerprint/84h/0h/0h/0/7]02…)#…". NULL for addr() and raw(), whose scripts have no known keys. The caller owns
 * it. */
char *btc_descriptor_format_script (const BtcDescriptor *descriptor, const BtcExpansion *expansion, guint i);

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
