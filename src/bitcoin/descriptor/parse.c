#include "bitcoin/descriptor/descriptor.h"

#include <string.h>

#include "bitcoin/address/address.h"
#include "bitcoin/descriptor/descriptor_private.h"
#include "common/hex.h"

/* Text (BIP 380): function(argument,…)#checksum. Error messages are those of the reference, whose tests compare them. */

#define CHECKSUM_LEN 8
#define MAX_BARE_KEYS 3
#define MAX_KEYS 20
#define MAX_REDEEM_SCRIPT 520

/* Where a script expression is. */
typedef enum { IN_TOP, IN_SH, IN_WSH } Place;

typedef struct {
  BtcNetwork network;
  GArray *keys;   /* of BtcKeyExpression, in the order of the text */
  gsize n_values; /* of steps with several values; 1: there are none */
  char *error;    /* the first one; set when a function below fails */
} Parser;

typedef struct {
  const char *text;
  gsize len;
} Expression;

G_GNUC_PRINTF (2, 3)
static gboolean
parse_fail (Parser *parser, const char *format, ...)
{
  va_list list;

  va_start (list, format);
  parser->error = g_strdup_vprintf (format, list);
  va_end (list);
  return FALSE;
}

/* Removes the first expression from REST: up to a comma or closing bracket outside of brackets. */
static Expression
take_expression (Expression *rest)
{
  Expression taken = *rest;
  gsize level = 0, at;

  for (at = 0; at < rest->len; at++) {
    char c = rest->text[at];
    if (c == '(' || c == '{')
      level++;
    else if (level > 0 && (c == ')' || c == '}'))
      level--;
    else if (level == 0 && (c == ')' || c == '}' || c == ','))
      break;
  }
  taken.len = at;
  *rest = (Expression){ rest->text + at, rest->len - at };
  return taken;
}

/* Whether EXPRESSION is name(…), of which then only the arguments are left. */
static gboolean
take_function (Expression *expression, const char *name)
{
  gsize len = strlen (name);

  if (expression->len < len + 2 || strncmp (expression->text, name, len) != 0 || expression->text[len] != '('
      || expression->text[expression->len - 1] != ')')
    return FALSE;
  *expression = (Expression){ expression->text + len + 1, expression->len - len - 2 };
  return TRUE;
}

/* Parses a key of NODE. In messages it is in CALLER; NULL: none is named. */
static gboolean
parse_node_key (Parser *parser,
                BtcDescriptorNode *node,
                Expression key,
                gboolean uncompressed,
                gboolean x_only,
                const char *caller)
{
  BtcKeyExpression parsed = { 0 };
  g_autofree char *error = NULL;

  if (x_only && key.len >= 6 && strncmp (key.text, "musig(", 6) == 0)
    error = g_strdup ("musig() is not supported by this version");
  else if (key.len >= 6 && strncmp (key.text, "musig(", 6) == 0)
    error = g_strdup ("musig() is only allowed in tr() and rawtr()");
  else
    error = btc_key_expression_parse (key.text, key.len, parser->network, uncompressed, x_only, &parsed);
  if (error != NULL) {
    btc_key_expression_clear (&parsed);
    return caller != NULL ? parse_fail (parser, "%s: %s", caller, error) : parse_fail (parser, "%s", error);
  }
  g_array_append_val (parser->keys, parsed);
  node->n_keys++;
  if (parsed.n_values <= 1)
    return TRUE;
  if (parser->n_values > 1 && parser->n_values != parsed.n_values)
    return parse_fail (parser, "multi(): Multipath derivation paths have mismatched lengths");
  parser->n_values = parsed.n_values;
  return TRUE;
}

static gboolean
parse_threshold (Parser *parser, Expression text, guint64 *threshold)
{
  gsize at;

  *threshold = 0;
  for (at = 0; at < text.len && g_ascii_isdigit (text.text[at]) && *threshold <= G_MAXUINT32; at++)
    *threshold = *threshold * 10 + (guint64) g_ascii_digit_value (text.text[at]);
  return (at == text.len && at > 0 && *threshold <= G_MAXUINT32)
         || parse_fail (parser, "Multi threshold '%.*s' is not valid", (int) text.len, text.text);
}

