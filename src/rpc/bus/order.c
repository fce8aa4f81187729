#include "rpc/bus/order.h"

typedef struct {
  void (*run) (gpointer data);
  gpointer data;
} OrderTurn;

struct _RpcBusOrder {
  grefcount references;
  gboolean is_running;
  GQueue waiting; /* OrderTurn */
};

RpcBusOrder *
rpc_bus_order_new (void)
{
  RpcBusOrder *order = g_new0 (RpcBusOrder, 1);

  g_ref_count_init (&order->references);
  g_queue_init (&order->waiting);
  return order;
}

RpcBusOrder *
rpc_bus_order_ref (RpcBusOrder *order)
{
  g_ref_count_inc (&order->references);
  return order;
}

/* What waits has a reference. */
void
rpc_bus_order_unref (RpcBusOrder *order)
{
  if (g_ref_count_dec (&order->references))
    g_free (order);
}

gboolean
rpc_bus_order_applies (const char *method)
{
  /* These wait for events, read much, or wait for the chain to be read; or end such methods. */
  static const char *const free_ones[] = {
    "abortrescan",
    "createwallet",
    "dumptxoutset",
    "getblocktemplate",
    "getdescriptoractivity",
    "gettxoutsetinfo",
    "importdescriptors",
    "importmempool",
    "loadtxoutset",
    "loadwallet",
    "migratewallet",
    "reconsiderblock",
    "rescanblockchain",
    "restorewallet",
    "savemempool",
    "scanblocks",
    "scantxoutset",
    "stop",
    "verifychain",
    "waitforblock",
    "waitforblockheight",
    "waitfornewblock",
    NULL,
  };

  return !g_strv_contains (free_ones, method);
}

void
rpc_bus_order_enter (RpcBusOrder *order, void (*run) (gpointer data), gpointer data)
{
  OrderTurn *turn;

  if (!order->is_running) {
    order->is_running = TRUE;
    run (data);
    return;
  }
  turn = g_new (OrderTurn, 1);
  *turn = (OrderTurn){ run, data };
  g_queue_push_tail (&order->waiting, turn);
}

void
rpc_bus_order_leave (RpcBusOrder *order)
{
  g_autofree OrderTurn *turn = g_queue_pop_head (&order->waiting);

  order->is_running = turn != NULL;
  if (turn != NULL)
    turn->run (turn->data);
}
