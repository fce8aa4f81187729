#include "dbus/trace.h"

#include "common/clock.h"
#include "common/log.h"

/* Only the size of longer strings and lists is logged. */
#define MAX_STRING 64
#define MAX_ITEMS 8

typedef struct {
  gint64 started_us;
  char *name; /* "Chain1.GetBlocks" */
} Call;

/* Used only on the GDBus worker thread, like every filter. */
typedef struct {
  char *peer;
  GHashTable *sent;     /* our calls: serial → Call */
  GHashTable *received; /* the other end's */
} Trace;

static void
call_free (gpointer data)
{
  Call *call = data;

  g_free (call->name);
  g_free (call);
}

static void
trace_free (gpointer data)
{
  Trace *trace = data;

  g_hash_table_unref (trace->sent);
  g_hash_table_unref (trace->received);
  g_free (trace->peer);
  g_free (trace);
}

static void trace_append_value (GString *out, GVariant *value, gboolean hide);

static void
describe_list (GString *out, GVariant *value, gboolean hide, const char *brackets)
{
  gsize n = g_variant_n_children (value);

  g_string_append_c (out, brackets[0]);
  for (gsize i = 0; i < n && i < MAX_ITEMS; i++) {
    g_autoptr (GVariant) child = g_variant_get_child_value (value, i);

    if (i > 0)
      g_string_append (out, ", ");
    trace_append_value (out, child, hide);
  }
  if (n > MAX_ITEMS)
    g_string_append_printf (out, ", … %" G_GSIZE_FORMAT " in all", n);
  g_string_append_c (out, brackets[1]);
}

/* String values of options are omitted: the names are enough, and options that are added later may be secret. */
static void
describe_dictionary (GString *out, GVariant *value)
{
  GVariantIter iter;
  const char *name;
  GVariant *item;
  gboolean first = TRUE;

  g_string_append_c (out, '{');
  g_variant_iter_init (&iter, value);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &item)) {
    g_string_append_printf (out, "%s%s: ", first ? "" : ", ", name);
    trace_append_value (out, item, TRUE);
    g_variant_unref (item);
    first = FALSE;
  }
  g_string_append_c (out, '}');
}

static void
describe_string (GString *out, GVariant *value, gboolean hide)
{
  gsize len;
  const char *text = g_variant_get_string (value, &len);

  if (hide || len > MAX_STRING)
    g_string_append_printf (out, "%s[%" G_GSIZE_FORMAT "]", g_variant_get_type_string (value), len);
  else
    g_string_append_printf (out, "\"%s\"", text);
}

static void
trace_append_value (GString *out, GVariant *value, gboolean hide)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING)) {
    g_string_append_printf (out, "ay[%" G_GSIZE_FORMAT "]", g_variant_n_children (value));
  } else if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT)) {
    describe_dictionary (out, value);
  } else if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARIANT)) {
    g_autoptr (GVariant) inner = g_variant_get_variant (value);

    trace_append_value (out, inner, hide);
  } else if (g_variant_is_of_type (value, G_VARIANT_TYPE_ARRAY)) {
    describe_list (out, value, hide, "[]");
  } else if (g_variant_is_container (value)) {
    describe_list (out, value, hide, "()");
  } else if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)
             || g_variant_is_of_type (value, G_VARIANT_TYPE_OBJECT_PATH)
             || g_variant_is_of_type (value, G_VARIANT_TYPE_SIGNATURE)) {
    describe_string (out, value, hide);
  } else {
    g_autofree char *text = g_variant_print (value, FALSE);

    g_string_append (out, text);
  }
}

/* TRUE for JSON-RPC methods whose parameters may hold a passphrase or a key. By parts of names, so that methods that
 * are added later are hidden rather than shown. */
static gboolean
method_is_sensitive (const char *method)
{
  static const char *const parts[] = { "pass",   "priv", "key",    "desc",   "encrypt", "createwallet",
                                       "import", "sign", "migrat", "hdseed", "scan",    "rpcauth" };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if (strstr (method, parts[i]) != NULL)
      return TRUE;
  return FALSE;
}

/* Results of JSON-RPC methods are never logged: some return keys. */
static void
describe_execute (GString *out, GVariant *body)
{
  g_autoptr (GVariant) options = NULL;
  const char *method, *params, *wallet;

  g_variant_get (body, "(&s&s@a{sv})", &method, &params, &options);
  g_string_append_printf (out, "(\"%.*s\", ", MAX_STRING, method);
  if (method_is_sensitive (method))
    g_string_append (out, "params omitted");
  else if (strlen (params) > MAX_STRING)
    g_string_append_printf (out, "s[%" G_GSIZE_FORMAT "]", strlen (params));
  else
    g_string_append (out, params);
  if (g_variant_lookup (options, "wallet", "&s", &wallet))
    g_string_append_printf (out, ", \"%.*s\"", MAX_STRING, wallet);
  g_string_append_c (out, ')');
}

