#!/usr/bin/env python3
"""Scans and snapshots of the UTXO set, block statistics, and checks of the chain."""

import concurrent.futures
import os

import framework

FIELDS = {"avgfee", "avgfeerate", "avgtxsize", "blockhash", "feerate_percentiles", "height", "ins", "maxfee", "maxfeerate",
          "maxtxsize", "medianfee", "mediantime", "mediantxsize", "minfee", "minfeerate", "mintxsize", "outs", "subsidy",
          "swtotal_size", "swtotal_weight", "swtxs", "time", "total_out", "total_size", "total_weight", "totalfee", "txs",
          "utxo_increase", "utxo_size_inc", "utxo_increase_actual", "utxo_size_inc_actual"}
KEY = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"


class Coins(framework.NodeTest):
    def test_scan(self):
        node = self.start_node()
        rpc = node.rpc
        rpc.generatetoaddress(5, framework.ADDRESS)
        rpc.generatetoaddress(2, framework.TRUE_ADDRESS)
        # ADDRESS is the address of KEY.
        for scan, found in ((f"addr({framework.ADDRESS})", 5), (f"wpkh({KEY})", 5), (f"combo({KEY})", 5),
                            (f"raw({framework.TRUE_SCRIPT})", 2), (f"pkh({KEY})", 0)):
            result = rpc.scantxoutset("start", [scan])
            self.assertTrue(result["success"])
            self.assertEqual((len(result["unspents"]), result["total_amount"]), (found, 50 * found), scan)
            self.assertEqual((result["height"], result["bestblock"]), (7, rpc.getbestblockhash()))
        coin = rpc.scantxoutset("start", [f"wpkh({KEY})"])["unspents"][0]
        self.assertEqual(set(coin), {"txid", "vout", "scriptPubKey", "desc", "amount", "coinbase", "height", "blockhash",
                                     "confirmations"})
        self.assertTrue(coin["desc"].startswith(f"wpkh([751e76e8]{KEY})#"))
        self.assertIsNone(rpc.scantxoutset("status"))
        self.assertFalse(rpc.scantxoutset("abort"))
        self.assert_rpc_error(-8, "Invalid action 'walk'", rpc.scantxoutset, "walk")
        self.assert_rpc_error(-1, "scanobjects argument is required", rpc.scantxoutset, "start")
        self.assert_rpc_error(-8, "Descriptor needs to be provided", rpc.scantxoutset, "start", [{"range": 1}])

    def test_block_stats(self):
        node = self.start_node()
        rpc = node.rpc
        coin, = framework.mine_coins(node)
        rpc.sendrawtransaction(framework.spend_true([coin[:2]], [(coin[2] - 5000, framework.TRUE_SCRIPT)]))
        tip, = rpc.generatetoaddress(1, framework.ADDRESS)
        stats = rpc.getblockstats(tip)
        self.assertEqual(set(stats), FIELDS)
        self.assertEqual(stats, rpc.getblockstats(102))
        self.assertEqual((stats["txs"], stats["totalfee"], stats["ins"], stats["outs"]), (2, 5000, 1, 3))
        self.assertEqual((stats["utxo_increase"], stats["utxo_increase_actual"]), (2, 1))
        self.assertEqual(rpc.getblockstats(102, ["txs", "maxfee"]), {"maxfee": 5000, "txs": 2})
        self.assert_rpc_error(-8, "Invalid selected statistic 'x'", rpc.getblockstats, 102, ["x"])
        self.assert_rpc_error(-8, "after current tip 102", rpc.getblockstats, 103)
        window = rpc.getchaintxstats(10)
        self.assertEqual((window["txcount"], window["window_tx_count"], window["window_block_count"]), (104, 11, 10))
        self.assert_rpc_error(-8, "Invalid block count", rpc.getchaintxstats, 102)

    def test_dump(self):
        node = self.start_node()
        rpc = node.rpc
        coin, = framework.mine_coins(node)
        first = rpc.dumptxoutset("first", "latest")
        self.assertEqual(first["base_height"], 101)
        data = (node.network_folder / "first").read_bytes()
        self.assertEqual(data[:11], b"utxo\xff\x02\x00\xfa\xbf\xb5\xda")
        self.assertEqual(data[11:43][::-1].hex(), rpc.getbestblockhash())
        self.assertEqual(int.from_bytes(data[43:51], "little"), first["coins_written"])
        self.assertEqual(first["txoutset_hash"], rpc.gettxoutsetinfo()["hash_serialized_3"])
        rpc.sendrawtransaction(framework.spend_true([coin[:2]], [(coin[2] - 5000, framework.TRUE_SCRIPT)]))
        rpc.generatetoaddress(3, framework.ADDRESS)
        # A rollback gives the same file, and does not change the chain.
        again = rpc.dumptxoutset("again", "rollback", {"rollback": 101})
        self.assertEqual((node.network_folder / "again").read_bytes(), data)
        self.assertEqual({**again, "path": 0}, {**first, "path": 0})
        self.assertFalse((node.network_folder / "chainstate_rollback").exists())
        in_memory = rpc.dumptxoutset("memory", "rollback", {"rollback": 101, "in_memory": True})
        self.assertEqual((node.network_folder / "memory").read_bytes(), data)
        self.assertEqual({**in_memory, "path": 0}, {**first, "path": 0})
        self.assertEqual(rpc.getblockcount(), 104)
        self.assertTrue(rpc.verifychain(4, 0))
        self.assert_rpc_error(-8, "already exists", rpc.dumptxoutset, "again", "latest")
        self.assert_rpc_error(-8, "Invalid snapshot type", rpc.dumptxoutset, "other", "newest")
        self.assertFalse((node.network_folder / "other.incomplete").exists())

    def test_snapshot_file(self):
        """Existing files are neither written to nor replaced, and opening a pipe is cancelled when the caller disconnects."""
        node = self.start_node()
        rpc = node.rpc
        rpc.generatetoaddress(5, framework.ADDRESS)
        victim = self.folder / "victim"
        victim.write_bytes(b"mine")
        path = self.folder / "coins"
        for name in ("coins.incomplete", "coins"):
            (self.folder / name).symlink_to(victim)
            self.assert_rpc_error(-8, f"{name} already exists", rpc.dumptxoutset, str(path), "latest")
            self.assertEqual(victim.read_bytes(), b"mine")
            (self.folder / name).unlink()
            (self.folder / name).symlink_to(self.folder / "nowhere")
            self.assert_rpc_error(-8, f"{name} already exists", rpc.dumptxoutset, str(path), "latest")
            self.assertFalse((self.folder / "nowhere").exists())
            (self.folder / name).unlink()
        (self.folder / "coins.incomplete").write_bytes(b"of another run")
        self.assert_rpc_error(-8, "coins.incomplete already exists", rpc.dumptxoutset, str(path), "latest")
        self.assertEqual((self.folder / "coins.incomplete").read_bytes(), b"of another run")
        (self.folder / "coins.incomplete").unlink()
        rpc.dumptxoutset(str(path), "latest")
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            answer = pool.submit(rpc.dumptxoutset, str(pipe), "latest")
            self.assertEqual(pipe.read_bytes(), path.read_bytes())
            self.assertEqual(answer.result()["coins_written"], 5)
            # A pipe without a reader does not prevent the node from stopping.
            answer = pool.submit(rpc.dumptxoutset, str(pipe), "latest")
            framework.wait_until(lambda: any(call["method"] == "dumptxoutset" for call in
                                             rpc.getrpcinfo()["active_commands"]), "the call")
            self.assertEqual(node.stop(), 0)
            self.assertIsNotNone(answer.exception())

    def test_damaged_chain(self):
        node = self.start_node()
        node.rpc.generatetoaddress(20, framework.ADDRESS)
        self.assertEqual(node.stop(), 0)
        path = node.network_folder / "blocks" / "rev00000.dat"
        data = bytearray(path.read_bytes())
        data[300] ^= 1
        path.write_bytes(data)
        node.start("-checkblocks=2")
        self.assertTrue(node.rpc.verifychain(4, 2))
        self.assertFalse(node.rpc.verifychain(4, 0))
        self.assertTrue(node.rpc.verifychain(1, 0))
        self.assertEqual(node.stop(), 0)
        node.start("-checkblocks=0", "-checklevel=4", wait=False)
        self.assertEqual(node.wait_for_exit(), 1)

    def test_states(self):
        rpc = self.start_node("-dbcache=100").rpc
        rpc.generatetoaddress(3, framework.ADDRESS)
        states = rpc.getchainstates()
        self.assertEqual(states["headers"], 3)
        state, = states["chainstates"]
        self.assertEqual((state["blocks"], state["bestblockhash"], state["validated"]), (3, rpc.getbestblockhash(), True))
        self.assertEqual(state["coins_db_cache_bytes"] + state["coins_tip_cache_bytes"], 100 * 1024 * 1024)

    def test_stop_at_height(self):
        node = self.start_node("-stopatheight=5")
        try:
            node.rpc.generatetoaddress(10, framework.ADDRESS)
        except Exception:
            pass
        self.assertEqual(node.wait_for_exit(), 0)
        self.assertGreaterEqual(node.start("-stopatheight=0").rpc.getblockcount(), 5)


if __name__ == "__main__":
    framework.main()
