#include "gui/clients/attachment.h"

#include "dbus/errors.h"

#include <glib/gi18n.h>
#include <string.h>

#define PROGRAM ",program="

static GuiWorker
attachment_take_program (char *words, GError **error)
{
  char *option = g_strrstr (words, PROGRAM);
  const char *program = option != NULL ? option + strlen (PROGRAM) : "node";

  if (g_str_equal (program, "wallet") || g_str_equal (program, "node")) {
    if (option != NULL)
      *option = '\0';
    return g_str_equal (program, "wallet") ? GUI_WORKER_WALLET : GUI_WORKER_NODE;
  }
  g_set_error (error, BUS_ERROR, BUS_ERROR_INVALID_ADDRESS, "\"%s\" is not an address: the program is node or wallet",
               words);
  return GUI_N_WORKERS;
}

GuiWorker
gui_attachment_get_worker (const char *text)
{
  g_autofree char *words = g_strdup (text);

  return attachment_take_program (words, NULL);
}

GuiAttachment *
gui_attachment_parse (const char *text, const char *folder, GError **error)
{
  g_autofree char *words = g_strdup (text);
  g_autoptr (GuiAttachment) self = g_new0 (GuiAttachment, 1);

  g_return_val_if_fail (text != NULL && folder != NULL, NULL);

  self->worker = attachment_take_program (words, error);
  if (self->worker == GUI_N_WORKERS)
    return NULL;
  self->address = self->worker == GUI_WORKER_NODE
                      ? bus_address_parse (words, folder, BUS_ADDRESS_NODE_SOCKET, BUS_ROLES_NODE, error)
                      : bus_address_parse (words, folder, BUS_ADDRESS_WALLET_SOCKET, BUS_ROLES_OWNER, error);
  if (self->address == NULL)
    return NULL;
  self->place = g_strdup (self->address->kind == BUS_ADDRESS_UNIX ? _ ("this computer") : self->address->host);
  return g_steal_pointer (&self);
}

void
gui_attachment_free (GuiAttachment *self)
{
  if (self == NULL)
    return;
  bus_address_free (self->address);
  g_free (self->place);
  g_free (self);
}

gboolean
gui_attachment_check (const char *const *texts, const char *folder, GError **error)
{
  gboolean seen[GUI_N_WORKERS] = { FALSE };

  for (; *texts != NULL; texts++) {
    g_autoptr (GuiAttachment) attachment = gui_attachment_parse (*texts, folder, error);

    if (attachment == NULL)
      return FALSE;
    if (seen[attachment->worker]) {
      g_set_error (error, BUS_ERROR, BUS_ERROR_INVALID_ADDRESS,
                   "-ipcconnect=%s: there is another address of a %s already. Give one for the node, and one with "
                   "\",program=wallet\" for the wallet.",
                   *texts, attachment->worker == GUI_WORKER_NODE ? "node" : "wallet");
      return FALSE;
    }
    seen[attachment->worker] = TRUE;
  }
  return TRUE;
}
