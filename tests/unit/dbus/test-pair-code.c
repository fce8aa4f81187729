/* Codes, proofs and invitations: pair_code.c, invitation.c. */
#include "dbus/pair_code.h"

#include <string.h>

#include "common/random.h"
#include "dbus/errors.h"
#include "dbus/invitation.h"

static void
fill (guint8 *bytes, gsize len, guint8 first)
{
  for (gsize i = 0; i < len; i++)
    bytes[i] = (guint8) (first + i);
}

/* The bytes 0, 1, 2 … of fingerprint and secret. */
#define KNOWN "1000G4-0R40M3-0E2091-85GR38-E1W812-4GK2GA-HC5RR3-4D1P70-X3RFJ0-8924CJ-2A9H75-0MJMAS-C5MQ2Y-TGDE3R"

static BusPairCode *
make_code (void)
{
  guint8 fingerprint32[32];
  BusPairCode *code;

  fill (fingerprint32, 32, 0);
  code = bus_pair_code_new (fingerprint32);
  fill (code->secret16, 16, 32);
  return code;
}

static char *
dup_text (const BusPairCode *code)
{
  g_autoptr (CommonSecret) text = bus_pair_code_to_text (code);

  return g_strndup ((const char *) text->data, text->len);
}

static void
assert_parses (const BusPairCode *code, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BusPairCode) parsed = bus_pair_code_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  g_assert_cmpmem (parsed, sizeof *parsed, code, sizeof *code);
}

static void
assert_refused (const char *text, gsize len, const char *reason)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (bus_pair_code_parse (text, len, &error));
  g_assert_error (error, BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, reason));
}

/* The layout does not change: a code of one version is read by all others. */
static void
test_layout (void)
{
  g_autoptr (BusPairCode) code = make_code ();
  g_autofree char *text = dup_text (code);

  g_assert_cmpuint (strlen (text), ==, BUS_PAIR_CODE_LEN);
  g_assert_cmpstr (text, ==, KNOWN);
}

static void
test_as_typed (void)
{
  g_autoptr (BusPairCode) code = make_code ();
  g_autofree char *lower = g_ascii_strdown (KNOWN, -1), *spaces = g_strdup (lower), *likes = g_strdup (KNOWN);
  g_autofree char *lines = g_strdup_printf ("\n  %s \r\n", KNOWN);

  assert_parses (code, KNOWN);
  assert_parses (code, lower);
  assert_parses (code, g_strdelimit (spaces, "-", ' '));
  assert_parses (code, lines);
  for (char *c = likes; *c != '\0'; c++)
    *c = *c == '0' ? 'o' : *c == '1' ? "lI"[(c - likes) % 2] : *c;
  assert_parses (code, likes);
}

static void
test_refused (void)
{
  g_autofree char *text = g_strdup (KNOWN), *twice = g_strconcat (KNOWN, KNOWN, NULL),
                  *long_text = g_strnfill (5000, '-');

  assert_refused ("", 0, "empty");
  assert_refused (" - ", 3, "empty");
  assert_refused (KNOWN, strlen (KNOWN) - 1, "fewer");
  assert_refused (twice, strlen (twice), "more");
  assert_refused (long_text, 5000, "too long");
  assert_refused (KNOWN "U", strlen (KNOWN) + 1, "no code has");
  assert_refused (KNOWN, strlen (KNOWN) + 1, "no code has"); /* the zero byte */
  assert_refused ("\xff\xfe", 2, "no code has");
}

/* Every character counts, and so does the order. */
static void
test_mistakes (void)
{
  for (gsize i = 0; i < strlen (KNOWN); i++) {
    g_autofree char *text = g_strdup (KNOWN);

    if (text[i] == '-')
      continue;
    text[i] = text[i] == 'X' ? 'Y' : 'X';
    assert_refused (text, strlen (text), "mistake");
    if (i + 1 < strlen (KNOWN) && KNOWN[i + 1] != '-' && KNOWN[i] != KNOWN[i + 1]) {
      text[i] = KNOWN[i + 1];
      text[i + 1] = KNOWN[i];
      assert_refused (text, strlen (text), "mistake");
    }
  }
}

static void
test_proofs (void)
{
  g_autoptr (BusPairCode) code = make_code ();
  guint8 reader32[32], other32[32], proofs[4][32];

  fill (reader32, 32, 100);
  fill (other32, 32, 101);
  bus_pair_code_prove (code, BUS_PAIR_READER, reader32, proofs[0]);
  bus_pair_code_prove (code, BUS_PAIR_SHOWER, reader32, proofs[1]);
  bus_pair_code_prove (code, BUS_PAIR_READER, other32, proofs[2]);
  code->secret16[15] ^= 1;
  bus_pair_code_prove (code, BUS_PAIR_READER, reader32, proofs[3]);
  for (guint i = 0; i < 4; i++)
    for (guint j = 0; j < i; j++)
      g_assert_cmpint (memcmp (proofs[i], proofs[j], 32), !=, 0);
  code->secret16[15] ^= 1;
  bus_pair_code_prove (code, BUS_PAIR_READER, reader32, proofs[3]);
  g_assert_cmpmem (proofs[0], 32, proofs[3], 32);
}

