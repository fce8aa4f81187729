#!/usr/bin/env python3
"""-deprecatedrpc: fields of results in the form that they once had."""

import unittest

import framework


class Deprecated(framework.NodeTest):
    def test_warnings(self):
        """One text in place of the list."""
        node = self.start_node("-deprecatedrpc=fullrbf", "-deprecatedrpc=warnings")
        for method in ("getblockchaininfo", "getmininginfo", "getnetworkinfo"):
            self.assertEqual(node.rpc.call(method)["warnings"], "", method)
        hashes = node.rpc.generatetoaddress(8, framework.ADDRESS)
        node.rpc.invalidateblock(hashes[1])
        for method in ("getblockchaininfo", "getmininginfo", "getnetworkinfo"):
            self.assertIn("Found invalid chain", node.rpc.call(method)["warnings"], method)
        self.assertIn("fullrbf", node.rpc.getmempoolinfo())
        self.assertIn('"warnings": "..."  (string)', node.rpc.help("getnetworkinfo"))

    def test_mempool(self):
        node = self.start_node("-deprecatedrpc=bip125", "-deprecatedrpc=fullrbf")
        rpc = node.rpc
        first, second = framework.mine_coins(node, 2)

        def send(coin, sequence, cost=10000):
            tx = framework.spend_true([coin[:2]], [(coin[2] - cost, framework.TRUE_SCRIPT)], sequence=sequence)
            return rpc.sendrawtransaction(tx), 0, coin[2] - cost

        signals = send(first, 0xfffffffd)
        child = send(signals, 0xffffffff)
        final = send(second, 0xfffffffe)
        grandchild = send(child, 0xfffffffe)
        expected = {signals[0]: True, child[0]: True, grandchild[0]: True, final[0]: False}
        self.assertEqual({i: e["bip125-replaceable"] for i, e in rpc.getrawmempool(True).items()}, expected)
        self.assertEqual({i: rpc.getmempoolentry(i)["bip125-replaceable"] for i in expected}, expected)
        for list_relatives in (rpc.getmempoolancestors, rpc.getmempooldescendants):
            entries = list_relatives(child[0], True)
            self.assertEqual([e["bip125-replaceable"] for e in entries.values()], [True])
        self.assertEqual(list(rpc.getmempoolentry(child[0]))[-1], "bip125-replaceable")
        self.assertEqual(list(rpc.getmempoolinfo().items())[-1], ("fullrbf", True))
        self.assertEqual(rpc.getnetworkinfo()["warnings"], [])
        self.assertIn("bip125-replaceable", rpc.help("getrawmempool"))

        # Without the option they are gone, in the descriptions, too.
        node.stop()
        node.args = [arg for arg in node.args if not arg.startswith("-deprecatedrpc")]
        node.start("-deprecatedrpc=other")
        framework.wait_until(lambda: rpc.getmempoolinfo()["size"] == 4, "the mempool")
        self.assertNotIn("fullrbf", rpc.getmempoolinfo())
        self.assertNotIn("bip125-replaceable", rpc.getmempoolentry(child[0]))
        self.assertNotIn("bip125-replaceable", rpc.help("getrawmempool"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
