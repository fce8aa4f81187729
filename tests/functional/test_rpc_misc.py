#!/usr/bin/env python3
"""Control, network, decoding and address methods."""

import time
import xml.etree.ElementTree

import framework


# The generator of secp256k1.
POINT = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
POINT_Y = "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"


class Misc(framework.NodeTest):
    def test_control(self):
        node = self.start_node()
        rpc = node.rpc
        self.assertIn("== Blockchain ==", rpc.help())
        self.assertTrue(rpc.help("getblock").startswith('getblock "blockhash" ( verbosity )\n'))
        self.assertEqual(rpc.help("nothing"), "help: unknown command: nothing")
        self.assertGreaterEqual(rpc.uptime(), 0)
        info = rpc.getrpcinfo()
        self.assertEqual(info["active_commands"][0]["method"], "getrpcinfo")
        self.assertEqual(info["logpath"], str(node.network_folder / "debug.log"))
        self.assertFalse(rpc.logging()["mempool"])
        self.assertTrue(rpc.logging(["mempool"])["mempool"])
        self.assertFalse(rpc.logging([], ["mempool"])["mempool"])
        self.assert_rpc_error(-8, "unknown logging category x", rpc.logging, ["x"])
        self.assertEqual(rpc.echo(1, "a", None), [1, "a", None])
        self.assertEqual(rpc.echo(arg2="x"), [None, None, "x"])
        rpc.setmocktime(2000000000)
        block, = rpc.generatetoaddress(1, framework.ADDRESS)
        self.assertEqual(rpc.getblock(block)["time"], 2000000000)
        rpc.setmocktime(0)
        self.assert_rpc_error(-8, "Mocktime must be in the range", rpc.setmocktime, -1)
        self.assert_rpc_error(-32601, "Method not found", rpc.nosuchmethod)
        memory = rpc.getmemoryinfo()["locked"]
        self.assertEqual(memory["used"] + memory["free"], memory["total"])
        self.assertLessEqual(memory["locked"], memory["total"])
        self.assertEqual(memory, rpc.getmemoryinfo("stats")["locked"])
        self.assertEqual(xml.etree.ElementTree.fromstring(rpc.getmemoryinfo("mallocinfo")).tag, "malloc")
        self.assert_rpc_error(-8, "unknown mode x", rpc.getmemoryinfo, "x")

    def test_network(self):
        rpc = self.start_node().rpc
        info = rpc.getnetworkinfo()
        self.assertLessEqual({"version", "subversion", "protocolversion", "localservices", "localservicesnames",
                              "localrelay", "timeoffset", "connections", "connections_in", "connections_out",
                              "networkactive", "networks", "relayfee", "incrementalfee", "localaddresses", "warnings"},
                             set(info))
        self.assertEqual(rpc.getconnectioncount(), 0)
        self.assertEqual(rpc.getpeerinfo(), [])

    def test_addresses(self):
        rpc = self.start_node().rpc
        self.assertEqual(rpc.validateaddress(framework.ADDRESS), {
            "isvalid": True, "address": framework.ADDRESS,
            "scriptPubKey": "0014751e76e8199196d454941c45d1b3a323f1433bd6", "isscript": False, "iswitness": True,
            "witness_version": 0, "witness_program": "751e76e8199196d454941c45d1b3a323f1433bd6"})
        bad = rpc.validateaddress("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4")
        self.assertFalse(bad["isvalid"])
        self.assertIn("error", bad)
        self.assertFalse(rpc.validateaddress("nonsense")["isvalid"])

    def test_decode(self):
        rpc = self.start_node().rpc
        script = rpc.decodescript("76a914" + "11" * 20 + "88ac")
        self.assertEqual(script["asm"], "OP_DUP OP_HASH160 " + "11" * 20 + " OP_EQUALVERIFY OP_CHECKSIG")
        self.assertEqual(script["type"], "pubkeyhash")
        self.assertIn("p2sh", script)
        self.assertEqual(script["segwit"]["hex"], "0014" + "11" * 20)
        self.assertNotIn("p2sh", rpc.decodescript("6a0102"))
        self.assertEqual(rpc.decodescript("")["asm"], "")
        key, full, hybrid = "02" + POINT, "04" + POINT + POINT_Y, "06" + POINT + POINT_Y
        wrapped = {"51": {"p2sh", "segwit"}, "ff": set(), "50": set(), "0200": set(), "ba": set(), "7e": set(),
                   "4d0902" + "00" * 521: set(), f"5121{key}51ae": {"p2sh", "segwit"}, f"5141{full}51ae": {"p2sh"},
                   f"5121{key}41{full}52ae": {"p2sh"}, f"21{key}ac": {"p2sh", "segwit"}, f"41{full}ac": {"p2sh"},
                   "0014" + "11" * 20: {"p2sh"}, "5120" + POINT: set(), "a914" + "11" * 20 + "87": set()}
        for text, keys in wrapped.items():
            with self.subTest(text):
                self.assertEqual(rpc.decodescript(text).keys() & {"p2sh", "segwit"}, keys)
        descriptors = {f"21{key}ac": f"pk({key})", f"41{hybrid}ac": f"raw(41{hybrid}ac)",
                       f"5141{hybrid}51ae": f"raw(5141{hybrid}51ae)", f"5121{key}51ae": f"multi(1,{key})",
                       "5120" + POINT: f"rawtr({POINT})", "5120" + "aa" * 21 + "2d" + "aa" * 10: "addr(bcrt1p"}
        for text, body in descriptors.items():
            with self.subTest(text):
                self.assertTrue(rpc.decodescript(text)["desc"].startswith(body))
        self.assertTrue(rpc.decodescript(f"5121{key}51ae")["segwit"]["desc"].startswith(f"wsh(multi(1,{key}))"))
        self.assert_rpc_error(-8, "must be hexadecimal string", rpc.decodescript, "zz")
        hexstring = framework.spend_true([("00" * 31 + "01", 7)], [(12345, framework.TRUE_SCRIPT)])
        tx = rpc.decoderawtransaction(hexstring)
        self.assertEqual((tx["vin"][0]["vout"], tx["vout"][0]["n"]), (7, 0))
        self.assertEqual(str(tx["vout"][0]["value"]), "0.00012345")
        self.assert_rpc_error(-22, "TX decode failed", rpc.decoderawtransaction, hexstring + "00")

    def test_descriptors(self):
        rpc = self.start_node().rpc
        # The checksum of raw(deadbeef) in the reference's documentation.
        self.assertEqual(len(rpc.generatetodescriptor(1, "raw(deadbeef)#89f8spxm")), 1)
        self.assert_rpc_error(-5, "checksum", rpc.generatetodescriptor, 1, "raw(deadbeef)#89f8spxn")

    def test_stop_waits(self):
        node = self.start_node()
        begun = time.monotonic()
        node.rpc.stop(300)
        self.assertGreaterEqual(time.monotonic() - begun, 0.3)
        self.assertEqual(node.wait_for_exit(), 0)


if __name__ == "__main__":
    framework.main()
