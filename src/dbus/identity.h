#pragma once

#include <gio/gio.h>

#include "common/secret.h"

G_BEGIN_DECLS

/* The identity of a program towards programs on other machines: a private key, and a certificate that it has signed
 * itself. Nobody looks at what the certificate says, since the other side knows it by its fingerprint. It says the same for
 * every program: nothing of the machine, and no date. */

/* A new identity as PEM, for bus_identity_parse(): the private key, then the certificate. NULL with ERROR. Any thread. */
CommonSecret *bus_identity_generate (GError **error);

/* The identity in PEM. NULL with ERROR: it is none, or its key belongs to another certificate. Any thread. */
GTlsCertificate *bus_identity_parse (const CommonSecret *pem, GError **error);

/* The identity of the program ROLE ("node", "wallet", "gui", "cli") in FOLDER, the network's: from the file
 * ROLE-identity.pem, which is created if it is missing. A file that is damaged, or that others may read, is an error that
 * says what to do; it is never replaced, since the programs that know this one would not know it any more. Blocks: for the
 * start of a program. The caller owns the result. */
GTlsCertificate *bus_identity_load (const char *folder, const char *role, GError **error);

/* SHA-256 of the certificate's DER. Any thread. */
#define BUS_FINGERPRINT_LEN 32
void bus_identity_get_fingerprint (GTlsCertificate *certificate, guint8 out32[BUS_FINGERPRINT_LEN]);

G_END_DECLS
