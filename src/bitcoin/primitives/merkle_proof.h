#pragma once

#include "bitcoin/primitives/serialize.h"

G_BEGIN_DECLS

/* A merkle tree cut down to what shows that some transactions are in it (BIP 37). Pure, any thread. */

/* Appends the proof that those of the N hashes (32 bytes each, N not 0) whose entry in WANTED is TRUE are in the tree. */
void btc_merkle_proof_write (GByteArray *out, const guint8 *hashes, guint32 n, const gboolean *wanted);

/* Reads a proof, to the end of READER or not. FALSE when it is malformed, or does not hold together; else *N is how many
 * transactions it says there are, ROOT32 what the tree comes to, and the hashes that are proven were appended to MATCHES. */
gboolean btc_merkle_proof_read (BtcReader *reader, guint32 *n, guint8 root32[32], GByteArray *matches);

G_END_DECLS
