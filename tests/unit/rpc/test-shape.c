#include <string.h>

#include "rpc/method.h"
#include "rpc/shape.h"

static void
check_schema (const char *text, gboolean argument, const char *expected)
{
  g_autoptr (RpcShape) shape = rpc_shape_parse (text);
  g_autoptr (RpcJson) schema = NULL;
  g_autofree char *got = NULL;

  g_assert_nonnull (shape);
  schema = rpc_shape_to_schema (shape, argument);
  got = rpc_json_write (schema, 0);
  g_assert_cmpstr (got, ==, expected);
}

static void
test_schema (void)
{
  check_schema ("str", FALSE, "{\"type\":\"string\"}");
  check_schema ("hex", FALSE, "{\"type\":\"string\",\"pattern\":\"^[0-9a-fA-F]+$\"}");
  check_schema ("any", FALSE, "{}");
  check_schema ("amount", FALSE, "{\"type\":\"number\",\"x-bitcoin-unit\":\"amount\"}");
  check_schema ("amount", TRUE, "{\"oneOf\":[{\"type\":\"number\"},{\"type\":\"string\"}]}");
  check_schema ("[num]", FALSE, "{\"type\":\"array\",\"items\":{\"type\":\"number\"}}");
  check_schema ("(num, num)", FALSE,
                "{\"type\":\"array\",\"items\":[{\"type\":\"number\"},{\"type\":\"number\"}],"
                "\"additionalItems\":false,\"minItems\":2,\"maxItems\":2}");
  check_schema ("{*: bool}", FALSE, "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"boolean\"}}");
  check_schema ("{a: num, b-c?: str = \"x,y\"}", TRUE,
                "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"number\"},\"b-c\":{\"type\":"
                "\"string\",\"default\":\"x,y\"}},\"additionalProperties\":false,\"required\":[\"a\"]}");
  check_schema ("null | {}", FALSE,
                "{\"oneOf\":[{\"type\":\"null\"},{\"type\":\"object\",\"properties\":{},"
                "\"additionalProperties\":false}]}");
}

static void
test_malformed (void)
{
  static const char *const texts[] = { "", "[", "[num", "num]", "{a}", "{a:}", "{a: num", "{: num}", "num |", "(num" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_null (rpc_shape_parse (texts[i]));
}

static void
check_line (const char *text, const char *name, const char *expected)
{
  g_autoptr (RpcShape) shape = rpc_shape_parse (text);
  g_autoptr (GString) line = g_string_new (NULL);

  rpc_shape_append_line (line, shape, name);
  g_assert_cmpstr (line->str, ==, expected);
}

static void
test_line (void)
{
  check_line ("str", "address", "\"address\"");
  check_line ("num", "height", "height");
  check_line ("[hex]", "key", "[\"key\",...]");
  check_line ("[{txid: hex, vout: num}]", "outputs", "[{\"txid\":\"hex\",\"vout\":n},...]");
  check_line ("[str, {desc: str, range?: range}]", "scanobject",
              "[\"scanobject\",{\"desc\":\"str\",\"range\":n or [n,n]},...]");
}

static void
test_page (void)
{
  g_autoptr (RpcShape) shape = rpc_shape_parse ("{a: num, b?: [hex]} | bool");
  g_autoptr (GString) page = g_string_new (NULL);

  rpc_shape_append_page (page, shape);
  g_assert_cmpstr (page->str, ==,
                   "{\n  \"a\": n  (numeric)\n  \"b\": [\n    \"hex\"  (string)\n    ...\n  ]  (optional)\n}\n"
                   "or true|false  (boolean)");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shape/schema", test_schema);
  g_test_add_func ("/shape/malformed", test_malformed);
  g_test_add_func ("/shape/line", test_line);
  g_test_add_func ("/shape/page", test_page);
  return g_test_run ();
}
