/* Loads the descriptors of a wallet, and creates those of a new one. */
#include <string.h>

#include "common/secret.h"
#include "dbus/errors.h"
#include "wallet/keys/keyring_private.h"
#include "wallet/store/record.h"

static gboolean
load_descriptor (WalletKeyring *keyring, const guint8 *id32, const guint8 *value, gsize len)
{
  WalletKeyChain *chain = wallet_keyring_chain (keyring, id32);

  return wallet_descriptor_record_parse (&chain->record, value, len);
}

static gboolean
keyring_load_key (WalletKeyring *keyring,
                  const guint8 *id32,
                  BtcReader *key,
                  const guint8 *value,
                  gsize len,
                  gboolean crypted)
{
  WalletKeyChain *chain = wallet_keyring_chain (keyring, id32);
  BtcSpan pubkey = btc_reader_bytes (key);

  if (key->failed || pubkey.len != 33)
    return FALSE;
  if (chain->pubkey33[0] != 0) {
    /* A descriptor with several keys, which this version does not support. */
    return TRUE;
  }
  memcpy (chain->pubkey33, pubkey.data, 33);
  chain->crypted = crypted;
  if (crypted)
    return TRUE;
  chain->secret.key = wallet_key_record_parse (value, len, chain->pubkey33);
  chain->secret.compressed = TRUE;
  return chain->secret.key != NULL;
}

/* After the ID: u32 number of the key in the descriptor; a second u32, an index, for hardened ranges only. */
static gboolean
load_cache (WalletKeyring *keyring, const guint8 *id32, BtcReader *key, const guint8 *value, gsize len, gboolean last)
{
  BtcReader reader;
  BtcXpub xpub;
  guint32 number = btc_reader_u32 (key);

  btc_reader_init (&reader, value, len);
  BtcSpan data = btc_reader_bytes (&reader);
  if (key->failed || reader.failed || data.len != BTC_XPUB_SIZE || !btc_xpub_decode (data.data, &xpub))
    return FALSE;
  if (number != 0 || btc_reader_left (key) > 0)
    return TRUE;
  if (last) {
    WalletKeyChain *chain = wallet_keyring_chain (keyring, id32);
    chain->last_hardened = xpub;
    chain->has_last_hardened = TRUE;
  } else {
    g_hash_table_replace (keyring->parents, g_memdup2 (id32, 32), g_memdup2 (&xpub, sizeof xpub));
  }
  return TRUE;
}

/* Key: u32 ID of the master key. Value: encrypted key, salt, u32 derivation method, u32 iterations, other derivation
 * parameters; the byte strings have CompactSize lengths. */
static gboolean
load_master_key (WalletKeyring *keyring, BtcReader *key, const guint8 *value, gsize len)
{
  BtcReader reader;

  btc_reader_u32 (key);
  btc_reader_init (&reader, value, len);
  btc_reader_bytes (&reader);
  btc_reader_bytes (&reader);
  btc_reader_span (&reader, 8);
  btc_reader_bytes (&reader);
  keyring->encrypted = TRUE;
  return !key->failed && !reader.failed;
}

static gboolean
load_active (WalletKeyring *keyring, BtcReader *key, const guint8 *value, gsize len, gboolean internal)
{
  guint8 type = btc_reader_u8 (key);

  if (key->failed || len != 32)
    return FALSE;
  if (type >= WALLET_N_ADDRESS_TYPES)
    return TRUE;
  memcpy (keyring->active_ids[type][internal ? 1 : 0], value, 32);
  keyring->has_active[type][internal ? 1 : 0] = TRUE;
  return TRUE;
}

gboolean
wallet_keyring_load_record (WalletKeyring *keyring, const char *name, BtcReader *key, const guint8 *value, gsize len)
{
  const guint8 *id32;

  if (g_str_equal (name, WALLET_RECORD_MASTER_KEY))
    return load_master_key (keyring, key, value, len);
  if (g_str_equal (name, WALLET_RECORD_ACTIVE_EXTERNAL) || g_str_equal (name, WALLET_RECORD_ACTIVE_INTERNAL))
    return load_active (keyring, key, value, len, g_str_equal (name, WALLET_RECORD_ACTIVE_INTERNAL));
  if (!g_str_has_prefix (name, WALLET_RECORD_DESCRIPTOR))
    return TRUE;
  id32 = btc_reader_span (key, 32).data;
  if (key->failed)
    return FALSE;
  if (g_str_equal (name, WALLET_RECORD_DESCRIPTOR))
    return load_descriptor (keyring, id32, value, len);
  if (g_str_equal (name, WALLET_RECORD_DESCRIPTOR_KEY))
    return keyring_load_key (keyring, id32, key, value, len, FALSE);
  if (g_str_equal (name, WALLET_RECORD_DESCRIPTOR_CRYPTED_KEY))
    return keyring_load_key (keyring, id32, key, value, len, TRUE);
  if (g_str_equal (name, WALLET_RECORD_DESCRIPTOR_CACHE))
    return load_cache (keyring, id32, key, value, len, FALSE);
  if (g_str_equal (name, WALLET_RECORD_DESCRIPTOR_HARDENED_CACHE))
    return load_cache (keyring, id32, key, value, len, TRUE);
  return TRUE;
}

