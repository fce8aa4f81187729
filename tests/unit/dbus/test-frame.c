#include "dbus/wire/frame.h"

#include <string.h>

#include <gio/gio.h>

#include "dbus/wire/type.h"

#define MAX_BODY (1u << 20)

/* Messages are built by hand here, byte by byte, since GDBus does not build invalid ones. */
static void
put_u32 (GByteArray *out, guint32 value)
{
  value = GUINT32_TO_LE (value);
  g_byte_array_append (out, (const guint8 *) &value, 4);
}

static void
put_align (GByteArray *out, guint alignment)
{
  while (out->len % alignment != 0)
    g_byte_array_append (out, (const guint8 *) "", 1);
}

static void
put_text (GByteArray *out, const char *text)
{
  put_align (out, 4);
  put_u32 (out, strlen (text));
  g_byte_array_append (out, (const guint8 *) text, strlen (text) + 1);
}

static void
put_signature (GByteArray *out, const char *signature)
{
  guint8 len = strlen (signature);

  g_byte_array_append (out, &len, 1);
  g_byte_array_append (out, (const guint8 *) signature, len + 1);
}

static void
set_u32 (GByteArray *out, guint at, guint32 value)
{
  value = GUINT32_TO_LE (value);
  memcpy (out->data + at, &value, 4);
}

static GByteArray *
begin (BusFrameType type)
{
  const guint8 head[4] = { 'l', type, 0, 1 };
  GByteArray *out = g_byte_array_new ();

  g_byte_array_append (out, head, 4);
  put_u32 (out, 0);
  put_u32 (out, 7);
  put_u32 (out, 0);
  return out;
}

/* A field of type u takes NUMBER, any other one TEXT. */
static void
put_field (GByteArray *out, guint8 code, const char *type, const char *text, guint32 number)
{
  put_align (out, 8);
  g_byte_array_append (out, &code, 1);
  put_signature (out, type);
  if (g_str_equal (type, "u")) {
    put_align (out, 4);
    put_u32 (out, number);
  } else if (g_str_equal (type, "g"))
    put_signature (out, text);
  else
    put_text (out, text);
}

static void
finish (GByteArray *out, const void *body, gsize len)
{
  set_u32 (out, 12, out->len - 16);
  put_align (out, 8);
  g_byte_array_append (out, body, len);
  set_u32 (out, 4, len);
}

static const char *
read_all (const GByteArray *bytes, BusFrame *frame)
{
  const BusLongArgument none = { .index = -1 };
  const char *problem = bus_frame_read_head (bytes->data, frame);

  if (problem == NULL) {
    g_assert_cmpuint (frame->header_len + frame->body_len, ==, bytes->len);
    problem = bus_frame_read_fields (bytes->data, frame);
  }
  return problem != NULL ? problem : bus_frame_check_body (bytes->data, frame, none, MAX_BODY);
}

static GByteArray *
make_call (const char *signature, const void *body, gsize len)
{
  GByteArray *out = begin (BUS_FRAME_CALL);

  put_field (out, 1, "o", "/a/b", 0);
  put_field (out, 2, "s", "a.b", 0);
  put_field (out, 3, "s", "C", 0);
  if (signature[0] != '\0')
    put_field (out, 8, "g", signature, 0);
  finish (out, body, len);
  return out;
}

static void
test_good (void)
{
  g_autoptr (GByteArray) bytes = make_call ("su", "\2\0\0\0hi\0\0\5\0\0\0", 12);
  BusFrame frame;

  g_assert_cmpstr (read_all (bytes, &frame), ==, NULL);
  g_assert_cmpint (frame.type, ==, BUS_FRAME_CALL);
  g_assert_cmpuint (frame.serial, ==, 7);
  g_assert_cmpstr (frame.path, ==, "/a/b");
  g_assert_cmpstr (frame.interface, ==, "a.b");
  g_assert_cmpstr (frame.member, ==, "C");
  g_assert_cmpstr (frame.signature, ==, "su");
  g_assert_cmpstr (frame.sender, ==, NULL);
}

