#pragma once

#include <secp256k1.h>

#include <glib.h>

G_BEGIN_DECLS

/* A context for computing with secrets, blinded with fresh randomness. Private to this folder. The caller frees it with
 * secp256k1_context_destroy(). */
secp256k1_context *btc_secp_context_new (void);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (secp256k1_context, secp256k1_context_destroy)

G_END_DECLS
