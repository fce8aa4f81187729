#!/usr/bin/env python3
"""getopenrpcinfo: it describes what help lists and what methods return. With MONEYROCKET_REFERENCE, it is compared with
that of the reference: names, types and order of arguments, which are optional, categories, and the shapes of results."""

import decimal
import re
import unittest

import framework
import reference

# Methods of our own.
OWN = ["cancelipcpairing", "createipcpairing", "listipcclients", "listipcpairings", "renameipcclient", "revokeipcclient"]
# In the reference's document, but not facts: words of its own, and notes for its own client.
NOTES = {"description", "x-bitcoin-default-hint", "x-bitcoin-type-override", "x-bitcoin-placeholder",
         "x-bitcoin-also-positional"}


def facts(schema):
    """SCHEMA without NOTES; alternatives are the same by either name."""
    if isinstance(schema, list):
        return [facts(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {("oneOf" if key == "anyOf" else key):
            {name: facts(value) for name, value in item.items()} if key == "properties" else facts(item)
            for key, item in schema.items() if key not in NOTES}


def problems(value, schema, path="result"):
    """Where VALUE differs from SCHEMA."""
    for key in ("oneOf", "anyOf"):
        if key in schema:
            tried = [list(problems(value, option, path)) for option in schema[key]]
            return [] if any(not found for found in tried) else min(tried, key=len)
    kinds = {"object": dict, "array": list, "string": str, "number": (int, float, decimal.Decimal), "boolean": bool, "null": type(None)}
    kind = schema.get("type")
    if kind and (not isinstance(value, kinds[kind]) or (isinstance(value, bool) and kind == "number")):
        return [f"{path}: {value!r} is not of type {kind}"]
    found = []
    if isinstance(value, dict) and "properties" in schema:
        found += [f"{path}: {name} is missing" for name in schema.get("required", []) if name not in value]
        for name, item in value.items():
            if name in schema["properties"]:
                found += problems(item, schema["properties"][name], f"{path}.{name}")
            else:
                found.append(f"{path}: {name} is not described")
    elif isinstance(value, dict) and isinstance(schema.get("additionalProperties"), dict):
        for name, item in value.items():
            found += problems(item, schema["additionalProperties"], f"{path}.{name}")
    elif isinstance(value, list) and isinstance(schema.get("items"), dict):
        for i, item in enumerate(value):
            found += problems(item, schema["items"], f"{path}[{i}]")
    elif isinstance(value, list) and isinstance(schema.get("items"), list):
        if len(value) != len(schema["items"]):
            found.append(f"{path}: {len(value)} items")
        for item, part in zip(value, schema["items"]):
            found += problems(item, part, path)
    return found


class Schema(framework.NodeTest):
    def check_help(self, node):
        """The same methods and arguments by `help`, by `help METHOD` and by getopenrpcinfo."""
        shown = {method["name"]: method for method in node.rpc.getopenrpcinfo()["methods"]}
        everything = {method["name"]: method for method in node.rpc.getopenrpcinfo(True)["methods"]}
        listed, category = {}, None
        for line in node.rpc.help().splitlines():
            if line.startswith("== "):
                category = line.strip("= ").lower()
            elif line:
                listed[line.split(" ")[0]] = (category, line)
        self.assertEqual(sorted(listed), list(shown))
        self.assertEqual(sorted(shown), list(shown))
        self.assertLess(len(shown), len(everything))
        for name, method in everything.items():
            page = node.rpc.help(name)
            if name in listed:
                self.assertEqual(listed[name], (method["x-bitcoin-category"], page.split("\n")[0]))
            else:
                self.assertTrue(method["x-bitcoin-category"] == "hidden" or name not in shown)
            arguments = re.findall(r"^\d+\. (\S+) +\(.*?, (required|optional)", page, re.M)
            self.assertEqual(arguments, [(p["name"], "required" if p["required"] else "optional")
                                         for p in (shown.get(name) or method)["params"]], name)
            if method["result"]["schema"] not in ({"type": "null"}, {}):
                self.assertIn("\nResult:\n", page)
        return everything

    def test_help(self):
        everything = self.check_help(self.start_node())
        self.assertNotIn("getbalance", everything)
        # `stop` has an argument that help does not show.
        self.assertEqual([p["name"] for p in everything["stop"]["params"]], ["wait"])

    def test_help_with_wallet(self):
        node = self.start_node(wallet=True)
        # The node answers while the wallet's process is still starting.
        framework.wait_until(lambda: "getbalance" in node.rpc.help(), "the methods of the wallet")
        everything = self.check_help(node)
        self.assertIn("getbalance", everything)

    def test_discover(self):
        node = self.start_node()
        self.assertEqual(node.rpc.call("rpc.discover"), node.rpc.getopenrpcinfo())
        self.assertEqual(node.rpc.getopenrpcinfo(False), node.rpc.getopenrpcinfo())

    def test_results(self):
        """What methods return has the described keys and types."""
        node = self.start_node("-txindex", "-blockfilterindex", "-coinstatsindex", "-txospenderindex")
        rpc = node.rpc
        hashes = rpc.generatetoaddress(101, framework.TRUE_ADDRESS)
        coinbase = rpc.getblock(hashes[0])["tx"][0]
        tx = framework.spend_true([(coinbase, 0)], [(4999990000, "51" * 30)])
        child = framework.spend_true([(coinbase, 0)], [(4999990000, framework.TRUE_SCRIPT)])
        tested = rpc.testmempoolaccept([child])
        txid = rpc.sendrawtransaction(child)
        rpc.syncwithvalidationinterfacequeue()
        framework.wait_until(lambda: all(i["synced"] for i in rpc.getindexinfo().values()), "the indexes")
        described = {m["name"]: m["result"]["schema"] for m in rpc.getopenrpcinfo(True)["methods"]}
        self.assertEqual(problems(tested, described["testmempoolaccept"]), [])
        spent = [{"txid": coinbase, "vout": 0}]
        for method, *args in (
                ("getblockchaininfo",), ("getblock", hashes[5], 0), ("getblock", hashes[5]), ("getblock", hashes[5], 2),
                ("getblock", hashes[5], 3), ("getblockheader", hashes[5]), ("getblockheader", hashes[5], False),
                ("getblockstats", 5), ("getchaintips",), ("getchaintxstats",), ("getchainstates",), ("getdeploymentinfo",),
                ("getdifficulty",), ("getblockfilter", hashes[5]), ("getindexinfo",), ("getmempoolinfo",),
                ("getrawmempool",), ("getrawmempool", True), ("getrawmempool", False, True), ("getmempoolentry", txid),
                ("getmempoolancestors", txid), ("getmempoolancestors", txid, True), ("getmempooldescendants", txid, True),
                ("getmempoolcluster", txid), ("getmempoolfeeratediagram",), ("getmininginfo",),
                ("getblocktemplate", {"rules": ["segwit"]}), ("getnetworkinfo",), ("getpeerinfo",),
                ("getprioritisedtransactions",), ("getrpcinfo",), ("gettxout", txid, 0), ("gettxout", "f" * 64, 0),
                ("gettxoutsetinfo",), ("gettxoutsetinfo", "muhash"), ("gettxoutsetinfo", "muhash", 50),
                ("gettxspendingprevout", spent), ("gettxspendingprevout", spent, {"return_spending_tx": True}),
                ("getrawtransaction", txid), ("getrawtransaction", txid, 1), ("getrawtransaction", txid, 2),
                ("getrawtransaction", coinbase, 2), ("decoderawtransaction", tx), ("decodescript", "51"),
                ("decodescript", "76a914" + "00" * 20 + "88ac"), ("validateaddress", framework.ADDRESS),
                ("validateaddress", "x"), ("logging",), ("uptime",), ("help",), ("echo", 1), ("verifychain",),
                ("gettxoutproof", [coinbase]), ("scantxoutset", "start", ["raw(51)"]), ("scantxoutset", "status"),
                ("scanblocks", "start", ["raw(51)"]), ("getdescriptoractivity", [hashes[5]], [f"addr({framework.TRUE_ADDRESS})"]),
                ("getdescriptorinfo", "raw(51)"), ("getnetworkhashps",), ("getopenrpcinfo", True), ("rpc.discover",),
                ("savemempool",), ("listipcclients",), ("listipcpairings",), ("cancelipcpairing",), ("waitforblockheight", 1)):
            with self.subTest(method=method, args=args):
                self.assertEqual(problems(rpc.call(method, *args), described[method]), [])


@unittest.skipUnless(reference.AVAILABLE, "MONEYROCKET_REFERENCE does not name a build of the reference")
class Comparison(reference.PairTest):
    def test_same_methods(self):
        node = self.start_node(wallet=True)
        other = reference.ReferenceNode(self.folder / "reference", wallet=True)
        self.nodes.append(other)
        other.start()
        ours = {m["name"]: m for m in node.rpc.getopenrpcinfo(True)["methods"]}
        theirs = {m["name"]: m for m in other.rpc.getopenrpcinfo(True)["methods"]}
        self.assertEqual(sorted(set(ours) - set(theirs)), OWN)
        for name, method in ours.items():
            if name in OWN:
                continue
            for part in ("params", "result", "x-bitcoin-category"):
                with self.subTest(method=name, part=part):
                    self.assertEqual(facts(method[part]), facts(theirs[name][part]))
            with self.subTest(method=name, part="usage"):
                usage, expected = (n.rpc.help(name).split("\n")[0].strip() for n in (node, other))
                self.assertEqual(usage, expected)


if __name__ == "__main__":
    unittest.main(verbosity=2)
