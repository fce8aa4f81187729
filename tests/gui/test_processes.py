#!/usr/bin/python3
"""The page Processes, with real workers: what the programs use, the calls between them as they happen, and a node that is
killed."""
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import unittest

import driver

driver.inside()
PROGRAMS = ("Application", "Node", "Wallet")


class ProcessesTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="moneyrocket-gui-")
        self.app = driver.Application(self.folder.name, "-regtest", "-debug=loop").start()
        self.addCleanup(self.folder.cleanup)
        self.addCleanup(self.app.stop)
        app = self.app
        app.expect("Welcome to Moneyrocket")
        app.click("Get started")
        app.expect("Create your wallet")
        app.click("Create wallet")
        app.expect("Your wallet is ready")
        app.click("Open wallet")
        app.expect("No payments yet")

    def box(self, program):
        """The name of the box of PROGRAM."""
        return next((node.name for node in self.app.everything() if node.name.startswith(program + ": ")), "")

    def wait_for_box(self, program, pattern):
        driver.wait_for(lambda: f"{program} as {pattern}, not {self.box(program)}",
                        lambda: re.match(pattern, self.box(program).replace("\u00a0", " ")))

    def calls(self):
        """The names of the rows that are visible."""
        rows = next((node for node in self.app.everything() if node.name == "Calls"), None)
        return [row.name for row in rows.children] if rows is not None else []

    def wait_for_call(self, start):
        driver.wait_for(lambda: f"a call “{start}”, not {self.calls()}", lambda: any(name.startswith(start) for name in self.calls()))

    def workers(self):
        """The process IDs of the workers by their programs."""
        found = {}
        for path in pathlib.Path("/proc").glob("[0-9]*/status"):
            try:
                text = path.read_text()
                words = (path.parent / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if f"\nPPid:\t{self.app.process.pid}\n" in text:
                found[os.path.basename(words[0].decode())] = int(path.parent.name)
        return found

    def test_programs(self):
        app = self.app
        app.key("ctrl+6")
        for program in PROGRAMS:
            self.wait_for_box(program, r".*: Running, [1-9][0-9.]* [kM]B · for ")
        app.expect("Runs with the application")
        app.click_any("Node: ")
        app.expect(f"Process ID: {self.workers()['moneyrocket-node']}")
        app.expect("Wallet: ")
        app.key("Escape")

    def test_calls(self):
        app = self.app
        app.page("processes")
        self.wait_for_call("The application ")
        app.click("Pause")
        app.expect("Paused. New calls: ")
        driver.wait_for("calls that wait", lambda: not app.shows("New calls: 0"))
        held = self.calls()
        app.page("playground")
        app.click("Mine 1")
        app.expect("1 block was mined")
        app.page("processes")
        self.assertEqual(self.calls(), held)
        app.click("Continue")
        app.expect_gone("Paused.")
        app.click("Pause")
        app.type("Search calls by what they mean, or by their D-Bus names", "zebra")
        app.click("Continue")
        app.expect("No call matches")
        app.type("Search calls by what they mean, or by their D-Bus names", "Properties.Get")
        driver.wait_for("what was searched", lambda: self.calls() and all(name.startswith("The application asked ") for name in self.calls()))
        app.click("Only failed")
        app.expect("No call matches")
        app.click("Only failed")
        app.type("Search calls by what they mean, or by their D-Bus names", "")
        app.click("Wallet")
        driver.wait_for("calls of the wallet alone", lambda: self.calls() and all("wallet" in name for name in self.calls()))
        app.click("Pause")
        app.click_any("The application asked whether the wallet answers, ")
        app.expect("D-Bus name: org.freedesktop.DBus.Properties.Get")
        app.expect("Answered after: ")
        app.click("Close details")
        app.expect_gone("D-Bus name: ")
        self.assertEqual(app.complaints(), [])

    def test_node_killed(self):
        app = self.app
        app.page("processes")
        self.wait_for_box("Node", "Node: Running, ")
        before = self.workers()["moneyrocket-node"]
        os.kill(before, signal.SIGKILL)
        self.wait_for_box("Node", "Node: (Stopped, is being restarted|Running, )")
        driver.wait_for("another node", lambda: self.workers().get("moneyrocket-node", before) != before)
        self.wait_for_box("Node", "Node: Running, ")
        app.type("Search calls by what they mean, or by their D-Bus names", "init1.hello")
        self.wait_for_call("The application introduced itself to the node, ")
        app.type("Search calls by what they mean, or by their D-Bus names", "chain1")
        self.wait_for_call("The wallet asked the node ")
        self.assertEqual(app.complaints(), [])

    def test_inspection(self):
        """The switch in the preferences offers the programs to tools at once, and is kept."""
        app = self.app
        self.open_advanced()
        app.expect("Off unless you need it")
        app.click("Inspection by other programs")
        for program, name in (("gui", "Moneyrocket"), ("node", "Node"), ("wallet", "Wallet")):
            address = f"unix:path={os.environ['XDG_RUNTIME_DIR']}/moneyrocket/regtest/{program}.sock"
            app.expect(address)
            words = ["busctl", f"--address={address}", "--no-pager", "tree", f"org.moneyrocket.{name}"]
            driver.wait_for(address, lambda: b"/org/moneyrocket/Trace" in subprocess.run(words, capture_output=True, check=False).stdout)
        app.click("Also on the session bus")
        self.wait_for_names(True)
        app.click("Also on the session bus")
        self.wait_for_names(False)
        app.key("Escape")
        app.stop()
        app.start()
        app.expect("No payments yet")
        self.open_advanced()
        app.expect(address)
        app.click("Inspection by other programs")
        app.expect_gone(address)
        self.assertFalse(os.path.exists(address.removeprefix("unix:path=")))
        self.assertEqual(app.complaints(), [])

    def wait_for_names(self, owned):
        names = {f"org.moneyrocket.Moneyrocket.{program}" for program in ("Node", "Wallet")}
        driver.wait_for(f"{names} to be {'owned' if owned else 'gone'}",
                        lambda: names & set(driver.ask_bus(self.app.session, "ListNames")) == (names if owned else set()))

    def open_advanced(self):
        app = self.app
        app.key("ctrl+comma")
        app.expect("Amounts")
        app.click_any("Advanced")
        app.expect("Inspection")


if __name__ == "__main__":
    unittest.main(verbosity=2)
