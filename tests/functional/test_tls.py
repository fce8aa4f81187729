#!/usr/bin/env python3
"""Programs on different machines (-ipcbind=tls:…, -ipcconnect=tls:…), whose certificates know each other."""
import hashlib
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
import unittest

import framework
import network
from framework import RpcError, spend_true, wait_until


def fingerprint(pem):
    """Of the certificate in the file PEM."""
    text = pem.read_text()
    certificate = text[text.index("-----BEGIN CERTIFICATE-----"):]
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate)).hexdigest()


def write_secret(path, text):
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)


class TlsTest(framework.NodeTest):
    def make_identity(self, folder, role):
        """A client makes its identity when it first uses it; all programs have the same kind."""
        maker = self.folder / "maker" / str(time.monotonic_ns())
        address = f"tls:127.0.0.1:{framework.free_port()}"
        self.write_pairing(maker, "cli", f"[program 1]\naddress={address}", "00" * 32, "observe")
        subprocess.run([str(framework.program("moneyrocket-cli")), f"-datadir={maker}", "-regtest", f"-ipcconnect={address}",
                        "getblockcount"], capture_output=True, timeout=framework.PATIENCE)
        target = folder / "regtest" / f"{role}-identity.pem"
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copy2(maker / "regtest" / "cli-identity.pem", target)
        return fingerprint(target)

    @staticmethod
    def write_pairing(folder, program, head, other, role):
        write_secret(folder / "regtest" / f"{program}-pairings.conf",
                     f"{head}\nfingerprint={other}\nname=other\nrole={role}\nsince=1\n")

    def pair(self, node, client_folder, client, address, role="wallet"):
        """As if CLIENT ("wallet", "cli") had been paired with NODE."""
        own = self.make_identity(client_folder, client)
        other = self.make_identity(node.folder, "node")
        self.write_pairing(node.folder, "node", "[client 1]", own, role)
        self.write_pairing(client_folder, client, f"[program 1]\naddress={address}", other, role)

    def start_wallet(self, folder, address, *args, preexec_fn=None):
        output = open(self.folder / f"{folder.name}-output", "ab")
        self.addCleanup(output.close)
        process = subprocess.Popen([str(framework.program("moneyrocket-wallet")), f"-datadir={folder}", "-regtest",
                                    f"-ipcconnect={address}", "-fallbackfee=0.0002", *args], stdin=subprocess.DEVNULL,
                                   stdout=output, stderr=output, preexec_fn=preexec_fn)
        self.addCleanup(self.end, process, signal.SIGKILL)
        return process

    @staticmethod
    def end(process, number=signal.SIGTERM):
        if process.poll() is None:
            process.send_signal(number)
        return process.wait(framework.PATIENCE)

    @staticmethod
    def has(call):
        """Whether CALL succeeds, which it does not while the wallet is connecting or catching up."""
        try:
            return call()
        except RpcError as error:
            if error.code not in (-4, -18, -28, -32601, -32603):
                raise
            return False


