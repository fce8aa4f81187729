"""Node and wallet as two processes: either may be killed at any time, and the other one continues or exits cleanly."""
import os
import pathlib
import re
import signal
import threading
import unittest

import framework
from processes import ProcessTest, alive


class ProcessesTest(ProcessTest):
    def test_wallet_killed(self):
        node = self.start()
        node.rpc.createwallet(wallet_name="one", load_on_startup=True)
        address = node.rpc.getnewaddress()
        for _ in range(3):
            pid = self.wallet_pid(node)
            os.kill(pid, signal.SIGKILL)
            self.wallet_pid(node, other_than=pid)
            self.wait_for_wallet(node)
            framework.wait_until(lambda: node.rpc.listwallets() == ["one"], "the wallet that was loaded")
            self.assertTrue(node.rpc.getaddressinfo(address)["ismine"])
        node.rpc.generatetoaddress(1, address)
        framework.wait_until(lambda: node.rpc.getbalances()["mine"]["immature"] == 50, "the new coins")
        self.assertEqual(node.stop(), 0)
        self.check_databases(node)

    def test_node_killed(self):
        node = self.start()
        node.rpc.createwallet(wallet_name="one", load_on_startup=True)
        pid = self.wallet_pid(node)
        node.kill()
        framework.wait_until(lambda: not alive(pid), "the end of the wallet process")
        self.check_databases(node)
        self.assertIn("Shutdown done", (node.network_folder / "wallet.log").read_text())
        node.start()
        self.wait_for_wallet(node)
        framework.wait_until(lambda: node.rpc.listwallets() == ["one"], "the wallet that was loaded")

    def test_wallet_hangs(self):
        """A stopped wallet process: the node continues, pending calls fail, and the wallet may respond again."""
        node = self.start()
        node.rpc.createwallet(wallet_name="one", load_on_startup=True)
        pid = self.wallet_pid(node)
        os.kill(pid, signal.SIGSTOP)
        try:
            caught = []
            caller = threading.Thread(target=lambda: caught.append(self.error_of(node.rpc.getnewaddress)))
            caller.start()
            while caller.is_alive():
                self.assertEqual(node.rpc.getblockcount(), 0)
                caller.join(0.1)
            self.assertEqual(caught[0].code, -32603)
            self.assertIn("does not answer. It is not known whether the request was carried out.", caught[0].message)
            self.assert_rpc_error(-32603, "does not answer", node.rpc.listwallets)
            self.assertIn("The wallet program does not answer.", node.rpc.getnetworkinfo()["warnings"])
        finally:
            os.kill(pid, signal.SIGCONT)
        self.wait_for_wallet(node)
        self.assertEqual(node.rpc.listwallets(), ["one"])
        self.assertEqual(self.wallet_pid(node), pid)
        self.assertNotIn("The wallet program does not answer.", node.rpc.getnetworkinfo()["warnings"])

    @staticmethod
    def error_of(call):
        try:
            return call()
        except framework.RpcError as error:
            return error

    def test_stop(self):
        node = self.start()
        pid = self.wallet_pid(node)
        self.assertEqual(node.stop(), 0)
        self.assertFalse(alive(pid))

    def test_descriptors(self):
        node = self.start()
        pid = self.wallet_pid(node)
        folder = str(node.network_folder)
        for fd in os.listdir(f"/proc/{pid}/fd"):
            try:
                target = os.readlink(f"/proc/{pid}/fd/{fd}")
            except FileNotFoundError:
                continue
            if int(fd) <= 2:
                continue
            self.assertTrue(target.startswith(("socket:", "anon_inode:")) or target.startswith(folder), target)
            self.assertNotRegex(target, r"/(blocks|chainstate)/|\.lock$")
        # No network: only local sockets.
        inodes = set()
        for table in ("tcp", "tcp6", "udp", "udp6"):
            lines = pathlib.Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]
            inodes |= {line.split()[9] for line in lines}
        for fd in os.listdir(f"/proc/{pid}/fd"):
            match = re.fullmatch(r"socket:\[(\d+)\]", os.readlink(f"/proc/{pid}/fd/{fd}"))
            self.assertFalse(match and match[1] in inodes)

    def test_trace(self):
        node = self.start("-debug=ipc")
        node.rpc.createwallet("traced")
        try:
            node.rpc.walletpassphrase("correct horse battery staple", 60)
        except framework.RpcError:
            pass
        framework.wait_until(lambda: re.search(r"\[ipc\] to wallet: call \d+ Rpc1\.Execute", node.log()), "the trace")
        log = node.log() + (node.network_folder / "wallet.log").read_text()
        self.assertRegex(log, r"\[ipc\] from wallet: reply \d+ Rpc1\.Execute .* after \d+\.\d{3} ms")
        self.assertRegex(log, r"Chain1\.GetTip")
        self.assertNotIn("battery", log)


if __name__ == "__main__":
    unittest.main(verbosity=2)
