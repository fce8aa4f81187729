#!/usr/bin/env python3
"""Programs of other machines: paired with a code, they connect over TLS and may do what their role allows. Everything else is
refused and logged, and disturbs nobody."""
import hashlib
import http.client
import json
import os
import signal
import subprocess
import time
import unittest

import framework

CODE = r"\A([0-9A-Z]{6}-){13}[0-9A-Z]{6}\n?\Z"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def with_other_secret(code):
    """A code for the same program that it has never shown."""
    numbers = [ALPHABET.index(character) for character in code.replace("-", "")[:78]]
    numbers[-2] ^= 1
    digest = int.from_bytes(hashlib.sha256(b"moneyrocket pairing code" + bytes(numbers)).digest(), "big") >> 226
    return "".join(ALPHABET[n] for n in numbers + [digest >> 5 * i & 31 for i in range(5, -1, -1)])


class Machine:
    """The data directory of another machine."""

    def __init__(self, folder, address):
        self.folder, self.address = folder, address
        folder.mkdir()

    def command(self, name, *args):
        return [str(framework.program(name)), f"-datadir={self.folder}", "-regtest", f"-ipcconnect={self.address}", *args]

    def run(self, name, *args, stdin=""):
        return subprocess.run(self.command(name, *args), input=stdin, capture_output=True, text=True,
                              timeout=framework.PATIENCE)

    def cli(self, *args, stdin=""):
        return self.run("moneyrocket-cli", *args, stdin=stdin)


