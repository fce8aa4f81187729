#include "wallet/wallets/notify.h"

#include "common/command.h"
#include "common/hex.h"

#define MAX_AT_ONCE 8

struct _WalletNotify {
  char *command;
  GThreadPool *pool; /* of commands */
};

static void
notify_in_pool (gpointer data, gpointer none)
{
  g_autofree char *command = data;

  common_command_run (command);
}

WalletNotify *
wallet_notify_new (const char *command)
{
  WalletNotify *notify = g_new0 (WalletNotify, 1);

  notify->command = g_strdup (command);
  notify->pool = g_thread_pool_new (notify_in_pool, NULL, MAX_AT_ONCE, FALSE, NULL);
  return notify;
}

void
wallet_notify_free (WalletNotify *notify)
{
  if (notify == NULL)
    return;
  g_thread_pool_free (notify->pool, FALSE, FALSE);
  g_free (notify->command);
  g_free (notify);
}

/* COMMAND with VALUE for each KEY. Takes ownership of COMMAND. */
static char *
notify_replace (char *command, const char *key, const char *value)
{
  g_autofree char *before = command;

  return common_command_fill_in (before, key, value);
}

void
wallet_notify_tx (WalletNotify *notify, const char *name, const WalletTx *tx)
{
  gboolean confirmed = tx->state == WALLET_TX_CONFIRMED;
  g_autofree char *txid = common_hex_encode_reversed (tx->tx->txid32, 32);
  g_autofree char *block = confirmed ? common_hex_encode_reversed (tx->record->block32, 32) : g_strdup ("unconfirmed");
  g_autofree char *height = g_strdup_printf ("%d", confirmed ? tx->height : -1);
  g_autofree char *quoted = g_shell_quote (name);
  char *command = common_command_fill_in (notify->command, "%s", txid);

  command = notify_replace (command, "%b", block);
  command = notify_replace (command, "%h", height);
  command = notify_replace (command, "%w", quoted); /* last: it may contain anything */
  g_thread_pool_push (notify->pool, command, NULL);
}
