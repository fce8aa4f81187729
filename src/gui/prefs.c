#include "gui/prefs.h"

#include "common/log.h"
#include "gui/desktop_settings.h"

/* The key file, INI as GKeyFile writes it:
 *   [view]    unit=btc|sat  hide-amounts=true|false  theme=system|light|dark
 *   [window]  width= height= (logical pixels)  maximized=
 *   [network] last=NAME
 *   [wallet]  NETWORK=name of the wallet shown last
 *   [advanced] inspection=true|false  session-bus=true|false
 *   [console] warned=true  size=PERCENT  NETWORK=LINE;LINE;…
 *   [node]    NETWORK=address of a node that runs by itself
 *   [listen]  NETWORK=true|false, whether the application's own node lets other computers connect */

static const char *const theme_names[] = {
  [GUI_THEME_SYSTEM] = "system",
  [GUI_THEME_LIGHT] = "light",
  [GUI_THEME_DARK] = "dark",
};

#define DEFAULT_WIDTH 1000
#define DEFAULT_HEIGHT 680
#define MIN_SIZE 360
#define MAX_SIZE 16384
#define USUAL_CONSOLE_SIZE 100
#define MIN_CONSOLE_SIZE 50
#define MAX_CONSOLE_SIZE 400

struct _GuiPrefs {
  GObject parent_instance;

  GKeyFile *file;
  char *path;
  gboolean writing;
  gboolean changed;  /* since writing began */
  GTask *flush_task; /* waits for the file; NULL: none */
};

G_DEFINE_FINAL_TYPE (GuiPrefs, gui_prefs, G_TYPE_OBJECT)

enum { SIGNAL_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void prefs_write (GuiPrefs *self);

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GuiPrefs) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GTask) task = NULL;

  if (!g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    common_warn ("The preferences of the application could not be saved: %s", error->message);
  self->writing = FALSE;
  if (self->changed) {
    prefs_write (self);
    return;
  }
  task = g_steal_pointer (&self->flush_task);
  if (task != NULL)
    g_task_return_boolean (task, TRUE);
}

static void
prefs_write (GuiPrefs *self)
{
  g_autoptr (GFile) file = g_file_new_for_path (self->path);
  g_autoptr (GBytes) bytes = NULL;
  gsize len;
  char *text = g_key_file_to_data (self->file, &len, NULL);

  self->writing = TRUE;
  self->changed = FALSE;
  bytes = g_bytes_new_take (text, len);
  g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE,
                                       G_FILE_CREATE_REPLACE_DESTINATION | G_FILE_CREATE_PRIVATE, NULL, saved_cb,
                                       g_object_ref (self));
}

/* At once. While the file is being written it is written again afterwards. */
static void
prefs_save (GuiPrefs *self)
{
  self->changed = TRUE;
  if (self->path != NULL && !self->writing)
    prefs_write (self);
}

void
gui_prefs_flush_async (GuiPrefs *self, GAsyncReadyCallback callback, gpointer data)
{
  g_return_if_fail (GUI_IS_PREFS (self));
  g_return_if_fail (self->flush_task == NULL);

  self->flush_task = g_task_new (self, NULL, callback, data);
  if (!self->writing) {
    g_autoptr (GTask) task = g_steal_pointer (&self->flush_task);

    g_task_return_boolean (task, TRUE);
  }
}

