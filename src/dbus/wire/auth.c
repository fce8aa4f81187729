#include "dbus/wire/auth.h"

#include <string.h>

#define REJECTED "REJECTED EXTERNAL\r\n"

typedef enum { AUTH_NUL, AUTH_NOBODY, AUTH_DATA, AUTH_KNOWN } AuthStage;

struct _BusAuth {
  char uid_hex[24]; /* its decimal digits in hex */
  char *guid;
  AuthStage stage;
  guint n_lines;
  gsize len;
  char line[BUS_AUTH_MAX_LINE + 1];
};

BusAuth *
bus_auth_new (guint32 uid, const char *guid)
{
  BusAuth *auth = g_new0 (BusAuth, 1);
  char digits[12];

  g_snprintf (digits, sizeof digits, "%u", uid);
  for (gsize i = 0; digits[i] != '\0'; i++)
    g_snprintf (auth->uid_hex + 2 * i, 3, "%02x", (guint) digits[i]);
  auth->guid = g_strdup (guid);
  return auth;
}

void
bus_auth_free (BusAuth *auth)
{
  g_free (auth->guid);
  g_free (auth);
}

/* The rest of LINE after COMMAND; NULL if LINE is another command. */
static const char *
auth_argument (const char *line, const char *command)
{
  gsize len = strlen (command);

  if (strncmp (line, command, len) != 0 || (line[len] != '\0' && line[len] != ' '))
    return NULL;
  return line[len] == ' ' ? line + len + 1 : line + len;
}

static void
auth_reject (BusAuth *auth, GString *reply)
{
  auth->stage = AUTH_NOBODY;
  g_string_append (reply, REJECTED);
}

/* CLAIM: the user that the other end claims to be; "": the one that the kernel reports. */
static void
auth_decide (BusAuth *auth, const char *claim, GString *reply)
{
  if (*claim != '\0' && g_ascii_strcasecmp (claim, auth->uid_hex) != 0) {
    auth_reject (auth, reply);
    return;
  }
  auth->stage = AUTH_KNOWN;
  g_string_append_printf (reply, "OK %s\r\n", auth->guid);
}

static void
auth_take_auth (BusAuth *auth, const char *mechanism, GString *reply)
{
  const char *claim = auth_argument (mechanism, "EXTERNAL");

  if (claim == NULL) {
    auth_reject (auth, reply);
  } else if (*claim == '\0') {
    auth->stage = AUTH_DATA;
    g_string_append (reply, "DATA\r\n");
  } else {
    auth_decide (auth, claim, reply);
  }
}

static BusAuthState
auth_take_line (BusAuth *auth, GString *reply)
{
  const char *argument;

  if (auth->stage == AUTH_KNOWN && g_str_equal (auth->line, "BEGIN"))
    return BUS_AUTH_DONE;
  if (g_str_equal (auth->line, "BEGIN"))
    return BUS_AUTH_BAD;
  if (auth->stage == AUTH_NOBODY && (argument = auth_argument (auth->line, "AUTH")) != NULL)
    auth_take_auth (auth, argument, reply);
  else if (auth->stage == AUTH_DATA && (argument = auth_argument (auth->line, "DATA")) != NULL)
    auth_decide (auth, argument, reply);
  else if (auth->stage == AUTH_KNOWN && g_str_equal (auth->line, "NEGOTIATE_UNIX_FD"))
    g_string_append (reply, "AGREE_UNIX_FD\r\n");
  else if (g_str_equal (auth->line, "CANCEL") || auth_argument (auth->line, "ERROR") != NULL)
    auth_reject (auth, reply);
  else
    g_string_append (reply, "ERROR\r\n");
  return BUS_AUTH_MORE;
}

static BusAuthState
auth_end_line (BusAuth *auth, GString *reply)
{
  if (auth->len == 0 || auth->line[auth->len - 1] != '\r' || ++auth->n_lines > BUS_AUTH_MAX_LINES)
    return BUS_AUTH_BAD;
  auth->line[auth->len - 1] = '\0';
  auth->len = 0;
  return auth_take_line (auth, reply);
}

BusAuthState
bus_auth_take (BusAuth *auth, guint8 byte, GString *reply)
{
  if (auth->stage == AUTH_NUL) {
    auth->stage = AUTH_NOBODY;
    return byte == 0 ? BUS_AUTH_MORE : BUS_AUTH_BAD;
  }
  if (byte == '\n')
    return auth_end_line (auth, reply);
  if ((byte != '\r' && !g_ascii_isprint (byte)) || auth->len == BUS_AUTH_MAX_LINE)
    return BUS_AUTH_BAD;
  auth->line[auth->len++] = (char) byte;
  return BUS_AUTH_MORE;
}
