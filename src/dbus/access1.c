#include "dbus/access1.h"

#include <gio/gunixfdlist.h>
#include <string.h>

#include "bus-generated.h"
#include "dbus/bytes.h"
#include "dbus/connection.h"
#include "dbus/errors.h"
#include "dbus/export.h"
#include "dbus/memfd.h"
#include "dbus/names.h"

/* How long a program that is not paired may stay connected. */
#define PAIR_ONLY_S 60

struct _BusAccessExport {
  BusAccess *access;
  GDBusConnection *connection; /* borrowed */
  guint end_source;            /* closes it */
  BusAccess1 *skeleton;
  guint8 fingerprint32[BUS_FINGERPRINT_LEN];
  gboolean has_fingerprint;
};

/* ---- records ---- */

static GVariant *
access1_make_client (BusAccess *access, BusClient *client)
{
  const guint8 *fingerprint32 = bus_client_get_fingerprint (client);
  GVariantDict record = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&record, "number", "t", bus_client_get_number (client));
  g_variant_dict_insert (&record, "address", "s", fingerprint32 != NULL ? "tls" : "unix");
  g_variant_dict_insert (&record, "program", "s", bus_client_get_program (client));
  g_variant_dict_insert (&record, "name", "s", bus_access_get_client_name (access, client));
  g_variant_dict_insert (&record, "version", "s", bus_client_get_version (client));
  g_variant_dict_insert (&record, "role", "s", bus_roles_get_name (bus_client_get_roles (client)));
  g_variant_dict_insert (&record, "since", "x", bus_client_get_since (client));
  if (fingerprint32 != NULL)
    g_variant_dict_insert_value (&record, "fingerprint", bus_bytes_new (fingerprint32, BUS_FINGERPRINT_LEN));
  return g_variant_dict_end (&record);
}

static GVariant *
access1_make_pairing (const BusPairing *pairing)
{
  GVariantDict record = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert_value (&record, "fingerprint", bus_bytes_new (pairing->fingerprint32, BUS_FINGERPRINT_LEN));
  g_variant_dict_insert (&record, "name", "s", pairing->name);
  g_variant_dict_insert (&record, "role", "s", bus_roles_get_name (pairing->roles));
  g_variant_dict_insert (&record, "since", "x", pairing->since_s);
  if (pairing->seen_s != 0)
    g_variant_dict_insert (&record, "seen", "x", pairing->seen_s);
  return g_variant_dict_end (&record);
}

static GVariant *
access1_make_invitation (BusAccess *access)
{
  const BusInvitation *invitation = bus_access_get_invitation (access);
  GVariantDict record = G_VARIANT_DICT_INIT (NULL);

  if (invitation != NULL) {
    g_variant_dict_insert (&record, "role", "s", bus_roles_get_name (bus_invitation_get_roles (invitation)));
    g_variant_dict_insert (&record, "seconds", "u",
                           bus_invitation_get_seconds_left (invitation, g_get_monotonic_time ()));
  }
  return g_variant_dict_end (&record);
}

static void
access1_on_changed (BusAccess *access, BusAccessExport *self)
{
  bus_access1_set_invitation (self->skeleton, access1_make_invitation (access));
  bus_access1_set_sequence (self->skeleton, bus_access_get_sequence (access));
}

/* ---- calls ---- */

/* ARGUMENT with exactly 32 bytes; otherwise replies with an error. Borrowed from ARGUMENT. */
static const guint8 *
access1_get_bytes32 (GDBusMethodInvocation *invocation, GVariant *argument, const char *name)
{
  g_autoptr (GError) error = NULL;
  gsize len;
  const guint8 *bytes = g_variant_get_fixed_array (argument, &len, 1);

  if (len == 32)
    return bytes;
  error = g_error_new (BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT, "the %s must have 32 bytes", name);
  bus_error_reply (invocation, error);
  return NULL;
}

/* Of a change that is replied to once it is on the disk. */
typedef struct {
  BusAccess *access;
  GDBusMethodInvocation *invocation;
  GVariant *reply;
  guint8 *undo32; /* the pairing that ends if it cannot be saved; NULL: none */
} AccessChange;

static void
access1_on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  AccessChange *change = data;
  g_autoptr (GError) error = NULL;

  if (bus_pairings_save_finish (result, &error)) {
    g_dbus_method_invocation_return_value (change->invocation, change->reply);
  } else {
    if (change->undo32 != NULL)
      bus_access_revoke (change->access, change->undo32, NULL);
    bus_error_reply (change->invocation, error);
  }
  g_variant_unref (change->reply);
  g_object_unref (change->access);
  g_free (change->undo32);
  g_free (change);
}

