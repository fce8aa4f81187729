#include "dbus/pair_enter.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "common/clock.h"
#include "dbus/errors.h"
#include "dbus/pair_call.h"
#include "dbus/pairings.h"

#define MAX_ENTERED 1024

static void
pair_enter_on_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
pair_enter_wait (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

/* A code may be typed or pasted on several lines: it ends when it is complete, or with the input. */
static gboolean
pair_enter_is_complete (const char *text, gsize len)
{
  guint n = 0;

  for (gsize i = 0; i < len; i++)
    n += !g_ascii_isspace (text[i]) && text[i] != '-';
  return n >= BUS_PAIR_CODE_CHARS && text[len - 1] == '\n';
}

static BusPairCode *
pair_enter_read (GError **error)
{
  g_autoptr (CommonSecret) text = common_secret_new (NULL, MAX_ENTERED);
  gsize len = 0;
  gssize got = 1;

  if (isatty (STDIN_FILENO))
    fprintf (stderr, "Enter the pairing code that the other program shows:\n");
  while (len < MAX_ENTERED && !pair_enter_is_complete ((char *) text->data, len) && got != 0) {
    got = read (STDIN_FILENO, text->data + len, MAX_ENTERED - len);
    if (got < 0 && errno != EINTR)
      break;
    len += got > 0 ? (gsize) got : 0;
  }
  return bus_pair_code_parse ((char *) text->data, len, error);
}

/* The host's name, if it can be a name in a list. */
static const char *
pair_enter_get_name (void)
{
  const char *name = g_get_host_name ();

  return bus_pairing_name_is_valid (name) ? name : "unnamed";
}

static gboolean
pair_enter_call (const CommonProgram *program,
                 const BusPairRequest *request,
                 const BusAddress *address,
                 const BusPairCode *code,
                 BusRoles *roles,
                 GError **error)
{
  g_autoptr (GTlsCertificate) own = bus_identity_load (program->network_dir, request->own_role, error);
  g_autoptr (GAsyncResult) result = NULL;

  if (own == NULL)
    return FALSE;
  bus_pair_async (address, code, own, request, NULL, pair_enter_on_result, &result);
  pair_enter_wait (&result);
  return bus_pair_finish (result, roles, error);
}

static gboolean
pair_enter_keep (BusPairings *pairings,
                 const char *address,
                 const BusPairCode *code,
                 const char *role,
                 BusRoles roles,
                 GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  if (!bus_pairings_add_program (pairings, address, code->fingerprint32, role, roles, common_clock_now (), error))
    return FALSE;
  bus_pairings_save_async (pairings, pair_enter_on_result, &result);
  pair_enter_wait (&result);
  return bus_pairings_save_finish (result, error);
}

gboolean
bus_pair_enter (const CommonProgram *program,
                const char *own_role,
                const char *role,
                const BusAddress *address,
                GError **error)
{
  const BusPairRequest request
      = { .own_role = own_role, .role = role, .network = program->network->name, .name = pair_enter_get_name () };
  g_autofree char *text = bus_address_dup_text (address);
  g_autoptr (BusPairings) pairings = NULL;
  g_autoptr (BusPairCode) code = NULL;
  BusRoles roles;

  if (address->kind != BUS_ADDRESS_TLS) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT,
                         "Only programs on other machines have to be paired. Use -ipcconnect=tls:HOST:PORT.");
    return FALSE;
  }
  pairings = bus_pairings_load (program->network_dir, own_role, error);
  code = pairings != NULL ? pair_enter_read (error) : NULL;
  if (code == NULL || !pair_enter_call (program, &request, address, code, &roles, error)
      || !pair_enter_keep (pairings, text, code, role, roles, error))
    return FALSE;
  printf ("Paired with the %s at %s, with the role %s.\n", role, text, bus_roles_get_name (roles));
  return TRUE;
}
