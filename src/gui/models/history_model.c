#include "gui/models/history_model.h"

#include "gui/models/history_pages.h"

struct _GuiHistoryModel {
  GObject parent_instance;

  GuiWalletClient *wallet;
  GCancellable *cancellable; /* of the request in progress */
  char *search;
  char *kind;
  guint page_size;
  guint n_rows;
  GuiHistoryPages *pages;
  guint version;             /* rows with another version are out of date */
  guint looked_at, n_looked; /* the rows that are looked at */
  guint offset, n_asked;     /* of the request in progress; 0 rows: there is none */
  guint version_asked;
  gboolean replaced; /* the rows are those of another filter */
  gboolean loaded;
};

static void list_model_init (GListModelInterface *iface);
static void history_fetch (GuiHistoryModel *self);

G_DEFINE_FINAL_TYPE_WITH_CODE (GuiHistoryModel,
                               gui_history_model,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum { SIGNAL_LOADED, SIGNAL_FAILED, N_SIGNALS };

static guint signals[N_SIGNALS];

/* Places count from the oldest row: see history_pages.h. */
static guint
place_at (GuiHistoryModel *self, guint position)
{
  return self->n_rows - 1 - position;
}

/* Empties the list, and sets its length. */
static void
replace_all (GuiHistoryModel *self, guint n_rows)
{
  guint before = self->n_rows;

  gui_history_pages_clear (self->pages);
  self->n_rows = n_rows;
  g_list_model_items_changed (G_LIST_MODEL (self), 0, before, n_rows);
}

/* New payments are the newest: only these are inserted. Whatever else has changed is found when the rows are fetched. */
static void
take_total (GuiHistoryModel *self, guint total)
{
  guint added;

  if (self->replaced || total < self->n_rows) {
    self->replaced = FALSE;
    replace_all (self, total);
    return;
  }
  added = total - self->n_rows;
  self->n_rows = total;
  if (added > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, added);
}

/* FALSE if another row takes its position. */
static gboolean
take_row (GuiHistoryModel *self, guint position, const GuiHistoryRow *record)
{
  guint place = place_at (self, position);
  GuiTxRow *row = gui_history_pages_get (self->pages, place);
  g_autoptr (GuiTxRow) other = NULL;

  if (row != NULL && g_variant_equal (gui_tx_row_get_txid (row), record->txid)) {
    gui_tx_row_update (row, record);
    /* The next newer row may be another one now. */
    gui_history_pages_set (self->pages, place, self->n_rows - 1, row);
    return TRUE;
  }
  other = gui_tx_row_new (record);
  gui_history_pages_set (self->pages, place, self->n_rows - 1, other);
  return FALSE;
}

static void
take_page (GuiHistoryModel *self, const GuiHistoryPage *page)
{
  guint n, end, first_other = G_MAXUINT, last_other = 0;

  take_total (self, page->total);
  n = MIN (page->rows->len, self->n_rows - MIN (self->offset, self->n_rows));
  for (guint i = 0; i < n; i++)
    if (!take_row (self, self->offset + i, g_ptr_array_index (page->rows, i))) {
      first_other = MIN (first_other, self->offset + i);
      last_other = self->offset + i;
    }
  /* A row that is missing in the reply is not asked for again until the wallet changes. */
  end = MIN (self->offset + self->n_asked, self->n_rows);
  for (guint i = self->offset; i < end; i++)
    gui_history_pages_set_version (self->pages, place_at (self, i), self->version_asked);
  if (first_other <= last_other)
    g_list_model_items_changed (G_LIST_MODEL (self), first_other, last_other - first_other + 1,
                                last_other - first_other + 1);
}

static void
page_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GuiHistoryModel) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GuiHistoryPage) page = gui_wallet_client_list_history_finish (GUI_WALLET_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (page == NULL) {
    self->n_asked = 0;
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
    return;
  }
  take_page (self, page);
  self->n_asked = 0;
  self->loaded = TRUE;
  g_signal_emit (self, signals[SIGNAL_LOADED], 0);
  history_fetch (self);
}

static gboolean
history_is_current (GuiHistoryModel *self, guint position)
{
  return gui_history_pages_get_version (self->pages, place_at (self, position)) == self->version;
}

