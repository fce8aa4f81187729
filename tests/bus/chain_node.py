"""A fake node with a regtest chain, for the wallet: a test can override its replies."""
import fcntl
import hashlib
import os
import pathlib
import struct

from peer import Gio, GLib

GENESIS_BLOCK = bytes.fromhex(
    "01000000" + "00" * 32 + "3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4adae5494dffff7f2002000000"
    "01010000000100000000000000000000000000000000000000000000000000000000000000" "00ffffffff4d04ffff001d0104455468652054"
    "696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f"
    "722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6"
    "bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000")
GENESIS = hashlib.sha256(hashlib.sha256(GENESIS_BLOCK[:80]).digest()).digest()
CHAIN = "/org/moneyrocket/Chain"
XML = pathlib.Path(__file__).parents[2] / "src" / "dbus" / "org.moneyrocket.Chain1.xml"
LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
COIN = 10**8
SEALS = 1033  # F_ADD_SEALS


def sha256d(data):
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def script_of(address):
    """The script of a witness address."""
    words = [LETTERS.index(letter) for letter in address.split("1", 1)[1]][:-6]
    bits = "".join(f"{word:05b}" for word in words[1:])
    program = bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits) // 8 * 8, 8))
    return bytes([words[0] + 0x50 if words[0] else 0, len(program)]) + program


def transaction(prevout, script_sig, outputs):
    """With one input; OUTPUTS: list of (satoshi, script)."""
    raw = struct.pack("<iB", 2, 1) + prevout + bytes([len(script_sig)]) + script_sig + b"\xff" * 4
    raw += bytes([len(outputs)])
    for value, script in outputs:
        raw += struct.pack("<q", value) + bytes([len(script)]) + script
    return raw + b"\0" * 4


def coinbase(height, outputs):
    number = bytes([0x50 + height]) if height <= 16 else b"\2" + struct.pack("<h", height)
    return transaction(b"\0" * 32 + b"\xff" * 4, number + b"\0", outputs)


def merkle_root(hashes):
    while len(hashes) > 1:
        if len(hashes) % 2:
            hashes = hashes + hashes[-1:]
        hashes = [sha256d(hashes[i] + hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]


def block(previous, transactions, root=None, work=True, bits=0x207fffff):
    """With WORK its proof of work has regtest's minimum difficulty, without it the proof of work is invalid."""
    start = struct.pack("<i", 4) + previous + (root or merkle_root([sha256d(raw) for raw in transactions]))
    nonce = 0
    while True:
        header = start + struct.pack("<III", 1700000000, bits, nonce)
        if sha256d(header)[31] < 0x7f if work else sha256d(header)[31] > 0x7f:
            return header + bytes([len(transactions)]) + b"".join(transactions)
        nonce += 1


class ChainNode:
    """Implements Chain1 on its own connection; `answers` maps methods to functions that override the reply."""

    def __init__(self, worker, **answers):
        self.hashes, self.blocks, self.mempool = [GENESIS], [GENESIS_BLOCK], []
        self.sequence = self.mempool_sequence = 1
        self.answers, self.calls, self.waiting = answers, {}, []
        self.peer = worker.attach("node")
        self.peer.serve_hello("node")
        info = Gio.DBusNodeInfo.new_for_xml(XML.read_text())
        self.peer.bus.register_object(CHAIN, info.interfaces[0], self.answer, None, None)
        self.peer.start()
        self.peer.hello()

    def answer(self, bus, sender, path, iface, method, args, invocation):
        self.calls[method] = self.calls.get(method, 0) + 1
        answer = self.answers.get(method) or getattr(self, method)
        answer(invocation, *args.unpack())

    @staticmethod
    def reply(invocation, signature, *values, bulk=None):
        fds = None
        if bulk is not None:
            fd = os.memfd_create("bulk", os.MFD_ALLOW_SEALING)
            os.write(fd, bulk)
            fcntl.fcntl(fd, SEALS, 0xf)
            fds = Gio.UnixFDList.new()
            fds.append(fd)
            os.close(fd)
        invocation.return_value_with_unix_fd_list(GLib.Variant(signature, values), fds)

    def GetTip(self, invocation, options):
        self.reply(invocation, "(tuayt)", *self.tip())

    def FindFork(self, invocation, locator, options):
        known = [bytes(one) for one in locator if bytes(one) in self.hashes] or [GENESIS]
        self.reply(invocation, "(uay)", self.hashes.index(known[0]), known[0])

    def GetBlocks(self, invocation, limit, options):
        first = self.hashes.index(bytes(options["after"])) + 1 if "after" in options else 0
        last = min(first + limit, len(self.hashes))
        records = [struct.pack("<I", height) + self.hashes[height] + struct.pack("<I", len(self.blocks[height]))
                   + self.blocks[height] for height in range(first, last)]
        self.reply(invocation, "(uh)", len(records), 0, bulk=b"".join(records))

    def GetBlock(self, invocation, block_hash, options):
        height = self.hashes.index(bytes(block_hash))
        self.reply(invocation, "(ubh)", height, True, 0, bulk=self.blocks[height])

    def GetHash(self, invocation, height, options):
        self.reply(invocation, "(ay)", self.hashes[height])

    def GetMempool(self, invocation, options):
        bulk = b"".join(struct.pack("<I", len(raw)) + raw for raw in self.mempool)
        self.reply(invocation, "(t(tt)ubh)", self.mempool_sequence, (1, 1), len(self.mempool), True, 0, bulk=bulk)

    def GetAncestors(self, invocation, txids, options):
        known = {sha256d(raw): len(raw) for raw in self.mempool}
        rows = [(txid, 1, known[txid], 1000) for txid in map(bytes, txids) if txid in known]
        self.reply(invocation, "(a(ayutx))", rows)

    def GetEvents(self, invocation, max_bytes, options):
        if "cursor" not in options:
            self.reply(invocation, "((tt)buay)", (1, 1), True, 0, b"")
        else:
            self.waiting.append(invocation)

    def Submit(self, invocation, raw, options):
        self.reply(invocation, "(ay)", b"\0" * 32)

    def EstimateFee(self, invocation, blocks, options):
        self.reply(invocation, "(a{sv})", {"minimum": GLib.Variant("t", 1000)})

    def tip(self):
        return (self.sequence, len(self.hashes) - 1, self.hashes[-1], self.mempool_sequence)

    def add(self, raw):
        self.blocks.append(raw)
        self.hashes.append(sha256d(raw[:80]))

    def mine(self, *outputs, **options):
        """Adds a block whose coinbase has these OUTPUTS."""
        self.add(block(self.hashes[-1], [coinbase(len(self.hashes), outputs or [(0, b"\x6a")])], **options))

    def receive(self, raw):
        """Adds a transaction to the mempool and replies to pending calls of GetEvents. RAW has no witness."""
        self.mempool.append(raw)
        self.mempool_sequence += 1
        event = struct.pack("<BQI", 2, self.mempool_sequence, len(raw)) + raw
        for invocation in self.waiting:
            self.reply(invocation, "((tt)buay)", (1, len(self.mempool) + 1), False, 1, event)
        self.waiting.clear()

    def announce(self):
        self.sequence += 1
        self.peer.bus.emit_signal(None, CHAIN, "org.moneyrocket.Chain1", "TipChanged",
                                  GLib.Variant("(tuayt)", self.tip()))
