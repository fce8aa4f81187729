#!/usr/bin/python3
"""What is cut off or covers something else: large text, narrow windows, many recipients; and what a balance is made of."""
import pathlib
import tempfile
import time
import unittest

import driver
from test_send import SendTest
from test_workers import ADDRESS, AppTest

driver.inside()
OTHER = "bcrt1q66fhwalxpsnvejhu5aqgxwzqglna07kurrcfpv"


class LargeTest(AppTest):
    """Text is 50 % larger."""

    def setUp(self):
        self.resources = tempfile.NamedTemporaryFile(mode="w", suffix=".Xresources")
        self.resources.write("Xft.dpi: 144\n")
        self.resources.flush()
        self.environment = {"XENVIRONMENT": self.resources.name}
        super().setUp()

    def tearDown(self):
        super().tearDown()
        self.resources.close()

    def extents(self, node):
        return self.app.reader.call(node.path, driver.A11Y + "Component", "GetExtents", driver.GLib.Variant("(u)", (1,)))[0]

    def labels(self, text):
        return [node for node in self.app.everything() if node.role == "label" and (node.text or node.name) == text]

    def test_tag(self):
        """Nothing in the title bar covers the title of the page."""
        app = self.app
        self.make_wallet(blocks=0)
        for width in (1400, 1000, 700, 360):
            app.resize(width, 680)
            for page, title in (("activity", "Activity"), ("receive", "Receive")):
                app.page(page)
                app.settle()
                buttons = [node for name in ("Hide amounts", "Main menu", "Back") if (node := app.find(name, app.BUTTONS)) is not None]
                others = [self.extents(node) for node in self.labels("Playground") + buttons]
                titles = [box for box in map(self.extents, self.labels(title)) if box[0] > 0 and 0 <= box[1] < 50]
                self.assertTrue(titles, (width, page))
                for x, y, w, h in titles:
                    self.assertFalse([o for o in others if x < o[0] + o[2] + 4 and o[0] < x + w + 4
                                      and y < o[1] + o[3] and o[1] < y + h], (width, page, titles))

    def test_row(self):
        """Where amount and time have no room side by side, each has a line."""
        app = self.app
        self.make_wallet()
        app.page("activity")
        app.expect("Spendable after 100 more blocks")
        app.resize(360, 680)
        app.settle()
        amounts = [self.extents(node) for node in app.everything() if (node.text or node.name).startswith("+50.000")
                   and node.role == "label"]
        times = [self.extents(node) for node in self.labels("Just now")]
        self.assertTrue(amounts and times)
        for x, y, _width, height in times[:4]:
            above = [box for box in amounts if box[0] == x and box[1] + box[3] <= y <= box[1] + box[3] + 12]
            self.assertTrue(above, (x, y, height, amounts[:4]))


class ManyTest(SendTest):
    def two_fields(self, title):
        return driver.wait_for(f"two fields {title}", lambda: (found := [
            node for node in self.app.everything() if node.implements("EditableText") and node.name == title])
            and len(found) == 2 and found)

    def test_two_recipients(self):
        """With two recipients Review fits the default height, where the page has 460 pixels, too; in a narrow window the diagram
        flows downwards."""
        app = self.app
        app.click("Add recipient")
        for title, texts in (("Address or payment link", (ADDRESS, OTHER)), ("Amount", ("1", "2.5")),
                             ("Label, seen only by you", ("Books", "A label that is rather long, as people write them"))):
            for field, text in zip(self.two_fields(title), texts):
                field.set_text(text)
        app.click("Review")
        app.expect("Where the coins go")
        diagram = driver.wait_for("the diagram", lambda: next((n for n in app.everything() if n.name.startswith("Your coin ")), None))
        heights = {}
        for width in (360, 700, 1000):
            app.resize(width, 680)
            app.settle()
            _x, y, _width, heights[width] = self.extents(diagram)
            if width > 360:
                self.assertLessEqual(y + heights[width] + 12, self.extents(app.find("Send", app.BUTTONS))[1] - 6, width)
        self.assertGreater(heights[360], heights[700])


class FeeTest(SendTest):
    def test_alone(self):
        """Where only a rate can be entered, its row begins where the rows above begin."""
        self.fake(fees=[0, 0, 0])
        self.app.page("overview")
        self.app.page("send")
        self.app.expect("The node cannot estimate fees yet")
        places = {text: {self.extents(node)[0] for node in self.app.everything()
                         if node.role == "label" and (node.text or node.name) == text} for text in ("Fee rate", "Amount")}
        self.assertTrue(places["Fee rate"] and places["Fee rate"] <= places["Amount"], places)


class UsedTest(AppTest):
    def test_used(self):
        """Coins that a wallet does not spend, since their addresses were used before, are shown beside the balance."""
        app = self.app
        self.make_wallet()
        app.page("overview")
        app.expect("Balance 50.000 000 00 BTC")
        self.assertFalse(any("at used addresses" in text for text in app.texts()))
        self.fake(used=150_000_000)
        app.page("playground")
        app.click("Mine 1")
        app.page("overview")
        app.expect("1.500 000 00 BTC set aside, at used addresses")
        app.page("send")
        app.expect("100.000 000 00 BTC available")
        self.review("101")
        app.expect("There is not enough for this and the fee. Enter less, use Max, or also spend the coins set aside.")
        app.resize(360, 680)
        path = pathlib.Path(self.folder.name) / "picture.png"
        app.picture(path)
        # The width stands in bytes 16 to 19 of a PNG file.
        self.assertLessEqual(int.from_bytes(path.read_bytes()[16:20], "big"), 370)
        app.resize(1000, 680)
        app.click("Spend coins set aside")
        app.expect("101.500 000 00 BTC available")
        app.click("Review")
        app.expect("Where the coins go")
        app.expect("101.000 000 00 BTC")
        app.click("Send")
        app.expect("The payment is on its way")
        app.click("New payment")
        app.expect_gone("101.500 000 00 BTC available")


class AgeTest(AppTest):
    def test_earlier(self):
        """The age of an earlier address is not the one that it had when the list was made."""
        app = self.app
        self.make_wallet(blocks=0)
        self.fake(address_age=45)
        app.page("receive")
        app.click("New address")
        app.expect("Earlier addresses")
        app.click("New address")
        driver.wait_for("two rows", lambda: sum(text == "Just now" for text in app.texts()) >= 2)
        app.page("overview")
        time.sleep(16)
        app.page("receive")
        app.expect("1 minute ago")
        app.expect_gone("Just now")


if __name__ == "__main__":
    unittest.main(verbosity=2)
