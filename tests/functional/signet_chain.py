"""A custom signet with its chain. Pushing the number two solves its challenge, so no signatures are needed and the blocks
are always the same. The last blocks spend coins of the first ones, with witnesses."""

import struct

from framework import TRUE_SCRIPT, compact, spend_true
from snapshot_chain import push_number, sha256d

CHALLENGE = "5287"
SOLUTION = bytes.fromhex("ecc7daa2" + "0152" + "00")
COMMITMENT = bytes.fromhex("6a24aa21a9ed")
MAGIC = sha256d(compact(len(CHALLENGE) // 2) + bytes.fromhex(CHALLENGE))[:4]
GENESIS_HASH = "00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6"
GENESIS_TIME = 1598918400
BITS = 0x1e0377ae
COIN = 100000000
MATURITY = 100
BLOCKS = MATURITY + 8

# The nonces of the headers, in base 36; searching for them takes minutes.
NONCES = """
gq2x 5n0cc 6qlpw 2gie 1049o 2afy6 1nfd0 z94d 2fov 13lgl 1wfyb 5jmd2 ubiu n0wb 1jxx1 4gvqw 3xcge 91x3b 2h6a 21dav 1k8xe
crgg 2szug i81o b9pyn db15 4hqt4 1yvfa 125gw 96rwn 153tl 1ho03 21csw j6b 11sz1 1gqj5 qk98 61hdi 3858g 1syi1 2o4lw
11gwp 23n1d 7p3e 4mcpg ab3f 9fobz a14up 3j4q 4s0fi 4gudw 5nmk4 6le7q 12bbc c619w 61zjo rlzg 35tjk 4bh30 5e0l 1k2lq
1wqt6 e3k4 1jiwd 1skj5 1bslc 6k60g kss6 mp0r 3llzt 351sr d8q5j 1lfsy geys cwb2 75rs9 2vp8t 7p2f 3o28o 38gqm 8nsm3 63mu
36da 1u3fc 4oo2g l7ga 2dpvu 21ks1 8ybv 3axss rwk4 59srb fhezz 14ewx 6jxsg 2h5k6 4ss3x 9s2k2 1jpwz 3sl8u 2l4ve 7ukr
24cuj 88upk 47be7 16drg f0a98 bxxg
"""


def coinbase(height, wtxids):
    """Returns the coinbase without and with its witness."""
    script = push_number(height) + b"\x00"
    commitment = COMMITMENT + sha256d(merkle_root([bytes(32), *wtxids]) + bytes(32))
    commitment += compact(len(SOLUTION)) + SOLUTION
    pays = bytes.fromhex(TRUE_SCRIPT)
    body = (b"\x01" + bytes(32) + b"\xff\xff\xff\xff" + compact(len(script)) + script + b"\xfe\xff\xff\xff" + b"\x02"
            + struct.pack("<q", 50 * COIN) + compact(len(pays)) + pays
            + struct.pack("<q", 0) + compact(len(commitment)) + commitment)
    version, end = struct.pack("<I", 2), struct.pack("<I", height - 1)
    return version + body + end, version + b"\x00\x01" + body + b"\x01\x20" + bytes(32) + end


def merkle_root(hashes):
    while len(hashes) > 1:
        hashes = [sha256d(hashes[i] + hashes[min(i + 1, len(hashes) - 1)]) for i in range(0, len(hashes), 2)]
    return hashes[0]


def spend(txid, n, sat, n_outputs):
    """A transaction with one input: returns its ID and the transaction."""
    raw = bytes.fromhex(spend_true([(txid[::-1].hex(), n)], [((sat - 1000) // n_outputs, TRUE_SCRIPT)] * n_outputs))
    return sha256d(raw[:4] + raw[6:-7] + raw[-4:]), raw


def spends(height, coinbases):
    """The transactions of the block at HEIGHT except its coinbase."""
    if height <= MATURITY:
        return []
    first = spend(coinbases[height - MATURITY - 1], 0, 50 * COIN, 20)
    return [first] + [spend(first[0], n, (50 * COIN - 1000) // 20, 2) for n in range(3)]


def find_nonce(head, nonce):
    """Searches from NONCE on."""
    target = (BITS & 0xffffff) << 8 * ((BITS >> 24) - 3)
    while int.from_bytes(sha256d(head + struct.pack("<I", nonce)), "little") > target:
        nonce += 1
    return nonce


def make_chain():
    """The blocks after the genesis block, as bytes."""
    blocks, coinbases = [], []
    prev = bytes.fromhex(GENESIS_HASH)[::-1]
    nonces = [int(nonce, 36) for nonce in NONCES.split()]
    for height in range(1, BLOCKS + 1):
        txs = spends(height, coinbases)
        stripped, whole = coinbase(height, [sha256d(raw) for _, raw in txs])
        coinbases.append(sha256d(stripped))
        root = merkle_root([coinbases[-1], *[txid for txid, _ in txs]])
        head = struct.pack("<I", 0x20000000) + prev + root + struct.pack("<II", GENESIS_TIME + 600 * height, BITS)
        header = head + struct.pack("<I", find_nonce(head, nonces[height - 1] if height <= len(nonces) else 0))
        prev = sha256d(header)
        blocks.append(header + compact(1 + len(txs)) + whole + b"".join(raw for _, raw in txs))
    return blocks
