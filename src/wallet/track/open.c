/* Opens and creates the file of a wallet; allocates and frees the tracker. */
#include "wallet/track/tracker_private.h"

#include <glib/gstdio.h>
#include <string.h>

#include "bitcoin/consensus/params.h"
#include "bitcoin/primitives/hash_key.h"
#include "common/clock.h"
#include "common/log.h"
#include "dbus/errors.h"
#include "wallet/store/record.h"
#include "wallet/store/record_descriptor.h"

/* The version number that version 32 of the reference writes to a new wallet. */
#define REFERENCE_VERSION 320000
#define PROGRAM_TITLE "Moneyrocket"

static WalletTracker *
tracker_new (BtcNetwork network, guint keypool)
{
  WalletTracker *self = g_new0 (WalletTracker, 1);
  BtcParams *params = btc_params_new (network);

  memcpy (self->genesis32, params->genesis_hash32, 32);
  btc_params_free (params);
  self->network = network;
  self->keyring = wallet_keyring_new (network, keypool);
  self->unsaved = wallet_batch_new ();
  self->txs = g_hash_table_new_full (btc_hash32_hash, btc_hash32_equal, NULL, (GDestroyNotify) wallet_tx_free);
  self->ordered = g_ptr_array_new ();
  self->coins = g_hash_table_new_full (wallet_outpoint_hash, wallet_outpoint_equal, NULL, g_free);
  self->spends
      = g_hash_table_new_full (wallet_outpoint_hash, wallet_outpoint_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  self->locked = g_hash_table_new_full (wallet_outpoint_hash, wallet_outpoint_equal, g_free, NULL);
  self->book = wallet_book_new ();
  self->drafts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->recipients = g_hash_table_new_full (wallet_outpoint_hash, wallet_outpoint_equal, g_free, g_free);
  self->blocks = g_hash_table_new_full (btc_hash32_hash, btc_hash32_equal, g_free, g_free);
  self->wtxids = g_hash_table_new_full (btc_hash32_hash, btc_hash32_equal, g_free, (GDestroyNotify) g_byte_array_unref);
  self->rivals = g_hash_table_new_full (wallet_outpoint_hash, wallet_outpoint_equal, g_free, g_free);
  self->reused = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  self->known = g_array_new (FALSE, FALSE, sizeof (WalletKnownBlock));
  self->locator = g_byte_array_new ();
  self->height = self->saved_height = -1;
  self->sequence = 1; /* 0: no result is cached */
  return self;
}

void
wallet_tracker_free (WalletTracker *self)
{
  if (self == NULL)
    return;
  wallet_matches_clear (&self->matches);
  g_hash_table_unref (self->coins);
  g_hash_table_unref (self->spends);
  g_ptr_array_unref (self->ordered);
  g_hash_table_unref (self->txs);
  g_hash_table_unref (self->locked);
  wallet_book_free (self->book);
  g_hash_table_unref (self->blocks);
  g_hash_table_unref (self->drafts);
  g_hash_table_unref (self->recipients);
  g_hash_table_unref (self->wtxids);
  g_hash_table_unref (self->rivals);
  g_hash_table_unref (self->reused);
  g_array_unref (self->known);
  g_byte_array_unref (self->locator);
  wallet_keyring_free (self->keyring);
  wallet_batch_free (self->unsaved);
  wallet_db_free (self->db);
  g_free (self);
}

static void
load_locator (WalletTracker *self, const guint8 *value, gsize len)
{
  GByteArray *locator = wallet_record_read_locator (value, len);

  if (locator == NULL || locator->len == 0) {
    g_clear_pointer (&locator, g_byte_array_unref);
    return;
  }
  g_byte_array_unref (self->locator);
  self->locator = locator;
}

static gboolean
load_lock (WalletTracker *self, BtcReader *key)
{
  BtcOutpoint outpoint;

  btc_reader_copy (key, outpoint.txid32, 32);
  outpoint.n = btc_reader_u32 (key);
  if (!key->failed)
    g_hash_table_replace (self->locked, g_memdup2 (&outpoint, sizeof outpoint), GINT_TO_POINTER (TRUE));
  return !key->failed;
}

static gboolean
load_block (WalletTracker *self, BtcReader *key, const guint8 *value, gsize len)
{
  BtcSpan hash = btc_reader_span (key, 32);
  WalletBlockInfo *info;

  if (key->failed || len != 8 || btc_get_u32 (value) > WALLET_TRACKER_MAX_HEIGHT)
    return FALSE;
  info = g_new (WalletBlockInfo, 1);
  info->height = (gint32) btc_get_u32 (value);
  info->time = btc_get_u32 (value + 4);
  g_hash_table_replace (self->blocks, g_memdup2 (hash.data, 32), info);
  return TRUE;
}

static gboolean
load_place (WalletTracker *self, const guint8 *value, gsize len)
{
  if (len != 36 || btc_get_u32 (value + 32) > WALLET_TRACKER_MAX_HEIGHT)
    return FALSE;
  memcpy (self->saved32, value, 32);
  self->saved_height = (gint32) btc_get_u32 (value + 32);
  return TRUE;
}

/* Another program may have moved the best block since: then it is at least as high as the highest known block. */
static void
check_saved_place (WalletTracker *self)
{
  GHashTableIter iter;
  gpointer value;

  self->saved_is_best
      = self->saved_height >= 0 && self->locator->len >= 32 && memcmp (self->locator->data, self->saved32, 32) == 0;
  if (self->saved_is_best)
    return;
  self->saved_height = -1;
  g_hash_table_iter_init (&iter, self->blocks);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    self->saved_height = MAX (self->saved_height, ((const WalletBlockInfo *) value)->height);
}

static gboolean
load_draft (WalletTracker *self, BtcReader *key, const guint8 *value, gsize len)
{
  guint64 id = btc_reader_u64 (key);

  if (key->failed || len != 32)
    return FALSE;
  g_hash_table_replace (self->drafts, g_memdup2 (&id, sizeof id), g_memdup2 (value, 32));
  return TRUE;
}

static gboolean
load_recipient (WalletTracker *self, BtcReader *key, const guint8 *value, gsize len)
{
  BtcOutpoint output;
  BtcReader reader;
  char *label;

  btc_reader_copy (key, output.txid32, 32);
  output.n = btc_reader_u32 (key);
  btc_reader_init (&reader, value, len);
  label = wallet_record_read_string (&reader);
  if (key->failed || label == NULL) {
    g_free (label);
    return FALSE;
  }
  g_hash_table_replace (self->recipients, g_memdup2 (&output, sizeof output), label);
  return TRUE;
}

static gboolean
load_wtxid (WalletTracker *self, BtcReader *key)
{
  BtcSpan txid = btc_reader_span (key, 32), wtxid = btc_reader_span (key, 32);

  if (key->failed)
    return FALSE;
  wallet_tracker_add_wtxid (self, txid.data, wtxid.data);
  return TRUE;
}

typedef struct {
  WalletTracker *self;
  GPtrArray *records; /* of WalletTxRecord: indexed when all descriptors are loaded */
  gboolean damaged;
  gboolean legacy;  /* there are records of a legacy wallet, whose keys would not be used */
  gboolean unknown; /* a descriptor is in a form that this version does not know */
} Loading;

static gboolean
is_legacy_record (const char *name)
{
  static const char *const legacy[]
      = { "ckey", "cscript", "defaultkey", "hdchain", "key", "keymeta", "pool", "watchmeta", "watchs", "wkey", NULL };

  return g_strv_contains (legacy, name);
}

static gboolean
load_record (const guint8 *key_data, gsize key_len, const guint8 *value, gsize len, gpointer data)
{
  Loading *loading = data;
  WalletTracker *self = loading->self;
  gboolean good = TRUE;
  BtcReader key;
  char name[32];

  btc_reader_init (&key, key_data, key_len);
  if (!wallet_record_read_name (&key, name))
    return TRUE;
  if (g_str_equal (name, WALLET_RECORD_TX)) {
    WalletTxRecord *record = wallet_tx_record_parse (value, len);
    good = record != NULL && btc_reader_left (&key) == 32 && memcmp (record->tx->txid32, key_data + key.pos, 32) == 0;
    if (record != NULL)
      g_ptr_array_add (loading->records, record);
  } else if (g_str_equal (name, WALLET_RECORD_TX_VARIANT)) {
    good = load_wtxid (self, &key);
  } else if (g_str_equal (name, WALLET_RECORD_FLAGS)) {
    good = len == 8;
    self->flags = good ? btc_get_u64 (value) : 0;
  } else if (g_str_equal (name, WALLET_RECORD_ORDER_POS_NEXT)) {
    self->incomplete = len < 8; /* it also follows from the transactions */
    self->order_pos_next = len >= 8 ? (gint64) btc_get_u64 (value) : 0;
  } else if (g_str_equal (name, WALLET_RECORD_BEST_BLOCK) || g_str_equal (name, WALLET_RECORD_BEST_BLOCK_NOMERKLE)) {
    load_locator (self, value, len);
  } else if (g_str_equal (name, WALLET_RECORD_LOCKED_COIN)) {
    good = load_lock (self, &key);
  } else if (g_str_equal (name, WALLET_RECORD_BLOCK)) {
    good = load_block (self, &key, value, len);
  } else if (g_str_equal (name, WALLET_RECORD_PLACE)) {
    good = load_place (self, value, len);
  } else if (g_str_equal (name, WALLET_RECORD_DRAFT)) {
    good = load_draft (self, &key, value, len);
  } else if (g_str_equal (name, WALLET_RECORD_RECIPIENT)) {
    good = load_recipient (self, &key, value, len);
  } else if (is_legacy_record (name)) {
    loading->legacy = TRUE;
  } else if (g_str_equal (name, WALLET_RECORD_DESCRIPTOR) && !wallet_descriptor_record_is_known (value, len)) {
    loading->unknown = TRUE;
  } else {
    good = wallet_book_load_record (self->book, name, &key, value, len)
           && wallet_keyring_load_record (self->keyring, name, &key, value, len);
  }
  loading->damaged |= !good;
  return TRUE;
}

static gint
compare_order (gconstpointer a, gconstpointer b)
{
  const WalletTxRecord *x = *(WalletTxRecord *const *) a, *y = *(WalletTxRecord *const *) b;

  return (x->order_pos > y->order_pos) - (x->order_pos < y->order_pos);
}

static gboolean
check_flags (WalletTracker *self, const char *path, GError **error)
{
  guint64 known
      = WALLET_FLAG_NO_PRIVATE_KEYS | WALLET_FLAG_BLANK | WALLET_FLAG_DESCRIPTORS | WALLET_FLAG_EXTERNAL_SIGNER;

  if ((self->flags >> 32 << 32 & ~known) != 0) {
    g_set_error (error, BUS_ERROR, BUS_ERROR_WALLET_NEWER, "Error loading %s: Wallet requires newer version of %s",
                 path, PROGRAM_TITLE);
    return FALSE;
  }
  if ((self->flags & WALLET_FLAG_DESCRIPTORS) == 0) {
    g_set_error (error, BUS_ERROR, BUS_ERROR_WALLET_LEGACY,
                 "Error loading %s: Wallet is a legacy wallet. Please migrate to a descriptor wallet using the "
                 "migration tool (migratewallet RPC).",
                 path);
    return FALSE;
  }
  return TRUE;
}

static gboolean
fail_damaged (const char *path, GError **error)
{
  g_set_error (error, BUS_ERROR, BUS_ERROR_WALLET_DAMAGED, "Error loading %s: Wallet corrupted", path);
  return FALSE;
}

static gboolean
check_records (const Loading *loading, const char *path, GError **error)
{
  if (loading->legacy) {
    g_set_error (error, BUS_ERROR, BUS_ERROR_WALLET_DAMAGED,
                 "Unexpected legacy entry in descriptor wallet found. Loading wallet %s\n\nThe wallet might have been "
                 "tampered with or created with malicious intent.\n",
                 path);
    return FALSE;
  }
  if (loading->unknown) {
    g_set_error (error, BUS_ERROR, BUS_ERROR_WALLET_NEWER,
                 "Unrecognized descriptor found. Loading wallet %s\n\nThe wallet might have been created on a newer "
                 "version.\nPlease try running the latest software version.\n",
                 path);
    return FALSE;
  }
  return !loading->damaged || fail_damaged (path, error);
}

/* What exactly is wrong with the keys is only logged. */
static gboolean
load_keys (WalletTracker *self, const char *path, WalletBatch *batch, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (wallet_keyring_load_done (self->keyring, batch, &local))
    return TRUE;
  if (g_error_matches (local, BUS_ERROR, BUS_ERROR_WALLET_DAMAGED)) {
    common_warn ("%s: %s", path, local->message);
    return fail_damaged (path, error);
  }
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
load_tracker (WalletTracker *self, const char *path, GError **error)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) wallet_tx_record_free);
  g_autoptr (WalletBatch) batch = wallet_batch_new ();
  Loading loading = { .self = self, .records = records };

  if (!wallet_db_foreach (self->db, load_record, &loading, error))
    return FALSE;
  if (!check_flags (self, path, error))
    return FALSE;
  if (!check_records (&loading, path, error) || !load_keys (self, path, batch, error))
    return FALSE;
  wallet_tracker_load_reuse (self);
  check_saved_place (self);
  g_ptr_array_sort (records, compare_order);
  g_ptr_array_set_free_func (records, NULL);
  for (guint i = 0; i < records->len; i++)
    wallet_tracker_insert_loaded (self, g_ptr_array_index (records, i));
  for (guint i = 0; i < self->ordered->len; i++)
    wallet_tracker_compute_amounts (self, g_ptr_array_index (self->ordered, i));
  wallet_tracker_presume_mempool (self);
  wallet_tracker_commit_later (self, batch, NULL);
  return TRUE;
}

