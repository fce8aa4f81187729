#include "gui/models/history_pages.h"

#include "gui/format.h"

#define PAGE_ROWS 256u
#define MAX_CACHED_PAGES 32u

typedef struct {
  GuiTxRow *rows[PAGE_ROWS];
  guint versions[PAGE_ROWS];
} CachedRows;

typedef struct {
  CachedRows *cached;               /* NULL: none of its rows is known */
  guint8 starts_day[PAGE_ROWS / 8]; /* bits */
  guint n_days;
  guint64 used;
} HistoryPage;

struct _GuiHistoryPages {
  GPtrArray *pages; /* of HistoryPage; NULL: never asked for */
  guint64 use_counter;
  guint n_cached;
};

static void
drop_rows (GuiHistoryPages *self, HistoryPage *page)
{
  for (guint i = 0; i < PAGE_ROWS; i++)
    g_clear_object (&page->cached->rows[i]);
  g_clear_pointer (&page->cached, g_free);
  self->n_cached--;
}

void
gui_history_pages_clear (GuiHistoryPages *self)
{
  for (guint i = 0; i < self->pages->len; i++) {
    HistoryPage *page = g_ptr_array_index (self->pages, i);

    if (page != NULL && page->cached != NULL)
      drop_rows (self, page);
    g_free (page);
  }
  g_ptr_array_set_size (self->pages, 0);
}

GuiHistoryPages *
gui_history_pages_new (void)
{
  GuiHistoryPages *self = g_new0 (GuiHistoryPages, 1);

  self->pages = g_ptr_array_new ();
  return self;
}

void
gui_history_pages_free (GuiHistoryPages *self)
{
  gui_history_pages_clear (self);
  g_ptr_array_unref (self->pages);
  g_free (self);
}

static HistoryPage *
pages_find (GuiHistoryPages *self, guint place)
{
  guint index = place / PAGE_ROWS;

  return index < self->pages->len ? g_ptr_array_index (self->pages, index) : NULL;
}

static void
drop_least_used (GuiHistoryPages *self)
{
  HistoryPage *oldest = NULL;

  for (guint i = 0; i < self->pages->len; i++) {
    HistoryPage *page = g_ptr_array_index (self->pages, i);

    if (page != NULL && page->cached != NULL && (oldest == NULL || page->used < oldest->used))
      oldest = page;
  }
  drop_rows (self, oldest);
}

static HistoryPage *
pages_open (GuiHistoryPages *self, guint place)
{
  HistoryPage *page = pages_find (self, place);

  if (page == NULL) {
    if (self->pages->len <= place / PAGE_ROWS)
      g_ptr_array_set_size (self->pages, (gint) (place / PAGE_ROWS + 1));
    page = self->pages->pdata[place / PAGE_ROWS] = g_new0 (HistoryPage, 1);
  }
  if (page->cached == NULL) {
    if (self->n_cached == MAX_CACHED_PAGES)
      drop_least_used (self);
    page->cached = g_new0 (CachedRows, 1);
    self->n_cached++;
  }
  page->used = ++self->use_counter;
  return page;
}

GuiTxRow *
gui_history_pages_get (GuiHistoryPages *self, guint place)
{
  HistoryPage *page = pages_find (self, place);

  if (page == NULL || page->cached == NULL)
    return NULL;
  page->used = ++self->use_counter;
  return page->cached->rows[place % PAGE_ROWS];
}

guint
gui_history_pages_get_version (GuiHistoryPages *self, guint place)
{
  const HistoryPage *page = pages_find (self, place);

  return page != NULL && page->cached != NULL ? page->cached->versions[place % PAGE_ROWS] : 0;
}

void
gui_history_pages_set_version (GuiHistoryPages *self, guint place, guint version)
{
  pages_open (self, place)->cached->versions[place % PAGE_ROWS] = version;
}

static void
set_starts_day (GuiHistoryPages *self, guint place, gboolean starts)
{
  HistoryPage *page = pages_find (self, place);
  guint8 *byte = &page->starts_day[place % PAGE_ROWS / 8], bit = (guint8) (1u << place % 8);

  if (starts == ((*byte & bit) != 0))
    return;
  *byte ^= bit;
  page->n_days = starts ? page->n_days + 1 : page->n_days - 1;
}

/* Compares the row at PLACE with the next newer one, which is shown before it. */
static void
find_start_of_day (GuiHistoryPages *self, guint place, guint newest)
{
  GuiTxRow *row = gui_history_pages_get (self, place);
  GuiTxRow *newer = place < newest ? gui_history_pages_get (self, place + 1) : NULL;

  if (row == NULL || (newer == NULL && place < newest))
    return;
  set_starts_day (self, place, newer == NULL || !gui_same_day (gui_tx_row_get_time (newer), gui_tx_row_get_time (row)));
}

void
gui_history_pages_set (GuiHistoryPages *self, guint place, guint newest, GuiTxRow *row)
{
  HistoryPage *page = pages_open (self, place);

  g_set_object (&page->cached->rows[place % PAGE_ROWS], row);
  find_start_of_day (self, place, newest);
  if (place > 0)
    find_start_of_day (self, place - 1, newest);
}

gboolean
gui_history_pages_starts_day (GuiHistoryPages *self, guint place)
{
  const HistoryPage *page = pages_find (self, place);

  return page != NULL && (page->starts_day[place % PAGE_ROWS / 8] >> place % 8 & 1) != 0;
}

guint
gui_history_pages_count_days (GuiHistoryPages *self, guint place)
{
  guint n = 0, end = MIN ((place / PAGE_ROWS + 1) * PAGE_ROWS, self->pages->len * PAGE_ROWS);

  for (guint i = place; i < end; i++)
    n += gui_history_pages_starts_day (self, i);
  for (guint i = place / PAGE_ROWS + 1; i < self->pages->len; i++) {
    const HistoryPage *page = g_ptr_array_index (self->pages, i);

    n += page != NULL ? page->n_days : 0;
  }
  return n;
}
