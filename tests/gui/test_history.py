#!/usr/bin/python3
"""The history of a wallet with many payments: its scroll bar, its keys, and that nothing in it takes long."""
import json
import pathlib
import time
import unittest

import driver
import test_workers

driver.inside()
N = 11_025


def amount_of(i):
    """The amount of the generated payment I, 0 being the newest, as it is shown."""
    sat = (1 if i % 3 != 1 else -1) * (1000 + i * 7919 * (3 if i % 3 != 1 else 1))
    digits = f"{abs(sat) % 10**8:08}"
    return f"{'+' if sat > 0 else '−'}{abs(sat) // 10**8}.{digits[:3]} {digits[3:6]} {digits[6:]} BTC"


class HistoryTest(test_workers.AppTest):
    words = ("-regtest", "-debug=loop")
    log = test_workers.LoopTest.log
    expect_no_hold = test_workers.LoopTest.expect_no_hold

    def open(self, n=N):
        """A wallet with N payments, and the page with all of them."""
        self.fake(history=n)
        self.app.click("Get started")
        self.app.click("Create wallet")
        self.app.click("Open wallet")
        self.app.expect("Recent activity")
        self.app.page("activity")
        driver.wait_for("the newest payment", lambda: self.rows() and self.is_row(self.rows()[0], 0))

    def rows(self):
        """The rows of the list of payments that have been loaded, from top to bottom."""
        found = next((node for node in self.app.everything() if node.role == "list" and node.name == "Payments"), None)
        return [node for node in found.children if node.name != "Loading"] if found else []

    def is_row(self, node, i):
        return f" {amount_of(i)}, " in f" {node.name}".replace("\u202f", " ").replace("\u00a0", " ")

    def positions(self):
        """Which payments are visible, in the order of the rows."""
        texts = [row.name.replace("\u202f", " ").replace("\u00a0", " ") for row in self.rows()]
        return [self.by_amount.get(text.split(", ")[1]) for text in texts]

    by_amount = {amount_of(i): i for i in range(N)}

    def scroll_bar(self):
        """Its place, the length of its page, and the length of the whole."""
        path = pathlib.Path(self.folder.name) / "scroll-bar"
        path.unlink(missing_ok=True)
        self.app.settle()
        self.app.action("scroll-bar", driver.GLib.Variant("s", str(path)))
        driver.wait_for("the place of the scroll bar", lambda: path.exists() and path.read_text().endswith("\n"))
        return [int(word) for word in path.read_text().split()]

    def focused(self):
        return next((node for node in self.app.everything() if node.has_state(driver.Atspi.StateType.FOCUSED)), None)

    def focus_list(self):
        """By keys, from the search."""
        def reached():
            self.app.key("Tab")
            time.sleep(0.2)
            node = self.focused()
            return node is not None and node.role == "list item" and node.parent.name == "Payments"
        self.app.key("ctrl+f")
        driver.wait_for("the focus in the list", reached)

    def expect_focus(self, i):
        driver.wait_for(lambda: f"the focus on payment {i}; it is on “{self.focused() and self.focused().name}”",
                        lambda: self.focused() is not None and self.is_row(self.focused(), i), 10)

    def expect_order(self, positions):
        """Rows follow each other in the history, without gaps."""
        self.assertEqual(positions, list(range(positions[0], positions[0] + len(positions))))

    def test_scroll_bar(self):
        """It shows the length of the whole history from the start, and moving it anywhere shows what is there."""
        app = self.app
        self.open()
        since = len(self.log())
        place, page, whole = self.scroll_bar()
        self.assertEqual(place, 0)
        row = whole / N
        self.assertTrue(30 < row < 90, row)
        for fraction in (0.5, 0.1, 0.9, 0.333, 0.999):
            app.action("scroll-to", driver.GLib.Variant("d", fraction))
            wanted = N * fraction
            driver.wait_for(lambda: f"payments around {wanted}; there are {self.positions()}",
                            lambda: self.positions() and self.positions()[0] is not None
                            and abs(self.positions()[0] - wanted) < N / 100, 10)
            self.expect_order([position for position in self.positions() if position is not None])
            # The headings of days make the part that is known a little longer.
            now = self.scroll_bar()
            self.assertAlmostEqual(now[2] / whole, 1, delta=0.02)
            self.assertAlmostEqual(now[0] / now[2], min(fraction, 1 - page / whole), delta=0.01)
        self.expect_no_hold(since, 50)

    def test_keys(self):
        """End, Home and the page keys go where they say, with one press."""
        self.open()
        since = len(self.log())
        self.focus_list()
        self.expect_focus(0)
        self.app.key("End")
        self.expect_focus(N - 1)
        place, page, whole = self.scroll_bar()
        self.assertLessEqual(abs(place + page - whole), 1)
        self.app.key("Page_Up")
        driver.wait_for("a page further up", lambda: self.focused() and 3 <= N - 1 - self.at_focus() <= 15, 10)
        self.app.key("Home")
        self.expect_focus(0)
        self.assertEqual(self.scroll_bar()[0], 0)
        self.app.key("Page_Down")
        driver.wait_for("a page further down", lambda: 3 <= self.at_focus() <= 15, 10)
        for _ in range(3):
            before = self.at_focus()
            self.app.key("Down")
            self.expect_focus(before + 1)
        self.app.key("Return")
        self.app.expect("Transaction ID")
        self.expect_no_hold(since, 50)

    def at_focus(self):
        text = self.focused().name.replace("\u202f", " ").replace("\u00a0", " ")
        return self.by_amount.get(text.split(", ")[1], -1)

    def test_press(self):
        """A row can be pressed through the accessibility bus."""
        self.open(50)
        self.assertTrue(self.rows()[3].press())
        self.app.expect("Transaction ID")

    def test_blocks(self):
        """A block changes the rows in place: neither the scroll bar nor the focus moves. At the start a new payment is shown."""
        app = self.app
        self.open()
        self.focus_list()
        for _ in range(3):
            app.key("Page_Down")
        time.sleep(1)
        focus, before, seen = self.at_focus(), self.scroll_bar(), self.positions()
        self.assertGreater(before[0], 0)
        since = len(self.log())
        self.mine()
        driver.wait_for("one row more", lambda: self.scroll_bar()[2] > before[2])
        self.assertEqual((self.at_focus(), self.positions()), (focus, seen))
        now = self.scroll_bar()
        self.assertAlmostEqual(now[0] - before[0], now[2] - before[2], delta=1)
        app.key("Home")
        driver.wait_for("the mined coins", lambda: self.rows() and "Mined coins" in self.rows()[0].name, 10)
        self.mine()
        driver.wait_for("the newest ones as well", lambda: self.scroll_bar()[0] == 0
                        and ["Mined" in row.name for row in self.rows()[:3]] == [True, True, False], 10)
        self.expect_no_hold(since, 50)

    def mine(self):
        self.app.page("playground")
        self.app.click("Mine 1")
        self.app.expect("1 block was mined")
        self.app.page("activity")

    def test_search(self):
        """Words and kinds are looked for in the whole history, not in what has been loaded."""
        app = self.app
        self.open()
        since = len(self.log())
        oldest = self.oldest_address()
        app.type("Search labels, addresses and IDs", oldest)
        driver.wait_for("the oldest payment alone", lambda: self.positions() == [N - 1], 10)
        app.type("Search labels, addresses and IDs", "")
        driver.wait_for("all", lambda: self.positions()[:2] == [0, 1], 10)
        app.click("Sent")
        driver.wait_for("every third one", lambda: self.positions()[:3] == [1, 4, 7], 10)
        app.action("scroll-to", driver.GLib.Variant("d", 1.0))
        driver.wait_for("the last of them", lambda: self.positions() and self.positions()[-1] == N - 2, 10)
        app.type("Search labels, addresses and IDs", "coffee")
        driver.wait_for("both", lambda: self.positions()[:2] == [10, 22], 10)
        app.click("All")
        driver.wait_for("every fourth one", lambda: self.positions()[:3] == [2, 6, 10], 10)
        self.expect_no_hold(since, 50)

    def oldest_address(self):
        stored = self.data / "fake-wallets" / "My wallet.json"
        return json.loads(stored.read_text())["txs"][0]["address"]


if __name__ == "__main__":
    unittest.main(verbosity=2)