/* ---- invitations ---- */

typedef struct {
  guint8 own32[32], reader32[32];
  BusInvitation *invitation;
  BusPairCode *code; /* as the other side has read it */
} Fixture;

static void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CommonSecret) text = NULL;

  fill (fixture->own32, 32, 1);
  fill (fixture->reader32, 32, 2);
  fixture->invitation = bus_invitation_new (fixture->own32, BUS_ROLE_OBSERVE, 1000);
  text = bus_invitation_get_text (fixture->invitation);
  fixture->code = bus_pair_code_parse ((const char *) text->data, text->len, NULL);
  g_assert_cmpmem (fixture->code->fingerprint32, 32, fixture->own32, 32);
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  bus_invitation_free (fixture->invitation);
  bus_pair_code_free (fixture->code);
}

static gboolean
fixture_use (Fixture *fixture, gint64 now_us)
{
  guint8 proof32[32], expected32[32], answer32[32] = { 0 };
  gboolean right;

  bus_pair_code_prove (fixture->code, BUS_PAIR_READER, fixture->reader32, proof32);
  bus_pair_code_prove (fixture->code, BUS_PAIR_SHOWER, fixture->reader32, expected32);
  right = bus_invitation_use (fixture->invitation, fixture->reader32, proof32, now_us, answer32);
  g_assert_cmpint (memcmp (answer32, expected32, 32) == 0, ==, right);
  return right;
}

static void
test_single_use (Fixture *fixture, gconstpointer data)
{
  g_assert_true (bus_invitation_is_open (fixture->invitation, 1000));
  g_assert_true (fixture_use (fixture, 1000));
  g_assert_false (bus_invitation_is_open (fixture->invitation, 1000));
  g_assert_false (fixture_use (fixture, 1000));
}

static void
test_expiry (Fixture *fixture, gconstpointer data)
{
  const gint64 end_us = 1000 + BUS_INVITATION_S * G_USEC_PER_SEC;

  g_assert_cmpuint (bus_invitation_get_seconds_left (fixture->invitation, 1000), ==, BUS_INVITATION_S);
  g_assert_true (bus_invitation_is_open (fixture->invitation, end_us - 1));
  g_assert_false (bus_invitation_is_open (fixture->invitation, end_us));
  g_assert_cmpuint (bus_invitation_get_seconds_left (fixture->invitation, end_us), ==, 0);
  g_assert_false (fixture_use (fixture, end_us));
}

static void
test_wrong_proofs (Fixture *fixture, gconstpointer data)
{
  fixture->code->secret16[0] ^= 0x80;
  for (guint i = 1; i < BUS_INVITATION_MAX_WRONG; i++)
    g_assert_false (fixture_use (fixture, 1000));
  g_assert_true (bus_invitation_is_open (fixture->invitation, 1000));
  g_assert_false (fixture_use (fixture, 1000));
  g_assert_false (bus_invitation_is_open (fixture->invitation, 1000));
  fixture->code->secret16[0] ^= 0x80;
  g_assert_false (fixture_use (fixture, 1000));
}

/* A proof is for one program: another one cannot use what it has overheard. */
static void
test_other_reader (Fixture *fixture, gconstpointer data)
{
  guint8 proof32[32], answer32[32], other32[32];

  fill (other32, 32, 3);
  bus_pair_code_prove (fixture->code, BUS_PAIR_READER, fixture->reader32, proof32);
  g_assert_false (bus_invitation_use (fixture->invitation, other32, proof32, 1000, answer32));
  g_assert_true (fixture_use (fixture, 1000));
}

static void
test_new_secrets (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BusInvitation) other = bus_invitation_new (fixture->own32, BUS_ROLE_OBSERVE, 1000);
  g_autoptr (CommonSecret) a = bus_invitation_get_text (fixture->invitation), b = bus_invitation_get_text (other);

  g_assert_cmpint (memcmp (a->data, b->data, a->len), !=, 0);
}

static void
add (const char *path, void (*test) (Fixture *fixture, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, fixture_set_up, test, fixture_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pair-code/layout", test_layout);
  g_test_add_func ("/pair-code/as-typed", test_as_typed);
  g_test_add_func ("/pair-code/refused", test_refused);
  g_test_add_func ("/pair-code/mistakes", test_mistakes);
  g_test_add_func ("/pair-code/proofs", test_proofs);
  add ("/invitation/single-use", test_single_use);
  add ("/invitation/expiry", test_expiry);
  add ("/invitation/wrong-proofs", test_wrong_proofs);
  add ("/invitation/other-reader", test_other_reader);
  add ("/invitation/new-secrets", test_new_secrets);
  return g_test_run ();
}
