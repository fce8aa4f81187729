#!/usr/bin/env python3
"""What tools see at the sockets of -ipcinspect: the objects of a node and of its wallet, and the messages between them. A
connection begins with the handshake of D-Bus."""
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import unittest

import peer
import wire

UID = str(os.geteuid()).encode().hex().encode()
HELLO = [(1, ("o", "/org/freedesktop/DBus")), (2, ("s", "org.freedesktop.DBus")), (3, ("s", "Hello")),
         (6, ("s", "org.freedesktop.DBus"))]
ENVIRONMENT = dict(os.environ, LC_ALL="C.UTF-8", SYSTEMD_COLORS="0", COLUMNS="200")
ADDRESS = "bcrt1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqdku202"
NODE, WALLET = "org.moneyrocket.Node", "org.moneyrocket.Wallet"


class Offered(unittest.TestCase):
    """A node with its wallet process, which both can be inspected."""
    name = NODE

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="moneyrocket-bus-")
        cls.process = subprocess.Popen([peer.program("moneyrocket-node"), f"-datadir={cls.folder}", "-regtest", "-printtoconsole=0",
                                        "-ipcinspect=run", f"-rpcport={cls.free_port()}"])
        cls.cli("getblockcount")
        for name in ("node", "wallet"):
            peer.wait_until(lambda name=name: os.path.exists(cls.socket_of(name)))

    @classmethod
    def free_port(cls):
        with socket.create_server(("127.0.0.1", 0)) as server:
            cls.port = server.getsockname()[1]
        return cls.port

    @classmethod
    def cli(cls, *words):
        result = subprocess.run([peer.program("moneyrocket-cli"), f"-datadir={cls.folder}", "-regtest", "-rpcwait", f"-rpcport={cls.port}",
                                 *words], capture_output=True, text=True, timeout=60)
        assert result.returncode == 0, result.stderr
        return result.stdout.strip()

    @classmethod
    def tearDownClass(cls):
        cls.process.terminate()
        assert cls.process.wait(60) == 0
        assert os.listdir(os.path.join(cls.folder, "regtest", "run")) == []
        shutil.rmtree(cls.folder)

    @classmethod
    def socket_of(cls, name):
        return os.path.join(cls.folder, "regtest", "run", f"{name}.sock")

    def setUp(self):
        self.path = self.socket_of("node" if self.name == NODE else "wallet")
        self.address = f"unix:path={self.path}"

    def run_tool(self, *words):
        result = subprocess.run(words, capture_output=True, text=True, timeout=60, env=ENVIRONMENT)
        self.assertEqual(result.returncode, 0, f"{words}: {result.stderr}")
        return result.stdout

    def fail_tool(self, *words):
        result = subprocess.run(words, capture_output=True, text=True, timeout=60, env=ENVIRONMENT)
        self.assertNotEqual(result.returncode, 0, result.stdout)
        return result.stderr

    def busctl(self, command, *words):
        return self.run_tool("busctl", f"--address={self.address}", "--no-pager", command, self.name, *words)

    def gdbus_words(self, command, *words):
        return ("gdbus", command, "--address", self.address, "--dest", self.name, *words)

    def gdbus(self, command, *words):
        return self.run_tool(*self.gdbus_words(command, *words))

    def deny(self, path, member, *words):
        error = self.fail_tool(*self.gdbus_words("call", "--object-path", path, "--method", member, *words))
        self.assertIn("org.freedesktop.DBus.Error.AccessDenied", error)


