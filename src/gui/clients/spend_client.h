#pragma once

#include "gui/clients/client.h"

G_BEGIN_DECLS

/* Paying from one wallet: Spend1. Belongs to a GuiWalletClient. */

#define GUI_TYPE_SPEND_CLIENT (gui_spend_client_get_type ())
G_DECLARE_FINAL_TYPE (GuiSpendClient, gui_spend_client, GUI, SPEND_CLIENT, GuiClient)

typedef struct {
  char *address;
  gint64 amount_sat;
  gboolean change; /* comes back to the wallet */
} GuiDraftCoin;

/* A payment that was worked out and not sent yet. */
typedef struct {
  guint64 id;
  gint64 fee_sat;
  GPtrArray *inputs;  /* GuiDraftCoin, change is FALSE */
  GPtrArray *outputs; /* GuiDraftCoin */
  guint vsize;
  gint64 remaining_sat;
} GuiDraft;

void gui_draft_free (GuiDraft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GuiDraft, gui_draft_free)

/* What the recipients get together. */
gint64 gui_draft_get_paid_sat (const GuiDraft *draft);

#define GUI_N_FEE_CHOICES 3

typedef struct {
  guint blocks;
  guint64 rate; /* satoshi per 1,000 virtual bytes */
  gboolean estimated;
} GuiFeeChoice;

GuiSpendClient *gui_spend_client_new (void);

/* The result is an array of GuiFeeChoice, which the caller owns (g_array_unref). */
void gui_spend_client_fee_choices_async (GuiSpendClient *self,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer data);
GArray *gui_spend_client_fee_choices_finish (GuiSpendClient *self, GAsyncResult *result, GError **error);

/* RECIPIENTS: a(sx), consumed when floating. LABEL may be NULL. */
void gui_spend_client_draft_async (GuiSpendClient *self,
                                   GVariant *recipients,
                                   guint64 fee_rate,
                                   gboolean send_all,
                                   const char *label,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer data);
GuiDraft *gui_spend_client_draft_finish (GuiSpendClient *self, GAsyncResult *result, GError **error);

/* The result is the transaction ID, ay, owned by the caller. */
void gui_spend_client_send_async (GuiSpendClient *self, guint64 draft, GAsyncReadyCallback callback, gpointer data);
GVariant *gui_spend_client_send_finish (GuiSpendClient *self, GAsyncResult *result, GError **error);

/* Gives the coins of a draft back. Without an answer: a draft also ends with the connection. */
void gui_spend_client_discard (GuiSpendClient *self, guint64 draft);

G_END_DECLS
