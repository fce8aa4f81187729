#include "cli/print.h"

#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "rpc/handler.h"

static gboolean is_classic;

void
cli_print_set_classic (gboolean classic)
{
  is_classic = classic;
}

const char *
cli_print_name (void)
{
  return is_classic ? "bitcoin-cli" : "moneyrocket-cli";
}

const char *
cli_print_server (void)
{
  return is_classic ? "bitcoind" : "moneyrocket-node";
}

void
cli_print (FILE *file, const char *text)
{
  const char *zero;

  while ((zero = strstr (text, COMMON_TEXT_ZERO)) != NULL) {
    fwrite (text, 1, (gsize) (zero - text), file);
    fputc ('\0', file);
    text = zero + strlen (COMMON_TEXT_ZERO);
  }
  fputs (text, file);
}

void
cli_print_error (const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  cli_print (stderr, text);
}

static int
print_error_reply (const RpcJson *error)
{
  const RpcJson *code = rpc_json_get (error, "code");
  const char *message = rpc_json_string (rpc_json_get (error, "message"));
  g_autofree char *text = rpc_json_write (error, 0), *code_text = code != NULL ? rpc_json_write (code, 0) : NULL;
  gint64 number = 1;

  if (rpc_json_type (error) != RPC_JSON_OBJECT) {
    cli_print_error ("error: %s\n", text);
    return EXIT_FAILURE;
  }
  if (code_text != NULL)
    cli_print_error ("error code: %s\n", code_text);
  if (message != NULL)
    cli_print_error ("error message:\n%s", message);
  rpc_json_int (code, &number);
  if (number == RPC_WALLET_NOT_SPECIFIED)
    cli_print_error (
        " Or for the CLI, specify the \"-rpcwallet=<walletname>\" option before the command (run \"%s -h\" "
        "for help or \"%s listwallets\" to see which wallets are currently loaded).",
        cli_print_name (), cli_print_name ());
  cli_print_error ("\n");
  return (int) (ABS (number) & 0xff);
}

int
cli_print_reply (const RpcJson *reply)
{
  const RpcJson *error = rpc_json_get (reply, "error"), *result = rpc_json_get (reply, "result");
  g_autofree char *text = NULL;

  if (rpc_json_type (error) != RPC_JSON_NULL)
    return print_error_reply (error);
  if (rpc_json_type (result) == RPC_JSON_NULL)
    return EXIT_SUCCESS;
  text = rpc_json_string (result) != NULL ? g_strdup (rpc_json_string (result)) : rpc_json_write (result, 2);
  if (*text == '\0')
    return EXIT_SUCCESS;
  cli_print (stdout, text);
  fputc ('\n', stdout);
  return EXIT_SUCCESS;
}
