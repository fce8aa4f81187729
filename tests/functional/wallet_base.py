"""Shared by the tests of the wallet's methods."""
import framework
from framework import RpcError

AWAY = "bcrt1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqc8gma6"


class WalletBase(framework.NodeTest):
    def start_with_wallet(self, *names, args=("-fallbackfee=0.0002",)):
        node = self.start_node(*args, wallet=True)
        self.ready(node)
        for name in names:
            node.rpc.createwallet(name)
        return node

    def ready(self, node, wallets=()):
        """Waits for the wallet's process and for the wallets that are loaded at start-up."""
        def loaded():
            try:
                return set(node.rpc.listwallets()) >= set(wallets)
            except RpcError as error:
                if error.code not in (-28, -32603):
                    raise
                return False

        framework.wait_until(loaded, "the wallets")

    def fund(self, rpc, blocks=1):
        """Mines BLOCKS mature coinbases of 50."""
        rpc.generatetoaddress(blocks, rpc.getnewaddress())
        rpc.generatetoaddress(100, framework.ADDRESS)
        self.assertEqual(rpc.getbalance(), 50 * blocks)

    def in_mempool(self, rpc, txid):
        framework.wait_until(lambda: rpc.gettransaction(txid).get("trusted") is not None
                             and txid in rpc.getrawmempool(), "the payment in the mempool")

    def file_of(self, node, name):
        return node.network_folder / "wallets" / name / "wallet.dat"
