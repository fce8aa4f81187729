#!/usr/bin/env python3
"""A chain that starts from a snapshot, and a failing disk: a file that is truncated, changed or unreadable, and a disk that
is full or fails at any call while the snapshot is loaded, while the blocks below it are validated, and while its coins
replace the others. Either there is an error and the node continues, or it exits with a message and code 1; after a normal
start nothing that was acknowledged is missing, nothing is left of an incomplete snapshot, and the same state is reached.

MONEYROCKET_DISK_CASES: how many cases (default 30); MONEYROCKET_TEST_SEED: which."""

import errno
import os
import random
import shutil
import subprocess
import threading

import framework
import snapshot_chain as known
from framework import ROOT, RpcError, wait_until

CASES = int(os.environ.get("MONEYROCKET_DISK_CASES", "30"))
SEED = int(os.environ.get("MONEYROCKET_TEST_SEED", "1"))
VERBOSE = os.environ.get("MONEYROCKET_DISK_VERBOSE")
N = known.BASE_HEIGHT
BEFORE, ABOVE = 150, 20
NO_ANSWER = (OSError, ValueError, framework.http.client.HTTPException, framework.Unauthorized)

# (path, operation, the maximum number of calls that succeed first)
PLACES = [("/chainstate_snapshot/", "write", 40), ("/chainstate_snapshot/", "sync", 30),
          ("/chainstate_snapshot/", "read", 6), ("/chainstate_snapshot/base_blockhash", "write", 1),
          ("/chainstate_snapshot/base_blockhash", "sync", 1), ("/chainstate/", "write", 20), ("/chainstate/", "sync", 8),
          ("/chainstate/", "read", 6), ("/blocks/index/", "write", 10), ("/blocks/rev", "write", 6),
          ("/regtest", "write", 120), ("/regtest", "sync", 60), ("utxo.dat", "read", 3)]


class SnapshotTest(framework.NodeTest):
    @classmethod
    def setUpClass(cls):
        cls.blocks = known.make_chain(N + ABOVE)

    def setUp(self):
        super().setUp()
        self.file = self.folder / "utxo.dat"
        control = self.start_node(f"-mocktime={known.GENESIS_TIME + 1000}")
        self.submit(control, 1, N)
        control.rpc.dumptxoutset(str(self.file), "latest")
        self.submit(control, N + 1, N + ABOVE)
        self.expected = self.coins(control)
        self.assertEqual(control.stop(), 0)
        self.good = self.file.read_bytes()
        self.acknowledged = 0
        self.node = self.make_node("-fastprune", "-dbcache=4", "-dbbatchsize=1000",
                                   f"-mocktime={known.GENESIS_TIME + 1000}")

    def submit(self, node, first, last):
        for block in self.blocks[first - 1:last]:
            self.assertIn(node.rpc.submitblock(block.hex()), (None, "duplicate", "inconclusive"))

    @staticmethod
    def coins(node):
        info = node.rpc.gettxoutsetinfo()
        return {key: info[key] for key in ("height", "bestblock", "txouts", "hash_serialized_3")}

    def prepare(self):
        """Starts a node with some blocks and all headers up to the snapshot's."""
        self.node.start()
        for block in self.blocks[:N]:
            self.node.rpc.submitheader(block[:80].hex())
        self.submit(self.node, 1, BEFORE)

    def folder_exists(self):
        return (self.node.network_folder / "chainstate_snapshot").exists()

    def states(self):
        return self.node.rpc.getchainstates()["chainstates"]

    def complete(self):
        """Continues from any state to the end of the validation."""
        node = self.node
        if node.rpc.getblockcount() < N:
            node.rpc.loadtxoutset(str(self.file))
        self.submit(node, N + 1, N + ABOVE)
        node.rpc.gettxoutsetinfo()
        self.submit(node, BEFORE + 1, N)
        wait_until(lambda: len(self.states()) == 1 or node.process.poll() is not None, "the end of the background")

    def check_end(self, what):
        self.complete()
        self.node.restart()
        self.assertFalse(self.folder_exists(), what)
        self.assertEqual(self.coins(self.node), self.expected, what)
        self.assertTrue(self.node.rpc.verifychain(4, 0), what)
        self.assertEqual(self.node.stop(), 0, what)


