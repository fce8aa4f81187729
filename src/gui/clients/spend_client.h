#pragma once

#include "gui/clients/client.h"
#include "gui/clients/draft.h"
#include "gui/clients/outcome.h"

G_BEGIN_DECLS

/* The client of Spend1: paying from one wallet. Owned by a GuiWalletClient. */

#define GUI_TYPE_SPEND_CLIENT (gui_spend_client_get_type ())
G_DECLARE_FINAL_TYPE (GuiSpendClient, gui_spend_client, GUI, SPEND_CLIENT, GuiClient)

typedef struct {
  GVariant *txid; /* ay, 32 bytes */
  GuiOutcome outcome;
  char *reason; /* the reject reason of the node, or "" */
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

/* The result is an array of GuiFeeChoice, owned by the caller (g_array_unref). */
void gui_spend_client_fee_choices_async (GuiSpendClient *self,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer data);
GArray *gui_spend_client_fee_choices_finish (GuiSpendClient *self, GAsyncResult *result, GError **error);

/* RECIPIENTS: aa{sv} as for Spend1.CreateDraft, consumed if floating. SPEND_USED: also coins that the balance counts apart,
 * at used addresses. LABEL may be NULL. */
void gui_spend_client_draft_async (GuiSpendClient *self,
                                   GVariant *recipients,
                                   guint64 fee_rate,
                                   gboolean send_all,
                                   gboolean spend_used,
                                   const char *label,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer data);
GuiDraft *gui_spend_client_draft_finish (GuiSpendClient *self, GAsyncResult *result, GError **error);

/* Sending a draft twice creates one payment. A BUS_ERROR means that nothing was sent. After any other error this is
 * unknown: call gui_spend_client_get_payment_async() until it returns a payment or a BUS_ERROR_NOT_FOUND. */
void gui_spend_client_send_async (GuiSpendClient *self, guint64 draft, GAsyncReadyCallback callback, gpointer data);
void gui_spend_client_get_payment_async (GuiSpendClient *self,
                                         guint64 draft,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer data);
/* Finishes both of the above. The caller owns the result. */
GuiPayment *gui_spend_client_payment_finish (GuiSpendClient *self, GAsyncResult *result, GError **error);

void gui_spend_client_abandon_async (GuiSpendClient *self, GVariant *txid, GAsyncReadyCallback callback, gpointer data);
gboolean gui_spend_client_abandon_finish (GuiSpendClient *self, GAsyncResult *result, GError **error);

/* Discards a draft and releases its coins. There is no result: a draft is also discarded with the connection. */
void gui_spend_client_discard (GuiSpendClient *self, guint64 draft);

G_END_DECLS
