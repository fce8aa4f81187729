#include "rpc/method_private.h"

#include <string.h>

#include "common/clock.h"
#include "common/log.h"

struct _RpcTable {
  GObject parent;
  gpointer user_data;
  GThreadPool *pool;
  GHashTable *methods; /* name → const RpcMethod * */
  GHashTable *others;  /* name of a method with a user data of its own → user data */
  gboolean check_results;
  const char *unknown; /* the message of RPC_METHOD_NOT_FOUND */
  char **deprecated;   /* enabled forms of methods; NULL: none */
  GMutex lock;         /* guards what follows */
  GCond idle;          /* no task is left */
  char *warmup;
  GList *active; /* of Active, oldest first */
  gboolean closing;
  gboolean stopped; /* closing, and running methods were cancelled */
  guint n_pushed;   /* tasks of the pool that have not ended */
};

typedef struct {
  const char *method;
  gint64 since_us;
  GCancellable *cancellable;
} Active;

/* A request for a thread of the pool: the data of its GTask. */
typedef struct {
  const RpcMethod *method;
  RpcJson *params;
  char *wallet;
  gboolean at_once; /* the thread must not block */
} Job;

/* A call whose method is waiting on the main context. */
typedef struct {
  GTask *task; /* of the call */
  RpcJson *args[G_N_ELEMENTS (((RpcMethod *) NULL)->args)];
  RpcJson *options;
  RpcCall call;
  Active active;
} Waiting;

