#include "dbus/pairings.h"

#include <string.h>

#include "common/file.h"
#include "dbus/errors.h"
#include "dbus/pairings_text.h"

/* "Last seen" is only worth a write after this time. */
#define SEEN_STEP_S 3600

/* Writes the file, one text after the other; outlives the pairings while it does so. */
typedef struct {
  gatomicrefcount references;
  char *path;
  GMutex lock;
  guint64 written; /* the number of the newest text on the disk; under the lock */
} PairingsFile;

struct _BusPairings {
  GPtrArray *clients, *programs; /* BusPairing */
  PairingsFile *file;
  guint64 n_changes;
};

/* One text for the file. */
typedef struct {
  PairingsFile *file;
  char *text;
  guint64 number;
} PairingsWrite;

static void
pairings_file_unref (PairingsFile *file)
{
  if (!g_atomic_ref_count_dec (&file->references))
    return;
  g_mutex_clear (&file->lock);
  g_free (file->path);
  g_free (file);
}

/* ---- the file ---- */

BusPairings *
bus_pairings_load (const char *folder, const char *role, GError **error)
{
  g_autoptr (BusPairings) pairings = g_new0 (BusPairings, 1);
  g_autofree char *name = g_strconcat (role, "-pairings.conf", NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) failure = NULL;

  pairings->clients = bus_pairing_new_list ();
  pairings->programs = bus_pairing_new_list ();
  pairings->file = g_new0 (PairingsFile, 1);
  g_atomic_ref_count_init (&pairings->file->references);
  g_mutex_init (&pairings->file->lock);
  pairings->file->path = g_build_filename (folder, name, NULL);
  bytes = common_file_read (pairings->file->path, BUS_PAIRINGS_TEXT_MAX, &failure);
  if (g_error_matches (failure, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    return g_steal_pointer (&pairings);
  if (bytes != NULL && bus_pairings_text_read (bytes, pairings->clients, pairings->programs, &failure))
    return g_steal_pointer (&pairings);
  g_set_error (error, BUS_ERROR, BUS_ERROR_FAILED,
               "The list of paired programs in “%s” cannot be used: %s. Restore the file from a backup, or delete it "
               "and pair the programs again.",
               pairings->file->path, failure->message);
  return NULL;
}

static gboolean
pairings_write (const PairingsWrite *write, GError **error)
{
  PairingsFile *file = write->file;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&file->lock);

  if (file->written >= write->number)
    return TRUE;
  if (!common_file_replace (file->path, write->text, strlen (write->text), 0600, error))
    return FALSE;
  file->written = write->number;
  return TRUE;
}

static void
pairings_write_free (gpointer data)
{
  PairingsWrite *write = data;

  pairings_file_unref (write->file);
  g_free (write->text);
  g_free (write);
}

static PairingsWrite *
pairings_write_new (BusPairings *pairings)
{
  PairingsWrite *write = g_new (PairingsWrite, 1);

  g_atomic_ref_count_inc (&pairings->file->references);
  *write = (PairingsWrite){ .file = pairings->file,
                            .text = bus_pairings_text_write (pairings->clients, pairings->programs),
                            .number = pairings->n_changes };
  return write;
}

static void
pairings_save_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (pairings_write (data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
bus_pairings_save_async (BusPairings *pairings, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, data);

  g_task_set_task_data (task, pairings_write_new (pairings), pairings_write_free);
  g_task_run_in_thread (task, pairings_save_in_thread);
}

gboolean
bus_pairings_save_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* A thread may still be about to write the last changes: it then finds them written. */
void
bus_pairings_free (BusPairings *pairings)
{
  if (pairings == NULL)
    return;
  if (pairings->n_changes > 0) {
    PairingsWrite *write = pairings_write_new (pairings);

    pairings_write (write, NULL);
    pairings_write_free (write);
  }
  pairings_file_unref (pairings->file);
  g_ptr_array_unref (pairings->clients);
  g_ptr_array_unref (pairings->programs);
  g_free (pairings);
}

/* ---- clients ---- */

static BusPairing *
pairings_find_client (BusPairings *pairings, const guint8 *fingerprint32)
{
  for (guint i = 0; i < pairings->clients->len; i++) {
    BusPairing *pairing = pairings->clients->pdata[i];

    if (memcmp (pairing->fingerprint32, fingerprint32, BUS_FINGERPRINT_LEN) == 0)
      return pairing;
  }
  return NULL;
}

/* With an error if there is none. */
static BusPairing *
pairings_need_client (BusPairings *pairings, const guint8 *fingerprint32, GError **error)
{
  BusPairing *pairing = pairings_find_client (pairings, fingerprint32);

  if (pairing == NULL)
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_NOT_FOUND, "No program with this fingerprint is paired.");
  return pairing;
}

BusRoles
bus_pairings_get_roles (BusPairings *pairings, const guint8 fingerprint32[BUS_FINGERPRINT_LEN])
{
  const BusPairing *pairing = pairings_find_client (pairings, fingerprint32);

  return pairing != NULL ? pairing->roles : 0;
}

const BusPairing *
bus_pairings_find (BusPairings *pairings, const guint8 fingerprint32[BUS_FINGERPRINT_LEN])
{
  return pairings_find_client (pairings, fingerprint32);
}

const GPtrArray *
bus_pairings_get_clients (BusPairings *pairings)
{
  return pairings->clients;
}

/* Takes PAIRING into LIST, in place of OLD (NULL: none). */
static gboolean
pairings_put (BusPairings *pairings, GPtrArray *list, BusPairing *old, BusPairing *pairing, GError **error)
{
  if (old == NULL && list->len >= BUS_PAIRINGS_MAX) {
    bus_pairing_free (pairing);
    g_set_error (error, BUS_ERROR, BUS_ERROR_LIMIT_EXCEEDED,
                 "This program is paired with %u others already. Remove one that is not needed any more.",
                 BUS_PAIRINGS_MAX);
    return FALSE;
  }
  if (old != NULL)
    g_ptr_array_remove (list, old);
  g_ptr_array_add (list, pairing);
  pairings->n_changes++;
  return TRUE;
}

gboolean
bus_pairings_add (BusPairings *pairings,
                  const guint8 fingerprint32[BUS_FINGERPRINT_LEN],
                  const char *name,
                  BusRoles roles,
                  gint64 now_s,
                  GError **error)
{
  BusPairing *pairing = bus_pairing_new (fingerprint32, NULL, name, roles, now_s);

  return pairings_put (pairings, pairings->clients, pairings_find_client (pairings, fingerprint32), pairing, error);
}

gboolean
bus_pairings_rename (BusPairings *pairings,
                     const guint8 fingerprint32[BUS_FINGERPRINT_LEN],
                     const char *name,
                     GError **error)
{
  BusPairing *pairing = pairings_need_client (pairings, fingerprint32, error);

  if (pairing == NULL)
    return FALSE;
  if (!bus_pairing_name_is_valid (name)) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_INVALID_NAME,
                         "A name has 1 to 64 bytes and no invisible characters.");
    return FALSE;
  }
  g_free (pairing->name);
  pairing->name = g_strdup (name);
  pairings->n_changes++;
  return TRUE;
}

