/* The methods of WalletManager1. */
#include <string.h>

#include "dbus/errors.h"
#include "wallet/service/export.h"
#include "wallet/service/object.h"

/* List */

static GVariant *
manager1_record (const WalletListing *row)
{
  GVariantDict dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "name", "s", row->name);
  if (row->loaded) {
    g_autofree char *path = wallet_object_dup_path (row->name);

    g_variant_dict_insert (&dict, "wallet", "o", path);
  }
  if (row->problem != NULL) {
    g_autofree char *reason = g_utf8_make_valid (row->problem->message, -1);

    g_variant_dict_insert (&dict, "problem", "s", bus_error_get_name (row->problem));
    g_variant_dict_insert (&dict, "reason", "s", reason);
  }
  return g_variant_dict_end (&dict);
}

static gboolean
manager1_list_run (WalletBusCall *call, WalletManager *manager, Wallet *wallet, GError **error)
{
  g_autoptr (GPtrArray) listing = wallet_manager_list (manager);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < listing->len; i++)
    g_variant_builder_add_value (&builder, manager1_record (listing->pdata[i]));
  call->rows = g_variant_ref_sink (g_variant_builder_end (&builder));
  return TRUE;
}

static void
manager1_list_reply (WalletBusCall *call)
{
  bus_wallet_manager1_complete_list (call->object, call->invocation, call->rows);
}

static gboolean
manager1_list (BusWalletManager1 *object, GDBusMethodInvocation *invocation, GVariant *options, gpointer data)
{
  wallet_bus_call_start (wallet_bus_call_new (object, invocation, manager1_list_run, manager1_list_reply), data);
  return TRUE;
}

/* Create */

static gboolean
manager1_opened (WalletBusCall *call, Wallet *wallet)
{
  if (wallet != NULL)
    call->answer = wallet_object_dup_path (wallet_get_name (wallet));
  return wallet != NULL;
}

static gboolean
manager1_create_run (WalletBusCall *call, WalletManager *manager, Wallet *wallet, GError **error)
{
  if (strchr (call->text, '/') != NULL) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_INVALID_NAME, "Wallet name cannot contain a slash");
    return FALSE;
  }
  return manager1_opened (call, wallet_manager_create (manager, call->text, NULL, error));
}

static void
manager1_create_reply (WalletBusCall *call)
{
  bus_wallet_manager1_complete_create (call->object, call->invocation, call->answer);
}

static gboolean
manager1_create (BusWalletManager1 *object,
                 GDBusMethodInvocation *invocation,
                 const char *name,
                 GVariant *options,
                 gpointer data)
{
  WalletBusCall *call = wallet_bus_call_new (object, invocation, manager1_create_run, manager1_create_reply);

  call->text = g_strdup (name);
  wallet_bus_call_start_at_tip (call, data);
  return TRUE;
}

/* Load */

static gboolean
manager1_load_run (WalletBusCall *call, WalletManager *manager, Wallet *wallet, GError **error)
{
  return manager1_opened (call, wallet_manager_load (manager, call->text, 1, error));
}

static void
manager1_load_reply (WalletBusCall *call)
{
  bus_wallet_manager1_complete_load (call->object, call->invocation, call->answer);
}

static gboolean
manager1_load (BusWalletManager1 *object,
               GDBusMethodInvocation *invocation,
               const char *name,
               GVariant *options,
               gpointer data)
{
  WalletBusCall *call = wallet_bus_call_new (object, invocation, manager1_load_run, manager1_load_reply);

  call->text = g_strdup (name);
  wallet_bus_call_start (call, data);
  return TRUE;
}

/* Unload */

static gboolean
manager1_unload_run (WalletBusCall *call, WalletManager *manager, Wallet *wallet, GError **error)
{
  return wallet_manager_unload (manager, call->text, 0, error);
}

static void
manager1_unload_reply (WalletBusCall *call)
{
  bus_wallet_manager1_complete_unload (call->object, call->invocation);
}

static gboolean
manager1_unload (BusWalletManager1 *object,
                 GDBusMethodInvocation *invocation,
                 const char *name,
                 GVariant *options,
                 gpointer data)
{
  WalletBusCall *call = wallet_bus_call_new (object, invocation, manager1_unload_run, manager1_unload_reply);

  call->text = g_strdup (name);
  wallet_bus_call_start (call, data);
  return TRUE;
}

BusWalletManager1 *
wallet_manager1_new (WalletBusTarget *target)
{
  BusWalletManager1 *skeleton = bus_wallet_manager1_skeleton_new ();

  bus_wallet_manager1_set_refusal (skeleton, "");
  g_signal_connect (skeleton, "handle-list", G_CALLBACK (manager1_list), target);
  g_signal_connect (skeleton, "handle-create", G_CALLBACK (manager1_create), target);
  g_signal_connect (skeleton, "handle-load", G_CALLBACK (manager1_load), target);
  g_signal_connect (skeleton, "handle-unload", G_CALLBACK (manager1_unload), target);
  return skeleton;
}
