#!/usr/bin/python3
"""The application with fake workers: its messages after failures, and its narrow layout."""
import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time
import unittest

import driver

driver.inside()
ADDRESS = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"


class AppTest(unittest.TestCase):
    words = ("-regtest",)
    environment = {}

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        base = pathlib.Path(self.folder.name)
        program, environment = driver.with_fake_workers(base / "bin")
        self.data = base / "data"
        self.data.mkdir()
        self.app = driver.Application(self.data, *self.words, program=program,
                                      environment={**environment, **self.environment}).start()

    def tearDown(self):
        code = self.app.stop()
        complaints = self.app.complaints()
        self.folder.cleanup()
        self.assertEqual(code, 0)
        self.assertEqual(complaints, [])

    def fake(self, **behaviour):
        new = self.data / "fake.new"
        new.write_text(json.dumps(behaviour))
        new.rename(self.data / "fake.json")

    mined = "50.000 000 00 BTC"  # as the locale writes it

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
            app.expect("Up to date · block 101")
            app.expect(self.mined)

    def kill(self, name, number=signal.SIGKILL):
        pids = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(self.app.process.pid)], capture_output=True,
                              text=True, check=True).stdout.splitlines()
        pid = next(int(line.split()[0]) for line in pids if name in line)
        os.kill(pid, number)

    def fields(self, name, n):
        """The N text fields called NAME, from top to bottom, or nothing."""
        found = [node for node in self.app.everything()
                 if node.implements("EditableText") and node.name == name]
        return found if len(found) == n else None

    def review(self, amount):
        self.app.page("send")
        self.app.type("Address or payment link", ADDRESS)
        self.app.type("Amount", amount)
        self.app.click("Review")


