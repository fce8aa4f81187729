#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The options of a program, from the command line and from configuration files, as the reference reads them: `-name`,
 * `-name=value`, `-noname`, one dash or two; `name=value` lines in a file, below an optional `[section]`. The command
 * line takes precedence over the section of the chosen network, which takes precedence over the default section. In a
 * file the first value wins, on the command line the last; lists take all. An object is filled at start-up by one
 * thread and then only read, by any thread. */

typedef enum {
  COMMON_OPTION_NONE = 0,
  COMMON_OPTION_DEBUG = 1 << 0,        /* shown by -help-debug only */
  COMMON_OPTION_NETWORK_ONLY = 1 << 1, /* outside the main network it must be in a section of a file */
  COMMON_OPTION_SENSITIVE = 1 << 2,    /* its value is never logged */
  COMMON_OPTION_NO_NEGATE = 1 << 3,    /* -noname is an error */
  COMMON_OPTION_SHARED = 1 << 4,       /* the application and the node pass it on to the workers that they start */
} CommonOptionFlags;

typedef struct {
  const char *name;       /* without the dash */
  const char *value_hint; /* such as "<dir>"; NULL for a switch */
  const char *help;       /* one sentence */
  const char *group;      /* the heading in -help */
  CommonOptionFlags flags;
} CommonOptionSpec;

#define COMMON_OPTIONS_ERROR (common_options_error_quark ())
GQuark common_options_error_quark (void);

/* Sets ERROR to a message about what is wrong with the options, and returns FALSE. */
gboolean common_options_fail (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

typedef struct _CommonOptions CommonOptions;

CommonOptions *common_options_new (void);
void common_options_free (CommonOptions *options);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CommonOptions, common_options_free)

/* Adds N specs. They are borrowed and stay valid as long as OPTIONS. */
void common_options_add (CommonOptions *options, const CommonOptionSpec *specs, gsize n);

/* Unknown names in a file are ignored without a warning: for a program that shares the file with others. */
void common_options_ignore_unknown (CommonOptions *options);

/* Reads argv[1] on, to the first word that does not begin with a dash. *REST, when not NULL, borrows the words from
 * there. An option that is not known is an error that names it. */
gboolean common_options_parse (CommonOptions *options, int argc, char **argv, char ***rest, GError **error);

/* Reads a configuration file; SECTION names the chosen network's. A missing file is an error only when REQUIRED.
 * Unknown names are logged as a warning, as the reference does. SECTION NULL: only the default section, no warnings. */
gboolean common_options_read_file (CommonOptions *options,
                                   const char *path,
                                   const char *section,
                                   gboolean required,
                                   GError **error);

/* TRUE when the option was given anywhere, also as -noname. */
gboolean common_options_is_set (const CommonOptions *options, const char *name);

/* The value: "" counts as TRUE for bool; a number is read like strtoll. `-noname` is FALSE, 0 and "0". Borrowed. */
gboolean common_options_get_bool (const CommonOptions *options, const char *name, gboolean fallback);
gint64 common_options_get_int (const CommonOptions *options, const char *name, gint64 fallback);
const char *common_options_get (const CommonOptions *options, const char *name, const char *fallback);

/* All values in order, NULL-terminated; empty after -noname. The caller frees the array with g_free(), not the
 * strings. */
const char **common_options_dup_list (const CommonOptions *options, const char *name);

/* Sets a value as if it were the last on the command line. */
void common_options_set (CommonOptions *options, const char *name, const char *value);

/* The command-line words for every COMMON_OPTION_SHARED option that was given on the command line. g_strfreev(). */
char **common_options_dup_shared_args (const CommonOptions *options);

/* The text of -help (with -help-debug also the debug options). The caller owns it. */
char *common_options_dup_help (const CommonOptions *options, const char *usage, gboolean with_debug);

G_END_DECLS
