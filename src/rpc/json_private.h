#pragma once

#include "rpc/json.h"

G_BEGIN_DECLS

#define RPC_JSON_MAX_DEPTH 512

/* How a value is kept. Shared by the files json*.c only. */
struct _RpcJson {
  gint ref_count; /* atomic */
  guint8 type;    /* RpcJsonType */
  guint8 truth;   /* of a bool */
  gsize text_len;
  char *text;        /* of a number or string; a string may hold zero bytes */
  GPtrArray *values; /* of an array or object; NULL while it is empty */
  GPtrArray *names;  /* of an object, beside `values` */
  GHashTable *index; /* name → place + 1; made once an object is large */
};

/* Takes over TEXT, LEN bytes and a zero. */
RpcJson *rpc_json_take_text (RpcJsonType type, char *text, gsize len);

/* Adds VALUE under NAME, both taken over, whether or not there is one of that name: the first one is found by it. */
void rpc_json_take_pair (RpcJson *object, char *name, RpcJson *value);

/* Bytes of the number literal at TEXT, 0 when there is none. */
gsize rpc_json_number_len (const char *text, gsize len);

G_END_DECLS