class WorkerTest(AppTest):
    """What the window says of its workers."""

    def test_node_killed(self):
        self.make_wallet()
        self.fake(hold="node")
        self.kill("moneyrocket-node")
        self.app.expect("The node stopped. It is being restarted.")
        self.fake()
        self.app.expect("The node is back.")
        self.app.expect("Up to date · block 101")
        self.app.page("overview")
        self.app.expect("Balance 50.000 000 00 BTC")

    def test_wallet_killed(self):
        self.make_wallet()
        self.fake(hold="wallet")
        self.kill("moneyrocket-wallet")
        self.app.expect("The wallet stopped. It is being restarted.")
        self.fake()
        self.app.expect("The wallet is back.")
        self.app.page("overview")
        self.app.expect("Balance 50.000 000 00 BTC")
        self.app.page("playground")
        self.app.click("Mine 1")
        self.app.expect("Up to date · block 102")
        self.app.page("overview")
        self.app.expect("Balance 100.000 000 00 BTC")

    def test_connection_lost(self):
        """Both workers are running, but the connection between them is lost: it is replaced."""
        self.make_wallet()
        self.kill("moneyrocket-wallet", signal.SIGUSR1)
        self.app.click("Mine 1")
        self.app.expect("Up to date · block 102")
        self.app.page("overview")
        self.app.expect("Balance 100.000 000 00 BTC")

    def test_node_fails(self):
        """An error that the node cannot fix: the banner says what to do, and the node is not restarted before the user asks for it."""
        app = self.app
        self.make_wallet(blocks=0)
        starts = lambda: (self.data / "starts-node").read_text().splitlines()
        self.assertEqual(len(starts()), 1)
        self.fake(fatal="The disk is full: /somewhere/blk00000.dat: No space left on device. Free some space.")
        app.expect("The node stopped because the disk is full.")
        app.expect("Try again")
        app.expect("Stopped")
        app.click("Try again")
        driver.wait_for("a second start", lambda: len(starts()) == 2)
        # The text may still be that of the first one.
        driver.wait_for("its failure", lambda: len((self.data / "failures-node").read_text().splitlines()) == 2)
        app.expect("The node stopped because the disk is full.")
        self.fake(fatal="Stored data is damaged: block 7. Check the disk.")
        app.click("Try again")
        app.expect("its copy of the chain is damaged")
        self.fake()
        app.click("Rebuild")
        app.expect("The node is back.")
        app.expect("Up to date · block 0")
        self.assertEqual(len(starts()), 4)
        self.assertIn("-reindex", starts()[3])
        self.assertNotIn("-reindex", starts()[2])

    def test_hang(self):
        """Workers that neither reply nor exit: the window stays responsive, and shows a message until they are back."""
        self.make_wallet()
        self.kill("moneyrocket-node", signal.SIGSTOP)
        time.sleep(3)  # more than a period of the watch: the wallet's silence is noticed after the node's
        self.kill("moneyrocket-wallet", signal.SIGSTOP)
        self.app.expect("The node does not answer. Wait for it, or close Moneyrocket and start it again.")
        self.app.expect("Not answering")
        self.app.expect("The wallet does not answer.")
        for page, text in (("overview", "Balance 50"), ("receive", "Type of address"), ("send", "Add recipient")):
            self.app.page(page)
            self.app.expect(text)
        self.kill("moneyrocket-node", signal.SIGCONT)
        self.app.expect("The node is back.")
        self.kill("moneyrocket-wallet", signal.SIGCONT)
        self.app.expect("The wallet is back.")
        self.app.expect("Up to date · block 101")
        self.app.page("playground")
        self.app.click("Mine 1")
        self.app.expect("Up to date · block 102")

    def test_stages(self):
        """What the node does at the start has words, a figure and the time that is left."""
        self.make_wallet(blocks=0)
        for state, title, line in (("importing", "Blocks are being imported", "Importing · 25 %"),
                                   ("reindexing", "All stored blocks are being read again", "Reading blocks · 25 %"),
                                   ("connecting", "All stored blocks are being checked again", "Checking blocks · 25 %"),
                                   ("verifying", "The last blocks are being checked", "Checking blocks · 25 %"),
                                   ("snapshot", "A snapshot of all coins is being loaded", "Loading snapshot · 25 %"),
                                   ("from the future", "The node is busy", "Busy · 25 %"),
                                   ("loading", "The node is starting", "Loading · 25 %")):
            self.fake(state=state, progress=0.25, eta=600, height=120)
            self.app.expect(title)
            self.app.expect(line)
            self.app.expect("25 % · block 120")
            self.app.expect("about 10 min left")
        self.fake(state="importing", progress=0.5, eta=20, height=200, rate=1234.5)
        self.app.expect("1,234 blocks a second")
        self.app.expect("less than a minute left")
        self.fake(index=0.4)
        self.app.expect("An index is being built")
        self.app.expect("40 % · block 1,234 · 500 blocks a second · about 2 min left")
        self.app.expect("Building an index · 40 % · about 2 min left")
        # Regtest has no peers to follow.
        self.fake(state="syncing", progress=1.0)
        self.app.expect_gone("Blocks are being imported")
        self.app.expect("Up to date · block 0")

    def test_syncing(self):
        self.fake(state="syncing", progress=0.61, eta=10800, peers=8)
        self.make_wallet(blocks=0)
        self.app.expect("Your node is checking the chain")
        self.app.expect("Syncing · 61 % · about 3 h left")
        self.fake()
        self.app.expect_gone("Your node is checking the chain")


