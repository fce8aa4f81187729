"""A wallet that is used by this program and the reference node in turn: both must report the same about it, and each must
be able to spend what the other has received. It is skipped if there is no reference (reference.py)."""
import http.client
import json
import os
import shutil
import sqlite3
import subprocess
import unittest
from decimal import Decimal

import framework
import reference

OURS_ONLY = {b"moneyrocket_draft", b"moneyrocket_block", b"moneyrocket_addresstime", b"moneyrocket_place"}


class Reference(framework.Node):
    """The reference's daemon, with the same interface."""

    def command(self, *args):
        return [str(reference.PROGRAM), "-regtest", f"-datadir={self.folder}", f"-rpcport={self.port}", "-listen=0", "-connect=0",
                "-fallbackfee=0.0002", *self.keypool, *args]


    def wait_for_rpc(self):
        def ready():
            try:
                self.rpc.getblockcount()
                return True
            except (OSError, AssertionError, framework.RpcError, http.client.HTTPException):
                assert self.process.poll() is None, self.errors()
                return False

        framework.wait_until(ready, "the RPC server of the reference")


def sorted_by(rows, *names):
    return sorted(rows, key=lambda row: [str(row.get(name)) for name in names])


def picture(rpc):
    """The results of the wallet's methods, in a form that can be compared."""
    transactions = rpc.listtransactions("*", 1000)
    shown = {
        "balances": rpc.getbalances(),
        "transactions": transactions,
        "since": sorted_by(rpc.listsinceblock()["transactions"], "txid", "vout", "category"),
        "descriptors": rpc.listdescriptors(),
        "unspent": sorted_by(rpc.listunspent(0), "txid", "vout"),
        "labels": rpc.listlabels(),
        "locked": sorted_by(rpc.listlockunspent(), "txid", "vout"),
        "details": {txid: rpc.gettransaction(txid) for txid in sorted({t["txid"] for t in transactions})},
    }
    addresses = {t["address"] for t in transactions if "address" in t} | {u["address"] for u in shown["unspent"]}
    shown["addresses"] = {a: rpc.getaddressinfo(a) for a in sorted(addresses)}
    shown["by label"] = {label: rpc.getaddressesbylabel(label) for label in shown["labels"]}
    info = rpc.getwalletinfo()
    shown["info"] = {name: info[name] for name in info if name not in ("scanning",)}
    for entry in shown["since"] + shown["transactions"] + list(shown["details"].values()):
        entry["walletconflicts"] = sorted(entry["walletconflicts"])
    return json.loads(json.dumps(shown, default=str))


