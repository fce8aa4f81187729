#pragma once

#include "wallet/service/bus_call.h"

G_BEGIN_DECLS

/* Spend1 of TARGET, which must outlive the export of the skeleton. Main context. */
BusSpend1 *wallet_spend1_new (WalletBusTarget *target);

/* fee_choices.c, send.c: handlers of two methods; DATA is TARGET. */
gboolean
wallet_spend1_fee_choices (BusSpend1 *skeleton, GDBusMethodInvocation *invocation, GVariant *options, gpointer data);
gboolean wallet_spend1_send (BusSpend1 *skeleton,
                             GDBusMethodInvocation *invocation,
                             guint64 draft,
                             GVariant *options,
                             gpointer data);

G_END_DECLS