/* Takes ownership of INVOCATION and REPLY. */
static void
access1_reply_saved (BusAccessExport *self, GDBusMethodInvocation *invocation, GVariant *reply, const guint8 *undo32)
{
  AccessChange *change = g_new (AccessChange, 1);

  *change = (AccessChange){ .access = g_object_ref (self->access),
                            .invocation = invocation,
                            .reply = g_variant_ref_sink (reply),
                            .undo32 = undo32 != NULL ? g_memdup2 (undo32, BUS_FINGERPRINT_LEN) : NULL };
  bus_access_save_async (self->access, access1_on_saved, change);
}

static gboolean
access1_on_pair (BusAccess1 *object,
                 GDBusMethodInvocation *invocation,
                 const char *name,
                 GVariant *proof,
                 GVariant *options,
                 BusAccessExport *self)
{
  const guint8 *proof32 = access1_get_bytes32 (invocation, proof, "proof");
  guint8 own_proof32[BUS_PAIR_PROOF_LEN];
  g_autoptr (GError) error = NULL;
  BusRoles roles;

  if (proof32 == NULL)
    return TRUE;
  if (!self->has_fingerprint) {
    error = g_error_new_literal (BUS_ERROR, BUS_ERROR_NOT_SUPPORTED, "only programs with a certificate are paired");
    bus_error_reply (invocation, error);
  } else if (bus_access_pair (self->access, self->fingerprint32, name, proof32, own_proof32, &roles, &error)) {
    access1_reply_saved (
        self, invocation,
        g_variant_new ("(s@ay)", bus_roles_get_name (roles), bus_bytes_new (own_proof32, sizeof own_proof32)),
        self->fingerprint32);
  } else {
    bus_error_reply (invocation, error);
  }
  return TRUE;
}

static gboolean
access1_on_invite (BusAccess1 *object,
                   GDBusMethodInvocation *invocation,
                   GUnixFDList *in_fds,
                   const char *role,
                   GVariant *options,
                   BusAccessExport *self)
{
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (CommonSecret) code = NULL;
  g_autoptr (GError) error = NULL;
  guint seconds;
  int fd;

  if (!bus_connection_passes_fds (g_dbus_method_invocation_get_connection (invocation)))
    error = g_error_new_literal (BUS_ERROR, BUS_ERROR_NOT_SUPPORTED,
                                 "A code is only shown on the machine on which the program runs.");
  else
    code = bus_access_invite (self->access, role, &seconds, &error);
  fd = code != NULL ? bus_memfd_new (code->data, code->len, &error) : -1;
  if (fd < 0) {
    bus_error_reply (invocation, error);
    return TRUE;
  }
  fds = g_unix_fd_list_new_from_array (&fd, 1);
  bus_access1_complete_invite (object, invocation, fds, g_variant_new_handle (0), seconds);
  return TRUE;
}

static gboolean
access1_on_cancel (BusAccess1 *object, GDBusMethodInvocation *invocation, GVariant *options, BusAccessExport *self)
{
  bus_access_cancel_invitation (self->access);
  bus_access1_complete_cancel_invitation (object, invocation);
  return TRUE;
}

static gboolean
access1_on_get_clients (BusAccess1 *object, GDBusMethodInvocation *invocation, GVariant *options, BusAccessExport *self)
{
  const GPtrArray *clients = bus_access_get_clients (self->access);
  GVariantBuilder records = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; clients != NULL && i < clients->len; i++)
    if (!bus_client_is_inspector (clients->pdata[i]))
      g_variant_builder_add_value (&records, access1_make_client (self->access, clients->pdata[i]));
  bus_access1_complete_get_clients (object, invocation, g_variant_builder_end (&records));
  return TRUE;
}

static gboolean
access1_on_get_pairings (BusAccess1 *object,
                         GDBusMethodInvocation *invocation,
                         GVariant *options,
                         BusAccessExport *self)
{
  const GPtrArray *pairings = bus_access_get_pairings (self->access);
  GVariantBuilder records = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < pairings->len; i++)
    g_variant_builder_add_value (&records, access1_make_pairing (pairings->pdata[i]));
  bus_access1_complete_get_pairings (object, invocation, g_variant_builder_end (&records));
  return TRUE;
}