static gboolean
check_multi (Parser *parser, Place place, const BtcDescriptorNode *node, guint64 threshold, gsize script_len)
{
  if (node->n_keys == 0 || node->n_keys > MAX_KEYS)
    return parse_fail (parser, "Cannot have %u keys in multisig; must have between 1 and %d keys, inclusive",
                       (guint) node->n_keys, MAX_KEYS);
  if (threshold < 1)
    return parse_fail (parser, "Multisig threshold cannot be %u, must be at least 1", (guint) threshold);
  if (threshold > node->n_keys)
    return parse_fail (parser,
                       "Multisig threshold cannot be larger than the number of keys; threshold is %u but only %u keys "
                       "specified",
                       (guint) threshold, (guint) node->n_keys);
  if (place == IN_TOP && node->n_keys > MAX_BARE_KEYS)
    return parse_fail (parser, "Cannot have %u pubkeys in bare multisig; only at most %d pubkeys", (guint) node->n_keys,
                       MAX_BARE_KEYS);
  return place != IN_SH || script_len <= MAX_REDEEM_SCRIPT
         || parse_fail (parser, "P2SH script is too large, %u bytes is larger than %d bytes", (guint) script_len,
                        MAX_REDEEM_SCRIPT);
}

/* multi(threshold,KEY,…). */
static gboolean
parse_multi (Parser *parser, Place place, BtcDescriptorNode *node, Expression rest)
{
  gsize script_len = 3;
  guint64 threshold;

  if (!parse_threshold (parser, take_expression (&rest), &threshold))
    return FALSE;
  while (rest.len > 0) {
    const BtcDescriptorKey *key;
    if (rest.text[0] != ',')
      return parse_fail (parser, "Multi: expected ',', got '%c'", rest.text[0]);
    rest = (Expression){ rest.text + 1, rest.len - 1 };
    if (!parse_node_key (parser, node, take_expression (&rest), place != IN_WSH, FALSE, "Multi"))
      return FALSE;
    key = &g_array_index (parser->keys, BtcKeyExpression, parser->keys->len - 1).key;
    script_len += (key->extended ? 33 : key->pubkey_len) + 1;
  }
  node->threshold = (guint) threshold;
  return check_multi (parser, place, node, threshold, script_len);
}

/* tr(KEY), rawtr(KEY). Script trees are not parsed yet. */
static gboolean
parse_taproot (Parser *parser, BtcDescriptorNode *node, Expression rest)
{
  Expression key = take_expression (&rest);

  if (!parse_node_key (parser, node, key, FALSE, TRUE, node->function == BTC_FUNCTION_TR ? "tr()" : "rawtr()"))
    return FALSE;
  if (rest.len == 0)
    return TRUE;
  if (rest.text[0] != ',')
    return parse_fail (parser, "tr: expected ',', got '%c'", rest.text[0]);
  return parse_fail (parser, "tr(): script trees are not supported");
}

static gboolean
parse_only_key (Parser *parser, BtcDescriptorNode *node, Expression rest)
{
  const char *name = btc_function_name (node->function);

  take_expression (&rest);
  return rest.len == 0 || parse_fail (parser, "%s(): only one key expected%s", name, name[0] == 'r' ? "." : "");
}

static gboolean
parse_unused (Parser *parser, BtcDescriptorNode *node, Expression key)
{
  if (!parse_only_key (parser, node, key) || !parse_node_key (parser, node, key, TRUE, FALSE, NULL))
    return FALSE;
  return g_array_index (parser->keys, BtcKeyExpression, parser->keys->len - 1).key.range == BTC_RANGE_NONE
         || parse_fail (parser, "unused(): key cannot be ranged");
}

static gboolean
parse_script_bytes (Parser *parser, BtcDescriptorNode *node, Expression argument)
{
  g_autofree char *text = g_strndup (argument.text, argument.len);

  if (node->function == BTC_FUNCTION_ADDR)
    node->script = btc_address_decode (text, parser->network, NULL);
  else if (argument.len > 0)
    node->script = common_hex_decode_bytes (text);
  return node->script != NULL
         || parse_fail (parser, node->function == BTC_FUNCTION_ADDR ? "Address is not valid" : "Raw script is not hex");
}

static BtcDescriptorNode *parse_script (Parser *parser, Place place, Expression *rest);

static gboolean
parse_inner (Parser *parser, BtcDescriptorNode *node, Expression argument)
{
  node->inner = parse_script (parser, node->function == BTC_FUNCTION_SH ? IN_SH : IN_WSH, &argument);
  return node->inner != NULL
         && (argument.len == 0
             || parse_fail (parser, "'%.*s' is not expected after the script", (int) argument.len, argument.text));
}

