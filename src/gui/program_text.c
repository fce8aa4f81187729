#include "gui/program_text.h"

#include "common/ending.h"

#include <glib/gi18n.h>

static const char *
program_failed_sentence (GuiWorker worker, const char *detail)
{
  gboolean node = worker == GUI_WORKER_NODE;

  if (g_str_has_prefix (detail, COMMON_ENDING_DISK_FULL))
    return node ? _ ("The node stopped because the disk is full. Nothing was lost. Free some space, then try again.")
                : _ ("The wallet stopped because the disk is full. Your coins are safe. Free some space, then try "
                     "again.");
  if (g_str_has_prefix (detail, COMMON_ENDING_DAMAGED))
    return _ ("The node stopped because its copy of the chain is damaged. Your coins are safe. Rebuild it from the "
              "blocks; this takes a while. If it happens again, check the disk.");
  if (g_str_has_prefix (detail, COMMON_ENDING_UNREADABLE))
    return _ ("The node stopped because the disk could not be read or written. Your coins are safe. Check that the "
              "disk is connected, then try again.");
  if (g_str_has_prefix (detail, COMMON_ENDING_LOCKED))
    return _ ("The node does not start: another Moneyrocket uses its folder. Close that one, then try again.");
  return node ? _ ("The node stopped because of an error. Your coins are safe. Try again, or see Details.")
              : _ ("The wallet stopped because of an error. Your coins are safe. Try again, or see Details.");
}

static const char *
program_local_sentence (GuiProgram *program)
{
  GuiWorker worker = gui_program_get_worker (program);
  gboolean node = worker == GUI_WORKER_NODE;

  switch (gui_program_get_state (program)) {
  case GUI_WORKER_WRONG:
    return node
               ? _ ("The node sent values that cannot be right, and they are not shown. Close Moneyrocket and start it "
                    "again.")
               : _ ("The wallet sent values that cannot be right, and they are not shown. Close Moneyrocket and start "
                    "it again.");
  case GUI_WORKER_SILENT:
    return node ? _ ("The node does not answer. Wait for it, or close Moneyrocket and start it again.")
                : _ ("The wallet does not answer. Wait for it, or close Moneyrocket and start it again.");
  case GUI_WORKER_LOST:
    return node ? _ ("The node stopped. It is being restarted.") : _ ("The wallet stopped. It is being restarted.");
  case GUI_WORKER_FAILED:
    return program_failed_sentence (worker, gui_program_get_detail (program));
  case GUI_WORKER_RUNNING:
    return node ? _ ("The node is back.") : _ ("The wallet is back.");
  case GUI_WORKER_STARTING:
  case GUI_WORKER_STOPPED:
    return "";
  }
  return "";
}

/* With one %s for its place. */
static const char *
program_refused_format (GuiProgram *program)
{
  gboolean node = gui_program_get_worker (program) == GUI_WORKER_NODE;

  switch (gui_program_get_refusal (program)) {
  case GUI_REFUSAL_NETWORK:
    return node
               ? _ ("The node on %s is on another network than this window. Choose that network, or another node.")
               : _ ("The wallet on %s is on another network than this window. Choose that network, or another wallet.");
  case GUI_REFUSAL_PROGRAM:
    return node ? _ ("What answers on %s is not a node. Check the address.")
                : _ ("What answers on %s is not a wallet. Check the address.");
  case GUI_REFUSAL_PAIRING:
    return _ (
        "This computer is not connected with %s yet. Show a code there, and enter it in Preferences, Connection.");
  case GUI_REFUSAL_VERSION:
  case GUI_REFUSAL_NONE:
    break;
  }
  return node
             ? _ ("The node on %s is of another version than this window. Install the same version on both sides, then "
                  "try again.")
             : _ ("The wallet on %s is of another version than this window. Install the same version on both sides, "
                  "then try again.");
}

static const char *
program_lost_format (GuiProgram *program)
{
  gboolean node = gui_program_get_worker (program) == GUI_WORKER_NODE;

  if (gui_program_was_ready (program))
    return node ? _ ("The connection to the node on %s was lost. It is tried again.")
                : _ ("The connection to the wallet on %s was lost. It is tried again.");
  return node ? _ ("The node on %s cannot be reached. Check that it is running; it is tried again.")
              : _ ("The wallet on %s cannot be reached. Check that it is running; it is tried again.");
}

static const char *
program_remote_format (GuiProgram *program)
{
  gboolean node = gui_program_get_worker (program) == GUI_WORKER_NODE;

  switch (gui_program_get_state (program)) {
  case GUI_WORKER_WRONG:
    return node
               ? _ ("The node on %s sent values that cannot be right, and they are not shown. Start it again there.")
               : _ ("The wallet on %s sent values that cannot be right, and they are not shown. Start it again there.");
  case GUI_WORKER_SILENT:
    return node ? _ ("The node on %s does not answer. It may be busy: wait for it.")
                : _ ("The wallet on %s does not answer. It may be busy: wait for it.");
  case GUI_WORKER_LOST:
    return program_lost_format (program);
  case GUI_WORKER_FAILED:
    return program_refused_format (program);
  case GUI_WORKER_RUNNING:
    return node ? _ ("The connection to the node on %s is back.") : _ ("The connection to the wallet on %s is back.");
  case GUI_WORKER_STARTING:
  case GUI_WORKER_STOPPED:
    return "";
  }
  return "";
}

/* FORMAT has at most one %s. */
static char *
program_dup_with_place (const char *format, const char *place)
{
  GString *text = g_string_new (format);

  g_string_replace (text, "%s", place, 1);
  return g_string_free (text, FALSE);
}

char *
gui_program_dup_sentence (GuiProgram *program)
{
  const char *place;

  g_return_val_if_fail (GUI_IS_PROGRAM (program), NULL);

  place = gui_program_get_place (program);
  return place == NULL ? g_strdup (program_local_sentence (program))
                       : program_dup_with_place (program_remote_format (program), place);
}

char *
gui_program_dup_name (GuiProgram *program)
{
  const char *place;

  g_return_val_if_fail (GUI_IS_PROGRAM (program), NULL);

  place = gui_program_get_place (program);
  if (place == NULL)
    return g_strdup ("");
  return g_strdup_printf (gui_program_get_worker (program) == GUI_WORKER_NODE ? _ ("Node on %s") : _ ("Wallet on %s"),
                          place);
}

static const char *
program_missing_format (BusRoles role)
{
  if (role == BUS_ROLE_OPERATE)
    return _ ("This window can view the node on %s, but not operate it. The person who runs that node can allow it.");
  return _ ("This window can view the wallet on %s, but not use it. The person who runs that wallet can allow it.");
}

char *
gui_program_dup_missing_right (GuiProgram *program, BusRoles role)
{
  const char *place = program != NULL ? gui_program_get_place (program) : NULL;

  if (place == NULL || !gui_program_was_ready (program) || (gui_program_get_roles (program) & role) != 0)
    return NULL;
  return program_dup_with_place (program_missing_format (role), place);
}
