"""The wallet as a worker, between an application and a node that are both played by the test."""
import base64
import hmac
import json
import os
import pathlib
import shutil
import signal
import socket
import tempfile
import time
import unittest

import chain_node
import peer
from chain_node import COIN, GENESIS, ChainNode
from peer import Failed, Gio, GLib

ERROR = "org.moneyrocket.Error."
AWAY = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
MANAGER = "/org/moneyrocket/WalletManager"
WALLETS = "/org/moneyrocket/wallets"
WALLET1 = "org.moneyrocket.Wallet1"


def balance_of(bus, path):
    record = bus.get(path, "Wallet1", "Balance")
    return record["spendable"], record["pending"], record["immature"]


def label(text):
    """The options of a method that takes a label."""
    return {"label": GLib.Variant("s", text)}


def recipients(*rows):
    """The recipients of Spend1.CreateDraft: address and amount of each."""
    return [{"address": GLib.Variant("s", address), "amount": GLib.Variant("x", amount)} for address, amount in rows]


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="moneyrocket-bus-")
        self.addCleanup(shutil.rmtree, self.folder, True)

    def start(self, *args, **options):
        worker = peer.Worker("moneyrocket-wallet", self.folder, *args, **options)
        self.addCleanup(worker.stop)
        return worker

    def ready(self):
        worker = self.start()
        peer.wait_until(lambda: worker.bus.get(MANAGER, "WalletManager1", "Ready"))
        return worker

    def assert_fails(self, name, call, *args, **options):
        with self.assertRaises(Failed) as caught:
            call(*args, **options)
        self.assertEqual(caught.exception.name, ERROR + name, caught.exception)

    def loaded(self, worker):
        """Path and name of each loaded wallet."""
        objects = worker.bus.call(WALLETS, "org.freedesktop.DBus.ObjectManager.GetManagedObjects")[0]
        return {path: interfaces[WALLET1]["Name"] for path, interfaces in objects.items()}

    def create(self, worker, name):
        return worker.bus.call(MANAGER, "WalletManager1.Create", "(sa{sv})", name, {})[0]


