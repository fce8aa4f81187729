#include <string.h>

#include "cli/commands.h"
#include "cli/netinfo_peers.h"
#include "cli/print.h"
#include "config.h"

/* -netinfo: a table of the connections to peers, and what this node offers. */

#define MAX_LEVEL 4
#define MIN_VERSION 209900

static const struct {
  const char *name, *shown;
  gboolean reachable; /* by others */
} networks[] = {
  { "not_publicly_routable", "npr", FALSE },
  { "ipv4", "ipv4", TRUE },
  { "ipv6", "ipv6", TRUE },
  { "onion", "onion", TRUE },
  { "i2p", "i2p", TRUE },
  { "cjdns", "cjdns", TRUE },
  { "internal", "int", FALSE },
};
#define N_NETWORKS G_N_ELEMENTS (networks)
#define ALL N_NETWORKS

typedef struct {
  guint counts[3][N_NETWORKS + 1]; /* in, out and both; by network, and all */
  guint n_block, n_manual;
} Counts;

static gboolean
read_level (char **words, guint *level, gboolean *outbound, GError **error)
{
  static const char help[] = "For more information, run:";
  guint64 number;

  *level = 0;
  *outbound = FALSE;
  if (words[0] == NULL)
    return TRUE;
  if (!g_ascii_string_to_unsigned (words[0], 10, 0, G_MAXUINT8, &number, NULL)) {
    cli_fail (error, "invalid -netinfo level argument: %s\n%s %s -netinfo help", words[0], help, cli_print_name ());
    return FALSE;
  }
  *level = (guint) MIN (number, MAX_LEVEL);
  if (words[1] == NULL)
    return TRUE;
  *outbound = *level > 0 && (g_str_equal (words[1], "o") || g_str_equal (words[1], "outonly"));
  if (*outbound)
    return TRUE;
  cli_fail (error, "invalid -netinfo outonly argument: %s\n%s%s %s -netinfo help", words[1],
            *level > 0 ? "" : "The outonly argument is only valid for a level greater than 0 (the first argument). ",
            help, cli_print_name ());
  return FALSE;
}

/* The index in the table; N_NETWORKS when it is not there. */
static guint
find_network (const RpcJson *name)
{
  guint i = 0;

  while (i < N_NETWORKS && !g_str_equal (networks[i].name, cli_value_text (name)))
    i++;
  return i;
}

static void
count_peer (Counts *counts, const RpcJson *peer)
{
  const char *type = cli_value_text (rpc_json_get (peer, "connection_type"));
  guint direction = rpc_json_bool (rpc_json_get (peer, "inbound")) ? 0 : 1,
        network = find_network (rpc_json_get (peer, "network"));

  if (network == N_NETWORKS)
    return;
  counts->counts[direction][network]++;
  counts->counts[direction][ALL]++;
  counts->counts[2][network]++;
  counts->counts[2][ALL]++;
  counts->n_block += g_str_equal (type, "block-relay-only");
  counts->n_manual += g_str_equal (type, "manual");
}

static CliPeers *
collect_peers (const RpcJson *list, Counts *counts, guint level, gboolean outbound)
{
  CliPeers *peers = cli_peers_new (level == 2 || level == 4, level == 3 || level == 4);

  for (gsize i = 0; i < rpc_json_len (list); i++) {
    const RpcJson *peer = rpc_json_at (list, i);
    guint network = find_network (rpc_json_get (peer, "network"));

    count_peer (counts, peer);
    if (network < N_NETWORKS && level > 0 && !(outbound && rpc_json_bool (rpc_json_get (peer, "inbound"))))
      cli_peers_add (peers, peer, networks[network].shown);
  }
  return peers;
}

static void
info_add_header (GString *text, const CommonProgram *program, const RpcJson *network, gboolean details)
{
  const char *chain = program->network->name;
  g_autofree char *services = cli_peers_dup_services (rpc_json_get (network, "localservicesnames"));

  if (g_str_equal (chain, "test"))
    chain = "testnet";
  g_string_append_printf (text, "Moneyrocket client v%s%s%s - server %s%s", MONEYROCKET_VERSION,
                          g_str_equal (chain, "main") ? "" : " ", g_str_equal (chain, "main") ? "" : chain,
                          cli_value_text (rpc_json_get (network, "protocolversion")),
                          cli_value_text (rpc_json_get (network, "subversion")));
  if (details)
    g_string_append_printf (text, " - services %s", services);
  g_string_append (text, "\n\n");
}

