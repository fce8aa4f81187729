#include "bitcoin/primitives/hash_key.h"

#include <string.h>

#include "bitcoin/primitives/serialize.h"

guint
btc_hash32_hash (gconstpointer hash32)
{
  return btc_get_u32 (hash32);
}

gboolean
btc_hash32_equal (gconstpointer a32, gconstpointer b32)
{
  return memcmp (a32, b32, 32) == 0;
}
