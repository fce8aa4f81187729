/* The list of all wallets, with what is known about those that are not loaded. Wallet thread. */
#include <string.h>

#include "wallet/wallets/manager_private.h"
#include "wallet/wallets/place.h"

void
wallet_listing_free (WalletListing *listing)
{
  g_free (listing->name);
  g_clear_error (&listing->problem);
  g_free (listing);
}

static GError *
dup_problem (WalletManager *self, const char *name)
{
  g_autofree char *folder = NULL, *path = NULL;
  const GError *failure;
  GError *problem = NULL;

  folder = wallet_place_dup_folder (self->wallets_folder, name, &problem);
  if (folder != NULL)
    path = wallet_place_dup_file (folder, self->network, &problem);
  if (path == NULL)
    return problem;
  failure = wallet_manager_get_failure (self, name);
  return failure != NULL ? g_error_copy (failure) : NULL;
}

/* Adds NAME, unless it is in SEEN, the names in LIST. */
static void
list_add (GPtrArray *list, GHashTable *seen, WalletManager *self, const char *name, gboolean in_folder)
{
  WalletListing *listing;

  if (g_hash_table_contains (seen, name))
    return;
  listing = g_new0 (WalletListing, 1);
  listing->name = g_strdup (name);
  listing->in_folder = in_folder;
  listing->loaded = wallet_manager_find (self, name) != NULL;
  listing->problem = listing->loaded ? NULL : dup_problem (self, name);
  g_ptr_array_add (list, listing);
  g_hash_table_add (seen, listing->name);
}

static gint
compare_listings (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(WalletListing *const *) a)->name, (*(WalletListing *const *) b)->name);
}

GPtrArray *
wallet_manager_list (WalletManager *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) wallet_listing_free);
  g_autoptr (GPtrArray) places = wallet_place_list (self->wallets_folder, self->network);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree gpointer *failed = g_hash_table_get_keys_as_array (self->failures, NULL);

  for (guint i = 0; i < places->len; i++)
    list_add (list, seen, self, ((WalletPlace *) g_ptr_array_index (places, i))->name, TRUE);
  for (guint i = 0; i < self->wallets->len; i++)
    list_add (list, seen, self, ((Wallet *) g_ptr_array_index (self->wallets, i))->name, FALSE);
  for (guint i = 0; failed[i] != NULL; i++)
    if (wallet_manager_get_failure (self, failed[i]) != NULL)
      list_add (list, seen, self, failed[i], FALSE);
  g_ptr_array_sort (list, compare_listings);
  return list;
}
