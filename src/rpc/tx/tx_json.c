#include "rpc/tx/tx_json.h"

#include "bitcoin/script/script.h"
#include "rpc/tx/script_json.h"

static RpcJson *
make_witness (const BtcTxIn *in)
{
  RpcJson *list = rpc_json_new_array ();

  for (guint32 i = 0; i < in->witness_count; i++) {
    BtcSpan item = btc_tx_in_witness_item (in, i);
    rpc_json_append (list, rpc_json_new_hex (item.data, item.len));
  }
  return list;
}

static RpcJson *
make_prevout (const BtcCoin *coin, BtcNetwork network)
{
  RpcJson *json = rpc_json_new_object ();

  rpc_json_set (json, "generated", rpc_json_new_bool (coin->coinbase));
  rpc_json_set (json, "height", rpc_json_new_int (coin->height));
  rpc_json_set (json, "value", rpc_json_new_amount (coin->out.value_sat));
  rpc_json_set (json, "scriptPubKey", rpc_script_to_json (coin->out.script, network, TRUE));
  return json;
}

static RpcJson *
make_input (const BtcTxIn *in, gboolean coinbase, const BtcCoin *prevout, BtcNetwork network)
{
  RpcJson *json = rpc_json_new_object ();

  if (coinbase) {
    rpc_json_set (json, "coinbase", rpc_json_new_hex (in->script_sig.data, in->script_sig.len));
  } else {
    g_autofree char *text = btc_script_to_asm (in->script_sig, TRUE);
    RpcJson *script = rpc_json_new_object ();
    rpc_json_set (script, "asm", rpc_json_new_plain (text));
    rpc_json_set (script, "hex", rpc_json_new_hex (in->script_sig.data, in->script_sig.len));
    rpc_json_set (json, "txid", rpc_json_new_hash (in->prevout.txid32));
    rpc_json_set (json, "vout", rpc_json_new_int (in->prevout.n));
    rpc_json_set (json, "scriptSig", script);
  }
  if (in->witness_count > 0)
    rpc_json_set (json, "txinwitness", make_witness (in));
  if (prevout != NULL)
    rpc_json_set (json, "prevout", make_prevout (prevout, network));
  rpc_json_set (json, "sequence", rpc_json_new_int (in->sequence));
  return json;
}

static RpcJson *
make_output (const BtcTxOut *out, guint32 n, BtcNetwork network)
{
  RpcJson *json = rpc_json_new_object ();

  rpc_json_set (json, "value", rpc_json_new_amount (out->value_sat));
  rpc_json_set (json, "n", rpc_json_new_int (n));
  rpc_json_set (json, "scriptPubKey", rpc_script_to_json (out->script, network, TRUE));
  return json;
}

RpcJson *
rpc_tx_new_hex (const BtcTx *tx)
{
  return rpc_json_new_hex (tx->bytes.data, tx->bytes.len);
}

/* The fields up to and including vin. */
static void
add_up_to_inputs (RpcJson *object, const BtcTx *tx, const BtcCoin *prevouts, BtcNetwork network)
{
  RpcJson *vin = rpc_json_new_array ();
  gboolean coinbase = btc_tx_is_coinbase (tx);

  for (guint32 i = 0; i < tx->n_in; i++)
    rpc_json_append (vin, make_input (&tx->in[i], coinbase, prevouts != NULL ? &prevouts[i] : NULL, network));
  rpc_json_set (object, "txid", rpc_json_new_hash (tx->txid32));
  rpc_json_set (object, "hash", rpc_json_new_hash (tx->wtxid32));
  rpc_json_set (object, "version", rpc_json_new_int (tx->version));
  rpc_json_set (object, "size", rpc_json_new_int ((gint64) tx->bytes.len));
  rpc_json_set (object, "vsize", rpc_json_new_int (btc_tx_vsize (tx)));
  rpc_json_set (object, "weight", rpc_json_new_int (btc_tx_weight (tx)));
  rpc_json_set (object, "locktime", rpc_json_new_int (tx->locktime));
  rpc_json_set (object, "vin", vin);
}

void
rpc_tx_add_json (RpcJson *object,
                 const BtcTx *tx,
                 const BtcCoin *spent,
                 gboolean prevouts,
                 gboolean with_hex,
                 BtcNetwork network)
{
  RpcJson *vout = rpc_json_new_array ();
  gint64 fee_sat = 0;

  add_up_to_inputs (object, tx, prevouts ? spent : NULL, network);
  for (guint32 i = 0; spent != NULL && i < tx->n_in; i++)
    fee_sat += spent[i].out.value_sat;
  for (guint32 i = 0; i < tx->n_out; i++) {
    fee_sat -= tx->out[i].value_sat;
    rpc_json_append (vout, make_output (&tx->out[i], i, network));
  }
  rpc_json_set (object, "vout", vout);
  if (spent != NULL && !btc_tx_is_coinbase (tx))
    rpc_json_set (object, "fee", rpc_json_new_amount (fee_sat));
  if (with_hex)
    rpc_json_set (object, "hex", rpc_tx_new_hex (tx));
}

void
rpc_tx_add_wallet_json (RpcJson *object,
                        const BtcTx *tx,
                        RpcTxIsChangeFunc is_change,
                        gpointer data,
                        BtcNetwork network)
{
  RpcJson *vout = rpc_json_new_array ();

  add_up_to_inputs (object, tx, NULL, network);
  for (guint32 i = 0; i < tx->n_out; i++) {
    RpcJson *out = make_output (&tx->out[i], i, network);
    if (is_change (&tx->out[i], data))
      rpc_json_set (out, "ischange", rpc_json_new_bool (TRUE));
    rpc_json_append (vout, out);
  }
  rpc_json_set (object, "vout", vout);
}
