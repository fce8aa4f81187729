#!/usr/bin/env python3
"""Messages that no correct program sends, on the connection between node and wallet. Each of them must close the sender's
connection and affect no other: the program keeps running, serves its parent, and accepts another peer."""
import os
import shutil
import socket
import struct
import tempfile
import time
import unittest

import peer
import wire
from wire import body, call, message, signal

INIT = wire.INIT
INIT1 = "org.moneyrocket.Init1"
PROPERTIES = "org.freedesktop.DBus.Properties"
CALL = [(1, ("o", INIT)), (2, ("s", INIT1)), (3, ("s", "Hello"))]
SIGNAL = [(1, ("o", "/a")), (2, ("s", "a.b")), (3, ("s", "C"))]


def with_field(fields, code, value):
    return [field for field in fields if field[0] != code] + [(code, value)]


WRONG_TYPES = {
    f"{name}, field {code} is {value[0]}": message(kind, with_field(fields, code, value))
    for name, kind, fields, cases in (
        ("call", 1, CALL, [(1, ("u", 5)), (2, ("u", 1)), (3, ("u", 1)), (6, ("u", 1)), (8, ("s", "u")), (9, ("s", "x"))]),
        ("call of Properties", 1, [(1, ("o", INIT)), (2, ("s", PROPERTIES)), (3, ("s", "Get"))], [(3, ("u", 1)), (1, ("s", "/a"))]),
        ("call of Peer", 1, [(1, ("o", INIT)), (2, ("s", "org.freedesktop.DBus.Peer"))], [(3, ("u", 1))]),
        ("signal", 4, SIGNAL, [(1, ("u", 5)), (2, ("u", 5)), (3, ("u", 5)), (7, ("u", 1)), (1, ("s", "/a"))]),
        ("reply", 2, [], [(5, ("s", "x"))]),
        ("error", 3, [(5, ("u", 1))], [(4, ("u", 1))]),
        ("error", 3, [(4, ("s", "a.b"))], [(5, ("s", "x"))]))
    for code, value in cases
}

HEADS = {
    "an unknown byte order": message(4, SIGNAL, endian=b"x"),
    "kind 0": message(0, SIGNAL),
    "kind 9": message(9, SIGNAL),
    "flags": message(4, SIGNAL, flags=255),
    "version 2": message(4, SIGNAL, version=2),
    "no serial number": message(4, SIGNAL, serial=0),
    "fields of 4 GiB": struct.pack("<4BIII", 108, 4, 0, 1, 0, 1, 0xfffffff8),
    "body of 4 GiB": message(4, SIGNAL, body_len=0xfffffff0),
    "body of 128 MiB": message(4, SIGNAL + [(8, ("g", "avav"))], body_len=1 << 27),
    "big endian, body of 4 GiB": struct.pack(">4BIII", 66, 4, 0, 1, 0xfffffff0, 1, 0),
    "no fields": message(1, []),
    "no member": message(1, CALL[:2]),
    "a field twice": message(4, SIGNAL + SIGNAL[:1]),
    "an unknown field": message(4, SIGNAL + [(200, ("s", "x"))]),
    "an invalid path": message(4, with_field(SIGNAL, 1, ("o", "no path"))),
    "an invalid interface": message(4, with_field(SIGNAL, 2, ("s", "nodots"))),
    "a reply to no call": message(2, [(5, ("u", 4711))]),
}


def other(signature, content):
    return signal("/a", "a.b.C", signature, content)


BODIES = {
    "not UTF-8": other("s", b"\4\0\0\0\xff\xfe\xfd\xfc\0"),
    "an embedded NUL": other("s", b"\4\0\0\0ab\0d\0"),
    "a string that is too long": other("s", b"\xff\xff\xff\xff"),
    "a boolean of 7": other("b", struct.pack("<I", 7)),
    "a truncated number": other("au", b"\3\0\0\0\1\2\3"),
    "a handle without a descriptor": other("h", struct.pack("<I", 0)),
    "an empty signature": other("z", b""),
    "arrays of arrays": other("a" * 30 + "y", b"\0" * 4),
    "structures of structures": other("(" * 30 + "y" + ")" * 30, b"\0" * 8),
    "variants of variants": other("v", b"\1v\0" * 100000 + b"\1y\0\7"),
    "a quarter of a million variants": other("av", struct.pack("<I", 1000000) + b"\1y\0\7" * 250000),
    "a hundred thousand strings": other("as", struct.pack("<I", 1000000) + b"\0" * 1000000),
    "a million variants": other("av", struct.pack("<I", 4000000) + b"\1y\0\7" * 1000000),
    "with another type than its member": call(INIT, INIT1 + ".Hello", "s", body("s", "x")),
    "with another type than its signal": signal(INIT, INIT1 + ".PeerClosed", "u", body("u", 1)),
}


