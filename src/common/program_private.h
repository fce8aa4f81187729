#pragma once

#include "common/program.h"

G_BEGIN_DECLS

/* program_config.c: reads the configuration file and chooses the network. */
gboolean common_program_read_config (CommonProgram *program, const CommonProgramInfo *info, GError **error);

/* The file in the data directory would be read by a program that is started otherwise: an error, or with
 * -allowignoredconf a warning. ORIGINAL_DATADIR is the data directory before the file changed it. */
gboolean common_program_check_ignored_conf (const CommonProgram *program, const char *original_datadir, GError **error);

/* The directory in -datadir, as an absolute path, or the default. The caller owns it. */
char *common_program_find_datadir (const CommonProgram *program);

G_END_DECLS
