#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The options of a program, from the command line, configuration files and settings.json, by the reference's rules:
 * `-name`, `-name=value`, `-noname`, one dash or two; in a file `name=value` lines below an optional `[section]`, or
 * `section.name=value`. The command line takes precedence over settings.json, which takes precedence over the section
 * of the chosen network, which takes precedence over the rest of the file. In a file the first value counts, on the
 * command line the last; lists take all. An object is filled at start-up by one thread and then only read, by any
 * thread. */

typedef enum {
  COMMON_OPTION_NONE = 0,
  COMMON_OPTION_NODE = 1 << 0, /* the programs that accept it */
  COMMON_OPTION_WALLET = 1 << 1,
  COMMON_OPTION_GUI = 1 << 2,
  COMMON_OPTION_CLI = 1 << 3,
  COMMON_OPTION_DEBUG = 1 << 4,         /* shown by -help-debug only */
  COMMON_OPTION_HIDDEN = 1 << 5,        /* never shown */
  COMMON_OPTION_NETWORK_ONLY = 1 << 6,  /* on a test network it must be in the network's section of a file */
  COMMON_OPTION_SENSITIVE = 1 << 7,     /* its value is never logged */
  COMMON_OPTION_NO_NEGATE = 1 << 8,     /* -noname is an error */
  COMMON_OPTION_NEEDS_VALUE = 1 << 9,   /* -name without a value is an error */
  COMMON_OPTION_STRICT = 1 << 10,       /* a number outside MIN to MAX is an error; without this it is clamped */
  COMMON_OPTION_LATER = 1 << 11,        /* it is checked, but has no effect in this version: see NOTE */
  COMMON_OPTION_REFUSED = 1 << 12,      /* it cannot be honoured, so it is an error: see NOTE */
  COMMON_OPTION_WALLET_ALONE = 1 << 14, /* a wallet program that nobody else has started */
  COMMON_OPTION_ON_EVENT = 1 << 13,     /* it may be read only when something happens, after start-up */
  COMMON_OPTION_ADD_OUTSIDE = 1 << 15,  /* values outside of sections are added to those that count */
  COMMON_OPTION_COMMAND_LINE = 1 << 16, /* only the command line counts: in files it is another program's */
  COMMON_OPTION_CREDENTIALS = 1 << 17,  /* it says who may call methods over JSON-RPC */
} CommonOptionFlags;

#define COMMON_OPTION_ANY_PROGRAM (COMMON_OPTION_NODE | COMMON_OPTION_WALLET | COMMON_OPTION_GUI | COMMON_OPTION_CLI)

typedef enum {
  COMMON_OPTION_SWITCH,
  COMMON_OPTION_NUMBER,
  COMMON_OPTION_TEXT,
  COMMON_OPTION_AMOUNT, /* text that the program reads as money */
  COMMON_OPTION_LIST,   /* text that may be given more than once */
} CommonOptionType;

typedef struct {
  const char *name;       /* without the dash */
  const char *value_hint; /* such as "<dir>"; NULL for a switch */
  const char *help;       /* a sentence or two */
  const char *group;      /* the heading in -help */
  guint flags;            /* CommonOptionFlags */
  CommonOptionType type;
  const char *fallback; /* the default; NULL: none, or HELP names it because it depends on something */
  gint64 min, max;      /* of a number; both 0: any */
  const char *note;     /* LATER: what it belongs to. REFUSED: the reason */
} CommonOptionSpec;

/* The table of all options of all programs, sorted by group and name; it ends with a NULL name. */
const CommonOptionSpec *common_option_table (void);

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
/* Adds those of the table that one of PROGRAMS (flags such as COMMON_OPTION_NODE) has, unless there is one of the same
 * name. Those that only ACCEPTED has are taken without effect, since programs share a configuration file. */
void common_options_add_table (CommonOptions *options, guint programs, guint accepted);

/* ---- reading ---- */

/* Reads argv[1] on, to the first word that does not begin with a dash. *REST, when not NULL, borrows the words from
 * there. An option that is not known is an error that names it. */
gboolean common_options_parse (CommonOptions *options, int argc, char **argv, char ***rest, GError **error);

/* Reads the LEN bytes of a configuration file; PATH is its name in messages. */
gboolean
common_options_read_text (CommonOptions *options, const char *text, gsize len, const char *path, GError **error);

/* Reads a configuration file and the files that its `includeconf` lines name, relative to FOLDER: those of the section
 * of NETWORK, then those outside of sections. QUIET: nothing is printed about those that are ignored. */
gboolean common_options_read_includes (CommonOptions *options,
                                       const char *folder,
                                       const char *network,
                                       gboolean quiet,
                                       GError **error);
