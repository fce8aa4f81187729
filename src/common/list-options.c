#include "common/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* list-options: the table of options as text for tests, and as manual pages.
 *
 *   list-options                     one line for each: programs, name, type, state, default, minimum, maximum, note
 *   list-options PROGRAM SUMMARY     the manual page of moneyrocket-node and the like, in troff */

typedef struct {
  const char *program;
  guint flags;
} ListedProgram;

static const ListedProgram listed[] = {
  { "moneyrocket-node", COMMON_OPTION_NODE | COMMON_OPTION_WALLET },
  { "moneyrocketd", COMMON_OPTION_NODE | COMMON_OPTION_WALLET },
  { "moneyrocket-wallet", COMMON_OPTION_WALLET | COMMON_OPTION_WALLET_ALONE },
  { "moneyrocket-gui", COMMON_OPTION_GUI | COMMON_OPTION_NODE | COMMON_OPTION_WALLET },
  { "moneyrocket-qt", COMMON_OPTION_GUI | COMMON_OPTION_NODE | COMMON_OPTION_WALLET },
  { "moneyrocket-cli", COMMON_OPTION_CLI },
};

static const char *
state_name (const CommonOptionSpec *spec)
{
  if ((spec->flags & COMMON_OPTION_REFUSED) != 0)
    return "refused";
  if ((spec->flags & COMMON_OPTION_LATER) != 0)
    return "later";
  return (spec->flags & COMMON_OPTION_ON_EVENT) != 0 ? "event" : "used";
}

static void
print_table (void)
{
  static const char *const types[] = { "switch", "number", "text", "amount", "list" };
  static const char letters[] = "NWGC"; /* COMMON_OPTION_NODE and the following */

  for (const CommonOptionSpec *spec = common_option_table (); spec->name != NULL; spec++) {
    for (guint i = 0; i < strlen (letters); i++)
      if ((spec->flags & (1u << i)) != 0)
        putchar (letters[i]);
    printf ("\t%s\t%s\t%s\t%s\t%" G_GINT64_FORMAT "\t%" G_GINT64_FORMAT "\t%s\t%s\n", spec->name, types[spec->type],
            state_name (spec), spec->fallback != NULL ? spec->fallback : "", spec->min, spec->max,
            spec->note != NULL ? spec->note : "", (spec->flags & COMMON_OPTION_HIDDEN) != 0 ? "hidden" : "");
  }
}

static void
print_escaped (const char *text)
{
  for (; *text != '\0'; text++) {
    if (*text == '-' || *text == '\\')
      putchar ('\\');
    putchar (*text);
  }
}

static void
print_option (const CommonOptionSpec *spec)
{
  printf (".TP\n.B ");
  print_escaped ("-");
  print_escaped (spec->name);
  if (spec->value_hint != NULL) {
    printf ("\\fR=\\fI");
    print_escaped (spec->value_hint);
  }
  printf ("\\fR\n");
  print_escaped (spec->help);
  if (spec->fallback != NULL)
    printf (" (default: %s)", spec->fallback);
  if ((spec->flags & COMMON_OPTION_LATER) != 0)
    printf (". Has no effect in this version");
  if ((spec->flags & COMMON_OPTION_REFUSED) != 0)
    printf (". Not available: %s", spec->note);
  printf ("\n");
}

static void
print_manual (const ListedProgram *program, const char *summary)
{
  const char *group = NULL;

  printf (".TH \"%s\" 1\n.SH NAME\n%s \\- %s\n.SH SYNOPSIS\n.B %s\n[options]%s\n", program->program, program->program,
          summary, program->program, (program->flags & COMMON_OPTION_CLI) != 0 ? " method [parameters]" : "");
  for (const CommonOptionSpec *spec = common_option_table (); spec->name != NULL; spec++) {
    if ((spec->flags & program->flags) == 0 || (spec->flags & COMMON_OPTION_HIDDEN) != 0)
      continue;
    if (g_strcmp0 (group, spec->group) != 0)
      printf (".SH %s\n", spec->group);
    group = spec->group;
    print_option (spec);
  }
  printf (".SH FILES\nOptions may also be set in the configuration file, as\n.I name=value\nlines without the dash.\n");
}

int
main (int argc, char **argv)
{
  if (argc == 1) {
    print_table ();
    return EXIT_SUCCESS;
  }
  for (guint i = 0; argc == 3 && i < G_N_ELEMENTS (listed); i++) {
    if (g_str_equal (listed[i].program, argv[1])) {
      print_manual (&listed[i], argv[2]);
      return EXIT_SUCCESS;
    }
  }
  fprintf (stderr, "Usage: list-options [PROGRAM SUMMARY]\n");
  return EXIT_FAILURE;
}
