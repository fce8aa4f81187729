#pragma once

#include "bitcoin/primitives/network.h"
#include "gui/clients/coin.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* A draft of a payment, as prepared by the wallet and not sent yet, and whether it matches what was typed. Pure. */

typedef struct {
  guint64 id;
  gint64 fee_sat;
  GPtrArray *inputs;  /* GuiCoin, change is FALSE */
  GPtrArray *outputs; /* GuiCoin */
  guint vsize;
  gint64 remaining_sat;
  guint n_replaced; /* kept payments that cannot be confirmed beside this one */
  gboolean repeats; /* another payment to one of the recipients waits for its confirmation */
} GuiDraft;

/* ANSWER: (txa{sv}) as of Spend1.CreateDraft. NULL when a value is out of its bounds, or the sums do not fit: then *ID is
 * set all the same. The caller owns it. */
GuiDraft *gui_draft_read (GVariant *answer, guint64 *id);
void gui_draft_free (GuiDraft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GuiDraft, gui_draft_free)

/* What the recipients get together. */
gint64 gui_draft_get_paid_sat (const GuiDraft *draft);

/* What was typed. */
typedef struct {
  GBytes *script;
  gint64 amount_sat; /* 0: all that there is, less the fee */
} GuiTypedPayment;

/* Whether DRAFT pays what was typed and nothing else, at the fee rate that was chosen. TYPED: of GuiTypedPayment. */
gboolean gui_draft_is_as_typed (const GuiDraft *draft, BtcNetwork network, const GPtrArray *typed, guint64 fee_rate);

G_END_DECLS
