#pragma once

#include "bitcoin/primitives/network.h"
#include "gui/clients/coin.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* A draft of a payment, prepared by the wallet and not sent yet, and whether it matches what was entered. Pure. */

typedef struct {
  guint64 id;
  gint64 fee_sat;
  GPtrArray *inputs;  /* GuiCoin, change is FALSE */
  GPtrArray *outputs; /* GuiCoin */
  guint vsize;
  gint64 remaining_sat;
  guint n_replaced; /* stored payments that conflict with this one */
  gboolean repeats; /* another payment to one of the recipients is unconfirmed */
} GuiDraft;

/* ANSWER: (txa{sv}), the reply of Spend1.CreateDraft. NULL if a value is out of bounds, or the sums do not balance; *ID
 * is set nevertheless. The caller owns the result. */
GuiDraft *gui_draft_read (GVariant *answer, guint64 *id);
GuiDraft *gui_draft_copy (const GuiDraft *draft);
void gui_draft_free (GuiDraft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GuiDraft, gui_draft_free)

/* The total amount of the recipients. */
gint64 gui_draft_get_paid_sat (const GuiDraft *draft);

/* A recipient as entered. */
typedef struct {
  GBytes *script;
  gint64 amount_sat; /* 0: the whole balance, minus the fee */
} GuiTypedPayment;

/* Whether DRAFT pays exactly what was entered, at the chosen fee rate. TYPED: of GuiTypedPayment. */
gboolean gui_draft_matches (const GuiDraft *draft, BtcNetwork network, const GPtrArray *typed, guint64 fee_rate);

G_END_DECLS