/* The columns of the table of counts: the networks that this node can reach, and others with peers. */
static guint
choose_columns (const RpcJson *list, const Counts *counts, guint columns[2 * N_NETWORKS])
{
  guint n = 0;

  for (gsize i = 0; i < rpc_json_len (list) && n < N_NETWORKS; i++) {
    guint network = find_network (rpc_json_get (rpc_json_at (list, i), "name"));
    if (network < N_NETWORKS && rpc_json_bool (rpc_json_get (rpc_json_at (list, i), "reachable")))
      columns[n++] = network;
  }
  for (guint i = 0; i < N_NETWORKS; i++)
    if (!networks[i].reachable && counts->counts[2][i] > 0)
      columns[n++] = i;
  return n;
}

static void
info_add_counts (GString *text, const RpcJson *list, const Counts *counts)
{
  static const char *const rows[] = { "in", "out", "total" };
  guint columns[2 * N_NETWORKS], n = choose_columns (list, counts, columns);

  g_string_append (text, "     ");
  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%8s", networks[columns[i]].shown);
  g_string_append (text, "   total   block");
  if (counts->n_manual > 0)
    g_string_append (text, "  manual");
  for (guint row = 0; row < G_N_ELEMENTS (rows); row++) {
    g_string_append_printf (text, "\n%-5s", rows[row]);
    for (guint i = 0; i < n; i++)
      g_string_append_printf (text, "%8u", counts->counts[row][columns[i]]);
    g_string_append_printf (text, "   %5u", counts->counts[row][ALL]);
    if (row == 1)
      g_string_append_printf (text, "   %5u", counts->n_block);
    if (row == 1 && counts->n_manual > 0)
      g_string_append_printf (text, "   %5u", counts->n_manual);
  }
}

static void
info_add_services (GString *text, const RpcJson *names)
{
  g_string_append (text, "\n\nLocal services: ");
  for (gsize i = 0; i < rpc_json_len (names); i++) {
    g_autofree char *name = g_ascii_strdown (cli_value_text (rpc_json_at (names, i)), -1);
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", g_strdelimit (name, "_", ' '));
  }
}

static void
info_add_addresses (GString *text, const RpcJson *list)
{
  gsize width = 0;

  g_string_append (text, "\n\nLocal addresses");
  if (rpc_json_len (list) == 0)
    g_string_append (text, ": n/a\n");
  for (gsize i = 0; i < rpc_json_len (list); i++)
    width = MAX (width, strlen (cli_value_text (rpc_json_get (rpc_json_at (list, i), "address"))) + 1);
  for (gsize i = 0; i < rpc_json_len (list); i++) {
    const RpcJson *address = rpc_json_at (list, i);
    g_string_append_printf (
        text, "\n%-*s    port %6s    score %6s", (int) width, cli_value_text (rpc_json_get (address, "address")),
        cli_value_text (rpc_json_get (address, "port")), cli_value_text (rpc_json_get (address, "score")));
  }
}

static char *
make_report (const CommonProgram *program, const RpcJson *peer_list, const RpcJson *network, guint level, gboolean out)
{
  Counts counts = { 0 };
  g_autoptr (CliPeers) peers = collect_peers (peer_list, &counts, level, out);
  GString *text = g_string_new (NULL);

  info_add_header (text, program, network, level > 0);
  cli_peers_write (peers, text);
  info_add_counts (text, rpc_json_get (network, "networks"), &counts);
  if (level == 0)
    info_add_services (text, rpc_json_get (network, "localservicesnames"));
  info_add_addresses (text, rpc_json_get (network, "localaddresses"));
  return g_string_free (text, FALSE);
}

RpcJson *
cli_netinfo (const CliCommand *command, GError **error)
{
  static const char *const methods[] = { "getpeerinfo", "getnetworkinfo", NULL };
  g_autoptr (RpcJson) replies = NULL;
  g_autofree char *text = NULL;
  const RpcJson *network;
  gboolean outbound;
  gint64 version = 0;
  guint level;

  if (!read_level (command->words, &level, &outbound, error))
    return NULL;
  replies = cli_command_batch (command, methods, error);
  for (gsize i = 0; i < rpc_json_len (replies); i++)
    if (cli_is_error (rpc_json_at (replies, i)))
      return rpc_json_ref (rpc_json_at (replies, i));
  if (replies == NULL)
    return NULL;
  network = rpc_json_get (rpc_json_at (replies, 1), "result");
  rpc_json_int (rpc_json_get (network, "version"), &version);
  if (version < MIN_VERSION)
    return cli_fail (error, "-netinfo requires %s server to be running v0.21.0 and up", cli_print_server ());
  text = make_report (command->program, rpc_json_get (rpc_json_at (replies, 0), "result"), network, level, outbound);
  return cli_command_reply (rpc_json_new_string (text));
}
