/* Spend1.FeeChoices: the node's estimates, without using the wallet thread. */
#include "dbus/calls.h"
#include "dbus/errors.h"
#include "wallet/service/spend1.h"

#define N_CHOICES 3
/* How long to wait for the node, since a page of the application is waiting for the reply. */
#define TIMEOUT_MS 5000

static const guint32 choice_blocks[N_CHOICES] = { 1, 6, 144 };

typedef struct {
  WalletManager *manager;
  BusSpend1 *skeleton;
  GDBusMethodInvocation *invocation;
  GCancellable *cancellable;
  guint timeout; /* source */
  GVariantBuilder choices;
  GError *error; /* the first */
  guint next;    /* index of the choice being requested: one at a time */
} FeeChoices;

static void
fee_choices_finish (FeeChoices *self)
{
  if (self->error != NULL) {
    g_variant_builder_clear (&self->choices);
    bus_error_reply (self->invocation, self->error);
    g_error_free (self->error);
  } else {
    bus_spend1_complete_fee_choices (self->skeleton, self->invocation, g_variant_builder_end (&self->choices));
  }
  g_clear_handle_id (&self->timeout, g_source_remove);
  g_object_unref (self->cancellable);
  g_object_unref (self->skeleton);
  g_object_unref (self->manager);
  g_free (self);
}

/* Without an estimate: the rate that the user has configured (-fallbackfee), otherwise none, and the user has to
 * choose. */
static void
fee_choices_add (FeeChoices *self, const WalletChainEstimate *estimate)
{
  guint64 rate
      = estimate->estimated ? estimate->rate : (guint64) wallet_manager_get_policy (self->manager)->fallback_fee_rate;
  GVariantDict choice = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&choice, "blocks", "u", choice_blocks[self->next]);
  if (rate != 0)
    g_variant_dict_insert (&choice, "fee_rate", "t", MAX (rate, estimate->minimum));
  g_variant_dict_insert (&choice, "estimated", "b", estimate->estimated);
  g_variant_builder_add_value (&self->choices, g_variant_dict_end (&choice));
}

static void fee_choices_request (FeeChoices *self);

static void
on_fee_choice (GObject *source, GAsyncResult *result, gpointer data)
{
  FeeChoices *self = data;
  g_autoptr (GError) error = NULL;
  g_autofree WalletChainEstimate *estimate
      = wallet_chain_estimate_finish (wallet_manager_get_chain (self->manager), result, &error);

  if (estimate == NULL) {
    /* Otherwise it was the timeout. */
    gboolean by_caller = self->timeout != 0 && g_cancellable_is_cancelled (self->cancellable);

    self->error = by_caller ? g_error_new_literal (BUS_ERROR, BUS_ERROR_CANCELLED, "The call was cancelled.")
                            : g_error_new_literal (BUS_ERROR, BUS_ERROR_NODE_UNAVAILABLE, "The node does not answer.");
    fee_choices_finish (self);
    return;
  }
  fee_choices_add (self, estimate);
  self->next++;
  fee_choices_request (self);
}

static void
fee_choices_request (FeeChoices *self)
{
  if (self->next == N_CHOICES)
    fee_choices_finish (self);
  else
    wallet_chain_estimate_async (wallet_manager_get_chain (self->manager), choice_blocks[self->next], self->cancellable,
                                 on_fee_choice, self);
}

static gboolean
fee_choices_timed_out (gpointer data)
{
  FeeChoices *self = data;

  self->timeout = 0;
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

gboolean
wallet_spend1_fee_choices (BusSpend1 *skeleton, GDBusMethodInvocation *invocation, GVariant *options, gpointer data)
{
  WalletManager *manager = ((const WalletBusTarget *) data)->manager;
  FeeChoices *self;

  if (!wallet_chain_is_available (wallet_manager_get_chain (manager))) {
    g_autoptr (GError) error = g_error_new_literal (BUS_ERROR, BUS_ERROR_NODE_UNAVAILABLE, "The node is not running.");
    bus_error_reply (invocation, error);
    return TRUE;
  }
  self = g_new0 (FeeChoices, 1);
  self->manager = g_object_ref (manager);
  self->skeleton = g_object_ref (skeleton);
  self->invocation = invocation;
  self->cancellable = g_object_ref (bus_calls_get_cancellable (invocation));
  self->timeout = g_timeout_add (TIMEOUT_MS, fee_choices_timed_out, self);
  g_variant_builder_init (&self->choices, G_VARIANT_TYPE ("aa{sv}"));
  fee_choices_request (self);
  return TRUE;
}
