#include "dbus/tail.h"

#include <string.h>
#include <unistd.h>

static void
put (int fd, const char *text)
{
  g_assert_cmpint (write (fd, text, strlen (text)), ==, strlen (text));
}

static void
test_escaped (void)
{
  int fd;
  g_autoptr (BusTail) tail = bus_tail_new (&fd);
  g_autofree char *nothing = bus_tail_dup_text (tail), *text = NULL;

  g_assert_cmpstr (nothing, ==, "");
  put (fd, "\033]0;x\007a\tb\n\302\233c \342\200\256 \377 \303\244\n");
  text = bus_tail_dup_text (tail);
  g_assert_cmpstr (text, ==, "\\u001b]0;x\\u0007a\\u0009b\n\\u009bc \\u202e \357\277\275 \303\244\n");
  close (fd);
}

/* The writer is never blocked for long, and only the end of its output is kept. */
static void
test_end_is_kept (void)
{
  int fd;
  g_autoptr (BusTail) tail = bus_tail_new (&fd);
  g_autofree char *block = g_strnfill (32 << 10, 'x'), *text = NULL;

  for (guint i = 0; i < 100; i++) {
    put (fd, block);
    for (guint j = 0; j < 4; j++)
      g_main_context_iteration (NULL, FALSE);
  }
  put (fd, "the end");
  close (fd);
  text = bus_tail_dup_text (tail);
  g_assert_cmpuint (strlen (text), ==, BUS_TAIL_MAX_BYTES);
  g_assert_true (g_str_has_suffix (text, "xthe end"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dbus/tail/escaped", test_escaped);
  g_test_add_func ("/dbus/tail/end-is-kept", test_end_is_kept);
  return g_test_run ();
}
