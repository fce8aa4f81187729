#include "gui/clients/wallet_list.h"

#include <string.h>

#include "common/log.h"
#include "dbus/names.h"
#include "gui/clients/bounds.h"

typedef struct {
  char *name;
  char *path;
} ListedWallet;

struct _GuiWalletList {
  void (*changed) (gpointer data, gboolean valid);
  gpointer data;
  GDBusConnection *connection; /* NULL: detached */
  GCancellable *cancellable;   /* of the request */
  guint added, removed;        /* subscriptions */
  gboolean asking;
  gboolean stale;     /* there was a signal since the last request, or the request failed */
  GPtrArray *wallets; /* of ListedWallet, by name */
  GPtrArray *names;   /* their names, NULL-terminated */
};

static void
listed_wallet_free (gpointer data)
{
  ListedWallet *wallet = data;

  g_free (wallet->name);
  g_free (wallet->path);
  g_free (wallet);
}

static int
compare_listed_wallets (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(ListedWallet *const *) a)->name, (*(ListedWallet *const *) b)->name);
}

/* Takes ownership of WALLETS. */
static void
wallet_list_set (GuiWalletList *list, GPtrArray *wallets)
{
  g_clear_pointer (&list->names, g_ptr_array_unref);
  g_clear_pointer (&list->wallets, g_ptr_array_unref);
  list->wallets = wallets;
  list->names = g_ptr_array_new ();
  for (guint i = 0; i < wallets->len; i++)
    g_ptr_array_add (list->names, ((ListedWallet *) wallets->pdata[i])->name);
  g_ptr_array_add (list->names, NULL);
}

/* OBJECTS: a{oa{sa{sv}}}. NULL if a value is invalid. */
static GPtrArray *
wallet_list_read (GVariant *objects)
{
  g_autoptr (GPtrArray) wallets = g_ptr_array_new_with_free_func (listed_wallet_free);
  gsize n = g_variant_n_children (objects);

  if (n > GUI_BOUNDS_MAX_WALLETS)
    return NULL;
  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) interfaces = NULL;
    g_autoptr (GVariant) properties = NULL;
    const char *path, *name = NULL;
    ListedWallet *wallet;

    g_variant_get_child (objects, i, "{&o@a{sa{sv}}}", &path, &interfaces);
    properties = g_variant_lookup_value (interfaces, "org.moneyrocket.Wallet1", G_VARIANT_TYPE_VARDICT);
    if (properties == NULL || !g_variant_lookup (properties, "Name", "&s", &name) || !gui_bounds_name (name))
      return NULL;
    wallet = g_new (ListedWallet, 1);
    *wallet = (ListedWallet){ g_strdup (name), g_strdup (path) };
    g_ptr_array_add (wallets, wallet);
  }
  g_ptr_array_sort (wallets, compare_listed_wallets);
  return g_steal_pointer (&wallets);
}

static void wallet_list_request (GuiWalletList *list);

static void
on_wallets_listed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autoptr (GVariant) objects = answer != NULL ? g_variant_get_child_value (answer, 0) : NULL;
  GuiWalletList *list = data;
  GPtrArray *wallets;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* LIST may have been freed */
  list->asking = FALSE;
  /* A worker that hangs may recover. */
  if (list->stale || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)) {
    wallet_list_request (list);
    return;
  }
  if (objects == NULL) {
    list->stale = TRUE;
    common_warn ("The wallets cannot be listed: %s", error->message);
    return;
  }
  wallets = wallet_list_read (objects);
  if (wallets != NULL)
    wallet_list_set (list, wallets);
  list->stale = wallets == NULL;
  list->changed (list->data, wallets != NULL);
}

static void
wallet_list_request (GuiWalletList *list)
{
  list->asking = TRUE;
  list->stale = FALSE;
  g_dbus_connection_call (list->connection, NULL, BUS_PATH_WALLETS, "org.freedesktop.DBus.ObjectManager",
                          "GetManagedObjects", NULL, G_VARIANT_TYPE ("(a{oa{sa{sv}}})"), G_DBUS_CALL_FLAGS_NONE,
                          BUS_CALL_TIMEOUT_MS, list->cancellable, on_wallets_listed, list);
}

static void
on_wallets_announced (GDBusConnection *connection,
                      const char *sender,
                      const char *path,
                      const char *interface,
                      const char *name,
                      GVariant *parameters,
                      gpointer data)
{
  GuiWalletList *list = data;

  if (list->asking)
    list->stale = TRUE;
  else
    wallet_list_request (list);
}

static guint
wallet_list_subscribe (GuiWalletList *list, const char *signal)
{
  return g_dbus_connection_signal_subscribe (list->connection, NULL, "org.freedesktop.DBus.ObjectManager", signal,
                                             BUS_PATH_WALLETS, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_wallets_announced,
                                             list, NULL);
}

void
gui_wallet_list_attach (GuiWalletList *list, GDBusConnection *connection)
{
  gui_wallet_list_detach (list);
  list->connection = g_object_ref (connection);
  list->cancellable = g_cancellable_new ();
  list->added = wallet_list_subscribe (list, "InterfacesAdded");
  list->removed = wallet_list_subscribe (list, "InterfacesRemoved");
  wallet_list_request (list);
}

void
gui_wallet_list_detach (GuiWalletList *list)
{
  if (list->connection == NULL)
    return;
  g_cancellable_cancel (list->cancellable);
  g_clear_object (&list->cancellable);
  g_dbus_connection_signal_unsubscribe (list->connection, list->added);
  g_dbus_connection_signal_unsubscribe (list->connection, list->removed);
  g_clear_object (&list->connection);
}

gboolean
gui_wallet_list_is_current (GuiWalletList *list)
{
  return list->connection != NULL && !list->asking && !list->stale;
}

const char *const *
gui_wallet_list_get_names (GuiWalletList *list)
{
  return (const char *const *) list->names->pdata;
}

const char *
gui_wallet_list_get_path (GuiWalletList *list, const char *name)
{
  for (guint i = 0; i < list->wallets->len; i++) {
    const ListedWallet *wallet = list->wallets->pdata[i];

    if (g_strcmp0 (wallet->name, name) == 0)
      return wallet->path;
  }
  return NULL;
}

GuiWalletList *
gui_wallet_list_new (void (*changed) (gpointer data, gboolean valid), gpointer data)
{
  GuiWalletList *list = g_new0 (GuiWalletList, 1);

  list->changed = changed;
  list->data = data;
  wallet_list_set (list, g_ptr_array_new_with_free_func (listed_wallet_free));
  return list;
}

void
gui_wallet_list_free (GuiWalletList *list)
{
  gui_wallet_list_detach (list);
  g_ptr_array_unref (list->names);
  g_ptr_array_unref (list->wallets);
  g_free (list);
}
