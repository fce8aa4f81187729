"""Clients that keep a node busy and record what was acknowledged, and a check that nothing of it was lost."""
import http.client
import random
import threading
import time

import framework

PAYEE = framework.ADDRESS
# Errors that a client may get while processes are killed. Every other error fails the test.
GONE = (OSError, http.client.HTTPException, framework.Unauthorized)
# Warming up; the wallet process is not running or has exited; the wallet is not loaded yet; the node is not running.
GONE_CODES = (-28, -32603, -18, -4, -6)


class Load:
    """Three types of clients of one wallet: they pay, mine, and create addresses, until stop()."""

    def __init__(self, node, wallet, seed):
        self.node, self.rpc = node, node.rpc.wallet(wallet)
        self.random = random.Random(seed)
        self.txids, self.blocks, self.addresses = [], [], []
        self.unexpected = []
        self._stop = None
        self._threads = []

    def start(self):
        self._stop = threading.Event()
        kinds = (self._pay, self._pay, self._mine, self._address)
        self._threads = [threading.Thread(target=self._run, args=(kind, random.Random(self.random.random())))
                         for kind in kinds]
        for thread in self._threads:
            thread.start()

    def stop(self):
        self._stop.set()
        for thread in self._threads:
            thread.join()
        if self.unexpected:
            raise AssertionError(f"unexpected error in a client: {self.unexpected[0]!r}")

    def acknowledged(self):
        return len(self.txids) + len(self.blocks) + len(self.addresses)

    def _run(self, kind, rng):
        while not self._stop.is_set():
            try:
                kind(rng)
            except GONE:
                time.sleep(0.02)
            except framework.RpcError as error:
                if error.code not in GONE_CODES:
                    self.unexpected.append(error)
                    return
                time.sleep(0.02)

    def _pay(self, rng):
        to = rng.choice([PAYEE] + [address for address, _ in self.addresses[-20:]])
        self.txids.append(self.rpc.sendtoaddress(address=to, amount=f"0.{rng.randrange(10000, 99999)}", fee_rate=20))

    def _mine(self, rng):
        to = rng.choice([PAYEE] + [address for address, _ in self.addresses[-20:]])
        self.blocks += self.rpc.generatetoaddress(1, to)
        time.sleep(rng.uniform(0.05, 0.15))

    def _address(self, rng):
        label = f"label {rng.randrange(10**9)}"
        self.addresses.append((self.rpc.getnewaddress(label, rng.choice(["bech32", "bech32m"])), label))

    # ---- afterwards ----

    def check(self, test):
        """Nothing that was acknowledged is missing, and the balances add up, from the first reply on."""
        first = self.rpc.getbalances()["mine"]
        for block in self.blocks:
            test.assertGreaterEqual(self.node.rpc.getblockheader(block)["confirmations"], 1)
        mempool = set(self.node.rpc.getrawmempool())
        for txid in self.txids:
            tx = self.rpc.gettransaction(txid)
            test.assertTrue(tx["confirmations"] > 0 or txid in mempool, tx)
        for address, label in self.addresses:
            info = self.rpc.getaddressinfo(address)
            test.assertTrue(info["ismine"])
            test.assertEqual(info["labels"], [label])
        self._check_balances(test, first)

    def _check_balances(self, test, first):
        rows = self.rpc.listtransactions("*", 1000000)
        total = sum(row["amount"] + row.get("fee", 0) for row in rows
                    if not row.get("abandoned") and row["category"] != "orphan")
        test.assertEqual(first["nonmempool"], 0)
        test.assertEqual(first["trusted"] + first["untrusted_pending"] + first["immature"], total)
        test.assertEqual(self.rpc.getbalances()["mine"], first)
        coins = self.rpc.listunspent(0)
        test.assertEqual(sum(coin["amount"] for coin in coins), first["trusted"] + first["untrusted_pending"])
        for coin in coins:
            test.assertEqual(self.node.rpc.gettxout(coin["txid"], coin["vout"])["value"], coin["amount"])