/* Combines the private key, the caches and the text. */
static void
complete_secret (WalletKeyring *keyring, WalletKeyChain *chain)
{
  const BtcDescriptorKey *key = btc_descriptor_get_key (chain->descriptor, 0);
  const BtcXpub *parent = g_hash_table_lookup (keyring->parents, chain->id32);

  if (chain->secret.key != NULL && key->extended) {
    chain->secret.xprv = btc_xprv_new_from_key (chain->secret.key->data, &key->xpub);
    g_clear_pointer (&chain->secret.key, common_secret_unref);
  }
  if (!btc_descriptor_needs_parent (chain->descriptor))
    return;
  if (parent != NULL)
    btc_descriptor_set_parent (chain->descriptor, 0, parent);
  else if (chain->secret.xprv != NULL)
    chain->has_last_hardened
        = btc_private_descriptor_set_parent (chain->descriptor, chain->secret.xprv, &chain->last_hardened);
}

/* A wallet that advanced without some of its coins would hide them, also from the program that created it. */
static gboolean
refuse_descriptor (const WalletKeyChain *chain, const char *why, GError **error)
{
  g_set_error (
      error, BUS_ERROR, BUS_ERROR_NOT_SUPPORTED,
      "This version does not support a descriptor of the wallet, so it does not load it: %s (%s). Use the wallet "
      "with the program that created it.",
      chain->record.text, why);
  return FALSE;
}

static gboolean
is_hardened_range (const BtcDescriptor *descriptor)
{
  for (gsize i = 0; i < btc_descriptor_n_keys (descriptor); i++)
    if (btc_descriptor_get_key (descriptor, i)->range == BTC_RANGE_HARDENED)
      return TRUE;
  return FALSE;
}

static gboolean
complete_chain (WalletKeyring *keyring, WalletKeyChain *chain, GError **error)
{
  g_autofree char *why = NULL;
  guint8 id32[32];

  if (chain->record.text == NULL) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_WALLET_DAMAGED, "The wallet has keys without their descriptor.");
    return FALSE;
  }
  chain->descriptor = btc_descriptor_parse (chain->record.text, keyring->network, FALSE, &why);
  if (chain->descriptor == NULL)
    return refuse_descriptor (chain, why, error);
  if (btc_descriptor_get_type_of (chain->descriptor) == BTC_DESCRIPTOR_OTHER)
    return refuse_descriptor (chain, "only single keys, addresses and scripts are", error);
  if (is_hardened_range (chain->descriptor))
    return refuse_descriptor (chain, "each of its addresses needs a private key", error);
  btc_descriptor_id (chain->descriptor, id32);
  if (memcmp (id32, chain->id32, 32) != 0) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_WALLET_DAMAGED, "The wallet's descriptors are damaged.");
    return FALSE;
  }
  wallet_key_chain_set_type (chain);
  if (btc_descriptor_n_keys (chain->descriptor) > 0)
    complete_secret (keyring, chain);
  chain->derived = chain->record.range_start;
  if (wallet_keyring_derive (keyring, chain, chain->record.range_end))
    return TRUE;
  g_set_error_literal (error, BUS_ERROR, BUS_ERROR_WALLET_DAMAGED, "The wallet's addresses cannot be computed.");
  return FALSE;
}

static gboolean
set_active (WalletKeyring *keyring, guint type, guint side, GError **error)
{
  WalletKeyChain *chain = g_hash_table_lookup (keyring->by_id, keyring->active_ids[type][side]);

  if (chain == NULL) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_WALLET_DAMAGED, "The descriptor of new addresses is missing.");
    return FALSE;
  }
  chain->active = TRUE;
  chain->internal = side == 1;
  keyring->active[type][side] = chain;
  return TRUE;
}

gboolean
wallet_keyring_load_done (WalletKeyring *keyring, WalletBatch *batch, GError **error)
{
  for (guint i = 0; i < keyring->chains->len; i++)
    if (!complete_chain (keyring, g_ptr_array_index (keyring->chains, i), error))
      return FALSE;
  for (guint type = 0; type < WALLET_N_ADDRESS_TYPES; type++)
    for (guint side = 0; side < 2; side++)
      if (keyring->has_active[type][side] && !set_active (keyring, type, side, error))
        return FALSE;
  for (guint i = 0; i < keyring->chains->len; i++) {
    WalletKeyChain *chain = g_ptr_array_index (keyring->chains, i);
    if (chain->active)
      wallet_keyring_top_up (keyring, chain, 0, batch);
  }
  return TRUE;
}

