#include "vectors.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/hex.h"

#define SKIPPED 77

static char *
folder (void) {
  const char *chosen = g_getenv ("MONEYROCKET_VECTORS");
  const char *source = g_getenv ("G_TEST_SRCDIR");

  if (chosen != NULL)
    return g_strdup (chosen);
  return g_build_filename (source != NULL ? source : ".", "..", "..", "shared", "vectors", NULL);
}

RpcJson *
vectors_load_json (const char *name) {
  g_autofree char *root = folder ();
  g_autofree char *path = g_build_filename (root, name, NULL);
  g_autofree char *text = NULL;
  gsize len;
  RpcJson *json;

  if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
    printf ("skipped: there is no %s\n", path);
    exit (SKIPPED);
  }
  g_assert_true (g_file_get_contents (path, &text, &len, NULL));
  json = rpc_json_parse (text, len);
  g_assert_nonnull (json);
  return json;
}

GBytes *
vectors_hex (const RpcJson *json) {
  GBytes *bytes;

  g_assert_nonnull (rpc_json_string (json));
  bytes = common_hex_decode_bytes (rpc_json_string (json));
  g_assert_nonnull (bytes);
  return bytes;
}
