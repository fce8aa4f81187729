#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The programs of Moneyrocket, and what one of them uses. */
typedef enum {
  GUI_PROCESS_APPLICATION,
  GUI_PROCESS_NODE,
  GUI_PROCESS_WALLET,
  GUI_PROCESS_OTHER, /* a program that has connected to one of them */
} GuiProcess;
#define GUI_N_PROCESSES GUI_PROCESS_OTHER /* that have a box */

/* What the program NAME, as in org.moneyrocket.Trace1, is. */
GuiProcess gui_process_of_peer (const char *name);

/* A connection of a program. */
typedef struct {
  guint64 number;
  char *peer;                 /* "parent", "node", "wallet", "client" */
  char *program;              /* what a client says that it is; may be "" */
  guint64 n_received, n_sent; /* messages */
  guint64 bytes_received, bytes_sent;
  guint n_pending; /* calls in both directions that wait for their reply */
} GuiProcessConnection;

typedef struct {
  guint pid;
  guint n_threads;
  guint64 rss, pss; /* bytes; PSS 0: unknown */
  guint64 cpu_us;
  guint64 uptime_us;
  guint64 connection; /* the number of that with this application; 0: none */
  char *version;
  gboolean attended;      /* another program has started it, and ends it */
  GPtrArray *connections; /* GuiProcessConnection */
} GuiProcessStatus;

/* From the a{sv} of org.moneyrocket.Trace1.GetStatus(), with texts that are safe to show. NULL: it is malformed. */
GuiProcessStatus *gui_process_status_parse (GVariant *record);
void gui_process_status_free (GuiProcessStatus *status);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GuiProcessStatus, gui_process_status_free)

G_END_DECLS
