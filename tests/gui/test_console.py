#!/usr/bin/python3
"""The console, with the real workers: lines by keyboard, suggestions, results and errors, lines to be typed again, secrets that are
not shown or kept, stopping, several wallets, and programs that are lost."""
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

import driver
from gi.repository import GLib
from test_keyboard import Keys

driver.inside()
GENESIS = "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206"
COINBASE = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"
SECRET = "correct-horse-7421"


class ConsoleTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.data = pathlib.Path(self.folder.name)
        self.app = driver.Application(self.data, "-regtest", "-debug=ipc").start()
        self.addCleanup(self.stop)
        self.keys = Keys(self.app)
        self.app.click("Get started")
        self.app.click("Create wallet")
        self.app.click("Open wallet")
        self.app.expect("No payments yet")

    def stop(self):
        self.assertEqual(self.app.stop(), 0)
        self.assertEqual(self.app.complaints(), [])

    def open(self):
        self.keys.press("ctrl+7")
        self.app.expect("they want your coins")
        self.keys.press("Return")
        driver.wait_for("the entry", lambda: self.app.field("Command"))

    def entry(self):
        """Its text; GTK 4.8 gives none up to the end -1."""
        reader, path = self.app.reader, self.app.field("Command").path
        length = reader.property(path, "Text", "CharacterCount")
        return reader.call(path, driver.A11Y + "Text", "GetText", GLib.Variant("(ii)", (0, length)))[0]

    def results(self):
        node = next((node for node in self.app.everything() if node.name == "Results"), None)
        return node.text if node is not None else ""

    def run_line(self, line, expected, entry=""):
        """Runs LINE; the text that it adds contains EXPECTED."""
        before = len(self.results())
        self.app.type("Command", line)
        self.app.click("Run")
        driver.wait_for(lambda: f"“{expected}” after {self.results()[before:]}", lambda: expected in self.results()[before:])
        driver.wait_for("the end of the line", lambda: self.app.find("Run", self.app.BUTTONS) and self.entry() == entry)
        return self.results()[before:]

    def test_lines(self):
        app, keys = self.app, self.keys
        self.open()
        keys.write("getblockcount")
        keys.press("Return")
        driver.wait_for("the result", lambda: self.results() == "› getblockcount   node\n0\n")
        # Suggestions: Tab takes the first one, the arrow keys another one.
        keys.write("getblockha")
        app.expect("getblockhash height")
        keys.press("Tab")
        driver.wait_for("the whole name", lambda: self.entry() == "getblockhash ")
        keys.write("0")
        keys.press("Return")
        driver.wait_for("the hash", lambda: GENESIS in self.results())
        keys.write("getblo")
        app.expect("getblockcount")
        keys.press("Down", "Down", "Down", "Return")
        driver.wait_for("the third one", lambda: self.entry() == "getblockcount ")
        keys.press("F1")
        driver.wait_for("its help", lambda: "› help getblockcount   node\ngetblockcount\n\n" in self.results())
        # Calls within each other, parts of results, names, JSON.
        self.run_line("getblock(getblockhash(0) 2)[tx][0][txid]", f"node\n{COINBASE}\n")
        self.run_line(f"-named getblock blockhash={GENESIS} verbosity=1", '\n  "tx": [\n    "' + COINBASE)
        self.run_line('createrawtransaction [] {"data":"00"}', "node\n02000000")
        self.run_line('getnewaddress "two words"', "wallet My wallet\nbcrt1")
        self.run_line("validateaddress(getnewaddress())[isvalid]", "node\ntrue")
        # Mistakes, each with what to do.
        self.run_line("getblockhash 5", "Block height out of range\nError -8: a parameter is missing")
        self.run_line("getblockhash x", "Parameter 1 of getblockhash is not valid JSON")
        self.run_line("getblockhash (0", "The name of a method is missing before a bracket", entry="getblockhash (0")
        self.run_line("getblokhash 0", "There is no method “getblokhash”")
        self.run_line("stop", "Ctrl+Q")
        # The lines before, and back to what was typed.
        app.type("Command", "")
        keys.press("Up", "Up")
        driver.wait_for("a line before", lambda: self.entry() == "getblokhash 0")
        keys.press("Down", "Down")
        driver.wait_for("an empty line", lambda: self.entry() == "")
        app.click("Clear")
        driver.wait_for("no results", lambda: self.results() == "")

    def test_secrets(self):
        """A passphrase is neither shown nor kept, also when its method is misspelled, or does not exist, and reaches no log."""
        app, keys = self.app, self.keys
        self.open()
        for line in (f"walletpassphrase {SECRET} 60", f"walletpasphrase {SECRET}", f"echo(encryptwallet({SECRET}))",
                     f"signrawtransactionwithkey 00 '[\"{SECRET}\"]'"):
            self.run_line(line, "(…)")
        self.run_line(f"createwallet two false false {SECRET}", "createwallet(…)   wallet My wallet\n")
        self.assertIn("tprv", self.run_line("listdescriptors(true)[descriptors][0][desc]", "tprv"))
        self.run_line("getdescriptorinfo(listdescriptors(true)[descriptors][0][desc])", "never given passphrases and private keys")
        self.run_line(f"walletpassphrase '{SECRET}", "A quotation mark is missing", entry=f"walletpassphrase '{SECRET}")
        app.type("Command", "")
        self.assertNotIn(SECRET, "".join(app.texts()))
        self.assertNotIn(SECRET, self.results())
        for _ in range(12):
            keys.press("Up")
            self.assertNotIn(SECRET, self.entry())
        app.stop()
        files = [path for path in self.data.rglob("*") if path.suffix in (".log", ".ini")]
        text = "".join(path.read_text(errors="replace") for path in files)
        self.assertIn("Rpc1.ExecuteWords", text)
        self.assertIn("getdescriptorinfo(listdescriptors(true)", text)
        for secret in (SECRET, "tprv"):
            self.assertNotIn(secret, text)
        # What was typed is there again.
        app.start()
        app.expect("My wallet")
        keys.press("ctrl+7")
        driver.wait_for("the entry", lambda: app.field("Command"))
        keys.press("Up")
        driver.wait_for("a line", lambda: self.entry().startswith("getdescriptorinfo"))

    def node_process(self):
        listed = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(self.app.process.pid)], capture_output=True, text=True, check=True)
        return next(int(line.split()[0]) for line in listed.stdout.splitlines() if "moneyrocket-node" in line)

    def test_stop_and_lost(self):
        app, keys = self.app, self.keys
        self.open()
        for stop in (lambda: keys.press("Escape"), lambda: app.click("Stop")):
            app.type("Command", "waitfornewblock")
            keys.press("Escape", "Return")
            app.expect("waitfornewblock is running")
            app.type("Command", "getblockcount")  # the next line can be typed meanwhile
            stop()
            app.expect_gone("waitfornewblock is running")
            driver.wait_for("what is typed", lambda: self.entry() == "getblockcount")
        app.type("Command", "waitfornewblock")
        keys.press("Escape", "Return")
        app.expect("waitfornewblock is running")
        os.kill(self.node_process(), signal.SIGKILL)
        driver.wait_for("the loss", lambda: "The node did not answer." in self.results())
        self.run_line("getwalletinfo()[walletname]", "\nMy wallet\n")
        driver.wait_for("the node again", lambda: "\n0\n" in self.retry("getblockcount"))

    def retry(self, line):
        before = len(self.results())
        self.app.type("Command", line)
        self.keys.press("Return")
        time.sleep(0.5)
        return self.results()[before:]

    def test_wallets(self):
        app = self.app
        self.open()
        self.run_line("createwallet two", '"name": "two"')
        self.run_line("getwalletinfo()[walletname]", "wallet My wallet\nMy wallet\n")
        self.keys.tab_to("Commands are for the wallet My wallet", key="shift+Tab")
        self.keys.press("space", "Down", "Return")
        driver.wait_for("the other wallet", lambda: app.find("Commands are for the wallet two", app.BUTTONS))
        self.run_line("getwalletinfo()[walletname]", "wallet two\ntwo\n")


if __name__ == "__main__":
    unittest.main(verbosity=2)
