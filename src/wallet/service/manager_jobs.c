/* The methods of WalletManager1. Wallet thread. */
#include "dbus/errors.h"
#include "wallet/service/export.h"

static gpointer
list (WalletManager *manager, Wallet *wallet, gpointer args, GError **error)
{
  g_autoptr (GPtrArray) listing = wallet_manager_list (manager, error);
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(sb)"));

  if (listing == NULL) {
    g_variant_builder_clear (&builder);
    return NULL;
  }
  for (guint i = 0; i < listing->len; i++) {
    const WalletListing *row = listing->pdata[i];

    g_variant_builder_add (&builder, "(sb)", row->name, row->loaded);
  }
  return g_variant_ref_sink (g_variant_new ("(a(sb))", &builder));
}

static gpointer
path_of (Wallet *made)
{
  g_autofree char *path = made != NULL ? wallet_export_dup_path (wallet_get_name (made)) : NULL;

  return path != NULL ? g_variant_ref_sink (g_variant_new ("(o)", path)) : NULL;
}

static gpointer
create (WalletManager *manager, Wallet *wallet, gpointer args, GError **error)
{
  const char *name;

  g_variant_get (args, "(&sa{sv})", &name, NULL);
  return path_of (wallet_manager_create (manager, name, NULL, error));
}

static gpointer
load (WalletManager *manager, Wallet *wallet, gpointer args, GError **error)
{
  const char *name;

  g_variant_get (args, "(&sa{sv})", &name, NULL);
  return path_of (wallet_manager_load (manager, name, 1, error));
}

static gpointer
unload (WalletManager *manager, Wallet *wallet, gpointer args, GError **error)
{
  const char *name;

  g_variant_get (args, "(&sa{sv})", &name, NULL);
  return wallet_manager_unload (manager, name, 0, error) ? g_variant_ref_sink (g_variant_new ("()")) : NULL;
}

const WalletBusMethod wallet_manager_methods[] = {
  { "List", list }, { "Create", create }, { "Load", load }, { "Unload", unload }, { NULL, NULL },
};
