#pragma once

#include "bitcoin/primitives/network.h"
#include "bitcoin/script/interpreter.h"
#include "rpc/json.h"

G_BEGIN_DECLS

/* Shared by the vector tests: finding and reading the files, and parsing their text formats. A malformed file ends the
 * program with a message: a vector that was not run must not count as passed. */

/* Exit code of a test whose files are absent. */
#define VECTORS_SKIP 77

/* The paths of the files SUBFOLDER/PATTERN (with * and ?), sorted. */
GPtrArray *vectors_find (const char *subfolder, const char *pattern);

/* Prints that SUBFOLDER/PATTERN is absent. Returns VECTORS_SKIP. */
int vectors_skip (const char *subfolder, const char *pattern);

/* A file's bytes, decompressed when its name ends in .gz, and with a zero byte after them. */
GByteArray *vectors_load (const char *path);
RpcJson *vectors_load_json (const char *path);

/* The file SUBFOLDER/NAME. If it is absent, ends the program with a message and VECTORS_SKIP. */
RpcJson *vectors_open_json (const char *subfolder, const char *name);

GByteArray *vectors_hex (const char *hex);
GBytes *vectors_bytes (const RpcJson *hex); /* the same for a JSON string */

/* The network that a file's NAME begins with: "main…", "testnet4…", "test4…", "test…", "signet…" or "regtest…". */
BtcNetwork vectors_network (const char *name);

/* Text as in the reference's vectors: numbers, 0xRAW, 'text', names of opcodes. */
GByteArray *vectors_parse_script (const char *text);

/* "P2SH,WITNESS"; "" and "NONE" are no flags. */
BtcVerifyFlags vectors_parse_flags (const char *text);

/* Makes dependent flags consistent (WITNESS needs P2SH, CLEANSTACK needs WITNESS), by removing or by adding flags. */
BtcVerifyFlags vectors_trim_flags (BtcVerifyFlags flags);
BtcVerifyFlags vectors_fill_flags (BtcVerifyFlags flags);

/* Counts a check, and prints the message if it failed. Any thread. */
void vectors_check (gboolean passed, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Names the current case, so that a failed assertion is followed by its name. Main thread only. */
void vectors_name_case (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* Prints "NAME: N checks, N failed" and returns the exit code. */
int vectors_finish (const char *name);

G_END_DECLS
