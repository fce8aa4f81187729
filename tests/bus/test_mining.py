"""Mining1 and BlockTemplate1 at a node's socket: blocks are mined from templates; waits, quotas, and clients that leave."""
import json
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import unittest

import peer
from chain_node import merkle_root, sha256d
from peer import Failed, GLib

sys.path.append(str(pathlib.Path(__file__).parents[1] / "functional"))
from framework import ADDRESS, TRUE_ADDRESS, TRUE_SCRIPT, compact, spend_true  # noqa: E402

ERROR = "org.moneyrocket.Error."
MINING, RPC = "/org/moneyrocket/Mining", "/org/moneyrocket/Rpc"
COIN = 10**8
MAX_OWN, MAX_ALL = 16, 128
NO_COOLDOWN = {"cooldown": GLib.Variant("b", False)}


def variants(**options):
    types = {"use_mempool": "b", "cooldown": "b", "check_pow": "b", "check_merkle_root": "b", "by_wtxid": "b",
             "min_fee_rate": "t", "fee_threshold": "x"}
    return {name: GLib.Variant(types.get(name, "u"), value) for name, value in options.items()}


def without_witness(coinbase):
    return coinbase[:4] + coinbase[6:-38] + coinbase[-4:]


class Template:
    """An object of BlockTemplate1, and what a miner makes of it."""

    def __init__(self, miner, path):
        self.miner, self.path = miner, path
        self.header = bytes(self.get("Header"))
        self.fields = self.get("Coinbase")

    def get(self, name):
        return self.miner.get(self.path, "BlockTemplate1", name)

    def call(self, method, signature="(a{sv})", *args):
        return self.miner.call(self.path, "BlockTemplate1." + method, signature, *(args or ({},)))

    def send(self, method, **options):
        return self.miner.send(self.path, "BlockTemplate1." + method, GLib.Variant("(a{sv})", (variants(**options),)))

    def block(self):
        return bytes(self.call("GetBlock")[0])

    def coinbase(self, extra=b"\x04\xaa\xbb\xcc\xdd", reward=None):
        script = bytes(self.fields["script_sig_prefix"]) + extra
        outputs = [struct.pack("<q", self.fields["reward"] if reward is None else reward) + compact(34)
                   + bytes.fromhex(TRUE_SCRIPT)] + [bytes(output) for output in self.fields["required_outputs"]]
        return (struct.pack("<I", self.fields["version"]) + b"\0\1\1" + b"\0" * 32 + b"\xff" * 4 + compact(len(script)) + script
                + struct.pack("<I", self.fields["sequence"]) + compact(len(outputs)) + b"".join(outputs)
                + b"\1\x20" + bytes(self.fields["witness"]) + struct.pack("<I", self.fields["lock_time"]))

    def root(self, coinbase):
        root = sha256d(without_witness(coinbase) if coinbase[4:6] == b"\0\1" else coinbase)
        for other in self.get("MerklePath"):
            root = sha256d(root + bytes(other))
        return root

    def solve(self, coinbase=None, work=True):
        """(version, time, nonce, coinbase) of a block with valid proof of work, or without it."""
        coinbase = coinbase or self.coinbase()
        root = self.root(coinbase)
        version, time = struct.unpack_from("<I", self.header)[0], struct.unpack_from("<I", self.header, 68)[0]
        nonce = 0
        while (sha256d(self.header[:36] + root + self.header[68:76] + struct.pack("<I", nonce))[31] < 0x7f) != work:
            nonce += 1
        return version, time, nonce, coinbase

    def full_block(self, solution):
        """The serialised block of a solution."""
        version, time, nonce, coinbase = solution
        raw = self.block()
        rest = raw[80:]
        placeholder = Cursor(rest, 1).transaction()
        return (struct.pack("<I", version) + raw[4:36] + self.root(coinbase) + struct.pack("<I", time) + raw[72:76]
                + struct.pack("<I", nonce) + rest[:1] + coinbase + rest[1 + len(placeholder):])

    def submit(self, solution):
        return self.call("SubmitSolution", "(uuuaya{sv})", *solution, {})


