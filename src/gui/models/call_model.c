#include "gui/models/call_model.h"

/* One of a call at one of its ends. */
typedef struct {
  GuiProcess process;
  gboolean incoming;
  guint64 connection;
  guint32 serial;
} CallKey;

struct _GuiCallModel {
  GObject parent_instance;

  GPtrArray *calls;    /* all, the oldest first */
  GPtrArray *shown;    /* those that match, the oldest first */
  GHashTable *pending; /* CallKey → GuiCall */
  guint64 n_calls;     /* so far */
  GuiCallFilter filter;
  char *words; /* of FILTER */
  gboolean paused;
  guint64 n_at_pause;
};

static GType
call_model_get_item_type (GListModel *model)
{
  return GUI_TYPE_CALL;
}

static guint
call_model_get_n_items (GListModel *model)
{
  return GUI_CALL_MODEL (model)->shown->len;
}

static gpointer
call_model_get_item (GListModel *model, guint position)
{
  GPtrArray *shown = GUI_CALL_MODEL (model)->shown;

  return position < shown->len ? g_object_ref (shown->pdata[shown->len - 1 - position]) : NULL;
}

static void
call_model_init_list (GListModelInterface *interface)
{
  interface->get_item_type = call_model_get_item_type;
  interface->get_n_items = call_model_get_n_items;
  interface->get_item = call_model_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (GuiCallModel,
                               gui_call_model,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, call_model_init_list))

static guint
call_key_hash (gconstpointer data)
{
  const CallKey *key = data;

  return key->serial * 16 + (guint) key->connection * 8 + key->process * 2 + (key->incoming ? 1 : 0);
}

static gboolean
call_key_equal (gconstpointer a_data, gconstpointer b_data)
{
  const CallKey *a = a_data, *b = b_data;

  return a->process == b->process && a->incoming == b->incoming && a->connection == b->connection
         && a->serial == b->serial;
}

static gboolean
call_model_matches (GuiCallModel *self, GuiCall *call)
{
  const GuiCallFilter *filter = &self->filter;
  GuiCallState state = gui_call_get_state (call);

  if (filter->process != GUI_PROCESS_OTHER && gui_call_get_from (call) != filter->process
      && gui_call_get_to (call) != filter->process)
    return FALSE;
  if (filter->slow && gui_call_get_duration_us (call) < GUI_CALL_MODEL_SLOW_US)
    return FALSE;
  if (filter->errors && state != GUI_CALL_FAILED && state != GUI_CALL_LOST)
    return FALSE;
  return *self->words == '\0' || gui_call_contains (call, self->words);
}

/* Shows what matches now. Visible rows find their calls by their numbers, so one change says it all. */
static void
call_model_show (GuiCallModel *self)
{
  guint n = self->shown->len;

  if (self->paused)
    return;
  g_ptr_array_set_size (self->shown, 0);
  for (guint i = 0; i < self->calls->len; i++)
    if (call_model_matches (self, self->calls->pdata[i]))
      g_ptr_array_add (self->shown, g_object_ref (self->calls->pdata[i]));
  g_list_model_items_changed (G_LIST_MODEL (self), 0, n, self->shown->len);
}

static void
call_model_take_row (GuiCallModel *self, GuiProcess process, const BusTraceRow *row)
{
  gboolean answer = row->kind == BUS_TAP_REPLY || row->kind == BUS_TAP_ERROR;
  const CallKey key = { process, row->incoming != answer, row->connection, row->serial };
  GuiCall *call;

  if (answer) {
    call = g_hash_table_lookup (self->pending, &key);
    if (call != NULL)
      gui_call_finish (call, row);
    g_hash_table_remove (self->pending, &key);
    return;
  }
  call = gui_call_new (process, row, ++self->n_calls);
  g_ptr_array_add (self->calls, call);
  if (row->kind == BUS_TAP_CALL)
    g_hash_table_replace (self->pending, g_memdup2 (&key, sizeof key), g_object_ref (call));
}

