"""The program as a whole, with its wallets in the same process or another one."""
import pathlib
import re
import shutil
import socket
import subprocess

import framework
from processes import ProcessTest, children


class ProgramTest(ProcessTest):
    def test_help(self):
        """One text with the methods of node and wallet."""
        text = self.start().rpc.help()
        self.assertIn("\ngetblockcount\n", text)
        self.assertIn("== Wallet ==", text)
        self.assertEqual(text.count("== Control =="), 1)

    def test_hang_up_during_rescan(self):
        """A client that disconnects from the node aborts the rescan."""
        node = self.start()
        node.rpc.createwallet(wallet_name="one")
        node.rpc.generatetoaddress(4000, framework.ADDRESS)
        node.rpc.rescanblockchain(0, 0)  # the wallet has caught up
        log = node.wallet_log()
        text = node.request_bytes("rescanblockchain")

        def count(words):
            return len(re.findall(f'wallet "one" was {words} at block', log.read_text()))

        # A rescan may end before the wallet learns that its client has gone.
        for attempt in range(50):
            with socket.create_connection(("127.0.0.1", node.port), timeout=framework.PATIENCE) as client:
                client.sendall(text)
                framework.wait_until(lambda: log.read_text().count("A rescan of the wallet") == attempt + 2, "the rescan", pause=0.001)
            framework.wait_until(lambda: count("completed") + count("aborted") == attempt + 2, "the end of the rescan")
            if count("aborted") > 0:
                break
        else:
            self.fail("each rescan was faster than this test")
        self.assertFalse(node.rpc.getwalletinfo()["scanning"])
        self.assertEqual(node.rpc.rescanblockchain(3990), {"start_height": 3990, "stop_height": 4000})
        self.assertEqual(node.stop(), 0)

    def test_processes(self):
        """The wallets have a process of their own, or not; each process is confined."""
        node = self.start()
        processes = children(node.process.pid)
        self.assertEqual(len(processes), 0 if framework.ONE_PROCESS else 1)
        for pid in (node.process.pid, *processes):
            self.assert_confined(pid)
            self.assertRegex(pathlib.Path(f"/proc/{pid}/limits").read_text(), r"Max core file size\s+[01]\s+[01]")

    def assert_confined(self, pid):
        """Checks each thread, since threads that exist before the process drops a privilege keep it."""
        threads = list(pathlib.Path(f"/proc/{pid}/task").iterdir())
        self.assertGreater(len(threads), 1)
        for thread in threads:
            self.assertRegex((thread / "status").read_text(), r"NoNewPrivs:\s1", (thread / "comm").read_text())

    def test_without_wallet(self):
        node = self.start_node("-disablewallet", wallet=True)
        self.assertEqual(children(node.process.pid), [])
        self.assert_rpc_error(-32601, None, node.rpc.listwallets)

    def test_wallet_after_restart(self):
        node = self.start()
        node.rpc.createwallet(wallet_name="one", load_on_startup=True)
        node.rpc.generatetoaddress(101, node.rpc.getnewaddress())
        for restart in (node.kill, node.stop):
            framework.wait_until(lambda: node.rpc.getbalances()["mine"]["trusted"] == 50, "the new coins")
            restart()
            node.start()
            self.wait_for_wallet(node)
            framework.wait_until(lambda: node.rpc.listwallets() == ["one"], "the wallet that was loaded")
        self.assertEqual(node.rpc.getbalances()["mine"]["trusted"], 50)
        self.assertEqual(node.stop(), 0)
        self.check_databases(node)

    def run_until_exit(self, node, *args):
        done = subprocess.run(node.command(*args), capture_output=True, text=True, timeout=framework.PATIENCE)
        self.assertEqual(done.returncode, 1, done.stderr)
        return done.stderr

    def test_errors_are_reported(self):
        node = self.make_node()
        self.assertIn(f"unexpected token 'word', see {framework.DAEMON} -h", self.run_until_exit(node, "word"))
        node.start()
        node.stop()
        shutil.rmtree(node.network_folder / "blocks" / "index")
        (node.network_folder / "blocks" / "index").write_text("no folder")
        self.assertRegex(self.run_until_exit(node), r"(?m)^Error: .*index")


if __name__ == "__main__":
    framework.main()
