/* createwallet, loadwallet, unloadwallet, listwallets, listwalletdir, getwalletinfo, backupwallet,
 * restorewallet. */
#include "dbus/errors.h"
#include "wallet/rpc/methods.h"
#include "wallet/store/record.h"

#define VERIFICATION "Wallet file verification failed. "

static int
load_on_startup (RpcCall *call, guint i)
{
  return call->args[i] == NULL ? -1 : rpc_json_bool (call->args[i]);
}

static RpcJson *
name_result (Wallet *wallet)
{
  RpcJson *result = rpc_json_new_object ();

  rpc_json_set (result, "name", rpc_json_new_string (wallet_get_name (wallet)));
  return result;
}

/* The result of creating or loading WALLET. FIRST (NULL: none) is a warning, before those about the options. */
static RpcJson *
opened_result (RpcCall *call, Wallet *wallet, const char *first)
{
  char **warnings = wallet_manager_get_policy (wallet_rpc_manager (call))->warnings;
  RpcJson *result = name_result (wallet), *list;

  if (first == NULL && warnings[0] == NULL)
    return result;
  list = rpc_json_new_array ();
  if (first != NULL)
    rpc_json_append (list, rpc_json_new_string (first));
  for (guint i = 0; warnings[i] != NULL; i++)
    rpc_json_append (list, rpc_json_new_string (warnings[i]));
  rpc_json_set (result, "warnings", list);
  return result;
}

/* The result of loading WALLET. */
static RpcJson *
loaded_result (RpcCall *call, Wallet *wallet)
{
  g_autofree char *warning = wallet_dup_warning (wallet);

  return opened_result (call, wallet, warning);
}

static RpcJson *
create_wallet_body (RpcCall *call, Wallet *none, GError **error)
{
  WalletCreateOptions options = { .no_private_keys = rpc_call_bool (call, 1, FALSE),
                                  .blank = rpc_call_bool (call, 2, FALSE),
                                  .avoid_reuse = rpc_call_bool (call, 4, FALSE),
                                  .load_on_startup = load_on_startup (call, 6) };
  const char *passphrase = rpc_call_string (call, 3), *name = rpc_call_string (call, 0);
  g_autoptr (GError) local = NULL;
  Wallet *wallet;

  if (!rpc_call_bool (call, 5, TRUE))
    return rpc_fail (
        error, RPC_WALLET_ERROR,
        "descriptors argument must be set to \"true\"; it is no longer possible to create a legacy wallet.");
  if (*name == '\0')
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Wallet name cannot be empty");
  if (rpc_call_bool (call, 7, FALSE))
    return rpc_fail (error, RPC_WALLET_ERROR,
                     options.no_private_keys ? "external_signer is not supported by this version yet."
                                             : "Private keys must be disabled when using an external signer");
  if (passphrase != NULL && *passphrase != '\0')
    return rpc_fail (error, RPC_WALLET_ERROR,
                     options.no_private_keys
                         ? "Passphrase provided but private keys are disabled. A passphrase is only used to encrypt "
                           "private keys, so cannot be used for wallets with private keys disabled."
                         : "Wallets with a passphrase cannot be created by this version yet.");
  wallet = wallet_manager_create (wallet_rpc_manager (call), name, &options, &local);
  if (wallet == NULL)
    return rpc_fail (error, RPC_WALLET_ERROR, VERIFICATION "%s", local->message);
  return opened_result (call, wallet,
                        passphrase != NULL ? "Empty string given as passphrase, wallet will not be encrypted." : NULL);
}

static void
create_wallet (RpcCall *call, GTask *task)
{
  wallet_rpc_run_manager_at_tip (call, task, create_wallet_body);
}

