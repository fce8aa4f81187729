#include "rpc/shape.h"

#include <string.h>

/* The JSON schema of a shape. */

static RpcJson *
schema_of_type (const char *type)
{
  RpcJson *schema = rpc_json_new_object ();

  rpc_json_set (schema, "type", rpc_json_new_string (type));
  return schema;
}

static RpcJson *
schema_with (const char *type, const char *name, const char *value)
{
  RpcJson *schema = schema_of_type (type);

  rpc_json_set (schema, name, rpc_json_new_string (value));
  return schema;
}

/* FIRST and SECOND are taken over. */
static RpcJson *
either_of (RpcJson *first, RpcJson *second)
{
  RpcJson *schema = rpc_json_new_object (), *list = rpc_json_new_array ();

  rpc_json_append (list, first);
  rpc_json_append (list, second);
  rpc_json_set (schema, "oneOf", list);
  return schema;
}

static RpcJson *
fixed_list (RpcJson *items)
{
  RpcJson *schema = schema_of_type ("array");
  gint64 n = (gint64) rpc_json_len (items);

  rpc_json_set (schema, "items", items);
  rpc_json_set (schema, "additionalItems", rpc_json_new_bool (FALSE));
  rpc_json_set (schema, "minItems", rpc_json_new_int (n));
  rpc_json_set (schema, "maxItems", rpc_json_new_int (n));
  return schema;
}

static RpcJson *
range_schema (void)
{
  RpcJson *ends = rpc_json_new_array ();

  rpc_json_append (ends, schema_of_type ("number"));
  rpc_json_append (ends, schema_of_type ("number"));
  return either_of (schema_of_type ("number"), fixed_list (ends));
}

static RpcJson *
false_schema (void)
{
  RpcJson *schema = rpc_json_new_object ();

  rpc_json_set (schema, "const", rpc_json_new_bool (FALSE));
  return schema;
}

static RpcJson *
word_schema (const char *word, gboolean argument)
{
  static const struct {
    const char *word, *type;
  } plain[] = { { "str", "string" },   { "num", "number" }, { "int", "integer" },
                { "bool", "boolean" }, { "null", "null" },  { "object", "object" } };

  for (guint i = 0; i < G_N_ELEMENTS (plain); i++)
    if (g_str_equal (word, plain[i].word))
      return schema_of_type (plain[i].type);
  if (g_str_equal (word, "hex"))
    return schema_with ("string", "pattern", "^[0-9a-fA-F]+$");
  if (g_str_equal (word, "time"))
    return schema_with ("number", "x-bitcoin-unit", "unix-time");
  if (g_str_equal (word, "range"))
    return range_schema ();
  if (g_str_equal (word, "false"))
    return false_schema ();
  if (!g_str_equal (word, "amount"))
    return rpc_json_new_object ();
  return argument ? either_of (schema_of_type ("number"), schema_of_type ("string"))
                  : schema_with ("number", "x-bitcoin-unit", "amount");
}

/* PARTS as alternatives. In a list of arguments they may overlap. */
static RpcJson *
alternatives (const GPtrArray *parts, const char *keyword, gboolean argument)
{
  RpcJson *schema, *list;

  if (parts->len == 0)
    return rpc_json_new_object ();
  if (parts->len == 1)
    return rpc_shape_to_schema (g_ptr_array_index (parts, 0), argument);
  schema = rpc_json_new_object ();
  list = rpc_json_new_array ();
  for (guint i = 0; i < parts->len; i++)
    rpc_json_append (list, rpc_shape_to_schema (g_ptr_array_index (parts, i), argument));
  rpc_json_set (schema, keyword, list);
  return schema;
}

static RpcJson *
object_schema (const RpcShape *shape, gboolean argument)
{
  RpcJson *schema = schema_of_type ("object"), *properties = rpc_json_new_object ();
  g_autoptr (RpcJson) required = rpc_json_new_array ();

  for (guint i = 0; i < shape->parts->len; i++) {
    const RpcShape *member = g_ptr_array_index (shape->parts, i);
    RpcJson *property = rpc_shape_to_schema (member, argument);
    if (member->fallback != NULL)
      rpc_json_set (property, "default", rpc_json_parse (member->fallback, strlen (member->fallback)));
    rpc_json_set (properties, member->name, property);
    if (!member->optional)
      rpc_json_append (required, rpc_json_new_string (member->name));
  }
  rpc_json_set (schema, "properties", properties);
  rpc_json_set (schema, "additionalProperties", rpc_json_new_bool (FALSE));
  if (rpc_json_len (required) > 0)
    rpc_json_set (schema, "required", rpc_json_ref (required));
  return schema;
}

static RpcJson *
fixed_schema (const RpcShape *shape, gboolean argument)
{
  RpcJson *items = rpc_json_new_array ();

  for (guint i = 0; i < shape->parts->len; i++)
    rpc_json_append (items, rpc_shape_to_schema (g_ptr_array_index (shape->parts, i), argument));
  return fixed_list (items);
}

static RpcJson *
schema_containing (const char *type, const char *name, RpcJson *value)
{
  RpcJson *schema = schema_of_type (type);

  rpc_json_set (schema, name, value);
  return schema;
}

/* A result of any form, beside others, is for tests: it is not described. */
static RpcJson *
either_to_schema (const GPtrArray *parts, gboolean argument)
{
  g_autoptr (GPtrArray) described = g_ptr_array_new ();

  for (guint i = 0; i < parts->len; i++) {
    RpcShape *part = g_ptr_array_index (parts, i);
    if (argument || g_strcmp0 (part->word, "any") != 0)
      g_ptr_array_add (described, part);
  }
  return described->len == 1 ? rpc_shape_to_schema (g_ptr_array_index (described, 0), argument)
                             : alternatives (described, "oneOf", argument);
}

RpcJson *
rpc_shape_to_schema (const RpcShape *shape, gboolean argument)
{
  switch (shape->kind) {
  case RPC_SHAPE_WORD:
    return word_schema (shape->word, argument);
  case RPC_SHAPE_LIST:
    return schema_containing ("array", "items", alternatives (shape->parts, argument ? "anyOf" : "oneOf", argument));
  case RPC_SHAPE_FIXED:
    return fixed_schema (shape, argument);
  case RPC_SHAPE_OBJECT:
    return object_schema (shape, argument);
  case RPC_SHAPE_MAP:
    return schema_containing ("object", "additionalProperties", alternatives (shape->parts, "oneOf", argument));
  case RPC_SHAPE_EITHER:
    return either_to_schema (shape->parts, argument);
  }
  return rpc_json_new_object ();
}
