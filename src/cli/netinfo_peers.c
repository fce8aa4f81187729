#include "cli/netinfo_peers.h"

#include <string.h>

#include "cli/commands.h"

typedef struct {
  const RpcJson *json;
  const char *network;
  gboolean outbound;
  double min_ping;
  char *services, *age, *processed, *limited, *as;
} Peer;

struct _CliPeers {
  gboolean with_address, with_version;
  GArray *list; /* Peer */
  gint64 now_s;
  /* widths of columns */
  int addresses, processed, limited, age, id, services;
  gboolean has_as;
};

static void
peer_clear (gpointer data)
{
  Peer *peer = data;

  g_free (peer->services);
  g_free (peer->age);
  g_free (peer->processed);
  g_free (peer->limited);
  g_free (peer->as);
}

CliPeers *
cli_peers_new (gboolean with_address, gboolean with_version)
{
  CliPeers *peers = g_new0 (CliPeers, 1);

  peers->with_address = with_address;
  peers->with_version = with_version;
  peers->list = g_array_new (FALSE, FALSE, sizeof (Peer));
  g_array_set_clear_func (peers->list, peer_clear);
  peers->now_s = g_get_real_time () / G_USEC_PER_SEC;
  peers->processed = peers->age = 5;
  peers->limited = peers->services = 6;
  peers->id = 2;
  return peers;
}

void
cli_peers_free (CliPeers *peers)
{
  g_array_unref (peers->list);
  g_free (peers);
}

static gint64
get_number (const RpcJson *peer, const char *name)
{
  gint64 number = 0;

  rpc_json_int (rpc_json_get (peer, name), &number);
  return number;
}

static double
get_seconds (const RpcJson *peer, const char *name)
{
  double seconds = -1;

  rpc_json_double (rpc_json_get (peer, name), &seconds);
  return seconds;
}

char *
cli_peers_dup_services (const RpcJson *names)
{
  GString *letters = g_string_new (NULL);

  for (gsize i = 0; i < rpc_json_len (names); i++) {
    const char *name = cli_value_text (rpc_json_at (names, i));
    g_string_append_c (letters, g_str_equal (name, "NETWORK_LIMITED") ? 'l'
                                : g_str_equal (name, "P2P_V2")        ? '2'
                                                                      : g_ascii_tolower (*name));
  }
  return g_string_free (letters, FALSE);
}

static void
widen (int *width, const char *text)
{
  *width = MAX (*width, (int) strlen (text));
}

/* The number under NAME, or NONE when it is 0. The caller owns it. */
static char *
dup_count (const RpcJson *peer, const char *name, const char *none)
{
  gint64 number = get_number (peer, name);
  return number != 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, number) : g_strdup (none);
}

void
cli_peers_add (CliPeers *peers, const RpcJson *json, const char *network)
{
  gint64 since_s = get_number (json, "conntime"), as = get_number (json, "mapped_as");
  Peer peer = { .json = json, .network = network, .outbound = !rpc_json_bool (rpc_json_get (json, "inbound")) };

  peer.min_ping = get_seconds (json, "minping");
  peer.services = cli_peers_dup_services (rpc_json_get (json, "servicesnames"));
  peer.age = since_s == 0 ? g_strdup ("") : g_strdup_printf ("%" G_GINT64_FORMAT, (peers->now_s - since_s) / 60);
  peer.processed
      = dup_count (json, "addr_processed", rpc_json_bool (rpc_json_get (json, "addr_relay_enabled")) ? "" : ".");
  peer.limited = dup_count (json, "addr_rate_limited", "");
  peer.as = dup_count (json, "mapped_as", "");
  peers->addresses = MAX (peers->addresses, (int) strlen (cli_value_text (rpc_json_get (json, "addr"))) + 1);
  widen (&peers->services, peer.services);
  widen (&peers->age, peer.age);
  widen (&peers->processed, peer.processed);
  widen (&peers->limited, peer.limited);
  widen (&peers->id, cli_value_text (rpc_json_get (json, "id")));
  peers->has_as |= as != 0;
  g_array_append_val (peers->list, peer);
}

static int
compare_peers (gconstpointer a, gconstpointer b)
{
  const Peer *first = a, *second = b;

  if (first->outbound != second->outbound)
    return first->outbound ? 1 : -1;
  return first->min_ping < second->min_ping ? -1 : first->min_ping > second->min_ping;
}

