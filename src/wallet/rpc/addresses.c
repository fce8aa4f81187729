/* getnewaddress, getrawchangeaddress, getaddressinfo (see address_info.c), setlabel, listlabels, getaddressesbylabel, listdescriptors,
 * keypoolrefill. */
#include <string.h>

#include "wallet/rpc/methods.h"
#include "wallet/store/record.h"

/* NAME NULL: -addresstype, or for change -changetype if it is given. */
static gboolean
read_type (const Wallet *wallet, const char *name, gboolean internal, WalletAddressType *type, GError **error)
{
  gboolean change = internal && wallet->policy->change_type >= 0;

  *type = (WalletAddressType) (change ? (guint) wallet->policy->change_type : wallet->policy->address_type);
  if (name == NULL || wallet_address_type_by_name (name, type))
    return TRUE;
  return rpc_refuse (error, RPC_INVALID_ADDRESS_OR_KEY, "Unknown address type '%s'", name);
}

static RpcJson *
next_address (RpcCall *call,
              Wallet *wallet,
              gboolean internal,
              const char *label,
              const char *type_name,
              GError **error)
{
  WalletAddressType type;

  if (g_strcmp0 (label, "*") == 0)
    return rpc_fail (error, RPC_WALLET_INVALID_LABEL_NAME, "Invalid label name");
  if (!read_type (wallet, type_name, internal, &type, error))
    return NULL;
  if ((wallet_tracker_get_flags (wallet->tracker) & WALLET_FLAG_NO_PRIVATE_KEYS) != 0
      && wallet_keyring_get_active (wallet_tracker_get_keyring (wallet->tracker), type, internal) == NULL)
    return rpc_fail (error, RPC_WALLET_ERROR, "Error: This wallet has no available keys");
  g_autofree char *address = wallet_next_address (wallet, type, internal, label != NULL ? label : "", error);
  return address != NULL ? rpc_json_new_string (address) : NULL;
}

static RpcJson *
get_new_address_body (RpcCall *call, Wallet *wallet, GError **error)
{
  return next_address (call, wallet, FALSE, rpc_call_string (call, 0), rpc_call_string (call, 1), error);
}

static void
get_new_address (RpcCall *call, GTask *task)
{
  wallet_rpc_run (call, task, get_new_address_body);
}

static RpcJson *
get_change_address_body (RpcCall *call, Wallet *wallet, GError **error)
{
  return next_address (call, wallet, TRUE, NULL, rpc_call_string (call, 0), error);
}

static void
get_change_address (RpcCall *call, GTask *task)
{
  wallet_rpc_run (call, task, get_change_address_body);
}

static RpcJson *
set_address_label_body (RpcCall *call, Wallet *wallet, GError **error)
{
  g_autoptr (GBytes) script = wallet_rpc_script (wallet, rpc_call_string (call, 0), error);

  if (script == NULL)
    return NULL;
  if (g_str_equal (rpc_call_string (call, 1), "*"))
    return rpc_fail (error, RPC_WALLET_INVALID_LABEL_NAME, "Invalid label name");
  if (!wallet_set_label (wallet, rpc_call_string (call, 0), rpc_call_string (call, 1), error))
    return NULL;
  return rpc_json_new_null ();
}

static void
set_address_label (RpcCall *call, GTask *task)
{
  wallet_rpc_run (call, task, set_address_label_body);
}

static gint
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static RpcJson *
labels_body (RpcCall *call, Wallet *wallet, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  const char *purpose = rpc_call_string (call, 0);
  RpcJson *list;
  GHashTableIter iter;
  gpointer value;

  if (purpose != NULL && !g_str_equal (purpose, "receive") && !g_str_equal (purpose, "send")
      && !g_str_equal (purpose, "refund"))
    return rpc_fail (error, RPC_INVALID_PARAMETER,
                     "Invalid 'purpose' argument, must be a known purpose string, typically "
                     "'send', or 'receive'.");
  list = rpc_json_new_array ();
  g_hash_table_iter_init (&iter, wallet_book_get_entries (wallet_tracker_get_book (wallet->tracker)));
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const WalletBookEntry *entry = value;
    if (entry->label != NULL && (purpose == NULL || g_strcmp0 (purpose, entry->purpose) == 0)
        && g_hash_table_add (seen, entry->label))
      g_ptr_array_add (sorted, entry->label);
  }
  g_ptr_array_sort (sorted, compare_strings);
  for (guint i = 0; i < sorted->len; i++)
    rpc_json_append (list, rpc_json_new_string (g_ptr_array_index (sorted, i)));
  return list;
}

static void
list_labels (RpcCall *call, GTask *task)
{
  wallet_rpc_run (call, task, labels_body);
}

static RpcJson *
by_label_body (RpcCall *call, Wallet *wallet, GError **error)
{
  RpcJson *result = rpc_json_new_object ();
  GHashTableIter iter;
  gpointer address, value;

  g_hash_table_iter_init (&iter, wallet_book_get_entries (wallet_tracker_get_book (wallet->tracker)));
  while (g_hash_table_iter_next (&iter, &address, &value)) {
    const WalletBookEntry *entry = value;
    if (g_strcmp0 (entry->label, rpc_call_string (call, 0)) != 0)
      continue;
    RpcJson *row = rpc_json_new_object ();
    rpc_json_set (row, "purpose", rpc_json_new_string (entry->purpose != NULL ? entry->purpose : "unknown"));
    rpc_json_set (result, address, row);
  }
  if (rpc_json_len (result) > 0)
    return result;
  rpc_json_unref (result);
  return rpc_fail (error, RPC_WALLET_INVALID_LABEL_NAME, "No addresses with label %s", rpc_call_string (call, 0));
}

