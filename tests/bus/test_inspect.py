#!/usr/bin/env python3
"""The objects of a worker, inspected with standard tools over a listening socket, where a connection begins with the
handshake of D-Bus."""
import os
import shutil
import socket
import subprocess
import tempfile
import time
import unittest

import peer
import wire

PROGRAM = os.path.join(peer.BUILD, "tests", "bus", "bus-inspect")
UID = str(os.geteuid()).encode().hex().encode()
HELLO = [(1, ("o", "/org/freedesktop/DBus")), (2, ("s", "org.freedesktop.DBus")), (3, ("s", "Hello")),
         (6, ("s", "org.freedesktop.DBus"))]


class Offered(unittest.TestCase):
    role = "node"

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="moneyrocket-bus-")
        self.path = os.path.join(self.folder, "socket")
        self.address = f"unix:path={self.path}"
        self.process = subprocess.Popen(
            [PROGRAM, self.path, self.role, peer.program(f"moneyrocket-{self.role}"), f"-datadir={self.folder}", "-regtest"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.assertEqual(self.process.stdout.readline(), "ready\n")

    def tearDown(self):
        self.process.stdin.close()
        self.assertEqual(self.process.wait(60), 0)
        self.process.stdout.close()
        shutil.rmtree(self.folder)

    def run_tool(self, *words):
        result = subprocess.run(words, capture_output=True, text=True, timeout=60,
                                env=dict(os.environ, LC_ALL="C.UTF-8", SYSTEMD_COLORS="0", COLUMNS="200"))
        self.assertEqual(result.returncode, 0, f"{words}: {result.stderr}")
        return result.stdout

    def busctl(self, command, *words):
        return self.run_tool("busctl", f"--address={self.address}", "--no-pager", command, f"org.moneyrocket.{self.role}", *words)

    def gdbus(self, command, *words):
        return self.run_tool("gdbus", command, "--address", self.address, "--dest", f"org.moneyrocket.{self.role}", *words)


class Node(Offered):
    def test_tree(self):
        """All objects, each below its parent."""
        lines = [line.strip("│├└─ `|-") for line in self.busctl("tree").splitlines()]
        for path in ("/org/moneyrocket", "/org/moneyrocket/Init", "/org/moneyrocket/Node", "/org/moneyrocket/Rpc"):
            self.assertIn(path, lines)
        self.assertIn("org.moneyrocket.node", self.run_tool("busctl", f"--address={self.address}", "--no-pager", "tree"))

    def test_introspect(self):
        rows = [line.split() for line in self.busctl("introspect", "/org/moneyrocket/Node").splitlines()]
        self.assertIn(["org.moneyrocket.Node1", "interface", "-", "-", "-"], rows)
        self.assertIn([".Generate", "method", "usa{sv}", "o", "-"], rows)
        self.assertIn([".TipChanged", "signal", "tuayx", "-", "-"], rows)
        self.assertIn([".Network", "property", "s", '"regtest"', "const"], rows)
        self.assertTrue(any(row[:3] == [".Tip", "property", "a{sv}"] for row in rows), rows)
        text = self.gdbus("introspect", "--object-path", "/org/moneyrocket/Node")
        for line in ("interface org.moneyrocket.Node1 {", "Generate(in  u blocks,", "in  s address,", "out o operation);",
                     "readonly s Network = 'regtest';", "readonly a{sv} Progress ="):
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

    def test_errors(self):
        """Failed calls report the error and the reason."""
        result = subprocess.run(["gdbus", "call", "--address", self.address, "--dest", "org.moneyrocket.node", "--object-path",
                                 "/org/moneyrocket/Node", "--method", "org.moneyrocket.Node1.ListBlocks", "0", "{}"], capture_output=True, text=True, timeout=60)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("org.moneyrocket.Error.", result.stderr)


class Wallet(Offered):
    role = "wallet"

    def test_wallet(self):
        """A wallet that was created by hand can be inspected."""
        out = self.gdbus("call", "--object-path", "/org/moneyrocket/WalletManager", "--method",
                         "org.moneyrocket.WalletManager1.Create", "savings", "{}")
        path = out.split("'")[1]
        self.assertIn(path, self.busctl("tree"))
        rows = [line.split() for line in self.busctl("introspect", path).splitlines()]
        self.assertIn([".Balance", "property", "a{sv}", "3", '"spendable"', "x", "0", '"pending"', "x", "0", '"immature"', "x", "0",
                       "emits-change"], rows)
        self.assertEqual(sorted(self.busctl("get-property", path, "org.moneyrocket.Wallet1", "Balance").split()[2:]),
                         sorted('"spendable" x 0 "pending" x 0 "immature" x 0'.split()))
        self.assertIn([".Name", "property", "s", '"savings"', "const"], rows)
        self.assertIn([".CreateDraft", "method", "aa{sv}ta{sv}", "txa{sv}", "-"], rows)


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
