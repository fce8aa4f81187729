#include "rpc/caller.h"

#define KEY "rpc-caller-authorization"

void
rpc_caller_set_authorization (GCancellable *request, const char *authorization)
{
  g_return_if_fail (G_IS_CANCELLABLE (request));

  g_object_set_data_full (G_OBJECT (request), KEY, g_strdup (authorization), g_free);
}

const char *
rpc_caller_get_authorization (GCancellable *request)
{
  return request != NULL ? g_object_get_data (G_OBJECT (request), KEY) : NULL;
}
