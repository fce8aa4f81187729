#pragma once

#include "node/service/miners.h"

G_BEGIN_DECLS

/* The block templates of one connection, each an org.moneyrocket.BlockTemplate1. Main context. */
typedef struct _NodeTemplates NodeTemplates;

NodeTemplates *node_templates_new (NodeMiner *miner, GDBusConnection *connection);

/* The connection is being closed: releases all templates, and ends what waits for others. */
void node_templates_free (NodeTemplates *templates);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeTemplates, node_templates_free)

/* Exports MADE, which was taken from the quota with node_miner_take(), with the OPTIONS of its successors. The path is
 * borrowed. NULL with ERROR: it was given back. */
const char *
node_templates_add (NodeTemplates *templates, NodeTemplate *made, const NodeMiningOptions *options, GError **error);

/* The node is stopping: ends all calls that wait. */
void node_templates_interrupt (NodeTemplates *templates);

G_END_DECLS
