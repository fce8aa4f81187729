#include "common/log.h"
#include "rpc/server_clients.h"

/* What clients without credentials may write to the log. */

/* Lines about wrong passwords. */
#define MAX_LINES 20
#define LINES_WINDOW_US (60 * G_USEC_PER_SEC)

void
rpc_clients_note_password (RpcClients *clients, const RpcClient *client)
{
  if (clients->now_us - clients->minute_us >= LINES_WINDOW_US) {
    if (clients->n_passwords > MAX_LINES)
      common_warn ("RPC: %u more requests with a wrong user or password", clients->n_passwords - MAX_LINES);
    clients->minute_us = clients->now_us;
    clients->n_passwords = 0;
  }
  if (++clients->n_passwords <= MAX_LINES)
    common_warn ("RPC: wrong user or password in a request from %s", client->address);
}
