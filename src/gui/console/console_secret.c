#include "gui/console/console_secret.h"

#include <string.h>

#define HIDDEN "(…)"
#define MAX_NAME 32
/* A misspelled name has at most so many letters more, less or other. */
#define MAX_TYPOS 3
/* Of a private key (WIF), and of an extended one. */
#define MIN_KEY_LETTERS 51
#define MAX_KEY_LETTERS 52
#define MIN_EXTENDED_LETTERS 107

/* Of the reference, whether we have them or not: a person may not know that. */
static const char *const secret_methods[] = {
  "addhdkey",
  "createwallet",
  "createwalletdescriptor",
  "derivehdkey",
  "descriptorprocesspsbt",
  "encryptwallet",
  "importdescriptors",
  "importmulti",
  "importprivkey",
  "migratewallet",
  "restorewallet",
  "sethdseed",
  "signmessagewithprivkey",
  "signrawtransactionwithkey",
  "walletpassphrase",
  "walletpassphrasechange",
};

/* How many letters are to be added, removed or replaced to make B of A (Levenshtein), or MAX_NAME. */
static guint
secret_distance (const char *a, const char *b)
{
  gsize a_len = strlen (a), b_len = strlen (b);
  guint row[MAX_NAME + 1];

  if (a_len > MAX_NAME || b_len > MAX_NAME)
    return MAX_NAME;
  for (guint j = 0; j <= b_len; j++)
    row[j] = j;
  for (gsize i = 1; i <= a_len; i++) {
    guint diagonal = row[0];

    row[0] = (guint) i;
    for (gsize j = 1; j <= b_len; j++) {
      guint replaced = diagonal + (a[i - 1] != b[j - 1]);

      diagonal = row[j];
      row[j] = MIN (replaced, MIN (row[j], row[j - 1]) + 1);
    }
  }
  return row[b_len];
}

gboolean
gui_console_secret_is_method (const char *method, gboolean known)
{
  g_autofree char *small = g_ascii_strdown (method, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (secret_methods); i++)
    if (known ? g_str_equal (small, secret_methods[i]) : secret_distance (small, secret_methods[i]) <= MAX_TYPOS)
      return TRUE;
  return FALSE;
}

static gboolean
secret_is_base58 (char c)
{
  return g_ascii_isalnum (c) && c != '0' && c != 'O' && c != 'I' && c != 'l';
}

/* Whether the LEN letters at TEXT look like a key. */
static gboolean
secret_is_key (const char *text, gsize len)
{
  if (len >= MIN_EXTENDED_LETTERS)
    return strncmp (text + 1, "prv", 3) == 0;
  return len >= MIN_KEY_LETTERS && len <= MAX_KEY_LETTERS && strchr ("5KL9c", *text) != NULL;
}

gboolean
gui_console_secret_has_key (const char *text)
{
  while (*text != '\0') {
    gsize len = 0;

    while (secret_is_base58 (text[len]))
      len++;
    if (secret_is_key (text, len))
      return TRUE;
    text += MAX (len, 1);
  }
  return FALSE;
}

static gboolean
secret_is_call (const GuiConsoleCall *call, GuiConsoleKnown known, gpointer data)
{
  if (gui_console_secret_is_method (call->method, known (call->method, data)))
    return TRUE;
  for (guint i = 0; i < call->words->len; i++) {
    const GuiConsoleWord *word = g_ptr_array_index (call->words, i);

    if (word->text != NULL && gui_console_secret_has_key (word->text))
      return TRUE;
  }
  return FALSE;
}

/* Appends LINE from *AT up to the end of CALL, with what is secret left out. */
static void
secret_append_call (GString *shown,
                    const char *line,
                    gsize *at,
                    const GuiConsoleCall *call,
                    GuiConsoleKnown known,
                    gpointer data)
{
  if (secret_is_call (call, known, data)) {
    g_string_append_len (shown, line + *at, (gssize) (call->name_end - *at));
    g_string_append (shown, HIDDEN);
    *at = call->end;
    return;
  }
  for (guint i = 0; i < call->words->len; i++) {
    const GuiConsoleWord *word = g_ptr_array_index (call->words, i);

    if (word->call != NULL)
      secret_append_call (shown, line, at, word->call, known, data);
  }
  g_string_append_len (shown, line + *at, (gssize) (call->end - *at));
  *at = call->end;
}

/* Of a line that is not understood: everything after the first name of a method that is secret. */
static char *
secret_dup_broken (const char *line)
{
  for (const char *at = line; *at != '\0';) {
    gsize len = strspn (at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    g_autofree char *name = g_strndup (at, len);

    at += len;
    if (len > 0 && gui_console_secret_is_method (name, FALSE))
      return g_strdup_printf ("%.*s" HIDDEN, (int) (at - line), line);
    at += *at != '\0' && len == 0 ? 1 : 0;
  }
  return gui_console_secret_has_key (line) ? g_strdup (HIDDEN) : g_strdup (line);
}

char *
gui_console_secret_dup_shown (const char *line, const GuiConsoleCall *call, GuiConsoleKnown known, gpointer data)
{
  GString *shown;
  gsize at = 0;

  if (call == NULL)
    return secret_dup_broken (line);
  shown = g_string_new (NULL);
  secret_append_call (shown, line, &at, call, known, data);
  g_string_append (shown, line + at);
  return g_string_free (shown, FALSE);
}

char *
gui_console_secret_dup_kept (const char *line, const GuiConsoleCall *call, GuiConsoleKnown known, gpointer data)
{
  g_autofree char *shown = gui_console_secret_dup_shown (line, call, known, data);

  if (g_str_equal (shown, line))
    return g_steal_pointer (&shown);
  return call != NULL && secret_is_call (call, known, data) ? g_strconcat (call->method, " ", NULL) : NULL;
}