gboolean
gui_prefs_flush_finish (GuiPrefs *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
gui_prefs_finalize (GObject *object)
{
  GuiPrefs *self = GUI_PREFS (object);

  g_key_file_unref (self->file);
  g_free (self->path);

  G_OBJECT_CLASS (gui_prefs_parent_class)->finalize (object);
}

static void
gui_prefs_class_init (GuiPrefsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gui_prefs_finalize;

  signals[SIGNAL_CHANGED]
      = g_signal_new ("changed", GUI_TYPE_PREFS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

/* Times are shown in another form. */
static void
prefs_clock_cb (GuiPrefs *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
gui_prefs_init (GuiPrefs *self)
{
  GSettings *desktop = gui_desktop_settings_get ();

  self->file = g_key_file_new ();
  /* Settings report the changes of a key only after it was read. */
  if (desktop != NULL) {
    g_variant_unref (g_settings_get_value (desktop, "clock-format"));
    g_signal_connect_object (desktop, "changed::clock-format", G_CALLBACK (prefs_clock_cb), self, G_CONNECT_SWAPPED);
  }
}

GuiPrefs *
gui_prefs_get_default (void)
{
  static GuiPrefs *prefs;

  if (prefs == NULL)
    prefs = g_object_new (GUI_TYPE_PREFS, NULL);
  return prefs;
}

void
gui_prefs_load (GuiPrefs *self, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = NULL;

  g_return_if_fail (GUI_IS_PREFS (self));
  g_return_if_fail (path != NULL);

  g_free (self->path);
  self->path = g_strdup (path);
  folder = g_path_get_dirname (path);
  g_mkdir_with_parents (folder, 0700);
  if (!g_key_file_load_from_file (self->file, path, G_KEY_FILE_NONE, &error)
      && !g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    common_warn ("The preferences in %s could not be read: %s", path, error->message);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

GuiUnit
gui_prefs_get_unit (GuiPrefs *self)
{
  g_autofree char *unit = NULL;

  g_return_val_if_fail (GUI_IS_PREFS (self), GUI_UNIT_BTC);

  unit = g_key_file_get_string (self->file, "view", "unit", NULL);
  return g_strcmp0 (unit, "sat") == 0 ? GUI_UNIT_SAT : GUI_UNIT_BTC;
}

void
gui_prefs_set_unit (GuiPrefs *self, GuiUnit unit)
{
  g_return_if_fail (GUI_IS_PREFS (self));

  g_key_file_set_string (self->file, "view", "unit", unit == GUI_UNIT_SAT ? "sat" : "btc");
  prefs_save (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

gboolean
gui_prefs_get_hide_amounts (GuiPrefs *self)
{
  g_return_val_if_fail (GUI_IS_PREFS (self), FALSE);

  return g_key_file_get_boolean (self->file, "view", "hide-amounts", NULL);
}

void
gui_prefs_set_hide_amounts (GuiPrefs *self, gboolean hide)
{
  g_return_if_fail (GUI_IS_PREFS (self));

  g_key_file_set_boolean (self->file, "view", "hide-amounts", hide);
  prefs_save (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

GuiTheme
gui_prefs_get_theme (GuiPrefs *self)
{
  g_autofree char *theme = NULL;

  g_return_val_if_fail (GUI_IS_PREFS (self), GUI_THEME_SYSTEM);

  theme = g_key_file_get_string (self->file, "view", "theme", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (theme_names); i++)
    if (g_strcmp0 (theme, theme_names[i]) == 0)
      return i;
  return GUI_THEME_SYSTEM;
}

void
gui_prefs_set_theme (GuiPrefs *self, GuiTheme theme)
{
  g_return_if_fail (GUI_IS_PREFS (self));
  g_return_if_fail (theme < G_N_ELEMENTS (theme_names));

  g_key_file_set_string (self->file, "view", "theme", theme_names[theme]);
  prefs_save (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

gboolean
gui_prefs_get_inspection (GuiPrefs *self)
{
  g_return_val_if_fail (GUI_IS_PREFS (self), FALSE);

  return g_key_file_get_boolean (self->file, "advanced", "inspection", NULL);
}

void
gui_prefs_set_inspection (GuiPrefs *self, gboolean inspection)
{
  g_return_if_fail (GUI_IS_PREFS (self));

  g_key_file_set_boolean (self->file, "advanced", "inspection", inspection);
  prefs_save (self);
}

gboolean
gui_prefs_get_session_bus (GuiPrefs *self)
{
  g_return_val_if_fail (GUI_IS_PREFS (self), FALSE);

  return g_key_file_get_boolean (self->file, "advanced", "session-bus", NULL);
}

void
gui_prefs_set_session_bus (GuiPrefs *self, gboolean session_bus)
{
  g_return_if_fail (GUI_IS_PREFS (self));

  g_key_file_set_boolean (self->file, "advanced", "session-bus", session_bus);
  prefs_save (self);
}

void
gui_prefs_get_window (GuiPrefs *self, int *width, int *height, gboolean *maximized)
{
  g_return_if_fail (GUI_IS_PREFS (self));

  *width = g_key_file_get_integer (self->file, "window", "width", NULL);
  *height = g_key_file_get_integer (self->file, "window", "height", NULL);
  *maximized = g_key_file_get_boolean (self->file, "window", "maximized", NULL);
  if (*width < MIN_SIZE || *height < MIN_SIZE || *width > MAX_SIZE || *height > MAX_SIZE) {
    *width = DEFAULT_WIDTH;
    *height = DEFAULT_HEIGHT;
  }
}

void
gui_prefs_set_window (GuiPrefs *self, int width, int height, gboolean maximized)
{
  g_return_if_fail (GUI_IS_PREFS (self));

  g_key_file_set_integer (self->file, "window", "width", width);
  g_key_file_set_integer (self->file, "window", "height", height);
  g_key_file_set_boolean (self->file, "window", "maximized", maximized);
  prefs_save (self);
}

char *
gui_prefs_dup_network (GuiPrefs *self)
{
  g_return_val_if_fail (GUI_IS_PREFS (self), NULL);

  return g_key_file_get_string (self->file, "network", "last", NULL);
}

void
gui_prefs_set_network (GuiPrefs *self, const char *name)
{
  g_return_if_fail (GUI_IS_PREFS (self));
  g_return_if_fail (name != NULL);

  g_key_file_set_string (self->file, "network", "last", name);
  prefs_save (self);
}

char *
gui_prefs_dup_wallet (GuiPrefs *self, const char *network)
{
  g_return_val_if_fail (GUI_IS_PREFS (self), NULL);

  return g_key_file_get_string (self->file, "wallet", network, NULL);
}

void
gui_prefs_set_wallet (GuiPrefs *self, const char *network, const char *wallet)
{
  g_return_if_fail (GUI_IS_PREFS (self));

  g_key_file_set_string (self->file, "wallet", network, wallet);
  prefs_save (self);
}

gboolean
gui_prefs_get_console_warned (GuiPrefs *self)
{
  g_return_val_if_fail (GUI_IS_PREFS (self), FALSE);

  return g_key_file_get_boolean (self->file, "console", "warned", NULL);
}

void
gui_prefs_set_console_warned (GuiPrefs *self)
{
  g_return_if_fail (GUI_IS_PREFS (self));

  g_key_file_set_boolean (self->file, "console", "warned", TRUE);
  prefs_save (self);
}

int
gui_prefs_get_console_size (GuiPrefs *self)
{
  int percent;

  g_return_val_if_fail (GUI_IS_PREFS (self), USUAL_CONSOLE_SIZE);

  percent = g_key_file_get_integer (self->file, "console", "size", NULL);
  return percent >= MIN_CONSOLE_SIZE && percent <= MAX_CONSOLE_SIZE ? percent : USUAL_CONSOLE_SIZE;
}

void
gui_prefs_set_console_size (GuiPrefs *self, int percent)
{
  g_return_if_fail (GUI_IS_PREFS (self));

  g_key_file_set_integer (self->file, "console", "size", CLAMP (percent, MIN_CONSOLE_SIZE, MAX_CONSOLE_SIZE));
  prefs_save (self);
}

char **
gui_prefs_dup_console_lines (GuiPrefs *self, const char *network)
{
  char **lines;

  g_return_val_if_fail (GUI_IS_PREFS (self), NULL);

  lines = g_key_file_get_string_list (self->file, "console", network, NULL, NULL);
  return lines != NULL ? lines : g_new0 (char *, 1);
}

void
gui_prefs_set_console_lines (GuiPrefs *self, const char *network, const char *const *lines)
{
  g_return_if_fail (GUI_IS_PREFS (self));

  g_key_file_set_string_list (self->file, "console", network, lines, g_strv_length ((char **) lines));
  prefs_save (self);
}

char *
gui_prefs_dup_connection (GuiPrefs *self, const char *network)
{
  g_return_val_if_fail (GUI_IS_PREFS (self), NULL);

  return g_key_file_get_string (self->file, "node", network, NULL);
}

void
gui_prefs_set_connection (GuiPrefs *self, const char *network, const char *address)
{
  g_return_if_fail (GUI_IS_PREFS (self));

  if (address != NULL)
    g_key_file_set_string (self->file, "node", network, address);
  else
    g_key_file_remove_key (self->file, "node", network, NULL);
  prefs_save (self);
}

gboolean
gui_prefs_get_listen (GuiPrefs *self, const char *network)
{
  g_return_val_if_fail (GUI_IS_PREFS (self), FALSE);

  return g_key_file_get_boolean (self->file, "listen", network, NULL);
}

void
gui_prefs_set_listen (GuiPrefs *self, const char *network, gboolean listen)
{
  g_return_if_fail (GUI_IS_PREFS (self));

  g_key_file_set_boolean (self->file, "listen", network, listen);
  prefs_save (self);
}
