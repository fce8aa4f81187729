#!/usr/bin/env python3
"""moneyrocket-cli: its options, the conversion of arguments to JSON, its output and exit codes."""

import json
import subprocess

import framework


class Cli(framework.NodeTest):
    def test_results(self):
        node = self.start_node()
        self.assertEqual(node.cli("getblockcount"), "0")
        self.assertEqual(node.cli("getpeerinfo"), "[\n]")
        tip = json.loads(node.cli("generatetoaddress", 1, framework.ADDRESS))[0]
        self.assertEqual(node.cli("getbestblockhash"), tip)
        self.assertEqual(node.cli("getblockhash", 1), tip)
        self.assertEqual(json.loads(node.cli("getblock", tip))["height"], 1)
        self.assertEqual(node.cli("getblock", tip, 0), node.rpc.getblock(tip, 0))
        self.assertEqual(node.cli("setmocktime", 0), "")
        self.assertEqual(json.loads(node.cli("echojson", '"a"', "1", "[true]")), ["a", 1, [True]])
        self.assertEqual(json.loads(node.cli("echo", "1", "x")), ["1", "x"])

    def test_named(self):
        node = self.start_node()
        tip = node.cli("-named", "getblockhash", "height=0")
        self.assertEqual(json.loads(node.cli("-named", "getblock", tip, "verbosity=1"))["hash"], tip)
        self.assertEqual(json.loads(node.cli("-named", "echo", "arg1=b")), [None, "b"])
        code, _, errors = node.cli("-named", "getblockhash", "depth=0", check=False)
        self.assertEqual(code, 8)
        self.assertIn("Unknown named parameter depth", errors)

    def test_stdin(self):
        node = self.start_node()
        self.assertEqual(json.loads(node.cli("-stdin", "echo", "a", stdin="b\nc d\n")), ["a", "b", "c d"])

    def test_other_bytes(self):
        """Words that are not text are refused: they would reach the node as others."""
        node = self.start_node()
        for words, stdin, text in ((("echo", b"caf\xe9"), b"", b"not valid UTF-8"),
                                   (("-stdin", "echo"), b"caf\xe9\n", b"not valid UTF-8"),
                                   (("-stdin", "echo"), b"a\0b\n", b"zero byte")):
            done = subprocess.run([*node.cli_command(), *words], input=stdin, capture_output=True,
                                  timeout=framework.PATIENCE)
            self.assertEqual((done.returncode, done.stdout), (1, b""))
            self.assertIn(text, done.stderr)
        self.assertEqual(json.loads(node.cli("-stdin", "echo", stdin="caf\u00e9")), ["caf\u00e9"])

    def test_errors(self):
        node = self.start_node()
        code, out, errors = node.cli("getblockhash", 9, check=False)
        self.assertEqual((code, out), (8, ""))
        self.assertEqual(errors, "error code: -8\nerror message:\nBlock height out of range\n")
        code, _, errors = node.cli("getblockhash", "x", check=False)
        self.assertEqual((code, errors), (1, "error: Error parsing JSON: x\n"))
        code, _, errors = node.cli("nosuchmethod", check=False)
        self.assertEqual(code, 32601 & 0xff)
        code, _, errors = node.cli(check=False)
        self.assertEqual((code, errors), (1, "error: too few parameters (need at least command)\n"))
        code, _, errors = node.cli("-rpcpassword=wrong", "getblockcount", check=False)
        self.assertEqual(code, 1)
        self.assertIn("Authorization failed: Incorrect rpcuser or rpcpassword", errors)
        code, _, errors = node.cli("-rpccookiefile=/nonexistent", "getblockcount", check=False)
        self.assertIn("Failed to read cookie file", errors)
        node.stop()
        code, _, errors = node.cli("getblockcount", check=False)
        self.assertEqual(code, 1)
        self.assertIn("Error while attempting to communicate with server 127.0.0.1", errors)

    def test_wait(self):
        node = self.make_node()
        waiting = subprocess.Popen([str(framework.program("moneyrocket-cli")), f"-datadir={node.folder}", "-regtest",
                                    f"-rpcport={node.port}", "-rpcwait", "getblockcount"], stdout=subprocess.PIPE)
        node.start()
        self.assertEqual(waiting.communicate(timeout=framework.PATIENCE)[0], b"0\n")
        self.assertEqual(waiting.returncode, 0)
        node.stop()
        code, _, errors = node.cli("-rpcwait", "-rpcwaittimeout=1", "getblockcount", check=False)
        self.assertEqual(code, 1)
        self.assertIn("timeout on transient error", errors)

    def test_getinfo(self):
        text = self.start_node().cli("-getinfo")
        for line in ("Chain: regtest", "Blocks: 0", "Network: in: 0"):
            self.assertIn(line, text.split("\n"))

    def test_conf(self):
        node = self.start_node()
        (node.folder / "moneyrocket.conf").write_text("server=1\ntxindex=1\n[regtest]\nrpcport=%d\n" % node.port)
        done = subprocess.run([str(framework.program("moneyrocket-cli")), f"-datadir={node.folder}", "-regtest",
                               "getblockcount"], capture_output=True, text=True, timeout=framework.PATIENCE)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "0\n", ""))


if __name__ == "__main__":
    framework.main()
