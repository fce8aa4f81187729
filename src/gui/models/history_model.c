#include "gui/models/history_model.h"

#include "gui/models/tx_row.h"

#define MAX_CACHED_PAGES 32

/* A page of rows. Its cursor is known once the page before it has been fetched, so pages are fetched in order at first,
 * and later individually if they were evicted from the cache. */
typedef struct {
  char *cursor;    /* where it starts; NULL: unknown yet */
  GPtrArray *rows; /* of GuiTxRow; NULL: not cached */
  guint64 used;    /* for evicting the least recently used page */
} Page;

struct _GuiHistoryModel {
  GObject parent_instance;

  GuiWalletClient *wallet;
  GCancellable *cancellable; /* of the request in progress */
  char *search;
  char *kind;
  guint page_size;
  guint n_rows;
  GPtrArray *pages; /* of Page */
  guint64 use_counter;
  guint fetching; /* index of the page that is being fetched, or NOTHING */
  guint wanted;   /* index of the page requested in the meantime, or NOTHING */
  gboolean stale; /* the wallet changed while a page was being fetched */
  gboolean loaded;
};

#define NOTHING G_MAXUINT

static void list_model_init (GListModelInterface *iface);
static void history_fetch (GuiHistoryModel *self, guint index);
static void history_reload (GuiHistoryModel *self);

G_DEFINE_FINAL_TYPE_WITH_CODE (GuiHistoryModel,
                               gui_history_model,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum { SIGNAL_LOADED, SIGNAL_FAILED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
page_free (gpointer data)
{
  Page *page = data;

  g_free (page->cursor);
  g_clear_pointer (&page->rows, g_ptr_array_unref);
  g_free (page);
}

static Page *
get_page (GuiHistoryModel *self, guint index)
{
  while (self->pages->len <= index)
    g_ptr_array_add (self->pages, g_new0 (Page, 1));
  return g_ptr_array_index (self->pages, index);
}

static void
drop_pages (GuiHistoryModel *self)
{
  g_ptr_array_set_size (self->pages, 0);
  get_page (self, 0)->cursor = g_strdup ("");
}

static void
drop_oldest_page (GuiHistoryModel *self)
{
  Page *oldest = NULL;
  guint cached = 0;

  for (guint i = 0; i < self->pages->len; i++) {
    Page *page = g_ptr_array_index (self->pages, i);

    if (page->rows == NULL)
      continue;
    cached++;
    if (oldest == NULL || page->used < oldest->used)
      oldest = page;
  }
  if (cached > MAX_CACHED_PAGES)
    g_clear_pointer (&oldest->rows, g_ptr_array_unref);
}

/* Fetches the page INDEX or, if its cursor is unknown, the first page on the way to it. */
static void
fetch_towards (GuiHistoryModel *self, guint index)
{
  if (self->fetching != NOTHING) {
    self->wanted = index;
    return;
  }
  while (get_page (self, index)->cursor == NULL)
    index--;
  if (get_page (self, index)->rows == NULL)
    history_fetch (self, index);
}

static void
take_page (GuiHistoryModel *self, guint index, const GuiHistoryPage *reply)
{
  Page *page = get_page (self, index);
  guint old_total = self->n_rows, first = index * self->page_size, changed;

  page->rows = g_ptr_array_new_with_free_func (g_object_unref);
  page->used = ++self->use_counter;
  for (guint i = 0; i < MIN (reply->rows->len, self->page_size); i++)
    g_ptr_array_add (page->rows, gui_tx_row_new (g_ptr_array_index (reply->rows, i)));
  if (*reply->next != '\0' && get_page (self, index + 1)->cursor == NULL)
    get_page (self, index + 1)->cursor = g_strdup (reply->next);
  drop_oldest_page (self);

  changed = MIN (page->rows->len, MAX (reply->total, first) - first);
  self->n_rows = MAX (reply->total, first + changed);
  if (self->n_rows != old_total || index == 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, old_total, self->n_rows);
  else
    g_list_model_items_changed (G_LIST_MODEL (self), first, changed, changed);
}

static void
page_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GuiHistoryModel) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GuiHistoryPage) reply = gui_wallet_client_list_history_finish (GUI_WALLET_CLIENT (source), result, &error);
  guint index = self->fetching, wanted = self->wanted;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->fetching = NOTHING;
  self->wanted = NOTHING;
  if (reply == NULL) {
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
    return;
  }
  take_page (self, index, reply);
  if (self->stale) {
    history_reload (self);
    return;
  }
  if (index == 0) {
    self->loaded = TRUE;
    g_signal_emit (self, signals[SIGNAL_LOADED], 0);
  }
  if (wanted != NOTHING && self->fetching == NOTHING && wanted * self->page_size < self->n_rows)
    fetch_towards (self, wanted);
}

static void
history_fetch (GuiHistoryModel *self, guint index)
{
  self->fetching = index;
  gui_wallet_client_list_history_async (self->wallet, get_page (self, index)->cursor, self->page_size, self->search,
                                        self->kind, self->cancellable, page_cb, g_object_ref (self));
}

