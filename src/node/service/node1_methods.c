#include "bitcoin/address/address.h"
#include "common/hex.h"
#include "dbus/bytes.h"
#include "dbus/calls.h"
#include "dbus/errors.h"
#include "dbus/operation.h"
#include "dbus/options.h"
#include "node/service/chain_lists.h"
#include "node/service/node1.h"
#include "node/service/records.h"

#define MAX_GENERATE 1000
/* Blocks between two reports of progress. */
#define GENERATE_STEP 10
#define MAX_LIST 100
/* Blocks that one step on the chain thread reads. */
#define LIST_STEP 1

static void
refuse (GDBusMethodInvocation *invocation, BusError code, const char *text)
{
  g_autoptr (GError) error = g_error_new_literal (BUS_ERROR, code, text);

  bus_error_reply (invocation, error);
}

/* Answers for a job that did not run. */
static void
refuse_job (GDBusMethodInvocation *invocation, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BUSY))
    refuse (invocation, BUS_ERROR_BUSY, error->message);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    refuse (invocation, BUS_ERROR_CANCELLED, "cancelled");
  else
    refuse (invocation, BUS_ERROR_NOT_READY, "the node is stopping");
}

/* Generate: the RPC method does the work, on its own threads, in steps. */
typedef struct {
  const NodeContext *context;
  BusOperation *operation;
  char *address;
  guint wanted;
  guint done;
  GVariantBuilder hashes; /* aay */
} Generation;

static gboolean generating = FALSE;

static void
generation_free (Generation *generation)
{
  generating = FALSE;
  g_variant_builder_clear (&generation->hashes);
  g_object_unref (generation->operation);
  g_free (generation->address);
  g_free (generation);
}

static void
generation_fail (Generation *generation, const GError *error)
{
  if (g_cancellable_is_cancelled (bus_operation_get_cancellable (generation->operation))) {
    g_autoptr (GError) cancelled = g_error_new_literal (BUS_ERROR, BUS_ERROR_CANCELLED, "cancelled");

    bus_operation_fail (generation->operation, cancelled);
  } else
    bus_operation_fail (generation->operation, error);
  generation_free (generation);
}

static void
generation_succeed (Generation *generation)
{
  GVariantDict result = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert_value (&result, "hashes", g_variant_builder_end (&generation->hashes));
  bus_operation_succeed (generation->operation, g_variant_dict_end (&result));
  g_variant_builder_init (&generation->hashes, G_VARIANT_TYPE ("aay"));
  generation_free (generation);
}

static void generation_step (Generation *generation);

static void
on_generated (GObject *source, GAsyncResult *result, gpointer data)
{
  Generation *generation = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (RpcJson) hashes = rpc_handler_execute_finish (RPC_HANDLER (source), result, &error);
  gsize n = hashes != NULL ? rpc_json_len (hashes) : 0;

  if (n == 0) {
    if (error == NULL)
      error = g_error_new_literal (BUS_ERROR, BUS_ERROR_FAILED, "no block was found");
    generation_fail (generation, error);
    return;
  }
  for (gsize i = 0; i < n; i++) {
    guint8 hash32[32];

    if (common_hex_decode_reversed (rpc_json_string (rpc_json_at (hashes, i)), hash32, 32))
      g_variant_builder_add_value (&generation->hashes, bus_bytes_new (hash32, 32));
  }
  generation->done += n;
  bus_operation_progress (generation->operation, "mining", (double) generation->done / generation->wanted);
  generation_step (generation);
}

static void
generation_step (Generation *generation)
{
  g_autoptr (RpcJson) params = rpc_json_new_array ();
  g_autoptr (GError) error = NULL;

  if (generation->done >= generation->wanted) {
    generation_succeed (generation);
    return;
  }
  if (g_cancellable_set_error_if_cancelled (bus_operation_get_cancellable (generation->operation), &error)) {
    generation_fail (generation, error);
    return;
  }
  rpc_json_append (params, rpc_json_new_int (MIN (GENERATE_STEP, generation->wanted - generation->done)));
  rpc_json_append (params, rpc_json_new_string (generation->address));
  rpc_handler_execute_async (RPC_HANDLER (generation->context->router), "generatetoaddress", params, NULL,
                             bus_operation_get_cancellable (generation->operation), on_generated, generation);
}

static gboolean
check_generate (const NodeContext *context, GDBusMethodInvocation *invocation, guint blocks, const char *address)
{
  const BtcNetworkInfo *network = context->params->network;
  g_autofree char *why = NULL;
  g_autoptr (GBytes) script = btc_address_decode (address, network->network, &why);

  if (network->network != BTC_NETWORK_REGTEST)
    refuse (invocation, BUS_ERROR_NOT_SUPPORTED, "blocks are generated on regtest only");
  else if (blocks < 1 || blocks > MAX_GENERATE)
    refuse (invocation, BUS_ERROR_INVALID_ARGUMENT, "1 to 1000 blocks are generated");
  else if (script == NULL)
    refuse (invocation, BUS_ERROR_INVALID_ADDRESS, why != NULL ? why : "not an address");
  else if (generating)
    refuse (invocation, BUS_ERROR_BUSY, "blocks are being generated already");
  else
    return TRUE;
  return FALSE;
}