/* The reference's error for a wallet that cannot be loaded. */
static RpcJson *
load_failure (const GError *cause, GError **error)
{
  if (g_str_has_prefix (cause->message, WALLET_TRACKER_LOADING_FAILED))
    return rpc_fail (error, RPC_WALLET_ERROR, "%s", cause->message);
  /* Another program has it open, or the same file is loaded under another name. */
  if (g_error_matches (cause, BUS_ERROR, BUS_ERROR_WALLET_LOADED))
    return rpc_fail (error, RPC_WALLET_ERROR, VERIFICATION "%s", cause->message);
  g_propagate_prefixed_error (error, g_error_copy (cause), VERIFICATION);
  return NULL;
}

static RpcJson *
load_wallet_body (RpcCall *call, Wallet *none, GError **error)
{
  WalletManager *manager = wallet_rpc_manager (call);
  const char *name = rpc_call_string (call, 0);
  g_autoptr (GError) local = NULL;
  Wallet *wallet;

  if (wallet_manager_find (manager, name) != NULL)
    return rpc_fail (error, RPC_WALLET_ALREADY_LOADED, "Wallet \"%s\" is already loaded.", name);
  wallet = wallet_manager_load (manager, name, load_on_startup (call, 1), &local);
  return wallet != NULL ? loaded_result (call, wallet) : load_failure (local, error);
}

static RpcJson *
restore_wallet_body (RpcCall *call, Wallet *none, GError **error)
{
  const char *name = rpc_call_string (call, 0);
  g_autoptr (GError) local = NULL;
  Wallet *wallet;

  if (*name == '\0')
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Wallet name cannot be empty");
  wallet = wallet_manager_restore (wallet_rpc_manager (call), name, rpc_call_string (call, 1),
                                   load_on_startup (call, 2), &local);
  if (wallet != NULL)
    return loaded_result (call, wallet);
  if (g_error_matches (local, BUS_ERROR, BUS_ERROR_NOT_FOUND))
    return rpc_fail (error, RPC_INVALID_PARAMETER, "%s", local->message);
  if (g_error_matches (local, BUS_ERROR, BUS_ERROR_WALLET_EXISTS))
    return rpc_fail (error, RPC_WALLET_ALREADY_EXISTS, "%s", local->message);
  return load_failure (local, error);
}

/* Runs BODY, which loads the wallet NAME, unless that is in progress. */
static void
run_loading (RpcCall *call, GTask *task, const char *name, WalletRpcBody body)
{
  GError *error = NULL;

  if (wallet_manager_begin_loading (wallet_rpc_manager (call), name, task)) {
    wallet_rpc_run_manager (call, task, body);
    return;
  }
  rpc_fail (&error, RPC_WALLET_ERROR, "Wallet already loading.");
  wallet_rpc_end (task, NULL, error);
}

static void
restore_wallet (RpcCall *call, GTask *task)
{
  run_loading (call, task, rpc_call_string (call, 0), restore_wallet_body);
}

static void
load_wallet (RpcCall *call, GTask *task)
{
  run_loading (call, task, rpc_call_string (call, 0), load_wallet_body);
}

static RpcJson *
unload_wallet_body (RpcCall *call, Wallet *none, GError **error)
{
  const char *given = rpc_call_string (call, 0);
  const char *name = given != NULL ? given : call->wallet;

  if (name == NULL)
    return rpc_fail (error, RPC_INVALID_PARAMETER,
                     "Either the RPC endpoint wallet or the wallet name parameter must be provided");
  if (given != NULL && call->wallet != NULL && !g_str_equal (given, call->wallet))
    return rpc_fail (error, RPC_INVALID_PARAMETER,
                     "The RPC endpoint wallet and the wallet name parameter specify different wallets");
  if (wallet_manager_find (wallet_rpc_manager (call), name) == NULL)
    return rpc_fail (error, RPC_WALLET_NOT_FOUND, "Requested wallet does not exist or is not loaded");
  if (!wallet_manager_unload (wallet_rpc_manager (call), name, load_on_startup (call, 1), error))
    return NULL;
  return rpc_json_new_object ();
}

