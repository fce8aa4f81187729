#!/usr/bin/env python3
"""Arguments and results in detail: what scripts that were written for the reference rely on."""

import framework

PARENT_SAT = 4999990000


class Answers(framework.NodeTest):
    def test_whole_numbers(self):
        """Of 32 bits where the reference reads 32 bits."""
        rpc = self.start_node().rpc
        block, = rpc.generatetoaddress(1, framework.ADDRESS)
        over, under = 2 ** 31, -2 ** 31 - 1
        for method, *args in (("getblockhash", over), ("getblockhash", under), ("getblock", block, over),
                              ("getblockstats", over), ("getrawtransaction", "f" * 64, over), ("gettxout", "f" * 64, 2 ** 32),
                              ("gettxout", "f" * 64, -1), ("getnetworkhashps", over), ("verifychain", over),
                              ("getchaintxstats", under), ("waitfornewblock", over), ("waitforblockheight", over, 1),
                              ("createmultisig", over, []), ("createrawtransaction", [], [], 0, True, -1),
                              ("createrawtransaction", [{"txid": "f" * 64, "vout": over}], []),
                              ("generatetoaddress", over, framework.ADDRESS),
                              ("generatetodescriptor", 1, "raw(51)", -1), ("generatetodescriptor", 1, "raw(51)", 2 ** 64)):
            with self.subTest(method=method, args=args):
                self.assert_rpc_error(-1, "JSON integer out of range", rpc.call, method, *args)
        self.assertEqual(rpc.generatetoaddress(-1, framework.ADDRESS), [])
        self.assert_rpc_error(-1, "JSON integer out of range", rpc.getblockhash, 1.0)

    def test_types_inside_of_options(self):
        rpc = self.start_node("-blockfilterindex").rpc
        output = [{"txid": "f" * 64, "vout": 0}]
        for method, *args in (("gettxspendingprevout", output, {"mempool_only": None}),
                              ("gettxspendingprevout", output, {"return_spending_tx": None}),
                              ("scanblocks", "start", ["raw(51)"], 0, 0, "basic", {"filter_false_positives": None})):
            with self.subTest(method=method, args=args):
                self.assert_rpc_error(-3, "JSON value of type null is not of expected type bool", rpc.call, method, *args)
        rpc.generatetoaddress(1, framework.ADDRESS)
        saved = rpc.savemempool()["filename"]
        self.assert_rpc_error(-3, "JSON value of type string is not of expected type bool", rpc.importmempool, saved,
                              {"use_current_time": "x"})
        self.assertEqual(rpc.importmempool(saved, {"use_current_time": None}), {})
        # The outputs are examined after the options, and returned as they were given.
        self.assert_rpc_error(-8, "Invalid parameter, outputs are missing", rpc.gettxspendingprevout, [], {"": None})
        self.assertEqual(list(rpc.gettxspendingprevout([{"vout": 0, "txid": "f" * 64}])[0]), ["vout", "txid"])

    def test_order(self):
        """Arguments are examined in their order, before anything is looked up."""
        rpc = self.start_node().rpc
        self.assert_rpc_error(-8, "blockhash must be of length 64", rpc.getblock, "x", "x")
        self.assert_rpc_error(-3, "JSON value of type string is not of expected type number", rpc.getblock, "f" * 64, "x")
        self.assert_rpc_error(-5, "Block not found", rpc.getblock, "f" * 64, 1)
        self.assert_rpc_error(-1, "Negative timeout", rpc.waitfornewblock, -1, "x")
        self.assert_rpc_error(-8, "blockhash must be of length 64", rpc.waitforblock, "x", -1)
        self.assert_rpc_error(-8, "Fee rates larger than", rpc.testmempoolaccept, ["zz"], 1)

    def test_known_proposals(self):
        rpc = self.start_node().rpc
        rpc.generatetoaddress(1, framework.ADDRESS)
        for height, answer in ((0, "duplicate-inconclusive"), (1, "duplicate")):
            block = rpc.getblock(rpc.getblockhash(height), 0)
            self.assertEqual(rpc.getblocktemplate({"mode": "proposal", "data": block, "rules": ["segwit"]}), answer)

    def test_echo(self):
        rpc = self.start_node().rpc
        self.assertEqual(rpc.echo(1, None), [1, None])
        self.assertEqual(rpc.echo(arg1=2), [None, 2])

    def test_addresses(self):
        rpc = self.start_node().rpc
        wrong = framework.ADDRESS[:10] + "z" + framework.ADDRESS[11:]
        self.assertNotEqual(wrong, framework.ADDRESS)
        self.assertEqual(rpc.validateaddress(wrong), {"isvalid": False, "error_locations": [10],
                                                      "error": "Invalid Bech32 checksum"})
        self.assertEqual(rpc.validateaddress("bcrt1")["error_locations"], [4])
        anchor = rpc.validateaddress("bcrt1pfeesnyr2tx")
        self.assertEqual((anchor["isscript"], anchor["iswitness"], "witness_version" in anchor), (True, True, False))

    def test_logging(self):
        rpc = self.start_node("-debug=none").rpc
        categories = rpc.logging()
        self.assertEqual(list(categories), sorted(categories))
        self.assertLessEqual({"addrman", "cmpctblock", "estimatefee", "i2p", "kernel", "qt", "tor", "zmq"}, set(categories))
        self.assertIn("valid logging categories are: " + ", ".join(categories) + ".\n", rpc.help("logging"))
        self.assertFalse(any(categories.values()))
        self.assertTrue(all(rpc.logging(["all"]).values()))
        self.assertFalse(rpc.logging(["net"], ["net"])["net"])
        self.assert_rpc_error(-8, "unknown logging category none", rpc.logging, ["none"])
        self.assert_rpc_error(-3, "JSON value of type number is not of expected type string", rpc.logging, [1])

    def test_usage(self):
        """The first line of help is that of the reference, where strings are quoted."""
        rpc = self.start_node().rpc
        for line in ('stop', 'echo ( "arg0" "arg1" "arg2" "arg3" "arg4" "arg5" "arg6" "arg7" "arg8" "arg9" )',
                     'logging ( ["include_category",...] ["exclude_category",...] )',
                     'createmultisig nrequired ["key",...] ( "address_type" )',
                     'dumptxoutset "path" ( "type" {"rollback":n,"in_memory":bool,...} )',
                     'gettxspendingprevout [{"txid":"hex","vout":n},...] '
                     '( {"mempool_only":bool,"return_spending_tx":bool,...} )'):
            self.assertEqual(rpc.help(line.split(" ")[0]).split("\n")[0], line)


