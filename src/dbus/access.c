#include "dbus/access.h"

#include <string.h>

#include "common/clock.h"
#include "common/hex.h"
#include "common/log.h"
#include "dbus/errors.h"
#include "dbus/names.h"
#include "dbus/pair_ask.h"
#include "dbus/pair_show.h"

#define NOTIFY_MS 100

struct _BusAccess {
  GObject parent;
  char *folder, *role;
  BusRoles roles;
  BusPairings *pairings;
  GTlsCertificate *identity; /* NULL: programs of other machines are not accepted */
  guint8 fingerprint32[BUS_FINGERPRINT_LEN];
  BusInvitation *invitation; /* NULL: none since the last one was used */
  guint expiry_source;       /* of the invitation */
  BusClients *clients;
  guint64 sequence;
  guint notify_source;
};

G_DEFINE_FINAL_TYPE (BusAccess, bus_access, G_TYPE_OBJECT)

enum { ACCESS_CHANGED, ACCESS_N_SIGNALS };
static guint access_signals[ACCESS_N_SIGNALS];

static void
bus_access_init (BusAccess *self)
{
}

static void
bus_access_finalize (GObject *object)
{
  BusAccess *self = BUS_ACCESS (object);

  g_clear_handle_id (&self->notify_source, g_source_remove);
  g_clear_handle_id (&self->expiry_source, g_source_remove);
  bus_invitation_free (self->invitation);
  bus_pairings_free (self->pairings);
  g_clear_object (&self->identity);
  g_free (self->folder);
  g_free (self->role);
  G_OBJECT_CLASS (bus_access_parent_class)->finalize (object);
}

