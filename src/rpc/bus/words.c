#include "rpc/bus/words.h"

#include <string.h>

#include "common/secret.h"
#include "common/text.h"
#include "dbus/calls.h"
#include "dbus/errors.h"
#include "dbus/memfd.h"
#include "rpc/convert.h"
#include "rpc/method.h"

#define MAX_WORDS_BYTES (1u << 20)
#define MAX_TEXT_BYTES (64u << 20)
#define MAX_PICKED 64
/* Longer results are not indented, which would take many times the memory of their text. */
#define MAX_INDENTED_BYTES (8u << 20)
#define INDENT 2

typedef struct {
  BusRpc1 *object;
  GDBusMethodInvocation *invocation;
  RpcHandler *handler;
  GUnixFDList *fds;   /* NULL: none */
  const char *method; /* borrowed from INVOCATION */
  char *wallet;       /* NULL: none is selected */
  gint32 handle;
  gboolean named;
  char **pick;     /* NULL: the whole result */
  RpcJson *params; /* made of the words */
  RpcJson *value;  /* the result; NULL: none */
  GError *error;   /* an RPC_ERROR, or a BUS_ERROR that refuses the call */
} WordsCall;

static void
words_call_free (WordsCall *call)
{
  g_object_unref (call->object);
  g_object_unref (call->handler);
  g_clear_object (&call->fds);
  g_free (call->wallet);
  g_strfreev (call->pick);
  g_clear_pointer (&call->params, rpc_json_unref);
  g_clear_pointer (&call->value, rpc_json_unref);
  g_clear_error (&call->error);
  g_free (call);
}

static gboolean
words_refuse (GError **error, BusError code, const char *text)
{
  g_set_error_literal (error, BUS_ERROR, code, text);
  return FALSE;
}

/* The words in SECRET, as pointers to them. NULL with ERROR. */
static char **
words_split (const CommonSecret *secret, GError **error)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  char *at = (char *) secret->data, *end = at + secret->len;

  if (secret->len > 0 && end[-1] != '\0') {
    words_refuse (error, BUS_ERROR_INVALID_ARGUMENT, "a zero byte is missing after the last word");
    return NULL;
  }
  for (; at < end; at += strlen (at) + 1) {
    if (!g_utf8_validate (at, -1, NULL)) {
      words_refuse (error, BUS_ERROR_INVALID_ARGUMENT, "a word is not in UTF-8");
      return NULL;
    }
    g_ptr_array_add (words, at);
  }
  g_ptr_array_add (words, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&words), FALSE);
}

/* The error of the conversion repeats the word, which may be secret. */
static gboolean
words_convert (WordsCall *call, char **words, GError **error)
{
  guint wrong;

  call->params = rpc_convert_words (call->method, words, call->named, &wrong, NULL);
  return call->params != NULL
         || rpc_refuse (
             error, RPC_PARSE_ERROR,
             "Parameter %u of %s is not valid JSON: a number, true, false, null, a list, an object, or a text "
             "in double quotation marks.",
             wrong + 1, call->method);
}

static gboolean
words_read (WordsCall *call, GError **error)
{
  g_autoptr (GBytes) bytes = bus_memfd_map_handle (call->fds, call->handle, MAX_WORDS_BYTES, error);
  g_autoptr (CommonSecret) secret = NULL;
  g_autofree char **words = NULL;
  gconstpointer data;
  gsize len;

  if (bytes == NULL)
    return FALSE;
  data = g_bytes_get_data (bytes, &len);
  secret = common_secret_new (data != NULL ? data : "", len);
  words = words_split (secret, error);
  return words != NULL && words_convert (call, words, error);
}

static gboolean
words_find_index (const RpcJson *list, const char *key, guint64 *index)
{
  return g_ascii_string_to_unsigned (key, 10, 0, G_MAXUINT32, index, NULL) && *index < rpc_json_len (list);
}

/* The part of VALUE that is called KEY. The caller owns it; NULL with ERROR. */
static RpcJson *
words_pick_one (RpcJson *value, const char *key, GError **error)
{
  g_autoptr (RpcJson) whole = rpc_json_unpack (value);
  RpcJson *part = NULL;
  guint64 index;

  if (rpc_json_type (whole) == RPC_JSON_OBJECT)
    part = rpc_json_get (whole, key);
  else if (rpc_json_type (whole) == RPC_JSON_ARRAY)
    part = words_find_index (whole, key, &index) ? rpc_json_at (whole, index) : NULL;
  if (part == NULL)
    return rpc_fail (error, RPC_INVALID_PARAMETER, "The result has no part [%s].", key);
  return rpc_json_ref (part);
}

static RpcJson *
words_pick (WordsCall *call, GError **error)
{
  g_autoptr (RpcJson) part = rpc_json_ref (call->value);

  for (guint i = 0; call->pick != NULL && call->pick[i] != NULL; i++) {
    RpcJson *next = words_pick_one (part, call->pick[i], error);

    rpc_json_unref (part);
    part = next;
    if (part == NULL)
      return NULL;
  }
  return g_steal_pointer (&part);
}

