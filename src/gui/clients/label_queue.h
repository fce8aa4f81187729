#pragma once

#include "gui/clients/client.h"

G_BEGIN_DECLS

/* Labels on their way to a wallet. One whose reply is lost, since the worker hangs, crashes or is not running, is sent
 * again when it is back; a later label for the same target replaces it. Main context. */
typedef struct _GuiLabelQueue GuiLabelQueue;

/* CLIENT owns the queue, and frees it in its finalize function. */
GuiLabelQueue *gui_label_queue_new (GuiClient *client);
void gui_label_queue_free (GuiLabelQueue *self);

/* Calls METHOD of the client, (TARGET, a{sv} with "label"). TARGET is consumed if floating. */
void gui_label_queue_set (GuiLabelQueue *self, const char *method, GVariant *target, const char *label);

/* Sends again what was lost, if the client is online: for each "changed" of it. */
void gui_label_queue_resume (GuiLabelQueue *self);

G_END_DECLS
