#include "rpc/json_private.h"

#include <string.h>

#include "common/text.h"

/* A strict parser for RFC 8259. Where no value is requested the text is only validated, without allocating memory. */

typedef struct {
  const char *at;
  const char *end;
  guint depth;
  gsize room;       /* the number of values that may still be created */
  GString *scratch; /* NULL until the first string with an escape */
} Parser;

static gboolean parse_value (Parser *p, RpcJson **value);

static void
skip_space (Parser *p)
{
  while (p->at < p->end && (*p->at == ' ' || *p->at == '\t' || *p->at == '\n' || *p->at == '\r'))
    p->at++;
}

/* Skips white space, then consumes the byte WHAT if it is next. */
static gboolean
parser_accept (Parser *p, char what)
{
  skip_space (p);
  if (p->at == p->end || *p->at != what)
    return FALSE;
  p->at++;
  return TRUE;
}

static gboolean
take_word (Parser *p, const char *word)
{
  gsize len = strlen (word);
  if ((gsize) (p->end - p->at) < len || memcmp (p->at, word, len) != 0)
    return FALSE;
  p->at += len;
  return TRUE;
}

static gboolean
parse_hex4 (Parser *p, guint *code)
{
  *code = 0;
  if (p->end - p->at < 4)
    return FALSE;
  for (guint i = 0; i < 4; i++) {
    gint digit = g_ascii_xdigit_value (*p->at++);
    if (digit < 0)
      return FALSE;
    *code = *code << 4 | (guint) digit;
  }
  return TRUE;
}

static gboolean
parse_unicode_escape (Parser *p)
{
  guint code, low;

  if (!parse_hex4 (p, &code))
    return FALSE;
  if (code >= 0xdc00 && code <= 0xdfff)
    return FALSE;
  if (code >= 0xd800 && code <= 0xdbff) {
    if (!take_word (p, "\\u") || !parse_hex4 (p, &low) || low < 0xdc00 || low > 0xdfff)
      return FALSE;
    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
  }
  if (code == 0)
    g_string_append (p->scratch, COMMON_TEXT_ZERO);
  else
    g_string_append_unichar (p->scratch, code);
  return TRUE;
}

static gboolean
parse_escape (Parser *p)
{
  static const char letters[] = "\"\\/bfnrt";
  static const char bytes[] = "\"\\/\b\f\n\r\t";
  const char *letter;
  char c;

  if (p->at == p->end)
    return FALSE;
  c = *p->at++;
  if (c == 'u')
    return parse_unicode_escape (p);
  letter = c != '\0' ? strchr (letters, c) : NULL;
  if (letter == NULL)
    return FALSE;
  g_string_append_c (p->scratch, bytes[letter - letters]);
  return TRUE;
}

/* The number of bytes that follow without an escape. */
static gsize
plain_len (const Parser *p)
{
  const char *at = p->at;
  while (at < p->end && *at != '"' && *at != '\\' && (guchar) *at >= 0x20)
    at++;
  return (gsize) (at - p->at);
}

/* The rest of a string with escapes, into p->scratch. */
static gboolean
parse_escaped (Parser *p)
{
  if (p->scratch == NULL)
    p->scratch = g_string_new (NULL);
  g_string_truncate (p->scratch, 0);
  while (p->at < p->end) {
    gsize len = plain_len (p);
    g_string_append_len (p->scratch, p->at, (gssize) len);
    p->at += len;
    if (p->at == p->end || (guchar) *p->at < 0x20)
      return FALSE;
    if (*p->at++ == '"')
      return TRUE;
    if (!parse_escape (p))
      return FALSE;
  }
  return FALSE;
}

/* The string after its opening quote. Borrowed until the next string is parsed; not zero-terminated. */
static gboolean
parse_string (Parser *p, const char **text, gsize *len)
{
  *text = p->at;
  *len = plain_len (p);
  if (p->at + *len < p->end && p->at[*len] == '"') {
    p->at += *len + 1;
    return TRUE;
  }
  if (!parse_escaped (p))
    return FALSE;
  *text = p->scratch->str;
  *len = p->scratch->len;
  return TRUE;
}

static char *
dup_text (const char *text, gsize len)
{
  char *copy = g_malloc (len + 1);
  memcpy (copy, text, len);
  copy[len] = '\0';
  return copy;
}

static gboolean
parse_array (Parser *p, RpcJson *array)
{
  if (parser_accept (p, ']'))
    return TRUE;
  do {
    RpcJson *value = NULL;
    if (!parse_value (p, array != NULL ? &value : NULL))
      return FALSE;
    if (array != NULL)
      rpc_json_append (array, value);
  } while (parser_accept (p, ','));
  return parser_accept (p, ']');
}

