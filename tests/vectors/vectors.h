#pragma once

#include "rpc/json.h"

/* Opens NAME ("core/sighash.json") in the folder of vectors. Ends the program with 77, "skipped", when it is absent, and
 * with a failure when it is not JSON. The caller owns it. */
RpcJson *vectors_load_json (const char *name);

/* The bytes of a hex string in JSON. The test fails when it is none. The caller owns them. */
GBytes *vectors_hex (const RpcJson *json);
