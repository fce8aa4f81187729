#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* An input or an output of a payment, or of a draft. Pure. */
typedef struct {
  char *address;
  gint64 amount_sat; /* -1: not known */
  gboolean ours;     /* of an output of a payment */
  gboolean change;   /* of an output of a draft: returns to the wallet */
} GuiCoin;

/* The records (aa{sv}) under KEY of DETAILS as an array of GuiCoin, which the caller owns; empty without that key. NULL when
 * there are too many, or a value is out of its bounds. */
GPtrArray *gui_coins_read (GVariant *details, const char *key);

G_END_DECLS
