#!/usr/bin/env python3
"""Files with a changed byte, or truncated: either all results are correct, or there is a clear message and exit code 1. No
block is marked invalid, the advice in the message works, and with the original file everything is back. On a generated
chain, on a custom signet, and on the first blocks of real chains.

MONEYROCKET_DAMAGE_CASES: how many cases of each (default: few); MONEYROCKET_TEST_SEED: which."""

import os
import pathlib
import random
import re
import shutil
import struct

import framework
import signet_chain
from framework import TRUE_SCRIPT, RpcError, spend_true, wait_until

CASES = os.environ.get("MONEYROCKET_DAMAGE_CASES")
VECTORS = pathlib.Path(os.environ.get("MONEYROCKET_VECTORS", framework.ROOT.parent / "shared" / "vectors"))
SEED = int(os.environ.get("MONEYROCKET_TEST_SEED", "1"))
INDEXES = ("-txindex", "-blockfilterindex", "-coinstatsindex", "-txospenderindex")
ARGS = ("-fastprune", "-dbcache=4", *INDEXES)
NAMES = 4
# Files that are never read, whose content does not matter.
UNREAD = re.compile(r"(/LOG(\.old)?|/LOCK|\.lock|debug\.log|\.cookie|stderr)$")
ADVICE = re.compile(r"Restart with (-reindex-chainstate|-reindex)|Delete the folder (\S+) to|Put back the file")


def wait_for_indexes(node):
    def ready():
        height = node.rpc.getblockcount()
        info = node.rpc.getindexinfo()
        return len(info) == NAMES and all(i == {"synced": True, "best_block_height": height} for i in info.values())
    wait_until(ready, "the indexes at the tip")


def rpc_results(rpc, method, params):
    """The results of many calls, none of which may fail."""
    results = [result for start in range(0, len(params), 500)
               for result in rpc.batch([(method, p) for p in params[start:start + 500]])]
    assert not any(isinstance(result, RpcError) for result in results), method
    return results


