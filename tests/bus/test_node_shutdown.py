"""The end of a node that is a worker, with calls in flight on its connection: it ends with code 0 whatever they are, and
however it is told to."""
import shutil
import signal
import tempfile
import time
import unittest

import peer
from peer import GLib

ADDRESS = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
NODE = "/org/moneyrocket/Node"
RPC = "/org/moneyrocket/Rpc"
LIMIT = 10


class ShutdownTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="moneyrocket-bus-")
        self.addCleanup(shutil.rmtree, self.folder, True)

    def start(self):
        worker = peer.Worker("moneyrocket-node", self.folder)
        self.addCleanup(worker.stop)
        peer.wait_until(lambda: worker.bus.get(NODE, "Node1", "State") in ("ready", "syncing"))
        return worker

    def execute(self, worker, method, params="[]"):
        return worker.bus.send(RPC, "Rpc1.Execute", GLib.Variant("(sssa{sv})", (method, params, "", {})))

    def begin_all(self, worker):
        states = [self.execute(worker, method, params) for method, params in (
            ("waitfornewblock", "[0]"), ("waitforblockheight", "[1000000, 0]"), ("gettxoutsetinfo", "[]"),
            ("verifychain", "[4, 0]"), ("scantxoutset", f'["start", ["addr({ADDRESS})"]]'))]
        worker.bus.call(NODE, "Node1.Generate", "(usa{sv})", 1000, ADDRESS, {})
        states += [worker.bus.send(NODE, "Node1.ListBlocks", GLib.Variant("(uua{sv})", (0xffffffff, 100, {})))
                   for _ in range(20)]
        peer.wait_until(lambda: worker.bus.get(NODE, "Node1", "Tip")[1] > 20)
        return states

    def end(self, worker):
        start = time.monotonic()
        while worker.process.poll() is None and time.monotonic() - start < 60:
            while GLib.MainContext.default().iteration(False):
                pass
            time.sleep(0.005)
        self.assertEqual(worker.process.poll(), 0)
        self.assertLess(time.monotonic() - start, LIMIT)
        with open(f"{self.folder}/regtest/debug.log", encoding="utf-8") as log:
            text = log.read()
        self.assertNotIn("CRITICAL", text)
        self.assertEqual(text.count("Shutdown done"), text.count("Shutdown in progress"))

    def test_each_way(self):
        ways = (lambda w: w.bus.send("/org/moneyrocket/Init", "Init1.Shutdown", GLib.Variant("(a{sv})", ({},))),
                lambda w: w.bus.close(),
                lambda w: w.process.send_signal(signal.SIGTERM),
                lambda w: self.execute(w, "stop"))
        for way in ways:
            worker = self.start()
            states = self.begin_all(worker)
            way(worker)
            self.end(worker)
            # Every call has an end, be it that of the connection.
            peer.wait_until(lambda: all(states))
        worker = self.start()
        state = self.execute(worker, "verifychain", "[4, 0]")
        peer.wait_until(lambda: state)
        self.assertEqual(state["value"][0], (0, "true"))


peer.need("moneyrocket-node")
unittest.main(verbosity=2)