class DamagedFile(SnapshotTest):
    def refused(self, data, what):
        """Loading DATA fails with an error that contains the reason, and leaves nothing behind."""
        bad = self.folder / "bad.dat"
        bad.write_bytes(data)
        with self.assertRaises(RpcError, msg=what) as caught:
            self.node.rpc.loadtxoutset(str(bad))
        error = caught.exception
        text = {-22: "Unable to parse metadata: ", -32603: "Unable to load UTXO snapshot: "}[error.code]
        self.assertRegex(error.message, f"^{text}.{{8,}}", what)
        self.assertFalse(self.folder_exists(), what)
        self.assertEqual(self.node.rpc.getblockcount(), BEFORE, what)

    def test_damaged_file(self):
        rng = random.Random(SEED)
        self.prepare()
        size = len(self.good)
        for at in list(range(0, 51)) + sorted(rng.sample(range(51, size), 100)):
            data = bytearray(self.good)
            data[at] ^= 1 << rng.randrange(8)
            self.refused(data, f"changed at {at}")
        for length in [0, 1, 5, 7, 11, 43, 50, 51, size - 1, *rng.sample(range(52, size), 25)]:
            self.refused(self.good[:length], f"truncated to {length}")
        self.refused(self.good + b"\0", "longer")
        self.refused(self.good[:51] + bytes(len(self.good) - 51), "only zeros")
        self.assert_rpc_error(-22, "Unable to parse metadata", self.node.rpc.loadtxoutset, str(self.folder))
        self.assertEqual(self.node.errors(), "")
        self.check_end("damaged files")


