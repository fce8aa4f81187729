#!/usr/bin/env python3
"""The JSON-RPC server of a wallet program itself (moneyrocket-wallet -server), beside a node that comes and goes."""
import hmac
import os
import signal
import socket
import stat
import unittest

import framework
from framework import RpcError
from test_attach import AttachTest, Wallet


class ServingWallet(Wallet):
    """A wallet program with -server at a port of its own."""

    def __init__(self, node, *args):
        self.node = node
        self.port = framework.free_port()
        self.cookie = node.network_folder / f".cookie.{self.port}"
        self.rpc = framework.Rpc(self.port, self.cookie.read_text)
        super().__init__(node, "-server", f"-rpcport={self.port}", "-rpcdoccheck", *args)

    def wait(self):
        """Until it answers methods of its wallets."""
        def ready():
            if self.process.poll() is not None:
                raise AssertionError(f"the wallet exited with {self.process.returncode}: {self.errors()}")
            try:
                self.rpc.listwallets()
                return True
            except (OSError, framework.Unauthorized):
                return False
            except RpcError as error:
                if error.code != -28:
                    raise
                return False

        framework.wait_until(ready, "the wallet's server")
        return self

    def cli(self, *words):
        return self.node.cli(f"-rpcport={self.port}", *words)

    def send(self, method, *params):
        """Starts a call, and returns its connection."""
        connection = socket.create_connection(("127.0.0.1", self.port), framework.PATIENCE)
        request = self.node.request_bytes(method, *params)
        connection.sendall(request.replace(framework.base64.b64encode(self.node._read_cookie().encode()),
                                           framework.base64.b64encode(self.cookie.read_text().encode())))
        return connection

    def active(self):
        return {call["method"] for call in self.rpc.getrpcinfo()["active_commands"]} - {"getrpcinfo"}


class ServerTest(AttachTest):
    def start_serving(self, node, *args):
        wallet = ServingWallet(node, *args)
        self.addCleanup(wallet.end, signal.SIGKILL)
        return wallet.wait()

    def fails_to_start(self, node, *args):
        """Its errors."""
        wallet = self.start_wallet(node, *args)
        self.assertEqual(wallet.process.wait(framework.PATIENCE), 1)
        return wallet.errors()

    def caught_up(self, rpc, node):
        framework.wait_until(lambda: rpc.getwalletinfo()["lastprocessedblock"]["height"] == node.rpc.getblockcount(),
                             "the wallet at the tip")


