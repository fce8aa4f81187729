#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A node or a wallet inside of the application's process. It is used over a connection, like a worker in a process of
 * its own. Main context. */

typedef struct {
  /* It has stopped: on request, by itself, or since its connection was closed. MESSAGE: the reason if that was an
   * error, else NULL. Called once, from the main loop; the part is then to be freed. */
  void (*stopped) (gpointer data, const char *message);
  gpointer data;
} DaemonPartOwner;

typedef struct {
  /* ARGS are its options. Takes ownership of FD, the end of its connection, even on failure. OWNER is copied. NULL with
   * ERROR. */
  gpointer (*start) (const char *const *args, int fd, const DaemonPartOwner *owner, GError **error);
  void (*stop) (gpointer part); /* begins to stop */
  void (*free) (gpointer part);
} DaemonPart;

extern const DaemonPart daemon_part_node;
extern const DaemonPart daemon_part_wallet;

/* The words of a command line: NAME and ARGS. g_strfreev(). */
char **daemon_part_dup_argv (const char *name, const char *const *args);

G_END_DECLS