class WalletTest(Case):
    def test_hello(self):
        worker = self.start()
        self.assertEqual(worker.hello[2:], ("wallet", "regtest", {}))
        self.assertIn("no-core-dumps", worker.bus.get("/org/moneyrocket/Init", "Init1", "Confinement"))

    def test_other_call_first(self):
        worker = self.start(hello=False)
        self.assert_fails("NotReady", worker.bus.get, MANAGER, "WalletManager1", "Ready")
        self.assertEqual(worker.process.wait(60), 0)

    def test_create_and_receive(self):
        worker = self.ready()
        call = worker.bus.call
        path = self.create(worker, "Ä wallet")
        self.assertEqual(self.loaded(worker), {path: "Ä wallet"})
        self.assertEqual(worker.bus.get(path, "Wallet1", "Name"), "Ä wallet")
        self.assertEqual(worker.bus.get(path, "Wallet1", "AddressType"), "bech32")
        self.assertEqual(balance_of(worker.bus, path), (0, 0, 0))
        one = call(path, "Wallet1.NewAddress", "(sa{sv})", "bech32", label("rent"))[0]
        two = call(path, "Wallet1.NewAddress", "(sa{sv})", "bech32m", {})[0]
        self.assertTrue(one.startswith("bcrt1q") and two.startswith("bcrt1p"))
        rows, after = call(path, "Wallet1.ListAddresses", "(ua{sv})", 1, {})
        self.assertEqual(rows[0]["address"], two)
        self.assertNotIn("label", rows[0])
        rows, after = call(path, "Wallet1.ListAddresses", "(ua{sv})", 500, {"cursor": GLib.Variant("s", after["next"])})
        self.assertEqual((rows[0]["address"], rows[0]["label"], rows[0]["type"]), (one, "rent", "bech32"))
        labels = lambda: [row.get("label") for row in call(path, "Wallet1.ListAddresses", "(ua{sv})", 500, {})[0]]
        call(path, "Wallet1.SetLabel", "(sa{sv})", two, label("é" * 512))
        call(path, "Wallet1.SetLabel", "(sa{sv})", one, {})
        self.assertEqual(labels(), ["é" * 512, None])
        self.assertEqual(after, {})
        self.assertEqual(call(path, "Wallet1.ListHistory", "(ua{sv})", 500, {}), ([], {"total": 0}))
        self.assertEqual(call(path, "Wallet1.ListBalances", "(ua{sv})", 500, {}), ([],))
        peer.wait_until(lambda: any(name.endswith("InterfacesAdded") and args[1][WALLET1]["Name"] == "Ä wallet"
                                    for _, name, args in worker.bus.signals))
        changes = lambda: [args[0] for _, name, args in worker.bus.signals if name.endswith("Wallet1.Changed")]
        peer.wait_until(lambda: changes()[-1:] == [worker.bus.get(path, "Wallet1", "Sequence")])

    def test_acknowledged_is_kept(self):
        worker = self.ready()
        path = self.create(worker, "kept")
        address = worker.bus.call(path, "Wallet1.NewAddress", "(sa{sv})", "bech32", label("x"))[0]
        worker.process.kill()
        worker.process.wait()
        worker = self.ready()
        rows = worker.bus.call(path, "Wallet1.ListAddresses", "(ua{sv})", 500, {})[0]
        self.assertEqual([row["address"] for row in rows], [address])

    def test_bad_arguments(self):
        worker = self.ready()
        call = worker.bus.call
        path = self.create(worker, "one")
        one = call(path, "Wallet1.NewAddress", "(sa{sv})", "bech32", {})[0]
        for name in ("", ".", "..", "a/b", "../../etc"):
            self.assert_fails("InvalidName", self.create, worker, name)
        self.assert_fails("WalletExists", self.create, worker, "one")
        self.assert_fails("WalletNotFound", call, MANAGER, "WalletManager1.Load", "(sa{sv})", "two", {})
        self.assert_fails("WalletLoaded", call, MANAGER, "WalletManager1.Load", "(sa{sv})", "one", {})
        self.assert_fails("InvalidArgument", call, path, "Wallet1.NewAddress", "(sa{sv})", "base64", {})
        self.assert_fails("InvalidArgument", call, path, "Wallet1.ListAddresses", "(ua{sv})", 0, {})
        self.assert_fails("InvalidArgument", call, path, "Wallet1.ListHistory", "(ua{sv})", 501, {})
        both = {"cursor": GLib.Variant("s", "7"), "offset": GLib.Variant("u", 7)}
        self.assert_fails("InvalidArgument", call, path, "Wallet1.ListHistory", "(ua{sv})", 10, both)
        self.assert_fails("InvalidArgument", call, path, "Wallet1.SetPaymentLabel", "(aya{sv})", bytes(31), label("rent"))
        self.assert_fails("NotFound", call, path, "Wallet1.SetPaymentLabel", "(aya{sv})", bytes(32), label("rent"))
        for limit, options in ((1, {}), (501, {}), (10, {"from": GLib.Variant("x", -1)}), (10, {"from": GLib.Variant("t", 1)})):
            self.assert_fails("InvalidArgument", call, path, "Wallet1.ListBalances", "(ua{sv})", limit, options)
        for text in ("", "x" * 1025):
            self.assert_fails("InvalidArgument", call, path, "Wallet1.NewAddress", "(sa{sv})", "bech32", label(text))
            self.assert_fails("InvalidArgument", call, path, "Wallet1.SetLabel", "(sa{sv})", one, label(text))
            self.assert_fails("InvalidArgument", call, path, "Spend1.CreateDraft", "(aa{sv}ta{sv})", recipients((one, 1000)),
                              1000, label(text))
        for method in ("ListAddresses", "ListHistory"):
            for cursor in (GLib.Variant("s", ""), GLib.Variant("u", 0)):
                self.assert_fails("InvalidArgument", call, path, f"Wallet1.{method}", "(ua{sv})", 10, {"cursor": cursor})
        for options in ({"send_all": GLib.Variant("u", 1)}, {"subtract_fee": GLib.Variant("s", "yes")},
                        {"spend_used": GLib.Variant("y", 1)}):
            self.assert_fails("InvalidArgument", call, path, "Spend1.CreateDraft", "(aa{sv}ta{sv})", recipients((one, 1000)),
                              1000, options)
        self.assert_fails("InvalidArgument", call, path, "Wallet1.GetTransaction", "(aya{sv})", b"\1" * 31, {})
        self.assert_fails("NotFound", call, path, "Wallet1.GetTransaction", "(aya{sv})", b"\1" * 32, {})
        self.assert_fails("InvalidArgument", call, path, "Spend1.CreateDraft", "(aa{sv}ta{sv})", [], 1000, {})
        self.assert_fails("InvalidAddress", call, path, "Spend1.CreateDraft", "(aa{sv}ta{sv})", recipients(("x", 1000)), 1000, {})
        self.assert_fails("InvalidArgument", call, path, "Spend1.CreateDraft", "(aa{sv}ta{sv})", recipients((one, 1000)), 0, {})
        self.assert_fails("InvalidArgument", call, path, "Spend1.CreateDraft", "(aa{sv}ta{sv})",
                          recipients((one, 1000), (one.upper(), 2000)), 1000, {})
        self.assert_fails("NotFound", call, path, "Spend1.Send", "(ta{sv})", 7, {})
        self.assert_fails("NotFound", call, path, "Spend1.GetPayment", "(ta{sv})", 7, {})
        self.assert_fails("NotFound", call, path, "Spend1.Abandon", "(aya{sv})", b"\1" * 32, {})
        self.assert_fails("InvalidArgument", call, path, "Spend1.Abandon", "(aya{sv})", b"\1" * 31, {})
        self.assert_fails("NodeUnavailable", call, path, "Spend1.FeeChoices", "(a{sv})", {})
        self.assertFalse(worker.bus.closed())

    def test_unload(self):
        worker = self.ready()
        path = self.create(worker, "one")
        worker.bus.call(MANAGER, "WalletManager1.Unload", "(sa{sv})", "one", {})
        self.assertEqual(self.loaded(worker), {})
        self.assertIn((WALLETS, "org.freedesktop.DBus.ObjectManager.InterfacesRemoved"),
                      [(where, name) for where, name, args in worker.bus.signals if args[0] == path])
        with self.assertRaises(Failed):
            worker.bus.get(path, "Wallet1", "Name")
        self.assertEqual(worker.bus.call(MANAGER, "WalletManager1.List", "(a{sv})", {})[0], [{"name": "one"}])
        worker.bus.call(MANAGER, "WalletManager1.Load", "(sa{sv})", "one", {})
        self.assertEqual(worker.bus.get(path, "Wallet1", "Name"), "one")


