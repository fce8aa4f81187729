#!/usr/bin/python3
"""The tour: the real application with its real workers, used like by a person on a separate playground: create a wallet,
mine, receive, send, see the confirmation. A screenshot of each step is saved in build/tour. Fails when a step does not show
what it should."""
import pathlib
import shutil
import sys
import tempfile

import driver

driver.inside()
PICTURES = pathlib.Path(driver.os.environ.get("MONEYROCKET_TOUR", driver.SOURCE / "build" / "tour"))
RECIPIENT = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"


class Tour:
    def __init__(self, app):
        self.app = app
        self.number = 0

    def picture(self, name):
        self.number += 1
        self.app.picture(PICTURES / f"{self.number:02}-{name}.png")
        print(f"  {self.number:02} {name}", flush=True)

    def create(self):
        app = self.app
        app.expect("Welcome to Moneyrocket")
        self.picture("welcome")
        app.click("Get started")
        app.expect("Create your wallet")
        self.picture("create")
        app.click("Create wallet")
        app.expect("Your wallet is ready")
        self.picture("ready")
        app.click("Open wallet")
        app.expect("No payments yet")
        app.expect("Balance 0.000 000 00 BTC")
        self.picture("overview-empty")

    def mine(self):
        app = self.app
        app.page("playground")
        app.click("Mine 101")
        app.expect("101 blocks were mined", patience=300)
        app.expect("block 101")
        self.picture("playground")
        app.page("overview")
        app.expect("Balance 50.000 000 00 BTC", patience=300)
        app.expect("5 000.000 000 00 BTC mined, not spendable yet")
        app.expect("Mined coins")
        self.picture("overview-mined")

    def receive(self):
        app = self.app
        app.page("receive")
        app.expect("bcrt ")
        app.type("Label, seen only by you and the payer", "Rent")
        app.type("Amount, if you ask for one", "0.25")
        self.picture("receive")

    def send(self):
        app = self.app
        app.page("send")
        app.type("Address or payment link", "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt082")
        app.type("Amount", "60")
        app.click("Review")
        app.expect("There is a typing error in this address")
        app.expect("Enter a fee rate from")  # only Review says so: a press takes effect after a quarter of a second
        self.picture("send-wrong-address")
        app.type("Address or payment link", RECIPIENT)
        app.type("Fee rate in sat/vB", "2")
        app.click("Review")
        app.expect("There is not enough for this and the fee.")
        self.picture("send-too-much")
        app.type("Amount", "1.5")
        app.type("Label, seen only by you", "Books")
        app.expect("The node cannot estimate fees yet: enter a fee rate.")
        self.picture("send")
        app.click("Review")
        app.expect("Where the coins go")
        app.expect("Remains in the wallet")
        app.expect("1.500 000 00 BTC")
        self.picture("review")
        app.click("Send")
        app.expect("The payment is on its way")
        self.picture("sent")
        app.click("Details")
        app.expect("Transaction ID")
        app.expect("Not confirmed yet")
        self.picture("payment")

    def confirm(self):
        app = self.app
        app.page("playground")
        app.click("Mine 1")
        app.expect("1 block was mined", patience=120)
        app.expect("block 102")
        app.page("activity")
        app.expect("Books")
        app.expect("1 of 6 confirmations")
        self.picture("activity")
        app.page("overview")
        app.expect("Books")
        self.picture("overview")

    def processes(self):
        app = self.app
        app.page("processes")
        app.expect("Application: Running, ")
        app.expect("Wallet: Running, ")
        app.expect("The application asked ")
        self.picture("processes")
        app.click("Pause")
        app.click_any("The application asked whether the ")
        app.expect("D-Bus name: ")
        self.picture("processes-details")
        app.click("Close details")
        app.click("Continue")

    def console(self):
        app = self.app
        app.page("console")
        app.expect("they want your coins")
        self.picture("console-warning")
        app.click("Open the console")
        for line, result in (("getblock(getbestblockhash() 1)[tx]", "[\n"), ("getblockhash 500", "Block height out of range"),
                             ("getwalletinfo()[walletname]", "\nMy wallet\n")):
            app.type("Command", line)
            app.click("Run")
            app.expect(result)
        app.type("Command", "getnew")
        app.key("End")  # suggestions are for the word at the cursor
        app.expect("getnewaddress ( ")
        self.picture("console")
        app.type("Command", "")

    def looks(self):
        app = self.app
        for scheme in ("light", "dark"):
            app.scheme(scheme)
            for width in (1000, 700, 360):
                app.resize(width, 680)
                for page in ("overview", "send", "receive", "activity", "processes", "console", "playground"):
                    app.page(page)
                    self.picture(f"{scheme}-{width}-{page}")

    def again(self):
        """A restart shows the wallet and its figures again."""
        app = self.app
        if app.stop() != 0:
            raise driver.Missing(f"a clean exit, not code {app.process.returncode}")
        app.start()
        app.expect("Books", patience=120)
        app.expect("block 102", patience=120)
        app.expect("Balance since")
        self.picture("again")


def main():
    shutil.rmtree(PICTURES, ignore_errors=True)
    folder = tempfile.mkdtemp(prefix="moneyrocket-tour-")
    app = driver.Application(folder, "-regtest", fallback_fee=None)
    tour = Tour(app)
    try:
        app.start()
        for step in (tour.create, tour.mine, tour.receive, tour.send, tour.confirm, tour.processes, tour.console, tour.looks, tour.again):
            print(step.__name__, flush=True)
            step()
        code = app.stop()
    except (AssertionError, RuntimeError):
        if app.process is not None and app.process.poll() is None and app.name:
            app.picture(PICTURES / "failure.png")
        for log in (pathlib.Path(folder) / "regtest").glob("*.log"):
            print(f"--- {log}\n" + "\n".join(log.read_text(errors="replace").splitlines()[-15:]))
        app.process.kill()
        raise
    if code != 0 or app.complaints():
        raise driver.Missing(f"a clean exit without complaints: code {code}, {app.complaints()}")
    shutil.rmtree(folder, ignore_errors=True)
    print(f"tour: {tour.number} pictures in {PICTURES}")


if __name__ == "__main__":
    sys.exit(main())