/* Starts over: the visible rows are kept until the first page has been fetched. */
static void
history_reload (GuiHistoryModel *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->fetching = NOTHING;
  self->wanted = NOTHING;
  self->stale = FALSE;
  drop_pages (self);
  if (self->wallet != NULL && gui_client_get_online (GUI_CLIENT (self->wallet)))
    history_fetch (self, 0);
}

static void
history_wallet_changed_cb (GuiWalletClient *wallet, GuiHistoryModel *self)
{
  if (!gui_client_get_online (GUI_CLIENT (wallet)))
    return;
  if (self->fetching != NOTHING) {
    self->stale = TRUE;
    return;
  }
  drop_pages (self);
  history_fetch (self, 0);
}

static GType
get_item_type (GListModel *model)
{
  return GUI_TYPE_TX_ROW;
}

static guint
get_n_items (GListModel *model)
{
  return GUI_HISTORY_MODEL (model)->n_rows;
}

gpointer
gui_history_model_peek (GuiHistoryModel *self, guint position)
{
  guint index;
  Page *page;

  g_return_val_if_fail (GUI_IS_HISTORY_MODEL (self), NULL);

  index = position / self->page_size;
  page = index < self->pages->len ? g_ptr_array_index (self->pages, index) : NULL;
  if (page == NULL || page->rows == NULL || position % self->page_size >= page->rows->len)
    return NULL;
  page->used = ++self->use_counter;
  return g_ptr_array_index (page->rows, position % self->page_size);
}

static gpointer
get_item (GListModel *model, guint position)
{
  GuiHistoryModel *self = GUI_HISTORY_MODEL (model);
  GuiTxRow *row;

  if (position >= self->n_rows)
    return NULL;
  row = gui_history_model_peek (self, position);
  if (row != NULL)
    return g_object_ref (row);
  if (self->wallet != NULL && gui_client_get_online (GUI_CLIENT (self->wallet)))
    fetch_towards (self, position / self->page_size);
  return gui_tx_row_new_placeholder ();
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
gui_history_model_dispose (GObject *object)
{
  GuiHistoryModel *self = GUI_HISTORY_MODEL (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->wallet);

  G_OBJECT_CLASS (gui_history_model_parent_class)->dispose (object);
}

static void
gui_history_model_finalize (GObject *object)
{
  GuiHistoryModel *self = GUI_HISTORY_MODEL (object);

  g_ptr_array_unref (self->pages);
  g_free (self->search);
  g_free (self->kind);

  G_OBJECT_CLASS (gui_history_model_parent_class)->finalize (object);
}

static void
gui_history_model_class_init (GuiHistoryModelClass *klass)
{
  GType type = GUI_TYPE_HISTORY_MODEL;

  G_OBJECT_CLASS (klass)->dispose = gui_history_model_dispose;
  G_OBJECT_CLASS (klass)->finalize = gui_history_model_finalize;

  signals[SIGNAL_LOADED] = g_signal_new ("loaded", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FAILED]
      = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
gui_history_model_init (GuiHistoryModel *self)
{
  self->pages = g_ptr_array_new_with_free_func (page_free);
  self->fetching = NOTHING;
  self->wanted = NOTHING;
  drop_pages (self);
}

GuiHistoryModel *
gui_history_model_new (guint page_size)
{
  GuiHistoryModel *self = g_object_new (GUI_TYPE_HISTORY_MODEL, NULL);

  self->page_size = CLAMP (page_size, 1, 500);
  return self;
}

void
gui_history_model_set_wallet (GuiHistoryModel *self, GuiWalletClient *wallet)
{
  guint old_total;

  g_return_if_fail (GUI_IS_HISTORY_MODEL (self));

  if (self->wallet == wallet)
    return;
  if (self->wallet != NULL)
    g_signal_handlers_disconnect_by_data (self->wallet, self);
  g_set_object (&self->wallet, wallet);
  if (wallet != NULL)
    g_signal_connect_object (wallet, "changed", G_CALLBACK (history_wallet_changed_cb), self, 0);
  old_total = self->n_rows;
  self->n_rows = 0;
  self->loaded = FALSE;
  g_list_model_items_changed (G_LIST_MODEL (self), 0, old_total, 0);
  history_reload (self);
}

void
gui_history_model_set_filter (GuiHistoryModel *self, const char *search, const char *kind)
{
  g_return_if_fail (GUI_IS_HISTORY_MODEL (self));

  if (g_strcmp0 (self->search, search) == 0 && g_strcmp0 (self->kind, kind) == 0)
    return;
  g_free (self->search);
  g_free (self->kind);
  self->search = g_strdup (search);
  self->kind = g_strdup (kind);
  history_reload (self);
}

gboolean
gui_history_model_is_loaded (GuiHistoryModel *self)
{
  g_return_val_if_fail (GUI_IS_HISTORY_MODEL (self), FALSE);
  return self->loaded;
}
