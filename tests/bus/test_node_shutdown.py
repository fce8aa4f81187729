"""Shutdown of a node worker with calls in flight on its connection: it exits with code 0 for all calls and all ways to
stop it, and its files are consistent."""
import json
import os
import shutil
import signal
import sys
import tempfile
import time
import unittest

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "functional"))
import framework  # noqa: E402
import peer  # noqa: E402
import snapshot_chain as known  # noqa: E402
from peer import GLib  # noqa: E402

ADDRESS = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
NODE = "/org/moneyrocket/Node"
RPC = "/org/moneyrocket/Rpc"
# Without the last flush, whose duration is in the log.
LIMIT = 10
N_BLOCKS = 1200
N_SPENDS = 100
CHECKED = ("-checklevel=4", "-checkblocks=0")

WAYS = {
    "shutdown": lambda w: w.bus.send("/org/moneyrocket/Init", "Init1.Shutdown", GLib.Variant("(a{sv})", ({},))),
    "close": lambda w: w.bus.close(),
    "term": lambda w: w.process.send_signal(signal.SIGTERM),
    "stop": lambda w: execute(w, "stop"),
}


def execute(worker, method, *params):
    """Starts a call."""
    return worker.bus.send(RPC, "Rpc1.Execute", GLib.Variant("(ssa{sv})", (method, json.dumps(params), {})))


def call(worker, method, *params):
    """The result, parsed from JSON."""
    state = execute(worker, method, *params)
    peer.wait_until(lambda: state)
    if "error" in state:
        raise state["error"]
    text, details = state["value"][0]
    assert not details, (method, text)
    return json.loads(text)


class ShutdownTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """Creates a chain with coins, and a mempool; each test gets a copy."""
        cls.ready = tempfile.mkdtemp(prefix="moneyrocket-bus-")
        cls.addClassCleanup(shutil.rmtree, cls.ready, True)
        worker = cls.start_in(cls.ready, "-blockfilterindex")
        call(worker, "generatetoaddress", N_SPENDS, framework.TRUE_ADDRESS)
        call(worker, "generatetoaddress", N_BLOCKS - N_SPENDS, ADDRESS)
        for height in range(1, N_SPENDS + 1):
            coinbase = call(worker, "getblock", call(worker, "getblockhash", height), 2)["tx"][0]
            tx = framework.spend_true([(coinbase["txid"], 0)], [(50 * 10**8 - 1000, framework.TRUE_SCRIPT)])
            call(worker, "sendrawtransaction", tx)
        cls.coins = call(worker, "gettxoutsetinfo", "muhash")["muhash"]
        cls.tip = call(worker, "getbestblockhash")
        assert worker.stop() == 0

    @staticmethod
    def start_in(folder, *args):
        worker = peer.Worker("moneyrocket-node", folder, *args)
        peer.wait_until(lambda: worker.bus.get(NODE, "Node1", "State") in ("ready", "syncing"))
        return worker

    def start(self, *args):
        worker = self.start_in(self.folder, "-blockfilterindex", *args)
        self.addCleanup(worker.stop)
        return worker

    def copy_ready(self):
        self.folder = tempfile.mkdtemp(prefix="moneyrocket-bus-")
        self.addCleanup(shutil.rmtree, self.folder, True)
        shutil.copytree(self.ready, self.folder, dirs_exist_ok=True)
        open(f"{self.folder}/regtest/debug.log", "w").close()

    def log(self):
        with open(f"{self.folder}/regtest/debug.log", encoding="utf-8") as log:
            return log.read()

    def end(self, worker, states=()):
        start = time.monotonic()
        while worker.process.poll() is None and time.monotonic() - start < 60:
            while GLib.MainContext.default().iteration(False):
                pass
            time.sleep(0.005)
        took = time.monotonic() - start
        self.assertEqual(worker.process.poll(), 0)
        flushes = [line.rsplit(" ", 2)[1] for line in self.log().splitlines() if "The last flush took" in line]
        self.assertLess(took - int(flushes[-1]) / 1000, LIMIT)
        self.assertNotIn("CRITICAL", self.log())
        self.assertNotIn("did not end in time", self.log())
        self.assertEqual(self.log().count("Shutdown done"), self.log().count("Shutdown in progress"))
        # Every call completes, even if it is by the end of the connection.
        peer.wait_until(lambda: all(states))

    def stop_each_way(self, begin, check):
        """BEGIN starts calls and returns their states; CHECK inspects the restarted node."""
        for name, way in WAYS.items():
            with self.subTest(name):
                self.copy_ready()
                worker = self.start()
                states = begin(worker)
                way(worker)
                self.end(worker, states)
                worker = self.start(*CHECKED)
                self.assertIs(call(worker, "verifychain", 4, 0), True)
                check(worker)
                self.assertEqual(worker.stop(), 0)

    def check_unchanged(self, worker):
        self.assertEqual(call(worker, "getbestblockhash"), self.tip)
        self.assertEqual(call(worker, "gettxoutsetinfo", "muhash")["muhash"], self.coins)
        peer.wait_until(lambda: call(worker, "getmempoolinfo")["loaded"])
        self.assertEqual(call(worker, "getmempoolinfo")["size"], N_SPENDS)

    def test_waiting_calls(self):
        def begin(worker):
            longpoll = call(worker, "getblocktemplate", {"rules": ["segwit"]})["longpollid"]
            return [execute(worker, method, *params) for method, params in (
                ("waitfornewblock", [0]), ("waitforblock", ["11" * 32, 0]), ("waitforblockheight", [1000000, 0]),
                ("getblocktemplate", [{"rules": ["segwit"], "longpollid": longpoll}])) * 4]
        self.stop_each_way(begin, self.check_unchanged)

    def test_readers(self):
        def begin(worker):
            states = [execute(worker, method, *params) for method, params in (
                ("gettxoutsetinfo", []), ("verifychain", [4, 0]),
                ("scantxoutset", ["start", [f"addr({ADDRESS})"]]),
                ("scanblocks", ["start", [f"addr({ADDRESS})"]]),
                ("dumptxoutset", [f"{self.folder}/latest.dat", "latest"]),
                ("dumptxoutset", [f"{self.folder}/rollback.dat", "rollback", {"rollback": 1}]),
                ("rescanblockchain", [0]))]
            return states + [worker.bus.send(NODE, "Node1.ListBlocks", GLib.Variant("(ua{sv})", (100, {})))
                             for _ in range(20)]

        def check(worker):
            self.assertEqual([name for name in os.listdir(self.folder) if name.endswith(".incomplete")], [])
            self.check_unchanged(worker)
        self.stop_each_way(begin, check)

    def test_generation(self):
        def begin(worker):
            worker.bus.call(NODE, "Node1.Generate", "(usa{sv})", 1000, ADDRESS, {})
            states = [execute(worker, "generatetoaddress", 100000, ADDRESS), execute(worker, "verifychain", 4, 0)]
            peer.wait_until(lambda: worker.bus.get(NODE, "Node1", "Tip")["height"] > N_BLOCKS + 20)
            return states

        def check(worker):
            self.assertEqual(call(worker, "getblockhash", N_BLOCKS), self.tip)
            self.assertGreater(call(worker, "getblockcount"), N_BLOCKS + 20)
        self.stop_each_way(begin, check)

    def test_reorganisation(self):
        """1,000 blocks are disconnected and connected again. Their transactions, and those in the mempool on top of them,
        are not lost."""
        def begin(worker):
            first = call(worker, "getblockhash", N_BLOCKS - 999)
            return [execute(worker, "invalidateblock", first), execute(worker, "reconsiderblock", first)]

        def check(worker):
            call(worker, "reconsiderblock", call(worker, "getblockhash", N_BLOCKS - 1000))
            for tip in call(worker, "getchaintips"):
                call(worker, "reconsiderblock", tip["hash"])
            peer.wait_until(lambda: call(worker, "getbestblockhash") == self.tip)
            self.check_unchanged(worker)
        self.stop_each_way(begin, check)

    def test_mempool(self):
        def begin(worker):
            source = f"{self.folder}/other.dat"
            shutil.copy(f"{self.folder}/regtest/mempool.dat", source)
            return [execute(worker, method, *params)
                    for method, params in (("importmempool", [source]), ("savemempool", [])) * 4]
        self.stop_each_way(begin, self.check_unchanged)

    def test_snapshot_being_loaded(self):
        """Afterwards either all of it is there, or nothing."""
        blocks = known.make_chain(known.BASE_HEIGHT + 10)
        stored, file = f"{self.ready}/blocks.dat", f"{self.ready}/utxo.dat"
        known.write_file(stored, blocks)
        now = f"-mocktime={known.GENESIS_TIME + 1000}"
        self.folder = tempfile.mkdtemp(prefix="moneyrocket-bus-")
        self.addCleanup(shutil.rmtree, self.folder, True)
        full = self.start(f"-loadblock={stored}", now)
        peer.wait_until(lambda: call(full, "getblockcount") == known.BASE_HEIGHT + 10)
        call(full, "dumptxoutset", file, "rollback", {"rollback": known.BASE_HEIGHT})
        self.assertEqual(full.stop(), 0)
        for name, way in WAYS.items():
            with self.subTest(name):
                self.folder = tempfile.mkdtemp(prefix="moneyrocket-bus-")
                self.addCleanup(shutil.rmtree, self.folder, True)
                worker = self.start(now)
                for block in blocks[:known.BASE_HEIGHT]:
                    call(worker, "submitheader", block[:80].hex())
                state = execute(worker, "loadtxoutset", file)
                way(worker)
                self.end(worker, [state])
                worker = self.start(now)
                self.assertIn(call(worker, "getblockcount"), (0, known.BASE_HEIGHT))
                if "value" in state and not state["value"][0][1]:
                    self.assertEqual(call(worker, "getblockcount"), known.BASE_HEIGHT)
                self.assertEqual(worker.stop(), 0)


peer.need("moneyrocket-node")
unittest.main(verbosity=2)
