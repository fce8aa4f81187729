#!/usr/bin/python3
"""What a screen reader says: each control of every page, dialog and popover has exactly one name, which is not that of a
class."""
import re
import time
import unittest

import driver
from test_workers import ADDRESS, AppTest

STATE = driver.Atspi.StateType
CONTROLS = driver.Application.BUTTONS + ("list item", "text", "entry", "combo box", "switch", "spin button", "toggle button")


def faults(nodes):
    """The controls among NODES whose name is missing, the name of a class, or said twice."""
    for node in nodes:
        if node.role not in CONTROLS + ("image", "list", "label", "alert", "dialog", "frame"):
            continue
        focusable = node.has_state(STATE.FOCUSABLE) and node.role in CONTROLS
        name = node.name.strip()
        if focusable and not name:
            yield f"{node.role} without a name in “{surroundings(node)}”"
        elif re.match(r"(Gtk|Adw|Gui)[A-Z]", name) and not is_of_platform(node):
            yield f"{node.role} called {name} in “{surroundings(node)}”"
        elif re.fullmatch(r"(\S.*)[\s,]+\1", name):
            yield f"{node.role} called “{name}”"


def is_of_platform(node):
    """The pencil that AdwEntryRow shows, the arrows of rows that open, and empty titles: they cannot be reached from outside."""
    if node.role == "label":
        return not node.text
    return node.role == "image" and node.name == "GtkImage" and any(
        parent.role in ("text", "list item", "combo box") or parent.name.startswith("AdwViewSwitcher") for parent in parents(node))


def parents(node):
    while node.parent is not None:
        node = node.parent
        yield node


def surroundings(node):
    return next((parent.name for parent in parents(node) if parent.name and not parent.name.startswith(("Gtk", "Adw"))), "")


class NamesTest(AppTest):
    def setUp(self):
        super().setUp()
        self.seen = 0
        self.wrong = []

    def walk(self, where):
        time.sleep(0.5)
        nodes = list(self.app.everything())
        controls = [node for node in nodes if node.role in CONTROLS and node.has_state(STATE.FOCUSABLE)]
        # A test that sees no controls proves nothing.
        self.assertGreater(len(controls), 2, where)
        self.seen += len(controls)
        self.wrong += [f"{where}: {fault}" for fault in faults(nodes)]

    def check(self):
        self.assertEqual(list(dict.fromkeys(self.wrong)), [])
        self.assertGreater(self.seen, 50)

    def test_first_run(self):
        app = self.app
        app.expect("Get started")
        self.walk("welcome")
        app.click("Get started")
        app.expect("Create your wallet")
        self.walk("create")
        app.type("Name of the wallet", "a/b")
        app.click("Create wallet")
        app.expect("Choose a name without a slash.")
        self.walk("refused name")
        app.type("Name of the wallet", "Savings")
        app.click("Create wallet")
        app.expect("Your wallet is ready")
        self.walk("ready")
        self.assertEqual(self.wrong, [])

    def test_pages(self):
        app = self.app
        self.make_wallet()
        for page in ("overview", "send", "receive", "activity", "processes", "console", "playground"):
            for width in (1000, 360):
                app.resize(width, 680)
                app.page(page)
                self.walk(f"{page} at {width}")
        app.page("console")
        app.click("Open the console")
        self.walk("open console")
        app.click("Back")
        self.walk("sidebar")
        app.resize(1000, 680)
        app.page("activity")
        app.type("Search labels, addresses and IDs", "zebra")
        app.expect("Nothing found")
        self.walk("nothing found")
        self.check()

    def test_payment(self):
        app = self.app
        self.make_wallet()
        self.review("1.5")
        app.expect("Where the coins go")
        self.walk("review")
        self.fake(refuse=True)
        app.click("Send")
        app.expect("The node refused the payment")
        self.walk("refused")
        app.click("Abandon…")
        app.expect("Abandon this payment?")
        self.walk("abandon")
        app.click("Keep payment")
        self.fake()
        app.expect("The payment is on its way")
        self.walk("sent")
        app.click("Details")
        app.expect("Transaction ID")
        self.walk("details")
        self.check()

    def test_popups(self):
        app = self.app
        self.make_wallet()
        for name, start, shown in (("menu", "Main menu", "Keyboard shortcuts"), ("wallets", "Wallet My wallet", "New wallet…"),
                                   ("node", "Node: ", "Your node")):
            app.click_any(start)
            app.expect(shown)
            self.walk(name)
            app.key("Escape")
            app.expect_gone(shown)
        app.click_any("Wallet My wallet")
        app.click("New wallet…")
        app.expect("Name of the wallet")
        self.walk("new wallet")
        app.type("Name of the wallet", "a/b")
        app.click("Create")
        app.expect("Choose a name without a slash.")
        self.walk("new wallet, refused name")
        app.key("Escape")
        app.expect_gone("Choose a name without a slash.")
        app.key("ctrl+comma")
        app.expect("As the desktop")
        self.walk("preferences")
        self.check()

    def test_bar(self):
        """The button of the bar about a worker that stopped has a name."""
        app = self.app
        self.make_wallet()
        self.kill("moneyrocket-wallet")
        app.expect("Details")
        names = [node.name for node in app.everything() if node.role == "push button"]
        self.assertEqual([name for name in names if name.startswith(("Gtk", "Adw"))], [])

    def test_row(self):
        """A row of Activity and what is in it have names of their own."""
        app = self.app
        self.make_wallet()
        app.page("activity")
        app.expect("Spendable after 100 more blocks")
        rows = [node for node in app.everything() if node.role == "list item" and node.name.startswith("Mined coins, ")]
        self.assertGreater(len(rows), 3)
        for row in rows:
            self.assertNotIn(row.name, [node.name for node in row.descendants()])

    def test_choice(self):
        """The chosen item of a list is in the name of the list, and each item has a name."""
        app = self.app
        self.make_wallet(blocks=0)
        app.page("receive")
        app.click_any("More")
        combo = driver.wait_for("the type of address", lambda: next(
            (node for node in app.everything() if node.role == "combo box"), None))
        self.assertEqual(combo.name, "Type of address: Segwit")
        self.assertEqual([node.name for node in combo.descendants() if node.role == "list item"], [])


class TypeTest(AppTest):
    """Receive offers the type of -addresstype, and its first address is of that type."""
    words = ("-regtest", "-addresstype=bech32m")

    def test_default(self):
        app = self.app
        self.make_wallet(blocks=0)
        app.page("receive")
        app.expect("bcrt 1p")
        app.click_any("More")
        app.expect("Type of address: Taproot")


class OldTypeTest(AppTest):
    words = ("-regtest", "-addresstype=legacy")

    def test_default(self):
        app = self.app
        self.make_wallet(blocks=0)
        app.page("receive")
        app.click_any("More")
        app.expect("Type of address: Legacy")


if __name__ == "__main__":
    unittest.main(verbosity=2)
