#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Errors that are sent over a connection with stable names, org.moneyrocket.Error.NAME. */
#define BUS_ERROR (bus_error_quark ())
GQuark bus_error_quark (void); /* registers the names with GDBus at its first use */

typedef enum {
  BUS_ERROR_FAILED,             /* Failed: no further details */
  BUS_ERROR_NOT_READY,          /* NotReady */
  BUS_ERROR_VERSION_MISMATCH,   /* VersionMismatch */
  BUS_ERROR_NETWORK_MISMATCH,   /* NetworkMismatch */
  BUS_ERROR_NOT_SUPPORTED,      /* NotSupported */
  BUS_ERROR_INVALID_ARGUMENT,   /* InvalidArgument */
  BUS_ERROR_INVALID_ADDRESS,    /* InvalidAddress */
  BUS_ERROR_INVALID_AMOUNT,     /* InvalidAmount */
  BUS_ERROR_INVALID_NAME,       /* InvalidName */
  BUS_ERROR_NOT_FOUND,          /* NotFound */
  BUS_ERROR_NOT_IN_CHAIN,       /* NotInChain */
  BUS_ERROR_BUSY,               /* Busy */
  BUS_ERROR_LIMIT_EXCEEDED,     /* LimitExceeded */
  BUS_ERROR_CANCELLED,          /* Cancelled */
  BUS_ERROR_DISCONNECTED,       /* Disconnected: the connection was closed before the reply; see bus_error_is_reply() */
  BUS_ERROR_STORAGE,            /* Storage: the disk is full or failing */
  BUS_ERROR_REJECTED,           /* Rejected */
  BUS_ERROR_NODE_UNAVAILABLE,   /* NodeUnavailable */
  BUS_ERROR_INVALID_ANSWER,     /* InvalidAnswer: the reply of the other program violates the interface */
  BUS_ERROR_PRUNED,             /* Pruned: the node has pruned this block */
  BUS_ERROR_INSUFFICIENT_FUNDS, /* InsufficientFunds */
  BUS_ERROR_TOO_MANY_COINS,     /* TooManyCoins: a transaction with all the coins that are needed would be too large */
  BUS_ERROR_FEE_TOO_HIGH,       /* FeeTooHigh */
  BUS_ERROR_WALLET_EXISTS,      /* WalletExists */
  BUS_ERROR_WALLET_NOT_FOUND,   /* WalletNotFound */
  BUS_ERROR_WALLET_LOADED,      /* WalletLoaded */
  BUS_ERROR_WALLET_DAMAGED,     /* WalletDamaged */
  BUS_ERROR_WALLET_LEGACY,      /* WalletLegacy: it has to be migrated before it can be loaded */
  BUS_ERROR_WALLET_OTHER_NETWORK, /* WalletOtherNetwork */
  BUS_ERROR_WALLET_NEWER,         /* WalletNewer: a newer program has created it */
  BUS_ERROR_WALLET_UNKNOWN,       /* WalletUnknown: there is something else in its place */
  BUS_N_ERRORS
} BusError;

/* The stable name of ERROR: its own when it is a BUS_ERROR, else that of BUS_ERROR_STORAGE for failures of files, of
 * BUS_ERROR_CANCELLED for a cancelled call, and of BUS_ERROR_FAILED for the rest. Static. */
const char *bus_error_get_name (const GError *error);

/* The error of that stable name; BUS_ERROR_FAILED for an unknown name. The caller owns it. */
GError *bus_error_new_for_name (const char *name, const char *message);

/* Replies to a call with ERROR under its stable name. Takes ownership of INVOCATION, but not of ERROR. */
void bus_error_reply (GDBusMethodInvocation *invocation, const GError *error);

/* *ERROR is that of a call. If the connection was closed before the reply, or before the call, it becomes
 * BUS_ERROR_DISCONNECTED, whatever GDBus has made of it. It is not known then whether the call was carried out. */
void bus_error_name_closed (GError **error);

/* Whether ERROR, that of a call, is the answer of the other end: one of ours other than BUS_ERROR_DISCONNECTED. */
gboolean bus_error_is_reply (const GError *error);

/* Removes the prefix that GDBus adds to the message of a remote error. */
void bus_error_strip (GError *error);

G_END_DECLS
