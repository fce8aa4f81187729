#include <gio/gio.h>

#include "gui/console/console_secret.h"

static void
append_call (GString *out, const GuiConsoleCall *call)
{
  g_string_append_printf (out, "%s%s(", call->named ? "-named " : "", call->method);
  for (guint i = 0; i < call->words->len; i++) {
    const GuiConsoleWord *word = g_ptr_array_index (call->words, i);

    if (i > 0)
      g_string_append_c (out, '|');
    if (word->call != NULL)
      append_call (out, word->call);
    else
      g_string_append (out, word->text);
  }
  g_string_append_c (out, ')');
  for (guint i = 0; i < call->keys->len; i++)
    g_string_append_printf (out, "[%s]", (const char *) g_ptr_array_index (call->keys, i));
}

/* EXPECTED: the call as append_call() writes it, or the beginning of the message of the error. */
static void
check (const char *line, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GuiConsoleCall) call = gui_console_line_parse (line, &error);
  GString *out = g_string_new (NULL);
  g_autofree char *text = NULL;

  g_assert_true ((call != NULL) == (error == NULL));
  if (call != NULL)
    append_call (out, call);
  else
    g_string_append_len (out, error->message, MIN (strlen (error->message), strlen (expected)));
  text = g_string_free (out, FALSE);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_words (void)
{
  check ("getblockcount", "getblockcount()");
  check ("  getblockhash\t0 ", "getblockhash(0)");
  check ("getblockhash,0", "getblockhash(0)");
  check ("getblock ab , 1", "getblock(ab|1)");
  check ("echo '' \"a b\" c\\ d 'e\"\\' \"f\\\"\\\\\\n\" g'h'\"i\"", "echo(|a b|c d|e\"\\|f\"\\\\n|ghi)");
  check ("echo '(' \\(", "echo((|()");
  check ("bitcoin-cli getblockcount", "getblockcount()");
  check ("moneyrocket-cli -named echo arg0=1", "-named echo(arg0=1)");
  check ("'bitcoin-cli' a", "bitcoin-cli(a)");
}

static void
test_json (void)
{
  check ("f [1, 2] {\"a\": [\"]\", \"\\\"}\"]} x", "f([1, 2]|{\"a\": [\"]\", \"\\\"}\"]}|x)");
  check ("f '[1,2]' ''[1,2]", "f([1,2]|[1|2])");
  check ("f [1", "The bracket of a list");
  check ("f {\"}", "The bracket of a list");
  check ("-named f a=[1, 2] b={\"c\":\"d e\"}", "-named f(a=[1, 2]|b={\"c\":\"d e\"})");
  check ("f a=[1, 2]", "f(a=[1|2])"); /* words by their place, as the reference reads them */
  check ("f([1,2])", "f([1,2])");
}

static void
test_nested (void)
{
  check ("getblockcount()", "getblockcount()");
  check ("getblock(getblockhash(0) 1)[tx][0]", "getblock(getblockhash(0)|1)[tx][0]");
  check ("getblock getblockhash(0), 1", "getblock(getblockhash(0)|1)");
  check ("f(g(h(1)[a])[b],2)", "f(g(h(1)[a])[b]|2)");
  check ("f(-named a=1 b=2)", "-named f(a=1|b=2)");
  check ("f(g(-named a=1) '-named')", "f(-named g(a=1)|-named)");
  check ("f( g( ) )", "f(g())");
}

static void
test_mistakes (void)
{
  check ("", "A line begins with the name");
  check ("  ,f", "A line begins with the name");
  check (")", "A line begins with the name");
  check ("''", "The name of a method is missing");
  check ("-named", "A line begins with the name");
  check ("f (1)", "The name of a method is missing");
  check ("f 'a", "A quotation mark is missing");
  check ("f \"a\\\"", "A quotation mark is missing");
  check ("f a\\", "The line ends with a backslash");
  check ("f a,", "A word is missing after");
  check ("f a,,b", "A word is missing before");
  check ("f(,a)", "A word is missing before");
  check ("f(a,)", "A word is missing after");
  check ("f(a", "A closing bracket is missing");
  check ("f a)", "A closing bracket has no");
  check ("f(a) b", "One line is one command");
  check ("f(a)b", "Put a space");
  check ("f(a)[", "A square bracket is not");
  check ("f(a)[]", "A name or a number is missing");
  check ("a(a(a(a(a(a(a(a(a(a(a(a(a(a(a(a(a(1)))))))))))))))))", "There are too many methods");
  check ("wpkhwpkhwpkhwpkhwpkhwpkhwpkhwpkhwpkhwpkhwpkhwpkhwpkhwpkhwpkhwpkhx(1)", "A method does not have such a long");
}

