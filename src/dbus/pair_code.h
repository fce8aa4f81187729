#pragma once

#include "common/secret.h"
#include "dbus/identity.h"

G_BEGIN_DECLS

/* The code that a program shows, and that is typed or scanned on the other machine, to pair the two: who the program is, and
 * a secret that proves that the code was seen. Any thread.
 *
 *   character 0        the version, "1"
 *   characters 1-77    32 bytes fingerprint, 16 bytes secret, and a zero bit
 *   characters 78-83   the first 30 bits of SHA-256 of "moneyrocket pairing code" and the numbers of the characters
 *                      before them, a byte each
 *
 * Each character is 5 bits, the first ones first, in an alphabet without look-alikes: digits and capital letters without I,
 * L, O and U. In text they are in groups of six with a hyphen between them, all of which a QR code has in its alphanumeric
 * mode. */
#define BUS_PAIR_SECRET_LEN 16
#define BUS_PAIR_CODE_CHARS 84
#define BUS_PAIR_CODE_GROUP 6
#define BUS_PAIR_CODE_LEN (BUS_PAIR_CODE_CHARS + BUS_PAIR_CODE_CHARS / BUS_PAIR_CODE_GROUP - 1)

/* In memory of common_secret_alloc(). */
typedef struct {
  guint8 fingerprint32[BUS_FINGERPRINT_LEN]; /* of the program that shows the code */
  guint8 secret16[BUS_PAIR_SECRET_LEN];
} BusPairCode;

/* With a new secret. The caller owns it. */
BusPairCode *bus_pair_code_new (const guint8 fingerprint32[BUS_FINGERPRINT_LEN]);
void bus_pair_code_free (BusPairCode *code);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BusPairCode, bus_pair_code_free)

/* BUS_PAIR_CODE_LEN characters. The caller owns them. */
CommonSecret *bus_pair_code_to_text (const BusPairCode *code);

/* The code in LEN bytes at TEXT, which may be anything. Either case, spaces, line ends and hyphens do not matter, and the
 * look-alikes I, L and O are understood. NULL with a message that says what is wrong, without parts of TEXT. The caller
 * owns it. */
BusPairCode *bus_pair_code_parse (const char *text, gsize len, GError **error);

/* ---- proofs ----
 *
 * HMAC-SHA256 with the secret as its key, of a label, the fingerprint of the program that has shown the code, and that of the
 * program that has read it. So neither side sends the secret, and a proof is of no use to a third program. */
#define BUS_PAIR_PROOF_LEN 32

typedef enum { BUS_PAIR_READER, BUS_PAIR_SHOWER } BusPairSide;

/* The proof of SIDE, where READER32 is the fingerprint of the program that has read the code. */
void bus_pair_code_prove (const BusPairCode *code,
                          BusPairSide side,
                          const guint8 reader32[BUS_FINGERPRINT_LEN],
                          guint8 out32[BUS_PAIR_PROOF_LEN]);

G_END_DECLS
