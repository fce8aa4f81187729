#include "node/service/template_quota.h"

#include "dbus/errors.h"

struct _NodeTemplateQuota {
  NodeTemplateLimits limits;
  guint n_templates;
  gsize bytes;
};

NodeTemplateQuota *
node_template_quota_new (const NodeTemplateLimits *limits)
{
  NodeTemplateQuota *quota = g_atomic_rc_box_new0 (NodeTemplateQuota);

  quota->limits = *limits;
  return quota;
}

NodeTemplateQuota *
node_template_quota_ref (NodeTemplateQuota *quota)
{
  return g_atomic_rc_box_acquire (quota);
}

void
node_template_quota_unref (NodeTemplateQuota *quota)
{
  g_atomic_rc_box_release (quota);
}

gboolean
node_template_quota_take (NodeTemplateQuota *quota, guint *own, GError **error)
{
  if (*own >= quota->limits.max_own) {
    g_set_error (error, BUS_ERROR, BUS_ERROR_LIMIT_EXCEEDED,
                 "this connection holds %u block templates, as many as it may: destroy one", *own);
    return FALSE;
  }
  if (quota->n_templates >= quota->limits.max_all) {
    g_set_error (error, BUS_ERROR, BUS_ERROR_LIMIT_EXCEEDED,
                 "all connections together hold %u block templates, as many as they may", quota->n_templates);
    return FALSE;
  }
  quota->n_templates++;
  (*own)++;
  return TRUE;
}

gboolean
node_template_quota_add_bytes (NodeTemplateQuota *quota, gsize bytes, GError **error)
{
  if (bytes > quota->limits.max_bytes - quota->bytes) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_LIMIT_EXCEEDED,
                         "the block templates of all connections together are as large as they may be: destroy one");
    return FALSE;
  }
  quota->bytes += bytes;
  return TRUE;
}

void
node_template_quota_give_back (NodeTemplateQuota *quota, guint *own, gsize bytes)
{
  g_return_if_fail (*own > 0 && quota->n_templates > 0 && quota->bytes >= bytes);
  (*own)--;
  quota->n_templates--;
  quota->bytes -= bytes;
}