/* Everything that GDBus writes is accepted, in both byte orders. */
static void
test_of_gdbus (void)
{
  const GDBusMessageByteOrder orders[]
      = { G_DBUS_MESSAGE_BYTE_ORDER_BIG_ENDIAN, G_DBUS_MESSAGE_BYTE_ORDER_LITTLE_ENDIAN };

  for (gsize i = 0; i < G_N_ELEMENTS (orders); i++) {
    g_autoptr (GDBusMessage) message
        = g_dbus_message_new_method_call ("a.b", "/org/moneyrocket/Rpc", "org.moneyrocket.Rpc1", "Execute");
    g_autofree guint8 *blob = NULL;
    GByteArray bytes = { 0 };
    BusFrame frame;
    gsize len;

    g_dbus_message_set_serial (message, 300);
    g_dbus_message_set_byte_order (message, orders[i]);
    g_dbus_message_set_body (
        message,
        g_variant_new_parsed ("('s', [(byte 1, [int16 -3, 4])], [{'k', <[1.5]>}], [['x'], []], objectpath '/a',"
                              " signature 'a{sv}', true, <<int64 9>>, @a(xx) [], @a{sv} {}, @ay [1, 2, 3], @ax [])"));
    blob = g_dbus_message_to_blob (message, &len, 0, NULL);
    bytes = (GByteArray){ .data = blob, .len = len };
    g_assert_cmpstr (read_all (&bytes, &frame), ==, NULL);
    g_assert_cmpuint (frame.serial, ==, 300);
    g_assert_cmpstr (frame.member, ==, "Execute");
    g_assert_cmpstr (frame.destination, ==, "a.b");
  }
}

static void
test_bad_heads (void)
{
  const struct {
    guint at;
    guint8 value;
  } cases[] = { { 0, 'x' }, { 1, 0 }, { 1, 5 }, { 2, 8 }, { 2, 255 }, { 3, 2 }, { 8, 0 }, { 14, 1 }, { 15, 255 } };
  g_autoptr (GByteArray) bytes = make_call ("", "", 0);
  BusFrame frame;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    guint8 good = bytes->data[cases[i].at];

    bytes->data[cases[i].at] = cases[i].value;
    g_assert_nonnull (bus_frame_read_head (bytes->data, &frame));
    bytes->data[cases[i].at] = good;
  }
  g_assert_null (bus_frame_read_head (bytes->data, &frame));
}

/* Each field with a wrong type: some of them crash GDBus 2.74. */
static void
test_wrong_types (void)
{
  const char *const good[] = { NULL, "o", "s", "s", "s", "u", "s", "s", "g", "u" };
  const char *const texts[] = { NULL, "/a", "a.b", "C", "a.b", NULL, "a.b", "a.b", "", NULL };
  const char *const types[] = { "o", "s", "u", "g" };

  for (guint8 code = 1; code <= 9; code++)
    for (gsize i = 0; i < G_N_ELEMENTS (types); i++) {
      g_autoptr (GByteArray) bytes = begin (BUS_FRAME_CALL);
      gboolean right = g_str_equal (types[i], good[code]);
      BusFrame frame;

      put_field (bytes, code, types[i], right ? texts[code] : "x", 1);
      for (guint8 other = 1; other <= 3; other++)
        if (other != code)
          put_field (bytes, other, good[other], texts[other], 0);
      finish (bytes, "", 0);
      if (right)
        g_assert_cmpstr (read_all (bytes, &frame), ==, NULL);
      else
        g_assert_cmpstr (read_all (bytes, &frame), ==, "a header field of the wrong type");
    }
}

static void
check_field (guint8 code, const char *type, const char *text, guint32 number, const char *problem)
{
  g_autoptr (GByteArray) bytes = begin (BUS_FRAME_SIGNAL);
  BusFrame frame;

  if (code != 1)
    put_field (bytes, 1, "o", "/a", 0);
  put_field (bytes, 2, "s", "a.b", 0);
  put_field (bytes, 3, "s", "C", 0);
  put_field (bytes, code, type, text, number);
  finish (bytes, "", 0);
  g_assert_cmpstr (read_all (bytes, &frame), ==, problem);
}

static void
test_bad_fields (void)
{
  g_autofree char *long_name = g_strnfill (300, 'n');

  check_field (3, "s", "D", 0, "a duplicate header field");
  check_field (0, "s", "x", 0, "an unknown header field");
  check_field (10, "s", "x", 0, "an unknown header field");
  check_field (200, "s", "x", 0, "an unknown header field");
  check_field (1, "o", "no path", 0, "an invalid object path");
  check_field (1, "o", "/a/", 0, "an invalid object path");
  check_field (1, "o", "/org/freedesktop/DBus/Local", 0, "an invalid object path");
  check_field (4, "s", "no name", 0, "a header field with an invalid name");
  check_field (6, "s", "", 0, "a header field with an invalid name");
  check_field (7, "s", long_name, 0, "a header field with an invalid name");
  check_field (7, "s", "a.\xff", 0, "a string that is not UTF-8");
  check_field (5, "u", NULL, 0, "a reply to serial number 0");
  check_field (9, "u", NULL, BUS_FRAME_MAX_FDS + 1, "too many descriptors");
  check_field (8, "g", "a", 0, "a signature that is invalid or nested too deeply");
}

