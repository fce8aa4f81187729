#pragma once

#include "gui/clients/client.h"

G_BEGIN_DECLS

/* The client of Rpc1: the methods of the node or of the wallet, for the console. What is typed and what it results in may be
 * secret; both are passed in memory files. */

#define GUI_TYPE_RPC_CLIENT (gui_rpc_client_get_type ())
G_DECLARE_FINAL_TYPE (GuiRpcClient, gui_rpc_client, GUI, RPC_CLIENT, GuiClient)

typedef struct {
  char *name;
  char *usage;     /* the first line of its help: "getblockhash height" */
  gboolean hidden; /* from help */
} GuiRpcMethod;

typedef struct {
  const char *method;
  const char *const *words;
  gboolean named;          /* words may have the form name=value */
  const char *const *keys; /* the part of the result; NULL: all of it */
  const char *wallet;      /* NULL: none is chosen */
} GuiRpcCall;

typedef struct {
  GBytes *text;    /* UTF-8 is not checked */
  gboolean failed; /* TEXT is the message of an error */
  gint32 code;     /* of it, as JSON-RPC numbers them */
} GuiRpcResult;

GuiRpcClient *gui_rpc_client_new (void);

/* The methods of GuiRpcMethod, sorted by name; empty until they are known. They are kept when the worker is lost. Emits
 * "changed" when they have changed. Borrowed until then. */
const GPtrArray *gui_rpc_client_get_methods (GuiRpcClient *self);

/* NULL: it has no such method. Borrowed likewise. */
const GuiRpcMethod *gui_rpc_client_find_method (GuiRpcClient *self, const char *name);

/* Runs CALL, which may take for ever, such as a method that waits for a block. Errors: BUS_ERROR, and others if the worker is
 * lost meanwhile; an error of the method itself is a result. */
void gui_rpc_client_run_async (GuiRpcClient *self,
                               const GuiRpcCall *call,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer data);
gboolean gui_rpc_client_run_finish (GuiRpcClient *self, GAsyncResult *result, GuiRpcResult *outcome, GError **error);

void gui_rpc_result_clear (GuiRpcResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GuiRpcResult, gui_rpc_result_clear)

G_END_DECLS