static gboolean
parse_object (Parser *p, RpcJson *object)
{
  if (parser_accept (p, '}'))
    return TRUE;
  do {
    g_autofree char *name = NULL;
    RpcJson *value = NULL;
    const char *text;
    gsize len;
    if (!parser_accept (p, '"') || !parse_string (p, &text, &len))
      return FALSE;
    name = object != NULL ? dup_text (text, len) : NULL;
    if (!parser_accept (p, ':') || !parse_value (p, object != NULL ? &value : NULL))
      return FALSE;
    if (object != NULL)
      rpc_json_take_pair (object, g_steal_pointer (&name), value);
  } while (parser_accept (p, ','));
  return parser_accept (p, '}');
}

static gboolean
parse_nested (Parser *p, RpcJson **value)
{
  gboolean array = *p->at++ == '[', ok;
  g_autoptr (RpcJson) nested = NULL;

  if (p->depth == RPC_JSON_MAX_DEPTH)
    return FALSE;
  if (value != NULL)
    nested = array ? rpc_json_new_array () : rpc_json_new_object ();
  p->depth++;
  ok = array ? parse_array (p, nested) : parse_object (p, nested);
  p->depth--;
  if (ok && value != NULL)
    *value = g_steal_pointer (&nested);
  return ok;
}

static gboolean
parse_text (Parser *p, RpcJson **value)
{
  const char *text;
  gsize len;

  p->at++;
  if (!parse_string (p, &text, &len))
    return FALSE;
  if (value != NULL)
    *value = rpc_json_copy_text (RPC_JSON_STRING, text, len);
  return TRUE;
}

static gboolean
parse_number (Parser *p, RpcJson **value)
{
  gsize len = rpc_json_number_len (p->at, (gsize) (p->end - p->at));

  if (len == 0)
    return FALSE;
  if (value != NULL)
    *value = rpc_json_copy_text (RPC_JSON_NUMBER, p->at, len);
  p->at += len;
  return TRUE;
}

static gboolean
parse_word (Parser *p, RpcJson **value)
{
  gboolean truth = *p->at == 't';

  if (*p->at == 'n') {
    if (!take_word (p, "null"))
      return FALSE;
    if (value != NULL)
      *value = rpc_json_new_null ();
    return TRUE;
  }
  if (!take_word (p, truth ? "true" : "false"))
    return FALSE;
  if (value != NULL)
    *value = rpc_json_new_bool (truth);
  return TRUE;
}

/* VALUE NULL: the text is only validated. */
static gboolean
parse_value (Parser *p, RpcJson **value)
{
  skip_space (p);
  if (p->at == p->end)
    return FALSE;
  if (value != NULL && p->room-- == 0)
    return FALSE;
  switch (*p->at) {
  case '[':
  case '{':
    return parse_nested (p, value);
  case '"':
    return parse_text (p, value);
  case 't':
  case 'f':
  case 'n':
    return parse_word (p, value);
  default:
    return parse_number (p, value);
  }
}

static gboolean
parse_whole (const char *text, gsize len, gsize max_values, RpcJson **value)
{
  Parser p = { text, text + len, 0, max_values, NULL };
  gboolean ok;

  if (!g_utf8_validate_len (text, len, NULL))
    return FALSE;
  ok = parse_value (&p, value);
  if (p.scratch != NULL)
    g_string_free (p.scratch, TRUE);
  skip_space (&p);
  return ok && p.at == p.end;
}

RpcJson *
rpc_json_parse_bounded (const char *text, gsize len, gsize max_values)
{
  RpcJson *value = NULL;

  g_return_val_if_fail (text != NULL, NULL);
  if (parse_whole (text, len, max_values, &value))
    return value;
  rpc_json_unref (value);
  return NULL;
}

RpcJson *
rpc_json_parse (const char *text, gsize len)
{
  return rpc_json_parse_bounded (text, len, G_MAXSIZE);
}

RpcJson *
rpc_json_unpack (RpcJson *json)
{
  g_return_val_if_fail (json != NULL, NULL);
  return json->packed ? rpc_json_parse (json->text, json->len) : rpc_json_ref (json);
}

gboolean
rpc_json_is_valid (const char *text, gsize len)
{
  g_return_val_if_fail (text != NULL, FALSE);
  return parse_whole (text, len, 0, NULL);
}

gboolean
rpc_json_next_element (const char **at, const char *end, gsize max_values, RpcJson **element)
{
  Parser p = { *at, end, 0, max_values, NULL };
  gboolean ok;

  *element = NULL;
  if (!parser_accept (&p, '[') && !parser_accept (&p, ','))
    return FALSE;
  skip_space (&p);
  *at = p.at;
  if (p.at == end || *p.at == ']')
    return FALSE;
  ok = parse_value (&p, element);
  if (!ok) { /* too many values: they are skipped to find the next element */
    p.at = *at;
    p.depth = 0;
    ok = parse_value (&p, NULL);
  }
  if (p.scratch != NULL)
    g_string_free (p.scratch, TRUE);
  *at = p.at;
  return ok;
}
