#!/usr/bin/python3
"""The window in states that are not the usual one: nothing that is unknown is shown as known, and nobody is invited to
receive what this wallet cannot see, or to pay twice."""
import fcntl
import pathlib
import tempfile
import time
import unittest

import driver
from test_workers import AppTest

driver.inside()


class UnseenTest(AppTest):
    """A network whose blocks do not arrive."""
    words = ("-signet",)
    unseen = "Payments to this wallet are not seen until the node has their blocks from a file."
    invitations = ("receive your first coins", "You can already show an address")

    def button(self, name):
        return self.app.find(name, self.app.BUTTONS)

    def check_pages(self, seen):
        """The empty pages invite to receive, or say why not, on all of them alike."""
        app = self.app
        app.page("receive")
        app.expect("Type of address")
        (app.expect_gone if seen else app.expect)(self.unseen)
        app.page("activity")
        app.expect("No payments yet")
        self.assertEqual(self.button("Receive") is not None, seen)
        self.assertEqual(app.shows(self.unseen), not seen)
        app.page("overview")
        app.expect("No payments yet")
        self.assertEqual(any(map(app.shows, self.invitations)), seen)
        self.assertEqual(app.shows(self.unseen), not seen)

    def test_no_peers(self):
        app = self.app
        self.fake(state="importing", progress=0.5, peers=0)
        self.make_wallet(blocks=0)
        app.expect("Blocks are being imported")
        self.check_pages(seen=False)
        for state in ("syncing", "ready"):
            self.fake(state=state, progress=1.0, peers=0)
            app.expect("No peers yet")
            self.assertFalse(app.shows("Up to date"))
            self.check_pages(seen=False)
        self.fake(state="syncing", progress=0.5, peers=3)
        app.expect("Syncing · 50 %")
        self.check_pages(seen=True)
        self.fake(state="ready", peers=3)
        app.expect("Up to date")
        app.expect_gone("Syncing")
        self.check_pages(seen=True)

    def test_pruned(self):
        """A wallet that needs blocks which the node has deleted neither shows a complete balance nor sees payments."""
        app = self.app
        self.unseen = "Payments in them, and later ones, are not seen"
        self.fake(state="ready", peers=3)
        self.make_wallet(blocks=0)
        self.check_pages(seen=True)
        self.fake(state="ready", peers=3, problem="Pruned")
        app.expect("Your wallet cannot follow the chain")
        app.expect("the node has deleted to save space")
        self.check_pages(seen=False)
        self.fake(state="ready", peers=3)
        app.expect_gone("Your wallet cannot follow the chain")
        self.check_pages(seen=True)


class FigureTest(AppTest):
    def test_unknown_balance(self):
        """A balance that is not known yet is a placeholder, not zero; one that was known stays."""
        app = self.app
        self.fake(blank=True)
        self.make_wallet(blocks=0)
        for page, shown in (("overview", "Balance … BTC"), ("send", "… BTC available"), ("receive", "Wallet My wallet, … BTC")):
            app.page(page)
            app.expect(shown)
            self.assertFalse(app.shows("0.000 000 00"))
        self.fake()
        app.page("playground")
        app.click("Mine 101")
        app.expect("Up to date · block 101")
        app.expect("Wallet My wallet, 50.000 000 00 BTC")
        self.fake(blank=True)
        self.kill("moneyrocket-wallet")
        app.expect("The wallet is back.")
        for page, shown in (("overview", "Balance 50.000 000 00 BTC"), ("send", "50.000 000 00 BTC available")):
            app.page(page)
            app.expect(shown)


class SentTest(AppTest):
    """What becomes of a payment while the page that reports it is open."""

    def test_followed(self):
        app = self.app
        self.make_wallet()
        self.review("1.5")
        app.click("Send")
        app.expect("The payment is on its way")
        self.fake(conflict="mempool")
        app.expect("Replaced by another payment")
        app.expect("do not pay a second time")
        self.fake(conflict="chain")
        app.expect("The payment cannot be confirmed")
        self.fake()
        app.expect("The payment is on its way")
        self.fake(mine=102)
        app.expect("The payment is confirmed")
        self.assertFalse(app.shows("on its way"))
        app.click("Details")
        app.expect("1 of 6 confirmations")


class HeldTest(AppTest):
    words = ("-signet",)

    def test_no_peers(self):
        """A payment that nobody else can have received is not called sent, until there are peers."""
        app = self.app
        self.fake(state="syncing", progress=1.0, peers=0, history=300)
        app.click("Get started")
        app.click("Create wallet")
        app.click("Open wallet")
        app.expect("No peers yet")
        app.page("send")
        app.type("Address or payment link", "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx")
        app.type("Amount", "0.0005")
        app.click("Review")
        app.expect("Where the coins go")
        app.click("Send")
        app.expect("no peers to pass it on to")
        app.expect("do not pay a second time")
        self.assertFalse(app.shows("on its way"))
        self.fake(state="ready", peers=3)
        app.expect("The payment is on its way")


