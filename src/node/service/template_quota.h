#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How many block templates, and of what size, the connections of miners hold. Main context, except for its reference count, which is atomic. */
typedef struct _NodeTemplateQuota NodeTemplateQuota;

typedef struct {
  guint max_own;   /* templates of one holder */
  guint max_all;   /* templates of all holders */
  gsize max_bytes; /* of all templates together */
} NodeTemplateLimits;

NodeTemplateQuota *node_template_quota_new (const NodeTemplateLimits *limits); /* copied */
NodeTemplateQuota *node_template_quota_ref (NodeTemplateQuota *quota);
void node_template_quota_unref (NodeTemplateQuota *quota);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeTemplateQuota, node_template_quota_unref)

/* Counts one more template of a holder, whose number of templates is *OWN, before its size is known. FALSE with
 * BUS_ERROR_LIMIT_EXCEEDED: there are too many. */
gboolean node_template_quota_take (NodeTemplateQuota *quota, guint *own, GError **error);

/* The same for the size of one that was taken. */
gboolean node_template_quota_add_bytes (NodeTemplateQuota *quota, gsize bytes, GError **error);

/* Undoes node_template_quota_take(), and node_template_quota_add_bytes() with BYTES (0: it was not called). */
void node_template_quota_give_back (NodeTemplateQuota *quota, guint *own, gsize bytes);

G_END_DECLS
