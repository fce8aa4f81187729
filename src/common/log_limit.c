#include "common/log_limit.h"

typedef struct {
  CommonLogSite site;
  gsize written;
  gsize dropped;
} Usage;

struct _CommonLogLimit {
  GHashTable *usages; /* of Usage, by its site: as many as there are places that log */
  gint64 start_us;    /* of the hour; 0: nothing was written yet */
};

static guint
site_hash (gconstpointer key)
{
  const CommonLogSite *site = key;

  return g_str_hash (site->file) * 31 + (guint) site->line;
}

static gboolean
site_equal (gconstpointer a, gconstpointer b)
{
  const CommonLogSite *first = a, *second = b;

  return first->line == second->line && g_str_equal (first->file, second->file);
}

CommonLogLimit *
common_log_limit_new (void)
{
  CommonLogLimit *limit = g_new0 (CommonLogLimit, 1);

  limit->usages = g_hash_table_new_full (site_hash, site_equal, NULL, g_free);
  return limit;
}

void
common_log_limit_free (CommonLogLimit *limit)
{
  if (limit == NULL)
    return;
  g_hash_table_unref (limit->usages);
  g_free (limit);
}

static Usage *
find_usage (CommonLogLimit *limit, const CommonLogSite *site)
{
  Usage *usage = g_hash_table_lookup (limit->usages, site);

  if (usage != NULL)
    return usage;
  usage = g_new0 (Usage, 1);
  usage->site = *site;
  g_hash_table_insert (limit->usages, &usage->site, usage);
  return usage;
}

CommonLogLimitVerdict
common_log_limit_add (CommonLogLimit *limit, const CommonLogSite *site, gsize len, gint64 now_us)
{
  Usage *usage;

  g_return_val_if_fail (limit != NULL && site != NULL, COMMON_LOG_LIMIT_WRITE);
  if (limit->start_us == 0)
    limit->start_us = now_us;
  usage = find_usage (limit, site);
  if (usage->written > COMMON_LOG_LIMIT_BYTES) {
    usage->dropped += len;
    return COMMON_LOG_LIMIT_DROP;
  }
  usage->written += len;
  return usage->written > COMMON_LOG_LIMIT_BYTES ? COMMON_LOG_LIMIT_WRITE_LAST : COMMON_LOG_LIMIT_WRITE;
}

char **
common_log_limit_renew (CommonLogLimit *limit, gint64 now_us)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_return_val_if_fail (limit != NULL, NULL);
  if (limit->start_us == 0 || now_us - limit->start_us < COMMON_LOG_LIMIT_WINDOW_US)
    return NULL;
  g_hash_table_iter_init (&iter, limit->usages);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const Usage *usage = value;
    g_autofree char *name = common_log_site_dup_name (&usage->site);

    if (usage->dropped > 0)
      g_ptr_array_add (lines, g_strdup_printf ("Messages from %s are written again: %" G_GSIZE_FORMAT
                                               " bytes were dropped within the last hour",
                                               name, usage->dropped));
  }
  g_hash_table_remove_all (limit->usages);
  limit->start_us = now_us;
  if (lines->len == 0)
    return NULL;
  g_ptr_array_add (lines, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&lines), FALSE);
}

char *
common_log_site_dup_name (const CommonLogSite *site)
{
  g_autofree char *file = g_path_get_basename (site->file);

  return g_strdup_printf ("%s:%d (%s)", file, site->line, site->function);
}