static void rpc_table_handler_init (RpcHandlerInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (RpcTable,
                               rpc_table,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (RPC_TYPE_HANDLER, rpc_table_handler_init))

static void
table_job_free (gpointer data)
{
  Job *job = data;
  rpc_json_unref (job->params);
  g_free (job->wallet);
  g_free (job);
}

static void
rpc_table_init (RpcTable *table)
{
  gsize n_own;
  const RpcMethod *own = rpc_own_methods (&n_own);

  g_mutex_init (&table->lock);
  g_cond_init (&table->idle);
  table->methods = g_hash_table_new (g_str_hash, g_str_equal);
  table->unknown = "Method not found";
  table->others = g_hash_table_new (g_str_hash, g_str_equal);
  rpc_table_add (table, own, n_own);
}

static void
rpc_table_finalize (GObject *object)
{
  RpcTable *table = RPC_TABLE (object);

  /* The last reference may be released on a thread of the pool, which must not wait for the pool. */
  g_thread_pool_free (table->pool, FALSE, FALSE);
  g_hash_table_unref (table->methods);
  g_hash_table_unref (table->others);
  g_free (table->warmup);
  g_strfreev (table->deprecated);
  g_mutex_clear (&table->lock);
  g_cond_clear (&table->idle);
  G_OBJECT_CLASS (rpc_table_parent_class)->finalize (object);
}

static void
rpc_table_class_init (RpcTableClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rpc_table_finalize;
}

/* Any thread: a method begins to run or to wait. */
static void
begin_active (RpcTable *table, Active *active)
{
  gboolean stopped;

  g_mutex_lock (&table->lock);
  table->active = g_list_append (table->active, active);
  stopped = table->stopped;
  g_mutex_unlock (&table->lock);
  if (stopped)
    g_cancellable_cancel (active->cancellable);
}

static void
end_active (RpcTable *table, Active *active)
{
  g_mutex_lock (&table->lock);
  table->active = g_list_remove (table->active, active);
  if (table->stopped)
    g_cond_broadcast (&table->idle);
  g_mutex_unlock (&table->lock);
}

/* RESULT (taken over; NULL: there is none), or NULL with ERROR if it is not what the documentation of METHOD says. */
static RpcJson *
check_result (RpcTable *table, const RpcMethod *method, RpcJson *result, GError **error)
{
  g_autoptr (RpcJson) checked = result;

  if (result == NULL || !table->check_results || rpc_method_check_result (method, result, error))
    return g_steal_pointer (&checked);
  return NULL;
}

static gpointer
table_get_user_data (RpcTable *table, const RpcMethod *method)
{
  gpointer other = g_hash_table_lookup (table->others, method->name);

  return other != NULL ? other : table->user_data;
}

static RpcJson *
run_method (RpcTable *table, Job *job, GCancellable *cancellable, GError **error)
{
  RpcJson *args[G_N_ELEMENTS (job->method->args)] = { NULL };
  RpcCall call = {
    job->method, args,         rpc_method_n_args (job->method), job->wallet, table_get_user_data (table, job->method),
    cancellable, !job->at_once
  };
  Active active = { job->method->name, common_clock_monotonic_us (), cancellable };
  g_autoptr (RpcJson) options = NULL;
  RpcJson *result;

  if (!rpc_method_check_args (job->method, job->params, args, &call.n_given, &options, error))
    return NULL;
  if (rpc_method_is_own (job->method))
    call.user_data = table->methods;
  begin_active (table, &active);
  result = job->method->func (&call, error);
  end_active (table, &active);
  return check_result (table, job->method, result, error);
}

static gboolean
is_closing (RpcTable *table)
{
  gboolean closing;

  g_mutex_lock (&table->lock);
  closing = table->closing;
  g_mutex_unlock (&table->lock);
  return closing;
}

static void
count_pushed (RpcTable *table, int change)
{
  gboolean last;

  g_mutex_lock (&table->lock);
  table->n_pushed += change;
  last = table->closing && table->n_pushed == 0;
  if (last)
    g_cond_broadcast (&table->idle);
  g_mutex_unlock (&table->lock);
  if (last)
    g_main_context_wakeup (NULL);
}

#define CLOSING "Shutting down…"

static void
return_closing (GTask *task)
{
  g_task_return_new_error (task, RPC_ERROR, RPC_IN_WARMUP, CLOSING);
}

/* ERROR (taken over) as it is returned to the caller: always an RPC_ERROR. */
static GError *
complete_error (const RpcMethod *method, GError *error)
{
  GError *complete;

  if (error == NULL)
    return g_error_new (RPC_ERROR, RPC_INTERNAL_ERROR, "The method %s returned no result", method->name);
  if (error->domain == RPC_ERROR)
    return error;
  complete = g_error_new_literal (RPC_ERROR, RPC_MISC_ERROR, error->message);
  g_error_free (error);
  return complete;
}

/* Completes the call of TASK with RESULT, or with ERROR (taken over). */
static void
return_answer (GTask *task, RpcJson *result, GError *error)
{
  RpcTable *table = RPC_TABLE (g_task_get_source_object (task));
  const Job *job = g_task_get_task_data (task);

  if (result != NULL)
    g_task_return_pointer (task, result, (GDestroyNotify) rpc_json_unref);
  else
    g_task_return_error (task, complete_error (job->method, error));
  count_pushed (table, -1);
}

static void
run_task (gpointer data, gpointer user_data)
{
  g_autoptr (GTask) task = data;
  RpcTable *table = RPC_TABLE (g_task_get_source_object (task));
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;
  RpcJson *result;

  if (is_closing (table)) {
    return_closing (task);
    count_pushed (table, -1);
    return;
  }
  result = run_method (table, job, g_task_get_cancellable (task), &error);
  g_clear_pointer (&job->params, rpc_json_unref); /* here: freeing a long list would block the caller's main loop */
  return_answer (task, result, error);
}

/* ---- methods that wait ---- */

static void
waiting_free (Waiting *waiting)
{
  g_clear_pointer (&waiting->options, rpc_json_unref);
  g_clear_object (&waiting->task);
  g_free (waiting);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Waiting, waiting_free)

/* The wait is over. If it produced no result, the method now runs on the pool. */
static void
on_waited (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Waiting) waiting = data;
  RpcTable *table = RPC_TABLE (source);
  GError *error = NULL;
  RpcJson *answer = g_task_propagate_pointer (G_TASK (result), &error);

  end_active (table, &waiting->active);
  answer = check_result (table, waiting->call.method, answer, &error);
  if (answer == NULL && error == NULL && waiting->call.method->func != NULL)
    g_thread_pool_push (table->pool, g_steal_pointer (&waiting->task), NULL);
  else
    return_answer (waiting->task, answer, error);
}

