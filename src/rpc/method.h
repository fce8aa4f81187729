#pragma once

#include "rpc/handler.h"

G_BEGIN_DECLS

/* Tables of methods with their help, and the handler that runs them on a pool of threads. */

typedef enum {
  RPC_ARG_ANY,
  RPC_ARG_BOOL,
  RPC_ARG_INT,
  RPC_ARG_NUMBER,
  RPC_ARG_AMOUNT,
  RPC_ARG_RANGE,
  RPC_ARG_STRING,
  RPC_ARG_HEX,
  RPC_ARG_ARRAY,
  RPC_ARG_OBJECT,
  RPC_ARG_OPTIONS /* an object whose fields may also be given as named arguments */
} RpcArgType;

typedef struct {
  const char *name; /* "a|b" defines an alias */
  RpcArgType type;
  gboolean required;
  const char *help;
  const char *shape;    /* as in rpc/shape.h; NULL: according to its type */
  const char *shown;    /* in the usage line; NULL: according to its type and shape */
  const char *fallback; /* the default as JSON; NULL: none, or HELP explains it */
  gboolean hidden;      /* from help */
} RpcArg;

/* A running request. ARGS has an entry for each RpcArg of the method: a value of the declared type, or NULL when it was
 * omitted (or null). */
typedef struct {
  const struct _RpcMethod *method;
  RpcJson **args;
  guint n_args;
  const char *wallet; /* as in rpc_handler_execute_async() */
  gpointer user_data; /* of rpc_table_new(): the node or the wallet manager */
  GCancellable *cancellable;
  /* FALSE: a method with RPC_RUN_INLINE that would have to block returns NULL without an error, and is run again on the
   * pool. */
  gboolean may_wait;
  guint n_given; /* arguments up to the last one of the request, which may be null */
} RpcCall;

/* Runs on a thread of the pool, where it may block; with RPC_RUN_INLINE on any thread: see may_wait. The caller owns
 * the result; NULL with an RPC_ERROR. */
typedef RpcJson *(*RpcMethodFunc) (RpcCall *call, GError **error);

/* With RPC_RUN_DEFERRED, before RpcMethodFunc: waits on the main context. CALL is valid until TASK (whose reference is
 * taken) returns there: with the result (an RpcJson), with NULL if RpcMethodFunc must produce it, or with an RPC_ERROR.
 * It must return soon after CALL->cancellable was cancelled, which may happen on any thread. */
typedef void (*RpcMethodWait) (RpcCall *call, GTask *task);

typedef struct _RpcMethod {
  const char *category; /* "Blockchain", "Control", …; "hidden" methods are not listed by help */
  const char *name;
  RpcMethodFunc func;
  const char *help;       /* what it does, in a sentence or two; results after a blank line */
  RpcArg args[12];        /* ends at the first without a name */
  RpcRun run;             /* default: on a thread of the pool */
  RpcMethodWait wait;     /* of RPC_RUN_DEFERRED, else NULL. FUNC may then be NULL: WAIT never ends with NULL */
  const char *result;     /* the shape of the result, as in rpc/shape.h; NULL: null */
  const char *deprecated; /* the name of a deprecated form of a method: this row replaces the one before it where the
                           * form is enabled. NULL: no such row */
} RpcMethod;

#define RPC_TYPE_TABLE (rpc_table_get_type ())
G_DECLARE_FINAL_TYPE (RpcTable, rpc_table, RPC, TABLE, GObject)

/* A handler (RpcHandler) over tables of methods, with THREADS threads. */
RpcTable *rpc_table_new (gpointer user_data, guint threads);
void rpc_table_add (RpcTable *table, const RpcMethod *methods, gsize n); /* borrowed, valid as long as TABLE */

/* The same for methods with another user data than that of the table, which is not NULL. */
void rpc_table_add_for (RpcTable *table, const RpcMethod *methods, gsize n, gpointer user_data);

/* The deprecated forms of methods to enable: a NULL-terminated list. Before rpc_table_add(). */
void rpc_table_set_deprecated (RpcTable *table, const char *const *names);

/* Every result is compared with the shape that its method declares; a call whose result differs fails. Before the first
 * call. */
void rpc_table_set_check_results (RpcTable *table, gboolean check);

