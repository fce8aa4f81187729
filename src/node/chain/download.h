#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* Initial block download. Chain thread. */

typedef struct _NodeDownload NodeDownload;

NodeDownload *node_download_new (void);
void node_download_free (NodeDownload *download);

/* After a change of the tip. TRUE: this ended the initial download. */
gboolean node_download_update (NodeChain *chain);

G_END_DECLS
