#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define NODE_XOR_KEY_SIZE 8

/* XORs LEN bytes at DATA, which are at OFFSET of their file or value, with KEY repeated from offset 0. An involution.
 * Pure, any thread. */
void node_xor (guint8 *data, gsize len, const guint8 key[NODE_XOR_KEY_SIZE], guint64 offset);

/* The key of a blocks folder, blocks/xor.dat: read, or created if missing: random when USE_XOR is set and the folder
 * contains nothing but hidden files, else zero. USE_XOR FALSE with a key that is not zero is an error
 * (NODE_STORE_ERROR). */
gboolean node_xor_load_key (const char *folder, gboolean use_xor, guint8 key[NODE_XOR_KEY_SIZE], GError **error);

G_END_DECLS
