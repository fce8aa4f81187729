#include "gui/wallet_name.h"

#include "common/text.h"
#include "gui/clients/wallet_client.h"
#include "gui/clients/wallet_manager_client.h"

#include <glib/gi18n.h>
#include <string.h>

/* Four bytes each fit into the name of a folder. */
#define MAX_CHARS 60

char *
gui_wallet_name_clean (const char *text)
{
  g_autofree char *name = NULL;
  const char *start, *end;

  g_return_val_if_fail (text != NULL, NULL);

  name = g_utf8_normalize (text, -1, G_NORMALIZE_DEFAULT_COMPOSE);
  if (name == NULL)
    return g_strdup ("");
  start = name;
  while (g_unichar_isspace (g_utf8_get_char (start)))
    start = g_utf8_next_char (start);
  end = start + strlen (start);
  while (end > start && g_unichar_isspace (g_utf8_get_char (g_utf8_prev_char (end))))
    end = g_utf8_prev_char (end);
  return g_strndup (start, (gsize) (end - start));
}

/* The same for names that look the same at a glance. */
static char *
name_key (const char *name)
{
  g_autofree char *title = gui_wallet_dup_title (name), *folded = g_utf8_casefold (title, -1);
  g_autofree char *normal = g_utf8_normalize (folded, -1, G_NORMALIZE_ALL_COMPOSE);
  GString *key = g_string_new (NULL);

  for (const char *at = normal; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);

    if (!g_unichar_isspace (c) && g_unichar_type (c) != G_UNICODE_FORMAT)
      g_string_append_unichar (key, c);
  }
  return g_string_free (key, FALSE);
}

static gboolean
name_looks_like (const char *name, const char *other)
{
  g_autofree char *key = name_key (name), *other_key = name_key (other);

  return g_str_equal (key, other_key);
}

static char *
name_taken_sentence (const char *other)
{
  g_autofree char *title = gui_wallet_dup_title (other);

  /* Translators: %s is the name of a wallet. */
  return g_strdup_printf (_ ("A wallet with the name “%s” already exists. Choose another name."), title);
}

char *
gui_wallet_name_sentence (const char *name, const char *const *loaded, const GPtrArray *closed)
{
  g_return_val_if_fail (name != NULL && loaded != NULL, NULL);

  if (*name == '\0')
    return g_strdup (_ ("Give the wallet a name."));
  if (!common_text_is_visible (name))
    return g_strdup (_ ("This name has invisible characters. Type it instead of pasting it."));
  if (g_utf8_strlen (name, -1) > MAX_CHARS)
    return g_strdup_printf (_ ("This name is too long. Use at most %d characters."), MAX_CHARS);
  if (strchr (name, '/') != NULL)
    return g_strdup (_ ("Choose a name without a slash. A dash can take its place."));
  if (*name == '.')
    return g_strdup (_ ("Choose a name that does not begin with a full stop."));
  for (guint i = 0; loaded[i] != NULL; i++)
    if (name_looks_like (name, loaded[i]))
      return name_taken_sentence (loaded[i]);
  for (guint i = 0; closed != NULL && i < closed->len; i++) {
    const GuiClosedWallet *wallet = g_ptr_array_index (closed, i);

    if (name_looks_like (name, wallet->name))
      return name_taken_sentence (wallet->name);
  }
  return NULL;
}
