#!/usr/bin/python3
"""The application, its node and its wallet on a session bus (-ipcsession): tools can inspect them there, and change nothing."""
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import unittest

import driver

driver.inside()
sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "functional"))
import framework  # noqa: E402

NAMES = {"gui": "org.moneyrocket.Moneyrocket", "node": "org.moneyrocket.Moneyrocket.Node", "wallet": "org.moneyrocket.Moneyrocket.Wallet"}


class BusTest(unittest.TestCase):
    """A bus of its own, so that it can end before the application does."""
    words = ("-ipcinspect=run", "-ipcsession")

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "moneyrocket.conf").write_text("fallbackfee=0.0002\n")
        self.socket = self.folder / "bus"
        self.daemon = subprocess.Popen(["dbus-daemon", "--session", "--nofork", f"--address=unix:path={self.socket}"])
        self.addCleanup(self.daemon.wait)
        self.addCleanup(self.daemon.kill)
        driver.wait_for("the bus", self.socket.exists)
        self.environment = dict(os.environ, DBUS_SESSION_BUS_ADDRESS=f"unix:path={self.socket}", LC_ALL="C.UTF-8", SYSTEMD_COLORS="0",
                                COLUMNS="200")
        self.port = framework.free_port()
        self.application = self.start(*self.words, "-server", f"-rpcport={self.port}")

    def start(self, *words, **environment):
        program = subprocess.Popen([str(driver.BUILD / "src" / "gui" / "moneyrocket-gui"), f"-datadir={self.folder}", "-regtest", *words],
                                   env={**self.environment, **environment}, stderr=subprocess.PIPE, text=True)
        self.addCleanup(program.stderr.close)
        self.addCleanup(program.wait)
        self.addCleanup(program.kill)
        return program

    def end(self):
        self.application.send_signal(signal.SIGTERM)
        self.assertEqual(self.application.wait(driver.PATIENCE), 0)

    def tool(self, *words, fails=False):
        done = subprocess.run(words, capture_output=True, text=True, timeout=driver.PATIENCE, env=self.environment)
        self.assertEqual(done.returncode != 0, fails, f"{words}: {done.stdout} {done.stderr}")
        return done.stderr if fails else done.stdout

    def busctl(self, *words, **options):
        return self.tool("busctl", "--user", "--no-pager", *words, **options)

    def gdbus(self, command, name, *words, **options):
        return self.tool("gdbus", command, "--session", "--dest", name, *words, **options)

    def get(self, name, path, interface, member):
        return self.busctl("get-property", name, path, f"org.moneyrocket.{interface}", member).strip()

    def ready(self):
        def has_all():
            names = self.tool("busctl", "--user", "--no-pager", "list")
            return all(re.search(rf"(?m)^{re.escape(name)} ", names) for name in NAMES.values())

        def answers():
            try:
                return self.get(NAMES["node"], "/org/moneyrocket/Node", "Node1", "State") == 's "ready"' and self.get(
                    NAMES["wallet"], "/org/moneyrocket/Init", "Init1", "Version")
            except AssertionError:
                return False

        driver.wait_for("the names on the bus", has_all)
        driver.wait_for("node and wallet behind them", answers)

    def pid_of(self, role):
        children = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(self.application.pid)], capture_output=True, text=True,
                                  check=True).stdout.splitlines()
        return next(int(line.split()[0]) for line in children if f"moneyrocket-{role}" in line)


