#!/usr/bin/env python3
"""A disk that is full or fails, at any call: a clear message and exit code 1; after a normal start nothing that was
acknowledged is missing, and no block is marked invalid.

MONEYROCKET_DISK_CASES: how many cases (default 30); MONEYROCKET_TEST_SEED: which."""

import errno
import os
import random
import re
import shutil
import subprocess
import sys

import framework
from framework import ROOT, TRUE_SCRIPT, RpcError, spend_true, wait_until

CASES = int(os.environ.get("MONEYROCKET_DISK_CASES", "30"))
SEED = int(os.environ.get("MONEYROCKET_TEST_SEED", "1"))
INDEXES = ("-txindex", "-blockfilterindex", "-coinstatsindex", "-txospenderindex")
ARGS = ("-fastprune", "-dbcache=4", "-dbbatchsize=2000", "-checkblocks=0", "-checklevel=4", *INDEXES)
BLOCKS = 140 + 1 + 160 + 30  # arguments of make-chain
NO_ANSWER = (OSError, ValueError, framework.http.client.HTTPException, framework.Unauthorized)

# (path, operation, the maximum number of calls that succeed first)
PLACES = [("/blocks/blk", "write", 30), ("/blocks/rev", "write", 30), ("/blocks/index/", "write", 30),
          ("/chainstate/", "write", 80), ("/indexes/txindex/", "write", 30), ("/fltr", "write", 30),
          ("/blockfilter/basic/db/", "write", 30), ("/coinstatsindex/", "write", 30), ("/txospenderindex/", "write", 30),
          ("/blocks/blk", "sync", 6), ("/blocks/rev", "sync", 6), ("/blocks/index/", "sync", 10),
          ("/chainstate/", "sync", 10), ("/fltr", "sync", 2),
          ("/blocks/blk", "read", 200), ("/blocks/rev", "read", 200), ("/blocks/index/", "read", 6),
          ("/chainstate/", "read", 6), ("/indexes/txindex/", "read", 6), ("/coinstatsindex/", "read", 6),
          ("/blocks/xor.dat", "read", 1), ("/regtest/", "write", 200), ("/regtest/", "sync", 40)]


