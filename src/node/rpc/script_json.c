#include "node/rpc/script_json.h"

#include <string.h>

#include "bitcoin/address/address.h"
#include "bitcoin/script/script.h"
#include "common/hex.h"

/* BIP 380: each character gives five bits at once, and its group two bits that are gathered by threes. */
#define CHECKSUM_LEN 8
static const char charset[] = "0123456789()[],'/*abcdefgh@:$%{}"
                              "IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~"
                              "ijklmnopqrstuvwxyzABCDEFGH`#\"\\ ";
static const char digits[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

static guint64
polymod (guint64 sum, guint value)
{
  static const guint64 generator[] = { 0xf5dee51989, 0xa9fdca3312, 0x1bab10e32d, 0x3706b1677a, 0x644d626ffd };
  guint64 top = sum >> 35;

  sum = (sum & 0x7ffffffff) << 5 ^ value;
  for (guint i = 0; i < G_N_ELEMENTS (generator); i++)
    if ((top >> i & 1) != 0)
      sum ^= generator[i];
  return sum;
}

char *
node_rpc_descriptor_add_checksum (const char *body)
{
  guint64 sum = 1;
  guint groups = 0, n_groups = 0;
  char text[CHECKSUM_LEN + 1] = "";

  for (const char *c = body; *c != '\0'; c++) {
    const char *found = strchr (charset, *c);
    guint place = found != NULL ? (guint) (found - charset) : 0;
    sum = polymod (sum, place & 31);
    groups = groups * 3 + (place >> 5);
    if (++n_groups == 3) {
      sum = polymod (sum, groups);
      groups = n_groups = 0;
    }
  }
  if (n_groups > 0)
    sum = polymod (sum, groups);
  for (guint i = 0; i < CHECKSUM_LEN; i++)
    sum = polymod (sum, 0);
  sum ^= 1;
  for (guint i = 0; i < CHECKSUM_LEN; i++)
    text[i] = digits[sum >> 5 * (CHECKSUM_LEN - 1 - i) & 31];
  return g_strconcat (body, "#", text, NULL);
}

/* "multi(K,KEY,…)" of a bare multisig script; NULL when a key has an odd length. */
static char *
dup_multisig (BtcSpan script)
{
  GString *text = g_string_new ("multi(");
  gsize pos = 0;
  guint8 opcode;
  BtcSpan push;
  gboolean first = TRUE;

  while (btc_script_next (script, &pos, &opcode, &push)) {
    if (first)
      g_string_append_printf (text, "%d", opcode - 0x50);
    else if (push.data != NULL && (push.len == 33 || push.len == 65)) {
      g_autofree char *hex = common_hex_encode (push.data, push.len);
      g_string_append_printf (text, ",%s", hex);
    }
    first = FALSE;
  }
  g_string_append_c (text, ')');
  return g_string_free (text, FALSE);
}

static char *
dup_with_hex (const char *name, BtcSpan data)
{
  g_autofree char *hex = common_hex_encode (data.data, data.len);
  return g_strdup_printf ("%s(%s)", name, hex);
}

char *
node_rpc_script_dup_descriptor (BtcSpan script, BtcNetwork network)
{
  BtcSpan data;
  BtcScriptType type = btc_script_classify (script, &data);
  g_autofree char *address = btc_address_encode (script, network);
  g_autofree char *body = NULL;

  if (type == BTC_SCRIPT_PUBKEY)
    body = dup_with_hex ("pk", data);
  else if (type == BTC_SCRIPT_MULTISIG)
    body = dup_multisig (script);
  else if (type == BTC_SCRIPT_WITNESS_V1_TAPROOT)
    body = dup_with_hex ("rawtr", data);
  else if (address != NULL)
    body = g_strdup_printf ("addr(%s)", address);
  else
    body = dup_with_hex ("raw", script);
  return node_rpc_descriptor_add_checksum (body);
}

RpcJson *
node_rpc_script_to_json (BtcSpan script, BtcNetwork network, gboolean with_hex)
{
  RpcJson *json = rpc_json_new_object ();
  BtcScriptType type = btc_script_classify (script, NULL);
  g_autofree char *text = btc_script_to_asm (script, FALSE);
  g_autofree char *descriptor = node_rpc_script_dup_descriptor (script, network);
  /* A bare public key has a hash, but no address of its own. */
  g_autofree char *address = type != BTC_SCRIPT_PUBKEY ? btc_address_encode (script, network) : NULL;

  rpc_json_set (json, "asm", rpc_json_new_string (text));
  rpc_json_set (json, "desc", rpc_json_new_string (descriptor));
  if (with_hex)
    rpc_json_set (json, "hex", rpc_json_new_hex (script.data, script.len));
  if (address != NULL)
    rpc_json_set (json, "address", rpc_json_new_string (address));
  rpc_json_set (json, "type", rpc_json_new_string (btc_script_type_name (type)));
  return json;
}
