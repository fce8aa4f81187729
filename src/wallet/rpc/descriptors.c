/* listdescriptors, keypoolrefill. */
#include <string.h>

#include "wallet/rpc/payment.h"
#include "wallet/store/record.h"

/* The text of CHAIN. PRIVATE: with its private key; NULL if there is none. */
static char *
dup_descriptor_text (Wallet *wallet, const WalletKeyChain *chain, gboolean private)
{
  g_autoptr (CommonSecret) secret = NULL;

  if (!private)
    return wallet_key_chain_dup_text (chain);
  secret = wallet_key_chain_dup_private_text (chain, wallet_tracker_get_network (wallet->tracker));
  return secret != NULL ? g_strndup ((const char *) secret->data, secret->len) : NULL;
}

/* Takes ownership of TEXT. */
static RpcJson *
descriptor_json (const WalletKeyChain *chain, char *text)
{
  RpcJson *entry = rpc_json_new_object (), *range;

  rpc_json_set (entry, "desc", rpc_json_new_string (text));
  g_free (text);
  rpc_json_set (entry, "timestamp", rpc_json_new_int ((gint64) chain->record.creation_time));
  rpc_json_set (entry, "active", rpc_json_new_bool (chain->active));
  if (chain->active)
    rpc_json_set (entry, "internal", rpc_json_new_bool (chain->internal));
  if (!btc_descriptor_is_ranged (chain->descriptor))
    return entry;
  range = rpc_json_new_array ();
  rpc_json_append (range, rpc_json_new_int (chain->record.range_start));
  rpc_json_append (range, rpc_json_new_int (chain->record.range_end - 1));
  rpc_json_set (entry, "range", range);
  rpc_json_set (entry, "next", rpc_json_new_int (chain->record.next_index));
  rpc_json_set (entry, "next_index", rpc_json_new_int (chain->record.next_index));
  return entry;
}

static gint
compare_descriptors (gconstpointer a, gconstpointer b)
{
  return strcmp (rpc_json_string (rpc_json_get (*(RpcJson *const *) a, "desc")),
                 rpc_json_string (rpc_json_get (*(RpcJson *const *) b, "desc")));
}

/* The descriptors in the order of their texts. */
static RpcJson *
descriptors_json (Wallet *wallet, gboolean private, GError **error)
{
  const GPtrArray *chains = wallet_keyring_get_chains (wallet_tracker_get_keyring (wallet->tracker));
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) rpc_json_unref);
  RpcJson *list;

  for (guint i = 0; i < chains->len; i++) {
    const WalletKeyChain *chain = g_ptr_array_index (chains, i);
    char *text = dup_descriptor_text (wallet, chain, private);
    if (text == NULL)
      return rpc_fail (error, RPC_WALLET_ERROR, "Can't get descriptor string.");
    g_ptr_array_add (entries, descriptor_json (chain, text));
  }
  g_ptr_array_sort (entries, compare_descriptors);
  list = rpc_json_new_array ();
  for (guint i = 0; i < entries->len; i++)
    rpc_json_append (list, rpc_json_ref (g_ptr_array_index (entries, i)));
  return list;
}

static RpcJson *
descriptors_body (RpcCall *call, Wallet *wallet, GError **error)
{
  gboolean private = rpc_call_bool (call, 0, FALSE);
  RpcJson *result, *list;

  if (private && (wallet_tracker_get_flags (wallet->tracker) & WALLET_FLAG_NO_PRIVATE_KEYS) != 0)
    return rpc_fail (error, RPC_WALLET_ERROR, "Can't get private descriptor string for watch-only wallets");
  if (private && !wallet_rpc_check_unlocked (wallet, error))
    return NULL;
  list = descriptors_json (wallet, private, error);
  if (list == NULL)
    return NULL;
  result = rpc_json_new_object ();
  rpc_json_set (result, "wallet_name", rpc_json_new_string (wallet_get_name (wallet)));
  rpc_json_set (result, "descriptors", list);
  return result;
}

static void
list_descriptors (RpcCall *call, GTask *task)
{
  wallet_rpc_run (call, task, descriptors_body);
}

static RpcJson *
refill_body (RpcCall *call, Wallet *wallet, GError **error)
{
  g_autoptr (WalletBatch) batch = wallet_batch_new ();
  gint64 size;

  if (!wallet_rpc_int (call, 0, 0, &size, error))
    return NULL;
  if (size < 0)
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Invalid parameter, expected valid size.");
  if (!wallet_rpc_check_unlocked (wallet, error))
    return NULL;
  wallet_keyring_refill (wallet_tracker_get_keyring (wallet->tracker), (guint) size, batch);
  return wallet_tracker_commit (wallet->tracker, batch, error) ? rpc_json_new_null () : NULL;
}

static void
refill_keypool (RpcCall *call, GTask *task)
{
  wallet_rpc_run (call, task, refill_body);
}

static const RpcMethod methods[] = {
  { "Wallet",
    "listdescriptors",
    NULL,
    "Lists the descriptors of this wallet.",
    { { "private", RPC_ARG_BOOL, FALSE, "Show private keys.", .fallback = "false" } },
    RPC_RUN_DEFERRED,
    list_descriptors,
    .result = "{wallet_name: str, descriptors: [{desc: str, timestamp: num, active: bool, internal?: bool, range?: "
              "(num, num), next?: num, next_index?: num}]}" },
  { "Wallet",
    "keypoolrefill",
    NULL,
    "Derives addresses in advance.",
    { { "newsize", RPC_ARG_INT, FALSE, "The number of unused addresses to keep." } },
    RPC_RUN_DEFERRED,
    refill_keypool },
};

WalletRpcGroup
wallet_rpc_descriptors (void)
{
  return (WalletRpcGroup){ methods, G_N_ELEMENTS (methods) };
}
