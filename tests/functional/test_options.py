"""Every option of the table has its effect, or is listed in options.md; what is wrong is refused before the node starts."""
import os
import subprocess
import unittest

import framework
from options_base import OptionsBase

MEMORY = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 20


class Walk(OptionsBase):
    """All options at once, to see which of them nothing reads."""

    def test_without_wallets(self):
        node = self.start_with("N")
        self.wait_until_checked(node, "other.log")
        self.check(node, "other.log", "N")
        node.stop()

    def test_all(self):
        node = self.start_with("NW")
        self.wait_until_checked(node, "other.log")
        self.check(node, "other.log", "NW")
        if not framework.ONE_PROCESS:
            self.check(node, "wallet.log", "W")
        node.stop()


class Options(framework.NodeTest):
    """Errors and warnings at start-up."""

    def run_node(self, *args, conf=None, settings=None, network="regtest"):
        node = self.make_node(network=network)
        if conf is not None:
            (node.folder / "moneyrocket.conf").write_bytes(conf.encode() if isinstance(conf, str) else conf)
        if settings is not None:
            node.network_folder.mkdir(exist_ok=True)
            (node.network_folder / "settings.json").write_text(settings)
        return subprocess.run(node.command(*args), capture_output=True, text=True, timeout=framework.PATIENCE)

    def refuse(self, message, *args, **options):
        done = self.run_node(*args, **options)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(done.stderr, f"Error: {message}\n")

    def test_bounds(self):
        for arg, message in (
                ("-limitclustercount=65", "limitclustercount must be less than or equal to 64"),
                ("-maxmempool=4", "-maxmempool must be at least 5 MB"),
                ("-maxmempool=-1", "-maxmempool must be at least 5 MB"),
                ("-maxsigcachesize=10000000", f"-maxsigcachesize (10000000 MiB) is larger than the memory of this machine ({MEMORY} MiB)."),
                ("-maxsigcachesize=99999999999999999999", "-maxsigcachesize (9223372036854775807 MiB) is larger than the memory of "
                                                          f"this machine ({MEMORY} MiB)."),
                ("-maxconnections=-1", "-maxconnections must be greater or equal than zero"),
                ("-peertimeout=0", "peertimeout must be a positive integer."),
                ("-prune=-1", "Prune cannot be configured with a negative value."),
                ("-prune=549", "Prune configured below the minimum of 550 MiB.  Please use a higher number."),
                ("-port=0", "Invalid port specified in -port: '0'"),
                ("-port=65536", "Invalid port specified in -port: '65536'"),
                ("-rpcport=x", "Invalid port specified in -rpcport: 'x'"),
                ("-bind=127.0.0.1:x", "Invalid port specified in -bind: '127.0.0.1:x'"),
                ("-bind=x", "Cannot resolve -bind address: 'x'"),
                ("-maxuploadtarget=abc", "Unable to parse -maxuploadtarget: 'abc'"),
                ("-maxuploadtarget=-1", "Unable to parse -maxuploadtarget: '-1'"),
                ("-settings=/nonexistent/x", "Settings file could not be written:\n"
                                             "- Cannot create “/nonexistent/x”: No such file or directory"),
                ("-mocktime=-1", "-mocktime must be at least 0"),
                ("foo", f"Command line contains unexpected token 'foo', see {framework.DAEMON} -h for a list of options."),
                ("-limitclustercount=-1", "limitclustercount must be less than or equal to 64"),
                ("-minrelaytxfee=1e-5", "Invalid amount for -minrelaytxfee=<amount>: '1e-5'"),
                ("-uacomment=a/", "User Agent comment (a/) contains unsafe characters."),
                ("-onlynet=abc", "Unknown network specified in -onlynet: 'abc'"),
                ("-asmap", "Embedded asmap data not available"),
                ("-whitelist=nothing@1.2.3.4", "Invalid P2P permission: 'nothing'"),
                ("-debug=abc", "Unsupported logging category -debug=abc."),
                ("-loglevel=abc", "Unsupported global logging level -loglevel=abc. Valid values: info, debug, trace."),
                ("-pid=/nonexistent/x", "Unable to create the PID file '/nonexistent/x': No such file or directory (2)"),
                ("-nowallet=0", "Invalid value detected for '-wallet' or '-nowallet'. '-wallet' requires a string value, "
                                "while '-nowallet' accepts only '1' to disable all wallets")):
            with self.subTest(arg):
                self.refuse(message, arg, *(["-disablewallet=0"] if "wallet" in arg else []))

    def test_accepted(self):
        node = self.start_node("-minrelaytxfee=.1", "-incrementalrelayfee=0.2", "-datacarriersize=-1", "-uacomment=a b",
                               "-blocksonly", "-dbcache=1")
        info = node.rpc.getmempoolinfo()
        self.assertEqual(str(info["minrelaytxfee"]), "0.10000000")
        self.assertEqual(info["maxmempool"], 5000000)
        self.assertTrue(node.rpc.getnetworkinfo()["subversion"].endswith("(a b)/"))
        node.restart("-maxmempool=20")
        self.assertEqual(node.rpc.getmempoolinfo()["maxmempool"], 20000000)
        node.args = [a for a in node.args if "minrelay" not in a]
        node.restart()
        self.assertEqual(str(node.rpc.getmempoolinfo()["minrelaytxfee"]), "0.20000000")

    def test_network_only(self):
        for option in ("port=1", "wallet=w", "rpcbind=127.0.0.1"):
            name = option.split("=")[0]
            self.refuse(f"Config setting for -{name} only applied on regtest network when in [regtest] section.", conf=option)
        self.refuse("Config setting for -addnode only applied on regtest network when in [regtest] section.\n"
                    "Config setting for -port only applied on regtest network when in [regtest] section.",
                    conf="port=1\naddnode=a\n")
        node = self.make_node()
        (node.folder / "moneyrocket.conf").write_text("rpcport=1\n[regtest]\nport=5000\n")
        node.start()

    def test_file(self):
        prefix = "Error reading configuration file: "
        for conf, message in (("-a=1", "parse error on line 1: -a=1, options in configuration file must be specified "
                                       "without leading -"),
                              ("\nnoa", "parse error on line 2: noa, if you intended to specify a negated option, use "
                                        "noa=1 instead"),
                              ("conf=a", "conf cannot be set in the configuration file; use includeconf= if you want to "
                                         "include additional config files"),
                              ("rpcpassword=a#b", "parse error on line 1, using # in rpcpassword can be ambiguous and "
                                                  "should be avoided"),
                              ("includeconf=none", "Failed to include configuration file none"),
                              ("includeconf=.", None)):
            with self.subTest(conf):
                if message is None:
                    self.assertIn("is a directory.", self.run_node(conf=conf).stderr)
                else:
                    self.refuse(prefix + message, conf=conf)
        for conf in ("testnet=1", "signet=1\ntestnet4=1"):
            self.refuse("Invalid combination of -regtest, -signet, -testnet, -testnet4 and -chain. Can use at most one.",
                        conf=conf)
        self.assertIn(f"Usage: {framework.DAEMON} ", self.run_node(conf="help=1").stdout)

    def test_networks_in_file(self):
        for conf, chain in (("regtest=1\n", "regtest"), ("regtest=0\nregtest=1\n", "regtest"),
                            ("chain=regtest\n", "regtest")):
            node = self.make_node()
            (node.folder / "moneyrocket.conf").write_text(conf)
            command = [a for a in node.command() if not a.startswith("-chain")]
            node.command = lambda *args, words=command: [*words, *args]
            node.start()
            self.assertEqual(node.rpc.getblockchaininfo()["chain"], chain)
            node.stop()

    def test_includes(self):
        node = self.make_node()
        (node.folder / "moneyrocket.conf").write_text("uacomment=main\nincludeconf=a.conf\n[regtest]\nincludeconf=b.conf\n")
        (node.folder / "a.conf").write_text("uacomment=a\nincludeconf=c.conf\n")
        (node.folder / "b.conf").write_text("uacomment=b\n")
        node.args.remove("-disablewallet")
        node.start()
        self.assertTrue(node.rpc.getnetworkinfo()["subversion"].endswith("(main; b; a)/"))
        node.rpc.listwallets()  # its program has read the files, too
        self.assertEqual(node.errors(),
                         "warning: -includeconf cannot be used from included files; ignoring -includeconf=c.conf\n")
        node.restart("-noincludeconf")
        self.assertTrue(node.rpc.getnetworkinfo()["subversion"].endswith("(main)/"))

    def test_ignored_file(self):
        node = self.make_node()
        (node.folder / "moneyrocket.conf").write_text("uacomment=ignored\n")
        (self.folder / "other.conf").write_text("uacomment=other\n")
        self.nodes.remove(node)
        done = subprocess.run(node.command(f"-conf={self.folder}/other.conf"), capture_output=True, text=True,
                              timeout=framework.PATIENCE)
        self.assertEqual(done.returncode, 1)
        self.assertIn("which is ignored, because a different configuration file", done.stderr)
        self.nodes.append(node)
        node.start(f"-conf={self.folder}/other.conf", "-allowignoredconf")
        self.assertTrue(node.rpc.getnetworkinfo()["subversion"].endswith("(other)/"))

    def test_settings(self):
        for text, message in (('{"txindex":1}', 'The value 1 of "txindex" in the settings file is not of the expected type.'),
                              ('{"debug":[1]}', None)):
            done = self.run_node(settings=text)
            self.assertEqual(done.returncode, 1)
            if message is not None:
                self.assertEqual(done.stderr, f"Error: {message}\n")
        for name, value in (("maxmempool", "9.5"), ("maxmempool", "[9,10]"), ("maxmempool", "[]"), ("par", "[1,2]"),
                            ("maxmempool", "99999999999999999999"), ("txindex", "[true]"), ("minrelaytxfee", '["0.1"]'),
                            ("minrelaytxfee", "{}"), ("uacomment", "5"), ("uacomment", "null"), ("pid", "[]")):
            with self.subTest(name, value=value):
                done = self.run_node(settings=f'{{"{name}":{value}}}')
                self.assertEqual(done.stderr, f'Error: The value {value} of "{name}" in the settings file is not of the '
                                              "expected type.\n")
        for text in ('{"signet":true}', '{"testnet":true}'):
            self.assertIn("Invalid combination of -regtest, ", self.run_node(settings=text).stderr)
        for text in ("{", "", '"x"', "[]", '{"a":1,"a":2}'):
            self.assertIn("settings.json", self.run_node(settings=text).stderr)
        for text in ('{"wallet":[10]}', '{"wallet":["w",false]}', '{"wallet":[{}]}', '{"wallet":true}',
                     '{"wallet":null}', '{"wallet":[null]}'):
            self.assertIn("Invalid value detected for '-wallet'", self.run_node("-disablewallet=0", settings=text).stderr)
        node = self.make_node()
        node.network_folder.mkdir()
        settings = node.network_folder / "settings.json"
        settings.write_text('{"minrelaytxfee":0.0001,"debug":[false,"http"],"txindex":"1","maxmempool":60,"uacomment":["a","b"],"blocksxor":false,"unknown":{"x":[1]}}')
        node.start()
        self.assertIn("txindex", node.rpc.getindexinfo())
        self.assertEqual(node.rpc.getmempoolinfo()["maxmempool"], 60000000)
        self.assertEqual(str(node.rpc.getmempoolinfo()["minrelaytxfee"]), "0.00010000")
        self.assertTrue(node.rpc.logging()["http"])
        self.assertTrue(node.rpc.getnetworkinfo()["subversion"].endswith("(a; b)/"))
        self.assertIn('Setting file arg: unknown = {"x":[1]}', node.log())
        self.assertIn("Ignoring unknown rw_settings value unknown", node.log())
        self.assertIn('"_warning_"', settings.read_text())
        self.assertIn('"unknown"', settings.read_text())
        node.restart("-maxmempool=61", "-nosettings")
        self.assertEqual(node.rpc.getindexinfo(), {})

    def test_warnings(self):
        node = self.start_node("-checkpoints=0", "-limitdescendantsize=1", "-dbcache=9999999999999")
        for text in ("Option '-checkpoints' is set but checkpoints were removed. This option has no effect.",
                     "Option '-limitdescendantsize' is given", "A 9999999999999 MiB dbcache may be too large for a system memory of"):
            self.assertIn(f"Warning: {text}", node.errors())
            self.assertIn(f"[warning] {text}", node.log())
            self.assertTrue(any(text in w for w in node.rpc.getblockchaininfo()["warnings"]), text)
        quiet = self.start_node()
        self.assertEqual(quiet.rpc.getblockchaininfo()["warnings"], [])
        self.assertEqual(quiet.errors(), "")
        sections = self.make_node()
        (sections.folder / "moneyrocket.conf").write_text("[testnet]\nother.server=1\n")
        sections.start()
        self.assertIn(f"Warning: {sections.folder}/moneyrocket.conf:1 Section [testnet] is not recognized.", sections.errors())

    def test_disk(self):
        """The main chain does not fit on the disk of this machine, unless it is pruned."""
        if os.statvfs(self.folder).f_bavail * os.statvfs(self.folder).f_frsize > 900 << 30:
            self.skipTest("the disk is large")
        node = self.start_node(network="main")
        self.assertIn("may not accommodate the block files", node.standard_error())
        self.assertTrue(any("may not accommodate" in w for w in node.rpc.getblockchaininfo()["warnings"]))
        node.restart("-signetchallenge=51")  # makes the chain of a signet a small one only
        self.assertIn("may not accommodate the block files", node.standard_error())
        node.stop()
        if os.statvfs(self.folder).f_bavail * os.statvfs(self.folder).f_frsize > 1 << 30:
            self.assertNotIn("accommodate", self.start_node("-prune=550", network="main").standard_error())

    def test_log_lines(self):
        node = self.start_node("-rpcauth=a:b$c", "-torpassword=secret", "-nolisten=0", "-logthreadnames",
                               '-blocknotify=echo "\\"', "-logsourcelocations", "-loglevelalways", "-debug=rpc")
        node.rpc.getblockcount()
        log = node.log()
        self.assertIn("Command-line arg: rpcauth=****", log)
        self.assertNotIn("secret", log)
        self.assertIn(r'Command-line arg: blocknotify="echo \"\\\""', log)
        self.assertIn("Z [init] ", log)
        self.assertRegex(log, r"\[all:warning\] Parsed potentially confusing double-negative -listen=0")
        self.assertRegex(log, r"(?m)Z \[[^\]]+\] \[[^\]]+\.c:\d+\] \[\w+\] \[all:info\] ")

    def test_shrink(self):
        node = self.make_node()
        node.network_folder.mkdir()
        log = node.network_folder / "debug.log"
        log.write_bytes(b"x" * 12_000_000)
        node.start("-shrinkdebugfile=0")
        node.stop()
        self.assertGreater(log.stat().st_size, 12_000_000)
        node.start()
        self.assertLess(log.stat().st_size, 10_500_000)

    def test_daemon_wait(self):
        node = self.make_node()
        done = subprocess.run(node.command("-daemonwait"), capture_output=True, text=True, timeout=framework.PATIENCE)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(node.rpc.getblockcount(), 0)
        again = subprocess.run(node.command("-daemonwait"), capture_output=True, text=True, timeout=framework.PATIENCE)
        self.assertEqual(again.returncode, 1)
        node.rpc.stop()
        framework.wait_until(lambda: not (node.network_folder / "moneyrocketd.pid").exists(), "the end")

    def test_empty_datadir(self):
        """It is the default folder, which is created."""
        for word in ("-datadir=", "-datadir"):
            done = subprocess.run([str(framework.program(framework.DAEMON)), word, "-regtest", "-prune=-1"], capture_output=True,
                                  text=True, env={"HOME": str(self.folder)}, timeout=framework.PATIENCE)
            self.assertEqual(done.stderr, "Error: Prune cannot be configured with a negative value.\n")
            self.assertTrue((self.folder / ".moneyrocket" / "regtest" / "debug.log").exists())


