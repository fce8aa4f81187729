"""The regtest chain for whose block 200 the node has a built-in hash of the coins. It is deterministic, so every
implementation creates the same one."""

import hashlib
import random
import struct

from framework import TRUE_SCRIPT, compact

BASE_HEIGHT = 200
BASE_HASH = "385901ccbd69dff6bbd00065d01fb8a9e464dede7cfe0372443884f9b1dcf6b9"
COINS_HASH = "17dcc016d188d16068907cdeb38b75691a118d43053b8cd6a25969419381d13a"
GENESIS_HASH = "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206"
GENESIS_TIME = 1296688602
BITS = 0x207fffff
MAGIC = bytes.fromhex("fabfb5da")


def sha256d(data):
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def push_number(n):
    if n <= 16:
        return bytes([0x50 + n])
    body = n.to_bytes((n.bit_length() + 8) // 8, "little")
    return bytes([len(body)]) + body


def coinbase(height, extra):
    script = push_number(height) + b"\x00" + extra
    pays = bytes.fromhex(TRUE_SCRIPT)
    value = 50 * 100000000 >> (height // 150)
    return (struct.pack("<I", 2) + b"\x01" + bytes(32) + b"\xff\xff\xff\xff" + compact(len(script)) + script
            + b"\xfe\xff\xff\xff" + b"\x01" + struct.pack("<q", value) + compact(len(pays)) + pays
            + struct.pack("<I", height - 1))


def make_block(height, prev, time, extra=b""):
    """(hash, block) in bytes. EXTRA makes the block differ."""
    tx = coinbase(height, extra)
    head = struct.pack("<I", 4) + prev + sha256d(tx) + struct.pack("<II", time, BITS)
    nonce = 0
    while True:
        header = head + struct.pack("<I", nonce)
        found = sha256d(header)
        if found[31] < 0x80:
            return found, header + b"\x01" + tx
        nonce += 1


def make_chain(n, extra=b"", above=()):
    """N blocks on top of the genesis block, or of the chain ABOVE, as bytes."""
    blocks = list(above)
    prev = sha256d(blocks[-1][:80]) if blocks else bytes.fromhex(GENESIS_HASH)[::-1]
    for height in range(len(blocks) + 1, len(blocks) + n + 1):
        prev, block = make_block(height, prev, GENESIS_TIME + height, extra)
        blocks.append(block)
    return blocks


def hash_of(block):
    return sha256d(block[:80])[::-1].hex()


def write_file(path, blocks):
    with open(path, "wb") as file:
        for block in blocks:
            file.write(MAGIC + struct.pack("<I", len(block)) + block)


def write_large(path, n_coins):
    """A file that starts like the snapshot of block 200, and contains N_COINS coins that never existed: this is detected
    only after all of them have been read."""
    rng = random.Random(n_coins)
    with open(path, "wb") as file:
        file.write(b"utxo\xff\x02\x00" + MAGIC + bytes.fromhex(BASE_HASH)[::-1] + struct.pack("<Q", n_coins))
        for start in range(0, n_coins, 10000):
            n = min(10000, n_coins - start)
            noise = rng.randbytes(44 * n)
            # In the order of the database: an ID, one output with index 0, height 50, 21 satoshi, a P2PKH script.
            file.write(b"".join((start + i).to_bytes(4, "big") + noise[44 * i:44 * i + 28] + b"\x01\x00\x64\x81\x34\x00"
                                + noise[44 * i + 24:44 * i + 44] for i in range(n)))