static gboolean
parse_arguments (Parser *parser, Place place, BtcDescriptorNode *node, Expression arguments)
{
  g_autofree char *caller = g_strdup_printf ("%s()", btc_function_name (node->function));

  switch (node->function) {
  case BTC_FUNCTION_PK:
  case BTC_FUNCTION_PKH:
  case BTC_FUNCTION_COMBO:
    return parse_node_key (parser, node, arguments, place != IN_WSH, FALSE, caller);
  case BTC_FUNCTION_WPKH:
    return parse_node_key (parser, node, arguments, FALSE, FALSE, caller);
  case BTC_FUNCTION_MULTI:
  case BTC_FUNCTION_SORTEDMULTI:
    return parse_multi (parser, place, node, arguments);
  case BTC_FUNCTION_SH:
  case BTC_FUNCTION_WSH:
    return parse_inner (parser, node, arguments);
  case BTC_FUNCTION_RAWTR:
    return parse_only_key (parser, node, arguments) && parse_taproot (parser, node, arguments);
  case BTC_FUNCTION_TR:
    return parse_taproot (parser, node, arguments);
  case BTC_FUNCTION_UNUSED:
    return parse_unused (parser, node, arguments);
  case BTC_FUNCTION_ADDR:
  case BTC_FUNCTION_RAW:
    return parse_script_bytes (parser, node, arguments);
  }
  g_return_val_if_reached (FALSE);
}

/* The functions, where each may be, and the message elsewhere. */
static const struct {
  BtcFunction function;
  gboolean in_sh, in_wsh;
  const char *elsewhere;
} functions[] = {
  { BTC_FUNCTION_PK, TRUE, TRUE, NULL },
  { BTC_FUNCTION_PKH, TRUE, TRUE, NULL },
  { BTC_FUNCTION_COMBO, FALSE, FALSE, "Can only have combo() at top level" },
  { BTC_FUNCTION_MULTI, TRUE, TRUE, NULL },
  { BTC_FUNCTION_SORTEDMULTI, TRUE, TRUE, NULL },
  { BTC_FUNCTION_WPKH, TRUE, FALSE, "Can only have wpkh() at top level or inside sh()" },
  { BTC_FUNCTION_SH, FALSE, FALSE, "Can only have sh() at top level" },
  { BTC_FUNCTION_WSH, TRUE, FALSE, "Can only have wsh() at top level or inside sh()" },
  { BTC_FUNCTION_ADDR, FALSE, FALSE, "Can only have addr() at top level" },
  { BTC_FUNCTION_TR, FALSE, FALSE, "Can only have tr at top level" },
  { BTC_FUNCTION_RAWTR, FALSE, FALSE, "Can only have rawtr at top level" },
  { BTC_FUNCTION_UNUSED, FALSE, FALSE, "Can only have unused at top level" },
  { BTC_FUNCTION_RAW, FALSE, FALSE, "Can only have raw() at top level" },
};

/* Miniscript is named as such where it may be used, although it is not parsed. */
static gboolean
is_miniscript (Expression expression)
{
  static const char *const fragments[]
      = { "pk",    "pkh",   "pk_k",  "pk_h",  "older", "after", "sha256", "hash256", "ripemd160", "hash160",
          "andor", "and_v", "and_b", "and_n", "or_b",  "or_c",  "or_d",   "or_i",    "thresh",    "multi" };
  const char *colon = memchr (expression.text, ':', expression.len);

  if (colon != NULL && strspn (expression.text, "asctdvjnlu") == (gsize) (colon - expression.text))
    expression = (Expression){ colon + 1, expression.len - (gsize) (colon + 1 - expression.text) };
  for (guint i = 0; i < G_N_ELEMENTS (fragments); i++) {
    Expression copy = expression;
    if (take_function (&copy, fragments[i]))
      return TRUE;
  }
  return FALSE;
}

static BtcDescriptorNode *
refuse_function (Parser *parser, Place place, Expression expression)
{
  Expression copy = expression;

  if (take_function (&copy, "multi_a") || take_function (&copy, "sortedmulti_a"))
    parse_fail (parser, "Can only have multi_a/sortedmulti_a inside tr()");
  else if (place == IN_WSH && is_miniscript (expression))
    parse_fail (parser, "Miniscript is not supported by this version");
  else if (place == IN_SH)
    parse_fail (parser, "A function is needed within P2SH");
  else if (place == IN_WSH)
    parse_fail (parser, "A function is needed within P2WSH");
  else
    parse_fail (parser, "'%.*s' is not a valid descriptor function", (int) expression.len, expression.text);
  return NULL;
}

