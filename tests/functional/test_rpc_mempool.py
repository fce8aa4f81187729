#!/usr/bin/env python3
"""The mempool: what is accepted, what is rejected and why, replacement, blocks, reorganisations."""

from decimal import Decimal

import framework
from framework import TRUE_SCRIPT, spend_true


class Mempool(framework.NodeTest):
    def setUp(self):
        super().setUp()
        self.node = self.start_node()
        self.rpc = self.node.rpc
        self.coins = framework.mine_coins(self.node, 3)

    def spend(self, coin, fee, outputs=1, **more):
        each = (coin[2] - fee) // outputs
        return spend_true([coin[:2]], [(each, TRUE_SCRIPT)] * outputs, **more)

    def reason(self, tx):
        return self.rpc.testmempoolaccept([tx], 0)[0].get("reject-reason")

    def test_accept(self):
        coin = self.coins[0]
        tx = self.spend(coin, 1000)
        result, = self.rpc.testmempoolaccept([tx])
        self.assertTrue(result["allowed"])
        self.assertEqual(result["fees"]["base"], Decimal("0.00001"))
        self.assertEqual(self.rpc.getrawmempool(), [])
        txid = self.rpc.sendrawtransaction(tx)
        self.assertEqual(result["txid"], txid)
        self.assertEqual(self.rpc.getrawmempool(), [txid])
        self.assertEqual(self.rpc.sendrawtransaction(tx), txid)
        self.assertEqual(self.reason(tx), "txn-already-in-mempool")
        self.assert_rpc_error(-22, "TX decode failed: 00xx Make sure", self.rpc.testmempoolaccept, ["00xx"])
        entry = self.rpc.getmempoolentry(txid)
        self.assertLessEqual({"vsize", "weight", "time", "height", "descendantcount", "descendantsize", "ancestorcount",
                              "ancestorsize", "wtxid", "fees", "depends", "spentby", "unbroadcast"}, set(entry))
        self.assertEqual(entry["vsize"], result["vsize"])
        self.assertEqual(self.rpc.getrawmempool(True), {txid: entry})
        self.assertEqual(self.rpc.getrawtransaction(txid), tx)
        info = self.rpc.getmempoolinfo()
        self.assertEqual((info["size"], info["bytes"], info["total_fee"]), (1, entry["vsize"], Decimal("0.00001")))
        sequence = self.rpc.getrawmempool(False, True)
        self.assertEqual(sequence["txids"], [txid])
        self.assertEqual(sequence["mempool_sequence"], 2)
        tip, = self.rpc.generatetoaddress(1, framework.ADDRESS)
        self.assertEqual(self.rpc.getrawmempool(), [])
        self.assertIn(txid, self.rpc.getblock(tip)["tx"])
        self.assert_rpc_error(-27, "already in utxo set", self.rpc.sendrawtransaction, tx)
        self.assert_rpc_error(-5, "Transaction not in mempool", self.rpc.getmempoolentry, txid)
        coinbase = self.rpc.getblock(tip, 2)["tx"][0]
        self.assertEqual(coinbase["vout"][0]["value"], 50 + Decimal("0.00001"))

    def test_no_transaction(self):
        """Hex that is not a transaction is -22 everywhere; without inputs it can be decoded only."""
        no_inputs = "020000000001e803000000000000015100000000"
        for text in ("", "0", "zz", " 00", "0x00", "00" * 9):
            with self.subTest(text):
                self.assert_rpc_error(-22, "TX decode failed", self.rpc.decoderawtransaction, text)
                self.assert_rpc_error(-22, "TX decode failed. Make sure", self.rpc.sendrawtransaction, text)
                self.assert_rpc_error(-22, f"TX decode failed: {text} Make sure", self.rpc.testmempoolaccept, [text])
        self.assertEqual(self.rpc.decoderawtransaction(no_inputs)["vin"], [])
        self.assertEqual(self.rpc.decoderawtransaction(no_inputs, False)["vin"], [])
        self.assert_rpc_error(-22, "TX decode failed", self.rpc.decoderawtransaction, no_inputs, True)
        self.assert_rpc_error(-22, "TX decode failed. Make sure", self.rpc.sendrawtransaction, no_inputs)
        self.assert_rpc_error(-22, "Make sure the tx has at least one input.", self.rpc.testmempoolaccept, [no_inputs])

    def test_chain(self):
        coin = self.coins[0]
        txids = []
        for i in range(5):
            txid = self.rpc.sendrawtransaction(self.spend(coin, 1000))
            txids.append(txid)
            coin = (txid, 0, coin[2] - 1000)
        self.assertEqual(self.rpc.getrawmempool(), txids)
        by_id = lambda ids: sorted(ids, key=lambda txid: bytes.fromhex(txid)[::-1])
        self.assertEqual(self.rpc.getmempoolancestors(txids[2]), by_id(txids[:2]))
        self.assertEqual(self.rpc.getmempooldescendants(txids[2]), by_id(txids[3:]))
        entry = self.rpc.getmempoolentry(txids[2])
        self.assertEqual((entry["ancestorcount"], entry["descendantcount"]), (3, 3))
        self.assertEqual((entry["depends"], entry["spentby"]), ([txids[1]], [txids[3]]))
        for i in range(5, 64):
            txid = self.rpc.sendrawtransaction(self.spend(coin, 1000))
            coin = (txid, 0, coin[2] - 1000)
        self.assertEqual(self.reason(self.spend(coin, 1000)), "too-large-cluster")
        tip, = self.rpc.generatetoaddress(1, framework.ADDRESS)
        self.assertEqual(self.rpc.getblock(tip)["nTx"], 65)

    def test_refused(self):
        coin = self.coins[0]
        ok = self.spend(coin, 1000)
        for tx, reason in (
                (self.spend(coin, 5), "min relay fee not met"),
                (self.spend(coin, 1000, version=4), "version"),
                (self.spend(coin, 1000, locktime=5000), "non-final"),
                (self.spend(coin, 1000, sequence=500), "non-BIP68-final"),
                (spend_true([coin[:2]], [(coin[2] + 1, TRUE_SCRIPT)]), "bad-txns-in-belowout"),
                (spend_true([("00" * 31 + "01", 0)], [(1000, TRUE_SCRIPT)]), "missing-inputs"),
                (spend_true([coin[:2], coin[:2]], [(1000, TRUE_SCRIPT)]), "bad-txns-inputs-duplicate"),
                (spend_true([coin[:2]], []), "bad-txns-vout-empty"),
                (spend_true([coin[:2]], [(coin[2] - 20000, TRUE_SCRIPT), (100, TRUE_SCRIPT)]), "dust"),
                (spend_true([coin[:2]], [(coin[2] - 20000, "51" * 5)]), "scriptpubkey"),
                (spend_true([coin[:2]], [(22 * 10**14, TRUE_SCRIPT)]), "bad-txns-vout-toolarge"),
                (ok.replace("010151", "010100"), "mempool-script-verify-flag-failed (Witness program hash mismatch)"),
        ):
            with self.subTest(reason):
                self.assertEqual(self.reason(tx), reason)
        immature = self.rpc.getblock(self.rpc.getbestblockhash(), 2)["tx"][0]["txid"]
        self.assertEqual(self.reason(spend_true([(immature, 0)], [(1000, TRUE_SCRIPT)])),
                         "bad-txns-premature-spend-of-coinbase")
        self.assert_rpc_error(-22, "TX decode failed", self.rpc.sendrawtransaction, "00")
        self.assert_rpc_error(-26, "min relay fee not met, 5 < ", self.rpc.sendrawtransaction, self.spend(coin, 5))
        self.assert_rpc_error(-25, "bad-txns-inputs-missingorspent", self.rpc.sendrawtransaction,
                              spend_true([("00" * 31 + "01", 0)], [(1000, TRUE_SCRIPT)]))
        greedy = self.spend(coin, 10**8)
        self.assert_rpc_error(-25, "Fee exceeds maximum configured", self.rpc.sendrawtransaction, greedy)
        self.assertEqual(self.rpc.testmempoolaccept([greedy])[0]["reject-reason"], "max-fee-exceeded")
        self.rpc.sendrawtransaction(greedy, 0)

    def test_script_error(self):
        txid, n, sat = self.coins[0]
        # The witness script is not the one that the output commits to.
        tx = spend_true([(txid, n)], [(sat - 1000, TRUE_SCRIPT)]).replace("010151", "010152")
        result, = self.rpc.testmempoolaccept([tx])
        self.assertEqual(result["reject-reason"],
                         "mempool-script-verify-flag-failed (Witness program hash mismatch)")
        self.assertEqual(result["reject-details"], f"{result['reject-reason']}, input 0 of {result['txid']} "
                                                   f"(wtxid {result['wtxid']}), spending {txid}:{n}")

    def test_replace(self):
        coin = self.coins[0]
        first = self.rpc.sendrawtransaction(self.spend(coin, 1000))
        child = self.rpc.sendrawtransaction(self.spend((first, 0, coin[2] - 1000), 1000))
        self.assertEqual(self.reason(self.spend(coin, 1001)), "insufficient fee")
        self.assertEqual(self.reason(self.spend(coin, 2001)), "insufficient fee")
        result, = self.rpc.testmempoolaccept([self.spend(coin, 1001)])
        self.assertEqual(result["reject-details"], f"insufficient fee, rejecting replacement {result['txid']}, less fees "
                                                   "than conflicting txs; 0.00001001 < 0.00002")
        both = spend_true([coin[:2], (first, 0)], [(1000, TRUE_SCRIPT)])
        self.assertEqual(self.reason(both), "bad-txns-spends-conflicting-tx")
        details = self.rpc.testmempoolaccept([both], 0)[0]["reject-details"]
        self.assertTrue(details.endswith(f" spends conflicting transaction {first}"), details)
        second = self.rpc.sendrawtransaction(self.spend(coin, 3000))
        self.assertEqual(self.rpc.getrawmempool(), [second])
        self.assert_rpc_error(-5, None, self.rpc.getmempoolentry, child)

    def test_replace_many(self):
        """The limit of a replacement is on the number of clusters, not of transactions."""
        coin, other, third = self.coins
        parent = self.rpc.sendrawtransaction(self.spend(coin, 10000, 60))
        each = (coin[2] - 10000) // 60
        for n in range(60):
            self.rpc.sendrawtransaction(self.spend((parent, n, each), 1000))
        parent = self.rpc.sendrawtransaction(self.spend(other, 10000, 60))
        for n in range(60):
            self.rpc.sendrawtransaction(self.spend((parent, n, each), 1000))
        self.assertEqual(len(self.rpc.getrawmempool()), 122)
        both = spend_true([coin[:2], other[:2]], [(coin[2] + other[2] - 1000000, TRUE_SCRIPT)])
        txid = self.rpc.sendrawtransaction(both)
        self.assertEqual(self.rpc.getrawmempool(), [txid])

    def test_chunks(self):
        """A parent with a low fee is mined together with the child that pays for it, after transactions with a higher fee
        rate."""
        coin = self.coins[0]
        parent = self.rpc.sendrawtransaction(self.spend(coin, 1000, 2))
        each = (coin[2] - 1000) // 2
        rich = self.rpc.sendrawtransaction(self.spend((parent, 0, each), 50000))
        poor = self.rpc.sendrawtransaction(self.spend((parent, 1, each), 200))
        alone = self.rpc.sendrawtransaction(self.spend(self.coins[1], 100000))
        cluster = self.rpc.getmempoolcluster(poor)
        self.assertEqual(cluster, self.rpc.getmempoolcluster(parent))
        self.assertEqual([chunk["txs"] for chunk in cluster["chunks"]], [[parent, rich], [poor]])
        self.assertEqual([chunk["chunkfee"] for chunk in cluster["chunks"]], [Decimal("0.00051"), Decimal("0.000002")])
        entries = self.rpc.getrawmempool(True)
        weight = sum(entries[txid]["weight"] for txid in (parent, rich))
        self.assertEqual((cluster["txcount"], cluster["chunks"][0]["chunkweight"]), (3, weight))
        self.assertEqual(cluster["clusterweight"], weight + entries[poor]["weight"])
        for txid in (parent, rich):
            self.assertEqual((entries[txid]["fees"]["chunk"], entries[txid]["chunkweight"]), (Decimal("0.00051"), weight))
            self.assertEqual(self.rpc.getmempoolentry(txid), entries[txid])
        diagram = [(point["weight"], point["fee"]) for point in self.rpc.getmempoolfeeratediagram()]
        first = entries[alone]["weight"]
        self.assertEqual(diagram, [(0, 0), (first, Decimal("0.001")), (first + weight, Decimal("0.00151")),
                                   (first + cluster["clusterweight"], Decimal("0.001512"))])
        self.assert_order(alone, parent, rich, poor)
        self.rpc.prioritisetransaction(poor, 0, 10**6)
        self.assertEqual([chunk["txs"] for chunk in self.rpc.getmempoolcluster(rich)["chunks"]], [[parent, poor], [rich]])
        self.assert_rpc_error(-5, "Transaction not in mempool", self.rpc.getmempoolcluster, "11" * 32)

    def assert_order(self, *txids):
        self.assertEqual(self.rpc.getrawmempool(), list(txids))
        self.assertEqual(self.rpc.getrawmempool(False, True)["txids"], list(txids))
        self.assertEqual(list(self.rpc.getrawmempool(True)), list(txids))
        events = self.rpc.getdescriptoractivity([], [f"raw({TRUE_SCRIPT})"])["activity"]
        self.assertEqual(list(dict.fromkeys(e.get("spend_txid", e.get("txid")) for e in events)), list(txids))

    def test_order(self):
        """Equal fee rates: what is mined after less weight of its own cluster comes first, then the lower ID."""
        coin, other, third = self.coins
        parent = self.rpc.sendrawtransaction(self.spend(coin, 1000))
        child = self.rpc.sendrawtransaction(self.spend((parent, 0, coin[2] - 1000), 1000))
        alone = self.rpc.sendrawtransaction(self.spend(other, 1000))
        heavy = self.rpc.sendrawtransaction(self.spend(third, 1000, 2))
        first = sorted((parent, alone), key=lambda txid: bytes.fromhex(txid)[::-1])
        self.assert_order(*first, child, heavy)
        self.rpc.prioritisetransaction(heavy, 0, 10**6)
        self.assert_order(heavy, *first, child)
        self.rpc.prioritisetransaction(child, 0, 10**7)
        self.assert_order(parent, child, heavy, alone)
        tip, = self.rpc.generatetoaddress(1, framework.ADDRESS)
        self.assertEqual(self.rpc.getblock(tip)["tx"][1:], [parent, child, heavy, alone])

    def test_version_three(self):
        coin = self.coins[0]
        parent = self.rpc.sendrawtransaction(self.spend(coin, 1000, version=3))
        child, = self.rpc.testmempoolaccept([self.spend((parent, 0, coin[2] - 1000), 1000, version=2)])
        name = f"{parent} (wtxid={self.rpc.getmempoolentry(parent)['wtxid']})"
        self.assertEqual(child["reject-details"],
                         f"TRUC-violation, non-version=3 tx {child['txid']} (wtxid={child['wtxid']}) cannot spend from "
                         f"version=3 tx {name}")

    def test_reorganisation(self):
        coin = self.coins[0]
        tx = self.spend(coin, 1000)
        txid = self.rpc.sendrawtransaction(tx)
        block, = self.rpc.generatetoaddress(1, framework.ADDRESS)
        child = self.rpc.sendrawtransaction(self.spend((txid, 0, coin[2] - 1000), 1000))
        self.rpc.invalidateblock(block)
        self.assertEqual(self.rpc.getrawmempool(), [txid, child])
        # After disconnecting enough blocks the coin that they spend is no longer mature.
        self.rpc.invalidateblock(self.rpc.getblockhash(100))
        self.assertEqual(self.rpc.getrawmempool(), [])

    def test_expiry(self):
        now = self.rpc.getblockheader(self.rpc.getbestblockhash())["time"]
        self.rpc.setmocktime(now)
        old = self.rpc.sendrawtransaction(self.spend(self.coins[0], 1000))
        self.rpc.sendrawtransaction(self.spend((old, 0, self.coins[0][2] - 1000), 1000))
        self.rpc.setmocktime(now + 336 * 3600)
        new = self.rpc.sendrawtransaction(self.spend(self.coins[1], 1000))
        self.assertEqual(len(self.rpc.getrawmempool()), 3)
        # One second later they have expired.
        self.rpc.setmocktime(now + 336 * 3600 + 1)
        newest = self.rpc.sendrawtransaction(self.spend(self.coins[2], 1000))
        self.assertEqual(set(self.rpc.getrawmempool()), {new, newest})

    def test_conflict_in_block(self):
        coin = self.coins[0]
        parent = self.rpc.sendrawtransaction(self.spend(coin, 1000))
        self.rpc.sendrawtransaction(self.spend((parent, 0, coin[2] - 1000), 1000))
        other = self.rpc.sendrawtransaction(self.spend(self.coins[1], 1000))
        self.rpc.generateblock(framework.ADDRESS, [self.spend(coin, 2000)])
        self.assertEqual(self.rpc.getrawmempool(), [other])

    def test_generateblock(self):
        tx = self.spend(self.coins[0], 1000)
        made = self.rpc.generateblock(framework.ADDRESS, [tx])
        block = self.rpc.getblock(made["hash"], 2)
        self.assertEqual(block["tx"][1]["hex"], tx)
        self.assertEqual(block["tx"][0]["vout"][0]["value"], 50)
        made = self.rpc.generateblock(f"raw({TRUE_SCRIPT})", [], False)
        self.assertNotEqual(self.rpc.getbestblockhash(), made["hash"])
        self.assertIsNone(self.rpc.submitblock(made["hex"]))
        self.assertEqual(self.rpc.getbestblockhash(), made["hash"])
        self.assert_rpc_error(-25, "TestBlockValidity failed: bad-txns-inputs-missingorspent", self.rpc.generateblock,
                              framework.ADDRESS, [self.spend(self.coins[0], 2000)])
        self.assert_rpc_error(-25, "bad-txns-BIP30", self.rpc.generateblock, framework.ADDRESS, [tx])
        self.assert_rpc_error(-5, "not in mempool", self.rpc.generateblock, framework.ADDRESS, ["00" * 32])
        self.assert_rpc_error(-5, "Error: Invalid address", self.rpc.generatetoaddress, 1, "nonsense")

    def test_highest_fee_rate_first(self):
        low = self.rpc.sendrawtransaction(self.spend(self.coins[0], 500))
        parent = self.rpc.sendrawtransaction(self.spend(self.coins[1], 100))
        child = self.rpc.sendrawtransaction(self.spend((parent, 0, self.coins[1][2] - 100), 9000))
        high = self.rpc.sendrawtransaction(self.spend(self.coins[2], 20000))
        tip, = self.rpc.generatetoaddress(1, framework.ADDRESS)
        self.assertEqual(self.rpc.getblock(tip)["tx"][1:], [high, parent, child, low])


if __name__ == "__main__":
    framework.main()
