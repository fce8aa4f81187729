#include "gui/clients/access_client.h"

#include <string.h>

#include "bus-generated.h"
#include "dbus/bytes.h"
#include "dbus/memfd.h"
#include "dbus/role.h"
#include "gui/clients/bounds.h"

#define MAX_PAIRINGS 256u /* of a node */
#define MAX_CLIENTS 64u
#define MAX_NAME 64u
#define MAX_CODE_BYTES 256u

struct _GuiAccessClient {
  GuiClient parent_instance;

  gboolean offered, accepts, invites;
};

G_DEFINE_FINAL_TYPE (GuiAccessClient, gui_access_client, GUI_TYPE_CLIENT)

static const char *
access_take_figures (GuiClient *client, gpointer proxy)
{
  GuiAccessClient *self = GUI_ACCESS_CLIENT (client);
  GVariant *fingerprint = bus_access1_get_fingerprint (proxy);
  GVariant *invitation = bus_access1_get_invitation (proxy);

  self->offered = fingerprint != NULL;
  self->accepts = fingerprint != NULL && g_variant_n_children (fingerprint) > 0;
  self->invites = invitation != NULL && g_variant_n_children (invitation) > 0;
  return NULL;
}

gboolean
gui_access_client_is_offered (GuiAccessClient *self)
{
  g_return_val_if_fail (GUI_IS_ACCESS_CLIENT (self), FALSE);
  return gui_client_get_online (GUI_CLIENT (self)) && self->offered;
}

gboolean
gui_access_client_get_accepts (GuiAccessClient *self)
{
  g_return_val_if_fail (GUI_IS_ACCESS_CLIENT (self), FALSE);
  return gui_client_get_online (GUI_CLIENT (self)) && self->accepts;
}

gboolean
gui_access_client_get_invites (GuiAccessClient *self)
{
  g_return_val_if_fail (GUI_IS_ACCESS_CLIENT (self), FALSE);
  return gui_client_get_online (GUI_CLIENT (self)) && self->invites;
}

/* ---- the code ---- */

void
gui_access_client_invite_async (GuiAccessClient *self,
                                const char *role,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data)
{
  gui_client_call_async (GUI_CLIENT (self), "Invite", g_variant_new ("(sa{sv})", role, NULL), -1, cancellable, callback,
                         data);
}

CommonSecret *
gui_access_client_invite_finish (GuiAccessClient *self, GAsyncResult *result, guint *seconds, GError **error)
{
  g_autoptr (GVariant) reply = gui_client_call_finish (GUI_CLIENT (self), result, error);
  g_autoptr (GBytes) bytes = NULL;
  gint32 handle;
  gsize len;

  if (reply == NULL)
    return NULL;
  g_variant_get (reply, "(hu)", &handle, seconds);
  bytes = bus_memfd_map_handle (gui_client_get_reply_fds (result), handle, MAX_CODE_BYTES, error);
  if (bytes == NULL)
    return NULL;
  len = g_bytes_get_size (bytes);
  for (gsize i = 0; i < len; i++)
    if (!g_ascii_isgraph (((const char *) g_bytes_get_data (bytes, NULL))[i])) {
      gui_client_reject_reply (GUI_CLIENT (self), "Access1.Invite", error);
      return NULL;
    }
  return common_secret_new (g_bytes_get_data (bytes, NULL), len);
}

void
gui_access_client_cancel_invitation (GuiAccessClient *self)
{
  gui_client_call_async (GUI_CLIENT (self), "CancelInvitation", g_variant_new ("(a{sv})", NULL), -1, NULL, NULL, NULL);
}

/* ---- the list: pairings, and which of them are connected ---- */

static void
access_pairing_free (gpointer data)
{
  GuiAccessPairing *pairing = data;

  g_free (pairing->name);
  g_free (pairing);
}

/* The fingerprint in RECORD. FALSE: there is none. */
static gboolean
access_take_fingerprint (GVariant *record, guint8 out32[GUI_ACCESS_FINGERPRINT_LEN])
{
  g_autoptr (GVariant) bytes = g_variant_lookup_value (record, "fingerprint", G_VARIANT_TYPE_BYTESTRING);

  if (bytes == NULL || g_variant_get_size (bytes) != GUI_ACCESS_FINGERPRINT_LEN)
    return FALSE;
  memcpy (out32, g_variant_get_data (bytes), GUI_ACCESS_FINGERPRINT_LEN);
  return TRUE;
}

