#include "gui/clients/coin.h"

#include "bitcoin/primitives/amount.h"
#include "gui/clients/bounds.h"

static void
coin_free (gpointer data)
{
  GuiCoin *coin = data;

  g_free (coin->address);
  g_free (coin->label);
  g_free (coin);
}

static GuiCoin *
coin_read (GVariant *record)
{
  GuiCoin *coin = g_new0 (GuiCoin, 1);
  const char *address = "", *label = "";

  coin->amount_sat = -1;
  g_variant_lookup (record, "address", "&s", &address);
  g_variant_lookup (record, "label", "&s", &label);
  g_variant_lookup (record, "ours", "b", &coin->ours);
  g_variant_lookup (record, "change", "b", &coin->change);
  g_variant_lookup (record, "paid_before", "u", &coin->n_paid_before);
  coin->address = g_strdup (address);
  coin->label = gui_bounds_dup_line (label, GUI_BOUNDS_MAX_LABEL);
  if (gui_bounds_address (address)
      && (!g_variant_lookup (record, "amount", "x", &coin->amount_sat) || btc_amount_in_range (coin->amount_sat)))
    return coin;
  coin_free (coin);
  return NULL;
}

GPtrArray *
gui_coins_read (GVariant *details, const char *key)
{
  g_autoptr (GVariant) list = g_variant_lookup_value (details, key, G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GPtrArray) coins = g_ptr_array_new_with_free_func (coin_free);
  gsize n = list != NULL ? g_variant_n_children (list) : 0;

  if (n > GUI_BOUNDS_MAX_COINS)
    return NULL;
  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) record = g_variant_get_child_value (list, i);
    GuiCoin *coin = coin_read (record);

    if (coin == NULL)
      return NULL;
    g_ptr_array_add (coins, coin);
  }
  return g_steal_pointer (&coins);
}
