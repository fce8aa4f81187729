#!/usr/bin/python3
"""Everything by keyboard: from the first run to a payment that was sent without a mouse, the sidebar, back, and that nothing
typed is lost by a shortcut."""
import json
import pathlib
import subprocess
import tempfile
import time
import unittest

import driver
from test_workers import ADDRESS, AppTest

driver.inside()
STATE = driver.Atspi.StateType


class Keys:
    """Presses keys only, and reads what is visible."""

    def __init__(self, app):
        self.app = app

    def press(self, *names):
        for name in names:
            time.sleep(0.15)
            self.app.key(name)

    def write(self, text):
        time.sleep(0.15)
        subprocess.run(["xdotool", "type", "--delay", "5", text], check=True)
        self.app.reader.changed = True

    def focus(self):
        return self.app.focus()

    def tab_to(self, name, key="Tab", limit=40, roles=None):
        """Moves the focus with Tab until NAME has it. Fields have the focus in a part that is not read out."""
        seen = []
        for _ in range(limit):
            time.sleep(0.15)
            now = self.focus()
            if now == name and (roles is None or self.app.find(name, roles).has_state(STATE.FOCUSED)):
                return
            seen.append(now)
            self.app.key(key)
        raise driver.Missing(f"the focus on “{name}”; it was on {seen}")

    def expect_focus(self, name):
        driver.wait_for(lambda: f"the focus on “{name}”, not on “{self.focus()}”", lambda: self.focus() == name)


