#!/usr/bin/python3
"""Send and Review with fake workers: what the fields understand, the fee, the warnings, and the keyboard."""
import unittest

import driver
from test_workers import ADDRESS, AppTest

UNIT = "Unit: "


class FieldTest(AppTest):
    """What the fields of a recipient understand, and what they say of everything else."""

    def setUp(self):
        super().setUp()
        self.make_wallet()
        self.app.page("send")

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
        app.expect("Use spaces only between groups of three digits")
        self.enter("Amount", "0.012\u202f345\u202f67\u00a0BTC")
        app.click("Review")
        app.expect("Where the coins go")
        app.expect("0.012 345 67 BTC")


if __name__ == "__main__":
    unittest.main(verbosity=2)
