#include "dbus/trace.h"

#include <string.h>

#include "common/log.h"

/* Only the size of longer strings and lists is logged. */
#define MAX_STRING 64
#define MAX_ITEMS 8

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

gboolean
bus_trace_is_secret (const char *method)
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
  if (bus_trace_is_secret (method))
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

gboolean
bus_trace_is_enabled (void)
{
  return common_log_enabled (COMMON_LOG_IPC);
}

static gsize
trace_get_size (GDBusMessage *message)
{
  GVariant *body = g_dbus_message_get_body (message);

  return body != NULL ? g_variant_get_size (body) : 0;
}

void
bus_trace (const BusTapEvent *event)
{
  static const char *const kinds[]
      = { [BUS_TAP_CALL] = "call", [BUS_TAP_REPLY] = "reply", [BUS_TAP_ERROR] = "error", [BUS_TAP_SIGNAL] = "signal" };
  gboolean ends = event->kind == BUS_TAP_REPLY || event->kind == BUS_TAP_ERROR;
  const char *error = event->kind == BUS_TAP_ERROR ? g_dbus_message_get_error_name (event->message) : "";
  g_autofree char *arguments = NULL, *end = NULL;

  if (!bus_trace_is_enabled ())
    return;
  arguments = dup_arguments (event->name, event->message, ends);
  end = ends ? g_strdup_printf ("after %.3f ms", event->duration_us / 1000.0)
             : g_strdup (g_dbus_message_get_path (event->message));
  common_debug (COMMON_LOG_IPC, "%s %s: %s %u %s %s%s%s, %" G_GSIZE_FORMAT " bytes, %s",
                event->incoming ? "from" : "to", event->peer, kinds[event->kind], event->serial, event->name, error,
                *error != '\0' ? " " : "", arguments, trace_get_size (event->message), end);
}