class FlowTest(unittest.TestCase):
    """With the real workers."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.app = driver.Application(pathlib.Path(self.folder.name)).start()
        self.addCleanup(self.stop)
        self.keys = Keys(self.app)

    def stop(self):
        self.assertEqual(self.app.stop(), 0)
        self.assertEqual(self.app.complaints(), [])

    def test_first_run_to_sent(self):
        app, keys = self.app, self.keys
        keys.expect_focus("Get started")
        keys.press("Return")
        keys.expect_focus("Playground")
        keys.press("Return")
        app.expect("Create your wallet")
        # The name is suggested; the field has the focus and creates the wallet.
        keys.press("Return")
        app.expect("Balance 0.000 000 00 BTC")
        keys.press("ctrl+5")
        app.expect("Mine 101")
        keys.tab_to("Mine 101")
        keys.press("Return")
        app.expect("101 blocks were mined", patience=300)
        keys.press("ctrl+1")
        app.expect("Balance 50.000 000 00 BTC")
        keys.press("ctrl+r")
        app.expect("bcrt ")
        keys.tab_to("Copy")
        keys.press("space")
        app.expect("copied")
        keys.press("ctrl+n")
        app.expect("Add recipient")
        keys.write(ADDRESS)
        keys.press("Tab", "Tab")
        keys.write("1.5")
        keys.tab_to("Review")
        keys.press("Return")
        app.expect("Where the coins go")
        keys.tab_to("Send", roles=app.BUTTONS)
        keys.press("Return")
        app.expect("The payment is on its way")
        keys.press("ctrl+4")
        app.expect("1.500 0")


class SidebarTest(AppTest):
    def setUp(self):
        super().setUp()
        self.keys = Keys(self.app)
        self.make_wallet()

    def title(self):
        return next(node.name for node in self.app.everything() if node.role == "frame")

    def test_sidebar(self):
        """Arrows and Tab move, Enter and Space open; all pages are reached."""
        app, keys = self.app, self.keys
        keys.press("ctrl+1")
        keys.tab_to("Overview", key="shift+Tab")
        for name in ("Send", "Receive", "Activity", "Processes", "Console", "Playground"):
            keys.press("Down")
            keys.expect_focus(name)
            self.assertEqual(self.title(), "Overview")
        keys.press("Up", "Up", "Up", "Return")
        driver.wait_for("Activity", lambda: self.title() == "Activity")
        keys.expect_focus("Activity")
        keys.press("Up", "space")
        driver.wait_for("Receive", lambda: self.title() == "Receive")
        keys.press("Tab")
        time.sleep(0.3)
        self.assertEqual(self.title(), "Receive")
        selected = [node.name for node in app.everything() if node.role == "list item" and node.has_state(STATE.SELECTED)]
        self.assertEqual(selected, ["Receive"])

    def test_back(self):
        """Escape and Alt+Left go back, from the details of a payment to its row, from a search to the list."""
        app, keys = self.app, self.keys
        for back in ("Escape", "alt+Left"):
            keys.press("ctrl+f")
            keys.write("zebra")
            app.expect("Nothing found")
            keys.press(back)
            app.expect_gone("Nothing found")
            app.expect("Mined coins")
            keys.press("ctrl+1")
            driver.wait_for("a row", lambda: self.tab_to_row("Mined coins"))
            row = keys.focus()
            keys.press("Return")
            app.expect("Transaction ID")
            keys.press(back)
            app.expect_gone("Transaction ID")
            driver.wait_for(f"the focus on “{row}”", lambda r=row: (keys.focus() or "")[:12] == r[:12])

    def tab_to_row(self, start):
        if (self.keys.focus() or "").startswith(start):
            return True
        self.keys.press("Tab")
        time.sleep(0.2)
        return (self.keys.focus() or "").startswith(start)

    def test_back_when_narrow(self):
        app, keys = self.app, self.keys
        app.resize(360, 680)
        keys.press("ctrl+3")
        app.expect("Type of address")
        keys.press("Escape")
        app.expect("Up to date · block 101")
        keys.expect_focus("Receive")
        keys.press("Up", "Return")
        app.expect("Add recipient")

    def test_draft_is_kept(self):
        """Ctrl+N on a form or a review that was begun keeps what was typed."""
        app, keys = self.app, self.keys
        keys.press("ctrl+n")
        app.expect("Add recipient")
        keys.write(ADDRESS)
        app.type("Amount", "1.25")
        keys.press("ctrl+1")
        app.expect("Recent activity")
        keys.press("ctrl+n")
        app.expect("Add recipient")
        app.click("Review")
        app.expect("Where the coins go")
        app.expect("1.250 000 00 BTC")
        keys.press("ctrl+n")
        app.expect("Add recipient")
        keys.tab_to("Review")
        keys.press("Return")
        app.expect("Where the coins go")
        app.expect("1.250 000 00 BTC")
        for back in ("Escape", "alt+Left"):
            keys.press(back)
            app.expect("Add recipient")
            keys.expect_focus("Review")
            keys.press("Return")
            app.expect("Where the coins go")

    def test_shortcuts_window(self):
        app, keys = self.app, self.keys
        keys.press("ctrl+question")
        for text in ("New payment", "Search the activity", "Preferences", "Back", "Hide amounts", "Receive"):
            app.expect(text)


class FocusTest(AppTest):
    """In the first run, with a network that the options name."""

    def test_first_run(self):
        keys, app = Keys(self.app), self.app
        keys.expect_focus("Get started")
        keys.press("Return")
        app.expect("Create your wallet")
        keys.press("Escape")
        app.expect("Welcome to Moneyrocket")
        keys.expect_focus("Get started")
        keys.press("Return")
        app.expect("Create your wallet")
        keys.press("ctrl+a")
        keys.write("a/b")
        keys.press("Return")
        app.expect("Choose a name without a slash.")
        keys.press("ctrl+a")
        keys.write("Savings")
        app.expect_gone("Choose a name without a slash.")
        keys.press("Return")
        keys.expect_focus("Open wallet")
        self.fake(history=3)
        keys.press("Return")
        app.expect("Wallet Savings")
        self.assertIn("Balance", keys.focus())
        self.assertEqual(json.loads((self.data / "fake-wallets" / "Savings.json").read_text())["name"], "Savings")


if __name__ == "__main__":
    unittest.main(verbosity=2)
