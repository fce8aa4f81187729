#!/usr/bin/python3
"""The application at programs that run by themselves (-ipcconnect): it attaches to them, survives that they go away, and
leaves them running."""
import pathlib
import signal
import subprocess
import sys
import time
import unittest
import urllib.parse

import driver

driver.inside()
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "functional"))
import framework  # noqa: E402

ADDRESS = framework.ADDRESS


class AttachTest(framework.NodeTest):
    """One node that was started by hand, and windows with their own data directories."""

    def setUp(self):
        super().setUp()
        self.windows, self.wallets = [], []
        self.addCleanup(self.end_windows)
        self.addCleanup(self.end_wallets)

    def end_wallets(self):
        for wallet in self.wallets:
            if wallet.poll() is None:
                wallet.kill()
                wallet.wait()

    def end_windows(self):
        for app in self.windows:
            if app.process is not None and app.process.poll() is None:
                self.assertEqual(app.stop(), 0)
            self.assertEqual(app.complaints(), [])

    def make_window(self, name, *words):
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        app = driver.Application(folder, "-regtest", *words)
        self.windows.append(app)
        return app

    def start_wallet(self, name, *words):
        """A wallet program that was started by hand, with its own data directory."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        with open(folder / "errors", "ab") as errors:
            wallet = subprocess.Popen([str(framework.program("moneyrocket-wallet")), f"-datadir={folder}", "-regtest",
                                       "-fallbackfee=0.0002", *words], stdin=subprocess.DEVNULL, stdout=errors, stderr=errors)
        self.wallets.append(wallet)
        return wallet

    @staticmethod
    def address_of(node):
        return f"unix:{node.network_folder / 'node-bus.sock'}"

    def make_wallet(self, app, name=None):
        app.click("Get started")
        if name is not None:
            app.type("Name of the wallet", name)
        app.click("Create wallet")
        app.click("Open wallet")
        app.expect("No payments yet")

    def pay(self, app, amount):
        app.page("send")
        app.type("Address or payment link", ADDRESS)
        app.type("Amount", amount)
        driver.wait_for(lambda: f"the review; visible texts: {app.texts_briefly()}", lambda: self.review(app))
        app.click("Send")
        app.expect("The payment is on its way")
        app.click("New payment")

    @staticmethod
    def review(app):
        """Presses Review unless it is shown already: a wallet that has just been started refuses for a moment."""
        if app.shows("Where the coins go"):
            return True
        button = app.find("Review", app.BUTTONS)
        if button is not None and button.has_state(driver.Atspi.StateType.SENSITIVE):
            button.press()
            time.sleep(0.3)  # GTK presses it a quarter of a second later
        return False


class NodeTest(AttachTest):
    def test_pay(self):
        """A window with its own wallet pays over a node that runs already; the node outlives it. While the node is away the
        figures stay, and the window goes on when it is back."""
        node = self.start_node("-ipcbind=unix")
        app = self.make_window("own", f"-ipcconnect={self.address_of(node)}").start()
        self.make_wallet(app)
        app.expect("Node on this computer")
        app.page("playground")
        app.click("Mine 101")
        app.expect("101 blocks were mined")
        self.assertEqual(node.rpc.getblockcount(), 101)
        self.pay(app, "1.5")
        self.assertEqual(len(node.rpc.getrawmempool()), 1)
        name, = node.rpc.listwallets()
        self.assertEqual(node.rpc.wallet(urllib.parse.quote(name)).getwalletinfo()["walletname"], name)
        node.kill()
        app.expect("The connection to the node on this computer was lost. It is tried again.")
        app.expect("Not connected")
        app.page("overview")
        app.expect("Balance")
        node.start()
        app.expect("The connection to the node on this computer is back.")
        app.expect("Up to date · block 101")
        node.rpc.generatetoaddress(1, ADDRESS)
        app.expect("Up to date · block 102")
        framework.wait_until(lambda: self.loaded(node) == [name], "the wallet")
        self.assertEqual(app.stop(), 0)
        framework.wait_until(lambda: self.loaded(node) == [], "the wallet leaves the node")
        self.assertEqual(node.rpc.getblockcount(), 102)
        self.assertEqual(node.stop(), 0)

    @staticmethod
    def loaded(node):
        try:
            return node.rpc.listwallets()
        except framework.RpcError as error:
            if error.code == -32601:
                return []
            raise

    def test_same_folder(self):
        """The node's own folder, whose lock the node holds; and the node is not there yet."""
        node = self.make_node("-ipcbind=unix")
        app = self.make_window(node.folder.name, "-ipcconnect=unix").start()
        app.expect("The node cannot be reached")
        app.expect("The node on this computer cannot be reached. Check that it is running; it is tried again.")
        node.start()
        self.make_wallet(app)
        app.expect("Up to date · block 0")
        self.assertEqual(app.stop(), 0)
        self.assertEqual(node.stop(), 0)

    def test_refused(self):
        """What cannot be used is said in words, and tried again on request."""
        node = self.start_node("-ipcbind=unix", network="signet")
        app = self.make_window("own", f"-ipcconnect={self.address_of(node)}").start()
        app.expect("The node cannot be used")
        app.expect("The node on this computer is on another network than this window.")
        socket = node.network_folder / "node-bus.sock"
        self.assertEqual(node.stop(), 0)
        self.start_wallet("other", f"-ipcbind=unix:{socket}")
        framework.wait_until(socket.exists, "the wallet program")
        app.click("Try again")
        app.expect("What answers on this computer is not a node. Check the address.")
        self.assertEqual(app.stop(), 0)

    def test_observe(self):
        """A window that may only look: it says what it may not do, and where."""
        node = self.start_node("-ipcbind=unix", "-ipcbind=unix:look.sock,role=observe")
        node.rpc.generatetoaddress(3, ADDRESS)
        app = self.make_window("own", f"-ipcconnect=unix:{node.network_folder / 'look.sock'}").start()
        self.make_wallet(app)
        app.expect("Up to date · block 3")
        app.expect("This window can only view the node: payments to this wallet are not seen")
        app.page("receive")
        app.expect("payments to this wallet are not seen")
        app.page("playground")
        app.expect("This window can view the node on this computer, but not operate it.")
        self.assertFalse(app.shows("Mine 101"))
        self.assertEqual(app.stop(), 0)
        self.assertEqual(node.stop(), 0)

    def test_same_name(self):
        """A wallet whose name is taken at the node waits until the other one is closed, and the window says so."""
        node = self.start_node("-ipcbind=unix")
        first = self.make_window("first", f"-ipcconnect={self.address_of(node)}").start()
        self.make_wallet(first)
        first.page("playground")
        first.click("Mine 101")
        first.expect("101 blocks were mined")
        framework.wait_until(lambda: self.loaded(node) == ["My wallet"], "the first wallet")
        second = self.make_window("second", f"-ipcconnect={self.address_of(node)}").start()
        self.make_wallet(second)
        second.expect("Another program at the node has a wallet of the same name.")
        node.wait_for_log('The wallet "My wallet" of a wallet program is refused')
        self.assertEqual(self.loaded(node), ["My wallet"])
        self.assertEqual(first.stop(), 0)
        second.expect_gone("Another program at the node has a wallet of the same name.")
        framework.wait_until(lambda: self.loaded(node) == ["My wallet"], "the second wallet")
        second.page("playground")
        second.click("Mine 1")
        second.expect("1 block was mined")
        second.page("overview")
        second.expect("50.000 000 00")
        self.assertEqual(second.stop(), 0)
        self.assertEqual(node.stop(), 0)

    def test_bad_address(self):
        for word, reason in (("-ipcconnect=tcp:127.0.0.1:1", "tls:HOST:PORT"),
                             ("-ipcconnect=unix,program=cli", "the program is node or wallet")):
            app = self.make_window("own", word).start()
            app.expect("Moneyrocket cannot start")
            app.expect(reason)
            app.process.send_signal(signal.SIGTERM)
            self.assertEqual(app.process.wait(framework.PATIENCE), 1)
            app.errors.close()
            self.windows.remove(app)


