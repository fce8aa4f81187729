#!/usr/bin/python3
"""Replaces a worker of the application: implements the real interfaces on fd 3, with a chain and a wallet that consist of
numbers only. Started under the name moneyrocket-node or moneyrocket-wallet.

The file fake.json in the data folder is read before each call and changes the behaviour:
  "slow_stop": SECONDS   before a worker exits
  "slow_start": SECONDS  before a worker sends anything   "hold": ROLE   the node or the wallet does not start
  "refuse": true      the node rejects payments       "slow": SECONDS   every call of the wallet is delayed
  "wait": [METHOD]    these calls of the wallet are answered when they are no longer named here
  "pending": true     the node does not reply         "fees": [RATE, RATE, RATE]   0: no estimate
  "fallback": true    the fee rates are no estimates
  "die": WHEN         Spend1.Send makes the wallet exit, "before" or "after" the payment is stored
  "other": true       CreateDraft pays to another address  "fail": NAME   Spend1.Send fails with this error
  "state": NAME       the node's State                "progress", "eta", "rate", "peers": the node's properties
  "index": FRACTION   of an index that is being built
  "fatal": TEXT       the node exits with this error, now and at each start
  "coins": true       CreateDraft reports that too many coins are needed
  "poor": true        CreateDraft reports insufficient funds   "history": N   generated rows of history at the start
  "history_amount": SATOSHI   of each of them
  "blank": true       the wallets do not know their balances
  "problem": NAME     the error that keeps the wallets from following the chain
  "used": SATOSHI     in the balance   "address_age": SECONDS   of each address when it is made
  "mine": N           the node mines until it has N blocks   "conflict": WHERE   each payment to others conflicts with
                      another transaction, in the "mempool" or the "chain"
  "data_output": true   every transaction also has an output without address and amount
  "lie": NAME         an invalid value; see lies.py
"""
import hashlib
import json
import os
import pathlib
import signal
import socket
import sys
import time

import gi
gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

sys.path.insert(0, os.environ["MONEYROCKET_FAKE_PYTHON"])
import lies  # noqa: E402

HERE = pathlib.Path(os.environ["MONEYROCKET_FAKE_XML"])
ROLE = "wallet" if "wallet" in os.path.basename(sys.argv[0]) else "node"
COIN = 100_000_000
OPTIONS = dict(word.lstrip("-").partition("=")[::2] for word in sys.argv[1:])
DATADIR = pathlib.Path(OPTIONS.get("datadir", "."))
NETWORK = OPTIONS.get("chain") or next((n for n in ("regtest", "signet", "testnet4") if n in OPTIONS), "main")
LOOP = GLib.MainLoop()
WALLETS = "/org/moneyrocket/wallets"
OBJECT_MANAGER = """<node><interface name="org.freedesktop.DBus.ObjectManager"><method name="GetManagedObjects">
<arg type="a{oa{sa{sv}}}" direction="out"/></method></interface></node>"""
CHARS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def config(name, fallback=None):
    try:
        return json.loads((DATADIR / "fake.json").read_text()).get(name, fallback)
    except (OSError, ValueError):
        return fallback


def store(path, value):
    """Writes atomically: a worker may be killed at any moment."""
    new = path.with_suffix(".new")
    new.write_text(json.dumps(value))
    new.rename(path)


def polymod(values):
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1ffffff) << 5 ^ value
        for i, generator in enumerate((0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3)):
            check ^= generator if (top >> i) & 1 else 0
    return check


def bech32(program, version=0):
    hrp = {"main": "bc", "regtest": "bcrt"}.get(NETWORK, "tb")
    bits = int.from_bytes(program, "big") << (-len(program) * 8 % 5)
    count = (len(program) * 8 + 4) // 5
    data = [version] + [(bits >> 5 * i) & 31 for i in reversed(range(count))]
    values = [ord(c) >> 5 for c in hrp] + [0] + [ord(c) & 31 for c in hrp] + data
    check = polymod(values + [0] * 6) ^ (0x2bc830a3 if version else 1)
    return hrp + "1" + "".join(CHARS[d] for d in data + [(check >> 5 * (5 - i)) & 31 for i in range(6)])


def digest(*words):
    return hashlib.sha256("/".join(map(str, words)).encode()).digest()


def record(types, **values):
    """An a{sv}: TYPES has the type of each key; without a value there is none."""
    kinds = dict(word.split(":") for word in types.split())
    return {key: GLib.Variant(kinds[key], value) for key, value in values.items() if value is not None}