class Effects(framework.NodeTest):
    def test_compaction(self):
        self.assertIn("Finished database compaction", self.start_node("-forcecompactdb").log())

    def test_priority(self):
        node = self.start_node("-printpriority")
        coins = framework.mine_coins(node)
        txid = node.rpc.sendrawtransaction(framework.spend_true(
            [coins[0][:2]], [(coins[0][2] - 10000, framework.TRUE_SCRIPT)]), 0)
        node.rpc.generatetoaddress(1, framework.ADDRESS)
        self.assertRegex(node.log(), rf"fee rate 0\.0\d+ BTC/kvB txid {txid}")

    def test_check_mempool(self):
        """By default on the playground only."""
        for args, is_on in (((), True), (("-checkmempool=0",), False)):
            node = self.start_node("-debug=mempool", *args)
            node.rpc.generatetoaddress(1, framework.ADDRESS)
            self.assertEqual("Checking mempool with 0 transactions and 0 inputs" in node.log(), is_on)

    def test_read_ahead(self):
        """Blocks are connected with and without reading ahead."""
        node = self.start_node("-prevoutfetchthreads=0")
        node.rpc.generatetoaddress(120, framework.ADDRESS)
        tip = node.rpc.getbestblockhash()
        node.restart("-prevoutfetchthreads=3", "-reindex-chainstate")
        framework.wait_until(lambda: node.rpc.getbestblockhash() == tip, "the chain")
        node.restart("-prevoutfetchthreads=0", "-reindex-chainstate")
        framework.wait_until(lambda: node.rpc.getbestblockhash() == tip, "the chain")


if __name__ == "__main__":
    unittest.main(verbosity=2)
