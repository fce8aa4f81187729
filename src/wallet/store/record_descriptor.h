#pragma once

#include "bitcoin/primitives/serialize.h"
#include "common/secret.h"

G_BEGIN_DECLS

/* The value of "walletdescriptor" (id 32 bytes): string with checksum, u64 creation time, i32 next index, i32 first
 * index that has been derived and i32 end of the range. */
typedef struct {
  char *text; /* with its checksum */
  guint64 creation_time;
  gint32 next_index;
  gint32 range_start;
  gint32 range_end;
} WalletDescriptorRecord;

/* Whether VALUE has these fields. If not, another version may have written it. */
gboolean wallet_descriptor_record_is_known (const guint8 *value, gsize len);

gboolean wallet_descriptor_record_parse (WalletDescriptorRecord *record, const guint8 *value, gsize len);
GByteArray *wallet_descriptor_record_write (const WalletDescriptorRecord *record);
void wallet_descriptor_record_clear (WalletDescriptorRecord *record);

/* "walletdescriptorkey" (id, public key with length) → private key in the DER form of OpenSSL, with length, and
 * SHA-256 (twice) of the public and the DER form. */
/* Parses such a value: the 32 bytes of the key; NULL if it is not a key, or its checksum does not match PUBKEY33. */
CommonSecret *wallet_key_record_parse (const guint8 *value, gsize len, const guint8 pubkey33[33]);

/* The value; it is wiped by the batch that takes ownership of it. */
GByteArray *wallet_key_record_write (const guint8 key32[32], const guint8 pubkey33[33]);

G_END_DECLS
