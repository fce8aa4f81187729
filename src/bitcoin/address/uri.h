#pragma once

#include "bitcoin/primitives/network.h"

G_BEGIN_DECLS

/* BIP 21 payment URIs ("bitcoin:ADDRESS?amount=0.1&label=…"). Pure, any thread. */
typedef struct {
  char *address;
  gint64 amount_sat; /* -1: not given */
  char *label;       /* NULL: not given */
  char *message;
} BtcUri;

typedef enum {
  BTC_URI_OK,
  BTC_URI_NONE, /* another scheme */
  BTC_URI_NO_ADDRESS,
  BTC_URI_BAD_AMOUNT, /* no plain number, such as 0.5 */
  BTC_URI_NEGATIVE_AMOUNT,
  BTC_URI_LARGE_AMOUNT, /* more than there can be */
  BTC_URI_FINE_AMOUNT,  /* more than eight decimals */
  BTC_URI_TWO_AMOUNTS,
  BTC_URI_UNKNOWN_REQUIREMENT, /* an unknown required parameter (`req-…`) */
} BtcUriFault;

/* Splits TEXT, with an address that is not checked. *URI is set only if the result is BTC_URI_OK. */
BtcUriFault btc_uri_split (const char *text, BtcUri **uri);

/* The same with an address that is valid for NETWORK; otherwise NULL. */
BtcUri *btc_uri_parse (const char *text, BtcNetwork network);
void btc_uri_free (BtcUri *uri);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtcUri, btc_uri_free)

/* With AMOUNT_SAT -1, or LABEL NULL or "", the parameter is omitted. The caller owns it. */
char *btc_uri_format (const char *address, gint64 amount_sat, const char *label);

G_END_DECLS
