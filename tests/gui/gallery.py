#!/usr/bin/python3
"""Screenshots of every page in every state, for review by eye: gallery.py [FOLDER [LOOK…]], with the looks light, dark,
contrast, contrast-dark, rtl and large (text 50 % larger). The workers are fake, so that each state is stable. Not a test."""
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import driver

driver.inside()
FOLDER = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else driver.SOURCE / "build" / "gallery")
ADDRESS = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
PAGES = ("overview", "send", "receive", "activity", "processes", "playground")
LOOKS = {
    "light": ({}, (1400, 1000, 700, 360)),
    "dark": ({"ADW_DEBUG_COLOR_SCHEME": "prefer-dark"}, (1400, 1000, 700, 360)),
    "contrast": ({"ADW_DEBUG_HIGH_CONTRAST": "1"}, (1000,)),
    "contrast-dark": ({"ADW_DEBUG_HIGH_CONTRAST": "1", "ADW_DEBUG_COLOR_SCHEME": "prefer-dark"}, (1000,)),
    "rtl": ({}, (1000, 360)),
    "large": ({}, (1400, 1000, 700, 360)),
}


class Gallery:
    def __init__(self, look):
        self.look = look
        self.environment, self.widths = LOOKS[look]
        self.base = pathlib.Path(tempfile.mkdtemp(prefix="moneyrocket-gallery-"))
        program, environment = driver.with_fake_workers(self.base / "bin")
        self.data = self.base / "data"
        self.data.mkdir()
        if look == "large":
            resources = self.base / "Xresources"
            resources.write_text("Xft.dpi: 144\n")
            environment["XENVIRONMENT"] = str(resources)
        self.fake(history=12)
        environment.update(self.environment)
        self.app = driver.Application(self.data, "-regtest", program=program, environment=environment)

    def fake(self, **behaviour):
        (self.data / "fake.json").write_text(json.dumps(behaviour))

    def shoot(self, name):
        """At every width."""
        for width in self.widths:
            self.app.resize(width, 680)
            self.app.picture(FOLDER / f"{name}-{self.look}-{width}.png")

    def screen(self, name):
        """The whole display, with popovers and dialogs."""
        time.sleep(0.7)
        FOLDER.mkdir(parents=True, exist_ok=True)
        subprocess.run(["import", "-window", "root", "-crop", "1100x800+0+0", str(FOLDER / f"{name}-{self.look}-screen.png")],
                       check=True)

    def first_run(self):
        app = self.app
        app.expect("Welcome to Moneyrocket")
        self.shoot("00-welcome")
        app.click("Get started")
        app.expect("Create your wallet")
        app.type("Name of the wallet", "a/b")
        app.click("Create wallet")
        app.expect("Choose a name without a slash.")
        self.shoot("01-create-error")
        app.type("Name of the wallet", "Savings")
        self.fake()
        app.click("Create wallet")
        app.expect("Your wallet is ready")
        self.shoot("02-ready")
        app.click("Open wallet")
        app.expect("No payments yet")

    def empty(self):
        for page in PAGES:
            self.app.page(page)
            self.shoot(f"10-empty-{page}")

    def fill(self):
        app = self.app
        app.page("playground")
        app.click("Mine 101")
        app.expect("101 blocks were mined")
        app.page("receive")
        app.type("Label, seen only by you and the payer", "Rent")
        for address, amount, label in ((ADDRESS, "1.5", "Books"), (ADDRESS, "0.000 123 45", "A label that is rather long, as people write them")):
            app.page("send")
            app.type("Address or payment link", address)
            app.type("Amount", amount)
            app.type("Label, seen only by you", label)
            app.click("Review")
            app.expect("Where the coins go")
            app.click("Send")
            app.expect("The payment is on its way")
            app.click("New payment")
        app.page("playground")
        app.click("Mine 1")
        app.expect("1 block was mined")

    def pages(self):
        for page in PAGES:
            self.app.page(page)
            self.shoot(f"20-{page}")

    def sending(self):
        app = self.app
        app.page("send")
        app.click("Review")
        app.expect("Enter an amount.")
        self.shoot("30-send-errors")
        app.type("Address or payment link", ADDRESS)
        app.type("Amount", "60.5")
        app.type("Label, seen only by you", "Alice")
        app.click("Review")
        app.expect("Where the coins go")
        self.shoot("31-review")
        self.fake(refuse=True)
        app.click("Send")
        app.expect("The node refused the payment")
        self.shoot("32-refused")
        self.fake()
        app.expect("The payment is on its way")
        self.shoot("33-sent")
        app.click("Details")
        app.expect("Transaction ID")
        self.shoot("34-payment")

    def states(self):
        app = self.app
        app.page("activity")
        app.type("Search labels, addresses and IDs", "zebra")
        app.expect("Nothing found")
        self.shoot("40-nothing-found")
        app.type("Search labels, addresses and IDs", "")
        self.fake(state="syncing", progress=0.61, eta=10800, peers=8, height=580000, headers=958120)
        app.page("overview")
        app.expect("Your node is checking the chain")
        self.shoot("41-syncing")
        self.fake()
        app.expect_gone("Your node is checking the chain")
        if 360 in self.widths:
            app.resize(360, 680)
            app.click("Back")
            time.sleep(0.7)  # the button is pressed, then the sidebar slides in
            app.picture(FOLDER / f"42-sidebar-{self.look}-360.png")
        app.resize(1000, 680)
        app.page("overview")
        self.fake(slow_start=8)
        self.kill("moneyrocket-node")
        app.expect("The node stopped.")
        self.shoot("43-node-lost")
        app.expect("The node is back.")
        self.fake()

    def kill(self, name):
        pids = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(self.app.process.pid)], capture_output=True,
                              text=True, check=True).stdout.splitlines()
        driver.os.kill(next(int(line.split()[0]) for line in pids if name in line), driver.signal.SIGKILL)

    def popups(self):
        app = self.app
        app.resize(1000, 680)
        app.page("receive")
        app.click_any("More")
        self.shoot("50-receive-more")
        app.resize(1000, 680)
        for name, prefix in (("51-menu", "Main menu"), ("52-wallets", "Wallet Savings"), ("53-node", "Node: ")):
            app.click_any(prefix)
            self.screen(name)
            app.key("Escape")
        app.action("about")
        self.screen("54-about")
        app.key("Escape")
        app.window_action("show-help-overlay")
        self.screen("55-shortcuts")
        app.key("Escape")

    def run(self):
        self.app.start()
        try:
            if self.look == "rtl":
                self.app.action("direction", driver.GLib.Variant("s", "rtl"))
            for step in (self.first_run, self.empty, self.fill, self.pages, self.sending, self.states, self.popups):
                print(self.look, step.__name__, flush=True)
                step()
        finally:
            self.app.stop()
            print("\n".join(self.app.complaints()))


if __name__ == "__main__":
    for chosen in sys.argv[2:] or LOOKS:
        Gallery(chosen).run()
