"""Shared by the tests that kill programs at random points while several clients pay, mine and make addresses: afterwards
nothing that was acknowledged is missing, no database is damaged, and no reindex is needed.

MONEYROCKET_CRASH_SEED and MONEYROCKET_CRASH_ROUNDS repeat or prolong a run."""
import os
import random
import time

import framework
import load
from processes import ProcessTest

SEED = int(os.environ.get("MONEYROCKET_CRASH_SEED", "0")) or random.SystemRandom().randrange(1, 10**9)
ROUNDS = int(os.environ.get("MONEYROCKET_CRASH_ROUNDS", "4"))


class CrashBase(ProcessTest):
    def setUp(self):
        super().setUp()
        print(f"# MONEYROCKET_CRASH_SEED={SEED}", flush=True)
        self.random = random.Random(SEED)

    def begin(self):
        node = self.start_node(wallet=True)
        self.wait_for_wallet(node)
        node.rpc.createwallet(wallet_name="busy", load_on_startup=True)
        clients = load.Load(node, "busy", SEED)
        for _ in range(10):
            label = f"label {len(clients.addresses)}"
            clients.addresses.append((clients.rpc.getnewaddress(label), label))
            node.rpc.generatetoaddress(3, clients.addresses[-1][0])
        node.rpc.generatetoaddress(100, framework.ADDRESS)
        return node, clients

    def busy_for_a_while(self, clients):
        before = clients.acknowledged()
        clients.start()
        framework.wait_until(lambda: clients.acknowledged() >= before + 3, "answers")
        time.sleep(self.random.uniform(0, 0.8))

    def wait_for_loaded(self, node):
        def loaded():
            try:
                return node.rpc.listwallets() == ["busy"]
            except framework.RpcError as error:
                if error.code not in (-28, -32603):
                    raise
                return False

        framework.wait_until(loaded, "the wallet")

    def check(self, node, clients):
        self.wait_for_loaded(node)
        clients.check(self)

    def finish(self, node):
        self.assertEqual(node.stop(), 0)
        self.check_databases(node)
        log = node.log()
        self.assertNotRegex(log, r"(?i)reindex|corrupt")
