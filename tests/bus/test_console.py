"""Rpc1.ExecuteWords and ListMethods: methods of node and wallet for a person at a console, with words and text in memory files."""
import fcntl
import json
import os
import pathlib
import shutil
import tempfile
import unittest

import peer
from chain_node import GENESIS, ChainNode
from peer import Failed, Gio, GLib

ERROR = "org.moneyrocket.Error."
MANAGER = "/org/moneyrocket/WalletManager"
NODE = "/org/moneyrocket/Node"
RPC = "/org/moneyrocket/Rpc"
SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SEAL


def memory_file(data, seals=SEALS):
    fds = Gio.UnixFDList.new()
    fd = os.memfd_create("words", os.MFD_ALLOW_SEALING)
    os.write(fd, data)
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, seals)
    fds.append(fd)
    os.close(fd)
    return fds


def send_words(bus, method, *words, data=None, seals=SEALS, **options):
    types = {"wallet": "s", "named": "b", "pick": "as"}
    data = b"".join(word.encode() + b"\0" for word in words) if data is None else data
    args = GLib.Variant("(sha{sv})", (method, 0, {name: GLib.Variant(types[name], value) for name, value in options.items()}))
    return bus.send(RPC, "Rpc1.ExecuteWords", args, memory_file(data, seals))


def read_text(state):
    """The code of an error, else 0, and the text."""
    peer.wait_until(lambda: state)
    if "error" in state:
        raise state["error"]
    (handle, details), fds = state["value"]
    fd = fds.get(handle)
    try:
        assert fcntl.fcntl(fd, fcntl.F_GET_SEALS) & SEALS == SEALS
        os.lseek(fd, 0, os.SEEK_SET)
        return details.get("code", 0), os.read(fd, 1 << 20).decode()
    finally:
        os.close(fd)


def run(bus, method, *words, **options):
    return read_text(send_words(bus, method, *words, **options))


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="moneyrocket-bus-")
        self.addCleanup(shutil.rmtree, self.folder, True)

    def start(self, program, *args):
        worker = peer.Worker(program, self.folder, *args)
        self.addCleanup(worker.stop)
        return worker

    def start_wallet(self, *args):
        worker = self.start("moneyrocket-wallet", *args)
        peer.wait_until(lambda: worker.bus.get(MANAGER, "WalletManager1", "Ready"))
        return worker

    def start_node(self, *args):
        worker = self.start("moneyrocket-node", *args)
        peer.wait_until(lambda: worker.bus.get(NODE, "Node1", "State") in ("ready", "syncing"))
        return worker

    def assert_refused(self, name, state):
        with self.assertRaises(Failed) as caught:
            read_text(state)
        self.assertEqual(caught.exception.name, ERROR + name, caught.exception)