/* What is said about methods that the table does not have (static; default: "Method not found"). Before the first call. */
void rpc_table_set_unknown (RpcTable *table, const char *text);

/* While set, every method except `help`, `stop` and `uptime` fails with RPC_IN_WARMUP and STATUS. NULL ends it. */
void rpc_table_set_warmup (RpcTable *table, const char *status);

/* For shutdown, on the main context: from now on every method, including queued ones, fails with RPC_IN_WARMUP. Waits
 * for running methods, and iterates the main context meanwhile, since they may need it. */
void rpc_table_close (RpcTable *table);

/* Closing in two steps, for a program whose main loop is running. The first step, on any thread, rejects new calls and
 * cancels the running methods, including by the cancellables that callers have passed. */
void rpc_table_stop (RpcTable *table);
/* The second step waits until no method is running. Not on the main context. */
void rpc_table_drain (RpcTable *table);

/* Runs a method, except one with RPC_RUN_DEFERRED, synchronously on the calling thread, which may block. PARAMS is
 * borrowed. NULL with an RPC_ERROR. */
RpcJson *
rpc_table_call (RpcTable *table, const char *method, RpcJson *params, GCancellable *cancellable, GError **error);

/* Any thread: the status of rpc_table_set_warmup(), which the caller owns, or NULL. */
char *rpc_table_dup_warmup (RpcTable *table);
gboolean rpc_table_is_in_warmup (RpcTable *table);

/* `help` of this, which is no method, lists the arguments of all methods for clients: not in a help text. */
#define RPC_CONVERSIONS "dump_all_command_conversions"

/* The text of `help` and of `help METHOD`; NULL for an unknown method. The caller owns it. */
char *rpc_table_dup_help (RpcTable *table, const char *method);

/* The running methods: an array of { "method", "duration" (microseconds) }. Any thread. */
RpcJson *rpc_table_dup_active (RpcTable *table);

/* Sets an RPC_ERROR with CODE and returns NULL, so that a method can end with `return rpc_fail (…)`. */
gpointer rpc_fail (GError **error, int code, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* The same with FALSE. */
gboolean rpc_refuse (GError **error, int code, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* Checked access to arguments, with the reference's messages. */
gboolean rpc_call_hash (RpcCall *call, guint i, guint8 out32[32], GError **error);
/* Outside of MIN and MAX is "out of range", too. */
gboolean rpc_call_int (RpcCall *call, guint i, gint64 fallback, gint64 min, gint64 max, gint64 *value, GError **error);
/* A verbosity: a number of 32 bits, or a boolean as it once was. */
gboolean rpc_call_verbosity (RpcCall *call, guint i, gint64 fallback, gint64 *verbosity, GError **error);
gboolean rpc_call_bool (RpcCall *call, guint i, gboolean fallback);
const char *rpc_call_string (RpcCall *call, guint i); /* NULL when omitted */

/* Argument I as bytes; it must have been given. The caller owns them. */
GBytes *rpc_call_hex (RpcCall *call, guint i, GError **error);

/* Values inside an argument; NAME is their name in error messages. JSON NULL counts as a value of the wrong type. */
gboolean rpc_hash_from_json (const RpcJson *json, const char *name, guint8 out32[32], GError **error);
GBytes *rpc_hex_from_json (const RpcJson *json, const char *name, GError **error);
gboolean rpc_int_from_json (const RpcJson *json, gint64 *value, GError **error);
gboolean rpc_int32_from_json (const RpcJson *json, gint64 *value, GError **error);  /* of 32 bits */
gboolean rpc_uint32_from_json (const RpcJson *json, gint64 *value, GError **error); /* of 32 bits, not negative */
gboolean rpc_bool_from_json (const RpcJson *json, gboolean *value, GError **error);
gboolean rpc_amount_from_json (const RpcJson *json, gint64 *sat, GError **error); /* 0 to 21 million BTC */

const char *rpc_string_from_json (const RpcJson *json, GError **error); /* borrowed; NULL with ERROR */

/* Sets an RPC_TYPE_ERROR: JSON is not of type EXPECTED. Returns NULL. */
gpointer rpc_fail_type (GError **error, const RpcJson *json, const char *expected);

/* "number", "string", … as messages name them. Static. */
const char *rpc_json_type_name (RpcJsonType type);

G_END_DECLS
