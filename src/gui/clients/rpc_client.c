#include "gui/clients/rpc_client.h"

#include <string.h>

#include "bus-generated.h"
#include "common/secret.h"
#include "dbus/memfd.h"
#include "gui/clients/bounds.h"

/* Some methods wait for a block or read the whole chain. */
#define RUN_TIMEOUT_MS (24 * 60 * 60 * 1000)
#define MAX_TEXT_BYTES (64u << 20)
#define MAX_METHODS 1000
#define MAX_NAME 64
#define MAX_USAGE 1000

struct _GuiRpcClient {
  GuiClient parent_instance;

  GPtrArray *methods;        /* of GuiRpcMethod, sorted by name */
  GCancellable *cancellable; /* of the call that lists them */
};

G_DEFINE_FINAL_TYPE (GuiRpcClient, gui_rpc_client, GUI_TYPE_CLIENT)

static void
rpc_method_free (gpointer data)
{
  GuiRpcMethod *method = data;

  g_free (method->name);
  g_free (method->usage);
  g_free (method);
}

static GPtrArray *
rpc_methods_new (void)
{
  return g_ptr_array_new_with_free_func (rpc_method_free);
}

static gboolean
rpc_is_name (const char *name)
{
  gsize len = strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789._");

  return len > 0 && len <= MAX_NAME && name[len] == '\0';
}

static int
rpc_compare_methods (gconstpointer a, gconstpointer b)
{
  const GuiRpcMethod *first = *(const GuiRpcMethod *const *) a, *second = *(const GuiRpcMethod *const *) b;

  return strcmp (first->name, second->name);
}

/* NULL: LIST is invalid. */
static GPtrArray *
rpc_read_methods (GVariant *list)
{
  g_autoptr (GPtrArray) methods = rpc_methods_new ();
  gsize n = g_variant_n_children (list);

  if (n > MAX_METHODS)
    return NULL;
  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) record = g_variant_get_child_value (list, i);
    const char *name, *usage;
    gboolean hidden;
    GuiRpcMethod *method;

    if (!g_variant_lookup (record, "name", "&s", &name) || !g_variant_lookup (record, "usage", "&s", &usage)
        || !g_variant_lookup (record, "hidden", "b", &hidden) || !rpc_is_name (name))
      return NULL;
    method = g_new (GuiRpcMethod, 1);
    *method = (GuiRpcMethod){ g_strdup (name), gui_bounds_dup_line (usage, MAX_USAGE), hidden };
    g_ptr_array_add (methods, method);
  }
  g_ptr_array_sort (methods, rpc_compare_methods);
  return g_steal_pointer (&methods);
}

static void
rpc_client_listed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GuiRpcClient *self = GUI_RPC_CLIENT (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) list = gui_client_call_finish_value (GUI_CLIENT (source), result, &error);
  GPtrArray *methods = list != NULL ? rpc_read_methods (list) : NULL;

  if (list != NULL && methods == NULL)
    gui_client_reject_reply (GUI_CLIENT (self), "Rpc1.ListMethods", NULL);
  if (methods == NULL)
    return;
  g_ptr_array_unref (self->methods);
  self->methods = methods;
  g_signal_emit_by_name (self, "changed");
}

/* Called when the worker is connected, which may have other methods than the one before. */
static const char *
rpc_client_take_figures (GuiClient *client, gpointer proxy)
{
  GuiRpcClient *self = GUI_RPC_CLIENT (client);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  gui_client_call_async (client, "ListMethods", g_variant_new ("(a{sv})", NULL), -1, self->cancellable,
                         rpc_client_listed_cb, NULL);
  return NULL;
}

static void
gui_rpc_client_finalize (GObject *object)
{
  GuiRpcClient *self = GUI_RPC_CLIENT (object);

  g_clear_object (&self->cancellable);
  g_ptr_array_unref (self->methods);
  G_OBJECT_CLASS (gui_rpc_client_parent_class)->finalize (object);
}

static void
gui_rpc_client_class_init (GuiRpcClientClass *klass)
{
  GuiClientClass *client_class = GUI_CLIENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gui_rpc_client_finalize;
  client_class->proxy_type = BUS_TYPE_RPC1_PROXY;
  client_class->interface = "org.moneyrocket.Rpc1";
  client_class->absent_text = "the worker is not running";
  client_class->take_figures = rpc_client_take_figures;
}

