#!/usr/bin/env python3
"""Wallets that keep coins apart that come to addresses that were spent from (avoid_reuse)."""
import sqlite3
from decimal import Decimal

import framework
from wallet_base import AWAY, WalletBase

FLAGS = b"\x05flags"


class Reuse(WalletBase):
    def setUp(self):
        super().setUp()
        self.node = self.start_with_wallet("funds", "one")
        self.funds, self.one = self.node.rpc.wallet("funds"), self.node.rpc.wallet("one")
        self.fund(self.funds, 3)

    def set_flag(self):
        self.assertEqual(self.one.setwalletflag("avoid_reuse")["flag_state"], True)

    def pay(self, wallet, address, amount, **named):
        txid = wallet.sendtoaddress(address=address, amount=amount, fee_rate=5, **named)
        self.in_mempool(wallet, txid)
        self.node.rpc.generatetoaddress(1, framework.ADDRESS)
        return txid

    def reuse(self, again=Decimal("0.2")):
        """5 to an address, 1 of it paid, AGAIN to the same address."""
        address = self.one.getnewaddress()
        self.pay(self.funds, address, 5)
        self.pay(self.one, AWAY, 1)
        self.pay(self.funds, address, again)
        return address

    def test_create(self):
        """A new wallet with the flag has keys like any other one."""
        self.node.rpc.createwallet("new", avoid_reuse=True)
        wallet = self.node.rpc.wallet("new")
        info = wallet.getwalletinfo()
        self.assertEqual((info["avoid_reuse"], info["blank"], info["keypoolsize"] > 0), (True, False, True))
        self.assertTrue(wallet.getaddressinfo(wallet.getnewaddress())["ismine"])
        self.assert_rpc_error(-4, "Private keys must be disabled when using an external signer",
                              self.node.rpc.createwallet, "x", external_signer=True)
        self.assert_rpc_error(-4, "Passphrase provided but private keys are disabled.", self.node.rpc.createwallet, "x", True,
                              passphrase="p")

    def test_flag(self):
        call = self.one.setwalletflag
        self.assert_rpc_error(-8, "Unknown wallet flag: abc", call, "abc")
        self.assert_rpc_error(-8, "Wallet flag is immutable: disable_private_keys", call, "disable_private_keys")
        self.assert_rpc_error(-8, "Wallet flag is already set to false: avoid_reuse", call, "avoid_reuse", False)
        answer = call("avoid_reuse")
        self.assertEqual(list(answer), ["flag_name", "flag_state", "warnings"])
        self.assertIn("rescan the blockchain", answer["warnings"])
        self.assertTrue(self.one.getwalletinfo()["avoid_reuse"])
        self.assert_rpc_error(-8, "Wallet flag is already set to true: avoid_reuse", call, "avoid_reuse", True)
        self.assertEqual(call("avoid_reuse", False), {"flag_name": "avoid_reuse", "flag_state": False})
        self.assertFalse(self.one.getwalletinfo()["avoid_reuse"])
        call("avoid_reuse")
        self.one.unloadwallet()
        with sqlite3.connect(f"file:{self.file_of(self.node, 'one')}?mode=ro", uri=True) as db:
            value, = db.execute("SELECT value FROM main WHERE key = ?", (FLAGS,)).fetchone()
        self.assertEqual(value[0] & 1, 1)

    def test_created(self):
        rpc = self.node.rpc
        rpc.createwallet(wallet_name="apart", avoid_reuse=True)
        apart = rpc.wallet("apart")
        self.assertTrue(apart.getwalletinfo()["avoid_reuse"])
        self.assertEqual(apart.getbalances()["mine"]["used"], 0)
        self.assertTrue(apart.getaddressinfo(apart.getnewaddress())["ismine"])

    def test_kept_apart(self):
        self.set_flag()
        address = self.reuse()
        clean = self.one.getbalance()
        mine = self.one.getbalances()["mine"]
        self.assertEqual(list(mine), ["trusted", "untrusted_pending", "immature", "nonmempool", "used"])
        self.assertEqual((mine["trusted"], mine["used"]), (clean, Decimal("0.2")))
        self.assertEqual(self.one.getbalance("*", 0, False, False), clean + Decimal("0.2"))
        coins = {coin["address"]: coin["reused"] for coin in self.one.listunspent()}
        self.assertEqual(coins.pop(address), True)
        self.assertEqual(set(coins.values()), {False})
        send = self.one.sendtoaddress
        self.assert_rpc_error(-6, "Insufficient funds", send, address=AWAY, amount=Decimal("4.1"), fee_rate=5)
        self.assert_rpc_error(-6, "Insufficient funds", send, address=AWAY, amount=Decimal("4.1"), fee_rate=5, avoid_reuse=True)
        self.pay(self.one, AWAY, Decimal("4.1"), avoid_reuse=False)
        self.assertEqual(self.one.getbalances()["mine"]["used"], 0)

    def test_restart(self):
        """What was spent from is remembered, and found again by a rescan."""
        self.set_flag()
        self.reuse()
        before = self.one.getbalances()
        self.node.restart()
        self.ready(self.node)
        self.node.rpc.loadwallet("one")
        one = self.node.rpc.wallet("one")
        self.assertEqual(one.getbalances(), before)
        one.setwalletflag("avoid_reuse", False)
        self.assertNotIn("used", one.getbalances()["mine"])
        self.assertEqual(one.getbalance(), before["mine"]["trusted"] + before["mine"]["used"])

    def test_set_later(self):
        """Earlier payments count after a rescan."""
        self.reuse()
        self.set_flag()
        self.assertEqual(self.one.getbalances()["mine"]["used"], 0)
        self.one.rescanblockchain()
        self.assertEqual(self.one.getbalances()["mine"]["used"], Decimal("0.2"))

    def test_spent_together(self):
        """All coins of an address are spent by the payment that spends one of them."""
        self.set_flag()
        one, other = self.one.getnewaddress(), self.one.getnewaddress()
        for address in (one, other) * 5:
            self.funds.sendtoaddress(address=address, amount=1, fee_rate=5)
        self.node.rpc.generatetoaddress(1, framework.ADDRESS)
        self.assertEqual(self.one.getbalance(), 10)
        txid = self.pay(self.one, AWAY, Decimal("0.5"))
        inputs = self.one.gettransaction(txid, False, True)["decoded"]["vin"]
        self.assertEqual(len(inputs), 5)
        self.assertEqual(self.one.getbalances()["mine"]["used"], 0)


if __name__ == "__main__":
    framework.main()
