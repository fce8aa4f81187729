#!/usr/bin/env python3
"""The client's table of parameters against the methods as the node describes them: what the node expects as JSON is parsed
by the client, and what is a text is not."""

import concurrent.futures
import subprocess

import framework


def kinds(schema):
    """The JSON types of a parameter."""
    if "oneOf" in schema or "anyOf" in schema:
        return set().union(*(kinds(part) for part in schema.get("oneOf", schema.get("anyOf"))))
    found = schema.get("type", "any")
    return set(found) if isinstance(found, list) else {found}


class CliParameters(framework.NodeTest):
    def cases(self, rpc):
        """(method, place or name, types of the parameter)"""
        for method in rpc.getopenrpcinfo(True)["methods"]:
            if method["name"].startswith(("echo", "rpc.")):  # of two kinds, for tests
                continue
            for place, param in enumerate(method["params"]):
                types = kinds(param["schema"])
                yield method["name"], place, types
                yield method["name"], param["name"], types
                if param["name"].endswith("options"):
                    for name, schema in param["schema"]["properties"].items():
                        yield method["name"], name, kinds(schema)

    def is_parsed(self, method, where):
        """Whether the client refuses what is not JSON. No node listens on port 1."""
        words = ["1"] * where + ["{x"] if isinstance(where, int) else ["-named", method, f"{where}={{x"]
        if isinstance(where, int):
            words = [method, *words]
        done = subprocess.run([str(framework.program("moneyrocket-cli")), f"-datadir={self.folder}", "-regtest",
                               "-rpcport=1", *words], capture_output=True, text=True, timeout=framework.PATIENCE)
        self.assertEqual(done.returncode, 1)
        return done.stderr == "error: Error parsing JSON: {x\n"

    def test_forms(self):
        node = self.make_node(wallet=True).start()
        cases = list(self.cases(node.rpc))
        self.assertIn("sendtoaddress", {method for method, _, _ in cases})
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            parsed = list(pool.map(lambda case: self.is_parsed(*case[:2]), cases))
        wrong = [(method, where, types) for (method, where, types), json in zip(cases, parsed)
                 if ("string" not in types and "any" not in types and not json) or (types == {"string"} and json)]
        self.assertEqual(wrong, [])
        self.check_conversions(node.rpc)

    def check_conversions(self, rpc):
        """`help dump_all_command_conversions` says the same of the methods of node and wallet, each once."""
        rows = rpc.help("dump_all_command_conversions")
        self.assertEqual(len({tuple(row[:3]) for row in rows}), len(rows))
        for row in (["getblock", 0, "blockhash", True], ["getblock", 1, "verbosity", False], ["getblock", 1, "verbose", False],
                    ["help", 0, "command", True], ["echo", 0, "arg0", True], ["sendtoaddress", 0, "address", True],
                    ["sendtoaddress", 1, "amount", False], ["listunspent", 4, "query_options", False],
                    ["listunspent", 4, "minimumAmount", False], ["scanblocks", 5, "filter_false_positives", False]):
            self.assertIn(row, rows)
        described = {method["name"]: len(method["params"]) for method in rpc.getopenrpcinfo(True)["methods"]}
        self.assertEqual({row[0] for row in rows}, {name for name, n in described.items() if n > 0})


if __name__ == "__main__":
    framework.main()
