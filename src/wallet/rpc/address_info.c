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
  gboolean witness = btc_script_is_witness_program (script, &version, &program), anchor = btc_script_is_anchor (script);

  rpc_json_set (info, "isscript",
                rpc_json_new_bool (btc_script_is_p2sh (script) || anchor || (witness && program.len == 32)));
  rpc_json_set (info, "iswitness", rpc_json_new_bool (witness));
  if (witness && !anchor) {
    rpc_json_set (info, "witness_version", rpc_json_new_int (version));
    rpc_json_set (info, "witness_program", rpc_json_new_hex (program.data, program.len));
  }
}

/* The script embedded in P2SH. */
static void
set_embedded (RpcJson *info, const BtcExpansion *expansion, BtcNetwork network)
{
  RpcJson *embedded = rpc_json_new_object (), *pubkey;
  BtcSpan script;

  script.data = g_bytes_get_data (expansion->redeem_script, &script.len);
  g_autofree char *address = btc_address_encode (script, network);
  pubkey = rpc_json_new_hex (expansion->keys[0].pubkey, expansion->keys[0].pubkey_len);
  rpc_json_set (info, "script", rpc_json_new_string ("witness_v0_keyhash"));
  rpc_json_set (info, "hex", rpc_json_new_hex (script.data, script.len));
  set_script (embedded, script);
  rpc_json_set (embedded, "pubkey", rpc_json_ref (pubkey));
  rpc_json_set (embedded, "address", rpc_json_new_string (address));
  rpc_json_set (embedded, "scriptPubKey", rpc_json_new_hex (script.data, script.len));
  rpc_json_set (info, "pubkey", pubkey);
  rpc_json_set (info, "embedded", embedded);
}

static void
set_key (RpcJson *info, const WalletKeyRef *ref, const BtcExpansion *expansion, BtcNetwork network)
{
  BtcDescriptorType type = btc_descriptor_get_type_of (ref->chain->descriptor);
  const BtcDerivedKey *key = &expansion->keys[0];

  if (expansion->n_keys == 0)
    return;
  if (expansion->redeem_script != NULL)
    set_embedded (info, expansion, network);
  else if (type != BTC_DESCRIPTOR_TR)
    rpc_json_set (info, "pubkey", rpc_json_new_hex (key->pubkey, key->pubkey_len));
  if (type == BTC_DESCRIPTOR_PKH)
    rpc_json_set (info, "iscompressed", rpc_json_new_bool (key->pubkey_len == 33));
}

/* When the descriptor was created, and where its key comes from. */
static void
set_origin (RpcJson *info, const WalletKeyRef *ref, const BtcExpansion *expansion)
{
  const BtcDerivedKey *key = &expansion->keys[0];
  g_autofree char *path = NULL;
  g_autofree char *full = NULL;

  if (expansion->n_keys == 0)
    return;
  path = btc_key_path_format (&key->path, FALSE);
  full = g_strconcat ("m", path, NULL);
  rpc_json_set (info, "timestamp", rpc_json_new_int ((gint64) ref->chain->record.creation_time));
  rpc_json_set (info, "hdkeypath", rpc_json_new_string (full));
  /* The seed is not disclosed, not even its hash: zeros instead. */
  rpc_json_set (info, "hdseedid", rpc_json_new_string ("0000000000000000000000000000000000000000"));
  rpc_json_set (info, "hdmasterfingerprint", rpc_json_new_hex (key->fingerprint, 4));
}

/* The fields of an address that is ours (REF), or not (NULL). */
static void
set_ownership (RpcJson *info, BtcSpan script, const WalletKeyRef *ref, gboolean labelled, BtcNetwork network)
{
  gboolean solvable = ref != NULL && btc_descriptor_is_solvable (ref->chain->descriptor);
  g_autofree char *parent = ref != NULL ? wallet_key_chain_dup_text (ref->chain) : NULL;
  g_autofree char *descriptor = solvable ? wallet_rpc_dup_descriptor (ref) : NULL;
  g_auto (BtcExpansion) expansion = { 0 };
  gboolean expanded = ref != NULL && btc_descriptor_expand (ref->chain->descriptor, (guint32) ref->index, &expansion);

  rpc_json_set (info, "ismine", rpc_json_new_bool (ref != NULL));
  rpc_json_set (info, "solvable", rpc_json_new_bool (solvable));
  if (descriptor != NULL)
    rpc_json_set (info, "desc", rpc_json_new_string (descriptor));
  if (parent != NULL)
    rpc_json_set (info, "parent_desc", rpc_json_new_string (parent));
  rpc_json_set (info, "iswatchonly", rpc_json_new_bool (FALSE));
  set_script (info, script);
  if (expanded)
    set_key (info, ref, &expansion, network);
  rpc_json_set (info, "ischange", rpc_json_new_bool (ref != NULL && !labelled));
  if (expanded)
    set_origin (info, ref, &expansion);
}

static RpcJson *
address_info_body (RpcCall *call, Wallet *wallet, GError **error)
{
  BtcNetwork network = wallet_tracker_get_network (wallet->tracker);
  g_autofree char *why = NULL;
  g_autoptr (GBytes) bytes = btc_address_decode (rpc_call_string (call, 0), network, &why);
  g_autofree char *address = NULL;
  const WalletBookEntry *entry;
  RpcJson *info, *labels;
  WalletKeyRef ref;
  BtcSpan script;
  gboolean mine;

  if (bytes == NULL)
    return rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "%s", why != NULL ? why : "Invalid address");
  script.data = g_bytes_get_data (bytes, &script.len);
  address = btc_address_encode (script, network);
  entry = wallet_book_get (wallet_tracker_get_book (wallet->tracker), address);
  mine = wallet_keyring_find (wallet_tracker_get_keyring (wallet->tracker), script, &ref);
  info = rpc_json_new_object ();
  rpc_json_set (info, "address", rpc_json_new_string (address));
  rpc_json_set (info, "scriptPubKey", rpc_json_new_hex (script.data, script.len));
  set_ownership (info, script, mine ? &ref : NULL, entry != NULL, network);
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
