/* A set: CompactSize N, then for each of the N sorted values the difference from the one before: its upper part as that
 * many 1 bits and a 0 bit, its lower P bits as they are, highest first. Zero bits fill the last byte. */
#include "bitcoin/primitives/gcs.h"

#include <stdlib.h>
#include <string.h>

#include "bitcoin/crypto/hash.h"

typedef struct {
  guint64 value;
  BtcSpan element;
} Hashed;

typedef struct {
  GByteArray *out;
  guint8 byte;
  guint used; /* bits of BYTE */
} BitWriter;

typedef struct {
  const guint8 *data;
  gsize n_bits;
  gsize pos;
} BitReader;

static int
compare_hashed (gconstpointer a, gconstpointer b)
{
  const Hashed *x = a, *y = b;

  if (x->value != y->value)
    return x->value < y->value ? -1 : 1;
  if (x->element.len != y->element.len)
    return x->element.len < y->element.len ? -1 : 1;
  return x->element.len == 0 ? 0 : memcmp (x->element.data, y->element.data, x->element.len);
}

/* Maps HASH uniformly to the numbers below RANGE: the upper half of their product. */
static guint64
gcs_reduce (guint64 hash, guint64 range)
{
  return (guint64) (((unsigned __int128) hash * range) >> 64);
}

/* The distinct ones of ELEMENTS, hashed over the whole range of 64 bits and sorted; their order is that of the reduced
 * values. */
static Hashed *
hash_elements (const BtcGcsParams *params, const BtcSpan *elements, gsize n, gsize *n_distinct)
{
  Hashed *hashed = g_new (Hashed, MAX (n, 1));
  gsize kept = 0;

  for (gsize i = 0; i < n; i++)
    hashed[i] = (Hashed){ btc_siphash (params->k0, params->k1, elements[i].data, elements[i].len), elements[i] };
  qsort (hashed, n, sizeof *hashed, compare_hashed);
  for (gsize i = 0; i < n; i++)
    if (kept == 0 || compare_hashed (&hashed[kept - 1], &hashed[i]) != 0)
      hashed[kept++] = hashed[i];
  *n_distinct = kept;
  return hashed;
}

static void
write_bits (BitWriter *writer, guint64 value, guint n)
{
  while (n > 0) {
    guint take = MIN (n, 8 - writer->used);

    n -= take;
    writer->byte |= (guint8) (((value >> n) & ((1u << take) - 1)) << (8 - writer->used - take));
    writer->used += take;
    if (writer->used == 8) {
      g_byte_array_append (writer->out, &writer->byte, 1);
      writer->byte = 0;
      writer->used = 0;
    }
  }
}

static void
write_code (BitWriter *writer, guint64 value, guint8 p)
{
  guint64 ones = value >> p;

  for (; ones >= 32; ones -= 32)
    write_bits (writer, G_MAXUINT32, 32);
  write_bits (writer, ((guint64) 1 << (ones + 1)) - 2, (guint) ones + 1);
  write_bits (writer, value, p);
}

void
btc_gcs_write (const BtcGcsParams *params, const BtcSpan *elements, gsize n, GByteArray *out)
{
  BitWriter writer = { .out = out };
  g_autofree Hashed *hashed = NULL;
  guint64 last = 0;

  g_return_if_fail (params != NULL && out != NULL && params->p > 0 && params->p <= 32);
  hashed = hash_elements (params, elements, n, &n);
  g_return_if_fail (n <= G_MAXUINT32);
  btc_write_compact (out, n);
  for (gsize i = 0; i < n; i++) {
    guint64 value = gcs_reduce (hashed[i].value, (guint64) n * params->m);
    write_code (&writer, value - last, params->p);
    last = value;
  }
  if (writer.used > 0)
    g_byte_array_append (out, &writer.byte, 1);
}

static gboolean
read_bits (BitReader *reader, guint n, guint64 *value)
{
  if (reader->n_bits - reader->pos < n)
    return FALSE;
  *value = 0;
  for (guint i = 0; i < n; i++, reader->pos++)
    *value = *value << 1 | (reader->data[reader->pos / 8] >> (7 - reader->pos % 8) & 1);
  return TRUE;
}

static gboolean
read_code (BitReader *reader, guint8 p, guint64 *value)
{
  guint64 ones = 0, bit, low;

  for (;;) {
    if (!read_bits (reader, 1, &bit))
      return FALSE;
    if (bit == 0)
      break;
    ones++;
  }
  if (!read_bits (reader, p, &low))
    return FALSE;
  *value = ones << p | low;
  return TRUE;
}

/* Reads the count; the codes follow. A count that the bits cannot hold is malformed. */
static gboolean
open_set (const BtcGcsParams *params, BtcSpan set, guint64 *n, BitReader *bits)
{
  BtcReader reader;

  btc_reader_init (&reader, set.data, set.len);
  *n = btc_reader_compact (&reader);
  if (reader.failed || *n > G_MAXUINT32)
    return FALSE;
  *bits = (BitReader){ set.data + reader.pos, (set.len - reader.pos) * 8, 0 };
  return *n * (params->p + 1u) <= bits->n_bits;
}

gboolean
btc_gcs_check (const BtcGcsParams *params, BtcSpan set)
{
  BitReader bits;
  guint64 n, value;

  g_return_val_if_fail (params != NULL, FALSE);
  if (!open_set (params, set, &n, &bits))
    return FALSE;
  for (guint64 i = 0; i < n; i++)
    if (!read_code (&bits, params->p, &value))
      return FALSE;
  return bits.n_bits - bits.pos < 8;
}

gboolean
btc_gcs_match_any (const BtcGcsParams *params, BtcSpan set, const BtcSpan *elements, gsize n, gboolean *match)
{
  g_autofree Hashed *hashed = NULL;
  guint64 n_set, delta, value = 0;
  BitReader bits;
  gsize at = 0;

  g_return_val_if_fail (params != NULL && match != NULL, FALSE);
  *match = FALSE;
  if (!open_set (params, set, &n_set, &bits))
    return FALSE;
  hashed = hash_elements (params, elements, n, &n);
  for (guint64 i = 0; i < n_set && at < n; i++) {
    if (!read_code (&bits, params->p, &delta))
      return FALSE;
    value += delta;
    while (at < n && gcs_reduce (hashed[at].value, n_set * params->m) < value)
      at++;
    if (at < n && gcs_reduce (hashed[at].value, n_set * params->m) == value) {
      *match = TRUE;
      return TRUE;
    }
  }
  return TRUE;
}
