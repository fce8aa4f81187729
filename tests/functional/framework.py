"""Shared by the functional tests: starting real programs in temporary folders, on free ports, and talking to
them. Needs only Python's standard library.

    class Test(framework.NodeTest):
        def test_it(self):
            node = self.start_node()
            node.rpc.generatetoaddress(1, framework.ADDRESS)
            self.assertEqual(node.rpc.getblockcount(), 1)

MONEYROCKET_BUILD names the build folder (default: build beside tests), MONEYROCKETD the program that is tested:
moneyrocket-node, which starts a process for the wallets (the default), or moneyrocketd, which is both in one.
"""

import base64
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from decimal import Decimal

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get("MONEYROCKET_BUILD", ROOT / "build"))
DAEMON = os.environ.get("MONEYROCKETD", "moneyrocket-node")
# Whether the wallets run in the process of the node.
ONE_PROCESS = DAEMON == "moneyrocketd"

# Publicly known keys: for tests only.
ADDRESS = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
# P2WSH of the script OP_TRUE: anyone can spend it, with the witness [51].
TRUE_ADDRESS = "bcrt1qft5p2uhsdcdc3l2ua4ap5qqfg4pjaqlp250x7us7a8qqhrxrxfsqseac85"
TRUE_SCRIPT = "0020" + "4ae81572f06e1b88fd5ced7a1a000945432e83e1551e6f721ee9c00b8cc33260"

# The time-out of a test for any single step. No test asserts the speed of anything.
PATIENCE = float(os.environ.get("MONEYROCKET_TEST_PATIENCE", "60"))


def program(name):
    folder = {"moneyrocketd": "daemon"}.get(name, name.replace("moneyrocket-", ""))
    return BUILD / "src" / folder / name


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_until(predicate, what="the condition", timeout=PATIENCE, pause=0.05):
    """Asks often at first, since most conditions are soon met, and every PAUSE seconds later."""
    begin = time.monotonic()
    while time.monotonic() < begin + timeout:
        if predicate():
            return
        time.sleep(min(pause, 0.005 + (time.monotonic() - begin) / 4))
    raise AssertionError(f"timed out after {timeout} s waiting for {what}")


class RpcError(Exception):
    def __init__(self, error, status):
        super().__init__(f"{error['code']}: {error['message']} (HTTP {status})")
        self.code = error["code"]
        self.message = error["message"]
        self.status = status


class Unauthorized(AssertionError):
    pass


class Rpc:
    """Methods by their name: rpc.getblock(hash, 1) or rpc.getblock(blockhash=hash). Amounts are Decimal."""

    def __init__(self, port, credentials, wallet=None):
        self._port, self._credentials, self._wallet = port, credentials, wallet

    def wallet(self, name):
        return Rpc(self._port, self._credentials, name)

    def raw(self, body, method="POST", path=None, headers=None, credentials=True, timeout=PATIENCE):
        """(status, headers, body) of one HTTP request; BODY is bytes, text, or a value that is converted to JSON."""
        if path is None:
            path = "/" if self._wallet is None else "/wallet/" + self._wallet
        if not isinstance(body, (bytes, str)):
            body = json.dumps(body, default=str)
        all_headers = {"Content-Type": "application/json"}
        if credentials is True:
            credentials = self._credentials()
        if credentials:
            all_headers["Authorization"] = "Basic " + base64.b64encode(credentials.encode()).decode()
        all_headers.update(headers or {})
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=timeout)
        try:
            connection.request(method, path, body, all_headers)
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read()
        finally:
            connection.close()

    def call(self, method, *args, **named):
        if args and named:
            named["args"] = list(args)
        params = named or list(args)
        status, _, body = self.raw({"id": 1, "method": method, "params": params})
        if status == 401:
            raise Unauthorized(method)
        if not body:
            raise AssertionError(f"{method}: HTTP {status} with an empty body")
        reply = json.loads(body, parse_float=Decimal)
        if reply["error"] is not None:
            raise RpcError(reply["error"], status)
        return reply["result"]

    def batch(self, calls):
        """CALLS: (method, parameters) of each. Returns the results in the same order, with an RpcError for each that failed."""
        status, _, body = self.raw([{"id": i, "method": method, "params": list(params)}
                                    for i, (method, params) in enumerate(calls)])
        replies = sorted(json.loads(body, parse_float=Decimal), key=lambda reply: reply["id"])
        assert [reply["id"] for reply in replies] == list(range(len(calls))), "a reply is missing"
        return [RpcError(reply["error"], status) if reply["error"] is not None else reply["result"] for reply in replies]

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **named: self.call(name, *args, **named)


