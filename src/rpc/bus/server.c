#include "rpc/bus/server.h"

#include <string.h>

#include "common/text.h"
#include "dbus/bytes.h"
#include "dbus/calls.h"
#include "dbus/errors.h"
#include "dbus/export.h"
#include "dbus/names.h"
#include "dbus/options.h"
#include "rpc/bus/order.h"
#include "rpc/bus/words.h"
#include "rpc/caller.h"

/* A longer reply cannot be sent: see BUS_MAX_TEXT_BYTES. */
#define MAX_TEXT (BUS_MAX_TEXT_BYTES - 4096)
#define MAX_METHOD 64
/* Longer parameters are parsed on a thread, since they would block the main loop. */
#define MAX_PARAMS_AT_ONCE (16 * 1024)
/* Values take many times the memory of their text. */
#define MAX_VALUES 1000000

typedef struct {
  BusRpc1 *object;
  GDBusMethodInvocation *invocation;
  char *prefix;                /* of Complete; else NULL */
  RpcHandler *handler;         /* of Execute, with what follows; else NULL */
  const char *method, *params; /* borrowed from INVOCATION */
  char *wallet;                /* NULL: none is selected */
  RpcJson *json;               /* PARAMS; NULL: they are malformed */
  RpcJson *value;              /* the result of Execute; NULL: none */
  GError *error;               /* the error of Execute */
  RpcBusOrder *order;          /* in which Execute takes its turn; NULL: none */
} Request;

static Request *
request_new (BusRpc1 *object, GDBusMethodInvocation *invocation)
{
  Request *request = g_new0 (Request, 1);

  request->object = g_object_ref (object);
  request->invocation = invocation;
  return request;
}

static void
bus_request_free (Request *request)
{
  g_object_unref (request->object);
  g_free (request->prefix);
  g_free (request->wallet);
  g_clear_object (&request->handler);
  g_clear_pointer (&request->json, rpc_json_unref);
  g_clear_pointer (&request->value, rpc_json_unref);
  g_clear_error (&request->error);
  g_clear_pointer (&request->order, rpc_bus_order_unref);
  g_free (request);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Request, bus_request_free)

static void
bus_server_refuse (GDBusMethodInvocation *invocation, BusError code, const char *text)
{
  g_autoptr (GError) error = g_error_new_literal (BUS_ERROR, code, text);

  bus_error_reply (invocation, error);
}

/* ERROR NULL: the method has a result. Floating. */
static GVariant *
details_new (const GError *error)
{
  GVariantDict details = G_VARIANT_DICT_INIT (NULL);

  if (error != NULL)
    g_variant_dict_insert (&details, "code", "i", error->domain == RPC_ERROR ? error->code : RPC_INTERNAL_ERROR);
  if (error != NULL && strstr (error->message, COMMON_TEXT_ZERO) != NULL) {
    gsize len;
    g_autofree char *bytes = common_text_to_bytes (error->message, &len);
    g_variant_dict_insert_value (&details, "message", bus_bytes_new ((const guint8 *) bytes, len));
  }
  return g_variant_dict_end (&details);
}

static void
request_answer (Request *request)
{
  const GError *error = request->error;
  g_autofree char *text = NULL;

  if (request->value == NULL && g_cancellable_is_cancelled (bus_calls_get_cancellable (request->invocation))) {
    bus_server_refuse (request->invocation, BUS_ERROR_CANCELLED, "the call was cancelled");
    return;
  }
  if (request->value != NULL)
    text = rpc_json_write (request->value, 0);
  else
    text = common_text_dup_shown (error->message);
  /* Freeing long lists takes time, too. */
  g_clear_pointer (&request->json, rpc_json_unref);
  g_clear_pointer (&request->value, rpc_json_unref);
  if (strlen (text) > MAX_TEXT)
    bus_server_refuse (request->invocation, BUS_ERROR_LIMIT_EXCEEDED, "the result is too long");
  else
    bus_rpc1_complete_execute (request->object, request->invocation, text, details_new (error));
}