/* Takes over TASK. Main context. */
static void
start_wait (RpcTable *table, GTask *task)
{
  g_autoptr (Waiting) waiting = g_new0 (Waiting, 1);
  const Job *job = g_task_get_task_data (task);
  const RpcMethod *method = job->method;
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;
  GTask *wait;

  waiting->task = task;
  waiting->call = (RpcCall){
    method,      waiting->args, rpc_method_n_args (method), job->wallet, table_get_user_data (table, method),
    cancellable, FALSE
  };
  if (!rpc_method_check_args (method, job->params, waiting->args, &waiting->call.n_given, &waiting->options, &error)) {
    return_answer (task, NULL, error);
    return;
  }
  waiting->active = (Active){ method->name, common_clock_monotonic_us (), cancellable };
  begin_active (table, &waiting->active);
  wait = g_task_new (table, cancellable, on_waited, waiting);
  g_task_set_check_cancellable (wait, FALSE);
  method->wait (&g_steal_pointer (&waiting)->call, wait);
}

RpcTable *
rpc_table_new (gpointer user_data, guint threads)
{
  RpcTable *table = g_object_new (RPC_TYPE_TABLE, NULL);

  table->user_data = user_data;
  table->pool = g_thread_pool_new (run_task, NULL, (gint) MAX (threads, 1), FALSE, NULL);
  return table;
}

static gboolean
table_has_form (RpcTable *table, const char *form)
{
  return form == NULL || (table->deprecated != NULL && g_strv_contains ((const char *const *) table->deprecated, form));
}

void
rpc_table_add (RpcTable *table, const RpcMethod *methods, gsize n)
{
  g_return_if_fail (RPC_IS_TABLE (table) && methods != NULL);
  for (gsize i = 0; i < n; i++)
    if (table_has_form (table, methods[i].deprecated))
      g_hash_table_insert (table->methods, (gpointer) methods[i].name, (gpointer) &methods[i]);
}

void
rpc_table_add_for (RpcTable *table, const RpcMethod *methods, gsize n, gpointer user_data)
{
  g_return_if_fail (user_data != NULL);

  rpc_table_add (table, methods, n);
  for (gsize i = 0; i < n; i++)
    g_hash_table_insert (table->others, (gpointer) methods[i].name, user_data);
}

void
rpc_table_set_deprecated (RpcTable *table, const char *const *names)
{
  g_return_if_fail (RPC_IS_TABLE (table) && names != NULL);
  g_strfreev (table->deprecated);
  table->deprecated = g_strdupv ((char **) names);
}

void
rpc_table_set_check_results (RpcTable *table, gboolean check)
{
  g_return_if_fail (RPC_IS_TABLE (table));
  table->check_results = check;
}

void
rpc_table_set_unknown (RpcTable *table, const char *text)
{
  g_return_if_fail (RPC_IS_TABLE (table) && text != NULL);
  table->unknown = text;
}

void
rpc_table_set_warmup (RpcTable *table, const char *status)
{
  g_return_if_fail (RPC_IS_TABLE (table));
  g_mutex_lock (&table->lock);
  g_free (table->warmup);
  table->warmup = g_strdup (status);
  g_mutex_unlock (&table->lock);
}

gboolean
rpc_table_is_in_warmup (RpcTable *table)
{
  gboolean warmup;

  g_mutex_lock (&table->lock);
  warmup = table->warmup != NULL;
  g_mutex_unlock (&table->lock);
  return warmup;
}

