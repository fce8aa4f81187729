"""The table of options and what is made of it: the list of those without an effect, manual pages, the wallet program with all
of its options."""
import os
import pathlib
import re
import socket
import subprocess

import framework
from options_base import TABLE, OptionsBase, word

HERE = pathlib.Path(__file__).resolve().parent


class TableTest(OptionsBase):
    def test_worker(self):
        """The wallet program with all of its options, including those that only its parent gives."""
        words = [w for w in (word(row, self.folder) for row in self.rows("W")) if w]
        words += ["-rpcclients", "-rpcwindow", "-rpcauth=a:b$c", f"-rpccookiefile={self.folder}/cookie", "-strictstartup"]
        words.remove("-wallet=")
        ours, theirs = socket.socketpair()
        with ours, theirs:
            wallet = subprocess.Popen([framework.program("moneyrocket-wallet"), *dict.fromkeys(words), f"-datadir={self.folder}",
                                       "-chain=regtest", f"-ipcfd={theirs.fileno()}"], pass_fds=[theirs.fileno()],
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                log = self.folder / "regtest" / "wallet.log"
                framework.wait_until(log.exists, "the log")
                self.wait_until_checked_in(log)
                self.assertEqual(re.findall(r"-(\S+) was given, but nothing has used it", log.read_text()), [])
            finally:
                wallet.kill()
                wallet.wait()

    def test_list(self):
        """options.md names exactly the options that have no effect yet and those that are refused."""
        text = (HERE / "options.md").read_text()
        later = {row["name"]: row["note"] for row in TABLE if row["state"] == "later"}
        refused = {row["name"]: row["note"] for row in TABLE if row["state"] == "refused"}
        sections = re.split(r"(?m)^## ", text)
        found_later = {name: section.split("\n", 1)[0] for section in sections[1:] if not section.startswith("Refused")
                       for name in re.findall(r"`-([a-z0-9-]+)`", section)}
        found_refused = set(re.findall(r"(?m)^- `-([a-z0-9-]+)`",
                                       next(s for s in sections if s.startswith("Refused"))))
        self.assertEqual({name: note.lower() for name, note in found_later.items()},
                         {name: note.lower() for name, note in later.items()})
        # The client reports this option in its own words.
        self.assertEqual(found_refused, set(refused))
        self.assertLessEqual(len(found_refused), 10)

    @staticmethod
    def without_display():
        return {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}

    def test_refused(self):
        for row in TABLE:
            if row["state"] != "refused":
                continue
            program = {"N": "moneyrocket-node", "G": "moneyrocket-gui", "C": "moneyrocket-cli"}[row["programs"][0]]
            with self.subTest(row["name"]):
                # Without a display, since the application would show the error in a window and wait for it to be closed.
                done = subprocess.run([framework.program(program), f"-datadir={self.folder}", "-regtest", f"-{row['name']}=x1",
                                       f"-{row['name']}=1", *(["getblockcount"] if program.endswith("cli") else [])],
                                      capture_output=True, text=True, timeout=framework.PATIENCE, env=self.without_display())
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn(f"-{row['name']} is not available: {row['note']}", done.stderr)

    def test_manual(self):
        """Each program's manual page names its options."""
        for program, letters in (("moneyrocket-node", "NW"), ("moneyrocketd", "NW"), ("moneyrocket-cli", "C"),
                                 ("moneyrocket-gui", "NWG"), ("moneyrocket-qt", "NWG")):
            page = (framework.BUILD / "src" / "common" / f"{program}.1").read_text().replace("\\-", "-")
            for row in TABLE:
                if set(row["programs"]) & set(letters) and not row["hidden"]:
                    self.assertIn(f".B -{row['name']}", page, program)


if __name__ == "__main__":
    framework.main()
