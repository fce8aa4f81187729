#pragma once

#include "bitcoin/descriptor/descriptor.h"

G_BEGIN_DECLS

/* The representation of a descriptor: a tree of functions, and the key expressions in the order of the text. Private to
 * this folder. */
typedef enum {
  BTC_FUNCTION_PK,
  BTC_FUNCTION_PKH,
  BTC_FUNCTION_WPKH,
  BTC_FUNCTION_COMBO,
  BTC_FUNCTION_MULTI,
  BTC_FUNCTION_SORTEDMULTI,
  BTC_FUNCTION_SH,
  BTC_FUNCTION_WSH,
  BTC_FUNCTION_TR,
  BTC_FUNCTION_RAWTR,
  BTC_FUNCTION_UNUSED,
  BTC_FUNCTION_ADDR,
  BTC_FUNCTION_RAW,
} BtcFunction;

typedef struct _BtcDescriptorNode BtcDescriptorNode;
struct _BtcDescriptorNode {
  BtcFunction function;
  gsize first_key, n_keys;  /* its own key expressions */
  guint threshold;          /* of multi() and sortedmulti() */
  BtcDescriptorNode *inner; /* of sh() and wsh() */
  GBytes *script;           /* of addr() and raw() */
};

/* Nodes are reference-counted: the descriptors of one text share them. */
BtcDescriptorNode *btc_descriptor_node_new (BtcFunction function);
BtcDescriptorNode *btc_descriptor_node_ref (BtcDescriptorNode *node);
void btc_descriptor_node_unref (BtcDescriptorNode *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtcDescriptorNode, btc_descriptor_node_unref)

struct _BtcDescriptor {
  BtcNetwork network;
  BtcDescriptorNode *root;
  BtcDescriptorKey *keys;
  gsize n_keys;
};

const char *btc_function_name (BtcFunction function);

/* expand.c: the derived keys of NODE into KEYS, which has space for node->n_keys, in the order of its script. */
void
btc_descriptor_sort_keys (const BtcDescriptorNode *node, const BtcExpansion *expansion, const BtcDerivedKey **keys);

/* A key expression of a text: several keys if a step of its path has several values. */
typedef struct {
  BtcDescriptorKey key; /* the first one */
  gsize step;           /* of its path, with N_VALUES values; 0 values: the path has no such step */
  guint32 *values;
  gsize n_values;
} BtcKeyExpression;
void btc_key_expression_clear (BtcKeyExpression *expression);

/* Parses the LEN bytes of a key expression into EXPRESSION, which must be empty. UNCOMPRESSED: keys of 65 bytes are
 * permitted; X_ONLY: keys of 32 bytes are permitted. Returns NULL, or an error message that the caller owns; EXPRESSION
 * may then be partly filled. */
char *btc_key_expression_parse (const char *text,
                                gsize len,
                                BtcNetwork network,
                                gboolean uncompressed,
                                gboolean x_only,
                                BtcKeyExpression *expression);
/* Copies the key with value I into KEY, which must be empty. */
void btc_key_expression_get (const BtcKeyExpression *expression, gsize i, BtcDescriptorKey *key);
void btc_descriptor_key_clear (BtcDescriptorKey *key);

G_END_DECLS
