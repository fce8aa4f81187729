#pragma once

#include "bus-generated.h"
#include "wallet/wallets/manager.h"

G_BEGIN_DECLS

/* A D-Bus call whose work is done by a job on the wallet thread: its arguments, results and reply. */
typedef struct _WalletBusCall WalletBusCall;

/* What an object represents; passed to the handlers of methods as data. */
typedef struct {
  WalletManager *manager; /* borrowed */
  char *name;             /* of a loaded wallet; NULL: all wallets */
} WalletBusTarget;

typedef gboolean (*WalletBusRun) (WalletBusCall *call, WalletManager *manager, Wallet *wallet, GError **error);

struct _WalletBusCall {
  gpointer object; /* the skeleton that was called, referenced */
  GDBusMethodInvocation *invocation;
  WalletBusRun run;                    /* wallet thread: sets the results, or fails */
  void (*reply) (WalletBusCall *call); /* main context: replies to INVOCATION with the results */
  /* Main context: the job has run, and the reply was sent (ANSWERED), or the call was cancelled too late to stop the
   * job. May be NULL. */
  void (*taken) (WalletBusCall *call, gboolean answered);
  WalletBusTarget target; /* set when the call is started; owns its name */
  /* The arguments that the method has, each owned. */
  char *text;
  char *type;
  guint64 number;
  guint32 limit;
  GVariant *argument;
  GVariant *options;
  /* The results that the method has, each owned and not floating. */
  char *answer;
  char *next;
  guint64 id;
  guint8 txid32[32];
  gint64 amount_sat;
  guint32 total;
  GVariant *rows;
  GVariant *details;
};

/* Takes ownership of INVOCATION. The caller sets the arguments, then starts the call. Main context. */
WalletBusCall *wallet_bus_call_new (gpointer object,
                                    GDBusMethodInvocation *invocation,
                                    WalletBusRun run,
                                    void (*reply) (WalletBusCall *call));

/* Runs CALL for TARGET, and takes ownership of CALL. If the other end cancels the call, a job that has not started is
 * cancelled. */
void wallet_bus_call_start (WalletBusCall *call, const WalletBusTarget *target);
/* The same, once the node's tip is known, if the node is available. */
void wallet_bus_call_start_at_tip (WalletBusCall *call, const WalletBusTarget *target);

/* For use in RUN: sets BUS_ERROR_INVALID_ARGUMENT with TEXT and returns FALSE. */
gboolean wallet_bus_invalid (GError **error, const char *text);

/* For use in RUN: the option "label", borrowed; NULL if absent. FALSE with BUS_ERROR_INVALID_ARGUMENT if it is empty or
 * too long. */
gboolean wallet_bus_get_label (const WalletBusCall *call, const char **label, GError **error);

/* For use in RUN: the 32 bytes of TXID, ay; borrowed. NULL with BUS_ERROR_INVALID_ARGUMENT. */
const guint8 *wallet_bus_get_txid32 (GVariant *txid, GError **error);

G_END_DECLS