class Sweep:
    """Shared by all chains. The class of a chain has `build`, which calls `remember` at the end."""

    network = "regtest"
    args = ()
    cases = 10

    def questions(self):
        """All calls: (method, parameters)."""
        yield "gettxoutsetinfo", []
        yield "verifychain", [4, 0]
        yield "gettxoutsetinfo", ["muhash"]
        for block in self.hashes:
            yield "getblock", [block, 0]
            yield "getblockfilter", [block]
        for block in self.hashes[-12:]:
            yield "getblock", [block, 3]
        for txid in self.txids:
            yield "getrawtransaction", [txid, 1]
        for txid, n in self.spent:
            yield "gettxspendingprevout", [[{"txid": txid, "vout": n}], {"return_spending_tx": True}]

    def ask(self, questions):
        """(call, reply) of each. A reply can be an RpcError."""
        questions = list(questions)
        for start in range(0, len(questions), 500):
            part = questions[start:start + 500]
            for question, answer in zip(part, self.node.rpc.batch(part)):
                if question[0] == "gettxoutsetinfo" and isinstance(answer, dict):
                    answer.pop("disk_size", None)
                yield question, answer

    def remember(self, node):
        """Saves the correct replies, and a copy of the data directory."""
        rpc = node.rpc
        self.node = node
        self.hashes = rpc_results(rpc, "getblockhash", [[h] for h in range(rpc.getblockcount() + 1)])
        txs = [tx for block in rpc_results(rpc, "getblock", [[block, 2] for block in self.hashes[1:]]) for tx in block["tx"]]
        self.txids = [tx["txid"] for tx in txs]
        self.spent = [(txin["txid"], txin["vout"]) for tx in txs for txin in tx["vin"] if "txid" in txin]
        wait_for_indexes(node)
        self.control = list(self.ask(self.questions()))
        self.assertEqual([], [a for _, a in self.control if isinstance(a, RpcError)])
        self.assertIs(self.control[1][1], True)
        self.control_tips = rpc.getchaintips()
        self.assertEqual(node.stop(), 0)
        self.good = self.folder / "good"
        shutil.move(node.network_folder, self.good)

    def write_chain(self, magic, blocks):
        """Lost blocks are restored from this file, as they would be from the network."""
        self.chain_file = self.folder / "chain.dat"
        self.chain_file.write_bytes(b"".join(magic + struct.pack("<I", len(b)) + b for b in blocks))

    def restore(self):
        shutil.rmtree(self.node.network_folder, ignore_errors=True)
        shutil.copytree(self.good, self.node.network_folder)

    def check_all(self, what):
        """The node is running: every reply is correct, or a meaningful error. True if all are correct."""
        right = True
        try:
            for (question, answer), (_, control) in zip(self.ask(self.questions()), self.control):
                if isinstance(answer, RpcError):
                    self.assertTrue(len(answer.message) > 10, (what, question, answer.message))
                    right = False
                elif question[0] == "verifychain" and answer is False:
                    right = False
                else:
                    self.assertEqual(answer, control, (what, question))
        except (OSError, ValueError, framework.http.client.HTTPException):
            self.assert_failed(what, self.node.wait_for_exit())
            return False
        self.check_tips(what)
        return right

    def check_tips(self, what):
        self.assertEqual(self.invalid(self.node.rpc.getchaintips()), self.invalid(self.control_tips), what)

    @staticmethod
    def invalid(tips):
        return {tip["hash"] for tip in tips if tip["status"] == "invalid"}

    def assert_failed(self, what, code):
        self.assertEqual(code, 1, (what, self.node.errors()))
        errors = self.node.errors()
        self.assertRegex(errors, "(?m)^Error: .{20,}", what)
        # A damaged name can contain any bytes, which the log escapes.
        message = re.search("(?m)^Error: ([^\0-\x1f\x7f]*)", errors)[1]
        self.assertIn(message, self.node.log(), what)
        return errors

    def start(self, *args):
        """Starts the node, and waits until it replies or has exited; returns the exit code, or None."""
        node = self.node
        node.start(*args, wait=False)

        def settled():
            if node.process.poll() is not None:
                return True
            try:
                node.rpc.getblockcount()
                return True
            except (OSError, ValueError, framework.http.client.HTTPException, framework.Unauthorized, RpcError):
                return False

        wait_until(settled, "the node to run or to exit")
        return node.wait_for_exit() if node.process.poll() is not None else None

    def stop(self, what):
        try:
            self.node.rpc.stop()
        except (OSError, ValueError, framework.http.client.HTTPException):
            pass
        code = self.node.wait_for_exit()
        if code != 0:
            self.assert_failed(what, code)

    def follow_advice(self, what, message):
        advice = ADVICE.search(message)
        self.assertTrue(advice, (what, message))
        args = []
        if advice[2]:
            shutil.rmtree(advice[2])
        elif advice[1]:
            args = [advice[1]]
        else:
            shutil.copy(self.good / "blocks" / "xor.dat", self.node.network_folder / "blocks" / "xor.dat")
        self.complete(what, *args)

    def complete(self, what, *args):
        """Starts with ARGS, restores lost blocks, and compares the replies."""
        self.assertIsNone(self.start(*args, f"-loadblock={self.chain_file}"), (what, args, self.node.errors()))
        rpc = self.node.rpc
        wait_until(lambda: rpc.getbestblockhash() == self.hashes[-1], f"the tip after {what}")
        wait_for_indexes(self.node)
        about_coins = [(q, a) for q, a in self.control if q[0] == "gettxoutsetinfo"]
        self.assertEqual(list(self.ask(q for q, _ in about_coins)), about_coins, what)
        self.assertLessEqual(self.invalid(rpc.getchaintips()), self.invalid(self.control_tips), what)
        self.stop(what)

    def run_case(self, path, change):
        what = f"{path.relative_to(self.good)} {change.__doc__}"
        self.restore()
        target = self.node.network_folder / path.relative_to(self.good)
        data = bytearray(target.read_bytes())
        what += f" {change(path, data)}"
        target.write_bytes(data)
        outcome = "fine"
        code = self.start()
        if code is None:
            if not self.check_all(what):
                outcome = "told"
            if self.node.process is not None:
                self.stop(what)
        else:
            outcome = "refused"
            message = self.assert_failed(what, code)
            # Again, as a supervisor would: the result is the same, and the damage does not spread.
            self.assert_failed(what, self.start())
            self.follow_advice(what, message)
            self.restore()
            target.write_bytes(data)
            self.assert_failed(what, self.start())
        # With the original file nothing is missing (unless the program has rewritten it because of the damage).
        if outcome != "fine" and "/index" not in what and "chainstate" not in what:
            shutil.copy(path, target)
            self.assertIsNone(self.start(), what)
            self.assertTrue(self.check_all(what), what)
            self.stop(what)
        if path.name.startswith("blk"):
            # The same damage, found by a reindex.
            self.restore()
            target.write_bytes(data)
            self.complete(what, "-reindex")
        return what, outcome

    def kinds_of_files(self):
        files = sorted(p for p in self.good.rglob("*") if p.is_file() and p.stat().st_size > 0
                       and not UNREAD.search(str(p)))
        kinds = {}
        for path in files:
            kind = re.sub(r"\d+", "N", str(path.relative_to(self.good)))
            kinds.setdefault(kind, []).append(path)
        return kinds

    def test_every_file(self):
        self.build()
        rng = random.Random(SEED)

        def flip(path, data):
            "flipped at"
            at = self.place(rng, path, data)
            data[at] ^= 1 << rng.randrange(8)
            return at

        def truncate(path, data):
            "truncated to"
            length = Sweep.place(self, rng, path, data)
            del data[length:]
            return length

        kinds = self.kinds_of_files()
        order = self.order_of_kinds(rng, sorted(kinds))
        outcomes = {}
        cases = int(CASES or self.cases)
        for case in range(cases):
            change = truncate if (case // len(order)) % 3 == 2 else flip
            what, outcome = self.run_case(rng.choice(kinds[order[case % len(order)]]), change)
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
            if os.environ.get("MONEYROCKET_DAMAGE_VERBOSE"):
                print(what, outcome, flush=True)
        print(f"# {self.network}: {len(kinds)} kinds of files, {cases} cases: {outcomes}")

    def place(self, rng, path, data):
        """The position of the byte to change."""
        # Preallocated space contains zeros that are never read.
        return rng.randrange(len(bytes(data).rstrip(b"\0")) or 1)

    def order_of_kinds(self, rng, kinds):
        """Every second case is about block files: the other files are similar for all chains."""
        rng.shuffle(kinds)
        return [kind for other in kinds for kind in ("blocks/blkN.dat", other)]


class Regtest(Sweep, framework.NodeTest):
    """A chain of a few files, with a reorganisation and all indexes; their databases contain tables and logs."""

    cases = 30

    def build(self):
        node = self.start_node(*ARGS)
        rpc = node.rpc
        coins = framework.mine_coins(node, 12)
        for round_ in range(6):
            for txid, vout, amount in coins[round_ * 2:round_ * 2 + 2]:
                outputs = [((amount - 40000) // 40, TRUE_SCRIPT)] * 40
                rpc.sendrawtransaction(spend_true([(txid, vout)], outputs))
            rpc.generatetoaddress(20, framework.ADDRESS)
            if round_ == 2:
                rpc.invalidateblock(rpc.getblockhash(rpc.getblockcount() - 3))
                rpc.generatetoaddress(6, framework.TRUE_ADDRESS)
            if round_ in (2, 4):
                wait_for_indexes(node)
                node.restart()
        heights = range(rpc.getblockcount() + 1)
        self.write_chain(bytes.fromhex("fabfb5da"), [bytes.fromhex(rpc.getblock(rpc.getblockhash(h), 0)) for h in heights])
        self.remember(node)

    def order_of_kinds(self, rng, kinds):
        return kinds


class FromFile(Sweep):
    """A chain that is imported from a file, in two parts with a restart in between."""

    def import_chain(self, magic, blocks):
        """Returns the node with the chain."""
        node = self.make_node(*ARGS, *self.args, network=self.network)
        for part in (blocks[:len(blocks) // 2], blocks):
            self.write_chain(magic, part)
            node.start(f"-loadblock={self.chain_file}")
            wait_until(lambda n=len(part): node.rpc.getblockcount() >= n - 1, "the import")
            wait_for_indexes(node)
            self.assertEqual(node.stop(), 0)
        return node.start()


class Signet(FromFile, framework.NodeTest):
    """A custom signet, whose blocks contain solutions."""

    network = "signet"
    args = (f"-signetchallenge={signet_chain.CHALLENGE}",)
    cases = 12

    def build(self):
        blocks = signet_chain.make_chain()
        node = self.import_chain(signet_chain.MAGIC, blocks)
        self.assertEqual(node.rpc.getblockcount(), len(blocks))
        self.remember(node)

    def place(self, rng, path, data):
        """In blocks, often where the change makes a solution invalid, or hides it."""
        if path.name.startswith("blk") and rng.random() < 0.5:
            key = (self.good / "blocks" / "xor.dat").read_bytes()
            plain = bytes(byte ^ key[at % len(key)] for at, byte in enumerate(data))
            part = rng.choice((signet_chain.COMMITMENT, signet_chain.SOLUTION))
            return rng.choice([match.start() for match in re.finditer(re.escape(part), plain)]) + rng.randrange(len(part))
        return super().place(rng, path, data)


class RealChain(FromFile):
    """The first blocks of a real chain, if they are among the vectors."""

    cases = 6

    def build(self):
        path = VECTORS / "chain" / self.name
        if not path.exists():
            self.skipTest(f"no {path} (MONEYROCKET_VECTORS names another folder)")
        data = path.read_bytes()
        blocks, at = [], 0
        while at < len(data):
            size = struct.unpack_from("<I", data, at + 4)[0]
            blocks.append(data[at + 8:at + 8 + size])
            at += 8 + size
        node = self.import_chain(data[:4], blocks)
        self.assertEqual(node.rpc.getblockcount(), len(blocks) - 1)
        self.remember(node)


class Testnet(RealChain, framework.NodeTest):
    network, name = "test", "testnet3_0-4000.dat"


class Mainnet(RealChain, framework.NodeTest):
    network, name = "main", "mainnet_0-438.dat"


if __name__ == "__main__":
    framework.main()