class MethodsTest(ServerTest):
    def test_beside_node(self):
        """Wallet methods are answered there, while the node is running, killed and running again."""
        node = self.start_node_that_listens()
        cookie = node._read_cookie()
        wallet = self.start_serving(node)
        self.assertEqual(stat.S_IMODE(wallet.cookie.stat().st_mode), 0o600)
        self.assertEqual(wallet.rpc.createwallet("one"), {"name": "one"})
        wallet.rpc.createwallet("two")
        one = wallet.rpc.wallet("one")
        node.rpc.generatetoaddress(1, one.getnewaddress())
        node.rpc.generatetoaddress(100, framework.ADDRESS)
        self.assertEqual(one.getbalance(), 50)
        # The rules of the node's server.
        self.assert_rpc_error(-19, "Multiple wallets are loaded", wallet.rpc.getbalance)
        self.assert_rpc_error(-18, "does not exist", wallet.rpc.wallet("three").getbalance)
        self.assertEqual(wallet.rpc.raw({"method": "getbalance"}, credentials="__cookie__:wrong")[0], 401)
        self.assertEqual(wallet.rpc.raw({"method": "getbalance"}, credentials=cookie)[0], 401)
        replies = wallet.rpc.batch([("listwallets", ()), ("getblockcount", ())])
        self.assertEqual((replies[0], replies[1].code), (["one", "two"], -32601))
        # Both ways lead to the same wallets, and a payment is sent.
        self.assertEqual(node.rpc.listwallets(), ["one", "two"])
        txid = one.sendtoaddress(wallet.rpc.wallet("two").getnewaddress(), 7)
        self.assertIn(txid, node.rpc.getrawmempool())
        # Without the node.
        node.kill()
        framework.wait_until(lambda: "cannot be reached" in wallet.log_file.read_text(), "the end of the connection")
        self.assertRegex(one.getnewaddress(), "^bcrt1")
        self.assertEqual(one.gettransaction(txid)["txid"], txid)
        self.assertEqual(one.getwalletinfo()["lastprocessedblock"]["height"], 101)
        later = one.sendtoaddress(wallet.rpc.wallet("two").getnewaddress(), 3)
        # With another one, which the payments are passed to.
        node.start()
        framework.wait_until(lambda: set(node.rpc.getrawmempool()) == {txid, later}, "the payments in the mempool")
        node.rpc.generatetoaddress(1, framework.ADDRESS)
        self.caught_up(wallet.rpc.wallet("two"), node)
        self.assertEqual(wallet.rpc.wallet("two").getbalance(), 10)
        # It stops, and the node does not.
        self.assertEqual(wallet.rpc.stop(), "Moneyrocket stopping")
        self.assertEqual(wallet.process.wait(framework.PATIENCE), 0)
        self.assertFalse(wallet.cookie.exists())
        self.assertNotEqual(node._read_cookie(), cookie)
        self.assertEqual(node.rpc.getblockcount(), 102)
        self.assertEqual(node.stop(), 0)

    def test_methods(self):
        node = self.make_node()
        wallet = self.start_serving(node)
        for method in ("getblockcount", "sendrawtransaction", "nonsense"):
            self.assert_rpc_error(-32601, "methods of the node are answered by the node's own JSON-RPC server",
                                  getattr(wallet.rpc, method))
        self.assertEqual(wallet.rpc.raw({"id": 1, "method": "getblockcount"})[0], 404)
        self.assertEqual(wallet.rpc.raw({"id": 1, "method": "uptime"}, path="/rest/chaininfo.json")[0], 404)
        lines = wallet.rpc.help().splitlines()
        self.assertEqual([lines.count(line) for line in ("== Control ==", "== Wallet ==", "uptime", "listwallets")], [1] * 4)
        self.assertIn("Stops the wallet program", wallet.rpc.help("stop"))
        self.assertIn("wallet_name", wallet.rpc.help("createwallet"))
        names = [method["name"] for method in wallet.rpc.getopenrpcinfo()["methods"]]
        self.assertLess({"stop", "getbalance", "rpc.discover"}, set(names))
        self.assertEqual(len(set(names)), len(names))
        self.assertTrue(wallet.rpc.logging(["ipc"])["ipc"])
        self.assertEqual(wallet.rpc.getrpcinfo()["logpath"], str(wallet.log_file))
        self.assertGreaterEqual(wallet.rpc.uptime(), 0)
        self.assertEqual(wallet.end(), 0)
        self.assertFalse(wallet.cookie.exists())

    def test_whitelist(self):
        secret = hmac.new(b"abcd", b"secret", "sha256").hexdigest()
        node = self.make_node()
        wallet = self.start_serving(node, f"-rpcauth=alice:abcd${secret}", "-rpcwhitelist=alice:listwallets,getbalance",
                                    "-rpcwhitelist=__cookie__:listwallets,createwallet,stop")

        def status(method, credentials):
            return wallet.rpc.raw({"id": 1, "method": method, "params": []}, credentials=credentials)[0]

        self.assertEqual(status("listwallets", "alice:secret"), 200)
        self.assertEqual(status("getbalance", "alice:secret"), 500)
        for method in ("createwallet", "sendtoaddress", "stop", "uptime"):
            self.assertEqual(status(method, "alice:secret"), 403, method)
        self.assertEqual(status("listwallets", "alice:wrong"), 401)
        self.assertEqual(wallet.rpc.raw({"id": 1, "method": "getbalance"})[0], 403)
        self.assertIn("RPC User alice not allowed to call method sendtoaddress", wallet.log_file.read_text())
        self.assertEqual(wallet.rpc.stop(), "Moneyrocket stopping")
        self.assertEqual(wallet.process.wait(framework.PATIENCE), 0)

    def test_cli(self):
        """The client finds the wallet by its port, also beside the socket of a node."""
        node = self.start_node_that_listens()
        wallet = self.start_serving(node)
        self.assertIn('"name": "w"', wallet.cli("-named", "createwallet", "wallet_name=w", "blank=false"))
        self.assertRegex(wallet.cli("-rpcwallet=w", "getnewaddress"), "^bcrt1")
        code, _, errors = node.cli(f"-rpcport={wallet.port}", "getblockcount", check=False)
        self.assertEqual(code, 89)
        self.assertIn("methods of the node", errors)
        self.assertEqual(node.cli("getblockcount"), "0")
        self.assertEqual(wallet.cli("stop"), "Moneyrocket stopping")
        self.assertEqual(wallet.process.wait(framework.PATIENCE), 0)
        self.assertEqual(node.cli("getblockcount"), "0")
        self.assertEqual(node.stop(), 0)