/* A message without one of the fields that its type requires. */
static void
test_required (void)
{
  const struct {
    BusFrameType type;
    const char *codes;
    gboolean good;
  } cases[] = { { BUS_FRAME_CALL, "13", TRUE },   { BUS_FRAME_CALL, "12", FALSE }, { BUS_FRAME_CALL, "23", FALSE },
                { BUS_FRAME_REPLY, "5", TRUE },   { BUS_FRAME_REPLY, "", FALSE },  { BUS_FRAME_ERROR, "45", TRUE },
                { BUS_FRAME_ERROR, "4", FALSE },  { BUS_FRAME_ERROR, "5", FALSE }, { BUS_FRAME_SIGNAL, "123", TRUE },
                { BUS_FRAME_SIGNAL, "13", FALSE } };
  const char *const types[] = { NULL, "o", "s", "s", "s", "u" };
  const char *const texts[] = { NULL, "/a", "a.b", "C", "a.b", NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GByteArray) bytes = begin (cases[i].type);
    BusFrame frame;

    for (const char *code = cases[i].codes; *code != '\0'; code++)
      put_field (bytes, *code - '0', types[*code - '0'], texts[*code - '0'], 1);
    finish (bytes, "", 0);
    g_assert_cmpint (read_all (bytes, &frame) == NULL, ==, cases[i].good);
  }
}

#define BODY(bytes) bytes, sizeof (bytes) - 1

static void
test_bodies (void)
{
  const struct {
    const char *signature;
    const char *body;
    gsize len;
    gboolean good;
  } cases[] = {
    { "", BODY (""), TRUE },
    { "", BODY ("junk"), FALSE },
    { "u", BODY ("\1\0\0\0"), TRUE },
    { "u", BODY ("\1\0\0"), FALSE },
    { "u", BODY ("\1\0\0\0\0"), FALSE },
    { "b", BODY ("\1\0\0\0"), TRUE },
    { "b", BODY ("\7\0\0\0"), FALSE },
    { "h", BODY ("\0\0\0\0"), FALSE }, /* without a descriptor */
    { "s", BODY ("\2\0\0\0hi\0"), TRUE },
    { "s", BODY ("\2\0\0\0hiX"), FALSE },
    { "s", BODY ("\2\0\0\0h\0\0"), FALSE },
    { "s", BODY ("\2\0\0\0\xff\xfe\0"), FALSE },
    { "s", BODY ("\xff\xff\xff\xff"), FALSE },
    { "o", BODY ("\2\0\0\0//\0"), FALSE },
    { "g", BODY ("\1!\0"), FALSE },
    { "yu", BODY ("\1\0\0\0\1\0\0\0"), TRUE },
    { "yu", BODY ("\1\1\0\0\1\0\0\0"), FALSE }, /* padding */
    { "au", BODY ("\4\0\0\0\1\0\0\0"), TRUE },
    { "au", BODY ("\3\0\0\0\1\2\3"), FALSE },
    { "au", BODY ("\xf8\xff\xff\xff"), FALSE },
    { "ab", BODY ("\4\0\0\0\2\0\0\0"), FALSE },
    { "ay", BODY ("\1\0\0\4a"), FALSE },
    { "as", BODY ("\6\0\0\0\1\0\0\0a\0"), TRUE },
    { "as", BODY ("\5\0\0\0\1\0\0\0a\0"), FALSE }, /* a string that extends beyond its array */
    { "a(yy)", BODY ("\2\0\0\0\0\0\0\0\1\2"), TRUE },
    { "a(yy)", BODY ("\4\0\0\0\0\0\0\0\1\2\3\4"), FALSE },
    { "v", BODY ("\1y\0\7"), TRUE },
    { "v", BODY ("\2yy\0\7\7"), FALSE },
    { "v", BODY ("\0\0"), FALSE },
    { "v", BODY ("\1\0\0"), FALSE },
    { "a{sv}", BODY ("\13\0\0\0\0\0\0\0\1\0\0\0k\0\1y\0\7"), FALSE },
    { "a{sv}", BODY ("\12\0\0\0\0\0\0\0\1\0\0\0k\0\1y\0\7"), TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GByteArray) bytes = make_call (cases[i].signature, cases[i].body, cases[i].len);
    BusFrame frame;

    g_test_message ("case %" G_GSIZE_FORMAT ": %s", i, cases[i].signature);
    g_assert_cmpint (read_all (bytes, &frame) == NULL, ==, cases[i].good);
  }
}

