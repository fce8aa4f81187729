#include <string.h>
#include <unistd.h>

#include "cli/commands.h"

/* -getinfo: a few lines about the node, and about its wallets if there are any. */

enum { NETWORK, CHAIN, WALLET, BALANCES };

#define BAR_LEN 20
#define DONE "▒"
#define TO_DO "░"

typedef struct {
  GString *text;
  gboolean colored;
} Report;

typedef enum { GREEN = 32, YELLOW = 33, BLUE = 34, MAGENTA = 35, CYAN = 36 } Color;

static void
begin_color (Report *report, Color color)
{
  if (report->colored)
    g_string_append_printf (report->text, "\x1b[%dm", color);
}

static void
end_color (Report *report)
{
  if (report->colored)
    g_string_append (report->text, "\x1b[0m");
}

static gboolean
choose_color (const CommonProgram *program, gboolean *colored, GError **error)
{
  const char *when = common_options_get (program->options, "color", "auto");

  *colored = g_str_equal (when, "always") || (g_str_equal (when, "auto") && isatty (STDOUT_FILENO));
  if (*colored || g_str_equal (when, "never") || g_str_equal (when, "auto"))
    return TRUE;
  cli_fail (error, "Invalid value for -color option. Valid values: always, auto, never.");
  return FALSE;
}

static void
add_line (Report *report, const char *label, const RpcJson *object, const char *name)
{
  g_string_append_printf (report->text, "%s: %s\n", label, cli_value_text (rpc_json_get (object, name)));
}

static void
add_progress (Report *report, const RpcJson *chain)
{
  double progress = 0;

  rpc_json_double (rpc_json_get (chain, "verificationprogress"), &progress);
  g_string_append (report->text, "Verification progress: ");
  if (progress < 0.99) {
    for (int i = 0; progress >= 0 && i < progress * BAR_LEN; i++)
      g_string_append (report->text, DONE);
    for (int i = 0; progress >= 0 && i < (1 - progress) * BAR_LEN; i++)
      g_string_append (report->text, TO_DO);
    g_string_append_c (report->text, ' ');
  }
  g_string_append_printf (report->text, "%.4f%%\n", progress * 100);
}

static void
add_chain (Report *report, const RpcJson *chain)
{
  begin_color (report, BLUE);
  g_string_append_printf (report->text, "Chain: %s", cli_value_text (rpc_json_get (chain, "chain")));
  end_color (report);
  g_string_append_c (report->text, '\n');
  add_line (report, "Blocks", chain, "blocks");
  add_line (report, "Headers", chain, "headers");
  add_progress (report, chain);
  add_line (report, "Difficulty", chain, "difficulty");
  g_string_append_c (report->text, '\n');
}

/* The networks that are reached through PROXY: "ipv4, ipv6". The caller owns it. */
static char *
list_networks (const RpcJson *networks, const char *proxy)
{
  GString *names = g_string_new (NULL);

  for (gsize i = 0; i < rpc_json_len (networks); i++) {
    const RpcJson *network = rpc_json_at (networks, i);
    if (!g_str_equal (cli_value_text (rpc_json_get (network, "proxy")), proxy))
      continue;
    g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", cli_value_text (rpc_json_get (network, "name")));
  }
  return g_string_free (names, FALSE);
}

static void
add_proxies (Report *report, const RpcJson *networks)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  g_string_append (report->text, "Proxies: ");
  for (gsize i = 0; i < rpc_json_len (networks); i++) {
    const char *proxy = cli_value_text (rpc_json_get (rpc_json_at (networks, i), "proxy"));
    g_autofree char *names = NULL;

    if (*proxy == '\0' || g_hash_table_contains (seen, proxy))
      continue;
    names = list_networks (networks, proxy);
    g_string_append_printf (report->text, "%s%s (%s)", g_hash_table_size (seen) > 0 ? ", " : "", proxy, names);
    g_hash_table_add (seen, (gpointer) proxy);
  }
  g_string_append (report->text, g_hash_table_size (seen) > 0 ? "\n" : "n/a\n");
}

static void
info_add_network (Report *report, const RpcJson *network)
{
  begin_color (report, GREEN);
  g_string_append_printf (report->text, "Network: in %s, out %s, total %s",
                          cli_value_text (rpc_json_get (network, "connections_in")),
                          cli_value_text (rpc_json_get (network, "connections_out")),
                          cli_value_text (rpc_json_get (network, "connections")));
  end_color (report);
  g_string_append_c (report->text, '\n');
  add_line (report, "Version", network, "version");
  add_line (report, "Time offset (s)", network, "timeoffset");
  add_proxies (report, rpc_json_get (network, "networks"));
  add_line (report, "Min tx relay fee rate (BTC/kvB)", network, "relayfee");
  g_string_append_c (report->text, '\n');
}