class PaymentTest(AppTest):
    """From the form to the details of a payment."""

    def sent(self):
        """The drafts that the wallet was asked to send."""
        return (self.data / "sent").read_text().split() if (self.data / "sent").exists() else []

    def expect_no_send(self):
        """Nothing on the page offers to send, or to pay again."""
        for name in ("Send", "New payment", "Review"):
            node = self.app.find(name, self.app.BUTTONS)
            self.assertFalse(node is not None and node.has_state(driver.Atspi.StateType.SENSITIVE), name)

    def test_refused(self):
        """A payment that the node refuses is kept, is submitted again unchanged, and can be abandoned."""
        app = self.app
        self.make_wallet()
        self.review("1.5")
        app.expect("Where the coins go")
        self.fake(refuse=True)
        app.click("Send")
        app.expect("The node refused the payment")
        app.expect("do not pay a second time")
        app.expect("min relay fee not met, 100 < 141")
        self.assertFalse(any("Nothing was sent" in text or "GDBus" in text or "org.moneyrocket" in text
                             for text in app.texts()))
        app.click("Try again")
        driver.wait_for("a second attempt", lambda: len(self.sent()) == 2)
        self.assertEqual(len(set(self.sent())), 1)
        app.expect("The node refused the payment")
        app.click("Abandon…")
        app.expect("Abandon this payment?")
        app.click("Keep payment")
        self.fake()
        app.expect("The payment is on its way")
        app.click("New payment")
        app.expect("Add recipient")

    def test_abandoned(self):
        app = self.app
        self.make_wallet()
        self.review("1.5")
        app.expect("Where the coins go")
        self.fake(refuse=True)
        app.click("Send")
        app.expect("The node refused the payment")
        app.click("Abandon…")
        app.expect("may pay it twice")
        time.sleep(1)
        app.click("Abandon")
        app.expect("Abandoned")
        app.expect("the payment can still be confirmed")

    def open_row(self, start):
        """Opens a row of the list by keys: rows cannot be pressed through the accessibility bus."""
        focused = lambda: next((node for node in self.app.everything() if node.has_state(driver.Atspi.StateType.FOCUSED)), None)

        def reached():
            before = focused()
            self.app.key("Tab")
            # Where nothing else takes the focus it stays.
            try:
                node = driver.wait_for("another focus", lambda: (now := focused()) and (not before or now.path != before.path) and now, 1)
            except driver.Missing:
                return False
            return node.role == "list item" and any(part.name.startswith(start) for part in (node, *node.descendants()))
        driver.wait_for(lambda: f"a row “{start}…”; there is: {self.app.texts_briefly()}", reached)
        self.app.key("Return")

    def test_abandoned_later(self):
        """After a restart of the application, a refused payment is abandoned where its details are."""
        app = self.app
        self.make_wallet()
        self.review("1.5")
        app.expect("Where the coins go")
        self.fake(refuse=True)
        app.click("Send")
        app.expect("The node refused the payment")
        self.assertEqual(app.stop(), 0)
        app.start()
        app.page("overview")
        app.expect("Balance 48.499 992 60 BTC")
        app.page("activity")
        self.open_row("To ")
        app.expect("The node refused the payment")
        app.expect("do not pay a second time. The node's reason: min relay fee not met, 100 < 141")
        app.click("Abandon…")
        app.expect("may pay it twice")
        app.click("Keep payment")
        app.expect_gone("may pay it twice")
        app.click("Abandon…")
        app.click("Abandon")
        app.expect("Abandoned")
        app.expect("the payment can still be confirmed")
        app.expect_gone("The node refused the payment")
        self.assertFalse(app.shows("Replaced by another payment") or app.shows("Not in a block yet"))
        self.assertIsNone(app.find("Abandon…", app.BUTTONS))
        app.click("Back")
        app.expect_gone("the payment can still be confirmed")
        app.expect("Abandoned")
        self.assertFalse(app.shows("Replaced by another payment") or app.shows("Not confirmed yet"))
        app.page("overview")
        app.expect("Balance 50.000 000 00 BTC")
        app.expect("Abandoned")

    def test_lost_answer(self):
        """The wallet exits after storing the payment but before replying: the user is not asked to pay again."""
        app = self.app
        self.make_wallet()
        self.review("1.5")
        app.expect("Where the coins go")
        self.fake(die="after", hold="wallet")
        app.click("Send")
        app.expect("On its way")
        app.expect("The wallet has not answered yet.")
        self.expect_no_send()
        app.page("overview")
        app.page("send")
        app.expect("The wallet has not answered yet.")
        app.key("ctrl+n")
        app.expect("The wallet has not answered yet.")
        self.expect_no_send()
        self.fake()
        app.expect("The payment is on its way")
        self.assertEqual(len(self.sent()), 1)
        app.page("activity")
        app.expect("1.500 007 40")
        stored = json.loads((self.data / "fake-wallets" / "My wallet.json").read_text())
        self.assertEqual([tx["amount"] for tx in stored["txs"] if tx["kind"] == "send"], [-150000740])

    def test_lost_before(self):
        """The wallet exits before signing: this is reported once it is known, and not before."""
        app = self.app
        self.make_wallet()
        self.review("1.5")
        app.expect("Where the coins go")
        self.fake(die="before", hold="wallet")
        app.click("Send")
        app.expect("The wallet has not answered yet.")
        self.expect_no_send()
        self.assertFalse(app.shows("Nothing was sent"))
        self.fake()
        app.expect("Nothing was sent")
        app.click("New payment")
        app.expect("Add recipient")

    def test_send_failed(self):
        """An error before anything was signed: the user can go back, but not send the same draft."""
        app = self.app
        self.make_wallet()
        self.review("1.5")
        app.expect("Where the coins go")
        self.fake(fail="Storage")
        app.click("Send")
        app.expect("Nothing was sent. The disk is full or failing.")
        self.expect_no_send()
        self.fake()
        app.click("Back")
        app.click("Review")
        app.expect("Where the coins go")
        app.click("Send")
        app.expect("The payment is on its way")
        self.assertEqual(len(set(self.sent())), 2)

    def test_pending(self):
        app = self.app
        self.make_wallet()
        self.review("1.5")
        app.expect("Where the coins go")
        self.fake(pending=True)
        app.click("Send")
        app.expect("You do not need to do anything.")
        self.fake()
        app.expect("It is confirmed with the next blocks.")

    def test_another_payment(self):
        """A draft that differs from what was entered is refused."""
        self.make_wallet()
        self.fake(other=True)
        self.review("1.5")
        self.app.expect("The wallet prepared a different payment from the one you entered.")
        self.assertFalse(self.app.shows("Where the coins go"))

    def test_address_twice(self):
        app = self.app
        self.make_wallet()
        app.page("send")
        app.click("Add recipient")
        fields = driver.wait_for("two address fields", lambda: self.fields("Address or payment link", 2))
        fields[0].set_text(ADDRESS)
        fields[1].set_text(ADDRESS.upper())
        for field in self.fields("Amount", 2):
            field.set_text("1")
        app.click("Review")
        app.expect("This address is already in the list.")

    def test_no_estimate(self):
        """If no fee can be estimated the user has to enter a rate, and none is suggested."""
        app = self.app
        self.make_wallet()
        self.fake(fees=[0, 0, 0])
        self.review("1.5")
        app.expect("The node cannot estimate fees yet: enter a fee rate.")
        app.expect("Enter a fee rate from 0.1 to 10 000 sat/vB, with at most three decimals.")
        self.assertFalse(app.shows("In about an hour") or app.shows("Where the coins go"))
        app.type("Fee rate in sat/vB", "3")
        app.click("Review")
        app.expect("3 sat/vB")

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

    def test_details(self):
        """A label in place, and the ID to the clipboard."""
        app = self.app
        self.make_wallet()
        self.review("1.5")
        app.expect("Where the coins go")
        app.click("Send")
        app.expect("The payment is on its way")
        app.click("Details")
        app.expect("Not confirmed yet")
        app.click("Copy ID")
        app.expect("copied")
        app.click("Back")
        app.page("overview")
        app.expect("1.500 0")


