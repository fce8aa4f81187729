#!/usr/bin/python3
"""Preferences, Connection: the node that a window uses, and who may use the node."""
import unittest

import driver
from test_attach import AttachTest, NodeTest, framework


class ConnectionTest(AttachTest):
    def open_page(self, app):
        app.action("preferences")
        app.click_any("Connection")
        app.expect("Moneyrocket starts a node of its own")

    def test_running_node(self):
        """A window in the folder of a node that is running offers to use it, and can go back to one of its own."""
        node = self.start_node("-ipcbind=unix")
        app = self.make_window(node.folder.name).start()
        app.expect("Moneyrocket is already running")
        app.click("Use the node that is running there")
        self.make_wallet(app)
        app.expect("Node on this computer")
        node.rpc.generatetoaddress(2, framework.ADDRESS)
        app.expect("Up to date · block 2")
        self.assertEqual(app.stop(), 0)
        # It is kept.
        app.start()
        app.expect("Up to date · block 2")
        self.assertEqual(node.stop(), 0)
        app.expect("The connection to the node on this computer was lost.")
        self.open_page(app)
        app.click("Use “This computer”")
        app.click("Use it")
        app.expect_gone("Node on this computer")
        app.expect("Up to date · block 2")
        self.assertEqual(app.stop(), 0)

    def test_pairing(self):
        """Two computers: one shows a code, the other one uses its node with a wallet of its own, and is shut out again."""
        port = framework.free_port()
        node = self.start_node("-ipcbind=unix", f"-ipcbind=tls:127.0.0.1:{port}")
        node.rpc.generatetoaddress(1, framework.ADDRESS)
        home = self.make_window("home", f"-ipcconnect={self.address_of(node)}").start()
        self.make_wallet(home, "home")
        away = self.make_window("away").start()
        self.make_wallet(away, "away")
        self.open_page(home)
        home.click("Show code")
        code = driver.wait_for("the code", lambda: self.shown_code(home))
        self.open_page(away)
        away.click("Enter code…")
        away.type("Address and port, such as homeserver:8350", f"127.0.0.1:{port}")
        away.type("Code", code[:-1] + ("0" if code[-1] != "0" else "1"))
        away.type("What to call it here", "homeserver")
        away.click("Connect")
        away.expect("there is a mistake in it")
        away.type("Code", code)
        away.click("Connect")
        away.click("Use it")
        away.expect("Node on homeserver")
        away.expect("Up to date · block 1")
        home.expect("The code was used")
        framework.wait_until(lambda: sorted(NodeTest.loaded(node)) == ["away", "home"], "the wallets")
        node.rpc.generatetoaddress(1, node.rpc.wallet("away").getnewaddress())
        node.rpc.generatetoaddress(100, framework.ADDRESS)
        away.expect("50.000 000 00")
        self.pay(away, "3")
        self.assertEqual(len(node.rpc.getrawmempool()), 1)
        away.page("playground")
        away.expect("This window can view the node on homeserver, but not operate it.")
        home.key("Escape")
        home.expect("Connected · may use it with wallets")
        home.click_any("Shut out")
        home.click("Shut out")
        away.expect("The connection to the node on homeserver was lost.")
        home.expect_gone("may use it with wallets")
        self.assertEqual(away.stop(), 0)
        self.assertEqual(home.stop(), 0)
        self.assertEqual(node.stop(), 0)

    @staticmethod
    def shown_code(app):
        return next((text for text in app.texts() if len(text) > 90 and text.count("-") > 10 and text.startswith("1")), None)


if __name__ == "__main__":
    unittest.main(verbosity=2)
