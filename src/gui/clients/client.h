#pragma once

#include "dbus/errors.h"

G_BEGIN_DECLS

/* One object of a worker as the pages see it: it outlives the worker. While the worker is gone it keeps the last figures
 * and is not online, and calls fail. What is a kind of its own says below which interface it speaks, and adds its figures
 * and its methods. Main context; nothing here waits.
 *
 * Signals: "changed" after the worker announced changes (twenty times a second at most), or the online state changed. "wrong"
 * (const char *what): a value came that cannot be, and is not kept; WHAT names the property or the method. */

#define GUI_TYPE_CLIENT (gui_client_get_type ())
G_DECLARE_DERIVABLE_TYPE (GuiClient, gui_client, GUI, CLIENT, GObject)

struct _GuiClientClass {
  GObjectClass parent_class;

  GType proxy_type;      /* of the generated proxy */
  const char *interface; /* its name; static */
  BusError absent;       /* the error of calls while the worker is not running, and its message; static */
  const char *absent_text;
  /* Keeps what PROXY knows now. NULL, or the name of the property that cannot be (static): nothing is kept then. The
   * function itself may be NULL. */
  const char *(*take_figures) (GuiClient *self, gpointer proxy);
};

/* Connects to the object PATH on CONNECTION. */
void gui_client_attach (GuiClient *self, GDBusConnection *connection, const char *path);
void gui_client_detach (GuiClient *self);

gboolean gui_client_get_online (GuiClient *self);

/* Calls METHOD with PARAMETERS, a tuple, consumed when floating. TIMEOUT_MS -1: the default. CALLBACK may be NULL. */
void gui_client_call_async (GuiClient *self,
                            const char *method,
                            GVariant *parameters,
                            int timeout_ms,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer data);
/* Calls METHOD, which begins an Operation1, and waits until that has finished; its result is the answer, an a{sv}. What
 * is cancelled is asked to stop. Ends with gui_client_call_finish(). */
void gui_client_run_async (GuiClient *self,
                           const char *method,
                           GVariant *parameters,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer data);
/* The answer, a tuple of the types that the interface names; the caller owns it. */
GVariant *gui_client_call_finish (GuiClient *self, GAsyncResult *result, GError **error);
/* The same, the first value of it alone. */
GVariant *gui_client_call_finish_value (GuiClient *self, GAsyncResult *result, GError **error);

/* Adds "label" to OPTIONS: LABEL, as far as a wallet takes it. None is added when it is NULL or empty. For the kinds of client. */
void gui_client_add_label (GVariantDict *options, const char *label);

/* Says that the answer of METHOD cannot be: by the signal "wrong", and in *ERROR by G_IO_ERROR_INVALID_DATA, which is not an
 * error of the worker: whether it did its work is not known. For the kinds of client. */
void gui_client_refuse (GuiClient *self, const char *method, GError **error);

G_END_DECLS
