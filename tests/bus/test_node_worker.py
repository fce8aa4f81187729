"""The node as a worker: Hello, limits, and Node1, Chain1 and Rpc1 with valid and with malformed arguments."""
import json
import os
import shutil
import struct
import tempfile
import unittest

import peer
from peer import Failed, GLib, Gio

ERROR = "org.moneyrocket.Error."
ADDRESS = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
NODE = "/org/moneyrocket/Node"
CHAIN = "/org/moneyrocket/Chain"
RPC = "/org/moneyrocket/Rpc"


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="moneyrocket-bus-")
        self.addCleanup(shutil.rmtree, self.folder, True)

    def start(self, *args, **options):
        worker = peer.Worker("moneyrocket-node", self.folder, *args, **options)
        self.addCleanup(worker.stop)
        return worker

    def ready(self, *args):
        worker = self.start(*args)
        peer.wait_until(lambda: worker.bus.get(NODE, "Node1", "State") in ("ready", "syncing"))
        return worker

    def assert_fails(self, name, call, *args, **options):
        with self.assertRaises(Failed) as caught:
            call(*args, **options)
        self.assertEqual(caught.exception.name, ERROR + name, caught.exception)

    def generate(self, worker, n):
        path = worker.bus.call(NODE, "Node1.Generate", "(usa{sv})", n, ADDRESS, {})[0]
        peer.wait_until(lambda: worker.bus.get(path, "Operation1", "Done"))
        outcome = worker.bus.get(path, "Operation1", "Outcome")
        self.assertEqual(list(outcome), ["result"])
        return [bytes(h) for h in outcome["result"]["hashes"]]


class HelloTest(Case):
    def test_answer(self):
        worker = self.start()
        protocol, version, role, network, _ = worker.hello
        self.assertEqual((protocol, role, network), (peer.PROTOCOL, "node", "regtest"))
        confinement = worker.bus.get("/org/moneyrocket/Init", "Init1", "Confinement")
        self.assertIn("no-new-privileges", confinement)
        self.assertIn("no-core-dumps", confinement)
        with open(f"/proc/{worker.process.pid}/status") as status:
            self.assertIn("NoNewPrivs:\t1", status.read())

    def test_other_call_first(self):
        worker = self.start(hello=False)
        self.assert_fails("NotReady", worker.bus.get, NODE, "Node1", "State")
        peer.wait_until(worker.bus.closed)
        self.assertEqual(worker.process.wait(60), 0)

    def test_other_version(self):
        worker = self.start(hello=False)
        self.assert_fails("VersionMismatch", worker.bus.hello, protocol=peer.PROTOCOL + 1)
        self.assert_fails("NotReady", worker.bus.get, NODE, "Node1", "State")
        peer.wait_until(worker.bus.closed)

    def test_other_network(self):
        worker = self.start(hello=False)
        self.assert_fails("NetworkMismatch", worker.bus.hello, network="main")

    def test_malformed_hello(self):
        worker = self.start(hello=False)
        with self.assertRaises(Failed):
            worker.bus.call("/org/moneyrocket/Init", "Init1.Hello", "(s)", "regtest")
        peer.wait_until(worker.bus.closed)

    def test_shutdown(self):
        worker = self.ready()
        worker.bus.call("/org/moneyrocket/Init", "Init1.Shutdown", "(a{sv})", {})
        self.assertEqual(worker.process.wait(60), 0)

    def test_parent_exit(self):
        worker = self.ready()
        worker.bus.close()
        self.assertEqual(worker.process.wait(60), 0)


class LimitsTest(Case):
    def test_message_too_large(self):
        worker = self.ready()
        params = "[" + " " * (66 << 20) + "]"
        state = worker.bus.send(RPC, "Rpc1.Execute", GLib.Variant("(ssa{sv})", ("help", params, {})))
        peer.wait_until(worker.bus.closed)
        peer.wait_until(lambda: state)
        self.assertIn("error", state)

    def test_too_many_calls(self):
        worker = self.ready()
        args = GLib.Variant("(ssa{sv})", ("waitforblockheight", "[1000000]", {}))
        for _ in range(300):
            worker.bus.send(RPC, "Rpc1.Execute", args)
        peer.wait_until(worker.bus.closed)


