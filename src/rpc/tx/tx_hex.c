#include "rpc/tx/tx_hex.h"

#include "bitcoin/script/script.h"
#include "common/hex.h"

gboolean
rpc_script_has_valid_ops (BtcSpan script)
{
  BtcSpan push;
  guint8 opcode;
  gsize pos = 0;

  while (btc_script_next (script, &pos, &opcode, &push))
    if (opcode > BTC_OP_NOP10 || push.len > BTC_MAX_ELEMENT_SIZE)
      return FALSE;
  return pos == script.len;
}

static gboolean
script_is_plausible (BtcSpan script)
{
  return script.len <= BTC_MAX_SCRIPT_SIZE && rpc_script_has_valid_ops (script);
}

static gboolean
tx_is_plausible (const BtcTx *tx)
{
  for (guint32 i = 0; i < tx->n_in && !btc_tx_is_coinbase (tx); i++)
    if (!script_is_plausible (tx->in[i].script_sig))
      return FALSE;
  for (guint32 i = 0; i < tx->n_out; i++)
    if (!script_is_plausible (tx->out[i].script))
      return FALSE;
  return TRUE;
}

static BtcTx *
parse_tx_hex (const char *hex, gboolean allow_witness)
{
  g_autoptr (GBytes) bytes = *hex != '\0' ? common_hex_decode_bytes (hex) : NULL;
  gsize len;
  const guint8 *data;

  if (bytes == NULL)
    return NULL;
  data = g_bytes_get_data (bytes, &len);
  return btc_tx_new (data, len, allow_witness);
}

BtcTx *
rpc_tx_from_any_hex (const char *hex, RpcTxFormats formats)
{
  g_autoptr (BtcTx) extended = NULL, legacy = NULL;

  if (formats & RPC_TX_WITNESS)
    extended = parse_tx_hex (hex, TRUE);
  if ((formats & RPC_TX_NO_WITNESS) && (extended == NULL || !tx_is_plausible (extended)))
    legacy = parse_tx_hex (hex, FALSE);
  if (legacy != NULL && (extended == NULL || tx_is_plausible (legacy)))
    return g_steal_pointer (&legacy);
  return g_steal_pointer (&extended);
}

BtcTx *
rpc_tx_from_hex (const char *hex)
{
  return rpc_tx_from_any_hex (hex, RPC_TX_WITNESS);
}
