"""The process of the wallets is killed at random points."""
import os
import signal

import framework
from crash_base import ROUNDS, CrashBase
from processes import alive


class CrashTest(CrashBase):
    def test_wallet_killed(self):
        node, clients = self.begin()
        for _ in range(ROUNDS):
            self.busy_for_a_while(clients)
            pid = self.wallet_pid(node)
            os.kill(pid, signal.SIGKILL)
            framework.wait_until(lambda: not alive(pid), "the end of the wallet process")
            clients.stop()
            self.check(node, clients)
        self.finish(node)


if __name__ == "__main__":
    framework.main()
