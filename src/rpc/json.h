#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* JSON values, read and written exactly: numbers keep their text, amounts are never floating point. A value is
 * reference counted (atomic) and must not change once it is shared between threads. Depth is limited to 512.
 *
 * Strings and names are C strings, with U+0000 as in common/text.h. */

typedef enum {
  RPC_JSON_NULL,
  RPC_JSON_BOOL,
  RPC_JSON_NUMBER,
  RPC_JSON_STRING,
  RPC_JSON_ARRAY,
  RPC_JSON_OBJECT
} RpcJsonType;
typedef struct _RpcJson RpcJson;

/* NULL when the LEN bytes are not one JSON text (RFC 8259, valid UTF-8, depth at most 512). */
RpcJson *rpc_json_parse (const char *text, gsize len);
/* The same, and NULL for more than MAX_VALUES values, however deep they are. */
RpcJson *rpc_json_parse_bounded (const char *text, gsize len, gsize max_values);
/* Whether rpc_json_parse() would accept it. Creates no values. */
gboolean rpc_json_is_valid (const char *text, gsize len);
/* Reads a valid array value by value. *AT, initially at its opening bracket, advances towards END. FALSE at the end;
 * *ELEMENT (owned by the caller) is NULL when it would have more than MAX_VALUES values. */
gboolean rpc_json_next_element (const char **at, const char *end, gsize max_values, RpcJson **element);

/* INDENT 0 writes it on one line. Strings are escaped to ASCII only where JSON or the log requires it. */
char *rpc_json_write (const RpcJson *json, guint indent);
void rpc_json_write_to (GString *out, const RpcJson *json); /* on one line, at the end of OUT */

/* Takes ownership of an array or object and returns it as text on one line, which takes a fraction of the memory: for
 * the parts of a long reply. A packed value can be written and added to another value, but reads as empty. */
RpcJson *rpc_json_pack (RpcJson *json);
RpcJson *rpc_json_unpack (RpcJson *json); /* the value that was packed; for any other value a new reference */

RpcJson *rpc_json_ref (RpcJson *json);
void rpc_json_unref (RpcJson *json);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpcJson, rpc_json_unref)

/* The numbers and strings in JSON, which is not shared yet, are wiped when they are freed. Copies of them are not. */
void rpc_json_set_secret (RpcJson *json);

RpcJsonType rpc_json_type (const RpcJson *json); /* of NULL: RPC_JSON_NULL */

RpcJson *rpc_json_new_null (void);
RpcJson *rpc_json_new_bool (gboolean value);
RpcJson *rpc_json_new_int (gint64 value);
RpcJson *rpc_json_new_double (double value);     /* for ratios; 16 significant digits */
RpcJson *rpc_json_new_amount (gint64 sat);       /* BTC with eight decimals */
RpcJson *rpc_json_new_string (const char *utf8); /* bytes that are not UTF-8 are replaced */
RpcJson *rpc_json_new_plain (const char *ascii); /* printable, without quotes and backslashes */
RpcJson *rpc_json_new_hex (const guint8 *data, gsize len);
RpcJson *rpc_json_new_hash (const guint8 hash32[32]); /* reversed hex */
RpcJson *rpc_json_new_array (void);
RpcJson *rpc_json_new_object (void);

/* Arrays and objects take over VALUE; an existing name is replaced. */
void rpc_json_append (RpcJson *array, RpcJson *value);
void rpc_json_set (RpcJson *object, const char *name, RpcJson *value);
void rpc_json_add (RpcJson *object, const char *name, RpcJson *value); /* even if the name exists */

/* Reading; results are borrowed. Reading a value of another type returns 0, FALSE or NULL. */
gsize rpc_json_len (const RpcJson *json);            /* of an array or object */
RpcJson *rpc_json_at (const RpcJson *json, gsize i); /* value at index I of an array or object */
const char *rpc_json_name_at (const RpcJson *object, gsize i);
RpcJson *rpc_json_get (const RpcJson *object, const char *name); /* NULL when absent */
gboolean rpc_json_bool (const RpcJson *json);
const char *rpc_json_string (const RpcJson *json);
const char *rpc_json_literal (const RpcJson *json);          /* the text of a number */
gboolean rpc_json_int (const RpcJson *json, gint64 *value);  /* FALSE unless it is an integer in range */
gboolean rpc_json_amount (const RpcJson *json, gint64 *sat); /* number or string, at most eight decimals */
gboolean rpc_json_double (const RpcJson *json, double *value);

G_END_DECLS
