#pragma once

#include "dbus/supervisor.h"

G_BEGIN_DECLS

/* Keeps two workers connected with each other while both are ready: passes one end of a socketpair to each
 * (AttachPeer), and a new pair when a worker is restarted or reports that the connection was closed. Main context of
 * the supervisors. */

typedef struct _BusPair BusPair;

/* To be created before the supervisors are started, and freed before them. */
BusPair *bus_pair_new (BusSupervisor *node, BusSupervisor *wallet);
void bus_pair_free (BusPair *pair);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BusPair, bus_pair_free)

G_END_DECLS
