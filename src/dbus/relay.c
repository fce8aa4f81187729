#include "dbus/relay.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dbus/errors.h"

#define BUFFER_BYTES (256u << 10)
/* Buffers moved in one direction before it is the turn of the other one. */
#define MAX_ROUNDS 8
/* For the last bytes of one side, when the other side does not read them. */
#define LINGER_MS 5000

/* One direction. Only the thread of the relay uses it. */
typedef struct {
  BusRelay *relay;
  GPollableInputStream *from; /* borrowed, as below */
  GPollableOutputStream *to;
  guint8 *buffer;
  gsize begin, end; /* of what was read and not written yet */
  gboolean closed;  /* FROM has ended */
  GSource *source;  /* while it waits for FROM, for TO, or for its turn */
} RelayWay;

struct _BusRelay {
  gatomicrefcount references; /* of the owner, of the thread, and of what that has posted */
  GTlsConnection *tls;
  GSocketConnection *local;
  GSocket *sockets[2];
  RelayWay ways[2];
  gboolean ending; /* one of the ways has ended; the other one still writes what there is */
  gboolean done;
  GMainContext *context;
  void (*ended) (gpointer data); /* main context; NULL: freed */
  gpointer data;
};

static gboolean relay_way_on_ready (GObject *stream, gpointer data);

static void
relay_unref (gpointer data)
{
  BusRelay *relay = data;

  if (!g_atomic_ref_count_dec (&relay->references))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (relay->ways); i++) {
    g_free (relay->ways[i].buffer);
    g_object_unref (relay->sockets[i]);
  }
  g_object_unref (relay->tls);
  g_object_unref (relay->local);
  g_main_context_unref (relay->context);
  g_free (relay);
}

static BusRelay *
relay_ref (BusRelay *relay)
{
  g_atomic_ref_count_inc (&relay->references);
  return relay;
}

/* Both ends see that it is over, whoever else has descriptors of them. Any thread. */
static void
relay_shut_down (BusRelay *relay)
{
  for (guint i = 0; i < G_N_ELEMENTS (relay->sockets); i++)
    shutdown (g_socket_get_fd (relay->sockets[i]), SHUT_RDWR);
}

static void
relay_way_stop_waiting (RelayWay *way)
{
  if (way->source != NULL)
    g_source_destroy (way->source);
  g_clear_pointer (&way->source, g_source_unref);
}

/* Takes ownership of SOURCE. */
static void
relay_way_wait (RelayWay *way, GSource *source, GSourceFunc callback)
{
  way->source = source;
  g_source_set_callback (source, callback, way, NULL);
  g_source_attach (source, way->relay->context);
}

/* FALSE: it cannot write any more; *WAIT: not now. */
static gboolean
relay_way_write (RelayWay *way, gboolean *wait)
{
  *wait = FALSE;
  while (way->begin < way->end && !*wait) {
    g_autoptr (GError) error = NULL;
    gssize sent = g_pollable_output_stream_write_nonblocking (way->to, way->buffer + way->begin, way->end - way->begin,
                                                              NULL, &error);

    *wait = sent < 0 && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
    if (sent < 0 && !*wait)
      return FALSE;
    way->begin += (gsize) MAX (sent, 0);
  }
  return TRUE;
}

