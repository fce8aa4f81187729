/* getaddressinfo, and descriptors of single addresses. */
#include <string.h>

#include "bitcoin/address/address.h"
#include "bitcoin/script/script.h"
#include "common/hex.h"
#include "wallet/rpc/methods.h"

char *
wallet_rpc_dup_descriptor (const WalletKeyRef *ref)
{
  g_auto (BtcExpansion) expansion = { 0 };

  if (!btc_descriptor_expand (ref->chain->descriptor, (guint32) ref->index, &expansion))
    return NULL;
  return btc_descriptor_format_script (ref->chain->descriptor, &expansion, 0);
}

static void
set_script (RpcJson *info, BtcSpan script)
{
  BtcSpan program;
  guint version;
  gboolean witness = btc_script_is_witness_program (script, &version, &program);

  rpc_json_set (info, "isscript", rpc_json_new_bool (btc_script_is_p2sh (script) || (witness && program.len == 32)));
  rpc_json_set (info, "iswitness", rpc_json_new_bool (witness));
  if (witness) {
    rpc_json_set (info, "witness_version", rpc_json_new_int (version));
    rpc_json_set (info, "witness_program", rpc_json_new_hex (program.data, program.len));
  }
}

/* The script embedded in P2SH. */
static void
set_embedded (RpcJson *info, const BtcExpansion *expansion, BtcNetwork network)
{
  RpcJson *embedded = rpc_json_new_object ();
  BtcSpan script;

  script.data = g_bytes_get_data (expansion->redeem_script, &script.len);
  g_autofree char *address = btc_address_encode (script, network);
  rpc_json_set (info, "script", rpc_json_new_string ("witness_v0_keyhash"));
  rpc_json_set (info, "hex", rpc_json_new_hex (script.data, script.len));
  set_script (embedded, script);
  rpc_json_set (embedded, "pubkey", rpc_json_new_hex (expansion->keys[0].pubkey, expansion->keys[0].pubkey_len));
  rpc_json_set (embedded, "address", rpc_json_new_string (address));
  rpc_json_set (embedded, "scriptPubKey", rpc_json_new_hex (script.data, script.len));
  rpc_json_set (info, "embedded", embedded);
}

static void
set_key (RpcJson *info, const WalletKeyRef *ref, BtcNetwork network)
{
  BtcDescriptorType type = btc_descriptor_get_type_of (ref->chain->descriptor);
  g_auto (BtcExpansion) expansion = { 0 };

  const BtcDerivedKey *key;

  if (!btc_descriptor_expand (ref->chain->descriptor, (guint32) ref->index, &expansion) || expansion.n_keys == 0)
    return;
  key = &expansion.keys[0];
  if (expansion.redeem_script != NULL)
    set_embedded (info, &expansion, network);
  if (type != BTC_DESCRIPTOR_TR && type != BTC_DESCRIPTOR_PK)
    rpc_json_set (info, "pubkey", rpc_json_new_hex (key->pubkey, key->pubkey_len));
  if (type == BTC_DESCRIPTOR_PKH)
    rpc_json_set (info, "iscompressed", rpc_json_new_bool (key->pubkey_len == 33));
  g_autofree char *path = btc_key_path_format (&key->path, FALSE);
  g_autofree char *full = g_strconcat ("m", path, NULL);
  rpc_json_set (info, "hdkeypath", rpc_json_new_string (full));
  /* The seed is not disclosed, not even its hash: zeros instead. */
  rpc_json_set (info, "hdseedid", rpc_json_new_string ("0000000000000000000000000000000000000000"));
  rpc_json_set (info, "hdmasterfingerprint", rpc_json_new_hex (key->fingerprint, 4));
}

static void
set_parents (RpcJson *info, const WalletKeyRef *ref)
{
  g_autofree char *parent = wallet_key_chain_dup_text (ref->chain);
  g_autofree char *descriptor = wallet_rpc_dup_descriptor (ref);

  rpc_json_set (info, "parent_desc", rpc_json_new_string (parent));
  if (descriptor != NULL)
    rpc_json_set (info, "desc", rpc_json_new_string (descriptor));
}

static RpcJson *
address_info_body (RpcCall *call, Wallet *wallet, GError **error)
{
  BtcNetwork network = wallet_tracker_get_network (wallet->tracker);
  g_autofree char *why = NULL;
  g_autoptr (GBytes) bytes = btc_address_decode (rpc_call_string (call, 0), network, &why);
  g_autofree char *address = NULL;
  RpcJson *info, *labels;
  WalletKeyRef ref;
  BtcSpan script;

  if (bytes == NULL)
    return rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "%s", why != NULL ? why : "Invalid address");
  script.data = g_bytes_get_data (bytes, &script.len);
  address = btc_address_encode (script, network);
  const WalletBookEntry *entry = wallet_book_get (wallet_tracker_get_book (wallet->tracker), address);
  info = rpc_json_new_object ();
  rpc_json_set (info, "address", rpc_json_new_string (address));
  rpc_json_set (info, "scriptPubKey", rpc_json_new_hex (script.data, script.len));
  gboolean mine = wallet_keyring_find (wallet_tracker_get_keyring (wallet->tracker), script, &ref);
  rpc_json_set (info, "ismine", rpc_json_new_bool (mine));
  rpc_json_set (info, "solvable", rpc_json_new_bool (mine && btc_descriptor_is_solvable (ref.chain->descriptor)));
  if (mine)
    set_parents (info, &ref);
  rpc_json_set (info, "iswatchonly", rpc_json_new_bool (FALSE));
  set_script (info, script);
  if (mine)
    set_key (info, &ref, network);
  rpc_json_set (info, "ischange", rpc_json_new_bool (mine && entry == NULL));
  if (mine)
    rpc_json_set (info, "timestamp", rpc_json_new_int ((gint64) ref.chain->record.creation_time));
  labels = rpc_json_new_array ();
  if (entry != NULL)
    rpc_json_append (labels, rpc_json_new_string (entry->label));
  rpc_json_set (info, "labels", labels);
  return info;
}

void
wallet_rpc_getaddressinfo (RpcCall *call, GTask *task)
{
  wallet_rpc_run (call, task, address_info_body);
}
