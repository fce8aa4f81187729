"""The wallet's methods over JSON-RPC: their results and errors, which are those of the reference, and that coins are
neither lost nor created by reorganisations, restarts and kills."""
import hashlib
import os
import shutil
import sqlite3
import stat
import struct
import threading
from decimal import Decimal

import framework
from framework import RpcError
from wallet_base import AWAY, WalletBase

COIN = Decimal(1)
UNKNOWN = "11" * 32


class WalletTest(WalletBase):
    def check_file(self, node, name):
        path = self.file_of(node, name)
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
            self.assertEqual(db.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            self.assertEqual(db.execute("PRAGMA application_id").fetchone()[0] & 0xffffffff, 0xfabfb5da)
            self.assertEqual(db.execute("PRAGMA user_version").fetchone()[0], 0)

    # ---- wallets ----

    def test_wallets(self):
        node = self.start_with_wallet()
        rpc = node.rpc
        self.assert_rpc_error(-18, "No wallet is loaded", rpc.getbalance)
        self.assertEqual(rpc.createwallet("a")["name"], "a")
        self.assert_rpc_error(-4, "Database already exists", rpc.createwallet, "a")
        self.assert_rpc_error(-8, "Wallet name cannot be empty", rpc.createwallet, "")
        self.assert_rpc_error(-4, "no longer possible to create a legacy wallet", rpc.createwallet,
                              wallet_name="old", descriptors=False)
        self.assertEqual(rpc.listwallets(), ["a"])
        rpc.createwallet(wallet_name="b", load_on_startup=True)
        self.assertEqual(sorted(rpc.listwallets()), ["a", "b"])
        self.assertEqual([w["name"] for w in rpc.listwalletdir()["wallets"]], ["a", "b"])
        self.assert_rpc_error(-19, "Multiple wallets are loaded", rpc.getbalance)
        self.assert_rpc_error(-18, "Requested wallet does not exist or is not loaded", rpc.wallet("c").getbalance)
        self.assertEqual(rpc.wallet("a").getbalance(), 0)
        self.assert_rpc_error(-35, "is already loaded", rpc.loadwallet, "a")
        self.assert_rpc_error(-18, "Path does not exist", rpc.loadwallet, "c")
        self.assert_rpc_error(-8, "specify different wallets", rpc.wallet("a").unloadwallet, "b")
        self.assert_rpc_error(-8, "must be provided", rpc.unloadwallet)
        self.assert_rpc_error(-18, "Requested wallet does not exist", rpc.unloadwallet, "c")
        rpc.wallet("a").unloadwallet()
        self.assertEqual(rpc.listwallets(), ["b"])
        self.assertEqual(rpc.loadwallet("a")["name"], "a")
        node.restart()
        self.ready(node, ["b"])
        self.assertEqual(node.rpc.listwallets(), ["b"])
        node.stop()
        for name in "ab":
            self.check_file(node, name)

    def test_info(self):
        node = self.make_node("-fallbackfee=0.0002", wallet=True)
        node.keypool = []
        rpc = node.start().rpc
        self.ready(node)
        rpc.createwallet("one")
        info = rpc.getwalletinfo()
        for name, value in {"walletname": "one", "format": "sqlite", "txcount": 0, "private_keys_enabled": True,
                            "avoid_reuse": False, "scanning": False, "descriptors": True, "external_signer": False,
                            "blank": False, "keypoolsize": 4000, "keypoolsize_hd_internal": 4000}.items():
            self.assertEqual(info[name], value, name)
        self.assertEqual(info["lastprocessedblock"], {"hash": rpc.getblockhash(0), "height": 0})
        block = rpc.generatetoaddress(1, rpc.getnewaddress())[0]
        info = rpc.getwalletinfo()
        self.assertEqual(info["txcount"], 1)
        self.assertEqual(info["lastprocessedblock"], {"hash": block, "height": 1})

    def test_watch_only_and_blank(self):
        rpc = self.start_with_wallet().rpc
        rpc.createwallet("watch", True)
        self.assert_rpc_error(-4, "no available keys", rpc.wallet("watch").getnewaddress)
        self.assert_rpc_error(-4, "Private keys are disabled", rpc.wallet("watch").sendtoaddress, AWAY, 1)
        rpc.createwallet("blank", False, True)
        self.assert_rpc_error(-4, None, rpc.wallet("blank").getnewaddress)

    # ---- addresses and labels ----

    def test_addresses(self):
        node = self.start_with_wallet("one")
        rpc = node.rpc
        forms = {"legacy": "mn", "p2sh-segwit": "2", "bech32": "bcrt1q", "bech32m": "bcrt1p"}
        seen = set()
        for form, start in forms.items():
            for _ in range(3):
                address = rpc.getnewaddress("", form)
                self.assertTrue(address.startswith(tuple(start) if form == "legacy" else start), address)
                self.assertNotIn(address, seen)
                seen.add(address)
            change = rpc.getrawchangeaddress(form)
            self.assertNotIn(change, seen)
            self.assertTrue(rpc.getaddressinfo(change)["ischange"])
        self.assertTrue(rpc.getnewaddress().startswith("bcrt1q"))
        self.assert_rpc_error(-5, "Unknown address type 'x'", rpc.getnewaddress, "", "x")
        self.assert_rpc_error(-11, "Invalid label name", rpc.getnewaddress, "*")
        self.assert_rpc_error(-5, None, rpc.getaddressinfo, "nonsense")
        info = rpc.getaddressinfo(rpc.getnewaddress("mine", "bech32m"))
        self.assertTrue(info["ismine"] and info["solvable"] and not info["ischange"])
        self.assertEqual(info["labels"], ["mine"])
        self.assertEqual(info["witness_version"], 1)
        self.assertTrue(info["desc"].startswith("tr(["))
        self.assertFalse(rpc.getaddressinfo(AWAY)["ismine"])
        # No address is returned again after the wallet was killed.
        node.kill()
        node.start()
        self.ready(node)
        node.rpc.loadwallet("one")
        for form in forms:
            self.assertNotIn(node.rpc.getnewaddress("", form), seen)

    def test_address_in_upper_case(self):
        """Bech32 in upper case, as in a QR code, is the same address."""
        rpc = self.start_with_wallet("one").rpc
        address = rpc.getnewaddress("before")
        rpc.generatetoaddress(101, address)
        self.assertEqual(len(rpc.listunspent(0, 999999, [address.upper()])), 1)
        self.assert_rpc_error(-8, "duplicated address", rpc.listunspent, 0, 999999, [address, address.upper()])
        rpc.setlabel(address.upper(), "after")
        self.assertEqual(rpc.getaddressinfo(address)["labels"], ["after"])
        self.assertEqual(rpc.listlabels(), ["after"])
        self.assertEqual(list(rpc.getaddressesbylabel("after")), [address])
        self.assertEqual(rpc.listunspent()[0]["label"], "after")
        rpc.setlabel(AWAY.upper(), "payee")
        sent = rpc.sendtoaddress(AWAY, 1)
        self.assertEqual(rpc.gettransaction(sent)["details"][0]["label"], "payee")
        self.assertEqual(rpc.listlabels("send"), ["payee"])
        self.assert_rpc_error(-8, "must be a known purpose string", rpc.listlabels, "x")

    def test_labels(self):
        rpc = self.start_with_wallet("one").rpc
        address = rpc.getnewaddress("first")
        self.assertEqual(rpc.getaddressesbylabel("first"), {address: {"purpose": "receive"}})
        rpc.setlabel(address, "second")
        rpc.setlabel(AWAY, "a friend")
        self.assertEqual(rpc.listlabels(), ["a friend", "second"])
        self.assertEqual(rpc.listlabels("send"), ["a friend"])
        self.assert_rpc_error(-11, "No addresses with label first", rpc.getaddressesbylabel, "first")
        self.assert_rpc_error(-5, None, rpc.setlabel, "nonsense", "x")
        self.assert_rpc_error(-11, "Invalid label name", rpc.setlabel, address, "*")

    # ---- receiving and spending ----

    def test_receive_and_spend_each_form(self):
        rpc = self.start_with_wallet("from", "to").rpc
        source, target = rpc.wallet("from"), rpc.wallet("to")
        self.fund(source)
        for form in ("bech32", "bech32m", "p2sh-segwit", "legacy"):
            address = target.getnewaddress(form, form)
            txid = source.sendtoaddress(address, 1)
            self.in_mempool(target, txid)
            self.assertEqual(target.getbalances()["mine"]["untrusted_pending"], 1)
            self.assertEqual(target.getbalance(), 0)
            rpc.generatetoaddress(1, framework.ADDRESS)
            self.assertEqual(target.getbalance(), 1)
            entry = target.listtransactions()[-1]
            self.assertEqual((entry["category"], entry["amount"], entry["label"], entry["confirmations"]),
                             ("receive", 1, form, 1))
            unspent = target.listunspent()
            self.assertEqual([(u["txid"], u["address"]) for u in unspent], [(txid, address)])
            back = target.sendtoaddress(address=source.getnewaddress("", form), amount=1, subtractfeefromamount=True,
                                        fee_rate=7)
            self.in_mempool(target, back)
            self.assert_fee(rpc, target, back, 7)
            rpc.generatetoaddress(1, framework.ADDRESS)
            self.assertEqual(target.getbalance(), 0)
            self.assertEqual(target.getreceivedbyaddress(address), 1)

    def assert_fee(self, rpc, wallet, txid, rate):
        """Never below the requested rate, and hardly above it."""
        fee = -wallet.gettransaction(txid)["fee"] * 100000000
        vsize = rpc.getrawtransaction(txid, True)["vsize"] if txid in rpc.getrawmempool() else \
            rpc.decoderawtransaction(wallet.gettransaction(txid)["hex"])["vsize"]
        self.assertGreaterEqual(fee, vsize * rate)
        self.assertLessEqual(fee, (vsize + 3) * rate + 546)

    def test_send(self):
        rpc = self.start_with_wallet("one").rpc
        self.fund(rpc, 2)
        before = rpc.getbalance()
        txid = rpc.sendtoaddress(address=AWAY, amount=Decimal("1.23456789"), comment="why", comment_to="whom",
                                 fee_rate=Decimal("12.345"))
        self.in_mempool(rpc, txid)
        self.assert_fee(rpc, rpc, txid, Decimal("12.345"))
        sent = rpc.gettransaction(txid)
        self.assertEqual((sent["amount"], sent["comment"], sent["to"]), (Decimal("-1.23456789"), "why", "whom"))
        self.assertEqual(before - rpc.getbalance(), Decimal("1.23456789") - sent["fee"])
        self.assertEqual([(d["category"], d["amount"]) for d in sent["details"]], [("send", Decimal("-1.23456789"))])
        verbose = rpc.sendtoaddress(address=AWAY, amount=1, verbose=True)
        self.assertEqual(sorted(verbose), ["fee_reason", "txid"])
        final = rpc.sendtoaddress(address=AWAY, amount=1, replaceable=False)
        sequences = [i["sequence"] for i in rpc.getrawtransaction(final, True)["vin"]]
        self.assertTrue(all(s == 0xfffffffe for s in sequences), sequences)
        many = rpc.sendmany(dummy="", amounts={AWAY: 1, framework.ADDRESS: 2}, subtractfeefrom=[framework.ADDRESS],
                            fee_rate=3)
        paid = {o["scriptPubKey"]["address"]: o["value"] for o in rpc.getrawtransaction(many, True)["vout"]}
        self.assertEqual(paid[AWAY], 1)
        self.assertEqual(2 - paid[framework.ADDRESS], -rpc.gettransaction(many)["fee"])
        # Everything, to the satoshi.
        rpc.generatetoaddress(1, framework.ADDRESS)
        rest = rpc.getbalance()
        all_of_it = rpc.sendtoaddress(address=AWAY, amount=rest, subtractfeefromamount=True, fee_rate=2)
        self.in_mempool(rpc, all_of_it)
        self.assertEqual(rpc.getbalance(), 0)
        self.assertEqual(len(rpc.getrawtransaction(all_of_it, True)["vout"]), 1)
        self.assert_fee(rpc, rpc, all_of_it, 2)

    def test_send_refused(self):
        rpc = self.start_with_wallet("one").rpc
        self.fund(rpc)
        send, pay = rpc.sendtoaddress, self.assert_rpc_error
        pay(-5, "Invalid Bitcoin address: nonsense", send, "nonsense", 1)
        pay(-5, "Invalid Bitcoin address", send, "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", 1)
        pay(-3, "Amount out of range", send, AWAY, -1)
        pay(-3, "Invalid amount", send, AWAY, "1.123456789")
        pay(-6, "Transaction amount too small", send, AWAY, 0)
        pay(-6, "Transaction amount too small", send, AWAY, Decimal("0.00000100"))
        pay(-6, "Insufficient funds", send, AWAY, 51)
        pay(-6, "The total exceeds your balance when the ", send, AWAY, 50)
        pay(-6, "Fee exceeds maximum configured by user", send, address=AWAY, amount=1, fee_rate=200000)
        pay(-6, "is lower than the minimum fee rate setting", send, address=AWAY, amount=1, fee_rate=Decimal("0.999"))
        pay(-3, "Invalid amount", send, address=AWAY, amount=1, fee_rate=Decimal("1.0001"))
        pay(-3, "Amount out of range", send, address=AWAY, amount=1, fee_rate=-1)
        pay(-8, "Cannot specify both conf_target and fee_rate", send, address=AWAY, amount=1, fee_rate=1, conf_target=1)
        pay(-8, "Cannot specify both estimate_mode and fee_rate", send, address=AWAY, amount=1, fee_rate=1,
            estimate_mode="economical")
        pay(-8, "Invalid conf_target, must be between 1 and 1008", send, address=AWAY, amount=1, conf_target=1009)
        pay(-8, "Invalid estimate_mode parameter", send, address=AWAY, amount=1, estimate_mode="cheap")
        pay(-8, "destination nobody not found", rpc.sendmany, dummy="", amounts={AWAY: 1}, subtractfeefrom=["nobody"])
        pay(-8, "duplicated position: 0", rpc.sendmany, dummy="", amounts={AWAY: 1}, subtractfeefrom=[0, AWAY])
        pay(-8, "position too large: 1", rpc.sendmany, dummy="", amounts={AWAY: 1}, subtractfeefrom=[1])
        pay(-8, "negative position: -1", rpc.sendmany, dummy="", amounts={AWAY: 1}, subtractfeefrom=[-1])
        pay(-8, "Dummy value must be set to", rpc.sendmany, "x", {AWAY: 1})
        pay(-6, "must have at least one recipient", rpc.sendmany, "", {})
        pay(-8, f"duplicated address: {AWAY.upper()}", rpc.sendmany, "", {AWAY: 1, AWAY.upper(): 2})
        pay(-5, "Invalid Bitcoin address", rpc.sendmany, "", {AWAY: 1, AWAY.replace("bcrt1p", "bcrt1P"): 2})
        status, _, body = rpc.raw('{"id": 1, "method": "sendmany", "params": ["", {"%s": 1, "%s": 1}]}' % (AWAY, AWAY))
        self.assertIn(b"duplicated address", body)
        self.assertEqual(rpc.getrawmempool(), [])
        self.assertEqual(rpc.getbalance(), 50)

    def test_no_estimate(self):
        """Without an estimate, no payment is made with an arbitrary fee."""
        node = self.start_with_wallet("one", args=())
        rpc = node.rpc
        self.fund(rpc)
        refused = "Fee estimation failed. Fallbackfee is disabled. Wait a few blocks or enable -fallbackfee."
        self.assert_rpc_error(-6, refused, rpc.sendtoaddress, AWAY, 1)
        self.assert_rpc_error(-6, refused, rpc.sendmany, "", {AWAY: 1})
        self.assert_rpc_error(-5, "Invalid Bitcoin address", rpc.sendtoaddress, "nonsense", 1)
        self.assert_rpc_error(-8, "Invalid conf_target", rpc.sendtoaddress, address=AWAY, amount=1, conf_target=0)
        self.assertEqual(rpc.listtransactions()[-1]["category"], "generate")
        self.assert_fee(rpc, rpc, rpc.sendtoaddress(address=AWAY, amount=1, fee_rate=3), 3)
        node.stop()
        node.start("-fallbackfee=0.00007")
        self.ready(node)
        node.rpc.loadwallet("one")
        sent = node.rpc.sendtoaddress(address=AWAY, amount=1, verbose=True)
        self.assertEqual(sent["fee_reason"], "Fallback fee")
        self.assert_fee(node.rpc, node.rpc, sent["txid"], 7)

    def test_refused_by_the_node(self):
        """A signed payment is kept until it is abandoned explicitly, as in the reference."""
        # The node takes no transaction at all.
        node = self.start_with_wallet("one", args=("-limitclustersize=0",))
        rpc = node.rpc
        self.fund(rpc)
        txid = rpc.sendtoaddress(address=AWAY, amount=Decimal("0.00001"), fee_rate=2)
        self.assertEqual(rpc.getrawmempool(), [])
        details = rpc.gettransaction(txid)
        self.assertEqual((details["confirmations"], details["trusted"]), (0, False))
        self.assertEqual(rpc.getbalance(), 0)
        own = rpc.decoderawtransaction(details["hex"])["vout"]
        change = next(o["scriptPubKey"]["address"] for o in own if o["scriptPubKey"]["address"] != AWAY)
        self.assertEqual(rpc.getreceivedbyaddress(change, 0), 50 - Decimal("0.00001") + details["fee"])
        self.assertEqual(rpc.getreceivedbyaddress(change, 1), 0)
        self.assert_rpc_error(-6, "Insufficient funds", rpc.sendtoaddress, address=AWAY, amount=1, fee_rate=2)
        node.restart()
        self.ready(node)
        node.rpc.loadwallet("one")
        self.assertEqual(node.rpc.getbalance(), 0)
        node.rpc.abandontransaction(txid)
        self.assertEqual(node.rpc.getbalance(), 50)
        node.restart("-limitclustersize=101")
        self.ready(node)
        node.rpc.loadwallet("one")
        other = node.rpc.sendtoaddress(address=AWAY, amount=1, fee_rate=20)
        self.in_mempool(node.rpc, other)
        self.assert_rpc_error(-5, "not eligible for abandonment", node.rpc.abandontransaction, other)

    def test_conservation(self):
        """Inputs equal outputs plus fees: many payments of odd amounts, at odd rates, one after another."""
        rpc = self.start_with_wallet("one", "two").rpc
        one, two = rpc.wallet("one"), rpc.wallet("two")
        self.fund(one, 2)
        fees = Decimal(0)
        for i in range(12):
            amount = Decimal(777 + i * i * 31337) / 100000000
            rate = Decimal(1000 + i * 1717) / 1000
            txid = one.sendtoaddress(address=two.getnewaddress("", ["bech32", "bech32m"][i % 2]), amount=amount,
                                     fee_rate=rate)
            self.assert_fee(rpc, one, txid, rate)
            fees -= one.gettransaction(txid)["fee"]
            if i % 3 == 2:
                rpc.generatetoaddress(1, framework.ADDRESS)
        rpc.generatetoaddress(1, framework.ADDRESS)
        self.assertEqual(one.getbalance() + two.getbalance() + fees, 100)
        # No change address was used twice.
        used = [o["scriptPubKey"]["address"] for t in {t["txid"] for t in one.listtransactions("*", 100)}
                for o in rpc.decoderawtransaction(one.gettransaction(t)["hex"])["vout"] if "address" in o["scriptPubKey"]]
        change = [a for a in used if one.getaddressinfo(a)["ischange"]]
        self.assertEqual(len(change), len(set(change)))

    def test_confirmed_coins_first(self):
        rpc = self.start_with_wallet("one").rpc
        self.fund(rpc, 3)
        first = rpc.sendtoaddress(AWAY, 1)
        self.in_mempool(rpc, first)
        second = rpc.sendtoaddress(AWAY, 1)
        self.assertNotIn(first, [i["txid"] for i in rpc.getrawtransaction(second, True)["vin"]])
        third = rpc.sendtoaddress(AWAY, 140)
        self.assertIn(third, rpc.getrawmempool())

    def test_concurrent_drafts(self):
        """Two concurrent payments never spend the same coin."""
        rpc = self.start_with_wallet("one").rpc
        self.fund(rpc, 4)
        results, errors = [], []

        def pay():
            try:
                results.append(rpc.sendtoaddress(AWAY, 30))
            except RpcError as error:
                errors.append(error)

        threads = [threading.Thread(target=pay) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual({error.code for error in errors} - {-6}, set())
        self.assertEqual(sorted(results), sorted(rpc.getrawmempool()))
        self.assertGreaterEqual(len(results), 4)
        inputs = [(i["txid"], i["vout"]) for t in results for i in rpc.getrawtransaction(t, True)["vin"]]
        self.assertEqual(len(inputs), len(set(inputs)))

    # ---- coins ----

    def test_coins(self):
        node = self.start_with_wallet("one")
        rpc = node.rpc
        self.fund(rpc, 2)
        coins = rpc.listunspent()
        self.assertEqual([c["amount"] for c in coins], [50, 50])
        self.assertTrue(all(c["safe"] and c["spendable"] and c["solvable"] for c in coins))
        self.assertEqual(rpc.listunspent(1000), [])
        self.assertEqual(len(rpc.listunspent(1, 9999999, [coins[0]["address"]])), 2)
        self.assert_rpc_error(-5, "Invalid Bitcoin address: x", rpc.listunspent, 1, 9999999, ["x"])
        self.assert_rpc_error(-8, "duplicated address", rpc.listunspent, 1, 9999999, [AWAY, AWAY])
        at = {"txid": coins[0]["txid"], "vout": coins[0]["vout"]}
        self.assertTrue(rpc.lockunspent(False, [at], True))
        self.assertEqual(rpc.listlockunspent(), [at])
        self.assertEqual(len(rpc.listunspent()), 1)
        self.assert_rpc_error(-6, "Insufficient funds", rpc.sendtoaddress, AWAY, 60)
        self.assert_rpc_error(-8, "output already locked", rpc.lockunspent, False, [at])
        self.assert_rpc_error(-8, "unknown transaction", rpc.lockunspent, False, [{"txid": UNKNOWN, "vout": 0}])
        self.assert_rpc_error(-3, "Missing vout", rpc.lockunspent, False, [{"txid": UNKNOWN}])
        self.assert_rpc_error(-3, "for field txid is not of", rpc.lockunspent, False, [{"txid": 1, "vout": 0}])
        self.assert_rpc_error(-4, "avoid reuse", rpc.getbalance, "*", 0, False, True)
        for call in (rpc.listunspent, rpc.rescanblockchain, lambda n: rpc.listtransactions("*", n),
                     lambda n: rpc.getbalance("*", n), lambda n: rpc.getreceivedbyaddress(coins[0]["address"], n)):
            self.assert_rpc_error(-1, "integer out of range", call, 2**31)
        self.assert_rpc_error(-8, "vout index out of bounds", rpc.lockunspent, False, [{**at, "vout": 9}])
        self.assert_rpc_error(-8, "expected locked output", rpc.lockunspent, True,
                              [{"txid": coins[1]["txid"], "vout": coins[1]["vout"]}])
        node.restart()
        self.ready(node)
        rpc.loadwallet("one")
        self.assertEqual(rpc.listlockunspent(), [at])
        self.assertTrue(rpc.lockunspent(True))
        self.assertEqual(rpc.listlockunspent(), [])

    def test_query_options(self):
        """The conditions of listunspent's last argument, also as named arguments."""
        rpc = self.start_with_wallet("one").rpc
        address = rpc.getnewaddress()
        rpc.generatetoaddress(105, address)
        rpc.sendtoaddress(rpc.getnewaddress(), 1)
        rpc.generatetoaddress(1, framework.ADDRESS)
        self.assertEqual(len(rpc.listunspent()), 7)
        for options, n in (({}, 7), ({"minimumAmount": 40}, 6), ({"maximumAmount": "2"}, 1), ({"maximumCount": 2}, 2),
                           ({"maximumCount": 0}, 7), ({"include_immature_coinbase": True}, 106),
                           ({"minimumAmount": 2, "maximumAmount": 49.5}, 1), ({"minimumAmount": 60}, 0)):
            with self.subTest(options):
                self.assertEqual(len(rpc.listunspent(0, 9999999, [], True, options)), n)
                self.assertEqual(len(rpc.listunspent(minconf=0, **options)), n)
        some = rpc.listunspent(0, 9999999, [], True, {"minimumSumAmount": 60})
        self.assertTrue(60 <= sum(coin["amount"] for coin in some) < 160, some)
        self.assert_rpc_error(-3, "Unexpected key bogus", rpc.listunspent, 0, 9999999, [], True, {"bogus": 1})
        self.assert_rpc_error(-3, "JSON value of type string for field maximumCount is not of expected type number",
                              rpc.listunspent, 0, 9999999, [], True, {"maximumCount": "2"})
        self.assert_rpc_error(-3, "JSON value of type number for field include_immature_coinbase is not of expected type bool",
                              rpc.listunspent, 0, 9999999, [], True, {"include_immature_coinbase": 1})
        self.assert_rpc_error(-3, "Amount out of range", rpc.listunspent, 0, 9999999, [], True, {"minimumAmount": -1})
        self.assert_rpc_error(-3, "Invalid amount", rpc.listunspent, 0, 9999999, [], True, {"maximumAmount": "x"})

    def test_ancestors(self):
        """An unconfirmed coin has the mempool's ancestor figures, whoever has created it."""
        rpc = self.start_with_wallet("from", "to").rpc
        source, target = rpc.wallet("from"), rpc.wallet("to")
        self.fund(source)
        first = source.sendtoaddress(target.getnewaddress(), 1)
        self.in_mempool(source, first)
        second = source.sendtoaddress(target.getnewaddress(), 2)
        self.in_mempool(target, second)
        rpc.prioritisetransaction(first, 0, 1234)
        for wallet, number in ((target, 2), (source, 1)):
            coins = wallet.listunspent(0, 0)
            self.assertEqual(len(coins), number)
            for coin in coins:
                entry = rpc.getmempoolentry(coin["txid"])
                self.assertEqual(coin["ancestorcount"], 2 if coin["txid"] == second else 1)
                self.assertEqual((coin["ancestorcount"], coin["ancestorsize"], coin["ancestorfees"] / (100000000 * COIN)),
                                 (entry["ancestorcount"], entry["ancestorsize"], entry["fees"]["ancestor"]))
        rpc.generatetoaddress(1, framework.ADDRESS)
        self.assertFalse([coin for coin in target.listunspent(0) if "ancestorcount" in coin])

    def test_coinbase_maturity(self):
        rpc = self.start_with_wallet("one").rpc
        rpc.generatetoaddress(1, rpc.getnewaddress())
        rpc.generatetoaddress(99, framework.ADDRESS)
        self.assertEqual(rpc.getbalances()["mine"]["immature"], 50)
        self.assertEqual(rpc.listtransactions()[0]["category"], "immature")
        self.assert_rpc_error(-6, "Insufficient funds", rpc.sendtoaddress, AWAY, 1)
        last = rpc.generatetoaddress(1, framework.ADDRESS)[0]
        self.assertEqual(rpc.getbalance(), 50)
        self.assertEqual(rpc.listtransactions()[0]["category"], "generate")
        rpc.invalidateblock(last)
        self.assertEqual(rpc.getbalance(), 0)
        self.assertEqual(rpc.getbalances()["mine"]["immature"], 50)
        rpc.reconsiderblock(last)
        self.assertEqual(rpc.getbalance(), 50)

    # ---- lists ----

    def test_lists(self):
        rpc = self.start_with_wallet("one").rpc
        self.fund(rpc)
        txids = [rpc.sendtoaddress(rpc.getnewaddress(f"l{i}"), Decimal(i + 1) / 10) for i in range(4)]
        entries = rpc.listtransactions("*", 100)
        self.assertEqual(len(entries), 9)
        self.assertEqual([e["category"] for e in entries], ["generate"] + ["receive", "send"] * 4)
        self.assertEqual(rpc.listtransactions("*", 2), entries[-2:])
        self.assertEqual(rpc.listtransactions("*", 2, 3), entries[-5:-3])
        self.assertEqual([e["txid"] for e in rpc.listtransactions("l2")], [txids[2]])
        self.assert_rpc_error(-8, "Negative count", rpc.listtransactions, "*", -1)
        self.assert_rpc_error(-8, "Negative from", rpc.listtransactions, "*", 1, -1)
        self.assert_rpc_error(-8, "Label argument must be a valid label name", rpc.listtransactions, "")
        self.assert_rpc_error(-5, "Invalid or non-wallet transaction id", rpc.gettransaction, UNKNOWN)
        self.assert_rpc_error(-8, "must be of length 64", rpc.gettransaction, "11")
        self.assert_rpc_error(-5, "Block not found", rpc.listsinceblock, UNKNOWN)
        self.assert_rpc_error(-8, "Invalid parameter", rpc.listsinceblock, rpc.getbestblockhash(), 0)
        tip = rpc.getbestblockhash()
        since = rpc.listsinceblock(tip)
        self.assertEqual({e["txid"] for e in since["transactions"]}, set(txids))
        self.assertEqual((since["removed"], since["lastblock"]), ([], tip))
        self.assertEqual(rpc.listsinceblock(tip, 6)["lastblock"], rpc.getblockhash(rpc.getblockcount() - 5))
        self.assertEqual(len(rpc.listsinceblock()["transactions"]), 9)

    # ---- reorganisations ----

    def other_branch(self, rpc, fork_height, length, address):
        """Mines LENGTH blocks on top of the block at FORK_HEIGHT, as a side branch; returns their hashes."""
        stale = rpc.getblockhash(fork_height + 1)
        rpc.invalidateblock(stale)
        return stale, rpc.generatetoaddress(length, address)

    def test_longer_branch(self):
        rpc = self.start_with_wallet("one").rpc
        self.fund(rpc)
        fork = rpc.getblockcount()
        old_address, new_address = rpc.getnewaddress("old"), rpc.getnewaddress("new", "bech32m")
        payment = rpc.sendtoaddress(AWAY, 1)
        self.in_mempool(rpc, payment)
        gone = rpc.generatetoaddress(2, old_address)
        self.assertEqual(rpc.getbalances()["mine"]["immature"], 100 - rpc.gettransaction(payment)["fee"])
        self.assertEqual(rpc.gettransaction(payment)["confirmations"], 2)
        stale, new = self.other_branch(rpc, fork, 3, new_address)
        # The stale coinbases are replaced by the new ones, and the payment is in the new branch (it was in the mempool).
        rpc.reconsiderblock(stale)
        self.assertEqual(rpc.getbestblockhash(), new[-1])
        self.assertEqual(rpc.getbalances()["mine"]["immature"], 150 - rpc.gettransaction(payment)["fee"])
        self.assertEqual(rpc.gettransaction(payment)["confirmations"], 3)
        orphans = [e for e in rpc.listtransactions("*", 100) if e["category"] == "orphan"]
        self.assertEqual(len(orphans), 2)
        self.assertTrue(all(e["abandoned"] and e["confirmations"] == 0 for e in orphans))
        removed = rpc.listsinceblock(gone[-1])["removed"]
        self.assertEqual({e["txid"] for e in removed}, {e["txid"] for e in orphans} | {payment})
        self.assertNotIn("removed", rpc.listsinceblock(gone[-1], 1, False, False))
        # And back: the old branch becomes the longer one.
        rpc.invalidateblock(new[0])
        self.assertEqual(rpc.getbestblockhash(), gone[-1])
        self.assertEqual(rpc.getbalances()["mine"]["immature"], 100 - rpc.gettransaction(payment)["fee"])
        self.assertEqual([e["category"] for e in rpc.listtransactions("old")], ["immature"] * 2)
        self.assertEqual([e["category"] for e in rpc.listtransactions("new")], ["orphan"] * 3)

    def test_reorganised_spend(self):
        """The block with a payment is disconnected: the payment is pending again, and its coins are not available."""
        rpc = self.start_with_wallet("one").rpc
        self.fund(rpc)
        payment = rpc.sendtoaddress(AWAY, 20)
        self.in_mempool(rpc, payment)
        block = rpc.generatetoaddress(1, framework.ADDRESS)[0]
        after = rpc.getbalance()
        rpc.invalidateblock(block)
        self.in_mempool(rpc, payment)
        entry = rpc.gettransaction(payment)
        self.assertEqual((entry["confirmations"], entry["trusted"]), (0, True))
        self.assertEqual(rpc.getbalance(), after)
        self.assert_rpc_error(-6, "Insufficient funds", rpc.sendtoaddress, AWAY, 40)
        self.assert_rpc_error(-5, "not eligible for abandonment", rpc.abandontransaction, payment)
        rpc.reconsiderblock(block)
        self.assertEqual(rpc.gettransaction(payment)["confirmations"], 1)
        self.assertEqual(rpc.getbalance(), after)

    def test_conflict(self):
        """Another branch spends the same coin: the first payment can never confirm, and is listed as conflicted."""
        node = self.start_with_wallet("one")
        rpc = node.rpc
        self.fund(rpc)
        node.stop()
        copy = self.make_node("-fallbackfee=0.0002", wallet=True)
        shutil.copytree(node.folder, copy.folder, dirs_exist_ok=True)
        copy.start()
        self.ready(copy)
        copy.rpc.loadwallet("one")
        other = copy.rpc.sendtoaddress(copy.rpc.getnewaddress(), 10)
        raw = copy.rpc.gettransaction(other)["hex"]
        node.start()
        self.ready(node)
        rpc.loadwallet("one")
        mine = rpc.sendtoaddress(AWAY, 5)
        self.in_mempool(rpc, mine)
        before = rpc.generateblock(framework.ADDRESS, [raw])["hash"]
        framework.wait_until(lambda: rpc.gettransaction(mine)["confirmations"] == -1, "the conflict")
        entry = rpc.gettransaction(mine)
        self.assertFalse(entry["trusted"])
        self.assertEqual(entry["walletconflicts"], [other])
        self.assertEqual(rpc.getbalance(), 50 + rpc.gettransaction(other)["fee"])
        rpc.invalidateblock(before)
        framework.wait_until(lambda: rpc.gettransaction(mine)["confirmations"] == 0, "the end of the conflict")

    def test_abandon(self):
        """A payment that is not in the mempool is abandoned, and its coins are available again."""
        node = self.start_with_wallet("one")
        rpc = node.rpc
        self.fund(rpc)
        self.assert_rpc_error(-5, "Invalid or non-wallet transaction id", rpc.abandontransaction, UNKNOWN)
        payment = rpc.sendtoaddress(address=AWAY, amount=5, fee_rate=2)
        node.stop()
        # A node that no longer accepts such fees has it in the wallet only.
        (node.network_folder / "mempool.dat").unlink(missing_ok=True)
        node.start("-minrelaytxfee=0.001")
        self.ready(node)
        rpc.loadwallet("one")
        self.assertEqual(rpc.getrawmempool(), [])
        self.assertFalse(rpc.gettransaction(payment)["trusted"])
        mine = rpc.getbalances()["mine"]
        self.assertEqual((mine["trusted"], mine["nonmempool"]), (50, -50))
        self.assertEqual(rpc.getbalance(), 0)
        rpc.abandontransaction(payment)
        self.assertEqual(rpc.getbalance(), 50)
        self.assertTrue(rpc.gettransaction(payment)["details"][0]["abandoned"])
        self.assertTrue(rpc.listtransactions()[-1]["abandoned"])
        self.assertEqual([e["txid"] for e in rpc.listsinceblock()["transactions"] if e.get("abandoned")], [payment])

    # ---- restarts ----

    def test_kill(self):
        """Nothing that was acknowledged is missing after kill -9."""
        node = self.start_with_wallet()
        node.rpc.createwallet(wallet_name="one", load_on_startup=True)
        rpc = node.rpc
        self.fund(rpc)
        node.restart()  # blocks that no other node has are lost with the node
        self.ready(node, ["one"])
        for i in range(3):
            address = rpc.getnewaddress(f"before {i}")
            payment = rpc.sendtoaddress(AWAY, 1)
            node.kill()
            node.start()
            self.ready(node, ["one"])
            self.assertEqual(rpc.getaddressinfo(address)["labels"], [f"before {i}"])
            framework.wait_until(lambda: payment in rpc.getrawmempool(), "the payment, sent once more")
        rpc.generatetoaddress(1, framework.ADDRESS)
        self.assertEqual(rpc.gettransaction(payment)["confirmations"], 1)
        self.assertEqual(rpc.getbalance(),
                         47 + sum(e["fee"] for e in rpc.listtransactions("*", 100) if e["category"] == "send"))
        node.stop()
        self.check_file(node, "one")

    def test_blocks_while_it_was_closed(self):
        node = self.start_with_wallet("one")
        rpc = node.rpc
        address = rpc.getnewaddress()
        rpc.unloadwallet("one")
        rpc.generatetoaddress(3, address)
        rpc.loadwallet("one")
        self.assertEqual(rpc.getbalances()["mine"]["immature"], 150)
        rpc.unloadwallet("one")
        rpc.invalidateblock(rpc.getblockhash(2))
        rpc.generatetoaddress(3, AWAY)
        rpc.loadwallet("one")
        self.assertEqual(rpc.getbalances()["mine"]["immature"], 50)
        self.assertEqual(len([e for e in rpc.listtransactions("*", 100) if e["category"] == "orphan"]), 2)

    # ---- backups and rescans ----

    def test_backup(self):
        node = self.start_with_wallet("one")
        rpc = node.rpc
        self.fund(rpc)
        copy = self.folder / "copy.dat"
        rpc.backupwallet(str(copy))
        self.assertEqual(stat.S_IMODE(copy.stat().st_mode), 0o600)
        with sqlite3.connect(f"file:{copy}?mode=ro", uri=True) as db:
            self.assertEqual(db.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
        own = self.file_of(node, "one")
        inode = own.stat().st_ino
        link = self.folder / "link.dat"
        os.symlink(own, link)
        rpc.createwallet("two")
        other = self.file_of(node, "two")
        rpc = node.rpc.wallet("one")
        nowhere, precious = self.folder / "nowhere", self.folder / "precious"
        os.symlink(self.folder / "there", nowhere)
        precious.write_text("mine")
        os.mkfifo(self.folder / "pipe")
        log = node.wallet_log()
        for bad in (own, link, other, own.parent, self.folder / "none" / "copy.dat", nowhere, precious, log, copy,
                    node.network_folder / ".cookie", self.folder / "pipe"):
            self.assert_rpc_error(-4, "Wallet backup failed", rpc.backupwallet, str(bad))
        self.assertEqual(precious.read_text(), "mine")
        self.assertFalse((self.folder / "there").exists())
        self.assertEqual(own.stat().st_ino, inode)
        self.assertTrue(node.rpc.wallet("two").getnewaddress())
        node.rpc.unloadwallet("two")
        closed = other.read_bytes()
        self.assert_rpc_error(-4, "does not replace files", rpc.backupwallet, str(other))
        self.assertEqual(other.read_bytes(), closed)
        self.assertEqual(list(self.folder.glob(".wallet-backup*")), [])
        rpc = node.rpc
        # The copy is a wallet, which finds later payments.
        later = rpc.getnewaddress()
        rpc.sendtoaddress(later, 10)
        rpc.generatetoaddress(1, framework.ADDRESS)
        balance = rpc.getbalance()
        rpc.unloadwallet("one")
        folder = node.network_folder / "wallets" / "restored"
        folder.mkdir(mode=0o700)
        os.rename(copy, folder / "wallet.dat")
        rpc.loadwallet("restored")
        self.assertEqual(rpc.getbalance(), balance)
        self.assertTrue(rpc.getaddressinfo(later)["ismine"])

    # ---- wallets of other programs ----

    def insert(self, node, name, key, value):
        with sqlite3.connect(self.file_of(node, name)) as db:
            db.execute("INSERT OR REPLACE INTO main VALUES (?, ?)", (key, value))
        db.close()

    def insert_descriptor(self, node, name, text):
        self.insert(node, name, b"\x10walletdescriptor" + hashlib.sha256(text.encode()).digest(),
                    struct.pack("<B", len(text)) + text.encode() + struct.pack("<Qiii", 1, 0, 0, 0))

    def test_not_followed(self):
        """A wallet with unsupported parts is not loaded, and the error names them."""
        node = self.start_with_wallet("one")
        rpc = node.rpc
        key = rpc.getaddressinfo(rpc.getnewaddress())["pubkey"]
        xpub = next(entry["desc"] for entry in rpc.listdescriptors()["descriptors"] if entry["desc"].startswith("wpkh"))
        xpub = xpub.split("]")[1].split("/")[0]
        rpc.unloadwallet("one")
        good = self.file_of(node, "one").read_bytes()
        for text in (f"sh(multi(1,{key}))", f"wpkh({xpub}/0/*h)"):
            self.insert_descriptor(node, "one", text)
            self.assert_rpc_error(-4, text, rpc.loadwallet, "one")
            self.file_of(node, "one").write_bytes(good)
        rpc.loadwallet("one")

    def test_overlap(self):
        """An address of two descriptors is not returned again once it has received a payment."""
        node = self.start_with_wallet("one")
        rpc = node.rpc
        fresh = self.folder / "fresh.dat"
        rpc.backupwallet(str(fresh))
        ahead = [rpc.getnewaddress() for _ in range(3)]
        key = rpc.getaddressinfo(ahead[2])["pubkey"]
        rpc.unloadwallet("one")
        os.replace(fresh, self.file_of(node, "one"))
        self.insert_descriptor(node, "one", rpc.getdescriptorinfo(f"wpkh({key})")["descriptor"])
        rpc.loadwallet("one")
        rpc.generatetoaddress(1, ahead[2])
        self.assertEqual(rpc.getbalances()["mine"]["immature"], 50)
        self.assertNotIn(rpc.getnewaddress(), ahead)
        rpc.generatetoaddress(100, framework.ADDRESS)
        rpc.sendtoaddress(AWAY, 1)

    def test_rescan(self):
        rpc = self.start_with_wallet("one").rpc
        self.fund(rpc)
        tip = rpc.getblockcount()
        before = rpc.getbalances()
        self.assertEqual(rpc.rescanblockchain(), {"start_height": 0, "stop_height": tip})
        self.assertEqual(rpc.rescanblockchain(10), {"start_height": 10, "stop_height": tip})
        self.assertEqual(rpc.rescanblockchain(10, 20), {"start_height": 10, "stop_height": 20})
        self.assertEqual(rpc.rescanblockchain(0, 0), {"start_height": 0, "stop_height": 0})
        self.assertEqual(rpc.getbalances(), before)
        self.assert_rpc_error(-8, "Invalid start_height", rpc.rescanblockchain, tip + 1)
        self.assert_rpc_error(-8, "Invalid start_height", rpc.rescanblockchain, -1)
        self.assert_rpc_error(-8, "Invalid stop_height", rpc.rescanblockchain, 0, tip + 1)
        self.assert_rpc_error(-8, "stop_height must be greater than start_height", rpc.rescanblockchain, 5, 4)
        self.assertEqual(rpc.abortrescan(), False)

    def test_reorganised_during_rescan(self):
        """Payments in blocks that are disconnected during a rescan do not stay confirmed."""
        rpc = self.start_with_wallet("one").rpc
        self.fund(rpc)
        fork = rpc.getblockcount()
        rpc.generatetoaddress(3, rpc.getnewaddress())
        self.assertEqual(rpc.getbalances()["mine"]["immature"], 150)
        done = []
        thread = threading.Thread(target=lambda: [done.append(rpc.rescanblockchain()) for _ in range(10)])
        thread.start()
        for target in (AWAY, framework.ADDRESS, framework.TRUE_ADDRESS):
            rpc.invalidateblock(rpc.getblockhash(fork + 1))
            rpc.generatetoaddress(1, target)
        thread.join()
        self.assertEqual(len(done), 10)
        self.assertEqual(rpc.getbalances()["mine"]["immature"], 0)
        self.assertEqual(rpc.getbalance(), 50)
        self.assertEqual([e["category"] for e in rpc.listtransactions("*", 100)], ["generate"] + ["orphan"] * 3)


if __name__ == "__main__":
    framework.main()
