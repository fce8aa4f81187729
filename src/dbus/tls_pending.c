#include "dbus/tls_pending.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/log.h"

#define HANDSHAKE_MS 5000
/* Each handshake occupies a thread of GLib's pool, which others need, too; and no machine may occupy all of these. */
#define MAX_AT_ONCE 6u
#define MAX_AT_ONCE_OF_ONE 2u

/* A record (RFC 8446, 5.1): u8 22 for a handshake, u16 version, of which the first byte is always 3, u16 length. */
#define RECORD_HEAD 5
#define RECORD_HANDSHAKE 22
#define RECORD_VERSION 3
#define RECORD_MAX_LEN (1 << 14)

struct _BusTlsPending {
  grefcount references; /* each item has one */
  BusTlsListenerOptions options;
  GQueue items; /* TlsItem, in the order in which they were accepted */
  guint n_started;
  gboolean closed;
};

/* A connection: it waits for its first record, then for its turn, and then does its handshake. */
typedef struct {
  BusTlsPending *pending;
  GSocket *socket;
  guint64 from[2]; /* the address that the limit counts */
  char *text;      /* the same for the log */
  GSource *source; /* while it waits for the first record */
  gsize wanted;    /* until it has that many bytes */
  guint timeout;
  gboolean ready, started;
  gboolean unknown; /* the owner has refused its certificate */
  BusRoles roles;   /* what it is admitted for */
  GCancellable *cancellable;
} TlsItem;

static void tls_pending_start_some (BusTlsPending *pending);

static void
tls_pending_unref (BusTlsPending *pending)
{
  if (!g_ref_count_dec (&pending->references))
    return;
  g_object_unref (pending->options.certificate);
  g_free (pending);
}

BusTlsPending *
bus_tls_pending_new (const BusTlsListenerOptions *options)
{
  BusTlsPending *pending = g_new0 (BusTlsPending, 1);

  g_ref_count_init (&pending->references);
  pending->options = *options;
  g_object_ref (pending->options.certificate);
  g_queue_init (&pending->items);
  return pending;
}

static void
tls_item_stop_waiting (TlsItem *item)
{
  if (item->source != NULL)
    g_source_destroy (item->source);
  g_clear_pointer (&item->source, g_source_unref);
}

static void
tls_item_free (TlsItem *item)
{
  tls_item_stop_waiting (item);
  g_clear_handle_id (&item->timeout, g_source_remove);
  g_object_unref (item->socket); /* closes it, unless the connection has been accepted */
  g_object_unref (item->cancellable);
  tls_pending_unref (item->pending);
  g_free (item->text);
  g_free (item);
}

/* PROBLEM: for the log; NULL: nothing is logged. One whose handshake has started is freed when that has ended. */
static void
tls_item_drop (TlsItem *item, const char *problem)
{
  BusTlsPending *pending = item->pending;

  if (problem != NULL)
    common_info ("A connection from %s is closed: %s", item->text, problem);
  if (item->started) {
    g_clear_handle_id (&item->timeout, g_source_remove);
    g_cancellable_cancel (item->cancellable);
    return;
  }
  g_queue_remove (&pending->items, item);
  tls_item_free (item);
}

void
bus_tls_pending_free (BusTlsPending *pending)
{
  if (pending == NULL)
    return;
  pending->closed = TRUE;
  for (GList *link = pending->items.head, *next; link != NULL; link = next) {
    next = link->next;
    tls_item_drop (link->data, NULL);
  }
  tls_pending_unref (pending);
}

static gboolean
tls_item_check (gpointer data, const guint8 fingerprint32[BUS_FINGERPRINT_LEN])
{
  TlsItem *item = data;
  const BusTlsListenerOptions *options = &item->pending->options;

  item->roles = options->admit (options->data, fingerprint32);
  item->unknown = item->roles == 0;
  return !item->unknown;
}

