#pragma once

#include <gio/gunixfdlist.h>

#include "dbus/errors.h"

G_BEGIN_DECLS

/* An object of a worker, for the pages: it outlives the worker. While the worker is not running it keeps the last
 * figures and is not online, and calls fail. Subclasses specify the interface, and add figures and methods. Main
 * context; nothing here blocks.
 *
 * Signals: "changed" after the worker reported changes (at most twenty times a second), or the online state changed.
 * "wrong" (const char *what): an invalid value was received and ignored; WHAT names the property or the method. */

#define GUI_TYPE_CLIENT (gui_client_get_type ())
G_DECLARE_DERIVABLE_TYPE (GuiClient, gui_client, GUI, CLIENT, GObject)

struct _GuiClientClass {
  GObjectClass parent_class;

  GType proxy_type;      /* of the generated proxy */
  const char *interface; /* its name; static */
  BusError absent;       /* the error of calls while the worker is not running, and its message; static */
  const char *absent_text;
  /* Stores the current properties of PROXY. Returns NULL, or the name of an invalid property (static): nothing is
   * stored then. The function itself may be NULL. */
  const char *(*take_figures) (GuiClient *self, gpointer proxy);
};

/* Connects to the object PATH on CONNECTION. */
void gui_client_attach (GuiClient *self, GDBusConnection *connection, const char *path);
void gui_client_detach (GuiClient *self);

gboolean gui_client_get_online (GuiClient *self);

/* Calls METHOD with PARAMETERS, a tuple, consumed if floating. TIMEOUT_MS -1: the default. CALLBACK may be NULL. */
void gui_client_call_async (GuiClient *self,
                            const char *method,
                            GVariant *parameters,
                            int timeout_ms,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer data);
/* Calls METHOD, which starts an Operation1, and completes when that has finished, with its result, an a{sv}. Cancelling
 * also cancels the operation. To be finished with gui_client_call_finish(). */
void gui_client_run_async (GuiClient *self,
                           const char *method,
                           GVariant *parameters,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer data);
/* The same as gui_client_call_async() with the descriptors FDS, which PARAMETERS refers to. */
void gui_client_call_with_fds_async (GuiClient *self,
                                     const char *method,
                                     GVariant *parameters,
                                     GUnixFDList *fds,
                                     int timeout_ms,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer data);
/* The reply, a tuple of the types in the interface; the caller owns it. */
GVariant *gui_client_call_finish (GuiClient *self, GAsyncResult *result, GError **error);
/* The same, but only its first value. */
GVariant *gui_client_call_finish_value (GuiClient *self, GAsyncResult *result, GError **error);

/* The descriptors of a reply that has been finished. NULL: none. Borrowed from RESULT. */
GUnixFDList *gui_client_get_reply_fds (GAsyncResult *result);

/* For subclasses. Adds LABEL as "label" to OPTIONS, truncated to the maximum length in a wallet. Nothing is added if it
 * is NULL or empty. */
void gui_client_add_label (GVariantDict *options, const char *label);

/* For subclasses. The reply of METHOD is invalid: emits "wrong", and sets *ERROR to G_IO_ERROR_INVALID_DATA, which is
 * not an error of the worker: it is unknown whether the call has succeeded. */
void gui_client_reject_reply (GuiClient *self, const char *method, GError **error);

G_END_DECLS
