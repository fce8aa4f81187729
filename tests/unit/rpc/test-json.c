#include <glib.h>
#include <string.h>

#include "common/text.h"
#include "rpc/json.h"

static RpcJson *
parse (const char *text)
{
  return rpc_json_parse (text, strlen (text));
}

static void
test_refused (void)
{
  static const char *const bad[]
      = { "",    "[",           "[1,]",        "{\"a\":1,}", "{a:1}",      "01",           "1.",
          ".5",  "1e",          "+1",          "nul",        "[1 2]",      "\"\\x\"",      "\"\n\"",
          "\"a", "\"\\ud800\"", "\"\\udc00\"", "1 1",        "\"\xff\"",   "\"\xc0\x80\"", "NaN",
          "'a'", "{\"a\"}",     "-",           "[1]]",       "\"\\u12g4\"" };
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (RpcJson) json = parse (bad[i]);
    if (json != NULL || rpc_json_is_valid (bad[i], strlen (bad[i])))
      g_error ("accepted: %s", bad[i]);
  }
}

static void
test_round_trip (void)
{
  static const char *const good[] = { "null",
                                      "true",
                                      "[]",
                                      "{}",
                                      "0.10000000",
                                      "-0",
                                      "1e-8",
                                      "123456789012345678901234567890",
                                      "{\"a\":[1,2,{\"b\":null}],\"c\":\"\\\"\\\\\\n\\u0001\"}",
                                      "\"\xf0\x9f\x9a\x80\"" };
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (RpcJson) json = parse (good[i]);
    g_autofree char *text = NULL;
    g_assert_nonnull (json);
    text = rpc_json_write (json, 0);
    g_assert_cmpstr (text, ==, good[i]);
  }
}

static void
test_depth (void)
{
  for (guint depth = 512; depth <= 513; depth++) {
    g_autoptr (GString) text = g_string_new (NULL);
    g_autoptr (RpcJson) json = NULL;
    for (guint i = 0; i < depth; i++)
      g_string_append_c (text, '[');
    for (guint i = 0; i < depth; i++)
      g_string_append_c (text, ']');
    json = rpc_json_parse (text->str, text->len);
    g_assert_true ((json != NULL) == (depth == 512));
  }
}

static void
test_strings (void)
{
  g_autoptr (RpcJson) json = parse ("[\"\\ud83d\\ude80\\u00e9\", \"a\\u0000b\", \"\\/\"]");
  g_autofree char *text = NULL;
  g_assert_cmpstr (rpc_json_string (rpc_json_at (json, 0)), ==, "\xf0\x9f\x9a\x80\xc3\xa9");
  g_assert_cmpstr (rpc_json_string (rpc_json_at (json, 1)), ==, "a" COMMON_TEXT_ZERO "b");
  g_assert_cmpstr (rpc_json_string (rpc_json_at (json, 2)), ==, "/");
  text = rpc_json_write (rpc_json_at (json, 1), 0);
  g_assert_cmpstr (text, ==, "\"a\\u0000b\"");
}

/* U+0000 in strings and names is kept. */
static void
test_zeros (void)
{
  g_autoptr (RpcJson) json = parse ("{\"\\u0000\":\"\\u0000a\\u0000\"}");
  g_autoptr (RpcJson) made = rpc_json_new_string ("\xff" COMMON_TEXT_ZERO "\xc0");
  g_autofree char *written = rpc_json_write (json, 0), *made_text = rpc_json_write (made, 0);

  g_assert_cmpstr (written, ==, "{\"\\u0000\":\"\\u0000a\\u0000\"}");
  g_assert_cmpstr (rpc_json_string (rpc_json_get (json, COMMON_TEXT_ZERO)), ==, COMMON_TEXT_ZERO "a" COMMON_TEXT_ZERO);
  g_assert_cmpstr (made_text, ==, "\"\357\277\275\\u0000\357\277\275\"");
}

static void
test_duplicate_names (void)
{
  g_autoptr (RpcJson) json = parse ("{\"a\":1,\"b\":2,\"a\":3}");
  /* Iteration finds both; a look-up by name finds the first. */
  g_assert_cmpuint (rpc_json_len (json), ==, 3);
  g_assert_cmpstr (rpc_json_literal (rpc_json_get (json, "a")), ==, "1");
  g_assert_cmpstr (rpc_json_literal (rpc_json_at (json, 2)), ==, "3");
}

