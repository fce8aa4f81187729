/* Startup: connects to the signals of the chain and loads the startup wallets. If the parent of the previous process
 * was killed, that process may still be closing their files, so a wallet that is in use is retried for a while; no
 * thread blocks in the meantime. */
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "common/log.h"
#include "dbus/errors.h"
#include "wallet/wallets/manager_private.h"
#include "wallet/wallets/place.h"

#define STARTUP_RETRY_MS 100
/* The maximum time by which a file that another program has open delays "ready". */
#define READY_DELAY_US (5 * G_USEC_PER_SEC)

static void load_waiting (gpointer data);

static gboolean
on_startup_retry (gpointer data)
{
  WalletManager *self = data;

  self->startup_source = 0;
  common_worker_post (self->worker, load_waiting, self, NULL);
  return G_SOURCE_REMOVE;
}

typedef struct {
  WalletManager *self;
  gboolean ready;
  gboolean more;
  gboolean failed;
} Tried;

static void
tried_free (gpointer data)
{
  g_object_unref (((Tried *) data)->self);
  g_free (data);
}

static gboolean
tried_on_main (gpointer data)
{
  const Tried *tried = data;
  WalletManager *self = tried->self;

  if (wallet_manager_is_closing (self))
    return G_SOURCE_REMOVE;
  if (tried->ready)
    wallet_manager_set_ready (self);
  if (tried->more)
    self->startup_source = g_timeout_add (STARTUP_RETRY_MS, on_startup_retry, self);
  else
    wallet_manager_report_done (self, tried->failed);
  return G_SOURCE_REMOVE;
}

typedef struct {
  WalletManager *self;
  char *message;
} Trouble;

static void
trouble_free (gpointer data)
{
  Trouble *trouble = data;

  g_object_unref (trouble->self);
  g_free (trouble->message);
  g_free (trouble);
}

static gboolean
trouble_on_main (gpointer data)
{
  const Trouble *trouble = data;

  if (!wallet_manager_is_closing (trouble->self))
    wallet_manager_report_failure (trouble->self, trouble->message);
  return G_SOURCE_REMOVE;
}

/* As the reference does on standard error. */
static void
startup_warn (const char *format, const char *value)
{
  g_autofree char *text = g_strdup_printf (format, value);

  common_warn ("%s", text);
  fprintf (stderr, "Warning: %s\n", text);
}

/* A wallet that is gone, or that has to be migrated, is no reason to end; any other is. */
static void
startup_fail (WalletManager *self, const char *name, const GError *error)
{
  const char *why = error->message;
  Trouble *trouble;

  wallet_manager_set_failure (self, name, error);
  if (g_error_matches (error, BUS_ERROR, BUS_ERROR_WALLET_NOT_FOUND)) {
    startup_warn ("Skipping -wallet path that doesn't exist. %s", error->message);
    return;
  }
  if (g_error_matches (error, BUS_ERROR, BUS_ERROR_WALLET_LEGACY)) {
    startup_warn ("%s", error->message);
    return;
  }
  common_warn ("The wallet \"%s\" could not be loaded: %s", name, error->message);
  if (g_str_has_prefix (why, WALLET_TRACKER_LOADING_FAILED)) /* that is for methods */
    why += strlen (WALLET_TRACKER_LOADING_FAILED);
  self->startup_failed = TRUE;
  trouble = g_new (Trouble, 1);
  *trouble = (Trouble){ g_object_ref (self), g_strdup (why) };
  g_idle_add_full (G_PRIORITY_DEFAULT, trouble_on_main, trouble, trouble_free);
}

/* Whether the file of NAME is loaded under another name: it stays in use then. */
static gboolean
startup_has_file (WalletManager *self, const char *name)
{
  g_autofree char *folder = wallet_place_dup_folder (self->wallets_folder, name, NULL);
  g_autofree char *path = folder != NULL ? wallet_place_dup_file (folder, self->network, NULL) : NULL;
  GStatBuf info, other;

  if (path == NULL || g_stat (path, &info) != 0)
    return FALSE;
  for (guint i = 0; i < self->wallets->len; i++)
    if (g_stat (((Wallet *) g_ptr_array_index (self->wallets, i))->path, &other) == 0 && other.st_ino == info.st_ino
        && other.st_dev == info.st_dev)
      return TRUE;
  return FALSE;
}

