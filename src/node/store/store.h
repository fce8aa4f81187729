#pragma once

#include "bitcoin/consensus/tx_check.h"
#include "bitcoin/primitives/block.h"
#include "node/store/block_index_db.h"
#include "node/store/block_files.h"
#include "node/store/coins.h"
#include "node/store/coins_stats.h"
