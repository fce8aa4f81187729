#pragma once

#include "rpc/json.h"

G_BEGIN_DECLS

#define RPC_JSON_MAX_DEPTH 512

typedef struct {
  char *name; /* NULL in an array */
  RpcJson *value;
} RpcJsonEntry;

/* How a value is kept. Shared by the files json*.c only. A value with a text is one piece of memory. */
struct _RpcJson {
  gint ref_count; /* atomic */
  guint8 type;    /* RpcJsonType */
  guint8 truth;   /* of a bool */
  guint8 plain;   /* the text is written as it is */
  guint8 packed;  /* an array or object of which there is only the text */
  gsize len;      /* bytes of the text, or entries */
  gsize room;     /* for entries */
  RpcJsonEntry *entries;
  GHashTable *index; /* name → place + 1; made once an object is large */
  char text[];       /* of a number or string, with a zero at its end; a string may hold others */
};

/* A number or string of LEN bytes, which the caller writes into its text. */
RpcJson *rpc_json_new_text (RpcJsonType type, gsize len);
RpcJson *rpc_json_copy_text (RpcJsonType type, const char *text, gsize len);

/* Adds VALUE under NAME, and takes ownership of both. If NAME exists already, look-ups find the first value. */
void rpc_json_take_pair (RpcJson *object, char *name, RpcJson *value);

/* Bytes of the number literal at TEXT, 0 when there is none. */
gsize rpc_json_number_len (const char *text, gsize len);

G_END_DECLS
