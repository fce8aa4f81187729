#!/usr/bin/python3
"""Labels of payments and of addresses, requests on Receive, and what Overview shows of the past."""
import json
import re
import time
import unittest

import driver
import test_workers

driver.inside()
LABEL = "Label of this payment"
ADDRESS_LABEL = "Label of the address"


def content(field):
    """The text of a field, for which GTK does not know that -1 is the end; None if there is no field."""
    return field and field.reader.call(field.path, driver.A11Y + "Text", "GetText", driver.GLib.Variant("(ii)", (0, 1000)))[0]


class LabelTest(test_workers.AppTest):
    """A label belongs to a payment or to an address, and it is said to which."""

    def pay(self, label):
        self.app.page("send")
        self.app.type("Address or payment link", test_workers.ADDRESS)
        self.app.type("Amount", "1")
        self.app.type("Label, seen only by you", label)
        self.app.click("Review")
        self.app.expect("Where the coins go")
        self.app.click("Send")
        self.app.expect("The payment is on its way")

    def field_says(self, title, text):
        driver.wait_for(lambda: f"“{title}” to say “{text}”; it says “{content(self.app.field(title))}”",
                        lambda: content(self.app.field(title)) == text, 15)

    def open_payment(self, label):
        self.app.page("activity")
        driver.wait_for(f"the payment “{label}”", lambda: self.app.find(self.row_name(label)))
        self.assertTrue(self.app.find(self.row_name(label)).press())

    def row_name(self, label):
        return next((node.name for node in self.app.everything() if node.role == "list item" and node.name.startswith(f"{label}, ")), None)

    def test_two_payments(self):
        """A second payment to an address has its own label; the address has another one, which both share."""
        app = self.app
        self.make_wallet()
        self.pay("Rent in May")
        app.click("New payment")
        self.pay("Rent in June")
        app.click("Details")
        self.field_says(LABEL, "Rent in June")
        self.field_says(ADDRESS_LABEL, "")
        app.type(ADDRESS_LABEL, "Landlord")
        # Left without the button beside the field: what was typed is kept.
        app.click("Back")
        self.open_payment("Rent in May")
        self.field_says(LABEL, "Rent in May")
        self.field_says(ADDRESS_LABEL, "Landlord")
        app.type(LABEL, "")
        app.click("Back")
        app.page("activity")
        driver.wait_for("the label of the address, where the payment has none", lambda: self.row_name("Landlord"))
        self.assertIsNotNone(self.row_name("Rent in June"))
        app.type("Search labels, addresses and IDs", "landlord")
        driver.wait_for("both payments", lambda: self.row_name("Landlord") and self.row_name("Rent in June")
                        and not self.row_name("Mined coins"))

    def test_data_output(self):
        """What a transaction carries besides coins is not shown as a payment of nothing to nobody."""
        app = self.app
        self.make_wallet()
        self.fake(data_output=True)
        self.open_payment("Mined coins")
        app.expect("Transaction ID")
        self.assertFalse(app.shows("Without an address"))


class ReceiveTest(test_workers.AppTest):
    def pasted(self):
        """The contents of the clipboard, pasted into the search."""
        search = "Search labels, addresses and IDs"
        self.app.key("ctrl+f")
        self.app.type(search, "")
        self.app.key("ctrl+v")
        return driver.wait_for("pasted text", lambda: content(self.app.field(search)))

    def address(self):
        return driver.wait_for("an address", lambda: next(
            (re.sub(r"\s", "", text) for text in self.app.texts() if text.startswith("bcrt ") and "…" not in text), None))

    def test_copy(self):
        """Copy copies what the code shows: the address, or a link with amount and label; then also the address alone."""
        app = self.app
        self.make_wallet(blocks=0)
        app.page("receive")
        address = self.address()
        self.assertIsNone(app.find("Copy only the address"))
        app.click("Copy")
        app.expect("Address copied")
        self.assertEqual(self.pasted(), address)
        app.page("receive")
        app.type("Label, seen only by you and the payer", "Rent & more")
        app.type("Amount, if you ask for one", "0.25")
        app.click("Copy")
        app.expect("Payment link copied")
        app.click("Copy only the address")
        app.expect("Address copied")
        self.assertEqual(self.pasted(), address)
        app.page("receive")
        app.click("Copy")
        time.sleep(0.5)  # a button that is pressed is clicked a little later
        self.assertEqual(self.pasted(), f"bitcoin:{address}?amount=0.25&label=Rent%20%26%20more")

    def test_new_address(self):
        """New address is visible without opening anything."""
        app = self.app
        self.make_wallet(blocks=0)
        app.page("receive")
        first = self.address()
        app.click("New address")
        driver.wait_for("another address", lambda: self.address() != first)
        app.expect("Earlier addresses")


class RingTest(test_workers.AppTest):
    def test_maturing(self):
        """Coins that are not spendable yet have no full ring; Overview says that the chart includes them."""
        app = self.app
        self.make_wallet()
        app.page("overview")
        app.expect("With mined coins that are not spendable yet")
        app.page("activity")
        app.expect("Spendable after 100 more blocks")
        stored = json.loads((self.data / "fake-wallets" / "My wallet.json").read_text())
        self.assertEqual(len(stored["txs"]), 101)
        rings = [node for node in app.everything() if node.role == "image" and node.name.startswith("Spendable after")]
        self.assertGreater(len(rings), 5)


class SearchTest(test_workers.AppTest):
    def test_show_all(self):
        """Where nothing is found, one button takes search and filter back."""
        app = self.app
        self.make_wallet()
        app.page("activity")
        app.expect("Mined coins")
        app.click("Sent")
        app.type("Search labels, addresses and IDs", "zebra")
        app.expect("Nothing found")
        app.click("Show all payments")
        app.expect("Mined coins")
        self.assertEqual(content(app.field("Search labels, addresses and IDs")), "")


if __name__ == "__main__":
    unittest.main(verbosity=2)