/* In milliseconds. */
static void
write_ping (GString *text, double seconds)
{
  gint64 ms = seconds < 1e6 ? (gint64) (1000 * seconds + 0.5) : G_MAXINT64;
  g_autofree char *shown = seconds < 0   ? g_strdup ("")
                           : ms > 999999 ? g_strdup ("-")
                                         : g_strdup_printf ("%" G_GINT64_FORMAT, ms);

  g_string_append_printf (text, "%7s", shown);
}

/* How long ago the time under NAME was, in units of UNIT_S; NONE when it is 0. */
static void
write_since (const CliPeers *peers,
             GString *text,
             const RpcJson *peer,
             const char *name,
             gint64 unit_s,
             const char *none)
{
  gint64 at_s = get_number (peer, name);
  g_autofree char *shown
      = at_s == 0 ? g_strdup (none) : g_strdup_printf ("%" G_GINT64_FORMAT, (peers->now_s - at_s) / unit_s);

  g_string_append_printf (text, "%5s", shown);
}

static const char *
short_type (const char *type)
{
  static const char *const types[][2] = {
    { "outbound-full-relay", "full" }, { "block-relay-only", "block" }, { "manual", "manual" }, { "feeler", "feeler" },
    { "addr-fetch", "addr" },          { "private-broadcast", "priv" }
  };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (type, types[i][0]))
      return types[i][1];
  return "";
}

static void
write_activity (const CliPeers *peers, GString *text, const RpcJson *peer)
{
  const RpcJson *relays = rpc_json_get (peer, "relaytxes");

  write_ping (text, get_seconds (peer, "minping"));
  write_ping (text, get_seconds (peer, "pingtime"));
  write_since (peers, text, peer, "lastsend", 1, "");
  write_since (peers, text, peer, "lastrecv", 1, "");
  write_since (peers, text, peer, "last_transaction", 60, relays == NULL || rpc_json_bool (relays) ? "" : "*");
  write_since (peers, text, peer, "last_block", 60, "");
}

static void
write_end (const CliPeers *peers, GString *text, const Peer *peer)
{
  const char *version = cli_value_text (rpc_json_get (peer->json, "version")),
             *program = cli_value_text (rpc_json_get (peer->json, "subver"));
  gboolean known = strcmp (version, "0") != 0 || *program != '\0';

  g_string_append_printf (text, "%*s %*s ", peers->has_as ? 7 : 0, peer->as, peers->id,
                          cli_value_text (rpc_json_get (peer->json, "id")));
  g_string_append_printf (text, "%-*s", peers->with_address ? peers->addresses : 0,
                          peers->with_address ? cli_value_text (rpc_json_get (peer->json, "addr")) : "");
  if (peers->with_version && known)
    g_string_append_printf (text, "%s%s", version, program);
  g_string_append_c (text, '\n');
}

static void
write_peer (const CliPeers *peers, GString *text, const Peer *peer)
{
  const RpcJson *json = peer->json, *transport = rpc_json_get (json, "transport_protocol_type");
  const char *type = transport != NULL ? cli_value_text (transport) : "v1";

  g_string_append_printf (text, "%3s %6s %5s %*s %2c", peer->outbound ? "out" : "in",
                          short_type (cli_value_text (rpc_json_get (json, "connection_type"))), peer->network,
                          peers->services, peer->services, strlen (type) == 2 && type[0] == 'v' ? type[1] : ' ');
  write_activity (peers, text, json);
  g_string_append_printf (text, "  %s%s %*s%*s%*s", rpc_json_bool (rpc_json_get (json, "bip152_hb_to")) ? "." : " ",
                          rpc_json_bool (rpc_json_get (json, "bip152_hb_from")) ? "*" : " ", peers->processed,
                          peer->processed, peers->limited, peer->limited, peers->age, peer->age);
  write_end (peers, text, peer);
}

void
cli_peers_write (CliPeers *peers, GString *text)
{
  if (peers->list->len == 0)
    return;
  g_array_sort (peers->list, compare_peers);
  g_string_append_printf (text, "<->   type   net %*s  v  mping   ping send recv  txn  blk  hb %*s%*s%*s ",
                          peers->services, "serv", peers->processed, "addrp", peers->limited, "addrl", peers->age,
                          "age");
  if (peers->has_as)
    g_string_append (text, " asmap ");
  g_string_append_printf (text, "%*s %-*s%s\n", peers->id, "id", peers->with_address ? peers->addresses : 0,
                          peers->with_address ? "address" : "", peers->with_version ? "version" : "");
  for (guint i = 0; i < peers->list->len; i++)
    write_peer (peers, text, &g_array_index (peers->list, Peer, i));
  g_string_append_printf (text, "                %*s         ms     ms  sec  sec  min  min                %*s\n\n",
                          peers->services, "", peers->age, "min");
}
