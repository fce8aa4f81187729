#pragma once

#include "rpc/method.h"
#include "wallet/wallets/manager.h"

G_BEGIN_DECLS

/* The tables of the folder, one per file. */
typedef struct {
  const RpcMethod *methods;
  gsize n;
} WalletRpcGroup;
WalletRpcGroup wallet_rpc_wallets (void);
WalletRpcGroup wallet_rpc_addresses (void);
WalletRpcGroup wallet_rpc_balances (void);
WalletRpcGroup wallet_rpc_transactions (void);
WalletRpcGroup wallet_rpc_since (void);
WalletRpcGroup wallet_rpc_coins (void);
WalletRpcGroup wallet_rpc_send (void);
WalletRpcGroup wallet_rpc_rescan (void);
WalletRpcGroup wallet_rpc_flags (void);
WalletRpcGroup wallet_rpc_descriptors (void);

/* The body of a method, on the wallet thread. */
typedef RpcJson *(*WalletRpcBody) (RpcCall *call, Wallet *wallet, GError **error);

/* No method blocks a thread (RPC_RUN_DEFERRED). These functions take ownership of TASK and complete it; main
 * context. */

/* Runs BODY for the wallet of CALL: the selected one, or the only one that is loaded; its result is the result of the
 * call. BUS_ERRORs are converted to the reference's codes. */
void wallet_rpc_run (RpcCall *call, GTask *task, WalletRpcBody body);
/* The same, after the wallet has caught up with the node. */
void wallet_rpc_run_synced (RpcCall *call, GTask *task, WalletRpcBody body);
/* The same with DATA for the body, and for THEN, which is always called on the main context: it takes ownership of
 * TASK, and of RESULT or ERROR, one of which is NULL. */
typedef RpcJson *(*WalletRpcDataBody) (RpcCall *call, Wallet *wallet, gpointer data, GError **error);
typedef void (*WalletRpcThen) (RpcCall *call, GTask *task, RpcJson *result, GError *error, gpointer data);
void wallet_rpc_run_synced_with (RpcCall *call, GTask *task, WalletRpcDataBody body, WalletRpcThen then, gpointer data);
/* The same without catching up. */
void wallet_rpc_run_with (RpcCall *call, GTask *task, WalletRpcDataBody body, WalletRpcThen then, gpointer data);
/* Without a wallet: BODY gets NULL. */
void wallet_rpc_run_manager (RpcCall *call, GTask *task, WalletRpcBody body);
/* The same, once the node's tip is known, if the node is available. */
void wallet_rpc_run_manager_at_tip (RpcCall *call, GTask *task, WalletRpcBody body);

/* Completes a call. Takes ownership of TASK, and of RESULT or ERROR, one of which is NULL. */
void wallet_rpc_end (GTask *task, RpcJson *result, GError *error);

WalletManager *wallet_rpc_manager (RpcCall *call);

/* ancestors.c. Asks the node for the ancestors of TXIDS, a set of txid32. DONE is always called on the main context,
 * after a short timeout at the latest: KNOWN (borrowed) maps txid32 to the WalletChainAncestors that the node has
 * returned by then. */
typedef void (*WalletRpcAncestorsFunc) (RpcCall *call, GHashTable *known, gpointer data);
void wallet_rpc_request_ancestors (RpcCall *call, GHashTable *txids, WalletRpcAncestorsFunc done, gpointer data);

/* "lastprocessedblock": { hash, height }. */
void wallet_rpc_set_place (RpcJson *object, Wallet *wallet);
/* The fields that all representations of a transaction share: confirmations, block, times, IDs. */
void wallet_rpc_set_tx (RpcJson *object, Wallet *wallet, const WalletTx *tx);
/* The entries of a transaction: one for each output that was sent, and one for each that was received. */
typedef struct {
  gboolean long_form;  /* with the fields above */
  const char *label;   /* only received ones with this label; NULL: all */
  gboolean change;     /* change outputs, too */
  gboolean conflicted; /* received ones of transactions that conflict with a block, too */
} WalletRpcEntries;
void wallet_rpc_append_entries (Wallet *wallet, const WalletTx *tx, const WalletRpcEntries *what, RpcJson *list);
/* The array "parent_descs" of SCRIPT. */
RpcJson *wallet_rpc_parents (Wallet *wallet, BtcSpan script);
void wallet_rpc_getaddressinfo (RpcCall *call, GTask *task);
/* The descriptor of a single address; NULL if there is none. The caller owns it. */
char *wallet_rpc_dup_descriptor (const WalletKeyRef *ref);
/* Argument I as a 32-bit integer; FALLBACK if it was omitted. */
gboolean wallet_rpc_int (RpcCall *call, guint i, gint64 fallback, gint64 *value, GError **error);
/* Argument I, avoid_reuse; the flag of WALLET if it was omitted. FALSE if it is true for a wallet without that flag. */
gboolean wallet_rpc_avoid_reuse (RpcCall *call, Wallet *wallet, guint i, gboolean *avoid, GError **error);
/* NULL with RPC_ERROR -5 and "Invalid Bitcoin address: …" or the like. */
GBytes *wallet_rpc_script (Wallet *wallet, const char *address, GError **error);
/* The same with "Invalid Bitcoin address", as methods that take a single address say. */
GBytes *wallet_rpc_address_script (Wallet *wallet, const char *address, GError **error);

/* unspent.c: the WalletCoins that listunspent returns; NULL with ERROR if an argument is invalid. */
GPtrArray *wallet_rpc_select_unspent (RpcCall *call, Wallet *wallet, GError **error);

G_END_DECLS
