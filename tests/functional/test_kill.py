#!/usr/bin/env python3
"""kill -9 at random moments of importing, reorganising, flushing, pruning, reindexing, building indexes, and loading a
snapshot. Every restart works without any option, and at the end the coins and the indexes are those of a node that was
never killed.

MONEYROCKET_KILLS: how many (default 20, divided among the tests); MONEYROCKET_TEST_SEED: which moments (default: different
ones in each run)."""

import os
import pathlib
import random
import re
import shutil
import threading
import time

import framework
import snapshot_chain as known
from framework import TRUE_SCRIPT, RpcError, spend_true, wait_until

KILLS = int(os.environ.get("MONEYROCKET_KILLS", "20"))
SEED = int(os.environ.get("MONEYROCKET_TEST_SEED", "0")) or random.SystemRandom().randrange(1, 10**9)
VECTORS = pathlib.Path(os.environ.get("MONEYROCKET_VECTORS", framework.ROOT.parent / "shared" / "vectors"))
INDEXES = ("-txindex", "-blockfilterindex", "-coinstatsindex", "-txospenderindex")
# Pruning is incompatible with the two that find transactions in files.
PRUNE_INDEXES = ("-blockfilterindex", "-coinstatsindex")
SMALL = ("-dbcache=4", "-dbbatchsize=3000", "-fastprune")
NO_ANSWER = (OSError, ValueError, framework.http.client.HTTPException, framework.Unauthorized, RpcError)


