#!/usr/bin/env python3
"""The RPC server from outside: HTTP, credentials, JSON-RPC versions, the cookie, start and stop."""

import base64
import json
import os
import pathlib
import re
import resource
import socket
import stat
import subprocess
import time

import framework


class RpcServer(framework.NodeTest):
    def test_cookie(self):
        node = self.start_node()
        cookie = node.network_folder / ".cookie"
        self.assertEqual(stat.S_IMODE(os.stat(cookie).st_mode), 0o600)
        self.assertRegex(cookie.read_text(), r"^__cookie__:[0-9a-f]{64}$")
        first = cookie.read_text()
        node.restart()
        self.assertNotEqual(first, cookie.read_text())
        node.stop()
        self.assertFalse(cookie.exists())

    def test_http(self):
        rpc = self.start_node().rpc
        ask = {"id": 1, "method": "getblockcount"}
        self.assertEqual(rpc.raw(ask)[0], 200)
        self.assertEqual(rpc.raw(ask, credentials=None)[0], 401)
        status, headers, _ = rpc.raw(ask, credentials="__cookie__:wrong")
        self.assertEqual(status, 401)
        self.assertEqual(headers["WWW-Authenticate"], 'Basic realm="jsonrpc"')
        self.assertEqual(rpc.raw(ask, method="GET")[0], 405)
        self.assertEqual(rpc.raw(ask, path="/nowhere")[0], 404)
        self.assertEqual(rpc.raw(ask, path="/wallet/x")[0], 200)
        self.assertEqual(rpc.raw("not json")[0], 500)
        self.assertEqual(rpc.raw({"id": 1, "method": "nosuchmethod"})[0], 404)
        self.assertEqual(rpc.raw({"id": 1})[0], 400)
        self.assertEqual(rpc.raw({"jsonrpc": "2.0", "method": "getblockcount"})[0], 204)
        self.assertEqual(rpc.raw("", headers={"X": "a" * 9000})[0], 400)

    def test_batch(self):
        rpc = self.start_node().rpc
        status, _, body = rpc.raw([{"id": 1, "method": "getblockcount"}, {"jsonrpc": "2.0", "method": "getblockcount"},
                                   {"jsonrpc": "2.0", "id": 2, "method": "nosuchmethod"}])
        self.assertEqual(status, 200)
        self.assertEqual(json.loads(body), [
            {"result": 0, "error": None, "id": 1},
            {"jsonrpc": "2.0", "error": {"code": -32601, "message": "Method not found"}, "id": 2}])

    def test_batch_of_non_calls(self):
        """Elements that are not calls are processed one by one: memory is used for the reply only."""
        node = self.start_node()

        def peak_bytes():
            return 1024 * int(re.search(r"VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{node.process.pid}/status").read_text())[1])

        before = peak_bytes()
        status, _, body = node.rpc.raw(b"[" + b"0," * 299999 + b"0]")
        self.assertEqual(status, 200)
        self.assertEqual(body.count(b"Invalid Request object"), 300000)
        self.assertLess(peak_bytes() - before, 4 * len(body))

    def connect(self, node, text):
        connection = socket.create_connection(("127.0.0.1", node.port), timeout=framework.PATIENCE)
        self.addCleanup(connection.close)
        connection.sendall(text)
        return connection

    def test_slow_headers(self):
        """Requests whose headers never end do not lock out other clients, and time out."""
        node = self.start_node()
        slow = [self.connect(node, b"POST / HTTP/1.1\r\nX") for _ in range(300)]
        end = time.monotonic() + framework.PATIENCE
        while slow:
            self.assertLess(time.monotonic(), end, "they are still open")
            self.assertEqual(node.rpc.getblockcount(), 0)
            for connection in slow[:]:
                try:
                    connection.send(b"a")
                except OSError:
                    slow.remove(connection)
            time.sleep(0.2)

    def post(self, node, head, body, authorized=True, whole=False):
        """The head of the reply to a request with the raw bytes HEAD and BODY. WHOLE: everything up to the end of the
        connection."""
        credentials = b"Authorization: Basic " + base64.b64encode(node._read_cookie().encode()) + b"\r\n"
        connection = self.connect(node, head.replace(b"<credentials>", credentials if authorized else b"") + body)
        reply = b""
        while whole or b"\r\n\r\n" not in reply:
            received = connection.recv(4096)
            if not received:
                break
            reply += received
        connection.close()
        return reply

    def assert_refused(self, node, head, body=b"", status=b"400 Bad Request"):
        """The only reply is an empty page, and the connection is closed."""
        reply = self.post(node, head, body, whole=True)
        self.assertRegex(reply, b"^HTTP/1.1 " + status + b"\r\nCache-Control: no-store\r\nDate: [^\r]* GMT\r\n"
                                b"Content-Length: 0\r\nContent-Type: text/html; charset=ISO-8859-1\r\n\r\n$")

    def test_malformed_heads(self):
        """Lines must end with CR LF, and nothing in them may be ambiguous (RFC 9112, sections 2 to 5)."""
        node = self.start_node()
        body = b'{"method":"getblockcount","id":1}'
        start, rest = b"POST / HTTP/1.1\r\nHost: x\r\n<credentials>", b"Content-Length: %d\r\n\r\n" % len(body)
        self.assertEqual(self.post(node, start + rest, body)[9:12], b"200")
        self.assertEqual(self.post(node, start + b"Empty:\r\nX:\t y \r\n" + rest, body)[9:12], b"200")
        for name, head in (
                ("request line ends with LF", start.replace(b"1.1\r\n", b"1.1\n") + rest),
                ("header ends with LF", start.replace(b"x\r\n", b"x\n") + rest),
                ("empty header ends with LF", start + b"Empty:\n" + rest),
                ("last header ends with LF", start + rest.replace(b"\r\n\r\n", b"\n\r\n")),
                ("empty line ends with LF", start + rest[:-2] + b"\n"),
                ("all lines end with LF", (start.replace(b"<credentials>", b"") + rest).replace(b"\r\n", b"\n")),
                ("CR in a value", start + b"X: a\rY: b\r\n" + rest),
                ("CR in a name", start + b"X\rY: b\r\n" + rest),
                ("zero byte in a value", start + b"X: a\0b\r\n" + rest),
                ("zero bytes like the end of a line", start + b"X: a\0\0Y\0b\r\n" + rest),
                ("zero byte in the path", start.replace(b"POST /", b"POST /\0x") + rest),
                ("continued line", start + b"X: a\r\n b\r\n" + rest),
                ("continued framing", start + b"Transfer-Encoding:\r\n chunked\r\n" + rest),
                ("first header indented", start.replace(b"Host", b" X: y\r\nHost") + rest),
                ("space before the colon", start + b"X : y\r\n" + rest),
                ("two spaces in the request line", start.replace(b"POST ", b"POST  ") + rest),
                ("no colon", start + b"X\r\n" + rest),
                ("two lengths", start + rest[:-2] + rest)):
            with self.subTest(name):
                self.assert_refused(node, head, body)

    def test_chunks(self):
        node = self.start_node()
        start = b"POST / HTTP/1.1\r\nHost: x\r\n<credentials>Transfer-Encoding: chunked\r\n\r\n"
        chunks = b'10;name=value\r\n{"method":"getbl\r\n11\r\nockcount","id":1}\r\n0\r\n'
        self.assertEqual(self.post(node, start, chunks + b"\r\n")[9:12], b"200")
        self.assertEqual(self.post(node, start, chunks + b"A: b\r\nC: d\r\n\r\n")[9:12], b"200")
        for name, trailers in (("space before the colon", b"A : b\r\n\r\n"), ("CR in a value", b"A: b\rC: d\r\n\r\n"),
                               ("too long", b"A: " + b"b" * 9000 + b"\r\n\r\n")):
            with self.subTest(name):
                self.assert_refused(node, start, chunks + trailers)

    def test_framing(self):
        """What determines the end of a request must be clear."""
        node = self.start_node()
        start = b"POST / HTTP/1.1\r\nHost: x\r\n<credentials>"
        body = b'{"method":"getblockcount","id":1}'
        chunk = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        for name, rest, status in (
                ("unknown coding", b"Transfer-Encoding: x\r\n\r\n" + chunk, b"400"),
                ("two codings", b"Transfer-Encoding: gzip, chunked\r\n\r\n" + chunk, b"400"),
                ("chunked twice", b"Transfer-Encoding: chunked\r\n" * 2 + b"\r\n" + chunk, b"400"),
                ("no number", b"Content-Length: x\r\n\r\n" + body, b"400"),
                ("negative", b"Content-Length: -1\r\n\r\n" + body, b"400"),
                ("a list", b"Content-Length: 5, 5\r\n\r\n" + body, b"400"),
                ("too long", b"Content-Length: 33554433\r\n\r\n", b"413"),
                ("far too long", b"Content-Length: 99999999999999999999\r\n\r\n", b"400"),
                ("endless size of a chunk", b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 17 + b"\r\n", b"400"),
                ("size of a chunk without an end", b"Transfer-Encoding: chunked\r\n\r\n" + b"0" * 9000, b"400"),
                ("long chunk", b"Transfer-Encoding: chunked\r\n\r\n2000001\r\n", b"413"),
                ("chunk that does not end", b"Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", b"400"),
                ("hex prefix", b"Transfer-Encoding: chunked\r\n\r\n0x1\r\n", b"400")):
            with self.subTest(name):
                self.assert_refused(node, start + rest,
                                    status=b"400 Bad Request" if status == b"400" else b"413 Content too large")
        # Chunks are decisive, but such a request is the last one (RFC 9112, section 6.1).
        both = self.post(node, start + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n", chunk * 2, whole=True)
        self.assertEqual(both.count(b"HTTP/1.1"), 1)
        self.assertIn(b'{"result":0,"error":null,"id":1}\n', both)
        # HTTP/1.0 knows no chunks: a proxy may see another end.
        old = self.post(node, start.replace(b"/1.1", b"/1.0") + b"Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n",
                        chunk * 2, whole=True)
        self.assertEqual(old.count(b"HTTP/1."), 1)

    def test_versions(self):
        """Which connections stay open, and what their replies say about themselves."""
        node = self.start_node()
        body = b'{"method":"getblockcount","id":1}'
        rest = b"Content-Length: %d\r\n\r\n" % len(body) + body
        for version, header, closed, fields in (
                (b"1.0", b"", True, {"Content-Type"}), (b"1.0", b"Connection: close\r\n", True, {"Content-Type", "Connection"}),
                (b"1.0", b"Connection: Keep-Alive\r\n", False, {"Content-Type", "Content-Length", "Connection"}),
                (b"1.1", b"", False, {"Content-Type", "Content-Length", "Date"}),
                (b"1.1", b"Connection: close\r\n", True, {"Content-Type", "Content-Length", "Date", "Connection"}),
                (b"1.9", b"", False, {"Content-Type", "Content-Length", "Date"})):
            with self.subTest(version=version, header=header):
                start = b"POST / HTTP/%s\r\n<credentials>" % version + header
                if closed:
                    reply = self.post(node, start, rest + start + rest, whole=True)
                    self.assertEqual(reply.count(b"HTTP/1"), 1)
                else:
                    reply = self.post(node, start, rest)
                head = reply.split(b"\r\n\r\n")[0].decode().split("\r\n")
                self.assertEqual(head[0], f"HTTP/{version.decode()} 200 OK")
                self.assertEqual({line.split(":")[0] for line in head[1:]}, fields)
        for version in (b"0.9", b"2.0", b"1", b"1.10", b"01.1", b"x", b""):
            with self.subTest(version=version):
                self.assert_refused(node, b"POST / HTTP/%s\r\n" % version, rest)

    def test_pipeline(self):
        """Requests are answered in order, also those that must wait, and those behind an invalid one are not read."""
        node = self.start_node()
        slow, quick = node.request_bytes("waitfornewblock", 300), node.request_bytes("getblockcount")
        connection = self.connect(node, slow + quick * 50 + b"GET  / HTTP/1.1\r\n" + quick)
        reply = b""
        while received := connection.recv(65536):
            reply += received
        self.assertEqual(re.findall(rb"HTTP/1\.1 (\d+) ", reply), [b"200"] * 51 + [b"400"])
        self.assertLess(reply.index(b'"height"'), reply.index(b'"result":0'))

    def test_paths(self):
        rpc = self.start_node().rpc
        ask = {"id": 1, "method": "getblockcount"}
        for path, status in (("/", 200), ("/?x", 404), ("//", 404), ("/wallet/", 200), ("/wallet", 404), ("/wallet/%ff", 200),
                             ("/wallet/%00", 200), ("/wallet/%zz", 200), ("/rest/chaininfo.json", 404), ("*", 404)):
            with self.subTest(path):
                reply = rpc.raw(ask, path=path)
                self.assertEqual(reply[0], status)
                self.assertEqual(reply[1].get("Cache-Control"), "no-store" if status == 404 else None)
        for method, status in (("GET", 405), ("PUT", 405), ("HEAD", 405), ("DELETE", 405), ("post", 405)):
            with self.subTest(method):
                reply = rpc.raw(ask, method=method)
                self.assertEqual((reply[0], reply[2]),
                                 (status, b"JSONRPC server handles only POST requests" if method in ("GET", "PUT") else b""))

    def test_expect(self):
        """A client that asks before it sends a body is told to go ahead."""
        node = self.start_node()
        request = node.request_bytes("getblockcount").replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n")
        head, body = request.split(b"\r\n\r\n")
        connection = self.connect(node, head + b"\r\n\r\n")
        self.assertEqual(connection.recv(4096), b"HTTP/1.1 100 Continue\r\n\r\n")
        connection.sendall(body)
        self.assertTrue(connection.recv(4096).startswith(b"HTTP/1.1 200 OK\r\n"))

    def test_idle(self):
        """-rpcservertimeout, which does not apply to a request that runs."""
        node = self.start_node("-rpcservertimeout=1")
        connection = self.connect(node, node.request_bytes("waitfornewblock", 2500))
        self.assertTrue(connection.recv(4096).startswith(b"HTTP/1.1 200 OK\r\n"))
        begin = time.monotonic()
        self.assertEqual(connection.recv(4096), b"")
        self.assertGreater(time.monotonic() - begin, 0.5)

    def test_whitelist(self):
        """-rpcwhitelist, for a user with a list, one without, and one whose lists have nothing in common."""
        def user(name):
            return f"-rpcauth={name}:abcd$" + __import__("hmac").new(b"abcd", b"secret", "sha256").hexdigest()

        node = self.start_node(user("alice"), user("bob"), user("carol"), "-rpcwhitelist=alice:getblockcount,getbestblockhash",
                               "-rpcwhitelist=alice:getblockcount,help", "-rpcwhitelist=carol:help",
                               "-rpcwhitelist=carol:uptime", "-rpcwhitelistdefault=0")
        count, uptime = {"id": 1, "method": "getblockcount"}, {"id": 2, "method": "uptime"}

        def status(name, ask):
            reply = node.rpc.raw(ask, credentials=f"{name}:secret")
            return reply[0], reply[2][:1]

        self.assertEqual(status("alice", count), (200, b"{"))
        self.assertEqual(status("alice", {"id": 1, "method": "getbestblockhash"}), (403, b""))
        self.assertEqual(status("alice", [count, count]), (200, b"["))
        self.assertEqual(status("alice", [count, uptime]), (403, b""))
        self.assertEqual(status("alice", {"id": 1}), (400, b"{"))
        self.assertEqual(status("bob", uptime), (200, b"{"))
        self.assertEqual(status("carol", uptime), (403, b""))
        self.assertIn("RPC User alice not allowed to call method uptime", node.log())
        self.assertEqual(node.rpc.raw(count)[0], 200)
        node = self.start_node(user("bob"), "-rpcwhitelist=__cookie__:getblockcount,stop")
        self.assertEqual(status("bob", uptime), (403, b""))
        self.assertEqual(node.rpc.raw(uptime)[0], 403)

    def test_cookie_permissions(self):
        for name, mode in (("owner", 0o600), ("group", 0o640), ("all", 0o644)):
            with self.subTest(name):
                node = self.start_node(f"-rpccookieperms={name}")
                self.assertEqual(stat.S_IMODE(os.stat(node.network_folder / ".cookie").st_mode), mode)
                node.stop()
        for word, text in (("-rpccookieperms=x", "Invalid -rpccookieperms=x;"), ("-rpcauth=x", "Invalid -rpcauth argument."),
                           ("-rpccookiefile=/proc/x", "The cookie file /proc/x cannot be written")):
            with self.subTest(word):
                node = self.make_node(word)
                node.start(wait=False)
                self.assertEqual(node.wait_for_exit(), 1)
                self.assertEqual(node.errors(), "Error: Unable to start HTTP server. See debug log for details.\n")
                self.assertIn(text, node.log())

    def test_endless_chunks(self):
        """The limit of a body includes the framing of its chunks."""
        node = self.start_node()
        head = b"POST / HTTP/1.1\r\nHost: x\r\n<credentials>Transfer-Encoding: chunked\r\n\r\n"
        credentials = b"Authorization: Basic " + base64.b64encode(node._read_cookie().encode()) + b"\r\n"
        for name, text in (("with credentials", credentials), ("without", b"")):
            with self.subTest(name), self.assertRaises(OSError):
                connection = self.connect(node, head.replace(b"<credentials>", text))
                for _ in range(256):
                    connection.sendall((b"1;name=" + b"a" * 4000 + b"\r\n \r\n") * 256)
        self.assertEqual(node.rpc.getblockcount(), 0)

    def test_wrong_passwords(self):
        """Refusals do not count towards the limit of calls."""
        node = self.start_node("-rpcthreads=1", "-rpcworkqueue=1")
        wrong = b"Authorization: Basic " + base64.b64encode(b"__cookie__:x")
        guesses = [self.connect(node, b"POST / HTTP/1.1\r\nHost: x\r\n" + wrong + b"\r\nContent-Length: 0\r\n\r\n")
                   for _ in range(50)]
        self.assertEqual(node.rpc.getrpcinfo()["active_commands"][0]["method"], "getrpcinfo")
        self.assertEqual({connection.recv(12) for connection in guesses}, {b"HTTP/1.1 401"})
        self.assertIn("wrong user or password in a request from 127.0.0.1:", node.log())

    def test_hang_up(self):
        """When a client disconnects, or shuts down its writing end, its call is cancelled."""
        node = self.start_node()
        text = node.request_bytes("waitforblockheight", 100)

        def n_active():
            return len([call for call in node.rpc.getrpcinfo()["active_commands"] if call["method"] == "waitforblockheight"])

        connections = [self.connect(node, text) for _ in range(3)]
        framework.wait_until(lambda: n_active() == 3, "three calls that wait")
        connections[0].close()
        framework.wait_until(lambda: n_active() == 2, "the end of the first")
        connections[1].shutdown(socket.SHUT_WR)
        framework.wait_until(lambda: n_active() == 1, "the end of the second")
        self.assertEqual(node.stop(), 0)

    def test_few_descriptors(self):
        """When connections take all descriptors, silent ones are closed for others."""
        node = self.start_node()
        n_used = len(os.listdir(f"/proc/{node.process.pid}/fd"))
        resource.prlimit(node.process.pid, resource.RLIMIT_NOFILE, (n_used + 20, n_used + 20))
        for _ in range(100):
            self.connect(node, b"")
        began = time.monotonic()
        self.assertEqual(node.rpc.getblockcount(), 0)
        self.assertLess(time.monotonic() - began, 7, "they were waited for")

    def test_users(self):
        # HMAC-SHA-256 of "secret" under the key "abcd"
        hashed = "alice:abcd$" + __import__("hmac").new(b"abcd", b"secret", "sha256").hexdigest()
        rpc = self.start_node(f"-rpcauth={hashed}").rpc
        ask = {"id": 1, "method": "getblockcount"}
        self.assertEqual(rpc.raw(ask, credentials="alice:secret")[0], 200)
        self.assertEqual(rpc.raw(ask, credentials="alice:Secret")[0], 401)
        self.assertEqual(rpc.raw(ask)[0], 200)

    def test_password(self):
        node = self.make_node("-rpcuser=bob", "-rpcpassword=pw")
        node.rpc = framework.Rpc(node.port, lambda: "bob:pw")
        node.start()
        self.assertFalse((node.network_folder / ".cookie").exists())
        self.assertEqual(node.rpc.getblockcount(), 0)

    def test_port_taken(self):
        first = self.start_node()
        second = self.make_node()
        second.port = first.port
        second.start(wait=False)
        self.assertEqual(second.wait_for_exit(), 1)
        self.assertIn("Unable to start HTTP server", second.errors())
        self.assertIn("Unable to bind any endpoint", second.log())

    def test_lock(self):
        node = self.start_node()
        done = subprocess.run(node.command(f"-rpcport={framework.free_port()}"), capture_output=True, text=True,
                              timeout=framework.PATIENCE)
        self.assertEqual(done.returncode, 1)
        self.assertIn("Cannot obtain a lock on directory", done.stderr)
        self.assertEqual(node.rpc.getblockcount(), 0)

    def test_lock_of_blocks(self):
        node = self.start_node()
        other = self.make_node(f"-blocksdir={node.folder}")
        other.start(wait=False)
        self.assertEqual(other.wait_for_exit(), 1)
        self.assertIn(f"Cannot obtain a lock on directory {node.network_folder / 'blocks'}.", other.errors())

    def test_signals(self):
        for name in ("SIGTERM", "SIGINT"):
            with self.subTest(name):
                node = self.start_node()
                node.process.send_signal(getattr(framework.signal, name))
                self.assertEqual(node.wait_for_exit(), 0)
        node = self.start_node()
        log = node.network_folder / "debug.log"
        log.rename(log.with_suffix(".old"))
        node.process.send_signal(framework.signal.SIGHUP)
        framework.wait_until(lambda: log.exists(), "a new log")

    def test_pid_file(self):
        node = self.start_node()
        path = node.network_folder / "moneyrocketd.pid"
        self.assertEqual(int(path.read_text()), node.process.pid)
        node.stop()
        self.assertFalse(path.exists())

    def test_options(self):
        for args, text in ((["-nonsense"], "Invalid parameter -nonsense"),
                           (["-ipcbind=tcp:[::1]:1"], "Use tls:HOST:PORT"),
                           (["-signet"], "Invalid combination"),
                           (["-rpcport=0"], "Invalid port"),
                           (["-minrelaytxfee=x"], "Invalid amount for -minrelaytxfee"),
                           ([f"-datadir={self.folder / 'missing'}"], "does not exist"),
                           (["word"], "unexpected token 'word'")):
            with self.subTest(args):
                node = self.make_node()
                done = subprocess.run(node.command(*args), capture_output=True, text=True, timeout=framework.PATIENCE)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn(text, done.stderr)
        node = self.start_node("-listen=1", "-noconnect")
        self.assertIn("-listen has no effect", node.log())
        self.assertNotIn("-connect has no effect", node.log())

    def test_conf_file(self):
        node = self.make_node()
        (node.folder / "moneyrocket.conf").write_text(
            "regtest=1\nrpcuser=main\n[regtest]\nrpcuser=carol\nrpcpassword=pw\n[main]\nrpcport=1\n")
        node.args = []
        command = [a for a in node.command() if not a.startswith("-chain")]
        node.command = lambda *args: command
        node.rpc = framework.Rpc(node.port, lambda: "carol:pw")
        node.start()
        self.assertEqual(node.rpc.getblockchaininfo()["chain"], "regtest")

    def test_help_and_version(self):
        for option, text in (("-version", "version v"), ("-help", "-datadir=<dir>"), ("-help-debug", "-fastprune")):
            done = subprocess.run([str(framework.program(framework.DAEMON)), option], capture_output=True, text=True,
                                  timeout=framework.PATIENCE)
            self.assertEqual(done.returncode, 0)
            self.assertIn(text, done.stdout)


if __name__ == "__main__":
    framework.main()
