"""Two machines, as network namespaces, and a network between them that is slow, loses packets, and can be cut.

The link is a pair of TUN devices with this process between them, since it must not depend on the modules of the kernel. It
needs the rights of root; `unavailable()` says why it cannot be had.
"""
import ctypes
import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import threading
import time

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 1, 0x1000
NEAR, FAR = "10.83.0.1", "10.83.0.2"
MTU = 1400

libc = ctypes.CDLL(None, use_errno=True)


def check(result, what):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def unavailable():
    """Why there can be no network; None: there can."""
    if os.geteuid() != 0:
        return "network namespaces need the rights of root"
    if not os.path.exists("/dev/net/tun"):
        return "there is no /dev/net/tun"
    if not any(os.access(os.path.join(folder, "ip"), os.X_OK) for folder in ("/sbin", "/usr/sbin", "/bin", "/usr/bin")):
        return "iproute2 is not installed"
    try:
        with open("/proc/self/ns/net") as own:
            check(libc.unshare(CLONE_NEWNET), "unshare")
            check(libc.setns(own.fileno(), CLONE_NEWNET), "setns")
    except OSError as error:
        return str(error)
    return None


class Network:
    """This thread, and the programs that it starts, are on the near machine, until close(). start() begins one on the far
    machine."""

    def __init__(self, delay=0.01, loss=0.01, seed=1):
        self.delay, self.loss, self.random = delay, loss, random.Random(seed)
        self.is_up = True
        self.lost = 0
        self._own = open("/proc/self/ns/net")
        check(libc.unshare(CLONE_NEWNET), "unshare")
        self._far = open("/proc/thread-self/ns/net")
        self._devices = [None, self._make_device("far", FAR)]
        check(libc.unshare(CLONE_NEWNET), "unshare")
        self._devices[0] = self._make_device("near", NEAR)
        self._wake, self._woken = os.pipe()
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()

    @staticmethod
    def _make_device(name, address):
        device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
        for words in (f"link set lo up", f"addr add {address}/30 dev {name}", f"link set {name} mtu {MTU} up"):
            subprocess.run(["ip", *words.split()], check=True)
        return device

    def _carry(self):
        """Packets between the devices: each is late by the delay, or lost."""
        queue, number = [], 0
        while True:
            now = time.monotonic()
            while queue and queue[0][0] <= now:
                _, _, to, packet = heapq.heappop(queue)
                try:
                    os.write(to, packet)
                except OSError:
                    pass
            ready, _, _ = select.select([*self._devices, self._wake], [], [], queue[0][0] - now if queue else None)
            if self._wake in ready:
                return
            for i, device in enumerate(self._devices):
                if device not in ready:
                    continue
                packet = os.read(device, 65536)
                if not self.is_up or self.random.random() < self.loss:
                    self.lost += 1
                    continue
                number += 1
                heapq.heappush(queue, (time.monotonic() + self.delay, number, self._devices[1 - i], packet))

    def enter_far(self):
        """For the preexec_fn of a process that is to run on the far machine."""
        check(libc.setns(self._far.fileno(), CLONE_NEWNET), "setns")

    def cut(self):
        self.is_up = False

    def repair(self):
        self.is_up = True

    def close(self):
        os.write(self._woken, b"x")
        self._thread.join()
        for descriptor in (*self._devices, self._wake, self._woken):
            os.close(descriptor)
        check(libc.setns(self._own.fileno(), CLONE_NEWNET), "setns")
        self._own.close()
        self._far.close()