WalletTracker *
wallet_tracker_open (const char *path, BtcNetwork network, guint keypool, GError **error)
{
  g_autoptr (WalletTracker) self = tracker_new (network, keypool);

  self->db = wallet_db_open (path, network, FALSE, error);
  if (self->db == NULL)
    return NULL;
  if (load_tracker (self, path, error))
    return g_steal_pointer (&self);
  g_prefix_error_literal (error, WALLET_TRACKER_LOADING_FAILED);
  return NULL;
}

WalletTracker *
wallet_tracker_create (const char *path,
                       BtcNetwork network,
                       guint keypool,
                       guint64 flags,
                       const guint8 *seed,
                       gsize seed_len,
                       GError **error)
{
  g_autoptr (WalletTracker) self = tracker_new (network, keypool);
  g_autoptr (WalletBatch) batch = wallet_batch_new ();

  self->db = wallet_db_open (path, network, TRUE, error);
  if (self->db == NULL)
    return NULL;
  self->flags = flags | WALLET_FLAG_DESCRIPTORS | WALLET_FLAG_HARDENED_CACHED;
  wallet_batch_set (batch, wallet_record_key (WALLET_RECORD_FLAGS), wallet_record_value_u64 (self->flags));
  wallet_batch_set (batch, wallet_record_key (WALLET_RECORD_VERSION), wallet_record_value_u32 (REFERENCE_VERSION));
  wallet_batch_set (batch, wallet_record_key (WALLET_RECORD_ORDER_POS_NEXT), wallet_record_value_u64 (0));
  if ((seed != NULL && !wallet_keyring_create (self->keyring, seed, seed_len, common_clock_now (), batch, error))
      || !wallet_db_write (self->db, batch, error)) {
    g_clear_pointer (&self->db, wallet_db_free);
    g_unlink (path);
    return NULL;
  }
  return g_steal_pointer (&self);
}
