"""Random chains: forks, reorganisations, spends of every type of script, and invalid blocks, in any order. Our node and the
reference return the same verdict on each block and have the same coins and branches at the end; and they have the same
chain after importing the same block files, intact or damaged."""

import copy
import random

import reference
from reference import Builder, Coin

if reference.AVAILABLE:
    from reference import blocktools, key, messages, script, script_util
    from test_framework.script import (
        CScript, OP_0, OP_1, OP_2, OP_CHECKLOCKTIMEVERIFY, OP_CHECKMULTISIG, OP_CHECKSEQUENCEVERIFY, OP_CHECKSIG, OP_DROP,
        OP_RETURN)

MAGIC = bytes.fromhex("fabfb5da")
HASH_TYPES = (1, 2, 3, 0x81, 0x82, 0x83)


class Keys:
    def __init__(self, random_numbers):
        self.keys = []
        for _ in range(3):
            made = key.ECKey()
            made.set(random_numbers.randrange(1, 2**200).to_bytes(32, "big"), True)
            self.keys.append((made, made.get_pubkey().get_bytes()))
        self.secret = self.keys[0][0].get_bytes()
        self.xonly = key.compute_xonly_pubkey(self.secret)[0]
        self.leaf = CScript([self.xonly, OP_CHECKSIG])
        self.tree = script.taproot_construct(self.xonly, [("leaf", self.leaf), ("other", CScript([OP_1]))])


class Kind:
    """A type of output: its script, and how it is spent."""

    def __init__(self, keys, name):
        self.keys, self.name = keys, name
        (_, pub), (_, pub2), (_, pub3) = keys.keys
        multi = script_util.keys_to_multisig_script([pub, pub2, pub3], k=2)
        self.code = {
            "pk": CScript([pub, OP_CHECKSIG]),
            "pkh": script_util.key_to_p2pkh_script(pub),
            "multisig": multi,
            "sh": multi,
            "wpkh": script_util.key_to_p2pkh_script(pub),
            "sh-wpkh": script_util.key_to_p2pkh_script(pub),
            "wsh": multi,
            "sh-wsh": multi,
            "tr-key": b"",
            "tr-script": keys.leaf,
            "cltv": CScript([script.CScriptNum(50), OP_CHECKLOCKTIMEVERIFY, OP_DROP, OP_1]),
            "csv": CScript([script.CScriptNum(2), OP_CHECKSEQUENCEVERIFY, OP_DROP, OP_1]),
            "true": CScript([OP_1]),
            "odd": CScript([b"\x00" * 75, OP_DROP, OP_1]),
        }[name]
        out = {
            "sh": lambda: script_util.script_to_p2sh_script(multi),
            "wpkh": lambda: script_util.key_to_p2wpkh_script(pub),
            "sh-wpkh": lambda: script_util.key_to_p2sh_p2wpkh_script(pub),
            "wsh": lambda: script_util.script_to_p2wsh_script(multi),
            "sh-wsh": lambda: script_util.script_to_p2sh_p2wsh_script(multi),
            "tr-key": lambda: keys.tree.scriptPubKey,
            "tr-script": lambda: keys.tree.scriptPubKey,
        }
        self.script = bytes(out[name]() if name in out else self.code)

    NAMES = ("pk", "pkh", "multisig", "sh", "wpkh", "sh-wpkh", "wsh", "sh-wsh", "tr-key", "tr-script", "cltv", "csv",
             "true", "odd")

    def sign(self, b, tx, i, coins, hash_type):
        keys = self.keys
        (first, pub), (second, _), _ = keys.keys
        coin = coins[i]

        def old(who):
            digest, _ = script.LegacySignatureHash(self.code, tx, i, hash_type)
            return who.sign_ecdsa(digest, low_s=b.random.random() < 0.7) + bytes([hash_type])

        def v0(who):
            digest = script.SegwitV0SignatureHash(self.code, tx, i, hash_type, coin.sat)
            return who.sign_ecdsa(digest) + bytes([hash_type])

        def schnorr(secret, **options):
            digest = script.TaprootSignatureHash(tx, [c.out for c in coins], hash_type, i, **options)
            return key.sign_schnorr(secret, digest) + bytes([hash_type])

        txin = tx.vin[i]
        if self.name == "pk":
            txin.scriptSig = CScript([old(first)])
        elif self.name == "pkh":
            txin.scriptSig = CScript([old(first), pub])
        elif self.name == "multisig":
            txin.scriptSig = CScript([OP_0, old(first), old(second)])
        elif self.name == "sh":
            txin.scriptSig = CScript([OP_0, old(first), old(second), bytes(self.code)])
        elif self.name in ("wpkh", "sh-wpkh"):
            b.witness(tx, i, [v0(first), pub])
            if self.name == "sh-wpkh":
                txin.scriptSig = CScript([bytes(script_util.key_to_p2wpkh_script(pub))])
        elif self.name in ("wsh", "sh-wsh"):
            b.witness(tx, i, [b"", v0(first), v0(second), self.code])
            if self.name == "sh-wsh":
                txin.scriptSig = CScript([bytes(script_util.script_to_p2wsh_script(self.code))])
        elif self.name == "tr-key":
            b.witness(tx, i, [schnorr(key.tweak_add_privkey(keys.secret, keys.tree.tweak))])
        elif self.name == "tr-script":
            leaf = keys.tree.leaves["leaf"]
            control = bytes([leaf.version | keys.tree.negflag]) + keys.tree.internal_pubkey + leaf.merklebranch
            b.witness(tx, i, [schnorr(keys.secret, scriptpath=True, leaf_script=keys.leaf,
                                              codeseparator_pos=0xffffffff), keys.leaf, control])


