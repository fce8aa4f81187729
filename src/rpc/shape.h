#pragma once

#include "rpc/json.h"

G_BEGIN_DECLS

/* The shape of a JSON value, as method tables describe it:
 *
 *   str hex num int bool null any    a string, a string of hex digits, a number, a whole number, …
 *   false                            only this value
 *   amount                           an amount in BTC: a number, in an argument also a string
 *   time                             seconds since 1970
 *   range                            the end of a range, or its first and last number
 *   [A, B]                           a list of values, each of shape A or B
 *   (A, B)                           a list of exactly two values
 *   {a: A, b?: B = 1}                an object; b may be missing, and then counts as 1 (any JSON)
 *   {*: A}                           an object with any names
 *   A | B                            one or the other
 */
typedef enum {
  RPC_SHAPE_WORD,
  RPC_SHAPE_LIST,
  RPC_SHAPE_FIXED,
  RPC_SHAPE_OBJECT,
  RPC_SHAPE_MAP,
  RPC_SHAPE_EITHER
} RpcShapeKind;

typedef struct {
  RpcShapeKind kind;
  char *word;        /* of RPC_SHAPE_WORD */
  GPtrArray *parts;  /* of the other kinds: RpcShape */
  char *name;        /* a member of an object */
  gboolean optional; /* … */
  char *fallback;    /* … as JSON; NULL: none */
} RpcShape;

/* NULL if TEXT is not a shape. The caller owns it. */
RpcShape *rpc_shape_parse (const char *text);
void rpc_shape_free (RpcShape *shape);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpcShape, rpc_shape_free)

/* The member of an object called NAME; NULL: it has none. Borrowed. */
const RpcShape *rpc_shape_find (const RpcShape *shape, const char *name);

/* The JSON schema of the value; ARGUMENT: of an argument, not of a result. The caller owns it. */
RpcJson *rpc_shape_to_schema (const RpcShape *shape, gboolean argument);

/* As in a line of help: `[{"txid":"hex","vout":n},...]`. NAME: of the argument. */
void rpc_shape_append_line (GString *text, const RpcShape *shape, const char *name);

/* As the result in a page of help, on several lines. */
void rpc_shape_append_page (GString *text, const RpcShape *shape);

G_END_DECLS
