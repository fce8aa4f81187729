#!/usr/bin/python3
"""Under the reference's name the application takes the reference's default folder, configuration file and file names."""
import os
import pathlib
import tempfile
import unittest

import driver

driver.inside()


class ClassicTest(unittest.TestCase):
    def test_folder(self):
        with tempfile.TemporaryDirectory() as home:
            home = pathlib.Path(home)
            name = home / "bitcoin-qt"
            os.symlink(driver.PROGRAM, name)
            folder = home / ".bitcoin"
            folder.mkdir()
            (folder / "moneyrocket.conf").write_text("regtest=1\nnonsense\n")
            (folder / "bitcoin.conf").write_text("regtest=1\n[regtest]\nuacomment=from the file\nkeypool=3\n")
            with driver.Application(folder, program=name, environment={"HOME": str(home)}, named=False) as app:
                app.click("Get started")
                app.click("Create wallet")
                app.click("Open wallet")
                app.expect("Up to date")
                log = (folder / "regtest" / "debug.log").read_text()
                self.assertIn('uacomment="from the file"', log)
                self.assertTrue((folder / "regtest" / "bitcoind.pid").exists())
                self.assertTrue(list((folder / "regtest" / "wallets").rglob("wallet.dat")))
            self.assertFalse((home / ".moneyrocket").exists())

    def test_new_folder(self):
        """The folder need not exist."""
        with tempfile.TemporaryDirectory() as home:
            home = pathlib.Path(home)
            name = home / "bitcoin-qt"
            os.symlink(driver.PROGRAM, name)
            folder = home / ".bitcoin"
            with driver.Application(folder, "-regtest", program=name, environment={"HOME": str(home)}, named=False) as app:
                app.click("Get started")
                app.expect("Create wallet")
                self.assertTrue((folder / "regtest" / "wallets").is_dir())
            self.assertFalse((home / ".moneyrocket").exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