char *
rpc_table_dup_warmup (RpcTable *table)
{
  char *copy;

  g_return_val_if_fail (RPC_IS_TABLE (table), NULL);
  g_mutex_lock (&table->lock);
  copy = g_strdup (table->warmup);
  g_mutex_unlock (&table->lock);
  return copy;
}

static gboolean
works_in_warmup (const char *method)
{
  return g_str_equal (method, "help") || g_str_equal (method, "stop") || g_str_equal (method, "uptime");
}

static gboolean
rpc_table_has_method (RpcHandler *handler, const char *method)
{
  return g_hash_table_contains (RPC_TABLE (handler)->methods, method);
}

static void
rpc_table_execute_async (RpcHandler *handler,
                         const char *method,
                         RpcJson *params,
                         const char *wallet,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer data)
{
  RpcTable *table = RPC_TABLE (handler);
  /* If the caller passed no cancellable, rpc_table_stop() cancels this one. */
  g_autoptr (GCancellable) own = cancellable != NULL ? g_object_ref (cancellable) : g_cancellable_new ();
  GTask *task = g_task_new (table, own, callback, data);
  g_autofree char *warmup = rpc_table_dup_warmup (table);
  const RpcMethod *found = g_hash_table_lookup (table->methods, method);
  Job *job;

  /* A method that has been started returns its own result. */
  g_task_set_check_cancellable (task, FALSE);
  if (warmup != NULL && !works_in_warmup (method)) {
    g_task_return_new_error (task, RPC_ERROR, RPC_IN_WARMUP, "%s", warmup);
    g_object_unref (task);
    return;
  }
  if (is_closing (table)) {
    return_closing (task);
    g_object_unref (task);
    return;
  }
  if (found == NULL) {
    g_task_return_new_error (task, RPC_ERROR, RPC_METHOD_NOT_FOUND, "%s", table->unknown);
    g_object_unref (task);
    return;
  }
  job = g_new0 (Job, 1);
  job->method = found;
  job->params = params != NULL ? rpc_json_ref (params) : NULL;
  job->wallet = g_strdup (wallet);
  g_task_set_task_data (task, job, table_job_free);
  count_pushed (table, 1);
  if (found->run == RPC_RUN_DEFERRED)
    start_wait (table, task);
  else
    g_thread_pool_push (table->pool, task, NULL);
}

/* The reason why METHOD cannot be run, owned by the caller. NULL: it counts as running until count_pushed
 * (table, -1). */
static GError *
enter_method (RpcTable *table, const char *method, const RpcMethod *found)
{
  GError *refusal = NULL;

  g_mutex_lock (&table->lock);
  if (table->warmup != NULL && !works_in_warmup (method))
    refusal = g_error_new_literal (RPC_ERROR, RPC_IN_WARMUP, table->warmup);
  else if (table->closing)
    refusal = g_error_new_literal (RPC_ERROR, RPC_IN_WARMUP, CLOSING);
  else if (found == NULL)
    refusal = g_error_new_literal (RPC_ERROR, RPC_METHOD_NOT_FOUND, table->unknown);
  else
    table->n_pushed++;
  g_mutex_unlock (&table->lock);
  return refusal;
}

static gboolean
rpc_table_execute_now (RpcHandler *handler,
                       const char *method,
                       RpcJson *params,
                       const char *wallet,
                       RpcRun up_to,
                       GCancellable *cancellable,
                       RpcJson **result,
                       GError **error)
{
  RpcTable *table = RPC_TABLE (handler);
  const RpcMethod *found = g_hash_table_lookup (table->methods, method);
  Job job = { found, params, (char *) wallet, up_to == RPC_RUN_INLINE };
  GError *problem = NULL;
  gboolean again;

  if (found != NULL && found->run != RPC_RUN_INLINE && (up_to != RPC_RUN_POOL || found->run != RPC_RUN_POOL))
    return FALSE;
  problem = enter_method (table, method, found);
  if (problem != NULL) {
    g_propagate_error (error, problem);
    return TRUE;
  }
  *result = run_method (table, &job, cancellable, &problem);
  again = *result == NULL && problem == NULL && job.at_once;
  if (*result == NULL && !again)
    g_propagate_error (error, complete_error (found, problem));
  count_pushed (table, -1);
  return !again;
}