static void
test_signatures (void)
{
  const char *const good[] = { "", "s", "a{sv}", "aaaaaay", "a(sx(yd))", "ussa{sv}", "a{oa{sa{sv}}}" };
  const char *const bad[]
      = { "a", "z", "()", "(s", "s)", "a{s}", "a{vs}", "{sv}", "a{svs}", "m", "r", "aaaaaaay", "a{(s)v}", "((((((( " };
  g_autofree char *longest = g_strnfill (255, 'u');
  g_autofree char *too_long = g_strnfill (256, 'u');

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (bus_type_signature_is_valid (good[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (bus_type_signature_is_valid (bad[i]));
  g_assert_true (bus_type_signature_is_valid (longest));
  g_assert_false (bus_type_signature_is_valid (too_long));
  g_assert_true (bus_type_is_single ("a{sv}"));
  g_assert_false (bus_type_is_single ("ss"));
  g_assert_false (bus_type_is_single (""));
}

/* The depth of nested variants does not show in the signature. */
static void
test_depth (void)
{
  for (guint depth = 1; depth < 100; depth++) {
    g_autoptr (GByteArray) body = g_byte_array_new (), bytes = NULL;
    BusFrame frame;

    for (guint i = 1; i < depth; i++)
      put_signature (body, "v");
    put_signature (body, "y");
    g_byte_array_append (body, (const guint8 *) "\7", 1);
    bytes = make_call ("v", body->data, body->len);
    g_assert_cmpint (read_all (bytes, &frame) == NULL, ==, depth <= BUS_BODY_MAX_DEPTH);
  }
}

/* GDBus allocates an object for each value. */
static void
test_amplification (void)
{
  g_autoptr (GByteArray) body = g_byte_array_new (), bytes = NULL;
  BusFrame frame;

  put_u32 (body, 4 * BUS_BODY_MAX_VALUES);
  for (guint i = 0; i < BUS_BODY_MAX_VALUES; i++)
    g_byte_array_append (body, (const guint8 *) "\1y\0\7", 4);
  bytes = make_call ("av", body->data, body->len);
  g_assert_cmpstr (read_all (bytes, &frame), ==, "too many values");
}

static void
test_large (void)
{
  const BusLongArgument second = { .index = 1, .max_len = 3 * MAX_BODY };
  g_autofree char *text = g_strnfill (2 * MAX_BODY, 'x'), *longer = g_strnfill (3 * MAX_BODY, 'x');
  const char *const texts[] = { text, longer };

  for (guint i = 0; i < 2; i++) {
    g_autoptr (GByteArray) body = g_byte_array_new (), bytes = NULL;
    BusFrame frame;

    put_text (body, "short");
    put_text (body, texts[i]);
    bytes = make_call ("ss", body->data, body->len);
    g_assert_cmpstr (read_all (bytes, &frame), ==, "a message that is too large");
    g_assert_cmpstr (bus_frame_check_body (bytes->data, &frame, second, MAX_BODY), ==,
                     i == 0 ? NULL : "a message that is too large");
    g_assert_nonnull (bus_frame_check_body (bytes->data, &frame, (BusLongArgument){ 0, 3 * MAX_BODY }, MAX_BODY));
  }
}

/* A message that was checked stays valid when the number of its descriptors is added to it. */
static void
test_add_fds (void)
{
  const guint8 body[4] = { 1 };
  g_autoptr (GByteArray) bytes = make_call ("h", "", 0);
  BusFrame frame;

  bus_frame_add_fds (bytes, 2);
  g_byte_array_append (bytes, body, sizeof body);
  set_u32 (bytes, 4, sizeof body);
  g_assert_cmpstr (read_all (bytes, &frame), ==, NULL);
  g_assert_cmpuint (frame.n_fds, ==, 2);
  g_assert_cmpstr (frame.member, ==, "C");
  bytes->data[bytes->len - 4] = 2;
  g_assert_cmpstr (read_all (bytes, &frame), ==, "a handle without its descriptor");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dbus/frame/good", test_good);
  g_test_add_func ("/dbus/frame/of-gdbus", test_of_gdbus);
  g_test_add_func ("/dbus/frame/bad-heads", test_bad_heads);
  g_test_add_func ("/dbus/frame/wrong-types", test_wrong_types);
  g_test_add_func ("/dbus/frame/bad-fields", test_bad_fields);
  g_test_add_func ("/dbus/frame/required", test_required);
  g_test_add_func ("/dbus/frame/bodies", test_bodies);
  g_test_add_func ("/dbus/frame/signatures", test_signatures);
  g_test_add_func ("/dbus/frame/depth", test_depth);
  g_test_add_func ("/dbus/frame/amplification", test_amplification);
  g_test_add_func ("/dbus/frame/large", test_large);
  g_test_add_func ("/dbus/frame/add-fds", test_add_fds);
  return g_test_run ();
}