class PageTest(AppTest):
    """The pages, by name, by keys and in every width."""

    def test_wallet_exists(self):
        self.app.click("Get started")
        self.app.expect("Create your wallet")
        self.app.type("Name of the wallet", "a/b")
        self.app.click("Create wallet")
        self.app.expect("Choose a name without a slash.")
        self.app.type("Name of the wallet", "Mine")
        self.app.click("Create wallet")
        self.app.expect("Your wallet is ready")

    def test_amounts(self):
        """Switching the unit, hiding amounts, Max, and the description of the fee."""
        app = self.app
        self.make_wallet()
        app.page("overview")
        app.expect("Balance 50.000 000 00 BTC")
        app.click_any("Balance 50")
        app.expect("Balance 5 000 000 000 sat")
        app.click("Hide amounts")
        app.expect("Balance ••••••")
        app.expect_gone("5 000 000 000 sat")
        app.click("Show amounts")
        app.expect("Balance 5 000 000 000 sat")
        app.click_any("Balance 5")
        app.page("send")
        app.type("Address or payment link", ADDRESS)
        app.click("Max")
        app.click("Review")
        app.expect("740 sat")
        app.expect("5.25 sat/vB")
        app.expect("49.999 992 60 BTC")
        app.expect("0.000 000 00 BTC")

    def test_search(self):
        app = self.app
        self.make_wallet()
        app.page("activity")
        app.expect("Mined coins")
        app.type("Search labels, addresses and IDs", "zebra")
        app.expect("Nothing found")
        app.type("Search labels, addresses and IDs", "")
        app.expect("Mined coins")
        app.click("Sent")
        app.expect("Nothing found")

    def test_keys(self):
        app = self.app
        self.make_wallet()
        for key, shown in (("ctrl+1", "Recent activity"), ("ctrl+2", "Add recipient"), ("ctrl+r", "Type of address"),
                           ("ctrl+f", "Search labels, addresses and IDs"), ("ctrl+n", "Add recipient"), ("ctrl+5", "Mine 101")):
            app.key(key)
            app.expect(shown)
        app.key("ctrl+1")
        app.key("ctrl+h")
        app.expect("Balance ••••••")
        app.key("ctrl+h")
        app.expect("Balance 50")

    def test_folded(self):
        self.make_wallet()
        path = pathlib.Path(self.folder.name) / "picture.png"
        for width in (360, 700, 1000):
            self.app.resize(width, 680)
            for page, shown in (("overview", "Recent activity"), ("send", "Add recipient"), ("receive", "Type of address"),
                                ("activity", "Mined coins"), ("playground", "Mine 101")):
                self.app.page(page)
                self.app.expect(shown)
                self.app.picture(path)
                # The width stands in bytes 16 to 19 of a PNG file.
                got = int.from_bytes(path.read_bytes()[16:20], "big")
                # Without a compositor the picture has a frame of 5 pixels on each side.
                self.assertLessEqual(got, width + 10, f"{page} does not fit into {width}")
        self.app.resize(360, 680)
        self.app.click("Back")
        self.app.expect("Up to date · block 101")

    def width_of(self, role, name):
        node = next(node for node in self.app.everything() if node.role == role and node.name == name)
        return self.app.reader.call(node.path, driver.A11Y + "Component", "GetExtents", driver.GLib.Variant("(u)", (0,)))[0][2]

    def test_long_name(self):
        """The longest name of a wallet widens neither the window nor the list of wallets, and a name that looks like it is
        refused."""
        app, long = self.app, "W" * 60
        self.make_wallet(blocks=0)
        wallet = json.loads((self.data / "fake-wallets" / "My wallet.json").read_text())
        (self.data / "fake-wallets" / f"{long}.json").write_text(json.dumps(dict(wallet, name=long)))
        app.click_any("Wallet My wallet")
        app.expect(f"{long}, closed")
        self.assertLess(self.width_of("list", "Wallets"), 400)
        app.key("Tab")
        app.key("Down")
        app.key("Return")
        app.expect(f"Wallet {long}")
        path = pathlib.Path(self.folder.name) / "picture.png"
        app.picture(path)
        self.assertLessEqual(int.from_bytes(path.read_bytes()[16:20], "big"), 1010)
        app.click_any(f"Wallet {long}")
        app.click("New wallet…")
        app.type("Name of the wallet", f" {long.lower()}")
        app.click("Create")
        app.expect(f"A wallet with the name “{long}” already exists. Choose another name.")
        self.assertLess(self.width_of("list", "New wallet"), 400)
        app.type("Name of the wallet", "x" * 61)
        app.click("Create")
        app.expect("This name is too long. Use at most 60 characters.")
        app.key("Escape")
        app.expect_gone("This name is too long.")