/* Parses the first script expression of REST; what follows is left there. The nesting is limited by PLACE. */
static BtcDescriptorNode *
parse_script (Parser *parser, Place place, Expression *rest)
{
  Expression expression = take_expression (rest);

  for (guint i = 0; i < G_N_ELEMENTS (functions); i++) {
    g_autoptr (BtcDescriptorNode) node = NULL;

    if (!take_function (&expression, btc_function_name (functions[i].function)))
      continue;
    if ((place == IN_SH && !functions[i].in_sh) || (place == IN_WSH && !functions[i].in_wsh)) {
      parse_fail (parser, "%s", functions[i].elsewhere);
      return NULL;
    }
    node = btc_descriptor_node_new (functions[i].function);
    node->first_key = parser->keys->len;
    return parse_arguments (parser, place, node, expression) ? g_steal_pointer (&node) : NULL;
  }
  return refuse_function (parser, place, expression);
}

/* Finds the text before the checksum, and verifies the checksum. */
static char *
split_checksum (const char *text, gboolean require, gsize *len)
{
  const char *hash = strchr (text, '#');
  char expected[CHECKSUM_LEN + 1];

  *len = hash != NULL ? (gsize) (hash - text) : strlen (text);
  if (hash == NULL && require)
    return g_strdup ("Missing checksum");
  if (hash != NULL && strchr (hash + 1, '#') != NULL)
    return g_strdup ("Multiple '#' symbols");
  if (hash != NULL && strlen (hash + 1) != CHECKSUM_LEN)
    return g_strdup_printf ("Expected 8 character checksum, not %u characters", (guint) strlen (hash + 1));
  if (!btc_descriptor_checksum (text, *len, expected))
    return g_strdup ("Invalid characters in payload");
  if (hash != NULL && strcmp (hash + 1, expected) != 0)
    return g_strdup_printf ("Provided checksum '%s' does not match computed checksum '%s'", hash + 1, expected);
  return NULL;
}

/* The descriptor with the values I. */
static BtcDescriptor *
descriptor_new (const Parser *parser, BtcDescriptorNode *root, gsize i)
{
  BtcDescriptor *descriptor = g_new0 (BtcDescriptor, 1);

  descriptor->network = parser->network;
  descriptor->root = btc_descriptor_node_ref (root);
  descriptor->n_keys = parser->keys->len;
  descriptor->keys = g_new0 (BtcDescriptorKey, MAX (parser->keys->len, 1));
  for (guint k = 0; k < parser->keys->len; k++)
    btc_key_expression_get (&g_array_index (parser->keys, BtcKeyExpression, k), i, &descriptor->keys[k]);
  return descriptor;
}

/* Parses the LEN bytes of TEXT; NULL with the message in PARSER. */
static GPtrArray *
parse_top (Parser *parser, const char *text, gsize len)
{
  Expression rest = { text, len };
  g_autoptr (BtcDescriptorNode) root = parse_script (parser, IN_TOP, &rest);
  GPtrArray *all;

  if (root == NULL)
    return NULL;
  if (rest.len > 0) {
    parse_fail (parser, "'%.*s' is not a valid descriptor function", (int) len, text);
    return NULL;
  }
  all = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_descriptor_free);
  for (gsize i = 0; i < parser->n_values; i++)
    g_ptr_array_add (all, descriptor_new (parser, root, i));
  return all;
}

GPtrArray *
btc_descriptor_parse_all (const char *text, BtcNetwork network, gboolean require_checksum, char **why)
{
  Parser parser = { .network = network, .n_values = 1 };
  GPtrArray *all = NULL;
  gsize len;

  g_return_val_if_fail (text != NULL, NULL);

  parser.error = split_checksum (text, require_checksum, &len);
  if (parser.error == NULL) {
    parser.keys = g_array_new (FALSE, FALSE, sizeof (BtcKeyExpression));
    g_array_set_clear_func (parser.keys, (GDestroyNotify) btc_key_expression_clear);
    all = parse_top (&parser, text, len);
    g_array_unref (parser.keys);
  }
  if (why != NULL)
    *why = g_steal_pointer (&parser.error);
  g_free (parser.error);
  return all;
}

BtcDescriptor *
btc_descriptor_parse (const char *text, BtcNetwork network, gboolean require_checksum, char **why)
{
  g_autoptr (GPtrArray) all = btc_descriptor_parse_all (text, network, require_checksum, why);

  if (all == NULL)
    return NULL;
  if (all->len == 1)
    return g_ptr_array_steal_index (all, 0);
  if (why != NULL)
    *why = g_strdup ("Multipath descriptor not accepted");
  return NULL;
}