/* On a thread: writing a long result would block the main loop. */
static void
answer_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  request_answer (data);
}

/* The next call of the connection may begin. */
static void
request_end_turn (Request *request)
{
  g_autoptr (RpcBusOrder) order = g_steal_pointer (&request->order);

  if (order != NULL)
    rpc_bus_order_leave (order);
}

/* A method that reads what is published, such as getblockcount, needs no thread. FALSE: it is another one. */
static gboolean
execute_at_once (Request *request)
{
  if (!rpc_handler_execute_now (request->handler, request->method, request->json, request->wallet, RPC_RUN_INLINE,
                                bus_calls_get_cancellable (request->invocation), &request->value, &request->error))
    return FALSE;
  request_answer (request);
  request_end_turn (request);
  bus_request_free (request);
  return TRUE;
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  request_end_turn (data);
  bus_request_free (data);
}

static void
bus_request_on_executed (GObject *source, GAsyncResult *result, gpointer data)
{
  Request *request = data;
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_answered, request);

  request->value = rpc_handler_execute_finish (RPC_HANDLER (source), result, &request->error);
  g_task_set_task_data (task, request, NULL);
  g_task_run_in_thread (task, answer_in_thread);
}

/* FALSE with an RPC_ERROR: the other end may not run METHOD. */
static gboolean
check_access (BusRpc1 *object, const char *method, const char *authorization, GError **error)
{
  const RpcBusAccess *access = g_object_get_data (G_OBJECT (object), "access");

  return access == NULL || access->check (access->data, method, authorization, error);
}

/* FALSE: METHOD cannot be a name, and INVOCATION was completed. */
static gboolean
check_method (GDBusMethodInvocation *invocation, const char *method)
{
  if (method[0] != '\0' && strlen (method) <= MAX_METHOD)
    return TRUE;
  bus_server_refuse (invocation, BUS_ERROR_INVALID_ARGUMENT, "the method has no name, or one that is too long");
  return FALSE;
}

static void
parse_params (Request *request)
{
  request->json = rpc_json_parse_bounded (request->params, strlen (request->params), MAX_VALUES);
  if (request->json != NULL && rpc_json_type (request->json) != RPC_JSON_ARRAY
      && rpc_json_type (request->json) != RPC_JSON_OBJECT)
    g_clear_pointer (&request->json, rpc_json_unref);
}

static void
parse_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  parse_params (data);
}

static void
execute_request (Request *request)
{
  if (request->json == NULL) {
    bus_server_refuse (request->invocation, BUS_ERROR_INVALID_ARGUMENT,
                       "the parameters are not a JSON array or object, or too many");
    request_end_turn (request);
    bus_request_free (request);
    return;
  }
  if (execute_at_once (request))
    return;
  rpc_handler_execute_async (request->handler, request->method, request->json, request->wallet,
                             bus_calls_get_cancellable (request->invocation), bus_request_on_executed, request);
}

static void
on_parsed (GObject *source, GAsyncResult *result, gpointer data)
{
  execute_request (data);
}

static void
begin_request (gpointer data)
{
  Request *request = data;
  g_autoptr (GTask) parsing = NULL;

  if (g_cancellable_is_cancelled (bus_calls_get_cancellable (request->invocation))) {
    bus_server_refuse (request->invocation, BUS_ERROR_CANCELLED, "the call was cancelled");
    request_end_turn (request);
    bus_request_free (request);
    return;
  }
  if (strlen (request->params) <= MAX_PARAMS_AT_ONCE) {
    parse_params (request);
    execute_request (request);
    return;
  }
  parsing = g_task_new (NULL, NULL, on_parsed, request);
  g_task_set_task_data (parsing, request, NULL);
  g_task_run_in_thread (parsing, parse_in_thread);
}

