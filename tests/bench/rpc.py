"""JSON-RPC over HTTP: our node and the reference, one after the other on the same chain, with wrk."""
import base64
import http.client
import json
import re
import shutil
import socket
import statistics
import subprocess
import time

ROUNDS = 5
SECONDS = 1
CONNECTIONS = 8
BATCH = 1000
ARGUMENTS = ["-regtest", "-txindex", "-connect=0", "-listen=0", "-disablewallet", "-printtoconsole=0", "-server=1"]
SCRIPT = """
wrk.method = "POST"
wrk.headers["Authorization"] = "Basic %s"
wrk.headers["Content-Type"] = "application/json"
local file = io.open("%s", "r")
wrk.body = file:read("*a")
file:close()
done = function (summary, latency, requests)
  local bad = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
  io.write(string.format("RESULT %%d %%d %%d\\n", summary.requests, summary.duration, bad))
end
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """A node that has started."""

    def __init__(self, program, folder):
        self.port = free_port()
        self.folder = folder
        self.process = subprocess.Popen([program, f"-datadir={folder}", f"-rpcport={self.port}", *ARGUMENTS])
        self.credentials = ""
        until = time.monotonic() + 60
        while True:
            try:
                self.credentials = base64.b64encode((folder / "regtest/.cookie").read_bytes()).decode()
                index = self.call("getindexinfo")["txindex"]
                if index["synced"]:
                    return
            except (OSError, RuntimeError, KeyError, http.client.HTTPException):
                pass
            if time.monotonic() > until or self.process.poll() is not None:
                raise RuntimeError(f"{program} does not answer")
            time.sleep(0.2)

    def post(self, body):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("POST", "/", body, {"Authorization": "Basic " + self.credentials})
        return connection.getresponse().read()

    def call(self, method, *params):
        answer = json.loads(self.post(json.dumps({"id": 1, "method": method, "params": params})))
        if answer["error"] is not None:
            raise RuntimeError(answer["error"]["message"])
        return answer["result"]

    def rate(self, body, connections):
        """Replies per second."""
        (self.folder / "body.json").write_text(body)
        script = self.folder / "post.lua"
        script.write_text(SCRIPT % (self.credentials, self.folder / "body.json"))
        report = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "--timeout", "20s", "-s", script,
                                 f"http://127.0.0.1:{self.port}/"], check=True, text=True, capture_output=True).stdout
        requests, microseconds, bad = map(int, re.search(r"RESULT (\d+) (\d+) (\d+)", report).groups())
        if bad:
            raise RuntimeError(f"{bad} requests of {requests} failed: {body[:80]}")
        return requests * 1e6 / microseconds

    def stop(self):
        self.process.terminate()
        self.process.wait(60)


def fullest_block(server):
    """The hash of the block with the most bytes."""
    hashes = [server.call("getblockhash", height) for height in range(server.call("getblockcount") + 1)]
    return max(hashes, key=lambda block: server.call("getblock", block, 1)["size"])


def request(method, *params, number=1):
    return {"jsonrpc": "1.0", "id": number, "method": method, "params": params}


def bodies(server):
    """The requests: NAME, the body, and the number of concurrent connections."""
    block = fullest_block(server)
    txid = server.call("getblock", block, 1)["tx"][-1]
    heights = server.call("getblockcount") + 1
    yield "getblockcount", request("getblockcount"), CONNECTIONS
    yield "getblockhash", request("getblockhash", heights // 2), CONNECTIONS
    yield "getblockheader", request("getblockheader", block), CONNECTIONS
    yield "batch", [request("getblockhash", i % heights, number=i) for i in range(BATCH)], 1
    for verbosity in range(4):
        yield f"getblock_{verbosity}", request("getblock", block, verbosity), 1
    yield "getrawtransaction", request("getrawtransaction", txid, 1), CONNECTIONS
    yield "getrawtransaction_in_block", request("getrawtransaction", txid, 1, block), 1


def same(a, b):
    """Whether both nodes give the same reply, apart from fields that only one of them has."""
    return json.loads(a) == json.loads(b)


def measure(programs, run_node, folder, blocks):
    """Lines (NAME, VALUE, UNIT): replies per second, and with a reference the ratio to its rate."""
    first = folder / "0"
    first.mkdir()
    run_node(programs[0], first, f"-loadblock={blocks}", "-assumevalid=0")
    for i in range(1, len(programs)):
        shutil.copytree(first, folder / str(i))
    servers = []
    try:
        for i, program in enumerate(programs):
            servers.append(Server(program, folder / str(i)))
        for name, body, connections in bodies(servers[0]):
            text = json.dumps(body)
            answers = [server.post(text) for server in servers]
            if len(servers) > 1 and not same(*answers):
                raise RuntimeError(f"{name}: the replies differ")
            # In turn, so that other work on the machine affects both alike.
            rates = [[server.rate(text, connections) for server in servers] for _ in range(ROUNDS)]
            yield f"rpc_{name}_rate", statistics.median(row[0] for row in rates), "answers/s"
            if len(servers) > 1:
                yield f"rpc_{name}", statistics.median(row[0] / row[1] for row in rates), "x"
    finally:
        for server in servers:
            server.stop()
