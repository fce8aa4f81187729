#include "dbus/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/file.h"
#include "common/random.h"
#include "dbus/errors.h"

/* The certificate is an X.509 one of version 3. Its subject is the same for all; the first date is fixed, and the last one is
 * that of certificates that do not expire. */
#define SUBJECT "Moneyrocket"
#define VALID_FROM 1577836800 /* 2020 */
#define SERIAL_LEN 16
#define MAX_FILE_LEN (16 * 1024)

typedef gnutls_x509_privkey_t Key;
typedef gnutls_x509_crt_t Certificate;
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (Key, gnutls_x509_privkey_deinit, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (Certificate, gnutls_x509_crt_deinit, NULL)

static gboolean
identity_fail (GError **error, const char *what, int code)
{
  g_set_error (error, BUS_ERROR, BUS_ERROR_FAILED, "%s: %s", what, gnutls_strerror (code));
  return FALSE;
}

static void
identity_free_datum (gnutls_datum_t *datum)
{
  if (datum->data != NULL)
    common_secret_wipe (datum->data, datum->size);
  gnutls_free (datum->data);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (gnutls_datum_t, identity_free_datum)

/* ---- a new one ---- */

static int
identity_sign (Certificate certificate, Key key)
{
  guint8 serial[SERIAL_LEN];
  int code;

  common_random_bytes (serial, sizeof serial);
  serial[0] = (serial[0] & 0x7f) | 0x40; /* a positive number of this length */
  if ((code = gnutls_x509_crt_set_version (certificate, 3)) < 0
      || (code = gnutls_x509_crt_set_serial (certificate, serial, sizeof serial)) < 0
      || (code = gnutls_x509_crt_set_activation_time (certificate, VALID_FROM)) < 0
      || (code = gnutls_x509_crt_set_expiration_time (certificate, GNUTLS_X509_NO_WELL_DEFINED_EXPIRATION)) < 0
      || (code
          = gnutls_x509_crt_set_dn_by_oid (certificate, GNUTLS_OID_X520_COMMON_NAME, 0, SUBJECT, sizeof SUBJECT - 1))
             < 0
      || (code = gnutls_x509_crt_set_key (certificate, key)) < 0)
    return code;
  return gnutls_x509_crt_sign2 (certificate, certificate, key, GNUTLS_DIG_UNKNOWN, 0);
}

static CommonSecret *
identity_join (const gnutls_datum_t *key, const gnutls_datum_t *certificate)
{
  CommonSecret *pem = common_secret_new (NULL, (gsize) key->size + certificate->size);

  memcpy (pem->data, key->data, key->size);
  memcpy (pem->data + key->size, certificate->data, certificate->size);
  return pem;
}

CommonSecret *
bus_identity_generate (GError **error)
{
  g_auto (Key) key = NULL;
  g_auto (Certificate) certificate = NULL;
  g_auto (gnutls_datum_t) key_pem = { NULL, 0 }, certificate_pem = { NULL, 0 };
  int code;

  if ((code = gnutls_x509_privkey_init (&key)) < 0 || (code = gnutls_x509_crt_init (&certificate)) < 0
      || (code = gnutls_x509_privkey_generate (key, GNUTLS_PK_EDDSA_ED25519, 0, 0)) < 0
      || (code = identity_sign (certificate, key)) < 0
      || (code = gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &key_pem)) < 0
      || (code = gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_PEM, &certificate_pem)) < 0) {
    identity_fail (error, "A certificate cannot be made", code);
    return NULL;
  }
  return identity_join (&key_pem, &certificate_pem);
}

/* ---- from PEM ---- */

static gboolean
identity_keys_match (Certificate certificate, Key key)
{
  guint8 of_certificate[64], of_key[64];
  gsize certificate_len = sizeof of_certificate, key_len = sizeof of_key;

  return gnutls_x509_crt_get_key_id (certificate, GNUTLS_KEYID_USE_SHA256, of_certificate, &certificate_len) == 0
         && gnutls_x509_privkey_get_key_id (key, GNUTLS_KEYID_USE_SHA256, of_key, &key_len) == 0
         && certificate_len == key_len && memcmp (of_certificate, of_key, key_len) == 0;
}

/* GIO takes both as DER; through its functions for PEM, copies of the private key would stay in memory. */
static GTlsCertificate *
identity_make (const gnutls_datum_t *key, const gnutls_datum_t *certificate, GError **error)
{
  g_autoptr (GByteArray) key_der = g_byte_array_sized_new (key->size);
  g_autoptr (GByteArray) certificate_der = g_byte_array_new ();
  GTlsBackend *backend = g_tls_backend_get_default ();
  GTlsCertificate *made;

  if (!g_tls_backend_supports_tls (backend)) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_NOT_SUPPORTED,
                         "encrypted connections need the package glib-networking. Install it.");
    return NULL;
  }
  g_byte_array_append (key_der, key->data, key->size);
  g_byte_array_append (certificate_der, certificate->data, certificate->size);
  made = g_initable_new (g_tls_backend_get_certificate_type (backend), NULL, error, "certificate", certificate_der,
                         "private-key", key_der, NULL);
  common_secret_wipe (key_der->data, key_der->len);
  return made;
}

