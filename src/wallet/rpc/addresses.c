/* getnewaddress, getrawchangeaddress, getaddressinfo (see address_info.c), setlabel, listlabels,
 * getaddressesbylabel. */
#include <string.h>

#include "bitcoin/address/address.h"
#include "bitcoin/script/script.h"
#include "common/text.h"
#include "wallet/rpc/methods.h"
#include "wallet/rpc/shapes.h"

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

/* The wallet has a descriptor for such addresses, whatever their type. */
static gboolean
has_addresses (Wallet *wallet, gboolean internal)
{
  WalletKeyring *keyring = wallet_tracker_get_keyring (wallet->tracker);

  for (guint type = 0; type < WALLET_N_ADDRESS_TYPES; type++)
    if (wallet_keyring_get_active (keyring, (WalletAddressType) type, internal) != NULL)
      return TRUE;
  return FALSE;
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

  if (!has_addresses (wallet, internal))
    return rpc_fail (error, RPC_WALLET_ERROR, "Error: This wallet has no available keys");
  if (g_strcmp0 (label, "*") == 0)
    return rpc_fail (error, RPC_WALLET_INVALID_LABEL_NAME, "Invalid label name");
  if (!read_type (wallet, type_name, internal, &type, error))
    return NULL;
  if (wallet_keyring_get_active (wallet_tracker_get_keyring (wallet->tracker), type, internal) == NULL)
    return rpc_fail (error, RPC_WALLET_KEYPOOL_RAN_OUT, "Error: No %s addresses available.",
                     wallet_address_type_name (type));
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
  g_autoptr (GBytes) script = wallet_rpc_address_script (wallet, rpc_call_string (call, 0), error);

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
  return common_text_compare (*(const char *const *) a, *(const char *const *) b);
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

  if (purpose != NULL && *purpose == '\0')
    purpose = NULL;
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

/* An address in the order of the reference: by the type of its script, then by the hash or key. */
typedef struct {
  const char *address;
  const WalletBookEntry *entry;
  guint rank;
  GBytes *program;
} LabelledAddress;

static void
labelled_address_clear (gpointer data)
{
  g_bytes_unref (((LabelledAddress *) data)->program);
}

static gint
compare_labelled (gconstpointer a, gconstpointer b)
{
  const LabelledAddress *x = a, *y = b;

  return x->rank != y->rank ? (x->rank > y->rank ? 1 : -1) : g_bytes_compare (x->program, y->program);
}

static gboolean
labelled_address_init (LabelledAddress *row, const char *address, const WalletBookEntry *entry, BtcNetwork network)
{
  static const BtcScriptType order[]
      = { BTC_SCRIPT_PUBKEYHASH,         BTC_SCRIPT_SCRIPTHASH,         BTC_SCRIPT_WITNESS_V0_SCRIPTHASH,
          BTC_SCRIPT_WITNESS_V0_KEYHASH, BTC_SCRIPT_WITNESS_V1_TAPROOT, BTC_SCRIPT_ANCHOR,
          BTC_SCRIPT_WITNESS_UNKNOWN };
  g_autoptr (GBytes) script = btc_address_decode (address, network, NULL);
  BtcSpan span, program = { NULL, 0 };
  BtcScriptType type;

  if (script == NULL)
    return FALSE;
  span.data = g_bytes_get_data (script, &span.len);
  type = btc_script_classify (span, &program);
  *row = (LabelledAddress){ .address = address, .entry = entry };
  while (row->rank < G_N_ELEMENTS (order) && order[row->rank] != type)
    row->rank++;
  row->program = program.data != NULL ? g_bytes_new (program.data, program.len) : g_bytes_ref (script);
  return TRUE;
}

static RpcJson *
by_label_body (RpcCall *call, Wallet *wallet, GError **error)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (LabelledAddress));
  const char *label = rpc_call_string (call, 0);
  RpcJson *result;
  GHashTableIter iter;
  gpointer address, value;

  if (g_str_equal (label, "*"))
    return rpc_fail (error, RPC_WALLET_INVALID_LABEL_NAME, "Invalid label name");
  g_array_set_clear_func (rows, labelled_address_clear);
  g_hash_table_iter_init (&iter, wallet_book_get_entries (wallet_tracker_get_book (wallet->tracker)));
  while (g_hash_table_iter_next (&iter, &address, &value)) {
    const WalletBookEntry *entry = value;
    LabelledAddress row;
    if (g_strcmp0 (entry->label, label) == 0
        && labelled_address_init (&row, address, entry, wallet_tracker_get_network (wallet->tracker)))
      g_array_append_val (rows, row);
  }
  if (rows->len == 0)
    return rpc_fail (error, RPC_WALLET_INVALID_LABEL_NAME, "No addresses with label %s", label);
  g_array_sort (rows, compare_labelled);
  result = rpc_json_new_object ();
  for (guint i = 0; i < rows->len; i++) {
    const LabelledAddress *row = &g_array_index (rows, LabelledAddress, i);
    RpcJson *fields = rpc_json_new_object ();
    rpc_json_set (fields, "purpose",
                  rpc_json_new_string (row->entry->purpose != NULL ? row->entry->purpose : "unknown"));
    rpc_json_set (result, row->address, fields);
  }
  return result;
}