static void
unload_wallet (RpcCall *call, GTask *task)
{
  wallet_rpc_run_manager (call, task, unload_wallet_body);
}

static RpcJson *
list_wallets_body (RpcCall *call, Wallet *none, GError **error)
{
  WalletManager *manager = wallet_rpc_manager (call);
  RpcJson *list;

  if (wallet_manager_is_waiting_for (manager, NULL))
    return rpc_fail (error, RPC_IN_WARMUP, "Loading wallet…");
  list = rpc_json_new_array ();
  for (guint i = 0; i < wallet_manager_get_wallets (manager)->len; i++)
    rpc_json_append (
        list, rpc_json_new_string (wallet_get_name (g_ptr_array_index (wallet_manager_get_wallets (manager), i))));
  return list;
}

static void
list_wallets (RpcCall *call, GTask *task)
{
  wallet_rpc_run_manager (call, task, list_wallets_body);
}

static RpcJson *
list_wallet_dir_body (RpcCall *call, Wallet *none, GError **error)
{
  g_autoptr (GPtrArray) found = wallet_manager_list (wallet_rpc_manager (call));
  RpcJson *result = rpc_json_new_object (), *wallets = rpc_json_new_array ();

  for (guint i = 0; i < found->len; i++) {
    const WalletListing *listing = g_ptr_array_index (found, i);
    RpcJson *entry, *warnings;

    if (!listing->in_folder || g_error_matches (listing->problem, BUS_ERROR, BUS_ERROR_WALLET_UNKNOWN)
        || g_error_matches (listing->problem, BUS_ERROR, BUS_ERROR_WALLET_OTHER_NETWORK))
      continue;
    entry = rpc_json_new_object ();
    warnings = rpc_json_new_array ();
    /* As in the reference, this is said of the file; what loading finds is not part of the list. */
    if (g_error_matches (listing->problem, BUS_ERROR, BUS_ERROR_WALLET_LEGACY)
        && !g_str_has_prefix (listing->problem->message, WALLET_TRACKER_LOADING_FAILED))
      rpc_json_append (warnings, rpc_json_new_string ("This wallet is a legacy wallet and will need to be migrated "
                                                      "with migratewallet before it can be loaded"));
    rpc_json_set (entry, "name", rpc_json_new_string (listing->name));
    rpc_json_set (entry, "warnings", warnings);
    rpc_json_append (wallets, entry);
  }
  rpc_json_set (result, "wallets", wallets);
  return result;
}

static void
list_wallet_dir (RpcCall *call, GTask *task)
{
  wallet_rpc_run_manager (call, task, list_wallet_dir_body);
}

static RpcJson *
flag_names (guint64 flags)
{
  static const struct {
    guint64 flag;
    const char *name;
  } names[] = {
    { WALLET_FLAG_AVOID_REUSE, "avoid_reuse" },
    { WALLET_FLAG_KEY_ORIGIN, "key_origin_metadata" },
    { WALLET_FLAG_HARDENED_CACHED, "last_hardened_xpub_cached" },
    { WALLET_FLAG_NO_PRIVATE_KEYS, "disable_private_keys" },
    { WALLET_FLAG_BLANK, "blank" },
    { WALLET_FLAG_DESCRIPTORS, "descriptor_wallet" },
    { WALLET_FLAG_EXTERNAL_SIGNER, "external_signer" },
  };
  RpcJson *list = rpc_json_new_array ();

  for (guint bit = 0; bit < 64; bit++) {
    g_autofree char *unknown = g_strdup_printf ("unknown_flag_%u", bit);
    const char *name = unknown;

    for (guint i = 0; i < G_N_ELEMENTS (names); i++)
      if (names[i].flag == G_GUINT64_CONSTANT (1) << bit)
        name = names[i].name;
    if ((flags >> bit & 1) != 0)
      rpc_json_append (list, rpc_json_new_string (name));
  }
  return list;
}

