#!/usr/bin/env python3
"""The optional indexes: their results while blocks are connected and disconnected, after kill -9, and after -reindex."""

import shutil
from decimal import Decimal

import framework
from framework import TRUE_SCRIPT, spend_true, wait_until

ALL = ("-txindex", "-blockfilterindex", "-coinstatsindex", "-txospenderindex")
NAMES = {"txindex", "basic block filter index", "coinstatsindex", "txospenderindex"}


def wait_for_indexes(node):
    def ready():
        height = node.rpc.getblockcount()
        info = node.rpc.getindexinfo()
        return set(info) == NAMES and all(i == {"synced": True, "best_block_height": height} for i in info.values())
    wait_until(ready, "the indexes at the tip")


def answers(node):
    """All results of the indexes for the chain."""
    rpc, said = node.rpc, []
    for height in range(rpc.getblockcount() + 1):
        block = rpc.getblock(rpc.getblockhash(height), 2)
        said.append(rpc.getblockfilter(block["hash"]))
        said.append(rpc.gettxoutsetinfo("muhash", height))
        for tx in block["tx"] if height > 0 else []:
            found = rpc.getrawtransaction(tx["txid"], 2)
            assert found["blockhash"] == block["hash"] and found["hex"] == tx["hex"]
            assert found["confirmations"] == block["confirmations"]
            for spent in [i for i in tx["vin"] if "txid" in i]:
                by, = rpc.gettxspendingprevout([{"txid": spent["txid"], "vout": spent["vout"]}])
                assert (by["spendingtxid"], by["blockhash"]) == (tx["txid"], block["hash"]), by
    return said


