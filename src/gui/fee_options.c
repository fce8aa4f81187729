#include "gui/fee_options.h"

#include <glib/gi18n.h>

#define HOUR_BLOCKS 6
#define DAY_BLOCKS 144
#define MINUTES_PER_BLOCK 10

/* Virtual bytes of a transaction with one input, and of each output, of P2WPKH. */
#define BASE_VSIZE 79
#define OUTPUT_VSIZE 31

static void
fee_option_free (gpointer data)
{
  GuiFeeOption *option = data;

  g_free (option->title);
  g_free (option);
}

char *
gui_fee_time_text (guint blocks)
{
  guint minutes = blocks * MINUTES_PER_BLOCK;

  if (blocks < HOUR_BLOCKS)
    return g_strdup_printf (g_dngettext (NULL, "In about %u minute", "In about %u minutes", minutes), minutes);
  if (blocks == HOUR_BLOCKS)
    return g_strdup (_ ("In about an hour"));
  if (blocks < DAY_BLOCKS)
    return g_strdup_printf (g_dngettext (NULL, "In about %u hour", "In about %u hours", (minutes + 30) / 60),
                            (minutes + 30) / 60);
  if (blocks == DAY_BLOCKS)
    return g_strdup (_ ("In about a day"));
  return g_strdup_printf (g_dngettext (NULL, "In about %u day", "In about %u days", blocks / DAY_BLOCKS),
                          blocks / DAY_BLOCKS);
}

static void
fee_options_add (GPtrArray *options, const GuiFeeChoice *choice)
{
  const GuiFeeOption *last = options->len > 0 ? g_ptr_array_index (options, options->len - 1) : NULL;
  GuiFeeOption *option;

  /* A slower confirmation that costs the same, or more, is no choice. */
  if (choice->rate == 0 || (last != NULL && (choice->rate >= last->rate || last->blocks == 0)))
    return;
  option = g_new (GuiFeeOption, 1);
  *option = (GuiFeeOption){ choice->estimated ? gui_fee_time_text (choice->blocks) : g_strdup (_ ("Fallback fee rate")),
                            choice->estimated ? choice->blocks : 0, choice->rate };
  g_ptr_array_add (options, option);
}

GPtrArray *
gui_fee_options_new (const GArray *choices)
{
  GPtrArray *options = g_ptr_array_new_with_free_func (fee_option_free);

  for (guint i = 0; i < choices->len; i++)
    fee_options_add (options, &g_array_index (choices, GuiFeeChoice, i));
  return options;
}

guint
gui_fee_options_get_default (const GPtrArray *options)
{
  guint index = 0;

  for (guint i = 0; i < options->len; i++)
    if (((const GuiFeeOption *) g_ptr_array_index (options, i))->blocks <= HOUR_BLOCKS)
      index = i;
  return index;
}

void
gui_fee_options_get_estimates (const GPtrArray *options, GuiFeeEstimates *estimates)
{
  *estimates = (GuiFeeEstimates){ 0 };
  for (guint i = 0; i < options->len; i++) {
    const GuiFeeOption *option = g_ptr_array_index (options, i);

    if (option->blocks == 0) {
      estimates->fallback = option->rate;
      continue;
    }
    if (estimates->fastest == 0)
      estimates->fastest = option->rate;
    estimates->slowest = option->rate;
    estimates->slowest_blocks = option->blocks;
  }
}

gint64
gui_fee_typical_sat (guint64 rate, guint n_recipients)
{
  return (gint64) (rate * (BASE_VSIZE + OUTPUT_VSIZE * (n_recipients + 1)) / 1000);
}