/* VALUE as indented JSON. Its parts may be packed, and are then indented only if they are read again. */
static char *
words_dup_json (const RpcJson *value)
{
  char *text = rpc_json_write (value, 0), *indented;
  gsize len = strlen (text);
  g_autoptr (RpcJson) whole = len <= MAX_INDENTED_BYTES ? rpc_json_parse (text, len) : NULL;

  if (whole == NULL)
    return text;
  rpc_json_set_secret (whole);
  indented = rpc_json_write (whole, INDENT);
  common_secret_wipe (text, len);
  g_free (text);
  return indented;
}

/* What the person reads: the result, or else the message of the error. The caller owns it. */
static char *
words_dup_text (WordsCall *call)
{
  g_autoptr (RpcJson) part = call->value != NULL ? words_pick (call, &call->error) : NULL;

  if (part == NULL)
    return common_text_dup_shown (call->error->message);
  if (rpc_json_type (part) == RPC_JSON_STRING)
    return common_text_dup_shown (rpc_json_string (part));
  return words_dup_json (part);
}

static void
words_refuse_long (GDBusMethodInvocation *invocation)
{
  g_autoptr (GError) error = NULL;

  words_refuse (&error, BUS_ERROR_LIMIT_EXCEEDED, "the result is too long");
  bus_error_reply (invocation, error);
}

static void
words_reply (BusRpc1 *object, GDBusMethodInvocation *invocation, const char *text, const GError *failure)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixFDList) fds = NULL;
  GVariantDict details = G_VARIANT_DICT_INIT (NULL);
  int fd = bus_memfd_new ((const guint8 *) text, strlen (text), &error);

  if (fd < 0) {
    g_variant_dict_clear (&details);
    bus_error_reply (invocation, error);
    return;
  }
  if (failure != NULL)
    g_variant_dict_insert (&details, "code", "i", failure->domain == RPC_ERROR ? failure->code : RPC_INTERNAL_ERROR);
  fds = g_unix_fd_list_new_from_array (&fd, 1); /* takes ownership of it */
  bus_rpc1_complete_execute_words (object, invocation, fds, g_variant_new_handle (0), g_variant_dict_end (&details));
}

/* On a thread, since writing a long result would block the main loop, and so would freeing it. */
static void
words_reply_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  WordsCall *call = data;
  char *text;

  if (call->value == NULL
      && (call->error->domain == BUS_ERROR
          || g_cancellable_is_cancelled (bus_calls_get_cancellable (call->invocation)))) {
    g_autoptr (GError) cancelled = g_error_new_literal (BUS_ERROR, BUS_ERROR_CANCELLED, "the call was cancelled");

    bus_error_reply (call->invocation, call->error->domain == BUS_ERROR ? call->error : cancelled);
    return;
  }
  text = words_dup_text (call);
  g_clear_pointer (&call->params, rpc_json_unref);
  g_clear_pointer (&call->value, rpc_json_unref);
  if (strlen (text) > MAX_TEXT_BYTES)
    words_refuse_long (call->invocation);
  else
    words_reply (call->object, call->invocation, text, call->error);
  common_secret_wipe (text, strlen (text));
  g_free (text);
}

/* The call has its result or its error. Takes over CALL. */
static void
words_finish (WordsCall *call)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  g_task_set_task_data (task, call, (GDestroyNotify) words_call_free);
  g_task_run_in_thread (task, words_reply_in_thread);
}

static void
words_on_executed (GObject *source, GAsyncResult *result, gpointer data)
{
  WordsCall *call = data;

  call->value = rpc_handler_execute_finish (RPC_HANDLER (source), result, &call->error);
  words_finish (call);
}

static void
words_on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  WordsCall *call = data;

  if (call->params == NULL)
    words_finish (call);
  else
    rpc_handler_execute_async (call->handler, call->method, call->params, call->wallet,
                               bus_calls_get_cancellable (call->invocation), words_on_executed, call);
}

static void
words_read_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  WordsCall *call = data;

  words_read (call, &call->error);
}

void
rpc_bus_words_execute (BusRpc1 *object, GDBusMethodInvocation *invocation, GUnixFDList *fds, RpcHandler *handler)
{
  WordsCall *call = g_new0 (WordsCall, 1);
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GTask) task = g_task_new (NULL, NULL, words_on_read, call);

  call->object = g_object_ref (object);
  call->invocation = invocation;
  call->handler = g_object_ref (handler);
  call->fds = fds != NULL ? g_object_ref (fds) : NULL;
  g_variant_get (g_dbus_method_invocation_get_parameters (invocation), "(&sh@a{sv})", &call->method, &call->handle,
                 &options);
  g_variant_lookup (options, "wallet", "s", &call->wallet);
  g_variant_lookup (options, "named", "b", &call->named);
  g_variant_lookup (options, "pick", "^as", &call->pick);
  if (call->pick != NULL && g_strv_length (call->pick) > MAX_PICKED) {
    words_refuse (&call->error, BUS_ERROR_INVALID_ARGUMENT, "too many parts are to be picked");
    words_finish (call);
    return;
  }
  g_task_set_task_data (task, call, NULL);
  g_task_run_in_thread (task, words_read_in_thread);
}

void
rpc_bus_words_fail (BusRpc1 *object, GDBusMethodInvocation *invocation, const GError *error)
{
  words_reply (object, invocation, error->message, error);
}
