#pragma once

#include "dbus/wire/transport.h"

G_BEGIN_DECLS

/* What an implementation of BusTransport consists of: the functions are those of transport.h. */
typedef struct {
  gboolean passes_fds;
  gssize (*read) (BusTransport *transport, guint8 *buffer, gsize n, BusTransportFds *fds);
  gssize (*write) (BusTransport *transport, const guint8 *data, gsize n, GUnixFDList *fds);
  GSource *(*create_child) (BusTransport *transport, GIOCondition condition);
} BusTransportClass;

struct _BusTransport {
  const BusTransportClass *klass;
  GSocket *socket;
  GTlsConnection *tls; /* NULL: a local socket */
  char *problem;
};

G_END_DECLS
