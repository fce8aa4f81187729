#include "gui/wallet_name.h"

#include "gui/clients/wallet_manager_client.h"

#include <string.h>

static const char *const loaded[] = { "Savings", "Caf\u00e9", "", NULL };

/* A name, and a piece of the sentence about it; NULL: it is one. */
static const struct {
  const char *name;
  const char *sentence;
} names[] = {
  { "Holidays", NULL },
  { "Savings 2", NULL },
  { "Ersparnisse für Übermorgen", NULL },
  { "\u05d7\u05d9\u05e1\u05db\u05d5\u05df", NULL },
  { "a\u200cb", NULL },
  { "..a", "does not begin with a full stop" },
  { "", "Give the wallet a name." },
  { ".", "does not begin with a full stop" },
  { "..", "does not begin with a full stop" },
  { ".hidden", "does not begin with a full stop" },
  { "a/b", "without a slash" },
  { "/", "without a slash" },
  { "a\nb", "invisible characters" },
  { "a\tb", "invisible characters" },
  { "a\x7f", "invisible characters" },
  { "\u202egnp.exe", "invisible characters" },
  { "Sav\u200bings", "invisible characters" },
  { "Sav\u2028ings", "invisible characters" },
  { "Savings", "A wallet with the name “Savings” already exists." },
  { "savings", "“Savings” already exists" },
  { "SAVINGS", "“Savings” already exists" },
  { "Sav\u200dings", "“Savings” already exists" },
  { "\uff33avings", "“Savings” already exists" },
  { "Sa vings", "“Savings” already exists" },
  { "CAF\u00c9", "“Caf\u00e9” already exists" },
  { "Wallet", "“Wallet” already exists" },
  { "pension", "“Pension” already exists" },
};

static void
test_names (void)
{
  g_autoptr (GPtrArray) closed = g_ptr_array_new ();
  GuiClosedWallet pension = { .name = (char *) "Pension" };

  g_ptr_array_add (closed, &pension);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *clean = gui_wallet_name_clean (names[i].name);
    g_autofree char *why = gui_wallet_name_sentence (clean, loaded, closed);

    if ((why == NULL) != (names[i].sentence == NULL) || (why != NULL && strstr (why, names[i].sentence) == NULL))
      g_error ("“%s” gets “%s”", names[i].name, why);
  }
}

/* The name of the folder has at most 255 bytes, whatever the characters. */
static void
test_length (void)
{
  static const char *const none[] = { NULL };
  static const char *const characters[] = { "a", "ü", "\U0001f680" };

  for (gsize i = 0; i < G_N_ELEMENTS (characters); i++) {
    g_autoptr (GString) name = g_string_new (NULL);
    g_autofree char *good = NULL, *bad = NULL;

    for (guint n = 0; n < 60; n++)
      g_string_append (name, characters[i]);
    g_assert_cmpuint (name->len, <, 256);
    good = gui_wallet_name_sentence (name->str, none, NULL);
    g_assert_null (good);
    g_string_append (name, characters[i]);
    bad = gui_wallet_name_sentence (name->str, none, NULL);
    g_assert_cmpstr (bad, ==, "This name is too long. Use at most 60 characters.");
  }
}

static void
test_clean (void)
{
  static const struct {
    const char *text;
    const char *name;
  } texts[] = {
    { "  Savings \n", "Savings" },
    { "\u00a0Savings\u2003", "Savings" },
    { "My  wallet", "My  wallet" },
    { "Cafe\u0301", "Caf\u00e9" },
    { " \u3000", "" },
    { "\xff", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree char *clean = gui_wallet_name_clean (texts[i].text);

    g_assert_cmpstr (clean, ==, texts[i].name);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/wallet-name/names", test_names);
  g_test_add_func ("/gui/wallet-name/length", test_length);
  g_test_add_func ("/gui/wallet-name/clean", test_clean);
  return g_test_run ();
}
