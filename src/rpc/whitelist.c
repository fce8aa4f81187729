#include "rpc/whitelist.h"

#include <string.h>

struct _RpcWhitelist {
  GHashTable *users; /* name → GHashTable, a set of methods */
  gboolean deny_others;
};

static GHashTable *
read_methods (const char *text)
{
  g_auto (GStrv) names = g_strsplit_set (text, ", ", -1);
  GHashTable *methods = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; names[i] != NULL; i++)
    g_hash_table_add (methods, g_strdup (names[i]));
  return methods;
}

static gboolean
is_missing (gpointer method, gpointer value, gpointer others)
{
  return !g_hash_table_contains (others, method);
}

static void
add_list (RpcWhitelist *whitelist, const char *list)
{
  const char *colon = strchr (list, ':');
  g_autofree char *user = colon != NULL ? g_strndup (list, (gsize) (colon - list)) : g_strdup (list);
  GHashTable *known = g_hash_table_lookup (whitelist->users, user);
  g_autoptr (GHashTable) methods = NULL;

  if (colon == NULL && known != NULL)
    return;
  methods = read_methods (colon != NULL ? colon + 1 : "");
  if (known != NULL)
    g_hash_table_foreach_remove (known, is_missing, methods);
  else
    g_hash_table_insert (whitelist->users, g_steal_pointer (&user), g_steal_pointer (&methods));
}

RpcWhitelist *
rpc_whitelist_new (const char *const *lists, gboolean deny_others)
{
  RpcWhitelist *whitelist = g_new0 (RpcWhitelist, 1);

  whitelist->users = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_hash_table_unref);
  whitelist->deny_others = deny_others;
  for (guint i = 0; lists != NULL && lists[i] != NULL; i++)
    add_list (whitelist, lists[i]);
  return whitelist;
}

void
rpc_whitelist_free (RpcWhitelist *whitelist)
{
  g_hash_table_unref (whitelist->users);
  g_free (whitelist);
}

gboolean
rpc_whitelist_restricts (const RpcWhitelist *whitelist, const char *user)
{
  return whitelist->deny_others || g_hash_table_contains (whitelist->users, user);
}

gboolean
rpc_whitelist_allows (const RpcWhitelist *whitelist, const char *user, const char *method)
{
  GHashTable *methods = g_hash_table_lookup (whitelist->users, user);
  return methods != NULL ? g_hash_table_contains (methods, method) : !whitelist->deny_others;
}