static void
by_label (RpcCall *call, GTask *task)
{
  wallet_rpc_run (call, task, by_label_body);
}

static RpcJson *
descriptor_json (const WalletKeyChain *chain)
{
  RpcJson *entry = rpc_json_new_object (), *range = rpc_json_new_array ();
  g_autofree char *text = wallet_key_chain_dup_text (chain);

  rpc_json_set (entry, "desc", rpc_json_new_string (text));
  rpc_json_set (entry, "timestamp", rpc_json_new_int ((gint64) chain->record.creation_time));
  rpc_json_set (entry, "active", rpc_json_new_bool (chain->active));
  if (chain->active)
    rpc_json_set (entry, "internal", rpc_json_new_bool (chain->internal));
  if (btc_descriptor_is_ranged (chain->descriptor)) {
    rpc_json_append (range, rpc_json_new_int (chain->record.range_start));
    rpc_json_append (range, rpc_json_new_int (chain->record.range_end - 1));
    rpc_json_set (entry, "range", range);
    rpc_json_set (entry, "next", rpc_json_new_int (chain->record.next_index));
    rpc_json_set (entry, "next_index", rpc_json_new_int (chain->record.next_index));
  } else {
    rpc_json_unref (range);
  }
  return entry;
}

static gint
compare_chains (gconstpointer a, gconstpointer b)
{
  g_autofree char *x = wallet_key_chain_dup_text (*(WalletKeyChain *const *) a);
  g_autofree char *y = wallet_key_chain_dup_text (*(WalletKeyChain *const *) b);

  return strcmp (x, y);
}

static RpcJson *
descriptors_body (RpcCall *call, Wallet *wallet, GError **error)
{
  GPtrArray *all = wallet_keyring_get_chains (wallet_tracker_get_keyring (wallet->tracker));
  g_autoptr (GPtrArray) chains = g_ptr_array_new (); /* borrowed elements, unlike in a copy */
  RpcJson *result, *list;

  if (rpc_call_bool (call, 0, FALSE))
    return rpc_fail (error, RPC_WALLET_ERROR, "Private keys are not shown by this version.");
  result = rpc_json_new_object ();
  list = rpc_json_new_array ();
  for (guint i = 0; i < all->len; i++)
    g_ptr_array_add (chains, g_ptr_array_index (all, i));
  g_ptr_array_sort (chains, compare_chains);
  for (guint i = 0; i < chains->len; i++)
    rpc_json_append (list, descriptor_json (g_ptr_array_index (chains, i)));
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

  if (!rpc_call_int (call, 0, 0, 0, 1000000, &size, error))
    return NULL;
  if (wallet_keyring_is_encrypted (wallet_tracker_get_keyring (wallet->tracker)))
    return rpc_fail (error, RPC_WALLET_UNLOCK_NEEDED,
                     "Error: Please enter the wallet passphrase with walletpassphrase first.");
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
    "getnewaddress",
    NULL,
    "Returns a new address for receiving payments.",
    { { "label", RPC_ARG_STRING, FALSE, "The label of the address." },
      { "address_type", RPC_ARG_STRING, FALSE, "legacy, p2sh-segwit, bech32 or bech32m." } },
    RPC_RUN_DEFERRED,
    get_new_address },
  { "Wallet",
    "getrawchangeaddress",
    NULL,
    "Returns a new address for change.",
    { { "address_type", RPC_ARG_STRING, FALSE, "legacy, p2sh-segwit, bech32 or bech32m." } },
    RPC_RUN_DEFERRED,
    get_change_address },
  { "Wallet",
    "getaddressinfo",
    NULL,
    "Returns information about an address.",
    { { "address", RPC_ARG_STRING, TRUE, "The address." } },
    RPC_RUN_DEFERRED,
    wallet_rpc_getaddressinfo },
  { "Wallet",
    "setlabel",
    NULL,
    "Sets the label of an address.",
    { { "address", RPC_ARG_STRING, TRUE, "The address." }, { "label", RPC_ARG_STRING, TRUE, "Its label." } },
    RPC_RUN_DEFERRED,
    set_address_label },
  { "Wallet",
    "listlabels",
    NULL,
    "Lists all labels.",
    { { "purpose", RPC_ARG_STRING, FALSE, "send or receive." } },
    RPC_RUN_DEFERRED,
    list_labels },
  { "Wallet",
    "getaddressesbylabel",
    NULL,
    "Lists the addresses with a label.",
    { { "label", RPC_ARG_STRING, TRUE, "The label." } },
    RPC_RUN_DEFERRED,
    by_label },
  { "Wallet",
    "listdescriptors",
    NULL,
    "Lists the descriptors of this wallet.",
    { { "private", RPC_ARG_BOOL, FALSE, "Not supported yet." } },
    RPC_RUN_DEFERRED,
    list_descriptors },
  { "Wallet",
    "keypoolrefill",
    NULL,
    "Derives addresses in advance.",
    { { "newsize", RPC_ARG_INT, FALSE, "The number of unused addresses to keep." } },
    RPC_RUN_DEFERRED,
    refill_keypool },
};

WalletRpcGroup
wallet_rpc_addresses (void)
{
  return (WalletRpcGroup){ methods, G_N_ELEMENTS (methods) };
}
