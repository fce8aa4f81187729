#!/usr/bin/env python3
"""What the wallet's methods answer: keys and their order, order of checks, codes and sentences. The right values are the
reference's."""
from decimal import Decimal

import framework
from wallet_base import AWAY, WalletBase

SENT = ["address", "category", "amount", "vout", "fee"]
RECEIVED = ["address", "parent_descs", "category", "amount", "label", "vout", "abandoned"]
COMMON = ["confirmations", "blockhash", "blockheight", "blockindex", "blocktime", "txid", "wtxid", "alternate_wtxids",
          "walletconflicts", "mempoolconflicts", "time", "timereceived"]


class Answers(WalletBase):
    def setUp(self):
        super().setUp()
        self.node = self.start_with_wallet("one")
        self.rpc = self.node.rpc

    def keys(self, value, expected):
        self.assertEqual(list(value), expected)

    def test_transactions(self):
        self.fund(self.rpc)
        own = self.rpc.getnewaddress("mine")
        txid = self.rpc.sendmany("", {AWAY: 1, own: 2}, 1, "why")
        self.rpc.generatetoaddress(1, framework.ADDRESS)
        info = self.rpc.gettransaction(txid, False, True)
        self.keys(info, ["amount", "fee", *COMMON, "comment", "details", "hex", "decoded", "lastprocessedblock"])
        decoded = self.rpc.decoderawtransaction(info["hex"])
        changes = [out.pop("ischange", False) for out in info["decoded"]["vout"]]
        self.assertEqual(info["decoded"], decoded)
        addresses = [out["scriptPubKey"]["address"] for out in decoded["vout"]]
        self.assertEqual(changes, [address not in (AWAY, own) for address in addresses])
        self.assertNotIn("decoded", self.rpc.gettransaction(txid))
        listed = self.rpc.listtransactions("*", 3)
        self.assertEqual({entry["category"] for entry in listed}, {"send", "receive"})
        for entry in listed:
            if entry["category"] == "receive":
                self.keys(entry, RECEIVED + COMMON + ["comment"])
            else:
                labelled = SENT if entry["address"] == AWAY else [*SENT[:3], "label", *SENT[3:]]
                self.keys(entry, labelled + COMMON + ["comment", "abandoned"])
        since = self.rpc.listsinceblock("", 1, False, False)
        self.keys(since, ["transactions", "lastblock"])
        self.keys(self.rpc.listsinceblock(), ["transactions", "removed", "lastblock"])
        # An address that was never named has the label "".
        self.assertEqual(self.rpc.listsinceblock("", 1, False, True, False, "mine")["transactions"][0]["amount"], 2)
        self.assertEqual({entry.get("label") for entry in
                          self.rpc.listsinceblock("", 1, False, True, True, "")["transactions"]}, {None, ""})

    def test_since_block(self):
        call = self.rpc.listsinceblock
        self.assert_rpc_error(-8, "blockhash must be of length 64", call, "x", 0)
        self.assert_rpc_error(-5, "Block not found", call, "11" * 32, 0)
        self.assert_rpc_error(-8, "Invalid parameter", call, "", 0, False, True, False, "*")
        self.assert_rpc_error(-11, "Invalid label name", call, "", 1, False, True, False, "*")
        self.assert_rpc_error(-1, "JSON integer out of range", call, "", 2**31)
        self.rpc.unloadwallet("one")
        self.assert_rpc_error(-18, "No wallet is loaded", call, "x", 0)

    def restart_with(self, *args):
        self.node.restart("-fallbackfee=0.0002", *args)
        self.ready(self.node)
        self.node.rpc.loadwallet("one")
        return self.node.rpc

    def test_conflicts(self):
        """Each of two payments that spend the same coin lists the other one, also when it is in a block."""
        rpc = self.restart_with("-limitclustersize=0")  # the node rejects the first payment, and every other
        self.fund(rpc)
        first = rpc.sendtoaddress(AWAY, Decimal("0.00001"))
        coin = rpc.gettransaction(first, False, True)["decoded"]["vin"][0]
        rpc.abandontransaction(first)
        rpc = self.restart_with()
        second = rpc.sendtoaddress(AWAY, 2)
        self.in_mempool(rpc, second)
        self.assertEqual(rpc.gettransaction(second, False, True)["decoded"]["vin"][0]["txid"], coin["txid"])
        one, two = rpc.gettransaction(first), rpc.gettransaction(second)
        self.assertEqual((one["walletconflicts"], two["walletconflicts"]), ([second], [first]))
        self.assertEqual((one["mempoolconflicts"], two["mempoolconflicts"]), ([second], []))
        rpc.generatetoaddress(1, framework.ADDRESS)
        one, two = rpc.gettransaction(first), rpc.gettransaction(second)
        self.assertEqual((one["walletconflicts"], two["walletconflicts"]), ([second], [first]))
        self.assertEqual((one["mempoolconflicts"], one["confirmations"]), ([], -1))

    def test_conflict_of_parent(self):
        """What spends a payment that conflicts with the mempool is in conflict, too: what it has spent is free again."""
        self.node.restart("-walletbroadcast=0", "-fallbackfee=0.0002")
        self.ready(self.node)
        rpc = self.node.rpc
        rpc.loadwallet("one")
        self.fund(rpc, 1)
        rival = rpc.sendtoaddress(address=AWAY, amount=1, fee_rate=500)
        rival_hex = rpc.gettransaction(rival)["hex"]
        rpc.abandontransaction(rival)
        payments = []
        for amount in (2, 3):
            payments.append(rpc.sendtoaddress(address=AWAY, amount=amount, fee_rate=2))
            rpc.sendrawtransaction(rpc.gettransaction(payments[-1])["hex"])
            self.in_mempool(rpc, payments[-1])
        rpc.sendrawtransaction(rival_hex)
        self.in_mempool(rpc, rival)
        for payment in payments:
            self.assertEqual(rpc.gettransaction(payment)["mempoolconflicts"], [rival])
        change = 49 + rpc.gettransaction(rival)["fee"]
        self.assertEqual(rpc.getbalances()["mine"],
                         {"trusted": change, "untrusted_pending": 0, "immature": 0, "nonmempool": 0})
        self.assertEqual([coin["amount"] for coin in rpc.listunspent(0)], [change])
        # Once the rival has gone, nothing is in conflict any more.
        rpc.prioritisetransaction(rival, 0, -10**8)
        for payment in payments:
            rpc.sendrawtransaction(rpc.gettransaction(payment)["hex"])
        self.in_mempool(rpc, payments[1])
        self.assertEqual([rpc.gettransaction(payment)["mempoolconflicts"] for payment in payments], [[], []])
        self.assertEqual(rpc.gettransaction(rival)["mempoolconflicts"], [payments[0]])

    def test_addresses(self):
        info = self.rpc.getaddressinfo(self.rpc.getnewaddress("", "p2sh-segwit"))
        self.keys(info, ["address", "scriptPubKey", "ismine", "solvable", "desc", "parent_desc", "iswatchonly", "isscript",
                         "iswitness", "script", "hex", "pubkey", "embedded", "ischange", "timestamp", "hdkeypath",
                         "hdseedid", "hdmasterfingerprint", "labels"])
        self.keys(self.rpc.getaddressinfo(AWAY),
                  ["address", "scriptPubKey", "ismine", "solvable", "iswatchonly", "isscript", "iswitness",
                   "witness_version", "witness_program", "ischange", "labels"])
        kinds = ("bech32m", "bech32", "p2sh-segwit", "legacy", "bech32")
        made = {kind: [] for kind in kinds}
        for kind in kinds:
            made[kind].append(self.rpc.getnewaddress("same", kind))
        listed = list(self.rpc.getaddressesbylabel("same"))
        self.assertEqual([listed[0], listed[1], set(listed[2:4]), listed[4]],
                         [*made["legacy"], *made["p2sh-segwit"], set(made["bech32"]), *made["bech32m"]])
        self.assert_rpc_error(-11, "Invalid label name", self.rpc.getaddressesbylabel, "*")
        self.assert_rpc_error(-11, "No addresses with label none", self.rpc.getaddressesbylabel, "none")
        self.assertEqual(self.rpc.listlabels(""), ["", "same"])
        self.assert_rpc_error(-8, "Invalid 'purpose' argument", self.rpc.listlabels, "x")

    def test_nothing_typed_is_repeated(self):
        for call, *rest in ((self.rpc.getreceivedbyaddress,), (self.rpc.setlabel, "label")):
            with self.assertRaises(framework.RpcError) as caught:
                call("typed", *rest)
            self.assertEqual((caught.exception.code, caught.exception.message), (-5, "Invalid Bitcoin address"))

    def test_balances(self):
        self.keys(self.rpc.getbalances()["mine"], ["trusted", "untrusted_pending", "immature", "nonmempool"])
        self.assert_rpc_error(-32, "dummy first argument must be excluded", self.rpc.getbalance, "x")
        own = self.rpc.getnewaddress()
        self.assert_rpc_error(-4, "Address not found in wallet", self.rpc.getreceivedbyaddress, AWAY, 2**31)
        self.assert_rpc_error(-1, "JSON integer out of range", self.rpc.getreceivedbyaddress, own, 2**31)

    def test_coins(self):
        self.rpc.generatetoaddress(1, self.rpc.getnewaddress("", "p2sh-segwit"))
        self.rpc.generatetoaddress(100, framework.ADDRESS)
        coin, = self.rpc.listunspent()
        self.keys(coin, ["txid", "vout", "address", "label", "redeemScript", "scriptPubKey", "amount", "confirmations",
                         "spendable", "solvable", "desc", "parent_descs", "safe"])
        call = self.rpc.listunspent
        self.assert_rpc_error(-1, "JSON integer out of range", call, 2**31, 1, ["x"])
        self.assert_rpc_error(-3, "JSON value of type number is not of expected type string", call, 0, 1, [1])
        self.assert_rpc_error(-3, "for field include_immature_coinbase", call, 0, 1, [], True,
                              {"maximumCount": "1", "include_immature_coinbase": 1})
        lock = self.rpc.lockunspent
        self.assert_rpc_error(-3, "JSON value of type string is not of expected type object", lock, False, ["x"])
        self.assert_rpc_error(-8, "txid must be of length 64 (not 1, for 'x')", lock, False, [{"txid": "x", "vout": 0}])
        self.assert_rpc_error(-8, "txid must be hexadecimal string", lock, False, [{"txid": "zz" * 32, "vout": 0}])
        self.assert_rpc_error(-1, "JSON integer out of range", lock, False, [{"txid": "11" * 32, "vout": 2**31}])

    def test_descriptors(self):
        public = self.rpc.listdescriptors()["descriptors"]
        private = self.rpc.listdescriptors(True)["descriptors"]
        self.assertEqual(len(public), len(private))
        self.assertEqual(private, sorted(private, key=lambda entry: entry["desc"]))
        for entry in private:
            self.assertIn("tprv", entry["desc"])
            self.keys(entry, ["desc", "timestamp", "active", "internal", "range", "next", "next_index"])
        self.rpc.createwallet("watch", True)
        self.assert_rpc_error(-4, "Can't get private descriptor string for watch-only wallets",
                              self.rpc.wallet("watch").listdescriptors, True)
        self.assert_rpc_error(-4, "Error: This wallet has no available keys", self.rpc.wallet("watch").getnewaddress, "*")
        self.assert_rpc_error(-8, "Invalid parameter, expected valid size.", self.rpc.wallet("one").keypoolrefill, -1)
        self.assert_rpc_error(-1, "JSON integer out of range", self.rpc.wallet("one").keypoolrefill, 2**31)

    def test_order_of_checks(self):
        """Arguments are checked before what the wallet is able to do."""
        self.rpc.createwallet("watch", True)
        watch = self.rpc.wallet("watch")
        send, many = watch.sendtoaddress, watch.sendmany
        self.assert_rpc_error(-4, "avoid reuse", send, address="x", amount="x", conf_target=0, avoid_reuse=True)
        self.assert_rpc_error(-8, "Invalid conf_target", send, address="x", amount="x", conf_target=0)
        self.assert_rpc_error(-3, "Amount out of range", send, address="x", amount=-1)
        self.assert_rpc_error(-3, "Amount is not a number or string", send, "x", [])
        self.assert_rpc_error(-5, "Invalid Bitcoin address: x", send, "x", 1)
        self.assert_rpc_error(-4, "Private keys are disabled", send, AWAY, 1)
        self.assert_rpc_error(-8, "Dummy value must be set to", many, dummy="x", amounts={"x": 1}, conf_target=0)
        self.assert_rpc_error(-8, "Invalid conf_target", many, dummy="", amounts={"x": 1}, conf_target=0)
        self.assert_rpc_error(-8, "position too large: 1", many, dummy="", amounts={"x": -1}, subtractfeefrom=[1])
        self.assert_rpc_error(-8, "position too large: 1", many, dummy="", amounts={AWAY: 1}, subtractfeefrom=[1])
        self.assert_rpc_error(-1, "JSON integer out of range", many, dummy="", amounts={AWAY: 1}, subtractfeefrom=[2**31])
        self.assert_rpc_error(-4, "Private keys are disabled", many, "", {})

    def test_fees(self):
        one = self.rpc
        self.fund(one)
        sent = one.sendtoaddress(address=AWAY, amount=1, fee_rate=2, verbose=True)
        self.keys(sent, ["txid", "fee_reason"])
        self.assertEqual(sent["fee_reason"], "User Specified Fee")
        self.assertEqual(one.sendtoaddress(address=AWAY, amount=1, verbose=True)["fee_reason"], "Fallback fee")
        with self.assertRaises(framework.RpcError) as caught:
            one.sendtoaddress(address=AWAY, amount=1, fee_rate=0)
        self.assertEqual(caught.exception.message,
                         "Fee rate (0.000 sat/vB) is lower than the minimum fee rate setting (1.000 sat/vB).\n"
                         "Consider modifying -mintxfee (1.000 sat/vB) or -minrelaytxfee (0.100 sat/vB).")
        self.assert_rpc_error(-6, "The total exceeds your balance when the 0.000", one.sendtoaddress, AWAY,
                              one.getbalance())

    def test_zeros(self):
        """U+0000 is a character of a label or comment like any other one, in the file, too."""
        self.fund(self.rpc)
        labels = ["a", "a\0", "a\0b", "a\x01"]
        addresses = {label: self.rpc.getnewaddress(label) for label in reversed(labels)}
        txid = self.rpc.sendtoaddress(addresses["a"], 1, "why\0", "\0")
        self.rpc.setlabel(addresses["a"], "\0")
        del addresses["a"]
        for again in range(2):
            self.assertEqual(self.rpc.listlabels(), ["", "\0", *labels[1:]])
            for label, address in addresses.items():
                self.assertEqual(list(self.rpc.getaddressesbylabel(label)), [address])
                self.assertEqual(self.rpc.getaddressinfo(address)["labels"], [label])
            payment = self.rpc.gettransaction(txid)
            self.assertEqual((payment["comment"], payment["to"]), ("why\0", "\0"))
            self.assertEqual({entry["label"] for entry in payment["details"]}, {"\0"})
            self.rpc.unloadwallet("one")
            self.rpc.loadwallet("one")
        self.assert_rpc_error(-4, "invisible characters", self.rpc.createwallet, "two\0")
        self.assert_rpc_error(-18, None, self.rpc.loadwallet, "one\0")
        self.assert_rpc_error(-11, "Invalid label name", self.rpc.getnewaddress, "*", "x\0")
        self.assert_rpc_error(-5, "Unknown address type 'x\0'", self.rpc.getnewaddress, "", "x\0")
        self.assert_rpc_error(-3, "not of expected type string", self.rpc.getnewaddress, 1, "x\0")

    def test_no_estimate(self):
        """What is wrong with the amount is said before that there is no estimate."""
        self.node.restart("-fallbackfee=0")
        self.ready(self.node)
        rpc = self.node.rpc
        rpc.loadwallet("one")
        self.assert_rpc_error(-6, "Transaction amount too small", rpc.sendtoaddress, AWAY, 0)
        self.assert_rpc_error(-6, "Fee estimation failed. Fallbackfee is disabled.", rpc.sendtoaddress, AWAY, 1)
        self.assert_rpc_error(-6, "Fee estimation failed. Fallbackfee is disabled.", rpc.sendmany, "", {AWAY: Decimal("0.1")})

    def test_anchor(self):
        info = self.rpc.getaddressinfo("bcrt1pfeesnyr2tx")
        self.keys(info, ["address", "scriptPubKey", "ismine", "solvable", "iswatchonly", "isscript", "iswitness", "ischange", "labels"])
        self.assertEqual((info["isscript"], info["iswitness"]), (True, True))

    def test_data(self):
        """The address "data" is an output that stores what is given instead of an amount."""
        one = self.rpc
        self.fund(one)
        for amounts in ({"data": "00ff"}, {"data": "00" * 200, AWAY: 1}):
            outputs = one.gettransaction(one.sendmany("", amounts), True, True)["decoded"]["vout"]
            stored = [out for out in outputs if out["scriptPubKey"]["type"] == "nulldata"]
            self.assertEqual([(out["value"], out["scriptPubKey"]["asm"]) for out in stored],
                             [(0, "OP_RETURN " + ("-32512" if amounts["data"] == "00ff" else amounts["data"]))])
        for value, shown in (("0", "0"), (0, "0"), ("zz", "zz"), ("", ""), (True, "1"), (False, ""), (None, ""), ([], ""), (0.1, "0.1")):
            self.assert_rpc_error(-8, f"Data must be hexadecimal string (not '{shown}')", one.sendmany, "", {"data": value})
        self.assert_rpc_error(-8, "Data must be hexadecimal string (not '0')", one.sendtoaddress, "data", 0)
        self.assertEqual(len(one.sendtoaddress("data", "00ff")), 64)
        status, _, body = one.raw('{"id": 1, "method": "sendmany", "params": ["", {"data": "00", "data": "01"}]}')
        self.assertIn(b"Invalid parameter, duplicate key: data", body)

    def test_fee_of_amount(self):
        """What is wrong with an amount and its fee is told apart."""
        one = self.rpc
        self.fund(one)
        for amount, text in (("0.00000330", "to pay the fee"), ("0.00001000", "to send after the fee has been deducted")):
            self.assert_rpc_error(-6, "The transaction amount is too small " + text, one.sendtoaddress, address=AWAY,
                                  amount=amount, subtractfeefromamount=True, fee_rate=5)
        self.assert_rpc_error(-6, "The transaction amount is too small to pay the fee", one.sendtoaddress, address=AWAY,
                              amount=40, subtractfeefromamount=True, fee_rate=10**9)
        self.assert_rpc_error(-6, "The total exceeds your balance when the 540.00 transaction fee is included.", one.sendtoaddress,
                              address=AWAY, amount=1, fee_rate=10**9)
        self.assert_rpc_error(-6, "Fee exceeds maximum configured by user", one.sendtoaddress, address=AWAY, amount=1, fee_rate=10**6)


if __name__ == "__main__":
    framework.main()
