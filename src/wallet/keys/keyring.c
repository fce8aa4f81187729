#include "wallet/keys/keyring_private.h"

#include <string.h>

#include "bitcoin/primitives/hash_key.h"
#include "wallet/store/record.h"

/* The descriptor and index that a script is derived from. Descriptors may overlap: then there are several. */
typedef struct _Place Place;
struct _Place {
  WalletKeyChain *chain;
  gint32 index;
  Place *next;
};

static void
place_free (gpointer data)
{
  for (Place *place = data, *next; place != NULL; place = next) {
    next = place->next;
    g_free (place);
  }
}

static void
chain_free (WalletKeyChain *chain)
{
  wallet_descriptor_record_clear (&chain->record);
  g_clear_pointer (&chain->descriptor, btc_descriptor_free);
  btc_descriptor_secret_clear (&chain->secret);
  g_free (chain);
}

WalletKeyring *
wallet_keyring_new (BtcNetwork network, guint keypool)
{
  WalletKeyring *keyring = g_new0 (WalletKeyring, 1);

  keyring->network = network;
  keyring->keypool = keypool;
  keyring->chains = g_ptr_array_new_with_free_func ((GDestroyNotify) chain_free);
  keyring->by_id = g_hash_table_new (btc_hash32_hash, btc_hash32_equal);
  keyring->scripts = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, place_free);
  keyring->parents = g_hash_table_new_full (btc_hash32_hash, btc_hash32_equal, g_free, g_free);
  return keyring;
}

void
wallet_keyring_free (WalletKeyring *keyring)
{
  if (keyring == NULL)
    return;
  g_hash_table_unref (keyring->scripts);
  g_hash_table_unref (keyring->by_id);
  g_hash_table_unref (keyring->parents);
  g_ptr_array_unref (keyring->chains);
  g_free (keyring);
}

WalletKeyChain *
wallet_keyring_chain (WalletKeyring *keyring, const guint8 id32[32])
{
  WalletKeyChain *chain = g_hash_table_lookup (keyring->by_id, id32);

  if (chain == NULL) {
    chain = g_new0 (WalletKeyChain, 1);
    memcpy (chain->id32, id32, 32);
    g_ptr_array_add (keyring->chains, chain);
    g_hash_table_insert (keyring->by_id, chain->id32, chain);
  }
  return chain;
}

void
wallet_keyring_write_chain (WalletKeyChain *chain, WalletBatch *batch)
{
  wallet_batch_set (batch, wallet_record_key_data (WALLET_RECORD_DESCRIPTOR, chain->id32, 32),
                    wallet_descriptor_record_write (&chain->record));
}

void
wallet_key_chain_set_type (WalletKeyChain *chain)
{
  switch (btc_descriptor_get_type_of (chain->descriptor)) {
  case BTC_DESCRIPTOR_PK:
  case BTC_DESCRIPTOR_PKH:
  case BTC_DESCRIPTOR_ADDR:
  case BTC_DESCRIPTOR_RAW:
  case BTC_DESCRIPTOR_OTHER: /* refused by wallet_keyring_load_done() */
    chain->type = WALLET_ADDRESS_LEGACY;
    break;
  case BTC_DESCRIPTOR_SH_WPKH:
    chain->type = WALLET_ADDRESS_P2SH_SEGWIT;
    break;
  case BTC_DESCRIPTOR_WPKH:
    chain->type = WALLET_ADDRESS_BECH32;
    break;
  case BTC_DESCRIPTOR_TR:
    chain->type = WALLET_ADDRESS_BECH32M;
    break;
  }
}

static void
add_place (WalletKeyring *keyring, GBytes *script, WalletKeyChain *chain, gint32 index)
{
  Place *place = g_new (Place, 1), *first = g_hash_table_lookup (keyring->scripts, script);

  *place = (Place){ .chain = chain, .index = index };
  if (first == NULL) {
    g_hash_table_insert (keyring->scripts, g_bytes_ref (script), place);
    return;
  }
  place->next = first->next;
  first->next = place;
}

gboolean
wallet_keyring_derive (WalletKeyring *keyring, WalletKeyChain *chain, gint32 end)
{
  if (!btc_descriptor_is_ranged (chain->descriptor))
    end = 1;
  for (; chain->derived < end; chain->derived++) {
    g_auto (BtcExpansion) expansion = { 0 };
    if (!btc_descriptor_expand (chain->descriptor, (guint32) chain->derived, &expansion))
      return FALSE;
    add_place (keyring, expansion.script, chain, chain->derived);
  }
  return TRUE;
}

void
wallet_keyring_top_up (WalletKeyring *keyring, WalletKeyChain *chain, guint size, WalletBatch *batch)
{
  gint64 end;

  if (!btc_descriptor_is_ranged (chain->descriptor))
    return;
  end = MIN ((gint64) chain->record.next_index + (size != 0 ? size : keyring->keypool), G_MAXINT32);
  end = MAX (end, chain->record.range_end);
  if (!wallet_keyring_derive (keyring, chain, (gint32) end) || end == chain->record.range_end)
    return;
  chain->record.range_end = (gint32) end;
  wallet_keyring_write_chain (chain, batch);
}

