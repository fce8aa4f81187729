#!/usr/bin/python3
"""The application as a server (-server): its node answers JSON-RPC, for the node and for the wallet."""
import hmac
import pathlib
import sys
import tempfile
import unittest

import driver

driver.inside()
sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "functional"))
import framework  # noqa: E402


class ServerTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.port = framework.free_port()

    def rpc(self, credentials=None):
        return framework.Rpc(self.port, lambda: credentials or (self.folder / "regtest" / ".cookie").read_text())

    def answers(self, rpc):
        try:
            return rpc.listwallets() == []
        except (OSError, framework.RpcError, framework.Unauthorized):
            return False

    def test_methods(self):
        """Everything that the clients of a node without a window can do, by cookie and by -rpcauth; nothing without these."""
        secret = hmac.new(b"abcd", b"secret", "sha256").hexdigest()
        with driver.Application(self.folder, "-regtest", "-server", f"-rpcport={self.port}", f"-rpcauth=alice:abcd${secret}",
                                "-rpcwhitelist=alice:listwallets,sendtoaddress", "-rpcwhitelistdefault=0") as app:
            rpc, alice = self.rpc(), self.rpc("alice:secret")
            framework.wait_until(lambda: self.answers(rpc), "the server of the application")
            self.assertEqual(rpc.createwallet("w"), {"name": "w"})
            rpc.generatetoaddress(101, rpc.getnewaddress())
            self.assertEqual((rpc.getblockcount(), rpc.getbalance()), (101, 50))
            txids = {rpc.sendtoaddress(framework.ADDRESS, 1), alice.sendtoaddress(framework.ADDRESS, 1)}
            self.assertEqual(set(rpc.getrawmempool()), txids)
            self.assertEqual(alice.raw({"id": 1, "method": "getnewaddress"})[0], 403)
            self.assertEqual(rpc.raw({"id": 1, "method": "listwallets"}, credentials="alice:wrong")[0], 401)
            # The window is there, too.
            app.expect("47.999")

    def test_off(self):
        """Without -server nobody is answered."""
        with driver.Application(self.folder, "-regtest", f"-rpcport={self.port}") as app:
            app.expect("Get started")
            driver.wait_for("the node", lambda: "init message: Done loading" in self.log())
            self.assertFalse((self.folder / "regtest" / ".cookie").exists())
            with self.assertRaises(OSError):
                self.rpc("x:y").getblockcount()

    def log(self):
        path = self.folder / "regtest" / "debug.log"
        return path.read_text() if path.exists() else ""


if __name__ == "__main__":
    unittest.main(verbosity=2)
