#!/usr/bin/python3
"""The window as it starts and ends: the choice of the network, wallets that exist, folders and disks that cannot be used, a
second start, and preferences that are kept. With the real workers where files matter, with fake ones elsewhere."""
import contextlib
import fcntl
import os
import pathlib
import subprocess
import tempfile
import time
import unittest

import driver
from test_workers import AppTest

driver.inside()


def configuration(data):
    path = data / "gui.ini"
    return path.read_text() if path.exists() else ""


@contextlib.contextmanager
def file_system(test, folder, options):
    """A separate file system at FOLDER, mounted with OPTIONS."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        test.skipTest(f"a file system cannot be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


class NetworkTest(AppTest):
    """The network is chosen, and chosen again, in the first run and in the preferences."""
    words = ()

    def networks_started(self):
        path = self.data / "starts-wallet"
        words = path.read_text().split() if path.exists() else []
        return [word.removeprefix("-chain=") for word in words if word.startswith("-chain=")]

    def choose(self, down):
        """The row of a network: rows are not pressed through the accessibility bus."""
        self.app.expect("The real network")
        time.sleep(0.3)
        for key in ["Down"] * down + ["Return"]:
            self.app.key(key)

    def test_after_refused_name(self):
        """A refused name leaves the field with the focus, and every step can be taken back, to another network, too."""
        app = self.app
        app.click("Get started")
        self.choose(2)
        app.expect("Storage for the chain")
        app.expect("40.0 GB")
        app.click("Continue")
        app.expect("Create your wallet")
        app.type("Name of the wallet", "Unusable")
        app.click("Create wallet")
        app.expect("This name cannot be used.")
        # The field has the focus: what is typed goes there.
        app.key("ctrl+a")
        app.key("z")
        app.expect_gone("This name cannot be used.")
        for shown in ("Storage for the chain", "The real network"):
            app.key("Escape")
            app.expect(shown)
        self.expect_focus("Signet")
        app.key("Home")
        app.key("Return")
        app.expect("Create your wallet")
        app.type("Name of the wallet", "Savings")
        app.click("Create wallet")
        app.expect("Balance 0.000 000 00 BTC")
        app.expect("Playground")
        self.assertEqual(self.networks_started(), ["signet", "regtest"])
        self.assertIn("last=regtest", configuration(self.data))

    def expect_focus(self, name):
        driver.wait_for(lambda: f"the focus on {name}, not {self.app.focus()}", lambda: self.app.focus() == name)

    def test_in_preferences(self):
        app = self.app
        app.click("Get started")
        self.choose(0)
        app.expect("Create your wallet")
        app.click("Create wallet")
        app.expect("Balance 0.000 000 00 BTC")
        app.key("ctrl+comma")
        app.expect("Available on its disk")
        app.click("Change…")
        # The wallet stays open until another network is chosen.
        app.expect("The real network")
        app.key("alt+Left")
        app.expect("Balance 0.000 000 00 BTC")
        app.key("ctrl+comma")
        app.click("Change…")
        self.choose(2)
        app.click("Continue")
        app.type("Name of the wallet", "Second")
        app.click("Create wallet")
        app.expect("Your wallet is ready")
        app.click("Open wallet")
        app.expect("Signet")
        app.expect_gone("Playground")
        self.assertEqual(self.networks_started(), ["regtest", "signet"])
        self.assertIn("last=signet", configuration(self.data))
        app.key("ctrl+comma")
        app.click("Change…")
        self.expect_focus("Signet")

    def test_words(self):
        """Nothing is promised on a network that this version cannot follow, and the free room is known."""
        app = self.app
        app.click("Get started")
        self.choose(1)
        app.expect("Storage for the chain")
        self.assertFalse(app.shows("Unknown"))
        app.click("Continue")
        app.click("Create wallet")
        app.expect("Your wallet is ready")
        app.expect("It has no backup and no passphrase yet")
        app.expect("Do not send coins to it yet.")
        self.assertFalse(app.shows("receive your first coins"))
        self.fake(state="syncing", progress=1.0, peers=0)
        app.click("Open wallet")
        app.expect("No peers yet")
        time.sleep(0.5)
        bars = [node.name for node in app.everything() if node.role == "progress bar"]
        self.assertEqual(bars, [])
        self.assertFalse(app.shows("receive your first coins"))
        self.fake(state="syncing", progress=0.5, peers=3)
        app.expect("Syncing · 50 %")
        self.assertTrue([node for node in app.everything() if node.role == "progress bar"])


class PreferenceTest(AppTest):
    def test_kept_at_once(self):
        """A change just before the end is in the file."""
        app = self.app
        self.make_wallet(blocks=0)
        app.window_action("hide-amounts")
        self.assertEqual(app.stop(), 0)
        self.assertIn("hide-amounts=true", configuration(self.data))
        app.start()
        app.expect("Balance ••••••")

    def test_window(self):
        app = self.app
        self.make_wallet(blocks=0)
        app.key("ctrl+comma")
        app.expect("As the desktop")
        app.expect("Set by an option at the start")
        self.assertIsNone(app.find("Change…"))
        for _ in range(8):  # past the pages
            if "Unit" in (app.focus() or ""):
                break
            app.key("Tab")
            time.sleep(0.3)
        for keys, value in ((("Down", "Return"), "unit=sat"), (("Tab", "space"), "hide-amounts=true"),
                            (("Tab", "Tab", "space", "End", "Return"), "theme=dark")):
            for key in (("space", *keys) if value == "unit=sat" else keys):
                time.sleep(0.3)
                app.key(key)
            driver.wait_for(lambda v=value: f"{v} in {configuration(self.data)}", lambda v=value: v in configuration(self.data))
        app.key("Escape")
        app.expect_gone("As the desktop")
        app.expect("Balance ••••••")

    def test_relaunch_while_closing(self):
        """A start while the program is closing opens a new window afterwards."""
        app = self.app
        self.make_wallet(blocks=0)
        self.fake(slow_stop=3)
        time.sleep(0.5)
        starts = len((self.data / "starts-node").read_text().splitlines())
        app.process.send_signal(driver.signal.SIGTERM)
        time.sleep(1)
        self.fake()
        app.call(app.name, "/org/moneyrocket/Moneyrocket", "org.freedesktop.Application", "Activate", driver.GLib.Variant("(a{sv})", ({},)))
        driver.wait_for("another start", lambda: len((self.data / "starts-node").read_text().splitlines()) > starts)
        self.assertIsNone(app.process.poll())
        app.expect("Balance 0.000 000 00 BTC")


class WalletNameTest(AppTest):
    def test_bad_name(self):
        """The dialog stays, says what is wrong with the name, and takes another one."""
        app = self.app
        self.make_wallet(blocks=0)
        app.click_any("Wallet My wallet")
        app.click("New wallet…")
        app.type("Name of the wallet", "a/b")
        app.click("Create")
        app.expect("Choose a name without a slash.")
        app.type("Name of the wallet", "My wallet")
        app.expect_gone("Choose a name without a slash.")
        app.click("Create")
        app.expect("A wallet with the name “My wallet” already exists.")
        app.type("Name of the wallet", "Second")
        app.click("Create")
        app.expect("Wallet Second")
        app.expect_gone("A new wallet has keys of its own.")


class FilesTest(unittest.TestCase):
    """The real workers and a real folder."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.data = pathlib.Path(self.folder.name) / "data"
        self.data.mkdir()
        self.app = driver.Application(self.data, "-regtest", fallback_fee=None)
        self.addCleanup(lambda: self.app.process and self.app.process.poll() is None and self.app.stop())

    def make_wallet(self, name="Savings"):
        self.app.click("Get started")
        self.app.type("Name of the wallet", name)
        self.app.click("Create wallet")
        self.app.click("Open wallet")
        self.app.expect("No payments yet")

    def test_second_start(self):
        """A second program on the same folder presents the first one's window and ends; it starts no worker."""
        self.app.start()
        self.make_wallet()
        workers = self.workers()
        link = self.data.with_name("link")
        link.symlink_to(self.data)
        for folder in (self.data, link):
            second = subprocess.run([str(self.app.program), f"-datadir={folder}", "-regtest"], env=dict(os.environ), timeout=20,
                                    capture_output=True, check=False)
            self.assertEqual(second.returncode, 0)
        self.assertEqual(self.workers(), workers)
        self.assertIn("already running", (self.data / "regtest" / "gui.log").read_text())
        self.assertTrue(self.app.shows("No payments yet"))

    def workers(self):
        """How often each worker was started on this folder."""
        return [(self.data / "regtest" / name).read_text().count("version") for name in ("debug.log", "wallet.log")]

    def test_without_a_bus(self):
        """Without a session bus the lock of the node decides: nothing is started, the window says so, and goes on by itself."""
        (self.data / "regtest").mkdir()
        with open(self.data / "regtest" / ".lock", "w") as lock:
            fcntl.lockf(lock, fcntl.LOCK_EX)
            self.app.start()
            self.app.expect("Moneyrocket is already running")
            self.app.expect(str(self.data / "regtest"))
            self.assertFalse(self.app.shows("Get started"))
            self.assertFalse((self.data / "regtest" / "wallet.log").exists())
            self.assertFalse((self.data / "regtest" / "wallets").exists())
        self.app.click("Get started")
        self.app.expect("Create your wallet")

    def test_existing_wallets(self):
        """A wallet that is not loaded by itself is offered."""
        self.app.start()
        self.make_wallet()
        self.assertEqual(self.app.stop(), 0)
        (self.data / "regtest" / "settings.json").write_text("{}")
        self.app.start()
        self.app.expect("Open a wallet")
        self.app.expect("Savings")
        time.sleep(0.5)
        self.app.key("Return")
        self.app.click("Open wallet")
        self.app.expect("Wallet Savings")

    def test_existing_wallets_of_unknown_network(self):
        self.app.start()
        self.make_wallet()
        self.assertEqual(self.app.stop(), 0)
        (self.data / "regtest" / "settings.json").write_text("{}")
        (self.data / "gui.ini").unlink()
        self.app.words = ()
        self.app.start()
        self.app.expect("Open a wallet")
        self.app.expect("Savings")

    def test_read_only(self):
        """A folder that cannot be written to has a window that names it; it goes on once it can."""
        with file_system(self, self.data / "disk", "size=100M") as disk:
            (disk / "data").mkdir()
            subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
            self.app.datadir = disk / "data"
            self.app.start()
            self.app.expect("The folder cannot be used")
            self.app.expect(str(disk / "data"))
            self.app.expect("read-only")
            subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
            self.app.click("Try again")
            self.app.click("Get started")
            self.app.expect("Create your wallet")
            self.assertEqual(self.app.stop(), 0)

    def test_full(self):
        with file_system(self, self.data / "disk", "size=100M") as disk:
            (disk / "data").mkdir()
            ballast = disk / "ballast"
            ballast.write_bytes(bytes(99 << 20))
            self.app.datadir = disk / "data"
            self.app.start()
            self.app.expect("The disk is full")
            self.app.expect(str(disk / "data"))
            self.assertFalse((disk / "data" / "regtest" / "wallet.log").exists())
            ballast.unlink()
            self.app.click("Try again")
            self.app.click("Get started")
            self.app.expect("Create your wallet")
            self.assertEqual(self.app.stop(), 0)

    def test_free_room(self):
        """The folder does not exist yet on a first run; the free room is that of its disk."""
        self.app.words = ()
        self.app.start()
        self.app.click("Get started")
        self.app.expect("The real network")
        time.sleep(0.3)
        for key in ("Down", "Down", "Return"):
            self.app.key(key)
        self.app.expect("Storage for the chain")
        self.assertFalse((self.data / "signet").exists())
        self.assertFalse(self.app.shows("Unknown"))
        self.assertTrue(self.app.shows("GB") or self.app.shows("TB"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
