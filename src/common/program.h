#pragma once

#include "common/options.h"

G_BEGIN_DECLS

/* The option with which a program that was started under the reference's name passes that on to those that it starts. */
#define COMMON_OPTION_CLASSIC_NAMES "classicnames"

/* What all programs do at start-up: the options that they share, the configuration file, the network, the data folder
 * and the log. One thread, at start-up; the result is only read afterwards, by any thread. */

/* A network that can be chosen: its name in `-chain=NAME` and as the section of the file, and its folder below the data
 * folder ("" for the main one). A table ends with a NULL name; its first entry is the one that is used when none is
 * chosen. For every other entry there is a switch `-OPTION`. */
typedef struct {
  const char *name;
  const char *folder;
  const char *option; /* NULL: no switch */
} CommonNetworkName;

typedef struct {
  const char *name;                  /* "moneyrocket-node" */
  const char *usage;                 /* the first lines of -help */
  const CommonNetworkName *networks; /* borrowed permanently */
  guint programs;                    /* the table's options that it has: COMMON_OPTION_NODE and the like */
  guint accepted;                    /* those that it takes without effect, since they may be in the same file */
  gboolean client;                   /* -help and -version come before the configuration file, as in the reference's */
  gboolean no_words;                 /* words that are no options are an error, wherever they are */
  gboolean quiet;                    /* what is odd about the configuration file is another program's to report */
  gboolean make_folders;             /* create the data folder if it is missing */
} CommonProgramInfo;

typedef struct {
  CommonOptions *options;
  const CommonNetworkName *network;
  char *datadir;     /* the data folder */
  char *network_dir; /* the network's folder in it; the same for the main network */
  char *conf_file;   /* whether or not it exists; "" with -noconf */
  char *log_file;    /* that of this program, once its log is open; NULL with -nodebuglogfile */
  char **rest;       /* the words after the options; borrowed from argv */
  gboolean classic;  /* started under the reference's name: its folders and file names are the default */
  gboolean quiet;
  gboolean
      console; /* the log is written to the terminal too, unless -printtoconsole says otherwise; FALSE by default */
} CommonProgram;

/* Reads the command line and the configuration file, and finds the network and the folders. NULL when the program ends
 * at once, with *EXIT_CODE: the output of -help, -help-debug or -version, or the error, was printed. ERROR, which may be
 * NULL, receives that error, for a program that has a window. ARGV outlives the program. */
CommonProgram *
common_program_new (const CommonProgramInfo *info, int argc, char **argv, int *exit_code, GError **error);
void common_program_free (CommonProgram *program);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CommonProgram, common_program_free)

/* Whether options that were added since, as from settings.json, choose another network of NETWORKS besides: an error. */
gboolean common_program_check_network (const CommonProgram *program, const CommonNetworkName *networks, GError **error);

/* Reports ERROR in the log if that is open, and as "Error: …" on standard error, independently of the locale. The
 * result is the exit code. */
int common_program_fail (const GError *error);

/* The name of the configuration file, without folder. */
const char *common_program_conf_name (const CommonProgram *program);

/* Opens the log according to -debug, -debuglogfile, -printtoconsole and the like, and writes the first line. LOG_NAME
 * names the file of a program that does not write to debug.log ("wallet.log"; NULL: debug.log); LABEL, when not NULL,
 * is put before console lines. */
gboolean common_program_open_log (CommonProgram *program, const char *log_name, const char *label, GError **error);

/* The path in the option NAME, relative to the network's folder; FALLBACK if it is not set. The caller owns it; NULL if
 * it was negated. */
char *common_program_dup_path (const CommonProgram *program, const char *name, const char *fallback);

/* Writes a warning about the options to the log and to standard error. TEXT may have several lines. */
void common_program_warn (const CommonProgram *program, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Logs each option that was given but has no effect in this version, and, once the program is running, each that
 * nothing has read. */
void common_program_log_without_effect (const CommonProgram *program);
void common_program_log_unread (const CommonProgram *program);

/* The folder of the wallets of a network, below the folder of the network: "wallets" if that exists, else the folder
 * itself. The caller owns it. */
char *common_program_dup_wallets_folder (const char *network_dir);

G_END_DECLS
