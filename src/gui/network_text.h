#pragma once

#include "bitcoin/primitives/network.h"

G_BEGIN_DECLS

/* What NETWORK is called: "Bitcoin", "Playground". Translated, static. */
const char *gui_network_title (BtcNetwork network);

G_END_DECLS
