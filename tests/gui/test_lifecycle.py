#!/usr/bin/python3
"""The application with its real workers: their options and open descriptors, how soon they are restarted after being
killed, and that they exit with the application, however that exits, and leave consistent files."""
import os
import pathlib
import re
import resource
import signal
import sqlite3
import statistics
import tempfile
import time
import unittest

import driver

driver.inside()
resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
WORKERS = ("node", "wallet")


def proc(pid, name):
    """A file of /proc/PID; empty if the process has exited, also between opening and reading."""
    try:
        return pathlib.Path(f"/proc/{pid}/{name}").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def alive(pid):
    stat = proc(pid, "stat")
    return stat != "" and stat.rsplit(")", 1)[1].split()[0] != "Z"


def since(begun, what, check):
    """Seconds from BEGUN until CHECK holds."""
    end = time.monotonic() + driver.PATIENCE
    while not check():
        if time.monotonic() > end:
            raise driver.Missing(what)
        time.sleep(0.005)
    return time.monotonic() - begun


class LifecycleTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.data = pathlib.Path(self.folder.name)
        self.network = self.data / "regtest"
        self.app = None

    def tearDown(self):
        if self.app is not None and self.app.process.poll() is None:
            self.app.stop()
        self.folder.cleanup()

    def start(self):
        self.app = driver.Application(self.data, "-regtest", "-debug=validation", fallback_fee=None).start()
        for name in WORKERS:
            self.await_ready(name)
        return self.app

    def make_wallet(self):
        self.app.click("Get started")
        self.app.click("Create wallet")
        self.app.click("Open wallet")
        self.app.expect("No payments yet")
        self.app.page("playground")
        self.app.click("Mine 101")
        self.app.expect("101 blocks were mined", patience=300)
        self.app.page("overview")
        self.app.expect("Balance 50.000 000 00 BTC")

    def log(self, name):
        return (self.network / name).read_text(errors="replace")

    def ready_pids(self, name):
        """The process IDs of all runs that have replied to Hello, in order."""
        return [int(pid) for pid in re.findall(rf"The {name} process is ready \(pid (\d+)\)", self.log("gui.log"))]

    def await_ready(self, name):
        driver.wait_for(f"the {name} process", lambda: self.pid(name) is not None)

    def pid(self, name):
        pids = [pid for pid in self.ready_pids(name) if alive(pid) and name in self.words(pid)[0]]
        return pids[-1] if pids else None

    @staticmethod
    def words(pid):
        return proc(pid, "cmdline").split("\0")

    def check_files(self):
        for path in (self.network / "wallets").rglob("wallet.dat*"):
            self.assertEqual(path.name, "wallet.dat", "a journal was left")
            with sqlite3.connect(path) as db:
                self.assertEqual(db.execute("PRAGMA integrity_check").fetchall(), [("ok",)])

    # ---- while it is running ----

    def check_words(self, pid):
        words = self.words(pid)
        for word in (f"-datadir={self.data}", "-debug=validation", "-ipcfd=3"):
            self.assertIn(word, words)
        self.assertTrue({"-regtest", "-regtest=", "-chain=regtest"} & set(words), words)

    def check_descriptors(self, pid, role):
        """The permitted descriptors: 0 to 2, the connection with the application, the one with the other worker, files of
        this program, and those of GLib's event loops."""
        sockets = 0
        for name in os.listdir(f"/proc/{pid}/fd"):
            fd = int(name)
            try:
                target = os.readlink(f"/proc/{pid}/fd/{fd}")
            except FileNotFoundError:
                continue
            if fd == 0:
                self.assertEqual(target, "/dev/null")
            elif fd == 2:
                self.assertTrue(target.startswith("pipe:"), target)
            elif target.startswith("socket:"):
                sockets += 1
            elif fd > 2 and not target.startswith("anon_inode:"):
                self.assertTrue(target.startswith(str(self.network)), f"{role} has {fd} open: {target}")
                own = target[len(str(self.network)) + 1:]
                allowed = r"wallet\.log|wallets/.*" if role == "wallet" else r"debug\.log|\.lock|(blocks|chainstate|indexes)/.*"
                self.assertRegex(own, rf"^({allowed})$", f"{role} has {fd} open")
        # Sockets to the application and the other worker only; the node also listens for RPC.
        self.assertLessEqual(sockets, 2 if role == "wallet" else 4)

    def test_running(self):
        self.start()
        self.make_wallet()
        for role in WORKERS:
            pid = self.pid(role)
            self.check_words(pid)
            self.check_descriptors(pid, role)
        took = {role: [] for role in WORKERS}
        for _ in range(4):
            for role in WORKERS:
                pid = self.pid(role)
                begun = time.monotonic()
                os.kill(pid, signal.SIGKILL)
                took[role].append(since(begun, f"a new {role} process",
                                        lambda: self.pid(role) not in (None, pid)))
        for role in WORKERS:
            print(f"# {role} killed and back: median {statistics.median(took[role]):.2f} s, "
                  f"all {' '.join(f'{t:.2f}' for t in took[role])}", flush=True)
            waits = [int(ms) for ms in re.findall(rf"The {role} process is restarted in (\d+) ms", self.log("gui.log"))]
            self.assertEqual(len(waits), 4)
            self.assertLessEqual(max(waits), 1000)
        self.app.expect("Balance 50.000 000 00 BTC")
        self.app.expect("Up to date · block 101")
        for role in WORKERS:
            self.check_descriptors(self.pid(role), role)
        self.app.page("playground")
        self.app.click("Mine 1")
        self.app.expect("Up to date · block 102")

    # ---- a payment whose answer is lost ----

    ADDRESS = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"

    def test_lost_answer(self):
        """The wallet is killed after Send while the node is stopped: the page waits, finds the payment, does not call it sent before
        the node has it, and there is only this one."""
        app = self.start()
        self.make_wallet()
        app.page("send")
        app.expect("enter a fee rate")
        app.type("Address or payment link", self.ADDRESS)
        app.type("Amount", "1.5")
        app.type("Fee rate in sat/vB", "3")
        app.click("Review")
        app.expect("Where the coins go")
        node, wallet = self.pid("node"), self.pid("wallet")
        os.kill(node, signal.SIGSTOP)
        try:
            app.click("Send")
            app.expect("Sending…")
            driver.wait_for("the payment in the file", self.has_stored_payment)
            os.kill(wallet, signal.SIGKILL)
            app.expect("The wallet is back.")
            app.expect("The node has not answered yet")
            for name in ("Send", "Review"):
                self.assertIsNone(app.find(name, app.BUTTONS))
        finally:
            os.kill(node, signal.SIGCONT)
        app.expect("It is confirmed with the next blocks.")
        app.page("playground")
        app.click("Mine 1")
        app.expect("Up to date · block 102")
        app.page("overview")
        app.expect("Balance 98.499 995 77 BTC")

    def has_stored_payment(self):
        """Whether the file of the wallet, which it has for itself, has a draft that became a payment, and that for good: the
        journal beside it has no header any more."""
        path = next(self.network.glob("wallets/*/wallet.dat"))
        journal = path.with_name("wallet.dat-journal")
        return b"moneyrocket_draft" in path.read_bytes() and not (journal.exists() and any(journal.read_bytes()[:28]))

    # ---- how it ends ----

    def exit_by(self, number, busy):
        self.start()
        self.app.expect("Up to date · block ")
        pids = [self.pid(role) for role in WORKERS]
        if busy:
            self.app.page("playground")
            self.app.click("Mine 101")
        begun = time.monotonic()
        self.app.process.send_signal(number)
        took = since(begun, "the end of the workers", lambda: not any(map(alive, pids)))
        print(f"# {signal.Signals(number).name}: both workers exited after {took:.2f} s", flush=True)
        self.app.process.wait(driver.PATIENCE)
        self.check_files()
        for log in ("debug.log", "wallet.log"):
            self.assertRegex(self.log(log).rstrip().splitlines()[-1], "Shutdown done$")

    def test_exit(self):
        self.start()
        self.make_wallet()
        self.assertEqual(self.app.stop(), 0)
        for number, busy in ((signal.SIGKILL, True), (signal.SIGSEGV, True), (signal.SIGTERM, False),
                             (signal.SIGINT, False)):
            self.exit_by(number, busy)
        self.start()
        self.app.page("overview")
        self.app.expect("Up to date · block ")
        self.app.page("activity")
        self.app.expect("Mined coins")
        self.assertEqual(self.app.stop(), 0)
        self.check_files()
        self.assertNotRegex(self.log("debug.log"), r"(?i)replay|rolling|corrupt|reindex")
        self.assertEqual(self.app.complaints(), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