class Node(Offered):
    def test_tree(self):
        """All objects, each below its parent."""
        lines = [line.strip("│├└─ `|-") for line in self.busctl("tree").splitlines()]
        for path in ("/org/moneyrocket", "/org/moneyrocket/Init", "/org/moneyrocket/Node", "/org/moneyrocket/Rpc"):
            self.assertIn(path, lines)
        listed = self.run_tool("busctl", f"--address={self.address}", "--no-pager", "list")
        self.assertRegex(listed, rf"(?m)^{NODE} +{self.process.pid} moneyrocket-nod ")

    def test_introspect(self):
        rows = [line.split() for line in self.busctl("introspect", "/org/moneyrocket/Node").splitlines()]
        self.assertIn(["org.moneyrocket.Node1", "interface", "-", "-", "-"], rows)
        self.assertIn([".Generate", "method", "usa{sv}", "o", "-"], rows)
        self.assertIn([".TipChanged", "signal", "tuayx", "-", "-"], rows)
        self.assertIn([".Network", "property", "s", '"regtest"', "const"], rows)
        self.assertTrue(any(row[:3] == [".Tip", "property", "a{sv}"] for row in rows), rows)
        text = self.gdbus("introspect", "--object-path", "/org/moneyrocket/Node")
        for line in ("interface org.moneyrocket.Node1 {", "Generate(in  u blocks,", "in  s address,", "out o operation);",
                     "readonly s Network = 'regtest';", "readonly a{sv} Progress =",
                     '@org.moneyrocket.Documentation("The state of the node, for the application.',
                     '@org.moneyrocket.Documentation("Mines blocks, on regtest only.'):
            self.assertIn(line, text)

    def test_call(self):
        words = ("/org/moneyrocket/Node", "org.moneyrocket.Node1", "ListBlocks")
        peer.wait_until(lambda: self.state() == "ready")
        out = self.busctl("call", *words, "ua{sv}", "1", "0")
        self.assertRegex(out, r"^aa\{sv\} 1 5 ")
        self.assertRegex(out, r'"height" u 0 ')
        out = self.gdbus("call", "--object-path", words[0], "--method", ".".join(words[1:]), "1", "{}")
        self.assertIn("'height': <uint32 0>", out)
        self.assertIn("'hash': <[byte 0x06,", out)

    def state(self):
        return self.busctl("get-property", "/org/moneyrocket/Node", "org.moneyrocket.Node1", "State").split()[1].strip('"')

    def test_status(self):
        out = self.gdbus("call", "--object-path", "/org/moneyrocket/Trace", "--method", "org.moneyrocket.Trace1.GetStatus", "{}")
        self.assertIn(f"'pid': <uint32 {self.process.pid}>", out)
        self.assertRegex(out, "'peer': <'wallet'>")

    def test_errors(self):
        """Failed calls report the error and the reason."""
        error = self.fail_tool(*self.gdbus_words("call", "--object-path", "/org/moneyrocket/Node", "--method",
                                                 "org.moneyrocket.Node1.ListBlocks", "0", "{}"))
        self.assertIn("org.moneyrocket.Error.", error)

    def test_read_only(self):
        """What changes anything is denied, and is not done."""
        self.deny("/org/moneyrocket/Node", "org.moneyrocket.Node1.Generate", "1", "", "{}")
        self.deny("/org/moneyrocket/Rpc", "org.moneyrocket.Rpc1.Execute", "stop", "[]", "{}")
        self.deny("/org/moneyrocket/Init", "org.moneyrocket.Init1.Shutdown", "{}")
        self.deny("/org/moneyrocket/Trace", "org.moneyrocket.Trace1.Subscribe", "{}")
        self.deny("/org/moneyrocket/Chain", "org.moneyrocket.Chain1.Submit", "b'abc'", "{}")
        self.assertIn("Access denied", self.fail_tool(
            "busctl", f"--address={self.address}", "call", NODE, "/org/moneyrocket/Node", "org.moneyrocket.Node1", "Generate", "usa{sv}",
            "1", "", "0"))
        self.assertIn("getblockcount", self.gdbus("call", "--object-path", "/org/moneyrocket/Rpc", "--method",
                                                  "org.moneyrocket.Rpc1.Complete", "getblockc", "{}"))
        self.assertEqual(self.cli("getblockcount"), "0")


class Wallet(Offered):
    name = WALLET

    def test_wallet(self):
        self.cli("createwallet", "savings")
        path = "/org/moneyrocket/wallets/savings"
        peer.wait_until(lambda: path in self.busctl("tree"))
        rows = [line.split() for line in self.busctl("introspect", path).splitlines()]
        self.assertIn([".Balance", "property", "a{sv}", "3", '"spendable"', "x", "0", '"pending"', "x", "0", '"immature"', "x", "0",
                       "emits-change"], rows)
        self.assertEqual(sorted(self.busctl("get-property", path, "org.moneyrocket.Wallet1", "Balance").split()[2:]),
                         sorted('"spendable" x 0 "pending" x 0 "immature" x 0'.split()))
        self.assertIn([".Name", "property", "s", '"savings"', "const"], rows)
        self.assertIn([".CreateDraft", "method", "aa{sv}ta{sv}", "txa{sv}", "-"], rows)
        self.deny(path, "org.moneyrocket.Wallet1.NewAddress", "x", "{}")
        self.deny(path, "org.moneyrocket.Spend1.Send", "1", "{}")
        self.deny("/org/moneyrocket/WalletManager", "org.moneyrocket.WalletManager1.Create", "other", "{}")
        self.assertEqual(self.cli("listwallets").split(), ["[", '"savings"', "]"])