static gboolean
access1_on_rename (BusAccess1 *object,
                   GDBusMethodInvocation *invocation,
                   GVariant *fingerprint,
                   const char *name,
                   GVariant *options,
                   BusAccessExport *self)
{
  const guint8 *fingerprint32 = access1_get_bytes32 (invocation, fingerprint, "fingerprint");
  g_autoptr (GError) error = NULL;

  if (fingerprint32 == NULL)
    return TRUE;
  if (bus_access_rename (self->access, fingerprint32, name, &error))
    access1_reply_saved (self, invocation, g_variant_new ("()"), NULL);
  else
    bus_error_reply (invocation, error);
  return TRUE;
}

static gboolean
access1_on_revoke (BusAccess1 *object,
                   GDBusMethodInvocation *invocation,
                   GVariant *fingerprint,
                   GVariant *options,
                   BusAccessExport *self)
{
  const guint8 *fingerprint32 = access1_get_bytes32 (invocation, fingerprint, "fingerprint");
  g_autoptr (GError) error = NULL;

  if (fingerprint32 == NULL)
    return TRUE;
  if (bus_access_revoke (self->access, fingerprint32, &error))
    access1_reply_saved (self, invocation, g_variant_new ("()"), NULL);
  else
    bus_error_reply (invocation, error);
  return TRUE;
}

static gboolean
access1_on_disconnect (BusAccess1 *object,
                       GDBusMethodInvocation *invocation,
                       guint64 number,
                       GVariant *options,
                       BusAccessExport *self)
{
  g_autoptr (GError) error = NULL;

  if (bus_access_disconnect (self->access, number, &error))
    bus_access1_complete_disconnect (object, invocation);
  else
    bus_error_reply (invocation, error);
  return TRUE;
}

static gboolean
access1_on_end (gpointer data)
{
  BusAccessExport *self = data;

  self->end_source = 0;
  g_dbus_connection_close (self->connection, NULL, NULL, NULL);
  return G_SOURCE_REMOVE;
}

static void
access1_connect (BusAccessExport *self)
{
  BusAccess1 *skeleton = self->skeleton;

  g_signal_connect (skeleton, "handle-pair", G_CALLBACK (access1_on_pair), self);
  g_signal_connect (skeleton, "handle-invite", G_CALLBACK (access1_on_invite), self);
  g_signal_connect (skeleton, "handle-cancel-invitation", G_CALLBACK (access1_on_cancel), self);
  g_signal_connect (skeleton, "handle-get-clients", G_CALLBACK (access1_on_get_clients), self);
  g_signal_connect (skeleton, "handle-get-pairings", G_CALLBACK (access1_on_get_pairings), self);
  g_signal_connect (skeleton, "handle-rename", G_CALLBACK (access1_on_rename), self);
  g_signal_connect (skeleton, "handle-revoke", G_CALLBACK (access1_on_revoke), self);
  g_signal_connect (skeleton, "handle-disconnect", G_CALLBACK (access1_on_disconnect), self);
}

BusAccessExport *
bus_access1_export (BusAccess *access, GDBusConnection *connection, const guint8 *fingerprint32, GError **error)
{
  g_autoptr (BusAccessExport) self = g_new0 (BusAccessExport, 1);
  const guint8 *own32 = bus_access_get_fingerprint32 (access);

  self->access = g_object_ref (access);
  self->connection = connection;
  self->skeleton = bus_access1_skeleton_new ();
  self->has_fingerprint = fingerprint32 != NULL;
  if (fingerprint32 != NULL)
    memcpy (self->fingerprint32, fingerprint32, BUS_FINGERPRINT_LEN);
  bus_access1_set_fingerprint (self->skeleton, bus_bytes_new (own32, own32 != NULL ? BUS_FINGERPRINT_LEN : 0));
  access1_on_changed (access, self);
  access1_connect (self);
  if (!bus_export (G_DBUS_INTERFACE_SKELETON (self->skeleton), connection, BUS_PATH_ACCESS, error))
    return NULL;
  /* A program that is not paired sees nothing of it. */
  if (bus_connection_get_roles (connection) == BUS_ROLE_PAIR)
    self->end_source = g_timeout_add_seconds (PAIR_ONLY_S, access1_on_end, self);
  else
    g_signal_connect (access, "changed", G_CALLBACK (access1_on_changed), self);
  return g_steal_pointer (&self);
}

void
bus_access1_free (BusAccessExport *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->end_source, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->access, self);
  g_signal_handlers_disconnect_by_data (self->skeleton, self);
  bus_unexport (G_DBUS_INTERFACE_SKELETON (self->skeleton));
  g_object_unref (self->skeleton);
  g_object_unref (self->access);
  g_free (self);
}
