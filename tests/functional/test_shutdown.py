"""Stopping a node with work in flight: whatever is running or waiting, it exits soon with exit code 0, every call gets a
reply or is disconnected, and the data on disk is consistent."""

import signal
import threading
import time

import framework
import processes
import snapshot_chain as known
from framework import ADDRESS, wait_until

# Without the last flush, whose duration is in the log.
LIMIT = 10


class Calls:
    """RPC calls in threads of their own."""

    def __init__(self, node):
        self.node, self.threads, self.answers = node, [], []

    def begin(self, method, *args):
        thread = threading.Thread(target=self._run, args=(method, args), daemon=True)
        self.threads.append(thread)
        thread.start()

    def _run(self, method, args):
        try:
            answer = (method, self.node.rpc.call(method, *args))
        except Exception as error:  # an error, or the end of the connection
            answer = (method, error)
        self.answers.append(answer)

    def running(self):
        return [call["method"] for call in self.node.rpc.getrpcinfo()["active_commands"]]

    def wait_for(self, *methods):
        wait_until(lambda: set(methods) <= set(self.running()), f"{methods} at work")

    def join(self):
        for thread in self.threads:
            thread.join(LIMIT)
            assert not thread.is_alive(), "a call did not complete"


class Shutdown(framework.NodeTest):
    N = 1200

    def flush_ms(self, node):
        times = [line.rsplit(" ", 2)[1] for line in node.log().splitlines() if "The last flush took" in line]
        self.assertTrue(times, "the last flush is not in the log")
        return int(times[-1])

    def end(self, node, how):
        """Stops NODE by HOW, and checks how long that takes."""
        start = time.monotonic()
        if how == "stop":
            node.rpc.stop()
        else:
            node.process.send_signal(signal.SIGTERM)
        code = node.wait_for_exit()
        took = time.monotonic() - start - self.flush_ms(node) / 1000
        self.assertEqual(code, 0, node.errors())
        self.assertLess(took, LIMIT)
        self.assertNotIn("CRITICAL", node.log())
        self.assertNotIn("did not end in time", node.log())

    def check_whole(self, node, *args):
        """The stored data is consistent: the coins match the blocks."""
        node.start("-checklevel=4", "-checkblocks=0", *args)
        self.assertTrue(node.rpc.verifychain(4, 0))
        self.end(node, "stop")

    def make_chain(self):
        node = self.start_node()
        node.rpc.generatetoaddress(self.N, ADDRESS)
        return node

    def test_calls(self):
        node = self.make_chain()
        for how in ("stop", "term"):
            calls = Calls(node)
            calls.begin("waitfornewblock", 0)
            calls.begin("waitforblock", "00" * 32, 0)
            calls.begin("waitforblockheight", 1000000, 0)
            calls.begin("generatetoaddress", 1000000, ADDRESS)
            calls.begin("verifychain", 4, 0)
            calls.begin("gettxoutsetinfo")
            calls.begin("scantxoutset", "start", [f"addr({ADDRESS})"])
            tip = node.rpc.getbestblockhash()
            calls.begin("getblocktemplate", {"rules": ["segwit"], "longpollid": tip + "1000000"})
            calls.begin("dumptxoutset", str(self.folder / f"{how}.dat"), "rollback", {"rollback": 1})
            calls.wait_for("generatetoaddress", "waitforblock", "waitforblockheight")
            self.end(node, how)
            calls.join()
            self.assertEqual(len(calls.answers), 9)
            node.start()
        self.end(node, "term")
        self.check_whole(node)

    def test_waiting_calls(self):
        """They occupy no thread: however many there are, other calls are processed and the node stops."""
        node = self.start_node()
        longpoll = node.rpc.getblocktemplate({"rules": ["segwit"]})["longpollid"]
        calls = Calls(node)
        for _ in range(16):
            calls.begin("waitforblock", "11" * 32, 0)
            calls.begin("waitforblockheight", 1000000, 0)
            calls.begin("waitfornewblock", 0)
            calls.begin("getblocktemplate", {"rules": ["segwit"], "longpollid": longpoll})
        wait_until(lambda: len(calls.running()) == 65, "64 calls that wait")
        self.assertEqual(node.rpc.getblockcount(), 0)
        self.assertEqual(node.rpc.getmempoolinfo()["size"], 0)
        self.assertEqual(calls.answers, [])
        # A batch waits at its first waiting call.
        batch = node.rpc.batch([("waitforblockheight", [1000000, 50]), ("getblockcount", [])])
        self.assertEqual([batch[0]["height"], batch[1]], [0, 0])
        tip, = node.rpc.generatetoaddress(1, ADDRESS)
        wait_until(lambda: len(calls.answers) == 32, "the new block to be noticed")
        for method, answer in list(calls.answers):
            if method == "waitfornewblock":
                self.assertEqual(answer, {"hash": tip, "height": 1})
            else:
                self.assertEqual((method, answer["previousblockhash"]), ("getblocktemplate", tip))
        self.end(node, "stop")
        calls.join()
        self.assertEqual(len(calls.answers), 64)

    def test_verification(self):
        """A long verification is interrupted between two blocks."""
        node = self.make_chain()
        for how in ("stop", "term"):
            calls = Calls(node)
            for _ in range(8):
                calls.begin("verifychain", 4, 0)
            calls.wait_for("verifychain")
            self.end(node, how)
            calls.join()
            answers = [answer for _, answer in calls.answers]
            self.assertFalse(all(answer is True for answer in answers), "nothing was interrupted")
            node.start()

    def test_reorganisation(self):
        """From 1,000 blocks to 1,001 others, interrupted in the middle."""
        node = self.make_chain()
        fork = node.rpc.getblockhash(self.N - 1000)
        first = node.rpc.getblockhash(self.N - 999)
        old_tip = node.rpc.getbestblockhash()
        node.rpc.invalidateblock(first)
        self.assertEqual(node.rpc.getbestblockhash(), fork)
        node.rpc.generatetoaddress(1001, framework.TRUE_ADDRESS)
        new_tip = node.rpc.getbestblockhash()
        calls = Calls(node)
        calls.begin("invalidateblock", node.rpc.getblockhash(self.N - 999))
        calls.begin("reconsiderblock", first)
        wait_until(lambda: calls.running() != ["getrpcinfo"] or calls.answers, "the reorganisation")
        self.end(node, "term")
        calls.join()
        node.start("-checklevel=4", "-checkblocks=0")
        node.rpc.reconsiderblock(first)
        node.rpc.reconsiderblock(new_tip)
        wait_until(lambda: node.rpc.getbestblockhash() == new_tip, "the best chain")
        self.assertNotEqual(old_tip, new_tip)
        self.assertTrue(node.rpc.verifychain(4, 0))

    def test_import_and_reindex(self):
        node = self.make_chain()
        tip = node.rpc.getbestblockhash()
        coins = node.rpc.gettxoutsetinfo("muhash")["muhash"]
        self.end(node, "stop")
        for args in (["-reindex"], ["-reindex-chainstate"]):
            node.start(*args)
            self.end(node, "term")
            node.start()
            wait_until(lambda: node.rpc.getbestblockhash() == tip, "the whole chain")
            self.assertEqual(node.rpc.gettxoutsetinfo("muhash")["muhash"], coins)
            self.end(node, "stop")
        blocks = self.folder / "blocks.dat"
        other = self.start_node("-blocksxor=0")
        key = (node.network_folder / "blocks" / "xor.dat").read_bytes()
        data = (node.network_folder / "blocks" / "blk00000.dat").read_bytes()
        blocks.write_bytes(bytes(b ^ key[i % 8] for i, b in enumerate(data)))
        self.end(other, "stop")
        other.start(f"-loadblock={blocks}")
        self.end(other, "term")
        other.start(f"-loadblock={blocks}")
        wait_until(lambda: other.rpc.getbestblockhash() == tip, "the import")
        self.assertEqual(other.rpc.gettxoutsetinfo("muhash")["muhash"], coins)
        self.end(other, "stop")

    def test_snapshot_being_written(self):
        node = self.make_chain()
        path = self.folder / "coins.dat"
        calls = Calls(node)
        for i in range(8):
            calls.begin("dumptxoutset", f"{path}.{i}", "latest")
        wait_until(lambda: "dumptxoutset" in calls.running() or calls.answers, "a snapshot")
        self.end(node, "term")
        calls.join()
        self.assertEqual(list(self.folder.glob("coins.dat.*.incomplete")), [])
        for method, answer in calls.answers:
            if not isinstance(answer, Exception):
                self.assertTrue((self.folder / answer["path"]).exists())

    def test_snapshot_being_loaded(self):
        """Stopped at any point: afterwards there is either all of the snapshot, or nothing of it."""
        blocks = known.make_chain(known.BASE_HEIGHT + 10)
        file, stored = self.folder / "utxo.dat", self.folder / "blocks.dat"
        known.write_file(stored, blocks)
        time_arg = f"-mocktime={known.GENESIS_TIME + 1000}"
        full = self.start_node(f"-loadblock={stored}", time_arg)
        wait_until(lambda: full.rpc.getblockcount() == known.BASE_HEIGHT + 10, "the chain")
        full.rpc.dumptxoutset(str(file), "rollback", {"rollback": known.BASE_HEIGHT})
        for delay in (0, 0.01, 0.05):
            node = self.start_node(time_arg)
            for block in blocks[:known.BASE_HEIGHT]:
                node.rpc.submitheader(block[:80].hex())
            calls = Calls(node)
            calls.begin("loadtxoutset", str(file))
            time.sleep(delay)
            self.end(node, "term")
            calls.join()
            node.start(time_arg)
            loaded = not isinstance(calls.answers[0][1], Exception)
            self.assertEqual(node.rpc.getblockcount(), known.BASE_HEIGHT if loaded else 0)
            self.end(node, "stop")


class RescanTest(processes.ProcessTest):
    def test_rescan(self):
        """The wallet is another process: the node does not wait for replies that will never arrive."""
        for how in ("stop", "term"):
            node = self.start()
            node.rpc.generatetoaddress(300, ADDRESS)
            node.rpc.createwallet("w")
            calls = Calls(node)
            for _ in range(4):
                calls.begin("rescanblockchain", 0)
            time.sleep(0.05)
            start = time.monotonic()
            if how == "stop":
                node.rpc.stop()
            else:
                node.process.send_signal(signal.SIGTERM)
            self.assertEqual(node.wait_for_exit(), 0, node.errors())
            self.assertLess(time.monotonic() - start, LIMIT)
            calls.join()
            self.check_databases(node)


if __name__ == "__main__":
    framework.main()
