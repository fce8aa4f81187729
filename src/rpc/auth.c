#include "rpc/auth.h"

#include <string.h>

#include "bitcoin/crypto/hash.h"
#include "common/hex.h"
#include "common/random.h"
#include "common/secret.h"

#define SALT_BYTES 16
#define HASH_DIGITS 64
#define MAX_CREDENTIALS 4096

typedef struct {
  char *user;
  char *salt;
  char *hash; /* 64 hex digits */
} User;

/* Digests of valid headers, under a random key: clients send the same header with each request. */
#define DIGEST_SIZE 32
#define MAX_REMEMBERED 16

struct _RpcAuth {
  GPtrArray *users;
  guint8 key32[DIGEST_SIZE];
  GMutex lock; /* guards what follows */
  guint8 remembered[MAX_REMEMBERED][DIGEST_SIZE];
  const char *remembered_user[MAX_REMEMBERED];
  guint n_remembered; /* ever; the oldest is replaced */
};

static void
user_free (gpointer data)
{
  User *user = data;
  g_free (user->user);
  g_free (user->salt);
  g_free (user->hash);
  g_free (user);
}

RpcAuth *
rpc_auth_new (void)
{
  RpcAuth *auth = g_new0 (RpcAuth, 1);
  auth->users = g_ptr_array_new_with_free_func (user_free);
  common_random_bytes (auth->key32, sizeof auth->key32);
  g_mutex_init (&auth->lock);
  return auth;
}

void
rpc_auth_free (RpcAuth *auth)
{
  if (auth == NULL)
    return;
  g_ptr_array_unref (auth->users);
  g_mutex_clear (&auth->lock);
  g_free (auth);
}

static char *
hash_password (const char *salt, const char *password, gsize len)
{
  return g_compute_hmac_for_data (G_CHECKSUM_SHA256, (const guchar *) salt, strlen (salt), (const guchar *) password,
                                  len);
}

static void
add_user (RpcAuth *auth, char *name, char *salt, char *hash)
{
  User *user = g_new (User, 1);
  user->user = name;
  user->salt = salt;
  user->hash = hash;
  g_ptr_array_add (auth->users, user);
}

void
rpc_auth_add_password (RpcAuth *auth, const char *user, const char *password)
{
  guint8 random[SALT_BYTES];
  char *salt;

  g_return_if_fail (auth != NULL && user != NULL && password != NULL);
  common_random_bytes (random, sizeof random);
  salt = common_hex_encode (random, sizeof random);
  add_user (auth, g_strdup (user), salt, hash_password (salt, password, strlen (password)));
}

char *
rpc_auth_hash_password (const char *user, const char *password)
{
  guint8 random[SALT_BYTES];
  g_autofree char *salt = NULL, *hash = NULL;

  g_return_val_if_fail (user != NULL && password != NULL, NULL);
  common_random_bytes (random, sizeof random);
  salt = common_hex_encode (random, sizeof random);
  hash = hash_password (salt, password, strlen (password));
  return g_strconcat (user, ":", salt, "$", hash, NULL);
}

gboolean
rpc_auth_add_hashed (RpcAuth *auth, const char *text)
{
  const char *colon, *dollar;

  g_return_val_if_fail (auth != NULL && text != NULL, FALSE);
  colon = strchr (text, ':');
  dollar = colon != NULL ? strchr (colon, '$') : NULL;
  if (dollar == NULL || strchr (colon + 1, ':') != NULL || strchr (dollar + 1, '$') != NULL)
    return FALSE;
  add_user (auth, g_strndup (text, (gsize) (colon - text)), g_strndup (colon + 1, (gsize) (dollar - colon - 1)),
            g_strdup (dollar + 1));
  return TRUE;
}

/* Compares hashes, so that not even the length of the secret is revealed. */
static gboolean
equal_in_constant_time (const char *a, const char *b)
{
  g_autofree char *first = g_compute_checksum_for_string (G_CHECKSUM_SHA256, a, -1);
  g_autofree char *second = g_compute_checksum_for_string (G_CHECKSUM_SHA256, b, -1);
  return common_secret_equal (first, second, HASH_DIGITS);
}

