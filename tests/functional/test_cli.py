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
        self.assertIn("Unknown named parameter a", node.cli("-named", "validateaddress", "a=b", check=False)[2])
        self.assertEqual(json.loads(node.cli("-named", "echojson", '["a=b"]', "arg1=2")), [["a=b"], 2])
        self.assertIn("Parameter args specified multiple times",
                      node.cli("-named", "echo", "args=[1]", "2", check=False)[2])

    def test_stdin(self):
        node = self.start_node()
        self.assertEqual(json.loads(node.cli("-stdin", "echo", "a", stdin="b\nc d\n")), ["a", "b", "c d"])

    def run_cli(self, node, *words, stdin=b""):
        done = subprocess.run([*node.cli_command(), *words], input=stdin, capture_output=True, timeout=framework.PATIENCE)
        return done.returncode, done.stdout, done.stderr

    def test_other_bytes(self):
        """Words that are not text are refused: they would reach the node as others. Zero bytes are kept."""
        node = self.start_node()
        for words, stdin in ((("echo", b"caf\xe9"), b""), (("-stdin", "echo"), b"caf\xe9\n"),
                             (("-stdin", "echo"), b"a\0\xe9\n"), (("-stdinwalletpassphrase", "walletpassphrase"), b"\xe9\n")):
            code, out, errors = self.run_cli(node, *words, stdin=stdin)
            self.assertEqual((code, out), (1, b""))
            self.assertIn(b"not valid UTF-8", errors)
        self.assertEqual(json.loads(node.cli("-stdin", "echo", stdin="caf\u00e9")), ["caf\u00e9"])
        self.assertEqual(json.loads(node.cli("-stdin", "echo", stdin="a\0b\n\0\n")), ["a\0b", "\0"])
        self.assertEqual(self.run_cli(node, "-stdin", "echojson", stdin=b"a\0b\n"),
                         (1, b"", b"error: Error parsing JSON: a\0b\n"))
        code, _, errors = self.run_cli(node, "-stdin", "help", stdin=b"a\0b\n")
        self.assertEqual(code, 0)

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
        node = self.start_node()
        lines = node.cli("-getinfo").split("\n")
        for line in ("Chain: regtest", "Blocks: 0", "Network: in 0, out 0, total 0", "Proxies: n/a", "Warnings: (none)"):
            self.assertIn(line, lines)
        progress = node.rpc.getblockchaininfo()["verificationprogress"]
        self.assertRegex(lines[3], r"^Verification progress: \u2592\u2591{20} %.4f%%$" % (100 * progress))
        self.assertIn("\x1b[34mChain: regtest\x1b[0m", node.cli("-getinfo", "-color=always").split("\n"))
        self.assertEqual(node.cli("-getinfo", "x", check=False)[::2], (1, "error: -getinfo takes no arguments\n"))
        self.assertEqual(node.cli("-getinfo", "-color=x", check=False)[2],
                         "error: Invalid value for -color option. Valid values: always, auto, never.\n")

    def test_netinfo(self):
        node = self.start_node()
        lines = node.cli("-netinfo").split("\n")
        self.assertRegex(lines[0], r"^Moneyrocket client v\S+ regtest - server \d+/.*/$")
        self.assertRegex(lines[2], r"^ {5}.* {3}total {3}block$")
        self.assertRegex(lines[5], r"^total( +0)*   +0$")
        self.assertIn("Local addresses: n/a", lines)
        services = node.rpc.getnetworkinfo()["localservicesnames"]
        self.assertIn("Local services: " + ", ".join(name.lower().replace("_", " ") for name in services), lines)
        for level in ("1", "4", "255"):
            details = node.cli("-netinfo", level).split("\n")
            letters = {"NETWORK_LIMITED": "l", "P2P_V2": "2"}
            self.assertTrue(details[0].endswith(" - services " + "".join(letters.get(name, name[0].lower())
                                                                         for name in services)))
            self.assertFalse([line for line in details if line.startswith("Local services")])
        self.assertTrue(node.cli("-netinfo", "help").startswith("-netinfo (level [outonly]) | help\n"))
        for words, text in ((("x",), "invalid -netinfo level argument: x\n"), (("256",), "level argument: 256\n"),
                            (("1", "x"), "invalid -netinfo outonly argument: x\n"),
                            (("0", "o"), "The outonly argument is only valid for a level greater than 0")):
            code, _, errors = node.cli("-netinfo", *words, check=False)
            self.assertEqual(code, 1)
            self.assertIn(text, errors)

    def test_other_commands(self):
        node = self.start_node()
        self.assertEqual(node.cli("-getinfo", "-netinfo", check=False)[::2],
                         (1, "error: Only one of -getinfo, -netinfo may be specified.\n"))
        self.assertEqual(node.cli("-addrinfo", "x", check=False)[2], "error: -addrinfo takes no arguments\n")
        code, _, errors = node.cli("-ipcconnect=unix", "uptime", check=False)
        self.assertEqual(code, 1)
        self.assertIn(f"communicate with the node at {node.network_folder}/node-bus.sock", errors)
        if "addresses_known" not in node.cli("-addrinfo", check=False)[1]:
            self.assertIn("getaddrmaninfo", node.cli("-addrinfo", check=False)[2])

    def test_generate(self):
        node = self.make_node(wallet=True).start()
        node.cli("createwallet", "w")
        made = json.loads(node.cli("-generate"))
        self.assertEqual(list(made), ["address", "blocks"])
        self.assertEqual(node.rpc.getbestblockhash(), made["blocks"][0])
        self.assertEqual(len(json.loads(node.cli("-generate", 3, 1000000))["blocks"]), 3)
        for words, text in ((("0",), "the first argument (number of blocks to generate, default: 1) must be an integer"),
                            (("x",), "Error parsing JSON: x"), (("1", "2", "3"), "too many arguments (maximum 2")):
            code, _, errors = node.cli("-generate", *words, check=False)
            self.assertEqual(code, 1)
            self.assertTrue(errors.startswith(f"error: {text}"), errors)

    def test_server(self):
        """-rpcconnect and -rpcport."""
        node = self.start_node()
        base = [str(framework.program("moneyrocket-cli")), f"-datadir={node.folder}", "-regtest"]

        def run(*words):
            done = subprocess.run([*base, *words, "getblockcount"], capture_output=True, text=True,
                                  timeout=framework.PATIENCE)
            return done.returncode, done.stdout, done.stderr

        for host in ("127.0.0.1", "localhost", "[::1]", "127.1", "0"):
            self.assertEqual(run(f"-rpcconnect={host}:{node.port}"), (0, "0\n", ""))
        self.assertEqual(run("-rpcconnect=127.0.0.1:1", f"-rpcport={node.port}"),
                         (0, "0\n", "Warning: Port specified in both -rpcconnect and -rpcport. Using -rpcport "
                                    f"{node.port}\n"))
        for host in ("127.0.0.1:", "127.0.0.1:x", "127.0.0.1:0", "127.0.0.1:-1", "127.0.0.1:65536", "[::1]:x", ":"):
            self.assertEqual(run(f"-rpcconnect={host}"),
                             (1, "", f"error: Invalid port provided in -rpcconnect: {host}\n"))
        for port in ("", "0", "x", "-1", "65536", "+1", " 1"):
            self.assertEqual(run(f"-rpcport={port}"), (1, "", f"error: Invalid port provided in -rpcport: {port}\n"))
        self.assertIn("Could not connect to the server", run("-rpcport=1")[2])
        self.assertIn("Could not resolve host: nowhere.invalid", run("-rpcconnect=nowhere.invalid")[2])

    def test_request_id(self):
        node = self.start_node("-debug=rpc")
        node.cli("-rpcid=my<\n>id", "getblockcount")
        self.assertIn("ThreadRPCServer method=getblockcount user=__cookie__ id=myid\n", node.log())

    def test_conf(self):
        node = self.start_node()
        (node.folder / "moneyrocket.conf").write_text("server=1\ntxindex=1\n[regtest]\nrpcport=%d\n" % node.port)
        done = subprocess.run([str(framework.program("moneyrocket-cli")), f"-datadir={node.folder}", "-regtest",
                               "getblockcount"], capture_output=True, text=True, timeout=framework.PATIENCE)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "0\n", ""))
        # What is for the node only does not keep the client from its call.
        with (node.folder / "moneyrocket.conf").open("a") as conf:
            conf.write("version=1\nhelp=1\nincludeconf=missing\n")
        self.assertEqual(node.cli("getblockcount", check=False), (0, "0\n", ""))
        self.assertEqual(node.cli("-rpcconnect=127.1", "getblockcount"), "0")
        self.assertIn("(Could not resolve host: 127.0.0.1 )", node.cli("-rpcconnect=127.0.0.1 ", "getblockcount", check=False)[2])

    def test_options(self):
        def run(*args):
            done = subprocess.run([str(framework.program("moneyrocket-cli")), *args], capture_output=True, text=True,
                                  env={"HOME": str(self.folder)}, timeout=framework.PATIENCE)
            return done.returncode, done.stderr
        self.assertEqual(run("-help-debug"), (1, "Error parsing command line arguments: Invalid parameter -help-debug\n"))
        # An empty data directory is the default one, which need not exist.
        code, message = run("-datadir=", "-regtest", "getblockcount")
        self.assertEqual((code, "data directory" in message), (1, False), message)


if __name__ == "__main__":
    framework.main()