class NodeTest(Case):
    def test_words(self):
        bus = self.start_node().bus
        self.assertEqual(run(bus, "getblockcount"), (0, "0"))
        code, genesis = run(bus, "getblockhash", "0")
        self.assertEqual((code, genesis), (0, bytes(reversed(GENESIS)).hex()))
        code, text = run(bus, "getblock", genesis, "2")
        self.assertEqual(code, 0)
        block = json.loads(text)
        self.assertTrue(text.startswith('{\n  "hash": "' + genesis))
        self.assertIn('\n      "txid": "', text)
        self.assertEqual(run(bus, "getblock", genesis, "2", pick=["tx", "0", "txid"]), (0, block["tx"][0]["txid"]))
        self.assertEqual(run(bus, "getblock", f"blockhash={genesis}", "verbosity=1", named=True, pick=["height"]), (0, "0"))
        for pick in (["none"], ["tx", "1"], ["tx", "x"], ["tx", "-1"], ["hash", "0"]):
            self.assertEqual(run(bus, "getblock", genesis, pick=pick), (-8, f"The result has no part [{pick[-1]}]."))
        self.assertEqual(run(bus, "echo", "", "ä \u20ac", "[1]"), (0, '[\n  "",\n  "ä €",\n  "[1]"\n]'))
        self.assertEqual(run(bus, "echojson", "[1]", "{}")[1], "[\n  [\n    1\n  ],\n  {\n  }\n]")
        self.assertEqual(run(bus, "getblockhash", "5")[0], -8)
        self.assertEqual(run(bus, "nosuchmethod", "x"), (-32601, "Method not found"))

    def test_word_that_is_not_json(self):
        """The message does not repeat it: it may be a key."""
        bus = self.start_node().bus
        code, text = run(bus, "getblock", "00", "hunter2")
        self.assertEqual(code, -32700)
        self.assertTrue(text.startswith("Parameter 2 of getblock is not valid JSON"), text)
        self.assertNotIn("hunter2", text)

    def test_bad_calls(self):
        bus = self.start_node().bus
        for data in (b"0", b"\xff\0", b"0\0\xc3\0"):
            self.assert_refused("InvalidArgument", send_words(bus, "getblockhash", data=data))
        self.assert_refused("InvalidArgument", send_words(bus, "getblockhash", "0", seals=fcntl.F_SEAL_GROW))
        self.assert_refused("InvalidArgument", send_words(bus, "", "0"))
        self.assert_refused("InvalidArgument", send_words(bus, "x" * 65))
        self.assert_refused("InvalidArgument", send_words(bus, "getblockcount", pick=["a"] * 65))
        self.assert_refused("LimitExceeded", send_words(bus, "echo", data=b"a" * (1 << 20) + b"\0"))
        self.assertEqual(run(bus, "echo", "a" * 1000000, pick=["0"]), (0, "a" * 1000000))

    def test_cancel(self):
        bus = self.start_node().bus
        waiting = send_words(bus, "waitfornewblock")
        self.assertEqual(run(bus, "getblockcount"), (0, "0"))
        self.assertFalse(waiting)
        bus.cancel(waiting)
        self.assertEqual(json.loads(read_text(waiting)[1])["height"], 0)

    def test_list(self):
        """Each program lists its own methods, not those that it passes on."""
        node, wallet = self.start_node(), self.start_wallet()
        lists = [{row["name"]: row for row in worker.bus.call(RPC, "Rpc1.ListMethods", "(a{sv})", {})[0]} for worker in (node, wallet)]
        self.assertEqual(set(lists[0]) & set(lists[1]), {"help", "getopenrpcinfo", "rpc.discover"})
        self.assertEqual(lists[0]["getblockhash"], {"name": "getblockhash", "usage": "getblockhash height", "hidden": False})
        self.assertTrue(lists[0]["echo"]["hidden"])
        self.assertIn("sendtoaddress", lists[1])
        self.assertEqual(list(lists[1]), sorted(lists[1]))


class WalletTest(Case):
    def test_application_may(self):
        """The application runs every method, for the person in front of it."""
        bus = self.start_wallet().bus
        target = pathlib.Path(self.folder) / "copy.dat"
        self.assertEqual(run(bus, "createwallet", "one", pick=["name"]), (0, "one"))
        self.assertEqual(run(bus, "createwallet", "wallet_name=two", "blank=true", named=True, pick=["name"]), (0, "two"))
        code, address = run(bus, "getnewaddress", wallet="one")
        self.assertEqual((code, run(bus, "setlabel", address, "rent", wallet="one")), (0, (0, "null")))
        self.assertEqual(run(bus, "getaddressinfo", address, pick=["labels", "0"], wallet="one"), (0, "rent"))
        self.assertEqual(run(bus, "getnewaddress")[0], -19)
        self.assertEqual(run(bus, "getnewaddress", wallet="three")[0], -18)
        self.assertEqual(run(bus, "backupwallet", str(target), wallet="one")[0], 0)
        self.assertTrue(target.exists())
        self.assertIn("tprv", run(bus, "listdescriptors", "true", wallet="one")[1])
        text = bus.call(RPC, "Rpc1.Execute", "(ssa{sv})", "unloadwallet", '["two"]', {})[0]
        self.assertEqual(json.loads(text).get("warnings", []), [])
        self.assertEqual(json.loads(run(bus, "listwallets")[1]), ["one"])

    def test_node_may_not(self):
        """What the node asks for is restricted in the same way as by Execute."""
        worker = self.start_wallet()
        self.assertEqual(run(worker.bus, "createwallet", "one")[0], 0)
        address = run(worker.bus, "getnewaddress")[1]
        node = ChainNode(worker).peer
        victim = pathlib.Path(self.folder) / "precious"
        victim.write_text("mine")
        for method, *words in (["sendtoaddress", address, "1"], ["listdescriptors", "true"], ["backupwallet", str(victim)],
                               ["createwallet", "two"], ["walletpassphrase", "x", "60"], ["dumpprivkey", address], ["setlabel", address, "x"],
                               ["stop"], ["unloadwallet", "one"]):
            self.assertEqual(run(node, method, *words), (-4, "The node may not call this method of the application's wallet."), method)
        self.assertEqual(victim.read_text(), "mine")
        self.assertEqual(run(node, "getbalance"), (0, "0.00000000"))
        self.assertEqual(json.loads(run(worker.bus, "listwallets")[1]), ["one"])

    def test_under_a_node(self):
        """A node that is the parent cannot use the application's connection."""
        worker = self.start("moneyrocket-wallet", "-rpcclients")
        with self.assertRaises(Failed):
            run(worker.bus, "listwallets")


