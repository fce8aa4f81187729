#include "dbus/wire/stream.h"

#define BUS_TYPE_STREAM_INPUT (bus_stream_input_get_type ())
G_DECLARE_FINAL_TYPE (BusStreamInput, bus_stream_input, BUS, STREAM_INPUT, GInputStream)
#define BUS_TYPE_STREAM_OUTPUT (bus_stream_output_get_type ())
G_DECLARE_FINAL_TYPE (BusStreamOutput, bus_stream_output, BUS, STREAM_OUTPUT, GOutputStream)

struct _BusStreamInput {
  GInputStream parent;
  BusChannel *channel;
};

struct _BusStreamOutput {
  GOutputStream parent;
  BusChannel *channel;
};

struct _BusStream {
  GIOStream parent;
  BusStreamInput *input;
  BusStreamOutput *output;
};

static void bus_stream_input_pollable_init (GPollableInputStreamInterface *iface);
static void bus_stream_output_pollable_init (GPollableOutputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BusStreamInput,
                               bus_stream_input,
                               G_TYPE_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM, bus_stream_input_pollable_init))
G_DEFINE_FINAL_TYPE_WITH_CODE (BusStreamOutput,
                               bus_stream_output,
                               G_TYPE_OUTPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM, bus_stream_output_pollable_init))
G_DEFINE_FINAL_TYPE (BusStream, bus_stream, G_TYPE_IO_STREAM)

static gboolean
stream_input_is_readable (GPollableInputStream *stream)
{
  BusStreamInput *self = BUS_STREAM_INPUT (stream);
  GSocket *socket = bus_transport_get_socket (bus_channel_get_transport (self->channel));

  return g_socket_condition_check (socket, G_IO_IN) != 0;
}

/* Ready while GDBus has not read the whole message: it reads until a read would block. */
static GSource *
stream_input_create_source (GPollableInputStream *stream, GCancellable *cancellable)
{
  BusStreamInput *self = BUS_STREAM_INPUT (stream);
  g_autoptr (GSource) readable = bus_channel_create_child (self->channel);

  return g_pollable_source_new_full (stream, readable, cancellable);
}

static gssize
stream_input_read (GPollableInputStream *stream, void *buffer, gsize count, GError **error)
{
  return bus_channel_read (BUS_STREAM_INPUT (stream)->channel, buffer, count, error);
}

static void
bus_stream_input_pollable_init (GPollableInputStreamInterface *iface)
{
  iface->is_readable = stream_input_is_readable;
  iface->create_source = stream_input_create_source;
  iface->read_nonblocking = stream_input_read;
}

static void
bus_stream_input_finalize (GObject *object)
{
  bus_channel_unref (BUS_STREAM_INPUT (object)->channel);
  G_OBJECT_CLASS (bus_stream_input_parent_class)->finalize (object);
}

static void
bus_stream_input_class_init (BusStreamInputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bus_stream_input_finalize;
}

static void
bus_stream_input_init (BusStreamInput *self)
{
}

/* What the socket does not accept is queued. */
static gboolean
stream_output_is_writable (GPollableOutputStream *stream)
{
  return TRUE;
}

static GSource *
stream_output_create_source (GPollableOutputStream *stream, GCancellable *cancellable)
{
  g_autoptr (GSource) at_once = g_timeout_source_new (0);

  return g_pollable_source_new_full (stream, at_once, cancellable);
}

static gssize
stream_output_write (GPollableOutputStream *stream, const void *buffer, gsize count, GError **error)
{
  return bus_channel_write (BUS_STREAM_OUTPUT (stream)->channel, buffer, count, error) ? (gssize) count : -1;
}

static void
bus_stream_output_pollable_init (GPollableOutputStreamInterface *iface)
{
  iface->is_writable = stream_output_is_writable;
  iface->create_source = stream_output_create_source;
  iface->write_nonblocking = stream_output_write;
}

static void
bus_stream_output_finalize (GObject *object)
{
  bus_channel_unref (BUS_STREAM_OUTPUT (object)->channel);
  G_OBJECT_CLASS (bus_stream_output_parent_class)->finalize (object);
}

static void
bus_stream_output_class_init (BusStreamOutputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bus_stream_output_finalize;
}

static void
bus_stream_output_init (BusStreamOutput *self)
{
}

static GInputStream *
bus_stream_get_input_stream (GIOStream *stream)
{
  return G_INPUT_STREAM (BUS_STREAM (stream)->input);
}

static GOutputStream *
bus_stream_get_output_stream (GIOStream *stream)
{
  return G_OUTPUT_STREAM (BUS_STREAM (stream)->output);
}

/* GDBus calls this on a separate thread. */
static gboolean
bus_stream_close (GIOStream *stream, GCancellable *cancellable, GError **error)
{
  bus_channel_close (BUS_STREAM (stream)->input->channel);
  return TRUE;
}

static void
bus_stream_finalize (GObject *object)
{
  BusStream *self = BUS_STREAM (object);

  g_object_unref (self->input);
  g_object_unref (self->output);
  G_OBJECT_CLASS (bus_stream_parent_class)->finalize (object);
}

static void
bus_stream_class_init (BusStreamClass *klass)
{
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = bus_stream_finalize;
  stream_class->get_input_stream = bus_stream_get_input_stream;
  stream_class->get_output_stream = bus_stream_get_output_stream;
  stream_class->close_fn = bus_stream_close;
}

static void
bus_stream_init (BusStream *self)
{
  self->input = g_object_new (BUS_TYPE_STREAM_INPUT, NULL);
  self->output = g_object_new (BUS_TYPE_STREAM_OUTPUT, NULL);
}

BusStream *
bus_stream_new (BusChannel *channel)
{
  BusStream *self = g_object_new (BUS_TYPE_STREAM, NULL);

  self->input->channel = bus_channel_ref (channel);
  self->output->channel = bus_channel_ref (channel);
  return self;
}

BusChannel *
bus_stream_get_channel (BusStream *self)
{
  return self->input->channel;
}
