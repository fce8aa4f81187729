#include "dbus/tls_target.h"

#include <string.h>

#include "dbus/errors.h"
#include "dbus/pairings.h"

/* How a code is entered in the program ROLE. */
static const char *
tls_target_get_hint (const char *role)
{
  if (g_str_equal (role, "cli"))
    return ": moneyrocket-cli with the same options and the word pair";
  return g_str_equal (role, "wallet") ? ": moneyrocket-wallet with the same options and -ipcpair=code" : "";
}

BusTlsTarget *
bus_tls_target_load (const char *folder, const char *role, const BusAddress *address, GError **error)
{
  g_autofree char *text = bus_address_dup_text (address);
  g_autoptr (BusPairings) pairings = bus_pairings_load (folder, role, error);
  const BusPairing *pairing = pairings != NULL ? bus_pairings_find_program (pairings, text) : NULL;
  g_autoptr (GTlsCertificate) certificate = NULL;
  BusTlsTarget *target;

  if (pairings == NULL)
    return NULL;
  if (pairing == NULL) {
    g_set_error (error, BUS_ERROR, BUS_ERROR_NOT_FOUND,
                 "This program is not paired with the one at %s. Make a pairing code there with -ipcpair, and enter it "
                 "here%s.",
                 text, tls_target_get_hint (role));
    return NULL;
  }
  certificate = bus_identity_load (folder, role, error);
  if (certificate == NULL)
    return NULL;
  target = g_new0 (BusTlsTarget, 1);
  target->certificate = g_steal_pointer (&certificate);
  memcpy (target->server32, pairing->fingerprint32, sizeof target->server32);
  return target;
}

BusTlsTarget *
bus_tls_target_copy (const BusTlsTarget *target)
{
  BusTlsTarget *copy = g_memdup2 (target, sizeof *target);

  if (copy != NULL)
    g_object_ref (copy->certificate);
  return copy;
}

void
bus_tls_target_free (BusTlsTarget *target)
{
  if (target == NULL)
    return;
  g_object_unref (target->certificate);
  g_free (target);
}