class Cursor:
    """Reads transactions with witness and short lists."""

    def __init__(self, data, at=0):
        self.data, self.at = data, at

    def number(self):
        self.at += 1
        first = self.data[self.at - 1]
        if first < 0xfd:
            return first
        self.at += 2
        return struct.unpack_from("<H", self.data, self.at - 2)[0]

    def skip(self):
        length = self.number()
        self.at += length

    def transaction(self):
        start = self.at
        self.at += 4
        witness = self.data[self.at] == 0
        self.at += 2 if witness else 0
        inputs = self.number()
        for _ in range(inputs):
            self.at += 36
            self.skip()
            self.at += 4
        for _ in range(self.number()):
            self.at += 8
            self.skip()
        for _ in range(inputs if witness else 0):
            for _ in range(self.number()):
                self.skip()
        self.at += 4
        return self.data[start:self.at]


class Miner(peer.Connection):
    def __init__(self, path):
        super().__init__(path=path)
        self.start()
        self.hello()

    def execute(self, method, *params):
        result, details = self.call(RPC, "Rpc1.Execute", "(ssa{sv})", method, json.dumps(params), {})
        assert "code" not in details, result
        return json.loads(result)

    def mining(self, method, signature="(a{sv})", *args):
        return self.call(MINING, "Mining1." + method, signature, *(args or ({},)))

    def wait_tip(self, current, **options):
        return self.send(MINING, "Mining1.WaitTip", GLib.Variant("(aya{sv})", (current, variants(**options))))

    def send_create(self, **options):
        return self.send(MINING, "Mining1.CreateTemplate", GLib.Variant("(a{sv})", (variants(**options),)))

    def create(self, **options):
        return Template(self, self.mining("CreateTemplate", "(a{sv})", variants(cooldown=False, **options))[0])

    def tip(self):
        height, block_hash = self.mining("GetTip")
        return height, bytes(block_hash)

    def ping(self):
        self.call(MINING, "org.freedesktop.DBus.Peer.Ping")


class Case(unittest.TestCase):
    def start_node(self, *args):
        folder = tempfile.mkdtemp(prefix="moneyrocket-bus-")
        self.addCleanup(shutil.rmtree, folder, True)
        self.path = os.path.join(folder, "regtest", "node-bus.sock")
        process = subprocess.Popen([peer.program("moneyrocket-node"), f"-datadir={folder}", "-regtest", "-printtoconsole=0",
                                    "-server=0", "-disablewallet", "-debug=loop", *(args or ("-ipcbind=unix",))])
        self.process = process
        self.addCleanup(self.stop, process)
        peer.wait_until(self.is_listening)

    def is_listening(self):
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(self.path) == 0

    def stop(self, process):
        process.terminate()
        self.assertEqual(process.wait(60), 0)

    def miner(self):
        miner = Miner(self.path)
        self.addCleanup(miner.close)
        return miner

    def ready(self):
        miner = self.miner()
        peer.wait_until(lambda: self.is_loaded(miner))
        return miner

    @staticmethod
    def is_loaded(miner):
        try:
            return miner.tip()
        except Failed:
            return False

    def assert_fails(self, name, call, *args, **options):
        with self.assertRaises(Failed) as caught:
            call(*args, **options)
        self.assertEqual(caught.exception.name, ERROR + name, caught.exception)

    def assert_ended(self, name, *states):
        peer.wait_until(lambda: all(states))
        for state in states:
            self.assertIn("error", state)
            self.assertEqual(state["error"].name, ERROR + name)

    def coins(self, miner, n=1):
        """Transaction IDs of N mature coinbases that anyone can spend."""
        hashes = miner.execute("generatetoaddress", n, TRUE_ADDRESS)
        miner.execute("generatetoaddress", 100, ADDRESS)
        return [miner.execute("getblock", block)["tx"][0] for block in hashes]

    def pay(self, miner, txid, fee):
        return miner.execute("sendrawtransaction", spend_true([(txid, 0)], [(50 * COIN - fee, TRUE_SCRIPT)]))