gboolean common_options_read_file (CommonOptions *options, const char *path, GError **error);

/* From now on the section of NETWORK counts. MAIN_NETWORK: options that belong to a network may stand outside it. */
void common_options_set_network (CommonOptions *options, const char *network, gboolean main_network);

/* A value in settings.json, with its text. To be called once for each value; for the array of a list once for each
 * element, or once with COMMON_SETTING_EMPTY. */
typedef enum {
  COMMON_SETTING_TEXT,
  COMMON_SETTING_NUMBER,
  COMMON_SETTING_TRUE,
  COMMON_SETTING_FALSE, /* a negation */
  COMMON_SETTING_OFF,   /* false as an element, which is none */
  COMMON_SETTING_NULL,
  COMMON_SETTING_EMPTY, /* an array without elements */
  COMMON_SETTING_OTHER, /* an object, or an array where none belongs, as JSON */
} CommonSettingKind;
void common_options_add_setting (CommonOptions *options, const char *name, CommonSettingKind kind, const char *text);

/* Sets an option as if it were set before everything else. With SOFT: only if it is not set. TRUE: it was done. */
gboolean common_options_force (CommonOptions *options, const char *name, const char *value, gboolean soft);

/* ---- values ---- */

const CommonOptionSpec *common_options_find (const CommonOptions *options, const char *name); /* NULL: not known */

/* TRUE when the option was given anywhere, also as -noname. */
gboolean common_options_is_set (const CommonOptions *options, const char *name);
gboolean common_options_is_negated (const CommonOptions *options, const char *name);

/* The value: "" counts as TRUE for bool; a number is read like strtoll, and clamped to the table's bounds. `-noname` is
 * FALSE, 0 and "0". Borrowed. */
gboolean common_options_get_bool (const CommonOptions *options, const char *name, gboolean fallback);
gint64 common_options_get_int (const CommonOptions *options, const char *name, gint64 fallback);
const char *common_options_get (const CommonOptions *options, const char *name, const char *fallback);

/* The same with the table's default, which must exist. */
gboolean common_options_switch (const CommonOptions *options, const char *name);
gint64 common_options_number (const CommonOptions *options, const char *name);

/* A switch that selects a network: its section does not count, and of several values the last one does. */
gboolean common_options_get_network_switch (const CommonOptions *options, const char *name);

/* All values in order, NULL-terminated; empty after -noname. The caller frees the array with g_free(), not the
 * strings. */
const char **common_options_dup_list (const CommonOptions *options, const char *name);

/* Adds a line to what common_options_warnings() and common_options_notes() return. */
void common_options_warn (CommonOptions *options, const char *format, ...) G_GNUC_PRINTF (2, 3);
void common_options_note (CommonOptions *options, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Whether every value in the list is text: no switch, and no other kind of JSON. */
gboolean common_options_list_is_text (const CommonOptions *options, const char *name);

/* Sets a value as if it were the last on the command line. */
void common_options_set (CommonOptions *options, const char *name, const char *value);

/* ---- checks ---- */

/* Numbers outside strict bounds, settings of the wrong type, and options that are refused. */
gboolean common_options_check (const CommonOptions *options, GError **error);

/* Options that are only set outside the section of the chosen test network, where they do not count: an error that
 * names all. */
gboolean common_options_check_network_only (const CommonOptions *options, GError **error);

/* "FILE:LINE Section [NAME] is not recognized." for each section that is none of NAMES (NULL-terminated), one on each
 * line; NULL: there is none. The caller owns it. */
char *common_options_dup_unknown_sections (const CommonOptions *options, const char *const *names);

/* Names of options that were given but whose value nothing has read since, except for LATER and ON_EVENT; g_strfreev().
 * A switch that only repeats its default does not count. */
char **common_options_dup_unread (const CommonOptions *options);
/* The given options with COMMON_OPTION_LATER that have another value than the default; g_free() for the array. */
const CommonOptionSpec **common_options_dup_given_later (const CommonOptions *options);

/* ---- output ---- */

/* What was noticed while reading, for the log, in order; borrowed. */
const GPtrArray *common_options_warnings (const CommonOptions *options);
const GPtrArray *common_options_notes (const CommonOptions *options);

/* Lines for the log: the value of each option, by source; values of sensitive ones as "****". g_strfreev(). */
char **common_options_dup_log (const CommonOptions *options);

/* The command-line words for everything on the command line (or forced) that one of PROGRAMS accepts. g_strfreev(). */
char **common_options_dup_args (const CommonOptions *options, guint programs);

/* The text of -help (with -help-debug also the debug options). The caller owns it. */
char *common_options_dup_help (const CommonOptions *options, const char *usage, gboolean with_debug);

G_END_DECLS
