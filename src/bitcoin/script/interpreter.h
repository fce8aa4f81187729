#pragma once

#include "bitcoin/script/sighash.h"

G_BEGIN_DECLS

/* The script interpreter (BIPs 16 65 66 112 141 143 147 341 342). Pure, any thread. */

typedef enum {
  BTC_VERIFY_NONE = 0,
  BTC_VERIFY_P2SH = 1 << 0,
  BTC_VERIFY_STRICTENC = 1 << 1,
  BTC_VERIFY_DERSIG = 1 << 2,
  BTC_VERIFY_LOW_S = 1 << 3,
  BTC_VERIFY_NULLDUMMY = 1 << 4,
  BTC_VERIFY_SIGPUSHONLY = 1 << 5,
  BTC_VERIFY_MINIMALDATA = 1 << 6,
  BTC_VERIFY_DISCOURAGE_UPGRADABLE_NOPS = 1 << 7,
  BTC_VERIFY_CLEANSTACK = 1 << 8,
  BTC_VERIFY_CHECKLOCKTIMEVERIFY = 1 << 9,
  BTC_VERIFY_CHECKSEQUENCEVERIFY = 1 << 10,
  BTC_VERIFY_WITNESS = 1 << 11,
  BTC_VERIFY_DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM = 1 << 12,
  BTC_VERIFY_MINIMALIF = 1 << 13,
  BTC_VERIFY_NULLFAIL = 1 << 14,
  BTC_VERIFY_WITNESS_PUBKEYTYPE = 1 << 15,
  BTC_VERIFY_CONST_SCRIPTCODE = 1 << 16,
  BTC_VERIFY_TAPROOT = 1 << 17,
  BTC_VERIFY_DISCOURAGE_UPGRADABLE_TAPROOT_VERSION = 1 << 18,
  BTC_VERIFY_DISCOURAGE_OP_SUCCESS = 1 << 19,
  BTC_VERIFY_DISCOURAGE_UPGRADABLE_PUBKEYTYPE = 1 << 20,
} BtcVerifyFlags;

#define BTC_VERIFY_ALL ((BtcVerifyFlags) ((1 << 21) - 1))
/* The consensus rules and relay policy. The rule that scriptSigs are push-only is checked with the other rules for
 * standard transactions. */
#define BTC_VERIFY_STANDARD ((BtcVerifyFlags) (BTC_VERIFY_ALL & ~BTC_VERIFY_SIGPUSHONLY))

/* "P2SH", "STRICTENC", … as the vectors write them. 0 for an unknown name. */
BtcVerifyFlags btc_verify_flag_by_name (const char *name, gsize len);

#include "bitcoin/script/script_error.h"

/* A cache of valid signatures (SEEN, ADD), and of parsed public keys (FIND_KEY, KEEP_KEY), since parsing a compressed
 * key costs a square root. Either pair may be NULL. All may be called from many threads at once. */
typedef struct {
  gboolean (*seen) (gpointer data, const guint8 key32[32]);
  void (*add) (gpointer data, const guint8 key32[32]);
  gboolean (*find_key) (gpointer data, const guint8 key33[33], guint8 parsed64[64]);
  void (*keep_key) (gpointer data, const guint8 key33[33], const guint8 parsed64[64]);
  gpointer data;
} BtcSignatureCache;

/* Checks that input IN of cache->tx may spend SPENT_SCRIPT with SPENT_VALUE_SAT under FLAGS. SIGNATURES may be NULL.
 * Returns BTC_SCRIPT_ERR_OK, or the first error. */
BtcScriptError btc_script_verify (const BtcSighashCache *cache,
                                  guint32 in,
                                  BtcSpan spent_script,
                                  gint64 spent_value_sat,
                                  BtcVerifyFlags flags,
                                  const BtcSignatureCache *signatures);

/* Sigops cost of one input: P2SH and witness parts (BIP 141), already scaled: x4 for P2SH, x1 for witness. */
guint btc_script_input_sigop_cost (const BtcTxIn *in, BtcSpan spent_script, BtcVerifyFlags flags);

G_END_DECLS
