#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Match rules of D-Bus: "type='signal',interface='org.moneyrocket.Node1'". The keys type, sender, destination, interface,
 * member, path and path_namespace are compared; a rule with another key of the specification (arg0, eavesdrop, …) matches
 * whatever its other keys match. */

typedef struct _BusMatchRules BusMatchRules;

/* None: everything matches. NULL with an error if one is malformed, or they are too many or too long. */
BusMatchRules *bus_match_rules_new (const char *const *rules, GError **error);
void bus_match_rules_free (BusMatchRules *rules);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BusMatchRules, bus_match_rules_free)

/* Whether one of them matches MESSAGE. */
gboolean bus_match_rules_match (const BusMatchRules *rules, GDBusMessage *message);

G_END_DECLS