static void
test_large_object (void)
{
  g_autoptr (RpcJson) json = rpc_json_new_object ();
  for (guint round = 0; round < 2; round++)
    for (gint64 i = 0; i < 1000; i++) {
      g_autofree char *name = g_strdup_printf ("n%d", (int) i);
      rpc_json_set (json, name, rpc_json_new_int (i * (round + 1)));
    }
  g_assert_cmpuint (rpc_json_len (json), ==, 1000);
  g_assert_cmpstr (rpc_json_literal (rpc_json_get (json, "n999")), ==, "1998");
  g_assert_cmpstr (rpc_json_literal (rpc_json_get (json, "n3")), ==, "6");
  g_assert_null (rpc_json_get (json, "n1000"));
}

static void
test_indent (void)
{
  g_autoptr (RpcJson) json = parse ("{\"a\":[],\"b\":{\"c\":[1,2]}}");
  g_autofree char *text = rpc_json_write (json, 2);
  g_assert_cmpstr (text, ==, "{\n  \"a\": [\n  ],\n  \"b\": {\n    \"c\": [\n      1,\n      2\n    ]\n  }\n}");
}

static void
test_integers (void)
{
  static const struct {
    const char *text;
    gboolean ok;
    gint64 value;
  } cases[] = { { "0", TRUE, 0 },
                { "-5", TRUE, -5 },
                { "9223372036854775807", TRUE, G_MAXINT64 },
                { "-9223372036854775808", TRUE, G_MININT64 },
                { "9223372036854775808", FALSE, 0 },
                { "1.0", FALSE, 0 },
                { "1e3", FALSE, 0 },
                { "\"1\"", FALSE, 0 } };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (RpcJson) json = parse (cases[i].text);
    gint64 value = 0;
    g_assert_true (rpc_json_int (json, &value) == cases[i].ok);
    g_assert_cmpint (value, ==, cases[i].value);
  }
}

static void
test_amounts (void)
{
  static const struct {
    const char *text;
    gboolean ok;
    gint64 sat;
  } cases[] = { { "0", TRUE, 0 },
                { "0.00000001", TRUE, 1 },
                { "\"0.1\"", TRUE, 10000000 },
                { "1e-8", TRUE, 1 },
                { "1.000000000", TRUE, 100000000 },
                { "0.000000001", FALSE, 0 },
                { "-1.5", TRUE, -150000000 },
                { "20999999.9769", TRUE, G_GINT64_CONSTANT (2099999997690000) },
                { "1e11", FALSE, 0 },
                { "99999999999999999999", FALSE, 0 },
                { "0e99999999999", FALSE, 0 },
                { "0e9", TRUE, 0 },
                { "0e10", FALSE, 0 },
                { "0e-9", FALSE, 0 },
                { "0.000000000", TRUE, 0 },
                { "0.1e1", TRUE, 100000000 },
                { "1e99999999999999999999", FALSE, 0 },
                { "\" 1\"", FALSE, 0 },
                { "\"1a\"", FALSE, 0 },
                { "\"\"", FALSE, 0 },
                { "true", FALSE, 0 } };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (RpcJson) json = parse (cases[i].text);
    gint64 sat = 0;
    if (rpc_json_amount (json, &sat) != cases[i].ok)
      g_error ("amount: %s", cases[i].text);
    g_assert_cmpint (sat, ==, cases[i].sat);
  }
}

static void
test_made_numbers (void)
{
  g_autoptr (RpcJson) amount = rpc_json_new_amount (-1);
  g_autoptr (RpcJson) ratio = rpc_json_new_double (4.656542373906925e-10);
  g_autoptr (RpcJson) smallest = rpc_json_new_amount (G_MININT64);
  g_assert_cmpstr (rpc_json_literal (amount), ==, "-0.00000001");
  g_assert_cmpstr (rpc_json_literal (ratio), ==, "4.656542373906925e-10");
  g_assert_cmpstr (rpc_json_literal (smallest), ==, "-92233720368.54775808");
}

static void
test_bounds (void)
{
  static const char text[] = "{\"a\":[1,2,{\"b\":null}]}"; /* six values */
  g_autoptr (RpcJson) whole = rpc_json_parse_bounded (text, strlen (text), 6);
  g_autoptr (RpcJson) less = rpc_json_parse_bounded (text, strlen (text), 5);

  g_assert_nonnull (whole);
  g_assert_null (less);
  g_assert_true (rpc_json_is_valid (text, strlen (text)));
}

