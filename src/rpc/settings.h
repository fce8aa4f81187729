#pragma once

#include "common/program.h"
#include "rpc/json.h"

G_BEGIN_DECLS

/* settings.json of the network folder, or the file of -settings: one object, whose members programs write at run
 * time. */

#define RPC_SETTINGS_FILE "settings.json"

/* The path of the file: settings.json in NETWORK_FOLDER, or that of -settings. NULL with -nosettings. */
char *rpc_settings_dup_path (const CommonOptions *options, const char *network_folder);

/* *SETTINGS becomes the object in the file PATH, for the caller to own, or NULL when there is no such file. FALSE, with
 * an ERROR that names the file, when it cannot be read, is not an object, or contains a duplicate name: then it must not
 * be written. Any thread. */
gboolean rpc_settings_read (const char *path, RpcJson **settings, GError **error);

/* Adds the members to the options of PROGRAM, unless -nosettings is given; ERROR as above. WRITE: the file is created
 * if it is missing, and gets a member that warns against editing it. At start-up. */
gboolean rpc_settings_load (CommonProgram *program, gboolean write, GError **error);

G_END_DECLS
