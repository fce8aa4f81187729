#include "rpc/json_private.h"

#include <string.h>

#include "common/hex.h"
#include "common/secret.h"
#include "common/text.h"

/* An object with more names than this is searched by hash. */
#define INDEX_FROM 16
/* Most objects have about as many entries. */
#define FIRST_ROOM 8

static RpcJson *
json_new (RpcJsonType type)
{
  RpcJson *json = g_new0 (RpcJson, 1);
  json->ref_count = 1;
  json->type = (guint8) type;
  return json;
}

RpcJson *
rpc_json_new_text (RpcJsonType type, gsize len)
{
  RpcJson *json = g_malloc (sizeof *json + len + 1);
  *json = (RpcJson){ .ref_count = 1, .type = (guint8) type, .plain = type == RPC_JSON_NUMBER, .len = len };
  json->text[len] = '\0';
  return json;
}

RpcJson *
rpc_json_copy_text (RpcJsonType type, const char *text, gsize len)
{
  RpcJson *json = rpc_json_new_text (type, len);
  memcpy (json->text, text, len);
  return json;
}

RpcJson *
rpc_json_ref (RpcJson *json)
{
  g_return_val_if_fail (json != NULL, NULL);
  g_atomic_int_inc (&json->ref_count);
  return json;
}

void
rpc_json_unref (RpcJson *json)
{
  if (json == NULL || !g_atomic_int_dec_and_test (&json->ref_count))
    return;
  for (gsize i = 0; i < rpc_json_len (json); i++) {
    g_free (json->entries[i].name);
    rpc_json_unref (json->entries[i].value);
  }
  g_free (json->entries);
  g_clear_pointer (&json->index, g_hash_table_unref);
  if (json->secret)
    common_secret_wipe (json->text, json->len);
  g_free (json);
}

void
rpc_json_set_secret (RpcJson *json)
{
  for (gsize i = 0; i < rpc_json_len (json); i++)
    rpc_json_set_secret (json->entries[i].value);
  json->secret = json->type == RPC_JSON_STRING || json->type == RPC_JSON_NUMBER;
}

RpcJsonType
rpc_json_type (const RpcJson *json)
{
  return json == NULL ? RPC_JSON_NULL : (RpcJsonType) json->type;
}

RpcJson *
rpc_json_new_null (void)
{
  return json_new (RPC_JSON_NULL);
}

RpcJson *
rpc_json_new_bool (gboolean value)
{
  RpcJson *json = json_new (RPC_JSON_BOOL);
  json->truth = value ? 1 : 0;
  return json;
}

RpcJson *
rpc_json_new_int (gint64 value)
{
  char buffer[24], *at = buffer + sizeof buffer;
  guint64 size = value < 0 ? (guint64) 0 - (guint64) value : (guint64) value;
  gsize len;

  *--at = '\0';
  do {
    *--at = (char) ('0' + size % 10);
    size /= 10;
  } while (size > 0);
  if (value < 0)
    *--at = '-';
  len = (gsize) (buffer + sizeof buffer - 1 - at);
  return rpc_json_copy_text (RPC_JSON_NUMBER, at, len);
}

RpcJson *
rpc_json_new_double (double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (buffer, sizeof buffer, "%.16g", value);
  return rpc_json_copy_text (RPC_JSON_NUMBER, buffer, strlen (buffer));
}

RpcJson *
rpc_json_new_amount (gint64 sat)
{
  guint64 size = sat < 0 ? (guint64) 0 - (guint64) sat : (guint64) sat;
  char buffer[32];
  gint len = g_snprintf (buffer, sizeof buffer, "%s%" G_GUINT64_FORMAT ".%08" G_GUINT64_FORMAT, sat < 0 ? "-" : "",
                         size / 100000000, size % 100000000);

  return rpc_json_copy_text (RPC_JSON_NUMBER, buffer, (gsize) len);
}

/* TEXT, whose U+0000 stay, with everything else that is not UTF-8 replaced. The caller owns it. */
static char *
make_valid (const char *text)
{
  GString *valid = g_string_new (NULL);
  const char *zero;

  while ((zero = strstr (text, COMMON_TEXT_ZERO)) != NULL) {
    g_autofree char *part = g_utf8_make_valid (text, zero - text);
    g_string_append_printf (valid, "%s" COMMON_TEXT_ZERO, part);
    text = zero + strlen (COMMON_TEXT_ZERO);
  }
  if (*text != '\0') {
    g_autofree char *part = g_utf8_make_valid (text, -1);
    g_string_append (valid, part);
  }
  return g_string_free (valid, FALSE);
}

RpcJson *
rpc_json_new_string (const char *utf8)
{
  g_autofree char *valid = NULL;

  g_return_val_if_fail (utf8 != NULL, NULL);
  if (!g_utf8_validate (utf8, -1, NULL))
    utf8 = valid = make_valid (utf8);
  return rpc_json_copy_text (RPC_JSON_STRING, utf8, strlen (utf8));
}

