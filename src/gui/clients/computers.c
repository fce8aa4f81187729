#include "gui/clients/computers.h"

#include "common/log.h"
#include "dbus/errors.h"
#include "dbus/pair_call.h"

#include <string.h>

struct _GuiComputers {
  GObject parent_instance;

  char *folder;
  char *network;
  BusPairings *pairings; /* NULL: they cannot be used */
  char *problem;
  GPtrArray *none;
};

G_DEFINE_FINAL_TYPE (GuiComputers, gui_computers, G_TYPE_OBJECT)

enum { SIGNAL_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

const GPtrArray *
gui_computers_get_list (GuiComputers *self)
{
  g_return_val_if_fail (GUI_IS_COMPUTERS (self), NULL);
  return self->pairings != NULL ? bus_pairings_get_programs (self->pairings) : self->none;
}

const char *
gui_computers_get_problem (GuiComputers *self)
{
  g_return_val_if_fail (GUI_IS_COMPUTERS (self), NULL);
  return self->problem;
}

const BusPairing *
gui_computers_find (GuiComputers *self, const char *address)
{
  g_return_val_if_fail (GUI_IS_COMPUTERS (self) && address != NULL, NULL);
  return self->pairings != NULL ? bus_pairings_find_program (self->pairings, address) : NULL;
}

static void
computers_saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  gboolean saved = bus_pairings_save_finish (result, &error);

  if (!saved)
    common_warn ("The list of other computers could not be saved: %s", error->message);
  if (task == NULL)
    g_clear_error (&error);
  else if (saved)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* TASK, which is taken, completes when the list is on the disk; NULL: nothing waits for that. */
static void
computers_changed (GuiComputers *self, GTask *task)
{
  bus_pairings_save_async (self->pairings, computers_saved_cb, task);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

void
gui_computers_forget (GuiComputers *self, const char *address)
{
  g_return_if_fail (GUI_IS_COMPUTERS (self) && address != NULL);

  if (self->pairings != NULL && bus_pairings_forget_program (self->pairings, address, NULL))
    computers_changed (self, NULL);
}

/* ---- pairing ---- */

typedef struct {
  BusAddress *address;
  BusPairCode *code;
  char *role;
  char *name;
} ComputersPairing;

static void
computers_pairing_free (gpointer data)
{
  ComputersPairing *pairing = data;

  bus_address_free (pairing->address);
  bus_pair_code_free (pairing->code);
  g_free (pairing->role);
  g_free (pairing->name);
  g_free (pairing);
}

static void
computers_paired_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  ComputersPairing *pairing = g_task_get_task_data (task);
  GuiComputers *self = g_task_get_source_object (task);
  g_autofree char *address = bus_address_dup_text (pairing->address);
  GError *error = NULL;
  BusRoles roles;

  if (!bus_pair_finish (result, &roles, &error)
      || !bus_pairings_add_program (self->pairings, address, pairing->code->fingerprint32, pairing->name, roles,
                                    g_get_real_time () / G_USEC_PER_SEC, &error)) {
    g_task_return_error (task, error);
    return;
  }
  computers_changed (self, g_steal_pointer (&task));
}

/* The identity of this application is made when it is first needed. */
static void
computers_identity_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  GTlsCertificate *identity = bus_identity_load (data, "gui", &error);

  if (identity != NULL)
    g_task_return_pointer (task, identity, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
computers_identity_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  ComputersPairing *pairing = g_task_get_task_data (task);
  const BusPairRequest request = {
    .own_role = "gui", .role = pairing->role, .network = GUI_COMPUTERS (source)->network, .name = g_get_host_name ()
  };
  GError *error = NULL;
  g_autoptr (GTlsCertificate) identity = g_task_propagate_pointer (G_TASK (result), &error);

  if (identity == NULL)
    g_task_return_error (task, error);
  else
    bus_pair_async (pairing->address, pairing->code, identity, &request, g_task_get_cancellable (task),
                    computers_paired_cb, g_object_ref (task));
}

void
gui_computers_pair_async (GuiComputers *self,
                          const BusAddress *address,
                          const char *role,
                          const char *code,
                          const char *name,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);
  g_autoptr (GTask) identity = NULL;
  ComputersPairing *pairing = g_new0 (ComputersPairing, 1);
  GError *error = NULL;

  g_return_if_fail (GUI_IS_COMPUTERS (self));

  g_task_set_task_data (task, pairing, computers_pairing_free);
  pairing->address = bus_address_copy (address);
  pairing->role = g_strdup (role);
  pairing->name = g_strdup (name);
  pairing->code = bus_pair_code_parse (code, strlen (code), &error);
  if (pairing->code == NULL) {
    g_task_return_error (task, error);
    return;
  }
  if (self->pairings == NULL) {
    g_task_return_new_error (task, BUS_ERROR, BUS_ERROR_STORAGE, "%s", self->problem);
    return;
  }
  identity = g_task_new (self, NULL, computers_identity_cb, g_object_ref (task));
  g_task_set_task_data (identity, g_strdup (self->folder), g_free);
  g_task_run_in_thread (identity, computers_identity_thread);
}

gboolean
gui_computers_pair_finish (GuiComputers *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
gui_computers_finalize (GObject *object)
{
  GuiComputers *self = GUI_COMPUTERS (object);

  bus_pairings_free (self->pairings);
  g_ptr_array_unref (self->none);
  g_free (self->problem);
  g_free (self->folder);
  g_free (self->network);
  G_OBJECT_CLASS (gui_computers_parent_class)->finalize (object);
}

static void
gui_computers_class_init (GuiComputersClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gui_computers_finalize;
  signals[SIGNAL_CHANGED]
      = g_signal_new ("changed", GUI_TYPE_COMPUTERS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
gui_computers_init (GuiComputers *self)
{
  self->none = bus_pairing_new_list ();
}

GuiComputers *
gui_computers_new (const char *folder, const char *network)
{
  GuiComputers *self = g_object_new (GUI_TYPE_COMPUTERS, NULL);
  g_autoptr (GError) error = NULL;

  self->folder = g_strdup (folder);
  self->network = g_strdup (network);
  self->pairings = bus_pairings_load (folder, "gui", &error);
  if (self->pairings == NULL) {
    common_warn ("The list of other computers cannot be used: %s", error->message);
    self->problem = g_strdup (error->message);
  }
  return self;
}
