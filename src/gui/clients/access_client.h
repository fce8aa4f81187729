#pragma once

#include "common/secret.h"
#include "dbus/role.h"
#include "gui/clients/client.h"

G_BEGIN_DECLS

/* The client of Access1 of the node: which other computers may use it. */

#define GUI_TYPE_ACCESS_CLIENT (gui_access_client_get_type ())
G_DECLARE_FINAL_TYPE (GuiAccessClient, gui_access_client, GUI, ACCESS_CLIENT, GuiClient)

#define GUI_ACCESS_FINGERPRINT_LEN 32

/* A program on another computer. */
typedef struct {
  guint8 fingerprint32[GUI_ACCESS_FINGERPRINT_LEN];
  char *name;
  BusRoles roles;
  gint64 seen_s; /* since 1970; 0: never */
  gboolean connected;
} GuiAccessPairing;

GuiAccessClient *gui_access_client_new (void);

/* Whether this application may see and change who may use the node. */
gboolean gui_access_client_is_offered (GuiAccessClient *self);

/* Whether the node lets programs of other computers in at all. */
gboolean gui_access_client_get_accepts (GuiAccessClient *self);

/* Whether there is a code that can be used. */
gboolean gui_access_client_get_invites (GuiAccessClient *self);

/* Makes a code for ROLE ("observe", "operate" or "wallet"), in place of an earlier one. */
void gui_access_client_invite_async (GuiAccessClient *self,
                                     const char *role,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer data);
/* The code, a text of the alphabet of a QR code, and for how many seconds it can be used. The caller owns it. */
CommonSecret *
gui_access_client_invite_finish (GuiAccessClient *self, GAsyncResult *result, guint *seconds, GError **error);

void gui_access_client_cancel_invitation (GuiAccessClient *self);

/* The programs that are paired with the node. */
void gui_access_client_list_async (GuiAccessClient *self,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer data);
/* GuiAccessPairing, the oldest first. The caller owns it. */
GPtrArray *gui_access_client_list_finish (GuiAccessClient *self, GAsyncResult *result, GError **error);

void gui_access_client_rename_async (GuiAccessClient *self,
                                     const guint8 fingerprint32[GUI_ACCESS_FINGERPRINT_LEN],
                                     const char *name,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer data);
/* Its connections are closed, and it is not let in any more. */
void gui_access_client_revoke_async (GuiAccessClient *self,
                                     const guint8 fingerprint32[GUI_ACCESS_FINGERPRINT_LEN],
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer data);
/* Finishes both of the above. */
gboolean gui_access_client_change_finish (GuiAccessClient *self, GAsyncResult *result, GError **error);

G_END_DECLS