static const char *
check_credentials (const RpcAuth *auth, const char *name, const char *password)
{
  const char *found = NULL;

  for (guint i = 0; i < auth->users->len; i++) {
    const User *user = g_ptr_array_index (auth->users, i);
    g_autofree char *hash = hash_password (user->salt, password, strlen (password));
    gboolean same_name = equal_in_constant_time (user->user, name);
    gboolean same_hash = equal_in_constant_time (user->hash, hash);
    found = same_name & same_hash ? user->user : found;
    common_secret_wipe (hash, strlen (hash));
  }
  return found;
}

static void
digest_header (const RpcAuth *auth, const char *header, guint8 out32[DIGEST_SIZE])
{
  BtcSha256 hash;

  btc_sha256_init (&hash);
  btc_sha256_update (&hash, auth->key32, sizeof auth->key32);
  btc_sha256_update (&hash, (const guint8 *) header, strlen (header));
  btc_sha256_finish (&hash, out32);
}

static const char *
find_remembered (RpcAuth *auth, const guint8 digest32[DIGEST_SIZE])
{
  const char *found = NULL;

  g_mutex_lock (&auth->lock);
  for (guint i = 0; i < MIN (auth->n_remembered, MAX_REMEMBERED); i++)
    if (common_secret_equal (auth->remembered[i], digest32, DIGEST_SIZE))
      found = auth->remembered_user[i];
  g_mutex_unlock (&auth->lock);
  return found;
}

static void
remember_header (RpcAuth *auth, const guint8 digest32[DIGEST_SIZE], const char *user)
{
  guint place;

  g_mutex_lock (&auth->lock);
  place = auth->n_remembered++ % MAX_REMEMBERED;
  memcpy (auth->remembered[place], digest32, DIGEST_SIZE);
  auth->remembered_user[place] = user;
  g_mutex_unlock (&auth->lock);
}

/* Whether TEXT, decoded as the LEN bytes at DECODED, has no other spelling: the decoder skips what is not base64. */
static gboolean
is_exact_base64 (const char *text, const guchar *decoded, gsize len)
{
  g_autofree char *again = g_base64_encode (decoded, len);
  gboolean exact = g_str_equal (again, text);

  common_secret_wipe (again, strlen (again));
  return exact;
}

static const char *
check_basic (const RpcAuth *auth, const char *header)
{
  g_autofree char *encoded = g_strstrip (g_strdup (header + strlen ("Basic ")));
  gsize len = 0;
  guchar *decoded = g_base64_decode (encoded, &len);
  g_autofree char *text = g_strndup ((const char *) decoded, len);
  char *colon = strchr (text, ':');
  const char *user = NULL;

  if (strlen (text) == len && colon != NULL && is_exact_base64 (encoded, decoded, len)) {
    *colon = '\0';
    user = check_credentials (auth, text, colon + 1);
  }
  common_secret_wipe (decoded, len);
  common_secret_wipe (text, len);
  common_secret_wipe (encoded, strlen (encoded));
  g_free (decoded);
  return user;
}

const char *
rpc_auth_find_user (RpcAuth *auth, const char *header)
{
  guint8 digest32[DIGEST_SIZE];
  const char *user;

  g_return_val_if_fail (auth != NULL, NULL);
  if (header == NULL || !g_str_has_prefix (header, "Basic ") || strlen (header) > MAX_CREDENTIALS)
    return NULL;
  digest_header (auth, header, digest32);
  user = find_remembered (auth, digest32);
  if (user != NULL)
    return user;
  user = check_basic (auth, header);
  if (user != NULL)
    remember_header (auth, digest32, user);
  return user;
}

gboolean
rpc_auth_check (RpcAuth *auth, const char *header)
{
  return rpc_auth_find_user (auth, header) != NULL;
}
