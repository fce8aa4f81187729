#include "gui/clients/wallet_clients.h"

typedef struct {
  GuiWalletClient *client;
  char *path; /* of the object it is attached to; NULL: none */
} Entry;

struct _GuiWalletClients {
  BtcNetwork network;
  GHashTable *entries; /* name → Entry */
};

static void
shown_wallet_free (gpointer data)
{
  Entry *entry = data;

  g_object_unref (entry->client);
  g_free (entry->path);
  g_free (entry);
}

GuiWalletClients *
gui_wallet_clients_new (BtcNetwork network)
{
  GuiWalletClients *self = g_new (GuiWalletClients, 1);

  self->network = network;
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, shown_wallet_free);
  return self;
}

void
gui_wallet_clients_free (GuiWalletClients *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->entries);
  g_free (self);
}

GuiWalletClient *
gui_wallet_clients_get (GuiWalletClients *self, const char *name, gboolean *created)
{
  Entry *entry = g_hash_table_lookup (self->entries, name);

  *created = entry == NULL;
  if (entry == NULL) {
    entry = g_new0 (Entry, 1);
    entry->client = gui_wallet_client_new (name, self->network);
    g_hash_table_insert (self->entries, g_strdup (name), entry);
  }
  return entry->client;
}

static void
shown_wallet_set_path (Entry *entry, GDBusConnection *connection, const char *path)
{
  g_autofree char *before = entry->path;

  entry->path = g_strdup (path);
  if (g_strcmp0 (before, path) == 0)
    return;
  if (path != NULL)
    gui_wallet_client_attach (entry->client, connection, path);
  else
    gui_wallet_client_detach (entry->client);
}

/* Attaching emits signals, whose handlers may add an entry. */
static void
clients_update (GuiWalletClients *self, GuiWalletManagerClient *manager, GDBusConnection *connection)
{
  g_autoptr (GList) names = g_hash_table_get_keys (self->entries);

  for (GList *item = names; item != NULL; item = item->next)
    shown_wallet_set_path (g_hash_table_lookup (self->entries, item->data), connection,
                           manager != NULL ? gui_wallet_manager_client_get_path (manager, item->data) : NULL);
}

void
gui_wallet_clients_attach (GuiWalletClients *self, GuiWalletManagerClient *manager, GDBusConnection *connection)
{
  clients_update (self, manager, connection);
}

void
gui_wallet_clients_detach (GuiWalletClients *self)
{
  clients_update (self, NULL, NULL);
}