class Mempool(framework.NodeTest):
    def setUp(self):
        super().setUp()
        self.node = self.start_node()
        self.rpc = self.node.rpc
        self.coins = framework.mine_coins(self.node, 4)

    def spend(self, txid, n=0, sat=None, count=1, fee=10000, version=2):
        sat = (5000000000 if sat is None else sat) - fee
        return framework.spend_true([(txid, n)], [(sat // count, framework.TRUE_SCRIPT)] * count, version=version)

    def test_optimal(self):
        self.assertTrue(self.rpc.getmempoolinfo()["optimal"])
        parent = self.rpc.sendrawtransaction(self.spend(self.coins[0][0], fee=200))
        child = self.rpc.sendrawtransaction(self.spend(parent, sat=4999999800, fee=50000))
        self.assertTrue(self.rpc.getmempoolinfo()["optimal"])
        cluster = self.rpc.getmempoolcluster(parent)
        self.assertEqual([chunk["txs"] for chunk in cluster["chunks"]], [[parent, child]])
        entry = self.rpc.getmempoolentry(parent)
        self.assertEqual(list(entry)[:3], ["vsize_adjusted", "vsize", "vsize_bip141"])
        self.assertEqual(entry["fees"]["chunk"] * 100000000, 50200)

    def test_lists(self):
        """Ancestors and descendants are listed by their IDs."""
        parent = self.rpc.sendrawtransaction(self.spend(self.coins[0][0], count=4))
        sat = (5000000000 - 10000) // 4
        children = [self.rpc.sendrawtransaction(self.spend(parent, n, sat=sat)) for n in range(4)]
        by_bytes = sorted(children, key=lambda txid: bytes.fromhex(txid)[::-1])
        self.assertEqual(self.rpc.getmempooldescendants(parent), by_bytes)
        self.assertEqual(list(self.rpc.getmempooldescendants(parent, True)), by_bytes)
        self.assertEqual(self.rpc.getmempoolentry(parent)["spentby"], by_bytes)
        last = self.rpc.sendrawtransaction(framework.spend_true(
            [(txid, 0) for txid in children], [(4 * (sat - 10000) - 10000, framework.TRUE_SCRIPT)]))
        self.assertEqual(self.rpc.getmempoolentry(last)["depends"], sorted(children))
        for n, txid in enumerate(children):
            self.rpc.prioritisetransaction(txid, 0, n + 1)
        self.assertEqual(list(self.rpc.getprioritisedtransactions()), by_bytes)

    def test_amounts_in_reasons(self):
        """Without trailing zeros, but with two decimals."""
        self.assert_rpc_error(-26, "value in (50.00) < value out (50.00000001)", self.rpc.sendrawtransaction,
                              self.spend(self.coins[0][0], fee=-1))

    def test_fee_deltas(self):
        """Of any size; sums are saturated."""
        txid = self.rpc.sendrawtransaction(self.spend(self.coins[0][0]))
        largest = 2 ** 63 - 1
        self.rpc.prioritisetransaction(txid, 0, largest)
        self.rpc.prioritisetransaction(txid, 0, largest)
        self.assertEqual(self.rpc.getprioritisedtransactions()[txid],
                         {"fee_delta": largest, "in_mempool": True, "modified_fee": largest})
        self.assertEqual(self.rpc.getmempoolcluster(txid)["txcount"], 1)
        self.rpc.prioritisetransaction(txid, 0, -largest)
        self.assertEqual(self.rpc.getprioritisedtransactions(), {})

    def test_longpollid(self):
        """It counts blocks and transactions."""
        def count():
            return int(self.rpc.getblocktemplate({"rules": ["segwit"]})["longpollid"][64:])
        before = count()
        self.rpc.sendrawtransaction(self.spend(self.coins[0][0]))
        self.rpc.generatetoaddress(1, framework.ADDRESS)
        # A transaction was added and removed, and there is a block.
        self.assertEqual(count(), before + 3)

    def test_packages(self):
        parent = self.spend(self.coins[0][0], count=2)
        txid = self.rpc.decoderawtransaction(parent)["txid"]
        children = [self.spend(txid, n, sat=(5000000000 - 10000) // 2, fee=fee) for n, fee in ((0, 20000), (1, 1000000000))]
        first, second, third = self.rpc.testmempoolaccept([parent] + children, 0)
        for answer in (first, second, third):
            self.assertTrue(answer["allowed"])
            self.assertNotIn("package-error", answer)
        self.assertEqual(second["fees"]["base"] * 100000000, 20000)
        # One that pays too much ends the list.
        first, second, third = self.rpc.testmempoolaccept([parent, children[1], children[0]])
        self.assertTrue(first["allowed"])
        self.assertEqual((second["allowed"], second["reject-reason"]), (False, "max-fee-exceeded"))
        self.assertEqual(list(third), ["txid", "wtxid"])
        self.assertEqual(self.rpc.getrawmempool(), [])

    def test_packages_that_are_none(self):
        parent = self.spend(self.coins[0][0])
        txid = self.rpc.decoderawtransaction(parent)["txid"]
        child = self.spend(txid, sat=PARENT_SAT)
        rival = self.spend(self.coins[0][0], fee=30000)
        for txs, reason in (([child, parent], "package-not-sorted"), ([parent, parent], "package-contains-duplicates"),
                            ([parent, rival], "conflict-in-package")):
            for answer in self.rpc.testmempoolaccept(txs):
                self.assertEqual((answer["package-error"], "allowed" in answer), (reason, False))
        self.assert_rpc_error(-8, "Array must contain between 1 and 25 transactions.", self.rpc.testmempoolaccept, [])
        self.assert_rpc_error(-8, "Array must contain between 1 and 25 transactions.", self.rpc.testmempoolaccept, [child] * 26)
        self.assert_rpc_error(-22, "TX decode failed: 00 Make sure", self.rpc.testmempoolaccept, [parent, "00"])

    def test_packages_that_fail(self):
        """The first failure ends the test."""
        parent = self.spend(self.coins[0][0])
        txid = self.rpc.decoderawtransaction(parent)["txid"]
        other = self.spend(self.coins[1][0])
        stray = self.spend("f" * 64)
        answers = self.rpc.testmempoolaccept([parent, stray, other])
        self.assertEqual([answer.get("reject-reason") for answer in answers], [None, "missing-inputs", None])
        self.assertEqual([answer.get("allowed") for answer in answers], [None, False, None])
        # A package replaces nothing.
        self.rpc.sendrawtransaction(parent)
        rival = self.spend(self.coins[0][0], fee=30000)
        answers = self.rpc.testmempoolaccept([rival, other])
        self.assertEqual([answer.get("reject-reason") for answer in answers], ["bip125-replacement-disallowed", None])
        # Version 3: one child, in the package or outside of it.
        third = self.spend(self.coins[2][0], count=2, version=3)
        txid = self.rpc.decoderawtransaction(third)["txid"]
        children = [self.spend(txid, n, sat=(5000000000 - 10000) // 2, version=3) for n in (0, 1)]
        answers = self.rpc.testmempoolaccept([third] + children)
        for answer in answers:
            self.assertIn("TRUC-violation, tx", answer["package-error"])
            self.assertIn("would exceed descendant count limit", answer["package-error"])
        answers = self.rpc.testmempoolaccept([third, children[0]])
        self.assertEqual([answer["allowed"] for answer in answers], [True, True])

    def test_packages_that_are_too_large(self):
        txs, txid, sat = [], self.coins[0][0], 5000000000
        for _ in range(40):
            txs.append(self.spend(txid, sat=sat, fee=1000))
            txid, sat = self.rpc.decoderawtransaction(txs[-1])["txid"], sat - 1000
        for tx in txs[:40]:
            self.rpc.sendrawtransaction(tx)
        more = []
        for _ in range(25):
            more.append(self.spend(txid, sat=sat, fee=1000))
            txid, sat = self.rpc.decoderawtransaction(more[-1])["txid"], sat - 1000
        self.assertTrue(all(answer["allowed"] for answer in self.rpc.testmempoolaccept(more[:24])))
        for answer in self.rpc.testmempoolaccept(more):
            self.assertEqual(answer["package-error"], "too-large-cluster")


if __name__ == "__main__":
    framework.main()