# The subfolder of a network in the data directory, if it differs from the network's name.
NETWORK_FOLDERS = {"main": ".", "test": "testnet3"}


class Node:
    """The program that is tested, with its data directory. Without WALLET it runs with -disablewallet. Its wallets have few
    addresses in advance: the usual 1000 of each kind take half a second."""

    def __init__(self, folder, network="regtest", args=(), wallet=False):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.network, self.args = network, list(args) + ([] if wallet else ["-disablewallet"])
        self.keypool = ["-keypool=30"] if wallet else []
        self.network_folder = self.folder / NETWORK_FOLDERS.get(network, network)
        self.port = free_port()
        self.process = None
        self.rpc = Rpc(self.port, self._read_cookie)

    def _read_cookie(self):
        return (self.network_folder / ".cookie").read_text()

    def request_bytes(self, method, *params):
        """A call as an HTTP request, for a socket of the test's own."""
        body = json.dumps({"method": method, "params": params, "id": 1}).encode()
        return (b"POST / HTTP/1.1\r\nHost: x\r\nAuthorization: Basic " + base64.b64encode(self._read_cookie().encode()) +
                b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    def command(self, *args):
        return [str(program(DAEMON)), f"-datadir={self.folder}", f"-chain={self.network}",
                f"-rpcport={self.port}", "-rpcdoccheck", *self.keypool, *self.args, *args]

    def start(self, *args, wait=True, env=None):
        assert self.process is None, "it is running already"
        with open(self.folder / "stderr", "wb") as stderr:
            self.process = subprocess.Popen(self.command(*args), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr,
                                            env={**os.environ, **(env or {})})
        if wait:
            self.wait_for_rpc()
        return self

    def wait_for_rpc(self):
        def ready():
            if self.process.poll() is not None:
                raise AssertionError(f"{DAEMON} exited with {self.process.returncode}: {self.errors()}")
            try:
                self.rpc.getblockcount()
                return True
            except (OSError, http.client.HTTPException, Unauthorized):
                # Unauthorized: with the cookie of the previous run, which was killed.
                return False
            except RpcError as error:
                if error.code != -28:
                    raise
                return False

        wait_until(ready, f"the RPC server of {DAEMON}")

    def standard_error(self):
        return (self.folder / "stderr").read_text(errors="replace")

    def errors(self):
        """Standard error, without the warning that this machine's disk is too small for a whole chain."""
        return "".join(line for line in self.standard_error().splitlines(True) if "may not accommodate the block files" not in line)

    def wallet_log(self):
        """The path of the log in which the wallets write."""
        return self.network_folder / ("debug.log" if ONE_PROCESS else "wallet.log")

    def log(self):
        path = self.network_folder / "debug.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def wait_for_log(self, text):
        wait_until(lambda: text in self.log(), f"'{text}' in the log")

    def wait_for_exit(self):
        code = self.process.wait(PATIENCE)
        self.process = None
        return code

    def stop(self):
        """Stops the node by RPC; returns the exit code."""
        self.rpc.stop()
        return self.wait_for_exit()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        return self.wait_for_exit()

    def restart(self, *args):
        code = self.stop()
        assert code == 0, f"exit code {code}: {self.errors()}"
        return self.start(*args)

    def cli_command(self):
        return [str(program("moneyrocket-cli")), f"-datadir={self.folder}", f"-chain={self.network}", f"-rpcport={self.port}"]

    def cli(self, *args, stdin=None, check=True):
        """Runs moneyrocket-cli; returns (exit code, output, errors), or with CHECK only the output."""
        done = subprocess.run([*self.cli_command(), *map(str, args)], input=stdin, capture_output=True, text=True,
                              timeout=PATIENCE)
        if not check:
            return done.returncode, done.stdout, done.stderr
        assert done.returncode == 0, f"moneyrocket-cli {args}: {done.returncode} {done.stderr}"
        return done.stdout.rstrip("\n")


class NodeTest(unittest.TestCase):
    """A test with a temporary folder, which is removed if the test passes; its programs are killed at the end."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="moneyrocket-"))
        self.nodes = []
        self.addCleanup(self._clean_up)

    def _clean_up(self):
        for node in self.nodes:
            if node.process is not None and node.process.poll() is None:
                node.process.kill()
                node.process.wait()
        result = self._outcome.result
        complaints = self._library_errors()
        if complaints or any(case is self for case, _ in result.errors + result.failures):
            print(f"# kept for inspection: {self.folder}", file=sys.stderr)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.assertEqual(complaints, [], "a library logged an error")

    def _library_errors(self):
        """Failed GLib assertions in the logs: they abort a program, but a test that expects a program to exit would not
        notice."""
        return [line for log in self.folder.rglob("*.log") if log.is_file()
                for line in log.read_text(errors="replace").splitlines()
                if re.search(r"\[(glib|GLib[^]:]*):error\] ", line)]

    def make_node(self, *args, **options):
        node = Node(self.folder / f"node{len(self.nodes)}", args=args, **options)
        self.nodes.append(node)
        return node

    def start_node(self, *args, **options):
        return self.make_node(*args, **options).start()

    def assert_rpc_error(self, code, text, call, *args, **named):
        with self.assertRaises(RpcError) as caught:
            call(*args, **named)
        self.assertEqual(caught.exception.code, code, caught.exception.message)
        if text is not None:
            self.assertIn(text, caught.exception.message)


# ---- transactions that spend outputs of TRUE_ADDRESS ----

def compact(n):
    if n < 0xfd:
        return bytes([n])
    if n <= 0xffff:
        return b"\xfd" + n.to_bytes(2, "little")
    return b"\xfe" + n.to_bytes(4, "little")


def spend_true(inputs, outputs, version=2, locktime=0, sequence=0xfffffffd):
    """A transaction in hex. INPUTS: (txid, n); OUTPUTS: (satoshi, script in hex)."""
    tx = version.to_bytes(4, "little") + b"\x00\x01" + compact(len(inputs))
    for txid, n in inputs:
        tx += bytes.fromhex(txid)[::-1] + n.to_bytes(4, "little") + b"\x00" + sequence.to_bytes(4, "little")
    tx += compact(len(outputs))
    for sat, script in outputs:
        script = bytes.fromhex(script)
        tx += sat.to_bytes(8, "little") + compact(len(script)) + script
    tx += b"\x01\x01\x51" * len(inputs)
    return (tx + locktime.to_bytes(4, "little")).hex()


def mine_coins(node, n=1):
    """Mines until N coinbases to TRUE_ADDRESS are mature; returns a list of (txid, 0, satoshi)."""
    hashes = node.rpc.generatetoaddress(n, TRUE_ADDRESS)
    node.rpc.generatetoaddress(100, ADDRESS)
    coins = []
    for block in hashes:
        tx = node.rpc.getblock(block, 2)["tx"][0]
        coins.append((tx["txid"], 0, int(tx["vout"][0]["value"] * 100000000)))
    return coins


def main():
    unittest.main(verbosity=2)