class WalletTest(AttachTest):
    def test_both(self):
        """A window without any program of its own."""
        node = self.start_node("-ipcbind=unix")
        folder = node.network_folder
        self.start_wallet(node.folder.name, "-ipcbind=unix")
        app = self.make_window(node.folder.name, "-ipcconnect=unix", "-ipcconnect=unix,program=wallet").start()
        self.make_wallet(app)
        app.page("playground")
        app.click("Mine 101")
        app.expect("101 blocks were mined")
        self.pay(app, "2")
        self.wallets[0].kill()
        app.expect("The connection to the wallet on this computer was lost. It is tried again.")
        self.wallets[0].wait()
        self.start_wallet(node.folder.name, "-ipcbind=unix")
        app.expect("The connection to the wallet on this computer is back.")
        self.pay(app, "3")
        self.assertEqual(app.stop(), 0)
        self.assertIsNone(self.wallets[1].poll())
        self.assertFalse((folder / "gui.log").read_text().count("is ready (pid"))
        self.assertEqual(len(node.rpc.getrawmempool()), 2)
        self.assertEqual(node.stop(), 0)


    def test_observe(self):
        node = self.start_node("-ipcbind=unix")
        self.start_wallet(node.folder.name, "-ipcbind=unix", "-ipcbind=unix:look.sock,role=observe")
        framework.wait_until(lambda: self.create(node, "one"), "the wallet program")
        app = self.make_window(node.folder.name, "-ipcconnect=unix", "-ipcconnect=unix:look.sock,program=wallet").start()
        app.expect("No payments yet")
        for page in ("send", "receive", "playground"):
            app.page(page)
            app.expect("This window can view the wallet on this computer, but not use it.")
        self.assertEqual(app.stop(), 0)
        self.assertEqual(node.stop(), 0)

    @staticmethod
    def create(node, name):
        try:
            return node.rpc.createwallet(name)["name"] == name
        except framework.RpcError as error:
            if error.code not in (-28, -32601):
                raise
            return False