class Monitor(Offered):
    """Tools that call BecomeMonitor see the messages between node and wallet, without secrets."""

    def start_monitor(self, *words):
        monitor = subprocess.Popen(["busctl", f"--address={self.address}", "--no-pager", "--json=short", "monitor", *words],
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=ENVIRONMENT)
        self.addCleanup(monitor.stdout.close)
        self.addCleanup(monitor.wait, 60)
        self.addCleanup(monitor.terminate)
        return monitor

    def read_until(self, monitor, found):
        """The messages up to the first for which FOUND returns true."""
        messages = []
        while not messages or not found(messages[-1]):
            line = monitor.stdout.readline()
            self.assertNotEqual(line, "", "the monitor has ended")
            if line.startswith("{"):
                messages.append(json.loads(line))
        return messages

    def wait_for_monitor(self, monitor):
        """Calls of another tool are seen as soon as the monitor is one."""
        end = time.monotonic() + 60
        os.set_blocking(monitor.stdout.fileno(), False)
        while not monitor.stdout.readline() and time.monotonic() < end:
            self.busctl("get-property", "/org/moneyrocket/Node", "org.moneyrocket.Node1", "State")
        os.set_blocking(monitor.stdout.fileno(), True)

    def test_calls(self):
        monitor = self.start_monitor()
        self.wait_for_monitor(monitor)
        self.cli("-named", "createwallet", "wallet_name=watched", "load_on_startup=false")
        self.cli("-rpcwallet=watched", "getwalletinfo")

        def is_answer(message):
            return message["type"] == "method_return" and message["sender"] == WALLET and message.get("reply_cookie") in calls

        calls = set()
        messages = self.read_until(monitor, lambda m: m.get("member") == "Execute" and m["payload"]["data"][0] == "getwalletinfo")
        call = messages[-1]
        self.assertEqual((call["sender"], call["destination"], call["interface"]), (NODE, WALLET, "org.moneyrocket.Rpc1"))
        calls.add(call["cookie"])
        answer = self.read_until(monitor, is_answer)[-1]
        self.assertEqual((answer["sender"], answer["destination"]), (WALLET, NODE))
        self.assertEqual(answer["payload"]["data"][0], "(omitted)")
        creation = next(m for m in messages if m.get("member") == "Execute" and m["payload"]["data"][0] == "createwallet")
        self.assertEqual(creation["payload"]["data"][1:], ["(omitted)", {}])
        fork = next(m for m in messages if m.get("member") == "FindFork")
        self.assertEqual((fork["sender"], fork["destination"]), (WALLET, NODE))

    def test_match(self):
        """Match rules select what a monitor sees."""
        monitor = self.start_monitor("--match=type='signal',interface='org.moneyrocket.Chain1'")
        end = time.monotonic() + 60
        os.set_blocking(monitor.stdout.fileno(), False)
        messages = []
        while not messages and time.monotonic() < end:
            self.cli("generatetoaddress", "1", ADDRESS)
            lines = [json.loads(line) for line in iter(monitor.stdout.readline, "") if line.startswith("{")]
            messages += [message for message in lines if "sender" in message]  # the others are for the tool itself
        self.assertTrue(messages)
        for message in messages:
            self.assertEqual((message["type"], message["member"]), ("signal", "TipChanged"))

    def test_silent(self):
        """A monitor that sends anything is disconnected."""
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(60)
        sock.connect(self.path)
        self.addCleanup(sock.close)
        sock.sendall(b"\0AUTH EXTERNAL " + UID + b"\r\n")
        while not sock.recv(1) == b"\n":
            pass
        sock.sendall(b"BEGIN\r\n")
        become = [(1, ("o", "/org/freedesktop/DBus")), (2, ("s", "org.freedesktop.DBus.Monitoring")), (3, ("s", "BecomeMonitor")),
                  (8, ("g", "asu"))]
        sock.sendall(wire.message(1, become, b"\0" * 8, serial=1))
        sock.recv(16, socket.MSG_WAITALL)
        sock.sendall(wire.message(1, HELLO, serial=2))
        while sock.recv(4096):
            pass


