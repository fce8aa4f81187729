#!/usr/bin/python3
"""The application with fake workers: what it says when something goes wrong, how it folds, and what a screen reader
hears."""
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

import driver

driver.inside()
ADDRESS = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"


class GuiTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        base = pathlib.Path(self.folder.name)
        program, environment = driver.with_fake_workers(base / "bin")
        self.data = base / "data"
        self.data.mkdir()
        self.app = driver.Application(self.data, "-regtest", program=program, environment=environment).start()

    def tearDown(self):
        code = self.app.stop()
        complaints = self.app.complaints()
        self.folder.cleanup()
        self.assertEqual(code, 0)
        self.assertEqual(complaints, [])

    def fake(self, **behaviour):
        (self.data / "fake.json").write_text(json.dumps(behaviour))

    def make_wallet(self, blocks=101):
        app = self.app
        app.click("Get started")
        app.click("Create wallet")
        app.click("Open wallet")
        app.expect("No payments yet")
        if blocks:
            app.page("playground")
            app.click("Mine 101")
            app.expect("101 blocks were mined")

    def kill(self, name):
        pids = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(self.app.process.pid)], capture_output=True,
                              text=True, check=True).stdout.splitlines()
        pid = next(int(line.split()[0]) for line in pids if name in line)
        os.kill(pid, signal.SIGKILL)

    def review(self, amount):
        self.app.page("send")
        self.app.type("Address or payment link", ADDRESS)
        self.app.type("Amount", amount)
        self.app.click("Review")

    def test_node_killed(self):
        self.make_wallet()
        self.fake(slow_start=5)
        self.kill("moneyrocket-node")
        self.app.expect("The node stopped. It is being restarted.")
        self.app.expect("The node is back.")
        self.app.expect("In step · block 101")
        self.app.page("overview")
        self.app.expect("Balance 50.000 000 00 BTC")

    def test_wallet_killed(self):
        self.make_wallet()
        self.fake(slow_start=5)
        self.kill("moneyrocket-wallet")
        self.app.expect("The wallet stopped. It is being restarted.")
        self.app.expect("The wallet is back.")
        self.app.page("overview")
        self.app.expect("Balance 50.000 000 00 BTC")
        self.app.page("playground")
        self.app.click("Mine 1")
        self.app.expect("In step · block 102")
        self.app.page("overview")
        self.app.expect("Balance 100.000 000 00 BTC")

    def test_rejected(self):
        self.make_wallet()
        self.review("1.5")
        self.app.expect("Where the coins go")
        self.fake(reject=True)
        self.app.click("Send")
        self.app.expect("The payment was refused")
        self.app.expect("Nothing was sent.")
        self.assertFalse(any("GDBus" in text or "org.moneyrocket" in text for text in self.app.texts()))
        self.fake()
        self.app.click("Send")
        self.app.expect("The payment is on its way")

    def test_wrong_input(self):
        self.make_wallet()
        self.app.page("send")
        self.app.click("Review")
        self.app.expect("Enter the address of the recipient.")
        self.app.expect("Enter an amount.")
        self.review("0.000 000 01")
        self.app.expect("This amount is too small to be sent.")
        self.review("1,5")
        self.app.expect("Write decimals with a point")
        self.review("60")
        self.app.expect("There is not enough for this and the fee.")

    def test_payment_link(self):
        self.make_wallet()
        self.app.page("send")
        self.app.type("Address or payment link", f"bitcoin:{ADDRESS}?amount=2.5&label=Alice")
        self.app.click("Review")
        self.app.expect("Where the coins go")
        self.app.expect("2.500 000 00 BTC")

    def test_wallet_exists(self):
        self.app.click("Get started")
        self.app.expect("Create your wallet")
        self.app.type("Name of the wallet", "a/b")
        self.app.click("Create wallet")
        self.app.expect("This name cannot be used.")
        self.app.type("Name of the wallet", "Mine")
        self.app.click("Create wallet")
        self.app.expect("Your wallet is ready")

    def test_syncing(self):
        self.fake(state="syncing", progress=0.61, eta=10800, peers=8)
        self.make_wallet(blocks=0)
        self.app.expect("Your node is checking the chain")
        self.app.expect("Syncing · 61 % · about 3 h left")
        self.fake()
        self.app.expect_gone("Your node is checking the chain")

    def test_folded(self):
        self.make_wallet()
        for width in (360, 700, 1000):
            self.app.resize(width, 680)
            for page in ("overview", "send", "receive", "activity", "playground"):
                self.app.page(page)
                time.sleep(0.3)
                path = pathlib.Path(self.folder.name) / "picture.png"
                self.app.picture(path)
                # The width stands in bytes 16 to 19 of a PNG file.
                got = int.from_bytes(path.read_bytes()[16:20], "big")
                # Without a compositor the picture has a frame of 5 pixels on each side.
                self.assertLessEqual(got, width + 10, f"{page} does not fit into {width}")
        self.app.resize(360, 680)
        self.app.click("Back")
        self.app.expect("In step · block 101")

    def test_names(self):
        self.make_wallet()
        roles = driver.Application.BUTTONS + ("entry", "text", "list item", "image", "slider")
        for page in ("overview", "send", "receive", "activity", "playground"):
            self.app.page(page)
            time.sleep(0.5)
            for node in self.app.everything():
                states, role, name = node.get_state_set(), node.get_role_name(), node.get_name() or ""
                if not states.contains(driver.Atspi.StateType.FOCUSABLE) or role not in roles:
                    continue
                self.assertFalse(name.startswith(("Gtk", "Adw", "Gui")), f"{role} “{name}” on {page}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
