#pragma once

#include "gui/clients/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* The part of the preferences about who may use the node: shows a code for another computer, and lists those that were let
 * in, to be renamed and revoked. Hidden unless the node allows this application to see and change that. The switch, once it is
 * confirmed, activates "app.listen". */

#define GUI_TYPE_ACCESS_GROUP (gui_access_group_get_type ())
G_DECLARE_FINAL_TYPE (GuiAccessGroup, gui_access_group, GUI, ACCESS_GROUP, AdwPreferencesGroup)

void gui_access_group_set_session (GuiAccessGroup *self, GuiSession *session);

G_END_DECLS
