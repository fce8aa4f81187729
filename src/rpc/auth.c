#include "rpc/auth.h"

#include <string.h>

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

struct _RpcAuth {
  GPtrArray *users;
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
  return auth;
}

void
rpc_auth_free (RpcAuth *auth)
{
  if (auth == NULL)
    return;
  g_ptr_array_unref (auth->users);
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
            g_ascii_strdown (dollar + 1, -1));
  return TRUE;
}

/* Both texts as hashes of equal length, so that not even the length of the right one shows. */
static gboolean
equal_in_constant_time (const char *a, const char *b)
{
  g_autofree char *first = g_compute_checksum_for_string (G_CHECKSUM_SHA256, a, -1);
  g_autofree char *second = g_compute_checksum_for_string (G_CHECKSUM_SHA256, b, -1);
  return common_secret_equal (first, second, HASH_DIGITS);
}

static gboolean
check_credentials (const RpcAuth *auth, const char *name, const char *password)
{
  gboolean found = FALSE;

  for (guint i = 0; i < auth->users->len; i++) {
    const User *user = g_ptr_array_index (auth->users, i);
    g_autofree char *hash = hash_password (user->salt, password, strlen (password));
    gboolean same_name = equal_in_constant_time (user->user, name);
    gboolean same_hash = equal_in_constant_time (user->hash, hash);
    found |= same_name & same_hash;
    common_secret_wipe (hash, strlen (hash));
  }
  return found;
}

gboolean
rpc_auth_check (const RpcAuth *auth, const char *header, char **user)
{
  g_autofree char *encoded = NULL, *text = NULL;
  guchar *decoded;
  gsize len = 0;
  char *colon;
  gboolean ok = FALSE;

  g_return_val_if_fail (auth != NULL, FALSE);
  if (header == NULL || !g_str_has_prefix (header, "Basic ") || strlen (header) > MAX_CREDENTIALS)
    return FALSE;
  encoded = g_strstrip (g_strdup (header + strlen ("Basic ")));
  decoded = g_base64_decode (encoded, &len);
  text = g_strndup ((const char *) decoded, len);
  colon = strchr (text, ':');
  if (strlen (text) == len && colon != NULL) {
    *colon = '\0';
    ok = check_credentials (auth, text, colon + 1);
    if (ok && user != NULL)
      *user = g_strdup (text);
  }
  common_secret_wipe (decoded, len);
  common_secret_wipe (text, len);
  g_free (decoded);
  return ok;
}
