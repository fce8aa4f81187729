#!/usr/bin/env python3
"""The main loops of node and wallet are never blocked: the watchdog of -debug=loop logs nothing under load. Without
-rpcdoccheck, which compares whole results there."""

import re

import framework

# Twice the watchdog's limit: on a busy machine the same work takes longer, since other processes evict the caches.
LIMIT_MS = 10
HELD = re.compile(r"The main loop was blocked for ([0-9.]+) ms(.*)")
# A query may occupy the chain thread for 5 ms; its processor time is measured, to exclude the load of the machine.
QUERY = re.compile(r"The job (.*) of the class queries blocked its thread for [0-9.]+ ms, and computed for ([0-9.]+) ms")
QUERY_LIMIT_MS = 25
# A lock of GLib, held for a moment by another thread, which is not scheduled on a busy machine.
FOREIGN = "g_main_context_"


def held(log):
    """What blocked the loop, until the program was asked to stop."""
    before = log.split("Shutdown in progress")[0].split("Shutdown requested")[0]
    return [f"{ms} ms{place}" for ms, place in HELD.findall(before)
            if float(ms) > LIMIT_MS and FOREIGN not in " < ".join(place.split(" < ")[:3])]


def long_queries(log):
    return [f"{name}: {ms} ms" for name, ms in QUERY.findall(log) if float(ms) > QUERY_LIMIT_MS]


class Loop(framework.NodeTest):
    def test_long_queries(self):
        """Queries with the largest possible arguments run in slices, or not on the chain thread at all."""
        node = self.start_node("-debug=loop", "-rpcdoccheck=0", "-blockfilterindex", "-acceptnonstdtxn=1", "-limitclustercount=64")
        rpc = node.rpc
        coins = framework.mine_coins(node, 30)
        for txid, n, sat in coins:
            fan = framework.spend_true([(txid, n)], [((sat - 100000) // 60, framework.TRUE_SCRIPT)] * 60)
            fan_id = rpc.sendrawtransaction(fan)
            for i in range(60):
                rpc.sendrawtransaction(framework.spend_true([(fan_id, i)], [((sat - 200000) // 60, framework.TRUE_SCRIPT)]))
        self.assertEqual(len(rpc.getrawmempool(True)), 30 * 61)
        self.assertGreater(len(rpc.getmempoolfeeratediagram()), 30)
        self.assertEqual(len(rpc.getmempooldescendants(fan_id, True)), 60)
        hashes = [rpc.getblockhash(height) for height in range(131)]
        rpc.getdescriptoractivity(hashes * 800, ["raw(51)"], False)
        found = rpc.gettxspendingprevout([{"txid": fan_id, "vout": i % 100} for i in range(100000)])
        self.assertEqual(sum("spendingtxid" in one for one in found), 60000)
        self.assert_rpc_error(-5, "Transaction not yet in block", rpc.gettxoutproof, ["22" * 32])
        template = rpc.getblocktemplate({"rules": ["segwit"]})
        self.assertEqual(len(template["transactions"]), 30 * 61)
        proposal = rpc.generateblock(framework.ADDRESS, [tx["data"] for tx in template["transactions"]], False)["hex"]
        self.assertIsNone(rpc.getblocktemplate({"mode": "proposal", "data": proposal}))
        for height in (1, 130):
            rpc.dumptxoutset(str(self.folder / f"{height}.dat"), "rollback", {"rollback": height})
        node.stop()
        self.assertEqual(long_queries(node.log()), [])

    def test_silence(self):
        node = self.start_node("-debug=loop", "-rpcdoccheck=0", "-fallbackfee=0.0002", "-txindex", "-coinstatsindex", wallet=True)
        rpc = node.rpc
        framework.wait_until(lambda: "listwallets" in rpc.help(), "the wallet's methods")
        rpc.createwallet("w")
        address = rpc.getnewaddress()
        for _ in range(4):
            rpc.generatetoaddress(500, address)
        for _ in range(5):
            rpc.sendtoaddress(address, 1)
        self.assertEqual(len(rpc.listtransactions("*", 10000)), 2010)
        self.assertGreater(len(rpc.listunspent()), 1000)
        self.assert_rpc_error(-5, "", rpc.listunspent, 0, 9999999, ["x"] * 400000)
        rpc.rescanblockchain()
        rpc.gettxoutsetinfo()
        rpc.getrawmempool(True)
        rpc.getblock(rpc.getbestblockhash(), 2)
        node.restart("-reindex", "-checkblocks=0")
        framework.wait_until(lambda: rpc.getblockcount() == 2000, "the blocks to be read again")
        node.stop()
        # The log covers both runs, and the wallet.
        for log in {node.network_folder / "debug.log", node.wallet_log()}:
            text = log.read_text(errors="replace")
            self.assertEqual([line for run in text.split("Shutdown done") for line in held(run)], [], log.name)


if __name__ == "__main__":
    framework.main()
