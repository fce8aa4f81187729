#include "wallet/follow/feed.h"

#define MAX_BYTES 250000
#define PAUSE_MS 1000

/* Referenced by its owner and by pending calls; changed on the main context only. */
struct _WalletFeed {
  gatomicrefcount references;
  WalletSource *source;
  void (*take) (gpointer data, WalletChainEvents *events);
  gpointer data;
  WalletChainCursor cursor; /* of the last event that was processed */
  gboolean has_cursor;
  gboolean busy;
  gboolean closed;
  guint pause; /* source */
};

static void
feed_unref (WalletFeed *feed)
{
  if (!g_atomic_ref_count_dec (&feed->references))
    return;
  wallet_source_unref (feed->source);
  g_free (feed);
}

static WalletFeed *
feed_ref (WalletFeed *feed)
{
  g_atomic_ref_count_inc (&feed->references);
  return feed;
}

typedef struct {
  WalletFeed *feed;
  WalletChainEvents *events;
} Delivery;

static gboolean
on_delivered (gpointer data)
{
  WalletFeed *feed = data;

  feed->busy = FALSE;
  wallet_feed_wake (feed);
  feed_unref (feed);
  return G_SOURCE_REMOVE;
}

static void
delivery_free (gpointer data)
{
  Delivery *delivery = data;

  wallet_chain_events_unref (delivery->events);
  g_idle_add_full (G_PRIORITY_DEFAULT, on_delivered, delivery->feed, NULL);
  g_free (delivery);
}

/* Wallet thread. */
static void
feed_deliver (gpointer data)
{
  const Delivery *delivery = data;

  if (!wallet_source_is_closed (delivery->feed->source))
    delivery->feed->take (delivery->feed->data, delivery->events);
}

static gboolean
on_pause_over (gpointer data)
{
  WalletFeed *feed = data;

  feed->pause = 0;
  wallet_feed_wake (feed);
  return G_SOURCE_REMOVE;
}

static void
on_events (GObject *source, GAsyncResult *result, gpointer data)
{
  WalletFeed *feed = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WalletChainEvents) events = wallet_chain_get_events_finish (WALLET_CHAIN (source), result, &error);
  Delivery *delivery;

  if (events == NULL || feed->closed) {
    feed->busy = FALSE;
    if (!feed->closed && feed->pause == 0)
      feed->pause = g_timeout_add (PAUSE_MS, on_pause_over, feed);
    feed_unref (feed);
    return;
  }
  feed->cursor = events->last;
  feed->has_cursor = TRUE;
  delivery = g_new (Delivery, 1);
  *delivery = (Delivery){ feed, wallet_chain_events_ref (events) };
  if (!wallet_source_post (feed->source, feed_deliver, delivery, delivery_free))
    delivery_free (delivery);
}

void
wallet_feed_wake (WalletFeed *feed)
{
  WalletChain *chain = wallet_source_get_chain (feed->source);

  if (feed->busy || feed->closed || wallet_source_is_closed (feed->source) || !wallet_chain_is_available (chain))
    return;
  g_clear_handle_id (&feed->pause, g_source_remove);
  feed->busy = TRUE;
  wallet_chain_get_events_async (chain, feed->has_cursor ? &feed->cursor : NULL, MAX_BYTES,
                                 wallet_source_get_cancellable (feed->source), on_events, feed_ref (feed));
}

WalletFeed *
wallet_feed_new (WalletSource *source, void (*take) (gpointer data, WalletChainEvents *events), gpointer data)
{
  WalletFeed *feed = g_new0 (WalletFeed, 1);

  g_atomic_ref_count_init (&feed->references);
  feed->source = wallet_source_ref (source);
  feed->take = take;
  feed->data = data;
  return feed;
}

void
wallet_feed_free (WalletFeed *feed)
{
  if (feed == NULL)
    return;
  feed->closed = TRUE;
  g_clear_handle_id (&feed->pause, g_source_remove);
  feed_unref (feed);
}
