#pragma once

#include "rpc/json.h"

G_BEGIN_DECLS

#define RPC_JSON_MAX_DEPTH 512

typedef struct {
  char *name; /* NULL in an array */
  RpcJson *value;
} RpcJsonEntry;

/* The representation of a value, private to the files json*.c. A value with a text is a single allocation. */
struct _RpcJson {
  gint ref_count; /* atomic */
  guint8 type;    /* RpcJsonType */
  guint8 truth;   /* of a bool */
  guint8 plain;   /* the text is written as it is */
  guint8 packed;  /* an array or object that is stored as text only */
  guint8 secret;  /* the text is wiped when it is freed */
  gsize len;      /* bytes of the text, or entries */
  gsize room;     /* for entries */
  RpcJsonEntry *entries;
  GHashTable *index; /* name → index + 1; created when an object becomes large */
  char text[];       /* of a number or string, zero-terminated */
};

/* A number or string of LEN bytes, which the caller writes into its text. */
RpcJson *rpc_json_new_text (RpcJsonType type, gsize len);
RpcJson *rpc_json_copy_text (RpcJsonType type, const char *text, gsize len);

/* Adds VALUE under NAME, and takes ownership of both. If NAME exists already, look-ups return the first value. */
void rpc_json_take_pair (RpcJson *object, char *name, RpcJson *value);

/* Bytes of the number literal at TEXT, 0 when there is none. */
gsize rpc_json_number_len (const char *text, gsize len);

G_END_DECLS
