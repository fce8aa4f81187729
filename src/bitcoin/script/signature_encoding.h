#pragma once

#include "bitcoin/script/interpreter.h"

#include <secp256k1.h>

G_BEGIN_DECLS

/* The form of ECDSA signatures and keys in scripts; a signature here ends with its hash type byte. Pure, any thread. */

gboolean btc_signature_is_der (BtcSpan signature); /* BIP 66 */
gboolean btc_signature_hash_type_is_defined (BtcSpan signature);

/* BIPs 62, 66 and 146, as required by FLAGS. An empty signature is always accepted. */
BtcScriptError btc_signature_check_encoding (BtcSpan signature, BtcVerifyFlags flags);

/* STRICTENC and WITNESS_PUBKEYTYPE (only when WITNESS_V0). */
BtcScriptError btc_pubkey_check_encoding (BtcSpan key, BtcVerifyFlags flags, gboolean witness_v0);

/* Does SIGNATURE (without its hash type byte, as lax as before BIP 66, S high or low) sign HASH32 with KEY? */
gboolean btc_ecdsa_verify_lax (BtcSpan signature, const secp256k1_pubkey *key, const guint8 hash32[32]);

G_END_DECLS
