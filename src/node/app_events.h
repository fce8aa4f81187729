#pragma once

#include "node/app.h"

G_BEGIN_DECLS

/* Brings what happens on the chain thread to the listeners on the main context, at most ten times a second and always
 * the latest. */
typedef struct _NodeAppEvents NodeAppEvents;

NodeAppEvents *node_app_events_new (void);
void node_app_events_free (NodeAppEvents *events); /* main context; nothing comes after this */

void node_app_events_add (NodeAppEvents *events, const NodeAppListener *listener, gpointer data);
void node_app_events_remove (NodeAppEvents *events, gpointer data);

/* Any thread. PROGRESS may be NULL: there is none. */
void node_app_events_status (NodeAppEvents *events, NodeAppState state, const NodeAppProgress *progress);
void node_app_events_validation (NodeAppEvents *events, gboolean validating, const NodeAppProgress *progress);
void node_app_events_tip (NodeAppEvents *events, NodeTip *tip);
void node_app_events_mempool (NodeAppEvents *events, guint64 sequence);
void node_app_events_set_warning (NodeAppEvents *events, const char *id, const char *text); /* TEXT NULL ends it */
void node_app_events_indexes (NodeAppEvents *events);
NodeAppStatus node_app_events_get_status (NodeAppEvents *events);
char **node_app_events_dup_warnings (NodeAppEvents *events); /* g_strfreev() */

/* Main context, at once. */
void node_app_events_stopped (NodeAppEvents *events, int exit_code);

G_END_DECLS
