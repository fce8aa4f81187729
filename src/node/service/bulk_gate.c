#include "node/service/bulk_gate.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>

/* Each wallet has one request outstanding at a time, and there are a few wallets. */
#define MAX_AT_ONCE 4
/* In addition to the replies in progress, of about 8 MB each. */
#define MAX_UNREAD_BYTES (32 << 20)
#define MAX_WAITING 256
/* There is no notification when the peer reads, so the socket is polled while calls wait for that. */
#define POLL_INTERVAL_MS 20

typedef struct {
  void (*func) (gpointer data);
  gpointer data;
  GDestroyNotify free_data;
} BulkCall;

struct _NodeBulkGate {
  grefcount references;
  GSocket *socket;
  GQueue waiting; /* of BulkCall */
  guint under_way;
  gsize unread; /* lower bound of the bytes of replies since the socket was last empty */
  guint look;   /* source */
  gboolean closed;
};

NodeBulkGate *
node_bulk_gate_new (GSocket *socket)
{
  NodeBulkGate *gate = g_new0 (NodeBulkGate, 1);

  g_ref_count_init (&gate->references);
  g_set_object (&gate->socket, socket);
  g_queue_init (&gate->waiting);
  return gate;
}

NodeBulkGate *
node_bulk_gate_ref (NodeBulkGate *gate)
{
  g_ref_count_inc (&gate->references);
  return gate;
}

void
node_bulk_gate_unref (NodeBulkGate *gate)
{
  if (!g_ref_count_dec (&gate->references))
    return;
  g_assert (gate->closed);
  g_clear_object (&gate->socket);
  g_free (gate);
}

static void
bulk_call_drop (gpointer data)
{
  BulkCall *call = data;

  call->free_data (call->data);
  g_free (call);
}

void
node_bulk_gate_close (NodeBulkGate *gate)
{
  gate->closed = TRUE;
  g_clear_handle_id (&gate->look, g_source_remove);
  g_queue_clear_full (&gate->waiting, bulk_call_drop);
}

gboolean
node_bulk_gate_is_closed (const NodeBulkGate *gate)
{
  return gate->closed;
}

static gboolean
bulk_gate_has_room (NodeBulkGate *gate)
{
  int queued = 0;

  if (gate->under_way >= MAX_AT_ONCE)
    return FALSE;
  /* Replies that the peer has not read count as queued, even after they were written. */
  if (gate->socket == NULL || (ioctl (g_socket_get_fd (gate->socket), SIOCOUTQ, &queued) == 0 && queued == 0))
    gate->unread = 0;
  return gate->unread < MAX_UNREAD_BYTES;
}

static gboolean bulk_gate_poll (gpointer data);

static void
bulk_gate_run (NodeBulkGate *gate)
{
  g_autoptr (NodeBulkGate) alive = node_bulk_gate_ref (gate);

  while (!gate->closed && !g_queue_is_empty (&gate->waiting) && bulk_gate_has_room (gate)) {
    g_autofree BulkCall *call = g_queue_pop_head (&gate->waiting);
    gate->under_way++;
    call->func (call->data);
  }
  if (!gate->closed && !g_queue_is_empty (&gate->waiting) && gate->under_way < MAX_AT_ONCE && gate->look == 0)
    gate->look = g_timeout_add (POLL_INTERVAL_MS, bulk_gate_poll, gate);
}

static gboolean
bulk_gate_poll (gpointer data)
{
  NodeBulkGate *gate = data;

  gate->look = 0;
  bulk_gate_run (gate);
  return G_SOURCE_REMOVE;
}

gboolean
node_bulk_gate_enter (NodeBulkGate *gate, void (*func) (gpointer data), gpointer data, GDestroyNotify free_data)
{
  BulkCall *call;

  if (gate->closed || g_queue_get_length (&gate->waiting) >= MAX_WAITING)
    return FALSE;
  call = g_new (BulkCall, 1);
  *call = (BulkCall){ func, data, free_data };
  g_queue_push_tail (&gate->waiting, call);
  bulk_gate_run (gate);
  return TRUE;
}

void
node_bulk_gate_leave (NodeBulkGate *gate, gsize bytes)
{
  gate->under_way--;
  gate->unread += bytes;
  bulk_gate_run (gate);
}