class RefusedStartTest(unittest.TestCase):
    """What keeps the program from starting is in a window, on standard error, and in the exit code."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.data = pathlib.Path(folder.name) / "data"
        self.data.mkdir()

    def check_refused(self, app, title, reason, wrote):
        app.start()
        app.expect(title)
        app.expect(reason)
        self.assertIn(wrote, app.wrote())
        app.click("Quit")
        self.assertEqual(app.process.wait(driver.PATIENCE), 1)
        app.errors.close()

    def check_error(self, message, *words, data=None):
        app = driver.Application(data or self.data, *words, fallback_fee=None)
        self.check_refused(app, "Moneyrocket cannot start", message, f"Error: {message}")

    def test_options(self):
        self.check_error("Specified data directory \"/does/not/exist\" does not exist.", data="/does/not/exist")
        self.check_error("Error parsing command line arguments: Invalid parameter -nosuchoption=1", "-nosuchoption=1")
        configuration = self.data / "moneyrocket.conf"
        configuration.mkdir()
        self.check_error("Error reading configuration file", "-regtest")
        configuration.rmdir()
        configuration.write_text("server\n")
        self.check_error("Error reading configuration file: parse error on line 1", "-regtest")

    def choose_folder(self, app, folder):
        """As the dialog of the file chooser does; the program goes on with it as the same process."""
        app.action("folder", driver.GLib.Variant.new_bytestring(bytes(folder)))

        def started():
            app.reader = app.find_application() or app.reader
            return app.shows("Welcome to Moneyrocket")
        driver.wait_for("the first page", started)

    def test_other_folder(self):
        """Another folder is chosen where the first one does not exist, and where it cannot be used."""
        app = driver.Application("/does/not/exist", fallback_fee=None).start()
        app.expect("Moneyrocket cannot start")
        self.assertIsNotNone(app.find("Choose another folder…", app.BUTTONS))
        self.choose_folder(app, self.data)
        self.assertEqual(app.stop(), 0)
        bad = self.data.with_name("bad")
        bad.mkdir()
        (bad / "regtest").write_text("a file, not a folder")
        app = driver.Application(bad, "-regtest", fallback_fee=None).start()
        app.expect("The folder cannot be used")
        self.assertIsNotNone(app.find("Choose another folder…", app.BUTTONS))
        self.choose_folder(app, self.data)
        self.assertEqual(app.stop(), 0)
        self.assertTrue((self.data / "regtest" / "debug.log").exists())

    def test_folder(self):
        """A folder that cannot be used, or is in use."""
        app = driver.Application(self.data, "-regtest", fallback_fee=None)
        (self.data / "regtest").write_text("a file, not a folder")
        self.check_refused(app, "The folder cannot be used", str(self.data / "regtest"), "Error: ")
        (self.data / "regtest").unlink()
        (self.data / "regtest").mkdir()
        with open(self.data / "regtest" / ".lock", "w") as lock:
            fcntl.lockf(lock, fcntl.LOCK_EX)
            self.check_refused(app, "Moneyrocket is already running", str(self.data / "regtest"), "Error: ")


class RememberedNetworkTest(AppTest):
    """The network is chosen again where it was remembered and does not start."""
    words = ()

    def setUp(self):
        super().setUp()
        self.assertEqual(self.app.stop(), 0)
        (self.data / "gui.ini").write_text("[network]\nlast=signet\n")

    def choose(self, up):
        """The network UP rows above the last one, once the list has the focus."""
        driver.wait_for(lambda: f"the focus on a network, not on {self.app.focus()}", lambda: self.app.focus() in ("Signet", "Playground"))
        for key in ["End", *["Up"] * up, "Return"]:
            time.sleep(0.2)
            self.app.key(key)

    def test_folder(self):
        """Another network is chosen where the folder of the last one cannot be used; the choice can be taken back."""
        app = self.app
        (self.data / "signet").write_text("a file, not a folder")
        app.start()
        app.expect("The folder cannot be used")
        app.click("Choose another network")
        app.expect("The real network")
        app.key("alt+Left")
        app.expect("The folder cannot be used")
        app.click("Choose another network")
        self.choose(2)
        app.expect("Create your wallet")
        app.click("Create wallet")
        app.expect("Balance 0.000 000 00 BTC")
        app.expect("Playground")

    def test_long_start(self):
        """A start that does not end can be left."""
        app = self.app
        self.fake(hold="wallet")
        app.start()
        app.expect("Your wallet is being opened.")
        app.click("Choose another network")
        self.choose(2)
        app.expect("Create your wallet")
        self.fake()
        app.click("Create wallet")
        app.expect("Balance 0.000 000 00 BTC")
        app.expect("Playground")

    def test_failed_node(self):
        app = self.app
        self.fake(hold="wallet", fatal="Stored data is damaged: block 7. Check the disk.")
        app.start()
        app.expect("The node does not start")
        self.fake()
        app.click("Choose another network")
        self.choose(2)
        app.expect("Create your wallet")
        app.click("Create wallet")
        app.expect("Balance 0.000 000 00 BTC")


if __name__ == "__main__":
    unittest.main(verbosity=2)
