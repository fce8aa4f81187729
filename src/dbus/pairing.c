#include "dbus/pairing.h"

#include <string.h>

#include "common/text.h"

BusPairing *
bus_pairing_new (const guint8 fingerprint32[BUS_FINGERPRINT_LEN],
                 const char *address,
                 const char *name,
                 BusRoles roles,
                 gint64 since_s)
{
  BusPairing *pairing = g_new0 (BusPairing, 1);

  memcpy (pairing->fingerprint32, fingerprint32, BUS_FINGERPRINT_LEN);
  pairing->address = g_strdup (address);
  pairing->name = g_strdup (name);
  pairing->roles = roles;
  pairing->since_s = since_s;
  return pairing;
}

void
bus_pairing_free (BusPairing *pairing)
{
  g_free (pairing->address);
  g_free (pairing->name);
  g_free (pairing);
}

GPtrArray *
bus_pairing_new_list (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) bus_pairing_free);
}

gboolean
bus_pairing_name_is_valid (const char *name)
{
  return *name != '\0' && strlen (name) <= BUS_PAIRING_MAX_NAME && g_utf8_validate (name, -1, NULL)
         && common_text_is_visible (name);
}
