"""UTXO snapshots of our node and the reference: the files are equal, each loads the other's, and either continues and
completes the background validation that the other has started in a data directory."""

import os
import random
import re

import framework
import reference
import snapshot_chain as known
from framework import wait_until

N = known.BASE_HEIGHT
TIME = f"-mocktime={known.GENESIS_TIME + 1000}"


class Snapshot(reference.PairTest):
    @classmethod
    def setUpClass(cls):
        cls.blocks = known.make_chain(N + 20)

    def make(self, ours, folder=None, *args):
        if folder is None:
            folder = self.folder / f"node{len(self.nodes)}"
        kind = framework.Node if ours else reference.ReferenceNode
        node = kind(folder, args=(TIME, "-checklevel=4", "-checkblocks=0", *args))
        self.nodes.append(node)
        return node.start()

    def fill(self, node, first, last, headers=0):
        for block in self.blocks[:headers]:
            node.rpc.submitheader(block[:80].hex())
        return [node.rpc.submitblock(block.hex()) for block in self.blocks[first - 1:last]]

    def dump(self, ours):
        node = self.make(ours)
        self.fill(node, 1, N)
        path = self.folder / f"{'ours' if ours else 'theirs'}.dat"
        result = node.rpc.dumptxoutset(str(path), "latest")
        del result["path"]
        self.assertEqual(node.stop(), 0)
        return path, result

    @staticmethod
    def heights(node):
        return [state["blocks"] for state in node.rpc.getchainstates()["chainstates"]]

    def state(self, node):
        states = node.rpc.getchainstates()
        for state in states["chainstates"]:
            for key in ("coins_db_cache_bytes", "coins_tip_cache_bytes", "verificationprogress"):
                state.pop(key)
        info = node.rpc.getblockchaininfo()
        coins = node.rpc.gettxoutsetinfo()
        coins.pop("disk_size")
        tips = sorted(node.rpc.getchaintips(), key=lambda tip: tip["hash"])
        return states, info.get("backgroundvalidation"), coins, tips, [self.ask(node, n) for n in (20, 100, N - 1, N)]

    @staticmethod
    def ask(node, height):
        """The reply about a block that may not be stored yet."""
        block = node.rpc.getblockhash(height)
        answers = [node.rpc.getblockheader(block), node.rpc.getchaintxstats(1, block)]
        for method, *args in (("getblock", block), ("getblockstats", height)):
            try:
                answers.append(node.rpc.call(method, *args))
            except framework.RpcError as error:
                answers.append((error.code, error.message))
        return answers

    def hand_on(self, start):
        """A folder is passed from one to the other at every stage."""
        folder = self.folder / "shared"
        ours, before = start, None
        steps = (lambda node: (self.fill(node, 1, 30, headers=N), node.rpc.loadtxoutset(str(self.snapshot))),
                 lambda node: self.fill(node, N + 1, N + 5),
                 lambda node: self.fill(node, 31, 90),
                 lambda node: self.fill(node, N + 6, N + 10),
                 lambda node: self.fill(node, 100, 150),
                 lambda node: self.fill(node, 91, 99),
                 lambda node: self.fill(node, 151, N))
        for step in steps:
            node = self.make(ours, folder)
            if before is not None:
                self.assertEqual(self.state(node), before)
            step(node)
            before = self.state(node)
            if step is steps[-1]:
                wait_until(lambda: len(self.heights(node)) == 1, "the end of the background")
            self.assertEqual(node.stop(), 0)
            ours = not ours
        for height in (N + 10, N + 11):
            node = self.make(ours, folder)
            self.assertEqual(self.heights(node), [height])
            self.assertFalse((folder / "regtest" / "chainstate_snapshot").exists())
            self.assertTrue(node.rpc.verifychain(4, 0))
            self.assertEqual(self.fill(node, height + 1, height + 1), [None])
            self.assertEqual(node.stop(), 0)
            ours = not ours

    def test_files(self):
        paths = [self.dump(ours) for ours in (True, False)]
        self.assertEqual(paths[0][1], paths[1][1])
        self.assertEqual(paths[0][1]["txoutset_hash"], known.COINS_HASH)
        self.assertEqual(paths[0][0].read_bytes(), paths[1][0].read_bytes())
        self.snapshot = paths[0][0]
        answers = []
        for ours in (True, False):
            node = self.make(ours)
            self.fill(node, 1, 50, headers=N)
            loaded = node.rpc.loadtxoutset(str(self.snapshot))
            answers.append((loaded, self.state(node), self.fill(node, N + 1, N + 3), self.fill(node, N, N),
                            self.fill(node, 51, 60), self.fill(node, 70, 71), self.state(node)))
            self.assertEqual(node.stop(), 0)
        self.assertEqual(answers[0], answers[1])

    def test_damaged(self):
        """The errors of both for a file with a changed byte, or a truncated one."""
        rng = random.Random(int(os.environ.get("MONEYROCKET_TEST_SEED", "1")))
        self.snapshot = self.dump(True)[0]
        good = self.snapshot.read_bytes()
        nodes = [self.make(True), self.make(False)]
        for node in nodes:
            self.fill(node, 1, 50, headers=N)
        bad = self.folder / "bad.dat"
        cases = [good[:n] for n in [*range(0, 54), *rng.sample(range(54, len(good)), 15), len(good) - 1]] + [good + b"\0"]
        for at in [*range(0, 51), *range(51, 51 + 80), *rng.sample(range(131, len(good)), 60)]:
            cases.append(good[:at] + bytes([good[at] ^ 1 << rng.randrange(8)]) + good[at + 1:])
        for data in cases:
            bad.write_bytes(data)
            answers = []
            for node in nodes:
                try:
                    answers.append(node.rpc.loadtxoutset(str(bad)))
                except framework.RpcError as error:
                    # The names of the reference's functions are not compared.
                    answers.append((error.code, re.sub("AutoFile::read: |: iostream error", "", error.message)))
            changed = next((i for i, (a, b) in enumerate(zip(good, data)) if a != b), None)
            self.assertEqual(*answers, (len(data), changed))
        for node in nodes:
            self.assertEqual(node.rpc.loadtxoutset(str(self.snapshot))["coins_loaded"], N)
            self.assertEqual(node.stop(), 0)

    def test_started_by_ours(self):
        self.snapshot = self.dump(True)[0]
        self.hand_on(True)

    def test_started_by_the_reference(self):
        self.snapshot = self.dump(True)[0]
        self.hand_on(False)


if __name__ == "__main__":
    reference.main()
