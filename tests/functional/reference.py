"""Our node and the reference: both get the same blocks, and must return the same verdicts.

MONEYROCKET_REFERENCE names a source checkout of the reference with its programs in build/bin. Blocks are built with the
helpers of its own test suite, which are imported from there and not part of this repository. If the variable is not set,
tests that need it are skipped.
"""

import json
import os
import pathlib
import random
import sys
import unittest

import framework

_folder = os.environ.get("MONEYROCKET_REFERENCE")
REFERENCE = pathlib.Path(_folder) if _folder else None
PROGRAM = REFERENCE / "build" / "bin" / "bitcoind" if REFERENCE else None
AVAILABLE = PROGRAM is not None and PROGRAM.exists()

if AVAILABLE:
    sys.path.insert(0, str(REFERENCE / "test" / "functional"))
    from test_framework import blocktools, key, messages, script, script_util  # noqa: F401



def main():
    """Runs the tests of the main module; exits with 77, which means skipped, if there is no reference."""
    if not AVAILABLE:
        print("skipped: MONEYROCKET_REFERENCE does not name a build of the reference")
        sys.exit(77)
    unittest.main(verbosity=2)


SEED = int(os.environ.get("MONEYROCKET_TEST_SEED", "1"))
# Factor for the number of random cases.
EFFORT = int(os.environ.get("MONEYROCKET_TEST_EFFORT", "1"))
START_TIME = 1700000000


class ReferenceNode(framework.Node):
    """The reference, with the interface of our node."""

    def command(self, *args):
        return [str(PROGRAM), f"-datadir={self.folder}", f"-chain={self.network}", f"-rpcport={self.port}", "-server",
                "-listen=0", "-connect=0", "-dnsseed=0", "-fixedseeds=0", "-discover=0", "-natpmp=0",
                "-printtoconsole=0", *self.keypool, *self.args, *args]


class Difference(AssertionError):
    pass


class Pair:
    """Two nodes that receive the same calls."""

    def __init__(self, ours, theirs):
        self.ours, self.theirs = ours, theirs

    @staticmethod
    def _ask(node, method, args):
        try:
            return "result", node.rpc.call(method, *args)
        except framework.RpcError as error:
            return "error", error.code, error.message

    def ask(self, method, *args):
        """The reply of both: ("result", value) or ("error", code, message)."""
        ours, theirs = self._ask(self.ours, method, args), self._ask(self.theirs, method, args)
        if ours != theirs:
            raise Difference(f"{method}{json.dumps(args, default=str)[:200]}\n  ours:   {ours}\n  theirs: {theirs}")
        return ours

    def call(self, method, *args):
        answer = self.ask(method, *args)
        if answer[0] == "error":
            raise AssertionError(f"{method}: {answer}")
        return answer[1]

    def submit(self, block, several_faults=False):
        """The verdict of both on a block (bytes, or an object of the reference's suite): None when it is in the chain. With
        SEVERAL_FAULTS in scripts the reference reports the one that its threads find first; our node reports the first one
        in the block."""
        raw = block if isinstance(block, bytes) else block.serialize()
        try:
            answer = self.ask("submitblock", raw.hex())
        except Difference as difference:
            if not several_faults or str(difference).count("('result', 'block-script-verify-flag-failed (") != 2:
                raise
            answer = ("result", "block-script-verify-flag-failed")
        return answer[1] if answer[0] == "result" else answer

    def compare_tips(self):
        self.call("getbestblockhash")
        self.call("getblockcount")

    def compare_branches(self):
        def sort(tips):
            return sorted(tips, key=lambda tip: tip["hash"])
        ours, theirs = sort(self.ours.rpc.getchaintips()), sort(self.theirs.rpc.getchaintips())
        if ours != theirs:
            raise Difference("getchaintips\n  " + "\n  ".join(
                [f"ours   {tip}" for tip in ours if tip not in theirs]
                + [f"theirs {tip}" for tip in theirs if tip not in ours]))

    def compare_coins(self):
        for kind in ("hash_serialized_3", "muhash"):
            ours, theirs = self.ours.rpc.gettxoutsetinfo(kind), self.theirs.rpc.gettxoutsetinfo(kind)
            for info in (ours, theirs):
                info.pop("disk_size")
            if ours != theirs:
                raise Difference(f"gettxoutsetinfo {kind}\n  ours:   {ours}\n  theirs: {theirs}")
        return ours

    def compare_all(self):
        self.compare_tips()
        self.compare_branches()
        return self.compare_coins()