class NodeTest(Case):
    def list_blocks(self, worker, limit, **options):
        return worker.bus.call(NODE, "Node1.ListBlocks", "(ua{sv})", limit, options)[0]

    def test_generate_and_list(self):
        worker = self.ready()
        hashes = self.generate(worker, 25)
        self.assertEqual(len(hashes), 25)
        peer.wait_until(lambda: worker.bus.get(NODE, "Node1", "Tip")["height"] == 25)
        tip = worker.bus.get(NODE, "Node1", "Tip")
        self.assertEqual(sorted(tip), ["hash", "height", "sequence", "time"])
        self.assertEqual(bytes(tip["hash"]), hashes[-1])
        peer.wait_until(lambda: worker.bus.get(NODE, "Node1", "HeaderTip").get("height") == 25)
        tip.pop("sequence")
        self.assertEqual(worker.bus.get(NODE, "Node1", "HeaderTip"), tip)
        peer.wait_until(lambda: any(name.endswith("Node1.TipChanged") and args[1] == 25
                                    for _, name, args in worker.bus.signals))
        rows = self.list_blocks(worker, 10)
        self.assertEqual([row["height"] for row in rows], list(range(25, 15, -1)))
        self.assertEqual(bytes(rows[0]["hash"]), hashes[-1])
        self.assertEqual((rows[0]["time"], rows[0]["transactions"]), (tip["time"], 1))
        self.assertGreater(rows[0]["weight"], 4 * 80)
        for before, limit, heights in ((16, 2, [15, 14]), (4, 100, [3, 2, 1, 0]), (1, 100, [0]), (0, 100, []), (26, 1, [25]),
                                       (27, 1, [25]), (0xffffffff, 1, [25])):
            rows = self.list_blocks(worker, limit, before=GLib.Variant("u", before))
            self.assertEqual([row["height"] for row in rows], heights)

    def test_bad_arguments(self):
        worker = self.ready()
        call = worker.bus.call
        self.assert_fails("InvalidArgument", call, NODE, "Node1.Generate", "(usa{sv})", 0, ADDRESS, {})
        self.assert_fails("InvalidArgument", call, NODE, "Node1.Generate", "(usa{sv})", 1001, ADDRESS, {})
        self.assert_fails("InvalidAddress", call, NODE, "Node1.Generate", "(usa{sv})", 1, "bc1nonsense", {})
        self.assert_fails("InvalidArgument", call, NODE, "Node1.ListBlocks", "(ua{sv})", 0, {})
        self.assert_fails("InvalidArgument", call, NODE, "Node1.ListBlocks", "(ua{sv})", 101, {})
        self.assert_fails("InvalidArgument", call, NODE, "Node1.ListBlocks", "(ua{sv})", 1, {"before": GLib.Variant("t", 1)})
        self.assertFalse(worker.bus.closed())

    def test_wrong_signature(self):
        """Our own programs never send such a call."""
        worker = self.ready()
        with self.assertRaises(Failed):
            worker.bus.call(NODE, "Node1.Generate", "(us)", 1, ADDRESS)
        peer.wait_until(worker.bus.closed)

    def test_cancel(self):
        worker = self.ready()
        path = worker.bus.call(NODE, "Node1.Generate", "(usa{sv})", 1000, ADDRESS, {})[0]
        self.assertEqual(worker.bus.get(path, "Operation1", "Outcome"), {})
        self.assertEqual(worker.bus.get(path, "Operation1", "Stage"), "mining")
        self.assert_fails("Busy", worker.bus.call, NODE, "Node1.Generate", "(usa{sv})", 1, ADDRESS, {})
        worker.bus.call(path, "Operation1.Cancel", "(a{sv})", {})
        peer.wait_until(lambda: worker.bus.get(path, "Operation1", "Done"))
        outcome = worker.bus.get(path, "Operation1", "Outcome")
        self.assertEqual(outcome, {"error": ERROR + "Cancelled", "message": "cancelled"})
        peer.wait_until(lambda: any(p == path and name.endswith("Finished") and args == (outcome,)
                                    for p, name, args in worker.bus.signals))

    def test_rpc(self):
        worker = self.ready()
        execute = lambda *args, **options: worker.bus.call(RPC, "Rpc1.Execute", "(ssa{sv})", *args, options)
        self.assertEqual(execute("getblockcount", "[]"), ("0", {}))
        self.assertEqual(execute("getblockcount", "{}"), ("0", {}))
        self.assertEqual(execute("getblockhash", "[7]")[1], {"code": -8})
        self.assertEqual(execute("nosuchmethod", "[]")[1], {"code": -32601})
        for params in ("[", "7", "null", ""):
            self.assert_fails("InvalidArgument", execute, "getblockcount", params)
        self.assert_fails("InvalidArgument", execute, "", "[]")
        self.assert_fails("InvalidArgument", execute, "getblockcount", "[]", wallet=GLib.Variant("u", 1))
        complete = lambda prefix: worker.bus.call(RPC, "Rpc1.Complete", "(sa{sv})", prefix, {})[0]
        self.assertIn("getblockcount", complete("getblock"))
        self.assertLess(set(complete("getblock")), set(complete("")))
        explain = lambda **options: worker.bus.call(RPC, "Rpc1.Help", "(a{sv})", options)[0]
        self.assertTrue(explain(method=GLib.Variant("s", "getblockcount")).startswith("getblockcount"))
        self.assertIn("getblockcount", explain())
        self.assert_fails("NotFound", explain, method=GLib.Variant("s", ""))
        self.assert_fails("InvalidArgument", explain, method=GLib.Variant("as", ["getblockcount"]))


