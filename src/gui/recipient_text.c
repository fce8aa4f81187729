#include "gui/recipient_text.h"

#include "gui/clients/coin.h"
#include "gui/format.h"

#include <glib/gi18n.h>

#define MAX_NAMED 3

/* A payment to oneself has only outputs of this wallet. */
static gboolean
pays_others (const GPtrArray *coins)
{
  for (guint i = 0; i < coins->len; i++)
    if (!((const GuiCoin *) g_ptr_array_index (coins, i))->ours)
      return TRUE;
  return FALSE;
}

char *
gui_recipients_dup_text (const GPtrArray *coins)
{
  g_autoptr (GString) names = g_string_new (NULL);
  gboolean others = pays_others (coins);
  guint n = 0;

  for (guint i = 0; i < coins->len; i++) {
    const GuiCoin *coin = g_ptr_array_index (coins, i);
    g_autofree char *address = gui_format_address_short (coin->address);

    if (coin->change || (others && coin->ours) || *coin->address == '\0')
      continue;
    g_string_append_printf (names, "%s%s", n++ > 0 ? ", " : "", *coin->label != '\0' ? coin->label : address);
  }
  return n <= MAX_NAMED ? g_string_free (g_steal_pointer (&names), FALSE)
                        : g_strdup_printf (g_dngettext (NULL, "%u recipient", "%u recipients", n), n);
}
