"""Blocks each of which breaks a rule: our node and the reference return the same verdict, word for word."""

import copy

import reference
from reference import Builder, Coin

if reference.AVAILABLE:
    from reference import blocktools, key, messages, script, script_util
    from test_framework.script import (
        CScript, OP_0, OP_1, OP_2, OP_16, OP_CHECKLOCKTIMEVERIFY, OP_CHECKMULTISIG, OP_CHECKSIG, OP_CHECKSIGADD,
        OP_CHECKSEQUENCEVERIFY, OP_DROP, OP_DUP, OP_RETURN, OP_TRUE)

MAX_MONEY = 21000000 * 100000000


def secret(n):
    made = key.ECKey()
    made.set(n.to_bytes(32, "big"), True)
    return made


def spend(b, coin, sat=None, **options):
    return b.tx([coin], [(coin.sat if sat is None else sat, b"\x51")], **options)


# ---- invalid blocks: name, verdict, how it is built. B is the builder. ----

def high_hash(b):
    block = b.block()
    while block.hash_int <= messages.uint256_from_compact(block.nBits):
        block.nNonce += 1
    return block


def with_header(**fields):
    def make(b):
        block = b.block(solve=False)
        for name, value in fields.items():
            setattr(block, name, value(b) if callable(value) else value)
        block.solve()
        return block
    return make


def easy_bits(bits):
    """A target other than the required one; the proof of work is omitted, since the target may not even be valid."""
    def make(b):
        block = b.block(solve=False)
        block.nBits = bits
        target = messages.uint256_from_compact(bits) if 2 < bits >> 24 < 0x22 else 0
        if target > 1 << 240:
            block.solve()
        return block
    return make


def with_coinbase(change, commit=True):
    def make(b):
        coinbase = blocktools.create_coinbase(b.height + 1)
        change(b, coinbase)
        return b.block(coinbase=coinbase, commit=commit)
    return make


def set_script_sig(content):
    def change(b, coinbase):
        coinbase.vin[0].scriptSig = content(b) if callable(content) else content
    return change


def with_tx(change, **options):
    """A block with a transaction that spends an OP_TRUE coin, and is then changed."""
    def make(b):
        tx = spend(b, b.coins[0][1])
        more = change(b, tx)
        return b.block([tx] if more is None else more, **options)
    return make


def after(change, commit=False, **block_options):
    """A valid block that is changed; CHANGE returns whether merkle root and proof of work are recomputed."""
    def make(b):
        block = b.block([spend(b, b.coins[0][1])], **block_options)
        again = change(b, block)
        if again is not False:
            b.finish(block, commit=commit)
        return block
    return make


def no_txs(b, block):
    block.vtx = []
    block.hashMerkleRoot = 0
    block.solve()
    return False


def bad_root(b, block):
    block.hashMerkleRoot ^= 1
    block.solve()
    return False


def repeat_last(b, block):
    # An odd number of leaves: the last one counts twice, so that a copy of it does not change the root.
    third = b.tx([Coin(block.vtx[1], 0)], [(block.vtx[1].vout[0].nValue, b"\x51")])
    block.vtx.append(third)
    b.finish(block, commit=False)
    block.vtx.append(third)
    return False


def repeat_two(b, block):
    for _ in range(4):
        last = Coin(block.vtx[-1], 0)
        block.vtx.append(b.tx([last], [(last.sat, b"\x51")]))
    b.finish(block)
    block.vtx += block.vtx[-2:]
    return False


def two_coinbases(b, block):
    block.vtx.append(blocktools.create_coinbase(b.height + 1, nValue=1))


def coinbase_last(b, block):
    block.vtx.append(block.vtx.pop(0))


def set_out(sat, n=0):
    def change(b, tx):
        while len(tx.vout) <= n:
            tx.vout.append(messages.CTxOut(0, b"\x51"))
        tx.vout[n].nValue = sat
    return change


def two_outs(b, tx):
    tx.vout = [messages.CTxOut(MAX_MONEY, b"\x51"), messages.CTxOut(1, b"\x51")]


def no_outs(b, tx):
    tx.vout = []


def duplicate_input(b, tx):
    tx.vin.append(copy.deepcopy(tx.vin[0]))


def null_input(b, tx):
    tx.vin.append(messages.CTxIn(messages.COutPoint(0, 0xffffffff), b""))


def unknown_input(b, tx):
    tx.vin[0].prevout.hash ^= 1


def out_of_range_input(b, tx):
    tx.vin[0].prevout.n = 7


def null_index(b, tx):
    tx.vin[0].prevout.n = 0xffffffff


def too_early(b, tx):
    tx.vin[0].prevout.hash = b.coins[-1][1].txid


def almost_mature(b, tx):
    coin = next(coin for height, coin in b.coins if height + 99 == b.height + 1)
    tx.vin[0].prevout.hash = coin.txid
    tx.vout[0].nValue = 0


def spend_twice(b, tx):
    other = copy.deepcopy(tx)
    other.vout[0].nValue -= 1
    return [tx, other]


def later_in_block(b, tx):
    child = b.tx([Coin(tx, 0)], [(0, b"\x51")])
    return [child, tx]


def of_own_coinbase(b):
    coinbase = blocktools.create_coinbase(b.height + 1)
    return b.block([b.tx([Coin(coinbase, 0)], [(0, b"\x51")])], coinbase=coinbase, commit=False)


def repeat_known(b):
    known = b.known_tx
    return b.block([known])


def locked(locktime, sequence=0):
    def change(b, tx):
        tx.nLockTime = locktime(b) if callable(locktime) else locktime
        tx.vin[0].nSequence = sequence
    return change


def coinbase_locked(b, coinbase):
    coinbase.nLockTime = b.height + 1
    coinbase.vin[0].nSequence = 0


