#include "bitcoin/descriptor/descriptor.h"

#include "bitcoin/descriptor/descriptor_private.h"

BtcDescriptorNode *
btc_descriptor_node_new (BtcFunction function)
{
  BtcDescriptorNode *node = g_atomic_rc_box_new0 (BtcDescriptorNode);

  node->function = function;
  return node;
}

BtcDescriptorNode *
btc_descriptor_node_ref (BtcDescriptorNode *node)
{
  return g_atomic_rc_box_acquire (node);
}

static void
node_clear (gpointer data)
{
  BtcDescriptorNode *node = data;

  g_clear_pointer (&node->script, g_bytes_unref);
  g_clear_pointer (&node->inner, btc_descriptor_node_unref);
}

void
btc_descriptor_node_unref (BtcDescriptorNode *node)
{
  g_atomic_rc_box_release_full (node, node_clear);
}

void
btc_descriptor_free (BtcDescriptor *descriptor)
{
  if (descriptor == NULL)
    return;
  for (gsize i = 0; i < descriptor->n_keys; i++)
    btc_descriptor_key_clear (&descriptor->keys[i]);
  g_free (descriptor->keys);
  btc_descriptor_node_unref (descriptor->root);
  g_free (descriptor);
}

BtcDescriptorType
btc_descriptor_get_type_of (const BtcDescriptor *descriptor)
{
  const BtcDescriptorNode *root = descriptor->root;

  switch (root->function) {
  case BTC_FUNCTION_PK:
    return BTC_DESCRIPTOR_PK;
  case BTC_FUNCTION_PKH:
    return BTC_DESCRIPTOR_PKH;
  case BTC_FUNCTION_WPKH:
    return BTC_DESCRIPTOR_WPKH;
  case BTC_FUNCTION_SH:
    return root->inner->function == BTC_FUNCTION_WPKH ? BTC_DESCRIPTOR_SH_WPKH : BTC_DESCRIPTOR_OTHER;
  case BTC_FUNCTION_TR:
    return BTC_DESCRIPTOR_TR;
  case BTC_FUNCTION_ADDR:
    return BTC_DESCRIPTOR_ADDR;
  case BTC_FUNCTION_RAW:
    return BTC_DESCRIPTOR_RAW;
  case BTC_FUNCTION_COMBO:
  case BTC_FUNCTION_MULTI:
  case BTC_FUNCTION_SORTEDMULTI:
  case BTC_FUNCTION_WSH:
  case BTC_FUNCTION_RAWTR:
  case BTC_FUNCTION_UNUSED:
    break;
  }
  return BTC_DESCRIPTOR_OTHER;
}

gboolean
btc_descriptor_is_ranged (const BtcDescriptor *descriptor)
{
  for (gsize i = 0; i < descriptor->n_keys; i++)
    if (descriptor->keys[i].range != BTC_RANGE_NONE)
      return TRUE;
  return FALSE;
}

gsize
btc_descriptor_n_keys (const BtcDescriptor *descriptor)
{
  return descriptor->n_keys;
}

const BtcDescriptorKey *
btc_descriptor_get_key (const BtcDescriptor *descriptor, gsize i)
{
  g_return_val_if_fail (i < descriptor->n_keys, NULL);

  return &descriptor->keys[i];
}

gboolean
btc_descriptor_is_solvable (const BtcDescriptor *descriptor)
{
  return descriptor->n_keys > 0;
}

gboolean
btc_descriptor_needs_parent (const BtcDescriptor *descriptor)
{
  for (gsize i = 0; i < descriptor->n_keys; i++)
    if (descriptor->keys[i].extended && !descriptor->keys[i].has_parent)
      return TRUE;
  return FALSE;
}

void
btc_descriptor_set_parent (BtcDescriptor *descriptor, gsize key, const BtcXpub *parent)
{
  g_return_if_fail (key < descriptor->n_keys && descriptor->keys[key].extended && parent != NULL);

  descriptor->keys[key].parent = *parent;
  descriptor->keys[key].has_parent = TRUE;
}

const char *
btc_function_name (BtcFunction function)
{
  static const char *const names[] = {
    [BTC_FUNCTION_PK] = "pk",       [BTC_FUNCTION_PKH] = "pkh",     [BTC_FUNCTION_WPKH] = "wpkh",
    [BTC_FUNCTION_COMBO] = "combo", [BTC_FUNCTION_MULTI] = "multi", [BTC_FUNCTION_SORTEDMULTI] = "sortedmulti",
    [BTC_FUNCTION_SH] = "sh",       [BTC_FUNCTION_WSH] = "wsh",     [BTC_FUNCTION_TR] = "tr",
    [BTC_FUNCTION_RAWTR] = "rawtr", [BTC_FUNCTION_ADDR] = "addr",   [BTC_FUNCTION_UNUSED] = "unused",
    [BTC_FUNCTION_RAW] = "raw",
  };

  g_return_val_if_fail (function < G_N_ELEMENTS (names), "");

  return names[function];
}