RpcJson *
rpc_json_new_plain (const char *ascii)
{
  RpcJson *json;

  g_return_val_if_fail (ascii != NULL, NULL);
  json = rpc_json_copy_text (RPC_JSON_STRING, ascii, strlen (ascii));
  json->plain = TRUE;
  return json;
}

RpcJson *
rpc_json_new_hex (const guint8 *data, gsize len)
{
  RpcJson *json = rpc_json_new_text (RPC_JSON_STRING, 2 * len);

  json->plain = TRUE;
  common_hex_write (json->text, data, len);
  return json;
}

RpcJson *
rpc_json_new_hash (const guint8 hash32[32])
{
  RpcJson *json = rpc_json_new_text (RPC_JSON_STRING, 64);

  json->plain = TRUE;
  common_hex_write_reversed (json->text, hash32, 32);
  return json;
}

RpcJson *
rpc_json_new_array (void)
{
  return json_new (RPC_JSON_ARRAY);
}

RpcJson *
rpc_json_new_object (void)
{
  return json_new (RPC_JSON_OBJECT);
}

static void
json_add_entry (RpcJson *json, char *name, RpcJson *value)
{
  if (json->len == json->room) {
    json->room = json->room > 0 ? 2 * json->room : FIRST_ROOM;
    json->entries = g_renew (RpcJsonEntry, json->entries, json->room);
  }
  json->entries[json->len++] = (RpcJsonEntry){ name, value };
}

void
rpc_json_append (RpcJson *array, RpcJson *value)
{
  g_return_if_fail (rpc_json_type (array) == RPC_JSON_ARRAY && !array->packed);
  g_return_if_fail (value != NULL);
  json_add_entry (array, NULL, value);
}

/* The index of NAME, or -1. */
static gssize
find_name (const RpcJson *object, const char *name)
{
  if (object->index != NULL)
    return (gssize) GPOINTER_TO_SIZE (g_hash_table_lookup (object->index, name)) - 1;
  for (gsize i = 0; i < rpc_json_len (object); i++)
    if (strcmp (object->entries[i].name, name) == 0)
      return (gssize) i;
  return -1;
}

static void
make_index (RpcJson *object)
{
  object->index = g_hash_table_new (g_str_hash, g_str_equal);
  for (gsize i = object->len; i > 0; i--)
    g_hash_table_insert (object->index, object->entries[i - 1].name, GSIZE_TO_POINTER (i));
}

void
rpc_json_take_pair (RpcJson *object, char *name, RpcJson *value)
{
  json_add_entry (object, name, value);
  if (object->index == NULL && object->len > INDEX_FROM)
    make_index (object);
  else if (object->index != NULL && !g_hash_table_contains (object->index, name))
    g_hash_table_insert (object->index, name, GSIZE_TO_POINTER (object->len));
}

void
rpc_json_set (RpcJson *object, const char *name, RpcJson *value)
{
  gssize at;

  g_return_if_fail (rpc_json_type (object) == RPC_JSON_OBJECT && !object->packed);
  g_return_if_fail (name != NULL && value != NULL);
  at = find_name (object, name);
  if (at >= 0) {
    rpc_json_unref (object->entries[at].value);
    object->entries[at].value = value;
    return;
  }
  rpc_json_take_pair (object, g_strdup (name), value);
}

void
rpc_json_add (RpcJson *object, const char *name, RpcJson *value)
{
  g_return_if_fail (rpc_json_type (object) == RPC_JSON_OBJECT && !object->packed);
  g_return_if_fail (name != NULL && value != NULL);
  rpc_json_take_pair (object, g_strdup (name), value);
}

gsize
rpc_json_len (const RpcJson *json)
{
  return json == NULL || json->type < RPC_JSON_ARRAY || json->packed ? 0 : json->len;
}

RpcJson *
rpc_json_at (const RpcJson *json, gsize i)
{
  return i < rpc_json_len (json) ? json->entries[i].value : NULL;
}

const char *
rpc_json_name_at (const RpcJson *object, gsize i)
{
  return i < rpc_json_len (object) ? object->entries[i].name : NULL;
}

RpcJson *
rpc_json_get (const RpcJson *object, const char *name)
{
  gssize at;

  if (rpc_json_type (object) != RPC_JSON_OBJECT || name == NULL)
    return NULL;
  at = find_name (object, name);
  return at < 0 ? NULL : object->entries[at].value;
}

gboolean
rpc_json_bool (const RpcJson *json)
{
  return rpc_json_type (json) == RPC_JSON_BOOL && json->truth;
}

const char *
rpc_json_string (const RpcJson *json)
{
  return rpc_json_type (json) == RPC_JSON_STRING ? json->text : NULL;
}

const char *
rpc_json_literal (const RpcJson *json)
{
  return rpc_json_type (json) == RPC_JSON_NUMBER ? json->text : NULL;
}