class InspectTest(BusTest):
    def deny(self, role, path, member, *words):
        error = self.gdbus("call", NAMES[role], "--object-path", path, "--method", f"org.moneyrocket.{member}", *words, fails=True)
        self.assertIn("org.freedesktop.DBus.Error.AccessDenied", error)

    def test_tools(self):
        self.ready()
        for role, paths in (("gui", ["Init", "Moneyrocket"]), ("node", ["Init", "Node", "Chain", "Rpc"]),
                            ("wallet", ["Init", "WalletManager", "Rpc"])):
            lines = [line.strip("│├└─ `|-") for line in self.busctl("tree", NAMES[role]).splitlines()]
            for path in paths:
                self.assertIn(f"/org/moneyrocket/{path}", lines)
        rows = [line.split() for line in self.busctl("introspect", NAMES["node"], "/org/moneyrocket/Node").splitlines()]
        self.assertIn([".Network", "property", "s", '"regtest"', "const"], rows)
        self.assertIn([".Generate", "method", "usa{sv}", "o", "-"], rows)
        self.assertIn("readonly s Network = 'regtest';", self.gdbus("introspect", NAMES["node"], "--object-path", "/org/moneyrocket/Node"))
        self.assertRegex(self.busctl("call", NAMES["node"], "/org/moneyrocket/Node", "org.moneyrocket.Node1", "ListBlocks", "ua{sv}", "1",
                                     "0"), r"^aa\{sv\} 1 5 ")
        self.assertIn("getblockcount", self.gdbus("call", NAMES["node"], "--object-path", "/org/moneyrocket/Rpc", "--method",
                                                  "org.moneyrocket.Rpc1.Complete", "getblockc", "{}"))
        for role in NAMES:
            self.assertRegex(self.get(NAMES[role], "/org/moneyrocket/Init", "Init1", "Version"), r'^s "v?\d')
        self.end()

    def test_read_only(self):
        self.ready()
        self.deny("node", "/org/moneyrocket/Node", "Node1.Generate", "1", framework.ADDRESS, "{}")
        self.deny("node", "/org/moneyrocket/Rpc", "Rpc1.Execute", "stop", "[]", "{}")
        self.deny("wallet", "/org/moneyrocket/WalletManager", "WalletManager1.CreateWallet", "w", "{}")
        self.deny("wallet", "/org/moneyrocket/Rpc", "Rpc1.Execute", "getnewaddress", "[]", "{}")
        for role in NAMES:
            self.deny(role, "/org/moneyrocket/Init", "Init1.Shutdown", "{}")
        # Nor is there a way around: through the bus that the programs imitate, and with arguments that break a rule of their
        # connections, which would end for all.
        for member in ("org.freedesktop.DBus.Monitoring.BecomeMonitor", "org.freedesktop.DBus.GetId"):
            words = ("[]", "0") if "Become" in member else ()
            error = self.gdbus("call", NAMES["node"], "--object-path", "/org/freedesktop/DBus", "--method", member, *words, fails=True)
            self.assertIn("AccessDenied", error)
        self.assertIn("Access denied", self.busctl("set-property", NAMES["node"], "/org/moneyrocket/Node", "org.moneyrocket.Node1", "State",
                                                   "s", "x", fails=True))
        self.assertIn("not those of the method", self.busctl("call", NAMES["node"], "/org/moneyrocket/Node", "org.moneyrocket.Node1",
                                                             "ListBlocks", "s", "x", fails=True))
        self.assertIn("too long", self.busctl("call", NAMES["node"], "/org/moneyrocket/Rpc", "org.moneyrocket.Rpc1", "Complete", "sa{sv}",
                                              "x" * 100000, "0", fails=True))
        self.assertEqual(self.get(NAMES["node"], "/org/moneyrocket/Node", "Node1", "State"), 's "ready"')
        self.assertNotIn("warning", "".join(line for line in self.log("debug.log") if "peer" in line or "client" in line))
        self.end()

    def log(self, name):
        return (self.folder / "regtest" / name).read_text().splitlines()

    def test_signals(self):
        """What happens is announced on the bus."""
        self.ready()
        rpc = framework.Rpc(self.port, (self.folder / "regtest" / ".cookie").read_text)
        with subprocess.Popen(["gdbus", "monitor", "--session", "--dest", NAMES["node"]], stdout=subprocess.PIPE, text=True,
                              env=self.environment) as monitor:
            self.assertIn("Monitoring signals", monitor.stdout.readline())
            self.assertIn("is owned by", monitor.stdout.readline())
            rpc.generatetoaddress(1, framework.ADDRESS)
            self.assertTrue(any("org.moneyrocket.Node1.TipChanged" in line for line in monitor.stdout))
            monitor.terminate()
        self.end()

    def test_many_calls(self):
        """More calls than a program accepts at once: some are refused, and the rest is answered."""
        self.ready()
        calls = [subprocess.Popen(["busctl", "--user", "--no-pager", "introspect", NAMES["node"], "/org/moneyrocket/Chain"], text=True,
                                  env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in range(20)]
        for call in calls:
            self.assertIn("org.moneyrocket.Chain1", call.communicate(timeout=driver.PATIENCE)[0])
        self.end()


class LifeTest(BusTest):
    def test_worker_killed(self):
        """While the node is away its name stays, and calls fail; then it is there again."""
        self.ready()
        pid = self.pid_of("node")
        os.kill(pid, signal.SIGSTOP)
        with subprocess.Popen(["busctl", "--user", "--no-pager", "get-property", NAMES["node"], "/org/moneyrocket/Node",
                               "org.moneyrocket.Node1", "State"], env=self.environment, stderr=subprocess.PIPE, text=True) as call:
            driver.wait_for("the call", lambda: call.poll() is None)
            os.kill(pid, signal.SIGKILL)
            self.assertNotEqual(call.wait(driver.PATIENCE), 0)
        self.ready()
        self.end()

    def test_bus_ends(self):
        """The end of the bus is not that of the application."""
        self.ready()
        self.daemon.terminate()
        self.daemon.wait(driver.PATIENCE)
        path = self.folder / "regtest" / "run" / "node.sock"

        def asked():
            return self.tool("busctl", f"--address=unix:path={path}", "--no-pager", "get-property", "org.moneyrocket.Node",
                             "/org/moneyrocket/Node", "org.moneyrocket.Node1", "State").strip()

        for _ in range(3):
            self.assertEqual(asked(), 's "ready"')
        self.assertIsNone(self.application.poll())
        self.end()


class OffTest(BusTest):
    words = ("-ipcinspect=run",)

    def test_off(self):
        """Nothing is on the bus unless somebody has asked for it; without a bus nothing is missing."""
        driver.wait_for("the application", (self.folder / "regtest" / "run" / "gui.sock").exists)
        names = self.busctl("list")
        self.assertNotIn(NAMES["node"], names)
        self.assertNotIn(NAMES["wallet"], names)
        self.end()
        # GTK 4.8 itself crashes where there is an accessibility bus and no session bus.
        self.application = self.start("-ipcinspect=run", "-ipcsession", DBUS_SESSION_BUS_ADDRESS="unix:path=/nonexistent", GTK_A11Y="none")
        driver.wait_for("the node", (self.folder / "regtest" / "run" / "node.sock").exists)
        self.end()

    def test_alone(self):
        refused = self.start("-ipcsession", DISPLAY=":none")
        self.assertNotEqual(refused.wait(driver.PATIENCE), 0)
        self.assertIn("what -ipcinspect offers", refused.stderr.read())


if __name__ == "__main__":
    unittest.main(verbosity=2)
