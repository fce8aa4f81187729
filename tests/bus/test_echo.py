"""How calls behave, shown with Echo1: order, delays, callbacks into a caller that waits, cancellation, signals."""
import json
import os
import shutil
import subprocess
import tempfile
import unittest

import peer
from peer import Failed, Gio, GLib

ERROR = "org.moneyrocket.Error."
ADDRESS = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
CHAIN, ECHO, NODE, RPC = ("/org/moneyrocket/" + name for name in ("Chain", "Echo", "Node", "Rpc"))


class Case(unittest.TestCase):
    program = "moneyrocket-node"

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="moneyrocket-bus-")
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.worker = peer.Worker(self.program, self.folder)
        self.addCleanup(self.worker.stop)
        self.bus = self.worker.bus

    def assert_fails(self, name, call, *args):
        with self.assertRaises(Failed) as caught:
            call(*args)
        self.assertEqual(caught.exception.name, ERROR + name, caught.exception)

    def attach(self):
        """A second connection, that of a peer."""
        other = self.worker.attach("wallet" if self.program == "moneyrocket-node" else "node")
        other.serve_hello("wallet" if self.program == "moneyrocket-node" else "node")
        other.start()
        other.hello()
        return other

    def delay(self, bus, milliseconds):
        return bus.send(ECHO, "Echo1.Delay", GLib.Variant("(ua{sv})", (milliseconds, {})))


def serve_echo(bus, calls):
    """Exports an Echo1 whose Echo appends to CALLS, and is answered by hand."""
    node = Gio.DBusNodeInfo.new_for_xml(
        "<node><interface name='org.moneyrocket.Echo1'><method name='Echo'><arg type='ay' direction='in'/>"
        "<arg type='a{sv}' direction='in'/><arg type='ay' direction='out'/></method></interface></node>")
    bus.bus.register_object(ECHO, node.interfaces[0], lambda *args: calls.append((args[5].unpack()[0], args[6])), None, None)


class EchoTest(Case):
    def test_echo(self):
        for data in (b"", b"\0\xff" * 10, bytes(3 << 20)):
            args = [GLib.Variant.new_from_bytes(GLib.VariantType("ay"), GLib.Bytes.new(data), True), GLib.Variant("a{sv}", {})]
            replies = []
            self.bus.bus.call(None, ECHO, "org.moneyrocket.Echo1", "Echo", GLib.Variant.new_tuple(*args), None,
                              Gio.DBusCallFlags.NONE, peer.TIMEOUT_MS, None, lambda bus, result: replies.append(bus.call_finish(result)))
            peer.wait_until(lambda: replies)
            self.assertEqual(replies[0].get_child_value(0).get_data_as_bytes().get_data() or b"", data)
        value = {"one": GLib.Variant("(sat)", ("text", [1, 2**64 - 1]))}
        self.assertEqual(self.bus.call(ECHO, "Echo1.EchoValue", "(va{sv})", GLib.Variant("a{sv}", value), {})[0],
                         {"one": ("text", [1, 2**64 - 1])})

    def test_delay(self):
        """Calls that wait hold up none that follow, and each is cancelled by itself."""
        long = [self.delay(self.bus, 60000) for _ in range(100)]
        short = self.delay(self.bus, 1)
        peer.wait_until(lambda: short)
        self.assertFalse(any(long))
        self.bus.cancel(long[50])
        peer.wait_until(lambda: long[50])
        self.assertEqual(long[50]["error"].name, ERROR + "Cancelled")
        self.assertEqual(sum(map(bool, long)), 1)
        self.assert_fails("InvalidArgument", self.bus.call, ECHO, "Echo1.Delay", "(ua{sv})", 60001, {})

    def test_emit(self):
        """Signals come before the reply of the call that causes them, in order."""
        self.bus.call(ECHO, "Echo1.Emit", "(ua{sv})", 100, {})
        heard = [args[0] for path, name, args in self.bus.signals if name == "org.moneyrocket.Echo1.Echoed"]
        self.assertEqual(heard, list(range(1, 101)))
        self.assert_fails("InvalidArgument", self.bus.call, ECHO, "Echo1.Emit", "(ua{sv})", 101, {})

    def call_back(self, bus, data):
        return bus.send(ECHO, "Echo1.CallBack", GLib.Variant("(aya{sv})", (data, {})))

    def test_call_back(self):
        """The program calls its caller, which waits for it, many times at once."""
        calls = []
        bus = self.attach()
        serve_echo(bus, calls)
        states = [self.call_back(bus, bytes([i])) for i in range(50)]
        peer.wait_until(lambda: len(calls) == 50)
        self.assertEqual([bytes(data) for data, _ in calls], [bytes([i]) for i in range(50)])
        self.assertFalse(any(states))
        for data, invocation in reversed(calls):
            invocation.return_value(GLib.Variant("(ay)", (bytes(data) * 2,)))
        peer.wait_until(lambda: all(states))
        self.assertEqual([bytes(state["value"][0][0]) for state in states], [bytes([i, i]) for i in range(50)])

    def test_call_back_cancelled(self):
        """Cancelling a call cancels the call that the program made for it."""
        calls = []
        bus = self.attach()
        serve_echo(bus, calls)
        state = self.call_back(bus, b"1")
        peer.wait_until(lambda: calls)
        bus.cancel(state)
        peer.wait_until(lambda: state)
        self.assertEqual(state["error"].name, ERROR + "Cancelled")
        peer.wait_until(lambda: bus.cancelled)
        self.assertEqual(bus.cancelled, [calls[0][1].get_message().get_serial()])

    def test_call_back_nowhere(self):
        bus = self.attach()
        state = self.call_back(bus, b"1")
        peer.wait_until(lambda: state)
        self.assertEqual(state["error"].name, ERROR + "Failed")

    def test_gone(self):
        """Nothing of a client that has gone holds up another one."""
        bus = self.attach()
        states = [self.delay(bus, 60000) for _ in range(200)]
        bus.call(ECHO, "org.freedesktop.DBus.Peer.Ping")
        bus.close()
        peer.wait_until(lambda: all(states))
        self.assertEqual(bytes(self.bus.call(ECHO, "Echo1.Echo", "(aya{sv})", b"1", {})[0]), b"1")


class WalletEchoTest(EchoTest):
    program = "moneyrocket-wallet"


class ObserverTest(Case):
    def test_observer(self):
        """A client that only observes is not called back."""
        path = os.path.join(self.folder, "node.sock")
        worker = peer.Worker("moneyrocket-node", tempfile.mkdtemp(dir=self.folder), f"-ipcbind=unix:{path},role=observe")
        self.addCleanup(worker.stop)
        peer.wait_until(lambda: os.path.exists(path))
        bus = peer.Connection(path=path).start()
        self.addCleanup(bus.close)
        bus.hello()
        self.assertEqual(bytes(bus.call(ECHO, "Echo1.Echo", "(aya{sv})", b"1", {})[0]), b"1")
        with self.assertRaises(Failed) as caught:
            bus.call(ECHO, "Echo1.CallBack", "(aya{sv})", b"1", {})
        self.assertEqual(caught.exception.name, "org.freedesktop.DBus.Error.UnknownMethod")


if __name__ == "__main__":
    peer.need("moneyrocket-node", "moneyrocket-wallet")
    unittest.main(verbosity=2)
