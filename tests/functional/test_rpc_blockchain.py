#!/usr/bin/env python3
"""The methods about blocks, headers, the chain and its outputs."""

import hashlib
import os
from decimal import Decimal

import framework

GENESIS = "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206"
HEADER_FIELDS = {"hash", "confirmations", "height", "version", "versionHex", "merkleroot", "time", "mediantime", "nonce",
                 "bits", "target", "difficulty", "chainwork", "nTx"}
TX_FIELDS = {"txid", "hash", "version", "size", "vsize", "weight", "locktime", "vin", "vout"}


def block_hash(header):
    """The hash of a block's header, in display order."""
    return hashlib.sha256(hashlib.sha256(header).digest()).digest()[::-1]


class Blockchain(framework.NodeTest):
    def test_empty_chain(self):
        rpc = self.start_node().rpc
        info = rpc.getblockchaininfo()
        self.assertEqual(set(info), {
            "chain", "blocks", "headers", "bestblockhash", "bits", "target", "difficulty", "time", "mediantime",
            "verificationprogress", "initialblockdownload", "chainwork", "size_on_disk", "pruned", "warnings"})
        self.assertEqual((info["chain"], info["blocks"], info["bestblockhash"]), ("regtest", 0, GENESIS))
        self.assertEqual(info["bits"], "207fffff")
        self.assertEqual(info["target"], "7fffff" + "0" * 58)
        self.assertEqual(rpc.getbestblockhash(), GENESIS)
        self.assertEqual(rpc.getblockhash(0), GENESIS)
        self.assertEqual(str(rpc.getdifficulty()), "4.656542373906925E-10")
        header = rpc.getblockheader(GENESIS)
        self.assertEqual(set(header), HEADER_FIELDS)
        self.assertEqual(rpc.getblockheader(GENESIS, False)[-8:], "02000000")
        self.assertEqual(rpc.getblock(GENESIS, 0)[:160], rpc.getblockheader(GENESIS, False))

    def test_blocks(self):
        node = self.start_node()
        rpc = node.rpc
        coin, = framework.mine_coins(node)
        tx = framework.spend_true([coin[:2]], [(coin[2] - 1000, framework.TRUE_SCRIPT)])
        txid = rpc.sendrawtransaction(tx)
        tip, = rpc.generatetoaddress(1, framework.ADDRESS)
        block = rpc.getblock(tip)
        self.assertEqual(set(block), HEADER_FIELDS | {"strippedsize", "size", "weight", "coinbase_tx", "tx",
                                                      "previousblockhash"})
        self.assertEqual((block["height"], block["confirmations"], block["nTx"]), (102, 1, 2))
        self.assertEqual(block["tx"][1], txid)
        self.assertEqual(set(block["coinbase_tx"]), {"version", "locktime", "sequence", "coinbase", "witness"})
        self.assertEqual(rpc.getblock(tip, True), block)
        self.assertEqual(len(rpc.getblock(tip, False)), 2 * block["size"])
        spend = rpc.getblock(tip, 2)["tx"][1]
        self.assertEqual(set(spend), TX_FIELDS | {"fee", "hex"})
        self.assertEqual(spend["fee"], Decimal("0.00001000"))
        self.assertEqual(spend["hex"], tx)
        self.assertEqual(spend["vin"][0]["txinwitness"], ["51"])
        prevout = rpc.getblock(tip, 3)["tx"][1]["vin"][0]["prevout"]
        self.assertEqual(set(prevout), {"generated", "height", "value", "scriptPubKey"})
        self.assertTrue(prevout["generated"])
        self.assertEqual((prevout["height"], prevout["value"]), (1, 50))
        script = prevout["scriptPubKey"]
        self.assertEqual(script["type"], "witness_v0_scripthash")
        self.assertEqual(script["address"], framework.TRUE_ADDRESS)
        self.assertEqual(script["hex"], framework.TRUE_SCRIPT)
        self.assertRegex(script["desc"], r"^addr\(bcrt1.*\)#[0-9a-z]{8}$")
        self.assertEqual(rpc.getblockheader(rpc.getblockhash(101))["nextblockhash"], tip)

        self.assert_rpc_error(-5, "Block not found", rpc.getblock, "00" * 32)
        self.assert_rpc_error(-8, "must be of length 64 (not 2, for '00')", rpc.getblock, "00")
        self.assert_rpc_error(-8, "must be hexadecimal string", rpc.getblock, "zz" * 32)
        self.assert_rpc_error(-3, "JSON value of type number is not of expected type string", rpc.getblock, 5)
        self.assert_rpc_error(-1, 'getblock "blockhash" ( verbosity )', rpc.getblock)
        self.assert_rpc_error(-8, "Block height out of range", rpc.getblockhash, 103)
        self.assert_rpc_error(-8, "Block height out of range", rpc.getblockhash, -1)

        raw = rpc.getrawtransaction(txid, 1, tip)
        self.assertEqual(raw["hex"], tx)
        self.assertTrue(raw["in_active_chain"])
        self.assertEqual((raw["blockhash"], raw["confirmations"]), (tip, 1))
        self.assertEqual(rpc.getrawtransaction(txid, False, tip), tx)
        self.assert_rpc_error(-5, "No such mempool transaction", rpc.getrawtransaction, txid)
        self.assert_rpc_error(-5, "Block hash not found", rpc.getrawtransaction, txid, 0, "00" * 32)
        self.assert_rpc_error(-5, "in the provided block", rpc.getrawtransaction, txid, 0, GENESIS)

    def test_outputs(self):
        node = self.start_node()
        rpc = node.rpc
        coin, = framework.mine_coins(node)
        out = rpc.gettxout(coin[0], 0)
        self.assertEqual(set(out), {"bestblock", "confirmations", "value", "scriptPubKey", "coinbase"})
        self.assertEqual((out["confirmations"], out["value"], out["coinbase"]), (101, 50, True))
        self.assertIsNone(rpc.gettxout(coin[0], 5))
        txid = rpc.sendrawtransaction(framework.spend_true([coin[:2]], [(coin[2] - 1000, framework.TRUE_SCRIPT)]))
        self.assertIsNone(rpc.gettxout(coin[0], 0))
        self.assertIsNotNone(rpc.gettxout(coin[0], 0, False))
        self.assertEqual(rpc.gettxout(txid, 0)["confirmations"], 0)
        self.assertIsNone(rpc.gettxout(txid, 0, False))

    def test_set(self):
        rpc = self.start_node().rpc
        rpc.generatetoaddress(3, framework.ADDRESS)
        info = rpc.gettxoutsetinfo()
        self.assertEqual(set(info), {"height", "bestblock", "txouts", "bogosize", "hash_serialized_3", "total_amount",
                                     "transactions", "disk_size"})
        self.assertEqual((info["height"], info["bestblock"], info["txouts"], info["transactions"]),
                         (3, rpc.getbestblockhash(), 3, 3))
        self.assertEqual(info["total_amount"], 150)
        self.assertEqual(info["bogosize"], 3 * (50 + 22))
        self.assertEqual(len(rpc.gettxoutsetinfo("muhash")["muhash"]), 64)
        self.assertNotIn("muhash", rpc.gettxoutsetinfo("none"))
        self.assert_rpc_error(-8, "'x' is not a valid hash_type", rpc.gettxoutsetinfo, "x")
        self.assert_rpc_error(-8, "requires coinstatsindex", rpc.gettxoutsetinfo, "none", 1)

    def test_tips(self):
        rpc = self.start_node().rpc
        self.assertEqual(rpc.getchaintips(), [{"height": 0, "hash": GENESIS, "branchlen": 0, "status": "active"}])
        hashes = rpc.generatetoaddress(3, framework.ADDRESS)
        rpc.invalidateblock(hashes[1])
        other, = rpc.generatetoaddress(1, framework.TRUE_ADDRESS)
        self.assertEqual(rpc.getchaintips(), [
            {"height": 3, "hash": hashes[2], "branchlen": 2, "status": "invalid"},
            {"height": 2, "hash": other, "branchlen": 0, "status": "active"}])
        rpc.reconsiderblock(hashes[1])
        self.assertEqual([tip["status"] for tip in rpc.getchaintips()], ["active", "valid-fork"])

    def test_invalidate(self):
        rpc = self.start_node().rpc
        hashes = rpc.generatetoaddress(5, framework.ADDRESS)
        rpc.invalidateblock(hashes[2])
        self.assertEqual(rpc.getblockcount(), 2)
        self.assertEqual(rpc.getblockheader(hashes[3])["confirmations"], -1)
        other = rpc.generatetoaddress(1, framework.TRUE_ADDRESS)
        rpc.reconsiderblock(hashes[2])
        self.assertEqual(rpc.getbestblockhash(), hashes[4])
        rpc.invalidateblock(hashes[3])
        rpc.preciousblock(other[0])
        self.assertEqual(rpc.getbestblockhash(), other[0])
        rpc.preciousblock(hashes[2])
        self.assertEqual(rpc.getbestblockhash(), hashes[2])
        self.assert_rpc_error(-5, "Block not found", rpc.invalidateblock, "00" * 32)

    def test_submit(self):
        node, other = self.start_node(), self.start_node()
        blocks = [node.rpc.getblock(h, 0) for h in node.rpc.generatetoaddress(2, framework.ADDRESS)]
        self.assertEqual(other.rpc.submitblock(blocks[1]), "prev-blk-not-found")
        self.assertIsNone(other.rpc.submitblock(blocks[0]))
        self.assertEqual(other.rpc.submitblock(blocks[0]), "duplicate")
        # A bit of the merkle root is changed, and with it the proof of work.
        bad = bytearray.fromhex(blocks[1])
        bad[40] ^= 1
        self.assertIn(other.rpc.submitblock(bad.hex()), ("high-hash", "bad-txnmrklroot"))
        self.assertIsNone(other.rpc.submitblock(blocks[1]))
        self.assertEqual(other.rpc.getbestblockhash(), node.rpc.getbestblockhash())
        self.assert_rpc_error(-22, "Block decode failed", other.rpc.submitblock, "00")

    def test_other_segwit_height(self):
        node = self.start_node()
        node.rpc.generatetoaddress(5, framework.ADDRESS)
        node.restart("-testactivationheight=segwit@4")
        # The first blocks have witnesses that were not required: they are returned as they were stored.
        self.assertTrue(node.rpc.verifychain(4, 0))

    def test_unchecked_witnesses(self):
        node = self.start_node("-testactivationheight=segwit@10")
        node.rpc.generatetoaddress(8, framework.ADDRESS)
        node.stop()
        node.args = ["-testactivationheight=segwit@5"] + node.args[1:]
        node.start(wait=False)
        self.assertEqual(node.wait_for_exit(), 1)
        self.assertIn("Witness data for blocks after height 5 requires validation", node.errors())
        # From there on they commit to witnesses that are missing.
        node.start("-reindex")
        framework.wait_until(lambda: node.rpc.getblockcount() == 4)

    def test_wait(self):
        rpc = self.start_node().rpc
        tip, = rpc.generatetoaddress(1, framework.ADDRESS)
        self.assertEqual(rpc.waitforblockheight(1), {"hash": tip, "height": 1})
        self.assertEqual(rpc.waitforblock(tip), {"hash": tip, "height": 1})
        self.assertEqual(rpc.waitfornewblock(100), {"hash": tip, "height": 1})
        self.assertEqual(rpc.waitfornewblock(0, GENESIS), {"hash": tip, "height": 1})

    def test_restarts(self):
        node = self.start_node()
        hashes = node.rpc.generatetoaddress(20, framework.ADDRESS)
        node.restart()
        self.assertEqual(node.rpc.getbestblockhash(), hashes[-1])
        more = node.rpc.generatetoaddress(5, framework.ADDRESS)
        node.kill()
        node.start()
        # Blocks that were not flushed may be missing, but the rest is the same chain, and it continues.
        height = node.rpc.getblockcount()
        self.assertGreaterEqual(height, 20)
        self.assertEqual(node.rpc.getbestblockhash(), (hashes + more)[height - 1])
        node.rpc.generatetoaddress(1, framework.ADDRESS)
        self.assertEqual(node.rpc.getblockcount(), height + 1)

    def test_import(self):
        source = self.start_node("-blocksxor=0")
        source.rpc.generatetoaddress(30, framework.ADDRESS)
        best = source.rpc.getbestblockhash()
        source.stop()
        blocks = source.network_folder / "blocks" / "blk00000.dat"
        self.assertTrue(os.path.exists(blocks))
        target = self.make_node(f"-loadblock={blocks}", "-stopafterblockimport")
        target.start(wait=False)
        self.assertEqual(target.wait_for_exit(), 0, target.errors())
        target.args = []
        target.start()
        self.assertEqual(target.rpc.getbestblockhash(), best)

    def test_import_logs_reason(self):
        """A block that is invalid, or cannot be found any more: the log contains the reason and the position."""
        source = self.start_node("-blocksxor=0")
        hashes = source.rpc.generatetoaddress(20, framework.ADDRESS)
        source.stop()
        data = (source.network_folder / "blocks" / "blk00000.dat").read_bytes()
        start = data.index(bytes.fromhex(hashes[8])[::-1]) - 4  # the header of block 10
        hopeless = bytearray(data)
        while block_hash(hopeless[start:start + 80])[0] < 0x80:  # regtest's target begins with 7f
            hopeless[start + 20] = (hopeless[start + 20] + 1) % 256
        lost = bytearray(data)
        lost[start - 8] ^= 1
        for name, changed, why in (
                ("hopeless", hopeless, ["rejected: high-hash", f"they build on block {hashes[9]}, which is missing"]),
                ("lost", lost, ["10 blocks were skipped", f"they build on block {hashes[9]}, which is missing"])):
            with self.subTest(name):
                path = self.folder / f"{name}.dat"
                path.write_bytes(changed)
                node = self.make_node(f"-loadblock={path}", "-stopafterblockimport")
                node.start(wait=False)
                self.assertEqual(node.wait_for_exit(), 0, node.errors())
                for text in why:
                    self.assertIn(text, node.log())
                self.assertRegex(node.log(), f"new best={hashes[8]} height=9 ")
                self.assertNotIn("height=10 ", node.log())

    def test_reindex(self):
        for option in ("-reindex", "-reindex-chainstate"):
            with self.subTest(option):
                node = self.start_node()
                best = node.rpc.generatetoaddress(30, framework.ADDRESS)[-1]
                node.stop()
                node.start(option, "-stopafterblockimport", wait=False)
                self.assertEqual(node.wait_for_exit(), 0, node.errors())
                node.start()
                self.assertEqual(node.rpc.getbestblockhash(), best)

    def test_stop_at_height(self):
        source = self.start_node("-blocksxor=0")
        source.rpc.generatetoaddress(30, framework.ADDRESS)
        source.stop()
        target = self.make_node(f"-loadblock={source.network_folder / 'blocks' / 'blk00000.dat'}", "-stopatheight=10")
        target.start(wait=False)
        self.assertEqual(target.wait_for_exit(), 0, target.errors())


if __name__ == "__main__":
    framework.main()
