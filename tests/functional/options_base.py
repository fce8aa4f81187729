"""The table of options, and a value of each that differs from its default."""
import re
import subprocess

import framework


def read_table():
    """The rows of the table: programs, name, type, state, default, minimum, maximum, note, hidden."""
    lines = subprocess.run([framework.BUILD / "src" / "common" / "list-options"], capture_output=True, text=True,
                           check=True).stdout.splitlines()
    names = ("programs", "name", "type", "state", "default", "min", "max", "note", "hidden")
    return [dict(zip(names, line.split("\t"))) for line in lines]


TABLE = read_table()

# Options that end the program, that every test gives, or that are for the connection between our own processes.
ENDING = {"?", "h", "help", "help-debug", "version"}
ALWAYS = {"datadir", "chain", "rpcport", "regtest", "testnet", "testnet4", "signet"}
INTERNAL = {"classicnames", "ipcfd", "ipcsilence", "rpcclients", "rpcwindow", "strictstartup"}
# They end or stop the node, or need a folder in another state; each has a test of its own.
ALONE = {"conf": None, "daemon": "1", "daemonwait": "1", "dbcrashratio": None, "includeconf": None, "ipcpair": None, "loadblock": None,
         "stopafterblockimport": "1", "stopatheight": "1000000", "prune": "1", "reindex-chainstate": "1", "mocktime": "1700000000"}
# A value of each that is not a switch, different from the default; {folder} is a folder of the test.
VALUES = {
    "addnode": "192.0.2.1", "addresstype": "legacy", "alertnotify": "true", "asmap": "{folder}/file", "assumevalid": "0",
    "bantime": "5", "bind": "127.0.0.1:18555", "blockfilterindex": "basic", "blockmaxweight": "3000000", "blockmintxfee": "0.001",
    "blocknotify": "true", "blockreconstructionextratxn": "5", "blockreservedweight": "9000", "blocksdir": "{folder}",
    "blockversion": "536870912", "bytespersigop": "21", "changetype": "bech32m", "checkaddrman": "5", "checkblockindex": "5",
    "checkblocks": "7", "checklevel": "4", "checkmempool": "5", "checkpoints": "0", "connect": "0",
    "consolidatefeerate": "0.002", "datacarriersize": "90", "dbbatchsize": "1000000", "dbcache": "33", "debug": "1",
    "debugexclude": "net", "debuglogfile": "other.log", "deprecatedrpc": "x", "discardfee": "0.0002",
    "dustrelayfee": "0.0001", "externalip": "192.0.2.1", "fallbackfee": "0.0002", "i2psam": "127.0.0.1:1",
    "inboundrelaypercent": "5", "incrementalrelayfee": "0.00001", "ipcbind": "unix:{folder}/bus.sock",
    "ipcinspect": "{folder}/run", "keypool": "11", "limitancestorcount": "5",
    "limitancestorsize": "5", "limitclustercount": "20", "limitclustersize": "50", "limitdescendantcount": "5",
    "limitdescendantsize": "5", "loglevel": "net:info", "maxapsfee": "0.00001", "maxconnections": "8",
    "maxmempool": "50", "maxreceivebuffer": "4000", "maxsendbuffer": "900", "maxsigcachesize": "8", "maxtipage": "1000",
    "maxtxfee": "0.2", "maxuploadtarget": "5M", "mempoolexpiry": "5", "minimumchainwork": "0", "minrelaytxfee": "0.00002",
    "mintxfee": "0.0001", "onion": "127.0.0.1:1", "onlynet": "ipv4", "par": "2", "peertimeout": "30", "pid": "other.pid",
    "port": "18444", "prevoutfetchthreads": "2", "proxy": "127.0.0.1:1", "rpcallowip": "127.0.0.1",
    "rpcauth": "a:b$c", "rpcbind": "127.0.0.1", "rpccookiefile": "{folder}/cookie", "rpccookieperms": "group",
    "rpcpassword": "", "rpcservertimeout": "20", "rpcthreads": "5", "rpcuser": "user",
    "rpcwhitelist": "__cookie__:getblockcount,stop,getnetworkinfo,listwallets,getrpcinfo", "rpcworkqueue": "70",
    "seednode": "192.0.2.1", "settings": "other.json", "shutdownnotify": "true", "signer": "/bin/true",
    "signetchallenge": "51", "signetseednode": "192.0.2.1", "startupnotify": "true", "test": "bip94",
    "testactivationheight": "segwit@5", "timeout": "4000", "torcontrol": "127.0.0.1:1", "torpassword": "x",
    "txconfirmtarget": "7", "txsendrate": "5", "uacomment": "hello", "vbparams": "testdummy:0:999999999999", "wallet": "",
    "walletdir": "{folder}", "walletnotify": "true", "whitebind": "127.0.0.1:18556", "whitelist": "192.0.2.0/24",
    "zmqpubhashblock": "tcp://127.0.0.1:1", "zmqpubhashtx": "tcp://127.0.0.1:1", "zmqpubrawblock": "tcp://127.0.0.1:1",
    "zmqpubrawtx": "tcp://127.0.0.1:1", "zmqpubsequence": "tcp://127.0.0.1:1", "zmqpubhashblockhwm": "5",
    "zmqpubhashtxhwm": "5", "zmqpubrawblockhwm": "5", "zmqpubrawtxhwm": "5", "zmqpubsequencehwm": "5",
}
# Switches whose other value would be an error beside the rest, or would hide what the test looks for.
SWITCHES = {"acceptstalefeeestimates": "1", "disablewallet": None, "forcednsseed": None, "listen": "1", "listenonion": "0",
            "peerblockfilters": "1", "privatebroadcast": None, "server": "1", "unsafesqlitesync": "1", "dnsseed": "0",
            "allowignoredconf": "1", "rpcwhitelistdefault": "0", "reindex": "1", "walletbroadcast": "0", "logratelimit": "0"}