class FaultyDisk(framework.NodeTest):
    def build(self):
        compiler = shutil.which("cc") or shutil.which("gcc")
        if compiler is None:
            self.skipTest("there is no C compiler for the library that simulates a failing disk")
        self.library = self.folder / "faulty_disk.so"
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", self.library,
                        ROOT / "tests" / "functional" / "support" / "faulty_disk.c", "-ldl"], check=True)
        node = self.start_node(*ARGS)
        rpc = node.rpc
        coins = framework.mine_coins(node, 6)
        for txid, vout, amount in coins:
            outputs = [((amount - 40000) // 40, TRUE_SCRIPT)] * 40
            rpc.sendrawtransaction(spend_true([(txid, vout)], outputs))
        self.unspent = rpc.getblock(rpc.generatetoaddress(1, framework.ADDRESS)[0], 1)["tx"][1:]
        node.restart()
        node.restart()
        self.assertEqual(node.stop(), 0)
        self.node = node
        self.good = self.folder / "good"
        shutil.move(node.network_folder, self.good)

    def work(self):
        """Blocks with payments, a reorganisation, flushes, and reads; records what was acknowledged."""
        rpc = self.node.rpc
        seen = []
        for i, txid in enumerate(self.unspent[:3]):
            value = int(rpc.gettxout(txid, i)["value"] * 100000000)
            rpc.sendrawtransaction(spend_true([(txid, i)], [((value - 20000) // 8, TRUE_SCRIPT)] * 8))
            seen += rpc.generatetoaddress(8, framework.ADDRESS)
            self.acknowledged = list(seen)
            rpc.gettxoutsetinfo()
        for block in seen[-3:]:
            rpc.getblock(block, 3)
        rpc.invalidateblock(seen[-2])
        rpc.reconsiderblock(seen[-2])
        rpc.gettxoutsetinfo("muhash")
        rpc.getblockfilter(seen[0])
        rpc.getrawtransaction(self.unspent[0], 2)

    def assert_reported(self, what, code):
        errors = self.node.errors()
        self.assertEqual(code, 1, (what, errors))
        self.assertRegex(errors, "(?m)^Error: .{20,}", what)
        return errors

    def run_case(self, path, op, number, after):
        what = f"{op} {errno.errorcode[number]} after {after} at {path}"
        shutil.rmtree(self.node.network_folder, ignore_errors=True)
        shutil.copytree(self.good, self.node.network_folder)
        self.acknowledged = []
        node = self.node
        node.start(wait=False, env={"LD_PRELOAD": str(self.library), "FAULT_PATH": path, "FAULT_OP": op,
                                    "FAULT_ERRNO": str(number), "FAULT_AFTER": str(after)})
        told = None
        try:
            wait_until(lambda: node.process.poll() is not None or self.answers(), "a start, or an exit")
            if node.process.poll() is None:
                self.work()
        except RpcError as error:
            told = error.message
            self.assertGreater(len(told), 10, what)
        except NO_ANSWER:
            pass
        try:
            node.rpc.stop()
        except (RpcError, *NO_ANSWER):
            pass
        code = node.wait_for_exit()
        hit = code != 0 or told is not None
        if code != 0:
            message = self.assert_reported(what, code)
            if number == errno.ENOSPC:
                self.assertRegex(message, "full|No space", what)
        if os.environ.get("MONEYROCKET_DISK_VERBOSE"):
            print(what, code, told, node.errors().strip().splitlines()[-1:], flush=True)
        self.check_afterwards(what)
        return hit

    def answers(self):
        try:
            self.node.rpc.getblockcount()
            return True
        except (RpcError, *NO_ANSWER):
            return False

    def check_afterwards(self, what):
        """A normal start, which checks all blocks: nothing that was acknowledged is missing, and the results agree."""
        self.node.start()
        rpc = self.node.rpc
        self.assertEqual([t for t in rpc.getchaintips() if t["status"] == "invalid"], [], what)
        for block in self.acknowledged:
            self.assertGreaterEqual(rpc.getblockheader(block)["confirmations"], 1, what)
        walked = rpc.gettxoutsetinfo("muhash", None, False)["muhash"]
        wait_until(lambda: all(i["synced"] for i in rpc.getindexinfo().values()), "the indexes")
        self.assertEqual(rpc.gettxoutsetinfo("muhash")["muhash"], walked, what)
        self.assertEqual(self.node.stop(), 0, what)

    def test_every_place(self):
        self.build()
        rng = random.Random(SEED)
        hits = 0
        for case in range(CASES):
            path, op, most = PLACES[case % len(PLACES)]
            number = rng.choice([errno.ENOSPC, errno.EIO]) if op == "write" else errno.EIO
            hits += self.run_case(path, op, number, rng.randrange(most))
        print(f"# {CASES} cases, {hits} of them hit")
        self.assertGreater(hits, CASES // 3)

    def test_flush_meanwhile(self):
        """The disk fails while coins are flushed during an import, which needs more of them than fit in the cache."""
        self.build()
        chain = self.folder / "chain.dat"
        subprocess.run([sys.executable, ROOT / "tests" / "bench" / "make-chain", chain, "--transactions", "160000",
                        "--empty", "30"], check=True, stdout=subprocess.DEVNULL)
        # The coins cache also uses the unused memory of the mempool.
        words = ("-dbcache=4", "-maxmempool=5", "-dbbatchsize=20000", "-debug=coindb", "-checkblocks=0")
        node = self.start_node(*words, f"-loadblock={chain}")
        wait_until(lambda: node.rpc.getblockcount() == BLOCKS, "the import")
        expected = node.rpc.gettxoutsetinfo("muhash")["muhash"]
        self.assertEqual(node.stop(), 0)
        writes = len(re.findall(r"Writing chainstate to disk: height", node.log()))
        self.assertGreater(writes, 4)
        for op, after in (("write", 40), ("write", 150), ("sync", 8)):
            what = f"{op} fails after {after}"
            shutil.rmtree(node.network_folder)
            node.start(wait=False, env={"LD_PRELOAD": str(self.library), "FAULT_PATH": "/chainstate/", "FAULT_OP": op,
                                        "FAULT_ERRNO": str(errno.EIO), "FAULT_AFTER": str(after)})
            self.node = node
            self.assert_reported(what, node.wait_for_exit())
            node.start()
            wait_until(lambda: node.rpc.getblockcount() == BLOCKS, "the import, once more")
            self.assertEqual(node.rpc.gettxoutsetinfo("muhash")["muhash"], expected, what)
            self.assertEqual([t for t in node.rpc.getchaintips() if t["status"] == "invalid"], [], what)
            self.assertEqual(node.stop(), 0)

    def test_mapped_table(self):
        """A table of the database is truncated while the node is running."""
        node = self.start_node("-dbcache=4")
        coins = framework.mine_coins(node, 2)
        for txid, vout, amount in coins:
            node.rpc.sendrawtransaction(spend_true([(txid, vout)], [((amount - 40000) // 500, TRUE_SCRIPT)] * 500))
        node.rpc.generatetoaddress(1, framework.ADDRESS)
        node.restart()
        node.restart()
        tables = list((node.network_folder / "chainstate").glob("*.ldb"))
        saved = {p: p.read_bytes() for p in tables}
        for table in tables:
            os.truncate(table, 0)
        with self.assertRaises(NO_ANSWER):
            node.rpc.gettxoutsetinfo()
        self.assertEqual(node.wait_for_exit(), 1)
        self.assertRegex(node.errors(), r"Error: The file \S+/chainstate/\d+\.ldb could not be read")
        self.assertIn(node.errors().strip().splitlines()[-1], node.log())
        for table, data in saved.items():
            table.write_bytes(data)
        node.start()
        self.assertEqual(node.rpc.getblockcount(), 103)


class FullDisk(framework.NodeTest):
    """A separate file system that is really full."""

    SIZE = 140 << 20

    def setUp(self):
        super().setUp()
        self.mounted = self.folder / "node" / "regtest"
        self.mounted.mkdir(parents=True)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self.SIZE}", "tmpfs", self.mounted],
                              capture_output=True, text=True)
        if done.returncode != 0:
            self.skipTest(f"a file system cannot be mounted here: {done.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", "-l", self.mounted])

    def leave(self, left):
        """Fills the disk until this many bytes are left."""
        ballast = self.mounted / "ballast"
        stat = os.statvfs(self.mounted)
        with open(ballast, "ab") as file:
            os.posix_fallocate(file.fileno(), file.tell(), max(stat.f_bavail * stat.f_frsize - left, 1))
        return ballast

    def test_full(self):
        node = framework.Node(self.folder / "node", args=["-fastprune"])
        self.nodes.append(node)
        node.start()
        hashes = node.rpc.generatetoaddress(20, framework.ADDRESS)
        ballast = self.leave(10 << 20)
        with self.assertRaises((RpcError, *NO_ANSWER)):
            for _ in range(100):
                node.rpc.generatetoaddress(20, framework.ADDRESS)
        self.assertEqual(node.wait_for_exit(), 1)
        self.assertRegex(node.errors(), "Error: The disk is full.*Free some space")
        # No space at all is left: there is still a message, and again at every start.
        for left in (1 << 20, 0):
            ballast = self.leave(left)
            for _ in range(2):
                node.start(wait=False)
                try:
                    node.wait_for_rpc()
                    node.rpc.generatetoaddress(1, framework.ADDRESS)
                except (AssertionError, RpcError, *NO_ANSWER):
                    pass
                self.assertEqual(node.wait_for_exit(), 1)
                self.assertRegex(node.errors(), "Error: .*(full|space)")
        ballast.unlink()
        node.start()
        self.assertEqual([node.rpc.getblockhash(h) for h in range(1, 21)], hashes)
        self.assertTrue(node.rpc.verifychain(4, 0))
        self.assertEqual([t for t in node.rpc.getchaintips() if t["status"] == "invalid"], [])
        self.assertEqual(node.stop(), 0)


if __name__ == "__main__":
    framework.main()
