#!/usr/bin/python3
"""What was entered, and a payment in progress, while another wallet is shown and when the window is closed."""
import unittest

import driver
from test_send import SendTest
from test_workers import ADDRESS


class TwoWalletsTest(SendTest):
    """My wallet has 50 BTC, and Second nothing."""

    def setUp(self):
        super().setUp()
        self.app.click_any("Wallet My wallet")
        self.app.click("New wallet…")
        self.app.type("Name of the wallet", "Second")
        self.app.click_any("Create")
        self.app.expect("Wallet Second")

    def switch(self, name):
        """Chooses a wallet in the list, by keys: its rows cannot be pressed through the accessibility bus."""
        self.app.click_any("Wallet ")
        self.app.expect("New wallet…")

        def chosen():
            node = self.focused()
            if node is not None and node.role == "list item" and any(part.text == name or part.name == name for part in (node, *node.descendants())):
                self.app.key("Return")
                return True
            self.app.key("Tab" if node is None or node.role != "list item" else "Down")
            self.app.settle()
            return False
        driver.wait_for(lambda: f"the row of {name}; the focus is on {self.app.focus()}", chosen)
        self.app.expect(f"Wallet {name}, ")

    def send_and_switch(self, **behaviour):
        """The wallet is asked to send, and Second is shown before the answer."""
        self.switch("My wallet")
        self.app.page("send")
        self.pay("1.5")
        self.fake(wait=["Send"], **behaviour)
        self.app.click("Send")
        self.app.expect("Sending…")
        self.switch("Second")
        self.app.expect("Add recipient")
        self.assertFalse(self.app.shows("Sending…"))
        self.assertEqual(self.content("Address or payment link"), "")

    def test_payment_in_progress(self):
        """The outcome is reported although another wallet is shown, and is there with the first one."""
        app = self.app
        self.send_and_switch()
        self.fake()
        app.expect("Payment from My wallet: Sent")
        self.switch("My wallet")
        app.expect("The payment is on its way")
        app.click("New payment")
        self.send_and_switch(fail="Storage")
        self.fake(fail="Storage")
        app.expect("Payment from My wallet: Nothing was sent")
        self.switch("My wallet")
        app.expect("The payment was not sent")
        app.click("Back")
        app.expect("Add recipient")
        self.expect_content("Amount", "1.5")
        self.send_and_switch(die="after")
        self.fake(die="after")
        app.expect("Payment from My wallet: On its way")
        app.expect("The wallet is back.")
        self.fake()
        self.switch("My wallet")
        app.expect("The payment is on its way")
        app.click("Details")
        app.expect("Transaction ID")
        self.switch("Second")
        app.expect_gone("Transaction ID")
        self.assertEqual(len(set((self.data / "sent").read_text().split())), 3)

    def test_draft(self):
        """Each wallet keeps what was entered for it, and a person is asked before it is lost."""
        app = self.app
        app.page("send")
        self.enter("Address or payment link", ADDRESS)
        app.click("Max")
        app.expect("The whole balance, minus the fee")
        app.click("Review")
        app.expect("This wallet has no coins to spend yet.")
        app.click("Max")
        app.expect_gone("The whole balance, minus the fee")
        self.enter("Amount", "0.25")
        self.switch("My wallet")
        self.expect_content("Amount", "")
        self.choose("Custom")
        self.enter("Fee rate in sat/vB", "7")
        self.pay("1", label="Rent")
        self.switch("Second")
        self.expect_content("Address or payment link", ADDRESS)
        self.expect_content("Amount", "0.25")
        self.assertFalse(self.is_chosen("Custom"))
        self.switch("My wallet")
        app.expect("Where the coins go")
        app.key("ctrl+q")
        app.expect("Quit without sending?")
        app.click("Keep editing")
        app.expect_gone("Quit without sending?")
        app.click("Send")
        app.expect("The payment is on its way")
        app.click("New payment")
        app.expect("Add recipient")
        self.expect_content("Label, seen only by you", "")
        self.assertFalse(self.is_chosen("Custom"))
        app.key("ctrl+q")
        app.expect("Quit without sending?")
        app.click("Quit")
        self.assertEqual(app.process.wait(driver.PATIENCE), 0)




