#include "folder.h"

char *
vectors_dup_path (const char *relative)
{
  const char *folder = g_getenv ("MONEYROCKET_VECTORS");

  return g_build_filename (folder != NULL ? folder : VECTORS_BESIDE_PROJECT, relative, NULL);
}
