/* Simulates a failing disk, for LD_PRELOAD. Calls on files whose path contains FAULT_PATH fail with the error
 * FAULT_ERRNO from the (FAULT_AFTER + 1)th on. FAULT_OP is the type of the calls: "write" (and allocating), "sync",
 * "read" (and mapping). A write that fails because the disk is full writes half of the data first, as a real disk may. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

typedef ssize_t (*WriteFunc) (int, const void *, size_t);
typedef ssize_t (*PwriteFunc) (int, const void *, size_t, off_t);
typedef ssize_t (*ReadFunc) (int, void *, size_t);
typedef size_t (*FreadFunc) (void *, size_t, size_t, FILE *);
typedef ssize_t (*PreadFunc) (int, void *, size_t, off_t);
typedef int (*SyncFunc) (int);
typedef int (*AllocateFunc) (int, off_t, off_t);
typedef void *(*MmapFunc) (void *, size_t, int, int, int, off_t);

#define REAL(type, name) ((type) dlsym (RTLD_NEXT, name))

static int n_calls;

/* The error with which this call on FD must fail; 0: none. */
static int
fault (int fd, const char *op)
{
  const char *path = getenv ("FAULT_PATH"), *wanted = getenv ("FAULT_OP");
  char link[64], target[4096];
  ssize_t len;

  if (path == NULL || wanted == NULL || strcmp (wanted, op) != 0 || fd < 0)
    return 0;
  snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  len = readlink (link, target, sizeof target - 1);
  if (len <= 0)
    return 0;
  target[len] = '\0';
  if (strstr (target, path) == NULL)
    return 0;
  if (__atomic_fetch_add (&n_calls, 1, __ATOMIC_SEQ_CST) < atoi (getenv ("FAULT_AFTER")))
    return 0;
  return atoi (getenv ("FAULT_ERRNO"));
}

ssize_t
write (int fd, const void *data, size_t len)
{
  int error = fault (fd, "write");

  if (error == 0)
    return REAL (WriteFunc, "write") (fd, data, len);
  if (error == ENOSPC && len > 1)
    REAL (WriteFunc, "write") (fd, data, len / 2);
  errno = error;
  return -1;
}

static ssize_t
faulty_pwrite (int fd, const void *data, size_t len, off_t at)
{
  int error = fault (fd, "write");

  if (error == 0)
    return REAL (PwriteFunc, "pwrite") (fd, data, len, at);
  if (error == ENOSPC && len > 1)
    REAL (PwriteFunc, "pwrite") (fd, data, len / 2, at);
  errno = error;
  return -1;
}

ssize_t
pwrite (int fd, const void *data, size_t len, off_t at)
{
  return faulty_pwrite (fd, data, len, at);
}

ssize_t
pwrite64 (int fd, const void *data, size_t len, off64_t at)
{
  return faulty_pwrite (fd, data, len, at);
}

static int
faulty_allocate (int fd, off_t at, off_t len)
{
  int error = fault (fd, "write");
  return error != 0 ? error : REAL (AllocateFunc, "posix_fallocate") (fd, at, len);
}

int
posix_fallocate (int fd, off_t at, off_t len)
{
  return faulty_allocate (fd, at, len);
}

int
posix_fallocate64 (int fd, off64_t at, off64_t len)
{
  return faulty_allocate (fd, at, len);
}

static int
faulty_sync (int fd, const char *name)
{
  int error = fault (fd, "sync");

  if (error == 0)
    return REAL (SyncFunc, name) (fd);
  errno = error;
  return -1;
}

int
fsync (int fd)
{
  return faulty_sync (fd, "fsync");
}

int
fdatasync (int fd)
{
  return faulty_sync (fd, "fdatasync");
}

ssize_t
read (int fd, void *data, size_t len)
{
  int error = fault (fd, "read");

  if (error == 0)
    return REAL (ReadFunc, "read") (fd, data, len);
  errno = error;
  return -1;
}

/* The C library's stream functions do not call read() through the symbol. They fail when the file is replaced by a
 * folder. */
size_t
fread (void *data, size_t size, size_t n, FILE *file)
{
  int folder = fault (fileno (file), "read") != 0 ? open ("/", O_RDONLY | O_DIRECTORY) : -1;

  if (folder >= 0) {
    dup2 (folder, fileno (file));
    close (folder);
  }
  return REAL (FreadFunc, "fread") (data, size, n, file);
}

static ssize_t
faulty_pread (int fd, void *data, size_t len, off_t at)
{
  int error = fault (fd, "read");

  if (error == 0)
    return REAL (PreadFunc, "pread") (fd, data, len, at);
  errno = error;
  return -1;
}

ssize_t
pread (int fd, void *data, size_t len, off_t at)
{
  return faulty_pread (fd, data, len, at);
}

ssize_t
pread64 (int fd, void *data, size_t len, off64_t at)
{
  return faulty_pread (fd, data, len, at);
}

static void *
faulty_mmap (void *address, size_t len, int protection, int flags, int fd, off_t at)
{
  int error = fault (fd, "read");

  if (error == 0)
    return REAL (MmapFunc, "mmap") (address, len, protection, flags, fd, at);
  errno = error;
  return MAP_FAILED;
}

void *
mmap (void *address, size_t len, int protection, int flags, int fd, off_t at)
{
  return faulty_mmap (address, len, protection, flags, fd, at);
}

void *
mmap64 (void *address, size_t len, int protection, int flags, int fd, off64_t at)
{
  return faulty_mmap (address, len, protection, flags, fd, at);
}
