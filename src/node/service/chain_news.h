#pragma once

#include "node/service/chain_calls.h"

G_BEGIN_DECLS

/* Reports each new tip, and changes of the mempool, at most ten times a second, on the main context. */
typedef struct _NodeChainNews NodeChainNews;
typedef void (*NodeChainNewsFunc) (gpointer data, const NodeChainCallTip *tip);

NodeChainNews *node_chain_news_new (NodeChainCalls *calls, NodeChainNewsFunc changed, gpointer data);
void node_chain_news_free (NodeChainNews *news);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeChainNews, node_chain_news_free)

G_END_DECLS
