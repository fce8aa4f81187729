#include "dbus/match_rules.h"

#include <string.h>

#include "dbus/errors.h"

#define MAX_RULES 64
#define MAX_LENGTH 1024

typedef enum {
  KEY_TYPE,
  KEY_SENDER,
  KEY_DESTINATION,
  KEY_INTERFACE,
  KEY_MEMBER,
  KEY_PATH,
  KEY_NAMESPACE,
  N_KEYS,
} Key;

static const char *const key_names[N_KEYS]
    = { "type", "sender", "destination", "interface", "member", "path", "path_namespace" };

typedef struct {
  char *values[N_KEYS]; /* NULL: not in the rule */
} Rule;

struct _BusMatchRules {
  GPtrArray *rules;
};

static void
rule_free (gpointer data)
{
  Rule *rule = data;

  for (gsize i = 0; i < N_KEYS; i++)
    g_free (rule->values[i]);
  g_free (rule);
}

/* Takes the value at *TEXT up to the next comma outside of quotes. NULL: it is malformed. */
static char *
rule_take_value (const char **text)
{
  g_autoptr (GString) value = g_string_new (NULL);
  const char *c = *text;
  gboolean quoted = FALSE;

  for (; *c != '\0' && (quoted || *c != ','); c++) {
    if (*c == '\'') {
      quoted = !quoted;
    } else if (!quoted && c[0] == '\\' && c[1] == '\'') {
      g_string_append_c (value, '\'');
      c++;
    } else {
      g_string_append_c (value, *c);
    }
  }
  *text = *c == ',' ? c + 1 : c;
  return quoted ? NULL : g_string_free (g_steal_pointer (&value), FALSE);
}

static gboolean
rule_take_pair (Rule *rule, const char **text)
{
  gsize len = strcspn (*text, "=");
  g_autofree char *key = g_strndup (*text, len), *value = NULL;

  if ((*text)[len] != '=')
    return FALSE;
  *text += len + 1;
  value = rule_take_value (text);
  if (value == NULL)
    return FALSE;
  g_strstrip (key);
  for (gsize i = 0; i < N_KEYS; i++)
    if (g_str_equal (key, key_names[i])) {
      g_free (rule->values[i]);
      rule->values[i] = g_steal_pointer (&value);
      break;
    }
  return TRUE;
}

static gboolean
match_rules_add (BusMatchRules *self, const char *text)
{
  Rule *rule = g_new0 (Rule, 1);

  g_ptr_array_add (self->rules, rule);
  if (strlen (text) > MAX_LENGTH || self->rules->len > MAX_RULES)
    return FALSE;
  while (*text != '\0')
    if (!rule_take_pair (rule, &text))
      return FALSE;
  return TRUE;
}

BusMatchRules *
bus_match_rules_new (const char *const *rules, GError **error)
{
  g_autoptr (BusMatchRules) self = g_new0 (BusMatchRules, 1);

  self->rules = g_ptr_array_new_with_free_func (rule_free);
  for (; *rules != NULL; rules++)
    if (!match_rules_add (self, *rules)) {
      g_set_error (error, BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT, "the match rule is malformed: %.100s", *rules);
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
bus_match_rules_free (BusMatchRules *self)
{
  g_ptr_array_unref (self->rules);
  g_free (self);
}

static const char *
message_type_name (GDBusMessage *message)
{
  switch (g_dbus_message_get_message_type (message)) {
  case G_DBUS_MESSAGE_TYPE_METHOD_CALL:
    return "method_call";
  case G_DBUS_MESSAGE_TYPE_METHOD_RETURN:
    return "method_return";
  case G_DBUS_MESSAGE_TYPE_ERROR:
    return "error";
  case G_DBUS_MESSAGE_TYPE_SIGNAL:
    return "signal";
  case G_DBUS_MESSAGE_TYPE_INVALID:
    break;
  }
  return "";
}

static gboolean
path_is_below (const char *path, const char *namespace)
{
  gsize len = strlen (namespace);

  return path != NULL
         && (g_str_equal (namespace, "/")
             || (strncmp (path, namespace, len) == 0 && (path[len] == '\0' || path[len] == '/')));
}

static gboolean
rule_matches (const Rule *rule, GDBusMessage *message)
{
  const char *path = g_dbus_message_get_path (message);
  const char *const actual[N_KEYS] = { message_type_name (message),
                                       g_dbus_message_get_sender (message),
                                       g_dbus_message_get_destination (message),
                                       g_dbus_message_get_interface (message),
                                       g_dbus_message_get_member (message),
                                       path };

  for (gsize i = 0; i < KEY_NAMESPACE; i++)
    if (rule->values[i] != NULL && g_strcmp0 (rule->values[i], actual[i]) != 0)
      return FALSE;
  return rule->values[KEY_NAMESPACE] == NULL || path_is_below (path, rule->values[KEY_NAMESPACE]);
}

gboolean
bus_match_rules_match (const BusMatchRules *self, GDBusMessage *message)
{
  for (guint i = 0; i < self->rules->len; i++)
    if (rule_matches (self->rules->pdata[i], message))
      return TRUE;
  return self->rules->len == 0;
}