class World:
    """A tree of blocks, with the coins that can be spent after each of them."""

    class Point:
        def __init__(self, block, height, time, coins):
            self.block, self.height, self.time, self.coins = block, height, time, coins

    def __init__(self, b):
        self.b, self.random = b, b.random
        self.cautious = True
        self.keys = Keys(self.random)
        self.kinds = [Kind(self.keys, name) for name in Kind.NAMES]
        self.by_script = {}
        for kind in self.kinds:
            self.by_script.setdefault(kind.script, []).append(kind)

    def kind_of(self, coin):
        return self.random.choice(self.by_script.get(bytes(coin.script), [None]))

    def spend(self, point, coins):
        """A transaction of some of COINS to outputs of random types; it pays a fee."""
        b = self.b
        total = sum(coin.sat for coin in coins)
        n = self.random.randrange(1, 5)
        fee = self.random.randrange(0, max(1, min(total, 5000)))
        outs = [((total - fee) // n, self.random.choice(self.kinds).script) for _ in range(n)]
        if self.random.random() < 0.2:
            outs.append((0, CScript([OP_RETURN, bytes(self.random.randrange(90))])))
        tx = b.tx(coins, outs, version=self.random.choice((1, 2, 2, 3, 0xffffffff)), locktime=0, sequence=0xffffffff)
        kinds = [self.kind_of(coin) for coin in coins]
        for i, kind in enumerate(kinds):
            if kind.name == "cltv":
                tx.nLockTime = 50
                tx.vin[i].nSequence = 0xfffffffe
            if kind.name == "csv":
                tx.version = 2
                tx.vin[i].nSequence = 2
        for i, kind in enumerate(kinds):
            types = HASH_TYPES if len(tx.vout) > i else (1, 2, 0x81, 0x82)
            kind.sign(b, tx, i, coins, self.random.choice(types))
        fee = total - sum(out.nValue for out in tx.vout)
        return tx, fee

    def ripe(self, point, coin):
        """Mostly excludes coins that a rule does not permit to be spent yet."""
        born, from_coinbase = point.coins[coin]
        if from_coinbase and point.height + 1 - born < 100:
            return not self.cautious and self.random.random() < 0.001
        kind = self.by_script.get(bytes(coin.script))
        if kind is None:
            return False
        if kind[0].name == "cltv" and point.height + 1 <= 50:
            return False
        if kind[0].name == "csv" and point.height + 1 - born < 2:
            return not self.cautious and self.random.random() < 0.05
        return True

    def extend(self, point, spoil=0.0):
        """A block after POINT, with some spends; with the probability SPOIL it breaks a rule."""
        b = self.b
        height = point.height + 1
        coins = dict(point.coins)
        txs, fees = [], 0
        ripe = [coin for coin in coins if self.ripe(point, coin)]
        self.random.shuffle(ripe)
        for _ in range(self.random.randrange(0, 5)):
            if len(ripe) < 3:
                break
            chosen = [ripe.pop() for _ in range(self.random.randrange(1, 4))]
            tx, fee = self.spend(point, chosen)
            txs.append(tx)
            fees += fee
            for coin in chosen:
                del coins[coin]
            for n, out in enumerate(tx.vout):
                if not bytes(out.scriptPubKey).startswith(b"\x6a"):
                    made = Coin(tx, n)
                    coins[made] = (height, False)
                    kind = self.by_script[bytes(made.script)][0].name
                    if self.random.random() < 0.3 and kind != "csv" and (kind != "cltv" or height > 50):
                        ripe.append(made)
        coinbase = blocktools.create_coinbase(height, fees=fees, script_pubkey=self.random.choice(self.kinds).script)
        block = b.block(txs, prev=point.block.hash_int if point.block else b.tip, height=height,
                        time=point.time + self.random.randrange(1, 1200), coinbase=coinbase)
        if self.random.random() < spoil:
            self.spoil(block)
        coins[Coin(coinbase, 0)] = (height, True)
        return World.Point(block, height, block.nTime, coins)

    def spoil(self, block):
        block.vtx = copy.deepcopy(block.vtx)  # parts of them are shared with others
        tx = self.random.choice(block.vtx)
        again = True

        def bit(data):
            if not data:
                return b"\x01"
            at = self.random.randrange(len(data))
            return data[:at] + bytes([data[at] ^ 1 << self.random.randrange(8)]) + data[at + 1:]

        def sig():
            txin = self.random.choice(tx.vin)
            txin.scriptSig = bit(bytes(txin.scriptSig))

        def witness():
            stacks = [w.scriptWitness.stack for w in tx.wit.vtxinwit if w.scriptWitness.stack]
            if stacks:
                stack = self.random.choice(stacks)
                at = self.random.randrange(len(stack))
                stack[at] = bit(stack[at])

        def value():
            self.random.choice(tx.vout).nValue += self.random.choice((1, -1, 10**9, 2**62, -2**62))

        def out():
            chosen = self.random.choice(tx.vout)
            chosen.scriptPubKey = bit(bytes(chosen.scriptPubKey))

        def prevout():
            self.random.choice(tx.vin).prevout.n ^= 1 << self.random.randrange(3)

        def lock():
            tx.nLockTime = self.random.randrange(2**32)
            self.random.choice(tx.vin).nSequence = self.random.randrange(2**32)

        def version():
            tx.version = self.random.randrange(2**32)

        def twice():
            block.vtx.append(self.random.choice(block.vtx))

        def order():
            self.random.shuffle(block.vtx)

        def drop():
            block.vtx.remove(tx)

        def header():
            block.nVersion = self.random.randrange(-2**31, 2**31)

        def time():
            block.nTime += self.random.choice((-5000, -10**7, 10**8, 3600))

        def bits():
            block.nBits ^= 1 << self.random.randrange(24)

        def root():
            nonlocal again
            block.hashMerkleRoot ^= 1 << self.random.randrange(256)
            again = False

        self.random.choice((sig, witness, value, out, prevout, lock, version, twice, order, drop, header, time, bits,
                            root, sig, witness))()
        commit = self.random.random() < 0.7
        if again and block.vtx:
            if commit:
                for cb in block.vtx[:1]:
                    cb.vout = [o for o in cb.vout if not bytes(o.scriptPubKey).startswith(b"\x6a\x24\xaa\x21\xa9\xed")]
                try:
                    blocktools.add_witness_commitment(block)
                except (ValueError, OverflowError):
                    pass
            block.hashMerkleRoot = block.calc_merkle_root()
        if block.nBits == blocktools.REGTEST_N_BITS:
            block.solve()


class Chains(reference.PairTest):
    ROUNDS = 12

    def grow(self, seed, rounds):
        """Submits a random tree; returns all valid points, and all blocks in the order of submission."""
        b = Builder(self.pair, seed)
        world = World(b)
        point = World.Point(None, 0, b.time, {})
        points, sent, answers = [point], [], {}
        for _ in range(115):
            point = world.extend(point)
            points.append(point)
            sent.append(point.block)
            world.cautious = len(points) < 116
            self.assertIsNone(self.pair.submit(point.block))
        for _ in range(rounds):
            # A branch from one of the last points, sent in order or not.
            start = points[-1 - min(int(world.random.expovariate(0.3)), len(points) - 101)]
            branch = []
            for _ in range(world.random.randrange(1, 8)):
                start = world.extend(start, spoil=0.15)
                branch.append(start)
            if world.random.random() < 0.3:
                world.random.shuffle(branch)
            for made in branch:
                try:
                    raw = made.block.serialize()
                except (OverflowError, ValueError):
                    break
                answer = self.pair.submit(raw, several_faults=True)
                answers[str(answer)] = answers.get(str(answer), 0) + 1
                self.pair.compare_tips()
                sent.append(made.block)
                if answer in (None, "inconclusive"):
                    points.append(made)
            points.sort(key=lambda p: p.height)
        return sent, answers

    def test_random_chains(self):
        seen = {}
        for seed in range(reference.SEED, reference.SEED + 3 * reference.EFFORT):
            with self.subTest(seed=seed):
                self.pair = self.start_pair()
                _, answers = self.grow(seed, 60)
                for answer, n in answers.items():
                    seen[answer] = seen.get(answer, 0) + n
                self.pair.compare_all()
                self.pair.ours.restart()
                self.pair.theirs.restart()
                self.pair.compare_all()
                self.assertEqual(self.pair.ours.stop(), 0)
                self.assertEqual(self.pair.theirs.stop(), 0)
        print(f"{sum(seen.values())} blocks of branches, {len(seen)} answers")

    # ---- files of blocks ----

    def load(self, data, name, theirs_data=None):
        """Both import a file; they must have the same tip, coins and branches."""
        path, theirs_path = self.folder / f"{name}.dat", self.folder / f"{name}-theirs.dat"
        path.write_bytes(data)
        theirs_path.write_bytes(data if theirs_data is None else theirs_data)
        nodes = [self.make_node(f"-loadblock={path}", f"-mocktime={reference.START_TIME}"),
                 self.make_reference(f"-loadblock={theirs_path}", f"-mocktime={reference.START_TIME}", "-checkblockindex=0")]
        ours, theirs = nodes
        ours.start()
        # The reference fails an assertion if the first block that it processes is invalid.
        import_args, theirs.args = theirs.args, theirs.args[1:]
        theirs.start()
        theirs.stop()
        theirs.args = import_args
        theirs.start()
        pair = reference.Pair(ours, theirs)
        for node in nodes:
            reference.framework.wait_until(lambda: node.rpc.getmempoolinfo()["loaded"], "the import")
        try:
            pair.compare_tips()
            pair.compare_coins()
            # The reference connects only the chain that is best at the end, our node also earlier ones: it knows more about
            # branches.
            branches = [{(tip["hash"], tip["height"], tip["branchlen"], tip["status"] in ("active", "headers-only"))
                         for tip in node.rpc.getchaintips()} for node in nodes]
            self.assertEqual(branches[0], branches[1], name)
            headers = [node.rpc.getblockchaininfo()["headers"] for node in nodes]
            self.assertEqual(headers[0], headers[1], name)
            return pair.call("getblockcount"), ours.log()
        finally:
            for node in nodes:
                node.stop()

    def records(self, blocks):
        return [MAGIC + len(raw).to_bytes(4, "little") + raw for raw in (block.serialize() for block in blocks)]

    @staticmethod
    def parents_first(blocks):
        known, ordered, ready = {blocks[0].hashPrevBlock}, [], list(blocks)
        while ready:
            waiting = [block for block in blocks if block not in ordered]
            ready = [block for block in waiting if block.hashPrevBlock in known]
            known |= {block.hash_int for block in ready}
            ordered += ready
        return ordered

    def test_files_of_blocks(self):
        self.pair = self.start_pair()
        sent, _ = self.grow(reference.SEED + 100, 25)
        self.pair.ours.stop()
        self.pair.theirs.stop()
        records = self.records(self.parents_first(sent))
        numbers = random.Random(reference.SEED)
        self.load(b"".join(records), "whole")
        # The reference skips a block whose parent is missing; we process it later.
        shuffled = list(records)
        numbers.shuffle(shuffled)
        self.load(b"".join(shuffled), "shuffled", b"".join(records))
        self.load(b"junk" + b"\x00" * 1000 + b"".join(records[:50]) + MAGIC + b"\x05\x00\x00\x00hello" + b"".join(records[50:]),
                  "junk")
        self.load(b"".join(records)[:-10], "cut")
        self.load(b"".join(records[:30] + records[31:]), "one-missing")
        records = self.records(sent[:115])  # one after the other, without a fork
        for i in range(reference.EFFORT * 8):
            data = bytearray(b"".join(records))
            # Not in the framing of the blocks: the reference continues in the middle of a record whose length is wrong.
            lengths = [len(record) for record in records]
            at = numbers.randrange(40, 110)
            place = sum(lengths[:at]) + 8 + numbers.randrange(lengths[at] - 8)
            data[place] ^= 1 << numbers.randrange(8)
            height, log = self.load(bytes(data), f"flipped{i}")
            self.assertLessEqual(height, at + 1)  # the changed header can be valid, too
            if height == at:
                self.assertRegex(log, "rejected|Out of order|unexpected data|FAILED|without a known parent: [1-9]")


if __name__ == "__main__":
    reference.main()
