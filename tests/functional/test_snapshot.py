"""A chain that starts from a UTXO snapshot: loading, rejected files, continuing above it while the blocks below are
validated in the background, restarts and kills in the meantime, and both results of the validation."""

import os

import framework
import snapshot_chain as known
from framework import wait_until

N = known.BASE_HEIGHT


class Snapshot(framework.NodeTest):
    @classmethod
    def setUpClass(cls):
        cls.blocks = known.make_chain(N + 20)
        assert known.hash_of(cls.blocks[N - 1]) == known.BASE_HASH

    def setUp(self):
        super().setUp()
        self.file = self.folder / "utxo.dat"
        self.all_blocks = self.folder / "blocks.dat"
        known.write_file(self.all_blocks, self.blocks)
        self.full = self.start_node(f"-loadblock={self.all_blocks}", f"-mocktime={known.GENESIS_TIME + 1000}")
        self.wait_for_height(self.full, N + 20)
        dumped = self.full.rpc.dumptxoutset(str(self.file), "rollback", {"rollback": N})
        self.assertEqual(dumped["txoutset_hash"], known.COINS_HASH)

    def start_light(self, *args, headers=N, blocks=0):
        node = self.start_node(f"-mocktime={known.GENESIS_TIME + 1000}", *args)
        for block in self.blocks[:headers]:
            node.rpc.submitheader(block[:80].hex())
        self.submit(node, 1, blocks)
        return node

    def submit(self, node, first, last):
        for block in self.blocks[first - 1:last]:
            self.assertIsNone(node.rpc.submitblock(block.hex()))

    @staticmethod
    def wait_for_height(node, height):
        wait_until(lambda: node.rpc.getblockcount() == height, f"height {height}")

    @staticmethod
    def wait_for_states(node, n):
        wait_until(lambda: len(node.rpc.getchainstates()["chainstates"]) == n, f"{n} chainstates")

    def heights(self, node):
        return [state["blocks"] for state in node.rpc.getchainstates()["chainstates"]]

    def exists(self, node, name):
        return (node.network_folder / name).exists()

    # ---- rejected snapshots ----

    def refused(self, node, text, path=None, code=-32603):
        self.assert_rpc_error(code, text, node.rpc.loadtxoutset, str(path or self.file))
        self.assertFalse(self.exists(node, "chainstate_snapshot"))

    def test_refused(self):
        node = self.start_light(headers=N - 1)
        # Neither a pipe without a writer nor a device blocks the node.
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        for path in ("/nowhere", pipe, "/dev/zero"):
            self.refused(node, "Couldn't open file", path, code=-8)
        self.refused(node, "must appear in the headers chain")
        good, bad = self.file.read_bytes(), self.folder / "bad.dat"

        def change(at, new):
            bad.write_bytes(good[:at] + new + good[at + len(new):])
            return bad

        for at, new, text in ((0, b"\x00", "Invalid UTXO set snapshot magic bytes"),
                              (5, b"\x03", "Version of snapshot 3"),
                              (7, bytes.fromhex("f9beb4d9"), "The network of the snapshot (main) does not match")):
            self.refused(node, "Unable to parse metadata: " + text, change(at, new), code=-22)
        self.refused(node, "The following snapshot heights are available: 110, 200, 299.", change(11, bytes(32)))
        node.rpc.submitheader(self.blocks[N - 1][:80].hex())

        population = "Population failed: "
        count = int.from_bytes(good[43:51], "little")
        self.refused(node, population + f"Bad snapshot - coins left over after deserializing {count - 1} coins",
                     change(43, (count - 1).to_bytes(8, "little")))
        self.refused(node, population + "Bad snapshot format or truncated snapshot",
                     change(43, (count + 1).to_bytes(8, "little")))
        self.refused(node, population + "Bad snapshot content hash: expected " + known.COINS_HASH, change(60, b"\x01\x02"))
        # The same coin twice.
        size = (len(good) - 51) // count
        self.refused(node, population + "Bad snapshot", change(51 + size, good[51:51 + size]))

        fork = known.make_chain(3, b"\x02", self.blocks[:N - 1])[N - 1:]
        for block in fork:
            node.rpc.submitheader(block[:80].hex())
        self.refused(node, "A forked headers-chain with more work")
        node.rpc.invalidateblock(known.hash_of(fork[0]))
        node.rpc.invalidateblock(known.BASE_HASH)
        self.refused(node, f"The base block header ({known.BASE_HASH}) is part of an invalid chain")
        node.rpc.reconsiderblock(known.BASE_HASH)
        self.refused(self.full, population + "Work does not exceed active chainstate")

    # ---- progress ----

    def test_complete_validation(self):
        node = self.start_light("-blockfilterindex=1", "-coinstatsindex=1", blocks=50)
        loaded = node.rpc.loadtxoutset(str(self.file))
        self.assertEqual(loaded, {"coins_loaded": N, "tip_hash": known.BASE_HASH, "base_height": N,
                                  "path": str(self.file)})
        self.assertEqual((node.network_folder / "chainstate_snapshot" / "base_blockhash").read_bytes(),
                         bytes.fromhex(known.BASE_HASH)[::-1])
        background, active = node.rpc.getchainstates()["chainstates"]
        self.assertEqual((background["blocks"], background["validated"]), (50, True))
        self.assertNotIn("snapshot_blockhash", background)
        self.assertEqual((active["blocks"], active["validated"], active["snapshot_blockhash"]),
                         (N, False, known.BASE_HASH))
        info = node.rpc.getblockchaininfo()
        self.assertEqual(info["blocks"], N)
        self.assertEqual(info["backgroundvalidation"]["blocks"], 50)
        self.assertEqual(info["backgroundvalidation"]["snapshotheight"], N)
        self.assertEqual(node.rpc.gettxoutsetinfo("hash_serialized_3", None, False)["hash_serialized_3"],
                         known.COINS_HASH)
        self.assert_rpc_error(-1, "not fully downloaded", node.rpc.getblock, known.BASE_HASH)
        self.assert_rpc_error(-32603, "more than once", node.rpc.loadtxoutset, str(self.file))
        self.assert_rpc_error(-20, "builds on a snapshot", node.rpc.invalidateblock, known.BASE_HASH)
        self.assertEqual(node.rpc.getblockcount(), N)

        # Both chains grow, in files of their own, and out of order.
        self.submit(node, N + 1, N + 10)
        self.assertEqual(node.rpc.submitblock(self.blocks[N - 1].hex()), "inconclusive")
        self.submit(node, 51, 60)
        self.assertEqual(self.heights(node), [60, N + 10])
        self.assertEqual(sorted(path.name for path in (node.network_folder / "blocks").glob("blk*")),
                         ["blk00000.dat", "blk00001.dat"])
        wait_until(lambda: node.rpc.getindexinfo()["coinstatsindex"]["best_block_height"] == 60, "the index")

        # A reorganisation above the snapshot, and back.
        node.rpc.invalidateblock(known.hash_of(self.blocks[N]))
        self.assertEqual(self.heights(node), [60, N])
        node.rpc.reconsiderblock(known.hash_of(self.blocks[N]))
        self.assertEqual(self.heights(node), [60, N + 10])

        # Stopped, and killed, it continues with both.
        node.restart()
        self.assertEqual(self.heights(node), [60, N + 10])
        self.submit(node, 61, 70)
        node.kill()
        node.start()
        self.assertEqual(self.heights(node)[1], N + 10)
        for block in self.blocks[60:]:
            node.rpc.submitblock(block.hex())
        self.wait_for_states(node, 1)
        state, = node.rpc.getchainstates()["chainstates"]
        self.assertEqual((state["blocks"], state["validated"], state["snapshot_blockhash"]),
                         (N + 20, True, known.BASE_HASH))
        self.assertNotIn("backgroundvalidation", node.rpc.getblockchaininfo())
        self.assertIn("has been fully validated", node.log())
        for index in ("coinstatsindex", "basic block filter index"):
            wait_until(lambda: node.rpc.getindexinfo()[index]["best_block_height"] == N + 20, index)
        wanted = self.full.rpc.gettxoutsetinfo("muhash")["muhash"]
        self.assertEqual(node.rpc.gettxoutsetinfo("muhash")["muhash"], wanted)

        # A branch with more work that forks off below the snapshot's block is an ordinary one now.
        node.restart()
        self.assertFalse(self.exists(node, "chainstate_snapshot"))
        self.assertFalse(self.exists(node, "chainstate_todelete"))
        state, = node.rpc.getchainstates()["chainstates"]
        self.assertEqual((state["blocks"], state["validated"]), (N + 20, True))
        self.assertNotIn("snapshot_blockhash", state)
        self.assertTrue(node.rpc.verifychain(4, 0))
        self.assertEqual(node.rpc.gettxoutsetinfo("muhash", None, False)["muhash"], wanted)
        for block in known.make_chain(25, b"\x02", self.blocks[:N - 2])[N - 2:]:
            node.rpc.submitblock(block.hex())
        self.assertEqual(node.rpc.getblockcount(), N + 23)

    def test_divergent_and_import(self):
        """The chain was on another branch before; the blocks are imported from a file after a restart."""
        node = self.start_light(blocks=150)
        other = known.make_chain(30, b"\x03", self.blocks[:150])[150:]
        for block in other:
            self.assertIsNone(node.rpc.submitblock(block.hex()))
        node.rpc.loadtxoutset(str(self.file))
        # It is reorganised once the blocks of the snapshot's chain are stored.
        self.assertEqual(self.heights(node), [180, N])
        self.submit(node, 151, 152)
        self.assertEqual(self.heights(node), [152, N])
        node.restart(f"-loadblock={self.all_blocks}")
        self.wait_for_height(node, N + 20)
        self.wait_for_states(node, 1)
        self.assertEqual(node.stop(), 0)

    def test_reindex(self):
        node = self.start_light(blocks=20)
        node.rpc.loadtxoutset(str(self.file))
        for option in ("-reindex", "-reindex-chainstate"):
            node.restart(option)
            self.assertFalse(self.exists(node, "chainstate_snapshot"))
            self.wait_for_height(node, 20)
            self.assertEqual(self.heights(node), [20])
            for block in self.blocks[:N]:
                node.rpc.submitheader(block[:80].hex())
            node.rpc.loadtxoutset(str(self.file))
        self.assertEqual(self.heights(node), [20, N])

if __name__ == "__main__":
    framework.main()
