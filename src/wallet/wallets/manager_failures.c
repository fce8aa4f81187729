/* Why wallets could not be loaded, until their files change. Wallet thread. */
#include <glib/gstdio.h>

#include "dbus/errors.h"
#include "wallet/wallets/manager_private.h"
#include "wallet/wallets/place.h"

/* How many failures are remembered. */
#define MAX_FAILURES 200

typedef struct {
  GError *error;
  gint64 size; /* of wallet.dat then; -1: there was none */
  gint64 changed;
} Failure;

void
wallet_failure_free (gpointer data)
{
  g_error_free (((Failure *) data)->error);
  g_free (data);
}

static void
failure_read_file (WalletManager *self, const char *name, gint64 *size, gint64 *changed)
{
  g_autofree char *folder = wallet_place_dup_folder (self->wallets_folder, name, NULL);
  g_autofree char *path = folder != NULL ? g_build_filename (folder, "wallet.dat", NULL) : NULL;
  GStatBuf info;

  *size = -1;
  *changed = 0;
  if (path == NULL || g_stat (path, &info) != 0)
    return;
  *size = info.st_size;
  *changed = info.st_mtim.tv_sec * G_USEC_PER_SEC + info.st_mtim.tv_nsec / 1000;
}

void
wallet_manager_set_failure (WalletManager *self, const char *name, const GError *error)
{
  Failure *failure;

  if (error == NULL || g_error_matches (error, BUS_ERROR, BUS_ERROR_WALLET_LOADED)) {
    g_hash_table_remove (self->failures, name);
    return;
  }
  if (g_hash_table_size (self->failures) >= MAX_FAILURES)
    return;
  failure = g_new (Failure, 1);
  failure->error = g_error_copy (error);
  failure_read_file (self, name, &failure->size, &failure->changed);
  g_hash_table_replace (self->failures, g_strdup (name), failure);
}

const GError *
wallet_manager_get_failure (WalletManager *self, const char *name)
{
  const Failure *failure = g_hash_table_lookup (self->failures, name);
  gint64 size, changed;

  if (failure == NULL)
    return NULL;
  failure_read_file (self, name, &size, &changed);
  return size == failure->size && changed == failure->changed ? failure->error : NULL;
}
