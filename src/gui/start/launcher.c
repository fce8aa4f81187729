#include "gui/start/launcher.h"

#include "gui/start/instance.h"

/* A node whose application was killed may hold the lock for a moment: only after this time it is reported. */
#define LOCK_PATIENCE_US (2 * G_USEC_PER_SEC)
#define LOCK_INTERVAL_MS 250

struct _GuiLauncher {
  GObject parent_instance;

  GApplication *app; /* borrowed: it owns this */
  char *datadir;
  GuiSession *session; /* NULL: none is to be started */
  char *folder;
  GuiInstance *instance;
  gint64 locked_since_us; /* 0: it was not locked */
  gboolean reported;      /* that it is locked */
  guint source;           /* of the next attempt */
};

G_DEFINE_FINAL_TYPE (GuiLauncher, gui_launcher, G_TYPE_OBJECT)

enum { SIGNAL_STATE, SIGNAL_ELSEWHERE, N_SIGNALS };

static guint signals[N_SIGNALS];

static void launcher_try (GuiLauncher *self);

static gboolean
launcher_try_cb (gpointer data)
{
  GuiLauncher *self = data;

  self->source = 0;
  launcher_try (self);
  return G_SOURCE_REMOVE;
}

static void
launcher_wait_for_lock (GuiLauncher *self, const char *where)
{
  gint64 now_us = g_get_monotonic_time ();

  if (self->locked_since_us == 0)
    self->locked_since_us = now_us;
  self->source = g_timeout_add (LOCK_INTERVAL_MS, launcher_try_cb, self);
  if (self->reported || now_us - self->locked_since_us < LOCK_PATIENCE_US)
    return;
  self->reported = TRUE;
  g_signal_emit (self, signals[SIGNAL_STATE], 0, (guint) GUI_START_LOCKED, where);
}

static void
launcher_claimed_cb (gpointer data, gboolean first)
{
  GuiLauncher *self = data;

  if (first && self->session != NULL)
    launcher_try (self);
  else if (!first)
    g_signal_emit (self, signals[SIGNAL_ELSEWHERE], 0);
}

static void
launcher_start_session (GuiLauncher *self)
{
  g_autoptr (GuiSession) session = g_steal_pointer (&self->session);

  gui_session_start (session);
  g_signal_emit (self, signals[SIGNAL_STATE], 0, (guint) GUI_START_READY, NULL);
}

static void
launcher_try (GuiLauncher *self)
{
  gboolean node = gui_session_is_local (self->session, GUI_WORKER_NODE);
  g_autofree char *where = NULL;
  GuiStartState state;

  /* Programs that run by themselves have folders of their own. */
  if (!node && !gui_session_is_local (self->session, GUI_WORKER_WALLET)) {
    launcher_start_session (self);
    return;
  }
  state = gui_start_check (self->folder, node, &where);
  if (state == GUI_START_FOLDER || state == GUI_START_FULL) {
    g_signal_emit (self, signals[SIGNAL_STATE], 0, (guint) state, where);
  } else if (self->instance == NULL) {
    g_autofree char *real = gui_start_dup_real (self->folder);

    self->instance = gui_instance_claim (self->app, real, launcher_claimed_cb, self);
  } else if (state == GUI_START_LOCKED) {
    launcher_wait_for_lock (self, where);
  } else {
    launcher_start_session (self);
  }
}

void
gui_launcher_start (GuiLauncher *self, GuiSession *session, BtcNetwork network)
{
  g_return_if_fail (GUI_IS_LAUNCHER (self));
  g_return_if_fail (GUI_IS_SESSION (session));

  gui_launcher_clear (self);
  self->session = g_object_ref (session);
  self->folder = gui_start_dup_network_folder (self->datadir, network);
  gui_session_prepare (session, network, self->folder);
  launcher_try (self);
}

void
gui_launcher_retry (GuiLauncher *self)
{
  g_return_if_fail (GUI_IS_LAUNCHER (self));

  if (self->session == NULL)
    return;
  g_clear_handle_id (&self->source, g_source_remove);
  launcher_try (self);
}

void
gui_launcher_clear (GuiLauncher *self)
{
  g_return_if_fail (GUI_IS_LAUNCHER (self));

  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_pointer (&self->instance, gui_instance_release);
  g_clear_object (&self->session);
  g_clear_pointer (&self->folder, g_free);
  self->locked_since_us = 0;
  self->reported = FALSE;
}

static void
gui_launcher_dispose (GObject *object)
{
  gui_launcher_clear (GUI_LAUNCHER (object));
  G_OBJECT_CLASS (gui_launcher_parent_class)->dispose (object);
}

static void
gui_launcher_finalize (GObject *object)
{
  g_free (GUI_LAUNCHER (object)->datadir);
  G_OBJECT_CLASS (gui_launcher_parent_class)->finalize (object);
}

static void
gui_launcher_class_init (GuiLauncherClass *klass)
{
  GType type = GUI_TYPE_LAUNCHER;

  G_OBJECT_CLASS (klass)->dispose = gui_launcher_dispose;
  G_OBJECT_CLASS (klass)->finalize = gui_launcher_finalize;
  signals[SIGNAL_STATE] = g_signal_new ("state", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                        G_TYPE_UINT, G_TYPE_STRING);
  signals[SIGNAL_ELSEWHERE] = g_signal_new ("elsewhere", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
gui_launcher_init (GuiLauncher *self)
{
}

GuiLauncher *
gui_launcher_new (GApplication *app, const char *datadir)
{
  GuiLauncher *self = g_object_new (GUI_TYPE_LAUNCHER, NULL);

  self->app = app;
  self->datadir = g_strdup (datadir);
  return self;
}