class Handshake(Offered):
    """The handshake as bytes."""

    def connect(self):
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(self.path)
        sock.settimeout(60)
        self.addCleanup(sock.close)
        return sock

    def ask(self, sock, data, answer):
        sock.sendall(data)
        got = b""
        while len(got) < len(answer):
            part = sock.recv(4096)
            if not part:
                break
            got += part
        if answer.endswith(b"*"):
            self.assertTrue(got.startswith(answer[:-1]), got)
        else:
            self.assertEqual(got, answer)
        return got

    def expect_end(self, sock):
        try:
            while sock.recv(4096):
                pass
        except ConnectionResetError:
            pass

    def test_dialects(self):
        """The handshakes of GDBus, libdbus and sd-bus; bytes that follow BEGIN at once belong to a message."""
        for words in ([(b"\0AUTH\r\n", b"REJECTED EXTERNAL\r\n"), (b"AUTH EXTERNAL " + UID + b"\r\n", b"OK *")],
                      [(b"\0AUTH EXTERNAL " + UID + b"\r\n", b"OK *"), (b"NEGOTIATE_UNIX_FD\r\n", b"AGREE_UNIX_FD\r\n")],
                      [(b"\0AUTH EXTERNAL\r\n", b"DATA\r\n"), (b"DATA\r\n", b"OK *")],
                      [(b"\0AUTH ANONYMOUS\r\nCANCEL\r\n", b"REJECTED EXTERNAL\r\n" * 2), (b"AUTH EXTERNAL\r\n", b"DATA\r\n"),
                       (b"DATA " + UID + b"\r\n", b"OK *")]):
            sock = self.connect()
            for data, answer in words:
                self.ask(sock, data, answer)
            sock.sendall(b"BEGIN\r\n" + wire.message(1, HELLO, serial=7))
            head = sock.recv(16, socket.MSG_WAITALL)
            self.assertEqual(head[1], 2)

    def test_wrong(self):
        """A connection with an invalid handshake, or one of another protocol, is closed; others are not affected."""
        for data in (b"x", b"\0" * 2, b"\0\xff\r\n", b"\0BEGIN\r\n", b"\0" + b"A" * 300, b"\0AUTH\n", b"\0" + b"AUTH\r\n" * 50,
                     wire.message(1, HELLO), b"\0AUTH EXTERNAL " + b"39" * 5 + b"\r\nBEGIN\r\n"):
            sock = self.connect()
            try:
                sock.sendall(data)
                self.expect_end(sock)
            except BrokenPipeError:
                pass
        self.assertIn("/org/moneyrocket/Node", self.busctl("tree"))

    def test_claims(self):
        other = str(os.geteuid() + 1).encode().hex().encode()
        for claim in (other, UID + b"30", b"zz", UID[:-1] or b"1"):
            self.ask(self.connect(), b"\0AUTH EXTERNAL " + claim + b"\r\n", b"REJECTED EXTERNAL\r\n")

    def test_silence(self):
        """Clients that send nothing, or never finish, are disconnected: many of them at once block nothing."""
        begin = time.monotonic()
        silent = [self.connect() for _ in range(50)]
        slow = self.connect()
        slow.sendall(b"\0AUTH EXTERNAL")
        self.assertIn("/org/moneyrocket/Node", self.busctl("tree"))
        for sock in (*silent, slow):
            self.expect_end(sock)
        self.assertGreater(time.monotonic() - begin, 2)

    def test_descriptors(self):
        """Descriptors that arrive with the handshake are closed."""
        sock = self.connect()
        read_end, write_end = os.pipe()
        socket.send_fds(sock, [b"\0AUTH EXTERNAL\r\n"], [write_end])
        os.close(write_end)
        self.ask(sock, b"", b"DATA\r\n")
        self.assertEqual(os.read(read_end, 1), b"")
        os.close(read_end)


if __name__ == "__main__":
    unittest.main(verbosity=2)
