#!/usr/bin/python3
"""The keyboard focus over whole flows: whatever button was pressed, something that can be used has the focus afterwards."""
import unittest

import driver
from test_workers import ADDRESS, AppTest

driver.inside()
STATE = driver.Atspi.StateType
ROLES = ("push button", "button", "toggle button")
# They open something else, or close the window; the tests below open what can be opened.
ELSEWHERE = ("Minimize", "Maximize", "Close", "Save", "Quit")
# Widgets that a person can do something with. A pane that scrolls, or a text that can be selected, are not among them.
IDLE = ("GtkScrolledWindow", "GtkLabel", "GtkViewport")


class FocusTest(AppTest):
    def setUp(self):
        super().setUp()
        self.lost = []
        self.found = ""
        self.pressed = set()

    def make_wallet(self, blocks=101):
        super().make_wallet(blocks)
        self.app.resize(1000, 950)

    def check(self):
        self.assertEqual(self.lost, [])

    def take_focus(self, node):
        x, y, width, height = self.app.reader.call(node.path, driver.A11Y + "Component", "GetExtents", driver.GLib.Variant("(u)", (1,)))[0]
        self.app.action("focus-at", driver.GLib.Variant("((dd))", ((x + width / 2, y + height / 2),)).get_child_value(0))

    def node(self, name):
        """The button NAME, once it can be pressed."""
        def find():
            node = next((n for n in self.app.everything() if n.name.startswith(name) and n.role in ROLES), None)
            return node if node is not None and node.has_state(STATE.SENSITIVE) else None
        return driver.wait_for(lambda: f"a button “{name}”; visible texts: {self.app.texts_briefly()}", find)

    def press(self, name, key="Return"):
        """Presses the button whose name begins with NAME by the keyboard, and notes a lost focus."""
        node = self.node(name)
        self.take_focus(node)
        self.app.settle()
        self.app.key(key)
        self.pressed.add(name)
        self.expect_focus(name)

    def expect_focus(self, after):
        def usable():
            self.found = self.app.focus_widget()
            return self.found and not self.found.startswith(IDLE)
        try:
            driver.wait_for("the focus", usable, patience=2)
        except driver.Missing:
            self.lost.append(f"after “{after}”: {self.found or 'nothing'}")

    def after(self, name, text):
        """Once TEXT is visible, which is what NAME leads to."""
        self.app.expect(text)
        self.expect_focus(f"{name}, {text}")

    def buttons(self):
        """The names of all buttons of the page."""
        pages = [node for node in self.app.everything() if node.role in ROLES and node.has_state(STATE.SENSITIVE)
                 and node.has_state(STATE.FOCUSABLE)]
        return list(dict.fromkeys(node.name for node in pages if node.name and not node.name.startswith(ELSEWHERE)))

    def press_all(self, page, skip=()):
        """Every button of PAGE, each on a page as it was."""
        self.app.page(page)
        self.app.settle()
        names = [name for name in self.buttons() if not name.startswith(skip)]
        self.assertGreater(len(names), 2, page)
        for name in names:
            self.app.page(page)
            self.app.settle()
            if next((n for n in self.app.everything() if n.name == name and n.role in ROLES), None) is not None:
                self.press(name)
                self.app.key("Escape")
                self.expect_focus(f"{name} and Escape")

    def test_pages(self):
        """Every button of every page."""
        self.make_wallet()
        for page in ("playground", "receive", "overview", "activity", "send"):
            self.press_all(page)
        self.app.settle()
        self.expect_focus("all")
        self.assertGreater(len(self.pressed), 15)
        self.check()

    def fill(self, amount="1.5"):
        self.app.page("send")
        self.app.type("Address or payment link", ADDRESS)
        self.app.type("Amount", amount)

    def test_payment(self):
        """From the form to the details of a payment that was sent."""
        app = self.app
        self.make_wallet()
        app.page("send")
        self.press("Add recipient")
        self.press("Remove")
        self.fill()
        self.press("Review")
        self.after("Review", "Where the coins go")
        self.press("Back")
        self.after("Back", "Add recipient")
        self.press("Review")
        self.after("Review", "Where the coins go")
        self.press("Send")
        self.after("Send", "The payment is on its way")
        # A key that is still held down presses nothing; Tab goes on to the buttons.
        self.expect_widget("GuiOutcomePage ")
        app.key("Tab")
        self.expect_widget("GuiBusyButton New payment")
        self.press("Details")
        self.after("Details", "Transaction ID")
        app.key("Escape")
        self.after("Escape", "The payment is on its way")
        self.press("New payment")
        self.after("New payment", "Add recipient")
        self.check()

    def test_failures(self):
        """A payment that the node refuses, one that the wallet does not sign, and one that is abandoned."""
        app = self.app
        self.make_wallet()
        self.fill()
        self.press("Review")
        self.after("Review", "Where the coins go")
        self.fake(refuse=True)
        self.press("Send")
        self.after("Send", "The node refused the payment")
        self.press("Try again")
        self.after("Try again", "The node refused the payment")
        self.press("Abandon…")
        self.after("Abandon…", "Abandon this payment?")
        self.press("Keep payment")
        self.after("Keep payment", "The node refused the payment")
        self.press("Details")
        self.after("Details", "Transaction ID")
        self.press("Abandon…")
        self.after("Abandon…", "Abandon this payment?")
        self.press("Keep payment")
        self.after("Keep payment", "The node refused the payment")
        self.press("Abandon…")
        self.after("Abandon…", "Abandon this payment?")
        self.press("Abandon")
        app.expect_gone("Abandon this payment?")
        self.expect_focus("Abandon")
        self.check()

    def open_by_key(self, start):
        """Opens the popover of the button whose name begins with START."""
        self.take_focus(driver.wait_for(start, lambda: next((n for n in self.app.everything() if n.name.startswith(start)), None)))
        self.app.settle()
        self.app.key("Return")

    def expect_widget(self, widget):
        driver.wait_for(lambda: f"the focus on {widget}, not on {self.found}", lambda: self.focus_is(widget))

    def focus_is(self, widget):
        self.found = self.app.focus_widget()
        return self.found == widget

    def test_busy(self):
        """A button that cannot be pressed while something is done keeps the focus, and is announced as disabled."""
        app = self.app
        self.make_wallet(blocks=0)
        app.page("receive")
        app.expect("bcrt ")
        self.fake(slow=1.5)
        self.take_focus(self.node("New address"))
        app.key("Return")
        driver.wait_for("a disabled button", lambda: not app.find("New address", app.BUTTONS).has_state(STATE.SENSITIVE))
        for _ in range(2):
            self.assertEqual(app.focus_widget(), "GuiBusyButton New address")
            app.key("Return")
        self.node("New address")
        self.fake()
        self.assertEqual(app.focus_widget(), "GuiBusyButton New address")
        app.expect("Earlier addresses")
        self.assertEqual(len([text for text in app.texts() if text == "Not used yet"]), 1)
        # The row that was chosen leaves the list.
        row = driver.wait_for("the earlier address", lambda: next(
            (n for n in app.find("Earlier addresses", ("list",)).descendants() if n.role == "list item"), None))
        self.take_focus(row)
        app.key("Return")
        self.expect_widget("GtkButton Copy")

    def test_popups(self):
        """Popovers and dialogs give the focus back; that of a new wallet begins with the name."""
        app = self.app
        self.make_wallet(blocks=0)
        for start, shown in (("Node: ", "Your node"), ("Wallet My wallet", "New wallet…"), ("Main menu", "Keyboard shortcuts")):
            app.page("overview")
            self.open_by_key(start)
            app.expect(shown)
            app.key("Escape")
            app.expect_gone(shown)
            self.expect_widget("GtkToggleButton ")
            app.click_any(start)
            app.expect(shown)
            app.key("Escape")
            app.expect_gone(shown)
            self.expect_focus(f"{start} and Escape")
        app.click_any("Wallet My wallet")
        app.click("New wallet…")
        app.expect("Name of the wallet")
        self.expect_widget("GtkText Name of the wallet")
        app.type("Name of the wallet", "a/b")
        app.key("Return")
        app.expect("Choose a name without a slash.")
        self.expect_widget("GtkText Name of the wallet")
        app.type("Name of the wallet", "Second")
        self.press("Create")
        app.expect("Wallet Second")
        self.expect_focus("Create")
        self.check()

    def test_worker(self):
        """The bar that tells of a worker, whose button disappears."""
        app = self.app
        self.make_wallet(blocks=0)
        self.fake(fatal="The disk is full: /somewhere/blk00000.dat: No space left on device. Free some space.")
        app.expect("Try again")
        self.fake()
        self.press("Try again")
        app.expect("Up to date · block 0")
        self.expect_focus("Try again")
        self.check()

    def test_wallets(self):
        """The list of wallets at the start, of which one cannot be opened, and a name that cannot be used."""
        app = self.app
        self.press("Get started")
        app.type("Name of the wallet", "a/b")
        self.press("Create wallet")
        app.expect("Choose a name without a slash.")
        self.expect_widget("GtkText Name of the wallet")
        self.check()


if __name__ == "__main__":
    unittest.main(verbosity=2)