static void
check_place (const char *before, gsize start, gboolean first, const char *method, gboolean quoted)
{
  g_autofree char *line = g_strconcat (before, " rest(", NULL);
  g_auto (GuiConsolePlace) place = { 0 };

  gui_console_line_find (line, strlen (before), &place);
  g_assert_cmpstr (place.method, ==, method);
  g_assert_cmpuint (place.start, ==, start);
  g_assert_cmpint (place.first, ==, first);
  g_assert_cmpint (place.quoted, ==, quoted);
}

static void
test_place (void)
{
  check_place ("", 0, TRUE, NULL, FALSE);
  check_place ("getbl", 0, TRUE, NULL, FALSE);
  check_place ("getblock ", 9, FALSE, "getblock", FALSE);
  check_place ("-named getbl", 7, TRUE, NULL, FALSE);
  check_place ("getblock getblo", 9, FALSE, "getblock", FALSE);
  check_place ("getblock(getblockhash(", 22, FALSE, "getblockhash", FALSE);
  check_place ("getblock(getblockhash(1), ", 26, FALSE, "getblock", FALSE);
  check_place ("getblock(getblockhash(1)[t", 24, FALSE, "getblock", TRUE);
  check_place ("getblock(1) ", 12, FALSE, NULL, FALSE);
  check_place ("f 'a (b", 2, FALSE, "f", TRUE);
  check_place ("f [1, (", 2, FALSE, "f", TRUE);
  check_place ("f 'a b' {\"c\": [1]} d", 19, FALSE, "f", FALSE);
}

#define WIF "cTpB4YiyKiBcPxnefsDpbnDxFDffjqJob8wGCEDXxgQ7zQoMXJdH"

static gboolean
is_known (const char *method, gpointer data)
{
  return g_strv_contains ((const char *const[]){ "echo", "getblock", "walletpassphrase", "help", "encryptfile", NULL },
                          method);
}

static void
check_secret (const char *line, const char *shown, const char *kept)
{
  g_autoptr (GuiConsoleCall) call = gui_console_line_parse (line, NULL);
  g_autofree char *text = gui_console_secret_dup_shown (line, call, is_known, NULL);
  g_autofree char *history = gui_console_secret_dup_kept (line, call, is_known, NULL);

  g_assert_cmpstr (text, ==, shown);
  g_assert_cmpstr (history, ==, kept);
}

static void
test_secret (void)
{
  check_secret ("getblock 00 1", "getblock 00 1", "getblock 00 1");
  check_secret ("walletpassphrase \"my word\" 60", "walletpassphrase(…)", "walletpassphrase ");
  check_secret ("walletpassphrase(word 60)", "walletpassphrase(…)", "walletpassphrase ");
  check_secret ("bitcoin-cli WalletPassphrase word", "bitcoin-cli WalletPassphrase(…)", "WalletPassphrase ");
  check_secret ("echo(1 walletpassphrase(word)[a] 2)", "echo(1 walletpassphrase(…)[a] 2)", NULL);
  check_secret ("walletpasphrase word", "walletpasphrase(…)", "walletpasphrase "); /* a typing error */
  check_secret ("encryptfile word", "encryptfile word", "encryptfile word");       /* another method */
  check_secret ("help walletpassphrase", "help walletpassphrase", "help walletpassphrase");
  check_secret ("walletpassphrase 'word", "walletpassphrase(…)", NULL); /* not understood */
  check_secret ("echo (walletpassphrase, word", "echo (walletpassphrase(…)", NULL);
  check_secret ("getblock 'x", "getblock 'x", "getblock 'x");
  check_secret ("echo \"wpkh(" WIF ")\"", "echo(…)", "echo ");
  check_secret ("echo 'wpkh(" WIF ")", "(…)", NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/console-line/words", test_words);
  g_test_add_func ("/gui/console-line/json", test_json);
  g_test_add_func ("/gui/console-line/nested", test_nested);
  g_test_add_func ("/gui/console-line/mistakes", test_mistakes);
  g_test_add_func ("/gui/console-line/place", test_place);
  g_test_add_func ("/gui/console-line/secret", test_secret);
  return g_test_run ();
}
