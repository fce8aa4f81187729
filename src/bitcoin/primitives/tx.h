#pragma once

#include "bitcoin/primitives/serialize.h"

G_BEGIN_DECLS

/* A transaction (BIP 144 serialisation), parsed once: every script and witness is a span into the bytes it came from. */

typedef struct {
  guint8 txid32[32];
  guint32 n;
} BtcOutpoint;
G_STATIC_ASSERT (sizeof (BtcOutpoint) == 36);

typedef struct {
  BtcOutpoint prevout;
  guint32 sequence;
  guint32 witness_count; /* items in `witness` */
  BtcSpan script_sig;
  BtcSpan witness; /* the items as serialised (each with its CompactSize), without the leading count */
} BtcTxIn;

typedef struct {
  gint64 value_sat; /* as on the wire: not checked */
  BtcSpan script;
} BtcTxOut;

typedef struct {
  BtcSpan bytes; /* the complete serialisation, with the witness if any */
  guint32 version;
  guint32 locktime;
  guint32 n_in;
  guint32 n_out;
  BtcTxIn *in;
  BtcTxOut *out;
  guint32 stripped_size; /* bytes without witness */
  gboolean has_witness;
  guint8 txid32[32];
  guint8 wtxid32[32];
} BtcTx;

#define BTC_SEQUENCE_FINAL 0xffffffffu
#define BTC_LOCKTIME_THRESHOLD 500000000u /* lock times below are heights, others seconds since 1970 */

/* BIP 68: fields of a sequence number. */
#define BTC_SEQUENCE_DISABLE (1u << 31)
#define BTC_SEQUENCE_IS_TIME (1u << 22)
#define BTC_SEQUENCE_MASK 0xffffu
#define BTC_WITNESS_SCALE 4

/* Parses exactly LEN bytes into a separate transaction, which copies them. ALLOW_WITNESS FALSE parses the pre-BIP 144
 * format only. NULL when they are malformed or bytes are left over. Only the encoding is checked. */
BtcTx *btc_tx_new (const guint8 *data, gsize len, gboolean allow_witness);
/* The same for the transaction at the beginning of DATA, which may be followed by other bytes within LEN. With
 * witness. */
BtcTx *btc_tx_new_first (const guint8 *data, gsize len);
BtcTx *btc_tx_ref (BtcTx *tx); /* only for results of btc_tx_new…() and btc_tx_builder_finish() */
void btc_tx_unref (BtcTx *tx);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtcTx, btc_tx_unref)

gboolean btc_outpoint_equal (const BtcOutpoint *a, const BtcOutpoint *b);
gboolean btc_outpoint_is_null (const BtcOutpoint *outpoint); /* the coinbase's: zero hash, index 0xffffffff */
gboolean btc_tx_is_coinbase (const BtcTx *tx);
guint32 btc_tx_weight (const BtcTx *tx);                        /* BIP 141: 3 * stripped + total */
guint32 btc_tx_vsize (const BtcTx *tx);                         /* weight / 4, rounded up */
gboolean btc_tx_outputs_sum (const BtcTx *tx, gint64 *sum_sat); /* FALSE when a value or the sum is out of range */

/* Appends TX without its witness. */
void btc_tx_write_stripped (const BtcTx *tx, GByteArray *out);

/* Item I (below in->witness_count) of a witness. */
BtcSpan btc_tx_in_witness_item (const BtcTxIn *in, guint32 i);

/* Builds a transaction. The builder copies its arguments. */
typedef struct _BtcTxBuilder BtcTxBuilder;
BtcTxBuilder *btc_tx_builder_new (guint32 version, guint32 locktime);
BtcTxBuilder *btc_tx_builder_new_from_tx (const BtcTx *tx); /* to fill in signatures */
void btc_tx_builder_free (BtcTxBuilder *builder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtcTxBuilder, btc_tx_builder_free)
void btc_tx_builder_add_in (BtcTxBuilder *builder, const BtcOutpoint *prevout, guint32 sequence);
void btc_tx_builder_add_out (BtcTxBuilder *builder, gint64 value_sat, const guint8 *script, gsize len);
void btc_tx_builder_set_script_sig (BtcTxBuilder *builder, guint32 in, const guint8 *script, gsize len);
void btc_tx_builder_set_witness (BtcTxBuilder *builder, guint32 in, const BtcSpan *items, guint32 n);
BtcTx *btc_tx_builder_finish (BtcTxBuilder *builder); /* a new reference; the builder stays usable */

G_END_DECLS