def relative(sequence):
    """A spend of a coin of the last block, with a relative lock time."""
    def make(b):
        tx = b.tx([b.fresh], [(0, b"\x51")], sequence=sequence(b) if callable(sequence) else sequence)
        return b.block([tx])
    return make


def sigops(n, in_coinbase=False):
    def make(b):
        coinbase = None
        txs = []
        ops = bytes([OP_CHECKSIG]) * n
        if in_coinbase:
            coinbase = blocktools.create_coinbase(b.height + 1, extra_output_script=ops)
        else:
            coin = b.coins[0][1]
            txs = [b.tx([coin], [(0, ops[i:i + 9000]) for i in range(0, n, 9000)])]
        return b.block(txs, coinbase=coinbase)
    return make


def multisig_sigops(n):
    """Bare multisig counts twenty each."""
    def make(b):
        coin = b.coins[0][1]
        ops = bytes([OP_CHECKMULTISIG]) * n
        return b.block([b.tx([coin], [(0, ops)])])
    return make


def p2sh_sigops(n):
    """More than in the output script: they are in the redeem script."""
    def make(b):
        tx = b.tx(b.p2sh_coins[:1], [(0, b"\x51")])
        tx.vin[0].scriptSig = CScript([bytes(b.p2sh_redeem)])
        filler = bytes([OP_CHECKSIG]) * (n - b.p2sh_sigops)
        tx.vout.append(messages.CTxOut(0, filler[:9000]))
        for i in range(9000, len(filler), 9000):
            tx.vout.append(messages.CTxOut(0, filler[i:i + 9000]))
        return b.block([tx])
    return make


