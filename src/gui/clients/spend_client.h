#pragma once

#include "gui/clients/client.h"
#include "gui/clients/draft.h"
#include "gui/clients/outcome.h"

G_BEGIN_DECLS

/* Paying from one wallet: Spend1. Belongs to a GuiWalletClient. */

#define GUI_TYPE_SPEND_CLIENT (gui_spend_client_get_type ())
G_DECLARE_FINAL_TYPE (GuiSpendClient, gui_spend_client, GUI, SPEND_CLIENT, GuiClient)

typedef struct {
  GVariant *txid; /* ay, 32 bytes */
  GuiOutcome outcome;
  char *reason; /* the node's, for a refusal; "" */
} GuiPayment;

void gui_payment_free (GuiPayment *payment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GuiPayment, gui_payment_free)

#define GUI_N_FEE_CHOICES 3

typedef struct {
  guint blocks;
  guint64 rate; /* satoshi per 1,000 virtual bytes; 0: unknown */
  gboolean estimated;
} GuiFeeChoice;

GuiSpendClient *gui_spend_client_new (void);

/* The result is an array of GuiFeeChoice, which the caller owns (g_array_unref). */
void gui_spend_client_fee_choices_async (GuiSpendClient *self,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer data);
GArray *gui_spend_client_fee_choices_finish (GuiSpendClient *self, GAsyncResult *result, GError **error);

/* RECIPIENTS: aa{sv} as of Spend1.CreateDraft, consumed when floating. LABEL may be NULL. */
void gui_spend_client_draft_async (GuiSpendClient *self,
                                   GVariant *recipients,
                                   guint64 fee_rate,
                                   gboolean send_all,
                                   const char *label,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer data);
GuiDraft *gui_spend_client_draft_finish (GuiSpendClient *self, GAsyncResult *result, GError **error);

/* Sending a draft twice makes one payment. An error of BUS_ERROR means that nothing was sent; any other that it is not
 * known: ask with gui_spend_client_get_payment_async() until that answers, BUS_ERROR_NOT_FOUND being an answer. */
void gui_spend_client_send_async (GuiSpendClient *self, guint64 draft, GAsyncReadyCallback callback, gpointer data);
void gui_spend_client_get_payment_async (GuiSpendClient *self,
                                         guint64 draft,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer data);
/* Of both. The result is the caller's. */
GuiPayment *gui_spend_client_payment_finish (GuiSpendClient *self, GAsyncResult *result, GError **error);

void gui_spend_client_abandon_async (GuiSpendClient *self, GVariant *txid, GAsyncReadyCallback callback, gpointer data);
gboolean gui_spend_client_abandon_finish (GuiSpendClient *self, GAsyncResult *result, GError **error);

/* Gives the coins of a draft back. Without an answer: a draft also ends with the connection. */
void gui_spend_client_discard (GuiSpendClient *self, guint64 draft);

G_END_DECLS
