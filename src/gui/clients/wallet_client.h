#pragma once

#include "gui/clients/spend_client.h"
#include "gui/clients/wallet_records.h"

G_BEGIN_DECLS

/* The client of Wallet1: one wallet. "changed" is also emitted when only its history has changed. */

#define GUI_TYPE_WALLET_CLIENT (gui_wallet_client_get_type ())
G_DECLARE_FINAL_TYPE (GuiWalletClient, gui_wallet_client, GUI, WALLET_CLIENT, GuiClient)

typedef enum {
  GUI_WALLET_FOLLOWS,       /* the chain, or as far as the node is available */
  GUI_WALLET_NEEDS_PRUNED,  /* it cannot: it needs blocks that the node has pruned */
  GUI_WALLET_CANNOT_FOLLOW, /* for another reason */
} GuiWalletProblem;

typedef struct {
  gboolean has_balance; /* the amounts are known: those that were reported last */
  gint64 spendable_sat;
  gint64 pending_sat;
  gint64 immature_sat;
  gint64 used_sat;             /* apart from these: at addresses that were spent from; 0: none, or not kept apart */
  GuiAddressType address_type; /* of new addresses, unless another one is chosen */
  gboolean scanning;
  guint32 scanned_height;
  GuiWalletProblem problem;
} GuiWalletFigures;

GuiWalletClient *gui_wallet_client_new (const char *name, BtcNetwork network);

/* As gui_client_attach(), including the client of Spend1. */
void gui_wallet_client_attach (GuiWalletClient *self, GDBusConnection *connection, const char *path);
void gui_wallet_client_detach (GuiWalletClient *self);

const char *gui_wallet_client_get_name (GuiWalletClient *self);

/* The name of a wallet for display: one line; a translated "Wallet" for the wallet without a name. */
const char *gui_wallet_client_get_title (GuiWalletClient *self); /* borrowed */
char *gui_wallet_dup_title (const char *name);

/* The last figures, initially without a balance. Borrowed until the next "changed". */
const GuiWalletFigures *gui_wallet_client_get_figures (GuiWalletClient *self);

/* Borrowed; lives as long as SELF. */
GuiSpendClient *gui_wallet_client_get_spend (GuiWalletClient *self);

/* LABEL may be NULL or empty. The result is owned by the caller. */
void gui_wallet_client_new_address_async (GuiWalletClient *self,
                                          const char *label,
                                          GuiAddressType type,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer data);
char *gui_wallet_client_new_address_finish (GuiWalletClient *self, GAsyncResult *result, GError **error);

/* The newest LIMIT (1 to 500) addresses: an array of GuiAddress, owned by the caller. */
void gui_wallet_client_list_addresses_async (GuiWalletClient *self,
                                             guint limit,
                                             GCancellable *cancellable,
                                             GAsyncReadyCallback callback,
                                             gpointer data);
GPtrArray *gui_wallet_client_list_addresses_finish (GuiWalletClient *self, GAsyncResult *result, GError **error);

/* The label of an address, for all payments to it. LABEL NULL or empty: removes it. There is no result: the worker logs
 * a failure to store the label. */
void gui_wallet_client_set_label (GuiWalletClient *self, const char *address, const char *label);

/* The same for the label of one payment. TXID: ay. */
void gui_wallet_client_set_payment_label (GuiWalletClient *self, GVariant *txid, const char *label);

/* The LIMIT (1 to 500) rows of the history after the first OFFSET; SEARCH and KIND may be NULL. The caller owns the
 * result. */
void gui_wallet_client_list_history_async (GuiWalletClient *self,
                                           guint offset,
                                           guint limit,
                                           const char *search,
                                           const char *kind,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer data);
GuiHistoryPage *gui_wallet_client_list_history_finish (GuiWalletClient *self, GAsyncResult *result, GError **error);

/* The balance since FROM (seconds since 1970; NULL: since the first payment) in at most LIMIT + 1 points: an array of
 * GuiBalancePoint, oldest first, owned by the caller. */
void gui_wallet_client_list_balances_async (GuiWalletClient *self,
                                            const gint64 *from,
                                            guint limit,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer data);
GArray *gui_wallet_client_list_balances_finish (GuiWalletClient *self, GAsyncResult *result, GError **error);

/* TXID: ay. The caller owns the result. */
void gui_wallet_client_get_transaction_async (GuiWalletClient *self,
                                              GVariant *txid,
                                              GCancellable *cancellable,
                                              GAsyncReadyCallback callback,
                                              gpointer data);
GuiPaymentDetails *
gui_wallet_client_get_transaction_finish (GuiWalletClient *self, GAsyncResult *result, GError **error);

G_END_DECLS