class TwoRecipientsTest(SendTest):
    OTHER = "bcrt1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqc8gma6"

    def enter_two(self, first, second):
        """Two recipients with these amounts; the fields have the same names."""
        self.app.click("Add recipient")
        for title, texts in (("Address or payment link", (ADDRESS, self.OTHER)), ("Amount", (first, second))):
            fields = driver.wait_for(f"two fields {title}", lambda: self.fields(title, 2))
            for field, text in zip(fields, texts):
                field.set_text(text)


class FormTest(TwoRecipientsTest):
    """What the form says when the wallet cannot prepare the payment."""

    def test_poor(self):
        """Why there is not enough, and nothing that was done already is advised."""
        app = self.app
        self.fake(coins=True)
        self.enter("Address or payment link", ADDRESS)
        app.click("Max")
        app.click("Review")
        app.expect("This payment needs more coins than fit into one transaction.")
        self.fake(poor=True)
        app.click("Review")
        app.expect("There is not enough to pay the fee. Choose a lower fee rate.")
        app.click("Max")
        self.enter("Amount", "1")
        app.click("Review")
        app.expect("Enter less, or use Max.")
        self.enter("Amount", "")
        self.enter("Address or payment link", "")
        self.enter_two("1", "2")
        app.click("Review")
        app.expect("There is not enough for these payments and the fee. Enter less.")
        self.assertFalse(app.shows("use Max"))

    def test_small(self):
        """The amount that is too small is the one that is called so, until it is corrected."""
        app = self.app
        self.enter_two("1", "0.000 001")
        app.click("Review")
        app.expect("This amount is too small to be sent.")
        first, second = self.fields("Amount", 2)
        description = lambda node: app.reader.property(node.path, "Accessible", "Description")
        self.assertEqual(description(first), "")
        self.assertIn("too small", description(second))
        second.set_text("1")
        app.expect_gone("This amount is too small to be sent.")
        app.click("Review")
        app.expect("Where the coins go")


class RecipientsTest(TwoRecipientsTest):
    """A payment to two recipients."""

    def pay_two(self, *labels):
        self.enter_two("1", "2")
        for field, label in zip(driver.wait_for("two labels", lambda: self.fields("Label, seen only by you", 2)), labels):
            field.set_text(label)
        self.app.click("Review")
        self.app.expect("Where the coins go")

    def test_labels(self):
        """Each recipient has a label, in the title, in the list of outputs and for the search, for this payment alone."""
        app = self.app
        self.pay_two("Ann", "Bob the builder")
        app.click("Send")
        app.expect("The payment is on its way")
        app.click("Details")
        app.expect("Transaction ID")
        app.expect("Ann, Bob the builder")
        for name in ("Ann", "Bob the builder"):
            self.assertIn(name, list(app.texts()))
        self.assertFalse(app.shows("Label of the address"))
        app.page("send")
        app.click("New payment")
        app.expect("Add recipient")
        self.pay("0.5", self.OTHER)
        app.click("Send")
        app.expect("The payment is on its way")
        app.page("activity")
        app.expect("To bcrt 1p0x")
        app.type("Search labels, addresses and IDs", "bob")
        app.expect_gone("To bcrt 1p0x")
        app.expect("Ann, Bob the builder")

    def test_unnamed(self):
        """With a label for one of them alone, it does not stand for both."""
        app = self.app
        self.pay_two("", "Bob the builder")
        app.click("Send")
        app.expect("The payment is on its way")
        app.page("activity")
        app.expect("2 recipients")
        app.type("Search labels, addresses and IDs", "bob")
        app.expect_gone("Mined coins")
        app.expect("2 recipients")

    def test_abandon(self):
        """What is abandoned is named although amounts are hidden, the focus is on what keeps the payment, and so is Escape."""
        app = self.app
        self.pay_two("Ann", "Bob the builder")
        self.fake(refuse=True)
        app.click("Send")
        app.expect("The node refused the payment")
        app.key("ctrl+h")
        app.expect("Show amounts")
        for page in ("Sent", "Details"):
            app.click("Abandon…")
            app.expect("You pay 3.000 000 00 BTC to Ann, Bob the builder.")
            self.expect_focus("Keep payment")
            app.key("Escape")
            app.expect_gone("You pay")
            app.expect("The node refused the payment")
            if page == "Sent":
                app.click("Details")
                app.expect("Transaction ID")
        self.assertTrue(app.shows("Transaction ID"))
        app.key("ctrl+h")
        app.expect("Hide amounts")


