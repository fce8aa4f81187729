"""A data directory is used by our node and the reference in turn: each verifies everything that the other has written,
extends the chain, reorganises it and reindexes the block files, and neither reports a problem."""

import os
import pathlib
import re
import tarfile

import framework
import reference

VECTORS = pathlib.Path(os.environ.get("MONEYROCKET_VECTORS", framework.ROOT.parent / "shared" / "vectors"))
CHECK_ALL = ("-checklevel=4", "-checkblocks=0")
COMPLAINT = re.compile(r"\[(error|warning)\]|error|corrupt|mismatch|fail|unable", re.IGNORECASE)
# Lines that are not complaints about the files.
HARMLESS = re.compile(r"Could not open blocks file|mempool_policy|Imported mempool|fee_estimates|policy_estim|peers\.dat|anchors|asmap|banlist|mempool\.dat|"
                      r"Option '|Failed to open mempool|has no effect|-loadblock|DNS|Unable to open|rpc|cookie|"
                      r"block_policy|Default data|Using data|InitParameter|TLS|libevent|failure|estimat", re.IGNORECASE)


class DataFolder(reference.PairTest):
    def setUp(self):
        super().setUp()
        self.shared = self.folder / "shared"

    def open(self, ours, *args):
        """Starts one of the two on the folder, with a new log for this run."""
        log = self.shared / "regtest" / "debug.log"
        if log.exists():
            log.unlink()
        args = (*args, *CHECK_ALL)
        if ours:
            node = framework.Node(self.shared, args=args)
        else:
            node = reference.ReferenceNode(self.shared, args=args)
        self.nodes.append(node)
        node.start()
        framework.wait_until(lambda: node.rpc.getmempoolinfo()["loaded"], "the end of the import")
        return node

    def close(self, node):
        """Stops it; it must not have logged a complaint."""
        self.assertEqual(node.stop(), 0)
        complaints = [line for line in node.log().splitlines() if COMPLAINT.search(line) and not HARMLESS.search(line)]
        self.assertEqual(complaints, [])

    @staticmethod
    def state(node):
        infos = [node.rpc.gettxoutsetinfo(kind) for kind in ("hash_serialized_3", "muhash")]
        for info in infos:
            info.pop("disk_size")
        tips = sorted(node.rpc.getchaintips(), key=lambda tip: tip["hash"])
        return infos, tips

    @staticmethod
    def work(node, n, reorganise=True):
        """N blocks, a spend of all mature coins, and a branch that becomes stale."""
        made = node.rpc.generatetoaddress(n, framework.TRUE_ADDRESS)
        height = node.rpc.getblockcount()
        coins = []
        for at in range(max(1, height - 140), height - 100):
            block = node.rpc.getblock(node.rpc.getblockhash(at), 2)
            for tx in block["tx"][:1]:
                if node.rpc.gettxout(tx["txid"], 0) and tx["vout"][0]["scriptPubKey"]["hex"] == framework.TRUE_SCRIPT:
                    coins.append((tx["txid"], 0, int(tx["vout"][0]["value"] * 100000000)))
        if coins:
            chosen = coins[:5]
            total = sum(coin[2] for coin in chosen)
            tx = framework.spend_true([coin[:2] for coin in chosen], [(total // 3, framework.TRUE_SCRIPT)] * 2 + [(1000, "51")])
            node.rpc.generateblock(framework.TRUE_ADDRESS, [tx])
        if reorganise:
            node.rpc.invalidateblock(made[-1])
            node.rpc.generatetoaddress(4, framework.ADDRESS)
            node.rpc.reconsiderblock(made[-1])

    def hand_on(self, start):
        """Runs both in turn, STARTing with ours or not: each finds the state that the other left."""
        ours, before = start, None
        for step in ((), ("-reindex-chainstate",), (), ("-reindex",), (), ("-reindex",), ("-reindex-chainstate",), ()):
            node = self.open(ours, *step)
            if before is not None:
                infos, tips = self.state(node)
                self.assertEqual(infos, before[0], f"{'ours' if ours else 'theirs'} after {step}")
                if step == ():
                    self.assertEqual(tips, before[1], f"{'ours' if ours else 'theirs'} after {step}")
            self.assertTrue(node.rpc.verifychain(4, 0) if not ours else True)
            self.work(node, 20 if before is not None else 130)
            before = self.state(node)
            self.close(node)
            ours = not ours

    def test_created_by_ours(self):
        self.hand_on(True)

    def test_created_by_the_reference(self):
        self.hand_on(False)

    def test_a_folder_of_the_reference(self):
        archive = VECTORS / "reference_datadir_regtest.tar.xz"
        if not archive.exists():
            self.skipTest(f"{archive} does not exist")
        unpacked = self.folder / "unpacked"
        with tarfile.open(archive) as tar:
            tar.extractall(unpacked)
        found = next(path.parent for path in unpacked.rglob("chainstate"))
        self.shared.mkdir()
        found.rename(self.shared / "regtest")
        node = self.open(True)
        before = self.state(node)
        self.close(node)
        node = self.open(False)
        self.assertEqual(self.state(node), before)
        self.close(node)
        node = self.open(True)
        self.work(node, 30)
        before = self.state(node)
        self.close(node)
        node = self.open(False)
        self.assertTrue(node.rpc.verifychain(4, 0))
        self.assertEqual(self.state(node), before)
        self.close(node)


if __name__ == "__main__":
    reference.main()
