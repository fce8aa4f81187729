#!/usr/bin/python3
"""What the pages show: long texts of others, titles, numbers of recipients, figures that are hidden or not renewed."""
import signal
import subprocess
import unittest

import driver
from test_workers import ADDRESS, AppTest

driver.inside()
WORD = "W" * 200
OTHER = "bcrt1q66fhwalxpsnvejhu5aqgxwzqglna07kurrcfpv"


class TextTest(AppTest):
    def extents(self, node):
        """X, y, width and height in the window."""
        return self.app.reader.call(node.path, driver.A11Y + "Component", "GetExtents", driver.GLib.Variant("(u)", (1,)))[0]

    def title(self):
        return next(node.name for node in self.app.everything() if node.role == "frame")

    def expect_title(self, title):
        driver.wait_for(lambda: f"the title {title}, not {self.title()}", lambda: self.title() == title)

    def check_width(self, where, width=360):
        """Nothing makes the window wider than it was made."""
        self.app.resize(width, 680)
        frame = next(node for node in self.app.everything() if node.role == "frame")
        self.assertLessEqual(self.extents(frame)[2], width + 60, where)  # with the shadow of the window

    def fill(self, amount="1.5", label=""):
        self.app.page("send")
        self.app.type("Address or payment link", ADDRESS)
        self.app.type("Amount", amount)
        self.app.type("Label, seen only by you", label)

    def test_long_words(self):
        """A label without spaces is broken where it has to be."""
        app = self.app
        self.make_wallet()
        self.fill(label=WORD)
        app.click("Review")
        app.expect("Where the coins go")
        self.check_width("review")
        app.click("Send")
        app.expect("The payment is on its way")
        self.check_width("sent")
        app.click("Details")
        app.expect("Transaction ID")
        self.check_width("payment")
        app.click("Back")
        for page in ("activity", "overview", "receive"):
            app.page(page)
            self.check_width(page)

    def test_titles(self):
        """The title says what the page does now, and that of another page is its own."""
        app = self.app
        self.make_wallet()
        self.fill()
        self.expect_title("Send")
        app.click("Review")
        self.expect_title("Review")
        app.page("activity")
        self.expect_title("Activity")
        app.page("send")
        self.expect_title("Review")
        app.click("Back")
        self.expect_title("Send")
        app.click("Review")
        app.expect("Where the coins go")
        app.click("Send")
        app.expect("The payment is on its way")
        self.expect_title("Payment")
        app.click("New payment")
        self.expect_title("Send")

    def expect_list(self, name):
        driver.wait_for(f"a list {name}", lambda: self.app.find(name, ("list",)))
        self.app.expect(name)

    def test_recipients(self):
        """Several recipients are numbered, to the eye and to a screen reader."""
        app = self.app
        self.make_wallet(blocks=0)
        app.page("send")
        app.expect("Recipient")
        self.assertIsNone(app.find("Recipient 1"))
        app.click("Add recipient")
        self.expect_list("Recipient 2")
        app.click("Add recipient")
        for number in (1, 2, 3):
            self.expect_list(f"Recipient {number}")
        app.click("Remove recipient 1")
        driver.wait_for("two recipients", lambda: app.find("Recipient 3", ("list",)) is None)
        self.expect_list("Recipient 2")
        app.click("Remove recipient 2")
        self.expect_list("Recipient")

    def test_details(self):
        """The fee has the preferred unit, and is hidden with the other amounts; coins of this wallet are marked on both sides."""
        app = self.app
        self.make_wallet()
        self.fill()
        app.click("Review")
        app.expect("Where the coins go")
        app.click("Send")
        app.expect("The payment is on its way")
        app.click("Details")
        app.expect("Transaction ID")
        fee = lambda: next(text for text in app.texts() if "sat/vB" in text)
        self.assertRegex(fee(), r"^0\.\d{3} \d{3} \d{2} BTC · ")
        app.key("ctrl+h")
        driver.wait_for("a hidden fee", lambda: fee().startswith("••••••"))
        self.assertEqual(sum(text == "Yours" for text in app.texts()), 2)

    def test_silent_node(self):
        """While the node does not answer, the figures are dimmed, and neither buttons nor what a person confirms."""
        app = self.app
        self.make_wallet()
        self.fill()
        app.click("Review")
        app.expect("Where the coins go")
        before = {name: self.darkest(name) for name in ("Send", "Back")}
        self.kill("moneyrocket-node", signal.SIGSTOP)
        app.expect("The node does not answer.")
        self.assertEqual({name: self.darkest(name) for name in before}, before)
        self.kill("moneyrocket-node", signal.SIGCONT)
        app.expect("The node is back.")

    def darkest(self, name):
        """How dark the button NAME is at its darkest, as a person sees it."""
        node = driver.wait_for(name, lambda: self.app.find(name, self.app.BUTTONS))
        x, y, width, height = self.extents(node)
        path = f"{self.folder.name}/{name}.png"
        self.app.picture(path)
        out = subprocess.run(["convert", path, "-crop", f"{width}x{height}+{x}+{y}", "-colorspace", "gray", "-format", "%[fx:minima]",
                              "info:"], check=True, capture_output=True, text=True).stdout
        return round(float(out), 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