void
wallet_keyring_refill (WalletKeyring *keyring, guint size, WalletBatch *batch)
{
  for (guint i = 0; i < keyring->chains->len; i++)
    wallet_keyring_top_up (keyring, g_ptr_array_index (keyring->chains, i), size, batch);
}

GPtrArray *
wallet_keyring_get_chains (const WalletKeyring *keyring)
{
  return keyring->chains;
}

WalletKeyChain *
wallet_keyring_get_active (WalletKeyring *keyring, WalletAddressType type, gboolean internal)
{
  return keyring->active[type][internal ? 1 : 0];
}

gboolean
wallet_keyring_is_encrypted (const WalletKeyring *keyring)
{
  return keyring->encrypted;
}

guint
wallet_keyring_get_pool_size (const WalletKeyring *keyring, gboolean internal)
{
  guint size = 0;

  for (guint type = 0; type < WALLET_N_ADDRESS_TYPES; type++) {
    const WalletKeyChain *chain = keyring->active[type][internal ? 1 : 0];
    if (chain != NULL)
      size += (guint) (chain->record.range_end - chain->record.next_index);
  }
  return size;
}

gint64
wallet_keyring_get_birth_time (const WalletKeyring *keyring)
{
  guint64 time = G_MAXINT64;

  for (guint i = 0; i < keyring->chains->len; i++)
    time = MIN (time, ((const WalletKeyChain *) g_ptr_array_index (keyring->chains, i))->record.creation_time);
  return time == G_MAXINT64 ? 0 : (gint64) time;
}

static const Place *
find_places (WalletKeyring *keyring, BtcSpan script)
{
  g_autoptr (GBytes) key = g_bytes_new_static (script.data, script.len);

  return g_hash_table_lookup (keyring->scripts, key);
}

static gboolean
has_key (const WalletKeyChain *chain)
{
  return chain->secret.xprv != NULL || chain->secret.key != NULL || chain->crypted;
}

/* Prefers a descriptor that can spend it; of several, the active one. */
static guint
place_rank (const Place *place)
{
  return (has_key (place->chain) ? 2 : 0) + (place->chain->active ? 1 : 0);
}

gboolean
wallet_keyring_find (WalletKeyring *keyring, BtcSpan script, WalletKeyRef *ref)
{
  const Place *best = find_places (keyring, script);

  if (best == NULL)
    return FALSE;
  for (const Place *place = best->next; place != NULL; place = place->next)
    if (place_rank (place) > place_rank (best))
      best = place;
  if (ref != NULL)
    *ref = (WalletKeyRef){ best->chain, best->index };
  return TRUE;
}

GPtrArray *
wallet_keyring_list_chains (WalletKeyring *keyring, BtcSpan script)
{
  GPtrArray *chains = g_ptr_array_new ();

  for (const Place *place = find_places (keyring, script); place != NULL; place = place->next)
    g_ptr_array_add (chains, place->chain);
  return chains;
}

GBytes *
wallet_keyring_next (WalletKeyring *keyring, WalletAddressType type, gboolean internal, WalletBatch *batch)
{
  WalletKeyChain *chain = keyring->active[type][internal ? 1 : 0];
  g_auto (BtcExpansion) expansion = { 0 };

  if (chain == NULL)
    return NULL;
  /* First, so that the range on disk ends where the reference's does. */
  wallet_keyring_top_up (keyring, chain, 0, batch);
  if (!btc_descriptor_expand (chain->descriptor, (guint32) chain->record.next_index, &expansion))
    return NULL;
  chain->record.next_index++;
  wallet_keyring_write_chain (chain, batch);
  return g_bytes_ref (expansion.script);
}

static void
mark_place_used (WalletKeyring *keyring, const Place *place, WalletBatch *batch)
{
  WalletKeyChain *chain = place->chain;

  if (!btc_descriptor_is_ranged (chain->descriptor))
    return;
  /* An address that was handed out had been taken from the pool: now that it is used, the pool is filled, too. */
  if (place->index >= chain->record.next_index) {
    chain->record.next_index = place->index + 1;
    wallet_keyring_write_chain (chain, batch);
  }
  wallet_keyring_top_up (keyring, chain, 0, batch);
}

void
wallet_keyring_mark_used (WalletKeyring *keyring, BtcSpan script, WalletBatch *batch)
{
  for (const Place *place = find_places (keyring, script); place != NULL; place = place->next)
    mark_place_used (keyring, place, batch);
}

char *
wallet_key_chain_dup_text (const WalletKeyChain *chain)
{
  return btc_descriptor_format_normalized (chain->descriptor, chain->has_last_hardened ? &chain->last_hardened : NULL);
}

CommonSecret *
wallet_key_chain_dup_private_text (const WalletKeyChain *chain, BtcNetwork network)
{
  return btc_private_descriptor_format (chain->descriptor, &chain->secret, network);
}

CommonSecret *
wallet_keyring_dup_key (const WalletKeyRef *ref)
{
  if (ref->chain->secret.xprv == NULL && ref->chain->secret.key == NULL)
    return NULL;
  return btc_private_descriptor_key (ref->chain->descriptor, &ref->chain->secret, (guint32) ref->index);
}
