#pragma once

#include "node/service/miners.h"

G_BEGIN_DECLS

/* What miners wait for, without a thread. Main context. */

/* Another tip than CURRENT32. TIMEOUT_MS 0: any time. The result is the tip, also after the time-out.
 * BUS_ERROR_NOT_READY: there was none yet. */
void node_miner_wait_tip_async (NodeMiner *miner,
                                const guint8 current32[32],
                                guint timeout_ms,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data);
NodeTip *node_miner_wait_tip_finish (GAsyncResult *result, GError **error);

/* The end of the initial download, then until the blocks of the known headers have arrived or do not arrive. */
void
node_miner_cool_down_async (NodeMiner *miner, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
gboolean node_miner_cool_down_finish (GAsyncResult *result, GError **error);

/* A template with OPTIONS that should replace LAST: on another tip, or with fees that are higher by FEE_THRESHOLD_SAT at
 * least (0: fees do not matter). TIMEOUT_MS 0: any time. NULL without ERROR after the time-out. */
void node_miner_wait_next_async (NodeMiner *miner,
                                 NodeTemplate *last,
                                 const NodeMiningOptions *options,
                                 gint64 fee_threshold_sat,
                                 guint timeout_ms,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer data);
NodeTemplate *node_miner_wait_next_finish (GAsyncResult *result, GError **error);

G_END_DECLS
