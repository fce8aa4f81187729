#!/usr/bin/python3
"""Send and Review with fake workers: what the fields understand, the fee, the warnings, and the keyboard."""
import re
import subprocess
import tempfile
import unittest

import driver
from test_workers import ADDRESS, AppTest

UNIT = "Unit: "


class SendTest(AppTest):
    """The page Send of a wallet with 50 BTC."""

    def setUp(self):
        super().setUp()
        self.make_wallet()
        self.app.page("send")
        self.app.expect("In about an hour")

    def enter(self, title, text):
        self.app.type(title, text)

    def content(self, title):
        """The text of a field; for those GTK does not know that -1 is the end."""
        node = self.app.field(title)
        count = self.app.reader.property(node.path, "Text", "CharacterCount")
        return self.app.reader.call(node.path, driver.A11Y + "Text", "GetText", driver.GLib.Variant("(ii)", (0, count)))[0]

    def description(self, title):
        return self.app.reader.property(self.app.field(title).path, "Accessible", "Description")

    def expect_content(self, title, text):
        driver.wait_for(lambda: f"“{text}” in the field {title}; it has “{self.content(title)}”",
                        lambda: self.content(title).replace("\u202f", " ").replace("\u00a0", " ") == text)

    def extents(self, node):
        """X, y, width and height in the window."""
        return self.app.reader.call(node.path, driver.A11Y + "Component", "GetExtents", driver.GLib.Variant("(u)", (1,)))[0]

    def choices(self):
        """The names of the choices for the fee."""
        return [node.name for node in self.app.everything() if node.role in ("radio button", "check box")]

    def choose(self, name):
        """Clicks a choice with the mouse: the accessibility bus cannot press it."""
        node = driver.wait_for(name, lambda: next((n for n in self.app.everything() if n.name.startswith(name)
                                                   and n.role in ("radio button", "check box")), None))
        x, y, width, height = self.extents(node)
        subprocess.run(["xdotool", "mousemove", str(x + width // 2), str(y + height // 2), "click", "1"], check=True)
        driver.wait_for(f"{name} chosen", lambda: (self.app.settle(), self.is_chosen(name))[1])

    def is_chosen(self, name):
        return any(node.name.startswith(name) and node.has_state(driver.Atspi.StateType.CHECKED) for node in self.app.everything())

    def pay(self, amount, address=ADDRESS, label=""):
        """To Review."""
        self.enter("Address or payment link", address)
        self.enter("Amount", amount)
        self.enter("Label, seen only by you", label)
        self.app.click("Review")
        self.app.expect("Where the coins go")

    def focused(self):
        return next((node for node in self.app.everything() if node.has_state(driver.Atspi.StateType.FOCUSED)), None)

    def expect_focus(self, name):
        driver.wait_for(lambda: f"the focus on {name}; it is on {getattr(self.focused(), 'name', None)}",
                        lambda: (node := self.focused()) is not None and node.name.startswith(name))

    def expect_typing(self, title):
        """What is typed goes into the field: that it has the focus is not announced on the accessibility bus."""
        before = self.content(title)

        def typed():
            for key in ("End", "z"):
                self.app.key(key)
            self.app.settle()
            return self.content(title).endswith("z")
        driver.wait_for(lambda: f"typing in {title}", typed)
        while self.content(title) != before:
            self.app.key("BackSpace")
            self.app.settle()


class FieldTest(SendTest):
    """What the fields of a recipient understand, and what they say of everything else."""

    def test_unit(self):
        """The unit button converts the number, there and back; what is no number stays."""
        app = self.app
        self.enter("Amount", "0.5")
        app.click_any(UNIT + "BTC")
        self.expect_content("Amount", "50 000 000")
        self.enter("Amount", "40")
        app.click_any(UNIT + "sat")
        self.expect_content("Amount", "0.000 000 40")
        app.click_any(UNIT + "BTC")
        self.expect_content("Amount", "40")
        self.enter("Amount", "x")
        app.click_any(UNIT + "sat")
        self.expect_content("Amount", "x")
        self.enter("Amount", "")
        app.click_any(UNIT + "BTC")
        self.expect_content("Amount", "")
        self.enter("Address or payment link", f"bitcoin:{ADDRESS}?amount=0.00012345")
        self.expect_content("Amount", "12 345")
        app.click("Review")
        app.expect("Where the coins go")
        app.expect("0.000 123 45 BTC")

    def test_max_taken_back(self):
        """Max that is taken back leaves the amount that was entered."""
        app = self.app
        self.enter("Amount", "0.75")
        app.click("Max")
        app.expect("The whole balance, minus the fee")
        app.click("Max")
        app.expect_gone("The whole balance, minus the fee")
        self.expect_content("Amount", "0.75")

    def test_next_link(self):
        """What came from a link goes with it; what a person entered stays."""
        other = "bcrt1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqc8gma6"
        self.enter("Address or payment link", f"bitcoin:{ADDRESS}?amount=0.5&label=Books")
        self.expect_content("Amount", "0.500 000 00")
        self.enter("Address or payment link", ADDRESS)
        self.expect_content("Amount", "0.500 000 00")
        self.enter("Address or payment link", f"bitcoin:{other}?label=Tea")
        self.expect_content("Label, seen only by you", "Tea")
        self.expect_content("Amount", "")
        self.enter("Address or payment link", ADDRESS)
        self.expect_content("Label, seen only by you", "")
        self.enter("Amount", "0.25")
        self.enter("Label, seen only by you", "Rent")
        self.enter("Address or payment link", other)
        self.expect_content("Address or payment link", other)
        self.expect_content("Amount", "0.25")
        self.expect_content("Label, seen only by you", "Rent")

    def test_address_forms(self):
        """Every form in which an address is copied becomes the address itself, before Review."""
        groups = " ".join(ADDRESS[i:i + 4] for i in range(0, len(ADDRESS), 4))
        for text in (f" {ADDRESS}\n", f"\ufeff{ADDRESS}\u200b", groups, groups.replace(" ", "\u202f"), ADDRESS.upper(),
                     f"BITCOIN:{ADDRESS.upper()}/", f"bitcoin:{groups}"):
            self.enter("Address or payment link", text)
            self.expect_content("Address or payment link", ADDRESS)
        self.enter("Amount", "1")
        self.app.click("Review")
        self.app.expect("Where the coins go")

    def test_mistakes(self):
        """Each kind of mistake is named while it is entered, and Review says the same."""
        app = self.app
        for text, sentence in ((ADDRESS[:-1] + "q", "There is a typing error in this address"),
                               ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "This address belongs to Bitcoin, but this wallet to the Playground"),
                               ("lnbc2500u1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3", "This is a Lightning invoice"),
                               ("lnurl1dp68gurn8ghj7um9wfmxjcm99e3k7mf0v9cxj0m385ekvcenxc6r2c35", "This is a Lightning link"),
                               ("lno1pqps7sjqpgtyzm3qv4uxzmtsd3jjqer9wd3hy6tsw35k7msj", "This is a Lightning offer"),
                               ("sp1qqgste7k9hx0qftg6qmwlkqtwuy6cycyavzmzj85c6qdfhjdpd", "This is a silent payment address"),
                               ("₿alice@example.com", "This is a name such as"),
                               ("cMahea7zqjxrtgAbB7LSGbcQUr1uX1ojuat9jZodMN87JcbXMTcA", "This is a private key"),
                               (f"bitcoin:{ADDRESS}?amount=22000000", "is more than all bitcoins that will ever exist"),
                               (f"Pay to {ADDRESS}", "There is other text next to the address."),
                               ("bitcoin:?lightning=lnbc1pvjluez", "This payment link has no Bitcoin address")):
            self.enter("Address or payment link", text)
            app.expect(sentence)
            self.assertIn(sentence, self.description("Address or payment link"))
            app.click("Review")
            app.expect("Enter an amount.")
            app.expect(sentence)
        self.enter("Address or payment link", ADDRESS[:20])
        app.expect_gone("This payment link")
        app.click("Review")
        app.expect("characters are missing")

    def test_spaces_in_amounts(self):
        app = self.app
        self.enter("Address or payment link", ADDRESS)
        self.enter("Amount", "1\u202f0.5")
        app.click("Review")
        app.expect("Separate only groups of three digits")
        self.enter("Amount", "0.012\u202f345\u202f67\u00a0BTC")
        app.click("Review")
        app.expect("Where the coins go")
        app.expect("0.012 345 67 BTC")


class FeeTest(SendTest):
    """The choices for the fee, and what a screen reader says of them."""

    def reload(self, text, **behaviour):
        self.fake(**behaviour)
        self.app.page("overview")
        self.app.expect("Recent activity")
        self.app.page("send")
        self.app.expect(text)

    def test_choices(self):
        """Each choice has its time, its rate and its fee in its name, and no name is said twice."""
        self.assertEqual([name.replace("\u202f", " ").replace("\u00a0", " ") for name in self.choices()],
                         ["In about 10 minutes, 12 sat/vB, about 1 692 sat", "In about an hour, 5.25 sat/vB, about 740 sat",
                          "In about a day, 1 sat/vB, about 141 sat", "Custom"])
        self.assertTrue(self.is_chosen("In about an hour"))
        self.choose("In about a day")
        self.reload("In about a day", fees=[20000, 5250, 2000])
        self.assertTrue(self.is_chosen("In about a day"))
        self.app.click("Add recipient")
        self.app.expect("about 344 sat")

    def test_equal(self):
        """Choices that cost the same are one."""
        self.reload("12 sat/vB", fees=[12000, 12000, 1000])
        self.assertEqual([name.split(",")[0] for name in self.choices()], ["In about 10 minutes", "In about a day", "Custom"])
        self.reload("about 141 sat", fees=[1000, 1000, 1000])
        driver.wait_for("one choice", lambda: [name.split(",")[0] for name in self.choices()] == ["In about 10 minutes", "Custom"])

    def test_fallback(self):
        """A configured rate is no estimate: no time is promised."""
        self.reload("Fallback fee rate", fees=[10000, 10000, 10000], fallback=True)
        self.assertFalse(self.app.shows("In about"))
        self.pay("1")
        self.app.expect("10 sat/vB")

    def test_unknown(self):
        """Where nothing is known, nothing is named, and the focus goes where a rate is missing."""
        app = self.app
        self.reload("The node cannot estimate fees yet", fees=[0, 0, 0])
        self.assertFalse(app.shows("In about") or any(name.startswith("about") or " sat/vB" in name and any(c.isdigit() for c in name)
                                                      for name in app.texts()))
        self.assertEqual(self.choices(), [])
        self.enter("Address or payment link", ADDRESS)
        self.enter("Amount", "1")
        app.click("Review")
        app.expect("Enter a fee rate from 0.1 to 10 000 sat/vB, with at most three decimals.")
        self.expect_focus("Fee rate in sat/vB")
        self.assertIn("Enter a fee rate", self.description("Fee rate in sat/vB"))
        self.enter("Fee rate in sat/vB", "1,5")
        app.click("Review")
        app.expect("Write decimals with a point, as in 0.5, and no commas.")
        self.enter("Fee rate in sat/vB", "3")
        app.expect("about 423 sat")
        app.click("Review")
        app.expect("Where the coins go")

    def test_custom(self):
        """A custom rate is warned of where it is entered."""
        app = self.app
        self.choose("Custom")
        self.expect_focus("Fee rate in sat/vB")
        self.enter("Fee rate in sat/vB", "12")
        app.expect("about 1 692 sat")
        self.assertFalse(app.shows("times the estimate"))
        self.enter("Fee rate in sat/vB", "5000")
        app.expect("416 times the estimate")
        self.enter("Fee rate in sat/vB", "0.5")
        app.expect("lower than is estimated for a day")
        self.assertFalse(app.shows("times the estimate"))


class CommaTest(SendTest):
    """Where decimals follow a comma."""

    mined = "50,000 000 00 BTC"

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        try:
            made = subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", f"{folder.name}/de_DE.UTF-8"], capture_output=True, check=False)
        except FileNotFoundError:
            made = None
        if made is None or made.returncode > 1:
            self.skipTest("no German locale can be made")
        self.environment = {"LOCPATH": folder.name, "LC_ALL": "de_DE.UTF-8"}
        super().setUp()

    def test_comma(self):
        """The comma is understood, and a number that can be read in two ways is not."""
        app = self.app
        self.enter("Address or payment link", ADDRESS)
        for amount in ("1,000", "1.000"):
            self.enter("Amount", amount)
            app.click("Review")
            app.expect("it is not clear which of the two this is")
            self.enter("Amount", "")
            app.expect_gone("it is not clear")
        self.enter("Amount", "1,5")
        app.click_any(UNIT + "BTC")
        self.expect_content("Amount", "150 000 000")
        app.click("Review")
        app.expect("Where the coins go")
        app.expect("1,500 000 00 BTC")
        self.assertFalse(any(re.search(r"[0-9]\.[0-9]", text) for text in app.texts()), app.texts_briefly())
        app.click("Back")
        self.enter("Amount", "1.000.000")
        app.click("Review")
        app.expect("0,010 000 00 BTC")
        app.expect("0,07")
        app.click("Back")
        self.enter("Amount", "one")
        app.click("Review")
        app.expect("as in 0,5")


class ReviewTest(SendTest):
    """What a person sees before they confirm."""

    WARNINGS = ("times the estimate", "is large", "high for this amount", "belongs to this wallet", "before. Make sure", "already on its way")

    def expect_warnings(self, *expected):
        """These are shown, and no others."""
        for warning in expected:
            self.app.expect(warning)
        self.assertEqual([warning for warning in self.WARNINGS if self.app.shows(warning)], list(expected))

    def again(self):
        self.app.click("Back")
        self.app.expect("Add recipient")

    def set_rate(self, rate):
        if not self.is_chosen("Custom"):
            self.choose("Custom")
        self.enter("Fee rate in sat/vB", rate)

    def test_fee_warnings(self):
        self.pay("1")
        self.expect_warnings()
        self.again()
        self.set_rate("5000")
        self.pay("1")
        self.expect_warnings("times the estimate", "is large")
        self.again()
        self.set_rate("12")
        self.pay("0.000 2")
        self.expect_warnings("high for this amount")
        self.again()
        # 5 % of a tiny sum says nothing.
        self.set_rate("1")
        self.pay("0.000 008")
        self.expect_warnings()

    def test_recipient_warnings(self):
        app = self.app
        app.page("receive")
        app.expect("Type of address")
        own = driver.wait_for("an address", lambda: next((text for text in app.texts() if text.startswith("bcrt ")), None)).replace(" ", "").replace("\n", "")
        app.page("send")
        self.pay("1", own)
        self.expect_warnings("belongs to this wallet")
        self.again()
        self.pay("1")
        self.expect_warnings()
        app.click("Send")
        app.expect("The payment is on its way")
        app.page("playground")
        app.click("Mine 1")
        app.expect("Up to date · block 102")
        app.page("send")
        app.click("New payment")
        self.pay("1")
        self.expect_warnings("before. Make sure")

    def test_hidden_amounts(self):
        """A page where one confirms shows the amounts, in one unit, whatever is hidden elsewhere."""
        app = self.app
        app.key("ctrl+h")
        app.expect("•••••• BTC available")
        self.pay("1.5", label="Books")
        for text in ("1.500 000 00 BTC", "0.000 007 40 BTC", "1.500 007 40 BTC", "48.499 992 60 BTC",
                     "Your coin 50.000 000 00 BTC → ", "Books 1.500 000 00 BTC"):
            app.expect(text)
        page = next(node for node in app.everything() if node.name == "GuiReviewPage" or node.name == "Payment")
        self.assertFalse(any("••" in (part.text or part.name) for part in page.parent.descendants()))

    def test_unit(self):
        """All amounts of Review change their unit together."""
        app = self.app
        app.page("overview")
        app.click_any("Balance 50")
        app.expect("Balance 5 000 000 000 sat")
        app.page("send")
        self.pay("150 000 000")
        app.expect("150 000 000 sat")
        app.expect("150 000 740 sat")
        app.expect("Your coin 5 000 000 000 sat")
        rows = driver.wait_for("the rows", lambda: next((node for node in app.everything() if node.name == "Payment"), None))
        self.assertFalse(any("BTC" in (part.text or part.name) for part in rows.descendants()))

    def test_fits(self):
        """At the default size nothing is cut off, with two warnings, too; below it, the buttons stay in sight."""
        app = self.app
        self.set_rate("5000")
        self.pay("1", label="Books")
        self.expect_warnings("times the estimate", "is large")
        for width in (1400, 1000, 700, 360):
            app.resize(width, 680)
            diagram = driver.wait_for("the diagram", lambda: next((n for n in app.everything() if n.name.startswith("Your coin ")), None))
            for node, fits in ((diagram, width >= 1000), (app.find("Send", app.BUTTONS), True), (app.find("Back", app.BUTTONS), True)):
                x, y, w, h = self.extents(node)
                self.assertTrue(0 <= x and x + w <= width, (width, node.name, x, w))
                if fits:
                    self.assertTrue(0 <= y and y + h <= 680, (width, node.name, y, h))
                    # With the edge of its card, above the bar with the buttons.
                    self.assertTrue(node is not diagram or y + h + 12 <= self.extents(app.find("Send", app.BUTTONS))[1] - 6, (width, y, h))

    def test_marks(self):
        """A label that would reverse the text after it does not."""
        self.pay("1", label="a\u202eb")
        self.app.expect("a b")
        self.assertFalse(any("\u202e" in text for text in self.app.texts()))


class KeyTest(SendTest):
    """Send and Review by keyboard."""

    def test_enter(self):
        """Enter does Review in each field; the focus goes to what is missing, then to Review, then back."""
        app = self.app
        app.key("ctrl+n")
        self.expect_typing("Address or payment link")
        app.key("Return")
        app.expect("Enter the address of the recipient.")
        self.expect_typing("Address or payment link")
        self.enter("Address or payment link", ADDRESS)
        app.key("Return")
        app.expect("Enter an amount.")
        self.expect_typing("Amount")
        self.enter("Amount", "1.5")
        app.key("Return")
        app.expect("Where the coins go")
        self.expect_focus(ADDRESS)
        # A key that is still held down does not send.
        app.key("Return")
        for back in ("Escape", "alt+Left"):
            app.key(back)
            app.expect_gone("Where the coins go")
            self.expect_focus("Review")
            self.expect_content("Amount", "1.5")
            app.key("Return")
            app.expect("Where the coins go")
            self.expect_focus(ADDRESS)
        for _ in range(8):
            if self.focused().name == "Send":
                break
            app.key("Tab")
            app.settle()
        self.expect_focus("Send")
        app.key("Return")
        app.expect("The payment is on its way")

    def test_draft_kept(self):
        """Ctrl+N keeps what was entered, from anywhere, and gives focus to what is missing."""
        app = self.app
        self.enter("Address or payment link", ADDRESS)
        self.enter("Label, seen only by you", "Books")
        for page in ("overview", "send"):
            app.page(page)
            app.key("ctrl+n")
            self.expect_typing("Amount")
            self.expect_content("Address or payment link", ADDRESS)
            self.expect_content("Label, seen only by you", "Books")
        self.enter("Amount", "1")
        app.click("Review")
        app.expect("Where the coins go")
        app.key("ctrl+n")
        app.expect_gone("Where the coins go")
        self.expect_typing("Address or payment link")
        self.expect_content("Amount", "1")
        app.click("Review")
        app.click("Send")
        app.expect("The payment is on its way")
        app.key("ctrl+n")
        self.expect_typing("Address or payment link")
        self.expect_content("Address or payment link", "")

    def test_names(self):
        """Each control has a name, and none has it twice in one name; also when Send has failed."""
        self.pay("1")
        self.fake(fail="Storage")
        self.app.click("Send")
        self.app.expect("Nothing was sent")
        names = [node.name for node in self.app.everything() if node.role in driver.Application.BUTTONS]
        self.assertIn("Send", names)
        self.assertIn("Details", names)
        self.assertFalse([name for name in names if not name or name.startswith(("Gtk", "Adw", "Gui"))])
        for name in names:
            words = name.split()
            self.assertFalse(len(words) % 2 == 0 and words[:len(words) // 2] == words[len(words) // 2:], name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
