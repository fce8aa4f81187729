#!/usr/bin/env python3
"""The methods for miners: templates, proposals, priorities, mining info."""

import threading
from decimal import Decimal

import framework
from framework import TRUE_SCRIPT, spend_true

RULES = {"rules": ["segwit"]}
TEMPLATE_FIELDS = {"capabilities", "version", "rules", "vbavailable", "vbrequired", "previousblockhash", "transactions",
                   "coinbaseaux", "coinbasevalue", "longpollid", "target", "mintime", "mutable", "noncerange",
                   "sigoplimit", "sizelimit", "weightlimit", "curtime", "bits", "height", "default_witness_commitment"}


class Mining(framework.NodeTest):
    def spend(self, coin, fee):
        return spend_true([coin[:2]], [(coin[2] - fee, TRUE_SCRIPT)])

    def test_template(self):
        node = self.start_node()
        rpc = node.rpc
        coin, = framework.mine_coins(node)
        first = rpc.sendrawtransaction(self.spend(coin, 1000))
        second = rpc.sendrawtransaction(self.spend((first, 0, coin[2] - 1000), 2000))
        made = rpc.getblocktemplate(RULES)
        self.assertEqual(set(made), TEMPLATE_FIELDS)
        self.assertEqual(made["rules"], ["csv", "!segwit", "taproot"])
        self.assertEqual((made["height"], made["previousblockhash"]), (102, rpc.getbestblockhash()))
        self.assertEqual(made["coinbasevalue"], 50 * 100000000 + 3000)
        self.assertEqual([tx["txid"] for tx in made["transactions"]], [first, second])
        self.assertEqual([tx["depends"] for tx in made["transactions"]], [[], [1]])
        self.assertEqual([tx["fee"] for tx in made["transactions"]], [1000, 2000])
        self.assertEqual(made["transactions"][0]["data"], rpc.getrawtransaction(first))
        self.assert_rpc_error(-8, "must be called with the segwit rule set", rpc.getblocktemplate, {})
        self.assert_rpc_error(-8, "Invalid mode", rpc.getblocktemplate, {"mode": "other", **RULES})
        self.assert_rpc_error(-8, "Invalid mode", rpc.getblocktemplate, {"mode": 1, **RULES})
        self.assert_rpc_error(-8, "longpollid must be of length 64", rpc.getblocktemplate, {"longpollid": "00", **RULES})

    def test_proposal(self):
        rpc = self.start_node().rpc

        def propose(block):
            return rpc.getblocktemplate({"mode": "proposal", "data": block, **RULES})

        block = rpc.generateblock(framework.ADDRESS, [], False)["hex"]
        self.assertIsNone(propose(block))
        self.assertEqual(propose(block[:72] + "00" + block[74:]), "bad-txnmrklroot")
        self.assertEqual(rpc.getblockcount(), 0)
        self.assertIsNone(rpc.submitblock(block))
        self.assertEqual(propose(block), "duplicate")
        other = rpc.generateblock(framework.ADDRESS, [], False)["hex"]
        rpc.generatetoaddress(1, framework.TRUE_ADDRESS)
        self.assertEqual(propose(other), "inconclusive-not-best-prevblk")
        self.assert_rpc_error(-3, "Missing data String key for proposal", rpc.getblocktemplate, {"mode": "proposal"})
        self.assert_rpc_error(-22, "Block decode failed", propose, "00")

    def test_longpoll(self):
        node = self.start_node()
        rpc = node.rpc
        rpc.generatetoaddress(1, framework.ADDRESS)
        made = rpc.getblocktemplate(RULES)
        answers = []
        waiter = threading.Thread(target=lambda: answers.append(
            rpc.getblocktemplate({"longpollid": made["longpollid"], **RULES})))
        waiter.start()
        framework.wait_until(lambda: len(rpc.getrpcinfo()["active_commands"]) == 2, "the call that waits")
        self.assertEqual(answers, [])
        tip, = rpc.generatetoaddress(1, framework.ADDRESS)
        waiter.join(framework.PATIENCE)
        self.assertEqual(answers[0]["previousblockhash"], tip)

    def test_priority(self):
        node = self.start_node("-blockmintxfee=0.00001")
        rpc = node.rpc
        coins = framework.mine_coins(node, 2)
        cheap = rpc.sendrawtransaction(self.spend(coins[0], 50))
        dear = rpc.sendrawtransaction(self.spend(coins[1], 5000))
        self.assertEqual([tx["txid"] for tx in rpc.getblocktemplate(RULES)["transactions"]], [dear])
        self.assertTrue(rpc.prioritisetransaction(cheap, 0, 4000))
        self.assertTrue(rpc.prioritisetransaction(cheap, None, 6000))
        self.assertTrue(rpc.prioritisetransaction("11" * 32, 0, -7))
        self.assertEqual(rpc.getprioritisedtransactions(), {
            cheap: {"fee_delta": 10000, "in_mempool": True, "modified_fee": 10050},
            "11" * 32: {"fee_delta": -7, "in_mempool": False}})
        self.assertEqual(rpc.getmempoolentry(cheap)["fees"]["modified"], Decimal("0.0001005"))
        tip, = rpc.generatetoaddress(1, framework.ADDRESS)
        self.assertEqual(rpc.getblock(tip)["tx"][1:], [cheap, dear])
        self.assert_rpc_error(-8, "dummy argument to prioritisetransaction must be 0", rpc.prioritisetransaction, cheap, 1, 1)
        self.assert_rpc_error(-1, "prioritisetransaction", rpc.prioritisetransaction, cheap)

    def test_full(self):
        """A chunk that does not fit is left out with the rest of its cluster."""
        rpc = (node := self.start_node("-blockmaxweight=9000")).rpc
        coins = framework.mine_coins(node, 2)
        parent = rpc.sendrawtransaction(spend_true([coins[0][:2]], [((coins[0][2] - 90000) // 30, TRUE_SCRIPT)] * 30))
        rpc.sendrawtransaction(spend_true([(parent, 0)], [((coins[0][2] - 90000) // 30 - 1000, TRUE_SCRIPT)]))
        small = rpc.sendrawtransaction(self.spend(coins[1], 500))
        self.assertEqual(rpc.getrawmempool()[0], parent)
        self.assertEqual([tx["txid"] for tx in rpc.getblocktemplate(RULES)["transactions"]], [small])

    def test_info(self):
        rpc = self.start_node("-mocktime=1296691000").rpc
        info = rpc.getmininginfo()
        self.assertEqual(set(info), {"blocks", "bits", "difficulty", "target", "networkhashps", "pooledtx",
                                     "blockmintxfee", "chain", "next", "warnings"})
        self.assertEqual((info["networkhashps"], info["blockmintxfee"]), (0, Decimal("0.00000001")))
        self.assertEqual((info["next"]["height"], info["next"]["bits"]), (1, "207fffff"))
        rpc.generatetoaddress(1, framework.ADDRESS)
        info = rpc.getmininginfo()
        self.assertEqual((info["currentblockweight"], info["currentblocktx"]), (8000, 0))
        # Two hashes per block, and 2398 seconds since the genesis block.
        self.assertEqual(round(rpc.getnetworkhashps() * 2398, 6), 2)
        self.assertEqual(rpc.getnetworkhashps(5, 0), 0)
        self.assert_rpc_error(-8, "Invalid nblocks. Must be a positive number or -1.", rpc.getnetworkhashps, 0)
        self.assert_rpc_error(-8, "Block does not exist at specified height", rpc.getnetworkhashps, 5, 2)

    def test_descriptors(self):
        rpc = self.start_node().rpc
        xpub = "tpubD6NzVbkrYhZ4XgiXtGrdW5XDAPFCL9h7we1vwNCpn8tGbBcgfVYjXyhWo4E1xkh56hjod1RhGjxbaTLV3X4FyWuejifB9jusQ46" \
               "QzG87VKp"
        key = "02" + "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
        for descriptor, type_of in ((f"combo({key})", "witness_v0_keyhash"), (f"pkh({xpub}/0)", "pubkeyhash"),
                                    (f"combo(04{key[2:]}483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8)",
                                     "pubkeyhash"), (f"raw({TRUE_SCRIPT})", "witness_v0_scripthash"),
                                    (f"tr({key})", "witness_v1_taproot")):
            blocks = [rpc.generateblock(descriptor, [])["hash"], *rpc.generatetodescriptor(1, descriptor)]
            for block in blocks:
                script = rpc.getblock(block, 2)["tx"][0]["vout"][0]["scriptPubKey"]
                self.assertEqual(script["type"], type_of, descriptor)
        for make in (lambda d: rpc.generateblock(d, []), lambda d: rpc.generatetodescriptor(1, d)):
            self.assert_rpc_error(-8, "Ranged descriptor not accepted.", make, f"pkh({xpub}/0/*)")
            self.assert_rpc_error(-5, "Cannot derive script without private keys", make, f"pkh({xpub}/0'/0)")
        self.assert_rpc_error(-5, "Invalid address or descriptor", rpc.generateblock, "1234", [])
        self.assert_rpc_error(-5, "Provided checksum", rpc.generatetodescriptor, 1, f"combo({key})#aaaaaaaa")

    def test_progress(self):
        rpc = self.start_node("-mocktime=1296691000").rpc
        rpc.generatetoaddress(1, framework.ADDRESS)
        self.assertEqual(rpc.getblockchaininfo()["verificationprogress"], 1)
        rpc.setmocktime(1296691000 + 7201)
        # One transaction is expected per thousand seconds.
        self.assertEqual(round(rpc.getblockchaininfo()["verificationprogress"], 9), round(Decimal(2) / Decimal("9.201"), 9))

    def test_options(self):
        for argument, text in (("-blockmaxweight=4000001", "exceeds consensus maximum block weight"),
                               ("-blockreservedweight=1999", "is lower than minimum safety value of"),
                               ("-blockmaxweight=7999", "exceeds -blockmaxweight"),
                               ("-blockmintxfee=x", "Invalid amount for -blockmintxfee=<amount>: 'x'")):
            node = self.make_node(argument)
            node.start(wait=False)
            self.assertEqual(node.wait_for_exit(), 1)
            self.assertIn(text, node.errors())

    def test_future(self):
        node = self.start_node("-mocktime=2000000000")
        node.rpc.generatetoaddress(1, framework.ADDRESS)
        node.stop()
        node.start("-mocktime=1999990000", wait=False)
        self.assertEqual(node.wait_for_exit(), 1)
        self.assertIn("contains a block which appears to be from the future", node.errors())


if __name__ == "__main__":
    framework.main()