class Failure(Exception):
    """An error reply with one of our error names."""


class Worker:
    def __init__(self):
        time.sleep(config("slow_start", 0))
        while config("hold") == ROLE:
            time.sleep(0.1)
        with open(DATADIR / f"starts-{ROLE}", "a") as starts:
            starts.write(" ".join(sys.argv[1:]) + "\n")
        connection = Gio.Socket.new_from_fd(3).connection_factory_create_connection()
        self.bus = Gio.DBusConnection.new_sync(
            connection, None, Gio.DBusConnectionFlags.DELAY_MESSAGE_PROCESSING, None, None)
        self.bus.connect("closed", lambda *_: os._exit(0))
        self.peer = None
        self.buffer = b""
        self.last = None
        GLib.timeout_add(100, self.poll_lie)
        GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGUSR1, self.lose_peer)
        self.export("Init1", "/org/moneyrocket/Init")

    def export(self, interface, path):
        info = Gio.DBusNodeInfo.new_for_xml((HERE / f"org.moneyrocket.{interface}.xml").read_text()).interfaces[0]
        self.bus.register_object(path, info, self.on_call, self.on_get, None)

    def on_call(self, bus, sender, path, interface, method, parameters, invocation):
        if method in config("wait", []):
            GLib.timeout_add(20, self.wait, bus, sender, path, interface, method, parameters, invocation)
            return
        slow = config("slow", 0) if ROLE == "wallet" and not interface.endswith("Init1") else 0
        if slow:
            GLib.timeout_add(int(slow * 1000), self.answer, interface, path, method, parameters, invocation)
        else:
            self.answer(interface, path, method, parameters, invocation)

    def wait(self, *call):
        if call[4] in config("wait", []):
            return True
        self.on_call(*call)
        return False

    def answer(self, interface, path, method, parameters, invocation):
        try:
            if method == "AttachPeer":
                self.attach(invocation)
                invocation.return_value(None)
                return False
            handler = getattr(self, f"{interface.rsplit('.', 1)[1].lower()}_{method.lower()}")
            invocation.return_value(lies.answer(config("lie"), method, handler(path, *parameters.unpack())))
        except Failure as failure:
            invocation.return_dbus_error(f"org.moneyrocket.Error.{failure.args[0]}", failure.args[1])
        return False

    def on_get(self, bus, sender, path, interface, name):
        return self.figures(interface.rsplit(".", 1)[1], path).get(name)

    def figures(self, interface, path):
        return lies.figures(config("lie"), interface, self.properties(interface, path))

    def poll_lie(self):
        """Emits the properties again when what they depend on has changed."""
        lie, now = config("lie"), [config(name) for name in ("lie", "problem", "conflict", "blank")]
        if now != self.last:
            self.last = now
            self.announce()
        lies.flood(lie, ROLE, self.bus, self.announce)
        return True

    def changed(self, interface, path):
        values = self.figures(interface, path)
        self.bus.emit_signal(None, path, "org.freedesktop.DBus.Properties", "PropertiesChanged",
                             GLib.Variant("(sa{sv}as)", (f"org.moneyrocket.{interface}", values, [])))

    def init1_hello(self, path, protocol, version, network, options):
        return GLib.Variant("(usssa{sv})", (protocol, version, ROLE, NETWORK, {}))

    def init1_cancel(self, path, serial, options):
        return None

    def init1_shutdown(self, path, options):
        GLib.timeout_add(50 + int(1000 * config("slow_stop", 0)), LOOP.quit)
        return None

    def attach(self, invocation):
        fds = invocation.get_message().get_unix_fd_list()
        self.drop_peer()
        self.peer = socket.socket(fileno=fds.get(0))
        self.peer.setblocking(False)
        self.watch = GLib.io_add_watch(self.peer.fileno(), GLib.IO_IN | GLib.IO_HUP, self.on_peer)
        self.peer_attached()

    def on_peer(self, fd, condition):
        try:
            data = self.peer.recv(1 << 20)
        except (OSError, AttributeError):
            data = b""
        if not data:
            self.lose_peer()
            return True
        self.buffer += data
        *lines, self.buffer = self.buffer.split(b"\n")
        for line in lines:
            self.from_peer(json.loads(line))
        return True

    def drop_peer(self):
        if self.peer is not None:
            GLib.source_remove(self.watch)
            self.peer.close()
        self.peer = None

    def lose_peer(self):
        self.drop_peer()
        self.bus.emit_signal(None, "/org/moneyrocket/Init", "org.moneyrocket.Init1", "PeerClosed",
                             GLib.Variant("(s)", ("wallet" if ROLE == "node" else "node",)))
        return True

    def to_peer(self, message):
        if self.peer is not None:
            self.peer.setblocking(True)
            self.peer.sendall(json.dumps(message).encode() + b"\n")
            self.peer.setblocking(False)

    def peer_attached(self):
        pass

    def run(self):
        self.bus.start_message_processing()
        LOOP.run()


