"""Rules that depend on options and on the order of events: activation heights, BIP 94, custom signets, deployments; blocks
and headers that arrive in any order, are proposed, invalidated, reconsidered and made precious; and blocks with changed
bytes. Our node and the reference return the same verdicts."""

import copy
import io
import random

import reference
from reference import Builder, Coin

if reference.AVAILABLE:
    from reference import blocktools, messages, script_util
    from test_framework.script import CScript, CScriptNum, OP_CHECKLOCKTIMEVERIFY, OP_CHECKSEQUENCEVERIFY, OP_CHECKSIG, OP_NOT
    from test_framework.script import OP_0, OP_CHECKMULTISIG

HEIGHTS = {"bip34": 103, "dersig": 107, "cltv": 111, "csv": 115, "segwit": 119}


def propose(pair, raw):
    """The verdicts of both on a proposed block; nothing as long as our node does not support proposals."""
    if "getblocktemplate" not in pair.ours.rpc.help():
        return None
    return pair.ask("getblocktemplate", {"mode": "proposal", "data": raw.hex(), "rules": ["segwit"]})


class Exact(io.BytesIO):
    """A stream in which reading beyond the end is an error."""

    def read(self, n=-1):
        data = super().read(n)
        if len(data) < n:
            raise EOFError
        return data


class Rules(reference.PairTest):
    def test_activation_heights(self):
        """Around each height, blocks that only its rule forbids."""
        self.pair = pair = self.start_pair(*[f"-testactivationheight={name}@{height}" for name, height in HEIGHTS.items()])
        self.b = b = Builder(pair)
        for _ in range(100):
            b.accept(b.block(commit=False))
        answers = set()
        true = script_util.script_to_p2wsh_script(b"\x51")
        while b.height < 124:
            coin = b.coins[0][1]
            b.accept(b.block([b.tx([coin], [(1000, s) for s in self.outputs(true)])], commit=False))
            made = b.pair.call("getblock", f"{b.tip:064x}", 1)["tx"][1]
            b.take()
            for version in (0, 1, 2, 3, 4, -1):
                answers.add(str(self.try_block(b.block(version=version, commit=False))))
            no_height = blocktools.create_coinbase(b.height + 1)
            no_height.vin[0].scriptSig = b"\x01\x01\x01"
            answers.add(str(self.try_block(b.block(coinbase=no_height, commit=False))))
            for n, (code, sig, stack, sequence, locktime) in enumerate(self.spends(true)):
                tx = messages.CTransaction()
                tx.version, tx.nLockTime = 2, locktime(b) if callable(locktime) else locktime
                tx.vin = [messages.CTxIn(messages.COutPoint(int(made, 16), n), sig, sequence)]
                tx.vout = [messages.CTxOut(0, b"\x51")]
                if stack is not None:
                    b.witness(tx, 0, stack)
                for commit in (True, False):
                    answers.add(str(self.try_block(b.block([tx], commit=commit))))
        self.assertGreaterEqual(len(answers), 10, answers)
        pair.compare_all()

    @staticmethod
    def outputs(true):
        return [CScript([bytes(9), b"\x02" + bytes(32), OP_CHECKSIG, OP_NOT]),
                CScript([CScriptNum(500), OP_CHECKLOCKTIMEVERIFY]), CScript([CScriptNum(500), OP_CHECKSEQUENCEVERIFY]),
                CScript([OP_0, OP_0, OP_CHECKMULTISIG]), b"\x51", b"\x51", true]

    @staticmethod
    def spends(true):
        """In the order of the outputs: their script, scriptSig, witness, sequence, lock time."""
        return [(None, b"", None, 0xffffffff, 0), (None, b"", None, 0, 0), (None, b"", None, 0, 0), (None, b"\x51", None, 0, 0),
                (None, b"", None, 3, 0), (None, b"", None, 0, lambda b: b.time - 1), (true, b"", [b"\x51"], 0, 0)]

    def try_block(self, block):
        """The verdicts of both on a block; a valid one is disconnected, so that the next one is on the same chain."""
        propose(self.pair, block.serialize())
        answer = self.pair.submit(block)
        if answer is None:
            self.pair.call("invalidateblock", block.hash_hex)
        self.pair.compare_tips()
        return answer

    def test_timewarp(self):
        """BIP 94 on regtest: the first block of 144 may be at most ten minutes before the one below it."""
        self.pair = pair = self.start_pair("-test=bip94")
        self.b = b = Builder(pair)
        b.mine(142)
        b.accept(b.block(time=b.time + 5000))
        answers = [self.try_block(b.block(time=b.time + offset)) for offset in (-5000, -601, -600, -599, 0, 1, 7000)]
        self.assertEqual(answers[:3], ["time-timewarp-attack", "time-timewarp-attack", None])
        b.accept(b.block(time=b.time - 598))
        pair.compare_all()

    def test_signet(self):
        """A signet whose blocks need no solution, and one whose challenge is not solved."""
        for challenge in ("51", "00", "5121" + "02" * 33 + "51ae"):
            pair = self.start_pair(f"-signetchallenge={challenge}", network="signet")
            for name in ("chain", "signet_challenge", "bits", "target"):
                self.assertEqual(pair.ours.rpc.getblockchaininfo()[name], pair.theirs.rpc.getblockchaininfo()[name])
            self.assertEqual(pair.ours.rpc.getmininginfo()["signet_challenge"], challenge)
            template = pair.call("getblockheader", pair.call("getblockhash", 0))
            for commit, extra in ((True, b""), (False, b""), (True, bytes.fromhex("04ecc7daa2")),
                                  (True, bytes.fromhex("05ecc7daa200")), (True, bytes.fromhex("06ecc7daa20000")),
                                  (True, bytes.fromhex("07ecc7daa2000000")), (True, bytes.fromhex("08ecc7daa201510000"))):
                block = messages.CBlock()
                block.nVersion, block.hashPrevBlock, block.nTime = 0x20000000, int(template["hash"], 16), template["time"] + 600
                block.nBits = int(template["bits"], 16)
                block.vtx = [blocktools.create_coinbase(1)]
                if commit:
                    blocktools.add_witness_commitment(block)
                    block.vtx[0].vout[-1].scriptPubKey = bytes(block.vtx[0].vout[-1].scriptPubKey) + extra
                block.hashMerkleRoot = block.calc_merkle_root()
                propose(pair, block.serialize())
            pair.ours.stop()
            pair.theirs.stop()

    def test_deployments(self):
        """A deployment passes through its states; both report the same by RPC at every step."""
        pair = self.start_pair("-vbparams=testdummy:1699000050:1999999999:300")
        b, numbers = Builder(pair), random.Random(reference.SEED)
        seen = set()
        while b.height < 450:
            info = pair.call("getdeploymentinfo")["deployments"]["testdummy"]["bip9"]
            seen.add(info["status"])
            for _ in range(9):
                b.accept(b.block(version=0x30000000 if numbers.random() < 0.8 else 0x20000000))
        self.assertGreaterEqual(len(seen), 4, seen)