class Case(unittest.TestCase):
    program, role, own_role = "moneyrocket-node", "node", "wallet"

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="moneyrocket-wire-")
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.worker = peer.Worker(self.program, self.folder)
        self.addCleanup(self.worker.stop)

    def attach(self):
        """A raw connection that has sent Hello."""
        sock = self.worker.attach_socket(self.own_role)
        self.addCleanup(sock.close)
        sock.settimeout(60)
        sock.sendall(wire.hello())
        while wire.receive_frame(sock)[0][1] != 2:
            pass
        return sock

    def assert_closed(self, sock):
        try:
            while wire.receive_frame(sock):
                pass
        except ConnectionResetError:
            pass

    def assert_served(self):
        self.assertEqual(self.worker.bus.get(INIT, "Init1", "Version"), self.worker.hello[1])
        self.assertIsNone(self.worker.process.poll())

    def log_bytes(self):
        return sum(os.path.getsize(os.path.join(folder, file)) for folder, _, files in os.walk(self.folder)
                   for file in files if file.endswith((".log", ".stderr")))

    def send(self, sock, raw, fds=()):
        try:
            wire.send_frame(sock, raw, fds)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def check_refused(self, cases):
        for name, raw in cases.items():
            with self.subTest(name):
                sock = self.attach()
                before = self.log_bytes()
                self.send(sock, raw)
                self.assert_closed(sock)
                self.assert_served()
                self.assertLess(self.log_bytes() - before, 4096)


class NodeTest(Case):
    def has_started(self):
        """Until then the program opens files of its own."""
        return self.worker.bus.get("/org/moneyrocket/Node", "Node1", "State") in ("ready", "syncing")

    def test_wrong_types(self):
        self.check_refused(WRONG_TYPES)

    def test_heads(self):
        self.check_refused(HEADS)

    def test_bodies(self):
        self.check_refused(BODIES)

    def test_too_many_descriptors(self):
        """Together with the bytes of a message, and in a message that declares their number."""
        peer.wait_until(self.has_started)
        for head in (struct.pack("<4BIII", 108, 4, 0, 1, 1 << 10, 1, 16), b""):
            sock = self.attach()
            before = len(os.listdir(f"/proc/{self.worker.process.pid}/fd"))
            self.send(sock, head)
            self.send(sock, signal("/a", "a.b.C", "h", body("h", 0), n_fds=200)[len(head):], [0] * 200)
            self.assert_closed(sock)
            self.assertLessEqual(len(os.listdir(f"/proc/{self.worker.process.pid}/fd")), before)
            self.assert_served()

    def test_fewer_descriptors(self):
        for n_fds, fds in ((2, [0]), (0, [0])):
            sock = self.attach()
            self.send(sock, signal("/a", "a.b.C", "h" if n_fds else "", body("h", 0) if n_fds else b"", n_fds=n_fds), fds)
            self.assert_closed(sock)
            self.assert_served()

    def test_unfinished_message(self):
        sock = self.attach()
        began = time.monotonic()
        self.send(sock, signal("/a", "a.b.C", "s", body("s", "x" * 1000))[:500])
        self.assert_served()
        self.assert_closed(sock)
        self.assertGreater(time.monotonic() - began, 3)
        self.assert_served()

    def test_unread_replies(self):
        sock = self.attach()
        try:
            for serial in range(10, 30000):
                sock.sendall(call("/org/moneyrocket", "org.freedesktop.DBus.Introspectable.Introspect", serial=serial))
        except (BrokenPipeError, ConnectionResetError, socket.timeout):
            pass
        self.assert_served()

    def test_floods(self):
        ping = "org.freedesktop.DBus.Peer.Ping"
        for raw in (signal("/a", "a.b.C") * 100000, call(INIT, ping, serial=7) + call(INIT, ping, serial=7)):
            sock = self.attach()
            self.send(sock, raw)
            self.assert_served()


class WalletTest(NodeTest):
    program, role, own_role = "moneyrocket-wallet", "wallet", "node"

    def has_started(self):
        return self.worker.bus.get("/org/moneyrocket/WalletManager", "WalletManager1", "Ready")


if __name__ == "__main__":
    peer.need("moneyrocket-node", "moneyrocket-wallet")
    unittest.main(verbosity=2)
