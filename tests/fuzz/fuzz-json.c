/* JSON: a value that is parsed and written can be parsed again, and is then written identically. */
#include <stdlib.h>
#include <string.h>

#include "rpc/json.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize len);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  g_autoptr (RpcJson) json = rpc_json_parse (len > 0 ? (const char *) data : "", len);
  g_autofree char *first = NULL, *second = NULL;
  g_autoptr (RpcJson) again = NULL;
  gint64 number;

  if (json == NULL)
    return 0;
  (void) rpc_json_amount (json, &number);
  (void) rpc_json_int (json, &number);
  first = rpc_json_write (json, 2);
  again = rpc_json_parse (first, strlen (first));
  if (again == NULL)
    abort ();
  second = rpc_json_write (again, 2);
  if (!g_str_equal (first, second))
    abort ();
  return 0;
}