def witness_sigops(extra):
    def make(b):
        tx = b.tx([b.wsh_coin], [(0, b"\x51")])
        b.witness(tx, 0, [b.wsh_script])
        filler = bytes([OP_CHECKSIG]) * (20000 - b.wsh_sigops // 4 + extra)
        for i in range(0, len(filler), 9000):
            tx.vout.append(messages.CTxOut(0, filler[i:i + 9000]))
        return b.block([tx])
    return make


def pad(weight_over):
    """A block of the maximum weight, plus this much."""
    def make(b):
        coin = b.coins[0][1]
        tx = b.tx([coin], [(0, b"\x6a" * 10)])
        block = b.block([tx])
        while True:
            missing = 4000000 + weight_over - block.get_weight()
            if missing == 0:
                return block
            size = len(tx.vout[0].scriptPubKey) + missing // 4
            tx.vout[0].scriptPubKey = b"\x6a" * size
            if missing % 4:
                b.witness(tx, 0, [])
            block = b.block([tx])
            if 0 < 4000000 + weight_over - block.get_weight() < 4 and missing < 4:
                raise AssertionError("not reachable")
    return make


def heavy_witness(b):
    """Small enough without its witness, too heavy with it."""
    tx = b.tx([b.wsh_true], [(0, b"\x51")])
    b.witness(tx, 0, [b"\x00" * 500] * 7990 + [b"\x51"])
    return b.block([tx])


def commitment(change):
    def make(b):
        tx = b.tx([b.wsh_true], [(0, b"\x51")])
        b.witness(tx, 0, [b"\x51"])
        block = b.block([tx])
        change(b, block)
        block.hashMerkleRoot = block.calc_merkle_root()
        block.solve()
        return block
    return make


def nonce(stack):
    def change(b, block):
        block.vtx[0].wit.vtxinwit[0].scriptWitness.stack = stack
    return change


def wrong_commitment(b, block):
    out = block.vtx[0].vout[-1]
    out.scriptPubKey = out.scriptPubKey[:-1] + bytes([out.scriptPubKey[-1] ^ 1])


def last_commitment_counts(b, block):
    good = block.vtx[0].vout[-1]
    wrong = messages.CTxOut(0, good.scriptPubKey[:-1] + bytes([good.scriptPubKey[-1] ^ 1]))
    block.vtx[0].vout.append(wrong)


def no_commitment(b, block):
    block.vtx[0].vout.pop()


def no_commitment_no_nonce(b, block):
    block.vtx[0].vout.pop()
    block.vtx[0].wit = messages.CTxWitness()


def cut_witness(b, block):
    block.vtx[1].wit = messages.CTxWitness()


def height_script(offset):
    return lambda b: bytes(CScript([script.CScriptNum(b.height + 1 + offset)])) + b"\x00"


CASES = [
    ("insufficient work", "high-hash", high_hash),
    ("a target that is zero", "high-hash", easy_bits(0)),
    ("a negative target", "high-hash", easy_bits(0x04923456)),
    ("a target above the limit", "high-hash", easy_bits(0x217fffff)),
    ("a target that overflows", "high-hash", easy_bits(0xff7fffff)),
    ("a lower target than required", "bad-diffbits", easy_bits(0x207ffffe)),
    ("the same target, encoded differently", "bad-diffbits", easy_bits(0x2100007f)),
    ("an unknown parent", "prev-blk-not-found", with_header(hashPrevBlock=5)),
    ("the median time past itself", "time-too-old", with_header(nTime=lambda b: b.median_time())),
    ("before the median time past", "time-too-old", with_header(nTime=lambda b: b.median_time() - 1)),
    ("more than two hours ahead", "time-too-new", with_header(nTime=lambda b: reference.START_TIME + 7201)),
    ("version 1", "bad-version(0x00000001)", with_header(nVersion=1)),
    ("version 2", "bad-version(0x00000002)", with_header(nVersion=2)),
    ("version 3", "bad-version(0x00000003)", with_header(nVersion=3)),
    ("version 0", "bad-version(0x00000000)", with_header(nVersion=0)),
    ("a negative version", "bad-version(0xffffffff)", with_header(nVersion=-1)),
    ("the lowest version", "bad-version(0x80000000)", with_header(nVersion=-0x80000000)),
    ("no transactions", "bad-blk-length", after(no_txs)),
    ("another merkle root", "bad-txnmrklroot", after(bad_root)),
    ("the last transaction twice", "bad-txns-duplicate", after(repeat_last)),
    ("the last two transactions twice", "bad-txns-duplicate", after(repeat_two)),
    ("two coinbases", "bad-cb-multiple", after(two_coinbases)),
    ("the coinbase last", "bad-cb-missing", after(coinbase_last)),
    ("no coinbase", "bad-cb-missing", after(lambda b, block: block.vtx.pop(0) and None)),
    ("a short coinbase script", "bad-cb-length", with_coinbase(set_script_sig(b"\x01"))),
    ("an empty coinbase script", "bad-cb-length", with_coinbase(set_script_sig(b""))),
    ("a long coinbase script", "bad-cb-length",
     with_coinbase(lambda b, cb: set_script_sig(height_script(0)(b) + b"\x00" * (101 - len(height_script(0)(b))))(b, cb))),
    ("the height before", "bad-cb-height", with_coinbase(set_script_sig(height_script(-1)))),
    ("the height after", "bad-cb-height", with_coinbase(set_script_sig(height_script(1)))),
    ("no height", "bad-cb-height", with_coinbase(set_script_sig(b"\x51\x51\x51"))),
    ("the height pushed differently", "bad-cb-height",
     with_coinbase(set_script_sig(lambda b: b"\x03" + (b.height + 1).to_bytes(3, "little")))),
    ("the height with PUSHDATA1", "bad-cb-height",
     with_coinbase(set_script_sig(lambda b: b"\x4c" + height_script(0)(b)))),
    ("a coinbase of one satoshi too much", "bad-cb-amount", lambda b: b.block(fees=1)),
    ("a coinbase of the maximum amount", "bad-cb-amount", with_coinbase(lambda b, cb: set_out(MAX_MONEY)(b, cb))),
    ("a coinbase above the maximum amount", "bad-txns-vout-toolarge", with_coinbase(set_out(MAX_MONEY + 1))),
    ("a coinbase with a negative output", "bad-txns-vout-negative", with_coinbase(set_out(-1))),
    ("a coinbase without outputs", "bad-txns-vout-empty", with_coinbase(no_outs, commit=False)),
    ("a locked coinbase", "bad-txns-nonfinal", with_coinbase(coinbase_locked)),
    ("a negative output", "bad-txns-vout-negative", with_tx(set_out(-1))),
    ("the lowest output", "bad-txns-vout-negative", with_tx(set_out(-2**63))),
    ("an output above the maximum amount", "bad-txns-vout-toolarge", with_tx(set_out(MAX_MONEY + 1))),
    ("the highest output", "bad-txns-vout-toolarge", with_tx(set_out(2**63 - 1))),
    ("outputs with a sum above the maximum amount", "bad-txns-txouttotal-toolarge", with_tx(two_outs)),
    ("a transaction without outputs", "bad-txns-vout-empty", with_tx(no_outs)),
    ("an output spent twice by one transaction", "bad-txns-inputs-duplicate", with_tx(duplicate_input)),
    ("an empty outpoint", "bad-txns-prevout-null", with_tx(null_input)),
    ("an unknown transaction", "bad-txns-inputs-missingorspent", with_tx(unknown_input)),
    ("an output that does not exist", "bad-txns-inputs-missingorspent", with_tx(out_of_range_input)),
    ("the last index", "bad-txns-inputs-missingorspent", with_tx(null_index)),
    ("a coinbase of the last block", "bad-txns-premature-spend-of-coinbase", with_tx(too_early)),
    ("a coinbase one block too early", "bad-txns-premature-spend-of-coinbase", with_tx(almost_mature)),
    ("its own coinbase", "bad-txns-premature-spend-of-coinbase", of_own_coinbase),
    ("a coin spent twice in a block", "bad-txns-inputs-missingorspent", with_tx(spend_twice)),
    ("a coin from later in the block", "bad-txns-inputs-missingorspent", with_tx(later_in_block)),
    ("a transaction that is in the chain and unspent", "bad-txns-BIP30", repeat_known),
    ("outputs above the inputs", "bad-txns-in-belowout", with_tx(lambda b, tx: set_out(tx.vout[0].nValue + 1)(b, tx))),
    ("locked until this height", "bad-txns-nonfinal", with_tx(locked(lambda b: b.height + 1))),
    ("locked until far in the future", "bad-txns-nonfinal", with_tx(locked(499999999))),
    ("locked until the median time", "bad-txns-nonfinal", with_tx(locked(lambda b: b.median_time()))),
    ("locked until a time", "bad-txns-nonfinal", with_tx(locked(0xffffffff, 0xfffffffe))),
    ("a relative lock of two blocks", "bad-txns-nonfinal", relative(2)),
    ("a relative lock of many blocks", "bad-txns-nonfinal", relative(0xffff)),
    ("a relative lock of 512 seconds", "bad-txns-nonfinal", relative(0x400001)),
    ("a relative lock of a long time", "bad-txns-nonfinal", relative(0x40ffff)),
    ("one signature check too many", "bad-blk-sigops", sigops(20001)),
    ("far too many signature checks", "bad-blk-sigops", sigops(90000)),
    ("too many in the coinbase", "bad-blk-sigops", sigops(20001, True)),
    ("one multisig too many", "bad-blk-sigops", multisig_sigops(1001)),
    ("one too many with those of P2SH", "bad-blk-sigops", p2sh_sigops(20001)),
    ("one too many with those of the witness", "bad-blk-sigops", witness_sigops(1)),
    ("four bytes too heavy", "bad-blk-weight", pad(4)),
    ("too heavy with its witness", "bad-blk-weight", heavy_witness),
    ("a commitment to something else", "bad-witness-merkle-match", commitment(wrong_commitment)),
    ("two commitments, the last one wrong", "bad-witness-merkle-match", commitment(last_commitment_counts)),
    ("a witness without a commitment", "unexpected-witness", commitment(no_commitment)),
    ("a witness without commitment and nonce", "unexpected-witness", commitment(no_commitment_no_nonce)),
    ("an omitted witness", "bad-witness-merkle-match", commitment(cut_witness)),
    ("an empty witness nonce", "bad-witness-nonce-size", commitment(nonce([b""]))),
    ("a witness nonce of 31 bytes", "bad-witness-nonce-size", commitment(nonce([bytes(31)]))),
    ("a witness nonce of 33 bytes", "bad-witness-nonce-size", commitment(nonce([bytes(33)]))),
    ("two witness nonces", "bad-witness-nonce-size", commitment(nonce([bytes(32)] * 2))),
    ("another witness nonce", "bad-witness-merkle-match", commitment(nonce([b"\x01" * 32]))),
]

# ---- valid blocks at a limit ----

GOOD = [
    ("no witness nonce", commitment(nonce([]))),
    ("the maximum of signature checks", sigops(20000)),
    ("the maximum of multisigs", multisig_sigops(1000)),
    ("the maximum with those of P2SH", p2sh_sigops(20000)),
    ("the maximum with those of the witness", witness_sigops(0)),
    ("the maximum weight", pad(0)),
    ("a coinbase script of 100 bytes",
     with_coinbase(lambda b, cb: set_script_sig(height_script(0)(b) + b"\x00" * (100 - len(height_script(0)(b))))(b, cb))),
    ("just after the median time past", with_header(nTime=lambda b: b.median_time() + 1)),
    ("the highest version", with_header(nVersion=0x7fffffff)),
    ("version 4", with_header(nVersion=4)),
    ("locked until the block before", with_tx(locked(lambda b: b.height))),
    ("locked, but final by its sequence", with_tx(locked(499999999, 0xffffffff))),
    ("locked until just before the median time", with_tx(locked(lambda b: b.median_time() - 1))),
    ("a relative lock of one block", relative(1)),
    ("a disabled relative lock", relative(0x80000000 | 0xffff)),
    ("a coinbase that pays less", lambda b: b.block(fees=-1)),
    ("a coinbase that pays nothing", with_coinbase(set_out(0))),
]

# ---- scripts ----


def flip(data, at=-1):
    data = bytearray(data)
    data[at] ^= 1
    return bytes(data)


def script_cases():
    """name, output script, script_sig, witness, the verdict of both ("" for a valid spend)."""
    true = b"\x51"
    p2sh, wsh = script_util.script_to_p2sh_script, script_util.script_to_p2wsh_script
    num, op = script.CScriptNum, script
    h160, program = b"\x07" * 20, b"\x07" * 32
    return [
        ("false", b"\x00", b"", None, "Script evaluated without error but finished with a false/empty top stack element"),
        ("negative zero", CScript([b"\x80"]), b"", None, "finished with a false"),
        ("negative zero, long", CScript([b"\x00\x00\x80"]), b"", None, "finished with a false"),
        ("long zero with a one", CScript([b"\x00\x01"]), b"", None, ""),
        ("nothing at all", b"", b"", None, "finished with a false"),
        ("verify", CScript([OP_0, op.OP_VERIFY, OP_1]), b"", None, "Script failed an OP_VERIFY operation"),
        ("equalverify", CScript([OP_0, OP_1, op.OP_EQUALVERIFY, OP_1]), b"", None, "OP_EQUALVERIFY"),
        ("numequalverify", CScript([OP_0, OP_1, op.OP_NUMEQUALVERIFY, OP_1]), b"", None, "OP_NUMEQUALVERIFY"),
        ("checksigverify", CScript([OP_0, bytes(33), op.OP_CHECKSIGVERIFY, OP_1]), b"", None, "OP_CHECKSIGVERIFY"),
        ("checkmultisigverify", CScript([OP_0, OP_0, OP_1, bytes(33), OP_1, op.OP_CHECKMULTISIGVERIFY, OP_1]), b"", None,
         "OP_CHECKMULTISIGVERIFY"),
        ("return", CScript([OP_1, op.OP_IF, OP_1, op.OP_ELSE, OP_RETURN, op.OP_ENDIF, OP_0, op.OP_IF, OP_1, op.OP_ELSE,
                            OP_RETURN, op.OP_ENDIF]), b"", None, "OP_RETURN was encountered"),
        ("reserved", CScript([op.OP_RESERVED, OP_1]), b"", None, "Opcode missing or not understood"),
        ("reserved, not executed", CScript([OP_0, op.OP_IF, op.OP_RESERVED, op.OP_ENDIF, OP_1]), b"", None, ""),
        ("verif, not executed", CScript([OP_0, op.OP_IF, op.OP_VERIF, op.OP_ENDIF, OP_1]), b"", None,
         "Opcode missing or not understood"),
        ("ver, not executed", CScript([OP_0, op.OP_IF, op.OP_VER, op.OP_ENDIF, OP_1]), b"", None, ""),
        ("an unknown opcode", b"\x51\xba", b"", None, "Opcode missing or not understood"),
        ("0xff", b"\x51\xff", b"", None, "Opcode missing or not understood"),
        ("NOP10", CScript([op.OP_NOP10, OP_1]), b"", None, ""),
        ("disabled", CScript([OP_1, op.OP_2MUL]), b"", None, "Attempted to use a disabled opcode"),
        ("disabled, not executed", CScript([OP_0, op.OP_IF, op.OP_CAT, op.OP_ENDIF, OP_1]), b"", None, "disabled opcode"),
        ("shift, not executed", CScript([OP_0, op.OP_IF, op.OP_LSHIFT, op.OP_ENDIF, OP_1]), b"", None, "disabled opcode"),
        ("dup of nothing", CScript([OP_DUP]), b"", None, "Operation not valid with the current stack size"),
        ("checksig of one", CScript([OP_1, OP_CHECKSIG]), b"", None, "not valid with the current stack size"),
        ("pick beyond", CScript([OP_1, OP_2, op.OP_PICK]), b"", None, "not valid with the current stack size"),
        ("negative pick", CScript([OP_1, num(-1), op.OP_PICK]), b"", None, "not valid with the current stack size"),
        ("roll", CScript([OP_1, OP_0, OP_1, op.OP_ROLL]), b"", None, ""),
        ("fromaltstack", CScript([op.OP_FROMALTSTACK]), b"", None, "altstack"),
        ("alt stack is not shared", CScript([op.OP_FROMALTSTACK]), CScript([OP_1, op.OP_TOALTSTACK]), None, "altstack"),
        ("unbalanced if", CScript([OP_1, op.OP_IF, OP_1]), b"", None, "Invalid OP_IF construction"),
        ("unbalanced endif", CScript([OP_1, op.OP_ENDIF]), b"", None, "Invalid OP_IF construction"),
        ("unbalanced else", CScript([OP_1, op.OP_ELSE]), b"", None, "Invalid OP_IF construction"),
        ("if of nothing", CScript([op.OP_IF, op.OP_ENDIF]), b"", None, "not valid with the current stack size"),
        ("two elses", CScript([OP_1, op.OP_IF, OP_1, op.OP_ELSE, OP_0, op.OP_ELSE, OP_1, op.OP_ENDIF]), b"", None, ""),
        ("if spread over two scripts", CScript([op.OP_ENDIF, OP_1]), CScript([OP_1, op.OP_IF]), None,
         "Invalid OP_IF construction"),
        ("a script of 10000 bytes", b"\x61" * 200 + b"\x51" * 900 + bytes(CScript([bytes(500)] * 17)) + b"\x51" * 349, b"",
         None, None),
        ("a long script_sig", true, b"\x51" * 10001, None, "Script is too big"),
        ("a push of 521 bytes", CScript([OP_DROP, OP_1]), CScript([bytes(521)]), None, "Push value size limit exceeded"),
        ("a push of 520 bytes", CScript([OP_DROP, OP_1]), CScript([bytes(520)]), None, ""),
        ("a push of 521 bytes, not executed", CScript([OP_0, op.OP_IF, bytes(521), op.OP_ENDIF, OP_1]), b"", None,
         "Push value size limit exceeded"),
        ("202 operations", b"\x61" * 202 + true, b"", None, "Operation limit exceeded"),
        ("201 operations", b"\x61" * 201 + true, b"", None, ""),
        ("operations of keys", b"\x61" * 181 + bytes(CScript([OP_0, OP_0] + [b"\x02"] * 20 + [num(20), OP_CHECKMULTISIG])),
         b"", None, "Operation limit exceeded"),
        ("1001 elements", b"\x51" * 999 + b"\x51", b"\x51\x51", None, None),
        ("1000 elements", b"\x51" * 999, b"\x51", None, ""),
        ("21 keys", CScript([OP_0, OP_0] + [b"\x02"] * 21 + [num(21), OP_CHECKMULTISIG]), b"", None,
         "Pubkey count negative or limit exceeded"),
        ("a negative number of keys", CScript([OP_0, OP_0, num(-1), OP_CHECKMULTISIG]), b"", None, "Pubkey count negative"),
        ("more signatures than keys", CScript([OP_0, OP_0, OP_0, OP_2, b"\x02", OP_1, OP_CHECKMULTISIG]), b"", None,
         "Signature count negative or greater than pubkey count"),
        ("a dummy", CScript([OP_0, OP_0, OP_CHECKMULTISIG]), CScript([OP_1]), None, "Dummy CHECKMULTISIG argument must be zero"),
        ("a dummy that is false, but not empty", CScript([OP_0, OP_0, OP_CHECKMULTISIG]), CScript([b"\x00"]), None,
         "Dummy CHECKMULTISIG"),
        ("none of none", CScript([OP_0, OP_0, OP_CHECKMULTISIG]), CScript([OP_0]), None, ""),
        ("a number of five bytes", CScript([b"\x01\x00\x00\x00\x00", op.OP_1ADD]), b"", None, None),
        ("0NOTEQUAL of five bytes", CScript([b"\x01\x00\x00\x00\x00", op.OP_0NOTEQUAL]), b"", None, None),
        ("a number that is not minimal", CScript([b"\x01\x00", op.OP_1ADD]), b"", None, ""),
        ("size keeps", CScript([b"\x01\x02", op.OP_SIZE, OP_2, op.OP_EQUALVERIFY]), b"", None, ""),
        ("within", CScript([num(3), num(1), num(3), op.OP_WITHIN]), b"", None, "finished with a false"),
        ("cltv of nothing", CScript([OP_CHECKLOCKTIMEVERIFY, OP_1]), b"", None, "not valid with the current stack size"),
        ("a negative lock time", CScript([num(-1), OP_CHECKLOCKTIMEVERIFY, OP_1]), b"", None, "Negative locktime"),
        ("a lock time in the future", CScript([num(1), OP_CHECKLOCKTIMEVERIFY, OP_1]), b"", None, "Locktime requirement not satisfied"),
        ("a lock time of six bytes", CScript([bytes([0] * 5 + [1]), OP_CHECKLOCKTIMEVERIFY, OP_1]), b"", None, None),
        ("a negative relative lock", CScript([num(-1), OP_CHECKSEQUENCEVERIFY, OP_1]), b"", None, "Negative locktime"),
        ("a relative lock", CScript([num(1), OP_CHECKSEQUENCEVERIFY, OP_1]), b"", None, "Locktime requirement not satisfied"),
        ("a relative lock that is disabled", CScript([num(1 << 31), OP_CHECKSEQUENCEVERIFY]), b"", None, ""),
        ("a signature that is not DER", CScript([bytes(9), b"\x02" + bytes(32), OP_CHECKSIG]), b"", None, "Non-canonical DER signature"),
        ("an empty signature", CScript([OP_0, b"\x02" + bytes(32), OP_CHECKSIG, op.OP_NOT]), b"", None, ""),
        ("not DER in a multisig", CScript([OP_0, bytes(9), OP_1, b"\x02" + bytes(32), OP_1, OP_CHECKMULTISIG, op.OP_NOT]), b"", None,
         "Non-canonical DER signature"),
        ("p2sh", p2sh(true), CScript([true]), None, ""),
        ("p2sh of false", p2sh(b"\x00"), CScript([b"\x00"]), None, "finished with a false"),
        ("p2sh, another script", p2sh(true), CScript([b"\x52"]), None, "finished with a false"),
        ("p2sh with operations", p2sh(true), CScript([true, op.OP_NOP]), None, "Only push operators allowed in signatures"),
        ("p2sh, nothing pushed", p2sh(true), b"", None, "not valid with the current stack size"),
        ("p2sh, truncated push", p2sh(true), b"\x02\x51", None, "Opcode missing or not understood"),
        ("p2sh in p2sh is not p2sh", p2sh(bytes(p2sh(b"\x00"))), CScript([b"\x00", bytes(p2sh(b"\x00"))]), None, ""),
        ("wsh", wsh(true), b"", [true], ""),
        ("wsh, false", wsh(b"\x00"), b"", [b"\x00"], "finished with a false"),
        ("wsh, another script", wsh(true), b"", [b"\x52"], "Witness program hash mismatch"),
        ("wsh, no witness", wsh(true), b"", None, "Witness program was passed an empty witness"),
        ("wsh with script_sig", wsh(true), b"\x51", [true], "Witness requires empty scriptSig"),
        ("wsh, rest on the stack", wsh(true), b"", [b"\x01", true], None),
        ("wsh, an element of 521 bytes", wsh(CScript([OP_DROP, OP_1])), b"", [bytes(521), CScript([OP_DROP, OP_1])],
         "Push value size limit exceeded"),
        ("wsh, minimal if is not required", wsh(CScript([op.OP_IF, OP_1, op.OP_ENDIF])), b"",
         [b"\x02", CScript([op.OP_IF, OP_1, op.OP_ENDIF])], ""),
        ("wpkh, one element", CScript([OP_0, h160]), b"", [b"\x01"], "Witness program hash mismatch"),
        ("wpkh, three elements", CScript([OP_0, h160]), b"", [b"", b"", b""], "Witness program hash mismatch"),
        ("v0 of 19 bytes", CScript([OP_0, b"\x07" * 19]), b"", [b""], "Witness program has incorrect length"),
        ("v0 of 2 bytes", CScript([OP_0, b"\x07" * 2]), b"", None, "Witness program has incorrect length"),
        ("v0 of 41 bytes is not a program", CScript([OP_0, b"\x01" * 41]), b"", None, ""),
        ("v0 with another push is not a program", b"\x00\x4c\x14" + b"\x01" * 20, b"", None, ""),
        ("v2", CScript([OP_2, program]), b"", [b"x"], ""),
        ("v16 of 40 bytes", CScript([OP_16, b"\x07" * 40]), b"", None, ""),
        ("v1 of 31 bytes", CScript([OP_1, b"\x07" * 31]), b"", [b"x"], ""),
        ("an anchor", CScript([OP_1, b"\x4e\x73"]), b"", None, ""),
        ("v2 with script_sig", CScript([OP_2, program]), b"\x51", None, "Witness requires empty scriptSig"),
        ("v2 in p2sh", p2sh(CScript([OP_2, program])), CScript([CScript([OP_2, program])]), [b"x"], ""),
        ("taproot in p2sh", p2sh(CScript([OP_1, program])), CScript([CScript([OP_1, program])]), [b"x"], ""),
        ("wsh in p2sh", p2sh(wsh(true)), CScript([bytes(wsh(true))]), [true], ""),
        ("wsh in p2sh, with another push", p2sh(wsh(true)), b"\x4c" + bytes(CScript([bytes(wsh(true))])), [true],
         "Witness requires only-redeemscript scriptSig"),
        ("wsh in p2sh, an additional push", p2sh(wsh(true)), CScript([OP_1, bytes(wsh(true))]), [true],
         "Witness requires only-redeemscript scriptSig"),
        ("witness for an old script", true, b"", [b"x"], "Witness provided for non-witness script"),
        ("taproot, no witness", CScript([OP_1, program]), b"", None, "Witness program was passed an empty witness"),
        ("taproot, an invalid key", CScript([OP_1, b"\xff" * 32]), b"", [bytes(64)], "Invalid Schnorr signature"),
        ("taproot, 63 bytes", CScript([OP_1, program]), b"", [bytes(63)], "Invalid Schnorr signature size"),
        ("taproot, empty signature", CScript([OP_1, program]), b"", [b""], "Invalid Schnorr signature size"),
        ("taproot, explicit hash type 0", CScript([OP_1, program]), b"", [bytes(65)], "Invalid Schnorr signature hash type"),
        ("taproot, hash type 4", CScript([OP_1, program]), b"", [bytes(64) + b"\x04"], "Invalid Schnorr signature hash type"),
        ("taproot, control block of 34", CScript([OP_1, program]), b"", [true, bytes(34)], "Invalid Taproot control block size"),
        ("taproot, control block of 32", CScript([OP_1, program]), b"", [true, bytes(32)], "Invalid Taproot control block size"),
        ("taproot, control block too long", CScript([OP_1, program]), b"", [true, bytes(33 + 32 * 129)],
         "Invalid Taproot control block size"),
        ("taproot, wrong commitment", CScript([OP_1, program]), b"", [true, bytes(33)], "Witness program hash mismatch"),
        ("taproot, only an annex", CScript([OP_1, program]), b"", [b"\x50"], "Invalid Schnorr signature size"),
    ]


def tapscript_cases():
    """name, script, stack, verdict. Key 2 is the one that may sign, but does not here."""
    op, num = script, script.CScriptNum
    pub = key.compute_xonly_pubkey((2).to_bytes(32, "big"))[0]
    return [
        ("true", b"\x51", [], ""),
        ("false", b"\x00", [], "finished with a false"),
        ("rest on the stack", b"\x51", [b"\x01"], "Stack size must be exactly one after execution"),
        ("nothing on the stack", b"", [], "Stack size must be exactly one after execution"),
        ("success first", b"\x50", [], ""),
        ("success after an invalid opcode", b"\x00\x69\x50", [], ""),
        ("success in a branch that is not executed", b"\x00\x63\xfe\x68", [], ""),
        ("success after a truncated push", b"\x05\x50", [], "Opcode missing or not understood"),
        ("success inside a push", b"\x01\x50", [], ""),
        ("success with too large an element", b"\x50", [bytes(521)], ""),
        ("too large an element", b"\x75\x51", [bytes(521)], "Push value size limit exceeded"),
        ("too many elements", b"\x51", [b""] * 1001, "Stack size limit exceeded"),
        ("multisig", CScript([OP_0, OP_0, OP_0, OP_CHECKMULTISIG]), [], "OP_CHECKMULTISIG(VERIFY) is not available in tapscript"),
        ("minimal if", CScript([op.OP_IF, OP_1, op.OP_ENDIF]), [b"\x02"], "OP_IF/NOTIF argument must be minimal in tapscript"),
        ("minimal notif", CScript([op.OP_NOTIF, OP_1, op.OP_ENDIF]), [b"\x00"], "OP_IF/NOTIF argument must be minimal in tapscript"),
        ("an empty key", CScript([OP_0, OP_CHECKSIG]), [b""], "Empty public key in tapscript"),
        ("an empty key, added", CScript([OP_0, OP_0, OP_0, OP_CHECKSIGADD]), [], "Empty public key in tapscript"),
        ("a key of another size", CScript([b"\x01" * 33, OP_CHECKSIG]), [b"x"], ""),
        ("a key of another size, empty signature", CScript([b"\x01" * 33, OP_CHECKSIG]), [b""], "finished with a false"),
        ("an empty signature", CScript([pub, OP_CHECKSIG]), [b""], "finished with a false"),
        ("a short signature", CScript([pub, OP_CHECKSIG]), [b"x"], "Invalid Schnorr signature size"),
        ("a wrong signature", CScript([pub, OP_CHECKSIG]), [bytes(64)], "Invalid Schnorr signature"),
        ("a wrong signature of hash type 0", CScript([pub, OP_CHECKSIG]), [bytes(65)], "Invalid Schnorr signature hash type"),
        ("checksigverify, empty", CScript([pub, op.OP_CHECKSIGVERIFY, OP_1]), [b""], "OP_CHECKSIGVERIFY"),
        ("checksigadd, empty", CScript([num(5), pub, OP_CHECKSIGADD, num(5), op.OP_EQUAL]), [b""], ""),
        ("checksigadd of two", CScript([OP_1, pub, OP_CHECKSIGADD]), [], "not valid with the current stack size"),
        ("checksigadd, long number", CScript([b"\x01" * 5, pub, OP_CHECKSIGADD]), [b""], None),
        ("checks beyond the budget", CScript([b"\x03" * 1, op.OP_2DUP, op.OP_CHECKSIGVERIFY, op.OP_2DUP,
                                              op.OP_CHECKSIGVERIFY, op.OP_2DUP, op.OP_CHECKSIGVERIFY, OP_CHECKSIG]), [b"x"],
         "Too much signature validation relative to witness weight"),
        ("disabled", b"\x51\xba\xba", [], None),
        ("more than 201 operations", b"\x61" * 300 + b"\x51", [], ""),
        ("a long script", b"\x61" * 20000 + b"\x51", [], ""),
        ("ver is a success", CScript([op.OP_VER, OP_0]), [], ""),
        ("reserved is a success", CScript([op.OP_RESERVED, OP_0]), [], ""),
        ("verif", CScript([op.OP_VERIF, OP_1]), [], "Opcode missing or not understood"),
    ]


class Blocks(reference.PairTest):
    def setUp(self):
        super().setUp()
        self.pair = self.start_pair()
        self.b = b = Builder(self.pair)
        b.mine(130)

    def prepare(self):
        b = self.b
        b.p2sh_redeem = CScript([OP_1, script.OP_IF, OP_1, script.OP_ELSE] + [OP_CHECKSIG] * 100 + [script.OP_ENDIF])
        b.p2sh_sigops = 100
        b.wsh_script = CScript([OP_1, script.OP_IF, OP_1, script.OP_ELSE] + [OP_CHECKSIG] * 160 + [script.OP_ENDIF])
        b.wsh_sigops = 160
        b.known_tx = b.tx([b.take()], [(1000, b"\x51")])
        b.accept(b.block([b.known_tx]))
        made = b.fund([script_util.script_to_p2sh_script(b.p2sh_redeem), script_util.script_to_p2wsh_script(b.wsh_script),
                       script_util.script_to_p2wsh_script(b"\x51"), b"\x51"])
        b.p2sh_coins, b.wsh_coin, b.wsh_true = made[:1], made[1], made[2]
        b.fresh = made[3]

    def say(self, differences):
        self.assertEqual(differences, [], "\n" + "\n".join(differences))

    def check_refused(self, name, block, expected):
        """A list of problems: both must return the expected verdict, and keep their tip."""
        try:
            answer = self.pair.submit(block)
            self.pair.compare_tips()
        except reference.Difference as difference:
            return [f"{name}: {difference}"]
        if answer is None:
            self.b.note(block)
        if expected is not None and (answer is None or expected not in answer):
            return [f"{name}: both return {answer}, not {expected}"]
        return []

    def test_invalid_blocks(self):
        self.prepare()
        wrong = []
        for name, expected, make in CASES:
            wrong += self.check_refused(name, make(self.b), expected)
        print(f"{len(CASES)} kinds of invalid blocks, {len({case[1] for case in CASES})} reasons")
        self.say(wrong)
        self.pair.compare_all()
        # A rejected block is recognised by its hash.
        block = self.b.block(fees=2)
        self.assertEqual(self.pair.submit(block), "bad-cb-amount")
        self.assertEqual(self.pair.submit(block), "duplicate-invalid")
        self.assertEqual(self.pair.submit(self.b.block(prev=block.hash_int, height=self.b.height + 2)), "bad-prevblk")
        self.pair.compare_all()

    def test_valid_blocks(self):
        wrong = []
        for name, make in GOOD:
            self.prepare()
            block = make(self.b)
            try:
                self.b.accept(block)
            except AssertionError as error:
                wrong.append(f"{name}: {error}")
                break
            self.b.take()  # the block may have spent the first one
        self.say(wrong)
        self.pair.compare_all()

    def test_scripts(self):
        b, wrong = self.b, []
        cases = script_cases()
        coins = []
        for i in range(0, len(cases), 40):
            coins += b.fund([case[1] for case in cases[i:i + 40]])
        for (name, _, script_sig, stack, expected), coin in zip(cases, coins):
            tx = b.tx([coin], [(coin.sat, b"\x51")], sequence=0)
            tx.vin[0].scriptSig = bytes(script_sig)
            if stack is not None:
                b.witness(tx, 0, stack)
            wrong += self.check_spend(name, tx, expected)
        self.say(wrong)
        self.pair.compare_all()

    def check_spend(self, name, tx, expected):
        block = self.b.block([tx])
        if expected == "":
            try:
                self.b.accept(block)
                return []
            except AssertionError as error:
                return [f"{name}: {error}"]
        if expected is None:
            return self.check_refused(name, block, None)
        return self.check_refused(name, block, expected)

    def test_tapscripts(self):
        b, wrong = self.b, []
        cases = tapscript_cases()
        internal = key.compute_xonly_pubkey((3).to_bytes(32, "big"))[0]
        trees = [script.taproot_construct(internal, [("leaf", bytes(case[1]))]) for case in cases]
        coins = b.fund([tree.scriptPubKey for tree in trees])
        for (name, code, stack, expected), tree, coin in zip(cases, trees, coins):
            control = bytes([0xc0 | tree.negflag]) + tree.internal_pubkey
            tx = b.tx([coin], [(coin.sat, b"\x51")])
            b.witness(tx, 0, list(stack) + [bytes(code), control])
            wrong += self.check_spend(name, tx, expected)
        # Leaves of an unknown version are not evaluated, and an annex is accepted.
        tree = script.taproot_construct(internal, [("leaf", b"\x00", 0xc2)])
        coins = b.fund([tree.scriptPubKey] * 2)
        for coin, annex in zip(coins, ([], [b"\x50annex"])):
            tx = b.tx([coin], [(coin.sat, b"\x51")])
            b.witness(tx, 0, [b"\x00", bytes([0xc2 | tree.negflag]) + tree.internal_pubkey, *annex])
            wrong += self.check_spend("another leaf version", tx, "")
        self.say(wrong)
        self.pair.compare_all()

    def test_random_bytes(self):
        b = self.b
        raw = b.block([spend(b, b.coins[0][1])]).serialize()
        one = b.block().serialize()
        tx_at = 81
        wrong = []
        variants = [b"", raw[:79], raw[:80], raw[:81], raw[:-1], raw[:200], raw[:80] + b"\xfd\x02\x00" + raw[81:],
                    raw[:80] + b"\xff" * 9 + raw[81:], raw[:80] + b"\x03" + raw[81:], raw[:80] + b"\x01" + raw[81:],
                    one[:tx_at + 4] + b"\x00\x02" + one[tx_at + 6:], one[:tx_at + 4] + b"\x00\x00" + one[tx_at + 6:],
                    one[:tx_at + 4] + b"\x00\x03" + one[tx_at + 6:],
                    raw[:80] + b"\xfe\x00\x00\x00\x02" + raw[81:], raw[:80] + b"\xfe\x01\x00\x00\x02" + raw[81:]]
        for i, variant in enumerate(variants):
            wrong += self.check_refused(f"bytes {i}", variant, None)
        for text in ("", "0", "zz", "00" * 80, None, 5):
            try:
                self.pair.ask("submitblock", text)
            except reference.Difference as difference:
                wrong.append(str(difference))
        self.say(wrong)


if __name__ == "__main__":
    reference.main()
