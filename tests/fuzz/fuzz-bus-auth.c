/* The handshake: with any input it ends within its limits, sends only replies of the protocol, and accepts no client
 * that has not authenticated. */
#include <stdlib.h>
#include <string.h>

#include "dbus/wire/auth.h"

#define GUID "0123456789abcdef0123456789abcdef"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize len);

static gboolean
is_answer (const char *line)
{
  static const char *const answers[] = { "REJECTED EXTERNAL", "DATA", "OK " GUID, "AGREE_UNIX_FD", "ERROR", "" };

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    if (g_str_equal (line, answers[i]))
      return TRUE;
  return FALSE;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  BusAuth *auth = bus_auth_new (1000, GUID);
  g_autoptr (GString) reply = g_string_new (NULL);
  g_auto (GStrv) lines = NULL;
  BusAuthState state = BUS_AUTH_MORE;
  gsize n = 0;

  while (n < len && state == BUS_AUTH_MORE)
    state = bus_auth_take (auth, data[n++], reply);
  bus_auth_free (auth);
  if (n > 1 + BUS_AUTH_MAX_LINES * (BUS_AUTH_MAX_LINE + 2))
    abort ();
  lines = g_strsplit (reply->str, "\r\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    if (!is_answer (lines[i]))
      abort ();
  if (g_strv_length (lines) > BUS_AUTH_MAX_LINES + 1
      || (state == BUS_AUTH_DONE && strstr (reply->str, "OK " GUID) == NULL))
    abort ();
  return 0;
}
