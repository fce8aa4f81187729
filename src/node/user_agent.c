#include "node/user_agent.h"

#include <string.h>

#include "config.h"

#define MAX_LEN 256
/* Besides letters and digits. */
#define COMMENT_CHARACTERS " .,;-_?@"

char *
node_user_agent_new (const CommonOptions *options, GError **error)
{
  g_autofree const char **comments = common_options_dup_list (options, "uacomment");
  g_autofree char *joined = g_strjoinv ("; ", (char **) comments);
  g_autofree char *agent = NULL;

  for (guint i = 0; comments[i] != NULL; i++) {
    for (const char *at = comments[i]; *at != '\0'; at++) {
      if (!g_ascii_isalnum (*at) && strchr (COMMENT_CHARACTERS, *at) == NULL) {
        common_options_fail (error, "User Agent comment (%s) contains unsafe characters.", comments[i]);
        return NULL;
      }
    }
  }
  agent = comments[0] != NULL ? g_strdup_printf ("/Moneyrocket:%s(%s)/", MONEYROCKET_VERSION, joined)
                              : g_strdup_printf ("/Moneyrocket:%s/", MONEYROCKET_VERSION);
  if (strlen (agent) <= MAX_LEN)
    return g_steal_pointer (&agent);
  common_options_fail (error,
                       "Total length of network version string (%u) exceeds maximum length (%u). Reduce the number or "
                       "size of uacomments.",
                       (guint) strlen (agent), MAX_LEN);
  return NULL;
}
