#include "rpc/wallet_options.h"

gboolean
rpc_wallet_options_check (const CommonOptions *options, GError **error)
{
  return common_options_list_is_text (options, "wallet")
         || common_options_fail (error,
                                 "Invalid value detected for '-wallet' or '-nowallet'. '-wallet' requires a string "
                                 "value, while '-nowallet' accepts only '1' to disable all wallets");
}
