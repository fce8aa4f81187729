#include "rpc/server_request.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/log.h"
#include "rpc/cookie.h"

#define REST_THREADS 4

static gboolean server_fail (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
server_fail (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (G_IO_ERROR, G_IO_ERROR_FAILED, format, args);
  va_end (args);
  return FALSE;
}

static gboolean
read_credentials (RpcServer *server, const RpcServerOptions *options, GError **error)
{
  g_autoptr (GError) problem = NULL;

  if (options->password != NULL && *options->password != '\0') {
    rpc_auth_add_password (server->auth, options->user != NULL ? options->user : "", options->password);
    common_warn ("The use of -rpcuser and -rpcpassword is less secure: the password is stored in plain text. Use "
                 "the cookie or -rpcauth instead.");
  } else if (options->cookie_file != NULL) {
    server->cookie_password = rpc_cookie_write (options->cookie_file, options->cookie_mode, &problem);
    if (server->cookie_password == NULL) {
      common_warn ("%s", problem->message);
      return server_fail (error, "Unable to start HTTP server. See debug log for details.");
    }
    server->cookie_file = g_strdup (options->cookie_file);
    rpc_auth_add_password (server->auth, RPC_COOKIE_USER, server->cookie_password);
    common_info ("Generated RPC authentication cookie %s", server->cookie_file);
  } else {
    common_info ("RPC authentication cookie file generation is disabled.");
  }
  for (guint i = 0; options->auth != NULL && options->auth[i] != NULL; i++)
    if (!rpc_auth_add_hashed (server->auth, options->auth[i])) {
      common_warn ("Invalid -rpcauth argument.");
      return server_fail (error, "Unable to start HTTP server. See debug log for details.");
    }
  return TRUE;
}

static RpcServer *
server_alloc (const RpcServerOptions *options, RpcHandler *handler)
{
  RpcServer *server = g_new0 (RpcServer, 1);

  g_mutex_init (&server->lock);
  g_cond_init (&server->idle);
  server->handler = g_object_ref (handler);
  server->rest = options->rest != NULL ? g_object_ref (options->rest) : NULL;
  server->context = g_main_context_ref (g_main_context_default ());
  server->auth = rpc_auth_new ();
  server->whitelist = rpc_whitelist_new (options->whitelist, options->whitelist_default);
  server->allowed = g_ptr_array_new_with_free_func (g_object_unref);
  server->sockets = g_array_new (FALSE, FALSE, sizeof (int));
  server->workers = g_thread_pool_new (rpc_server_work, server, (gint) MAX (options->threads, 1), FALSE, NULL);
  server->rest_workers = g_thread_pool_new (rpc_server_work, server, REST_THREADS, FALSE, NULL);
  for (guint i = 0; i < RPC_SERVER_N_KINDS; i++)
    server->max_in_flight[i] = MAX (options->work_queue, 1) + MAX (options->threads, 1);
  server->timeout_us = options->timeout_s * G_USEC_PER_SEC;
  server->wake_fd = server->epoll_fd = -1;
  return server;
}

/* What the thread waits with: without it, it would run without a pause. */
static gboolean
open_loop (RpcServer *server, GError **error)
{
  struct epoll_event wake = { .events = EPOLLIN };

  server->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  server->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (server->wake_fd >= 0 && server->epoll_fd >= 0
      && epoll_ctl (server->epoll_fd, EPOLL_CTL_ADD, server->wake_fd, &wake) == 0)
    return TRUE;
  return server_fail (error, "Unable to start HTTP server: it cannot wait for connections: %s", g_strerror (errno));
}

RpcServer *
rpc_server_new (const RpcServerOptions *options, RpcHandler *handler, GError **error)
{
  RpcServer *server;

  g_return_val_if_fail (options != NULL && RPC_IS_HANDLER (handler), NULL);
  server = server_alloc (options, handler);
  /* The sockets are opened before the cookie is written: if another node uses the port, its cookie must not be
   * replaced. From the start of the thread on requests are processed, so everything else must be ready. */
  if (open_loop (server, error) && rpc_server_read_allowed (server, options->allow_ip, error)
      && rpc_server_open_sockets (server, options, error) && read_credentials (server, options, error)) {
    server->thread = g_thread_new ("http", rpc_server_loop, server);
    return server;
  }
  rpc_server_free (server);
  return NULL;
}

static void
add_running (gpointer data, gpointer running)
{
  RpcServerRequest *request = data;

  g_ptr_array_add (running, g_object_ref (request->cancellable));
}

void
rpc_server_stop (RpcServer *server)
{
  g_autoptr (GPtrArray) running = g_ptr_array_new_with_free_func (g_object_unref);

  g_return_if_fail (server != NULL);
  g_mutex_lock (&server->lock);
  server->stopping = TRUE;
  g_list_foreach (server->running, add_running, running);
  g_mutex_unlock (&server->lock);
  for (guint i = 0; i < running->len; i++)
    g_cancellable_cancel (g_ptr_array_index (running, i));
}

/* Waits until every request has a reply; the HTTP thread then sends them. */
static void
end_thread (RpcServer *server)
{
  if (server->thread == NULL)
    return;
  g_mutex_lock (&server->lock);
  while (server->running != NULL)
    g_cond_wait (&server->idle, &server->lock);
  server->ending = TRUE;
  g_mutex_unlock (&server->lock);
  rpc_server_wake (server);
  g_thread_join (server->thread);
}

void
rpc_server_free (RpcServer *server)
{
  if (server == NULL)
    return;
  rpc_server_stop (server);
  end_thread (server);
  g_thread_pool_free (server->workers, FALSE, TRUE);
  g_thread_pool_free (server->rest_workers, FALSE, TRUE);
  for (guint i = 0; i < server->sockets->len; i++)
    close (g_array_index (server->sockets, int, i));
  g_array_unref (server->sockets);
  if (server->wake_fd >= 0)
    close (server->wake_fd);
  if (server->epoll_fd >= 0)
    close (server->epoll_fd);
  if (server->cookie_file != NULL)
    rpc_cookie_remove (server->cookie_file, server->cookie_password);
  g_ptr_array_unref (server->allowed);
  rpc_whitelist_free (server->whitelist);
  rpc_auth_free (server->auth);
  g_object_unref (server->handler);
  g_clear_object (&server->rest);
  g_main_context_unref (server->context);
  g_free (server->cookie_file);
  g_free (server->cookie_password);
  g_mutex_clear (&server->lock);
  g_cond_clear (&server->idle);
  g_free (server);
}
