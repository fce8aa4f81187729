#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Files that survive a crash. Blocking; not for a main loop once a program has started. Errors: G_FILE_ERROR. */

/* Replaces PATH with LEN bytes of DATA: a temporary file in the same folder with MODE (such as 0600), fsync, rename,
 * fsync of the folder. After a failure PATH is unchanged. */
gboolean common_file_replace (const char *path, gconstpointer data, gsize len, int mode, GError **error);

/* The same, but only if there is no PATH yet: otherwise fails with G_FILE_ERROR_EXIST, also when another process has just
 * created it. */
gboolean common_file_create (const char *path, gconstpointer data, gsize len, int mode, GError **error);

/* Reads PATH whole, at most MAX_LEN bytes; a longer file is an error (G_FILE_ERROR_FBIG semantics:
 * G_FILE_ERROR_INVAL). */
GBytes *common_file_read (const char *path, gsize max_len, GError **error);

/* Creates PATH and its parent folders with mode 0700 where they are missing. */
gboolean common_file_make_folder (const char *path, GError **error);

/* Creates PATH, unless it exists, with a folder SUB in it. Other processes see either both or none, and may do the same
 * at the same time. */
gboolean common_file_make_folder_with (const char *path, const char *sub, GError **error);

/* fsync of a folder, so that files created or renamed in it survive a crash. */
gboolean common_file_sync_folder (const char *path, GError **error);

/* An exclusive fcntl lock on the file PATH, which is created if missing, until the process ends or the lock is freed.
 * Fails with G_FILE_ERROR_AGAIN when another process has it. */
typedef struct _CommonFileLock CommonFileLock;
CommonFileLock *common_file_lock_new (const char *path, GError **error);
void common_file_lock_free (CommonFileLock *lock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CommonFileLock, common_file_lock_free)

/* Bytes that can still be written to the file system of PATH, or G_MAXUINT64 when that is unknown. */
guint64 common_file_free_space (const char *path);

G_END_DECLS