static GByteArray *
xpub_value (const BtcXpub *xpub)
{
  GByteArray *value = g_byte_array_new ();
  guint8 data74[BTC_XPUB_SIZE];

  btc_xpub_encode (xpub, data74);
  btc_write_bytes (value, data74, sizeof data74);
  return value;
}

static GByteArray *
xpub_cache_key (const char *name, const guint8 id32[32])
{
  GByteArray *key = wallet_record_key_data (name, id32, 32);

  btc_write_u32 (key, 0);
  return key;
}

/* The records of a new descriptor. */
static void
write_new_chain (WalletKeyring *keyring, WalletKeyChain *chain, const BtcXprv *master, WalletBatch *batch)
{
  GByteArray *key = wallet_record_key_data (WALLET_RECORD_DESCRIPTOR_KEY, chain->id32, 32);
  const guint8 *pubkey33 = btc_xprv_get_xpub (master)->pubkey33;
  const char *active = chain->internal ? WALLET_RECORD_ACTIVE_INTERNAL : WALLET_RECORD_ACTIVE_EXTERNAL;
  guint8 type = (guint8) chain->type;
  GByteArray *id = g_byte_array_new ();

  btc_write_bytes (key, pubkey33, 33);
  wallet_batch_set (batch, key, wallet_key_record_write (btc_xprv_get_key (master), pubkey33));
  wallet_batch_set (batch, xpub_cache_key (WALLET_RECORD_DESCRIPTOR_CACHE, chain->id32),
                    xpub_value (&btc_descriptor_get_key (chain->descriptor, 0)->parent));
  wallet_batch_set (batch, xpub_cache_key (WALLET_RECORD_DESCRIPTOR_HARDENED_CACHE, chain->id32),
                    xpub_value (&chain->last_hardened));
  btc_write_data (id, chain->id32, 32);
  wallet_batch_set (batch, wallet_record_key_data (active, &type, 1), id);
  wallet_keyring_top_up (keyring, chain, 0, batch);
  wallet_keyring_write_chain (chain, batch);
}

static gboolean
create_chain (WalletKeyring *keyring,
              const BtcXprv *master,
              BtcDescriptorType form,
              gboolean internal,
              gint64 time,
              WalletBatch *batch)
{
  BtcXpub last_hardened;
  g_autoptr (BtcDescriptor) descriptor
      = btc_private_descriptor_new_standard (master, form, internal, keyring->network, &last_hardened);
  guint8 id32[32];
  WalletKeyChain *chain;

  if (descriptor == NULL)
    return FALSE;
  btc_descriptor_id (descriptor, id32);
  chain = wallet_keyring_chain (keyring, id32);
  chain->descriptor = g_steal_pointer (&descriptor);
  chain->record.text = btc_descriptor_format (chain->descriptor, BTC_DESCRIPTOR_AS_WRITTEN);
  chain->record.creation_time = (guint64) time;
  chain->secret.xprv = btc_xprv_copy (master);
  chain->last_hardened = last_hardened;
  chain->has_last_hardened = TRUE;
  memcpy (chain->pubkey33, btc_xprv_get_xpub (master)->pubkey33, 33);
  wallet_key_chain_set_type (chain);
  chain->active = TRUE;
  chain->internal = internal;
  keyring->active[chain->type][internal ? 1 : 0] = chain;
  write_new_chain (keyring, chain, master, batch);
  return TRUE;
}

gboolean
wallet_keyring_create (WalletKeyring *keyring,
                       const guint8 *seed,
                       gsize len,
                       gint64 time,
                       WalletBatch *batch,
                       GError **error)
{
  static const BtcDescriptorType forms[]
      = { BTC_DESCRIPTOR_PKH, BTC_DESCRIPTOR_SH_WPKH, BTC_DESCRIPTOR_WPKH, BTC_DESCRIPTOR_TR };
  g_autoptr (BtcXprv) master = btc_xprv_new_from_seed (seed, len);

  for (guint internal = 0; master != NULL && internal < 2; internal++)
    for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
      if (!create_chain (keyring, master, forms[i], internal == 1, time, batch))
        goto failed;
  if (master != NULL)
    return TRUE;
failed:
  g_set_error_literal (error, BUS_ERROR, BUS_ERROR_FAILED, "The keys of the wallet could not be created.");
  return FALSE;
}
