#pragma once

#include "wallet/service/bus_call.h"

G_BEGIN_DECLS

/* Wallet1 of TARGET, which must outlive the export of the skeleton. Main context. */
BusWallet1 *wallet_wallet1_new (WalletBusTarget *target);

/* Sets its properties. */
void wallet_wallet1_show (BusWallet1 *skeleton, const WalletStatus *status);

G_END_DECLS
