#include "dbus/invitation.h"

struct _BusInvitation {
  BusPairCode *code; /* NULL: it is used or void */
  BusRoles roles;
  gint64 end_us;
  guint n_wrong;
};

BusInvitation *
bus_invitation_new (const guint8 fingerprint32[BUS_FINGERPRINT_LEN], BusRoles roles, gint64 now_us)
{
  BusInvitation *invitation = g_new0 (BusInvitation, 1);

  invitation->code = bus_pair_code_new (fingerprint32);
  invitation->roles = roles;
  invitation->end_us = now_us + BUS_INVITATION_S * G_USEC_PER_SEC;
  return invitation;
}

void
bus_invitation_free (BusInvitation *invitation)
{
  if (invitation == NULL)
    return;
  bus_pair_code_free (invitation->code);
  g_free (invitation);
}

BusRoles
bus_invitation_get_roles (const BusInvitation *invitation)
{
  return invitation->roles;
}

guint
bus_invitation_get_seconds_left (const BusInvitation *invitation, gint64 now_us)
{
  return now_us < invitation->end_us ? (guint) ((invitation->end_us - now_us) / G_USEC_PER_SEC) : 0;
}

CommonSecret *
bus_invitation_get_text (const BusInvitation *invitation)
{
  g_return_val_if_fail (invitation->code != NULL, NULL);

  return bus_pair_code_to_text (invitation->code);
}

gboolean
bus_invitation_is_open (const BusInvitation *invitation, gint64 now_us)
{
  return invitation != NULL && invitation->code != NULL && now_us < invitation->end_us;
}

gboolean
bus_invitation_use (BusInvitation *invitation,
                    const guint8 reader32[BUS_FINGERPRINT_LEN],
                    const guint8 proof32[BUS_PAIR_PROOF_LEN],
                    gint64 now_us,
                    guint8 own_proof32[BUS_PAIR_PROOF_LEN])
{
  guint8 expected32[BUS_PAIR_PROOF_LEN];
  gboolean right;

  if (!bus_invitation_is_open (invitation, now_us))
    return FALSE;
  bus_pair_code_prove (invitation->code, BUS_PAIR_READER, reader32, expected32);
  right = common_secret_equal (expected32, proof32, BUS_PAIR_PROOF_LEN);
  common_secret_wipe (expected32, sizeof expected32);
  if (right)
    bus_pair_code_prove (invitation->code, BUS_PAIR_SHOWER, reader32, own_proof32);
  else
    invitation->n_wrong++;
  if (right || invitation->n_wrong == BUS_INVITATION_MAX_WRONG)
    g_clear_pointer (&invitation->code, bus_pair_code_free);
  return right;
}
