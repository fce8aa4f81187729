"""mempool.dat: unconfirmed transactions survive a restart, in the reference's format; a damaged file does no harm."""

import os
import pathlib
import random
import struct
import tarfile
import time
import unittest
from decimal import Decimal

import framework
import reference
from framework import TRUE_SCRIPT, compact, spend_true

VECTORS = pathlib.Path(os.environ.get("MONEYROCKET_VECTORS", framework.ROOT.parent / "shared" / "vectors"))
ARCHIVE = VECTORS / "reference_datadir_regtest.tar.xz"


def plain(data):
    """The file without its obfuscation, as version 1."""
    version, = struct.unpack("<Q", data[:8])
    if version == 1:
        return data
    assert version == 2 and data[8] == 8
    key = data[9:17]
    return struct.pack("<Q", 1) + bytes(byte ^ key[i % 8] for i, byte in enumerate(data))[17:]


def make_file(txs, deltas=(), unbroadcast=()):
    """TXS: (hex, time, delta); DELTAS: (txid, delta)."""
    data = struct.pack("<QQ", 1, len(txs))
    for tx, when, delta in txs:
        data += bytes.fromhex(tx) + struct.pack("<qq", when, delta)
    data += compact(len(deltas)) + b"".join(bytes.fromhex(txid)[::-1] + struct.pack("<q", delta)
                                            for txid, delta in deltas)
    return data + compact(len(unbroadcast)) + b"".join(bytes.fromhex(txid)[::-1] for txid in unbroadcast)


