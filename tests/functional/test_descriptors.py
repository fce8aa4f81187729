#!/usr/bin/env python3
"""Descriptors: whatever is printed as one can be read back, and is followed by all methods that take one."""

import framework

G = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
G_FULL = ("0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
          "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8")
G_2 = "02c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5"
XPUB = ("tpubD6NzVbkrYhZ4WaWSyoBvQwbpLkojyoTZPRsgXELWz3Popb3qkjcJyJUGLnL4qHHoQvao8ESaAstxYSnhyswJ76uZPStJRJCTKvosUCJZL5B")

# A script, and the function of its descriptor.
SCRIPTS = {
    f"21{G}ac": "pk", f"41{G_FULL}ac": "pk", f"5121{G}51ae": "multi", f"5121{G}21{G_2}52ae": "multi",
    f"5141{G_FULL}51ae": "multi", f"5120{G[2:]}": "rawtr", "5120" + "aa" * 21 + "2d" + "aa" * 10: "addr",
    "76a914" + "11" * 20 + "88ac": "addr", "a914" + "11" * 20 + "87": "addr", "0014" + "11" * 20: "addr",
    "0020" + "11" * 32: "addr", "6a0102": "raw", "51": "raw", "5221" + G + "51ae": "raw", "51024e73": "addr",
}


class Descriptors(framework.NodeTest):
    def setUp(self):
        super().setUp()
        self.rpc = self.start_node().rpc

    def checked(self, text):
        return self.rpc.getdescriptorinfo(text)["descriptor"]

    def assert_read_back(self, text):
        self.assertEqual(self.checked(text), text)

    def test_decodescript(self):
        for script, name in SCRIPTS.items():
            with self.subTest(script):
                info = self.rpc.decodescript(script)
                self.assertEqual(info["desc"].split("(")[0], name)
                self.assert_read_back(info["desc"])
                if "segwit" in info:
                    self.assert_read_back(info["segwit"]["desc"])

    def test_createmultisig(self):
        for keys, kind in (([G, G_2], "legacy"), ([G, G_2], "bech32"), ([G], "p2sh-segwit"), ([G_FULL, G], "legacy")):
            made = self.rpc.createmultisig(1, keys, kind)
            self.assert_read_back(made["descriptor"])
            self.assertEqual(self.rpc.deriveaddresses(made["descriptor"]), [made["address"]])

    def test_info(self):
        expected = {f"sh(wsh(sortedmulti(2,{XPUB}/0h/*,{G})))": (True, True), f"combo({G})": (False, True),
                    "raw(51)": (False, False), f"unused({G})": (False, True), f"tr({XPUB}/1/*)": (True, True)}
        for text, (ranged, solvable) in expected.items():
            info = self.rpc.getdescriptorinfo(text)
            self.assertEqual(list(info), ["descriptor", "checksum", "isrange", "issolvable", "hasprivatekeys"])
            self.assertEqual((info["descriptor"], info["isrange"], info["issolvable"]),
                             (f"{text}#{info['checksum']}", ranged, solvable))

    def test_several_values(self):
        info = self.rpc.getdescriptorinfo(f"wpkh({XPUB}/<0;1>/*)")
        both = [self.checked(f"wpkh({XPUB}/{i}/*)") for i in (0, 1)]
        self.assertEqual(list(info)[:3], ["descriptor", "multipath_expansion", "checksum"])
        self.assertEqual((info["descriptor"], info["multipath_expansion"]), (both[0], both))
        lists = self.rpc.deriveaddresses(f"wpkh({XPUB}/<0;1>/*)#{info['checksum']}", [2, 4])
        self.assertEqual(lists, [self.rpc.deriveaddresses(one, [2, 4]) for one in both])
        self.assert_rpc_error(-8, "Multipath descriptor not accepted", self.rpc.generatetodescriptor, 1,
                              f"wpkh({XPUB}/<0;1>)")

    def test_combo(self):
        one = self.checked(f"combo({G})")
        addresses = [self.rpc.deriveaddresses(self.checked(form % G))[0] for form in ("pkh(%s)", "wpkh(%s)", "sh(wpkh(%s))")]
        self.assertEqual(self.rpc.deriveaddresses(one), addresses)
        self.assert_rpc_error(-5, "Descriptor does not have a corresponding address", self.rpc.deriveaddresses,
                              self.checked(f"pk({G})"))
        self.assert_rpc_error(-1, "Unexpected empty result", self.rpc.deriveaddresses, self.checked(f"unused({G})"))

    def test_scan(self):
        """Each coin is found by the descriptor that it was mined to, and is described by one that leads to it again."""
        wanted = [f"pk({G})", f"pkh({G_FULL})", f"wpkh({XPUB}/7)", f"sh(wpkh({G}))", f"sh(multi(1,{G},{G_2}))",
                  f"wsh(sortedmulti(1,{G_2},{G}))", f"sh(wsh(pkh({G})))", f"tr({G[2:]})", f"rawtr({G[2:]})", f"multi(1,{G})",
                  "raw(51)"]
        for text in wanted:
            self.rpc.generatetodescriptor(1, text)
        for text in wanted:
            with self.subTest(text):
                coin, = self.rpc.scantxoutset("start", [text])["unspents"]
                self.assertEqual(self.rpc.scantxoutset("start", [coin["desc"]])["unspents"], [coin])
        found = self.rpc.scantxoutset("start", [f"combo({G})"])["unspents"]
        self.assertEqual(sorted(coin["desc"].split("[")[0] for coin in found), ["pk(", "sh(wpkh("])
        ranged = self.rpc.scantxoutset("start", [{"desc": f"wpkh({XPUB}/<8;7>)"}])["unspents"]
        self.assertEqual(len(ranged), 1)


if __name__ == "__main__":
    framework.main()
