#include "gui/console/console_codes.h"

#include <glib/gi18n.h>

static const struct {
  gint32 code;
  const char *text;
} codes[] = {
  { -1, N_ ("the method cannot do this now, or not with these parameters") },
  { -3, N_ ("a parameter is of the wrong kind, such as a text in place of a number") },
  { -4, N_ ("the wallet cannot do this") },
  { -5, N_ ("an address, a key or an ID is not valid, or not known") },
  { -6, N_ ("there are not enough coins, or the fee is not known") },
  { -7, N_ ("there is not enough memory") },
  { -8, N_ ("a parameter is missing, there are too many, or one has a value that is not possible") },
  { -9, N_ ("the node is not connected to other nodes") },
  { -10, N_ ("the node is not up to date yet") },
  { -11, N_ ("the label is not valid") },
  { -12, N_ ("the wallet cannot make new addresses") },
  { -13, N_ ("the wallet is locked") },
  { -14, N_ ("the passphrase is wrong") },
  { -15, N_ ("it does not fit to whether the wallet is encrypted") },
  { -16, N_ ("the wallet could not be encrypted") },
  { -17, N_ ("the wallet is unlocked already") },
  { -18, N_ ("there is no such wallet, or it is not open") },
  { -19, N_ ("no wallet was chosen") },
  { -20, N_ ("a file cannot be read or written") },
  { -22, N_ ("the data cannot be read: it is cut off, or something else") },
  { -25, N_ ("the check has failed") },
  { -26, N_ ("the rules of the network or of this node do not allow it") },
  { -27, N_ ("the transaction is in a block already") },
  { -28, N_ ("it is still starting") },
  { -32, N_ ("the method is out of date and must be enabled first") },
  { -35, N_ ("the wallet is open already") },
  { -36, N_ ("there is such a wallet already") },
  { -32600, N_ ("the request is not valid") },
  { -32601, N_ ("there is no such method") },
  { -32602, N_ ("the parameters are not valid") },
  { -32603, N_ ("something went wrong in the program itself") },
  { -32700, N_ ("it is not valid JSON") },
};

const char *
gui_console_code_text (gint32 code)
{
  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    if (codes[i].code == code)
      return _ (codes[i].text);
  return NULL;
}
