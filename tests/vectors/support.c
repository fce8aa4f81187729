#include "support.h"

#include "folder.h"

#include "bitcoin/script/script.h"
#include "common/hex.h"

#include <gio/gio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static guint n_checks;
static guint n_failed;

static void
die (const char *path, const char *what)
{
  g_printerr ("%s: %s\n", path, what);
  exit (1);
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
vectors_find (const char *subfolder, const char *pattern)
{
  g_autofree char *folder = vectors_dup_path (subfolder);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_pattern_match_simple (pattern, name))
      g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (paths, compare_paths);
  return paths;
}

int
vectors_skip (const char *subfolder, const char *pattern)
{
  g_autofree char *folder = vectors_dup_path (subfolder);

  g_print ("skipped: no %s in %s (MONEYROCKET_VECTORS names another folder)\n", pattern, folder);
  return VECTORS_SKIP;
}

GByteArray *
vectors_load (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GInputStream) stream = G_INPUT_STREAM (g_file_read (file, NULL, NULL));
  GByteArray *bytes = g_byte_array_new ();
  guint8 buffer[65536];
  gssize n;

  if (stream == NULL)
    die (path, "cannot be opened");
  if (g_str_has_suffix (path, ".gz")) {
    g_autoptr (GConverter) converter = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
    GInputStream *packed = stream;

    stream = g_converter_input_stream_new (packed, converter);
    g_object_unref (packed);
  }
  while ((n = g_input_stream_read (stream, buffer, sizeof buffer, NULL, NULL)) > 0)
    g_byte_array_append (bytes, buffer, n);
  if (n < 0)
    die (path, "cannot be read");
  g_byte_array_append (bytes, (const guint8 *) "", 1);
  g_byte_array_set_size (bytes, bytes->len - 1);
  return bytes;
}

RpcJson *
vectors_load_json (const char *path)
{
  g_autoptr (GByteArray) text = vectors_load (path);
  RpcJson *json = rpc_json_parse ((const char *) text->data, text->len);

  if (json == NULL)
    die (path, "is not JSON");
  return json;
}

GByteArray *
vectors_hex (const char *hex)
{
  GBytes *bytes = hex != NULL ? common_hex_decode_bytes (hex) : NULL;

  if (bytes == NULL)
    die (hex != NULL ? hex : "(nothing)", "is not hex");
  return g_bytes_unref_to_array (bytes);
}

BtcNetwork
vectors_network (const char *name)
{
  static const struct {
    const char *prefix;
    BtcNetwork network;
  } known[] = {
    { "main", BTC_NETWORK_MAIN }, { "testnet4", BTC_NETWORK_TESTNET4 }, { "test4", BTC_NETWORK_TESTNET4 },
    { "test", BTC_NETWORK_TEST }, { "signet", BTC_NETWORK_SIGNET },     { "regtest", BTC_NETWORK_REGTEST },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_str_has_prefix (name, known[i].prefix))
      return known[i].network;
  die (name, "does not begin with the name of a network");
  return BTC_N_NETWORKS;
}

static gboolean
is_number (const char *word)
{
  const char *digits = word[0] == '-' ? word + 1 : word;

  return digits[0] != '\0' && strspn (digits, "0123456789") == strlen (digits);
}

static void
parse_word (const char *word, GByteArray *script)
{
  gsize len = strlen (word);
  guint8 opcode;

  if (is_number (word)) {
    btc_script_write_number (script, g_ascii_strtoll (word, NULL, 10));
  } else if (g_str_has_prefix (word, "0x") && len > 2) {
    g_autoptr (GByteArray) raw = vectors_hex (word + 2);

    g_byte_array_append (script, raw->data, raw->len);
  } else if (len >= 2 && word[0] == '\'' && word[len - 1] == '\'') {
    btc_script_write_push (script, (const guint8 *) word + 1, len - 2);
  } else if (btc_opcode_by_name (word, len, &opcode)) {
    g_byte_array_append (script, &opcode, 1);
  } else {
    die (word, "is not an opcode");
  }
}

GByteArray *
vectors_parse_script (const char *text)
{
  GByteArray *script = g_byte_array_new ();
  g_auto (GStrv) words = g_strsplit_set (text, " \t\n", -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (words[i][0] != '\0')
      parse_word (words[i], script);
  return script;
}

BtcVerifyFlags
vectors_parse_flags (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, ",", -1);
  BtcVerifyFlags flags = BTC_VERIFY_NONE;

  if (strcmp (text, "NONE") == 0)
    return flags;
  for (guint i = 0; words[i] != NULL; i++) {
    BtcVerifyFlags flag = btc_verify_flag_by_name (words[i], strlen (words[i]));

    if (flag == BTC_VERIFY_NONE)
      die (words[i], "is not a flag");
    flags |= flag;
  }
  return flags;
}

BtcVerifyFlags
vectors_trim_flags (BtcVerifyFlags flags)
{
  if (!(flags & BTC_VERIFY_P2SH))
    flags &= ~BTC_VERIFY_WITNESS;
  if (!(flags & BTC_VERIFY_WITNESS))
    flags &= ~BTC_VERIFY_CLEANSTACK;
  return flags;
}

BtcVerifyFlags
vectors_fill_flags (BtcVerifyFlags flags)
{
  if (flags & BTC_VERIFY_CLEANSTACK)
    flags |= BTC_VERIFY_WITNESS;
  if (flags & BTC_VERIFY_WITNESS)
    flags |= BTC_VERIFY_P2SH;
  return flags;
}

void
vectors_check (gboolean passed, const char *format, ...)
{
  va_list args;
  g_autofree char *text = NULL;

  g_atomic_int_inc ((gint *) &n_checks);
  if (passed)
    return;
  g_atomic_int_inc ((gint *) &n_failed);
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_print ("FAILED: %s\n", text);
}

static char case_name[400];

static void
report_case (int number)
{
  static const char before[] = "in this case: ";

  /* Only what a signal handler may do. */
  if (write (STDERR_FILENO, before, sizeof before - 1) < 0 || write (STDERR_FILENO, case_name, strlen (case_name)) < 0
      || write (STDERR_FILENO, "\n", 1) < 0)
    _exit (1);
  signal (number, SIG_DFL);
}

void
vectors_name_case (const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_vsnprintf (case_name, sizeof case_name, format, args);
  va_end (args);
  signal (SIGABRT, report_case);
}

int
vectors_finish (const char *name)
{
  g_print ("%s: %u checks, %u failed\n", name, n_checks, n_failed);
  return n_failed == 0 && n_checks > 0 ? 0 : 1;
}

RpcJson *
vectors_open_json (const char *subfolder, const char *name)
{
  g_autoptr (GPtrArray) paths = vectors_find (subfolder, name);

  if (paths->len == 0)
    exit (vectors_skip (subfolder, name));
  return vectors_load_json (g_ptr_array_index (paths, 0));
}

GBytes *
vectors_bytes (const RpcJson *hex)
{
  return g_byte_array_free_to_bytes (vectors_hex (rpc_json_string (hex)));
}