def differences(before, after, where=""):
    """Lines with each difference between two JSON values."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted(before.keys() | after.keys()):
            if name not in before or name not in after:
                yield f"{where}/{name}: {before.get(name, 'missing')} against {after.get(name, 'missing')}"
            else:
                yield from differences(before[name], after[name], f"{where}/{name}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for i, (x, y) in enumerate(zip(before, after)):
            yield from differences(x, y, f"{where}[{i}]")
    elif before != after:
        yield f"{where}: {before} against {after}"


def record_names(path):
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        return {bytes(key[1:1 + key[0]]) for (key,) in db.execute("SELECT key FROM main")}


@unittest.skipUnless(reference.AVAILABLE, "MONEYROCKET_REFERENCE does not name a build of the reference")
class HandoverTest(framework.NodeTest):
    maxDiff = None

    def copy_of(self, node, kind):
        """A stopped node of KIND with a copy of the folder of NODE, which is stopped."""
        folder = self.folder / f"node{len(self.nodes)}"
        shutil.copytree(node.folder, folder)
        copy = kind(folder, args=[] if kind is Reference else ["-fallbackfee=0.0002"], wallet=True)
        if kind is Reference:
            copy.args = []
        self.nodes.append(copy)
        return copy

    def ready(self, node, wallets):
        def loaded():
            try:
                return sorted(node.rpc.listwallets()) == sorted(wallets)
            except framework.RpcError as error:
                if error.code not in (-28, -32603):
                    raise
                return False

        framework.wait_until(loaded, "the wallets")
        self.settled(node)

    def settled(self, node):
        def at_tip():
            tip = node.rpc.getbestblockhash()
            return all(node.rpc.wallet(w).getwalletinfo()["lastprocessedblock"]["hash"] == tip
                       for w in node.rpc.listwallets())

        framework.wait_until(at_tip, "the wallets at the tip")

    def in_mempool(self, node, *txids):
        def there():
            trusted = [node.rpc.gettransaction(t) for t in txids]
            return all(t in node.rpc.getrawmempool() for t in txids) and all("trusted" in t for t in trusted)

        framework.wait_until(there, "the payments in the mempool")
        self.settled(node)

    def hand_over(self, node, kind, mempool=()):
        """Compares the results of NODE with those of a node of KIND with a copy of its folder, and returns them."""
        self.in_mempool(node, *mempool)
        # As loading does: an address that was set aside for change, and then not needed, leaves the keypool one short.
        node.rpc.keypoolrefill()
        before = picture(node.rpc)
        self.assertEqual(node.stop(), 0)
        self.check_file(node)
        after = self.copy_of(node, kind)
        after.start()
        self.ready(after, ["one"])
        self.in_mempool(after, *mempool)
        self.same(before, picture(after.rpc))
        return after

    def same(self, before, after):
        found = list(differences(before, after))
        self.assertFalse(found, "\n".join(found))

    def check_file(self, node, version=0):
        path = node.network_folder / "wallets" / "one" / "wallet.dat"
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
            self.assertEqual(db.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            self.assertEqual(db.execute("PRAGMA application_id").fetchone()[0] & 0xffffffff, 0xfabfb5da)
            self.assertEqual(db.execute("PRAGMA user_version").fetchone()[0], version)

    def use(self, node):
        """Creates history of every kind: mined, received, sent, labelled, locked, reorganised, unconfirmed. Returns the IDs
        that are in the mempool at the end."""
        rpc = node.rpc
        away = "bcrt1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqc8gma6"
        kinds = ["bech32", "bech32m", "p2sh-segwit", "legacy"]
        mined = rpc.getnewaddress("mined", "bech32")
        rpc.generatetoaddress(3, mined)
        rpc.generatetoaddress(101, framework.ADDRESS)
        self.settled(node)
        for kind in kinds:
            rpc.sendtoaddress(address=rpc.getnewaddress(f"to {kind}", kind), amount=1.5, fee_rate=3)
            self.settled(node)
        rpc.generatetoaddress(1, framework.ADDRESS)
        self.settled(node)
        sent = rpc.sendtoaddress(address=away, amount=2, comment="for a bicycle\0", comment_to="\0the shop", fee_rate=5)
        rpc.setlabel(away, "the\0shop")
        self.in_mempool(node, sent)
        rpc.generatetoaddress(2, framework.ADDRESS)
        self.settled(node)
        # A coinbase of ours and a payment on a branch that becomes stale; the payment returns to the mempool.
        returning = rpc.sendtoaddress(address=away, amount=Decimal("0.25"), fee_rate=2)
        self.in_mempool(node, returning)
        gone = rpc.generatetoaddress(1, rpc.getnewaddress("gone", "bech32m"))[0]
        self.settled(node)
        rpc.invalidateblock(gone)
        self.settled(node)
        self.in_mempool(node, returning)
        rpc.generatetoaddress(2, framework.ADDRESS)
        self.settled(node)
        lock = min(rpc.listunspent(1), key=lambda u: u["amount"])
        rpc.lockunspent(False, [{"txid": lock["txid"], "vout": lock["vout"]}], True)
        last = [rpc.sendtoaddress(address=away, amount=3, subtractfeefromamount=True, fee_rate=4),
                rpc.sendtoaddress(address=rpc.getnewaddress("self", "bech32m"), amount=1, fee_rate=4)]
        self.in_mempool(node, *last)
        return last

    def spend(self, node):
        """Pays the whole balance to two new addresses, and mines that."""
        rpc = node.rpc
        rpc.lockunspent(True)
        rpc.generatetoaddress(1, framework.ADDRESS)
        self.settled(node)
        coins = rpc.listunspent(1)
        amount = (sum(c["amount"] for c in coins) / 2).quantize(Decimal("0.00000001"))
        txid = rpc.sendmany(dummy="", amounts={rpc.getnewaddress("a", "bech32m"): str(amount),
                                               rpc.getnewaddress("b", "bech32"): str(amount - 1)},
                            fee_rate=2)
        inputs = rpc.decoderawtransaction(rpc.gettransaction(txid)["hex"])["vin"]
        self.assertGreaterEqual(len(inputs), len(coins) - 1)
        self.in_mempool(node, txid)
        rpc.generatetoaddress(1, framework.ADDRESS)
        self.settled(node)
        self.assertEqual(rpc.gettransaction(txid)["confirmations"], 1)

    def test_ours_first(self):
        ours = self.make_node("-fallbackfee=0.0002", wallet=True).start()
        self.ready(ours, [])
        ours.rpc.createwallet(wallet_name="one", load_on_startup=True)
        mempool = self.use(ours)
        reference = self.hand_over(ours, Reference, mempool)
        self.spend(reference)
        again = self.hand_over(reference, framework.Node)
        self.spend(again)
        last = self.hand_over(again, Reference)
        last.stop()

    def test_reference_first(self):
        folder = self.folder / "node0"
        reference = Reference(folder, wallet=True)
        reference.args = []
        self.nodes.append(reference)
        reference.start()
        reference.rpc.createwallet(wallet_name="one", load_on_startup=True)
        mempool = self.use(reference)
        ours = self.hand_over(reference, framework.Node, mempool)
        before = record_names(reference.network_folder / "wallets" / "one" / "wallet.dat")
        self.spend(ours)
        again = self.hand_over(ours, Reference)
        after = record_names(ours.network_folder / "wallets" / "one" / "wallet.dat")
        self.assertEqual(before - after, {b"lockedutxo"} & before)
        self.assertLessEqual(after - before, OURS_ONLY)
        self.spend(again)
        last = self.hand_over(again, framework.Node)
        last.stop()


if __name__ == "__main__":
    framework.main()
