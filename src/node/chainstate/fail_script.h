#pragma once

#include "bitcoin/consensus/verdict.h"
#include "bitcoin/script/interpreter.h"

G_BEGIN_DECLS

/* *VERDICT: input IN of TX fails with ERROR, which becomes part of the reject reason that begins with WHAT. Returns FALSE.
 * Any thread. */
gboolean node_fail_script (BtcVerdict *verdict,
                           BtcVerdictClass how,
                           const char *what,
                           BtcScriptError error,
                           const BtcTx *tx,
                           guint32 in);

G_END_DECLS
