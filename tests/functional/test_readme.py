#!/usr/bin/env python3
"""The commands in README.md, as they stand there: each is run, in their order, by a shell whose home and runtime folder are
temporary, in a network and process namespace of its own, so that neither ports nor files of the user are touched."""
import fcntl
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("MONEYROCKET_BUILD", ROOT / "build"))
SETTLING = 2  # seconds that a program has before the next command; none depends on it
PATIENCE = float(os.environ.get("MONEYROCKET_TEST_PATIENCE", "60"))
ALONE = ["unshare", "--map-root-user", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
# The first process is a shell, since the display server announces to its parent that it is ready, unless that is the first one.
SCREEN = ["sh", "-c", '"$@"; exit $?', "sh", "xvfb-run", "-a", "-s", "-screen 0 1400x1000x24 -nolisten tcp"]

# What is not run here, since it is everything: the tour and the tests are tests of their own.
EVERYTHING = {"./run", "./run test"}
# They run until they are stopped, beside the commands after them.
STAYING = re.compile(r"^(\./run (gui|wallet)\b|busctl .* monitor$)")
# Of these, those that a person ends, not another command.
ENDED = re.compile(r"^(\./run gui\b|busctl)")

# What is done on another machine: in another home. It reaches the first one at an address that is documented as an example.
ELSEWHERE = re.compile(r"-ipcconnect=tls:")
EXAMPLE = "192.0.2.1"
# The output of the first is entered in the second.
SHOWS_CODE, ASKS_FOR_CODE = re.compile(r"-ipcpair(=\w+)?$"), re.compile(r" pair$")

# A file of blocks: the first one of the test network.
MAGIC = bytes.fromhex("0b110907")
GENESIS = bytes.fromhex(
    "01000000" + "00" * 32 + "3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4adae5494dffff001d1aa4ae180101000000"
    "01" + "00" * 32 + "ffffffff4d04ffff001d0104455468652054696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e"
    "6b206f66207365636f6e64206261696c6f757420666f722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105c"
    "d6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000")


def commands(text):
    """The lines of every block of code."""
    found = []
    fenced = False
    for line in text.splitlines():
        if line.startswith("```"):
            fenced = not fenced
        elif fenced or line.startswith("    "):
            found.append(line.strip())
    return [line for line in found if line]


# ---- inside of the namespaces ----

def raise_loopback():
    """With the address of the example."""
    with socket.socket() as s:
        fcntl.ioctl(s, 0x8914, struct.pack("16sh14x", b"lo", 1))  # SIOCSIFFLAGS, IFF_UP
        fcntl.ioctl(s, 0x8916, struct.pack("16sHH4s8x", b"lo:1", socket.AF_INET, 0, socket.inet_aton(EXAMPLE)))  # SIOCSIFADDR


def run_here(command, folder, entered):
    """A person who sees that a program is still starting tries again."""
    end = time.monotonic() + PATIENCE
    environment = dict(os.environ, HOME=os.environ["HOME"] + "-elsewhere") if ELSEWHERE.search(command) else None
    while True:
        done = subprocess.run(["bash", "-c", command], cwd=folder, input=entered, capture_output=True, text=True, timeout=2 * PATIENCE,
                              env=environment)
        if done.returncode == 0 or time.monotonic() > end:
            return {"command": command, "code": done.returncode, "output": done.stdout, "errors": done.stderr}
        time.sleep(0.3)


def wait_for_end():
    """After `stop`, until the node has ended, so that another one can start."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and subprocess.run(["pgrep", "-f", "moneyrocket-node .*-regtest"], capture_output=True).returncode == 0:
        time.sleep(0.1)


class Session:
    """Runs the commands one after the other; the results are written as JSON."""

    def __init__(self, folder):
        self.folder = folder
        self.staying = []
        self.results = []
        self.code = ""

    def start(self, command):
        output = tempfile.TemporaryFile("w+")
        process = subprocess.Popen(["bash", "-c", "exec " + command], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=output,
                                   stderr=subprocess.STDOUT)
        self.staying.append((command, process, output))
        time.sleep(SETTLING)

    def run(self, command):
        if STAYING.search(command):
            self.start(command)
            return
        self.results.append(run_here(command, self.folder, self.code if ASKS_FOR_CODE.search(command) else ""))
        if SHOWS_CODE.search(command):
            self.code = self.results[-1]["output"]
        if command.endswith(" stop") and "-rpcport" not in command:
            wait_for_end()

    def end(self):
        for command, process, output in self.staying:
            if ENDED.search(command) and process.poll() is None:
                process.send_signal(signal.SIGTERM)
            code = process.wait(PATIENCE)
            output.seek(0)
            # The monitor has no other end than this.
            self.results.append({"command": command, "code": 0 if command.startswith("busctl") else code, "output": output.read(),
                                 "errors": ""})


def inside(folder):
    raise_loopback()
    session = Session(folder)
    for command in json.load(sys.stdin):
        session.run(command)
    session.end()
    json.dump(session.results, sys.stdout)


# ---- the tests ----

class ReadmeTest(unittest.TestCase):
    text = (ROOT / "README.md").read_text()

    def setUp(self):
        if subprocess.run([*ALONE, "true"], capture_output=True).returncode != 0:
            self.skipTest("this system permits no namespaces of one's own")
        if shutil.which("xvfb-run") is None:
            self.skipTest("xvfb-run is not installed")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="moneyrocket-readme-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.copy = self.folder / "copy"
        (self.copy / "build").mkdir(parents=True)
        shutil.copy(ROOT / "run", self.copy)
        (self.copy / "build" / "release").symlink_to(BUILD)
        (self.copy / "blocks.dat").write_bytes(MAGIC + len(GENESIS).to_bytes(4, "little") + GENESIS)
        for name in ("home", "home-elsewhere", "runtime"):
            (self.folder / name).mkdir(mode=0o700)

    def run_all(self, lines):
        environment = {"HOME": str(self.folder / "home"), "XDG_RUNTIME_DIR": str(self.folder / "runtime"), "PATH": os.environ["PATH"],
                       "LC_ALL": "C.UTF-8", "GSK_RENDERER": "cairo", "GDK_BACKEND": "x11", "MONEYROCKET_TEST_PATIENCE": str(PATIENCE)}
        done = subprocess.run([*ALONE, *SCREEN, sys.executable, "-X", "utf8", __file__, "--inside", str(self.copy)], input=json.dumps(lines),
                              capture_output=True, text=True, env=environment, timeout=600)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_commands(self):
        lines = commands(self.text)
        self.assertEqual(EVERYTHING - set(lines), set(), "they are no longer in README.md")
        run = [line for line in lines if line not in EVERYTHING]
        self.assertGreater(len(run), 15)
        results = self.run_all(run)
        self.assertEqual(sorted(result["command"] for result in results), sorted(run))
        for result in results:
            self.assertEqual(result["code"], 0, result)
            if not result["command"].startswith(("./run gui", "./run wallet", "./run node")):
                self.assertNotEqual(result["output"].strip(), "", result)
        self.assertTrue((self.folder / "home" / ".moneyrocket").exists())

    def test_failure(self):
        """A command that fails is noticed, and one that does not exist."""
        global PATIENCE
        before, PATIENCE = PATIENCE, 0.1
        try:
            results = self.run_all(["./run cli -regtest getblockcount", "./run nonsense", "true"])
        finally:
            PATIENCE = before
        self.assertEqual([result["code"] for result in results], [1, 2, 0])

    def test_blocks(self):
        """Every block of code counts, whatever its form."""
        self.assertEqual(commands("text\n\n    one a\n    two\n\ntext\n```sh\nthree\n```\n"), ["one a", "two", "three"])
        self.assertEqual([line for line in commands(self.text) if not re.match(r"(\./run|busctl|gdbus)\b", line)], [])


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        inside(sys.argv[2])
    else:
        unittest.main(verbosity=2)