static gboolean
on_execute (BusRpc1 *object,
            GDBusMethodInvocation *invocation,
            const char *method,
            GVariant *params, /* may be long, so it is not copied */
            GVariant *options,
            gpointer data)
{
  RpcBusOrder *order = g_object_get_data (G_OBJECT (object), "order");
  g_autoptr (GError) error = NULL;
  const char *authorization = NULL;
  Request *request;

  if (!check_method (invocation, method)
      || !bus_options_check (invocation, options, "wallet", "s", "authorization", "s", NULL))
    return TRUE;
  g_variant_lookup (options, "authorization", "&s", &authorization);
  if (!check_access (object, method, authorization, &error)) {
    bus_rpc1_complete_execute (object, invocation, error->message, details_new (error));
    return TRUE;
  }
  request = request_new (object, invocation);
  request->handler = g_object_ref (data);
  g_variant_get (g_dbus_method_invocation_get_parameters (invocation), "(&s&s@a{sv})", &request->method,
                 &request->params, NULL);
  g_variant_lookup (options, "wallet", "s", &request->wallet);
  if (authorization != NULL)
    rpc_caller_set_authorization (bus_calls_get_cancellable (invocation), authorization);
  if (order == NULL || !rpc_bus_order_applies (method)) {
    begin_request (request);
    return TRUE;
  }
  bus_calls_get_cancellable (invocation); /* from now on it can be cancelled */
  request->order = rpc_bus_order_ref (order);
  rpc_bus_order_enter (order, begin_request, request);
  return TRUE;
}

static gboolean
on_execute_words (BusRpc1 *object,
                  GDBusMethodInvocation *invocation,
                  GUnixFDList *fds,
                  const char *method,
                  GVariant *words,
                  GVariant *options,
                  gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!check_method (invocation, method)
      || !bus_options_check (invocation, options, "wallet", "s", "named", "b", "pick", "as", NULL))
    return TRUE;
  if (check_access (object, method, NULL, &error))
    rpc_bus_words_execute (object, invocation, fds, data);
  else
    rpc_bus_words_fail (object, invocation, error);
  return TRUE;
}

static gboolean
on_list_methods (BusRpc1 *object, GDBusMethodInvocation *invocation, GVariant *options, gpointer data)
{
  g_autoptr (RpcJson) methods = rpc_handler_dup_methods (data);
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; i < rpc_json_len (methods); i++) {
    const RpcJson *method = rpc_json_at (methods, i);
    GVariantDict row = G_VARIANT_DICT_INIT (NULL);

    g_variant_dict_insert (&row, "name", "s", rpc_json_string (rpc_json_get (method, "name")));
    g_variant_dict_insert (&row, "usage", "s", rpc_json_string (rpc_json_get (method, "usage")));
    g_variant_dict_insert (&row, "hidden", "b", rpc_json_bool (rpc_json_get (method, "hidden")));
    g_variant_builder_add_value (&rows, g_variant_dict_end (&row));
  }
  bus_rpc1_complete_list_methods (object, invocation, g_variant_builder_end (&rows));
  return TRUE;
}

static void
on_help (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Request) request = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (RpcJson) value = rpc_handler_execute_finish (RPC_HANDLER (source), result, &error);
  const char *text = value != NULL ? rpc_json_string (value) : NULL;

  if (text == NULL)
    bus_server_refuse (request->invocation, BUS_ERROR_NOT_FOUND, error != NULL ? error->message : "there is no help");
  else
    bus_rpc1_complete_help (request->object, request->invocation, text);
}

