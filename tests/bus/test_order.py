"""The calls of one caller keep their order without waiting for replies, and never wait for those of another one."""
import json
import os
import pathlib
import shutil
import sys
import tempfile
import unittest

import peer
from chain_node import ChainNode
from peer import GLib

sys.path.append(str(pathlib.Path(__file__).parents[1] / "functional"))
from framework import ADDRESS, TRUE_ADDRESS, TRUE_SCRIPT, spend_true  # noqa: E402

CHAIN, MANAGER, NODE, RPC = ("/org/moneyrocket/" + name for name in ("Chain", "WalletManager", "Node", "Rpc"))
COIN = 10**8


class Case(unittest.TestCase):
    program = None

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="moneyrocket-bus-")
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.path = os.path.join(self.folder, "node.sock")
        self.worker = peer.Worker(self.program, self.folder, *self.arguments())
        self.addCleanup(self.worker.stop)
        self.bus = self.worker.bus

    def arguments(self):
        return []

    def send(self, bus, method, *params, **options):
        return bus.send(RPC, "Rpc1.Execute", GLib.Variant("(ssa{sv})", (method, json.dumps(params), options)))

    def result(self, state):
        peer.wait_until(lambda: state)
        text, details = state["value"][0]
        self.assertNotIn("code", details, text)
        return json.loads(text)

    def execute(self, bus, method, *params, **options):
        return self.result(self.send(bus, method, *params, **options))


class NodeOrderTest(Case):
    program = "moneyrocket-node"

    def arguments(self):
        return [f"-ipcbind=unix:{self.path}"]

    def setUp(self):
        super().setUp()
        peer.wait_until(lambda: self.bus.get(NODE, "Node1", "State") in ("ready", "syncing"))

    def client(self):
        bus = peer.Connection(path=self.path).start()
        self.addCleanup(bus.close)
        bus.hello()
        return bus

    def test_methods(self):
        """A method that reads sees what the methods before it have changed."""
        states = []
        for _ in range(20):
            states += [self.send(self.bus, "generatetoaddress", 1, ADDRESS), self.send(self.bus, "getblockcount")]
        peer.wait_until(lambda: all(states))
        self.assertEqual([self.result(state) for state in states[1::2]], list(range(1, 21)))

    def test_waiting(self):
        """A method that waits holds up none, not even those of its own caller."""
        waiting = self.send(self.bus, "waitforblockheight", 2, 0)
        self.assertEqual(self.execute(self.bus, "getblockcount"), 0)
        self.assertFalse(waiting)
        self.execute(self.bus, "generatetoaddress", 2, ADDRESS)
        self.assertEqual(self.result(waiting)["height"], 2)

    def test_others(self):
        """Another caller, with a connection of its own, does not wait."""
        other = self.client()
        for _ in range(10):
            self.send(self.bus, "generatetoaddress", 300, ADDRESS)
        cancelled, last = self.send(self.bus, "getblockcount"), self.send(self.bus, "getblockcount")
        self.bus.cancel(cancelled)
        self.assertLess(self.execute(other, "getblockcount"), 3000)
        self.assertFalse(last)
        self.assertEqual(self.result(last), 3000)
        self.assertEqual(cancelled["error"].name, "org.moneyrocket.Error.Cancelled")

    def test_submit(self):
        """A wallet submits a payment and those that spend it at once."""
        block, = self.execute(self.bus, "generatetoaddress", 1, TRUE_ADDRESS)
        self.execute(self.bus, "generatetoaddress", 100, ADDRESS)
        txid, value, states = self.execute(self.bus, "getblock", block)["tx"][0], 50 * COIN, []
        bus = self.client()
        for _ in range(20):
            value -= 1000
            raw = bytes.fromhex(spend_true([(txid, 0)], [(value, TRUE_SCRIPT)]))
            states.append(bus.send(CHAIN, "Chain1.Submit", GLib.Variant("(aya{sv})", (raw, {}))))
            txid = self.execute(self.bus, "decoderawtransaction", raw.hex())["txid"]
        peer.wait_until(lambda: all(states))
        self.assertEqual([state for state in states if "error" in state], [])
        self.assertEqual(bytes(states[-1]["value"][0][0])[::-1].hex(), txid)


class WalletOrderTest(Case):
    program = "moneyrocket-wallet"

    def test_labels(self):
        node = ChainNode(self.worker)
        peer.wait_until(lambda: self.bus.get(MANAGER, "WalletManager1", "Ready"))
        self.bus.call(MANAGER, "WalletManager1.Create", "(sa{sv})", "one", {})
        one = {"wallet": GLib.Variant("s", "one")}
        address = self.execute(self.bus, "getnewaddress", **one)
        states = []
        for i in range(30):
            # Long parameters are read on another thread.
            label = f"{i} " + "x" * (20000 if i % 3 == 0 else 0)
            states += [self.send(self.bus, "setlabel", address, label, **one),
                       self.send(self.bus, "getaddressinfo", address, **one)]
        peer.wait_until(lambda: all(states))
        labels = [self.result(state)["labels"][0].split(" ")[0] for state in states[1::2]]
        self.assertEqual(labels, [str(i) for i in range(30)])
        node.peer.close()


if __name__ == "__main__":
    peer.need("moneyrocket-node", "moneyrocket-wallet")
    unittest.main(verbosity=2)