class SecretTest(Case):
    WORD = "correct-horse-7421"

    def logs(self):
        return "".join(path.read_text(errors="replace") for path in pathlib.Path(self.folder).rglob("*.log"))

    def check_hidden(self, text):
        for secret in (self.WORD, "tprv", "correct"):
            self.assertNotIn(secret, text)

    def test_logs(self):
        """Neither words nor results are logged, however much is."""
        node, wallet = self.start_node("-debug=1"), self.start_wallet("-debug=1")
        self.assertEqual(run(wallet.bus, "createwallet", "one")[0], 0)
        secret = [["walletpassphrase", self.WORD, "60"], ["walletpassphrasechange", self.WORD, self.WORD], ["encryptwallet", self.WORD],
                  ["createwallet", "two", "false", "false", self.WORD], ["importdescriptors", self.WORD], ["nosuchmethod", self.WORD]]
        for worker in (node, wallet):
            for method, *words in secret + [["signrawtransactionwithkey", "00", f'["{self.WORD}"]']]:
                self.assertNotEqual(run(worker.bus, method, *words)[0], 0, method)
        self.assertIn("tprv", run(wallet.bus, "listdescriptors", "true")[1])
        peer.wait_until(lambda: self.logs().count("Rpc1.ExecuteWords") >= 2 * (1 + 2 * len(secret)))
        self.check_hidden(self.logs())

    def test_monitor(self):
        """A tool that monitors the wallet sees the calls, but not what is in them; it cannot make them."""
        wallet = self.start_wallet("-debug=ipc")
        ours, theirs = peer.socket.socketpair()
        fds = Gio.UnixFDList.new()
        fds.append(theirs.fileno())
        wallet.bus.call("/org/moneyrocket/Init", "Init1.AttachPeer", "(sha{sv})", "observer", 0, {}, fds=fds)
        theirs.close()
        self.addCleanup(ours.close)
        ours.settimeout(60)
        tool = Tool(ours)
        self.assertIn(b"AccessDenied", tool.call(tool.execute_words()))
        tool.call(tool.become_monitor())
        self.assertEqual(run(wallet.bus, "createwallet", "one")[0], 0)
        self.assertNotEqual(run(wallet.bus, "walletpassphrase", self.WORD, "60")[0], 0)
        self.assertIn("tprv", run(wallet.bus, "listdescriptors", "true")[1])
        self.assertEqual(run(wallet.bus, "help", "listwalletdir")[0], 0)
        seen = tool.read_until(b"help")
        for name in (b"ExecuteWords", b"walletpassphrase", b"listdescriptors"):
            self.assertIn(name, seen)
        self.check_hidden(seen.decode(errors="replace"))


class Tool:
    """A tool that inspects a program: D-Bus by hand, so that everything it receives is seen."""

    def __init__(self, sock):
        self.sock, self.serial = sock, 0
        uid = str(os.geteuid()).encode().hex().encode()
        sock.sendall(b"\0AUTH EXTERNAL " + uid + b"\r\n")
        self.read_until(b"OK ")
        sock.sendall(b"NEGOTIATE_UNIX_FD\r\nBEGIN\r\n")
        self.read_until(b"\r\n")
        self.call(self.message("org.freedesktop.DBus", "/org/freedesktop/DBus", "Hello"))

    def message(self, interface, path, member, body=None):
        message = Gio.DBusMessage.new_method_call("org.freedesktop.DBus", path, interface, member)
        if body is not None:
            message.set_body(body)
        return message

    def execute_words(self):
        body = GLib.Variant("(sha{sv})", ("getwalletinfo", 0, {}))
        message = self.message("org.moneyrocket.Rpc1", RPC, "ExecuteWords", body)
        message.set_unix_fd_list(memory_file(b""))
        return message

    def become_monitor(self):
        return self.message("org.freedesktop.DBus.Monitoring", "/org/freedesktop/DBus", "BecomeMonitor", GLib.Variant("(asu)", ([], 0)))

    def call(self, message):
        self.serial += 1
        message.set_serial(self.serial)
        fds = message.get_unix_fd_list()
        data = bytes(message.to_blob(Gio.DBusCapabilityFlags.UNIX_FD_PASSING))
        peer.socket.send_fds(self.sock, [data], list(fds.peek_fds()) if fds is not None else [])
        return self.sock.recv(65536)

    def read_until(self, end):
        data = b""
        while end not in data:
            GLib.MainContext.default().iteration(False)
            more = self.sock.recv(65536)
            if not more:
                raise AssertionError(f"closed after {data[-200:]}")
            data += more
        return data


if __name__ == "__main__":
    peer.need("moneyrocket-wallet", "moneyrocket-node")
    unittest.main(verbosity=2)
