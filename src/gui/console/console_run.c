#include "gui/console/console_run.h"

#include <string.h>

#include <glib/gi18n.h>

#include "common/secret.h"
#include "gui/console/console_secret.h"

/* As many bytes as Rpc1.ExecuteWords takes, less those of other words. */
#define MAX_WORD_BYTES (512u * 1024)

/* The data of the GTask of a line. */
typedef struct {
  GuiSession *session;
  GuiConsoleCall *call;
  GPtrArray *order; /* of RunStep: inner calls first */
  guint next;       /* in ORDER */
  char *wallet;     /* NULL: none */
} ConsoleRun;

typedef struct {
  const GuiConsoleCall *call;
  GuiConsoleWord *word; /* that becomes its result; NULL: the line itself */
} RunStep;

static void
console_run_free (gpointer data)
{
  ConsoleRun *run = data;

  g_ptr_array_unref (run->order);
  gui_console_call_free (run->call);
  g_object_unref (run->session);
  g_free (run->wallet);
  g_free (run);
}

void
gui_console_outcome_clear (GuiConsoleOutcome *outcome)
{
  gui_rpc_result_clear (&outcome->result);
  g_clear_pointer (&outcome->method, g_free);
}

static gboolean
run_has (GuiSession *session, GuiWorker worker, const char *method)
{
  return gui_rpc_client_find_method (gui_session_get_rpc (session, worker), method) != NULL;
}

/* The wallet comes first: the node might list one of its methods to be given what is typed for it. Those that describe
 * methods are answered by the node for both. */
gboolean
gui_console_run_find (GuiSession *session, const char *method, GuiWorker *worker)
{
  static const char *const common[] = { "getopenrpcinfo", "help", "rpc.discover", NULL };
  gboolean of_wallet = !g_strv_contains (common, method) && run_has (session, GUI_WORKER_WALLET, method);

  if (worker != NULL)
    *worker = of_wallet ? GUI_WORKER_WALLET : GUI_WORKER_NODE;
  return of_wallet || run_has (session, GUI_WORKER_NODE, method);
}

gboolean
gui_console_run_find_worker (GuiSession *session, const GuiConsoleCall *call, GuiWorker *worker)
{
  const GuiConsoleWord *first = call->words->len > 0 ? g_ptr_array_index (call->words, 0) : NULL;

  if (g_str_equal (call->method, "help") && first != NULL && first->text != NULL
      && gui_console_run_find (session, first->text, worker))
    return TRUE;
  return gui_console_run_find (session, call->method, worker);
}

static void
run_add_steps (ConsoleRun *run, GuiConsoleCall *call, GuiConsoleWord *word)
{
  RunStep *step = g_new (RunStep, 1);

  for (guint i = 0; i < call->words->len; i++) {
    GuiConsoleWord *inner = g_ptr_array_index (call->words, i);

    if (inner->call != NULL)
      run_add_steps (run, inner->call, inner);
  }
  *step = (RunStep){ call, word };
  g_ptr_array_add (run->order, step);
}

static void
run_fail (GTask *task, const char *text)
{
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "%s", text);
}

static gboolean
run_knows (GuiSession *session, GuiWorker worker)
{
  return gui_rpc_client_get_methods (gui_session_get_rpc (session, worker))->len > 0;
}

/* No program has METHOD, or it is not known yet which one. */
static void
run_fail_unknown (GTask *task, ConsoleRun *run, const char *method)
{
  g_autofree char *text = g_strdup_printf (
      _ ("There is no method “%s”. “help” lists all. Quotation marks keep the brackets of a text."), method);

  if (!run_knows (run->session, GUI_WORKER_NODE))
    run_fail (task, _ ("The node is not ready yet. Try again in a moment."));
  else if (!run_knows (run->session, GUI_WORKER_WALLET))
    run_fail (task, _ ("The wallet is not ready yet. Try again in a moment."));
  else
    run_fail (task, text);
}

static void run_step (GTask *task);

/* The worker did not answer. */
static void
run_fail_lost (GTask *task, GuiWorker worker, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      || g_error_matches (error, BUS_ERROR, BUS_ERROR_CANCELLED))
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s", _ ("The command was stopped."));
  else if (g_error_matches (error, BUS_ERROR, BUS_ERROR_LIMIT_EXCEEDED))
    run_fail (task, _ ("The command or its result is too long for the console."));
  else if (worker == GUI_WORKER_NODE)
    run_fail (task, _ ("The node did not answer. It is not known whether the command was carried out."));
  else
    run_fail (task, _ ("The wallet did not answer. It is not known whether the command was carried out."));
}

static void
run_return (GTask *task, const RunStep *step, GuiWorker worker, GuiRpcResult *result)
{
  GuiConsoleOutcome *outcome = g_new0 (GuiConsoleOutcome, 1);

  outcome->result = *result;
  outcome->worker = worker;
  outcome->method = g_strdup (step->call->method);
  *result = (GuiRpcResult){ 0 };
  g_task_return_pointer (task, outcome, NULL);
}

