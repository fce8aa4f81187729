#!/usr/bin/env python3
"""Methods that create things independently of the chain: transactions, multisig addresses, descriptors."""

import framework
from framework import ADDRESS, TRUE_ADDRESS

TXID = "11" * 32
KEYS = ["03789ed0bb717d88f7d321a368d905e7430207ebbd82bd342cf11ae157a7ace5fd",
        "03dbc6764b8884a92e871274b87583e6d5c2a58819473e17e107ef3f6aa5a61626"]
XPUB = "tpubD6NzVbkrYhZ4WaWSyoBvQwbpLkojyoTZPRsgXELWz3Popb3qkjcJyJUGLnL4qHHoQvao8ESaAstxYSnhyswJ76uZPStJRJCTKvosUCJZL5B"


class Create(framework.NodeTest):
    def setUp(self):
        super().setUp()
        self.rpc = self.start_node().rpc

    def refuse(self, text, *args, code=-8):
        self.assert_rpc_error(code, text, self.rpc.createrawtransaction, *args)

    def make(self, *args):
        return self.rpc.decoderawtransaction(self.rpc.createrawtransaction(*args))

    def test_transaction(self):
        tx = self.make([{"txid": TXID, "vout": 7}], {ADDRESS: "0.5", "data": "beef"})
        self.assertEqual((tx["version"], tx["locktime"]), (2, 0))
        self.assertEqual([(i["txid"], i["vout"], i["sequence"]) for i in tx["vin"]], [(TXID, 7, 0xfffffffd)])
        self.assertEqual([(o["value"], o["scriptPubKey"].get("address")) for o in tx["vout"]], [
            (framework.Decimal("0.5"), ADDRESS), (0, None)])
        self.assertEqual(tx["vout"][1]["scriptPubKey"]["hex"], "6a02beef")
        tx = self.make([{"txid": TXID, "vout": 0}, {"txid": TXID, "vout": 1, "sequence": 5}], [{ADDRESS: 1}], 9, False, 3)
        self.assertEqual((tx["version"], tx["locktime"]), (3, 9))
        self.assertEqual([i["sequence"] for i in tx["vin"]], [0xfffffffe, 5])
        self.assertEqual(self.make([{"txid": TXID, "vout": 0}], {}, 0, False)["vin"][0]["sequence"], 0xffffffff)

    def test_transaction_refused(self):
        self.refuse("txid must be of length 64", [{"txid": "00"}], {})
        self.refuse("Invalid parameter, missing vout key", [{"txid": TXID}], {})
        self.refuse("Invalid parameter, vout cannot be negative", [{"txid": TXID, "vout": -1}], {})
        for sequence in (-1, 1 << 32):
            self.refuse("Invalid parameter, sequence number is out of range",
                        [{"txid": TXID, "vout": 0, "sequence": sequence}], {})
        self.refuse("Sequence number(s) contradict replaceable option",
                    [{"txid": TXID, "vout": 0, "sequence": 0xfffffffe}], {}, 0, True)
        self.refuse("Invalid parameter, locktime out of range", [], {}, 1 << 32)
        self.refuse("Invalid parameter, version out of range(1~3)", [], {}, 0, False, 4)
        self.refuse("not of expected type array", [], "x", code=-3)
        self.refuse("Data must be hexadecimal string", [], {"data": "x"})
        self.refuse("Invalid Bitcoin address: x", [], {"x": 1}, code=-5)
        self.refuse("Amount out of range", [], {ADDRESS: -1}, code=-3)
        self.refuse(f"duplicated address: {ADDRESS}", [], [{ADDRESS: 1}, {ADDRESS: 1}])
        self.refuse("duplicate key: data", [], [{"data": "aa"}, {"data": "bb"}])
        self.refuse("must contain exactly one key", [], [{ADDRESS: 1, TRUE_ADDRESS: 1}])
        # The same name twice in one object: neither value may be dropped silently.
        body = '{"id": 1, "method": "createrawtransaction", "params": [[], {"%s": 1, "%s": 2}]}' % (ADDRESS, ADDRESS)
        self.assertIn(b"duplicated address", self.rpc.raw(body)[2])

    def test_burning(self):
        # An opcode that does not exist, followed by one that is never executed.
        for script in ("51ff", "4d0902" + "00" * 521):
            tx = framework.spend_true([(TXID, 0)], [(1000, script)])
            self.assert_rpc_error(-25, "Unspendable output exceeds maximum", self.rpc.sendrawtransaction, tx)

    def test_multisig(self):
        made = self.rpc.createmultisig(2, KEYS)
        self.assertEqual(made["redeemScript"], "5221" + KEYS[0] + "21" + KEYS[1] + "52ae")
        decoded = self.rpc.decodescript(made["redeemScript"])
        self.assertEqual(made["address"], decoded["p2sh"])
        self.assertTrue(made["descriptor"].startswith(f"sh(multi(2,{KEYS[0]},{KEYS[1]}))#"))
        self.assertEqual(self.rpc.createmultisig(2, KEYS, "bech32")["address"], decoded["segwit"]["address"])
        self.assertEqual(self.rpc.createmultisig(2, KEYS, "p2sh-segwit")["address"], decoded["segwit"]["p2sh-segwit"])
        # An uncompressed key is not allowed in a witness.
        long_key = "0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798" \
                   "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"
        made = self.rpc.createmultisig(1, [long_key], "bech32")
        self.assertEqual(made["address"], self.rpc.createmultisig(1, [long_key])["address"])
        self.assertEqual(len(made["warnings"]), 1)
        for code, text, *args in ((-8, "at least one key", 0, KEYS), (-8, "not enough keys supplied (got 2 keys", 3, KEYS),
                                  (-5, "must be a hex string", 1, ["x"]), (-5, "either 33 or 65 bytes", 1, ["00"]),
                                  (-5, "cryptographically valid", 1, ["02" + "00" * 32]),
                                  (-8, "redeemScript exceeds size limit: 547 > 520", 16, [KEYS[0]] * 16),
                                  (-5, "Unknown address type 'x'", 1, KEYS, "x"),
                                  (-5, "cannot create bech32m multisig addresses", 1, KEYS, "bech32m")):
            self.assert_rpc_error(code, text, self.rpc.createmultisig, *args)

    def test_descriptors(self):
        info = self.rpc.getdescriptorinfo(f"wpkh({XPUB}/0/*)")
        self.assertEqual({k: info[k] for k in info if k not in ("descriptor", "checksum")},
                         {"isrange": True, "issolvable": True, "hasprivatekeys": False})
        self.assertEqual(info["descriptor"], f"wpkh({XPUB}/0/*)#{info['checksum']}")
        addresses = self.rpc.deriveaddresses(info["descriptor"], [1, 3])
        self.assertEqual(len(addresses), 3)
        self.assertEqual(self.rpc.deriveaddresses(info["descriptor"], 3)[1:], addresses)
        one = self.rpc.getdescriptorinfo(f"addr({ADDRESS})")["descriptor"]
        self.assertEqual(self.rpc.deriveaddresses(one), [ADDRESS])
        self.assert_rpc_error(-5, "Missing checksum", self.rpc.deriveaddresses, f"addr({ADDRESS})")
        self.assert_rpc_error(-8, "Range must be specified", self.rpc.deriveaddresses, info["descriptor"])
        self.assert_rpc_error(-8, "Range should not be specified", self.rpc.deriveaddresses, one, 1)
        self.assert_rpc_error(-8, "must not have begin after end", self.rpc.deriveaddresses, info["descriptor"], [2, 1])


if __name__ == "__main__":
    framework.main()