GTlsCertificate *
bus_identity_parse (const CommonSecret *pem, GError **error)
{
  const gnutls_datum_t text = { pem->data, (unsigned) pem->len };
  g_auto (Key) key = NULL;
  g_auto (Certificate) certificate = NULL;
  g_auto (gnutls_datum_t) key_der = { NULL, 0 }, certificate_der = { NULL, 0 };
  int code;

  if ((code = gnutls_x509_privkey_init (&key)) < 0 || (code = gnutls_x509_crt_init (&certificate)) < 0
      || (code = gnutls_x509_privkey_import (key, &text, GNUTLS_X509_FMT_PEM)) < 0
      || (code = gnutls_x509_crt_import (certificate, &text, GNUTLS_X509_FMT_PEM)) < 0
      || (code = gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_DER, NULL, GNUTLS_PKCS_PLAIN, &key_der)) < 0
      || (code = gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_DER, &certificate_der)) < 0) {
    identity_fail (error, "the key or the certificate cannot be read", code);
    return NULL;
  }
  if (!identity_keys_match (certificate, key)) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_FAILED, "the certificate belongs to another key");
    return NULL;
  }
  return identity_make (&key_der, &certificate_der, error);
}

/* ---- in a file ---- */

static gboolean
identity_fail_errno (GError **error, const char *path)
{
  int code = errno;

  g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (code), "Cannot read “%s”: %s", path,
               g_strerror (code));
  return FALSE;
}

/* Into secret memory only. */
static CommonSecret *
identity_read_all (int fd, const char *path, gsize len, GError **error)
{
  g_autoptr (CommonSecret) pem = common_secret_new (NULL, len);
  gsize done = 0;

  while (done < len) {
    gssize got = read (fd, pem->data + done, len - done);

    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0) {
      identity_fail_errno (error, path);
      return NULL;
    }
    if (got == 0)
      break;
    done += (gsize) got;
  }
  return g_steal_pointer (&pem);
}

static CommonSecret *
identity_read (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  CommonSecret *pem = NULL;
  struct stat info;

  if (fd < 0 || fstat (fd, &info) < 0)
    identity_fail_errno (error, path);
  else if (!S_ISREG (info.st_mode) || info.st_size <= 0 || info.st_size > MAX_FILE_LEN)
    g_set_error (error, BUS_ERROR, BUS_ERROR_FAILED, "“%s” is not a file with an identity", path);
  else if ((info.st_mode & 077) != 0)
    g_set_error (error, BUS_ERROR, BUS_ERROR_FAILED,
                 "Other users have access to the private key in “%s”. Use: chmod 600 on this file.", path);
  else
    pem = identity_read_all (fd, path, (gsize) info.st_size, error);
  if (fd >= 0)
    close (fd);
  return pem;
}

/* Another process may create it at the same time: then its identity is used. */
static gboolean
identity_create (const char *path, GError **error)
{
  g_autoptr (CommonSecret) pem = bus_identity_generate (error);
  g_autoptr (GError) failure = NULL;

  if (pem == NULL)
    return FALSE;
  if (common_file_create (path, pem->data, pem->len, 0600, &failure)
      || g_error_matches (failure, G_FILE_ERROR, G_FILE_ERROR_EXIST))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

GTlsCertificate *
bus_identity_load (const char *folder, const char *role, GError **error)
{
  g_autofree char *name = g_strconcat (role, "-identity.pem", NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (CommonSecret) pem = NULL;
  g_autoptr (GError) failure = NULL;
  GTlsCertificate *certificate;

  if (access (path, F_OK) < 0 && errno == ENOENT && !identity_create (path, error))
    return NULL;
  pem = identity_read (path, error);
  if (pem == NULL)
    return NULL;
  certificate = bus_identity_parse (pem, &failure);
  if (certificate == NULL)
    g_set_error (error, BUS_ERROR, BUS_ERROR_FAILED,
                 "The identity in “%s” cannot be used: %s. Restore the file from a backup, or delete it and pair this "
                 "program again with all others.",
                 path, failure->message);
  return certificate;
}

void
bus_identity_get_fingerprint (GTlsCertificate *certificate, guint8 out32[BUS_FINGERPRINT_LEN])
{
  g_autoptr (GByteArray) der = NULL;
  g_autoptr (GChecksum) sha256 = g_checksum_new (G_CHECKSUM_SHA256);
  gsize len = BUS_FINGERPRINT_LEN;

  g_object_get (certificate, "certificate", &der, NULL);
  g_checksum_update (sha256, der->data, der->len);
  g_checksum_get_digest (sha256, out32, &len);
}