class MempoolFile(framework.NodeTest):
    def setUp(self):
        super().setUp()
        self.node = self.start_node()
        self.rpc = self.node.rpc
        self.coins = framework.mine_coins(self.node, 4)
        self.path = self.node.network_folder / "mempool.dat"

    def spend(self, coin, fee=1000):
        return spend_true([coin[:2]], [(coin[2] - fee, TRUE_SCRIPT)])

    def send_some(self):
        """A parent, its child, and another one: IDs in the order in which they would be mined."""
        parent = self.rpc.sendrawtransaction(self.spend(self.coins[0]))
        child = self.rpc.sendrawtransaction(self.spend((parent, 0, self.coins[0][2] - 1000)))
        other = self.rpc.sendrawtransaction(self.spend(self.coins[1], 3000))
        return [other, parent, child]

    def start_loaded(self, *args):
        self.node.start(*args)
        framework.wait_until(lambda: self.rpc.getmempoolinfo()["loaded"], "the mempool")

    def restart(self, *args):
        self.assertEqual(self.node.stop(), 0)
        self.start_loaded(*args)

    def test_restart(self):
        txids = self.send_some()
        before = self.rpc.getrawmempool(True)
        self.assertEqual(self.rpc.getmempoolinfo()["unbroadcastcount"], 3)
        self.restart()
        self.assertEqual(self.rpc.getrawmempool(), txids)
        self.assertEqual(self.rpc.getrawmempool(True), before)
        self.assertEqual(self.rpc.getmempoolinfo()["unbroadcastcount"], 3)
        self.assertIn("3 succeeded, 0 failed, 0 expired, 0 already there, 3 waiting", self.node.log())
        self.assertEqual(self.path.read_bytes()[:8], struct.pack("<Q", 2))
        self.assertEqual(self.path.stat().st_mode & 0o777, 0o600)
        # The older format; then the file with transactions that were confirmed in the meantime.
        self.restart("-persistmempoolv1")
        self.assertEqual(self.node.stop(), 0)
        data = self.path.read_bytes()
        self.assertEqual(data[:8], struct.pack("<Q", 1))
        self.start_loaded()
        self.assertEqual(self.rpc.getrawmempool(True), before)
        self.rpc.generatetoaddress(1, framework.ADDRESS)
        self.assertEqual(self.node.stop(), 0)
        self.path.write_bytes(data)
        self.start_loaded()
        self.assertEqual(self.rpc.getrawmempool(), [])
        self.assertIn("0 succeeded, 3 failed", self.node.log())

    def test_disabled(self):
        txids = self.send_some()
        self.restart("-persistmempool=0")
        self.assertEqual(self.rpc.getrawmempool(), [])
        data = self.path.read_bytes()
        self.rpc.sendrawtransaction(self.spend(self.coins[2]))
        self.restart()
        self.assertEqual(plain(self.path.read_bytes()), plain(data))
        self.assertEqual(self.rpc.getrawmempool(), txids)

    def test_killed(self):
        txids = self.send_some()
        self.assertEqual(self.rpc.savemempool(), {"filename": str(self.path)})
        self.rpc.sendrawtransaction(self.spend(self.coins[2]))
        self.node.kill()
        self.start_loaded()
        self.assertEqual(self.rpc.getrawmempool(), txids)

    def test_import(self):
        tx, other = self.spend(self.coins[2]), self.spend(self.coins[3])
        txid, other_id = (self.rpc.decoderawtransaction(t)["txid"] for t in (tx, other))
        path = self.node.folder / "import.dat"
        path.write_bytes(make_file([(tx, 1600000000, 5000)], [(other_id, -400)], [txid]))
        self.rpc.importmempool(str(path))
        entry = self.rpc.getmempoolentry(txid)
        self.assertEqual((entry["fees"]["modified"], entry["unbroadcast"]), (Decimal("0.00001"), False))
        self.assertGreater(entry["time"], 1600000000)
        # Everything in the file counts; the transaction itself is in the mempool already.
        self.rpc.importmempool(str(path), {"use_current_time": True, "apply_fee_delta_priority": True,
                                           "apply_unbroadcast_set": True})
        entry = self.rpc.getmempoolentry(txid)
        self.assertEqual((entry["fees"]["modified"], entry["unbroadcast"]), (Decimal("0.00006"), True))
        self.rpc.sendrawtransaction(other)
        self.restart()
        self.assertEqual(self.rpc.getmempoolentry(txid)["fees"]["modified"], Decimal("0.00006"))
        self.assertEqual(self.rpc.getmempoolentry(other_id)["fees"]["modified"], Decimal("0.00000600"))
        self.assert_rpc_error(-1, "Unable to import", self.rpc.importmempool, str(path) + ".none")
        # Neither a pipe without a writer nor a device blocks the node.
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        for other in (pipe, pathlib.Path("/dev/zero"), self.folder):
            self.assert_rpc_error(-1, "Unable to import", self.rpc.importmempool, str(other))
        path.write_bytes(b"\x03" + bytes(100))
        self.assert_rpc_error(-1, "Unable to import", self.rpc.importmempool, str(path))

    def test_own_times(self):
        tx, old = self.spend(self.coins[0]), self.spend(self.coins[1])
        hour_ago = int(time.time()) - 3600
        most = 2**63 - 1
        delta_id = "11" * 32
        self.assertEqual(self.node.stop(), 0)
        self.path.write_bytes(make_file([(tx, hour_ago, most), (old, 1600000000, -most - 1)],
                                        [(delta_id, most), (delta_id, most)]))
        self.start_loaded()
        self.assertIn("1 succeeded, 0 failed, 1 expired", self.node.log())
        entry, = self.rpc.getrawmempool(True).values()
        self.assertEqual(entry["time"], hour_ago)
        self.assertEqual(len(self.rpc.getblock(self.rpc.generatetoaddress(1, framework.ADDRESS)[0])["tx"]), 2)

    def test_damaged(self):
        self.send_some()
        self.assertEqual(self.node.stop(), 0)
        data = self.path.read_bytes()
        chooser = random.Random(7)
        cases = [data[:n] for n in (0, 5, 8, 12, 17, 20, 25, len(data) // 2, len(data) - 1)]
        for _ in range(4):
            at = chooser.randrange(len(data))
            cases.append(data[:at] + bytes([data[at] ^ 1 << chooser.randrange(8)]) + data[at + 1:])
        cases.append(struct.pack("<QQ", 1, 2**64 - 1) + bytes(500))
        for case in cases:
            self.path.write_bytes(case)
            self.start_loaded()
            self.rpc.getrawmempool(True)
            self.assertEqual(self.node.stop(), 0)

    @unittest.skipUnless(reference.AVAILABLE, "MONEYROCKET_REFERENCE does not name a build of the reference")
    def test_handed_over(self):
        txids = self.send_some()
        what = lambda rpc: {txid: [entry[name] for name in ("time", "unbroadcast", "depends")] +
                            [entry["fees"]["base"], entry["fees"]["modified"]]
                            for txid, entry in rpc.getrawmempool(True).items()}
        before = what(self.rpc)
        self.assertEqual(self.node.stop(), 0)
        for args in ((), ("-persistmempoolv1",)):
            theirs = reference.ReferenceNode(self.node.folder, args=args)
            self.nodes.append(theirs)
            theirs.start()
            framework.wait_until(lambda: theirs.rpc.getmempoolinfo()["loaded"], "the mempool")
            self.assertEqual(what(theirs.rpc), before)
            self.assertEqual(theirs.rpc.getmempoolinfo()["unbroadcastcount"], len(txids))
            self.assertEqual(theirs.stop(), 0)
            self.start_loaded(*args)
            self.assertEqual(what(self.rpc), before)
            self.assertEqual(self.node.stop(), 0)

    def test_reference(self):
        if not ARCHIVE.exists():
            raise unittest.SkipTest(f"{ARCHIVE} does not exist")
        node = self.make_node("-mempoolexpiry=1000000")
        with tarfile.open(ARCHIVE) as archive:
            archive.extractall(self.folder)
        (self.folder / "datadir").rename(node.folder.with_name("given"))
        node.folder.rmdir()
        node.folder.with_name("given").rename(node.folder)
        path = node.network_folder / "mempool.dat"
        given = plain(path.read_bytes())
        node.start()
        framework.wait_until(lambda: node.rpc.getmempoolinfo()["loaded"], "the mempool")
        expected = framework.json.loads((self.folder / "expected.json").read_text())["mempool"]
        self.assertEqual(sorted(node.rpc.getrawmempool()), sorted(expected))
        self.assertEqual(node.rpc.getmempoolinfo()["unbroadcastcount"], len(expected))
        self.assertEqual(node.stop(), 0)
        # It writes what was loaded; only the order of the IDs differs.
        ours, ids = plain(path.read_bytes()), 32 * len(expected)
        self.assertEqual(ours[:-ids], given[:-ids])
        pieces = lambda data: sorted(data[len(data) - ids + at:][:32] for at in range(0, ids, 32))
        self.assertEqual(pieces(ours), pieces(given))


if __name__ == "__main__":
    framework.main()
