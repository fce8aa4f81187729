#include "dbus/pairings_text.h"

#include <string.h>

#include "common/hex.h"
#include "dbus/errors.h"

#define HEADING                                                                                                        \
  " The programs that this one is paired with. They are added by pairing, and removed with revokeipcclient or in the " \
  "application."

static gboolean
pairings_text_fail (GError **error, const char *group, const char *reason)
{
  g_set_error (error, BUS_ERROR, BUS_ERROR_FAILED, "[%s]: %s", group, reason);
  return FALSE;
}

/* The same client, or two programs at one address. */
static gboolean
pairings_text_has (const GPtrArray *list, const BusPairing *pairing)
{
  for (guint i = 0; i < list->len; i++) {
    const BusPairing *other = list->pdata[i];

    if (pairing->address != NULL ? g_str_equal (pairing->address, other->address)
                                 : memcmp (pairing->fingerprint32, other->fingerprint32, BUS_FINGERPRINT_LEN) == 0)
      return TRUE;
  }
  return FALSE;
}

/* 0 if it is missing. */
static gboolean
pairings_text_read_time (GKeyFile *file, const char *group, const char *key, gint64 *time_s)
{
  g_autoptr (GError) error = NULL;

  *time_s = g_key_file_get_int64 (file, group, key, &error);
  return *time_s >= 0 && (error == NULL || g_error_matches (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_KEY_NOT_FOUND));
}

static BusPairing *
pairings_text_read_group (GKeyFile *file, const char *group, gboolean is_program, GError **error)
{
  g_autofree char *hex = g_key_file_get_string (file, group, "fingerprint", NULL);
  g_autofree char *address = is_program ? g_key_file_get_string (file, group, "address", NULL) : NULL;
  g_autofree char *name = g_key_file_get_string (file, group, "name", NULL);
  g_autofree char *role = g_key_file_get_string (file, group, "role", NULL);
  gint64 since_s, seen_s;
  guint8 fingerprint32[BUS_FINGERPRINT_LEN];
  BusRoles roles = role != NULL ? bus_role_from_name (role) : 0;
  BusPairing *pairing;

  if (hex == NULL || !common_hex_decode (hex, fingerprint32, sizeof fingerprint32))
    pairings_text_fail (error, group, "the fingerprint must have 64 hex digits");
  else if (is_program && (address == NULL || *address == '\0'))
    pairings_text_fail (error, group, "the address is missing");
  else if (name == NULL || !bus_pairing_name_is_valid (name))
    pairings_text_fail (error, group, "the name is missing or not valid");
  else if (roles == 0)
    pairings_text_fail (error, group, "the role is missing or unknown");
  else if (!pairings_text_read_time (file, group, "since", &since_s)
           || !pairings_text_read_time (file, group, "seen", &seen_s))
    pairings_text_fail (error, group, "a time must be a number of seconds");
  else {
    pairing = bus_pairing_new (fingerprint32, address, name, roles, since_s);
    pairing->seen_s = seen_s;
    return pairing;
  }
  return NULL;
}

gboolean
bus_pairings_text_read (GBytes *bytes, GPtrArray *clients, GPtrArray *programs, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv) groups = NULL;

  if (g_bytes_get_size (bytes) > 0 && !g_key_file_load_from_bytes (file, bytes, G_KEY_FILE_NONE, error))
    return FALSE;
  groups = g_key_file_get_groups (file, NULL);
  for (char **group = groups; *group != NULL; group++) {
    gboolean is_program = g_str_has_prefix (*group, "program ");
    GPtrArray *list = is_program ? programs : clients;
    BusPairing *pairing;

    if (!is_program && !g_str_has_prefix (*group, "client "))
      return pairings_text_fail (error, *group, "there is no such group");
    if (list->len >= BUS_PAIRINGS_MAX)
      return pairings_text_fail (error, *group, "there are too many");
    pairing = pairings_text_read_group (file, *group, is_program, error);
    if (pairing == NULL)
      return FALSE;
    if (pairings_text_has (list, pairing)) {
      bus_pairing_free (pairing);
      return pairings_text_fail (error, *group, "this program is listed twice");
    }
    g_ptr_array_add (list, pairing);
  }
  return TRUE;
}

static void
pairings_text_write_list (GKeyFile *file, const GPtrArray *list, const char *kind)
{
  for (guint i = 0; i < list->len; i++) {
    const BusPairing *pairing = list->pdata[i];
    g_autofree char *group = g_strdup_printf ("%s %u", kind, i + 1);
    g_autofree char *hex = common_hex_encode (pairing->fingerprint32, BUS_FINGERPRINT_LEN);

    if (pairing->address != NULL)
      g_key_file_set_string (file, group, "address", pairing->address);
    g_key_file_set_string (file, group, "fingerprint", hex);
    g_key_file_set_string (file, group, "name", pairing->name);
    g_key_file_set_string (file, group, "role", bus_roles_get_name (pairing->roles));
    g_key_file_set_int64 (file, group, "since", pairing->since_s);
    if (pairing->seen_s != 0)
      g_key_file_set_int64 (file, group, "seen", pairing->seen_s);
  }
}

char *
bus_pairings_text_write (const GPtrArray *clients, const GPtrArray *programs)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  pairings_text_write_list (file, clients, "client");
  pairings_text_write_list (file, programs, "program");
  g_key_file_set_comment (file, NULL, NULL, HEADING, NULL);
  return g_key_file_to_data (file, NULL, NULL);
}