static void
bus_access_class_init (BusAccessClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bus_access_finalize;
  access_signals[ACCESS_CHANGED]
      = g_signal_new ("changed", BUS_TYPE_ACCESS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

BusAccess *
bus_access_new (const char *folder, const char *role, BusRoles roles, GError **error)
{
  g_autoptr (BusAccess) self = g_object_new (BUS_TYPE_ACCESS, NULL);

  self->folder = g_strdup (folder);
  self->role = g_strdup (role);
  self->roles = roles;
  self->pairings = bus_pairings_load (folder, role, error);
  return self->pairings != NULL ? g_steal_pointer (&self) : NULL;
}

static gboolean
access_on_notify_time (gpointer data)
{
  BusAccess *self = data;

  self->notify_source = 0;
  g_signal_emit (self, access_signals[ACCESS_CHANGED], 0);
  return G_SOURCE_REMOVE;
}

static void
access_note_change (BusAccess *self)
{
  self->sequence++;
  if (self->notify_source == 0)
    self->notify_source = g_timeout_add (NOTIFY_MS, access_on_notify_time, self);
}

void
bus_access_set_clients (BusAccess *self, BusClients *clients)
{
  self->clients = clients;
}

void
bus_access_on_client_changed (BusAccess *self, BusClient *client)
{
  const guint8 *fingerprint32 = bus_client_get_fingerprint (client);

  if (fingerprint32 != NULL)
    bus_pairings_touch (self->pairings, fingerprint32, common_clock_now ());
  access_note_change (self);
}

GTlsCertificate *
bus_access_load_identity (BusAccess *self, GError **error)
{
  if (self->identity == NULL)
    self->identity = bus_identity_load (self->folder, self->role, error);
  if (self->identity != NULL)
    bus_identity_get_fingerprint (self->identity, self->fingerprint32);
  return self->identity;
}

static gboolean
access_is_inviting (BusAccess *self)
{
  return bus_invitation_is_open (self->invitation, g_get_monotonic_time ());
}

BusRoles
bus_access_admit (gpointer access, const guint8 fingerprint32[BUS_FINGERPRINT_LEN])
{
  BusAccess *self = access;
  BusRoles roles = bus_pairings_get_roles (self->pairings, fingerprint32) & self->roles;

  return access_is_inviting (self) ? roles | BUS_ROLE_PAIR : roles;
}

gboolean
bus_access_accept_others (BusAccess *self, const CommonProgram *program, GError **error)
{
  g_autofree const char **addresses = common_options_dup_list (program->options, BUS_OPTION_BIND);
  gboolean others = FALSE;

  for (const char **address = addresses; *address != NULL; address++)
    others |= g_str_has_prefix (*address, "tls:");
  if (!others)
    return TRUE;
  if (bus_access_load_identity (self, error) == NULL)
    return FALSE;
  bus_clients_set_tls (self->clients, self->identity, bus_access_admit, self);
  return TRUE;
}

/* ---- state ---- */

const GPtrArray *
bus_access_get_clients (BusAccess *self)
{
  return self->clients != NULL ? bus_clients_get_list (self->clients) : NULL;
}

const GPtrArray *
bus_access_get_pairings (BusAccess *self)
{
  return bus_pairings_get_clients (self->pairings);
}

const char *
bus_access_get_client_name (BusAccess *self, BusClient *client)
{
  const guint8 *fingerprint32 = bus_client_get_fingerprint (client);
  const BusPairing *pairing = fingerprint32 != NULL ? bus_pairings_find (self->pairings, fingerprint32) : NULL;

  return pairing != NULL ? pairing->name : bus_client_get_name (client);
}

guint64
bus_access_get_sequence (BusAccess *self)
{
  return self->sequence;
}

const guint8 *
bus_access_get_fingerprint32 (BusAccess *self)
{
  return self->identity != NULL ? self->fingerprint32 : NULL;
}

const BusInvitation *
bus_access_get_invitation (BusAccess *self)
{
  return access_is_inviting (self) ? self->invitation : NULL;
}

/* ---- the invitation ---- */

static void
access_drop_invitation (BusAccess *self)
{
  g_clear_pointer (&self->invitation, bus_invitation_free);
  g_clear_handle_id (&self->expiry_source, g_source_remove);
  access_note_change (self);
}

static gboolean
access_on_expiry (gpointer data)
{
  BusAccess *self = data;

  self->expiry_source = 0;
  common_info ("The pairing code has expired");
  access_drop_invitation (self);
  return G_SOURCE_REMOVE;
}

CommonSecret *
bus_access_invite (BusAccess *self, const char *role, guint *seconds, GError **error)
{
  BusRoles roles = bus_role_from_name (role);

  if (roles == 0 || (roles & ~self->roles) != 0) {
    g_set_error (error, BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT, "The role is %s.",
                 (self->roles & BUS_ROLE_SPEND) != 0 ? "observe or spend" : "observe, operate or wallet");
    return NULL;
  }
  if (self->identity == NULL) {
    g_set_error (error, BUS_ERROR, BUS_ERROR_NOT_SUPPORTED,
                 "The %s does not accept programs of other machines. Start it with -ipcbind=tls:HOST:PORT.",
                 self->role);
    return NULL;
  }
  access_drop_invitation (self);
  self->invitation = bus_invitation_new (self->fingerprint32, roles, g_get_monotonic_time ());
  self->expiry_source = g_timeout_add_seconds (BUS_INVITATION_S, access_on_expiry, self);
  *seconds = BUS_INVITATION_S;
  common_info ("A pairing code for the role %s was made", bus_roles_get_name (roles));
  return bus_invitation_get_text (self->invitation);
}

gboolean
bus_access_show_code (BusAccess *self, const CommonProgram *program, const char *fallback, GError **error)
{
  const char *role = bus_pair_option_get_role (program, fallback);
  g_autoptr (CommonSecret) code = NULL;
  guint seconds;

  if (role == NULL)
    return TRUE;
  code = bus_access_invite (self, role, &seconds, error);
  if (code == NULL)
    return FALSE;
  bus_pair_show (code, role, seconds);
  return TRUE;
}

gboolean
bus_access_cancel_invitation (BusAccess *self)
{
  gboolean was_open = access_is_inviting (self);

  if (was_open)
    common_info ("The pairing code was cancelled");
  access_drop_invitation (self);
  return was_open;
}

/* The caller does not learn which of the reasons it is. */
static gboolean
access_reject (BusAccess *self, const guint8 *reader32, GError **error)
{
  g_autofree char *reader = common_hex_encode (reader32, BUS_FINGERPRINT_LEN);

  if (access_is_inviting (self))
    common_warn ("A program with the fingerprint %s has tried to pair with a wrong code", reader);
  else if (self->invitation != NULL)
    common_warn (
        "A program with the fingerprint %s has tried to pair with a wrong code, once too often: the code is void",
        reader);
  else
    common_warn ("A program with the fingerprint %s has tried to pair, but there is no code", reader);
  if (!access_is_inviting (self) && self->invitation != NULL)
    access_drop_invitation (self);
  g_set_error_literal (error, BUS_ERROR, BUS_ERROR_REJECTED,
                       "The code is wrong, has expired, or was used before. Ask for a new one.");
  return FALSE;
}

gboolean
bus_access_pair (BusAccess *self,
                 const guint8 reader32[BUS_FINGERPRINT_LEN],
                 const char *name,
                 const guint8 proof32[BUS_PAIR_PROOF_LEN],
                 guint8 own_proof32[BUS_PAIR_PROOF_LEN],
                 BusRoles *roles,
                 GError **error)
{
  g_autofree char *reader = common_hex_encode (reader32, BUS_FINGERPRINT_LEN);

  if (!bus_pairing_name_is_valid (name)) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_INVALID_NAME,
                         "A name has 1 to 64 bytes and no invisible characters.");
    return FALSE;
  }
  if (self->invitation == NULL
      || !bus_invitation_use (self->invitation, reader32, proof32, g_get_monotonic_time (), own_proof32))
    return access_reject (self, reader32, error);
  *roles = bus_invitation_get_roles (self->invitation);
  access_drop_invitation (self);
  if (!bus_pairings_add (self->pairings, reader32, name, *roles, common_clock_now (), error))
    return FALSE;
  common_info ("The program \"%s\" with the fingerprint %s is paired, with the role %s", name, reader,
               bus_roles_get_name (*roles));
  return TRUE;
}

