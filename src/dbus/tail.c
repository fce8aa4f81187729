#include "dbus/tail.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <unistd.h>

#define STEP (16u << 10) /* read at once; other sources have priority */

struct _BusTail {
  int fd; /* -1: closed by all writers */
  guint source;
  GByteArray *bytes;
};

/* FALSE when there is no more data for now, or at all if the descriptor was closed. */
static gboolean
tail_read (BusTail *tail)
{
  guint8 step[STEP];
  ssize_t got = tail->fd >= 0 ? read (tail->fd, step, sizeof step) : -1;

  if (got > 0) {
    g_byte_array_append (tail->bytes, step, got);
    if (tail->bytes->len > BUS_TAIL_MAX_BYTES)
      g_byte_array_remove_range (tail->bytes, 0, tail->bytes->len - BUS_TAIL_MAX_BYTES);
    return TRUE;
  }
  if (tail->fd >= 0 && (got == 0 || (errno != EAGAIN && errno != EINTR))) {
    close (tail->fd);
    tail->fd = -1;
  }
  return FALSE;
}

static gboolean
on_tail_readable (int fd, GIOCondition condition, gpointer data)
{
  BusTail *tail = data;

  tail_read (tail);
  if (tail->fd >= 0)
    return G_SOURCE_CONTINUE;
  tail->source = 0;
  return G_SOURCE_REMOVE;
}

BusTail *
bus_tail_new (int *write_fd)
{
  BusTail *tail = g_new0 (BusTail, 1);
  int fds[2] = { -1, -1 };

  tail->bytes = g_byte_array_new ();
  /* Only our end is non-blocking. */
  if (pipe2 (fds, O_CLOEXEC) == 0) {
    g_unix_set_fd_nonblocking (fds[0], TRUE, NULL);
    tail->source = g_unix_fd_add_full (G_PRIORITY_LOW, fds[0], G_IO_IN, on_tail_readable, tail, NULL);
  }
  tail->fd = fds[0];
  *write_fd = fds[1];
  return tail;
}

void
bus_tail_free (BusTail *tail)
{
  if (tail == NULL)
    return;
  g_clear_handle_id (&tail->source, g_source_remove);
  if (tail->fd >= 0)
    close (tail->fd);
  g_byte_array_unref (tail->bytes);
  g_free (tail);
}

char *
bus_tail_dup_text (BusTail *tail)
{
  GString *text = g_string_new (NULL);
  g_autofree char *valid = NULL;

  /* A pipe holds no more than what is kept; the loop is bounded because it may still be written to. */
  for (guint i = 0; i < BUS_TAIL_MAX_BYTES / STEP && tail_read (tail); i++)
    ;
  if (tail->fd < 0)
    g_clear_handle_id (&tail->source, g_source_remove);
  valid = tail->bytes->len > 0 ? g_utf8_make_valid ((const char *) tail->bytes->data, tail->bytes->len) : g_strdup ("");
  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);

    /* Format characters can change the direction of text. */
    if ((g_unichar_iscntrl (c) && c != '\n') || g_unichar_type (c) == G_UNICODE_FORMAT)
      g_string_append_printf (text, "\\u%04x", c);
    else
      g_string_append_unichar (text, c);
  }
  return g_string_free (text, FALSE);
}