class NodeTest(Case):
    """A node that sends invalid answers."""

    def attach(self, worker, tip):
        node = worker.attach("node")
        node.serve_hello("node")
        info = Gio.DBusNodeInfo.new_for_xml(
            "<node><interface name='org.moneyrocket.Chain1'><method name='GetTip'><arg type='a{sv}' direction='in'/>"
            "<arg type='t' direction='out'/><arg type='u' direction='out'/><arg type='ay' direction='out'/>"
            "<arg type='t' direction='out'/></method></interface></node>")

        def answer(bus, sender, path, iface, method, args, invocation):
            invocation.return_value(GLib.Variant("(tuayt)", tip))

        node.bus.register_object("/org/moneyrocket/Chain", info.interfaces[0], answer, None, None)
        node.start()
        node.hello()
        return node

    def test_nonsense(self):
        worker = self.ready()
        path = self.create(worker, "one")
        node = self.attach(worker, (1, 5, b"short", 1))
        # It does not implement any other method of Chain1 either; the wallet keeps working.
        node.bus.emit_signal(None, "/org/moneyrocket/Chain", "org.moneyrocket.Chain1", "TipChanged",
                             GLib.Variant("(tuayt)", (2, 1000000, b"\7" * 32, 1)))
        self.assertEqual(self.execute(node, "listwallets"), (0, '["one"]'))
        self.assertTrue(worker.bus.call(path, "Wallet1.NewAddress", "(sa{sv})", "bech32", {})[0])
        # Arguments with types other than the interface's close the connection, and have no other effect.
        node.bus.emit_signal(None, "/org/moneyrocket/Chain", "org.moneyrocket.Chain1", "TipChanged",
                             GLib.Variant("(s)", ("nonsense",)))
        peer.wait_until(node.closed)
        self.assertTrue(worker.bus.call(path, "Wallet1.NewAddress", "(sa{sv})", "bech32", {})[0])

    def test_node_permissions(self):
        node = self.attach(self.ready(), (1, 0, GENESIS, 1))
        with self.assertRaises(Failed):
            node.get(MANAGER, "WalletManager1", "Ready")
        self.assert_fails("NotSupported", node.call, "/org/moneyrocket/Init", "Init1.Shutdown", "(a{sv})", {})

    def execute(self, node, method, params="[]", **options):
        """The code of an error, else 0, and the text."""
        text, details = node.call("/org/moneyrocket/Rpc", "Rpc1.Execute", "(ssa{sv})", method, params,
                                  {name: GLib.Variant("s", value) for name, value in options.items()})
        return details.get("code", 0), text

    def test_node_may_not_spend(self):
        """Under the application the node may only read: none of its calls changes a wallet, or writes a file."""
        worker = self.ready()
        path = self.create(worker, "one")
        node = self.attach(worker, (1, 0, GENESIS, 1))
        (pathlib.Path(self.folder) / "regtest" / ".cookie").write_text("__cookie__:secret")
        cookie = "Basic " + base64.b64encode(b"__cookie__:secret").decode()
        address = json.loads(self.execute(node, "getnewaddress")[1])
        victim = pathlib.Path(self.folder) / "precious"
        victim.write_text("mine")
        before = worker.bus.call(MANAGER, "WalletManager1.List", "(a{sv})", {})
        for method, params in {
                "sendtoaddress": [address, 1], "sendmany": ["", {address: 1}], "backupwallet": [str(victim)],
                "createwallet": ["two"], "loadwallet": ["one"], "unloadwallet": ["one"], "setlabel": [address, "x"],
                "lockunspent": [False], "abandontransaction": ["11" * 32], "keypoolrefill": [], "rescanblockchain": [],
                "abortrescan": [], "listdescriptors": [], "stop": [], "dumpprivkey": [address], "walletprocesspsbt": ["x"],
                "signrawtransactionwithwallet": ["00"], "bumpfee": ["11" * 32], "send": [{}]}.items():
            for options in ({}, {"authorization": cookie}):
                code, text = self.execute(node, method, json.dumps(params), **options)
                self.assertEqual((code, text), (-4, "The node may not call this method of the application's wallet."), method)
        self.assertEqual(victim.read_text(), "mine")
        self.assertEqual(worker.bus.call(MANAGER, "WalletManager1.List", "(a{sv})", {}), before)
        record = worker.bus.call(path, "Wallet1.ListAddresses", "(ua{sv})", 10, {})[0][0]
        self.assertEqual((record["address"], record.get("label")), (address, None))
        self.assertEqual(self.execute(node, "getbalance"), (0, "0.00000000"))
        # A D-Bus string cannot contain U+0000.
        labelled = json.loads(self.execute(node, "getnewaddress", r'["a\u0000b"]')[1])
        rows = worker.bus.call(path, "Wallet1.ListAddresses", "(ua{sv})", 10, {})[0]
        self.assertEqual({row["address"]: row.get("label") for row in rows}, {address: None, labelled: "a\u2400b"})

    def test_clients_of_a_node(self):
        """A wallet under a node executes what an RPC client requests, after checking the client's credentials itself."""
        hashed = hmac.new(b"salt", b"word", "sha256").hexdigest()
        worker = self.start("-rpcclients", f"-rpcauth=bob:salt${hashed}")
        basic = lambda text: "Basic " + base64.b64encode(text.encode()).decode()
        cookie = pathlib.Path(self.folder) / "regtest" / ".cookie"
        cookie.write_text("__cookie__:secret")
        node = self.attach(worker, (1, 0, GENESIS, 1))
        with self.assertRaises(Failed):
            worker.bus.get(MANAGER, "WalletManager1", "Ready")
        wrong = ({}, {"authorization": ""}, {"authorization": basic("__cookie__:other")}, {"authorization": basic("bob:")},
                 {"authorization": basic("bob:secret")}, {"authorization": "Bearer x"}, {"authorization": "Basic !"})
        for options in wrong:
            code, text = self.execute(node, "createwallet", '["one"]', **options)
            self.assertEqual((code, text), (-4, "This method needs the credentials of a client of the JSON-RPC server."), options)
        self.assertEqual(self.execute(node, "listwallets"), (0, "[]"))
        self.assertEqual(self.execute(node, "createwallet", '["one"]', authorization=basic("__cookie__:secret"))[0], 0)
        self.assertEqual(self.execute(node, "createwallet", '["two"]', authorization=basic("bob:word"))[0], 0)
        cookie.write_text("__cookie__:later")
        self.assertEqual(self.execute(node, "createwallet", '["x"]', authorization=basic("__cookie__:secret"))[0], -4)
        self.assertEqual(self.execute(node, "listwallets"), (0, '["one","two"]'))

    def attach_silent(self, worker, fork=(0, GENESIS)):
        """A node that replies to GetTip and FindFork, but to nothing else."""
        node = worker.attach("node")
        node.serve_hello("node")
        xml = pathlib.Path(__file__).resolve().parents[2] / "src" / "dbus" / "org.moneyrocket.Chain1.xml"
        unanswered = []

        def answer(bus, sender, path, iface, method, args, invocation):
            if method == "GetTip":
                invocation.return_value(GLib.Variant("(tuayt)", (1, 0, GENESIS, 1)))
            elif method == "FindFork":
                invocation.return_value(GLib.Variant("(uay)", fork))
            else:
                unanswered.append(invocation)

        info = Gio.DBusNodeInfo.new_for_xml(xml.read_text())
        node.bus.register_object("/org/moneyrocket/Chain", info.interfaces[0], answer, None, None)
        node.start()
        node.hello()
        return node

    def test_rescans_block_nothing(self):
        """Eight rescans that do not complete, since the node does not reply, do not block other calls, and can be aborted."""
        cookie = pathlib.Path(self.folder) / "regtest" / ".cookie"
        worker = self.start("-rpcclients")
        node = self.attach_silent(worker)
        cookie.write_text("__cookie__:secret")
        options = {"authorization": "Basic " + base64.b64encode(b"__cookie__:secret").decode()}
        names = [f"w{i}" for i in range(8)]
        for name in names:
            self.assertEqual(self.execute(node, "createwallet", json.dumps([name]), **options)[0], 0)

        def begin(name):
            return node.send("/org/moneyrocket/Rpc", "Rpc1.Execute", GLib.Variant("(ssa{sv})", ("rescanblockchain", "[]", {
                key: GLib.Variant("s", value) for key, value in (options | {"wallet": name}).items()})))

        rescans = {name: begin(name) for name in names}
        for name in names:
            peer.wait_until(lambda: json.loads(self.execute(node, "getwalletinfo", wallet=name)[1])["scanning"])
        for name in names:
            begun = time.monotonic()
            self.assertEqual(self.execute(node, "getbalance", wallet=name), (0, "0.00000000"))
            self.assertFalse(rescans[name])
            self.assertEqual(self.execute(node, "abortrescan", wallet=name, **options), (0, "true"))
            peer.wait_until(lambda: rescans[name])
            self.assertLess(time.monotonic() - begun, 8)
            self.assertEqual(rescans[name]["value"][0], ("Rescan aborted.", {"code": -1}))

    def test_problem(self):
        """The reason why a wallet does not follow the chain is one of its properties."""
        worker = self.ready()
        path = self.create(worker, "one")
        ChainNode(worker)
        peer.wait_until(lambda: bytes(worker.bus.get(path, "Wallet1", "Scanned").get("hash", b"")) == GENESIS)
        self.assertEqual(worker.bus.get(path, "Wallet1", "Problem"), {})
        self.attach_silent(worker, fork=(5, b"\7" * 32))
        peer.wait_until(lambda: worker.bus.get(path, "Wallet1", "Problem") == {"error": ERROR + "InvalidAnswer"})

    def test_another_node(self):
        worker = self.ready()
        first = self.attach(worker, (1, 0, GENESIS, 1))
        second = self.attach(worker, (1, 0, GENESIS, 1))
        peer.wait_until(first.closed)
        self.assertEqual(self.execute(second, "listwallets"), (0, "[]"))


    def test_node_lost(self):
        """The parent is notified, and can connect another one."""
        worker = self.ready()
        lost = worker.listen_for_lost_peers()
        first = self.attach(worker, (1, 0, GENESIS, 1))
        second = self.attach(worker, (1, 0, GENESIS, 1))
        peer.wait_until(first.closed)
        second.close()
        peer.wait_until(lambda: lost)
        self.assertEqual(lost, ["node"])
        self.attach(worker, (1, 0, GENESIS, 1))


