#!/usr/bin/env python3
"""Programs that find each other at sockets: wallets that run by themselves and use a node (-ipcbind, -ipcconnect)."""
import os
import shutil
import signal
import stat
import subprocess
import unittest

import framework
from framework import RpcError


class Wallet:
    """A moneyrocket-wallet that no other program has started."""

    def __init__(self, node, *args):
        self.log_file = node.network_folder / "wallet.log"
        self.errors_file = node.folder / f"wallet-errors-{len(os.listdir(node.folder))}"
        with open(self.errors_file, "wb") as errors:
            self.process = subprocess.Popen([str(framework.program("moneyrocket-wallet")), f"-datadir={node.folder}", "-regtest",
                                             "-fallbackfee=0.0002", *args],
                                            stdin=subprocess.DEVNULL, stdout=errors, stderr=errors)

    def end(self, number=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(framework.PATIENCE)

    def errors(self):
        return self.errors_file.read_text()


class AttachTest(framework.NodeTest):
    def start_node_that_listens(self, *args):
        return self.start_node("-ipcbind=unix", *args)

    def start_wallet(self, node, *args):
        wallet = Wallet(node, *args)
        self.addCleanup(wallet.end, signal.SIGKILL)
        return wallet

    def wait_for_wallets(self, node, *names):
        """Also until they have caught up."""
        def listed():
            try:
                return sorted(node.rpc.listwallets()) == sorted(names)
            except RpcError as error:
                if error.code not in (-28, -32601, -32603):
                    raise
                return not names and error.code == -32601

        framework.wait_until(listed, f"the wallets {names}")

    def make_wallets(self, node, *names):
        """Creates them, and closes them again."""
        wallet = self.start_wallet(node)
        self.wait_for_wallets(node)
        for name in names:
            framework.wait_until(lambda name=name: self.create(node, name), "the wallet program")
        self.assertEqual(wallet.end(), 0)
        framework.wait_until(lambda: self.has_no_methods(node), "the end of the wallet program")

    def create(self, node, name):
        try:
            return node.rpc.createwallet(name)["name"] == name
        except RpcError as error:
            if error.code not in (-28, -32601):
                raise
            return False

    def has_no_methods(self, node):
        try:
            node.rpc.listwallets()
        except RpcError as error:
            return error.code == -32601
        return False


class WalletsTest(AttachTest):
    NAMES = ("one", "two", "three")

    def test_three(self):
        """Three wallet programs at one node come and go; /wallet/NAME finds each wallet wherever it is."""
        node = self.start_node_that_listens()
        self.make_wallets(node, *self.NAMES)
        programs = [self.start_wallet(node, f"-wallet={name}") for name in self.NAMES]
        self.wait_for_wallets(node, *self.NAMES)
        rpcs = [node.rpc.wallet(name) for name in self.NAMES]
        for rpc in rpcs:
            node.rpc.generatetoaddress(1, rpc.getnewaddress())
        node.rpc.generatetoaddress(100, framework.ADDRESS)
        self.assertEqual([rpc.getbalance() for rpc in rpcs], [50, 50, 50])
        self.assert_rpc_error(-19, "Multiple wallets are loaded", node.rpc.getbalance)
        self.assert_rpc_error(-18, "does not exist", node.rpc.wallet("four").getbalance)
        self.assert_rpc_error(-4, "two", node.rpc.createwallet, "two")
        self.assert_rpc_error(-35, "two", node.rpc.loadwallet, "two")
        # A payment from one to the other.
        txid = rpcs[0].sendtoaddress(rpcs[2].getnewaddress(), 7)
        node.rpc.generatetoaddress(1, framework.ADDRESS)
        self.assertEqual(rpcs[2].getbalance(), 57)
        self.assertEqual(rpcs[2].gettransaction(txid)["confirmations"], 1)
        # One is killed; the others are not disturbed, and it catches up.
        programs[1].end(signal.SIGKILL)
        self.wait_for_wallets(node, "one", "three")
        address = rpcs[2].getnewaddress()
        node.rpc.generatetoaddress(2, address)
        programs[1] = self.start_wallet(node, "-wallet=two")
        self.wait_for_wallets(node, *self.NAMES)
        self.assertEqual(rpcs[1].getwalletinfo()["lastprocessedblock"]["height"], node.rpc.getblockcount())
        # The node is killed; the wallets wait for the next one.
        node.kill()
        node.start()
        self.wait_for_wallets(node, *self.NAMES)
        self.assertEqual([rpc.getbalance() for rpc in rpcs][1:], [50, 57])
        self.assertEqual([program.end() for program in programs], [0, 0, 0])
        self.assertEqual(node.stop(), 0)

    def test_same_name(self):
        """A second wallet of a name is refused until the first one leaves."""
        node = self.start_node_that_listens()
        self.make_wallets(node, "one")
        other = self.folder / "other"
        shutil.copytree(node.network_folder / "wallets" / "one", other / "one")
        first = self.start_wallet(node, "-wallet=one")
        self.wait_for_wallets(node, "one")
        second = self.start_wallet(node, f"-walletdir={other}", "-wallet=one")
        node.wait_for_log('The wallet "one" of a wallet program is refused')
        self.assertEqual(node.rpc.listwallets(), ["one"])
        self.assertEqual(first.end(), 0)
        framework.wait_until(lambda: node.rpc.listwallets() == ["one"] if not self.has_no_methods(node) else False, "the second wallet")
        self.assertEqual(second.end(), 0)
        self.assertEqual(node.stop(), 0)

    def test_beside_own(self):
        """A wallet program beside the one that the node has started."""
        node = self.make_node("-ipcbind=unix", wallet=True)
        node.start()
        framework.wait_until(lambda: self.create(node, "own"), "the node's wallet program")
        node.rpc.createwallet("guest")
        node.rpc.unloadwallet("guest")
        guest = self.start_wallet(node, "-wallet=guest")
        self.wait_for_wallets(node, "own", "guest")
        self.assertEqual(node.rpc.wallet("guest").getwalletinfo()["walletname"], "guest")
        self.assertEqual(node.rpc.wallet("own").getwalletinfo()["walletname"], "own")
        node.rpc.unloadwallet("own")
        self.assertEqual(node.rpc.getwalletinfo()["walletname"], "guest")
        self.assertEqual(guest.end(), 0)
        self.wait_for_wallets(node)
        self.assertEqual(node.stop(), 0)


class SocketTest(AttachTest):
    def test_socket(self):
        """Only this user can connect; a socket that was left behind is replaced, and a used one is not."""
        node = self.start_node_that_listens()
        path = node.network_folder / "node-bus.sock"
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        self.assertTrue(stat.S_ISSOCK(path.stat().st_mode))
        node.kill()
        self.assertTrue(path.exists())
        node.start()
        other = self.make_node(f"-ipcbind=unix:{path}")
        other.start(wait=False)
        self.assertEqual(other.wait_for_exit(), 1)
        self.assertIn("another program is listening there", other.errors())
        self.assertEqual(node.stop(), 0)
        self.assertFalse(path.exists())

    def test_bad_addresses(self):
        for address, reason in (("tcp:127.0.0.1:8500", "tls:HOST:PORT"), ("unix,role=spend", "observe, operate or wallet"),
                                ("somewhere", "unix, unix:PATH or tls:HOST:PORT"), ("unix:" + "p" * 120, "107 bytes")):
            node = self.make_node(f"-ipcbind={address}")
            node.start(wait=False)
            self.assertEqual(node.wait_for_exit(), 1)
            self.assertIn(reason, node.errors())
            self.assertIn(address, node.errors())

    def test_wallet_without_node(self):
        """A wallet program waits for its node, and ends cleanly without it."""
        node = self.make_node()
        wallet = self.start_wallet(node)
        log = wallet.log_file
        framework.wait_until(lambda: log.exists() and "cannot be reached, and is tried again" in log.read_text(), "the warning")
        self.assertEqual(wallet.end(), 0)
        wrong = self.start_wallet(node, "-ipcconnect=tcp:localhost:1")
        self.assertEqual(wrong.process.wait(framework.PATIENCE), 1)
        self.assertIn("tls:HOST:PORT", wrong.errors())


class ClientTest(AttachTest):
    """moneyrocket-cli at the socket of a node."""

    def cli(self, node, *words):
        """The exit code, the output and the errors; the node's port is not used."""
        done = subprocess.run([str(framework.program("moneyrocket-cli")), f"-datadir={node.folder}", "-regtest", "-rpcport=1", *words],
                              capture_output=True, text=True, timeout=framework.PATIENCE)
        return done.returncode, done.stdout.rstrip("\n"), done.stderr

    def test_calls(self):
        node = self.make_node("-ipcbind=unix", "-fallbackfee=0.0002", wallet=True).start()
        self.assertEqual(self.cli(node, "getblockcount"), (0, "0", ""))
        self.assertEqual(self.cli(node, "-ipcconnect=unix", "getblockhash", "0"), (0, node.rpc.getblockhash(0), ""))
        code, _, errors = self.cli(node, "getblockhash", "7")
        self.assertEqual((code, errors), (8, "error code: -8\nerror message:\nBlock height out of range\n"))
        framework.wait_until(lambda: self.create(node, "w"), "the wallet program")
        # Methods that spend need the credentials of a client, which this one finds in the cookie file.
        address = self.cli(node, "getnewaddress")[1]
        self.assertEqual(self.cli(node, "generatetoaddress", "101", address)[0], 0)
        self.assertEqual(self.cli(node, "-rpcwallet=w", "getbalance"), (0, "50.00000000", ""))
        code, txid, _ = self.cli(node, "sendtoaddress", framework.ADDRESS, "1")
        self.assertEqual((code, node.rpc.getrawmempool()), (0, [txid]))
        code, _, errors = self.cli(node, "-rpccookiefile=missing", "sendtoaddress", framework.ADDRESS, "1")
        self.assertEqual(code, 4)
        self.assertIn("credentials", errors)
        code, info, _ = self.cli(node, "-getinfo")
        self.assertEqual(code, 0)
        self.assertIn("Blocks: 101", info)
        # A socket that nobody listens at, and a program that is no node: TCP is tried, unless the socket was asked for.
        self.assertEqual(node.stop(), 0)
        code, _, errors = self.cli(node, "-ipcconnect=unix", "getblockcount")
        self.assertEqual(code, 1)
        self.assertIn("node-bus.sock", errors)
        self.assertIn("127.0.0.1:1", self.cli(node, "getblockcount")[2])

    def test_roles(self):
        """A client that may only observe executes no methods."""
        node = self.start_node("-ipcbind=unix,role=observe")
        code, _, errors = self.cli(node, "-ipcconnect=unix", "getblockcount")
        self.assertNotEqual(code, 0)
        self.assertIn("No such method", errors)
        self.assertEqual(node.stop(), 0)

    def test_refused(self):
        node = self.make_node()
        self.assertIn("cannot both be enabled", self.cli(node, "-rpcconnect=127.0.0.1", "-ipcconnect=unix", "uptime")[2])
        self.assertIn("tls:HOST:PORT", self.cli(node, "-ipcconnect=tcp:1", "uptime")[2])


if __name__ == "__main__":
    unittest.main(verbosity=2)