/* ---- pairings and clients ---- */

gboolean
bus_access_rename (BusAccess *self, const guint8 fingerprint32[BUS_FINGERPRINT_LEN], const char *name, GError **error)
{
  if (!bus_pairings_rename (self->pairings, fingerprint32, name, error))
    return FALSE;
  access_note_change (self);
  return TRUE;
}

gboolean
bus_access_revoke (BusAccess *self, const guint8 fingerprint32[BUS_FINGERPRINT_LEN], GError **error)
{
  const GPtrArray *clients = bus_access_get_clients (self);
  g_autofree char *hex = common_hex_encode (fingerprint32, BUS_FINGERPRINT_LEN);

  if (!bus_pairings_revoke (self->pairings, fingerprint32, error))
    return FALSE;
  common_info ("The pairing with the program that has the fingerprint %s has ended", hex);
  for (guint i = 0; clients != NULL && i < clients->len; i++) {
    const guint8 *of_client = bus_client_get_fingerprint (clients->pdata[i]);

    if (of_client != NULL && memcmp (of_client, fingerprint32, BUS_FINGERPRINT_LEN) == 0)
      bus_client_close (clients->pdata[i]);
  }
  access_note_change (self);
  return TRUE;
}

gboolean
bus_access_disconnect (BusAccess *self, guint64 number, GError **error)
{
  const GPtrArray *clients = bus_access_get_clients (self);

  for (guint i = 0; clients != NULL && i < clients->len; i++)
    if (bus_client_get_number (clients->pdata[i]) == number && !bus_client_is_inspector (clients->pdata[i])) {
      bus_client_close (clients->pdata[i]);
      return TRUE;
    }
  g_set_error_literal (error, BUS_ERROR, BUS_ERROR_NOT_FOUND, "There is no client with this number.");
  return FALSE;
}

void
bus_access_save_async (BusAccess *self, GAsyncReadyCallback callback, gpointer data)
{
  bus_pairings_save_async (self->pairings, callback, data);
}
