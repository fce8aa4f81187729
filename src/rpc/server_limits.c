#include "rpc/server_clients.h"

/* What clients without credentials may take from the server: connections, and memory. */

/* Of replies that they have not received completely. One is always allowed. */
#define MAX_UNREAD (128 * 1024 * 1024)

/* The delay of a wrong password cannot be avoided by opening more connections, nor can one see earlier, from which of
 * them are closed, whether it was right. */
void
rpc_clients_close_oldest (RpcClients *clients)
{
  for (GList *l = clients->open.head; l != NULL && l->next != NULL; l = l->next) {
    RpcClient *client = l->data;

    if (client->authenticated || client->state == RPC_CLIENT_RUNNING || client->state == RPC_CLIENT_DELAYED
        || clients->now_us < client->kept_until_us)
      continue;
    rpc_clients_drop (clients, client);
    return;
  }
}

static gsize
get_unread (const RpcClient *client)
{
  if (client->authenticated || client->state != RPC_CLIENT_SENDING || client->http.body == NULL)
    return 0;
  return g_bytes_get_size (client->http.body);
}

/* The memory of unread replies. *SLOWEST is the client that has received nothing of its reply for the longest time, if
 * there are several. */
static gsize
sum_unread (const RpcClients *clients, RpcClient **slowest)
{
  gsize sum = 0;
  guint n = 0;

  *slowest = NULL;
  for (GList *l = clients->open.head; l != NULL; l = l->next) {
    RpcClient *client = l->data;
    gsize unread = get_unread (client);

    if (unread == 0)
      continue;
    sum += unread;
    n++;
    if (*slowest == NULL || client->active_us < (*slowest)->active_us)
      *slowest = client;
  }
  if (n < 2)
    *slowest = NULL;
  return sum;
}

void
rpc_clients_limit_unread (RpcClients *clients)
{
  RpcClient *slowest;

  while (sum_unread (clients, &slowest) > MAX_UNREAD && slowest != NULL)
    rpc_clients_drop (clients, slowest);
}