/* NULL: RECORD is invalid. */
static GuiAccessPairing *
access_pairing_new (GVariant *record)
{
  GuiAccessPairing *pairing = g_new0 (GuiAccessPairing, 1);
  const char *name = "", *role = "";

  if (!access_take_fingerprint (record, pairing->fingerprint32) || !g_variant_lookup (record, "name", "&s", &name)
      || !g_variant_lookup (record, "role", "&s", &role)) {
    g_free (pairing);
    return NULL;
  }
  g_variant_lookup (record, "seen", "x", &pairing->seen_s);
  if (!gui_bounds_time (pairing->seen_s))
    pairing->seen_s = 0;
  pairing->name = gui_bounds_dup_line (name, MAX_NAME);
  pairing->roles = bus_role_from_name (role);
  return pairing;
}

static void
access_mark_connected (GPtrArray *pairings, GVariant *clients)
{
  for (gsize i = 0; i < MIN (g_variant_n_children (clients), MAX_CLIENTS); i++) {
    g_autoptr (GVariant) record = g_variant_get_child_value (clients, i);
    guint8 fingerprint[GUI_ACCESS_FINGERPRINT_LEN];

    for (guint j = 0; access_take_fingerprint (record, fingerprint) && j < pairings->len; j++) {
      GuiAccessPairing *pairing = pairings->pdata[j];

      pairing->connected |= memcmp (pairing->fingerprint32, fingerprint, sizeof fingerprint) == 0;
    }
  }
}

static void
access_clients_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GPtrArray *pairings = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GVariant) clients = gui_client_call_finish_value (GUI_CLIENT (source), result, &error);

  if (clients == NULL) {
    g_task_return_error (task, error);
    return;
  }
  access_mark_connected (pairings, clients);
  g_task_return_pointer (task, g_ptr_array_ref (pairings), (GDestroyNotify) g_ptr_array_unref);
}

static void
access_pairings_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (GVariant) records = gui_client_call_finish_value (GUI_CLIENT (source), result, &error);
  g_autoptr (GPtrArray) pairings = g_ptr_array_new_with_free_func (access_pairing_free);

  if (records == NULL) {
    g_task_return_error (task, error);
    return;
  }
  for (gsize i = 0; i < MIN (g_variant_n_children (records), MAX_PAIRINGS); i++) {
    g_autoptr (GVariant) record = g_variant_get_child_value (records, i);
    GuiAccessPairing *pairing = access_pairing_new (record);

    if (pairing == NULL) {
      gui_client_reject_reply (GUI_CLIENT (source), "Access1.GetPairings", &error);
      g_task_return_error (task, error);
      return;
    }
    g_ptr_array_add (pairings, pairing);
  }
  g_task_set_task_data (task, g_steal_pointer (&pairings), (GDestroyNotify) g_ptr_array_unref);
  gui_client_call_async (GUI_CLIENT (source), "GetClients", g_variant_new ("(a{sv})", NULL), -1,
                         g_task_get_cancellable (task), access_clients_cb, g_object_ref (task));
}

void
gui_access_client_list_async (GuiAccessClient *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer data)
{
  gui_client_call_async (GUI_CLIENT (self), "GetPairings", g_variant_new ("(a{sv})", NULL), -1, cancellable,
                         access_pairings_cb, g_task_new (self, cancellable, callback, data));
}

GPtrArray *
gui_access_client_list_finish (GuiAccessClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- changes ---- */

void
gui_access_client_rename_async (GuiAccessClient *self,
                                const guint8 fingerprint32[GUI_ACCESS_FINGERPRINT_LEN],
                                const char *name,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data)
{
  gui_client_call_async (
      GUI_CLIENT (self), "Rename",
      g_variant_new ("(@aysa{sv})", bus_bytes_new (fingerprint32, GUI_ACCESS_FINGERPRINT_LEN), name, NULL), -1,
      cancellable, callback, data);
}

void
gui_access_client_revoke_async (GuiAccessClient *self,
                                const guint8 fingerprint32[GUI_ACCESS_FINGERPRINT_LEN],
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data)
{
  gui_client_call_async (GUI_CLIENT (self), "Revoke",
                         g_variant_new ("(@aya{sv})", bus_bytes_new (fingerprint32, GUI_ACCESS_FINGERPRINT_LEN), NULL),
                         -1, cancellable, callback, data);
}

gboolean
gui_access_client_change_finish (GuiAccessClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = gui_client_call_finish (GUI_CLIENT (self), result, error);

  return reply != NULL;
}

static void
gui_access_client_class_init (GuiAccessClientClass *klass)
{
  GuiClientClass *client_class = GUI_CLIENT_CLASS (klass);

  client_class->proxy_type = BUS_TYPE_ACCESS1_PROXY;
  client_class->interface = "org.moneyrocket.Access1";
  client_class->absent_text = "the node is not running";
  client_class->take_figures = access_take_figures;
}

static void
gui_access_client_init (GuiAccessClient *self)
{
}

GuiAccessClient *
gui_access_client_new (void)
{
  return g_object_new (GUI_TYPE_ACCESS_CLIENT, NULL);
}
