#!/usr/bin/python3
"""The window in states that are not the usual one: nothing that is unknown is shown as known, and nobody is invited to
receive what this wallet cannot see, or to pay twice."""
import unittest

import driver
from test_workers import AppTest

driver.inside()


class UnseenTest(AppTest):
    """A network whose blocks do not arrive."""
    words = ("-signet",)
    unseen = "Payments to this wallet are not seen until the node has their blocks from a file."
    invitations = ("receive your first coins", "You can already show an address")

    def button(self, name):
        return self.app.find(name, self.app.BUTTONS)

    def check_pages(self, seen):
        """The empty pages invite to receive, or say why not, on all of them alike."""
        app = self.app
        app.page("receive")
        app.expect("Type of address")
        (app.expect_gone if seen else app.expect)(self.unseen)
        app.page("activity")
        app.expect("No payments yet")
        self.assertEqual(self.button("Receive") is not None, seen)
        self.assertEqual(app.shows(self.unseen), not seen)
        app.page("overview")
        app.expect("No payments yet")
        self.assertEqual(any(map(app.shows, self.invitations)), seen)
        self.assertEqual(app.shows(self.unseen), not seen)

    def test_no_peers(self):
        app = self.app
        self.fake(state="importing", progress=0.5, peers=0)
        self.make_wallet(blocks=0)
        app.expect("Blocks are being imported")
        self.check_pages(seen=False)
        for state in ("syncing", "ready"):
            self.fake(state=state, progress=1.0, peers=0)
            app.expect("No peers yet")
            self.assertFalse(app.shows("Up to date"))
            self.check_pages(seen=False)
        self.fake(state="syncing", progress=0.5, peers=3)
        app.expect("Syncing · 50 %")
        self.check_pages(seen=True)
        self.fake(state="ready", peers=3)
        app.expect("Up to date")
        app.expect_gone("Syncing")
        self.check_pages(seen=True)

    def test_pruned(self):
        """A wallet that needs blocks which the node has deleted neither shows a complete balance nor sees payments."""
        app = self.app
        self.unseen = "Payments in them, and later ones, are not seen"
        self.fake(state="ready", peers=3)
        self.make_wallet(blocks=0)
        self.check_pages(seen=True)
        self.fake(state="ready", peers=3, problem="Pruned")
        app.expect("Your wallet cannot follow the chain")
        app.expect("the node has deleted to save space")
        self.check_pages(seen=False)
        self.fake(state="ready", peers=3)
        app.expect_gone("Your wallet cannot follow the chain")
        self.check_pages(seen=True)


if __name__ == "__main__":
    unittest.main(verbosity=2)
