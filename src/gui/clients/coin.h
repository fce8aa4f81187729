#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* An input or an output of a payment or a draft. Pure. */
typedef struct {
  char *address;
  char *label;         /* of a recipient of a payment to several; "": none */
  gint64 amount_sat;   /* -1: unknown */
  gboolean ours;       /* of a coin of a payment, or of a recipient of a draft */
  gboolean change;     /* of an output of a draft */
  guint n_paid_before; /* of a recipient of a draft: confirmed payments to it */
} GuiCoin;

/* The records (aa{sv}) under KEY of DETAILS as an array of GuiCoin, owned by the caller; empty without that key. NULL
 * if there are too many, or a value is out of bounds. */
GPtrArray *gui_coins_read (GVariant *details, const char *key);

G_END_DECLS
