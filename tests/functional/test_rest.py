#!/usr/bin/env python3
"""The REST interface below /rest/, without credentials."""

import json
import socket
from decimal import Decimal

import framework
from framework import TRUE_SCRIPT, spend_true

KEEP = "public, immutable, max-age=86400"


class Rest(framework.NodeTest):
    def setUp(self):
        super().setUp()
        self.node = self.start_node("-rest", "-txindex", "-blockfilterindex")
        self.rpc = self.node.rpc
        self.coin, = framework.mine_coins(self.node)
        txid, n, sat = self.coin
        self.tx = spend_true([(txid, n)], [(sat - 1000, TRUE_SCRIPT)])
        self.txid = self.rpc.sendrawtransaction(self.tx)
        self.tip, = self.rpc.generatetoaddress(1, framework.ADDRESS)

    def get(self, path, status=200, body="", keep=False, method="GET"):
        got, headers, content = self.rpc.raw(body, method, "/rest/" + path, credentials=False)
        self.assertEqual(got, status, content)
        self.assertEqual(headers["Cache-Control"], KEEP if keep else "no-store")
        wanted = {".bin": "application/octet-stream", "json": "application/json"}.get(path.split("?")[0][-4:], "text/plain")
        self.assertEqual(headers["Content-Type"], wanted if status == 200 else "text/plain")
        return content

    def get_json(self, path, **more):
        return json.loads(self.get(path, **more), parse_float=Decimal)

    def both(self, path, **more):
        """The bytes, which are the same in both formats."""
        raw = self.get(path.replace("?", ".bin?") if "?" in path else path + ".bin", **more)
        self.assertEqual(self.get(path.replace("?", ".hex?") if "?" in path else path + ".hex", **more),
                         raw.hex().encode() + b"\n")
        return raw

    def test_blocks(self):
        block = self.rpc.getblock(self.tip, 0)
        self.assertEqual(self.both(f"block/{self.tip}", keep=True).hex(), block)
        self.assertEqual(self.get_json(f"block/{self.tip}.json"), self.rpc.getblock(self.tip, 3))
        self.assertEqual(self.get_json(f"block/notxdetails/{self.tip}.json"), self.rpc.getblock(self.tip, 1))
        self.assertEqual(self.both(f"blockpart/{self.tip}?offset=4&size=32", keep=True).hex(), block[8:72])
        for query in ("?offset=4", "?size=4", "?offset=x&size=4", "?offset=0&size=0", "?offset=0&size=100000"):
            self.get(f"blockpart/{self.tip}.bin{query}", 400)
        self.assertIn(b"Bad block part offset/size 0/18446744073709551615 for " + self.tip.encode(),
                      self.get(f"blockpart/{self.tip}.bin?offset=0&size=18446744073709551615", 400))
        self.assertIn(b"size missing or invalid", self.get(f"blockpart/{self.tip}.bin?offset=0&size=18446744073709551616", 400))
        self.assertEqual(self.get_json("blockhashbyheight/102.json"), {"blockhash": self.tip})
        self.assertEqual(self.get("blockhashbyheight/102.hex"), self.tip.encode() + b"\n")
        self.assertEqual(self.get("blockhashbyheight/102.bin")[::-1].hex(), self.tip)
        self.get("blockhashbyheight/103.json", 404)
        self.get("blockhashbyheight/-1.json", 400)
        self.get("block/" + "00" * 32 + ".json", 404)
        self.get("block/00.json", 400)
        self.assertIn(b"output format not found (available: .bin, .hex, .json)", self.get(f"block/{self.tip}", 404))

    def test_hang_up(self):
        """A request whose client disconnects, or only shuts down its writing end, is cancelled, and nothing else happens."""
        for path in ("chaininfo", "deploymentinfo", "mempool/info", "mempool/contents", f"tx/{self.txid}", f"block/{self.tip}",
                     f"headers/{self.tip}", "blockhashbyheight/1", f"getutxos/{self.txid}-0", f"spenttxouts/{self.tip}"):
            for _ in range(5):
                with socket.create_connection(("127.0.0.1", self.node.port), timeout=framework.PATIENCE) as connection:
                    connection.sendall(f"GET /rest/{path}.json HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                    connection.shutdown(socket.SHUT_WR)
                    connection.recv(100)
        self.assertEqual(self.rpc.getblockcount(), 102)

    def test_headers(self):
        first = self.rpc.getblockhash(100)
        headers = self.get_json(f"headers/{first}.json?count=5")
        self.assertEqual(headers, [self.rpc.getblockheader(self.rpc.getblockhash(h)) for h in (100, 101, 102)])
        raw = "".join(self.rpc.getblockheader(self.rpc.getblockhash(h), False) for h in (100, 101))
        self.assertEqual(self.both(f"headers/{first}?count=2").hex(), raw)
        self.assertEqual(self.get(f"headers/2/{first}.bin").hex(), raw)
        self.get(f"headers/{first}.json?count=2001", 400)
        self.get(f"headers/{first}.json?count=0", 400)
        self.assertEqual(self.get_json("headers/" + "00" * 32 + ".json"), [])

    def test_filters(self):
        framework.wait_until(lambda: self.rpc.getindexinfo()["basic block filter index"]["best_block_height"] == 102)
        filters = self.rpc.getblockfilter(self.tip)
        self.assertEqual(self.get_json(f"blockfilter/basic/{self.tip}.json", keep=True), {"filter": filters["filter"]})
        raw = self.both(f"blockfilter/basic/{self.tip}", keep=True).hex()
        self.assertEqual(raw[:66], "00" + bytes.fromhex(self.tip)[::-1].hex())
        self.assertTrue(raw.endswith(filters["filter"]))
        self.assertEqual(self.get_json(f"blockfilterheaders/basic/{self.tip}.json?count=3"), [filters["header"]])
        self.assertEqual(self.both(f"blockfilterheaders/basic/{self.tip}")[::-1].hex(), filters["header"])
        self.get(f"blockfilter/other/{self.tip}.json", 400)

    def test_transactions(self):
        self.assertEqual(self.both(f"tx/{self.txid}").hex(), self.tx)
        tx = self.get_json(f"tx/{self.txid}.json")
        self.assertEqual((tx["txid"], tx["hex"], tx["blockhash"]), (self.txid, self.tx, self.tip))
        self.get("tx/" + "11" * 32 + ".json", 404)
        spent = self.get_json(f"spenttxouts/{self.tip}.json", keep=True)
        self.assertEqual([len(outs) for outs in spent], [0, 1])
        self.assertEqual((spent[1][0]["value"], spent[1][0]["scriptPubKey"]["hex"]), (50, TRUE_SCRIPT))
        self.assertEqual(self.both(f"spenttxouts/{self.tip}", keep=True).hex(),
                         "020001" + (50 * 10**8).to_bytes(8, "little").hex() + "22" + TRUE_SCRIPT)
        for height in (0, 1, 102):
            block = self.rpc.getblockhash(height)
            txs = self.rpc.getblock(block, 3)["tx"]
            prevouts = [[entry["prevout"] for entry in tx["vin"] if "prevout" in entry] for tx in txs]
            self.assertEqual(self.get_json(f"spenttxouts/{block}.json", keep=True),
                             [[{key: out[key] for key in ("value", "scriptPubKey")} for out in outs] for outs in prevouts])
        self.get("spenttxouts/" + "11" * 32 + ".bin", 404)
        self.get("spenttxouts/11.bin", 400)

    def test_coins(self):
        old, new = f"{self.coin[0]}-0", f"{self.txid}-0"
        answer = self.get_json(f"getutxos/{old}/{new}.json")
        self.assertEqual((answer["chainHeight"], answer["chaintipHash"], answer["bitmap"]), (102, self.tip, "01"))
        self.assertEqual([(c["height"], c["scriptPubKey"]["hex"]) for c in answer["utxos"]], [(102, TRUE_SCRIPT)])
        raw = self.both(f"getutxos/{old}/{new}")
        self.assertEqual(raw[:38].hex(), "66000000" + bytes.fromhex(self.tip)[::-1].hex() + "0102")
        asked = b"\x00\x02" + b"".join(bytes.fromhex(c[:64])[::-1] + bytes(4) for c in (old, new))
        self.assertEqual(self.get("getutxos.bin", body=asked, method="POST"), raw)
        # An unconfirmed one.
        later = self.rpc.sendrawtransaction(spend_true([(self.txid, 0)], [(self.coin[2] - 2000, TRUE_SCRIPT)]))
        self.assertEqual(self.get_json(f"getutxos/{new}/{later}-0.json")["bitmap"], "10")
        answer = self.get_json(f"getutxos/checkmempool/{new}/{later}-0.json")
        self.assertEqual((answer["bitmap"], answer["utxos"][0]["height"]), ("01", 0x7fffffff))
        self.get("getutxos.json", 400)
        self.get("getutxos/" + "/".join([new] * 16) + ".json", 400)
        self.get("getutxos/x-0.json", 400)
        self.get("getutxos.bin", 400, body=b"\x00\x02", method="POST")

    def test_long_bodies(self):
        """Requests without credentials use little memory: 15 outputs fit into a short body."""
        def first_line(framing, *pieces):
            with socket.create_connection(("127.0.0.1", self.node.port), timeout=framework.PATIENCE) as connection:
                connection.sendall(b"POST /rest/getutxos.bin HTTP/1.1\r\nHost: x\r\n" + framing + b"\r\n\r\n")
                try:
                    for piece in pieces:
                        connection.sendall(piece)
                    return connection.recv(12)
                except OSError:
                    return b""

        self.assertEqual(first_line(b"Content-Length: 65537"), b"HTTP/1.1 413")
        self.assertEqual(first_line(b"Content-Length: 65536", bytes(65536)), b"HTTP/1.1 200")
        chunk = b"8000\r\n" + bytes(0x8000) + b"\r\n"
        self.assertEqual(first_line(b"Transfer-Encoding: chunked", chunk, chunk, b"0\r\n\r\n"), b"HTTP/1.1 200")
        self.assertEqual(first_line(b"Transfer-Encoding: chunked", chunk, chunk, chunk, b"0\r\n\r\n"), b"HTTP/1.1 413")
        self.assertEqual(self.rpc.getblockcount(), 102)

    def test_state(self):
        self.assertEqual(self.get_json("chaininfo.json"), self.rpc.getblockchaininfo())
        self.assertEqual(self.get_json("mempool/info.json"), self.rpc.getmempoolinfo())
        self.assertEqual(self.get_json("mempool/contents.json"), {})
        self.assertEqual(self.get_json("mempool/contents.json?verbose=false"), [])
        self.get("mempool/contents.json?verbose=1", 400)
        self.get("mempool/other.json", 400)
        self.assertEqual(self.get_json("deploymentinfo.json"), self.rpc.getdeploymentinfo())
        self.assertEqual(self.get_json(f"deploymentinfo/{self.tip}.json", keep=True), self.rpc.getdeploymentinfo())
        self.get("deploymentinfo/" + "00" * 32 + ".json", 400)
        self.get("chaininfo.bin", 404)
        for path in ("other", "", "tx", "Block/" + self.tip + ".json", "%62lock/" + self.tip + ".json"):
            status, headers, content = self.rpc.raw("", "GET", "/rest/" + path, credentials=False)
            self.assertEqual((status, content, headers["Content-Type"], headers["Cache-Control"]),
                             (404, b"", "text/html; charset=ISO-8859-1", "no-store"))

    def test_targets(self):
        """The path is taken as it was sent, up to its last question mark; the query begins at the first."""
        self.assertEqual(self.get(f"block/{self.tip}.", 404), b"output format not found (available: .bin, .hex, .json)\r\n")
        self.assertEqual(self.get("chaininfo.", 404), b"output format not found (available: json)\r\n")
        self.assertEqual(self.get(f"block/{self.tip}%2ejson", 400), f"Invalid hash: {self.tip}%2ejson\r\n".encode())
        one = self.get_json(f"headers/{self.tip}.json?count=1")
        start = self.rpc.getblockhash(0)
        for query, n in (("count=2", 2), ("count=2&count=1", 2), ("count=%32", 2), ("%63ount=2", 2), ("Count=2", 5),
                         ("x=1&count=2#count=3", 2), ("count=2&x=%zz", 2), ("&&count=2", 2), ("x", 5)):
            with self.subTest(query):
                self.assertEqual(len(self.get_json(f"headers/{start}.json?{query}")), n)
        self.assertEqual(self.get(f"headers/{start}.json?count", 400),
                         b"Header count is invalid or out of acceptable range (1-2000): \r\n")
        self.assertEqual(self.get(f"headers/{start}.json?count=2?count=3", 400),
                         b"Header count is invalid or out of acceptable range (1-2000): 2?count=3\r\n")
        self.assertEqual(self.get(f"block/{self.tip}.json?a?b", 400), f"Invalid hash: {self.tip}.json?a\r\n".encode())
        self.assertEqual(len(one), 1)

    def test_methods(self):
        for method, status in (("POST", 200), ("PUT", 200), ("HEAD", 200), ("DELETE", 405), ("OPTIONS", 405), ("get", 405)):
            with self.subTest(method):
                got, headers, content = self.rpc.raw("", method, "/rest/chaininfo.json", credentials=False)
                self.assertEqual((got, headers["Cache-Control"]), (status, "no-store"))
                self.assertEqual(content == b"", method == "HEAD" or status == 405)

    def test_getutxos_bodies(self):
        """In hex, white space between bytes is ignored, and what is not hex counts as no body."""
        txid = bytes.fromhex(self.txid)[::-1]
        body = b"\x01\x01" + txid + bytes(4)
        expected = self.get("getutxos.bin", body=body, method="POST")
        self.assertEqual(expected[36:38], b"\x01\x01")
        spaced = b" ".join(b"%02x" % byte for byte in body) + b"\n"
        self.assertEqual(self.get("getutxos.hex", body=spaced, method="POST"), expected.hex().encode() + b"\n")
        self.assertEqual(self.get("getutxos.bin", body=body + b"x", method="POST"), expected)
        for text in (b"zz", b"0", b" "):
            self.assertEqual(self.get("getutxos.hex", body=text, method="POST"), expected[:36].hex().encode() + b"0000\n")
        self.get("getutxos.bin", 400, body=body[:-1], method="POST")
        self.get("getutxos.json", 400, body=body, method="POST")
        self.assertEqual(self.get(f"getutxos/{self.txid}-0.bin", 400, body=body, method="POST"),
                         b"Combination of URI scheme inputs and raw post data is not allowed\r\n")
        self.get("getutxos/", 400)
        self.get("getutxos/checkmempool", 400)

    def test_off(self):
        self.node.restart("-rest=0")
        self.assertEqual(self.rpc.raw("", "GET", "/rest/chaininfo.json", credentials=False)[0], 404)


if __name__ == "__main__":
    framework.main()