class ClientTest(TlsTest):
    def setUp(self):
        super().setUp()
        self.port = framework.free_port()
        self.address = f"tls:127.0.0.1:{self.port}"
        self.node = self.make_node(f"-ipcbind={self.address}")
        self.client = self.folder / "client"
        self.client.mkdir()

    def cli(self, *args):
        return subprocess.run([str(framework.program("moneyrocket-cli")), f"-datadir={self.client}", "-regtest",
                               f"-ipcconnect={self.address}", *args], capture_output=True, text=True, timeout=framework.PATIENCE)

    def test_cli(self):
        """The client calls a node that it is paired with, and no other one; what its role may not do is refused."""
        done = self.cli("getblockcount")
        self.assertEqual(done.returncode, 1)
        self.assertIn("not paired", done.stderr)
        self.pair(self.node, self.client, "cli", self.address, "operate")
        self.node.start()
        done = self.cli("getblockcount")
        self.assertEqual((done.returncode, done.stdout), (0, "0\n"), done.stderr)
        self.node.stop()
        self.pair(self.node, self.client, "cli", self.address, "observe")
        self.node.start()
        done = self.cli("getblockcount")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        # Another program at the same address.
        self.node.stop()
        self.make_identity(self.node.folder, "node")
        self.node.start()
        done = self.cli("getblockcount")
        self.assertEqual(done.returncode, 1)
        self.assertIn("another certificate", done.stderr)

    def test_unknown(self):
        """A client that the node does not know gets nothing, and others are not disturbed."""
        self.pair(self.node, self.client, "cli", self.address, "operate")
        stranger = self.folder / "stranger"
        own = self.make_identity(stranger, "cli")
        shutil.copy2(self.client / "regtest" / "cli-pairings.conf", stranger / "regtest" / "cli-pairings.conf")
        self.node.start()
        done = subprocess.run([str(framework.program("moneyrocket-cli")), f"-datadir={stranger}", "-regtest",
                               f"-ipcconnect={self.address}", "getblockcount"], capture_output=True, text=True,
                              timeout=framework.PATIENCE)
        self.assertEqual((done.returncode, done.stdout), (1, ""), own)
        self.node.wait_for_log("is refused: its certificate is not that of a paired program")
        self.assertEqual(self.cli("getblockcount").stdout, "0\n")

    def test_in_use(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", self.port))
            other.listen()
            self.node.start(wait=False)
            self.assertNotEqual(self.node.wait_for_exit(), 0)
        self.assertIn("another program is listening there", self.node.errors())

    @unittest.skipIf(shutil.which("openssl") is None, "openssl is not installed")
    def test_other_implementation(self):
        """OpenSSL sees TLS 1.3, and nothing without the right certificate; it gets no older version."""
        self.pair(self.node, self.client, "cli", self.address, "operate")
        self.node.start()
        identity = self.client / "regtest" / "cli-identity.pem"
        stranger = self.folder / "stranger"
        self.make_identity(stranger, "cli")
        connect = ["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}"]

        def run(*args):
            done = subprocess.run([*connect, *args], input="", capture_output=True, text=True, timeout=framework.PATIENCE)
            return done.stdout + done.stderr

        def log_count(text):
            return self.node.log().count(text)

        self.assertIn("TLSv1.3", run("-cert", str(identity), "-key", str(identity)))
        self.assertEqual(log_count("is refused"), 0)
        self.assertNotRegex(run("-tls1_2", "-cert", str(identity), "-key", str(identity)), r"Cipher is (?!\(NONE\))")
        wait_until(lambda: log_count("is refused") == 1, "the refusal of an old version")
        run()
        wait_until(lambda: log_count("did not send a certificate") == 1, "the refusal of a client without a certificate")
        other = str(stranger / "regtest" / "cli-identity.pem")
        run("-cert", other, "-key", other)
        self.node.wait_for_log("is refused: its certificate is not that of a paired program")


@unittest.skipIf(network.unavailable() is not None, network.unavailable())
class NetworkTest(TlsTest):
    """A wallet on another machine, over a slow network that loses packets."""

    def setUp(self):
        super().setUp()
        self.network = network.Network()
        self.addCleanup(self.network.close)
        self.port = framework.free_port()
        self.address = f"tls:{network.NEAR}:{self.port}"
        self.far = self.folder / "far"

    def start(self, *args):
        node = self.make_node(f"-ipcbind={self.address}", *args)
        self.pair(node, self.far, "wallet", self.address)
        node.start()
        # The wallet checks by itself who calls.
        write_secret(self.far / "regtest" / ".cookie", (node.network_folder / ".cookie").read_text())
        return node

    def start_far_wallet(self, *args):
        return self.start_wallet(self.far, self.address, *args, preexec_fn=self.network.enter_far)

    def log(self):
        return (self.far / "regtest" / "wallet.log").read_text()

    def test_catch_up_and_outage(self):
        """It catches up; a network that goes away for some seconds meanwhile is not even noticed: the connection goes on."""
        node = self.start()
        node.rpc.generatetoaddress(20, framework.ADDRESS)
        wallet = self.start_far_wallet()
        wait_until(lambda: self.has(lambda: node.rpc.createwallet("far")), "the wallet program")
        far = node.rpc.wallet("far")
        node.rpc.generatetoaddress(2, far.getnewaddress())
        coins = framework.mine_coins(node, 2)
        wait_until(lambda: far.getbalance() == 100, "the balance")
        self.assertEqual(self.end(wallet), 0)
        # Blocks that are sent in several parts.
        for txid, n, amount in coins:
            data = os.urandom(900000)
            script = b"\x6a\x4e" + len(data).to_bytes(4, "little") + data
            node.rpc.generateblock(framework.ADDRESS, [spend_true([(txid, n)], [(amount, script.hex())])])
        node.rpc.generatetoaddress(300, framework.ADDRESS)
        wallet = self.start_far_wallet("-wallet=far")
        wait_until(lambda: self.log().count("Connected with the node") == 2, "the second connection")
        self.network.cut()
        node.rpc.generatetoaddress(3, framework.ADDRESS)
        time.sleep(6)
        self.network.repair()
        height = node.rpc.getblockcount()
        wait_until(lambda: self.has(lambda: far.getwalletinfo()["lastprocessedblock"]["height"] == height), "the blocks")
        txid = far.sendtoaddress(framework.ADDRESS, 1)
        self.assertIn(txid, node.rpc.getrawmempool())
        self.assertEqual(self.log().count("Connected with the node"), 2)
        self.assertGreater(self.network.lost, 10)
        self.assertEqual(self.end(wallet), 0)
        self.assertEqual(node.stop(), 0)

    def test_half_open(self):
        """When the network stays away, both sides notice, and connect again afterwards."""
        node = self.start("-ipcsilence=3")
        wallet = self.start_far_wallet("-ipcsilence=3")
        wait_until(lambda: self.has(lambda: node.rpc.createwallet("far")), "the wallet program")
        self.network.cut()
        node.rpc.generatetoaddress(1, framework.ADDRESS)
        wait_until(lambda: re.search(r"Client \d+ has disconnected", node.log()), "the node to notice")
        wait_until(lambda: "was lost" in self.log(), "the wallet to notice")
        self.assertFalse(self.has(lambda: node.rpc.wallet("far").getwalletinfo()))
        self.network.repair()
        wait_until(lambda: self.has(lambda: node.rpc.wallet("far").getwalletinfo()["lastprocessedblock"]["height"] == 1),
                   "the wallet to be back")
        self.assertEqual(self.end(wallet), 0)


if __name__ == "__main__":
    framework.main()