static void
gui_rpc_client_init (GuiRpcClient *self)
{
  self->methods = rpc_methods_new ();
}

GuiRpcClient *
gui_rpc_client_new (void)
{
  return g_object_new (GUI_TYPE_RPC_CLIENT, NULL);
}

const GPtrArray *
gui_rpc_client_get_methods (GuiRpcClient *self)
{
  g_return_val_if_fail (GUI_IS_RPC_CLIENT (self), NULL);
  return self->methods;
}

const GuiRpcMethod *
gui_rpc_client_find_method (GuiRpcClient *self, const char *name)
{
  g_return_val_if_fail (GUI_IS_RPC_CLIENT (self) && name != NULL, NULL);

  for (guint i = 0; i < self->methods->len; i++) {
    const GuiRpcMethod *method = g_ptr_array_index (self->methods, i);

    if (g_str_equal (method->name, name))
      return method;
  }
  return NULL;
}

/* Each word followed by a zero byte, in secret memory until it is in the memory file. -1 with ERROR. */
static int
rpc_write_words (const char *const *words, GError **error)
{
  g_autoptr (CommonSecret) secret = NULL;
  gsize len = 0;
  guint8 *at;

  for (guint i = 0; words[i] != NULL; i++)
    len += strlen (words[i]) + 1;
  secret = common_secret_new (NULL, len);
  at = secret->data;
  for (guint i = 0; words[i] != NULL; i++) {
    memcpy (at, words[i], strlen (words[i]) + 1);
    at += strlen (words[i]) + 1;
  }
  return bus_memfd_new (secret->data, len, error);
}

static GVariant *
rpc_make_options (const GuiRpcCall *call)
{
  GVariantDict options = G_VARIANT_DICT_INIT (NULL);

  if (call->wallet != NULL)
    g_variant_dict_insert (&options, "wallet", "s", call->wallet);
  if (call->named)
    g_variant_dict_insert (&options, "named", "b", TRUE);
  if (call->keys != NULL && call->keys[0] != NULL)
    g_variant_dict_insert (&options, "pick", "^as", call->keys);
  return g_variant_dict_end (&options);
}

void
gui_rpc_client_run_async (GuiRpcClient *self,
                          const GuiRpcCall *call,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer data)
{
  g_autoptr (GUnixFDList) fds = NULL;
  GError *error = NULL;
  int fd;

  g_return_if_fail (GUI_IS_RPC_CLIENT (self));

  fd = rpc_write_words (call->words, &error);
  if (fd < 0) {
    g_task_report_error (self, callback, data, gui_rpc_client_run_async, error);
    return;
  }
  fds = g_unix_fd_list_new_from_array (&fd, 1); /* takes ownership of it */
  gui_client_call_with_fds_async (GUI_CLIENT (self), "ExecuteWords",
                                  g_variant_new ("(sh@a{sv})", call->method, 0, rpc_make_options (call)), fds,
                                  RUN_TIMEOUT_MS, cancellable, callback, data);
}

gboolean
gui_rpc_client_run_finish (GuiRpcClient *self, GAsyncResult *result, GuiRpcResult *outcome, GError **error)
{
  g_autoptr (GVariant) answer = gui_client_call_finish (GUI_CLIENT (self), result, error);
  g_autoptr (GVariant) details = NULL;
  gint32 handle;

  *outcome = (GuiRpcResult){ 0 };
  if (answer == NULL)
    return FALSE;
  g_variant_get (answer, "(h@a{sv})", &handle, &details);
  outcome->failed = g_variant_lookup (details, "code", "i", &outcome->code);
  outcome->text = bus_memfd_map_handle (gui_client_get_reply_fds (result), handle, MAX_TEXT_BYTES, NULL);
  if (outcome->text == NULL)
    gui_client_reject_reply (GUI_CLIENT (self), "Rpc1.ExecuteWords", error);
  return outcome->text != NULL;
}

void
gui_rpc_result_clear (GuiRpcResult *result)
{
  g_clear_pointer (&result->text, g_bytes_unref);
}
