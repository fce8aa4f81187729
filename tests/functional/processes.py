"""Finding, awaiting and checking the processes of a node."""
import pathlib
import sqlite3

import framework


def children(pid):
    return [int(p) for p in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def proc(pid, name):
    """A file of /proc/PID; empty if the process has exited, also between opening and reading."""
    try:
        return pathlib.Path(f"/proc/{pid}/{name}").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def alive(pid):
    stat = proc(pid, "stat")
    return stat != "" and stat.rsplit(")", 1)[1].split()[0] != "Z"


class ProcessTest(framework.NodeTest):
    """Shared by the tests of node and wallet as two processes."""

    def wallet_pid(self, node, other_than=None):
        found = []

        def look():
            found[:] = [pid for pid in children(node.process.pid)
                        if "moneyrocket-wallet" in proc(pid, "cmdline")
                        and pid != other_than and alive(pid)]
            return bool(found)

        framework.wait_until(look, "the wallet process")
        return found[0]

    def wait_for_wallet(self, node):
        def ready():
            try:
                node.rpc.listwallets()
                return True
            except framework.RpcError as error:
                if error.code not in (-28, -32603):
                    raise
                return False

        framework.wait_until(ready, "the wallet's methods")

    def start(self, *args):
        node = self.start_node(*args, wallet=True)
        self.wait_for_wallet(node)
        return node

    def check_databases(self, node):
        files = list((node.network_folder / "wallets").rglob("wallet.dat"))
        self.assertTrue(files)
        for path in files:
            with sqlite3.connect(path) as db:
                self.assertEqual(db.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