/* The result of a nested call becomes a parameter of the call around it. */
static gboolean
run_use_result (GTask *task, const RunStep *step, const GuiRpcResult *result)
{
  gsize len;
  const char *data = g_bytes_get_data (result->text, &len);
  char *text;

  if (len > MAX_WORD_BYTES) {
    run_fail (task, _ ("A result is too long to be used in another command."));
    return FALSE;
  }
  text = g_strndup (data != NULL ? data : "", len);
  gui_console_word_set_text (step->word, text); /* frees the call */
  common_secret_wipe (text, len);
  g_free (text);
  return TRUE;
}

static void
console_run_cb (GObject *source, GAsyncResult *async, gpointer data)
{
  g_autoptr (GTask) task = data;
  ConsoleRun *run = g_task_get_task_data (task);
  const RunStep *step = g_ptr_array_index (run->order, run->next);
  g_autoptr (GError) error = NULL;
  g_auto (GuiRpcResult) result = { 0 };
  GuiWorker worker = GUI_RPC_CLIENT (source) == gui_session_get_rpc (run->session, GUI_WORKER_NODE) ? GUI_WORKER_NODE
                                                                                                    : GUI_WORKER_WALLET;

  if (!gui_rpc_client_run_finish (GUI_RPC_CLIENT (source), async, &result, &error)) {
    run_fail_lost (task, worker, error);
    return;
  }
  if (result.failed || step->word == NULL) {
    run_return (task, step, worker, &result);
    return;
  }
  if (!run_use_result (task, step, &result))
    return;
  run->next++;
  if (!g_task_return_error_if_cancelled (task))
    run_step (g_steal_pointer (&task));
}

static char **
run_dup_words (const GuiConsoleCall *call)
{
  char **words = g_new0 (char *, call->words->len + 1);

  for (guint i = 0; i < call->words->len; i++)
    words[i] = ((const GuiConsoleWord *) g_ptr_array_index (call->words, i))->text; /* borrowed */
  return words;
}

/* Whether CALL, all of whose words are texts now, has something that the node must not get. */
static gboolean
run_is_secret (const GuiConsoleCall *call)
{
  for (guint i = 0; i < call->words->len; i++)
    if (gui_console_secret_has_key (((const GuiConsoleWord *) g_ptr_array_index (call->words, i))->text))
      return TRUE;
  return gui_console_secret_is_method (call->method, TRUE);
}

static gboolean
run_check (GTask *task, ConsoleRun *run, const GuiConsoleCall *call, GuiWorker *worker)
{
  if (g_str_equal (call->method, "stop")) {
    run_fail (task, _ ("The application starts and stops its node by itself. Ctrl+Q quits it."));
    return FALSE;
  }
  if (!gui_console_run_find_worker (run->session, call, worker)) {
    run_fail_unknown (task, run, call->method);
    return FALSE;
  }
  if (*worker == GUI_WORKER_NODE && run_is_secret (call)) {
    run_fail (task, run_knows (run->session, GUI_WORKER_WALLET)
                        ? _ ("The node is never given passphrases and private keys. Nothing was sent to it.")
                        : _ ("The wallet is not ready yet. Try again in a moment."));
    return FALSE;
  }
  if (gui_client_get_online (GUI_CLIENT (gui_session_get_rpc (run->session, *worker))))
    return TRUE;
  run_fail (task, *worker == GUI_WORKER_NODE ? _ ("The node is not running. Nothing was done.")
                                             : _ ("The wallet is not running. Nothing was done."));
  return FALSE;
}

/* Runs the next call. Takes over TASK. */
static void
run_step (GTask *task)
{
  g_autoptr (GTask) owned = task;
  ConsoleRun *run = g_task_get_task_data (task);
  const GuiConsoleCall *call = ((const RunStep *) g_ptr_array_index (run->order, run->next))->call;
  g_autofree char **words = run_dup_words (call);
  g_autofree const char **keys = g_new0 (const char *, call->keys->len + 1);
  GuiRpcCall request = { call->method, (const char *const *) words, call->named, keys, NULL };
  GuiWorker worker;

  if (!run_check (task, run, call, &worker))
    return;
  for (guint i = 0; i < call->keys->len; i++)
    keys[i] = g_ptr_array_index (call->keys, i);
  request.wallet = worker == GUI_WORKER_WALLET ? run->wallet : NULL;
  gui_rpc_client_run_async (gui_session_get_rpc (run->session, worker), &request, g_task_get_cancellable (task),
                            console_run_cb, g_steal_pointer (&owned));
}

void
gui_console_run_async (GuiSession *session,
                       GuiConsoleCall *call,
                       const char *wallet,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  ConsoleRun *run = g_new0 (ConsoleRun, 1);

  g_task_set_check_cancellable (task, FALSE); /* a method that was stopped may have a result */
  run->session = g_object_ref (session);
  run->call = call;
  run->order = g_ptr_array_new_with_free_func (g_free);
  run->wallet = g_strdup (wallet);
  run_add_steps (run, call, NULL);
  g_task_set_task_data (task, run, console_run_free);
  run_step (task);
}

gboolean
gui_console_run_finish (GAsyncResult *result, GuiConsoleOutcome *outcome, GError **error)
{
  g_autofree GuiConsoleOutcome *returned = g_task_propagate_pointer (G_TASK (result), error);

  *outcome = (GuiConsoleOutcome){ 0 };
  if (returned != NULL)
    *outcome = *returned;
  return returned != NULL;
}