class FirstRunTest(AppTest):
    words = ()

    def test_three_clicks(self):
        app = self.app
        app.click("Get started")
        app.expect("Playground")
        time.sleep(0.5)
        app.key("Return")
        app.expect("Create your wallet")
        app.click("Create wallet")
        app.expect("Balance 0.000 000 00 BTC")
        app.expect("Playground")

    def test_real_network(self):
        """The storage of a real network is shown before anything is created; Back works everywhere."""
        app = self.app
        app.click("Get started")
        app.expect("The real network")
        app.expect("A public test network")
        time.sleep(0.5)
        app.key("Down")
        app.key("Return")
        app.expect("Storage for the chain")
        app.expect("900.0 GB")
        app.click("Continue")
        app.expect("Create your wallet")
        for shown in ("Storage for the chain", "The real network", "Welcome to Moneyrocket"):
            app.click("Back")
            app.expect(shown)
        self.assertEqual([path.name for path in self.data.iterdir() if path.name.startswith("starts-")], [])


class LoopTest(AppTest):
    words = ("-regtest", "-debug=loop")
    # GTK creates the rows and pages that are shown first in one iteration, which takes about 30 ms; a delay that a person
    # would notice, or that waits for a disk or a reply, is longer.
    limit_ms = 100
    # A lie that is believed blocks the loop for seconds; a busy machine alone delays it by a tenth of a second.
    lies_limit_ms = 500

    def log(self):
        return "".join(path.read_text() for path in self.data.rglob("gui.log"))

    def expect_no_hold(self, since=0, limit_ms=limit_ms):
        """The log reports no blocked loop from the character SINCE on."""
        held = re.findall(r"The main loop was blocked for ([0-9.]+) ms(.*)", self.log()[since:])
        # Not caused by the application: a lock of GLib held by a thread that a busy machine does not schedule; replies of
        # the display server; forking the process to start a worker.
        # The waiting itself, in g_mutex_lock(), has no name: it is a system call of GLib.
        foreign = re.compile(r" in ([^<]*(< [^<]*){0,3}(g_main_context_|libxcb|__libc_fork|g_spawn_)|syscall < libglib-)")
        self.assertEqual([line for line in held if float(line[0]) > limit_ms and not foreign.match(line[1])], [])

    def test_silence(self):
        self.make_wallet()
        app = self.app
        self.review("1.5")
        app.expect("Where the coins go")
        app.click("Send")
        app.expect("The payment is on its way")
        for page in ("overview", "receive", "activity", "playground"):
            app.page(page)
            time.sleep(0.3)
        app.click("Mine 1")
        app.expect("Up to date · block 102")
        self.expect_no_hold()

    def lie(self, lie, what):
        """Makes the workers send LIE. The result waits until the application has logged that WHAT is invalid."""
        count = lambda: self.log().count(f"sent an invalid value: {what}")
        written = count()
        self.fake(lie=lie)
        return lambda: driver.wait_for(f"{what} named after “{lie}”", lambda: count() > written)

    def test_lies_of_node(self):
        """Invalid values from the node: the previous ones stay visible, with a message."""
        app = self.app
        self.make_wallet()
        since = len(self.log())
        for lie, what in (("warnings", "Node1.Warnings"), ("progress", "Node1.Progress"), ("tip", "Node1.Tip"),
                          ("rate", "Node1.Progress"), ("headers", "Node1.Tip"), ("indexes", "Node1.Indexes"),
                          ("validation", "Node1.Validation")):
            self.lie(lie, what)()
            app.expect("The node sent values that cannot be right, and they are not shown.")
            app.expect("Up to date · block 101")
        # Values that are merely unknown are shown as unknown.
        self.fake(lie="eta")
        app.expect("Importing · 100 %")
        self.assertFalse(app.shows("left"))
        self.fake()
        app.expect("Up to date · block 101")
        self.kill("moneyrocket-node")
        app.expect("The node is back.")
        app.expect("Up to date · block 101")
        self.expect_no_hold(since, self.lies_limit_ms)

    def test_lies_of_wallet(self):
        """The same for the wallet: neither its properties nor its replies are accepted."""
        app = self.app
        self.make_wallet()
        since = len(self.log())
        wrong = "The wallet sent values that cannot be right, and they are not shown."
        app.page("overview")
        for lie, what in (("balance", "Wallet1.Balance"), ("scanned", "Wallet1.Scanned"), ("type", "Wallet1.AddressType"), ("wallets", "ObjectManager.GetManagedObjects"),
                          ("amount", "Wallet1.ListHistory"), ("points", "Wallet1.ListBalances"), ("time", "Wallet1.ListHistory"),
                          ("many points", "Wallet1.ListBalances"), ("id", "Wallet1.ListHistory"), ("addresses", "Wallet1.ListAddresses"),
                          ("total", "Wallet1.ListHistory"), ("no address", "Wallet1.ListAddresses"), ("rows", "Wallet1.ListHistory"),
                          ("foreign address", "Wallet1.ListAddresses")):
            self.lie(lie, what)()
            app.expect(wrong)
            app.expect("Balance 50.000 000 00 BTC")
            app.expect("Mined coins")
        self.fake(lie="label")
        app.page("activity")
        app.expect("x" * 1024 + "…")
        self.fake()
        app.expect("Mined coins")
        self.kill("moneyrocket-wallet")
        app.expect("The wallet is back.")
        app.expect("Mined coins")
        self.expect_no_hold(since, self.lies_limit_ms)

    def test_lies_on_request(self):
        """Invalid replies to requests of the user: the page reports that they are invalid."""
        app = self.app
        self.make_wallet()
        since = len(self.log())
        self.review("1.5")
        app.click("Send")
        app.expect("The payment is on its way")
        details = driver.wait_for("Details", lambda: app.find("Details", app.BUTTONS))  # before the bar has a button of this name
        self.fake(lie="payment")
        driver.wait_for("Details", lambda: app.press_inside(details))
        app.expect("The answer was not valid and is not shown.")
        self.assertFalse(app.shows("ä"))
        self.fake()
        app.page("send")
        app.click("New payment")
        for lie in ("coins", "size", "fee"):
            self.fake(lie=lie)
            self.review("1.5")
            app.expect("The answer was not valid and is not shown.")
            self.assertFalse(app.shows("Where the coins go"))
            app.type("Amount", "1")
        app.page("overview")
        named = self.lie("fees", "Spend1.FeeChoices")
        app.page("send")
        named()
        app.expect("The wallet sent values that cannot be right")
        self.fake(lie="new address")
        app.page("receive")
        app.expect("The answer was not valid and is not shown.")
        self.expect_no_hold(since, self.lies_limit_ms)

    def test_lie_about_outcome(self):
        """A long operation that has ended with neither a result nor an error."""
        app = self.app
        self.make_wallet()
        app.page("playground")
        self.fake(lie="outcome")
        app.click("Mine 1")
        app.expect("The answer was not valid and is not shown.")
        self.fake()
        app.click("Mine 1")
        app.expect("Up to date · block 103")

    def test_lies_in_bytes(self):
        """A worker that sends invalid messages, or far too many, is stopped and restarted."""
        app = self.app
        self.make_wallet()
        since = len(self.log())
        for role, name in (("node", "The node"), ("wallet", "The wallet")):
            for lie in (f"bytes {role}", f"storm {role}",
                        *(("huge label", "object types") if role == "wallet" else ("million warnings",))):
                starts = len((self.data / f"starts-{role}").read_text().splitlines())
                self.fake(lie=lie)
                app.expect(f"{name} stopped. It is being restarted.")
                self.fake()
                driver.wait_for("another start", lambda: len((self.data / f"starts-{role}").read_text().splitlines()) > starts)
                app.expect(f"{name} is back.")
            self.fake(lie=f"flood {role}")
            app.page("playground")
            time.sleep(3)
            app.page("overview")
            app.expect("Balance 50.000 000 00 BTC")
            self.fake()
        self.expect_no_hold(since, self.lies_limit_ms)


if __name__ == "__main__":
    unittest.main(verbosity=2)
