#!/usr/bin/env python3
"""Files with a byte changed, or cut short: the right answers all the same, or a clear message and exit code 1. No block is
blamed, the advice that the message gives works, and with the file put back everything is there.

MONEYROCKET_DAMAGE_CASES: how many cases (default 30); MONEYROCKET_TEST_SEED: which."""

import os
import random
import re
import shutil

import framework
from framework import TRUE_SCRIPT, RpcError, spend_true, wait_until

CASES = int(os.environ.get("MONEYROCKET_DAMAGE_CASES", "30"))
SEED = int(os.environ.get("MONEYROCKET_TEST_SEED", "1"))
INDEXES = ("-txindex", "-blockfilterindex", "-coinstatsindex", "-txospenderindex")
ARGS = ("-fastprune", "-dbcache=4", *INDEXES)
NAMES = 4
# They may be anything: nobody reads them.
UNREAD = re.compile(r"(/LOG(\.old)?|/LOCK|\.lock|debug\.log|\.cookie|stderr)$")
ADVICE = re.compile(r"Restart with (-reindex-chainstate|-reindex)|Delete the folder (\S+) to|Put back the file")


def wait_for_indexes(node):
    def ready():
        height = node.rpc.getblockcount()
        info = node.rpc.getindexinfo()
        return len(info) == NAMES and all(i == {"synced": True, "best_block_height": height} for i in info.values())
    wait_until(ready, "the indexes at the tip")


def questions(rpc, hashes, txids):
    """Everything to be asked: (name, function)."""
    yield "coins", lambda: {k: v for k, v in rpc.gettxoutsetinfo().items() if k != "disk_size"}
    yield "verify", lambda: rpc.verifychain(4, 0)
    yield "index", lambda: rpc.gettxoutsetinfo("muhash")["muhash"]
    for height, block in enumerate(hashes):
        yield f"block {height}", lambda b=block: rpc.getblock(b, 0)
        yield f"filter {height}", lambda b=block: rpc.getblockfilter(b)
    for block in hashes[-12:]:
        yield f"undo {block}", lambda b=block: rpc.getblock(b, 3)
    for txid in txids:
        yield f"tx {txid}", lambda t=txid: rpc.getrawtransaction(t, 1)["hex"]


