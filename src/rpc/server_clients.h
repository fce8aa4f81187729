#pragma once

#include "rpc/server_request.h"

G_BEGIN_DECLS

/* The connections of the HTTP server and their requests. Private to server*.c; all functions are for the HTTP thread. */

typedef enum {
  RPC_CLIENT_READING,
  RPC_CLIENT_RUNNING, /* another thread owns the request */
  RPC_CLIENT_DELAYED, /* until its reply to a wrong password is sent */
  RPC_CLIENT_SENDING,
  RPC_CLIENT_LINGERING, /* the last reply was sent */
  RPC_CLIENT_DEAD,      /* freed after the current events */
} RpcClientState;

typedef struct {
  RpcHttpConnection http;
  RpcClientState state;
  RpcServerRequest *request; /* NULL: no head was read */
  char *address;
  gboolean authenticated; /* by its latest request */
  gint64 active_us;       /* when something was received or sent */
  gint64 since_us;        /* when this state began */
  gint64 kept_until_us;   /* it is not closed in favour of others before */
  gboolean yielded;       /* it is in clients->again */
  GList link;             /* in clients->open */
} RpcClient;

typedef struct {
  RpcServer *server;
  GQueue open;   /* RpcClient, oldest first */
  GQueue dead;   /* RpcClient */
  GQueue again;  /* RpcClient: their turn was over */
  gint64 now_us; /* set by the loop */
  gint64 due_us; /* nothing is due before */
  /* Wrong passwords, since the beginning of this minute. */
  gint64 minute_us;
  guint n_passwords;
} RpcClients;

void rpc_clients_init (RpcClients *clients, RpcServer *server);
void rpc_clients_clear (RpcClients *clients);

/* A connection from ADDRESS; FD is taken over. The client is borrowed. */
RpcClient *rpc_clients_add (RpcClients *clients, int fd, GSocketAddress *address);
void rpc_clients_drop (RpcClients *clients, RpcClient *client);

/* EVENTS are those of epoll. */
void rpc_clients_on_event (RpcClients *clients, RpcClient *client, guint32 events);

/* Sends the replies of requests that other threads have finished. */
void rpc_clients_take_finished (RpcClients *clients);

/* After the events of a turn: time-outs, clients whose turn was over, and those that have gone. */
void rpc_clients_end_turn (RpcClients *clients);

/* Whether a reply is being sent. */
gboolean rpc_clients_are_sending (const RpcClients *clients);

/* ---- server_log.c ---- */

/* Logs that CLIENT sent a wrong password, unless many have been logged in this minute. */
void rpc_clients_note_password (RpcClients *clients, const RpcClient *client);

/* ---- server_limits.c ---- */

/* Closes the oldest connection that has not shown valid credentials, if there is one. */
void rpc_clients_close_oldest (RpcClients *clients);

/* Drops clients without credentials that do not receive their replies, when these take too much memory. */
void rpc_clients_limit_unread (RpcClients *clients);

G_END_DECLS