/* The elements of an array, one at a time; one that is too large is skipped, and the next is still found. */
static void
test_elements (void)
{
  static const char text[] = " [ [1,\"]\"] ,{\"a\":[1,2,3,4]}, \"x\\\"y\" ,null ] ";
  static const char *const expected[] = { "[1,\"]\"]", NULL, "\"x\\\"y\"", "null" };
  const char *at = text, *end = text + strlen (text);
  RpcJson *element;
  guint n = 0;

  g_assert_true (rpc_json_is_valid (text, strlen (text)));
  for (; rpc_json_next_element (&at, end, 4, &element); n++) {
    g_autofree char *got = element != NULL ? rpc_json_write (element, 0) : NULL;
    g_assert_cmpuint (n, <, G_N_ELEMENTS (expected));
    g_assert_cmpstr (got, ==, expected[n]);
    rpc_json_unref (element);
  }
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (expected));
  at = "[]";
  g_assert_false (rpc_json_next_element (&at, at + 2, 4, &element));
}

/* A packed part is written like the value it was made of, and can be part of another value. */
static void
test_pack (void)
{
  const char *text = "{\"a\":[1,\"\\\"\"],\"b\":{}}";
  RpcJson *part = rpc_json_pack (parse (text));
  g_autoptr (RpcJson) list = rpc_json_new_array ();
  g_autoptr (RpcJson) unpacked = rpc_json_unpack (part), same = rpc_json_unpack (list);
  g_autofree char *written = NULL;

  g_assert_cmpuint (rpc_json_len (rpc_json_get (unpacked, "a")), ==, 2);
  g_assert_true (same == list);
  g_assert_cmpint (rpc_json_type (part), ==, RPC_JSON_OBJECT);
  g_assert_cmpuint (rpc_json_len (part), ==, 0);
  g_assert_null (rpc_json_get (part, "a"));
  rpc_json_append (list, rpc_json_pack (rpc_json_new_array ()));
  rpc_json_append (list, part);
  written = rpc_json_write (list, 0);
  g_assert_cmpstr (written, ==, "[[],{\"a\":[1,\"\\\"\"],\"b\":{}}]");
}

static void
test_made_strings (void)
{
  static const guint8 bytes[32] = { 0x01, 0xfe };
  g_autoptr (RpcJson) list = rpc_json_new_array ();
  g_autofree char *written = NULL;

  rpc_json_append (list, rpc_json_new_hex (bytes, 2));
  rpc_json_append (list, rpc_json_new_hex (NULL, 0));
  rpc_json_append (list, rpc_json_new_hash (bytes));
  rpc_json_append (list, rpc_json_new_plain ("OP_1 [ALL]"));
  rpc_json_append (list, rpc_json_new_string ("\xff\"\x7f"));
  written = rpc_json_write (list, 0);
  g_assert_cmpstr (written, ==,
                   "[\"01fe\",\"\","
                   "\"000000000000000000000000000000000000000000000000000000000000fe01\","
                   "\"OP_1 [ALL]\",\"\357\277\275\\\"\\u007f\"]");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rpc/json/refused", test_refused);
  g_test_add_func ("/rpc/json/round-trip", test_round_trip);
  g_test_add_func ("/rpc/json/depth", test_depth);
  g_test_add_func ("/rpc/json/strings", test_strings);
  g_test_add_func ("/rpc/json/zeros", test_zeros);
  g_test_add_func ("/rpc/json/duplicate-names", test_duplicate_names);
  g_test_add_func ("/rpc/json/large-object", test_large_object);
  g_test_add_func ("/rpc/json/indent", test_indent);
  g_test_add_func ("/rpc/json/integers", test_integers);
  g_test_add_func ("/rpc/json/amounts", test_amounts);
  g_test_add_func ("/rpc/json/made-numbers", test_made_numbers);
  g_test_add_func ("/rpc/json/made-strings", test_made_strings);
  g_test_add_func ("/rpc/json/pack", test_pack);
  g_test_add_func ("/rpc/json/bounds", test_bounds);
  g_test_add_func ("/rpc/json/elements", test_elements);
  return g_test_run ();
}