def word(row, folder):
    """The option as a word for the command line; None: it is not part of the walk."""
    name = row["name"]
    if name in ENDING | ALWAYS | INTERNAL or name in ALONE or row["state"] == "refused":
        return None
    if row["type"] != "switch":
        return f"-{name}={VALUES[name].format(folder=folder)}"
    value = SWITCHES.get(name, "0" if row["default"] == "1" else "1")
    return None if value is None else f"-{name}={value}"


class OptionsBase(framework.NodeTest):
    """Shared by the tests that start a program with all options at once, to see which of them nothing reads."""

    def setUp(self):
        super().setUp()
        (self.folder / "file").write_bytes(b"x")

    def rows(self, programs):
        """Those of PROGRAMS; without wallets there are no options of the wallet."""
        return [row for row in TABLE if set(row["programs"]) & set(programs)
                and ("W" in programs or "W" not in row["programs"] or "C" in row["programs"] or "G" in row["programs"])]

    def start_with(self, programs):
        words = [word(row, self.folder) for row in self.rows(programs)]
        node = self.make_node(*filter(None, words), wallet="W" in programs)
        # The unnamed wallet is in the folder of -walletdir only once it was created.
        node.args = [w for w in node.args if w != "-wallet="]
        node.rpc = framework.Rpc(node.port, lambda: (self.folder / "cookie").read_text())
        node.start()
        return node

    def warnings(self, node, name):
        """The options that a log names as unused and as later ones, with the subjects of these."""
        path = node.network_folder / name
        framework.wait_until(path.exists, name)
        text = path.read_text()
        return (set(re.findall(r"warning\] -(\S+) was given, but nothing has used it", text)),
                dict(re.findall(r"warning\] -(\S+) has no effect in this version \((.*)\)", text)))

    def check(self, node, log, programs):
        unused, later = self.warnings(node, log)
        self.assertEqual(unused, set(), "they are in the table as if they had an effect")
        for row in self.rows(programs):
            if row["state"] == "later" and word(row, self.folder) is not None:
                self.assertEqual(later.get(row["name"]), row["note"], row["name"])

    def wait_until_checked(self, node, log):
        """The check follows the last step of the start, which loads the mempool."""
        self.wait_until_checked_in(node.network_folder / log)

    def wait_until_checked_in(self, path):
        framework.wait_until(lambda: "All given options are in use" in path.read_text() or
                             "nothing has used it" in path.read_text(), "the check of the options")
