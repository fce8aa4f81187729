/* Finds where a wallet without a best block starts: at the last block that is older than its keys, since there were no
 * payments to them before. A binary search over the times of blocks. */
#include <string.h>

#include "wallet/follow/follower_private.h"

/* The maximum difference between the time in a block and the time at which it was found. */
#define BIRTH_WINDOW_S (2 * 60 * 60)

static void
birth_begin (WalletFollower *follower, const WalletChainTip *tip)
{
  WalletBirth *birth = &follower->birth;

  *birth = (WalletBirth){ .active = TRUE, .low = -1, .high = tip->height + 1, .at = tip->height, .at_known = TRUE };
  memcpy (birth->at32, tip->hash32, 32);
}

static void
birth_end (WalletFollower *follower)
{
  const WalletBirth *birth = &follower->birth;
  g_autoptr (WalletBatch) batch = wallet_batch_new ();

  follower->anchored = TRUE;
  if (birth->low < 0)
    return;
  wallet_tracker_set_place (follower->tracker, birth->low, birth->low32, batch);
  wallet_tracker_commit_later (follower->tracker, batch, NULL);
}

WalletStep *
wallet_follow_plan_birth (WalletFollower *follower, const WalletChainTip *tip)
{
  const WalletKeyring *keyring = wallet_tracker_get_keyring (follower->tracker);
  WalletBirth *birth = &follower->birth;
  WalletStepKind kind;
  WalletStep *step;

  if (wallet_keyring_get_chains (keyring)->len == 0) {
    *birth = (WalletBirth){ .low = tip->height };
    memcpy (birth->low32, tip->hash32, 32);
    birth_end (follower);
    return NULL;
  }
  follower->birth_time = wallet_keyring_get_birth_time (keyring) - BIRTH_WINDOW_S;
  if (follower->birth_time <= 0) {
    follower->anchored = TRUE;
    return NULL;
  }
  follower->behind = TRUE;
  if (!birth->active)
    birth_begin (follower, tip);
  kind = birth->at_known ? WALLET_STEP_BIRTH_BLOCK : WALLET_STEP_BIRTH_HASH;
  if (!wallet_follow_may_try (follower, kind))
    return NULL;
  step = wallet_step_new (follower, kind);
  step->height = birth->at;
  memcpy (step->hash32, birth->at32, 32);
  return step;
}

static void
take_birth_hash (WalletFollower *follower, WalletStep *step)
{
  g_autofree WalletChainPlace *place
      = wallet_chain_get_hash_finish (wallet_source_get_chain (follower->source), step->result, &step->error);

  if (place == NULL)
    return;
  memcpy (follower->birth.at32, place->hash32, 32);
  follower->birth.at_known = TRUE;
}

/* A pruned block counts as older: otherwise neither it nor the blocks after it could be read. */
static void
take_birth_block (WalletFollower *follower, WalletStep *step)
{
  WalletBirth *birth = &follower->birth;
  g_autoptr (WalletChainBlock) found
      = wallet_chain_get_block_finish (wallet_source_get_chain (follower->source), step->result, &step->error);
  gboolean pruned = g_error_matches (step->error, BUS_ERROR, BUS_ERROR_PRUNED);

  if (found == NULL && !pruned)
    return;
  g_clear_error (&step->error);
  if (found != NULL && (!found->active || found->height != birth->at)) {
    g_set_error_literal (&step->error, BUS_ERROR, BUS_ERROR_INVALID_ANSWER, "the chain has changed");
    return;
  }
  if (pruned || found->block->header.time < follower->birth_time) {
    birth->low = birth->at;
    birth->low_pruned = pruned;
    memcpy (birth->low32, birth->at32, 32);
  } else {
    birth->high = birth->at;
  }
  birth->at = birth->low + (birth->high - birth->low) / 2;
  birth->at_known = FALSE;
  if (birth->high - birth->low > 1)
    return;
  birth->active = FALSE;
  if (birth->low_pruned)
    g_set_error_literal (&step->error, BUS_ERROR, BUS_ERROR_PRUNED, "blocks since the creation of the wallet");
  else
    birth_end (follower);
}

void
wallet_follow_take_birth (WalletFollower *follower, WalletStep *step)
{
  if (step->kind == WALLET_STEP_BIRTH_HASH)
    take_birth_hash (follower, step);
  else
    take_birth_block (follower, step);
  /* The search is restarted next time. */
  if (step->error != NULL)
    follower->birth.active = FALSE;
}