class PairingTest(framework.NodeTest):
    def start_listening(self, *args, **options):
        self.address = f"tls:127.0.0.1:{framework.free_port()}"
        return self.start_node("-ipcbind=unix", f"-ipcbind={self.address}", *args, **options)

    def machine(self, name):
        return Machine(self.folder / name, self.address)

    def ask(self, node, *option):
        """A code, as `moneyrocket-node -ipcpair` prints it."""
        done = subprocess.run(node.command(*(option or ["-ipcpair"])), capture_output=True, text=True,
                              timeout=framework.PATIENCE)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, CODE)
        return done.stdout.strip()

    def ask_on_terminal(self, node):
        """What it prints there, for people."""
        ours, theirs = os.openpty()
        with open(ours, "rb", buffering=0) as terminal:
            done = subprocess.run(node.command("-ipcpair=observe"), stdout=theirs, stderr=subprocess.PIPE,
                                  timeout=framework.PATIENCE)
            os.close(theirs)
            shown = b""
            while chunk := self.read_some(terminal):
                shown += chunk
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        return shown.decode().replace("\r\n", "\n")

    @staticmethod
    def read_some(terminal):
        try:
            return terminal.read(65536)
        except OSError:  # nobody has the other end
            return b""

    def assert_fails(self, done, text):
        self.assertEqual(done.returncode, 1, done)
        self.assertIn(text, done.stderr)

    def pair_cli(self, machine, code):
        done = machine.cli("pair", stdin=code + "\n")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def test_client(self):
        node = self.start_listening()
        laptop = self.machine("laptop")
        # Before they are paired, and with a code of nobody.
        self.assert_fails(laptop.cli("getblockcount"), "not paired")
        self.assert_fails(laptop.cli("getblockcount"), "the word pair")
        self.assert_fails(laptop.cli("pair", stdin="12345\n"), "Enter all of it")
        code = self.ask(node, "-ipcpair=operate")
        self.assert_fails(laptop.cli("pair", stdin=with_other_secret(code)), "Ask for a new one")
        node.wait_for_log("has tried to pair with a wrong code")
        # As typed, on several lines.
        typed = "\n".join(code[i:i + 35] for i in range(0, len(code), 35)).lower().replace("-", " ")
        self.assertEqual(self.pair_cli(laptop, typed), f"Paired with the node at {self.address}, with the role operate.\n")
        self.assertEqual(laptop.cli("getblockcount").stdout, "0\n")
        # The same code once more, from another machine.
        other = self.machine("other")
        self.assert_fails(other.cli("pair", stdin=code), "Ask for a new one")
        # It is listed, renamed and revoked.
        pairing, = node.rpc.listipcpairings()
        self.assertEqual((pairing["role"], pairing["connected"]), ("operate", False))
        self.assertLess(abs(pairing["since"] - time.time()), 600)
        node.rpc.renameipcclient(pairing["fingerprint"], "my laptop")
        self.assert_rpc_error(-8, "invisible", node.rpc.renameipcclient, pairing["fingerprint"], "a\u202eb")
        self.assert_rpc_error(-8, "64 hex digits", node.rpc.revokeipcclient, "12")
        self.assert_rpc_error(-8, "is paired", node.rpc.revokeipcclient, "12" * 32)
        node.restart()
        self.assertEqual([p["name"] for p in node.rpc.listipcpairings()], ["my laptop"])
        clients = json.loads(laptop.cli("listipcclients").stdout)
        self.assertEqual([(c["address"], c["program"], c["name"], c["role"]) for c in clients],
                         [("tls", "cli", "my laptop", "operate")])
        node.rpc.revokeipcclient(pairing["fingerprint"])
        self.assertEqual(node.rpc.listipcpairings(), [])
        self.assertNotEqual(laptop.cli("getblockcount").returncode, 0)
        node.wait_for_log("not that of a paired program")
        self.assertNotIn(code.replace("-", ""), node.log().replace("-", ""))
        self.assertEqual(node.stop(), 0)

    def test_codes(self):
        """Cancelled, replaced, and tried too often."""
        node = self.start_listening()
        laptop = self.machine("laptop")
        self.assert_rpc_error(-8, "observe, operate or wallet", node.rpc.createipcpairing, "spend")
        first = node.rpc.createipcpairing("observe")
        self.assertEqual(first["seconds"], 600)
        self.assertIs(node.rpc.cancelipcpairing(), True)
        self.assertIs(node.rpc.cancelipcpairing(), False)
        self.assert_fails(laptop.cli("pair", stdin=first["code"]), "Ask for a new one")
        code = node.rpc.createipcpairing("observe")["code"]
        self.assert_fails(laptop.cli("pair", stdin=first["code"]), "Ask for a new one")
        for _ in range(4):
            self.assert_fails(laptop.cli("pair", stdin=with_other_secret(code)), "Ask for a new one")
        node.wait_for_log("the code is void")
        self.assert_fails(laptop.cli("pair", stdin=code), "Ask for a new one")
        self.assertEqual(node.rpc.listipcpairings(), [])
        # With the least of rights, from a terminal with a QR code.
        shown = self.ask_on_terminal(node)
        self.assertGreater(sum(shown.count(block) for block in "█▀▄"), 300)
        self.pair_cli(laptop, "\n".join(line for line in shown.splitlines() if line.startswith("    ")))
        self.assert_fails(laptop.cli("getblockcount"), "Execute")
        self.assertEqual(node.rpc.getblockcount(), 0)
        # Another certificate: there, and here.
        self.assertEqual(node.stop(), 0)
        identity = node.network_folder / "node-identity.pem"
        kept = identity.read_bytes()
        identity.unlink()
        node.start()
        self.assert_fails(laptop.cli("getblockcount"), "another certificate")
        self.assertEqual(node.stop(), 0)
        identity.write_bytes(kept[:200])
        self.assertEqual(node.start(wait=False).wait_for_exit(), 1)
        self.assertIn("Restore the file from a backup, or delete it", node.errors())

    def test_wallet(self):
        """A wallet on another machine than its node; when its pairing is revoked, it loses the node at once."""
        node = self.start_listening()
        machine = self.machine("wallet")
        done = machine.run("moneyrocket-wallet")
        self.assert_fails(done, "-ipcpair=code")
        done = machine.run("moneyrocket-wallet", "-ipcpair=code", stdin=self.ask(node))
        self.assertEqual((done.returncode, done.stdout),
                         (0, f"Paired with the node at {self.address}, with the role wallet.\n"), done.stderr)
        port = framework.free_port()
        wallet = subprocess.Popen(machine.command("moneyrocket-wallet", "-server", f"-rpcport={port}", "-ipcbind=unix",
                                                  f"-ipcbind=tls:127.0.0.1:{framework.free_port()}"),
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(wallet.kill)
        rpc = framework.Rpc(port, lambda: (machine.folder / "regtest" / f".cookie.{port}").read_text())

        def create():
            try:
                return rpc.createwallet("far")["name"] == "far"
            except (OSError, http.client.HTTPException):
                return False
            except framework.RpcError as error:
                if error.code != -28:
                    raise
                return False

        framework.wait_until(create, "the wallet program")
        node.rpc.generatetoaddress(1, rpc.getnewaddress())
        node.rpc.generatetoaddress(100, framework.ADDRESS)
        framework.wait_until(lambda: rpc.getbalance() == 50, "the balance")
        client, = [c for c in node.rpc.listipcclients() if c["program"] == "wallet"]
        self.assertEqual((client["address"], client["role"]), ("tls", "wallet"))
        node.rpc.revokeipcclient(client["fingerprint"])
        framework.wait_until(lambda: not [c for c in node.rpc.listipcclients() if c["program"] == "wallet"], "its end")
        node.rpc.generatetoaddress(1, framework.ADDRESS)
        self.assertEqual(rpc.getwalletinfo()["lastprocessedblock"]["height"], 101)
        self.assertEqual(node.rpc.getblockcount(), 102)
        # Others can be paired with the wallet, too.
        self.assert_rpc_error(-8, "observe or spend", rpc.createipcpairing, "operate")
        self.assertRegex(rpc.createipcpairing("spend")["code"], CODE)
        self.assertRegex(machine.run("moneyrocket-wallet", "-ipcpair=spend").stdout, CODE)
        self.assert_fails(machine.run("moneyrocket-wallet", "-ipcpair=operate"), "observe or spend")
        self.assertEqual(rpc.listipcpairings(), [])
        wallet.send_signal(signal.SIGTERM)
        self.assertEqual(wallet.wait(framework.PATIENCE), 0)
        self.assertEqual(node.stop(), 0)

    def test_start(self):
        """A node that is not running yet shows the code when it listens; one that accepts no other machines makes none."""
        node = self.make_node()
        done = subprocess.run(node.command("-ipcpair"), capture_output=True, text=True, timeout=framework.PATIENCE)
        self.assert_fails(done, "-ipcbind=tls:HOST:PORT")
        self.address = f"tls:127.0.0.1:{framework.free_port()}"
        done = subprocess.run(node.command("-ipcpair", "-daemon", f"-ipcbind={self.address}"), capture_output=True, text=True,
                              timeout=framework.PATIENCE)
        self.assert_fails(done, "without -daemon")
        node.process = subprocess.Popen(node.command("-ipcpair=observe", f"-ipcbind={self.address}", "-printtoconsole=0"),
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.addCleanup(node.process.stdout.close)
        code = node.process.stdout.readline().strip()
        self.assertRegex(code, CODE)
        self.assertIn("with the role observe", self.pair_cli(self.machine("laptop"), code))
        node.wait_for_rpc()
        self.assertEqual(node.stop(), 0)
        self.assertEqual(node.start("-ipcbind=unix").rpc.getblockcount(), 0)
        done = subprocess.run(node.command("-ipcpair"), capture_output=True, text=True, timeout=framework.PATIENCE)
        self.assert_fails(done, "-ipcbind=tls:HOST:PORT")
        self.assert_rpc_error(-1, "-ipcbind=tls:HOST:PORT", node.rpc.createipcpairing, "observe")


if __name__ == "__main__":
    framework.main()