class LyingNodeTest(Case):
    """A compromised node offers coins that do not exist."""

    def setUp(self):
        super().setUp()
        self.worker = self.ready()
        self.path = self.create(self.worker, "one")
        self.node = ChainNode(self.worker)
        peer.wait_until(lambda: self.node.calls.get("GetMempool"))
        address = self.worker.bus.call(self.path, "Wallet1.NewAddress", "(sa{sv})", "bech32", {})[0]
        self.script = chain_node.script_of(address)
        self.node.mine()

    def balance(self):
        return balance_of(self.worker.bus, self.path)

    def log(self):
        return (pathlib.Path(self.folder) / "regtest" / "wallet.log").read_text()

    def assert_refused(self, reason):
        """Nothing of it is accepted, and it is requested again with back-off only; then the honest block is accepted."""
        self.node.announce()
        peer.wait_until(lambda: self.node.calls.get("GetBlocks", 0) >= 2, 20)
        peer.wait_until(lambda: reason in self.log())
        self.assertLess(self.node.calls["GetBlocks"], 6)
        self.assertIn('The wallet "one" cannot follow the chain', self.log())
        self.assertEqual(self.balance(), (0, 0, 0))
        self.assertEqual(self.worker.bus.call(self.path, "Wallet1.ListHistory", "(ua{sv})", 10, {})[1]["total"], 0)
        del self.node.blocks[-1], self.node.hashes[-1]
        self.node.mine((COIN, self.script))
        self.node.announce()
        peer.wait_until(lambda: self.balance() == (0, 0, COIN))
        self.assertIn("follows the chain again", self.log())

    def test_no_work(self):
        self.node.mine((20 * COIN, self.script), work=False)
        self.assert_refused("high-hash")

    def test_too_easy(self):
        self.node.mine((20 * COIN, self.script), bits=0x2100ffff)
        self.assert_refused("high-hash")

    def test_other_transactions(self):
        self.node.mine((20 * COIN, self.script), root=b"\7" * 32)
        self.assert_refused("bad-txnmrklroot")

    def test_amounts(self):
        for amount in (2**63 - 1, -1, 21000000 * COIN + 1):
            self.node.mine((amount, self.script))
        self.node.announce()
        peer.wait_until(lambda: "bad-txns-vout" in self.log())
        self.assertEqual(self.balance(), (0, 0, 0))

    def listed(self):
        """The ancestors of the only coin in listunspent."""
        args = ("(ssa{sv})", "listunspent", "[0]", {})
        text, _ = self.node.peer.call("/org/moneyrocket/Rpc", "Rpc1.Execute", *args)
        coin, = json.loads(text)
        return tuple(coin.get(name) for name in ("ancestorcount", "ancestorsize", "ancestorfees"))

    def test_ancestors(self):
        raw = chain_node.transaction(b"\7" * 36, b"", [(COIN, self.script)])
        txid, unanswered = chain_node.sha256d(raw), []
        self.node.announce()
        peer.wait_until(lambda: self.node.waiting)
        self.node.receive(raw)
        self.assertEqual(self.listed(), (1, len(raw), 1000))
        answer = lambda *rows: lambda call, *args: ChainNode.reply(call, "(a(ayutx))", rows)
        self.node.answers["GetAncestors"] = answer((txid, 2, 300, -500))
        self.assertEqual(self.listed(), (2, 300, -500))
        for row in ((txid, 0, 300, 500), (txid, 2001, 300000, 500), (txid, 2, 2**64 - 1, 500), (txid, 2, 0, 500),
                    (txid, 1, 300, 2**63 - 1), (txid, 1, 300, -2**63), (b"\1" * 32, 1, 300, 500), (txid[1:], 1, 300, 500)):
            self.node.answers["GetAncestors"] = answer(row)
            self.assertEqual(self.listed(), (None, None, None), row)
        self.node.answers["GetAncestors"] = answer((txid, 1, 300, 500), (txid, 1, 300, 500))
        self.assertEqual(self.listed(), (None, None, None))
        # Without a reply the wallet stops waiting, and cancels the call.
        self.node.answers["GetAncestors"] = lambda call, *args: unanswered.append(call)
        self.assertEqual(self.listed(), (None, None, None))
        peer.wait_until(lambda: self.node.peer.cancelled == [unanswered[0].get_message().get_serial()])

    def test_height(self):
        raw = chain_node.coinbase(9, [(20 * COIN, self.script)])
        self.node.add(chain_node.block(self.node.hashes[-1], [raw]))
        self.assert_refused("bad-cb-height")

    def test_other_height(self):
        """A block cannot move to another height."""
        self.node.mine((COIN, self.script))
        self.node.announce()
        peer.wait_until(lambda: self.balance() == (0, 0, COIN))
        hashes = self.node.hashes
        self.node.peer.close()
        self.node = ChainNode(self.worker, FindFork=lambda call, *args: ChainNode.reply(call, "(uay)", 7, hashes[-1]))
        peer.wait_until(lambda: "a fork that was not requested" in self.log())
        peer.wait_until(lambda: self.worker.bus.get(self.path, "Wallet1", "Scanned").get("height") == 2)
        del self.node.answers["FindFork"]
        self.node.announce()
        peer.wait_until(lambda: self.balance() == (0, 0, 0))