class FollowTest(SendTest):
    """What follows the preferences, and what is stored at once."""

    MANY = ("bcrt1qdc6qh88lkdaf3899gnntk7q293ufq8fl4s6utq", "bcrt1qf063yte5g42v2w7796ace54hu0gkqzkkf9pxha",
            "bcrt1qm0qmfjgqlljg646mtkjuvwqyqyjlvhdsee0ajh", "bcrt1qpp876z9e0zh56lgedf6yd2rttqqfucmtyyuhdx",
            "bcrt1qu5kec5yv2q35wdzd3sr6mywt6crg4lr4ktg0zu", "bcrt1quaae4xhfuv9sm0dk75g2ye80nhncz5qa7anql0",
            "bcrt1qvavxax866f76pwvk30qrng00xnynnwdc0n0z3c", "bcrt1qeg6cwk8k6flxeazjw2fhjaa8fr7cswgamhmvsg")

    def test_many_recipients(self):
        """In the diagram only recipients are drawn as one: change and the fee have their own rows."""
        app = self.app
        for n in range(2, 9):
            app.click("Add recipient")
            driver.wait_for(f"{n} recipients", lambda: self.fields("Amount", n))
        for title, texts in (("Address or payment link", self.MANY), ("Amount", ["1"] * 8)):
            for field, text in zip(self.fields(title, 8), texts):
                field.set_text(text)
        app.click("Review")
        app.expect("5 other recipients 5.000 000 00 BTC, Back to you 41.999 99")

    def test_killed_wallet(self):
        """What was reviewed has to be reviewed again; a label that was entered while the wallet hung is stored."""
        app = self.app
        self.pay("1")
        self.kill("moneyrocket-wallet")
        app.expect("The wallet is back.")
        app.click("Send")
        app.expect("Nothing was sent. The wallet was restarted and no longer has what you reviewed.")
        app.click("Back")
        app.click("Review")
        app.expect_gone("Nothing was sent.")
        app.click("Send")
        app.expect("The payment is on its way")
        app.click("Details")
        app.expect("Transaction ID")
        self.fake(wait=["SetPaymentLabel"])
        self.enter("Label of this payment", "Rent for May")
        app.page("activity")
        self.kill("moneyrocket-wallet")
        self.fake()
        app.expect("The wallet is back.")
        app.expect("Rent for May")

    def test_unit_and_label(self):
        """A field without an amount follows the unit. A label on Receive is stored when the page or the program is left."""
        app = self.app
        app.page("overview")
        app.click_any("Balance 50")
        app.expect("Balance 5 000 000 000 sat")
        app.page("send")
        app.expect("Unit: sat. Change it")
        app.page("receive")
        driver.wait_for("an address", lambda: any(text.startswith("bcrt ") for text in app.texts()))
        self.enter("Label, seen only by you and the payer", "Rent for May")
        self.assertEqual(app.stop(), 0)
        self.assertIn("Rent for May", (self.data / "fake-wallets" / "My wallet.json").read_text())


if __name__ == "__main__":
    unittest.main()