class Indexes(framework.NodeTest):
    def setUp(self):
        super().setUp()
        self.node = self.start_node(*ALL)
        self.coins = framework.mine_coins(self.node, 3)

    def spend(self, coin, fee=1000):
        txid, vout, amount = coin
        return self.node.rpc.sendrawtransaction(spend_true([(txid, vout)], [(amount - fee, TRUE_SCRIPT)]))

    def test_answers(self):
        rpc = self.node.rpc
        txid = self.spend(self.coins[0])
        waiting, = rpc.gettxspendingprevout([{"txid": self.coins[0][0], "vout": self.coins[0][1]}])
        self.assertEqual(waiting["spendingtxid"], txid)
        self.assertNotIn("blockhash", waiting)
        block, = rpc.generatetoaddress(1, framework.ADDRESS)
        wait_for_indexes(self.node)
        answers(self.node)

        found = rpc.getrawtransaction(txid, 2)
        self.assertEqual(found["fee"], Decimal("0.00001"))
        self.assertEqual(found["vin"][0]["prevout"]["scriptPubKey"]["hex"], TRUE_SCRIPT)
        self.assertEqual(found["blockhash"], block)
        self.assertNotIn("in_active_chain", found)
        self.assertEqual(rpc.getrawtransaction(txid), found["hex"])
        named = rpc.getrawtransaction(txid, 2, block)
        self.assertTrue(named.pop("in_active_chain"))
        self.assertEqual(named, found)
        self.assert_rpc_error(-5, "in the provided block", rpc.getrawtransaction, txid, 2, rpc.getblockhash(1))
        walked, indexed = rpc.gettxoutsetinfo("muhash", None, False), rpc.gettxoutsetinfo("muhash")
        self.assertEqual({k: walked[k] for k in ("muhash", "txouts", "bogosize", "total_amount")},
                         {k: indexed[k] for k in ("muhash", "txouts", "bogosize", "total_amount")})
        self.assertEqual(indexed["total_unspendable_amount"], 50)
        self.assertEqual(indexed["block_info"]["prevout_spent"], Decimal(self.coins[0][2]) / 10**8)
        spender, = rpc.gettxspendingprevout([{"txid": self.coins[0][0], "vout": self.coins[0][1]}],
                                            {"return_spending_tx": True})
        self.assertEqual((spender["spendingtx"], spender["blockhash"]), (found["hex"], block))
        spender, = rpc.gettxspendingprevout([{"txid": self.coins[0][0], "vout": self.coins[0][1]}],
                                            {"mempool_only": True})
        self.assertNotIn("spendingtxid", spender)

    def test_errors(self):
        rpc = self.node.rpc
        wait_for_indexes(self.node)
        self.assert_rpc_error(-5, "No such mempool or blockchain transaction", rpc.getrawtransaction, "00" * 32)
        self.assert_rpc_error(-5, "Unknown filtertype", rpc.getblockfilter, rpc.getbestblockhash(), "x")
        self.assert_rpc_error(-5, "Block not found", rpc.getblockfilter, "00" * 32)
        self.assert_rpc_error(-8, "after current tip", rpc.gettxoutsetinfo, "none", 10000)
        self.assert_rpc_error(-8, "is negative", rpc.gettxoutsetinfo, "none", -1)
        self.assert_rpc_error(-8, "cannot be queried", rpc.gettxoutsetinfo, "hash_serialized_3", 1)
        self.assert_rpc_error(-8, "use_index to false", rpc.gettxoutsetinfo, "muhash", 1, False)
        self.assert_rpc_error(-8, "outputs are missing", rpc.gettxspendingprevout, [])
        self.assert_rpc_error(-8, "vout cannot be negative", rpc.gettxspendingprevout, [{"txid": "00" * 32, "vout": -1}])
        self.assert_rpc_error(-3, "Missing vout", rpc.gettxspendingprevout, [{"txid": "00" * 32}])
        self.assertEqual(rpc.getindexinfo("nothing"), {})
        self.assertEqual(set(rpc.getindexinfo("txindex")), {"txindex"})

    def test_without(self):
        self.node.args = [a for a in self.node.args if a not in ALL]
        self.node.restart()
        rpc = self.node.rpc
        self.assertEqual(rpc.getindexinfo(), {})
        self.assert_rpc_error(-5, "Use -txindex", rpc.getrawtransaction, "00" * 32)
        self.assert_rpc_error(-1, "Index is not enabled", rpc.getblockfilter, rpc.getbestblockhash())
        self.assert_rpc_error(-8, "requires coinstatsindex", rpc.gettxoutsetinfo, "none", 1)
        outputs = [{"txid": "00" * 32, "vout": 0}]
        self.assertEqual(rpc.gettxspendingprevout(outputs), outputs)
        self.assert_rpc_error(-1, "txospenderindex is unavailable", rpc.gettxspendingprevout, outputs,
                              {"mempool_only": False})
        self.node.stop()
        self.node.start("-blockfilterindex=wrong", wait=False)
        self.assertEqual(self.node.wait_for_exit(), 1)
        self.assertIn("Unknown -blockfilterindex value wrong.", self.node.errors())
        self.node.start()

    def test_reorganised_killed_rebuilt(self):
        rpc = self.node.rpc
        self.spend(self.coins[0])
        old = rpc.generatetoaddress(3, framework.ADDRESS)
        wait_for_indexes(self.node)
        stale_filter = rpc.getblockfilter(old[0])
        rpc.invalidateblock(old[0])
        self.spend(self.coins[1])
        rpc.generatetoaddress(5, framework.TRUE_ADDRESS)
        wait_for_indexes(self.node)
        said = answers(self.node)
        self.assertEqual(rpc.getblockfilter(old[0]), stale_filter)

        self.node.restart()
        wait_for_indexes(self.node)
        self.assertEqual(answers(self.node), said)
        blocks = [rpc.getblock(rpc.getblockhash(h), 0) for h in range(1, rpc.getblockcount() + 1)]
        self.node.kill()
        self.node.start()
        for block in blocks:
            rpc.submitblock(block)
        wait_for_indexes(self.node)
        self.assertEqual(answers(self.node), said)

        self.node.stop()
        shutil.rmtree(self.node.network_folder / "indexes")
        self.node.start()
        wait_for_indexes(self.node)
        self.assertEqual(answers(self.node), said)
        self.node.restart("-reindex")
        wait_until(lambda: rpc.getblockcount() == len(blocks), "the chain after -reindex")
        wait_for_indexes(self.node)
        self.assertEqual(answers(self.node), said)


if __name__ == "__main__":
    framework.main()
