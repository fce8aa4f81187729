"""WalletManager1.List: every wallet with what it is, so that an application can offer those that can be opened."""
import pathlib
import shutil
import sqlite3
import tempfile
import unittest

import peer
from peer import Failed

ERROR = "org.moneyrocket.Error."
MANAGER = "/org/moneyrocket/WalletManager"
LEGACY = bytes(12) + bytes.fromhex("62310500") + b"\x09" + bytes(8175)


class ListTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="moneyrocket-bus-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.wallets = self.folder / "regtest" / "wallets"

    def ready(self):
        worker = peer.Worker("moneyrocket-wallet", str(self.folder))
        self.addCleanup(worker.stop)
        peer.wait_until(lambda: worker.bus.get(MANAGER, "WalletManager1", "Ready"))
        return worker

    def call(self, worker, method, name):
        return worker.bus.call(MANAGER, "WalletManager1." + method, "(sa{sv})", name, {})

    def list(self, worker):
        """Of each wallet: "loaded", what is wrong with it, or None."""
        rows = worker.bus.call(MANAGER, "WalletManager1.List", "(a{sv})", {})[0]
        for row in rows:
            self.assertEqual("reason" in row, "problem" in row)
        return {row["name"]: "loaded" if "wallet" in row else row.get("problem", "").replace(ERROR, "") or None for row in rows}

    def copy(self, name):
        target = self.wallets / name / "wallet.dat"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.wallets / "seed" / "wallet.dat", target)
        return target

    def assert_load_fails(self, worker, name, error):
        with self.assertRaises(Failed) as caught:
            self.call(worker, "Load", name)
        self.assertEqual(caught.exception.name, ERROR + error, caught.exception)

    def test_list(self):
        worker = self.ready()
        self.call(worker, "Create", "seed")
        self.call(worker, "Unload", "seed")
        self.copy("")
        self.copy("a/b")
        newer = sqlite3.connect(self.copy("newer"))
        newer.execute("PRAGMA user_version = 1")
        newer.commit()
        newer.close()
        flags = sqlite3.connect(self.copy("newer flags"))
        flags.execute("UPDATE main SET value = ? WHERE key = ?", ((1 << 34 | 1 << 40).to_bytes(8, "little"), b"\x05flags"))
        flags.commit()
        flags.close()
        other = self.copy("other")
        other.write_bytes(other.read_bytes()[:68] + bytes.fromhex("f9beb4d9") + other.read_bytes()[72:])
        for name, content in (("old", LEGACY), ("noise", b"noise" * 2000), ("empty", b"")):
            self.copy(name).write_bytes(content)
        damaged = self.copy("damaged")
        good = damaged.read_bytes()
        damaged.write_bytes(good[:4096] + bytes(4096) + good[8192:])
        expected = {"": None, "a/b": None, "seed": None, "newer": None, "newer flags": None, "damaged": None,
                    "old": "WalletLegacy", "other": "WalletOtherNetwork", "noise": "WalletUnknown", "empty": "WalletUnknown"}
        self.assertEqual(self.list(worker), expected)

        # What only loading finds is listed afterwards, until the file changes.
        for name, error in (("old", "WalletLegacy"), ("other", "WalletOtherNetwork"), ("noise", "WalletUnknown"),
                            ("newer", "WalletNewer"), ("newer flags", "WalletNewer"), ("damaged", "WalletDamaged"),
                            ("none", "WalletNotFound"), ("a", "WalletUnknown"), ("../seed", "InvalidName")):
            self.assert_load_fails(worker, name, error)
        expected.update({"newer": "WalletNewer", "newer flags": "WalletNewer", "damaged": "WalletDamaged"})
        self.assertEqual(self.list(worker), expected)
        damaged.write_bytes(good)
        expected["damaged"] = None
        self.assertEqual(self.list(worker), expected)

        for name in ("", "a/b", "damaged"):
            self.call(worker, "Load", name)
            expected[name] = "loaded"
        self.assertEqual(self.list(worker), expected)

    def test_startup(self):
        """A wallet of the start that cannot be loaded is listed with the reason, wherever it is."""
        worker = self.ready()
        self.call(worker, "Create", "seed")
        self.call(worker, "Create", "gone")
        worker.stop()
        elsewhere = self.folder / "elsewhere"
        shutil.move(self.wallets / "seed", elsewhere)
        worker = self.ready()
        self.assertEqual(self.list(worker), {"seed": "WalletNotFound", "gone": "loaded"})
        self.call(worker, "Load", str(elsewhere))
        self.call(worker, "Unload", "gone")
        self.assertEqual(self.list(worker), {"seed": "WalletNotFound", "gone": None, str(elsewhere): "loaded"})
        worker.stop()
        worker = self.ready()
        self.assertEqual(self.list(worker)[str(elsewhere)], "loaded")


if __name__ == "__main__":
    unittest.main()
