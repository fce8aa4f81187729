"""Cancelling calls: Init1.Cancel cancels the call with the given serial and no other, on every interface."""
import json
import shutil
import tempfile
import unittest

import chain_node
import peer
from chain_node import ChainNode
from peer import GLib

CANCELLED = "org.moneyrocket.Error.Cancelled"
ADDRESS = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
CHAIN = "/org/moneyrocket/Chain"
MANAGER = "/org/moneyrocket/WalletManager"
NODE = "/org/moneyrocket/Node"
RPC = "/org/moneyrocket/Rpc"


class Case(unittest.TestCase):
    program = None

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="moneyrocket-bus-")
        self.addCleanup(shutil.rmtree, self.folder, True)

    def start(self, *args):
        worker = peer.Worker(self.program, self.folder, *args)
        self.addCleanup(worker.stop)
        return worker

    def execute(self, bus, method, params=None):
        args = GLib.Variant("(ssa{sv})", (method, json.dumps(params or []), {}))
        return bus.send(RPC, "Rpc1.Execute", args)

    def assert_ended(self, state):
        """A JSON-RPC method that waits for a block returns the tip when it is cancelled."""
        peer.wait_until(lambda: state)
        self.assertNotIn("error", state)
        self.assertEqual(json.loads(state["value"][0][0])["height"], 0)

    def assert_cancelled(self, state):
        peer.wait_until(lambda: state)
        self.assertEqual(list(state), ["error"])
        self.assertEqual(state["error"].name, CANCELLED)


class NodeTest(Case):
    program = "moneyrocket-node"

    def setUp(self):
        super().setUp()
        self.worker = self.start()
        peer.wait_until(lambda: self.worker.bus.get(NODE, "Node1", "State") in ("ready", "syncing"))

    def generate(self, n):
        return self.worker.bus.send(NODE, "Node1.Generate", GLib.Variant("(usa{sv})", (n, ADDRESS, {})))

    def attach(self):
        wallet = self.worker.attach("wallet")
        wallet.serve_hello("wallet")
        wallet.start()
        wallet.hello()
        return wallet

    def test_execute(self):
        bus = self.worker.bus
        first, second = (self.execute(bus, "waitforblockheight", [1000000, 0]) for _ in range(2))
        bus.cancel(first)
        self.assert_ended(first)
        self.assertFalse(second)
        # Again, and a serial that was never used.
        bus.cancel(first)
        second.serial, real = second.serial + 1000, second.serial
        bus.cancel(second)
        self.assertFalse(second)
        second.serial = real
        bus.cancel(second)
        self.assert_ended(second)

    def test_waiting_methods(self):
        bus = self.worker.bus
        for method, params in (("waitfornewblock", [0]), ("waitforblock", ["11" * 32, 0]),
                               ("getblocktemplate", [{"rules": ["segwit"], "longpollid": None}])):
            if method == "getblocktemplate":
                template = self.execute(bus, method, [{"rules": ["segwit"]}])
                peer.wait_until(lambda: template)
                params[0]["longpollid"] = json.loads(template["value"][0][0])["longpollid"]
            state = self.execute(bus, method, params)
            bus.call(NODE, "org.freedesktop.DBus.Peer.Ping")
            self.assertFalse(state, method)
            bus.cancel(state)
            peer.wait_until(lambda: state)

    def test_limit_of_waiting_calls(self):
        """Cancelled calls do not count: there may be any number of them, one after the other."""
        for _ in range(600):
            state = self.execute(self.worker.bus, "waitforblockheight", [1000000, 0])
            self.worker.bus.cancel(state)
            self.assert_ended(state)

    def test_operation(self):
        """The call that starts an operation has returned long before; cancelling it cancels the operation."""
        state = self.generate(1000)
        peer.wait_until(lambda: state)
        path = state["value"][0][0]
        self.worker.bus.cancel(state)
        peer.wait_until(lambda: self.worker.bus.get(path, "Operation1", "Done"))
        self.assertEqual(self.worker.bus.get(path, "Operation1", "Outcome")["error"], CANCELLED)

    def test_list(self):
        """A query on the chain thread, which runs in slices, is cancelled between two slices, unless it has completed
        before."""
        state = self.generate(200)
        peer.wait_until(lambda: state)
        path = state["value"][0][0]
        peer.wait_until(lambda: self.worker.bus.get(path, "Operation1", "Done"))
        args = GLib.Variant("(ua{sv})", (100, {}))
        for _ in range(200):
            states = [self.worker.bus.send(NODE, "Node1.ListBlocks", args) for _ in range(20)]
            self.worker.bus.cancel(states[-1])
            peer.wait_until(lambda: all(states))
            self.assertFalse([state for state in states[:-1] if "error" in state])
            if "error" in states[-1]:
                break
        self.assert_cancelled(states[-1])

    def test_events(self):
        wallet = self.attach()
        cursor = wallet.call(CHAIN, "Chain1.GetEvents", "(ua{sv})", 1000, {})[0]
        args = GLib.Variant("(ua{sv})", (1000, {"cursor": GLib.Variant("(tt)", cursor)}))
        first, second = (wallet.send(CHAIN, "Chain1.GetEvents", args) for _ in range(2))
        wallet.cancel(first)
        self.assert_cancelled(first)
        self.assertFalse(second)
        state = self.generate(1)
        peer.wait_until(lambda: second)
        self.assertIn("value", second)

    def test_other_connection(self):
        """A serial belongs to the connection on which it is sent."""
        wallet = self.attach()
        cursor = wallet.call(CHAIN, "Chain1.GetEvents", "(ua{sv})", 1000, {})[0]
        args = GLib.Variant("(ua{sv})", (1000, {"cursor": GLib.Variant("(tt)", cursor)}))
        state = wallet.send(CHAIN, "Chain1.GetEvents", args)
        wallet.call("/org/moneyrocket/Chain", "org.freedesktop.DBus.Peer.Ping")
        self.worker.bus.cancel(state)
        wallet.call("/org/moneyrocket/Chain", "org.freedesktop.DBus.Peer.Ping")
        self.assertFalse(state)


