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
        self.enter("Address or payment link", ADDRESS)
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




if __name__ == "__main__":
    unittest.main()
