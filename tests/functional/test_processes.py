"""Node and wallet as two processes: either may be killed at any time, and the other one continues or exits cleanly."""
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import threading
import unittest

import framework
from processes import ProcessTest, alive, children, proc


class ProcessesTest(ProcessTest):
    def test_help(self):
        """One text with the methods of both processes."""
        text = self.start().rpc.help()
        self.assertIn("\ngetblockcount\n", text)
        self.assertIn("== Wallet ==", text)
        self.assertEqual(text.count("== Control =="), 1)

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

    def test_hang_up_during_rescan(self):
        """A client that disconnects from the node aborts the rescan in the wallet."""
        node = self.start()
        node.rpc.createwallet(wallet_name="one")
        node.rpc.generatetoaddress(4000, framework.ADDRESS)
        node.rpc.rescanblockchain(0, 0)  # the wallet has caught up
        pid = self.wallet_pid(node)
        log = node.network_folder / "wallet.log"
        text = node.request_bytes("rescanblockchain")
        # It is stopped while it scans, so that it cannot have finished by the time it hears of the end of the connection.
        for attempt in range(50):
            client = socket.create_connection(("127.0.0.1", node.port), timeout=framework.PATIENCE)
            client.sendall(text)
            framework.wait_until(lambda: log.read_text().count("A rescan of the wallet") == attempt + 2, "the rescan",
                                 pause=0)
            os.kill(pid, signal.SIGSTOP)
            framework.wait_until(lambda: proc(pid, "stat").rsplit(")", 1)[1].split()[0] == "T", "the wallet that stops")
            if log.read_text().count("was completed at block") == attempt + 1:
                break
            os.kill(pid, signal.SIGCONT)
            self.assertTrue(client.recv(12))
            client.close()
        else:
            self.fail("each rescan was faster than this test")
        client.close()
        framework.wait_until(lambda: not [call for call in node.rpc.getrpcinfo()["active_commands"]
                                          if call["method"] == "rescanblockchain"], "the end of the call")
        os.kill(pid, signal.SIGCONT)
        framework.wait_until(lambda: re.search('"one" was aborted at block [0-9]+', log.read_text()), "the end of the rescan")
        self.assertFalse(node.rpc.getwalletinfo()["scanning"])
        self.assertEqual(node.rpc.rescanblockchain(3990), {"start_height": 3990, "stop_height": 4000})
        self.assertEqual(node.stop(), 0)

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

    def test_confinement(self):
        node = self.start()
        for pid in (node.process.pid, self.wallet_pid(node)):
            self.assert_confined(pid)
            self.assertRegex(pathlib.Path(f"/proc/{pid}/limits").read_text(), r"Max core file size\s+[01]\s+[01]")

    def assert_confined(self, pid):
        """Checks each thread, since threads that exist before the process drops a privilege keep it."""
        threads = list(pathlib.Path(f"/proc/{pid}/task").iterdir())
        self.assertGreater(len(threads), 1)
        for thread in threads:
            self.assertRegex((thread / "status").read_text(), r"NoNewPrivs:\s1", (thread / "comm").read_text())

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

    def test_without_wallet(self):
        node = self.start_node("-disablewallet", wallet=True)
        self.assertEqual(children(node.process.pid), [])
        self.assert_rpc_error(-32601, None, node.rpc.listwallets)


class DaemonTest(framework.NodeTest):
    def test_wallet(self):
        node = self.start_node(name="moneyrocketd", wallet=True)
        self.assertEqual(children(node.process.pid), [])
        for thread in pathlib.Path(f"/proc/{node.process.pid}/task").iterdir():
            self.assertRegex((thread / "status").read_text(), r"NoNewPrivs:\s1")
        node.rpc.createwallet(wallet_name="one", load_on_startup=True)
        address = node.rpc.getnewaddress()
        node.rpc.generatetoaddress(101, address)
        framework.wait_until(lambda: node.rpc.getbalances()["mine"]["trusted"] == 50, "the new coins")
        self.assertEqual(node.stop(), 0)
        node.start()
        framework.wait_until(lambda: node.rpc.listwallets() == ["one"], "the wallet that was loaded")
        framework.wait_until(lambda: node.rpc.getbalances()["mine"]["trusted"] == 50, "the balance after a new start")

    def run_until_exit(self, node, *args):
        done = subprocess.run(node.command(*args), capture_output=True, text=True, timeout=framework.PATIENCE)
        self.assertEqual(done.returncode, 1, done.stderr)
        return done.stderr

    def test_errors_are_reported(self):
        node = self.make_node(name="moneyrocketd")
        self.assertIn("unexpected token 'word', see moneyrocketd -h", self.run_until_exit(node, "word"))
        node.start()
        node.stop()
        shutil.rmtree(node.network_folder / "blocks" / "index")
        (node.network_folder / "blocks" / "index").write_text("no folder")
        self.assertRegex(self.run_until_exit(node), r"(?m)^Error: .*index")


if __name__ == "__main__":
    unittest.main(verbosity=2)