class OptionsTest(ServerTest):
    def test_refused(self):
        node = self.start_node_that_listens()
        for args, reason in ((("-server",), "-rpcport=<port>"), (("-server", "-rpcbind=127.0.0.1"), "-rpcbind=<address>:<port>"),
                             (("-server", "-rpcport=70000"), "Invalid port specified in -rpcport: '70000'"),
                             (("-server", "-rpcbind=127.0.0.1:x"), "specified in -rpcbind: '127.0.0.1:x'"),
                             (("-server", f"-rpcport={node.port}"), "Unable to start HTTP server"),
                             (("-server", "-rpcport=1", "-rpcauth=x"), "Unable to start HTTP server"),
                             (("-server", "-rpcport=1", "-rpccookieperms=x"), "Unable to start HTTP server")):
            self.assertIn(reason, self.fails_to_start(node, *args), args)
        self.assertEqual(node.rpc.getblockcount(), 0)

    def test_shared_file(self):
        """What is in the file is the node's: its server, its port and its cookie."""
        node = self.make_node()
        shared = f"server=1\n[regtest]\nrpcport={framework.free_port()}\nrpcbind=127.0.0.1\nrpcthreads=3\nrpccookiefile=shared\n"
        (node.folder / "moneyrocket.conf").write_text(shared)
        wallet = self.start_wallet(node, "-server=0")
        framework.wait_until(lambda: wallet.log_file.exists() and "is tried again" in wallet.log_file.read_text(), "the start")
        self.assertEqual(wallet.end(), 0)
        wallet = self.start_wallet(node)
        framework.wait_until(lambda: wallet.log_file.read_text().count("is tried again") > 1, "the start")
        self.assertEqual([name for name in os.listdir(node.network_folder) if "cookie" in name or name == "shared"], [])
        self.assertNotIn("nothing has used it", wallet.log_file.read_text())
        self.assertEqual(wallet.end(), 0)
        serving = self.start_serving(node)
        self.assertTrue(serving.cookie.exists())
        self.assertEqual(serving.end(), 0)

    def test_places(self):
        """-rpcbind of this machine needs no -rpcallowip; the cookie can be elsewhere, or nowhere."""
        node = self.make_node()
        port = framework.free_port()
        secret = hmac.new(b"abcd", b"secret", "sha256").hexdigest()
        wallet = self.start_wallet(node, "-server", f"-rpcbind=127.0.0.1:{port}", f"-rpcauth=alice:abcd${secret}", "-nowalletcookiefile")
        rpc = framework.Rpc(port, lambda: "alice:secret")

        def answers():
            try:
                return rpc.listwallets() == []
            except (OSError, RpcError):
                return False

        framework.wait_until(answers, "the server")
        with self.assertRaises(OSError):
            socket.create_connection(("::1", port), 5)
        self.assertEqual([name for name in os.listdir(node.network_folder) if "cookie" in name], [])
        rpc.stop()
        self.assertEqual(wallet.process.wait(framework.PATIENCE), 0)
        wallet = ServingWallet(node, "-walletcookiefile=mine")
        self.addCleanup(wallet.end, signal.SIGKILL)
        wallet.cookie = node.network_folder / "mine"
        wallet.rpc = framework.Rpc(wallet.port, wallet.cookie.read_text)
        wallet.wait()
        self.assertEqual(wallet.end(), 0)
        self.assertFalse(wallet.cookie.exists())


class LifeTest(ServerTest):
    def start_blocked(self):
        """A node that is frozen, and a wallet with a rescan that waits for it."""
        node = self.start_node_that_listens()
        wallet = self.start_serving(node)
        wallet.rpc.createwallet("w")
        node.rpc.generatetoaddress(5, framework.ADDRESS)
        self.caught_up(wallet.rpc, node)
        node.process.send_signal(signal.SIGSTOP)
        self.addCleanup(node.process.send_signal, signal.SIGCONT)
        call = wallet.send("rescanblockchain")
        self.addCleanup(call.close)
        framework.wait_until(lambda: "rescanblockchain" in wallet.active(), "the call")
        return node, wallet, call

    def test_hang_up(self):
        """A client that disconnects cancels its call."""
        node, wallet, call = self.start_blocked()
        call.close()
        framework.wait_until(lambda: wallet.active() == set(), "the end of the call")
        self.assertEqual(wallet.rpc.listwallets(), ["w"])
        node.process.send_signal(signal.SIGCONT)
        self.caught_up(wallet.rpc, node)
        self.assertEqual(wallet.end(), 0)

    def test_stop_with_calls(self):
        """A call in progress neither holds up the end of the program nor goes without a reply."""
        _, wallet, call = self.start_blocked()
        wallet.process.send_signal(signal.SIGTERM)
        self.assertEqual(wallet.process.wait(framework.PATIENCE), 0)
        reply = b"".join(iter(lambda: call.recv(65536), b""))
        self.assertIn(b"HTTP/1.1 500", reply)
        self.assertIn(b'"error":{"code":', reply)
        self.assertFalse(wallet.cookie.exists())

    def test_warm_up(self):
        """Until the wallets of the startup are loaded, nothing else is answered, and the program can be stopped."""
        node = self.start_node_that_listens()
        names = [f"w{i}" for i in range(20)]
        wallet = self.start_serving(node)
        for name in names:
            wallet.rpc.createwallet(name)
        self.assertEqual(wallet.end(), 0)
        wallet = ServingWallet(node, *[f"-wallet={name}" for name in names])
        self.addCleanup(wallet.end, signal.SIGKILL)
        answers = set()

        def loaded():
            for call in (wallet.rpc.listwallets, wallet.rpc.nonsense):
                try:
                    answers.add(str(call()))
                except RpcError as error:
                    answers.add(error.code)
                except (OSError, framework.Unauthorized):
                    pass
            return -32601 in answers

        framework.wait_until(loaded, "the wallets", pause=0.001)
        self.assertLessEqual(answers, {-28, -32601, str(names)})
        self.assertEqual(wallet.end(), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