class WalletTest(Case):
    program = "moneyrocket-wallet"

    def setUp(self):
        super().setUp()
        self.worker = self.start()
        peer.wait_until(lambda: self.worker.bus.get(MANAGER, "WalletManager1", "Ready"))
        self.path = self.worker.bus.call(MANAGER, "WalletManager1.Create", "(sa{sv})", "one", {})[0]

    def test_fee_choices(self):
        """The calls that the wallet makes to the node on behalf of a call are cancelled with it, also in the node."""
        asked = []
        node = ChainNode(self.worker, EstimateFee=lambda invocation, *args: asked.append(invocation))
        peer.wait_until(lambda: node.calls.get("GetMempool"))
        state = self.worker.bus.send(self.path, "Spend1.FeeChoices", GLib.Variant("(a{sv})", ({},)))
        peer.wait_until(lambda: asked)
        self.worker.bus.cancel(state)
        self.assert_cancelled(state)
        peer.wait_until(lambda: node.peer.cancelled)
        self.assertEqual(node.peer.cancelled, [asked[0].get_message().get_serial()])


class RescanTest(Case):
    program = "moneyrocket-wallet"

    def test_rescan(self):
        """A rescan stops when its caller has gone."""
        worker = self.start("-rpcclients")
        cookie = f"{self.folder}/regtest/.cookie"
        with open(cookie, "w") as file:
            file.write("__cookie__:secret")
        options = {"authorization": GLib.Variant("s", "Basic X19jb29raWVfXzpzZWNyZXQ=")}
        blocks = []
        node = ChainNode(worker)
        send = lambda method, params, **wallet: node.peer.send(
            RPC, "Rpc1.Execute", GLib.Variant("(ssa{sv})", (method, json.dumps(params), options | wallet)))

        def call(method, params, **wallet):
            state = send(method, params, **wallet)
            peer.wait_until(lambda: state)
            return json.loads(state["value"][0][0])

        call("createwallet", ["one"])
        one = {"wallet": GLib.Variant("s", "one")}
        node.mine()
        node.announce()
        peer.wait_until(lambda: call("getwalletinfo", [], **one)["lastprocessedblock"]["height"] == 1)
        node.answers["GetBlocks"] = lambda invocation, *args: blocks.append(invocation)
        state = send("rescanblockchain", [], **one)
        peer.wait_until(lambda: call("getwalletinfo", [], **one)["scanning"])
        node.peer.cancel(state)
        self.assert_cancelled(state)
        self.assertFalse(call("getwalletinfo", [], **one)["scanning"])


if __name__ == "__main__":
    peer.need("moneyrocket-node", "moneyrocket-wallet")
    unittest.main(verbosity=2)