class Kills(framework.NodeTest):
    def setUp(self):
        super().setUp()
        print(f"# MONEYROCKET_TEST_SEED={SEED}", flush=True)
        self.random = random.Random(f"{SEED} {self.id()}")

    def values(self, rpc, n_indexes):
        """The results of the coins and the indexes at the tip."""
        wait_until(lambda: len(rpc.getindexinfo()) == n_indexes and all(
            i["synced"] and i["best_block_height"] == rpc.getblockcount() for i in rpc.getindexinfo().values()),
            "the indexes at the tip")
        tip = rpc.getbestblockhash()
        coins = rpc.gettxoutsetinfo()
        return {"tip": tip, "coins": coins["hash_serialized_3"], "txouts": coins["txouts"],
                "walked": rpc.gettxoutsetinfo("muhash", None, False)["muhash"],
                "index": rpc.gettxoutsetinfo("muhash")["muhash"], "filter": rpc.getblockfilter(tip)}

    def kill_at(self, node, most, *args, work=None):
        """Starts with ARGS, calls WORK, and kills the node up to MOST seconds later."""
        node.start(*args, wait=False)
        end = time.monotonic() + self.random.random() ** 2 * most
        try:
            while work is not None and time.monotonic() < end and node.process.poll() is None:
                work()
        except NO_ANSWER:
            pass
        while time.monotonic() < end and node.process.poll() is None:
            time.sleep(0.002)
        code = node.kill()
        self.assertIn(code, (0, -9), node.errors())

    def check_start(self, node):
        """Restarts without any option; no reindex may be requested."""
        node.start()
        self.assertEqual(node.errors(), "")

    def wait_reindexed(self, node):
        """Waits for a reindex that continues from an earlier run, if there is one."""
        run = node.log().rsplit("initload thread start", 1)[1]
        if re.search(r"Reindexing \d", run):
            wait_until(lambda: "Reindexing finished" in node.log().rsplit("initload thread start", 1)[1], "the reindex")

    def test_import(self):
        path = VECTORS / "chain" / "testnet3_0-4000.dat"
        if not path.exists():
            self.skipTest(f"{path} does not exist")
        load = f"-loadblock={path}"
        control = self.make_node(*INDEXES, load, network="test")
        control.network_folder = control.folder / "testnet3"
        control.start()
        wait_until(lambda: control.rpc.getblockcount() == 4000, "the import")
        expected = self.values(control.rpc, 4)
        self.assertEqual(control.stop(), 0)
        node = self.make_node(*SMALL, *INDEXES, network="test")
        node.network_folder = node.folder / "testnet3"
        kills = max(KILLS // 4, 2)
        for _ in range(kills):
            self.kill_at(node, 2.5, load)
            if self.random.random() < 0.3:
                self.check_start(node)
                node.kill()
        self.check_start(node)
        node.kill()
        node.start(load)
        wait_until(lambda: node.rpc.getblockcount() == 4000, "the import")
        self.assertEqual(self.values(node.rpc, 4), expected)
        self.assertTrue(node.rpc.verifychain(4, 1000))

    def make_branches(self):
        """A control node with a chain of 120 blocks, and the blocks of two branches on it, the second one longer, both with
        spends."""
        control = self.start_node(*SMALL, *INDEXES)
        rpc = control.rpc
        coins = framework.mine_coins(control, 10)
        base = [rpc.getblock(rpc.getblockhash(h), 0) for h in range(1, rpc.getblockcount() + 1)]
        branches = []
        for n, fee in ((8, 1000), (10, 2000)):
            for txid, vout, amount in coins:
                outputs = [((amount - fee * 40) // 40, TRUE_SCRIPT)] * 40
                rpc.sendrawtransaction(spend_true([(txid, vout)], outputs))
            hashes = rpc.generatetoaddress(n, framework.ADDRESS)
            branches.append([rpc.getblock(h, 0) for h in hashes])
            first = hashes[0]
            if n == 8:
                rpc.invalidateblock(first)
                # The first branch's payments must not be mined again.
                control.stop()
                (control.network_folder / "mempool.dat").unlink(missing_ok=True)
                control.start()
        wait_until(lambda: rpc.getblockcount() == len(base) + 10, "the longer branch")
        return control, base, branches

    def test_reorganise_and_flush(self):
        control, base, branches = self.make_branches()
        expected = self.values(control.rpc, 4)
        node = self.start_node(*SMALL, *INDEXES)
        rpc = node.rpc
        for block in base:
            rpc.submitblock(block)
        self.assertEqual(node.stop(), 0)
        fork = len(base)

        def work():
            node.wait_for_rpc()
            for branch in branches:
                for block in branch:
                    rpc.submitblock(block)
                if self.random.random() < 0.5:
                    rpc.gettxoutsetinfo()
            above = rpc.getblockhash(fork + self.random.randrange(1, 8))
            rpc.invalidateblock(above)
            if self.random.random() < 0.5:
                rpc.gettxoutsetinfo()
            rpc.reconsiderblock(above)

        for _ in range(max(KILLS // 4, 2)):
            self.kill_at(node, 1.2, work=work)
        self.check_start(node)
        self.finish(node, base, branches, expected)

    def finish(self, node, base, branches, expected):
        rpc = node.rpc
        for tip in rpc.getchaintips():
            if tip["status"] == "invalid":
                rpc.reconsiderblock(tip["hash"])
        for block in base + branches[0] + branches[1]:
            rpc.submitblock(block)
        self.assertEqual(self.values(rpc, 4), expected)
        self.assertTrue(rpc.verifychain(4, 0))

    def test_reindex(self):
        node, base, branches = self.make_branches()
        expected = self.values(node.rpc, 4)
        self.assertEqual(node.stop(), 0)
        for _ in range(max(KILLS // 4, 2)):
            order = self.random.choice([("-reindex",), ("-reindex-chainstate",), ()])
            self.kill_at(node, 0.7, *order)
        # No blocks are submitted: the node has them.
        self.check_start(node)
        self.wait_reindexed(node)
        wait_until(lambda: node.rpc.getbestblockhash() == expected["tip"], "the tip")
        self.assertEqual(self.values(node.rpc, 4), expected)

    def test_prune(self):
        control = self.start_node(*SMALL, *PRUNE_INDEXES)
        blocks = [control.rpc.getblock(h, 0) for h in control.rpc.generatetoaddress(800, framework.ADDRESS)]
        expected = self.values(control.rpc, 2)
        self.assertEqual(control.stop(), 0)
        node = self.start_node(*SMALL, *PRUNE_INDEXES, "-prune=1")
        for block in blocks[:500]:
            node.rpc.submitblock(block)
        node.kill()

        def work():
            node.wait_for_rpc()
            for block in blocks[500:]:
                node.rpc.submitblock(block)
                if self.random.random() < 0.1:
                    node.rpc.pruneblockchain(self.random.randrange(150, 512))

        for _ in range(max(KILLS // 4, 2)):
            self.kill_at(node, 1.5, work=work)
        self.check_start(node)
        for block in blocks[500:]:
            node.rpc.submitblock(block)
        self.assertEqual(self.values(node.rpc, 2), expected)
        node.rpc.pruneblockchain(400)
        self.assertGreater(node.rpc.getblockchaininfo()["pruneheight"], 100)
        self.assertTrue(node.rpc.verifychain(4, 288))

    def make_snapshot(self):
        """Blocks, a snapshot of the coins after one of them, and the hash of the coins at the end."""
        blocks = known.make_chain(known.BASE_HEIGHT + 20)
        control = self.start_node(f"-mocktime={known.GENESIS_TIME + 1000}")
        for block in blocks:
            control.rpc.submitblock(block.hex())
        path = self.folder / "utxo.dat"
        control.rpc.dumptxoutset(str(path), "rollback", {"rollback": known.BASE_HEIGHT})
        expected = control.rpc.gettxoutsetinfo()
        self.assertEqual(control.stop(), 0)
        return blocks, path, expected

    def start_from_snapshot(self, node, blocks, path):
        """Continues from any state to the end: what is there already is rejected, or skipped."""
        rpc = node.rpc
        for block in blocks[:known.BASE_HEIGHT]:
            rpc.submitheader(block[:80].hex())
        if rpc.getblockcount() < known.BASE_HEIGHT:
            rpc.loadtxoutset(str(path))
        for block in blocks[known.BASE_HEIGHT:] + blocks[:known.BASE_HEIGHT]:
            rpc.submitblock(block.hex())
        wait_until(lambda: len(rpc.getchainstates()["chainstates"]) == 1, "the end of the background")

    def check_snapshot(self, node, seen):
        """After a kill there is either all of the snapshot, or nothing of it."""
        self.check_start(node)
        states = node.rpc.getchainstates()["chainstates"]
        begun = node.rpc.getblockcount() >= known.BASE_HEIGHT
        if not begun:
            self.assertEqual(len(states), 1)
            self.assertFalse((node.network_folder / "chainstate_snapshot").exists())
        seen.add("nothing" if not begun else "validating" if len(states) == 2 else "over")
        self.assertEqual([t for t in node.rpc.getchaintips() if t["status"] == "invalid"], [])
        return begun and len(states) == 1

    def finish_snapshot(self, node, blocks, path, expected):
        self.start_from_snapshot(node, blocks, path)
        node.restart()
        self.assertFalse((node.network_folder / "chainstate_snapshot").exists())
        coins = node.rpc.gettxoutsetinfo()
        for key in ("bestblock", "txouts", "hash_serialized_3"):
            self.assertEqual(coins[key], expected[key])
        self.assertTrue(node.rpc.verifychain(4, 0))
        self.assertEqual(node.stop(), 0)
        shutil.rmtree(node.network_folder)

    def test_snapshot(self):
        blocks, path, expected = self.make_snapshot()
        node = self.make_node("-dbcache=4", "-dbbatchsize=300", "-fastprune", f"-mocktime={known.GENESIS_TIME + 1000}")
        seen = set()
        for _ in range(max(KILLS // 2, 4)):
            timer = threading.Timer(self.random.random() * 1.2, node.start(wait=False).process.kill)
            timer.start()
            try:
                node.wait_for_rpc()
                self.start_from_snapshot(node, blocks, path)
                node.rpc.stop()
            except (AssertionError, *NO_ANSWER):
                pass
            self.assertIn(node.wait_for_exit(), (0, -9), node.errors())
            timer.cancel()
            if self.check_snapshot(node, seen) or self.random.random() < 0.3:
                self.finish_snapshot(node, blocks, path, expected)
            else:
                node.kill()
        self.check_start(node)
        self.finish_snapshot(node, blocks, path, expected)
        print(f"# found after the kills: {', '.join(sorted(seen))}")


if __name__ == "__main__":
    framework.main()
