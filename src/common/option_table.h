#pragma once

#include "common/options.h"

G_BEGIN_DECLS

/* The parts of the table of options, each of which ends with a NULL name, and short words for their columns. */

extern const CommonOptionSpec common_option_table_general[];
extern const CommonOptionSpec common_option_table_connection[];
extern const CommonOptionSpec common_option_table_testing[];
extern const CommonOptionSpec common_option_table_policy[];
extern const CommonOptionSpec common_option_table_server[];
extern const CommonOptionSpec common_option_table_wallet[];
extern const CommonOptionSpec common_option_table_programs[];

#define ANY COMMON_OPTION_ANY_PROGRAM
#define WORKERS (COMMON_OPTION_NODE | COMMON_OPTION_WALLET | COMMON_OPTION_GUI)
#define NODE COMMON_OPTION_NODE
#define WALLET COMMON_OPTION_WALLET
#define WALLET_ALONE COMMON_OPTION_WALLET_ALONE
#define GUI COMMON_OPTION_GUI
#define CLI COMMON_OPTION_CLI
#define DEBUG COMMON_OPTION_DEBUG
#define HIDDEN COMMON_OPTION_HIDDEN
#define NETWORK COMMON_OPTION_NETWORK_ONLY
#define SECRET COMMON_OPTION_SENSITIVE
#define LATER COMMON_OPTION_LATER
#define REFUSED COMMON_OPTION_REFUSED
#define COMMAND_LINE COMMON_OPTION_COMMAND_LINE
#define CREDENTIALS COMMON_OPTION_CREDENTIALS
#define ON_EVENT COMMON_OPTION_ON_EVENT

#define SWITCH COMMON_OPTION_SWITCH
#define NUMBER COMMON_OPTION_NUMBER
#define TEXT COMMON_OPTION_TEXT
#define AMOUNT COMMON_OPTION_AMOUNT
#define LIST COMMON_OPTION_LIST

#define NO_NEGATE COMMON_OPTION_NO_NEGATE
#define NEEDS_VALUE COMMON_OPTION_NEEDS_VALUE
#define STRICT COMMON_OPTION_STRICT

G_END_DECLS