/* FALSE: there is nothing to read for now. At the end of FROM, nothing is read. */
static gboolean
relay_way_read (RelayWay *way)
{
  g_autoptr (GError) error = NULL;
  gssize got = g_pollable_input_stream_read_nonblocking (way->from, way->buffer, BUFFER_BYTES, NULL, &error);

  if (got < 0 && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return FALSE;
  way->closed = got <= 0;
  way->begin = 0;
  way->end = (gsize) MAX (got, 0);
  return TRUE;
}

static gboolean
relay_way_on_turn (gpointer data)
{
  return relay_way_on_ready (NULL, data);
}

/* Moves what there is, then waits. FALSE: this way has ended. */
static gboolean
relay_way_pump (RelayWay *way)
{
  gboolean wait;

  for (guint i = 0; i < MAX_ROUNDS; i++) {
    if (!relay_way_write (way, &wait) || (!wait && way->closed))
      return FALSE;
    if (wait) {
      relay_way_wait (way, g_pollable_output_stream_create_source (way->to, NULL), G_SOURCE_FUNC (relay_way_on_ready));
      return TRUE;
    }
    if (!relay_way_read (way)) {
      if (!way->relay->ending)
        relay_way_wait (way, g_pollable_input_stream_create_source (way->from, NULL),
                        G_SOURCE_FUNC (relay_way_on_ready));
      return !way->relay->ending;
    }
  }
  relay_way_wait (way, g_idle_source_new (), relay_way_on_turn);
  return TRUE;
}

static gboolean
relay_on_linger_end (gpointer data)
{
  ((BusRelay *) data)->done = TRUE;
  return G_SOURCE_REMOVE;
}

/* WAY has ended. What the other one can read by now still arrives. */
static void
relay_end_way (BusRelay *relay, const RelayWay *way)
{
  RelayWay *other = &relay->ways[way == &relay->ways[0] ? 1 : 0];
  g_autoptr (GSource) timeout = NULL;

  if (relay->ending) {
    relay->done = TRUE;
    return;
  }
  relay->ending = TRUE;
  relay_way_stop_waiting (other);
  if (!relay_way_pump (other)) {
    relay->done = TRUE;
    return;
  }
  timeout = g_timeout_source_new (LINGER_MS);
  g_source_set_callback (timeout, relay_on_linger_end, relay, NULL);
  g_source_attach (timeout, relay->context);
}

static gboolean
relay_way_on_ready (GObject *stream, gpointer data)
{
  RelayWay *way = data;

  relay_way_stop_waiting (way);
  if (!relay_way_pump (way))
    relay_end_way (way->relay, way);
  return G_SOURCE_REMOVE;
}

static gboolean
relay_on_ended (gpointer data)
{
  BusRelay *relay = data;
  void (*ended) (gpointer data) = g_steal_pointer (&relay->ended);

  if (ended != NULL)
    ended (relay->data);
  return G_SOURCE_REMOVE;
}

static gpointer
relay_run (gpointer data)
{
  BusRelay *relay = data;

  g_main_context_push_thread_default (relay->context);
  for (guint i = 0; i < G_N_ELEMENTS (relay->ways) && !relay->ending; i++)
    if (!relay_way_pump (&relay->ways[i]))
      relay_end_way (relay, &relay->ways[i]);
  while (!relay->done)
    g_main_context_iteration (relay->context, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (relay->ways); i++)
    relay_way_stop_waiting (&relay->ways[i]);
  relay_shut_down (relay);
  g_main_context_pop_thread_default (relay->context);
  g_idle_add_full (G_PRIORITY_DEFAULT, relay_on_ended, relay_ref (relay), relay_unref);
  relay_unref (relay);
  return NULL;
}

static void
relay_set_way (BusRelay *relay, guint i, GIOStream *from, GIOStream *to)
{
  relay->ways[i] = (RelayWay){ .relay = relay,
                               .from = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (from)),
                               .to = G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (to)),
                               .buffer = g_malloc (BUFFER_BYTES) };
}

BusRelay *
bus_relay_new (GTlsConnection *tls, int fd, void (*ended) (gpointer data), gpointer data, GError **error)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, error);
  g_autoptr (GSocketConnection) base = NULL;
  BusRelay *relay;

  if (socket == NULL) {
    close (fd);
    return NULL;
  }
  relay = g_new0 (BusRelay, 1);
  g_atomic_ref_count_init (&relay->references);
  relay->tls = g_object_ref (tls);
  relay->local = g_socket_connection_factory_create_connection (socket);
  g_object_get (tls, "base-io-stream", &base, NULL);
  relay->sockets[0] = g_object_ref (g_socket_connection_get_socket (base));
  relay->sockets[1] = g_object_ref (socket);
  relay->context = g_main_context_new ();
  relay->ended = ended;
  relay->data = data;
  relay_set_way (relay, 0, G_IO_STREAM (tls), G_IO_STREAM (relay->local));
  relay_set_way (relay, 1, G_IO_STREAM (relay->local), G_IO_STREAM (tls));
  g_thread_unref (g_thread_new ("relay", relay_run, relay_ref (relay)));
  return relay;
}

void
bus_relay_free (BusRelay *relay)
{
  if (relay == NULL)
    return;
  relay->ended = NULL;
  relay_shut_down (relay);
  relay_unref (relay);
}

static void
relay_on_own_end (gpointer data)
{
  BusRelay **relay = data;

  bus_relay_free (*relay);
  g_free (relay);
}

int
bus_relay_open (GTlsConnection *tls, GError **error)
{
  BusRelay **relay = g_new0 (BusRelay *, 1);
  int fds[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0) {
    g_set_error (error, BUS_ERROR, BUS_ERROR_FAILED, "cannot create a socketpair: %s", g_strerror (errno));
    g_free (relay);
    return -1;
  }
  *relay = bus_relay_new (tls, fds[0], relay_on_own_end, relay, error);
  if (*relay != NULL)
    return fds[1];
  close (fds[1]);
  g_free (relay);
  return -1;
}