RpcJson *
rpc_table_call (RpcTable *table, const char *method, RpcJson *params, GCancellable *cancellable, GError **error)
{
  const RpcMethod *found = g_hash_table_lookup (table->methods, method);
  g_autofree char *warmup = rpc_table_dup_warmup (table);
  Job job = { found, params, NULL };

  if (warmup != NULL)
    return rpc_fail (error, RPC_IN_WARMUP, "%s", warmup);
  if (found == NULL || found->run == RPC_RUN_DEFERRED)
    return rpc_fail (error, RPC_METHOD_NOT_FOUND, "%s", table->unknown);
  return run_method (table, &job, cancellable, error);
}

void
rpc_table_close (RpcTable *table)
{
  guint n_left;

  g_return_if_fail (RPC_IS_TABLE (table));
  g_mutex_lock (&table->lock);
  table->closing = TRUE;
  n_left = table->n_pushed;
  g_mutex_unlock (&table->lock);
  while (n_left > 0) {
    g_main_context_iteration (NULL, TRUE);
    g_mutex_lock (&table->lock);
    n_left = table->n_pushed;
    g_mutex_unlock (&table->lock);
  }
}

void
rpc_table_stop (RpcTable *table)
{
  g_autoptr (GPtrArray) running = g_ptr_array_new_with_free_func (g_object_unref);

  g_return_if_fail (RPC_IS_TABLE (table));
  g_mutex_lock (&table->lock);
  table->closing = table->stopped = TRUE;
  for (GList *l = table->active; l != NULL; l = l->next)
    if (((const Active *) l->data)->cancellable != NULL)
      g_ptr_array_add (running, g_object_ref (((const Active *) l->data)->cancellable));
  g_mutex_unlock (&table->lock);
  for (guint i = 0; i < running->len; i++)
    g_cancellable_cancel (g_ptr_array_index (running, i));
}

void
rpc_table_drain (RpcTable *table)
{
  g_return_if_fail (RPC_IS_TABLE (table));
  g_mutex_lock (&table->lock);
  while (table->n_pushed > 0 || table->active != NULL)
    g_cond_wait (&table->idle, &table->lock);
  g_mutex_unlock (&table->lock);
}

static RpcJson *
rpc_table_execute_finish (RpcHandler *handler, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static RpcJson *
rpc_table_dup_methods (RpcHandler *handler)
{
  return rpc_methods_dup_list (RPC_TABLE (handler)->methods);
}

static void
rpc_table_handler_init (RpcHandlerInterface *iface)
{
  iface->has_method = rpc_table_has_method;
  iface->execute_async = rpc_table_execute_async;
  iface->execute_finish = rpc_table_execute_finish;
  iface->execute_now = rpc_table_execute_now;
  iface->dup_methods = rpc_table_dup_methods;
}

RpcJson *
rpc_table_dup_active (RpcTable *table)
{
  RpcJson *list = rpc_json_new_array ();
  gint64 now_us = common_clock_monotonic_us ();

  g_return_val_if_fail (RPC_IS_TABLE (table), list);
  g_mutex_lock (&table->lock);
  for (GList *l = table->active; l != NULL; l = l->next) {
    const Active *active = l->data;
    RpcJson *entry = rpc_json_new_object ();
    rpc_json_set (entry, "method", rpc_json_new_string (active->method));
    rpc_json_set (entry, "duration", rpc_json_new_int (now_us - active->since_us));
    rpc_json_append (list, entry);
  }
  g_mutex_unlock (&table->lock);
  return list;
}

char *
rpc_table_dup_help (RpcTable *table, const char *method)
{
  g_return_val_if_fail (RPC_IS_TABLE (table), NULL);
  return rpc_methods_dup_help (table->methods, method);
}