class Orders(reference.PairTest):
    """Trees of empty blocks, delivered in any order, and invalidateblock, reconsiderblock and preciousblock."""

    def test_orders(self):
        counts = {}
        for seed in range(reference.SEED, reference.SEED + reference.EFFORT):
            self.pair = self.start_pair()
            self.run_orders(Builder(self.pair, seed), 250, counts)
            self.pair.compare_all()
            self.pair.ours.restart()
            self.pair.theirs.restart()
            self.pair.compare_all()
            self.pair.ours.stop()
            self.pair.theirs.stop()
        print(f"{sum(counts.values())} orders: {counts}")

    def run_orders(self, b, rounds, counts):
        numbers = b.random
        points = [(b.tip, 0, b.time, None)]
        waiting = []

        def make():
            prev, height, time, _ = points[-1 - min(int(numbers.expovariate(0.4)), len(points) - 1)]
            spoiled = numbers.random() < 0.1
            block = b.block(prev=prev, height=height + 1, time=time + numbers.randrange(1, 900), fees=1 if spoiled else 0)
            points.append((block.hash_int, height + 1, block.nTime, block))
            waiting.append(block)

        def header():
            self.pair.ask("submitheader", numbers.choice(waiting or [points[-1][3]]).serialize()[:80].hex())

        def block():
            if waiting:
                at = 0 if numbers.random() < 0.7 else numbers.randrange(len(waiting))
                self.pair.submit(waiting.pop(at))

        def again():
            self.pair.submit(numbers.choice(points[1:])[3])

        def known():
            return f"{numbers.choice(points[-40:])[0]:064x}"

        orders = {"make": make, "header": header, "block": block, "again": again,
                  "invalidate": lambda: self.pair.ask("invalidateblock", known()),
                  "reconsider": lambda: self.pair.ask("reconsiderblock", known()),
                  "precious": lambda: self.pair.ask("preciousblock", known()),
                  "propose": lambda: propose(self.pair, numbers.choice(points[1:])[3].serialize())}
        weights = {"make": 30, "header": 12, "block": 32, "again": 3, "invalidate": 6, "reconsider": 7, "precious": 6, "propose": 4}
        make()
        for number in range(rounds):
            name = numbers.choices(list(weights), list(weights.values()))[0]
            counts[name] = counts.get(name, 0) + 1
            orders[name]()
            try:
                self.pair.compare_tips()
                self.pair.compare_branches()
            except reference.Difference as difference:
                raise AssertionError(f"after order {number}, {name}: {difference}") from None


