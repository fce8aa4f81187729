#include "cli/input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cli/client.h"
#include "common/text.h"

static gboolean
input_fail (GError **error, const char *message)
{
  cli_fail (error, "%s", message);
  return FALSE;
}

/* A line of standard input without its line break; NULL at the end. The caller owns it. */
static char *
read_line (void)
{
  char *line = NULL, *text;
  size_t size = 0;
  ssize_t n = getline (&line, &size, stdin);

  if (n > 0 && line[n - 1] == '\n')
    n--;
  text = n >= 0 ? common_text_from_bytes (line, (gsize) n) : NULL;
  free (line);
  return text;
}

/* The same with a prompt and without echo, if standard input is a terminal. */
static char *
read_secret (const char *prompt)
{
  struct termios before, quiet;
  gboolean terminal = isatty (STDIN_FILENO) && tcgetattr (STDIN_FILENO, &before) == 0;
  char *line;

  if (terminal) {
    fputs (prompt, stderr);
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t) ECHO;
    tcsetattr (STDIN_FILENO, TCSANOW, &quiet);
  }
  line = read_line ();
  if (terminal) {
    tcsetattr (STDIN_FILENO, TCSANOW, &before);
    fputc ('\n', stderr);
  }
  return line;
}

static gboolean
read_password (CommonProgram *program, GError **error)
{
  g_autofree char *password = NULL;

  if (!common_options_get_bool (program->options, "stdinrpcpass", FALSE))
    return TRUE;
  password = read_secret ("RPC password> ");
  if (password == NULL)
    return input_fail (error, "-stdinrpcpass specified but failed to read from standard input");
  common_options_set (program->options, "rpcpassword", password);
  return TRUE;
}

static gboolean
read_passphrase (CommonProgram *program, GPtrArray *words, GError **error)
{
  char *line;

  if (!common_options_get_bool (program->options, "stdinwalletpassphrase", FALSE))
    return TRUE;
  if (words->len < 1 || !g_str_has_prefix (g_ptr_array_index (words, 0), "walletpassphrase"))
    return input_fail (error, "-stdinwalletpassphrase is only applicable for walletpassphrase(change)");
  line = read_secret ("Wallet passphrase> ");
  if (line == NULL)
    return input_fail (error, "-stdinwalletpassphrase specified but failed to read from standard input");
  g_ptr_array_insert (words, 1, line);
  return TRUE;
}

/* A word that is not text would reach the node as another one. */
static gboolean
check_words (const GPtrArray *words, GError **error)
{
  for (guint i = 0; i < words->len; i++) {
    g_auto (GStrv) parts = g_strsplit (g_ptr_array_index (words, i), COMMON_TEXT_ZERO, -1);

    for (guint k = 0; parts[k] != NULL; k++)
      if (!g_utf8_validate (parts[k], -1, NULL))
        return input_fail (error, "a parameter is not valid UTF-8. Bytes that are not text can be given in hex.");
  }
  return TRUE;
}

gboolean
cli_input_collect (CommonProgram *program, GPtrArray *words, GError **error)
{
  char **rest = program->rest, *line;

  if (!read_password (program, error))
    return FALSE;
  while (rest != NULL && *rest != NULL && **rest == '-') /* what follows a single dash */
    rest++;
  for (; rest != NULL && *rest != NULL; rest++)
    g_ptr_array_add (words, g_strdup (*rest));
  if (!read_passphrase (program, words, error))
    return FALSE;
  if (common_options_get_bool (program->options, "stdin", FALSE))
    while ((line = read_line ()) != NULL)
      g_ptr_array_add (words, line);
  if (!check_words (words, error))
    return FALSE;
  g_ptr_array_add (words, NULL);
  return TRUE;
}
