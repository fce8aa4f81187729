#pragma once

#include "bitcoin/primitives/serialize.h"
#include "bitcoin/primitives/tx.h"
#include "wallet/store/batch.h"

G_BEGIN_DECLS

/* The small records of wallet.dat. A key is a name with its CompactSize length, followed by fields. Unknown records are
 * never changed, so that they are kept for the program that wrote them. Pure; the caller owns the arrays. */

/* Names, as the reference writes them. */
#define WALLET_RECORD_TX "tx"
#define WALLET_RECORD_TX_VARIANT "wtxvariant"
#define WALLET_RECORD_NAME "name"
#define WALLET_RECORD_PURPOSE "purpose"
/* Address, then a string: "used" if it was spent from, "rr…" for a payment request. */
#define WALLET_RECORD_ADDRESS_DATA "destdata"
#define WALLET_RECORD_FLAGS "flags"
#define WALLET_RECORD_VERSION "version"
#define WALLET_RECORD_ORDER_POS_NEXT "orderposnext"
#define WALLET_RECORD_BEST_BLOCK "bestblock"
#define WALLET_RECORD_BEST_BLOCK_NOMERKLE "bestblock_nomerkle"
#define WALLET_RECORD_LOCKED_COIN "lockedutxo"
#define WALLET_RECORD_DESCRIPTOR "walletdescriptor"
#define WALLET_RECORD_DESCRIPTOR_KEY "walletdescriptorkey"
#define WALLET_RECORD_DESCRIPTOR_CRYPTED_KEY "walletdescriptorckey"
#define WALLET_RECORD_DESCRIPTOR_CACHE "walletdescriptorcache"
#define WALLET_RECORD_DESCRIPTOR_HARDENED_CACHE "walletdescriptorlhcache"
#define WALLET_RECORD_ACTIVE_EXTERNAL "activeexternalspk"
#define WALLET_RECORD_ACTIVE_INTERNAL "activeinternalspk"
#define WALLET_RECORD_MASTER_KEY "mkey"
/* Ours: the height of a transaction's block. Block hash → u32 height, u32 time. */
#define WALLET_RECORD_BLOCK "moneyrocket_block"
/* Ours: the best block, whose hash is also the first one of the locator. Value: hash, u32 height. */
#define WALLET_RECORD_PLACE "moneyrocket_place"
/* Ours: when an address was handed out. Address → i64 time. */
#define WALLET_RECORD_ADDRESS_TIME "moneyrocket_addresstime"

/* Ours: the payment created from a draft. u64 id → txid, so that sending a draft twice never creates two payments. */
#define WALLET_RECORD_DRAFT "moneyrocket_draft"
/* Ours: what a payment with several recipients calls one of them. Txid, u32 number of the output → string. */
#define WALLET_RECORD_RECIPIENT "moneyrocket_recipient"

/* The value of "version" in the reference's wallets, and the version number at the beginning of a locator. */
#define WALLET_LOCATOR_VERSION 70016

#define WALLET_FLAG_AVOID_REUSE (G_GUINT64_CONSTANT (1) << 0)
#define WALLET_FLAG_KEY_ORIGIN (G_GUINT64_CONSTANT (1) << 1)
#define WALLET_FLAG_HARDENED_CACHED (G_GUINT64_CONSTANT (1) << 2)
#define WALLET_FLAG_NO_PRIVATE_KEYS (G_GUINT64_CONSTANT (1) << 32)
#define WALLET_FLAG_BLANK (G_GUINT64_CONSTANT (1) << 33)
#define WALLET_FLAG_DESCRIPTORS (G_GUINT64_CONSTANT (1) << 34)
#define WALLET_FLAG_EXTERNAL_SIGNER (G_GUINT64_CONSTANT (1) << 35)

/* A key with this name and no fields yet. */
GByteArray *wallet_record_key (const char *name);
GByteArray *wallet_record_key_string (const char *name, const char *field);
GByteArray *wallet_record_key_data (const char *name, const guint8 *field, gsize len);
GByteArray *wallet_record_key_outpoint (const char *name, const BtcOutpoint *outpoint);

/* Reads the name at the beginning of a key into NAME; FALSE if there is none, or it is longer than all known names. */
gboolean wallet_record_read_name (BtcReader *key, char name[32]);

/* A string with its CompactSize length, in a file with zero bytes where TEXT has U+0000 (common/text.h). NULL when it is
 * truncated. */
char *wallet_record_read_string (BtcReader *reader);
void wallet_record_write_string (GByteArray *out, const char *text);

/* Values. */
GByteArray *wallet_record_value_string (const char *text);
GByteArray *wallet_record_value_u32 (guint32 value);
GByteArray *wallet_record_value_u64 (guint64 value);

/* A locator: N hashes (32 * N bytes), newest first. */
GByteArray *wallet_record_value_locator (const guint8 *hashes, gsize n);
/* The concatenated hashes (possibly none); NULL if it is malformed. */
GByteArray *wallet_record_read_locator (const guint8 *value, gsize len);

G_END_DECLS
