#pragma once

#include "common/options.h"

G_BEGIN_DECLS

typedef struct {
  CommonSettingKind kind; /* TEXT for anything from the command line and files, TRUE and FALSE for negations */
  char *text;             /* "1" and "0" for TRUE, FALSE and OFF */
} CommonValue;

/* What is known about an option. `was_read` is set by any thread. */
typedef struct {
  const CommonOptionSpec *spec;
  gboolean foreign; /* another program's */
  gint was_read;
} CommonOptionEntry;

/* A section that appeared in a file. */
typedef struct {
  char *name;
  char *path;
  guint line;
} CommonSection;

/* A source maps names to arrays of CommonValue, in order. */
struct _CommonOptions {
  GPtrArray *specs;    /* const CommonOptionSpec *, in the order of -help */
  GHashTable *entries; /* name → CommonOptionEntry */
  GHashTable *forced;
  GHashTable *command_line;
  GHashTable *settings;
  GHashTable *config; /* section name → source; "" outside of sections */
  char *network;      /* NULL: not chosen yet */
  gboolean main_network;
  GPtrArray *sections; /* CommonSection */
  GPtrArray *warnings;
  GPtrArray *notes;
};

/* options.c */
CommonOptionEntry *common_options_entry (const CommonOptions *options, const char *name);
GPtrArray *common_options_source_values (GHashTable *source, const char *name); /* created if missing */
GHashTable *common_options_new_source (void);
void common_options_add_value (GPtrArray *values, CommonSettingKind kind, const char *text);

/* options_value.c: the one value that counts; NULL: not set, or null. */
const CommonValue *common_options_value (const CommonOptions *options, const char *name, gboolean network_switch);

/* options_word.c: `name`, `noname`, `section.name` as the reference splits them. */
typedef struct {
  char *section; /* "": none */
  char *name;
  gboolean negated;
} CommonOptionKey;
void common_option_key_init (CommonOptionKey *key, const char *text);
void common_option_key_clear (CommonOptionKey *key);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CommonOptionKey, common_option_key_clear)

/* As the reference reads a switch: "" is on, a number is on unless it is zero, any other word is off. */
gboolean common_option_text_to_bool (const char *text);

/* Adds KEY=TEXT (TEXT NULL: without "=") to VALUES. */
gboolean common_options_interpret (CommonOptions *options,
                                   GPtrArray *values,
                                   const CommonOptionSpec *spec,
                                   const CommonOptionKey *key,
                                   const char *text,
                                   GError **error);

G_END_DECLS
