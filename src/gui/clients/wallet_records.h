#pragma once

#include "bitcoin/primitives/network.h"
#include "gui/clients/address_type.h"
#include "gui/clients/coin.h"
#include "gui/clients/outcome.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The records of Wallet1 for the pages, parsed from the replies of a worker: each value is within its bounds, see
 * bounds.h. If a value is invalid or was not requested, the result is NULL. Pure. */

typedef enum {
  GUI_TX_RECEIVE,
  GUI_TX_SEND,
  GUI_TX_GENERATE,
  GUI_TX_SELF,
} GuiTxKind;

#define GUI_HEIGHT_UNCONFIRMED (-1)
#define GUI_HEIGHT_CONFLICTED (-2) /* another payment spends its coins */
#define GUI_HEIGHT_ABANDONED (-3)  /* by the user */
#define GUI_HEIGHT_UNKNOWN (-4)    /* in a block whose height is not known yet */

/* A payment of the history. */
typedef struct {
  GVariant *txid; /* ay, 32 bytes */
  GuiTxKind kind;
  gint64 amount_sat; /* negative for outgoing payments */
  gint64 fee_sat;
  char *address;       /* "": none */
  char *label;         /* of the payment; "": none */
  char *address_label; /* of the address, for all payments to it; "": none */
  guint n_recipients;  /* of a payment to several; 0: one or none */
  gint64 time;         /* seconds since 1970 */
  gint height;         /* or one of the constants above */
  gint confirmations;  /* 0 or more */
} GuiHistoryRow;

void gui_history_row_free (GuiHistoryRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GuiHistoryRow, gui_history_row_free)

typedef struct {
  GPtrArray *rows; /* of GuiHistoryRow */
  guint total;     /* rows on all pages */
} GuiHistoryPage;

void gui_history_page_free (GuiHistoryPage *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GuiHistoryPage, gui_history_page_free)

typedef struct {
  char *address; /* valid for the network */
  char *label;
  GuiAddressType type;
  gint64 time;
  gint64 received_sat;
} GuiAddress;

void gui_address_free (GuiAddress *address);
gboolean gui_address_equal (const GuiAddress *a, const GuiAddress *b);

typedef struct {
  gint64 time;
  gint64 sat;
} GuiBalancePoint;

typedef struct {
  GuiHistoryRow *row;
  GPtrArray *inputs;  /* of GuiCoin */
  GPtrArray *outputs; /* of GuiCoin */
  guint vsize;        /* 0: unknown */
  GuiOutcome outcome; /* also for payments of others, if not in a block then GUI_OUTCOME_ACCEPTED */
  char *reason;       /* the reject reason of the node, or "" */
} GuiPaymentDetails;

void gui_payment_details_free (GuiPaymentDetails *details);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GuiPaymentDetails, gui_payment_details_free)

/* ANSWER: (aa{sv}a{sv}), the reply of Wallet1.ListHistory, with at most LIMIT rows. The caller owns each result. */
GuiHistoryPage *gui_history_page_read (GVariant *answer, guint limit);

/* ROWS: aa{sv} of Wallet1.ListAddresses, at most LIMIT. The result is an array of GuiAddress. */
GPtrArray *gui_addresses_read (GVariant *rows, BtcNetwork network, guint limit);

/* POINTS: a(xx), at most LIMIT. The result is an array of GuiBalancePoint. */
GArray *gui_balance_points_read (GVariant *points, guint limit);

/* ANSWER: (a{sv}a{sv}), the reply of Wallet1.GetTransaction. */
GuiPaymentDetails *gui_payment_details_read (GVariant *answer);

/* Whether ADDRESS is valid for NETWORK. */
gboolean gui_is_address (const char *address, BtcNetwork network);

G_END_DECLS
