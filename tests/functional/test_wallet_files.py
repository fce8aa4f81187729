"""Wallet files: where they are found, what is loaded at startup, and what is refused as what."""
import http.client
import json
import os
import shutil
import sqlite3
import subprocess
import threading
import urllib.parse

import framework
from framework import wait_until

LEGACY = bytes(12) + bytes.fromhex("62310500") + b"\x09" + bytes(8175)
VERIFY = "Wallet file verification failed. "


class FilesTest(framework.NodeTest):
    def wallet_node(self, *args, start=True):
        node = self.make_node(*args, wallet=True)
        self.wallets = node.network_folder / "wallets"
        return node.start() if start else node

    def with_seed(self):
        """A node that has made and unloaded the wallet "seed"."""
        node = self.wallet_node()
        self.create(node, "seed")
        node.rpc.unloadwallet("seed")
        return node

    def create(self, node, name, **named):
        """Once the wallet process is there."""
        self.wait_loaded(node)
        return node.rpc.createwallet(wallet_name=name, **named)

    def wait_loaded(self, node):
        """The names of the loaded wallets once those of the startup are loaded."""
        def listed():
            try:
                node.loaded = node.rpc.listwallets()
                return True
            except framework.RpcError as error:
                if error.code != -28:
                    raise
                return False
        wait_until(listed, "the wallets")
        return node.loaded

    def copy(self, name, source="seed"):
        target = self.wallets / name / "wallet.dat"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.wallets / source / "wallet.dat", target)
        return target

    def listed(self, node):
        return {wallet["name"]: wallet["warnings"] for wallet in node.rpc.listwalletdir()["wallets"]}

    def assert_load_fails(self, node, name, code, text):
        self.assert_rpc_error(code, text, node.rpc.loadwallet, str(name))

    def settings(self, node):
        return json.loads((node.network_folder / "settings.json").read_text()).get("wallet")

    def assert_start_fails(self, node, text, *args):
        node.start(*args, wait=False)
        self.assertEqual(node.wait_for_exit(), 1, node.errors())
        self.assertEqual(node.errors().strip(), "Error: " + text)

    # ---- names ----

    def test_names(self):
        node = self.with_seed()
        for name in ("bad/./path", "bad/../path", "/bad/./path", "/bad/../path", "../", "./", "./wallet", "../wallets/../wallets/w"):
            for call in (node.rpc.createwallet, node.rpc.loadwallet):
                self.assert_rpc_error(-4, VERIFY + "Wallet name given as a path must be normalized", call, name)
        for name in ("../wallets/wallet", "..", "."):
            self.assert_rpc_error(-4, VERIFY + "Wallet name given as a relative path cannot begin with ./ or ../", node.rpc.createwallet, name)
        self.assert_rpc_error(-4, VERIFY + "Wallet name cannot be the root path", node.rpc.createwallet, "/")
        self.assert_rpc_error(-8, "Wallet name cannot be empty", node.rpc.createwallet, "")
        self.assertEqual(self.listed(node), {"seed": []})

        outside = self.folder / "outside" / "deep"
        for name in ("a/new", str(outside), "ünï çode", ".hidden", "w/"):
            self.assertEqual(node.rpc.createwallet(name), {"name": name})
            self.assertEqual(node.rpc.wallet(urllib.parse.quote(name)).getwalletinfo()["walletname"], name)
        self.assertTrue((self.wallets / "a" / "new" / "wallet.dat").is_file())
        self.assertTrue((outside / "wallet.dat").is_file())
        self.assertEqual(set(self.listed(node)), {"seed", "a/new", "ünï çode", ".hidden", "w"})
        self.assert_rpc_error(-35, f'Wallet "{outside}" is already loaded.', node.rpc.loadwallet, str(outside))
        # The same file under other names.
        for name in (str(self.wallets / "a" / "new"), "w", "a//new"):
            self.assert_load_fails(node, name, -4, VERIFY + "SQLiteDatabase: Unable to obtain an exclusive lock on the database")
        self.assert_rpc_error(-4, f"{VERIFY}Failed to create database path '{self.wallets / 'seed'}'. Database already exists.",
                              node.rpc.createwallet, "seed")
        (self.wallets / "file").write_bytes(b"x")
        self.assert_rpc_error(-4, VERIFY, node.rpc.createwallet, "file/bad")
        self.assert_rpc_error(-4, VERIFY, node.rpc.createwallet, "file")

    def test_links(self):
        node = self.with_seed()
        elsewhere = self.folder / "elsewhere"
        elsewhere.mkdir()
        os.symlink(elsewhere, self.wallets / "link")
        os.symlink(self.folder / "nowhere", self.wallets / "dangling")
        os.symlink("seed/wallet.dat", self.wallets / "to file")
        os.symlink("..", self.wallets / "circle")
        (self.wallets / "trap").mkdir()
        os.symlink(self.folder / "trapped", self.wallets / "trap" / "wallet.dat")
        self.assertEqual(node.rpc.createwallet("link"), {"name": "link"})
        self.assertTrue((elsewhere / "wallet.dat").is_file())
        self.assertEqual(set(self.listed(node)), {"seed", "link"})
        for name in ("dangling", "to file"):
            for call in (node.rpc.createwallet, node.rpc.loadwallet):
                self.assert_rpc_error(-4, f"{VERIFY}Invalid -wallet path '{name}'. -wallet path should point to a directory", call, name)
        self.assert_rpc_error(-4, VERIFY, node.rpc.createwallet, "trap")
        self.assertFalse((self.folder / "trapped").exists() or (self.folder / "nowhere").exists())
        os.symlink("seed", self.wallets / "second")
        node.rpc.loadwallet("second")
        self.assert_load_fails(node, "seed", -4, "Unable to obtain an exclusive lock")

    # ---- what a file is ----

    def test_kinds(self):
        node = self.with_seed()
        path = lambda name: self.wallets / name
        unknown = "Failed to load database path '{}'. Data is not in recognized format."
        for name, content in (("old", LEGACY), ("noise", b"noise" * 2000), ("empty", b"")):
            self.copy(name).write_bytes(content)
        (self.wallets / "plain old").write_bytes(LEGACY)
        (self.wallets / "plain old.bak").write_bytes(LEGACY)
        shutil.copy(path("seed") / "wallet.dat", self.wallets / "plain")
        (self.wallets / "no wallet").mkdir()
        other = self.copy("other")
        other.write_bytes(other.read_bytes()[:68] + bytes.fromhex("f9beb4d9") + other.read_bytes()[72:])
        for name, key, value in (("newer flags", b"\x05flags", (1 << 34 | 1 << 40).to_bytes(8, "little")),
                                 ("old flags", b"\x05flags", bytes(8))):
            database = sqlite3.connect(self.copy(name))
            database.execute("UPDATE main SET value = ? WHERE key = ?", (value, key))
            database.commit()
            database.close()
        newer = sqlite3.connect(self.copy("newer"))
        newer.execute("PRAGMA user_version = 1")
        newer.commit()
        newer.close()
        damaged = self.copy("damaged")
        damaged.write_bytes(damaged.read_bytes()[:4096] + bytes(4096) + damaged.read_bytes()[8192:])

        migrate = ["This wallet is a legacy wallet and will need to be migrated with migratewallet before it can be loaded"]
        self.assertEqual(self.listed(node), {"seed": [], "newer flags": [], "old flags": [], "newer": [], "damaged": [],
                                             "old": migrate, "plain old": migrate})
        for name in ("old", "plain old"):
            self.assert_load_fails(node, name, -18, f"{VERIFY}Failed to open database path '{path(name)}'. The wallet appears to be a "
                                   "Legacy wallet, please use the wallet migration tool (migratewallet RPC or the GUI option).")
        for name in ("noise", "empty", "other", "no wallet", "plain"):
            self.assert_load_fails(node, name, -18, VERIFY + unknown.format(path(name)))
        self.assert_load_fails(node, "none", -18, f"{VERIFY}Failed to load database path '{path('none')}'. Path does not exist.")
        self.assert_load_fails(node, "newer", -4, VERIFY + "SQLiteDatabase: Unknown sqlite wallet schema version 1. Only version 0 is supported")
        self.assert_load_fails(node, "newer flags", -4, f"Wallet loading failed. Error loading {path('newer flags') / 'wallet.dat'}: "
                               "Wallet requires newer version of ")
        self.assert_load_fails(node, "old flags", -4, f"Wallet loading failed. Error loading {path('old flags') / 'wallet.dat'}: Wallet is a "
                               "legacy wallet. Please migrate to a descriptor wallet using the migration tool (migratewallet RPC).")
        self.assert_load_fails(node, "damaged", -4, VERIFY)

    def test_restore(self):
        node = self.with_seed()
        node.rpc.loadwallet("seed")
        backup = self.folder / "backup.dat"
        address = node.rpc.getnewaddress()
        node.rpc.backupwallet(str(backup))
        self.assertEqual(node.rpc.restorewallet("a/again", str(backup)), {"name": "a/again"})
        self.assertTrue(node.rpc.wallet("a/again").getaddressinfo(address)["ismine"])
        (self.wallets / "there").mkdir()
        node.rpc.restorewallet(wallet_name="there", backup_file=str(backup), load_on_startup=True)
        self.assertEqual(self.settings(node), ["there"])
        (self.wallets / "file").write_bytes(b"x")
        (self.wallets / "trap").mkdir()
        os.symlink(self.folder / "trapped", self.wallets / "trap" / "wallet.dat")
        (self.folder / "noise").write_bytes(b"noise" * 2000)
        (self.folder / "old").write_bytes(LEGACY)
        os.mkfifo(self.folder / "pipe")
        for code, text, name, file in (
                (-8, "Wallet name cannot be empty", "", backup),
                (-8, "Backup file does not exist", "new", self.folder / "none"),
                (-8, "Backup file does not exist", "new", self.folder / "pipe"),
                (-4, VERIFY + "Wallet name given as a path must be normalized", "a/../new", backup),
                (-4, VERIFY + "Wallet name given as a relative path cannot begin", "../new", backup),
                (-36, f"Failed to restore wallet. Database file exists '{self.wallets / 'file'}'.", "file", backup),
                (-36, f"Failed to restore wallet. Database file exists in '{self.wallets / 'seed' / 'wallet.dat'}'.", "seed", backup),
                (-36, "Failed to restore wallet. Database file exists in", "trap", backup),
                (-36, f"Failed to restore wallet. Database file exists '{self.wallets / 'seed' / 'wallet.dat'}'.", "seed/wallet.dat", backup),
                (-36, f"Failed to restore database path '{self.wallets / 'file' / 'new'}'.", "file/new", backup),
                (-18, VERIFY + "Failed to load database path", "new", self.folder / "noise"),
                (-18, VERIFY + "Failed to open database path", "new", self.folder / "old")):
            self.assert_rpc_error(code, text, node.rpc.restorewallet, name, str(file))
        self.assertFalse((self.wallets / "new").exists() or (self.folder / "trapped").exists())

    def test_concurrent_loads(self):
        """Of calls that load a wallet at the same time, the later ones are refused at once."""
        node = self.with_seed()
        messages = set()

        def load():
            for _ in range(8):
                try:
                    node.rpc.loadwallet("seed")
                    node.rpc.unloadwallet("seed")
                except framework.RpcError as error:
                    messages.add((error.code, error.message))

        threads = [threading.Thread(target=load) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertIn((-4, "Wallet already loading."), messages)
        self.assertLessEqual(messages, {(-4, "Wallet already loading."), (-35, 'Wallet "seed" is already loaded.'),
                                        (-18, "Requested wallet does not exist or is not loaded")})

    # ---- the wallets folder ----

    def test_wallet_folder(self):
        node = self.with_seed()
        node.stop()
        other = self.folder / "other"
        other.mkdir()
        os.symlink(other, self.folder / "link")
        (self.folder / "file").write_text("x")
        node.start(f"-walletdir={self.folder / 'link'}/")
        self.assertEqual(self.wait_loaded(node), [])
        self.assertEqual(self.listed(node), {})
        node.rpc.createwallet("mine")
        self.assertTrue((other / "mine" / "wallet.dat").is_file())
        node.stop()
        for value, text in ((self.folder / "none", "does not exist"), (self.folder / "file", "is not a directory"),
                            ("none", "does not exist"), ("/dev/../dev/none", "does not exist")):
            self.assert_start_fails(node, f'Specified -walletdir "{value}" {text}', f"-walletdir={value}")
        before = os.getcwd()
        self.addCleanup(os.chdir, before)
        os.chdir(self.folder)
        self.assert_start_fails(node, 'Specified -walletdir "other" is a relative path', "-walletdir=other")
        os.chdir(before)
        (node.folder / "moneyrocket.conf").write_text(f"[regtest]\nwalletdir={other}\n")
        node.start()
        self.wait_loaded(node)
        self.assertEqual(set(self.listed(node)), {"mine"})

    def test_no_wallets_folder(self):
        """In a data directory without the folder, the wallets are in the data directory itself."""
        node = self.wallet_node(start=False)
        node.network_folder.mkdir(parents=True)
        node.start()
        self.create(node, "w")
        self.assertTrue((node.network_folder / "w" / "wallet.dat").is_file())
        self.assertFalse(self.wallets.exists())
        self.assertEqual(set(self.listed(node)), {"w"})
        node.rpc.unloadwallet("w")
        shutil.copy(node.network_folder / "w" / "wallet.dat", node.network_folder)
        node.restart()
        self.assertEqual(self.wait_loaded(node), [""])

    # ---- startup ----

    def test_unnamed(self):
        """The unnamed wallet is loaded at startup, unless there is a setting."""
        node = self.with_seed()
        self.copy("")
        node.restart()
        self.assertEqual(self.wait_loaded(node), [""])
        self.assertEqual(node.rpc.getwalletinfo()["walletname"], "")
        self.assertEqual(node.rpc.wallet("").getwalletinfo()["walletname"], "")
        address = node.rpc.getnewaddress()
        node.rpc.createwallet(wallet_name="w0", load_on_startup=True)
        node.rpc.createwallet(wallet_name="w1", load_on_startup=False)
        self.assertEqual(self.settings(node), ["", "w0"])
        node.restart()
        self.assertEqual(self.wait_loaded(node), ["", "w0"])
        self.assertTrue(node.rpc.wallet("").getaddressinfo(address)["ismine"])
        node.rpc.unloadwallet("", False)
        node.rpc.unloadwallet("w0", False)
        self.assertEqual(self.settings(node), [])
        node.restart()
        self.assertEqual(self.wait_loaded(node), [])
        node.rpc.loadwallet("")
        node.restart()
        self.assertEqual(self.wait_loaded(node), [])

    def test_unnamed_unloaded(self):
        """That the unnamed wallet is not to be loaded is remembered, although no setting named it."""
        node = self.with_seed()
        self.copy("")
        node.restart()
        self.wait_loaded(node)
        node.rpc.unloadwallet(wallet_name="", load_on_startup=False)
        self.assertEqual(self.settings(node), [])
        node.restart()
        self.assertEqual(self.wait_loaded(node), [])

    def test_wallet_option(self):
        node = self.with_seed()
        self.copy("")
        self.copy("a/b")
        elsewhere = self.folder / "elsewhere"
        shutil.copytree(self.wallets / "seed", elsewhere)
        for args, loaded in ((["-nowallet"], []), (["-wallet=a/b", f"-wallet={elsewhere}"], ["a/b", str(elsewhere)]),
                             (["-wallet=seed", "-nowallet"], []), (["-nowallet", "-wallet=seed"], ["seed"]), (["-wallet="], [""])):
            node.restart(*args)
            self.assertEqual(self.wait_loaded(node), loaded, args)
            self.assertEqual(node.errors(), "")
        node.restart("-wallet=seed", "-wallet=seed", f"-wallet={self.wallets / 'seed'}", "-wallet=none")
        self.assertEqual(self.wait_loaded(node), ["seed"])
        node.stop()
        lines = [f"Ignoring duplicate -wallet {name}." for name in ("seed", self.wallets / "seed")]
        lines.append(f"Skipping -wallet path that doesn't exist. Failed to load database path '{self.wallets / 'none'}'. "
                     "Path does not exist.")
        self.assertEqual(node.errors().splitlines(), ["Warning: " + line for line in lines])
        (node.folder / "moneyrocket.conf").write_text("[regtest]\nwallet=a/b\nwallet=seed\n")
        node.start()
        self.assertEqual(self.wait_loaded(node), ["a/b", "seed"])
        node.rpc.createwallet(wallet_name="listed", load_on_startup=True)
        for args, loaded in (([], ["listed", "a/b", "seed"]), (["-nowallet"], []), (["-wallet="], ["", "listed", "a/b", "seed"])):
            node.restart(*args)
            self.assertEqual(self.wait_loaded(node), loaded, args)

    def test_startup_fails(self):
        """As in the reference, a wallet that cannot be loaded ends a node that runs unattended; one that is gone or has to be
        migrated does not."""
        node = self.with_seed()
        self.copy("old").write_bytes(LEGACY)
        self.copy("noise").write_bytes(b"noise" * 2000)
        os.symlink("seed/wallet.dat", self.wallets / "link")
        node.stop()
        self.assert_start_fails(node, f"Failed to load database path '{self.wallets / 'noise'}'. Data is not in recognized format.",
                                "-wallet=seed", "-wallet=noise")
        node.start("-wallet=link", wait=False)
        self.assertEqual(node.wait_for_exit(), 1)
        self.assertRegex(node.errors(), r"^Error: Invalid -wallet path 'link'\. .*\n$")
        node.start("-wallet=old", "-wallet=seed")
        self.assertEqual(self.wait_loaded(node), ["seed"])
        self.assertEqual(node.stop(), 0)
        self.assertRegex(node.errors(), r"^Warning: Failed to open database path '.*'\. The wallet appears to be a Legacy wallet, .*\n$")


    def copy_with(self, name, key, value):
        """A copy of the wallet "seed" with one more record."""
        database = sqlite3.connect(self.copy(name))
        database.execute("INSERT OR REPLACE INTO main VALUES(?, ?)", (key, value))
        database.commit()
        database.close()
        return self.wallets / name / "wallet.dat"

    def test_legacy_records(self):
        """A descriptor wallet with keys or scripts of a legacy wallet, which would not be used, is not loaded."""
        node = self.with_seed()
        for name in ("key", "wkey", "ckey", "keymeta", "watchs", "watchmeta", "cscript", "hdchain", "defaultkey", "pool"):
            path = self.copy_with(name, text(name) + b"\x21" + bytes(33), b"\1")
            self.assert_load_fails(node, name, -4, "Wallet loading failed. Unexpected legacy entry in descriptor wallet found. "
                                   f"Loading wallet {path}\n\nThe wallet might have been tampered with or created with malicious intent.\n")
        self.copy_with("unknown", text("version") + b"\x21" + bytes(33), b"\1")
        self.assertEqual(node.rpc.loadwallet("unknown"), {"name": "unknown"})

    def test_damaged_records(self):
        node = self.with_seed()
        identity = b"\1" * 32
        for name, key, value in (
                ("lock", text("lockedutxo") + b"\1", b""),
                ("external", text("activeexternalspk") + b"\2", identity),
                ("internal", text("activeinternalspk") + b"\0", identity),
                ("master key", text("mkey") + b"\1\0\0\0", b"\1"),
                ("no descriptor", text("walletdescriptorkey") + identity + b"\x21" + b"\2" * 33, b"\0"),
                ("no identity", text("walletdescriptorkey"), b"")):
            path = self.copy_with(name, key, value)
            self.assert_load_fails(node, name, -4, f"Wallet loading failed. Error loading {path}: Wallet corrupted")
        for name, value in (("cut short", b"\5wpkh("), ("nothing", b"")):
            path = self.copy_with(name, text("walletdescriptor") + identity, value)
            self.assert_load_fails(node, name, -4, f"Wallet loading failed. Unrecognized descriptor found. Loading wallet {path}\n\n"
                                   "The wallet might have been created on a newer version.\nPlease try running the latest software version.\n")
        page = self.copy("page")
        content = bytearray(page.read_bytes())
        content[3 * 4096:3 * 4096 + 2000] = b"\xff" * 2000
        page.write_bytes(content)
        self.assert_load_fails(node, "page", -4, VERIFY + "SQLiteDatabase: Failed to execute statement to verify database: "
                               "database disk image is malformed")
        path = self.copy_with("counter", text("orderposnext"), b"x")
        self.assertEqual(node.rpc.loadwallet("counter"), {"name": "counter", "warnings": [
            f"Error reading {path}! All keys read correctly, but transaction data or address metadata may be missing or incorrect."]})
        self.copy_with("longer counter", text("orderposnext"), bytes(9))
        self.assertEqual(node.rpc.loadwallet("longer counter"), {"name": "longer counter"})
        self.copy_with("flag", text("flags"), (1 << 34 | 1 << 20 | 1).to_bytes(8, "little"))
        node.rpc.loadwallet("flag")
        self.assertEqual(node.rpc.wallet("flag").getwalletinfo()["flags"], ["avoid_reuse", "unknown_flag_20", "descriptor_wallet"])

    def answers_until(self, node, ended):
        """The errors, as (code, message), and results of the calls that are answered until ENDED."""
        answers = set()
        def asked():
            for call in (node.rpc.getblockcount, node.rpc.listwallets, node.rpc.nonsense):
                try:
                    answers.add(str(call()))
                except framework.RpcError as error:
                    answers.add((error.code, error.message))
                except (OSError, ValueError, http.client.HTTPException, framework.Unauthorized):
                    pass  # the server has not begun, or is ending (503, which is no JSON)
            return ended(answers)
        wait_until(asked, "the end", pause=0.005)
        return answers

    def test_warm_up(self):
        """Nothing else is answered until the wallets of the startup are loaded, or the start has failed."""
        node = self.with_seed()
        for i in range(10):
            self.copy(f"w{i}")
        self.copy("noise").write_bytes(b"noise" * 2000)
        wallets = [f"-wallet=w{i}" for i in range(10)]
        node.stop()
        node.start(*wallets, "-wallet=noise", wait=False)
        answers = self.answers_until(node, lambda answers: node.process.poll() is not None)
        self.assertEqual(node.wait_for_exit(), 1)
        self.assertEqual({code for code, text in answers}, {-28})
        done = subprocess.run(node.command(*wallets, "-wallet=noise", "-daemonwait"), capture_output=True, text=True, timeout=framework.PATIENCE)
        self.assertEqual((done.returncode, done.stderr), (1, "Error during initialization - check debug.log for details\n"))
        node.start(*wallets, wait=False)
        answers = self.answers_until(node, lambda answers: (-32601, "Method not found") in answers)
        self.assertLessEqual({answer[0] for answer in answers if isinstance(answer, tuple)}, {-28, -32601})
        self.assertLessEqual({answer for answer in answers if isinstance(answer, str)},
                             {"0", str([f"w{i}" for i in range(10)])})
        node.rpc.getblockcount()
        self.assertEqual(len(node.rpc.listwallets()), 10)

    def test_startup_twice(self):
        """Another spelling of the same wallet ends the start at once, whoever named it."""
        node = self.with_seed()
        node.stop()
        locked = "SQLiteDatabase: Unable to obtain an exclusive lock on the database, is it being used by another instance of Moneyrocket?"
        self.assert_start_fails(node, locked, "-wallet=seed", "-wallet=seed/")
        (node.network_folder / "settings.json").write_text('{"wallet": ["seed", "seed/"]}')
        self.assert_start_fails(node, locked)
        self.assertNotIn("in use by another process", node.log())
        path = self.copy_with("lock", text("lockedutxo") + b"\1", b"")
        self.assert_start_fails(node, f"Error loading {path}: Wallet corrupted", "-nosettings", "-wallet=seed", "-wallet=lock")


def text(word):
    """A record's name, or another text, with its length."""
    return bytes([len(word)]) + word.encode()


if __name__ == "__main__":
    framework.main()
