#pragma once

#include "node/store/block_files.h"
#include "node/store/flat_file.h"
#include "node/store/xor.h"

G_BEGIN_DECLS

/* The header of each record: magic and length. */
#define NODE_RECORD_HEADER 8
#define NODE_UNDO_CHECKSUM 32

/* The writer for one kind of files, of which one is open at a time. */
typedef struct {
  NodeFlatKind kind;
  gint32 file; /* -1: none is open */
  int fd;
  char *path;
  GHashTable *unsynced; /* numbers of the files that were written since the last flush */
} NodeFlatWriter;

/* The names of the files PREFIXNNNNN.dat in FOLDER, in order. */
GPtrArray *node_block_files_list (const char *folder, const char *prefix);

struct _NodeBlockFiles {
  char *folder;
  guint8 magic[4];
  guint8 key[NODE_XOR_KEY_SIZE];
  guint32 max_size;

  GMutex lock;          /* guards all that follows */
  guint32 split_height; /* blocks from here on have separate files; G_MAXUINT32: none */
  GArray *infos;        /* NodeBlockFileInfo */
  GHashTable *dirty;
  NodeFlatWriter blocks;
  NodeFlatWriter undo;
  gint32 last_undo[2];      /* the file to which undo data was last written, below and above the split; -1: none yet */
  gboolean folder_unsynced; /* files were created since the last flush */
};

G_END_DECLS