class ProgressTest(Case):
    """The progress of long operations: over Node1, with a plausible rate and remaining time."""

    def signalled(self, worker, name):
        """Every value of the property NAME that was signalled."""
        return [args[1][name] for path, signal, args in worker.bus.signals
                if path == NODE and signal.endswith("PropertiesChanged") and name in args[1]]

    def assert_in_order(self, states, order):
        """Values that change faster than signals are sent may be missing, but none is repeated."""
        self.assertEqual(states, [state for state in order if state in states])
        self.assertEqual(states[-1], order[-1])

    def test_verification_and_indexes(self):
        worker = self.ready()
        for _ in range(4):
            self.generate(worker, 1000)
        self.assertEqual(worker.bus.get(NODE, "Node1", "Indexes"), [])
        self.assertEqual(worker.bus.get(NODE, "Node1", "Validation"), {})
        worker.stop()
        worker = self.start("-checkblocks=0", "-checklevel=4", "-txindex", "-coinstatsindex")
        peer.wait_until(lambda: self.signalled(worker, "State")[-1:] == ["ready"])
        self.assert_in_order(self.signalled(worker, "State"), ["loading", "verifying", "ready"])
        # They exist once they are loaded, and are synced later.
        peer.wait_until(lambda: [row["synced"] for row in worker.bus.get(NODE, "Node1", "Indexes")] == [True, True])
        rows = worker.bus.get(NODE, "Node1", "Indexes")
        self.assertEqual(rows, [dict(name=name, synced=True, height=4000) for name in ("txindex", "coinstatsindex")])
        peer.wait_until(lambda: self.signalled(worker, "Indexes")[-1] == rows)
        for i in range(2):
            heights = [rows[i].get("height", 0) for rows in self.signalled(worker, "Indexes")]
            self.assertEqual(heights, sorted(heights))

    def test_reindex(self):
        worker = self.ready()
        for _ in range(3):
            self.generate(worker, 1000)
        worker.stop()
        for option, state, *extra in (("-reindex", "reindexing", "connecting"), ("-reindex-chainstate", "connecting")):
            worker = self.start(option)
            peer.wait_until(lambda: self.signalled(worker, "State")[-1:] == ["ready"])
            self.assert_in_order(self.signalled(worker, "State"), ["loading", state, *extra, "ready"])
            self.assertEqual(worker.bus.get(NODE, "Node1", "Tip")["height"], 3000)
            self.assertEqual(worker.bus.get(NODE, "Node1", "Progress"), {"fraction": 1})
            worker.stop()


