/* A message of D-Bus: a message that passes our check is parsed by GDBus, and passes again when GDBus has serialised
 * it. */
#include <stdlib.h>

#include <gio/gio.h>

#include "dbus/wire/frame.h"

#define MAX_BODY (1u << 20)

int LLVMFuzzerTestOneInput (const guint8 *data, gsize len);

static gboolean
passes (const guint8 *data, gsize len, BusFrame *frame)
{
  const BusLongArgument none = { .index = -1 };

  return len >= BUS_FRAME_HEAD && bus_frame_read_head (data, frame) == NULL
         && len == frame->header_len + frame->body_len && bus_frame_read_fields (data, frame) == NULL
         && bus_frame_check_body (data, frame, none, MAX_BODY) == NULL;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  g_autoptr (GDBusMessage) message = NULL;
  g_autofree guint8 *copy = NULL, *blob = NULL;
  BusFrame frame, again;
  gsize blob_len;

  if (!passes (data, len, &frame))
    return 0;
  copy = g_memdup2 (data, len);
  message = g_dbus_message_new_from_blob (copy, len, G_DBUS_CAPABILITY_FLAGS_UNIX_FD_PASSING, NULL);
  if (message == NULL || g_dbus_message_get_serial (message) != frame.serial
      || (int) g_dbus_message_get_message_type (message) != (int) frame.type
      || g_strcmp0 (g_dbus_message_get_member (message), frame.member) != 0)
    abort ();
  /* GDBus can serialise a message only with its descriptors. */
  if (frame.n_fds > 0)
    return 0;
  blob = g_dbus_message_to_blob (message, &blob_len, G_DBUS_CAPABILITY_FLAGS_UNIX_FD_PASSING, NULL);
  if (blob == NULL || !passes (blob, blob_len, &again) || again.body_len != frame.body_len)
    abort ();
  return 0;
}
