#pragma once

#include "bus-generated.h"
#include "wallet/wallets/manager.h"

G_BEGIN_DECLS

/* A call over D-Bus whose work is a job on the wallet thread: from the arguments to the results, and to the answer. */
typedef struct _WalletBusCall WalletBusCall;

/* What an object stands for; handlers of methods get it as data. */
typedef struct {
  WalletManager *manager; /* borrowed */
  char *name;             /* of a loaded wallet; NULL: all wallets */
} WalletBusTarget;

typedef gboolean (*WalletBusRun) (WalletBusCall *call, WalletManager *manager, Wallet *wallet, GError **error);

struct _WalletBusCall {
  gpointer object; /* the skeleton that is called, referenced */
  GDBusMethodInvocation *invocation;
  WalletBusRun run;                    /* wallet thread: sets the results, or fails */
  void (*reply) (WalletBusCall *call); /* main context: answers INVOCATION with the results */
  /* Main context: the job has run, and CALL is answered with its results, or was cancelled too late for that; NULL: nothing. */
  void (*taken) (WalletBusCall *call, gboolean answered);
  WalletBusTarget target; /* from the start on; its name is owned */
  /* The arguments, as far as the method has such, each owned. */
  char *text;
  char *type;
  guint64 number;
  guint32 limit;
  GVariant *argument;
  GVariant *options;
  /* The results, as far as the method has such, each owned and not floating. */
  char *answer;
  char *next;
  guint64 id;
  guint8 txid32[32];
  gint64 amount_sat;
  guint32 total;
  GVariant *rows;
  GVariant *details;
};

/* INVOCATION is taken over. Arguments are set, then the call is started. Main context. */
WalletBusCall *wallet_bus_call_new (gpointer object,
                                    GDBusMethodInvocation *invocation,
                                    WalletBusRun run,
                                    void (*reply) (WalletBusCall *call));

/* Runs CALL, which is taken over, for TARGET; cancelling the call of the other end cancels a job that has not begun. */
void wallet_bus_call_start (WalletBusCall *call, const WalletBusTarget *target);
/* The same, once the node's tip is known, if the node is available. */
void wallet_bus_call_start_at_tip (WalletBusCall *call, const WalletBusTarget *target);

/* For use in RUN: sets BUS_ERROR_INVALID_ARGUMENT with TEXT and returns FALSE. */
gboolean wallet_bus_invalid (GError **error, const char *text);

/* For RUN: the option "label", borrowed; NULL: there is none. FALSE with BUS_ERROR_INVALID_ARGUMENT: it is empty or too long. */
gboolean wallet_bus_get_label (const WalletBusCall *call, const char **label, GError **error);

/* For RUN: the 32 bytes of TXID, ay; borrowed. NULL with that error. */
const guint8 *wallet_bus_get_txid32 (GVariant *txid, GError **error);

G_END_DECLS