static void
by_label (RpcCall *call, GTask *task)
{
  wallet_rpc_run (call, task, by_label_body);
}

static const RpcMethod methods[] = {
  { "Wallet",
    "getnewaddress",
    NULL,
    "Returns a new address for receiving payments.",
    { { "label", RPC_ARG_STRING, FALSE, "The label of the address.", .fallback = "\"\"" },
      { "address_type", RPC_ARG_STRING, FALSE, "legacy, p2sh-segwit, bech32 or bech32m." } },
    RPC_RUN_DEFERRED,
    get_new_address,
    .result = "str" },
  { "Wallet",
    "getrawchangeaddress",
    NULL,
    "Returns a new address for change.",
    { { "address_type", RPC_ARG_STRING, FALSE, "legacy, p2sh-segwit, bech32 or bech32m." } },
    RPC_RUN_DEFERRED,
    get_change_address,
    .result = "str" },
  { "Wallet",
    "getaddressinfo",
    NULL,
    "Returns information about an address.",
    { { "address", RPC_ARG_STRING, TRUE, "The address." } },
    RPC_RUN_DEFERRED,
    wallet_rpc_getaddressinfo,
    .result = "{address: str, scriptPubKey: hex, ismine: bool, iswatchonly: bool, solvable: bool, desc?: str, "
              "parent_desc?: str, isscript?: bool, ischange: bool, iswitness: bool, witness_version?: num, "
              "witness_program?: hex, script?: str, hex?: hex, pubkeys?: [str], sigsrequired?: num, pubkey?: hex, "
              "embedded?: {address?: str, scriptPubKey?: hex, " WALLET_SHAPE_SCRIPT
              "iscompressed?: bool, embedded?: {address?: str, scriptPubKey?: hex, " WALLET_SHAPE_SCRIPT
              "iscompressed?: bool}}, iscompressed?: bool, timestamp?: time, hdkeypath?: str, hdseedid?: hex, "
              "hdmasterfingerprint?: hex, labels: [str]}" },
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
    list_labels,
    .result = "[str]" },
  { "Wallet",
    "getaddressesbylabel",
    NULL,
    "Lists the addresses with a label.",
    { { "label", RPC_ARG_STRING, TRUE, "The label." } },
    RPC_RUN_DEFERRED,
    by_label,
    .result = "{*: {purpose: str}}" },
};

WalletRpcGroup
wallet_rpc_addresses (void)
{
  return (WalletRpcGroup){ methods, G_N_ELEMENTS (methods) };
}
