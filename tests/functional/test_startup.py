#!/usr/bin/env python3
"""Starts under unusual conditions: each works, or fails with exit code 1 and a message that contains the reason."""

import json
import os
import shutil
import subprocess
import sys

import framework
from framework import wait_until

NOBODY = 65534


class Startup(framework.NodeTest):
    def refuse(self, node, *texts, args=(), command=None):
        """It must exit by itself with code 1, and its message must contain all of TEXTS."""
        if command is None:
            node.start(*args, wait=False)
            code = node.wait_for_exit()
            errors = node.errors()
        else:
            done = subprocess.run(command, capture_output=True, text=True, timeout=framework.PATIENCE)
            code, errors = done.returncode, done.stderr
        self.assertEqual(code, 1, errors)
        for text in ("Error: ", *texts):
            self.assertIn(text, errors)
        return errors

    def grown(self, *args, **options):
        node = self.start_node(*args, **options)
        node.rpc.generatetoaddress(15, framework.ADDRESS)
        self.tip = node.rpc.getbestblockhash()
        self.coins = node.rpc.gettxoutsetinfo()["hash_serialized_3"]
        self.assertEqual(node.stop(), 0)
        return node

    def check(self, node):
        wait_until(lambda: node.rpc.getbestblockhash() == self.tip, "the tip")
        self.assertEqual(node.rpc.gettxoutsetinfo()["hash_serialized_3"], self.coins)

    def test_console(self):
        """The lines of the log go to standard output, too, unless -printtoconsole or -daemon say otherwise; nothing goes to
        standard error."""
        node = self.make_node()
        for args in ((), ("-printtoconsole=0",)):
            shutil.rmtree(node.network_folder, ignore_errors=True)
            process = subprocess.Popen(node.command(*args), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            wait_until(lambda: (node.network_folder / ".cookie").exists(), "the start")
            process.terminate()
            out, errors = process.communicate(timeout=framework.PATIENCE)
            self.assertEqual((process.returncode, errors), (0, ""))
            self.assertGreater(len(node.log().splitlines()), 3)
            self.assertEqual([line for line in node.log().splitlines() if line not in out], [] if not args else node.log().splitlines())
        self.assertEqual(out, "")
        done = subprocess.run(node.command("-daemonwait"), capture_output=True, text=True, timeout=framework.PATIENCE)
        self.assertEqual((done.returncode, done.stdout), (0, "Moneyrocket starting\n"))
        node.rpc.stop()
        wait_until(lambda: not list(node.network_folder.glob("*.pid")), "the end")

    def test_pid_file(self):
        node = self.make_node("-pid=/nonexistent/x")
        self.assertIn("Error: Unable to create the PID file '/nonexistent/x': No such file or directory (2)", self.refuse(node))

    def test_names(self):
        node = framework.Node(self.folder / "a folder with ‘names’ — ü 日本 %s")
        self.nodes.append(node)
        node.start()
        node.rpc.generatetoaddress(3, framework.ADDRESS)
        node.restart("-reindex")
        wait_until(lambda: node.rpc.getblockcount() == 3, "the blocks")
        self.assertEqual(node.cli("getblockcount"), "3")

    def test_not_writable(self):
        if os.getuid() != 0:
            self.skipTest("another user can only be tried as root")
        node = self.grown()
        self.folder.chmod(0o755)
        as_nobody = [sys.executable, "-c", f"import os, sys; os.setgid({NOBODY}); os.setuid({NOBODY}); "
                     "os.execv(sys.argv[1], sys.argv[1:])", *node.command()]
        probe = subprocess.run(as_nobody[:3] + ["/bin/true"], capture_output=True)
        readable = subprocess.run(as_nobody[:3] + [str(framework.program(framework.DAEMON)), "-version"],
                                  capture_output=True)
        if probe.returncode != 0 or readable.returncode != 0:
            self.skipTest("the program cannot run as another user here")
        self.refuse(node, str(node.folder), "Permission denied", command=as_nobody)  # another user's folder without any permission
        for path in [node.folder, *node.folder.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)
        self.refuse(node, str(node.folder), "Permission denied", command=as_nobody)  # read-only
        # One file that belongs to another user, as after a start with sudo.
        for path in [node.folder, *node.folder.rglob("*")]:
            os.chown(path, NOBODY, NOBODY)
        for name in ("blocks/blk00000.dat", "chainstate/CURRENT", "blocks/xor.dat", ".lock", "debug.log"):
            path = node.network_folder / name
            os.chown(path, 0, 0)
            path.chmod(0o600)
            self.refuse(node, str(path), "Permission denied", command=as_nobody)
            os.chown(path, NOBODY, NOBODY)
        node.start()
        self.check(node)

    def test_missing_parts(self):
        node = self.grown()
        good = self.folder / "good"
        shutil.move(node.network_folder, good)

        def restore(*missing):
            shutil.rmtree(node.network_folder, ignore_errors=True)
            shutil.copytree(good, node.network_folder)
            for name in missing:
                path = node.network_folder / name
                shutil.rmtree(path) if path.is_dir() else path.unlink()

        restore("chainstate")  # rebuilt from the blocks
        node.start()
        self.check(node)
        node.stop()
        restore("blocks")
        errors = self.refuse(node, "Stored data is damaged", "Restart with -reindex ")
        self.assertNotIn("bad-", errors)
        node.start("-reindex")  # no blocks are left
        self.assertEqual(node.rpc.getblockcount(), 0)
        node.stop()
        restore("blocks/index")
        self.refuse(node, "Restart with -reindex ")
        node.start("-reindex")
        self.check(node)
        node.stop()
        restore("blocks/blk00000.dat")
        self.refuse(node, "blk00000.dat is missing", "Restart with -reindex ")
        restore("blocks/rev00000.dat")
        self.refuse(node, "rev00000.dat", "Restart with -reindex ")
        node.start("-reindex")
        self.check(node)
        node.stop()
        self.assertTrue((node.network_folder / "blocks" / "rev00000.dat").exists())
        restore("blocks/xor.dat")
        self.refuse(node, "xor.dat", "Put back the file")

    def test_newer_version(self):
        """Unknown files and folders are left alone."""
        node = self.grown()
        known = node.network_folder / "blocks" / "future.dat"
        known.write_bytes(b"of a later version")
        (node.network_folder / "chainstate2").mkdir()
        (node.network_folder / "settings.json").write_text(json.dumps({"futuresetting": {"a": 1}}))
        node.start()
        self.check(node)
        node.stop()
        node.start("-reindex")
        self.check(node)
        self.assertEqual(known.read_bytes(), b"of a later version")

    def test_damaged_settings(self):
        """The file is named in the error, and left unchanged so that it can be repaired."""
        node = self.grown()
        settings = node.network_folder / "settings.json"
        for text in ("", '{"wallet":["mi', "[]", '{"wallet":["mine"],"wallet":[]}'):
            settings.write_text(text)
            self.refuse(node, "settings.json")
            self.assertEqual(settings.read_text(), text)
        settings.write_text('{"wallet":[]}')
        node.start()
        self.check(node)

    def test_garbage_in_texts(self):
        node = self.grown()
        (node.folder / "bitcoin.conf").write_bytes(b"\xff\x00garbage[[\n=\n")
        (node.folder / "moneyrocket.conf").write_bytes(b"\xff\x00garbage[[\n=\n")
        self.refuse(node, "configuration file: parse error on line 1")
        (node.folder / "bitcoin.conf").unlink()
        (node.folder / "moneyrocket.conf").unlink()
        (node.network_folder / "debug.log").unlink()
        (node.network_folder / "debug.log").mkdir()
        self.refuse(node, "debug.log")
        (node.network_folder / "debug.log").rmdir()
        (node.network_folder / ".cookie").mkdir()
        self.refuse(node, "Unable to start HTTP server")
        self.assertIn(".cookie", node.log())
        (node.network_folder / ".cookie").rmdir()
        node.start()
        self.check(node)

    def test_block_files_of_others(self):
        node = self.grown()
        blocks = self.folder / "main.dat"
        data = (node.network_folder / "blocks" / "blk00000.dat").read_bytes()
        key = (node.network_folder / "blocks" / "xor.dat").read_bytes()
        plain = bytes(b ^ key[i % 8] for i, b in enumerate(data))
        blocks.write_bytes(plain.replace(bytes.fromhex("fabfb5da"), bytes.fromhex("f9beb4d9")))
        empty, garbage, text = self.folder / "empty.dat", self.folder / "garbage.dat", self.folder / "text.dat"
        empty.write_bytes(b"")
        garbage.write_bytes(os.urandom(300000) + bytes.fromhex("fabfb5da") + b"\xff" * 100
                            + bytes.fromhex("fabfb5da50000000") + b"\0" * 70)
        text.write_text("blocks\n" * 1000)
        node.start(*(f"-loadblock={p}" for p in (blocks, *[empty] * 20, garbage, text, self.folder, self.folder / "none.dat")))
        node.wait_for_log(f"Could not open blocks file {self.folder / 'none.dat'}")
        self.check(node)
        self.assertEqual([t["status"] for t in node.rpc.getchaintips()], ["active"])
        node.stop()
        # Instead of our own.
        (node.network_folder / "blocks" / "blk00000.dat").write_bytes(blocks.read_bytes())
        self.refuse(node, "blk00000.dat" if key == bytes(8) else "of another network")

    def test_closed_console(self):
        """Whoever shows the first lines of the log only does not end the node."""
        node = self.make_node()
        process = subprocess.Popen(node.command("-printtoconsole"), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        process.stdout.close()
        wait_until(lambda: (node.network_folder / ".cookie").exists(), "the start")
        process.terminate()
        self.assertEqual(process.wait(framework.PATIENCE), 0)


if __name__ == "__main__":
    framework.main()
