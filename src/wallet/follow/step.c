#include "wallet/follow/follower_private.h"

WalletFollower *
wallet_follower_ref (WalletFollower *follower)
{
  g_atomic_ref_count_inc (&follower->references);
  return follower;
}

void
wallet_follower_unref (WalletFollower *follower)
{
  if (!g_atomic_ref_count_dec (&follower->references))
    return;
  g_byte_array_unref (follower->submit);
  g_clear_pointer (&follower->missed, g_ptr_array_unref);
  wallet_source_unref (follower->source);
  g_free (follower->name);
  g_free (follower);
}

WalletStep *
wallet_step_new (WalletFollower *follower, WalletStepKind kind)
{
  WalletStep *step = g_new0 (WalletStep, 1);

  step->follower = wallet_follower_ref (follower);
  step->kind = kind;
  step->epoch = follower->epoch;
  return step;
}

void
wallet_step_free (WalletStep *step)
{
  g_clear_pointer (&step->locator, g_byte_array_unref);
  g_clear_pointer (&step->tx, btc_tx_unref);
  g_clear_object (&step->result);
  g_clear_error (&step->error);
  wallet_follower_unref (step->follower);
  g_free (step);
}

void
wallet_step_send (WalletStep *step, GAsyncReadyCallback callback)
{
  WalletChain *chain = wallet_source_get_chain (step->follower->source);
  GCancellable *cancellable = wallet_source_get_cancellable (step->follower->source);
  const guint8 *after32 = step->from_start ? NULL : step->hash32;

  switch (step->kind) {
  case WALLET_STEP_TIP:
    wallet_chain_get_tip_async (chain, cancellable, callback, step);
    break;
  case WALLET_STEP_ANCHOR:
    wallet_chain_find_fork_async (chain, step->locator->data, step->locator->len / 32, cancellable, callback, step);
    break;
  case WALLET_STEP_BLOCK:
  case WALLET_STEP_BIRTH_BLOCK:
    wallet_chain_get_block_async (chain, step->hash32, cancellable, callback, step);
    break;
  case WALLET_STEP_BLOCKS:
  case WALLET_STEP_SCAN:
    wallet_chain_get_blocks_async (chain, after32, step->limit, cancellable, callback, step);
    break;
  case WALLET_STEP_SCAN_HASH:
  case WALLET_STEP_BIRTH_HASH:
    wallet_chain_get_hash_async (chain, step->height, cancellable, callback, step);
    break;
  case WALLET_STEP_SUBMIT:
    wallet_chain_submit_async (chain, step->tx, NULL, cancellable, callback, step);
    break;
  case WALLET_STEP_MEMPOOL:
    wallet_chain_get_mempool_async (chain, cancellable, callback, step);
    break;
  case WALLET_N_STEPS:
    g_assert_not_reached ();
  }
}
