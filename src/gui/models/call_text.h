#pragma once

#include "gui/clients/process.h"

G_BEGIN_DECLS

/* What the messages between the programs mean, in plain words. Translated. */

/* "Application", "Node", "Wallet", "Another program". Static. */
const char *gui_call_text_title (GuiProcess process);

/* "The application asked the wallet for a new address." without the full stop, for a call or a signal from FROM to TO. The
 * caller owns it. */
char *gui_call_text_dup_sentence (GuiProcess from,
                                  GuiProcess to,
                                  const char *interface,
                                  const char *member,
                                  const char *path);

/* "0.4 ms", "2.1 s". The caller owns it. */
char *gui_call_text_dup_duration (gint64 duration_us);

G_END_DECLS
