#include "wallet/service/drafts.h"

#include "wallet/wallets/wallet.h"

#define KEY "moneyrocket-wallet-drafts"

typedef struct {
  WalletManager *manager;
  char *name;
  guint64 id;
} OwnedDraft;

static void
owned_draft_free (gpointer data)
{
  OwnedDraft *draft = data;

  g_object_unref (draft->manager);
  g_free (draft->name);
  g_free (draft);
}

/* A draft that was sent in the meantime is not found, and not affected. */
static gpointer
drafts_discard_job (WalletManager *manager, Wallet *wallet, gpointer data, GError **error)
{
  const guint64 *id = data;

  wallet_draft_discard (wallet, *id, NULL);
  return NULL;
}

void
wallet_drafts_discard (WalletManager *manager, const char *name, guint64 id)
{
  wallet_manager_run_async (manager, name, drafts_discard_job, g_memdup2 (&id, sizeof id), g_free, NULL, NULL, NULL,
                            NULL);
}

static void
on_drafts_closed (GDBusConnection *connection, gboolean vanished, GError *error, gpointer data)
{
  GHashTable *drafts = g_object_get_data (G_OBJECT (connection), KEY);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, drafts);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const OwnedDraft *draft = value;

    wallet_drafts_discard (draft->manager, draft->name, draft->id);
  }
  g_hash_table_remove_all (drafts);
}

static GHashTable *
drafts_of (GDBusConnection *connection)
{
  GHashTable *drafts = g_object_get_data (G_OBJECT (connection), KEY);

  if (drafts != NULL)
    return drafts;
  /* The key points into the value. */
  drafts = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, owned_draft_free);
  g_object_set_data_full (G_OBJECT (connection), KEY, drafts, (GDestroyNotify) g_hash_table_unref);
  g_signal_connect (connection, "closed", G_CALLBACK (on_drafts_closed), NULL);
  return drafts;
}

void
wallet_drafts_add (GDBusConnection *connection, WalletManager *manager, const char *name, guint64 id)
{
  OwnedDraft *draft;

  if (g_dbus_connection_is_closed (connection)) {
    wallet_drafts_discard (manager, name, id);
    return;
  }
  draft = g_new (OwnedDraft, 1);
  *draft = (OwnedDraft){ g_object_ref (manager), g_strdup (name), id };
  g_hash_table_replace (drafts_of (connection), &draft->id, draft);
}

void
wallet_drafts_remove (GDBusConnection *connection, guint64 id)
{
  GHashTable *drafts = g_object_get_data (G_OBJECT (connection), KEY);

  if (drafts != NULL)
    g_hash_table_remove (drafts, &id);
}