class Bytes(reference.PairTest):
    """Blocks with changed bytes: for some of them the merkle root, the commitment and the work are recomputed."""

    def test_changed_bytes(self):
        self.pair = self.start_pair()
        self.b = b = Builder(self.pair, reference.SEED)
        b.mine(120)
        answers = {}
        for _ in range(150 * reference.EFFORT):
            raw = self.change()
            propose(self.pair, raw)
            answer = str(self.pair.submit(raw, several_faults=True))
            answers[answer] = answers.get(answer, 0) + 1
            if answer == "None":
                self.pair.call("invalidateblock", self.pair.call("getbestblockhash"))
            self.pair.compare_tips()
        self.pair.compare_all()
        print(f"{sum(answers.values())} blocks, {len(answers)} answers: {answers}")

    def base(self):
        b, n = self.b, self.b.random.randrange(0, 4)
        coins = [coin for _, coin in b.coins[:n]]
        txs = [b.tx([coin], [(coin.sat - 10, b"\x51"), (5, script_util.script_to_p2wsh_script(b"\x51"))]) for coin in coins]
        if txs and b.random.random() < 0.5:
            txs.append(b.tx([Coin(txs[0], 1)], [(0, b"\x51")]))
            b.witness(txs[-1], 0, [b"\x51"])
        return b.block(txs, time=b.time + b.random.randrange(1, 500), solve=False)

    def change(self):
        numbers, block = self.b.random, self.base()
        tx_at = numbers.randrange(len(block.vtx))
        raw = block.vtx[tx_at].serialize()
        for _ in range(numbers.choice((1, 1, 1, 2, 3))):
            at, how = numbers.randrange(len(raw)), numbers.randrange(6)
            if how == 0:
                raw = raw[:at] + raw[at + 1:]
            elif how == 1:
                raw = raw[:at] + bytes([numbers.randrange(256)]) + raw[at:]
            elif how == 2:
                raw = raw[:at] + bytes([numbers.choice((0, 1, 2, 0xfd, 0xfe, 0xff))]) + raw[at + 1:]
            else:
                raw = raw[:at] + bytes([raw[at] ^ 1 << numbers.randrange(8)]) + raw[at + 1:]
        try:
            changed = messages.CTransaction()
            changed.deserialize(Exact(raw))
            whole = changed.serialize() == raw
        except Exception:
            whole = False
        if not whole:  # it cannot be read, or not to its end
            block.solve()
            parts = [tx.serialize() for tx in block.vtx]
            parts[tx_at] = raw
            return block.serialize()[:80] + bytes([len(parts)]) + b"".join(parts)
        block.vtx = copy.copy(block.vtx)
        block.vtx[tx_at] = changed
        if numbers.random() < 0.6 and block.vtx[0].vout:
            coinbase = block.vtx[0]
            coinbase.vout = [out for out in coinbase.vout if not bytes(out.scriptPubKey).startswith(b"\x6a\x24\xaa\x21")]
            try:
                blocktools.add_witness_commitment(block)
            except Exception:
                pass
        if numbers.random() < 0.9:
            block.hashMerkleRoot = block.calc_merkle_root()
        block.solve()
        return block.serialize()


if __name__ == "__main__":
    reference.main()
