#!/usr/bin/env python3
"""Loading a large snapshot, and stopping the node in the middle: it exits, starts again without any remains of the
snapshot, and can load it again. Memory stays near the limit of -dbcache.

MONEYROCKET_SNAPSHOT_COINS: how many coins (default 1,300,000; more than a million)."""

import os
import re
import signal
import threading
import time

import framework
import snapshot_chain as known
from framework import RpcError, wait_until

COINS = int(os.environ.get("MONEYROCKET_SNAPSHOT_COINS", "1300000"))
N = known.BASE_HEIGHT
BEFORE = 20
DBCACHE_MB = 8


class Loading(threading.Thread):
    """A call of loadtxoutset in another thread; `answer` is its result."""

    def __init__(self, node, path):
        super().__init__(daemon=True)
        self.node, self.path, self.answer = node, path, None
        self.start()

    def run(self):
        try:
            self.answer = self.node.rpc.loadtxoutset(str(self.path))
        except (RpcError, OSError, ValueError, framework.http.client.HTTPException, AssertionError) as error:
            self.answer = error


class LargeSnapshot(framework.NodeTest):
    def setUp(self):
        super().setUp()
        self.blocks = known.make_chain(N)
        self.file = self.folder / "utxo.dat"
        self.large = self.folder / "large.dat"
        known.write_large(self.large, COINS)
        control = self.start_node(f"-mocktime={known.GENESIS_TIME + 1000}")
        self.submit(control, 1, N)
        control.rpc.dumptxoutset(str(self.file), "latest")
        self.assertEqual(control.stop(), 0)
        self.node = self.start_node(f"-dbcache={DBCACHE_MB}", f"-mocktime={known.GENESIS_TIME + 1000}")
        for block in self.blocks:
            self.node.rpc.submitheader(block[:80].hex())
        self.submit(self.node, 1, BEFORE)

    def submit(self, node, first, last):
        for block in self.blocks[first - 1:last]:
            self.assertIsNone(node.rpc.submitblock(block.hex()))

    def load_half(self):
        before = self.node.log().count("coins loaded")
        loading = Loading(self.node, self.large)
        wait_until(lambda: self.node.log().count("coins loaded") > before, "a million coins")
        self.assertTrue((self.node.network_folder / "chainstate_snapshot").exists())
        return loading

    def check_nothing_left(self):
        self.assertEqual(self.node.rpc.getblockcount(), BEFORE)
        self.assertEqual(len(self.node.rpc.getchainstates()["chainstates"]), 1)
        self.assertFalse((self.node.network_folder / "chainstate_snapshot").exists())

    def test_stopped_half_way(self):
        node = self.node
        ends = (("stop", lambda: node.rpc.stop(), 0), ("SIGTERM", lambda: node.process.send_signal(signal.SIGTERM), 0),
                ("SIGKILL", lambda: node.process.send_signal(signal.SIGKILL), -9))
        for what, end, wanted in ends:
            loading = self.load_half()
            start = time.monotonic()
            end()
            self.assertEqual(node.wait_for_exit(), wanted, what)
            stopped = time.monotonic()
            loading.join()
            # The reply may not have arrived.
            self.assertIsInstance(loading.answer, Exception, what)
            if isinstance(loading.answer, RpcError) and loading.answer.code != -28:
                self.assertIn("Population failed: Aborting after an interrupt was requested", loading.answer.message)
            node.start()
            print(f"# {what}: ended after {stopped - start:.2f} s, started in {time.monotonic() - stopped:.2f} s; "
                  f"the answer: {loading.answer}")
            self.assertEqual(node.errors(), "")
            self.check_nothing_left()
        self.assertEqual(node.rpc.loadtxoutset(str(self.file))["coins_loaded"], N)
        self.submit(node, BEFORE + 1, N - 1)
        self.assertIn(node.rpc.submitblock(self.blocks[N - 1].hex()), (None, "inconclusive"))
        wait_until(lambda: len(node.rpc.getchainstates()["chainstates"]) == 1, "the end of the background")

    def memory_mb(self, key):
        with open(f"/proc/{self.node.process.pid}/status") as file:
            return int(re.search(key + r":\s+(\d+) kB", file.read())[1]) / 1024

    def test_memory(self):
        before = self.memory_mb("RssAnon")
        loading = Loading(self.node, self.large)
        peak = 0
        while loading.is_alive():
            peak = max(peak, self.memory_mb("RssAnon"))
            # The chain can be used in the meantime.
            self.assertEqual(self.node.rpc.getblockcount(), BEFORE)
            loading.join(0.02)
        self.assertIn("Bad snapshot content hash", str(loading.answer))
        self.check_nothing_left()
        print(f"# {COINS} coins, -dbcache={DBCACHE_MB}: at most {peak - before:.0f} MiB more than before")
        # Each coin takes about a hundred bytes in the cache; coins that are being written are in addition to the cache.
        self.assertLess(peak - before, COINS * 100 / (1 << 20) / 2)


if __name__ == "__main__":
    framework.main()
