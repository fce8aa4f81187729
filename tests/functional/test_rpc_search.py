#!/usr/bin/env python3
"""Methods that search blocks: merkle proofs of transactions, blocks by filters, activity of scripts."""

from decimal import Decimal

import framework
from framework import TRUE_ADDRESS, TRUE_SCRIPT, spend_true

NEEDLE = [f"raw({TRUE_SCRIPT})"]


class Proofs(framework.NodeTest):
    def setUp(self):
        super().setUp()
        self.node = self.start_node()
        self.rpc = self.node.rpc
        coins = framework.mine_coins(self.node, 3)
        self.txids = [self.rpc.sendrawtransaction(spend_true([(txid, n)], [(sat - 1000, TRUE_SCRIPT)]))
                      for txid, n, sat in coins]
        self.assert_rpc_error(-5, "Transaction not yet in block", self.rpc.gettxoutproof, self.txids)
        self.tip, = self.rpc.generatetoaddress(1, framework.ADDRESS)

    def test_proof(self):
        for wanted in (self.txids, self.txids[:1], self.txids[1:]):
            proof = self.rpc.gettxoutproof(wanted, self.tip)
            self.assertEqual(self.rpc.gettxoutproof(wanted), proof)
            self.assertEqual(proof[:160], self.rpc.getblockheader(self.tip, False))
            self.assertEqual(sorted(self.rpc.verifytxoutproof(proof)), sorted(wanted))
        # One bit of a hash is changed.
        bad = proof[:-10] + "%02x" % (int(proof[-10:-8], 16) ^ 1) + proof[-8:]
        self.assertEqual(self.rpc.verifytxoutproof(bad), [])
        self.assert_rpc_error(-1, "end of data", self.rpc.verifytxoutproof, proof[:-2])
        self.assert_rpc_error(-5, "Block not found in chain", self.rpc.verifytxoutproof, "00" * 88)
        self.rpc.invalidateblock(self.tip)
        self.assert_rpc_error(-5, "Block not found in chain", self.rpc.verifytxoutproof, proof)

    def test_refused(self):
        proof = self.rpc.gettxoutproof
        self.assert_rpc_error(-8, "Parameter 'txids' cannot be empty", proof, [])
        self.assert_rpc_error(-8, "Invalid parameter, duplicated txid: ", proof, self.txids[:1] * 2)
        self.assert_rpc_error(-8, "txid must be of length 64", proof, ["00"])
        many = ["%064x" % i for i in range(16667)]
        self.assert_rpc_error(-8, "has more elements than a block can contain", proof, many)
        self.assert_rpc_error(-5, "Not all transactions found", proof, many[1:], self.tip)
        self.assert_rpc_error(-5, "Not all transactions found", proof, [self.txids[0], "11" * 32])
        self.assert_rpc_error(-5, "Block not found", proof, self.txids, "22" * 32)

    def test_index(self):
        # All of its outputs are spent: only the index can find it.
        out = self.rpc.getrawtransaction(self.txids[0], 1, self.tip)["vout"][0]
        tx = spend_true([(self.txids[0], 0)], [(int(out["value"] * 10**8) - 1000, framework.TRUE_SCRIPT)])
        self.rpc.sendrawtransaction(tx)
        self.rpc.generatetoaddress(1, framework.ADDRESS)
        self.assert_rpc_error(-5, "Transaction not yet in block", self.rpc.gettxoutproof, self.txids[:1])
        self.node.restart("-txindex")
        framework.wait_until(lambda: self.rpc.getindexinfo()["txindex"]["synced"])
        self.assertEqual(self.rpc.verifytxoutproof(self.rpc.gettxoutproof(self.txids[:1])), self.txids[:1])