static gboolean
call_model_is_old (gpointer key, gpointer call, gpointer oldest)
{
  return gui_call_get_number (call) < *(guint64 *) oldest;
}

static void
call_model_trim (GuiCallModel *self)
{
  guint64 oldest;

  if (self->calls->len <= GUI_CALL_MODEL_MAX)
    return;
  g_ptr_array_remove_range (self->calls, 0, self->calls->len - GUI_CALL_MODEL_MAX);
  oldest = gui_call_get_number (self->calls->pdata[0]);
  g_hash_table_foreach_remove (self->pending, call_model_is_old, &oldest);
}

void
gui_call_model_add (GuiCallModel *self, GuiProcess process, GPtrArray *rows)
{
  g_return_if_fail (GUI_IS_CALL_MODEL (self));

  for (guint i = 0; i < rows->len; i++)
    call_model_take_row (self, process, rows->pdata[i]);
  call_model_trim (self);
  call_model_show (self);
}

void
gui_call_model_lose (GuiCallModel *self, GuiProcess process)
{
  GHashTableIter iter;
  gpointer call;

  g_return_if_fail (GUI_IS_CALL_MODEL (self));

  g_hash_table_iter_init (&iter, self->pending);
  while (g_hash_table_iter_next (&iter, NULL, &call))
    if (gui_call_get_from (call) == process || gui_call_get_to (call) == process) {
      gui_call_lose (call);
      g_hash_table_iter_remove (&iter);
    }
  call_model_show (self);
}

void
gui_call_model_set_filter (GuiCallModel *self, const GuiCallFilter *filter)
{
  g_return_if_fail (GUI_IS_CALL_MODEL (self));

  g_free (self->words);
  self->words = g_utf8_strdown (filter->words, -1);
  self->filter = *filter;
  self->filter.words = self->words;
  call_model_show (self);
}

void
gui_call_model_set_paused (GuiCallModel *self, gboolean paused)
{
  g_return_if_fail (GUI_IS_CALL_MODEL (self));

  self->paused = paused;
  self->n_at_pause = self->n_calls;
  call_model_show (self);
}

guint64
gui_call_model_get_n_waiting (GuiCallModel *self)
{
  g_return_val_if_fail (GUI_IS_CALL_MODEL (self), 0);
  return self->paused ? self->n_calls - self->n_at_pause : 0;
}

guint
gui_call_model_find (GuiCallModel *self, guint64 number)
{
  guint first = 0, end;

  g_return_val_if_fail (GUI_IS_CALL_MODEL (self), 0);

  end = self->shown->len;
  while (first < end) {
    guint middle = first + (end - first) / 2;

    if (gui_call_get_number (self->shown->pdata[middle]) <= number)
      first = middle + 1;
    else
      end = middle;
  }
  return self->shown->len - first;
}

static void
gui_call_model_finalize (GObject *object)
{
  GuiCallModel *self = GUI_CALL_MODEL (object);

  g_ptr_array_unref (self->calls);
  g_ptr_array_unref (self->shown);
  g_hash_table_unref (self->pending);
  g_free (self->words);
  G_OBJECT_CLASS (gui_call_model_parent_class)->finalize (object);
}

static void
gui_call_model_class_init (GuiCallModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gui_call_model_finalize;
}

static void
gui_call_model_init (GuiCallModel *self)
{
  self->calls = g_ptr_array_new_with_free_func (g_object_unref);
  self->shown = g_ptr_array_new_with_free_func (g_object_unref);
  self->pending = g_hash_table_new_full (call_key_hash, call_key_equal, g_free, g_object_unref);
  self->filter.process = GUI_PROCESS_OTHER;
  self->words = g_strdup ("");
}

GuiCallModel *
gui_call_model_new (void)
{
  return g_object_new (GUI_TYPE_CALL_MODEL, NULL);
}