gboolean
bus_pairings_revoke (BusPairings *pairings, const guint8 fingerprint32[BUS_FINGERPRINT_LEN], GError **error)
{
  BusPairing *pairing = pairings_need_client (pairings, fingerprint32, error);

  if (pairing == NULL)
    return FALSE;
  g_ptr_array_remove (pairings->clients, pairing);
  pairings->n_changes++;
  return TRUE;
}

void
bus_pairings_touch (BusPairings *pairings, const guint8 fingerprint32[BUS_FINGERPRINT_LEN], gint64 now_s)
{
  BusPairing *pairing = pairings_find_client (pairings, fingerprint32);
  gboolean save;

  if (pairing == NULL)
    return;
  save = now_s - pairing->seen_s >= SEEN_STEP_S;
  pairing->seen_s = now_s;
  pairings->n_changes++;
  if (save)
    bus_pairings_save_async (pairings, NULL, NULL);
}

/* ---- programs ---- */

static BusPairing *
pairings_find_at (BusPairings *pairings, const char *address)
{
  for (guint i = 0; i < pairings->programs->len; i++) {
    BusPairing *pairing = pairings->programs->pdata[i];

    if (g_str_equal (pairing->address, address))
      return pairing;
  }
  return NULL;
}

const BusPairing *
bus_pairings_find_program (BusPairings *pairings, const char *address)
{
  return pairings_find_at (pairings, address);
}

const GPtrArray *
bus_pairings_get_programs (BusPairings *pairings)
{
  return pairings->programs;
}

gboolean
bus_pairings_add_program (BusPairings *pairings,
                          const char *address,
                          const guint8 fingerprint32[BUS_FINGERPRINT_LEN],
                          const char *name,
                          BusRoles roles,
                          gint64 now_s,
                          GError **error)
{
  BusPairing *pairing = bus_pairing_new (fingerprint32, address, name, roles, now_s);

  return pairings_put (pairings, pairings->programs, pairings_find_at (pairings, address), pairing, error);
}

gboolean
bus_pairings_forget_program (BusPairings *pairings, const char *address, GError **error)
{
  BusPairing *pairing = pairings_find_at (pairings, address);

  if (pairing == NULL) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_NOT_FOUND, "There is no paired program at this address.");
    return FALSE;
  }
  g_ptr_array_remove (pairings->programs, pairing);
  pairings->n_changes++;
  return TRUE;
}
