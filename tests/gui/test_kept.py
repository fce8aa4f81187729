#!/usr/bin/python3
"""What was typed stays where it was typed: after every shortcut, when another wallet is shown, and when a worker stops."""
import json
import unittest

import driver
from test_workers import ADDRESS, AppTest

driver.inside()
OTHER = "bcrt1qqqqsyqcyq5rqwzqfpg9scrgwpugpzysnzs23v9ccrydpk8qarc0sj9hjuh"


class KeptTest(AppTest):
    def content(self, node):
        """For text fields GTK does not know that -1 is the end."""
        count = self.app.reader.property(node.path, "Text", "CharacterCount")
        return self.app.reader.call(node.path, driver.A11Y + "Text", "GetText", driver.GLib.Variant("(ii)", (0, count)))[0]

    def texts_of(self, name):
        return [self.content(node) for node in self.app.everything() if node.implements("EditableText") and node.name == name]

    def fill_in(self):
        """Two recipients."""
        app = self.app
        app.page("send")
        app.type("Address or payment link", ADDRESS)
        app.type("Amount", "1.5")
        app.type("Label, seen only by you", "Rent")
        app.click("Add recipient")
        driver.wait_for("two recipients", lambda: self.fields("Amount", 2))
        self.fields("Address or payment link", 2)[1].set_text(OTHER)
        self.expect_form()

    def expect_form(self):
        def kept():
            return ([len(text) for text in self.texts_of("Address or payment link")] == [len(ADDRESS), len(OTHER)]
                    and self.texts_of("Amount") == ["1.5", ""] and self.texts_of("Label, seen only by you") == ["Rent", ""])
        driver.wait_for(lambda: f"what was typed; there is {self.texts_of('Amount')} {self.texts_of('Address or payment link')} "
                                f"{self.texts_of('Label, seen only by you')}", kept)

    def new_wallet(self, name, shown="My wallet"):
        app = self.app
        app.click_any(f"Wallet {shown}")
        app.click("New wallet…")
        app.type("Name of the wallet", name)
        app.click("Create")
        app.expect(f"Wallet {name}")
        app.expect_gone("A new wallet has keys of its own.")

    def test_form(self):
        """Every shortcut leaves the form as it is; so does a wallet that was restarted."""
        app = self.app
        self.make_wallet()
        self.fill_in()
        for key, shown in (("ctrl+1", "Recent activity"), ("ctrl+3", "Type of address"), ("ctrl+r", "Type of address"),
                           ("ctrl+4", "Mined coins"), ("ctrl+f", "Mined coins"), ("ctrl+5", "Mine 101"), ("ctrl+h", "Show amounts"),
                           ("ctrl+h", "Hide amounts"), ("ctrl+l", "Send"), ("ctrl+n", "Add recipient"), ("alt+Left", "Send")):
            app.key(key)
            app.expect(shown)
            app.key("ctrl+2")
            app.expect("Add recipient")
            self.expect_form()
        self.kill("moneyrocket-wallet")
        app.expect("The wallet is back.")
        self.expect_form()

    def test_label(self):
        """A label that was just typed is stored for its address when another wallet is shown."""
        app = self.app
        self.make_wallet(blocks=0)
        app.page("receive")
        app.expect("bcrt ")
        self.new_wallet("Second")
        app.expect("bcrt ")
        app.click_any("Wallet Second")
        app.click("New wallet…")
        app.type("Name of the wallet", "Third")
        app.type("Label, seen only by you and the payer", "Rent")
        app.click("Create")
        app.expect("Wallet Third")
        stored = lambda name: json.loads((self.data / "fake-wallets" / f"{name}.json").read_text()).get("labels", {})
        driver.wait_for(lambda: f"the label, not {stored('Second')}", lambda: list(stored("Second").values()) == ["Rent"])
        self.assertNotIn("Rent", stored("Third").values())
        self.assertEqual(self.texts_of("Label, seen only by you and the payer"), [""])

    def test_cannot_sign(self):
        """A wallet with a passphrase, or without keys, says so, and not that its network is wrong."""
        app = self.app
        self.make_wallet()
        self.review("1.5")
        app.expect("Where the coins go")
        self.fake(fail="NotSupported")
        app.click("Send")
        app.expect("This wallet cannot sign payments here")
        app.expect("Nothing was sent.")
        self.assertFalse(app.shows("network"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
