"""Invalid values that a worker sends: values that no wallet and no node has, by the name in "lie" of fake.json. Each
replaces the true value just before it is sent."""
import os

from gi.repository import Gio, GLib

MOST = (1 << 63) - 1
LEAST = -(1 << 63)
NAN = float("nan")
INFINITE = float("inf")
HASH = bytes(32)
FOREIGN = "ä" * 50
LONG = "x" * 900_000

TYPES = dict(txid="ay", hash="ay", kind="s", amount="x", fee="x", address="s", label="s", type="s", time="x", received="x", height="u",
             confirmations="u", conflicted="b", next="s", total="u", inputs="aa{sv}", outputs="aa{sv}", ours="b", change="b",
             fraction="d", rate="d", eta="t", synced="b", name="s",
             vsize="u", remaining="x", spendable="x", pending="x", immature="x", blocks="u", fee_rate="t", estimated="b")


def record(**values):
    return {key: GLib.Variant(TYPES[key], value) for key, value in values.items()}


FIGURES = {
    "warnings": lambda: {"Node1": {"Warnings": GLib.Variant.new_strv(["w"] * 5000)}},
    "million warnings": lambda: {"Node1": {"Warnings": GLib.Variant.new_strv([""] * 1_000_000)}},
    "progress": lambda: {"Node1": {"Progress": GLib.Variant("a{sv}", record(fraction=NAN)), "State": GLib.Variant("s", "importing")}},
    "rate": lambda: {"Node1": {"Progress": GLib.Variant("a{sv}", record(fraction=0.5, rate=INFINITE)), "State": GLib.Variant("s", "importing")}},
    "eta": lambda: {"Node1": {"Progress": GLib.Variant("a{sv}", record(fraction=1e300, eta=(1 << 64) - 1)), "State": GLib.Variant("s", "importing")}},
    "tip": lambda: {"Node1": {"Tip": GLib.Variant("a{sv}", record(height=(1 << 32) - 1, hash=HASH, time=MOST))}},
    "headers": lambda: {"Node1": {"HeaderTip": GLib.Variant("a{sv}", record(height=(1 << 32) - 1, hash=HASH, time=0))}},
    "indexes": lambda: {"Node1": {"Indexes": GLib.Variant("aa{sv}", [record(name="i", synced=False, fraction=NAN, rate=INFINITE)] * 1000)}},
    "validation": lambda: {"Node1": {"Validation": GLib.Variant("a{sv}", record(fraction=NAN, rate=NAN))}},
    "outcome": lambda: {"Operation1": {"Outcome": GLib.Variant("a{sv}", {})}},
    "balance": lambda: {"Wallet1": {"Balance": GLib.Variant("a{sv}", record(spendable=LEAST, pending=MOST, immature=-1))}},
    "type": lambda: {"Wallet1": {"AddressType": GLib.Variant("s", "base64")}},
    "scanned": lambda: {"Wallet1": {"Scanned": GLib.Variant("a{sv}", record(height=(1 << 32) - 1, hash=HASH)),
                                    "Scanning": GLib.Variant("b", True)}},
}


def row(**other):
    """A row of the history, with some values replaced."""
    return record(**{**dict(txid=HASH, kind="receive", amount=1, time=1, height=1, confirmations=1), **other})


def page(rows, following="", total=None):
    return GLib.Variant("(aa{sv}a{sv})", (rows, record(next=following, total=len(rows) if total is None else total)))


def addresses(*rows):
    return GLib.Variant("(aa{sv}a{sv})", ([record(address=address, label=label, type="bech32", time=time, received=received)
                                           for address, label, time, received in rows], {}))


def payment(**other):
    details = record(vsize=0, inputs=[record(amount=LEAST)] * 1000, outputs=[record(address=FOREIGN, amount=MOST, ours=True)])
    return GLib.Variant("(a{sv}a{sv})", (row(**other), details))


def draft(inputs, outputs, fee, vsize=141, remaining=0):
    coins = lambda rows: [record(address=address, amount=amount) for address, amount in rows]
    return GLib.Variant("(txa{sv})", (1, fee, record(inputs=coins(inputs), outputs=coins(outputs), vsize=vsize, remaining=remaining)))


