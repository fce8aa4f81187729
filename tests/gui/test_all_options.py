#!/usr/bin/python3
"""The application accepts every option of the node and of the wallet, and passes it on to them."""
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import driver

driver.inside()
sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "functional"))
import framework  # noqa: E402
from options_base import TABLE, word  # noqa: E402

# Where the wallets are stays the same, so that one can be made; the output would be that of the test.
UNCHANGED = ("wallet", "walletdir", "printtoconsole")
CHECKED = re.compile("All given options are in use|nothing has used it")


class OptionsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "file").write_bytes(b"x")

    def words(self):
        """Every option with another value than its default, by its name."""
        words = {row["name"]: word(row, self.folder) for row in TABLE if set(row["programs"]) & set("NW")}
        # A worker stays where its parent expects it.
        words["daemon"] = "-daemon"
        words["ipcsession"] = "-ipcsession"  # the application's own
        words["rpcport"] = f"-rpcport={framework.free_port()}"
        return {name: text for name, text in words.items() if text is not None and name not in UNCHANGED}

    def log(self, name):
        path = self.folder / "regtest" / name
        return path.read_text() if path.exists() else ""

    def given(self, app, program):
        """The options on the command line of a worker."""
        children = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(app.process.pid)], capture_output=True, text=True,
                                  check=True).stdout.splitlines()
        pid = next(line.split()[0] for line in children if program in line)
        words = pathlib.Path(f"/proc/{pid}/cmdline").read_text().split("\0")[1:]
        return {re.sub("^-+", "", word).split("=")[0] for word in words if word.startswith("-")}

    def check_given(self, app, words):
        """Each worker is given its own options, and no other's, except for the credentials of the clients of -server."""
        programs = {name: "".join(row["programs"] for row in TABLE if row["name"] == name) for name in words}
        for program, letter in (("moneyrocket-node", "N"), ("moneyrocket-wallet", "W")):
            given = self.given(app, program)
            own = {name for name in words if letter in programs[name]}
            foreign = {name for name in words if letter not in programs[name]}
            self.assertEqual(own - given, set(), program)
            self.assertEqual(given & foreign - {"rpcauth", "rpcuser", "rpcpassword", "rpccookiefile"}, set(), program)

    def test_all(self):
        words = self.words()
        self.assertGreater(len(words), 150)
        with driver.Application(self.folder, "-regtest", *words.values(), fallback_fee=None) as app:
            for name in ("other.log",) if driver.LOG == "debug.log" else ("other.log", "wallet.log"):
                driver.wait_for(f"the check of the options in {name}", lambda: CHECKED.search(self.log(name)))
                self.assertEqual(re.findall(r"-(\S+) was given, but nothing has used it", self.log(name)), [], name)
            passed = set(re.findall(r"Command-line arg: ([^=]+)=", self.log("other.log")))
            of_node = {row["name"] for row in TABLE if "N" in row["programs"]}
            self.assertEqual(set(words) & of_node - passed, set())
            self.check_given(app, words)
            for socket, name in (("gui", "Moneyrocket"), ("node", "Node"), ("wallet", "Wallet")):
                tree = subprocess.run(["busctl", f"--address=unix:path={self.folder}/run/{socket}.sock", "--no-pager", "tree",
                                       f"org.moneyrocket.{name}"], capture_output=True, text=True, timeout=60)
                self.assertIn("/org/moneyrocket/Init", tree.stdout, tree.stderr)
            app.click("Get started")
            app.click("Create wallet")
            app.click("Open wallet")
            app.expect("Up to date")
            app.page("receive")
            app.click_any("More")
            app.expect("Type of address: Legacy")
            app.page("send")
            app.expect("Fallback fee rate")
            app.expect("20 sat/vB")


if __name__ == "__main__":
    unittest.main(verbosity=2)
