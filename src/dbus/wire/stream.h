#pragma once

#include "dbus/wire/channel.h"

G_BEGIN_DECLS

/* A BusChannel as a pollable GIOStream for GDBus, which reads only checked messages, and writes one whole message at a
 * time. GDBus itself passes descriptors only over a GSocketConnection; here a message filter does so (see
 * connection.c), with bus_channel_put_fds() and bus_channel_steal_fds(). */

#define BUS_TYPE_STREAM (bus_stream_get_type ())
G_DECLARE_FINAL_TYPE (BusStream, bus_stream, BUS, STREAM, GIOStream)

BusStream *bus_stream_new (BusChannel *channel);

/* Borrowed. */
BusChannel *bus_stream_get_channel (BusStream *stream);

G_END_DECLS