class Node(Worker):
    def __init__(self):
        super().__init__()
        self.store = DATADIR / "fake-node.json"
        self.chain = json.loads(self.store.read_text()) if self.store.exists() else {"blocks": [], "mempool": []}
        self.sequence = 1
        self.operations = {}
        self.export("Node1", "/org/moneyrocket/Node")
        GLib.timeout_add(300, self.poll)
        self.seen = None

    def poll(self):
        if config("fatal"):
            print(f"Error: {config('fatal')}", file=sys.stderr, flush=True)
            with open(DATADIR / f"failures-{ROLE}", "a") as failures:
                failures.write("1\n")
            os._exit(1)
        if self.height() < config("mine", 0):
            self.make_blocks(config("mine") - self.height(), "")
        now = [config(n) for n in ("state", "progress", "eta", "peers", "rate", "index")]
        if now != self.seen:
            self.seen = now
            self.changed("Node1", "/org/moneyrocket/Node")
        return True

    def announce(self):
        self.changed("Node1", "/org/moneyrocket/Node")

    def height(self):
        return len(self.chain["blocks"])

    def properties(self, interface, path):
        if interface == "Operation1":
            return self.operations[path]
        if interface == "Init1":
            return {"Version": GLib.Variant("s", "fake"), "Confinement": GLib.Variant("as", []), "Peer": GLib.Variant("a{sv}", {})}
        base = config("height", 0)
        height = base + self.height()
        headers = max(height, config("headers", 0))
        tip = "sequence:t height:u hash:ay time:x"
        progress = "fraction:d rate:d eta:t"
        index = record("name:s synced:b height:u " + progress, name="txindex", synced=False, height=1234, fraction=config("index"),
                       rate=500, eta=120)
        return {
            "State": GLib.Variant("s", config("state", "ready")),
            "Network": GLib.Variant("s", NETWORK),
            "Tip": GLib.Variant("a{sv}", record(tip, sequence=self.sequence, height=height, hash=digest("block", height),
                                                time=int(time.time()))),
            "HeaderTip": GLib.Variant("a{sv}", record(tip, height=headers, hash=digest("block", headers), time=int(time.time()))),
            "Progress": GLib.Variant("a{sv}", record(progress, fraction=config("progress", 1.0), rate=config("rate"), eta=config("eta"))),
            "Indexes": GLib.Variant("aa{sv}", [index] if config("index") else []),
            "Validation": GLib.Variant("a{sv}", {}),
            "Connections": GLib.Variant("u", config("peers", 0)),
            "Warnings": GLib.Variant("as", []),
        }

    def node1_generate(self, path, blocks, address, options):
        if NETWORK != "regtest":
            raise Failure("NotSupported", "not on this network")
        operation = f"/org/moneyrocket/operations/{len(self.operations) + 1}"
        self.operations[operation] = {
            "Progress": GLib.Variant("d", 0.0), "Stage": GLib.Variant("s", "mining"), "Done": GLib.Variant("b", False),
            "Outcome": GLib.Variant("a{sv}", {})}
        self.export("Operation1", operation)
        GLib.timeout_add(100, self.mine, operation, blocks, address)
        return GLib.Variant("(o)", (operation,))

    def make_blocks(self, blocks, address):
        for _ in range(blocks):
            block = {"height": self.height() + 1, "address": address, "txs": self.chain["mempool"], "time": int(time.time())}
            self.chain["mempool"] = []
            self.chain["blocks"].append(block)
            self.to_peer({"block": block})
        self.save()
        self.sequence += 1
        self.changed("Node1", "/org/moneyrocket/Node")

    def mine(self, operation, blocks, address):
        self.make_blocks(blocks, address)
        outcome = GLib.Variant("a{sv}", {"result": GLib.Variant("a{sv}", {})})
        self.operations[operation].update(Done=GLib.Variant("b", True), Outcome=outcome)
        outcome = lies.figures(config("lie"), "Operation1", self.operations[operation])["Outcome"]
        self.bus.emit_signal(None, operation, "org.moneyrocket.Operation1", "Finished", GLib.Variant.new_tuple(outcome))
        return False

    def node1_listblocks(self, path, limit, options):
        return GLib.Variant("(aa{sv})", ([],))

    def save(self):
        store(self.store, self.chain)

    def from_peer(self, message):
        if "submit" in message:
            self.chain["mempool"].append(message["submit"])
            self.save()
        if "from" in message:
            for block in self.chain["blocks"][message["from"]:]:
                self.to_peer({"block": block})


