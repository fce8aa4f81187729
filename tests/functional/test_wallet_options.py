"""The wallet options: each changes what the wallet does, and a wrong value is refused with the reference's sentence."""
import json
import sqlite3
import time
import urllib.parse
from decimal import Decimal

import framework
from framework import ADDRESS, TRUE_ADDRESS, wait_until

CENT = Decimal("0.01")


class OptionsTest(framework.NodeTest):
    def wallet_node(self, *args, start=True):
        node = self.make_node(wallet=True)
        return self.start(node, *args) if start else node

    def start(self, node, *args):
        node.start(*args)
        self.wait_loaded(node)
        return node

    def restart(self, node, *args):
        node.restart(*args)
        self.wait_loaded(node)

    def wait_loaded(self, node):
        def loaded():
            try:
                return node.rpc.listwallets() is not None
            except framework.RpcError as error:
                if error.code != -28:
                    raise
                return False
        wait_until(loaded, "the wallets")

    def funded(self, *args, coins=1):
        """A node whose wallet "w" has COINS mature coinbases, and nothing else."""
        node = self.wallet_node(*args)
        node.rpc.createwallet(wallet_name="w", load_on_startup=True)
        node.rpc.generatetoaddress(coins, node.rpc.getnewaddress("", "bech32"))
        node.rpc.generatetoaddress(100, ADDRESS)
        return node

    def raw(self, node, txid):
        return node.rpc.decoderawtransaction(node.rpc.gettransaction(txid)["hex"])

    def change(self, node, txid, address=ADDRESS):
        return [out for out in self.raw(node, txid)["vout"] if out["scriptPubKey"]["address"] != address]

    def rate(self, node, txid):
        """In satoshi per virtual byte, rounded."""
        return round(-node.rpc.gettransaction(txid)["fee"] * 100000000 / self.raw(node, txid)["vsize"])

    def send(self, node, amount=CENT, address=ADDRESS, fee_rate=5, **named):
        return node.rpc.sendtoaddress(address=address, amount=amount, fee_rate=fee_rate, **named)

    def receive(self, node, amounts, address=None):
        """Coins of these amounts, none of which is spent for the next one, on ADDRESS or one address each; confirmed."""
        for amount in amounts:
            to = address or node.rpc.getnewaddress()
            txid = self.send(node, amount, to)
            vout = next(coin["vout"] for coin in node.rpc.listunspent(0, 9999999, [to]) if coin["txid"] == txid)
            node.rpc.lockunspent(False, [{"txid": txid, "vout": vout}])
        node.rpc.generatetoaddress(1, ADDRESS)
        node.rpc.lockunspent(True)

    # ---- values ----

    def test_wrong_values(self):
        node = self.wallet_node(start=False)
        wrong = [("addresstype=base64", "Unknown address type 'base64'"), ("changetype=x", "Unknown change type 'x'")]
        for name in ("mintxfee", "maxapsfee", "fallbackfee", "discardfee", "maxtxfee", "consolidatefeerate"):
            wrong += [(f"{name}={value}", f"Invalid amount for -{name}=<amount>: '{value}'")
                      for value in ("x", "0.000000001", "1e-5", "-0.1", "-1")
                      if (name, value) != ("maxapsfee", "-1")]
        wrong.append(("maxtxfee=0.0000009", "Invalid amount for -maxtxfee=<amount>: '0.0000009' (must be at least the minrelay fee of "
                      "0.00000100 BTC/kvB to prevent stuck transactions)"))
        for option, text in wrong:
            node.start("-" + option, wait=False)
            self.assertEqual(node.wait_for_exit(), 1, option)
            self.assertEqual(node.errors().strip(), "Error: " + text)
        # Without wallets they do not matter.
        node.start("-disablewallet", "-addresstype=base64", "-walletdir=/none", "-wallet=none")
        self.assert_rpc_error(-32601, "Method not found", node.rpc.listwallets)
        self.assert_rpc_error(-32601, "Method not found", node.rpc.createwallet, "w")

    def test_high_values(self):
        """Values that are probably mistakes are named when a wallet is created or loaded."""
        node = self.wallet_node("-mintxfee=0.02", "-maxapsfee=0.001", "-fallbackfee=0.02", "-discardfee=0.02", "-maxtxfee=1.1",
                                "-walletrbf=1")
        warnings = ["-mintxfee is set very high! This is the minimum transaction fee you pay on every transaction.",
                    "-maxapsfee is set very high! This is the maximum transaction fee you pay (in addition to the normal fee) to "
                    "prioritize partial spend avoidance over regular coin selection.",
                    "-fallbackfee is set very high! This is the transaction fee you may pay when fee estimates are not available.",
                    "-discardfee is set very high! This is the transaction fee you may discard if change is smaller than dust at this level",
                    "-maxtxfee is set very high! Fees this large could be paid on a single transaction.",
                    "-walletrbf is deprecated and will be fully removed in the next release."]
        self.assertEqual(node.rpc.createwallet("w"), {"name": "w", "warnings": warnings})
        node.rpc.unloadwallet("w")
        self.assertEqual(node.rpc.loadwallet("w"), {"name": "w", "warnings": warnings})
        node.stop()
        (node.folder / "moneyrocket.conf").write_text("maxapsfee=-1\n")
        self.start(node)
        self.assertEqual(node.rpc.loadwallet("w"), {"name": "w"})

    # ---- addresses ----

    def test_address_types(self):
        kinds = {"legacy": "pubkeyhash", "p2sh-segwit": "scripthash", "bech32": "witness_v0_keyhash", "bech32m": "witness_v1_taproot"}
        node = self.funded()

        def kind(address):
            return node.rpc.decodescript(node.rpc.validateaddress(address)["scriptPubKey"])["type"]

        for receive, change in (("legacy", None), ("p2sh-segwit", None), ("bech32m", "legacy"), ("bech32", "p2sh-segwit"), (None, "bech32m")):
            args = ([f"-addresstype={receive}"] if receive else []) + ([f"-changetype={change}"] if change else [])
            self.restart(node, *args)
            self.assertEqual(kind(node.rpc.getnewaddress()), kinds[receive or "bech32"])
            self.assertEqual(kind(node.rpc.getrawchangeaddress()), kinds[change or receive or "bech32"])
            out, = self.change(node, self.send(node))
            # Without -changetype, change resembles the payment, except with -addresstype=legacy.
            expected = kinds[change] if change else kinds["legacy"] if receive == "legacy" else kinds["bech32"]
            self.assertEqual(out["scriptPubKey"]["type"], expected, args)
            node.rpc.generatetoaddress(1, ADDRESS)

    # ---- fees ----

    def test_fees(self):
        node = self.funded("-fallbackfee=0.0002", coins=3)
        self.assertEqual(self.rate(node, node.rpc.sendtoaddress(ADDRESS, CENT)), 20)
        self.restart(node, "-fallbackfee=0.00002", "-mintxfee=0.00007")
        self.assertEqual(self.rate(node, node.rpc.sendtoaddress(ADDRESS, CENT)), 7)
        self.assert_rpc_error(-6, "Fee rate (6.999 sat/vB) is lower than the minimum fee rate setting (7.000 sat/vB).",
                              self.send, node, fee_rate=Decimal("6.999"))
        self.restart(node, "-mintxfee=0.000001")
        self.assertEqual(self.rate(node, self.send(node, fee_rate=1)), 1)
        self.assert_rpc_error(-6, "Fee estimation failed. Fallbackfee is disabled.", node.rpc.sendtoaddress, ADDRESS, CENT)
        self.restart(node, "-maxtxfee=0.00001")
        self.assert_rpc_error(-6, "Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)", self.send, node, fee_rate=50)
        self.send(node, fee_rate=2)

    def test_discard(self):
        """Change that is not worth its output is left to the fee."""
        node = self.funded()
        fee = 5 * 141
        for args, least in (([], 980), (["-discardfee=0.0002"], 1960), (["-discardfee=0"], 294),
                            (["-discardfee=0", "-dustrelayfee=0.00010001"], 981), (["-discardfee=0", "-dustrelayfee=0"], 1)):
            self.restart(node, "-walletbroadcast=0", *args)
            for sat, n_change in ((least - 1, 0), (least, 1)):
                txid = self.send(node, 50 - Decimal(sat + fee) / 100000000)
                self.assertEqual(len(self.change(node, txid)), n_change, (args, sat))
                node.rpc.abandontransaction(txid)

    def test_dust(self):
        """The node's -dustrelayfee is the wallet's, too."""
        node = self.funded("-dustrelayfee=0.00010001", "-walletbroadcast=0")
        self.assert_rpc_error(-6, "Transaction amount too small", self.send, node, Decimal("0.00000980"))
        node.rpc.abandontransaction(self.send(node, Decimal("0.00000981")))
        self.restart(node, "-dustrelayfee=0.00001", "-walletbroadcast=0")
        self.send(node, Decimal("0.00000098"))

    def test_partial_spends(self):
        """All coins of an address are spent together, where that is asked for or costs nothing more."""
        node = self.funded(coins=2)
        shared = node.rpc.getnewaddress()
        self.receive(node, [1] * 3, shared)
        for coin in node.rpc.listunspent():
            if coin["address"] != shared:
                node.rpc.lockunspent(False, [{"txid": coin["txid"], "vout": coin["vout"]}], True)
        inputs = lambda txid: len(self.raw(node, txid)["vin"])

        def try_once(*args):
            self.restart(node, *args, "-walletbroadcast=0")
            txid = self.send(node, Decimal("0.5"))
            n = inputs(txid)
            node.rpc.abandontransaction(txid)
            return n

        self.assertEqual(try_once("-consolidatefeerate=0"), 1)
        self.assertEqual(try_once("-consolidatefeerate=0", "-maxapsfee=-1"), 1)
        self.assertEqual(try_once("-consolidatefeerate=0", "-maxapsfee=0.00000600"), 1)
        self.assertEqual(try_once("-consolidatefeerate=0", "-maxapsfee=0.00001"), 3)
        self.assertEqual(try_once("-consolidatefeerate=0", "-avoidpartialspends"), 3)

    def test_consolidate(self):
        """Up to that fee rate more coins than needed may be spent, above it as few as possible."""
        node = self.funded(coins=1)
        self.receive(node, [Decimal("0.1")] * 8)

        def inputs(*args):
            self.restart(node, *args, "-maxapsfee=-1", "-walletbroadcast=0")
            counts = []
            for _ in range(12):
                txid = self.send(node, Decimal("0.35"), fee_rate=20)
                counts.append(len(self.raw(node, txid)["vin"]))
                node.rpc.abandontransaction(txid)
            return counts

        self.assertEqual(set(inputs("-consolidatefeerate=0.00001")), {1})
        self.assertGreater(max(inputs("-consolidatefeerate=0.01")), 3)

    # ---- sending ----

    def test_unconfirmed_change(self):
        node = self.funded("-spendzeroconfchange=0")
        self.send(node)
        self.assertEqual(node.rpc.getbalance(), 0)
        self.assertGreater(node.rpc.getbalances()["mine"]["untrusted_pending"], 49)
        self.assert_rpc_error(-6, "Insufficient funds", self.send, node)
        node.rpc.generatetoaddress(1, ADDRESS)
        self.send(node)
        self.restart(node)
        self.send(node)

    def test_replaceable(self):
        node = self.funded()
        sequence = lambda txid: self.raw(node, txid)["vin"][0]["sequence"]
        self.assertEqual(sequence(self.send(node)), 0xfffffffd)
        self.restart(node, "-walletrbf=0")
        self.assertEqual(sequence(self.send(node)), 0xfffffffe)
        self.assertEqual(sequence(node.rpc.sendmany("", {ADDRESS: CENT}, fee_rate=5)), 0xfffffffe)
        self.assertEqual(sequence(self.send(node, replaceable=True)), 0xfffffffd)

    def test_broadcast(self):
        node = self.funded("-walletbroadcast=0")
        txid = self.send(node)
        self.assertEqual(node.rpc.getrawmempool(), [])
        node.rpc.generatetoaddress(2, ADDRESS)
        self.restart(node, "-blocksonly")
        node.rpc.generatetoaddress(1, ADDRESS)
        self.assertEqual(node.rpc.getbalance(), 0)
        self.assertEqual(node.rpc.getrawmempool(), [])
        self.assertEqual(node.rpc.gettransaction(txid)["confirmations"], 0)
        self.restart(node)
        wait_until(lambda: node.rpc.getrawmempool() == [txid], "the payment in the mempool")

    def test_long_chains(self):
        """A payment that the mempool rejects for its unconfirmed ancestors was signed, so it is kept: nobody pays twice."""
        node = self.funded("-limitclustercount=3")
        sent = [self.send(node) for _ in range(4)]
        self.assertEqual(len(node.rpc.getrawmempool()), 3)
        self.restart(node, "-limitclustercount=3")
        self.assertLessEqual(set(sent), {row["txid"] for row in node.rpc.listtransactions("*", 1000)})

    # ---- notifications ----

    def test_notify(self):
        out = self.folder / "notified"
        name = "it's a \"w\" $HOME %s"
        node = self.wallet_node(f"-walletnotify=echo %s %b %h %w >> '{out}'")
        lines = lambda: out.read_text().splitlines() if out.exists() else []
        node.rpc.createwallet(name)
        wallet = node.rpc.wallet(urllib.parse.quote(name))
        block, = node.rpc.generatetoaddress(1, wallet.getnewaddress())
        coinbase = node.rpc.getblock(block)["tx"][0]
        wait_until(lambda: lines() == [f"{coinbase} {block} 1 {name}"], "the notification of a block")
        node.rpc.generatetoaddress(100, ADDRESS)
        txid = wallet.sendtoaddress(address=ADDRESS, amount=1, fee_rate=5)
        wait_until(lambda: len(lines()) == 2, "the notification of a payment")
        self.assertEqual(lines()[1], f"{txid} unconfirmed -1 {name}")
        block, = node.rpc.generatetoaddress(1, ADDRESS)
        wait_until(lambda: len(lines()) == 3, "the notification of its block")
        self.assertEqual(lines()[2], f"{txid} {block} 102 {name}")
        node.rpc.invalidateblock(block)
        wait_until(lambda: len(lines()) >= 4, "the notification of a reorganisation")
        self.assertEqual(set(lines()[3:]), {f"{txid} unconfirmed -1 {name}"})
        node.rpc.unloadwallet(name)
        n = len(lines())
        block, = node.rpc.generatetoaddress(1, TRUE_ADDRESS)
        self.assertIn(txid, node.rpc.getblock(block)["tx"])
        time.sleep(0.5)
        self.assertEqual(len(lines()), n)

    # ---- files ----

    def test_cross_chain(self):
        """A wallet that has followed another chain is refused."""
        node = self.wallet_node()
        node.rpc.createwallet("w")
        node.rpc.unloadwallet("w")
        path = node.network_folder / "wallets" / "w" / "wallet.dat"
        database = sqlite3.connect(path)
        for key, value in database.execute("SELECT key, value FROM main").fetchall():
            if key == b"\x12bestblock_nomerkle":
                database.execute("UPDATE main SET value = ? WHERE key = ?", (value[:-32] + b"\x07" * 32, key))
        database.commit()
        database.close()
        self.assert_rpc_error(-4, "Wallet loading failed. Wallet files should not be reused across chains. Restart bitcoind with "
                              "-walletcrosschain to override.", node.rpc.loadwallet, "w")
        self.restart(node, "-walletcrosschain")
        node.rpc.loadwallet("w")

    def test_keypool(self):
        node = self.wallet_node("-keypool=7")
        node.rpc.createwallet("w")
        self.assertEqual(node.rpc.getwalletinfo()["keypoolsize"], 4 * 7)
        address = node.rpc.getnewaddress()
        self.assertEqual(node.rpc.getwalletinfo()["keypoolsize"], 4 * 7 - 1)
        node.rpc.generatetoaddress(1, address)  # an address that is used is replaced
        wait_until(lambda: node.rpc.getwalletinfo()["keypoolsize"] == 4 * 7, "the pool")
        self.restart(node, "-keypool=0", "-wallet=w")
        node.rpc.createwallet("x")
        self.assertEqual(node.rpc.wallet("x").getwalletinfo()["keypoolsize"], 4)

    def test_unsafe_sync(self):
        """It cannot be seen from outside, except that it is said."""
        node = self.wallet_node("-unsafesqlitesync")
        node.rpc.createwallet("w")
        log = node.wallet_log().read_text()
        self.assertIn("SQLite is configured to not wait for data to be flushed to disk", log)

    def test_files(self):
        """The options reach the wallet from the configuration file too."""
        node = self.wallet_node(start=False)
        node.keypool = []
        (node.folder / "moneyrocket.conf").write_text(f"addresstype=legacy\n[regtest]\nwalletdir={self.folder}\nkeypool=3\n")
        self.start(node)
        node.rpc.createwallet("w")
        self.assertTrue((self.folder / "w" / "wallet.dat").is_file())
        self.assertTrue(node.rpc.getnewaddress()[0] in "mn")
        self.assertEqual(node.rpc.getwalletinfo()["keypoolsize"], 4 * 3 - 1)
        # Wallets outside of sections are added to those of the network.
        node.rpc.createwallet("v")
        (node.folder / "moneyrocket.conf").write_text(f"wallet=v\n[regtest]\nwalletdir={self.folder}\nwallet=w\n")
        self.restart(node)
        self.assertEqual(node.rpc.listwallets(), ["w", "v"])


if __name__ == "__main__":
    framework.main()
