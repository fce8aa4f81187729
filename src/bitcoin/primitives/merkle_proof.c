/* number of transactions u32 · count, hashes of 32 bytes · count, bytes of bits, the lowest first.
 *
 * The tree is walked from the root, the left side first. For each node there is a bit: is there a transaction to be
 * proven at or below it? If not, or at the bottom, its hash is the next one in the list; otherwise its children follow. */
#include "bitcoin/primitives/merkle_proof.h"

#include <string.h>

#include "bitcoin/crypto/hash.h"

#define MIN_TX_WEIGHT 240 /* 4 * 60 bytes */
#define MAX_TXS (4000000 / MIN_TX_WEIGHT)

/* The number of nodes HEIGHT levels above the N at the bottom. */
static guint32
width_at (guint32 n, guint height)
{
  return (guint32) (((guint64) n + ((guint64) 1 << height) - 1) >> height);
}

static guint
height_of (guint32 n)
{
  guint height = 0;

  while (width_at (n, height) > 1)
    height++;
  return height;
}

static void
hash_pair (const guint8 left32[32], const guint8 right32[32], guint8 out32[32])
{
  guint8 pair[64];

  memcpy (pair, left32, 32);
  memcpy (pair + 32, right32, 32);
  btc_sha256d (pair, sizeof pair, out32);
}

/* ---- writing ---- */

typedef struct {
  guint8 *hashes[33];   /* by height, the bottom first */
  gboolean *wanted[33]; /* is there a transaction to prove at or below? */
  guint32 n;
  GByteArray *out_hashes;
  GByteArray *out_bits;
  guint32 n_bits;
} Tree;

static void
tree_grow (Tree *tree, guint height)
{
  guint32 below = width_at (tree->n, height - 1), width = width_at (tree->n, height);
  const guint8 *from = tree->hashes[height - 1];

  tree->hashes[height] = g_malloc (32 * (gsize) width);
  tree->wanted[height] = g_new (gboolean, width);
  for (guint32 i = 0; i < width; i++) {
    guint32 left = 2 * i, right = MIN (2 * i + 1, below - 1);
    hash_pair (from + 32 * (gsize) left, from + 32 * (gsize) right, tree->hashes[height] + 32 * (gsize) i);
    tree->wanted[height][i] = tree->wanted[height - 1][left] || tree->wanted[height - 1][right];
  }
}

static void
add_bit (Tree *tree, gboolean bit)
{
  if (tree->n_bits % 8 == 0)
    btc_write_u8 (tree->out_bits, 0);
  if (bit)
    tree->out_bits->data[tree->n_bits / 8] |= (guint8) (1 << tree->n_bits % 8);
  tree->n_bits++;
}

static void
write_node (Tree *tree, guint height, guint32 at)
{
  gboolean wanted = tree->wanted[height][at];

  add_bit (tree, wanted);
  if (height == 0 || !wanted) {
    btc_write_data (tree->out_hashes, tree->hashes[height] + 32 * (gsize) at, 32);
    return;
  }
  write_node (tree, height - 1, 2 * at);
  if (2 * at + 1 < width_at (tree->n, height - 1))
    write_node (tree, height - 1, 2 * at + 1);
}

void
btc_merkle_proof_write (GByteArray *out, const guint8 *hashes, guint32 n, const gboolean *wanted)
{
  g_autoptr (GByteArray) out_hashes = g_byte_array_new (), out_bits = g_byte_array_new ();
  Tree tree = { .n = n, .out_hashes = out_hashes, .out_bits = out_bits };
  guint height = height_of (n);

  g_return_if_fail (out != NULL && n > 0);
  tree.hashes[0] = g_memdup2 (hashes, 32 * (gsize) n);
  tree.wanted[0] = g_memdup2 (wanted, n * sizeof *wanted);
  for (guint i = 1; i <= height; i++)
    tree_grow (&tree, i);
  write_node (&tree, height, 0);
  btc_write_u32 (out, n);
  btc_write_compact (out, out_hashes->len / 32);
  btc_write_data (out, out_hashes->data, out_hashes->len);
  btc_write_bytes (out, out_bits->data, out_bits->len);
  for (guint i = 0; i <= height; i++) {
    g_free (tree.hashes[i]);
    g_free (tree.wanted[i]);
  }
}

/* ---- reading ---- */

typedef struct {
  guint32 n;
  BtcSpan hashes;
  BtcSpan bits;
  gsize hash_at; /* the next one */
  gsize bit_at;
  GByteArray *matches;
} Proof;

static gboolean
next_bit (Proof *proof, gboolean *bit)
{
  if (proof->bit_at >= 8 * proof->bits.len)
    return FALSE;
  *bit = (proof->bits.data[proof->bit_at / 8] >> proof->bit_at % 8) & 1;
  proof->bit_at++;
  return TRUE;
}

static gboolean
read_node (Proof *proof, guint height, guint32 at, guint8 out32[32])
{
  guint8 left32[32], right32[32];
  gboolean wanted;

  if (!next_bit (proof, &wanted))
    return FALSE;
  if (height == 0 || !wanted) {
    if (proof->hash_at >= proof->hashes.len / 32)
      return FALSE;
    memcpy (out32, proof->hashes.data + 32 * proof->hash_at++, 32);
    if (wanted)
      btc_write_data (proof->matches, out32, 32);
    return TRUE;
  }
  if (!read_node (proof, height - 1, 2 * at, left32))
    return FALSE;
  if (2 * at + 1 >= width_at (proof->n, height - 1)) {
    hash_pair (left32, left32, out32);
    return TRUE;
  }
  /* Equal children would be duplicated transactions (CVE-2012-2459). */
  if (!read_node (proof, height - 1, 2 * at + 1, right32) || memcmp (left32, right32, 32) == 0)
    return FALSE;
  hash_pair (left32, right32, out32);
  return TRUE;
}

gboolean
btc_merkle_proof_read (BtcReader *reader, guint32 *n, guint8 root32[32], GByteArray *matches)
{
  Proof proof = { .matches = matches };
  gsize n_hashes;

  proof.n = *n = btc_reader_u32 (reader);
  n_hashes = btc_reader_compact_size (reader);
  proof.hashes = btc_reader_span (reader, 32 * n_hashes);
  proof.bits = btc_reader_bytes (reader);
  if (reader->failed || proof.n == 0 || proof.n > MAX_TXS || n_hashes > proof.n || 8 * proof.bits.len < n_hashes)
    return FALSE;
  return read_node (&proof, height_of (proof.n), 0, root32) && (proof.bit_at + 7) / 8 == proof.bits.len
         && proof.hash_at == n_hashes;
}
