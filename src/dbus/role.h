#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What the other end of a connection may do. Each method of an interface has the annotation org.moneyrocket.Role (or its
 * interface has): the roles that may call it, separated by spaces. Properties and signals are for everyone who may call
 * any method of their interface, except with the role PAIR alone. */
typedef enum {
  BUS_ROLE_OBSERVE = 1 << 0, /* reads, changes nothing */
  BUS_ROLE_OPERATE = 1 << 1, /* a node: everything that its operator may do */
  BUS_ROLE_WALLET = 1 << 2,  /* a node: what a wallet needs */
  BUS_ROLE_SPEND = 1 << 3,   /* a wallet: everything that its owner may do */
  BUS_ROLE_PARENT = 1 << 4,  /* the program that started this one */
  BUS_ROLE_PAIR = 1 << 5,    /* a program that is not paired yet: it may say Hello, and prove that it has the code */
} BusRoles;

#define BUS_ROLES_NODE ((BusRoles) (BUS_ROLE_OBSERVE | BUS_ROLE_OPERATE | BUS_ROLE_WALLET))
#define BUS_ROLES_OWNER ((BusRoles) (BUS_ROLE_OBSERVE | BUS_ROLE_SPEND)) /* of a wallet */
#define BUS_ROLES_ALL ((BusRoles) (BUS_ROLES_NODE | BUS_ROLES_OWNER | BUS_ROLE_PARENT))

/* The role NAME ("observe", "operate", "wallet", "spend") with what it includes: every one may observe. 0: unknown, or one
 * that nobody can be given. */
BusRoles bus_role_from_name (const char *name);

/* The name of the highest role in ROLES. Static. */
const char *bus_roles_get_name (BusRoles roles);

/* The names of all of ROLES, the highest first. NULL-terminated; the caller owns the array, with g_free(). */
const char **bus_roles_dup_names (BusRoles roles);

/* The roles NAMES (NULL-terminated); unknown ones are ignored. */
BusRoles bus_roles_from_names (const char *const *names);

/* The roles that may call METHOD of INFO. */
BusRoles bus_role_of_method (const GDBusInterfaceInfo *info, const GDBusMethodInfo *method);

G_END_DECLS