class TogetherTest(Case):
    """Both real workers, connected like in the application."""

    def connect(self, node, wallet):
        ends = socket.socketpair()
        for worker, role, end in ((node, "wallet", ends[0]), (wallet, "node", ends[1])):
            fds = Gio.UnixFDList.new()
            fds.append(end.fileno())
            end.close()
            worker.bus.call("/org/moneyrocket/Init", "Init1.AttachPeer", "(sha{sv})", role, 0, {}, fds=fds)

    def start_node(self, *words):
        node = peer.Worker("moneyrocket-node", self.folder, *words)
        self.addCleanup(node.stop)
        peer.wait_until(lambda: node.bus.get("/org/moneyrocket/Node", "Node1", "State") in ("ready", "syncing"))
        return node

    def generate(self, node, n, address):
        path = node.bus.call("/org/moneyrocket/Node", "Node1.Generate", "(usa{sv})", n, address, {})[0]
        peer.wait_until(lambda: node.bus.get(path, "Operation1", "Done"))
        self.assertIn("result", node.bus.get(path, "Operation1", "Outcome"))

    def test_pay(self):
        node, wallet = self.start_node(), self.ready()
        self.connect(node, wallet)
        path = self.create(wallet, "one")
        new = lambda: wallet.bus.call(path, "Wallet1.NewAddress", "(sa{sv})", "bech32", {})[0]
        self.generate(node, 101, new())
        peer.wait_until(lambda: balance_of(wallet.bus, path)[0] == 50 * 10**8)
        draft, fee, summary = wallet.bus.call(path, "Spend1.CreateDraft", "(aa{sv}ta{sv})", recipients((new(), 10**8)), 2000, {})
        self.assertEqual(sum(row["amount"] for row in summary["inputs"]), sum(row["amount"] for row in summary["outputs"]) + fee)
        # The node exits: the payment is created and pending. The node is restarted, and receives the same payment once.
        node.stop()
        peer.wait_until(lambda: node.bus.closed())
        self.assert_fails("NotFound", wallet.bus.call, path, "Spend1.GetPayment", "(ta{sv})", draft, {})
        txid, state, details = wallet.bus.call(path, "Spend1.Send", "(ta{sv})", draft, {})
        self.assertEqual((len(txid), state, details), (32, "pending", {}))
        self.assertEqual(wallet.bus.call(path, "Spend1.GetPayment", "(ta{sv})", draft, {}), (txid, "pending", {}))
        node = self.start_node()
        self.connect(node, wallet)
        peer.wait_until(lambda: wallet.bus.call(path, "Spend1.GetPayment", "(ta{sv})", draft, {})[1] == "accepted")
        self.assertEqual(wallet.bus.call(path, "Spend1.Send", "(ta{sv})", draft, {}), (txid, "accepted", {}))
        self.assert_fails("Rejected", wallet.bus.call, path, "Spend1.Abandon", "(aya{sv})", bytes(txid), {})
        self.assert_fails("NotFound", wallet.bus.call, path, "Spend1.Discard", "(ta{sv})", draft, {})
        self.generate(node, 1, new())
        peer.wait_until(lambda: wallet.bus.call(path, "Wallet1.ListHistory", "(ua{sv})", 10, {})[0][0].get("confirmations"))
        row, details = wallet.bus.call(path, "Wallet1.GetTransaction", "(aya{sv})", bytes(txid), {})
        self.assertEqual((row["height"], row["fee"]), (102, fee))
        self.assertEqual([coin["ours"] for coin in details["inputs"]], [True] * len(details["inputs"]))
        self.assertNotIn("outcome", details)
        points = wallet.bus.call(path, "Wallet1.ListBalances", "(ua{sv})", 500, {})[0]
        self.assertEqual(points, sorted(points, key=lambda point: point[0]))
        self.assertEqual(points[0][1], 0)
        peer.wait_until(lambda: points[-1][1] == sum(balance_of(wallet.bus, path)))
        last = wallet.bus.call(path, "Wallet1.ListBalances", "(ua{sv})", 500, {"from": GLib.Variant("x", points[-1][0])})[0]
        self.assertEqual(last, [points[-1]])

    def test_refused(self):
        """A payment that the node rejects is reported as rejected everywhere, until it is abandoned and its coins are
        available again."""
        node, wallet = self.start_node("-minrelaytxfee=0.0001"), self.ready()
        self.connect(node, wallet)
        path = self.create(wallet, "one")
        address = wallet.bus.call(path, "Wallet1.NewAddress", "(sa{sv})", "bech32", {})[0]
        self.generate(node, 101, address)
        peer.wait_until(lambda: balance_of(wallet.bus, path)[0] == 50 * COIN)
        draft = wallet.bus.call(path, "Spend1.CreateDraft", "(aa{sv}ta{sv})", recipients((AWAY, COIN)), 2000, {})[0]
        txid, state, said = wallet.bus.call(path, "Spend1.Send", "(ta{sv})", draft, {})
        self.assertEqual(state, "refused")
        self.assertIn("min relay fee not met", said["reason"])
        details = lambda: wallet.bus.call(path, "Wallet1.GetTransaction", "(aya{sv})", bytes(txid), {})[1]
        self.assertEqual((details()["outcome"], details()["reason"]), ("refused", said["reason"]))
        listed = lambda: wallet.bus.call(path, "Wallet1.ListHistory", "(ua{sv})", 1, {})[0][0]
        self.assertEqual((listed()["txid"], listed().get("abandoned"), listed().get("conflicted")), (txid, None, None))
        peer.wait_until(lambda: balance_of(wallet.bus, path)[0] == 0)
        wallet.bus.call(path, "Spend1.Abandon", "(aya{sv})", bytes(txid), {})
        self.assertEqual((listed()["txid"], listed().get("abandoned"), listed().get("conflicted")), (txid, True, None))
        self.assertEqual((details()["outcome"], details().get("reason")), ("abandoned", None))
        peer.wait_until(lambda: balance_of(wallet.bus, path)[0] == 50 * COIN)
        mined = wallet.bus.call(path, "Wallet1.ListHistory", "(ua{sv})", 2, {})[0][1]["txid"]
        self.assertNotIn("outcome", wallet.bus.call(path, "Wallet1.GetTransaction", "(aya{sv})", bytes(mined), {})[1])

    def test_node_stopped(self):
        """A node that does not reply does not block the wallets: every call completes within its own time-out."""
        node, wallet = self.start_node(), self.ready()
        self.connect(node, wallet)
        started = time.monotonic()
        path = self.create(wallet, "one")
        making = time.monotonic() - started  # keys for thousands of addresses: the time depends on the machine
        new = lambda: wallet.bus.call(path, "Wallet1.NewAddress", "(sa{sv})", "bech32", {})[0]
        self.generate(node, 101, new())
        peer.wait_until(lambda: balance_of(wallet.bus, path)[0] == 50 * 10**8)
        txid = wallet.bus.call(path, "Wallet1.ListHistory", "(ua{sv})", 1, {})[0][0]["txid"]
        address = new()
        os.kill(node.process.pid, signal.SIGSTOP)
        try:
            # This one calls the node, and so does the follower; none of these calls blocks the others.
            asking = wallet.bus.send(path, "Spend1.FeeChoices", GLib.Variant("(a{sv})", ({},)))
            self.check_calls(wallet, path, address, bytes(txid), making)
            started = time.monotonic()
            peer.wait_until(lambda: asking, 15)
            self.assertLess(time.monotonic() - started, 10)
        finally:
            os.kill(node.process.pid, signal.SIGCONT)
        self.generate(node, 1, new())
        peer.wait_until(lambda: wallet.bus.get(path, "Wallet1", "Scanned").get("height") == 102)

    def check_calls(self, wallet, path, address, txid, making):
        def timed(limit, *args):
            started = time.monotonic()
            result = wallet.bus.call(*args)
            self.assertLess(time.monotonic() - started, limit, args[1])
            return result

        draft = timed(2, path, "Spend1.CreateDraft", "(aa{sv}ta{sv})", recipients((address, 10**8)), 2000, {})[0]
        timed(2, path, "Spend1.Discard", "(ta{sv})", draft, {})
        draft = timed(2, path, "Spend1.CreateDraft", "(aa{sv}ta{sv})", recipients((address, 10**8)), 2000, {})[0]
        sending = wallet.bus.send(path, "Spend1.Send", GLib.Variant("(ta{sv})", (draft, {})))
        for _ in range(3):
            timed(2, path, "Spend1.GetPayment", "(ta{sv})", draft, {})
            timed(2, path, "Wallet1.NewAddress", "(sa{sv})", "bech32m", {})
            timed(2, path, "Wallet1.ListAddresses", "(ua{sv})", 100, {})
            timed(2, path, "Wallet1.SetLabel", "(sa{sv})", address, label("rent"))
            timed(2, path, "Wallet1.ListHistory", "(ua{sv})", 100, {})
            timed(2, path, "Wallet1.GetTransaction", "(aya{sv})", txid, {})
            timed(2, path, "Wallet1.ListBalances", "(ua{sv})", 500, {})
            timed(2, MANAGER, "WalletManager1.List", "(a{sv})", {})
        other = timed(2 + making, MANAGER, "WalletManager1.Create", "(sa{sv})", "two", {})[0]
        self.assertEqual(balance_of(wallet.bus, other), (0, 0, 0))
        timed(2, MANAGER, "WalletManager1.Unload", "(sa{sv})", "two", {})
        timed(2 + making, MANAGER, "WalletManager1.Load", "(sa{sv})", "two", {})
        peer.wait_until(lambda: sending, 15)
        self.assertEqual(sending["value"][0][1], "pending")
        timed(2, path, "Spend1.Abandon", "(aya{sv})", bytes(sending["value"][0][0]), {})
        self.assertEqual(wallet.bus.call(path, "Spend1.GetPayment", "(ta{sv})", draft, {})[1], "abandoned")

    def test_killed_while_sending(self):
        """The node hangs, and the wallet is killed before it has replied to Send: there is one payment, with the ID of its
        draft."""
        node, wallet = self.start_node(), self.ready()
        self.connect(node, wallet)
        path = self.create(wallet, "one")
        address = wallet.bus.call(path, "Wallet1.NewAddress", "(sa{sv})", "bech32", {})[0]
        self.generate(node, 101, address)
        peer.wait_until(lambda: balance_of(wallet.bus, path)[0] == 50 * COIN)
        draft = wallet.bus.call(path, "Spend1.CreateDraft", "(aa{sv}ta{sv})", recipients((address, COIN)), 2000, {})[0]
        os.kill(node.process.pid, signal.SIGSTOP)
        try:
            wallet.bus.send(path, "Spend1.Send", GLib.Variant("(ta{sv})", (draft, {})))
            total = lambda: wallet.bus.call(path, "Wallet1.ListHistory", "(ua{sv})", 1, {})[1]["total"]
            peer.wait_until(lambda: total() == 102)
            wallet.process.kill()
            wallet.process.wait()
        finally:
            os.kill(node.process.pid, signal.SIGCONT)
        wallet = self.ready()
        txid = wallet.bus.call(path, "Spend1.GetPayment", "(ta{sv})", draft, {})[0]
        self.connect(node, wallet)
        peer.wait_until(lambda: wallet.bus.call(path, "Spend1.GetPayment", "(ta{sv})", draft, {})[1] == "accepted")
        self.assertEqual(wallet.bus.call(path, "Spend1.Send", "(ta{sv})", draft, {}), (txid, "accepted", {}))
        self.assertEqual(total(), 102)


if __name__ == "__main__":
    peer.need("moneyrocket-wallet", "moneyrocket-node")
    unittest.main(verbosity=2)