static RpcJson *
scanning_json (const Wallet *wallet)
{
  const WalletScan *scan = wallet_follower_get_scan (wallet->follower);
  RpcJson *result;

  if (!scan->active)
    return rpc_json_new_bool (FALSE);
  result = rpc_json_new_object ();
  rpc_json_set (result, "duration", rpc_json_new_int ((g_get_monotonic_time () - scan->begun_us) / G_USEC_PER_SEC));
  rpc_json_set (result, "progress",
                rpc_json_new_double ((double) (scan->next - scan->start) / (scan->stop - scan->start + 1)));
  return result;
}

static RpcJson *
get_wallet_info_body (RpcCall *call, Wallet *wallet, GError **error)
{
  WalletKeyring *keyring = wallet_tracker_get_keyring (wallet->tracker);
  guint64 flags = wallet_tracker_get_flags (wallet->tracker);
  gint64 birth = wallet_keyring_get_birth_time (keyring);
  RpcJson *info = rpc_json_new_object ();

  rpc_json_set (info, "walletname", rpc_json_new_string (wallet_get_name (wallet)));
  rpc_json_set (info, "walletversion", rpc_json_new_int (169900));
  rpc_json_set (info, "format", rpc_json_new_string ("sqlite"));
  rpc_json_set (info, "txcount", rpc_json_new_int (wallet_tracker_get_txs (wallet->tracker)->len));
  rpc_json_set (info, "keypoolsize", rpc_json_new_int (wallet_keyring_get_pool_size (keyring, FALSE)));
  rpc_json_set (info, "keypoolsize_hd_internal", rpc_json_new_int (wallet_keyring_get_pool_size (keyring, TRUE)));
  if (wallet_keyring_is_encrypted (keyring))
    rpc_json_set (info, "unlocked_until", rpc_json_new_int (0));
  rpc_json_set (info, "private_keys_enabled", rpc_json_new_bool ((flags & WALLET_FLAG_NO_PRIVATE_KEYS) == 0));
  rpc_json_set (info, "avoid_reuse", rpc_json_new_bool ((flags & WALLET_FLAG_AVOID_REUSE) != 0));
  rpc_json_set (info, "scanning", scanning_json (wallet));
  rpc_json_set (info, "descriptors", rpc_json_new_bool (TRUE));
  rpc_json_set (info, "external_signer", rpc_json_new_bool ((flags & WALLET_FLAG_EXTERNAL_SIGNER) != 0));
  rpc_json_set (info, "blank", rpc_json_new_bool ((flags & WALLET_FLAG_BLANK) != 0));
  if (birth > 0)
    rpc_json_set (info, "birthtime", rpc_json_new_int (birth));
  rpc_json_set (info, "flags", flag_names (flags));
  wallet_rpc_set_place (info, wallet);
  return info;
}

static void
get_wallet_info (RpcCall *call, GTask *task)
{
  wallet_rpc_run_synced (call, task, get_wallet_info_body);
}

static RpcJson *
backup_wallet_body (RpcCall *call, Wallet *wallet, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (!wallet_db_backup (wallet_tracker_get_db (wallet->tracker), rpc_call_string (call, 0), &local))
    return rpc_fail (error, RPC_WALLET_ERROR, "Error: Wallet backup failed! %s", local->message);
  return rpc_json_new_null ();
}

static void
backup_wallet (RpcCall *call, GTask *task)
{
  wallet_rpc_run (call, task, backup_wallet_body);
}