static void
tls_item_on_handshake (GObject *source, GAsyncResult *result, gpointer data)
{
  TlsItem *item = data;
  BusTlsPending *pending = item->pending;
  const BusTlsListenerOptions *options = &pending->options;
  guint8 fingerprint32[BUS_FINGERPRINT_LEN];
  g_autoptr (GError) error = NULL;
  GTlsConnection *tls = bus_tls_handshake_finish (result, fingerprint32, &error);

  g_queue_remove (&pending->items, item);
  pending->n_started--;
  g_ref_count_inc (&pending->references);
  if (tls == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    common_info ("A program at %s is refused: %s", item->text,
                 item->unknown ? "its certificate is not that of a paired program" : error->message);
  if (tls != NULL && !pending->closed)
    options->accepted (options->data, g_steal_pointer (&tls), item->roles, fingerprint32);
  g_clear_object (&tls);
  tls_item_free (item);
  tls_pending_start_some (pending);
  tls_pending_unref (pending);
}

/* How many connections there are from FROM; STARTED: only those whose handshake has started. */
static guint
tls_pending_count (const BusTlsPending *pending, const guint64 from[2], gboolean started)
{
  guint n = 0;

  for (const GList *link = pending->items.head; link != NULL; link = link->next) {
    const TlsItem *item = link->data;

    n += item->from[0] == from[0] && item->from[1] == from[1] && (!started || item->started) ? 1 : 0;
  }
  return n;
}

static void
tls_pending_start_some (BusTlsPending *pending)
{
  for (GList *link = pending->items.head; link != NULL && !pending->closed && pending->n_started < MAX_AT_ONCE;
       link = link->next) {
    TlsItem *item = link->data;

    if (!item->ready || item->started || tls_pending_count (pending, item->from, TRUE) >= MAX_AT_ONCE_OF_ONE)
      continue;
    item->started = TRUE;
    pending->n_started++;
    bus_tls_handshake_async (item->socket, TRUE, pending->options.certificate, tls_item_check, item, item->cancellable,
                             tls_item_on_handshake, item);
  }
}

/* The socket is readable from now on when it has N bytes, or no more will come. */
static void
tls_item_set_wanted (TlsItem *item, gsize n)
{
  const int bytes = (int) n;

  item->wanted = n;
  setsockopt (g_socket_get_fd (item->socket), SOL_SOCKET, SO_RCVLOWAT, &bytes, sizeof bytes);
}

/* The length of the record that begins with HEAD; 0: it is not one of a handshake. */
static gsize
tls_item_get_record_len (const guint8 head[RECORD_HEAD])
{
  gsize len = (gsize) head[3] << 8 | head[4];

  return head[0] == RECORD_HANDSHAKE && head[1] == RECORD_VERSION && len > 0 && len <= RECORD_MAX_LEN
             ? RECORD_HEAD + len
             : 0;
}

static gboolean
tls_item_on_readable (GSocket *socket, GIOCondition condition, gpointer data)
{
  TlsItem *item = data;
  guint8 start[RECORD_HEAD + RECORD_MAX_LEN];
  gssize got = recv (g_socket_get_fd (socket), start, sizeof start, MSG_PEEK | MSG_DONTWAIT);
  gsize len;

  if (got < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  len = got >= (gssize) item->wanted ? tls_item_get_record_len (start) : 0;
  if (len == 0) {
    tls_item_drop (item, "it does not begin with a TLS handshake");
    return G_SOURCE_REMOVE;
  }
  if ((gsize) got < len) {
    tls_item_set_wanted (item, len);
    return G_SOURCE_CONTINUE;
  }
  tls_item_set_wanted (item, 1);
  tls_item_stop_waiting (item);
  item->ready = TRUE;
  tls_pending_start_some (item->pending);
  return G_SOURCE_REMOVE;
}

static gboolean
tls_item_on_timeout (gpointer data)
{
  TlsItem *item = data;

  item->timeout = 0;
  tls_item_drop (item, "its handshake was not complete in time");
  return G_SOURCE_REMOVE;
}

/* The part of ADDRESS that the limit counts: all of an IPv4 address, the first half of an IPv6 address. */
static void
tls_pending_get_origin (GInetAddress *address, guint64 from[2])
{
  const guint8 *bytes = g_inet_address_to_bytes (address);
  gsize size = g_inet_address_get_native_size (address);
  static const guint8 mapped[12] = { [10] = 0xff, [11] = 0xff };

  from[0] = from[1] = 0;
  if (size == 16 && memcmp (bytes, mapped, sizeof mapped) == 0) {
    bytes += sizeof mapped;
    size = 4;
  }
  memcpy (&from[size == 4 ? 1 : 0], bytes, MIN (size, 8));
}

static const char *
tls_pending_get_objection (BusTlsPending *pending, const guint64 from[2])
{
  if (g_queue_get_length (&pending->items) >= BUS_TLS_MAX_PENDING)
    return "too many handshakes are in progress";
  if (tls_pending_count (pending, from, FALSE) >= BUS_TLS_MAX_PENDING_OF_ONE)
    return "too many handshakes of this machine are in progress";
  return NULL;
}

static void
tls_pending_add_item (BusTlsPending *pending, GSocket *socket, const guint64 from[2], char *text)
{
  TlsItem *item = g_new0 (TlsItem, 1);
  const guint limit_ms = pending->options.handshake_ms;

  g_ref_count_inc (&pending->references);
  item->pending = pending;
  item->socket = g_object_ref (socket);
  memcpy (item->from, from, sizeof item->from);
  item->text = text;
  item->cancellable = g_cancellable_new ();
  item->timeout = g_timeout_add (limit_ms > 0 ? limit_ms : HANDSHAKE_MS, tls_item_on_timeout, item);
  bus_tls_set_socket_options (socket, pending->options.silence_ms);
  tls_item_set_wanted (item, RECORD_HEAD);
  item->source = g_socket_create_source (socket, G_IO_IN, NULL);
  g_source_set_callback (item->source, G_SOURCE_FUNC (tls_item_on_readable), item, NULL);
  g_source_attach (item->source, NULL);
  g_queue_push_tail (&pending->items, item);
}

void
bus_tls_pending_add (BusTlsPending *pending, int fd, GSocketAddress *remote)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, &error);
  GInetAddress *address = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote));
  g_autofree char *text = g_inet_address_to_string (address);
  const char *objection;
  guint64 from[2];

  if (socket == NULL) {
    close (fd);
    return;
  }
  g_socket_set_blocking (socket, FALSE);
  tls_pending_get_origin (address, from);
  objection = tls_pending_get_objection (pending, from);
  if (objection != NULL)
    common_info ("A connection from %s is closed: %s", text, objection);
  else
    tls_pending_add_item (pending, socket, from, g_steal_pointer (&text));
}
