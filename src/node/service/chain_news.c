#include "node/service/chain_news.h"

#define INTERVAL_MS 100

struct _NodeChainNews {
  NodeChainCalls *calls;
  NodeChainNewsFunc changed;
  gpointer data;
  guint source;     /* runs while the last report is younger than INTERVAL_MS */
  gboolean pending; /* something has changed since */
};

static void chain_news_report (NodeChainNews *news);

static gboolean
on_interval_over (gpointer data)
{
  NodeChainNews *news = data;

  news->source = 0;
  if (news->pending)
    chain_news_report (news);
  return G_SOURCE_REMOVE;
}

static void
chain_news_report (NodeChainNews *news)
{
  NodeChainCallTip tip;

  if (news->source != 0) {
    news->pending = TRUE;
    return;
  }
  if (!node_chain_calls_peek_tip (news->calls, &tip))
    return;
  news->pending = FALSE;
  news->source = g_timeout_add (INTERVAL_MS, on_interval_over, news);
  news->changed (news->data, &tip);
}

static void
chain_news_on_tip_changed (gpointer data, NodeTip *tip)
{
  chain_news_report (data);
}

static void
on_mempool_changed (gpointer data, guint64 mempool_sequence)
{
  chain_news_report (data);
}

NodeChainNews *
node_chain_news_new (NodeChainCalls *calls, NodeChainNewsFunc changed, gpointer data)
{
  static const NodeMonitorListener listener
      = { .tip_changed = chain_news_on_tip_changed, .mempool_changed = on_mempool_changed };
  NodeChainNews *news = g_new0 (NodeChainNews, 1);

  news->calls = calls;
  news->changed = changed;
  news->data = data;
  node_monitor_add_listener (node_chain_calls_get_context (calls)->monitor, &listener, news);
  return news;
}

void
node_chain_news_free (NodeChainNews *news)
{
  if (news == NULL)
    return;
  node_monitor_remove_listener (node_chain_calls_get_context (news->calls)->monitor, news);
  g_clear_handle_id (&news->source, g_source_remove);
  g_free (news);
}
