"""Programs that are killed at any time: what was acknowledged is there after the next start, and no figure is wrong."""
import http.client
import os
import random
import signal
import sqlite3
import threading
import time
import unittest
from decimal import Decimal

import framework

ROUNDS = int(os.environ.get("MONEYROCKET_KILLS", "8"))
GONE = (OSError, http.client.HTTPException, AssertionError)
WARMING_UP = -28


def insist(call, *args, **named):
    """Calls until the program is ready to answer."""
    result = []

    def ready():
        try:
            result[:] = [call(*args, **named)]
            return True
        except framework.RpcError as error:
            # While the wallet process starts, the node says so.
            if error.code not in (WARMING_UP, -18, -32603):
                raise
            return False

    framework.wait_until(ready, "an answer")
    return result[0]


class FiguresAfterStart:
    """What the wallet says first after a start is what it said before."""
    name = None

    def figures(self, rpc):
        balances = insist(rpc.getbalances)
        return balances["mine"], insist(rpc.getbalance), len(insist(rpc.listunspent)), len(insist(rpc.listtransactions, "*", 1000))

    def check(self, stop):
        node = self.start_node(name=self.name, wallet=True)
        insist(node.rpc.listwallets)
        node.rpc.createwallet(wallet_name="one", load_on_startup=True)
        address = node.rpc.getnewaddress()
        node.rpc.generatetoaddress(105, address)
        for _ in range(3):
            node.rpc.sendtoaddress(framework.ADDRESS, 1)
        before = self.figures(node.rpc)
        self.assertEqual(before[0]["trusted"], before[1])
        self.assertGreater(before[1], 200)
        for _ in range(4):
            stop(node)
            node.start()
            self.assertEqual(self.figures(node.rpc), before)

    def test_stopped(self):
        self.check(lambda node: self.assertEqual(node.stop(), 0))

    def test_killed(self):
        self.check(lambda node: node.kill())

    def test_at_once(self):
        """A block is in the balance as soon as the call that mined it has answered."""
        node = self.start_node(name=self.name, wallet=True)
        insist(node.rpc.listwallets)
        node.rpc.createwallet(wallet_name="one")
        address = node.rpc.getnewaddress()
        node.rpc.generatetoaddress(100, address)
        for n in range(1, 20):
            node.rpc.generatetoaddress(1, address)
            self.assertEqual(node.rpc.getbalances()["mine"]["trusted"], 50 * n)
            self.assertEqual(node.rpc.getbalances()["lastprocessedblock"]["height"], 100 + n)


class TwoProcessesFiguresTest(FiguresAfterStart, framework.NodeTest):
    name = "moneyrocket-node"


class OneProcessFiguresTest(FiguresAfterStart, framework.NodeTest):
    name = "moneyrocketd"


class Acknowledged:
    """Four clients, and a program that is killed under them again and again."""
    name = None

    def setUp(self):
        super().setUp()
        self.addresses, self.txids, self.blocks, self.wallets, self.wrong = [], [], [], [], []
        self.lock = threading.Lock()

    def client(self, node, work, until):
        """Calls WORK over and over until the program goes away."""
        while not until.is_set():
            try:
                work(node)
            except framework.RpcError as error:
                # No money just now, starting up, shutting down, the wallet is on its way.
                if error.code not in (-6, -4, -18, WARMING_UP, -32603, -9, -25, -26):
                    self.wrong.append(str(error))
                time.sleep(0.01)
            except GONE:
                time.sleep(0.01)
            except ValueError:
                time.sleep(0.01)  # an answer that was cut off is none

    def mine(self, node):
        found = node.rpc.generatetoaddress(1, framework.ADDRESS)
        with self.lock:
            self.blocks += found
        time.sleep(0.05)

    def pay(self, node):
        txid = node.rpc.wallet("one").sendtoaddress(framework.ADDRESS, Decimal("0.01"))
        with self.lock:
            self.txids.append(txid)

    def address(self, node):
        address = node.rpc.wallet("one").getnewaddress()
        with self.lock:
            self.addresses.append(address)

    def create(self, node):
        name = f"w{random.randrange(10 ** 9)}"
        node.rpc.createwallet(wallet_name=name)
        address = node.rpc.wallet(name).getnewaddress()
        with self.lock:
            self.wallets.append((name, address))
        node.rpc.unloadwallet(name)
        time.sleep(0.1)

    def check_all(self, node):
        one = node.rpc.wallet("one")
        insist(one.getwalletinfo)
        self.assertEqual(len(set(self.addresses)), len(self.addresses), "an address was handed out twice")
        for address in self.addresses[-30:]:
            self.assertTrue(one.getaddressinfo(address)["ismine"], address)
        for block in self.blocks[-10:]:
            self.assertGreaterEqual(node.rpc.getblockheader(block)["confirmations"], 1, block)
        for txid in self.txids[-20:]:
            tx = insist(one.gettransaction, txid)
            self.assertGreaterEqual(tx["confirmations"], 0, txid)
        for name, address in self.wallets[-3:]:
            node.rpc.loadwallet(name)
            self.assertTrue(node.rpc.wallet(name).getaddressinfo(address)["ismine"])
            node.rpc.unloadwallet(name)

    def check_databases(self, node):
        for path in (node.network_folder / "wallets").rglob("wallet.dat"):
            with sqlite3.connect(path) as db:
                self.assertEqual(db.execute("PRAGMA integrity_check").fetchall(), [("ok",)])

    def test_killed(self):
        node = self.start_node(name=self.name, wallet=True)
        insist(node.rpc.listwallets)
        node.rpc.createwallet(wallet_name="one", load_on_startup=True)
        node.rpc.generatetoaddress(150, node.rpc.getnewaddress())
        for n in range(ROUNDS):
            until = threading.Event()
            threads = [threading.Thread(target=self.client, args=(node, work, until))
                       for work in (self.mine, self.pay, self.address, self.create)]
            for thread in threads:
                thread.start()
            time.sleep(random.uniform(0, 2.5))
            node.process.send_signal(signal.SIGKILL)
            node.process.wait()
            until.set()
            for thread in threads:
                thread.join()
            node.process = None
            # Every third time it is killed again while it starts.
            if n % 3 == 2:
                node.start(wait=False)
                time.sleep(random.uniform(0, 0.4))
                node.kill()
            node.start()
            self.check_all(node)
        self.assertEqual(self.wrong, [])
        self.assertEqual(node.stop(), 0)
        self.check_databases(node)
        log = node.log()
        self.assertNotIn("Corruption", log)
        print(f"# {ROUNDS} kills: {len(self.blocks)} blocks, {len(self.txids)} payments, {len(self.addresses)} addresses, "
              f"{len(self.wallets)} wallets", flush=True)


class TwoProcessesAcknowledgedTest(Acknowledged, framework.NodeTest):
    name = "moneyrocket-node"


class OneProcessAcknowledgedTest(Acknowledged, framework.NodeTest):
    name = "moneyrocketd"


if __name__ == "__main__":
    unittest.main(verbosity=2)
