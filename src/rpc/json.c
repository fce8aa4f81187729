#include "rpc/json_private.h"

#include <string.h>

#include "common/hex.h"

/* An object with more names than this is searched by hash. */
#define INDEX_FROM 16

static RpcJson *
json_new (RpcJsonType type)
{
  RpcJson *json = g_new0 (RpcJson, 1);
  json->ref_count = 1;
  json->type = (guint8) type;
  return json;
}

RpcJson *
rpc_json_take_text (RpcJsonType type, char *text, gsize len)
{
  RpcJson *json = json_new (type);
  json->text = text;
  json->text_len = len;
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
  g_free (json->text);
  g_clear_pointer (&json->values, g_ptr_array_unref);
  g_clear_pointer (&json->names, g_ptr_array_unref);
  g_clear_pointer (&json->index, g_hash_table_unref);
  g_free (json);
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

static RpcJson *
take_number (char *literal)
{
  return rpc_json_take_text (RPC_JSON_NUMBER, literal, strlen (literal));
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
  return rpc_json_take_text (RPC_JSON_NUMBER, g_memdup2 (at, len + 1), len);
}

RpcJson *
rpc_json_new_double (double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  return take_number (g_strdup (g_ascii_formatd (buffer, sizeof buffer, "%.16g", value)));
}

RpcJson *
rpc_json_new_amount (gint64 sat)
{
  guint64 size = sat < 0 ? (guint64) 0 - (guint64) sat : (guint64) sat;
  return take_number (g_strdup_printf ("%s%" G_GUINT64_FORMAT ".%08" G_GUINT64_FORMAT, sat < 0 ? "-" : "",
                                       size / 100000000, size % 100000000));
}

RpcJson *
rpc_json_new_string (const char *utf8)
{
  char *copy;

  g_return_val_if_fail (utf8 != NULL, NULL);
  copy = g_utf8_make_valid (utf8, -1);
  return rpc_json_take_text (RPC_JSON_STRING, copy, strlen (copy));
}

RpcJson *
rpc_json_new_hex (const guint8 *data, gsize len)
{
  return rpc_json_take_text (RPC_JSON_STRING, common_hex_encode (data, len), 2 * len);
}

RpcJson *
rpc_json_new_hash (const guint8 hash32[32])
{
  return rpc_json_take_text (RPC_JSON_STRING, common_hex_encode_reversed (hash32, 32), 64);
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
json_add_value (RpcJson *json, RpcJson *value)
{
  if (json->values == NULL)
    json->values = g_ptr_array_new_with_free_func ((GDestroyNotify) rpc_json_unref);
  g_ptr_array_add (json->values, value);
}

void
rpc_json_append (RpcJson *array, RpcJson *value)
{
  g_return_if_fail (rpc_json_type (array) == RPC_JSON_ARRAY);
  g_return_if_fail (value != NULL);
  json_add_value (array, value);
}

/* The place of NAME, or -1. */
static gssize
find_name (const RpcJson *object, const char *name)
{
  if (object->names == NULL)
    return -1;
  if (object->index != NULL)
    return (gssize) GPOINTER_TO_SIZE (g_hash_table_lookup (object->index, name)) - 1;
  for (guint i = 0; i < object->names->len; i++)
    if (strcmp (g_ptr_array_index (object->names, i), name) == 0)
      return i;
  return -1;
}

static void
make_index (RpcJson *object)
{
  object->index = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = object->names->len; i > 0; i--)
    g_hash_table_insert (object->index, g_ptr_array_index (object->names, i - 1), GSIZE_TO_POINTER ((gsize) i));
}

void
rpc_json_take_pair (RpcJson *object, char *name, RpcJson *value)
{
  if (object->names == NULL)
    object->names = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (object->names, name);
  json_add_value (object, value);
  if (object->index == NULL && object->names->len > INDEX_FROM)
    make_index (object);
  else if (object->index != NULL && !g_hash_table_contains (object->index, name))
    g_hash_table_insert (object->index, name, GSIZE_TO_POINTER ((gsize) object->names->len));
}

void
rpc_json_set (RpcJson *object, const char *name, RpcJson *value)
{
  gssize at;

  g_return_if_fail (rpc_json_type (object) == RPC_JSON_OBJECT);
  g_return_if_fail (name != NULL && value != NULL);
  at = find_name (object, name);
  if (at >= 0) {
    rpc_json_unref (g_ptr_array_index (object->values, at));
    g_ptr_array_index (object->values, at) = value;
    return;
  }
  rpc_json_take_pair (object, g_strdup (name), value);
}

gsize
rpc_json_len (const RpcJson *json)
{
  return json == NULL || json->values == NULL ? 0 : json->values->len;
}

RpcJson *
rpc_json_at (const RpcJson *json, gsize i)
{
  return i < rpc_json_len (json) ? g_ptr_array_index (json->values, i) : NULL;
}

const char *
rpc_json_name_at (const RpcJson *object, gsize i)
{
  return object != NULL && object->names != NULL && i < object->names->len ? g_ptr_array_index (object->names, i)
                                                                           : NULL;
}

RpcJson *
rpc_json_get (const RpcJson *object, const char *name)
{
  gssize at;

  if (rpc_json_type (object) != RPC_JSON_OBJECT || name == NULL)
    return NULL;
  at = find_name (object, name);
  return at < 0 ? NULL : g_ptr_array_index (object->values, at);
}

gboolean
rpc_json_bool (const RpcJson *json)
{
  return rpc_json_type (json) == RPC_JSON_BOOL && json->truth;
}

const char *
rpc_json_string (const RpcJson *json)
{
  if (rpc_json_type (json) != RPC_JSON_STRING || strlen (json->text) != json->text_len)
    return NULL;
  return json->text;
}

const char *
rpc_json_literal (const RpcJson *json)
{
  return rpc_json_type (json) == RPC_JSON_NUMBER ? json->text : NULL;
}
