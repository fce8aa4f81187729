#include "dbus/pair_show.h"

#include <qrencode.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dbus/pair_code.h"

#define GROUPS_IN_LINE 5
/* Light modules around the code, as readers need them. */
#define MARGIN 2

/* Whether the module at X, Y, which may be outside, is dark. */
static gboolean
pair_show_is_dark (const QRcode *qr, int x, int y)
{
  return x >= 0 && y >= 0 && x < qr->width && y < qr->width && (qr->data[y * qr->width + x] & 1) != 0;
}

/* Two modules above each other are one character. Light ones are drawn, since terminals are dark more often than not. */
static void
pair_show_qr (const QRcode *qr)
{
  for (int y = -MARGIN; y < qr->width + MARGIN; y += 2) {
    for (int x = -MARGIN; x < qr->width + MARGIN; x++) {
      gboolean above = !pair_show_is_dark (qr, x, y), below = !pair_show_is_dark (qr, x, y + 1);

      fputs (above && below ? "█" : above ? "▀" : below ? "▄" : " ", stdout);
    }
    putchar ('\n');
  }
}

static void
pair_show_groups (const CommonSecret *code)
{
  const char *text = (const char *) code->data;
  const gsize step = GROUPS_IN_LINE * (BUS_PAIR_CODE_GROUP + 1);

  for (gsize i = 0; i < code->len; i += step)
    printf ("    %.*s\n", (int) MIN (step - 1, code->len - i), text + i);
}

static void
pair_show_to_person (const CommonSecret *code, const char *role, guint seconds)
{
  /* Case does not matter: in capital letters it has fewer modules. */
  QRcode *qr = QRcode_encodeString ((const char *) code->data, 0, QR_ECLEVEL_L, QR_MODE_8, 0);

  if (qr != NULL) {
    pair_show_qr (qr);
    common_secret_wipe (qr->data, (gsize) qr->width * (gsize) qr->width);
    QRcode_free (qr);
  }
  printf ("\nCode for one program with the role %s, for %u minutes:\n\n", role, seconds / 60);
  pair_show_groups (code);
  printf ("\nEnter it on the other machine. Whoever has it can use this program.\n");
}

void
bus_pair_show (const CommonSecret *code, const char *role, guint seconds)
{
  if (isatty (STDOUT_FILENO))
    pair_show_to_person (code, role, seconds);
  else
    printf ("%.*s\n", (int) code->len, (const char *) code->data);
  fflush (stdout);
}
