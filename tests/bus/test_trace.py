#!/usr/bin/env python3
"""Trace1: what a program uses, and the messages on its connections as they happen, for a reader that is fast, slow, or gone."""
import shutil
import tempfile
import unittest

import peer
from peer import Failed

INIT, NODE, TRACE = "/org/moneyrocket/Init", "/org/moneyrocket/Node", "/org/moneyrocket/Trace"
ERROR = "org.moneyrocket.Error."
HELD = 2000
FIELDS = ("sequence", "connection", "time", "peer", "incoming", "kind", "interface", "member", "path", "serial", "bytes", "duration", "error")


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="moneyrocket-bus-")
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.worker = peer.Worker(self.program, self.folder)
        self.addCleanup(self.worker.stop)
        self.bus = self.worker.bus

    def status(self):
        return self.bus.call(TRACE, "Trace1.GetStatus", "(a{sv})", {})[0]

    def subscribe(self):
        return self.bus.call(TRACE, "Trace1.Subscribe", "(a{sv})", {})[0]

    def rows(self, after, limit=200):
        rows, dropped = self.bus.call(TRACE, "Trace1.GetRows", "(tua{sv})", after, limit, {})
        return [dict(zip(FIELDS, row)) for row in rows], dropped

    def changes(self):
        return [args[0] for path, member, args in self.bus.signals if member == "org.moneyrocket.Trace1.Changed"]

    def send_calls(self, n):
        """Calls whose replies are waited for, a hundred at a time."""
        for begin in range(0, n, 100):
            states = [self.bus.send(INIT, "Init1.Cancel", peer.GLib.Variant("(ua{sv})", (0, {}))) for _ in range(begin, min(n, begin + 100))]
            peer.wait_until(lambda: all(states))


class Wallet(Case):
    program = "moneyrocket-wallet"

    def test_status(self):
        status = self.status()
        self.assertEqual((status["role"], status["pid"]), ("wallet", self.worker.process.pid))
        with open(f"/proc/{self.worker.process.pid}/status") as lines:
            seen = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
        rss = int(seen["VmRSS"].split()[0]) * 1024
        self.assertTrue(rss / 2 < status["rss"] < rss * 2, (status, rss))
        self.assertGreater(status["threads"], 1)
        self.assertGreater(status["cpu"], 0)
        self.assertTrue(0 < status["uptime"] < 3600 * 10**6)
        self.assertEqual([record["peer"] for record in status["connections"]], ["parent"])
        before = status["connections"][0]
        self.assertEqual(before["number"], status["connection"])
        self.assertEqual((before["received"]["pending"], before["sent"]["pending"]), (1, 0))  # this call
        self.send_calls(10)
        after = self.status()["connections"][0]
        for way in ("received", "sent"):
            # The calls or replies, and the end of the first GetStatus and the begin of the second.
            self.assertEqual(after[way]["messages"], before[way]["messages"] + 11)
            self.assertGreater(after[way]["bytes"], before[way]["bytes"] + 11 * 40)

    def test_rows(self):
        begin = self.subscribe()
        with self.assertRaises(Failed) as caught:
            self.bus.get(INIT, "Init1", "Unknown")
        rows, dropped = self.rows(begin)
        self.assertEqual(dropped, 0)
        self.assertEqual([(row["kind"], row["member"], row["incoming"]) for row in rows],
                         [("call", "Get", True), ("error", "Get", False)])
        call, answer = rows
        self.assertEqual((call["interface"], call["path"], call["peer"]), ("org.freedesktop.DBus.Properties", INIT, "parent"))
        self.assertEqual((answer["serial"], answer["error"]), (call["serial"], caught.exception.name))
        self.assertEqual((call["duration"], call["error"]), (0, ""))
        self.assertTrue(0 < answer["duration"] < 60 * 10**6)
        self.assertEqual(answer["sequence"], call["sequence"] + 1)
        self.assertEqual(self.rows(answer["sequence"]), ([], 0))

    def test_notified_once(self):
        """The reader is notified, and not again before it has read."""
        begin = self.subscribe()
        self.send_calls(1)
        peer.wait_until(self.changes)
        for _ in range(5):
            self.send_calls(100)
        peer.wait_until(lambda: self.bus.get(TRACE, "Trace1", "Sequence") > self.changes()[0])
        self.assertEqual(len(self.changes()), 1)
        rows, _ = self.rows(begin, 10)
        self.assertEqual(len(rows), 10)
        peer.wait_until(lambda: len(self.changes()) == 2)  # as there are more
        while rows:
            begin = rows[-1]["sequence"]
            rows, _ = self.rows(begin)
        self.assertEqual(begin, max(self.changes()))

    def test_flood(self):
        """Of many messages the last ones are held, and the others are counted."""
        begin = self.subscribe()
        self.send_calls(3000)
        rows, dropped = self.rows(begin)
        self.assertEqual((len(rows), dropped), (200, 6000 - HELD))
        self.assertEqual(rows[0]["sequence"], begin + dropped + 1)
        n, last = len(rows), rows[-1]["sequence"]
        while rows:
            rows, dropped = self.rows(last)
            self.assertEqual(dropped, 0)
            n += len(rows)
            last = rows[-1]["sequence"] if rows else last
        self.assertEqual(n, HELD)

    def test_ends(self):
        with self.assertRaises(Failed) as caught:
            self.rows(0)
        self.assertEqual(caught.exception.name, ERROR + "NotFound")
        self.subscribe()
        for limit in (0, 201, 2**32 - 1):
            with self.assertRaises(Failed) as caught:
                self.rows(0, limit)
            self.assertEqual(caught.exception.name, ERROR + "InvalidArgument")
        self.assertEqual(self.rows(2**64 - 1), ([], 0))
        self.bus.call(TRACE, "Trace1.Unsubscribe", "(a{sv})", {})
        self.bus.call(TRACE, "Trace1.Unsubscribe", "(a{sv})", {})
        self.assertRaises(Failed, self.rows, 0)

    def test_without_arguments(self):
        """Nothing of what a message says is in a row."""
        begin = self.subscribe()
        _, details = self.bus.call("/org/moneyrocket/Rpc", "Rpc1.Execute", "(ssa{sv})", "walletpassphrase", '["correct horse"]', {})
        self.assertIn("code", details)
        self.assertNotIn("horse", str(self.rows(begin)))
        self.assertNotIn("walletpassphrase", str(self.rows(begin)))


class Node(Case):
    program = "moneyrocket-node"

    def test_other_connection(self):
        """The messages between node and wallet are seen by the application, but the wallet does not see those of the application."""
        begin = self.subscribe()
        wallet = self.worker.attach("wallet")
        wallet.serve_hello("wallet")
        wallet.start()
        wallet.hello()
        with self.assertRaises(Failed) as caught:
            wallet.call(TRACE, "Trace1.GetStatus", "(a{sv})", {})
        self.assertNotEqual(caught.exception.name, "")
        rows, _ = self.rows(begin)
        hello = [row for row in rows if row["member"] == "Hello" and row["peer"] == "wallet"]
        self.assertEqual(sorted((row["kind"], row["incoming"]) for row in hello),
                         [("call", False), ("call", True), ("reply", False), ("reply", True)])
        self.assertEqual(len({row["connection"] for row in hello}), 1)
        self.assertEqual([record["peer"] for record in self.status()["connections"]], ["parent", "wallet"])
        wallet.close()
        peer.wait_until(lambda: len(self.status()["connections"]) == 1)


if __name__ == "__main__":
    peer.need("moneyrocket-node", "moneyrocket-wallet")
    unittest.main(verbosity=2)