class FailingDisk(SnapshotTest):
    def build(self):
        compiler = shutil.which("cc") or shutil.which("gcc")
        if compiler is None:
            self.skipTest("there is no C compiler for the library that simulates a failing disk")
        self.library = self.folder / "faulty_disk.so"
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", self.library,
                        ROOT / "tests" / "functional" / "support" / "faulty_disk.c", "-ldl"], check=True)

    def save(self, name):
        """Stops the node, and keeps its folder."""
        self.assertEqual(self.node.stop(), 0)
        shutil.copytree(self.node.network_folder, self.folder / name)
        self.node.start()

    def build_stages(self):
        """Folders from before loading, from the middle of the validation, and from after it."""
        self.build()
        self.prepare()
        self.save("before")
        self.node.rpc.loadtxoutset(str(self.file))
        self.submit(self.node, N + 1, N + 10)
        self.submit(self.node, BEFORE + 1, BEFORE + 20)
        self.save("middle")
        self.complete()
        self.assertEqual(self.node.stop(), 0)
        shutil.copytree(self.node.network_folder, self.folder / "after")

    def work(self):
        """Records what was acknowledged: the height of the chain, and thereby whether the snapshot is active."""
        self.complete()
        self.acknowledged = self.node.rpc.getblockcount()

    def start_failing(self, stage, path, op, number, after):
        shutil.rmtree(self.node.network_folder, ignore_errors=True)
        shutil.copytree(self.folder / stage, self.node.network_folder)
        self.node.start(wait=False, env={"LD_PRELOAD": str(self.library), "FAULT_PATH": path, "FAULT_OP": op,
                                         "FAULT_ERRNO": str(number), "FAULT_AFTER": str(after)})

    def run_case(self, stage, path, op, number, after):
        what = f"{stage}: {op} {errno.errorcode[number]} after {after} at {path}"
        node = self.node
        self.acknowledged = 0
        self.start_failing(stage, path, op, number, after)
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
        loading_failed = told is not None and "Unable to load UTXO snapshot" in told
        if loading_failed and self.answers():
            self.assertFalse(self.folder_exists() and node.rpc.getblockcount() < N, what)
        try:
            node.rpc.stop()
        except (RpcError, *NO_ANSWER):
            pass
        code = node.wait_for_exit()
        if code != 0:
            self.assertEqual(code, 1, (what, node.errors()))
            self.assertRegex(node.errors(), "(?m)^Error: .{20,}", what)
        if VERBOSE:
            print(what, code, told, node.errors().strip().splitlines()[-1:], flush=True)
        self.check_afterwards(what)
        return code != 0 or told is not None

    def answers(self):
        try:
            self.node.rpc.getblockcount()
            return True
        except (RpcError, *NO_ANSWER):
            return False

    def check_afterwards(self, what):
        node = self.node
        node.start()
        height = node.rpc.getblockcount()
        self.assertTrue(height >= max(N, self.acknowledged) or (height >= BEFORE and not self.acknowledged
                                                                and not self.folder_exists()), (what, height))
        self.assertEqual([t for t in node.rpc.getchaintips() if t["status"] == "invalid"], [], what)
        self.assertFalse((node.network_folder / "chainstate_snapshot_INVALID").exists(), what)
        self.check_end(what)

    def test_every_place(self):
        self.build_stages()
        rng = random.Random(SEED)
        hits = 0
        for case in range(CASES):
            path, op, most = PLACES[case % len(PLACES)]
            stage = "before" if path == "utxo.dat" or "base" in path else rng.choice(["before", "before", "middle", "after"])
            number = rng.choice([errno.ENOSPC, errno.EIO]) if op == "write" else errno.EIO
            hits += self.run_case(stage, path, op, number, rng.randrange(most))
        print(f"# {CASES} cases, {hits} of them hit")
        self.assertGreater(hits, CASES // 4)

    def test_coins_of_the_tip(self):
        """If the existing coins cannot be written before loading, the node exits, since it could not write them later
        either."""
        self.build()
        self.prepare()
        self.save("before")
        self.assertEqual(self.node.stop(), 0)
        for after in range(30):
            self.start_failing("before", "/regtest/chainstate/", "write", errno.EIO, after)
            try:
                self.node.wait_for_rpc()
                self.submit(self.node, BEFORE + 1, BEFORE + 3)
                self.node.rpc.loadtxoutset(str(self.file))
                break
            except RpcError as error:
                self.assertIn("/regtest/chainstate failed", error.message)
            except (AssertionError, *NO_ANSWER):
                pass
            self.assertEqual(self.node.wait_for_exit(), 1)
            self.assertRegex(self.node.errors(), "(?m)^Error: .*/regtest/chainstate failed")
            self.check_afterwards(f"writes {after} of the tip's coins")
        self.assertGreater(after, 4)


class FullDisk(SnapshotTest):
    """A separate file system that is really full."""

    SIZE = 300 << 20
    COINS = 1000000

    def setUp(self):
        super().setUp()
        self.mounted = self.folder / "full" / "regtest"
        self.mounted.mkdir(parents=True)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self.SIZE}", "tmpfs", self.mounted],
                              capture_output=True, text=True)
        if done.returncode != 0:
            self.skipTest(f"a file system cannot be mounted here: {done.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", "-l", self.mounted])
        self.large = self.folder / "large.dat"
        known.write_large(self.large, self.COINS)
        self.node = framework.Node(self.folder / "full", args=["-fastprune", f"-mocktime={known.GENESIS_TIME + 1000}"])
        self.nodes.append(self.node)

    def leave(self, left):
        """Fills the disk until this many bytes are left."""
        stat = os.statvfs(self.mounted)
        with open(self.mounted / "ballast", "ab") as file:
            os.posix_fallocate(file.fileno(), file.tell(), max(stat.f_bavail * stat.f_frsize - left, 1))
        return self.mounted / "ballast"

    def fill(self):
        """Fills the disk completely, while another process writes, too."""
        with open(self.mounted / "ballast", "ab", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(1 << 20))
            except OSError as error:
                self.assertEqual(error.errno, errno.ENOSPC)

    def loaded_bytes(self):
        folder = self.node.network_folder / "chainstate_snapshot"
        try:
            return sum(path.stat().st_size for path in folder.iterdir())
        except FileNotFoundError:
            return 0

    def test_full(self):
        self.prepare()
        size = self.large.stat().st_size
        ballast = self.leave(size)
        self.assert_rpc_error(-32603, "Population failed: Disk space is too low!", self.node.rpc.loadtxoutset, str(self.large))
        self.assertFalse(self.folder_exists())
        ballast.unlink()

        self.leave(size + (60 << 20))
        answers = []
        loading = threading.Thread(target=lambda: answers.append(self.node.rpc.raw(
            {"id": 1, "method": "loadtxoutset", "params": [str(self.large)]})))
        loading.start()
        wait_until(lambda: self.loaded_bytes() > 1 << 20 or not loading.is_alive(), "something on the disk")
        self.fill()
        loading.join()
        self.assertIn(b"Population failed: The disk is full", answers[0][2])
        self.assertFalse(self.folder_exists())
        self.assertEqual(self.node.rpc.getblockcount(), BEFORE)
        ballast.unlink()
        self.check_end("a full disk")


if __name__ == "__main__":
    framework.main()
