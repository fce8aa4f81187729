#include "rpc/convert.h"

#include <string.h>

#include <gio/gio.h>

#include "rpc/parameters.h"

typedef enum {
  FORM_ANY_TEXT,
  FORM_TEXT, /* with ":s": it may contain a "=" even where names are given */
  FORM_JSON,
  FORM_EITHER
} Form;

static Form
form_of (const char *word)
{
  if (g_str_has_suffix (word, ":j"))
    return FORM_JSON;
  if (g_str_has_suffix (word, ":s"))
    return FORM_TEXT;
  return g_str_has_suffix (word, ":e") ? FORM_EITHER : FORM_ANY_TEXT;
}

/* *FORM of the parameter at PLACE; FALSE when the method has no such parameter. */
static gboolean
form_at (char **words, gsize place, Form *form)
{
  for (guint i = 0; words[i] != NULL; i++) {
    if (words[i][0] == '+')
      continue;
    if (place-- == 0) {
      *form = form_of (words[i]);
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
form_named (char **words, const char *name, Form *form)
{
  gsize len = strlen (name);

  for (guint i = 0; words[i] != NULL; i++) {
    const char *word = words[i] + (words[i][0] == '+' ? 1 : 0);
    if (strncmp (word, name, len) == 0 && (word[len] == '\0' || word[len] == ':')) {
      *form = form_of (word);
      return TRUE;
    }
  }
  return FALSE;
}

static RpcJson *
convert_word (const char *text, Form form, GError **error)
{
  RpcJson *json = form == FORM_JSON || form == FORM_EITHER ? rpc_json_parse (text, strlen (text)) : NULL;

  if (json == NULL && form == FORM_JSON) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "Error parsing JSON: %s", text);
    return NULL;
  }
  if (json == NULL)
    json = rpc_json_new_string (text);
  rpc_json_set_secret (json); /* it may be a passphrase or a key */
  return json;
}

static RpcJson *
convert_by_place (char **known, char **words, guint *at, GError **error)
{
  g_autoptr (RpcJson) list = rpc_json_new_array ();

  for (guint i = 0; words[i] != NULL; i++) {
    Form form = FORM_ANY_TEXT;
    RpcJson *value;
    *at = i;
    form_at (known, i, &form);
    value = convert_word (words[i], form, error);
    if (value == NULL)
      return NULL;
    rpc_json_append (list, value);
  }
  return g_steal_pointer (&list);
}

/* A word with '=' may still be a positional value: if the part before it is not the name of a parameter in the table that
 * has a form, and the next parameter takes JSON and this is valid JSON, or takes text that may contain a '='. */
static gboolean
is_by_place (char **known, const char *word, const char *name, gsize place)
{
  Form form;
  g_autoptr (RpcJson) json = NULL;

  if ((form_named (known, name, &form) && form != FORM_ANY_TEXT) || !form_at (known, place, &form))
    return FALSE;
  if (form == FORM_TEXT)
    return TRUE;
  json = form == FORM_JSON ? rpc_json_parse (word, strlen (word)) : NULL;
  return json != NULL;
}

static RpcJson *
convert_by_name (char **known, char **words, guint *at, GError **error)
{
  g_autoptr (RpcJson) object = rpc_json_new_object (), list = rpc_json_new_array ();

  for (guint i = 0; words[i] != NULL; i++) {
    const char *equals = strchr (words[i], '=');
    g_autofree char *name = equals != NULL ? g_strndup (words[i], (gsize) (equals - words[i])) : NULL;
    gboolean by_place = name == NULL || is_by_place (known, words[i], name, rpc_json_len (list));
    Form form = FORM_ANY_TEXT;
    RpcJson *value;

    *at = i;
    if (by_place)
      form_at (known, rpc_json_len (list), &form);
    else
      form_named (known, name, &form);
    value = convert_word (by_place ? words[i] : equals + 1, form, error);
    if (value == NULL)
      return NULL;
    if (by_place)
      rpc_json_append (list, value);
    else
      rpc_json_set (object, name, value);
  }
  if (rpc_json_len (list) > 0)
    rpc_json_add (object, "args", g_steal_pointer (&list)); /* even if it was given: the node decides */
  return g_steal_pointer (&object);
}

RpcJson *
rpc_convert_words (const char *method, char **words, gboolean named, guint *wrong, GError **error)
{
  g_auto (GStrv) known = g_strsplit (rpc_parameters_of (method), " ", -1);
  guint at = 0;
  RpcJson *params = named ? convert_by_name (known, words, &at, error) : convert_by_place (known, words, &at, error);

  if (wrong != NULL)
    *wrong = at;
  return params;
}
