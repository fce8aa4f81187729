#pragma once

#include "bitcoin/consensus/verdict.h"
#include "bitcoin/script/interpreter.h"

G_BEGIN_DECLS

/* Sets *VERDICT: input IN of TX failed with ERROR, which is appended to WHAT in the reject reason. Returns FALSE. Any
 * thread. */
gboolean node_fail_script (BtcVerdict *verdict,
                           BtcVerdictClass how,
                           const char *what,
                           BtcScriptError error,
                           const BtcTx *tx,
                           guint32 in);

G_END_DECLS