/* TRUE: it is to be retried. */
static gboolean
load_at_startup (WalletManager *self, const char *name, gboolean last)
{
  g_autoptr (GError) error = NULL;
  Wallet *wallet;

  /* A caller may have loaded it in the meantime. */
  if (wallet_manager_find (self, name) != NULL)
    return FALSE;
  wallet = wallet_manager_load (self, name, -1, &error);
  if (wallet != NULL) {
    g_autofree char *warning = wallet_dup_warning (wallet);

    if (warning != NULL)
      startup_warn ("%s", warning);
    return FALSE;
  }
  if (g_error_matches (error, BUS_ERROR, BUS_ERROR_WALLET_LOADED) && !last && !startup_has_file (self, name))
    return TRUE;
  startup_fail (self, name, error);
  return FALSE;
}

static void
load_waiting (gpointer data)
{
  WalletManager *self = data;
  gint64 waited_us = g_get_monotonic_time () - self->startup_begun_us;
  Tried *tried;

  for (guint i = 0; i < self->startup->len && !wallet_manager_is_closing (self);)
    if (load_at_startup (self, g_ptr_array_index (self->startup, i), waited_us >= self->startup_retry_us))
      i++;
    else
      g_ptr_array_remove_index (self->startup, i);
  tried = g_new (Tried, 1);
  *tried = (Tried){ .self = g_object_ref (self),
                    .ready = self->startup->len == 0 || waited_us >= READY_DELAY_US,
                    .more = self->startup->len > 0,
                    .failed = self->startup_failed };
  g_idle_add_full (G_PRIORITY_DEFAULT, tried_on_main, tried, tried_free);
}

/* Adds NAMES, of each folder once. WARN about the others. As in the reference, two spellings of a folder ("w" and "w/")
 * are no duplicates: loading the second one fails. */
static void
startup_add (WalletManager *self, GHashTable *folders, char **names, gboolean warn)
{
  for (guint i = 0; names != NULL && names[i] != NULL; i++) {
    char *folder = wallet_place_dup_folder (self->wallets_folder, names[i], NULL);

    if (g_hash_table_add (folders, folder != NULL ? folder : g_strdup (names[i])))
      g_ptr_array_add (self->startup, g_strdup (names[i]));
    else if (warn)
      startup_warn ("Ignoring duplicate -wallet %s.", names[i]);
  }
}

/* The unnamed wallet, unless the user has chosen which wallets to load. */
static void
startup_add_unnamed (WalletManager *self)
{
  g_autofree char *path = wallet_place_dup_file (self->wallets_folder, self->network, NULL);

  self->unnamed_implied = path != NULL;
  if (path != NULL)
    g_ptr_array_add (self->startup, g_strdup (""));
}

/* Wallet thread. */
static void
load_first (gpointer data)
{
  WalletManager *self = data;
  g_auto (GStrv) listed = self->named_only ? NULL : wallet_settings_dup_startup (self->settings_path);
  g_autoptr (GHashTable) folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  startup_add (self, folders, self->named, TRUE);
  startup_add (self, folders, listed, FALSE);
  if (self->named == NULL && listed == NULL)
    startup_add_unnamed (self);
  self->startup_begun_us = g_get_monotonic_time ();
  load_waiting (self);
  if (self->startup->len > 0)
    common_info ("A wallet is in use by another process; loading it is retried.");
}

/* Wallet thread. */
static void
wake_followers (gpointer data)
{
  WalletManager *self = data;

  for (guint i = 0; i < self->wallets->len; i++)
    wallet_follower_wake_for_news (((Wallet *) g_ptr_array_index (self->wallets, i))->follower);
}

static void
on_chain_tip_changed (WalletChain *chain, const WalletChainTip *tip, gpointer data)
{
  WalletManager *self = data;

  wallet_source_set_tip (self->source, tip);
  wallet_source_post (self->source, wake_followers, self, NULL);
  wallet_feed_wake (self->feed);
}

static void
on_renewed (WalletChain *chain, gpointer data)
{
  WalletManager *self = data;

  wallet_source_renew (self->source);
  wallet_source_post (self->source, wake_followers, self, NULL);
}

void
wallet_manager_start (WalletManager *self)
{
  g_return_if_fail (WALLET_IS_MANAGER (self) && !self->started);

  self->started = TRUE;
  self->tip_handler = g_signal_connect (self->chain, "tip-changed", G_CALLBACK (on_chain_tip_changed), self);
  self->renewed_handler = g_signal_connect (self->chain, "renewed", G_CALLBACK (on_renewed), self);
  common_worker_post (self->worker, load_first, self, NULL);
}

gboolean
wallet_manager_is_waiting_for (WalletManager *self, const char *name)
{
  if (name == NULL)
    return self->startup->len > 0;
  return g_ptr_array_find_with_equal_func (self->startup, name, g_str_equal, NULL);
}
