#include "dbus/wire/credentials.h"

#include <sys/socket.h>
#include <unistd.h>

gboolean
bus_credentials_are_own (int fd)
{
  struct ucred peer;
  socklen_t len = sizeof peer;

  return getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 && peer.uid == geteuid ();
}
