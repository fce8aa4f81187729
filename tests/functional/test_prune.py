#!/usr/bin/env python3
"""-prune: which files are deleted, what is reported about their blocks, and incompatible options."""

import itertools
import threading

import framework

ARGS = ["-fastprune", "-prune=1"]


class Prune(framework.NodeTest):
    def files(self, node):
        return sorted(p.name for p in (node.network_folder / "blocks").glob("*.dat") if p.name != "xor.dat")

    def start_long(self, *args):
        node = self.start_node(*args)
        node.rpc.generatetoaddress(700, framework.ADDRESS)
        return node

    def test_manual(self):
        node = self.start_long(*ARGS)
        rpc = node.rpc
        before = self.files(node)
        block = rpc.getblock(rpc.getblockhash(50), 0)
        self.assertIn("blk00000.dat", before)
        info = rpc.getblockchaininfo()
        self.assertEqual((info["pruned"], info["pruneheight"], info["automatic_pruning"]), (True, 0, False))
        self.assert_rpc_error(-8, "Negative block height.", rpc.pruneblockchain, -1)
        self.assert_rpc_error(-8, "shorter than the attempted", rpc.pruneblockchain, 701)
        self.assertEqual(rpc.pruneblockchain(0), -1)
        self.assertEqual(self.files(node), before)
        last = rpc.pruneblockchain(300)
        self.assertGreater(last, 100)
        self.assertLessEqual(last, 300)
        self.assertNotIn("blk00000.dat", self.files(node))
        self.assertNotIn("rev00000.dat", self.files(node))
        old, kept = rpc.getblockhash(50), rpc.getblockhash(last + 1)
        self.assert_rpc_error(-1, "Block not available (pruned data)", rpc.getblock, old)
        self.assert_rpc_error(-1, "Block not available (pruned data)", rpc.getblockstats, 50)
        self.assertEqual(rpc.getblockheader(old)["height"], 50)
        self.assertEqual(rpc.getblock(kept)["height"], last + 1)
        # The last 288 blocks are kept, whatever is requested.
        last = rpc.pruneblockchain(700)
        self.assertLessEqual(last, 700 - 288)
        self.assertTrue(rpc.verifychain(4, 288))
        self.assertFalse(rpc.verifychain(4, 0))
        coins = rpc.gettxoutsetinfo()["hash_serialized_3"]
        node.restart()
        info = rpc.getblockchaininfo()
        self.assertEqual((info["blocks"], info["pruneheight"]), (700, last + 1))
        self.assertEqual(rpc.gettxoutsetinfo()["hash_serialized_3"], coins)
        # A block that was pruned is stored again, and not checked again.
        self.assertEqual(rpc.submitblock(block), "inconclusive")
        self.assertEqual(rpc.getblock(old, 0), block)
        rpc.generatetoaddress(3, framework.ADDRESS)

    def test_blocks_that_cannot_be_disconnected(self):
        """Disconnecting blocks below the prune height is refused with an error, and the node continues unchanged."""
        node = self.start_long(*ARGS)
        rpc = node.rpc
        raw = {height: rpc.getblock(rpc.getblockhash(height), 0) for height in range(50, 350)}
        last = rpc.pruneblockchain(300)
        for height in (50, last):
            self.assert_rpc_error(-20, f"Could not go back to block {height - 1} since necessary block data is already "
                                  "pruned.", rpc.invalidateblock, rpc.getblockhash(height))
            self.assertEqual(rpc.getblockcount(), 700)
        # A block that is stored again has no undo data, and cannot be disconnected either.
        rpc.submitblock(raw[last])
        self.assertEqual(rpc.getblock(rpc.getblockhash(last), 0), raw[last])
        self.assert_rpc_error(-20, "already pruned", rpc.invalidateblock, rpc.getblockhash(last))
        for level in range(5):
            self.assertFalse(rpc.verifychain(level, 0))
        self.assertNotIn("Verification error", node.log())
        self.assert_rpc_error(-1, "already pruned", rpc.dumptxoutset, "dump", "rollback", {"rollback": last - 1})
        node.restart("-checkblocks=0", "-checklevel=4")
        rpc.invalidateblock(rpc.getblockhash(last + 1))
        self.assertEqual(rpc.getblockcount(), last)
        rpc.generatetoaddress(700 - last, framework.TRUE_ADDRESS)
        self.assertEqual(rpc.getblockcount(), 700)

    def start_with_full_files(self, n, *args):
        """A node with N blocks of a size that each needs a file of its own, and as many above them as are always kept."""
        node = self.start_node(*args)
        (txid, at, sat), = framework.mine_coins(node)
        for _ in range(n):
            sat -= 1000
            tx = framework.spend_true([(txid, at)], [(sat, framework.TRUE_SCRIPT), (0, "6a" + "00" * 60000)])
            block = node.rpc.generateblock(framework.ADDRESS, [tx])["hash"]
            txid = node.rpc.getblock(block)["tx"][1]
        node.rpc.generatetoaddress(288, framework.ADDRESS)
        return node, node.rpc.getblockcount() - 288

    def read_all_ways(self, node, height):
        """What each reader returns for the block at HEIGHT, beside its data and that they are pruned."""
        rpc, block, coinbase = node.rpc, node.rpc.getblockhash(height), self.coinbases[height]
        calls = [lambda: rpc.getblock(block, 0), lambda: rpc.getblock(block, 3), lambda: rpc.getblockstats(height),
                 lambda: rpc.gettxoutproof([coinbase], block), lambda: rpc.getrawtransaction(coinbase, 1, block),
                 lambda: rpc.getrawtransaction(self.spends[height], 2, block)]
        found = set()
        for call in calls:
            try:
                call()
            except framework.RpcError as error:
                found.add(error.message)
        for path in (f"block/{block}.json", f"spenttxouts/{block}.bin", f"blockpart/{block}.hex?offset=0&size=80"):
            status, _, body = rpc.raw("", "GET", "/rest/" + path, credentials=None)
            if status != 200:
                found.add(body.decode().strip())
        return found - {"Block not available (pruned data)", "Block not available", f"{block} not available (pruned data)"}

    def test_read_while_pruned(self):
        """A reader finds a block as it was or pruned, whenever its file is deleted."""
        node, last = self.start_with_full_files(200, *ARGS, "-rest", "-blockfilterindex")
        rpc = node.rpc
        blocks = {height: rpc.getblock(rpc.getblockhash(height)) for height in range(1, last + 1)}
        self.coinbases = {height: block["tx"][0] for height, block in blocks.items()}
        self.spends = {height: block["tx"][-1] for height, block in blocks.items()}
        found, pruning, begun = set(), [last - 200], threading.Semaphore(0)

        def read():
            for ahead in itertools.cycle((1, 1, 2)):
                if pruning[0] >= last - 2:
                    return
                found.update(self.read_all_ways(node, pruning[0] + ahead))

        def read_many(call):
            """All blocks that are not pruned yet; some are until it is their turn."""
            while pruning[0] < last - 2:
                try:
                    begun.release()
                    call(pruning[0] + 1)
                except framework.RpcError as error:
                    found.add(error.message)

        def scan(first):
            rpc.scanblocks("start", ["raw(51)"], first, last, "basic", {"filter_false_positives": True})

        def list_activity(first):
            rpc.getdescriptoractivity([blocks[height]["hash"] for height in range(first, last)], ["raw(51)"], False)

        work = ((read,), (read,), (read_many, scan), (read_many, list_activity))
        readers = [threading.Thread(target=func, args=args) for func, *args in work]
        for reader in readers:
            reader.start()
        while pruning[0] < last - 2:
            begun.acquire()
            rpc.pruneblockchain(pruning[0] + 20)
            pruning[0] = min(pruning[0] + 20, last - 1)
        for reader in readers:
            reader.join()
        self.assertEqual(found - {"Block not available (pruned data)"}, set())
        for text in ("is damaged", "is missing", "could not be"):
            self.assertNotIn(text, node.log())
        self.assertLess(len(self.files(node)), 40)

    def test_leftover_files(self):
        node = self.start_long(*ARGS)
        node.rpc.pruneblockchain(300)
        self.assertEqual(node.stop(), 0)
        left = node.network_folder / "blocks" / "blk00000.dat"
        left.write_bytes(b"left by a run that was killed")
        node.start()
        self.assertFalse(left.exists())

    def test_killed(self):
        node = self.start_long(*ARGS)
        last = node.rpc.pruneblockchain(350)
        node.kill()
        node.start()
        self.assertEqual(node.rpc.getblockchaininfo()["pruneheight"], last + 1)
        self.assertEqual(node.rpc.getblockcount(), 700)
        self.assertTrue(node.rpc.verifychain(4, 300))

    def test_unprune(self):
        node = self.start_long(*ARGS)
        node.rpc.pruneblockchain(300)
        self.assertEqual(node.stop(), 0)
        node.args = ["-fastprune", "-disablewallet"]
        node.start(wait=False)
        self.assertEqual(node.wait_for_exit(), 1)
        self.assertIn("You need to rebuild the database using -reindex to go back to unpruned mode.", node.log())
        # Blocks that cannot be read any more are dropped, and the chain starts from the genesis block.
        node.args = ARGS + ["-disablewallet"]
        node.start("-reindex")
        self.assertEqual(node.rpc.getblockcount(), 0)
        node.rpc.generatetoaddress(2, framework.ADDRESS)
        node.restart()
        self.assertEqual(node.rpc.getblockcount(), 2)

    def test_automatic_info(self):
        info = self.start_node("-prune=550").rpc.getblockchaininfo()
        self.assertTrue(info["automatic_pruning"])
        self.assertEqual((info["prune_target_size"], info["pruneheight"]), (550 * 1024 * 1024, 0))

    def test_refused(self):
        for args, text in ((["-prune=-1"], "Prune cannot be configured with a negative value."),
                           (["-prune=549"], "Prune configured below the minimum of 550 MiB.  Please use a higher number."),
                           (["-prune=1", "-txindex"], "Prune mode is incompatible with -txindex."),
                           (["-prune=1", "-txospenderindex"], "Prune mode is incompatible with -txospenderindex."),
                           (["-prune=1", "-reindex-chainstate"],
                            "Prune mode is incompatible with -reindex-chainstate. Use full -reindex instead.")):
            node = self.make_node(*args)
            node.start(wait=False)
            self.assertEqual(node.wait_for_exit(), 1)
            self.assertIn(text, node.errors())
        rpc = self.start_node().rpc
        self.assert_rpc_error(-1, "Cannot prune blocks because node is not in prune mode.", rpc.pruneblockchain, 1)
        self.assertFalse(rpc.getblockchaininfo()["pruned"])
        short = self.start_node("-prune=1").rpc
        self.assert_rpc_error(-1, "Blockchain is too short for pruning.", short.pruneblockchain, 1)


if __name__ == "__main__":
    framework.main()