static char *
dup_arguments (const char *name, GDBusMessage *message, gboolean is_reply)
{
  GVariant *body = g_dbus_message_get_body (message);
  GUnixFDList *fds = g_dbus_message_get_unix_fd_list (message);
  gboolean is_execute = g_strcmp0 (name, "Rpc1.Execute") == 0;
  GString *out = g_string_new (NULL);

  if (body == NULL)
    g_string_append (out, "()");
  else if (is_execute && !is_reply && g_variant_is_of_type (body, G_VARIANT_TYPE ("(ssa{sv})")))
    describe_execute (out, body);
  else
    trace_append_value (out, body, is_execute);
  if (fds != NULL && g_unix_fd_list_get_length (fds) > 0)
    g_string_append_printf (out, " + %d fd", g_unix_fd_list_get_length (fds));
  return g_string_free (out, FALSE);
}

static char *
dup_name (GDBusMessage *message)
{
  const char *interface = g_dbus_message_get_interface (message);
  const char *member = g_dbus_message_get_member (message);
  const char *dot = interface != NULL ? strrchr (interface, '.') : NULL;

  return g_strdup_printf ("%s.%s", dot != NULL ? dot + 1 : "", member != NULL ? member : "");
}

static void
trace_call (Trace *trace, GDBusMessage *message, gboolean incoming)
{
  Call *call = g_new0 (Call, 1);
  guint32 serial = g_dbus_message_get_serial (message);
  g_autofree char *arguments = NULL;

  call->name = dup_name (message);
  call->started_us = common_clock_monotonic_us ();
  arguments = dup_arguments (call->name, message, FALSE);
  common_debug (COMMON_LOG_IPC, "%s %s: call %u %s %s %s", incoming ? "from" : "to", trace->peer, serial, call->name,
                arguments, g_dbus_message_get_path (message));
  if ((g_dbus_message_get_flags (message) & G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED) != 0)
    call_free (call);
  else
    g_hash_table_replace (incoming ? trace->received : trace->sent, GUINT_TO_POINTER (serial), call);
}

static void
trace_reply (Trace *trace, GDBusMessage *message, gboolean incoming)
{
  GHashTable *calls = incoming ? trace->sent : trace->received;
  gpointer serial = GUINT_TO_POINTER (g_dbus_message_get_reply_serial (message));
  const Call *call = g_hash_table_lookup (calls, serial);
  const char *error = g_dbus_message_get_error_name (message);
  g_autofree char *arguments = NULL;

  if (call == NULL)
    return;
  arguments = dup_arguments (call->name, message, TRUE);
  common_debug (COMMON_LOG_IPC, "%s %s: %s %u %s %s%s%s after %.3f ms", incoming ? "from" : "to", trace->peer,
                error != NULL ? "error" : "reply", GPOINTER_TO_UINT (serial), call->name, error != NULL ? error : "",
                error != NULL ? " " : "", arguments, (common_clock_monotonic_us () - call->started_us) / 1000.0);
  g_hash_table_remove (calls, serial);
}

static void
trace_signal (Trace *trace, GDBusMessage *message, gboolean incoming)
{
  g_autofree char *name = dup_name (message);
  g_autofree char *arguments = dup_arguments (name, message, FALSE);

  common_debug (COMMON_LOG_IPC, "%s %s: signal %s %s %s", incoming ? "from" : "to", trace->peer, name, arguments,
                g_dbus_message_get_path (message));
}

static GDBusMessage *
trace_filter (GDBusConnection *connection, GDBusMessage *message, gboolean incoming, gpointer data)
{
  Trace *trace = data;

  if (!common_log_enabled (COMMON_LOG_IPC))
    return message;
  switch (g_dbus_message_get_message_type (message)) {
  case G_DBUS_MESSAGE_TYPE_METHOD_CALL:
    trace_call (trace, message, incoming);
    break;
  case G_DBUS_MESSAGE_TYPE_METHOD_RETURN:
  case G_DBUS_MESSAGE_TYPE_ERROR:
    trace_reply (trace, message, incoming);
    break;
  case G_DBUS_MESSAGE_TYPE_SIGNAL:
    trace_signal (trace, message, incoming);
    break;
  case G_DBUS_MESSAGE_TYPE_INVALID:
    break;
  }
  return message;
}

void
bus_trace (GDBusConnection *connection, const char *peer)
{
  Trace *trace = g_new0 (Trace, 1);

  trace->peer = g_strdup (peer);
  trace->sent = g_hash_table_new_full (NULL, NULL, NULL, call_free);
  trace->received = g_hash_table_new_full (NULL, NULL, NULL, call_free);
  g_dbus_connection_add_filter (connection, trace_filter, trace, trace_free);
}