class MineTest(Case):
    def setUp(self):
        self.start_node()
        self.one = self.ready()

    def test_low_heights(self):
        """Up to height 16 the prefix alone would be too short for a coinbase."""
        self.assertTrue(self.one.get(MINING, "Mining1", "TestChain"))
        self.assertTrue(self.one.get(MINING, "Mining1", "InitialDownload"))
        for height in range(1, 19):
            template = self.one.create()
            self.assertEqual(template.get("Height"), height)
            extra = b"\x04\xaa\xbb\xcc\xdd" if height <= 16 else b""
            self.assertEqual(template.submit(template.solve(template.coinbase(extra))), (True, "", ""))
            template.call("Destroy")
            self.assertEqual(self.one.tip()[0], height)
        peer.wait_until(lambda: not self.one.get(MINING, "Mining1", "InitialDownload"))

    def test_like_getblocktemplate(self):
        first, second = self.coins(self.one, 2)
        parent = self.pay(self.one, first, 1000)
        self.one.execute("sendrawtransaction", spend_true([(parent, 0)], [(50 * COIN - 4000, TRUE_SCRIPT)]))
        self.pay(self.one, second, 500)
        other = self.one.execute("getblocktemplate", {"rules": ["segwit"]})
        template = self.one.create()
        block = template.block()
        cursor = Cursor(block, 80)
        txs = [cursor.transaction() for _ in range(cursor.number())]
        self.assertEqual([tx.hex() for tx in txs[1:]], [tx["data"] for tx in other["transactions"]])
        self.assertEqual(len(txs), 4)
        fees, sigops = template.call("GetFees")
        self.assertEqual(fees, [tx["fee"] for tx in other["transactions"]])
        self.assertEqual(sigops, [tx["sigops"] for tx in other["transactions"]])
        self.assertEqual(template.fields["reward"], other["coinbasevalue"])
        self.assertEqual(bytes(template.fields["required_outputs"][0])[9:].hex(), other["default_witness_commitment"])
        self.assertEqual((template.get("Height"), block[:80]), (other["height"], template.header))
        self.assertEqual(block[4:36][::-1].hex(), other["previousblockhash"])
        self.assertEqual(block[72:76][::-1].hex(), other["bits"])
        self.assertEqual(block[36:68], merkle_root([sha256d(without_witness(txs[0]))]
                                                   + [bytes.fromhex(tx["txid"])[::-1] for tx in other["transactions"]]))
        # A second miner gets another object, and mines the block.
        two = self.miner()
        own = two.create()
        self.assertNotEqual(own.path, template.path)
        self.assert_fails_unknown(two, template.path)
        self.assertEqual(own.submit(own.solve()), (True, "", ""))
        self.assertEqual(self.one.execute("getmempoolinfo")["size"], 0)

    def assert_fails_unknown(self, miner, path):
        with self.assertRaises(Failed) as caught:
            miner.get(path, "BlockTemplate1", "Height")
        self.assertIn("org.freedesktop.DBus.Error.Unknown", caught.exception.name)

    def test_options(self):
        for txid in self.coins(self.one, 3):
            self.pay(self.one, txid, 1000)
        size = lambda **options: len(self.one.create(**options).call("GetFees")[0])
        self.assertEqual(size(), 3)
        self.assertEqual(size(use_mempool=False), 0)
        self.assertEqual(size(min_fee_rate=100_000), 0)
        self.assertEqual(size(max_weight=8600), 1)
        self.assertEqual(size(max_weight=8000, reserved_weight=8000), 0)
        self.assertEqual(size(reserved_sigops=80000), 0)
        for wrong in ({"max_weight": 4_000_001}, {"reserved_weight": 1999}, {"reserved_weight": 4_000_001},
                      {"max_weight": 5000, "reserved_weight": 5001}, {"max_weight": 5000}, {"reserved_sigops": 80001},
                      {"min_fee_rate": 2**63}):
            self.assert_fails("InvalidArgument", self.one.create, **wrong)
        self.assert_fails("InvalidArgument", self.one.mining, "CreateTemplate", "(a{sv})",
                          {"cooldown": GLib.Variant("s", "no")})

    def test_wrong_solutions(self):
        template = self.one.create()
        submit = template.submit
        high, good = template.solve(work=False), template.solve()
        self.assertEqual(submit(high)[:2], (False, "high-hash"))
        self.assertEqual(submit(template.solve(template.coinbase(reward=51 * COIN)))[:2], (False, "bad-cb-amount"))
        self.assertEqual(submit(template.solve(template.coinbase(reward=51 * COIN)))[:2], (False, "duplicate-invalid"))
        self.assertEqual(submit(template.solve(without_witness(template.coinbase())))[:2],
                         (False, "bad-witness-nonce-size"))
        self.assertEqual(submit(template.solve(template.coinbase(b"\x01" * 120)))[:2], (False, "bad-cb-length"))
        self.assert_fails("InvalidArgument", submit, (1, 2, 3, b"\x01\x02"))
        self.assertEqual(self.one.tip()[0], 0)
        late = template.solve(template.coinbase(b"\x02\x01\x02"))
        self.assertEqual(submit(good), (True, "", ""))
        self.assertEqual(submit(good), (False, "duplicate", ""))
        self.assertEqual(submit(late), (False, "inconclusive", ""))

    def test_blocks(self):
        template = self.one.create()
        block = template.full_block(template.solve())
        check = lambda raw, **options: self.one.mining("CheckBlock", "(aya{sv})", raw, variants(**options))
        submit = lambda raw: self.one.mining("SubmitBlock", "(aya{sv})", raw, {})
        self.assertEqual(check(block), (True, "", ""))
        high = template.full_block(template.solve(work=False))
        self.assertEqual(check(high)[:2], (False, "high-hash"))
        self.assertEqual(check(high, check_pow=False), (True, "", ""))
        wrong = block[:40] + b"\0" + block[41:]
        self.assertEqual(check(wrong, check_pow=False)[:2], (False, "bad-txnmrklroot"))
        self.assertEqual(check(wrong, check_pow=False, check_merkle_root=False), (True, "", ""))
        for malformed in (b"", block[:-15], block + b"\0"):
            self.assert_fails("InvalidArgument", check, malformed)
            self.assert_fails("InvalidArgument", submit, malformed)
        self.assertEqual(self.one.tip()[0], 0)
        self.assertEqual(submit(block), (True, "", ""))
        self.assertEqual(submit(block), (False, "duplicate", ""))
        self.assertEqual(check(block)[:2], (False, "inconclusive-not-best-prevblk"))

    def test_order(self):
        """A miner need not wait for a block to be accepted before it requests the next template."""
        for height in range(1, 6):
            template = self.one.create()
            args = GLib.Variant("(aya{sv})", (template.full_block(template.solve()), {}))
            submitted = self.one.send(MINING, "Mining1.SubmitBlock", args)
            made = self.one.send_create(cooldown=False)
            peer.wait_until(lambda: submitted and made)
            self.assertEqual(submitted["value"][0], (True, "", ""))
            self.assertEqual(Template(self.one, made["value"][0][0]).get("Height"), height + 1)

    def test_transactions(self):
        txid = self.pay(self.one, self.coins(self.one)[0], 1000)
        raw = self.one.execute("getrawtransaction", txid)
        ids = [bytes.fromhex(txid)[::-1], b"\0" * 32, bytes.fromhex(self.one.execute("getrawtransaction", txid, 1)["hash"])[::-1]]
        get = lambda ids, **options: bytes(self.one.mining("GetTransactions", "(aaya{sv})", ids, variants(**options))[0])
        found = struct.pack("<I", len(raw) // 2) + bytes.fromhex(raw)
        self.assertEqual(get(ids), found + b"\0" * 8)
        self.assertEqual(get(ids, by_wtxid=True), b"\0" * 8 + found)
        self.assertEqual(get([]), b"")
        self.assert_fails("InvalidArgument", get, [b"\0" * 31])
        self.assert_fails("InvalidArgument", get, [b"\0" * 32] * 501)


class WaitTest(Case):
    def setUp(self):
        self.start_node()
        self.one = self.ready()

    def test_tip(self):
        genesis = self.one.tip()[1]
        waiting, interrupted, cancelled = (self.one.wait_tip(genesis) for _ in range(3))
        after = self.one.wait_tip(genesis, timeout=1)
        peer.wait_until(lambda: after)
        self.assertEqual(bytes(after["value"][0][1]), genesis)
        self.one.cancel(cancelled)
        self.assert_ended("Cancelled", cancelled)
        self.assertFalse(waiting or interrupted)
        self.one.mining("Interrupt")
        self.assert_ended("Cancelled", waiting, interrupted)
        waiting = self.one.wait_tip(genesis)
        template = self.one.create()
        template.submit(template.solve())
        peer.wait_until(lambda: waiting)
        height, block_hash = waiting["value"][0]
        self.assertEqual((height, bytes(block_hash)), self.one.tip())
        self.assertEqual(height, 1)
        at_once = self.one.wait_tip(genesis)
        peer.wait_until(lambda: at_once)
        self.assertEqual(at_once["value"][0][0], 1)
        self.assert_fails("InvalidArgument", self.one.mining, "WaitTip", "(aya{sv})", b"\0" * 31, {})
        self.assert_fails("InvalidArgument", self.one.mining, "WaitTip", "(aya{sv})", genesis, variants(timeout=0))

    def test_next(self):
        coins = self.coins(self.one, 2)
        template = self.one.create()
        self.assertEqual(template.call("WaitNext", "(a{sv})", variants(timeout=1)), ({},))
        low, high = template.send("WaitNext", fee_threshold=1000), self.one.create().send("WaitNext", fee_threshold=1001)
        never = self.one.create().send("WaitNext")
        self.pay(self.one, coins[0], 1000)
        peer.wait_until(lambda: low)
        better = Template(self.one, low["value"][0][0]["template"])
        self.assertEqual(better.call("GetFees")[0], [1000])
        self.assertEqual(better.fields["reward"], template.fields["reward"] + 1000)
        self.assertFalse(high or never)
        # Fees that are high enough are found within a time-out of any length.
        self.assertIn("template", template.call("WaitNext", "(a{sv})", variants(timeout=1, fee_threshold=1000))[0])
        self.assertEqual(template.call("WaitNext", "(a{sv})", variants(timeout=1, fee_threshold=1001)), ({},))
        self.pay(self.one, coins[1], 100)
        peer.wait_until(lambda: high)
        self.assertIn("template", high["value"][0][0])
        self.assertEqual(better.submit(better.solve()), (True, "", ""))
        peer.wait_until(lambda: never)
        self.assertEqual(Template(self.one, never["value"][0][0]["template"]).get("Height"), better.get("Height") + 1)

    def test_end_of_wait(self):
        template = self.one.create()
        first = template.send("WaitNext", fee_threshold=1)
        self.assert_fails("Busy", template.call, "WaitNext")
        self.one.mining("Interrupt")
        self.assertFalse(first)
        template.call("InterruptWait")
        self.assert_ended("Cancelled", first)
        second = template.send("WaitNext")
        self.one.cancel(second)
        self.assert_ended("Cancelled", second)
        third = template.send("WaitNext")
        template.call("Destroy")
        self.assert_ended("Cancelled", third)
        with self.assertRaises(Failed):
            template.call("GetBlock")
        for wrong in ({"timeout": 0}, {"fee_threshold": 0}, {"fee_threshold": 2**60}):
            self.assert_fails("InvalidArgument", self.one.create().call, "WaitNext", "(a{sv})", variants(**wrong))

    def test_cool_down(self):
        """The tip is old: a template is made when there is a recent one."""
        first, second = self.one.send_create(), self.one.send_create()
        self.one.ping()
        self.assertFalse(first or second)
        self.one.cancel(first)
        self.assert_ended("Cancelled", first)
        self.one.execute("generatetoaddress", 1, ADDRESS)
        peer.wait_until(lambda: second)
        self.assertEqual(Template(self.one, second["value"][0][0]).get("Height"), 2)

    def test_shutdown(self):
        template = self.one.create()
        states = [self.one.wait_tip(self.one.tip()[1]), self.one.send_create(), template.send("WaitNext")]
        self.one.ping()
        self.process.terminate()
        peer.wait_until(lambda: all(states))
        for state in states:
            self.assertIn(state["error"].name, (ERROR + "Cancelled", ""))
        self.assertEqual(self.process.wait(60), 0)


class QuotaTest(Case):
    def test_quotas(self):
        self.start_node()
        one = self.ready()
        templates = [one.create() for _ in range(MAX_OWN)]
        self.assert_fails("LimitExceeded", one.create)
        self.assert_fails("LimitExceeded", templates[0].call, "WaitNext", "(a{sv})", variants(timeout=1))
        templates.pop().call("Destroy")
        # A call that may return a template counts as one.
        waiting = templates[0].send("WaitNext")
        self.assert_fails("LimitExceeded", one.create)
        templates[0].call("InterruptWait")
        peer.wait_until(lambda: waiting)
        one.create()
        others = [self.miner() for _ in range(MAX_ALL // MAX_OWN - 1)]
        for other in others:
            for _ in range(MAX_OWN):
                other.mining("CreateTemplate", "(a{sv})", NO_COOLDOWN)
        last = self.miner()
        self.assert_fails("LimitExceeded", last.create)
        self.assertEqual(last.tip()[0], 0)
        # What a client held is free again when it is gone.
        others[0].close()
        peer.wait_until(lambda: self.can_create(last))

    @staticmethod
    def can_create(miner):
        try:
            return miner.create()
        except Failed:
            return False

    def test_gone_while_waiting(self):
        self.start_node()
        one = self.ready()
        for _ in range(3):
            other = self.miner()
            template = other.create()
            states = [other.wait_tip(other.tip()[1]), other.send_create(), template.send("WaitNext", fee_threshold=1)]
            states += [other.send_create(cooldown=False) for _ in range(MAX_OWN - 3)]
            other.ping()
            other.close()
            peer.wait_until(lambda: all(states))
        # Nothing is left of them: there is room for all that a node holds.
        miners = [one] + [self.miner() for _ in range(MAX_ALL // MAX_OWN - 1)]
        for miner in miners:
            for _ in range(MAX_OWN):
                peer.wait_until(lambda miner=miner: self.can_create(miner))


class RoleTest(Case):
    def test_observe(self):
        self.start_node("-ipcbind=unix,role=observe")
        one = self.ready()
        self.assertTrue(one.get(MINING, "Mining1", "TestChain"))
        current = one.tip()[1]
        state = one.wait_tip(current, timeout=1)
        peer.wait_until(lambda: state)
        self.assertEqual(bytes(state["value"][0][1]), current)
        one.mining("Interrupt")
        for method, signature, args in (("CreateTemplate", "(a{sv})", ({},)), ("CheckBlock", "(aya{sv})", (b"", {})),
                                        ("SubmitBlock", "(aya{sv})", (b"", {}))):
            with self.assertRaises(Failed) as caught:
                one.mining(method, signature, *args)
            self.assertEqual(caught.exception.name, "org.freedesktop.DBus.Error.UnknownMethod")


if __name__ == "__main__":
    peer.need("moneyrocket-node")
    unittest.main(verbosity=2)
