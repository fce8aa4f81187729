#include "bitcoin/keys/secp.h"

#include "common/random.h"
#include "common/secret.h"

secp256k1_context *
btc_secp_context_new (void)
{
  secp256k1_context *context = secp256k1_context_create (SECP256K1_CONTEXT_NONE);
  guint8 seed32[32];

  common_random_bytes (seed32, sizeof seed32);
  if (!secp256k1_context_randomize (context, seed32))
    g_error ("the secp256k1 context could not be blinded");
  common_secret_wipe (seed32, sizeof seed32);
  return context;
}
