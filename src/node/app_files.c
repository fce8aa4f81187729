#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/ending.h"
#include "dbus/names.h"
#include "node/app_private.h"

/* An earlier worker whose application was killed may still hold the lock. */
#define LOCK_PATIENCE_US (15 * G_USEC_PER_SEC)
#define LOCK_AGAIN_US (50 * 1000)

/* The lock of FOLDER, which exists: the same file that the reference locks. */
static CommonFileLock *
app_take_lock (const char *folder, gint64 patience_us, GError **error)
{
  g_autofree char *path = g_build_filename (folder, ".lock", NULL);
  g_autoptr (GError) problem = NULL;
  gint64 end_us = common_clock_monotonic_us () + patience_us;
  CommonFileLock *lock = common_file_lock_new (path, &problem);

  while (lock == NULL && g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_AGAIN)
         && common_clock_monotonic_us () < end_us) {
    g_usleep (LOCK_AGAIN_US);
    g_clear_error (&problem);
    lock = common_file_lock_new (path, &problem);
  }
  if (lock != NULL)
    return lock;
  if (g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_AGAIN))
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN,
                 COMMON_ENDING_LOCKED " %s. Moneyrocket is probably already running.", folder);
  else
    g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

gboolean
node_app_take_lock (NodeApp *app, GError **error)
{
  gboolean worker = common_options_is_set (app->context.program->options, BUS_OPTION_FD);

  app->lock = app_take_lock (app->context.program->network_dir, worker ? LOCK_PATIENCE_US : 0, error);
  return app->lock != NULL;
}

gboolean
node_app_lock_blocks (NodeApp *app, GError **error)
{
  g_autofree char *blocks = g_build_filename (app->blocksdir, "blocks", NULL);

  if (!common_file_make_folder (blocks, error))
    return FALSE;
  app->blocks_lock = app_take_lock (blocks, 0, error);
  return app->blocks_lock != NULL;
}

/* The folder of -blocksdir must exist: an unmounted disk must not start a new chain. */
gboolean
node_app_make_folders (NodeApp *app, GError **error)
{
  const char *blocksdir = common_options_get (app->context.program->options, "blocksdir", NULL);

  if (blocksdir != NULL && *blocksdir != '\0' && !g_str_equal (blocksdir, "0")
      && !g_file_test (blocksdir, G_FILE_TEST_IS_DIR)) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "Specified blocks directory \"%s\" does not exist.",
                 blocksdir);
    return FALSE;
  }
  return common_file_make_folder (app->blocksdir, error);
}

/* 0, or errno. */
static int
app_write_number (const char *path, gint64 number)
{
  int fd = g_open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), problem = 0;

  if (fd < 0)
    return errno;
  if (dprintf (fd, "%" G_GINT64_FORMAT "\n", number) < 0)
    problem = errno;
  close (fd);
  return problem;
}

gboolean
node_app_write_pid (NodeApp *app, GError **error)
{
  const char *name = app->context.program->classic ? "bitcoind.pid" : "moneyrocketd.pid";
  g_autofree char *path = common_program_dup_path (app->context.program, "pid", name);
  int problem = path != NULL ? app_write_number (path, getpid ()) : 0;

  if (problem != 0) {
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (problem), "Unable to create the PID file '%s': %s (%d)",
                 path, g_strerror (problem), problem);
    return FALSE;
  }
  app->pid_file = g_steal_pointer (&path);
  return TRUE;
}
