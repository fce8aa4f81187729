"""One round of node and wallet in one process or two: mine, pay, reorganise, restart, stop. It exercises many parts a little,
some of them concurrently, for the builds with sanitizers; the other tests cover each of them in detail."""
import signal
import threading
from decimal import Decimal

import framework
from processes import ProcessTest

OPTIONS = ("-txindex", "-blockfilterindex", "-coinstatsindex", "-txospenderindex", "-rest", "-fallbackfee=0.0001")


class RoundTest(ProcessTest):
    def await_wallets(self, node, names):
        self.wait_for_wallet(node)
        framework.wait_until(lambda: set(node.rpc.listwallets()) == set(names), "the wallets")

    def await_balance(self, rpc, amount):
        framework.wait_until(lambda: rpc.getbalance() == Decimal(amount), f"a balance of {amount}")

    def at_once(self, *calls):
        """Makes every call several times, each in a thread of its own."""
        problems = []

        def repeat(call):
            try:
                for _ in range(10):
                    call()
            except Exception as problem:
                problems.append(problem)

        threads = [threading.Thread(target=repeat, args=(call,)) for call in calls]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(problems, [])

    def test_round(self):
        node = self.start(*OPTIONS)
        rpc, payer, payee = node.rpc, node.rpc.wallet("payer"), node.rpc.wallet("payee")
        for name in ("payer", "payee"):
            rpc.createwallet(wallet_name=name, load_on_startup=True)
        rpc.generatetoaddress(101, payer.getnewaddress())
        self.await_balance(payer, 50)

        txid = payer.sendtoaddress(payee.getnewaddress(), 1)
        self.assertIn(txid, rpc.getrawmempool())
        self.at_once(lambda: payer.sendtoaddress(payee.getnewaddress("", "bech32m"), Decimal("0.1")),
                     lambda: rpc.generatetoaddress(1, framework.ADDRESS), payee.listtransactions, payer.listunspent,
                     lambda: rpc.getblock(rpc.getbestblockhash(), 2), rpc.getmempoolinfo, rpc.help,
                     lambda: rpc.raw("", "GET", "/rest/chaininfo.json", credentials=False), rpc.gettxoutsetinfo)
        rpc.generatetoaddress(1, framework.ADDRESS)
        self.await_balance(payee, 2)
        self.assertEqual(rpc.getrawmempool(), [])
        self.assertEqual(rpc.getrawtransaction(txid, 1)["confirmations"], rpc.getblockcount() - 101)

        # The blocks are disconnected and connected again; in between the payments are in the mempool.
        tip, first = rpc.getbestblockhash(), rpc.getblockhash(102)
        rpc.invalidateblock(first)
        framework.wait_until(lambda: txid in rpc.getrawmempool(), "the payment in the mempool")
        rpc.reconsiderblock(first)
        framework.wait_until(lambda: rpc.getbestblockhash() == tip, "the tip as before")
        self.await_balance(payee, 2)

        node.restart()
        self.await_wallets(node, ["payer", "payee"])
        self.assertTrue(rpc.verifychain(4, 0))
        self.assertEqual(rpc.getbestblockhash(), tip)
        self.await_balance(payee, 2)
        payee.sendtoaddress(payer.getnewaddress(), 2, "", "", True)
        rpc.generatetoaddress(1, framework.ADDRESS)
        self.await_balance(payee, 0)
        payer.rescanblockchain()

        node.process.send_signal(signal.SIGTERM)
        self.assertEqual(node.wait_for_exit(), 0)
        self.check_databases(node)
        for log in {node.network_folder / "debug.log", node.wallet_log()}:
            self.assertIn("Shutdown done", log.read_text().splitlines()[-1])


if __name__ == "__main__":
    framework.main()
