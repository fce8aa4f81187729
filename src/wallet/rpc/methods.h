#pragma once

#include "rpc/method.h"
#include "wallet/wallets/manager.h"

G_BEGIN_DECLS

/* The tables of the folder, one a file. */
typedef struct {
  const RpcMethod *methods;
  gsize n;
} WalletRpcGroup;
WalletRpcGroup wallet_rpc_wallets (void);
WalletRpcGroup wallet_rpc_addresses (void);
WalletRpcGroup wallet_rpc_balances (void);
WalletRpcGroup wallet_rpc_transactions (void);
WalletRpcGroup wallet_rpc_coins (void);
WalletRpcGroup wallet_rpc_send (void);
WalletRpcGroup wallet_rpc_rescan (void);

/* The body of a method, on the wallet thread. */
typedef RpcJson *(*WalletRpcBody) (RpcCall *call, Wallet *wallet, GError **error);

/* Every method is one that holds no thread (RPC_RUN_DEFERRED). These take over TASK and end it; main context. */

/* Runs BODY for the wallet of CALL: the selected one, or the only one that is loaded; its result is that of the call.
 * Its errors of BUS_ERROR are converted to the reference's codes. */
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

/* Ends a call. Takes over TASK, and RESULT or ERROR, one of which is NULL. */
void wallet_rpc_end (GTask *task, RpcJson *result, GError *error);

WalletManager *wallet_rpc_manager (RpcCall *call);

/* fee.c. What a payment is to pay. */
typedef struct {
  guint64 rate;       /* satoshi per 1,000 virtual bytes; 0: none was chosen, and there is no estimate */
  const char *reason; /* as the reference names where it comes from */
} WalletRpcFee;

/* From the arguments TARGET (conf_target), TARGET + 1 (estimate_mode) and RATE (fee_rate); asks the node where it has
 * to. FALSE when they are wrong; else DONE comes on the main context. */
typedef void (*WalletRpcFeeFunc) (RpcCall *call, const WalletRpcFee *fee, gpointer data);
gboolean
wallet_rpc_read_fee (RpcCall *call, guint target, guint rate, WalletRpcFeeFunc done, gpointer data, GError **error);

/* ancestors.c. Asks the node for the ancestors of TXIDS, a set of txid32. DONE comes on the main context, in any case
 * and soon: KNOWN (borrowed) has, by txid32, the WalletChainAncestors that the node has given by then. */
typedef void (*WalletRpcAncestorsFunc) (RpcCall *call, GHashTable *known, gpointer data);
void wallet_rpc_ask_ancestors (RpcCall *call, GHashTable *txids, WalletRpcAncestorsFunc done, gpointer data);

/* "lastprocessedblock": { hash, height }. */
void wallet_rpc_set_place (RpcJson *object, Wallet *wallet);
/* The fields of every view of a transaction: confirmations, block, times, IDs. */
void wallet_rpc_set_tx (RpcJson *object, Wallet *wallet, const WalletTx *tx);
/* The array "parent_descs". */
RpcJson *wallet_rpc_parents (const WalletKeyRef *ref);
void wallet_rpc_getaddressinfo (RpcCall *call, GTask *task);
/* The descriptor of this one address; NULL when there is none. The caller owns it. */
char *wallet_rpc_dup_descriptor (const WalletKeyRef *ref);
/* Argument I as a number of 32 bits; FALLBACK where it was left out. */
gboolean wallet_rpc_int (RpcCall *call, guint i, gint64 fallback, gint64 *value, GError **error);
/* FALSE when argument I, avoid_reuse, asks for what no wallet that is loaded here does. */
gboolean wallet_rpc_check_reuse (RpcCall *call, guint i, GError **error);
/* NULL with RPC_ERROR -5 and "Invalid Bitcoin address: …" or the like. */
GBytes *wallet_rpc_script (Wallet *wallet, const char *address, GError **error);

/* unspent.c: the WalletCoin that listunspent lists; NULL with ERROR when an argument is bad. */
GPtrArray *wallet_rpc_select_unspent (RpcCall *call, Wallet *wallet, GError **error);

G_END_DECLS