/* The page to fetch next: with the first row that is looked at and is not up to date, or, if the rows after it are, with
 * the rows before it. FALSE if there is none. */
static gboolean
choose_page (GuiHistoryModel *self, guint *offset)
{
  guint end = MIN (self->looked_at + self->n_looked, self->n_rows), first = self->looked_at, last;

  if (!self->loaded || self->replaced || self->n_rows == 0) {
    *offset = 0;
    return self->version_asked != self->version;
  }
  while (first < end && history_is_current (self, first))
    first++;
  if (first >= end)
    return FALSE;
  for (last = first; last + 1 < end && !history_is_current (self, last + 1);)
    last++;
  *offset = last + 1 < end && last + 1 > self->page_size ? last + 1 - self->page_size : first;
  return TRUE;
}

static void
history_fetch (GuiHistoryModel *self)
{
  guint offset;

  if (self->n_asked > 0 || self->wallet == NULL || !gui_client_get_online (GUI_CLIENT (self->wallet))
      || !choose_page (self, &offset))
    return;
  self->offset = offset;
  self->n_asked = self->page_size;
  self->version_asked = self->version;
  gui_wallet_client_list_history_async (self->wallet, self->offset, self->n_asked, self->search, self->kind,
                                        self->cancellable, page_cb, g_object_ref (self));
}

/* Asks anew: the rows are kept until the reply. */
static void
history_restart (GuiHistoryModel *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->n_asked = 0;
  self->version++;
  self->looked_at = 0;
  self->n_looked = self->page_size;
  history_fetch (self);
}

static void
history_wallet_changed_cb (GuiWalletClient *wallet, GuiHistoryModel *self)
{
  self->version++;
  history_fetch (self);
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

GuiTxRow *
gui_history_model_peek (GuiHistoryModel *self, guint position)
{
  g_return_val_if_fail (GUI_IS_HISTORY_MODEL (self), NULL);

  return position < self->n_rows ? gui_history_pages_get (self->pages, place_at (self, position)) : NULL;
}

static gpointer
get_item (GListModel *model, guint position)
{
  GuiHistoryModel *self = GUI_HISTORY_MODEL (model);
  GuiTxRow *row;

  if (position >= self->n_rows)
    return NULL;
  row = gui_history_model_peek (self, position);
  return row != NULL ? g_object_ref (row) : gui_tx_row_new_placeholder ();
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

  gui_history_pages_free (self->pages);
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
  self->pages = gui_history_pages_new ();
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
  g_return_if_fail (GUI_IS_HISTORY_MODEL (self));

  if (self->wallet == wallet)
    return;
  if (self->wallet != NULL)
    g_signal_handlers_disconnect_by_data (self->wallet, self);
  g_set_object (&self->wallet, wallet);
  if (wallet != NULL)
    g_signal_connect_object (wallet, "changed", G_CALLBACK (history_wallet_changed_cb), self, 0);
  self->loaded = FALSE;
  self->replaced = FALSE;
  replace_all (self, 0);
  history_restart (self);
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
  self->replaced = TRUE;
  history_restart (self);
}

void
gui_history_model_look_at (GuiHistoryModel *self, guint position, guint n)
{
  g_return_if_fail (GUI_IS_HISTORY_MODEL (self));

  self->looked_at = position;
  self->n_looked = n;
  history_fetch (self);
}

gboolean
gui_history_model_is_loaded (GuiHistoryModel *self)
{
  g_return_val_if_fail (GUI_IS_HISTORY_MODEL (self), FALSE);
  return self->loaded;
}

gboolean
gui_history_model_starts_day (GuiHistoryModel *self, guint position)
{
  g_return_val_if_fail (GUI_IS_HISTORY_MODEL (self), FALSE);
  return position < self->n_rows && gui_history_pages_starts_day (self->pages, place_at (self, position));
}

guint
gui_history_model_count_days (GuiHistoryModel *self, guint position)
{
  g_return_val_if_fail (GUI_IS_HISTORY_MODEL (self), 0);
  if (self->n_rows == 0 || position == 0)
    return 0;
  return gui_history_pages_count_days (self->pages, position < self->n_rows ? place_at (self, position) + 1 : 0);
}
