#include "node/service/template_quota.h"

#include "dbus/errors.h"

static const NodeTemplateLimits limits = { .max_own = 2, .max_all = 3, .max_bytes = 1000 };

static void
assert_exceeded (gboolean taken, GError **error)
{
  g_assert_false (taken);
  g_assert_error (*error, BUS_ERROR, BUS_ERROR_LIMIT_EXCEEDED);
  g_clear_error (error);
}

static void
test_number (void)
{
  g_autoptr (NodeTemplateQuota) quota = node_template_quota_new (&limits);
  guint one = 0, two = 0;
  GError *error = NULL;

  g_assert_true (node_template_quota_take (quota, &one, NULL));
  g_assert_true (node_template_quota_take (quota, &one, NULL));
  assert_exceeded (node_template_quota_take (quota, &one, &error), &error);
  g_assert_true (node_template_quota_take (quota, &two, NULL));
  assert_exceeded (node_template_quota_take (quota, &two, &error), &error);
  g_assert_cmpuint (one, ==, 2);
  g_assert_cmpuint (two, ==, 1);
  node_template_quota_give_back (quota, &one, 0);
  g_assert_true (node_template_quota_take (quota, &two, NULL));
}

static void
test_bytes (void)
{
  g_autoptr (NodeTemplateQuota) quota = node_template_quota_new (&limits);
  guint one = 0, two = 0;
  GError *error = NULL;

  g_assert_true (node_template_quota_take (quota, &one, NULL));
  g_assert_true (node_template_quota_add_bytes (quota, 600, NULL));
  g_assert_true (node_template_quota_take (quota, &two, NULL));
  assert_exceeded (node_template_quota_add_bytes (quota, 401, &error), &error);
  node_template_quota_give_back (quota, &two, 0);
  g_assert_true (node_template_quota_take (quota, &two, NULL));
  g_assert_true (node_template_quota_add_bytes (quota, 400, NULL));
  node_template_quota_give_back (quota, &one, 600);
  g_assert_true (node_template_quota_take (quota, &one, NULL));
  g_assert_true (node_template_quota_add_bytes (quota, 600, NULL));
  assert_exceeded (node_template_quota_add_bytes (quota, G_MAXSIZE, &error), &error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/node/template-quota/number", test_number);
  g_test_add_func ("/node/template-quota/bytes", test_bytes);
  return g_test_run ();
}