class Search(framework.NodeTest):
    def setUp(self):
        super().setUp()
        self.node = self.start_node("-blockfilterindex")
        self.rpc = self.node.rpc
        self.coin, = framework.mine_coins(self.node)
        txid, n, sat = self.coin
        self.spend = self.rpc.sendrawtransaction(spend_true([(txid, n)], [(sat - 1000, "0014" + "11" * 20)]))
        framework.wait_until(lambda: self.rpc.getindexinfo()["basic block filter index"]["best_block_height"] == 101)

    def scan(self, *args, **named):
        return self.rpc.scanblocks("start", NEEDLE, *args, **named)

    def wait_for_index(self, height):
        framework.wait_until(
            lambda: self.rpc.getindexinfo()["basic block filter index"]["best_block_height"] == height)

    def test_scan(self):
        self.assertIsNone(self.rpc.scanblocks("status"))
        self.assertFalse(self.rpc.scanblocks("abort"))
        first = self.rpc.getblockhash(1)
        self.assertEqual(self.scan(filter_false_positives=True), {
            "from_height": 0, "to_height": 101, "relevant_blocks": [first], "completed": True})
        self.assertEqual(self.scan(2, 50, "basic", {"filter_false_positives": True}), {
            "from_height": 2, "to_height": 50, "relevant_blocks": [], "completed": True})
        # Blocks that spend from the script match, as well as those that pay to it.
        tip, = self.rpc.generatetoaddress(1, framework.ADDRESS)
        self.wait_for_index(102)
        self.assertEqual(self.scan(2, filter_false_positives=True)["relevant_blocks"], [tip])
        self.assertIn(tip, self.scan(2)["relevant_blocks"])
        for code, text, *args in ((-1, "Invalid start_height", 103), (-1, "Invalid stop_height", 5, 4),
                                  (-5, "Unknown filtertype", 0, 1, "extra")):
            self.assert_rpc_error(code, text, self.scan, *args)
        self.assert_rpc_error(-8, "Parameter options conflicts with parameter filter_false_positives", self.scan,
                              options={}, filter_false_positives=True)
        self.assert_rpc_error(-8, "Unknown named parameter other", self.scan, other=1)
        self.assert_rpc_error(-8, "Invalid action 'x'", self.rpc.scanblocks, "x")
        self.assert_rpc_error(-1, "scanobjects argument is required", self.rpc.scanblocks, "start")
        self.node.restart("-blockfilterindex=0")
        self.assert_rpc_error(-1, "Index is not enabled for filtertype basic", self.scan)

    def test_activity(self):
        first = self.rpc.getblockhash(1)
        events = self.rpc.getdescriptoractivity([first], NEEDLE)["activity"]
        self.assertEqual([event["type"] for event in events], ["receive", "spend"])
        received, spent = events
        self.assertEqual((received["blockhash"], received["height"], received["amount"]), (first, 1, 50))
        self.assertEqual((received["txid"], received["vout"]), self.coin[:2])
        self.assertEqual(received["output_spk"]["address"], TRUE_ADDRESS)
        self.assertEqual(set(spent), {"type", "amount", "spend_txid", "spend_vin", "prevout_txid", "prevout_vout",
                                      "prevout_spk"})
        self.assertEqual((spent["spend_txid"], spent["prevout_txid"], spent["amount"]),
                         (self.spend, self.coin[0], Decimal(50)))
        self.assertEqual(self.rpc.getdescriptoractivity([first], NEEDLE, False)["activity"], [received])
        tip, = self.rpc.generatetoaddress(1, framework.ADDRESS)
        # Each block once, in ascending order of height.
        events = self.rpc.getdescriptoractivity([tip, first, tip], NEEDLE)["activity"]
        self.assertEqual([(event["type"], event["height"]) for event in events], [("receive", 1), ("spend", 102)])
        self.rpc.invalidateblock(tip)
        self.assert_rpc_error(-8, "Block is not in main chain", self.rpc.getdescriptoractivity, [tip], NEEDLE)
        self.assert_rpc_error(-5, "Block not found", self.rpc.getdescriptoractivity, ["22" * 32], NEEDLE)


if __name__ == "__main__":
    framework.main()