static gboolean
on_generate (BusNode1 *object,
             GDBusMethodInvocation *invocation,
             guint blocks,
             const char *address,
             GVariant *options,
             gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BusOperation) operation = NULL;
  Generation *generation;

  if (!check_generate (data, invocation, blocks, address))
    return TRUE;
  operation = bus_operation_new (invocation, "mining", &error);
  if (operation == NULL) {
    bus_error_reply (invocation, error);
    return TRUE;
  }
  generation = g_new0 (Generation, 1);
  generation->context = data;
  generation->operation = g_steal_pointer (&operation);
  generation->address = g_strdup (address);
  generation->wanted = blocks;
  g_variant_builder_init (&generation->hashes, G_VARIANT_TYPE ("aay"));
  generating = TRUE;
  bus_node1_complete_generate (object, invocation, bus_operation_get_path (generation->operation));
  generation_step (generation);
  return TRUE;
}

/* ListBlocks, on the thread of the readers: some blocks a step, so that others get a turn. */
typedef struct {
  const NodeContext *context;
  BusNode1 *object;
  GDBusMethodInvocation *invocation;
  gint64 before; /* the next row is the highest block below this height */
  guint32 limit;
  GVariantBuilder rows;
  GError *error;
} Listing;

static void
listing_reply (gpointer data, const GError *error)
{
  Listing *listing = data;

  if (error != NULL)
    refuse_job (listing->invocation, error);
  else if (listing->error != NULL)
    bus_error_reply (listing->invocation, listing->error);
  else
    bus_node1_complete_list_blocks (listing->object, listing->invocation, g_variant_builder_end (&listing->rows));
}

static void
listing_free (gpointer data)
{
  Listing *listing = data;

  g_variant_builder_clear (&listing->rows);
  g_clear_error (&listing->error);
  g_object_unref (listing->object);
  g_free (listing);
}

static void
listing_add (Listing *listing, NodeChain *chain, const NodeBlock *index)
{
  g_autoptr (BtcBlock) block = node_chain_list_read (chain, index, &listing->error);

  if (block == NULL)
    return;
  g_variant_builder_add_value (&listing->rows, node_record_block (index, block));
}

static CommonJobState
listing_step (gpointer data, GCancellable *cancellable)
{
  Listing *listing = data;
  NodeChain *chain = listing->context->chain;
  g_autoptr (NodeTip) tip = node_chain_ref_tip (chain);

  if (tip == NULL)
    listing->error = g_error_new_literal (BUS_ERROR, BUS_ERROR_NOT_READY, "the chain is being closed");
  else
    listing->before = MIN (listing->before, (gint64) tip->block->height + 1);
  for (guint i = 0; i < LIST_STEP && listing->limit > 0 && listing->before > 0 && listing->error == NULL; i++) {
    listing->before--;
    listing->limit--;
    listing_add (listing, chain, node_block_ancestor (tip->block, (guint32) listing->before));
  }
  return listing->limit > 0 && listing->before > 0 && listing->error == NULL ? COMMON_JOB_AGAIN : COMMON_JOB_DONE;
}

static void
listing_start (Listing *listing)
{
  const CommonJob job = { .name = "ListBlocks",
                          .func = listing_step,
                          .done = listing_reply,
                          .data = listing,
                          .free_data = listing_free,
                          .cancellable = bus_calls_get_cancellable (listing->invocation) };
  g_autoptr (GError) error = NULL;

  if (common_jobs_post (node_chain_readers (listing->context->chain), &job, &error))
    return;
  listing_reply (listing, error);
  listing_free (listing);
}

static gboolean
on_list_blocks (BusNode1 *object, GDBusMethodInvocation *invocation, guint limit, GVariant *options, gpointer data)
{
  const NodeContext *context = data;
  g_autoptr (NodeTip) tip = NULL;
  Listing *listing;
  guint32 before;

  if (limit < 1 || limit > MAX_LIST) {
    refuse (invocation, BUS_ERROR_INVALID_ARGUMENT, "the limit is 1 to 100");
    return TRUE;
  }
  if (!bus_options_check (invocation, options, "before", "u", NULL))
    return TRUE;
  if (node_monitor_get_status (context->monitor).state < NODE_STATE_STOPPING)
    tip = node_chain_ref_tip (context->chain);
  if (tip == NULL) {
    refuse (invocation, BUS_ERROR_NOT_READY, "the chain is being loaded or closed");
    return TRUE;
  }
  listing = g_new0 (Listing, 1);
  listing->context = context;
  listing->object = g_object_ref (object);
  listing->invocation = invocation;
  listing->before = g_variant_lookup (options, "before", "u", &before) ? (gint64) before : G_MAXINT64;
  listing->limit = limit;
  g_variant_builder_init (&listing->rows, G_VARIANT_TYPE ("aa{sv}"));
  listing_start (listing);
  return TRUE;
}

void
node_node1_connect_methods (BusNode1 *skeleton, const NodeContext *context)
{
  g_signal_connect (skeleton, "handle-generate", G_CALLBACK (on_generate), (gpointer) context);
  g_signal_connect (skeleton, "handle-list-blocks", G_CALLBACK (on_list_blocks), (gpointer) context);
}