class ManyTest(AttachTest):
    NAMES = ("one", "two", "three")

    def test_any_order(self):
        """Three windows with a wallet program each, at one node: each is started, stopped and killed beside the others."""
        node = self.start_node("-ipcbind=unix")
        address = self.address_of(node)
        for name in self.NAMES:
            self.start_wallet(name, f"-ipcconnect={address}", "-ipcbind=unix")
        one, two, three = (self.make_window(name, f"-ipcconnect={address}", "-ipcconnect=unix,program=wallet").start()
                           for name in self.NAMES)
        for app, name in zip((one, two, three), self.NAMES):
            self.make_wallet(app, name)
        framework.wait_until(lambda: sorted(NodeTest.loaded(node)) == sorted(self.NAMES), "the wallets")
        rpcs = [node.rpc.wallet(name) for name in self.NAMES]
        for rpc in rpcs:
            node.rpc.generatetoaddress(1, rpc.getnewaddress())
        node.rpc.generatetoaddress(100, ADDRESS)
        for app in (one, two, three):
            app.expect("50.000 000 00")
        # A wallet is killed: its window reports it, and the others go on.
        self.wallets[0].kill()
        one.expect("The connection to the wallet on this computer was lost.")
        self.pay(two, "1")
        # A window is killed, its wallet program and the others go on.
        three.process.kill()
        three.process.wait()
        three.errors.close()
        framework.wait_until(lambda: sorted(NodeTest.loaded(node)) == ["three", "two"], "the end of one wallet")
        # The node is killed: all report it.
        node.kill()
        for app in (one, two):
            app.expect("The connection to the node on this computer was lost.")
        self.wallets[0].wait()
        self.start_wallet("one", f"-ipcconnect={address}", "-ipcbind=unix")
        node.start()
        three.start()
        for app in (one, two, three):
            app.expect("Up to date · block 103")
        framework.wait_until(lambda: sorted(NodeTest.loaded(node)) == sorted(self.NAMES), "all wallets")
        for app in (one, three):
            self.pay(app, "2")
        framework.wait_until(lambda: len(node.rpc.getrawmempool()) == 3, "the payments")
        # A window leaves, and then its wallet program.
        self.assertEqual(two.stop(), 0)
        self.assertEqual(sorted(NodeTest.loaded(node)), sorted(self.NAMES))
        self.wallets[1].terminate()
        self.assertEqual(self.wallets[1].wait(framework.PATIENCE), 0)
        framework.wait_until(lambda: sorted(NodeTest.loaded(node)) == ["one", "three"], "the end of the wallet program")
        node.rpc.generatetoaddress(1, ADDRESS)
        for app in (one, three):
            app.expect("Up to date · block 104")
            self.assertEqual(app.stop(), 0)
        self.assertEqual(node.stop(), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