class Wallet(Worker):
    def __init__(self):
        super().__init__()
        self.folder = DATADIR / "fake-wallets"
        self.folder.mkdir(exist_ok=True)
        self.wallets = {}
        self.drafts = {}
        for file in sorted(self.folder.glob("*.json")):
            if not file.stem.startswith("closed"):
                self.wallets[file.stem] = json.loads(file.read_text())
        self.export("WalletManager1", "/org/moneyrocket/WalletManager")
        info = Gio.DBusNodeInfo.new_for_xml(OBJECT_MANAGER).interfaces[0]
        self.bus.register_object(WALLETS, info, self.on_call, None, None)
        for name in self.wallets:
            self.export_wallet(name)

    def announce(self):
        self.changed("WalletManager1", "/org/moneyrocket/WalletManager")
        for name, wallet in self.wallets.items():
            self.announce_object(name)
            self.announce_wallet(wallet)

    def path_of(self, name):
        return f"/org/moneyrocket/wallets/{digest(name).hex()[:16]}"

    def wallet_at(self, path):
        return next(w for n, w in self.wallets.items() if self.path_of(n) == path)

    def export_wallet(self, name):
        self.export("Wallet1", self.path_of(name))
        self.export("Spend1", self.path_of(name))
        self.announce_object(name)

    def announce_object(self, name):
        self.bus.emit_signal(None, WALLETS, "org.freedesktop.DBus.ObjectManager", "InterfacesAdded",
                             GLib.Variant("(oa{sa{sv}})", (self.path_of(name), self.interfaces(name))))

    def interfaces(self, name):
        return {f"org.moneyrocket.{interface}": self.properties(interface, self.path_of(name))
                for interface in ("Wallet1", "Spend1")}

    def objectmanager_getmanagedobjects(self, path):
        return GLib.Variant("(a{oa{sa{sv}}})", ({self.path_of(name): self.interfaces(name) for name in self.wallets},))

    def save(self, wallet):
        store(self.folder / f"{wallet['name']}.json", wallet)
        self.announce_wallet(wallet)

    def announce_wallet(self, wallet):
        path = self.path_of(wallet["name"])
        self.changed("Wallet1", path)
        self.bus.emit_signal(None, path, "org.moneyrocket.Wallet1", "Changed", GLib.Variant("(t)", (wallet["height"],)))

    def balance(self, wallet):
        spendable = pending = immature = 0
        for tx in wallet["txs"]:
            depth = self.depth(wallet, tx)
            if tx.get("abandoned"):
                continue
            if tx["kind"] == "generate" and depth <= 100:
                immature += tx["amount"]
            elif depth == 0 and tx["kind"] == "receive":
                pending += tx["amount"]
            else:
                spendable += tx["amount"]
        return spendable, pending, immature

    def problem(self):
        return config("problem") and f"org.moneyrocket.Error.{config('problem')}"

    def depth(self, wallet, tx):
        return max(wallet["height"], 1) - tx["height"] + 1 if tx["height"] > 0 else 0

    def properties(self, interface, path):
        if interface == "Init1":
            return {"Version": GLib.Variant("s", "fake"), "Confinement": GLib.Variant("as", []), "Peer": GLib.Variant("a{sv}", {})}
        if interface == "WalletManager1":
            return {"Ready": GLib.Variant("b", True)}
        wallet = self.wallet_at(path)
        balance = dict(zip(("spendable", "pending", "immature"), self.balance(wallet)))
        if config("used"):
            balance["used"] = config("used")
        scanned = record("height:u hash:ay", height=wallet["height"], hash=digest("block", wallet["height"]))
        return {"Name": GLib.Variant("s", wallet["name"]), "AddressType": GLib.Variant("s", OPTIONS.get("addresstype", "bech32")),
                "Sequence": GLib.Variant("t", wallet["height"]),
                "Balance": GLib.Variant("a{sv}", {} if config("blank") else record("spendable:x pending:x immature:x used:x", **balance)),
                "Scanned": GLib.Variant("a{sv}", scanned), "Scanning": GLib.Variant("b", False),
                "Problem": GLib.Variant("a{sv}", record("error:s", error=self.problem()))} if interface == "Wallet1" else {}

    def walletmanager1_list(self, path, options):
        names = [f.stem for f in sorted(self.folder.glob("*.json"))]
        return GLib.Variant("(aa{sv})", ([record("name:s wallet:o", name=n, wallet=self.path_of(n) if n in self.wallets else None)
                                          for n in names],))

    def walletmanager1_create(self, path, name, options):
        if name in self.wallets:
            raise Failure("WalletExists", "the wallet exists")
        if name == "Unusable":
            raise Failure("InvalidName", "for a reason that the application does not know")
        now = int(time.time())
        self.wallets[name] = {"name": name, "height": 0, "addresses": [], "txs": [
            {"txid": digest("old", i).hex(), "kind": ("receive", "send", "receive")[i % 3], "fee": 141 if i % 3 == 1 else 0,
             "amount": (1 if i % 3 != 1 else -1) * config("history_amount", 1000 + i * 7919 * (3 if i % 3 != 1 else 1)), "address": bech32(digest(i)[:20]),
             "label": ("Rent", "", "Coffee", "")[i % 4], "time": now - i * 40000, "height": 1} for i in range(config("history", 0))][::-1]}
        self.export_wallet(name)
        self.save(self.wallets[name])
        self.to_peer({"from": 0})
        return GLib.Variant("(o)", (self.path_of(name),))

    def walletmanager1_load(self, path, name, options):
        file = self.folder / f"{name}.json"
        if not file.exists():
            raise Failure("WalletNotFound", "the file does not exist")
        self.wallets[name] = json.loads(file.read_text())
        self.export_wallet(name)
        return GLib.Variant("(o)", (self.path_of(name),))

    def wallet1_newaddress(self, path, kind, options):
        wallet = self.wallet_at(path)
        seed = digest(wallet["name"], len(wallet["addresses"]))
        address = bech32(seed, 1) if kind == "bech32m" else bech32(seed[:20])
        wallet["addresses"].append({"address": address, "type": kind,
                                    "time": int(time.time()) - config("address_age", 0)})
        wallet.setdefault("labels", {})[address] = options.get("label", "")
        self.save(wallet)
        return GLib.Variant("(s)", (address,))

    def label_of(self, wallet, address):
        return wallet.setdefault("labels", {}).get(address, "")

    def wallet1_listaddresses(self, path, limit, options):
        wallet = self.wallet_at(path)
        rows = [record("address:s label:s type:s time:x received:x", address=a["address"],
                       label=self.label_of(wallet, a["address"]) or None, type=a["type"],
                       time=a["time"], received=sum(t["amount"] for t in wallet["txs"]
                                                    if t["address"] == a["address"] and t["amount"] > 0))
                for a in reversed(wallet["addresses"])]
        return GLib.Variant("(aa{sv}a{sv})", (rows[:limit], {}))

    def wallet1_setlabel(self, path, address, options):
        wallet = self.wallet_at(path)
        wallet.setdefault("labels", {})[address] = options.get("label", "")
        self.save(wallet)
        return None

    def wallet1_setpaymentlabel(self, path, txid, options):
        wallet = self.wallet_at(path)
        next(t for t in wallet["txs"] if t["txid"] == bytes(txid).hex())["label"] = options.get("label", "")
        self.save(wallet)
        return None

    def row(self, wallet, tx):
        depth = self.depth(wallet, tx)
        conflicted = tx["kind"] == "send" and config("conflict") is not None
        return record("txid:ay kind:s amount:x fee:x address:s label:s address_label:s recipients:u time:x height:u confirmations:u "
                      "abandoned:b conflicted:b",
                      txid=bytes.fromhex(tx["txid"]), kind=tx["kind"], amount=tx["amount"], fee=tx["fee"] or None,
                      address=tx["address"] or None, label=tx["label"] or None,
                      address_label=self.label_of(wallet, tx["address"]) or None,
                      recipients=n if (n := len(tx.get("recipients", ""))) > 1 else None, time=tx["time"],
                      height=tx["height"] if depth else None, confirmations=depth or None,
                      abandoned=tx.get("abandoned"), conflicted=conflicted or None)

    def wallet1_listhistory(self, path, limit, options):
        wallet = self.wallet_at(path)
        rows = wallet["txs"][::-1]
        if options.get("kind"):
            rows = [t for t in rows if t["kind"] == options["kind"]]
        if options.get("search"):
            rows = [t for t in rows if options["search"].lower() in
                    f"{t['address']} {t['label']} {[label for _, _, label in t.get('recipients', [])]} {self.label_of(wallet, t['address'])} {bytes.fromhex(t['txid'])[::-1].hex()}".lower()]
        start = options.get("offset", 0)
        after = start + limit
        page = record("next:s total:u", next=str(after) if after < len(rows) else None, total=len(rows))
        return GLib.Variant("(aa{sv}a{sv})", ([self.row(wallet, t) for t in rows[start:after]], page))

    def wallet1_listbalances(self, path, limit, options):
        wallet, start = self.wallet_at(path), options.get("from", 0)
        points, balance = [], 0
        for tx in sorted(wallet["txs"], key=lambda t: t["time"]):
            if tx.get("abandoned"):
                continue
            balance += tx["amount"]
            if not points:
                points.append((max(start, tx["time"] - 1), 0))
            points.append((max(start, tx["time"]), balance))
        return GLib.Variant("(a(xx))", (points[-limit:],))

    def wallet1_gettransaction(self, path, txid, options):
        wallet = self.wallet_at(path)
        tx = next((t for t in wallet["txs"] if t["txid"] == bytes(txid).hex()), None)
        if tx is None:
            raise Failure("NotFound", "unknown transaction")
        own = bech32(digest("own")[:20])
        coin = lambda **values: record("address:s amount:x ours:b label:s", **values)
        outcome = self.state(tx) if tx["kind"] == "send" and tx["height"] == -1 else None
        details = record("vsize:u outcome:s reason:s inputs:aa{sv} outputs:aa{sv}", vsize=141, outcome=outcome,
                         reason=self.reason(outcome), inputs=[coin(address=own, amount=50 * COIN, ours=True)], outputs=[
            *([coin(address=a, amount=v, ours=False, label=label or None) for a, v, label in tx.get("recipients", [])]
              or [coin(address=tx["address"], amount=abs(tx["amount"]) - tx["fee"], ours=tx["amount"] > 0)]),
            coin(address=own, amount=COIN, ours=True), *([coin(amount=0, ours=False)] if config("data_output") else [])])
        return GLib.Variant("(a{sv}a{sv})", (self.row(wallet, tx), details))

    def spend1_feechoices(self, path, options):
        fees = config("fees", [12000, 5250, 1000])
        return GLib.Variant("(aa{sv})", ([record("blocks:u fee_rate:t estimated:b", blocks=blocks, fee_rate=fee or None, estimated=fee != 0 and not config("fallback"))
                                          for blocks, fee in zip((1, 6, 144), fees)],))

    def spend1_createdraft(self, path, recipients, fee_rate, options):
        wallet = self.wallet_at(path)
        labels = {recipient["address"]: recipient.get("label", "") for recipient in recipients}
        recipients = [(recipient["address"], recipient.get("amount")) for recipient in recipients]
        fee = 141 * fee_rate // 1000
        spendable = self.balance(wallet)[0] + (config("used", 0) if options.get("spend_used") else 0)
        if options.get("send_all"):
            recipients[0] = (recipients[0][0], spendable - fee)
        paid = sum(a for _, a in recipients)
        if config("coins"):
            raise Failure("TooManyCoins", "too many coins")
        if config("poor") or options.get("send_all") and paid < 546 or paid + fee > spendable:
            raise Failure("InsufficientFunds", "not enough")
        for address, amount in recipients:
            if amount < 546:
                raise Failure("InvalidAmount", f"The amount for {address} is too small to be sent.")
        number = int.from_bytes(os.urandom(8), "little")
        self.drafts[number] = (path, recipients, fee, options.get("label", ""), labels)
        if config("other"):
            recipients = [(bech32(digest("thief")[:20]), v) for _, v in recipients]
        coin = 50 * COIN
        inputs = [(bech32(digest("coin", i)[:20]), coin) for i in range((paid + fee + coin - 1) // coin)]
        change = len(inputs) * coin - paid - fee
        outputs = [(a, v, None) for a, v in recipients] + ([(bech32(digest("change")[:20]), change, True)] if change else [])
        own = {item["address"] for item in wallet["addresses"]}
        paid_before = lambda address: sum(t["kind"] == "send" and t["address"] == address and self.depth(wallet, t) > 0 for t in wallet["txs"])
        coin = lambda address, amount, change=None: record(
            "address:s amount:x change:b ours:b paid_before:u", address=address, amount=amount, change=change,
            ours=(address in own and not change) or None, paid_before=paid_before(address) or None)
        summary = record("inputs:aa{sv} outputs:aa{sv} vsize:u remaining:x", inputs=[coin(*row) for row in inputs],
                         outputs=[coin(*row) for row in outputs], vsize=141, remaining=spendable - paid - fee)
        return GLib.Variant("(txa{sv})", (number, fee, summary))

    def state(self, tx):
        if config("conflict"):
            return "conflicted" if config("conflict") == "chain" else "pending"
        return "abandoned" if tx.get("abandoned") else "pending" if config("pending") else "refused" if config("refuse") else "accepted"

    def reason(self, state):
        return "min relay fee not met, 100 < 141" if state == "refused" else None

    def outcome(self, wallet, txid):
        state = self.state(next(t for t in wallet["txs"] if t["txid"] == txid))
        return GLib.Variant("(aysa{sv})", (bytes.fromhex(txid), state, record("reason:s", reason=self.reason(state))))

    def spend1_send(self, path, draft, options):
        with open(DATADIR / "sent", "a") as sent:
            sent.write(f"{draft}\n")
        if config("fail"):
            raise Failure(config("fail"), "as it was asked for")
        if config("die") == "before":
            os._exit(1)
        wallet = self.wallet_at(path)
        txid = wallet.setdefault("drafts", {}).get(str(draft))
        if txid is None:
            if draft not in self.drafts:
                raise Failure("NotFound", "unknown draft")
            path, recipients, fee, label, labels = self.drafts.pop(draft)
            txid = digest("tx", wallet["name"], len(wallet["txs"]), time.time()).hex()
            wallet["txs"].append({"txid": txid, "kind": "send", "amount": -sum(a for _, a in recipients) - fee, "fee": fee,
                                  "address": recipients[0][0], "label": label, "recipients": [(a, v, labels[a]) for a, v in recipients],
                                  "time": int(time.time()), "height": -1})
            wallet["drafts"][str(draft)] = txid
        if not config("refuse") and not config("pending"):
            self.to_peer({"submit": txid})
        self.save(wallet)
        if config("die") == "after":
            os._exit(1)
        return self.outcome(wallet, txid)

    def spend1_getpayment(self, path, draft, options):
        wallet = self.wallet_at(path)
        txid = wallet.get("drafts", {}).get(str(draft))
        if txid is None:
            raise Failure("NotFound", "this draft was not sent")
        return self.outcome(wallet, txid)

    def spend1_abandon(self, path, txid, options):
        wallet = self.wallet_at(path)
        next(t for t in wallet["txs"] if t["txid"] == bytes(txid).hex())["abandoned"] = True
        self.save(wallet)
        return None

    def spend1_discard(self, path, draft, options):
        self.drafts.pop(draft, None)
        return None

    def peer_attached(self):
        for wallet in self.wallets.values():
            self.to_peer({"from": wallet["height"]})

    def from_peer(self, message):
        block = message["block"]
        for wallet in self.wallets.values():
            if block["height"] <= wallet["height"]:
                continue
            wallet["height"] = block["height"]
            for tx in wallet["txs"]:
                if tx["height"] == -1 and tx["txid"] in block["txs"]:
                    tx["height"] = block["height"]
            if any(a["address"] == block["address"] for a in wallet["addresses"]):
                wallet["txs"].append({"txid": digest("coinbase", block["height"]).hex(), "kind": "generate", "amount": 50 * COIN,
                                      "fee": 0, "address": block["address"], "label": "", "time": block["time"], "height": block["height"]})
            self.save(wallet)


if __name__ == "__main__":
    (Wallet if ROLE == "wallet" else Node)().run()