ANSWERS = {
    "foreign address": lambda: {
        "NewAddress": GLib.Variant("(s)", (FOREIGN,)),
        "ListAddresses": addresses((FOREIGN, "", 1, 0)),
        "ListHistory": page([row(kind="send", address=FOREIGN)])},
    "new address": lambda: {"NewAddress": GLib.Variant("(s)", (FOREIGN,))},
    "no address": lambda: {
        "NewAddress": GLib.Variant("(s)", ("bcrt1qnothing",)),
        "ListAddresses": addresses(("bcrt1qnothing", "", 1, 0))},
    "addresses": lambda: {"ListAddresses": addresses(*[("", "", LEAST, LEAST)] * 1000)},
    "label": lambda: {
        "ListAddresses": addresses(("bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", LONG, 1, 1)),
        "ListHistory": page([row(label=LONG)])},
    "huge label": lambda: {"ListHistory": page([row(label=LONG * 33)])},
    "amount": lambda: {"ListHistory": page([row(amount=LEAST, fee=MOST)])},
    "time": lambda: {"ListHistory": page([row(time=LEAST)])},
    "confirmations": lambda: {"ListHistory": page([row(height=(1 << 32) - 1, confirmations=(1 << 32) - 1)])},
    "id": lambda: {"ListHistory": page([row(txid=b"short")])},
    "total": lambda: {"ListHistory": page([row()], "1", (1 << 32) - 1)},
    "rows": lambda: {"ListHistory": page([row()] * 600)},
    "points": lambda: {"ListBalances": GLib.Variant("(a(xx))", ([(LEAST, LEAST), (MOST, MOST)],))},
    "many points": lambda: {"ListBalances": GLib.Variant("(a(xx))", ([(i, i) for i in range(1000)],))},
    "payment": lambda: {"GetTransaction": payment()},
    "coins": lambda: {"CreateDraft": draft([("a", MOST), ("a", MOST)], [("a", LEAST)], 1)},
    "size": lambda: {"CreateDraft": draft([("a", 2000)], [("a", 1000)], 1000, vsize=0)},
    "fee": lambda: {"CreateDraft": draft([("a", MOST)], [("a", 1)], LEAST)},
    "fees": lambda: {"FeeChoices": GLib.Variant("(aa{sv})", ([record(blocks=(1 << 32) - 1, fee_rate=(1 << 64) - 1, estimated=True)] * 1000,))},
}


WALLETS = {f"/org/moneyrocket/wallets/{i}": {"org.moneyrocket.Wallet1": {"Name": GLib.Variant("s", str(i))}} for i in range(1000)}
ANSWERS["wallets"] = lambda: {"GetManagedObjects": GLib.Variant("(a{oa{sa{sv}}})", (WALLETS,))}
# A property of another type than its interface has, in the list of all objects.
ANSWERS["object types"] = lambda: {"GetManagedObjects": GLib.Variant("(a{oa{sa{sv}}})", (
    {"/org/moneyrocket/wallets/1": {"org.moneyrocket.Wallet1": {"Name": GLib.Variant("u", 1)}}},))}


def figures(lie, interface, values):
    return {**values, **(FIGURES[lie]().get(interface, {}) if lie in FIGURES else {})}


def answer(lie, method, value):
    return ANSWERS[lie]().get(method, value) if lie in ANSWERS else value


def signal(name):
    """The bytes of a PropertiesChanged message for NAME without any property."""
    message = Gio.DBusMessage.new_signal("/org/moneyrocket/Node", "org.freedesktop.DBus.Properties", "PropertiesChanged")
    message.set_serial(1 << 30)
    message.set_body(GLib.Variant("(sa{sv}as)", (name, {}, [])))
    return message.to_blob(0)


def write(data):
    """Bypasses GDBus, and writes to the socket."""
    os.set_blocking(3, True)
    while data:
        data = data[os.write(3, data):]


def flood(lie, role, bus, announce):
    """Unsolicited messages: "flood ROLE" as many as are accepted, "storm ROLE" more, "bytes ROLE" a text that is not
    UTF-8."""
    if lie == f"flood {role}":
        for _ in range(100):
            announce()
    elif lie == f"storm {role}":
        bus.flush_sync()
        write(signal("org.moneyrocket.Node1") * 50_000)
    elif lie == f"bytes {role}":
        bus.flush_sync()
        write(signal("ABCDEFGH").replace(b"ABCDEFGH", b"\xff\xfeABCDEF"))
