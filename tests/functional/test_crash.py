"""The program is killed at random points, with all that it does."""
import framework
from crash_base import ROUNDS, CrashBase


class CrashTest(CrashBase):
    def test_killed(self):
        node, clients = self.begin()
        for _ in range(ROUNDS):
            self.busy_for_a_while(clients)
            node.kill()
            # At once, like a supervisor: a process for the wallets may still be running.
            node.start()
            clients.stop()
            self.check(node, clients)
        node.restart()
        self.check(node, clients)
        self.finish(node)


if __name__ == "__main__":
    framework.main()
