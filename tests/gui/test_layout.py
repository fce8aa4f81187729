#!/usr/bin/python3
"""Every page in every width, with text of the usual size and 50 % larger: nothing is wider than the window, no text is cut,
and the sidebar keeps its width."""
import pathlib
import unittest

import driver
from test_workers import ADDRESS, AppTest

driver.inside()
OTHER = "bcrt1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqc8gma6"
WIDTHS = (360, 1400, 700, 1000)
PAGES = ("overview", "send", "receive", "activity", "processes", "console", "playground")
# The title of a payment of millions, which leave it no room.
RICH = "To bcrt 1qdw … 825n v2pz"
LONG = "A label that is rather long, as people write them"
SIDEBAR, LEAST_PAGE = 240, 460
# Of the text, as in the desktop's settings.
SCALES = (1.5, 1)


class LayoutTest(AppTest):
    """With everything that a page can show."""
    maxDiff = None
    # Labels of payments are as long as a person likes. The title of a page shares its bar with the buttons of the window.
    may_be_cut = (LONG, "Playground", RICH)

    def setUp(self):
        super().setUp()
        self.wrong = []

    def extents(self, node):
        """X, y, width and height in the window."""
        return self.app.reader.call(node.path, driver.A11Y + "Component", "GetExtents", driver.GLib.Variant("(u)", (1,)))[0]

    def layout(self):
        """The width of the window, and the texts that are cut."""
        path = pathlib.Path(self.folder.name) / "layout"
        path.unlink(missing_ok=True)
        self.app.action("layout", driver.GLib.Variant("s", str(path)))
        driver.wait_for("the layout", path.exists)
        width, *cut = path.read_text().splitlines()
        return int(width), [text for text in cut if text not in self.may_be_cut]

    def check(self, where, widths=WIDTHS):
        for scale in SCALES:
            self.app.action("text-scale", driver.GLib.Variant("d", scale))
            for width in widths:
                self.app.resize(width, 680)
                self.check_width(f"{where} at {width}, text {scale}", width, beside=width >= SIDEBAR + scale * LEAST_PAGE)

    def check_width(self, where, width, beside):
        """BESIDE: the sidebar is shown beside the page."""
        got, cut = self.layout()
        if got > width:
            self.wrong.append(f"{where}: {got} wide")
        self.wrong += [f"{where}: “{text}” is cut" for text in cut]
        pages = self.app.find("Pages")
        if beside and pages is not None and self.extents(pages)[2] != SIDEBAR:
            self.wrong.append(f"{where}: the sidebar is {self.extents(pages)[2]} wide")

    def check_lines(self):
        """An address has two lines, however wide the window is: as many groups as can be compared at a glance."""
        node = driver.wait_for("the address", lambda: next((node for node in self.app.everything() if node.role == "label"
                               and (node.text or node.name).startswith("bcrt ") and "…" not in (node.text or node.name)), None))
        _x, _y, width, height = self.extents(node)
        self.assertGreater(height, 30)
        self.assertLess(width, 300)

    def two_recipients(self):
        app = self.app
        app.page("send")
        app.click("Add recipient")
        for title, texts in (("Address or payment link", (ADDRESS, OTHER)), ("Amount", ("1", "12.5")),
                             ("Label, seen only by you", ("Books", LONG))):
            for field, text in zip(driver.wait_for(title, lambda t=title: self.fields(t, 2)), texts):
                field.set_text(text)
        app.click("Review")
        app.expect("Where the coins go")

    def test_pages(self):
        self.make_wallet(blocks=0)
        for page in PAGES:
            self.app.page(page)
            self.check(f"empty {page}", (360, 700))
        self.app.page("playground")
        self.app.click("Mine 101")
        self.app.expect("101 blocks were mined")
        self.app.page("receive")
        self.app.type("Label, seen only by you and the payer", "Rent")
        self.app.click("New address")
        self.app.expect("Earlier addresses")
        self.check_lines()
        self.fake(used=150_000_000)
        for page in PAGES:
            self.app.page(page)
            self.check(page)
        self.assertEqual(self.wrong, [])

    def test_payment(self):
        app = self.app
        self.make_wallet()
        app.page("send")
        app.click("Review")
        app.expect("Enter an amount.")
        self.check("mistakes", (360, 700))
        self.two_recipients()
        self.check("review")
        self.fake(refuse=True)
        app.click("Send")
        app.expect("The node refused the payment")
        self.check("refused", (360, 700))
        app.click("Abandon…")
        app.expect("Abandon this payment?")
        self.check("abandon", (360, 700))
        app.click("Keep payment")
        app.click("Details")
        app.expect("Transaction ID")
        self.check("details of a refused payment")
        app.click("Abandon…")
        app.expect("Abandon this payment?")
        self.check("abandon in the details", (360, 700))
        self.fake()
        app.click("Back")
        app.page("send")
        app.expect("The payment is on its way")
        self.check("sent", (360, 700))
        self.assertEqual(self.wrong, [])

    def test_right_to_left(self):
        """In a language that is written from right to left, pages are mirrored, but addresses and figures are not."""
        app = self.app
        self.make_wallet()
        app.action("direction", driver.GLib.Variant("s", "rtl"))
        for page in PAGES:
            app.page(page)
            self.check(f"{page} from right to left", (360, 1000))
        self.two_recipients()
        self.check("review from right to left", (360, 1000))
        self.assertGreater(self.extents(app.find("Pages"))[0], 700)
        address = " ".join(ADDRESS[i:i + 4] for i in range(0, len(ADDRESS), 4))
        label, amount, address = (self.extents(driver.wait_for(text, lambda t=text: next(
            (node for node in app.everything() if node.role == "label" and (node.text or node.name).replace("\u00a0", " ") == t), None)))
            for text in ("Books", "1.000 000 00 BTC", address))
        # Everything begins at the right; the amount is at the end.
        self.assertLessEqual(abs(label[0] + label[2] - address[0] - address[2]), 6)
        self.assertLess(amount[0] + amount[2], address[0])
        self.assertEqual(self.wrong, [])

    def test_states(self):
        """The first run, a node that is not ready, and figures of somebody who has a lot."""
        app = self.app
        app.expect("Get started")
        self.check("welcome")
        app.click("Get started")
        app.type("Name of the wallet", "a/b")
        app.click("Create wallet")
        app.expect("Choose a name without a slash.")
        self.check("refused name", (360, 700))
        app.type("Name of the wallet", "Savings")
        rich = {"history": 6, "history_amount": 2_000_000 * 100_000_000}
        self.fake(**rich, state="syncing", progress=0.61, eta=10800, peers=8, height=580000, headers=958120)
        app.click("Create wallet")
        app.click("Open wallet")
        app.expect("Your node is checking the chain")
        for page in ("overview", "activity", "send"):
            app.page(page)
            self.check(f"{page} while syncing", (360, 700))
        self.fake(hold="node")
        self.kill("moneyrocket-node")
        app.expect("The node stopped.")
        self.check("stopped", (360, 700))
        self.fake()
        app.expect("The node is back.")
        self.assertEqual(self.wrong, [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