static const RpcMethod methods[] = {
  { "Wallet",
    "createwallet",
    NULL,
    "Creates and loads a wallet.",
    { { "wallet_name", RPC_ARG_STRING, TRUE, "The name of the wallet." },
      { "disable_private_keys", RPC_ARG_BOOL, FALSE, "Watch-only.", .fallback = "false" },
      { "blank", RPC_ARG_BOOL, FALSE, "Create a wallet without keys.", .fallback = "false" },
      { "passphrase", RPC_ARG_STRING, FALSE, "Not supported yet." },
      { "avoid_reuse", RPC_ARG_BOOL, FALSE, "Keep coins apart that come to addresses that were spent from.",
        .fallback = "false" },
      { "descriptors", RPC_ARG_BOOL, FALSE, "Must be true.", .fallback = "true" },
      { "load_on_startup", RPC_ARG_BOOL, FALSE, "Whether to load it at start-up; unchanged if omitted." },
      { "external_signer", RPC_ARG_BOOL, FALSE, "Not supported yet.", .fallback = "false" } },
    RPC_RUN_DEFERRED,
    create_wallet,
    .result = "{name: str, warnings?: [str]}" },
  { "Wallet",
    "loadwallet",
    NULL,
    "Loads a wallet.",
    { { "filename", RPC_ARG_STRING, TRUE, "The name of the wallet." },
      { "load_on_startup", RPC_ARG_BOOL, FALSE, "Whether to load it at start-up; unchanged if omitted." } },
    RPC_RUN_DEFERRED,
    load_wallet,
    .result = "{name: str, warnings?: [str]}" },
  { "Wallet",
    "unloadwallet",
    NULL,
    "Unloads a wallet.",
    { { "wallet_name", RPC_ARG_STRING, FALSE, "The name of the wallet; by default that of the URL." },
      { "load_on_startup", RPC_ARG_BOOL, FALSE, "Whether to load it at start-up; unchanged if omitted." } },
    RPC_RUN_DEFERRED,
    unload_wallet,
    .result = "{warnings?: [str]}" },
  { "Wallet",
    "listwallets",
    NULL,
    "Lists the names of the loaded wallets.",
    { { NULL } },
    RPC_RUN_DEFERRED,
    list_wallets,
    .result = "[str]" },
  { "Wallet",
    "listwalletdir",
    NULL,
    "Lists the wallets in the wallet directory.",
    { { NULL } },
    RPC_RUN_DEFERRED,
    list_wallet_dir,
    .result = "{wallets: [{name: str, warnings?: [str]}]}" },
  { "Wallet",
    "getwalletinfo",
    NULL,
    "Returns the state of the wallet.",
    { { NULL } },
    RPC_RUN_DEFERRED,
    get_wallet_info,
    .result = "{walletname: str, walletversion: num, format: str, txcount: num, keypoolsize: num, "
              "keypoolsize_hd_internal?: num, unlocked_until?: time, private_keys_enabled: bool, avoid_reuse: bool, "
              "scanning: {duration: num, progress: num} | false, descriptors: bool, external_signer: bool, blank: "
              "bool, birthtime?: time, flags: [str], lastprocessedblock: {hash: hex, height: num}}" },
  { "Wallet",
    "backupwallet",
    NULL,
    "Writes a backup copy of the wallet file.",
    { { "destination", RPC_ARG_STRING, TRUE, "The path of the copy." } },
    RPC_RUN_DEFERRED,
    backup_wallet },
  { "Wallet",
    "restorewallet",
    NULL,
    "Restores a wallet from a backup, and loads it. Blocks after the backup are scanned for its payments.",
    { { "wallet_name", RPC_ARG_STRING, TRUE, "The name of the restored wallet." },
      { "backup_file", RPC_ARG_STRING, TRUE, "The path of the backup." },
      { "load_on_startup", RPC_ARG_BOOL, FALSE, "Whether to load it at start-up; unchanged if omitted." } },
    RPC_RUN_DEFERRED,
    restore_wallet,
    .result = "{name: str, warnings?: [str]}" },
};

WalletRpcGroup
wallet_rpc_wallets (void)
{
  return (WalletRpcGroup){ methods, G_N_ELEMENTS (methods) };
}