/* A node without a wallet is not an error. */
static void
info_add_wallet (Report *report, const RpcJson *wallet, const RpcJson *balances)
{
  if (rpc_json_type (wallet) == RPC_JSON_OBJECT) {
    const char *name = cli_value_text (rpc_json_get (wallet, "walletname"));

    begin_color (report, MAGENTA);
    g_string_append_printf (report->text, "Wallet: %s", *name != '\0' ? name : "\"\"");
    end_color (report);
    g_string_append_c (report->text, '\n');
    add_line (report, "Keypool size", wallet, "keypoolsize");
    if (rpc_json_get (wallet, "unlocked_until") != NULL)
      add_line (report, "Unlocked until", wallet, "unlocked_until");
  }
  if (rpc_json_type (balances) != RPC_JSON_OBJECT)
    return;
  begin_color (report, CYAN);
  g_string_append (report->text, "Balance:");
  end_color (report);
  g_string_append_printf (report->text, " %s\n\n",
                          cli_value_text (rpc_json_get (rpc_json_get (balances, "mine"), "trusted")));
}

/* Name and balance of every wallet, if there are several. NULL: there are not. */
static RpcJson *
info_get_balances (const CliCommand *command, GError **error)
{
  g_autoptr (RpcJson) list = cli_client_call (command->client, "listwallets", rpc_json_new_array (), NULL, error);
  const RpcJson *names = rpc_json_get (list, "result");
  g_autoptr (RpcJson) balances = rpc_json_new_object ();

  for (gsize i = 0; i < rpc_json_len (names) && rpc_json_len (names) > 1; i++) {
    const char *name = cli_value_text (rpc_json_at (names, i));
    g_autoptr (RpcJson) reply = cli_client_call (command->client, "getbalances", rpc_json_new_array (), name, error);
    const RpcJson *mine = rpc_json_get (rpc_json_get (reply, "result"), "mine");

    if (reply == NULL)
      return NULL;
    rpc_json_set (balances, name, rpc_json_new_string (cli_value_text (rpc_json_get (mine, "trusted"))));
  }
  return rpc_json_len (balances) > 0 ? g_steal_pointer (&balances) : NULL;
}

static void
add_balances (Report *report, const RpcJson *balances)
{
  gsize width = 10;

  for (gsize i = 0; i < rpc_json_len (balances); i++)
    width = MAX (width, strlen (rpc_json_string (rpc_json_at (balances, i))));
  begin_color (report, CYAN);
  g_string_append (report->text, "Balances");
  end_color (report);
  g_string_append_c (report->text, '\n');
  for (gsize i = 0; i < rpc_json_len (balances); i++) {
    const char *name = rpc_json_name_at (balances, i);
    g_string_append_printf (report->text, "%*s %s\n", (int) width, rpc_json_string (rpc_json_at (balances, i)),
                            *name != '\0' ? name : "\"\"");
  }
  g_string_append_c (report->text, '\n');
}

static void
add_warnings (Report *report, const RpcJson *network)
{
  const char *warnings = cli_value_text (rpc_json_get (network, "warnings"));

  begin_color (report, YELLOW);
  g_string_append (report->text, "Warnings:");
  end_color (report);
  g_string_append_printf (report->text, " %s", *warnings != '\0' ? warnings : "(none)");
}

RpcJson *
cli_getinfo (const CliCommand *command, GError **error)
{
  static const char *const methods[] = { "getnetworkinfo", "getblockchaininfo", "getwalletinfo", "getbalances", NULL };
  g_autoptr (RpcJson) replies = NULL, balances = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  Report report = { .text = text };
  const RpcJson *results[G_N_ELEMENTS (methods)];

  if (command->words[0] != NULL)
    return cli_fail (error, "-getinfo takes no arguments");
  replies = cli_command_batch (command, methods, error);
  if (replies == NULL)
    return NULL;
  for (guint i = 0; methods[i] != NULL; i++) {
    results[i] = rpc_json_get (rpc_json_at (replies, i), "result");
    if (i <= CHAIN && cli_is_error (rpc_json_at (replies, i)))
      return rpc_json_ref (rpc_json_at (replies, i));
  }
  if (command->wallet == NULL)
    balances = info_get_balances (command, error);
  if ((error != NULL && *error != NULL) || !choose_color (command->program, &report.colored, error))
    return NULL;
  add_chain (&report, results[CHAIN]);
  info_add_network (&report, results[NETWORK]);
  info_add_wallet (&report, results[WALLET], results[BALANCES]);
  if (balances != NULL)
    add_balances (&report, balances);
  add_warnings (&report, results[NETWORK]);
  return cli_command_reply (rpc_json_new_string (text->str));
}
