#include "rpc/shape.h"

#include <string.h>

typedef struct {
  const char *at;
} ShapeParser;

static RpcShape *parse_shape (ShapeParser *p);

void
rpc_shape_free (RpcShape *shape)
{
  if (shape == NULL)
    return;
  g_clear_pointer (&shape->parts, g_ptr_array_unref);
  g_free (shape->word);
  g_free (shape->name);
  g_free (shape->fallback);
  g_free (shape);
}

static RpcShape *
new_shape (RpcShapeKind kind)
{
  RpcShape *shape = g_new0 (RpcShape, 1);

  shape->kind = kind;
  if (kind != RPC_SHAPE_WORD)
    shape->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) rpc_shape_free);
  return shape;
}

static gboolean
shape_accept (ShapeParser *p, char what)
{
  while (*p->at == ' ' || *p->at == '\n')
    p->at++;
  if (*p->at != what)
    return FALSE;
  p->at++;
  return TRUE;
}

/* Letters, digits, `-` and `_`; NULL: there are none. */
static char *
take_name (ShapeParser *p)
{
  const char *from;

  while (*p->at == ' ' || *p->at == '\n')
    p->at++;
  from = p->at;
  while (g_ascii_isalnum (*p->at) || *p->at == '_' || *p->at == '-')
    p->at++;
  return p->at > from ? g_strndup (from, (gsize) (p->at - from)) : NULL;
}

/* The JSON after `=`, up to the end of the member. */
static char *
take_fallback (ShapeParser *p)
{
  const char *from;
  guint depth = 0;
  gboolean quoted = FALSE;

  while (*p->at == ' ')
    p->at++;
  for (from = p->at; *p->at != '\0'; p->at++) {
    if (*p->at == '"')
      quoted = !quoted;
    if (quoted)
      continue;
    if (depth == 0 && (*p->at == ',' || *p->at == '}'))
      break;
    depth += *p->at == '[' || *p->at == '{';
    depth -= *p->at == ']' || *p->at == '}';
  }
  return g_strndup (from, (gsize) (p->at - from));
}

static RpcShape *
parse_member (ShapeParser *p)
{
  g_autofree char *name = take_name (p);
  gboolean optional = name != NULL && shape_accept (p, '?');
  RpcShape *member;

  if (name == NULL || !shape_accept (p, ':'))
    return NULL;
  member = parse_shape (p);
  if (member == NULL)
    return NULL;
  member->name = g_steal_pointer (&name);
  member->optional = optional;
  if (shape_accept (p, '='))
    member->fallback = take_fallback (p);
  return member;
}

/* The parts after an opening bracket, up to END. */
static RpcShape *
parse_parts (ShapeParser *p, RpcShapeKind kind, char end)
{
  g_autoptr (RpcShape) shape = NULL;

  if (kind == RPC_SHAPE_OBJECT && shape_accept (p, '*')) {
    kind = RPC_SHAPE_MAP;
    if (!shape_accept (p, ':'))
      return NULL;
  }
  shape = new_shape (kind);
  if (shape_accept (p, end))
    return g_steal_pointer (&shape);
  do {
    RpcShape *part = kind == RPC_SHAPE_OBJECT ? parse_member (p) : parse_shape (p);
    if (part == NULL)
      return NULL;
    g_ptr_array_add (shape->parts, part);
  } while (shape_accept (p, ','));
  return shape_accept (p, end) ? g_steal_pointer (&shape) : NULL;
}

static RpcShape *
parse_term (ShapeParser *p)
{
  char *word;
  RpcShape *shape;

  if (shape_accept (p, '['))
    return parse_parts (p, RPC_SHAPE_LIST, ']');
  if (shape_accept (p, '('))
    return parse_parts (p, RPC_SHAPE_FIXED, ')');
  if (shape_accept (p, '{'))
    return parse_parts (p, RPC_SHAPE_OBJECT, '}');
  word = take_name (p);
  if (word == NULL)
    return NULL;
  shape = new_shape (RPC_SHAPE_WORD);
  shape->word = word;
  return shape;
}

static RpcShape *
parse_shape (ShapeParser *p)
{
  g_autoptr (RpcShape) first = parse_term (p), either = NULL;

  if (first == NULL || !shape_accept (p, '|'))
    return g_steal_pointer (&first);
  either = new_shape (RPC_SHAPE_EITHER);
  g_ptr_array_add (either->parts, g_steal_pointer (&first));
  do {
    RpcShape *next = parse_term (p);
    if (next == NULL)
      return NULL;
    g_ptr_array_add (either->parts, next);
  } while (shape_accept (p, '|'));
  return g_steal_pointer (&either);
}

RpcShape *
rpc_shape_parse (const char *text)
{
  ShapeParser parser = { text };
  g_autoptr (RpcShape) shape = NULL;

  g_return_val_if_fail (text != NULL, NULL);
  shape = parse_shape (&parser);
  return shape != NULL && shape_accept (&parser, '\0') ? g_steal_pointer (&shape) : NULL;
}

const RpcShape *
rpc_shape_find (const RpcShape *shape, const char *name)
{
  for (guint i = 0; shape->kind == RPC_SHAPE_OBJECT && i < shape->parts->len; i++) {
    const RpcShape *member = g_ptr_array_index (shape->parts, i);
    if (g_str_equal (member->name, name))
      return member;
  }
  return NULL;
}
