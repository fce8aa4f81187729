#include "rpc/parameters.h"

/* The parameters of the methods, in order. `:j` is JSON, `:e` is JSON or, where it does not parse, a text; all others
 * are texts, and one with `:s` may contain a "=" where names are given, too. A `+` marks one that can only be given by
 * name. */
static const struct {
  const char *method;
  const char *parameters;
} table[] = {
  { "abandontransaction", "txid" },
  { "abortprivatebroadcast", "id" },
  { "addconnection", "address connection_type v2transport:j" },
  { "addhdkey", "hdkey" },
  { "addnode", "node command v2transport:j" },
  { "addpeeraddress", "address port:j tried:j" },
  { "analyzepsbt", "psbt:s" },
  { "backupwallet", "destination:s" },
  { "bumpfee", "txid options:j +conf_target:j +fee_rate:j +replaceable:j +outputs:j "
               "+original_change_index:j" },
  { "combinepsbt", "txs:j" },
  { "combinerawtransaction", "txs:j" },
  { "converttopsbt", "hexstring permitsigdata:j iswitness:j psbt_version:j" },
  { "createmultisig", "nrequired:j keys:j address_type" },
  { "createpsbt", "inputs:j outputs:j locktime:j replaceable:j version:j psbt_version:j" },
  { "createrawtransaction", "inputs:j outputs:j locktime:j replaceable:j version:j" },
  { "createwallet", "wallet_name:s disable_private_keys:j blank:j passphrase:s avoid_reuse:j descriptors:j "
                    "load_on_startup:j external_signer:j" },
  { "createwalletdescriptor", "type options:j +internal:j" },
  { "decodepsbt", "psbt:s" },
  { "decoderawtransaction", "hexstring iswitness:j" },
  { "decodescript", "hexstring" },
  { "deriveaddresses", "descriptor range:j" },
  { "derivehdkey", "path options:j +private:j" },
  { "descriptorprocesspsbt", "psbt:s descriptors:j sighashtype:s bip32derivs:j finalize:j" },
  { "disconnectnode", "address nodeid:j" },
  { "dumptxoutset", "path:s type:s options:j +rollback:e +in_memory:j" },
  { "echo", "arg0 arg1 arg2 arg3 arg4 arg5 arg6 arg7 arg8 arg9" },
  { "echoipc", "arg:s" },
  { "echojson", "arg0:j arg1:j arg2:j arg3:j arg4:j arg5:j arg6:j arg7:j arg8:j arg9:j" },
  { "encryptwallet", "passphrase:s" },
  { "estimaterawfee", "conf_target:j threshold:j" },
  { "estimatesmartfee", "conf_target:j estimate_mode options:j" },
  { "exportasmap", "path" },
  { "exportwatchonlywallet", "destination" },
  { "finalizepsbt", "psbt:s extract:j" },
  { "fundrawtransaction", "hexstring options:j iswitness:j +add_inputs:j +include_unsafe:j +minconf:j +maxconf:j "
                          "+changePosition:j +includeWatching:j +lockUnspents:j +fee_rate:j +feeRate:j "
                          "+subtractFeeFromOutputs:j +input_weights:j +conf_target:j +replaceable:j +solving_data:j "
                          "+max_tx_weight:j" },
  { "generateblock", "output transactions:j submit:j" },
  { "generatetoaddress", "nblocks:j address maxtries:j" },
  { "generatetodescriptor", "num_blocks:j descriptor maxtries:j" },
  { "getaddednodeinfo", "node" },
  { "getaddressesbylabel", "label:s" },
  { "getaddressinfo", "address" },
  { "getbalance", "dummy minconf:j include_watchonly:j avoid_reuse:j" },
  { "getblock", "blockhash verbosity:j +verbose:j" },
  { "getblockfilter", "blockhash filtertype" },
  { "getblockfrompeer", "blockhash peer_id:j" },
  { "getblockhash", "height:j" },
  { "getblockheader", "blockhash verbose:j" },
  { "getblockstats", "hash_or_height:e stats:j" },
  { "getblocktemplate", "template_request:j" },
  { "getchaintxstats", "nblocks:j blockhash" },
  { "getdeploymentinfo", "blockhash" },
  { "getdescriptoractivity", "blockhashes:j scanobjects:j include_mempool:j" },
  { "getdescriptorinfo", "descriptor" },
  { "gethdkeys", "options:j +active_only:j +private:j" },
  { "getindexinfo", "index_name" },
  { "getmemoryinfo", "mode" },
  { "getmempoolancestors", "txid verbose:j" },
  { "getmempoolcluster", "txid" },
  { "getmempooldescendants", "txid verbose:j" },
  { "getmempoolentry", "txid" },
  { "getnetworkhashps", "nblocks:j height:j" },
  { "getnewaddress", "label:s address_type:s" },
  { "getnodeaddresses", "count:j network" },
  { "getopenrpcinfo", "show_hidden:j" },
  { "getorphantxs", "verbosity:j" },
  { "getrawchangeaddress", "address_type" },
  { "getrawmempool", "verbose:j mempool_sequence:j" },
  { "getrawtransaction", "txid verbosity:j blockhash +verbose:j" },
  { "getreceivedbyaddress", "address minconf:j include_immature_coinbase:j" },
  { "getreceivedbylabel", "label:s minconf:j include_immature_coinbase:j" },
  { "gettransaction", "txid include_watchonly:j verbose:j" },
  { "gettxout", "txid n:j include_mempool:j" },
  { "gettxoutproof", "txids:j blockhash" },
  { "gettxoutsetinfo", "hash_type hash_or_height:e use_index:j" },
  { "gettxspendingprevout", "outputs:j options:j +mempool_only:j +return_spending_tx:j" },
  { "help", "command" },
  { "importdescriptors", "requests:j" },
  { "importmempool", "filepath:s options:j +apply_fee_delta_priority:j +use_current_time:j "
                     "+apply_unbroadcast_set:j" },
  { "importprunedfunds", "rawtransaction txoutproof" },
  { "invalidateblock", "blockhash" },
  { "joinpsbts", "txs:j" },
  { "keypoolrefill", "newsize:j" },
  { "listdescriptors", "private:j" },
  { "listlabels", "purpose" },
  { "listreceivedbyaddress",
    "minconf:j include_empty:j include_watchonly:j address_filter include_immature_coinbase:j" },
  { "listreceivedbylabel", "minconf:j include_empty:j include_watchonly:j include_immature_coinbase:j" },
  { "listsinceblock", "blockhash:s target_confirmations:j include_watchonly:j include_removed:j include_change:j "
                      "label:s" },
  { "listtransactions", "label:s count:j skip:j include_watchonly:j" },
  { "listunspent", "minconf:j maxconf:j addresses:j include_unsafe:j query_options:j +minimumAmount:j "
                   "+maximumAmount:j +maximumCount:j +minimumSumAmount:j +include_immature_coinbase:j" },
  { "loadtxoutset", "path:s" },
  { "loadwallet", "filename:s load_on_startup:j" },
  { "lockunspent", "unlock:j transactions:j persistent:j" },
  { "logging", "include:j exclude:j" },
  { "migratewallet", "wallet_name:s passphrase:s load_wallet:j" },
  { "mockscheduler", "delta_time:j" },
  { "preciousblock", "blockhash" },
  { "prioritisetransaction", "txid dummy:j fee_delta:j" },
  { "pruneblockchain", "height:j" },
  { "psbtbumpfee", "txid options:j +conf_target:j +fee_rate:j +replaceable:j +outputs:j "
                   "+original_change_index:j +psbt_version:j" },
  { "reconsiderblock", "blockhash" },
  { "removeprunedfunds", "txid" },
  { "rescanblockchain", "start_height:j stop_height:j" },
  { "restorewallet", "wallet_name:s backup_file:s load_on_startup:j" },
  { "scanblocks", "action scanobjects:j start_height:j stop_height:j filtertype options:j "
                  "+filter_false_positives:j" },
  { "scantxoutset", "action scanobjects:j" },
  { "send", "outputs:j conf_target:j estimate_mode fee_rate:j options:j version:j +add_inputs:j "
            "+include_unsafe:j +minconf:j +maxconf:j +add_to_wallet:j +change_position:j "
            "+include_watching:j +inputs:j +locktime:j +lock_unspents:j +psbt:j "
            "+subtract_fee_from_outputs:j +replaceable:j +solving_data:j +max_tx_weight:j" },
  { "sendall", "recipients:j conf_target:j estimate_mode fee_rate:j options:j +add_to_wallet:j "
               "+include_watching:j +inputs:j +locktime:j +lock_unspents:j +psbt:j +send_max:j "
               "+minconf:j +maxconf:j +replaceable:j +solving_data:j +version:j" },
  { "sendmany", "dummy:s amounts:j minconf:j comment:s subtractfeefrom:j replaceable:j conf_target:j "
                "estimate_mode:s fee_rate:j verbose:j" },
  { "sendmsgtopeer", "peer_id:j msg_type msg" },
  { "sendrawtransaction", "hexstring maxfeerate:j maxburnamount:j" },
  { "sendtoaddress", "address:s amount:j comment:s comment_to:s subtractfeefromamount:j replaceable:j conf_target:j "
                     "estimate_mode:s avoid_reuse:j fee_rate:j verbose:j" },
  { "setban", "subnet command bantime:j absolute:j" },
  { "setlabel", "address label:s" },
  { "setmocktime", "timestamp:j" },
  { "setnetworkactive", "state:j" },
  { "setwalletflag", "flag value:j" },
  { "signmessage", "address message:s" },
  { "signmessagewithprivkey", "privkey message:s" },
  { "signrawtransactionwithkey", "hexstring privkeys:j prevtxs:j sighashtype" },
  { "signrawtransactionwithwallet", "hexstring prevtxs:j sighashtype" },
  { "simulaterawtransaction", "rawtxs:j options:j +include_watchonly:j" },
  { "stop", "wait:j" },
  { "submitblock", "hexdata dummy" },
  { "submitheader", "hexdata" },
  { "submitpackage", "package:j maxfeerate:j maxburnamount:j" },
  { "testmempoolaccept", "rawtxs:j maxfeerate:j" },
  { "unloadwallet", "wallet_name:s load_on_startup:j" },
  { "utxoupdatepsbt", "psbt:s descriptors:j" },
  { "validateaddress", "address" },
  { "verifychain", "checklevel:j nblocks:j" },
  { "verifymessage", "address signature:s message:s" },
  { "verifytxoutproof", "proof" },
  { "waitforblock", "blockhash timeout:j" },
  { "waitforblockheight", "height:j timeout:j" },
  { "waitfornewblock", "timeout:j current_tip" },
  { "walletcreatefundedpsbt", "inputs:j outputs:j locktime:j options:j bip32derivs:j version:j psbt_version:j "
                              "+add_inputs:j +include_unsafe:j +minconf:j +maxconf:j +changePosition:j "
                              "+includeWatching:j +lockUnspents:j +fee_rate:j +feeRate:j +subtractFeeFromOutputs:j "
                              "+conf_target:j +replaceable:j +solving_data:j +max_tx_weight:j" },
  { "walletdisplayaddress", "address" },
  { "walletpassphrase", "passphrase:s timeout:j" },
  { "walletpassphrasechange", "oldpassphrase:s newpassphrase:s" },
  { "walletprocesspsbt", "psbt:s sign:j sighashtype:s bip32derivs:j finalize:j" },
};

const char *
rpc_parameters_of (const char *method)
{
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_str_equal (table[i].method, method))
      return table[i].parameters;
  return "";
}