class Damage(framework.NodeTest):
    def build(self):
        """A chain of a few files, once reorganised, with all indexes; their databases hold tables and logs."""
        node = self.start_node(*ARGS)
        rpc = node.rpc
        coins = framework.mine_coins(node, 12)
        txids = []
        for round_ in range(6):
            for txid, vout, amount in coins[round_ * 2:round_ * 2 + 2]:
                outputs = [((amount - 40000) // 40, TRUE_SCRIPT)] * 40
                txids.append(rpc.sendrawtransaction(spend_true([(txid, vout)], outputs)))
            rpc.generatetoaddress(20, framework.ADDRESS)
            if round_ == 2:
                rpc.invalidateblock(rpc.getblockhash(rpc.getblockcount() - 3))
                rpc.generatetoaddress(6, framework.TRUE_ADDRESS)
            if round_ in (2, 4):
                wait_for_indexes(node)
                node.restart()
        wait_for_indexes(node)
        hashes = [rpc.getblockhash(h) for h in range(rpc.getblockcount() + 1)]
        self.control = {name: ask() for name, ask in questions(rpc, hashes, txids)}
        self.assertIs(self.control["verify"], True)
        self.control_tips = rpc.getchaintips()
        self.hashes, self.txids = hashes, txids
        self.assertEqual(node.stop(), 0)
        self.node = node
        self.good = self.folder / "good"
        shutil.move(node.network_folder, self.good)

    def restore(self):
        shutil.rmtree(self.node.network_folder, ignore_errors=True)
        shutil.copytree(self.good, self.node.network_folder)

    def check_all(self, what):
        """The node runs: every answer is right, or an error that says something. TRUE when all are right."""
        right = True
        for name, ask in questions(self.node.rpc, self.hashes, self.txids):
            try:
                answer = ask()
            except RpcError as error:
                self.assertTrue(len(error.message) > 10, (what, name, error.message))
                right = False
                continue
            except (OSError, ValueError, framework.http.client.HTTPException):
                self.assert_failed(what, self.node.wait_for_exit())
                return False
            if name == "verify" and answer is False:
                right = False
                continue
            self.assertEqual(answer, self.control[name], (what, name))
        self.check_tips(what)
        return right

    def check_tips(self, what):
        tips = self.node.rpc.getchaintips()
        self.assertEqual({t["hash"] for t in tips if t["status"] == "invalid"},
                         {t["hash"] for t in self.control_tips if t["status"] == "invalid"}, what)

    def assert_failed(self, what, code):
        self.assertEqual(code, 1, (what, self.node.errors()))
        errors = self.node.errors()
        self.assertRegex(errors, "(?m)^Error: .{20,}", what)
        # A damaged name can hold any bytes, which the log escapes.
        message = re.search("(?m)^Error: ([^\0-\x1f\x7f]*)", errors)[1]
        self.assertIn(message, self.node.log(), what)
        return errors

    def start(self, *args):
        """Starts, and waits until it answers or has ended; the exit code, or None."""
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

        wait_until(settled, "the node to run or to end")
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
        self.assertIsNone(self.start(*args), (what, message, self.node.errors()))
        self.complete(what)
        self.stop(what)

    def complete(self, what):
        """Gives back what was lost, as the network would, and compares."""
        rpc = self.node.rpc
        # What the node finds by itself comes first.
        wait_until(lambda: not re.search(r"Reindexing \d", self.node.log().rsplit("initload thread start", 1)[1])
                   or "Reindexing finished" in self.node.log().rsplit("initload thread start", 1)[1], "the reindexing")
        for height, block in enumerate(self.hashes[1:], 1):
            rpc.submitblock(self.control[f"block {height}"])
        wait_until(lambda: rpc.getbestblockhash() == self.hashes[-1], f"the tip after {what}")
        wait_for_indexes(self.node)
        for name in ("coins", "index"):
            answer = dict(questions(rpc, self.hashes, self.txids))[name]()
            self.assertEqual(answer, self.control[name], what)

    def run_case(self, path, change):
        what = f"{path.relative_to(self.good)} {change.__doc__}"
        self.restore()
        target = self.node.network_folder / path.relative_to(self.good)
        data = bytearray(target.read_bytes())
        what += f" {change(data)}"
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
            # Once more, as a supervisor would: the same again, and nothing becomes worse.
            self.assert_failed(what, self.start())
            self.follow_advice(what, message)
            self.restore()
            target.write_bytes(data)
            self.assert_failed(what, self.start())
        # With the file as it was, nothing is missing (unless the damage made the program write it anew).
        if outcome != "fine" and "/index" not in what and "chainstate" not in what:
            shutil.copy(path, target)
            self.assertIsNone(self.start(), what)
            self.assertTrue(self.check_all(what), what)
            self.stop(what)
        return what, outcome

    def test_every_file(self):
        self.build()
        rng = random.Random(SEED)

        def flip(data):
            "flipped at"
            # What is allocated ahead holds zeros that nobody reads.
            at = rng.randrange(len(bytes(data).rstrip(b"\0")) or 1)
            data[at] ^= 1 << rng.randrange(8)
            return at

        def truncate(data):
            "cut to"
            length = rng.randrange(len(bytes(data).rstrip(b"\0")) or 1)
            del data[length:]
            return length

        files = sorted(p for p in self.good.rglob("*") if p.is_file() and p.stat().st_size > 0
                       and not UNREAD.search(str(p)))
        kinds = {}
        for path in files:
            kind = re.sub(r"\d+", "N", str(path.relative_to(self.good)))
            kinds.setdefault(kind, []).append(path)
        outcomes = {}
        for case in range(CASES):
            kind = sorted(kinds)[case % len(kinds)]
            change = truncate if (case // len(kinds)) % 3 == 2 else flip
            what, outcome = self.run_case(rng.choice(kinds[kind]), change)
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
            if os.environ.get("MONEYROCKET_DAMAGE_VERBOSE"):
                print(what, outcome, flush=True)
        print(f"# {len(kinds)} kinds of files, {CASES} cases: {outcomes}")


if __name__ == "__main__":
    framework.main()
