#include <string.h>

#include "node/rpc/rest_private.h"
#include "rpc/url.h"

/* The target of a request: its path, of which the last "?" begins the query and which has no escapes, and the query,
 * which begins at the first "?". Both are as in the reference. */

char *
node_rest_dup_query (const NodeRest *rest, const char *name, const char *fallback)
{
  const char *at = strchr (rest->target, '?'), *end;

  if (at == NULL)
    return g_strdup (fallback);
  end = at + strcspn (at, "#");
  while (at < end) {
    const char *start = at + 1, *equals;
    gsize len = MIN (strcspn (start, "&"), (gsize) (end - start));
    g_autofree char *key = NULL;

    equals = memchr (start, '=', len);
    key = rpc_url_unescape (start, equals != NULL ? (gsize) (equals - start) : len);
    if (g_str_equal (key, name))
      return equals != NULL ? rpc_url_unescape (equals + 1, len - (gsize) (equals + 1 - start)) : g_strdup ("");
    at = start + len;
  }
  return g_strdup (fallback);
}

char **
node_rest_split (const char *text)
{
  static const char *const one[] = { "", NULL };

  return *text != '\0' ? g_strsplit (text, "/", -1) : g_strdupv ((char **) one);
}