class ChainTest(Case):
    def attach(self, worker):
        wallet = worker.attach("wallet")
        wallet.serve_hello("wallet")
        wallet.start()
        wallet.hello()
        return wallet

    def blocks(self, wallet, limit, **options):
        (count, handle), fds = wallet.call(CHAIN, "Chain1.GetBlocks", "(ua{sv})", limit, options, want_fds=True)
        fd = fds.get(handle)
        self.assertRaises(OSError, os.ftruncate, fd, 1 << 24)
        data = os.pread(fd, os.fstat(fd).st_size, 0)
        os.close(fd)
        rows = []
        while data:
            height, block_hash, length = struct.unpack_from("<I32sI", data)
            rows.append((height, block_hash, data[40:40 + length]))
            data = data[40 + length:]
        self.assertEqual(len(rows), count)
        return rows

    def test_blocks(self):
        worker = self.ready()
        wallet = self.attach(worker)
        hashes = self.generate(worker, 20)
        rows = self.blocks(wallet, 500)
        self.assertEqual([row[0] for row in rows], list(range(21)))
        self.assertEqual([row[1] for row in rows[1:]], hashes)
        self.assertEqual(rows[5][2][4:36], rows[4][1])
        after = lambda block_hash: {"after": GLib.Variant("ay", block_hash)}
        self.assertEqual([row[0] for row in self.blocks(wallet, 3, **after(hashes[9]))], [11, 12, 13])
        self.assertEqual(self.blocks(wallet, 3, **after(hashes[-1])), [])
        args = (CHAIN, "Chain1.GetBlocks", "(ua{sv})")
        self.assert_fails("NotInChain", wallet.call, *args, 1, after(b"\1" * 32))
        self.assert_fails("InvalidArgument", wallet.call, *args, 1, after(b"\1" * 31))
        self.assert_fails("InvalidArgument", wallet.call, *args, 1, after(b""))
        self.assert_fails("InvalidArgument", wallet.call, *args, 1, {"after": GLib.Variant("s", "a hash")})
        self.assert_fails("InvalidArgument", wallet.call, *args, 0, {})
        self.assert_fails("InvalidArgument", wallet.call, *args, 501, {})

    def test_tip_and_fork(self):
        worker = self.ready()
        wallet = self.attach(worker)
        hashes = self.generate(worker, 5)
        peer.wait_until(lambda: any(name.endswith("TipChanged") and args[1] == 5 for _, name, args in wallet.signals))
        sequence, height, tip, mempool = wallet.call(CHAIN, "Chain1.GetTip", "(a{sv})", {})
        self.assertEqual((height, bytes(tip)), (5, hashes[-1]))
        peer.wait_until(lambda: wallet.get(CHAIN, "Chain1", "Tip").get("height") == 5)
        shown = wallet.get(CHAIN, "Chain1", "Tip")
        self.assertEqual((bytes(shown["hash"]), shown["sequence"], shown["mempool_sequence"]), (hashes[-1], sequence, mempool))
        fork = wallet.call(CHAIN, "Chain1.FindFork", "(aaya{sv})", [b"\7" * 32, hashes[2], hashes[0]], {})
        self.assertEqual((fork[0], bytes(fork[1])), (3, hashes[2]))
        self.assertEqual(wallet.call(CHAIN, "Chain1.FindFork", "(aaya{sv})", [b"\7" * 32], {})[0], 0)
        self.assert_fails("InvalidArgument", wallet.call, CHAIN, "Chain1.FindFork", "(aaya{sv})", [hashes[0]] * 102, {})
        self.assert_fails("InvalidArgument", wallet.call, CHAIN, "Chain1.FindFork", "(aaya{sv})", [b"x"], {})

    def test_submit_and_fees(self):
        worker = self.ready()
        wallet = self.attach(worker)
        submit = (CHAIN, "Chain1.Submit", "(aya{sv})")
        self.assert_fails("InvalidArgument", wallet.call, *submit, b"\1\2\3", {})
        # Spends an output that does not exist.
        tx = bytes.fromhex("02000000" "01" + "11" * 32 + "00000000" "00" "fdffffff" "01" "e803000000000000"
                           "160014751e76e8199196d454941c45d1b3a323f1433bd6" "00000000")
        self.assert_fails("Rejected", wallet.call, *submit, tx, {})
        # A limit of another type is not ignored.
        self.assert_fails("InvalidArgument", wallet.call, *submit, tx, {"max_fee_rate": GLib.Variant("u", 1000)})
        estimate = wallet.call(CHAIN, "Chain1.EstimateFee", "(ua{sv})", 6, {})[0]
        self.assertEqual(list(estimate), ["minimum"])
        self.assertGreater(estimate["minimum"], 0)
        self.assert_fails("InvalidArgument", wallet.call, CHAIN, "Chain1.EstimateFee", "(ua{sv})", 0, {})
        sequence, cursor, count, complete, handle = wallet.call(CHAIN, "Chain1.GetMempool", "(a{sv})", {})
        self.assertEqual((count, complete), (0, True))
        events = (CHAIN, "Chain1.GetEvents", "(ua{sv})")
        place, resync, count, _ = wallet.call(*events, 1000, {})
        self.assertEqual((place, resync, count), (cursor, True, 0))
        self.assert_fails("InvalidArgument", wallet.call, *events, 1000, {"cursor": GLib.Variant("t", cursor[0])})

    def test_wallet_permissions(self):
        wallet = self.attach(self.ready())
        self.assert_fails("NotSupported", wallet.call, "/org/moneyrocket/Init", "Init1.Shutdown", "(a{sv})", {})
        with self.assertRaises(Failed):
            wallet.get(NODE, "Node1", "State")
        with self.assertRaises(Failed):
            wallet.call(RPC, "Rpc1.Execute", "(ssa{sv})", "stop", "[]", {})

    def test_no_hello(self):
        worker = self.ready()
        wallet = worker.attach("wallet")
        wallet.serve_hello("wallet")
        wallet.start()
        self.assert_fails("NotReady", wallet.call, CHAIN, "Chain1.GetTip", "(a{sv})", {})
        peer.wait_until(wallet.closed)
        self.assertFalse(worker.bus.closed())
        self.attach(worker)

    def test_wallet_lost(self):
        """The parent is notified, and can connect another one."""
        worker = self.ready()
        lost = worker.listen_for_lost_peers()
        attached = lambda: worker.bus.get("/org/moneyrocket/Init", "Init1", "Peer")
        self.assertEqual(attached(), {"sequence": 0})
        wallet = self.attach(worker)
        self.assertEqual(attached(), {"sequence": 1, "role": "wallet"})
        wallet.close()
        peer.wait_until(lambda: lost)
        self.assertEqual(lost, ["wallet"])
        self.assertEqual(attached(), {"sequence": 2})
        self.attach(worker)
        self.assertEqual(attached(), {"sequence": 3, "role": "wallet"})

    def test_attach_nonsense(self):
        worker = self.ready()
        init = ("/org/moneyrocket/Init", "Init1.AttachPeer", "(sha{sv})")
        with open(__file__, "rb") as file:
            fds = Gio.UnixFDList.new()
            fds.append(file.fileno())
            worker.bus.call(*init, "wallet", 0, {}, fds=fds)
        self.assertEqual(worker.bus.get(NODE, "Node1", "Network"), "regtest")
        # A handle without a descriptor is a violation.
        with self.assertRaises(Failed):
            worker.bus.call(*init, "wallet", 0, {})
        peer.wait_until(worker.bus.closed)


if __name__ == "__main__":
    peer.need("moneyrocket-node")
    unittest.main(verbosity=2)
