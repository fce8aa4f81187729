#pragma once

#include "wallet/rpc/methods.h"
#include "wallet/wallets/handover.h"

G_BEGIN_DECLS

/* Payments over RPC: sendtoaddress and sendmany. */

/* The reference's default of -minrelaytxfee, in satoshi per 1,000 virtual bytes. */
#define WALLET_RPC_RELAY_FEE_RATE ((guint64) 100)

/* fee.c. The fee rate of a payment. */
typedef struct {
  gboolean given;     /* RATE is the argument fee_rate */
  guint target;       /* otherwise: confirmation within so many blocks */
  guint64 rate;       /* satoshi per 1,000 virtual bytes; 0: not given, and there is no estimate */
  guint64 least;      /* that the node relays */
  guint64 own_least;  /* -mintxfee */
  const char *reason; /* its origin, in the words of the reference */
} WalletRpcFee;

/* Reads the arguments TARGET (conf_target), TARGET + 1 (estimate_mode) and RATE (fee_rate). Any thread. */
gboolean wallet_rpc_read_fee (RpcCall *call, guint target, guint rate, WalletRpcFee *fee, GError **error);
/* Asks the node for what it relays, and for an estimate unless the rate is given. Main context, where DONE is always
 * called. */
typedef void (*WalletRpcFeeFunc) (RpcCall *call, gpointer data);
void wallet_rpc_choose_fee (RpcCall *call, WalletRpcFee *fee, WalletRpcFeeFunc done, gpointer data);
/* FALSE with the reference's error if FEE, which was chosen, cannot be paid with. */
gboolean wallet_rpc_check_fee (const WalletRpcFee *fee, GError **error);

/* payment.c. A payment in progress. */
typedef struct {
  GArray *payments;    /* of WalletPayment */
  GHashTable *scripts; /* a set of GBytes: of the payments, which borrow them */
  gboolean has_data;   /* one of them stores data */
  gboolean replaceable;
  gboolean avoid_reuse;             /* coins at addresses that were spent from are not used */
  const char *comment, *comment_to; /* borrowed from the arguments; NULL: none */
  gboolean verbose;
  WalletRpcFee fee;
  /* From here on internal. */
  GTask *task;
  char *wallet;
  WalletStored stored;
} WalletRpcPayment;

/* Reads the arguments into PAYMENT. Wallet thread. */
typedef gboolean (*WalletRpcReadPayment) (RpcCall *call, Wallet *wallet, WalletRpcPayment *payment, GError **error);

/* Reads the arguments with READ, chooses the fee rate, signs, stores and submits the payment, and completes TASK, whose
 * ownership it takes. Main context. */
void wallet_rpc_pay (RpcCall *call, GTask *task, WalletRpcReadPayment read);

/* Adds the payment of AMOUNT to ADDRESS. FALSE if one of the two is invalid, or the address was added before. The address
 * "data" stands for an output that stores the AMOUNT, which is hex then. */
gboolean wallet_rpc_add_payment (WalletRpcPayment *payment,
                                 Wallet *wallet,
                                 const char *address,
                                 const RpcJson *amount,
                                 GError **error);

/* FALSE for a locked wallet, and for one without private keys. */
gboolean wallet_rpc_check_unlocked (Wallet *wallet, GError **error);
gboolean wallet_rpc_check_can_sign (Wallet *wallet, GError **error);

G_END_DECLS
