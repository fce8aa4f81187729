#pragma once

#include "rpc/method.h"

G_BEGIN_DECLS

/* The methods of category Control that every program with a server has: what their tables call. */

/* The wait of `stop`, whose only argument is hidden: calls STOP at once, and delays the reply by the argument.
 * The program must not exit before the reply was sent. */
void rpc_control_wait_stop (RpcCall *call, GTask *task, void (*stop) (gpointer data), gpointer data);

/* `uptime` of a program that was started at START_US (common_clock_monotonic_us()). */
RpcJson *rpc_control_uptime (gint64 start_us);

/* `getrpcinfo`: takes ownership of ACTIVE (rpc_table_dup_active()). LOG_FILE NULL: there is none. */
RpcJson *rpc_control_info (RpcJson *active, const char *log_file);
#define RPC_CONTROL_INFO_RESULT "{active_commands: [{method: str, duration: num}], logpath: str}"

/* `logging`, whose arguments are two arrays of categories. */
RpcJson *rpc_control_logging (RpcCall *call, GError **error);

G_END_DECLS
