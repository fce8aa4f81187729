#!/usr/bin/env python3
"""Commands that are run on events, and warnings to the user of a node."""

import framework

UNKNOWN_BIT = 3
PERIOD, THRESHOLD = 144, 108


class Notify(framework.NodeTest):
    def setUp(self):
        super().setUp()
        self.outputs = self.folder / "outputs"
        self.outputs.mkdir()
        self.node = self.start_node(*(f"-{event}notify=echo %s >> '{self.outputs / event}'"
                                      for event in ("alert", "block", "startup", "shutdown")))

    def lines(self, event):
        path = self.outputs / event
        return path.read_text().splitlines() if path.exists() else []

    def wait_for(self, event, lines):
        framework.wait_until(lambda: sorted(self.lines(event)) == sorted(lines), f"{lines} of {event}")

    def test_commands(self):
        self.wait_for("startup", ["%s"])
        self.assertEqual(self.lines("shutdown"), [])
        hashes = self.node.rpc.generatetoaddress(3, framework.ADDRESS)
        self.wait_for("block", hashes)
        # The last block is a different one; there is no second notification of the disconnected one.
        self.node.rpc.invalidateblock(hashes[2])
        self.wait_for("block", hashes + [hashes[1]])
        self.node.restart()
        self.assertEqual(self.lines("shutdown"), ["%s"])
        self.wait_for("startup", ["%s"] * 2)
        self.assertEqual(len(self.lines("block")), 4)
        self.node.restart("-startupnotify=exit 3")
        self.node.wait_for_log("[error] runCommand error: system(exit 3) returned 768")

    def test_invalid_chain(self):
        rpc = self.node.rpc
        hashes = rpc.generatetoaddress(8, framework.ADDRESS)
        rpc.invalidateblock(hashes[2])
        self.assertEqual(rpc.getblockchaininfo()["warnings"], [])
        rpc.invalidateblock(hashes[1])
        warning, = rpc.getnetworkinfo()["warnings"]
        self.assertIn("Found invalid chain more than 6 blocks longer than our best chain.", warning)
        self.wait_for("alert", [warning])
        rpc.reconsiderblock(hashes[1])
        self.assertEqual(rpc.getmininginfo()["warnings"], [])

    def test_unknown_rules(self):
        rpc = self.node.rpc
        self.node.stop()
        self.node.start(f"-blockversion={0x20000000 | 1 << UNKNOWN_BIT}")
        rpc.generatetoaddress(PERIOD + THRESHOLD, framework.ADDRESS)
        self.node.restart()
        # Signalled in the second period, locked in in the third, active in the fourth.
        rpc.generatetoaddress(3 * PERIOD - 2 - rpc.getblockcount(), framework.ADDRESS)
        self.assertEqual(rpc.getblockchaininfo()["warnings"], [])
        rpc.generatetoaddress(1, framework.ADDRESS)
        warning = f"Unknown new rules activated (versionbit {UNKNOWN_BIT})"
        self.assertEqual(rpc.getblockchaininfo()["warnings"], [warning])
        self.wait_for("alert", [warning])
        self.node.restart()
        rpc.generatetoaddress(1, framework.ADDRESS)
        self.assertEqual(rpc.getblockchaininfo()["warnings"], [warning])

    def test_too_few(self):
        rpc = self.node.rpc
        rpc.generatetoaddress(PERIOD, framework.ADDRESS)
        self.node.stop()
        self.node.start(f"-blockversion={0x20000000 | 1 << UNKNOWN_BIT}")
        rpc.generatetoaddress(THRESHOLD - 1, framework.ADDRESS)
        self.node.restart()
        rpc.generatetoaddress(4 * PERIOD - rpc.getblockcount(), framework.ADDRESS)
        self.assertEqual(rpc.getblockchaininfo()["warnings"], [])


if __name__ == "__main__":
    framework.main()
