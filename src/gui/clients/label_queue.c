#include "gui/clients/label_queue.h"

#include "dbus/errors.h"

struct _GuiLabelQueue {
  GuiClient *client;   /* borrowed: the owner */
  GHashTable *entries; /* method and target → LabelEntry: not stored yet, as far as it is known */
};

/* In the table, and during a call. */
typedef struct {
  GuiLabelQueue *queue; /* valid during a call, which keeps the client */
  char *key;
  const char *method; /* static */
  GVariant *target;
  char *label;
  gboolean in_progress;
} LabelEntry;

static void
label_entry_clear (gpointer data)
{
  LabelEntry *entry = data;

  g_free (entry->key);
  g_variant_unref (entry->target);
  g_free (entry->label);
}

static void
label_entry_unref (gpointer data)
{
  g_rc_box_release_full (data, label_entry_clear);
}

GuiLabelQueue *
gui_label_queue_new (GuiClient *client)
{
  GuiLabelQueue *self = g_new (GuiLabelQueue, 1);

  *self = (GuiLabelQueue){ client, g_hash_table_new_full (g_str_hash, g_str_equal, NULL, label_entry_unref) };
  return self;
}

void
gui_label_queue_free (GuiLabelQueue *self)
{
  g_hash_table_unref (self->entries);
  g_free (self);
}

/* A reply of the wallet is final, unless the wallet is only being closed or started. */
static gboolean
label_is_settled (GVariant *answer, const GError *error)
{
  return answer != NULL
         || (bus_error_is_reply (error) && !g_error_matches (error, BUS_ERROR, BUS_ERROR_NOT_READY)
             && !g_error_matches (error, BUS_ERROR, BUS_ERROR_CANCELLED));
}

static void
label_stored_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  LabelEntry *entry = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = gui_client_call_finish (GUI_CLIENT (source), result, &error);

  entry->in_progress = FALSE;
  if (label_is_settled (answer, error) && g_hash_table_lookup (entry->queue->entries, entry->key) == entry)
    g_hash_table_remove (entry->queue->entries, entry->key);
  label_entry_unref (entry);
}

static void
label_entry_send (LabelEntry *entry)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);

  entry->in_progress = TRUE;
  gui_client_add_label (&options, entry->label);
  gui_client_call_async (entry->queue->client, entry->method,
                         g_variant_new ("(@*@a{sv})", entry->target, g_variant_dict_end (&options)), -1, NULL,
                         label_stored_cb, g_rc_box_acquire (entry));
}

void
gui_label_queue_set (GuiLabelQueue *self, const char *method, GVariant *target, const char *label)
{
  LabelEntry *entry = g_rc_box_new0 (LabelEntry);
  g_autofree char *text = NULL;

  entry->queue = self;
  entry->method = g_intern_string (method);
  entry->target = g_variant_ref_sink (target);
  entry->label = g_strdup (label);
  text = g_variant_print (target, FALSE);
  entry->key = g_strconcat (method, " ", text, NULL);
  g_hash_table_replace (self->entries, entry->key, entry);
  label_entry_send (entry);
}

void
gui_label_queue_resume (GuiLabelQueue *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->entries);
  while (gui_client_get_online (self->client) && g_hash_table_iter_next (&iter, NULL, &value)) {
    LabelEntry *entry = value;

    if (!entry->in_progress)
      label_entry_send (entry);
  }
}
