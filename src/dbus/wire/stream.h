#pragma once

#include "dbus/wire/channel.h"

G_BEGIN_DECLS

/* What GDBus reads and writes a connection through: a BusChannel as a pollable GIOStream. GDBus reads nothing that was not
 * checked, and writes one whole message at a time. It passes descriptors over a GSocketConnection alone; here a filter of
 * messages does (see connection.c), by bus_channel_put_fds() and bus_channel_steal_fds(). */

#define BUS_TYPE_STREAM (bus_stream_get_type ())
G_DECLARE_FINAL_TYPE (BusStream, bus_stream, BUS, STREAM, GIOStream)

BusStream *bus_stream_new (BusChannel *channel);

/* Borrowed. */
BusChannel *bus_stream_get_channel (BusStream *stream);

G_END_DECLS
