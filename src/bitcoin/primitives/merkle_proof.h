#pragma once

#include "bitcoin/primitives/serialize.h"

G_BEGIN_DECLS

/* A partial merkle tree, which proves that some transactions are in a block (BIP 37). Pure, any thread. */

/* Appends the proof that those of the N hashes (32 bytes each, N not 0) whose entry in WANTED is TRUE are in the tree. */
void btc_merkle_proof_write (GByteArray *out, const guint8 *hashes, guint32 n, const gboolean *wanted);

/* Reads a proof, to the end of READER or not. FALSE when it is malformed or inconsistent; otherwise *N is the number of
 * transactions that it claims, ROOT32 the root of the tree, and the proven hashes have been appended to MATCHES. */
gboolean btc_merkle_proof_read (BtcReader *reader, guint32 *n, guint8 root32[32], GByteArray *matches);

G_END_DECLS