static gboolean
on_handle_help (BusRpc1 *object, GDBusMethodInvocation *invocation, GVariant *options, gpointer data)
{
  g_autoptr (RpcJson) params = NULL;
  const char *method = NULL;

  if (!bus_options_check (invocation, options, "method", "s", NULL))
    return TRUE;
  /* `help ""` lists all. */
  if (g_variant_lookup (options, "method", "&s", &method) && method[0] == '\0') {
    bus_server_refuse (invocation, BUS_ERROR_NOT_FOUND, "a method has a name");
    return TRUE;
  }
  params = rpc_json_new_array ();
  if (method != NULL)
    rpc_json_append (params, rpc_json_new_string (method));
  rpc_handler_execute_async (data, "help", params, NULL, bus_calls_get_cancellable (invocation), on_help,
                             request_new (object, invocation));
  return TRUE;
}

/* The list of `help` has a line "name arguments" for each method, and headings that begin with "==". */
static char **
dup_methods (const char *help, const char *prefix)
{
  g_auto (GStrv) lines = g_strsplit (help, "\n", -1);
  g_autoptr (GStrvBuilder) methods = g_strv_builder_new ();

  for (char **line = lines; *line != NULL; line++) {
    gsize len = strcspn (*line, " ");
    g_autofree char *name = g_strndup (*line, len);

    if (len > 0 && name[0] != '=' && g_str_has_prefix (name, prefix))
      g_strv_builder_add (methods, name);
  }
  return g_strv_builder_end (methods);
}

static void
on_complete (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Request) request = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (RpcJson) value = rpc_handler_execute_finish (RPC_HANDLER (source), result, &error);
  const char *text = value != NULL ? rpc_json_string (value) : NULL;
  g_auto (GStrv) methods = NULL;

  if (text == NULL) {
    bus_server_refuse (request->invocation, BUS_ERROR_FAILED, error != NULL ? error->message : "there is no list");
    return;
  }
  methods = dup_methods (text, request->prefix);
  bus_rpc1_complete_complete (request->object, request->invocation, (const char *const *) methods);
}

static gboolean
on_handle_complete (BusRpc1 *object,
                    GDBusMethodInvocation *invocation,
                    const char *prefix,
                    GVariant *options,
                    gpointer data)
{
  Request *request = request_new (object, invocation);

  request->prefix = g_strdup (prefix);
  rpc_handler_execute_async (data, "help", NULL, NULL, bus_calls_get_cancellable (invocation), on_complete, request);
  return TRUE;
}

static void
bus_server_on_closed (GDBusConnection *connection, gboolean remote_vanished, GError *error, gpointer data)
{
  bus_unexport (data);
}

BusRpc1 *
rpc_bus_export (GDBusConnection *connection, RpcHandler *handler, const RpcBusAccess *access, GError **error)
{
  g_autoptr (BusRpc1) skeleton = bus_rpc1_skeleton_new ();

  g_signal_connect_object (skeleton, "handle-execute", G_CALLBACK (on_execute), handler, 0);
  g_signal_connect_object (skeleton, "handle-execute-words", G_CALLBACK (on_execute_words), handler, 0);
  g_signal_connect_object (skeleton, "handle-list-methods", G_CALLBACK (on_list_methods), handler, 0);
  g_signal_connect_object (skeleton, "handle-complete", G_CALLBACK (on_handle_complete), handler, 0);
  g_signal_connect_object (skeleton, "handle-help", G_CALLBACK (on_handle_help), handler, 0);
  if (access != NULL)
    g_object_set_data_full (G_OBJECT (skeleton), "access", g_memdup2 (access, sizeof *access), g_free);
  else
    g_object_set_data_full (G_OBJECT (skeleton), "order", rpc_bus_order_new (), (GDestroyNotify) rpc_bus_order_unref);
  g_object_set_data_full (G_OBJECT (skeleton), "handler", g_object_ref (handler), g_object_unref);
  if (!bus_export (G_DBUS_INTERFACE_SKELETON (skeleton), connection, BUS_PATH_RPC, error))
    return NULL;
  /* The connection holds a reference to the exported skeleton. */
  g_signal_connect_data (connection, "closed", G_CALLBACK (bus_server_on_closed), g_object_ref (skeleton),
                         (GClosureNotify) g_object_unref, 0);
  return skeleton;
}
