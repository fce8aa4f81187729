"""Our node and the reference on the same wallets folder, in turn: both list the same wallets, accept the same names, and refuse
the same files with the same codes; and each loads what the other has made."""
import os
import shutil
import sqlite3

import framework
import reference
from framework import wait_until

LEGACY = bytes(12) + bytes.fromhex("62310500") + b"\x09" + bytes(8175)
PROGRAM_NAMES = (("Moneyrocket", "Bitcoin Core"),)


def normal(message):
    """The sentence of an error, without what differs by design."""
    for ours, theirs in PROGRAM_NAMES:
        message = message.replace(ours, theirs)
    return message.strip()


class FilesTest(framework.NodeTest):
    def setUp(self):
        super().setUp()
        self.datadir = self.folder / "data"
        self.wallets = self.datadir / "regtest" / "wallets"
        self.outside = self.folder / "outside"

    def open(self, kind, *args):
        node = kind(self.datadir, args=args, wallet=True)
        self.nodes.append(node)
        node.start()
        wait_until(lambda: self.answers(node), "the wallets")
        return node

    def answers(self, node):
        try:
            return node.rpc.listwallets() is not None
        except framework.RpcError as error:
            if error.code != -28:
                raise
            return False

    def ask(self, node, method, *args):
        try:
            result = node.rpc.call(method, *args)
        except framework.RpcError as error:
            return error.code, normal(error.message)
        if method == "listwalletdir":
            return sorted((wallet["name"], wallet["warnings"]) for wallet in result["wallets"])
        return result

    def lay_out(self):
        """A wallets folder with one of everything."""
        node = self.open(reference.ReferenceNode)
        for name in ("seed", "a/b", str(self.outside), "newer", "newer flags", "old flags", "other", "ours too"):
            node.rpc.createwallet(name)
        for name in node.rpc.listwallets():
            node.rpc.unloadwallet(name)
        node.stop()
        shutil.copy(self.wallets / "seed" / "wallet.dat", self.wallets)
        shutil.copy(self.wallets / "seed" / "wallet.dat", self.wallets / "plain")
        for name, content in (("old", LEGACY), ("noise", b"noise" * 2000), ("empty", b""), ("short", b"SQLite format 3\0")):
            (self.wallets / name).mkdir()
            (self.wallets / name / "wallet.dat").write_bytes(content)
        (self.wallets / "plain old").write_bytes(LEGACY)
        (self.wallets / "plain old.bak").write_bytes(LEGACY)
        (self.wallets / "no wallet").mkdir()
        (self.wallets / "folder" / "wallet.dat").mkdir(parents=True)
        other = self.wallets / "other" / "wallet.dat"
        other.write_bytes(other.read_bytes()[:68] + bytes.fromhex("f9beb4d9") + other.read_bytes()[72:])
        for name, sql in (("newer", "PRAGMA user_version = 1"),
                          ("newer flags", f"UPDATE main SET value = x'{(1 << 34 | 1 << 40).to_bytes(8, 'little').hex()}' WHERE key = x'05666c616773'"),
                          ("old flags", f"UPDATE main SET value = x'{bytes(8).hex()}' WHERE key = x'05666c616773'")):
            database = sqlite3.connect(self.wallets / name / "wallet.dat")
            database.execute(sql)
            database.commit()
            database.close()
        for name, target in (("link", "seed"), ("dangling", "nowhere"), ("to file", "plain"), ("circle", ".."), ("a/up", "..")):
            os.symlink(target, self.wallets / name)

    NAMES = ["", "seed", "seed/", "./seed", "a/b", "a//b", "a/../seed", "../wallets/seed", "..", ".", "/", "//", "old", "noise", "empty",
             "short", "plain", "plain old", "plain/inner", "no wallet", "folder", "other", "newer", "newer flags", "old flags", "link",
             "dangling", "to file", "circle", "a/up/seed", "none", "none/none", "wallet.dat", "seed/wallet.dat", "x" * 200]
    # "" is not for creating; what is created is removed again.
    NEW_NAMES = ["", "seed", "link", "dangling", "to file", "plain", "plain/inner", "plain old", "old", "other", "no wallet", "new", "new/",
                 "n/e/w", "../new", "n/../new", ".new", "..new", "seed/inner", "folder/inner"]

    def each_load(self, node):
        for name in [*self.NAMES, str(self.outside), str(self.outside) + "/", str(self.wallets / "seed"), str(self.wallets / "none"),
                     str(self.wallets / "plain old"), str(self.wallets) + "/../wallets/seed"]:
            yield name, self.ask(node, "loadwallet", name)
            for loaded in node.rpc.listwallets():
                node.rpc.unloadwallet(loaded)

    def each_new(self, node):
        for name in [*self.NEW_NAMES, str(self.folder / "out" / "side")]:
            before = set(self.folder.rglob("*"))
            yield name, self.ask(node, "createwallet", name)
            for loaded in node.rpc.listwallets():
                node.rpc.unloadwallet(loaded)
            made = {path for path in set(self.folder.rglob("*")) - before if "wallet" in str(path) or "side" in str(path) or "out" in str(path)}
            for path in sorted(made, reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()

    def results(self, kind):
        node = self.open(kind, "-nowallet")
        result = {("list",): self.ask(node, "listwalletdir")}
        for name, answer in self.each_load(node):
            result["load", name] = answer
        for name, answer in self.each_new(node):
            result["create", name] = answer
        result["list again",] = self.ask(node, "listwalletdir")
        node.stop()
        return result

    def test_side_by_side(self):
        self.lay_out()
        theirs, ours = self.results(reference.ReferenceNode), self.results(framework.Node)
        different = {}
        for key, expected in theirs.items():
            got = ours[key]
            if isinstance(expected, tuple) and isinstance(got, tuple):
                # Ours may say more.
                same = expected[0] == got[0] and (got[1].startswith(expected[1]) or key in self.OTHER_WORDS)
            else:
                same = expected == got
            if not same:
                different[key] = (expected, got)
        self.assertEqual(different, {}, "\n".join(f"{key}:\n  theirs {a}\n  ours   {b}" for key, (a, b) in different.items()))

    # Where only the code is compared: the reference's words are those of a library, or of a later step.
    OTHER_WORDS = {("create", "plain"), ("create", "plain/inner"), ("create", "other")}

    def test_there_and_back(self):
        """A wallet in each place, made by one program, used by the other, and used by the first again."""
        names = ["w", "a/b", str(self.outside), ""]
        for first, second in ((reference.ReferenceNode, framework.Node), (framework.Node, reference.ReferenceNode)):
            shutil.rmtree(self.datadir, True)
            shutil.rmtree(self.outside, True)
            node = self.open(first)
            for name in names[:-1]:
                node.rpc.createwallet(name)
            node.rpc.createwallet("tmp")
            node.rpc.unloadwallet("tmp")
            shutil.move(self.wallets / "tmp" / "wallet.dat", self.wallets / "wallet.dat")
            node.rpc.loadwallet("")
            addresses = {name: node.rpc.wallet(name).getnewaddress("label", "bech32m") for name in names}
            node.stop()
            for kind in (second, first):
                node = self.open(kind)
                self.assertEqual(node.rpc.listwallets(), [""])
                for name in names[:-1]:
                    node.rpc.loadwallet(name)
                for name in names:
                    wallet = node.rpc.wallet(name)
                    self.assertTrue(wallet.getaddressinfo(addresses[name])["ismine"], name)
                    self.assertNotIn(wallet.getnewaddress("label", "bech32m"), addresses.values())
                    self.assertEqual(wallet.getaddressesbylabel("label")[addresses[name]], {"purpose": "receive"})
                node.stop()


if __name__ == "__main__":
    reference.main()
