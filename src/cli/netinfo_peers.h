#pragma once

#include "rpc/json.h"

G_BEGIN_DECLS

/* The list of peers of -netinfo, one line each. */
typedef struct _CliPeers CliPeers;

CliPeers *cli_peers_new (gboolean with_address, gboolean with_version);
void cli_peers_free (CliPeers *peers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliPeers, cli_peers_free)

/* PEER is an entry of getpeerinfo, and must stay valid; NETWORK is how its network is shown. */
void cli_peers_add (CliPeers *peers, const RpcJson *peer, const char *network);

/* Appends the list, ordered by direction and shortest ping, to TEXT; nothing when it is empty. */
void cli_peers_write (CliPeers *peers, GString *text);

/* The services as one letter each. The caller owns it. */
char *cli_peers_dup_services (const RpcJson *names);

G_END_DECLS