class PairTest(framework.NodeTest):
    """A test with a node of each kind, on a clock that is the same for both."""

    def make_reference(self, *args, network="regtest"):
        node = ReferenceNode(self.folder / f"node{len(self.nodes)}", args=args, network=network)
        self.nodes.append(node)
        return node

    def start_pair(self, *args, network="regtest"):
        ours = self.start_node(f"-mocktime={START_TIME}", *args, network=network)
        theirs = self.make_reference(f"-mocktime={START_TIME}", *args, network=network).start()
        return Pair(ours, theirs)


class Coin:
    """An output that can be spent: its outpoint, amount and script."""

    def __init__(self, tx, n):
        self.txid, self.n, self.out = tx.txid_int, n, tx.vout[n]

    @property
    def sat(self):
        return self.out.nValue

    @property
    def script(self):
        return self.out.scriptPubKey


class Builder:
    """Builds blocks on top of the last accepted one, without calling a node."""

    def __init__(self, pair, seed=SEED):
        self.pair = pair
        self.random = random.Random(seed)
        self.tip, self.height, self.time = self._genesis()
        self.coins = []  # OP_TRUE coinbases, oldest first, as (height, Coin)

    def _genesis(self):
        info = self.pair.call("getblockheader", self.pair.call("getblockhash", 0))
        return int(info["hash"], 16), 0, START_TIME - 1000000

    # ---- blocks ----

    def block(self, txs=(), *, prev=None, height=None, time=None, fees=0, coinbase=None, commit=True, version=0x20000000,
              solve=True):
        height = self.height + 1 if height is None else height
        block = messages.CBlock()
        block.nVersion = version
        block.hashPrevBlock = self.tip if prev is None else prev
        block.nTime = self.time + 1 if time is None else time
        block.nBits = blocktools.REGTEST_N_BITS
        block.vtx = [coinbase or blocktools.create_coinbase(height, fees=fees), *txs]
        return self.finish(block, commit=commit, solve=solve)

    @staticmethod
    def finish(block, commit=False, solve=True):
        """Sets the merkle root, the witness commitment if requested, and the proof of work."""
        if commit:
            blocktools.add_witness_commitment(block)
        block.hashMerkleRoot = block.calc_merkle_root()
        if solve:
            block.solve()
        return block

    def accept(self, block):
        answer = self.pair.submit(block)
        if answer is not None:
            raise AssertionError(f"a valid block was rejected: {answer}")
        return self.note(block)

    def note(self, block):
        """Makes BLOCK the tip."""
        self.tip, self.height, self.time = block.hash_int, self.height + 1, block.nTime
        if block.vtx[0].vout[0].scriptPubKey == b"\x51":
            self.coins.append((self.height, Coin(block.vtx[0], 0)))
        return block

    def median_time(self):
        return self.pair.call("getblockheader", f"{self.tip:064x}")["mediantime"]

    def mine(self, n=1):
        for _ in range(n):
            self.accept(self.block())

    def take(self):
        """A coin to OP_TRUE that can be spent in the next block."""
        height, coin = self.coins.pop(0)
        assert height + 100 <= self.height + 1, "too few blocks"
        return coin

    # ---- transactions ----

    @staticmethod
    def tx(coins, outs, *, version=2, locktime=0, sequence=0xffffffff):
        """Spends COINS; OUTS are (satoshi, script). Signatures are added by the caller."""
        tx = messages.CTransaction()
        tx.version, tx.nLockTime = version, locktime
        tx.vin = [messages.CTxIn(messages.COutPoint(coin.txid, coin.n), b"", sequence) for coin in coins]
        tx.vout = [messages.CTxOut(sat, bytes(out)) for sat, out in outs]
        return tx

    @staticmethod
    def witness(tx, i, stack):
        while len(tx.wit.vtxinwit) < len(tx.vin):
            tx.wit.vtxinwit.append(messages.CTxInWitness())
        tx.wit.vtxinwit[i].scriptWitness.stack = [bytes(item) for item in stack]

    def fund(self, scripts, sat=100000):
        """Mines a block that pays SAT to each of the scripts; returns the coins."""
        coin = self.take()
        outs = [(sat, s) for s in scripts]
        rest = coin.sat - sat * len(scripts)
        assert rest >= 0, "too much for one coin"
        tx = self.tx([coin], outs + [(rest, b"\x51")])
        self.accept(self.block([tx]))
        return [Coin(tx, n) for n in range(len(scripts))]
