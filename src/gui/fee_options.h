#pragma once

#include "gui/clients/spend_client.h"

G_BEGIN_DECLS

/* The fee rates to choose from, as far as they are known. Pure. */

typedef struct {
  char *title;  /* "In about an hour" */
  guint blocks; /* 0: not known when it is confirmed */
  guint64 rate; /* satoshi per 1,000 virtual bytes */
} GuiFeeOption;

/* The estimates that are known, in satoshi per 1,000 virtual bytes; 0: none. */
typedef struct {
  guint64 fastest;
  guint64 slowest;
  guint slowest_blocks;
  guint64 fallback; /* the configured rate where there are no estimates */
} GuiFeeEstimates;

/* CHOICES: of GuiFeeChoice, the fastest first. An array of GuiFeeOption, owned by the caller: none for a choice without
 * a rate, one for several with the same rate, and at most one for rates that are no estimates. */
GPtrArray *gui_fee_options_new (const GArray *choices);

/* The index of the option to choose at first: the cheapest one within an hour, else the fastest. */
guint gui_fee_options_get_default (const GPtrArray *options);

void gui_fee_options_get_estimates (const GPtrArray *options, GuiFeeEstimates *estimates);

/* "In about 10 minutes", "In about a day". The caller owns it. */
char *gui_fee_time_text (guint blocks);

/* The fee of a payment to N_RECIPIENTS with one coin and change; a real one may have more coins. */
gint64 gui_fee_typical_sat (guint64 rate, guint n_recipients);

G_END_DECLS
