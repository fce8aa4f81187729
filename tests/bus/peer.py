"""The other end of a worker's connections: starts a program as the application does, and speaks D-Bus to it."""
import os
import socket
import subprocess
import sys
import time

import gi

import wire

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

BUILD = os.environ.get("MONEYROCKET_BUILD") or os.path.join(os.path.dirname(__file__), "..", "..", "build")
INTERFACES = os.path.join(os.path.dirname(__file__), "..", "..", "src", "dbus")
PREFIX = "org.moneyrocket."
PROTOCOL = 1
TIMEOUT_MS = 60000


class Failed(Exception):
    """An error reply: `name` is its D-Bus name, "" if the connection was closed instead."""

    def __init__(self, name, message):
        super().__init__(f"{name}: {message}")
        self.name = name


def check_listed(member, error):
    """Checks that an error of ours is listed in the documentation of the interface."""
    name = member.rpartition(".")[0].rpartition(".")[2]
    path = os.path.join(INTERFACES, f"{PREFIX}{name}.xml")
    if error.startswith(PREFIX + "Error.") and os.path.exists(path):
        with open(path) as file:
            assert error in file.read(), f"{member} fails with {error}, which {name} does not list"


def program(name):
    return os.path.join(BUILD, "src", name.removeprefix("moneyrocket-"), name)


def wait_until(condition, seconds=60):
    """Runs the main context until CONDITION holds. The time limit is only for tests that hang."""
    end = time.monotonic() + seconds
    context = GLib.MainContext.default()
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("timed out waiting for a condition")
        while context.iteration(False):
            pass
        time.sleep(0.002)


class State(dict):
    """The state of a call: contains "value" or "error" once it has completed."""
    serial = 0


class Connection:
    """One end of a peer-to-peer connection: over SOCK to a program that does not authenticate, or a client of a program
    that listens at the socket PATH."""

    def __init__(self, sock=None, path=None):
        flags = Gio.DBusConnectionFlags.DELAY_MESSAGE_PROCESSING | Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
        if path is not None:
            sock = socket.socket(socket.AF_UNIX)
            sock.connect(path)
        else:
            sock = wire.Relay(sock).sock
        stream = Gio.Socket.new_from_fd(sock.detach()).connection_factory_create_connection()
        self.bus = None
        Gio.DBusConnection.new(stream, None, flags, None, None, self._opened)
        wait_until(lambda: self.bus is not None)
        self.bus.set_exit_on_close(False)
        self.signals = []
        self.bus.signal_subscribe(None, None, None, None, None, Gio.DBusSignalFlags.NONE,
                                  lambda bus, sender, path, iface, name, args: self.signals.append(
                                      (path, f"{iface}.{name}", args.unpack())))

    def _opened(self, source, result):
        self.bus = Gio.DBusConnection.new_finish(result)

    def start(self):
        self.bus.start_message_processing()
        return self

    def serve_hello(self, role, network="regtest"):
        """Exports an Init1 that replies to Hello, and records the serials of Cancel."""
        node = Gio.DBusNodeInfo.new_for_xml(
            "<node><interface name='org.moneyrocket.Init1'><method name='Hello'>"
            "<arg type='u' direction='in'/><arg type='s' direction='in'/><arg type='s' direction='in'/>"
            "<arg type='a{sv}' direction='in'/><arg type='u' direction='out'/><arg type='s' direction='out'/>"
            "<arg type='s' direction='out'/><arg type='s' direction='out'/><arg type='a{sv}' direction='out'/></method>"
            "<method name='Cancel'>"
            "<arg type='u' direction='in'/><arg type='a{sv}' direction='in'/></method></interface></node>")
        self.cancelled = []

        def answer(bus, sender, path, iface, method, args, invocation):
            if method == "Cancel":
                self.cancelled.append(args.unpack()[0])
                invocation.return_value(None)
            else:
                invocation.return_value(GLib.Variant("(usssa{sv})", (PROTOCOL, "0", role, network, {})))

        self.bus.register_object("/org/moneyrocket/Init", node.interfaces[0], answer, None, None)

    def send(self, path, member, args, fds=None):
        """Starts a call; returns a dictionary that is empty until the reply has arrived."""
        state = State()
        iface, method = member.rsplit(".", 1)
        iface = iface if "." in iface else PREFIX + iface

        def done(bus, result):
            try:
                value, out_fds = bus.call_with_unix_fd_list_finish(result)
                state["value"] = (value.unpack() if value is not None else (), out_fds)
            except GLib.Error as error:
                name = Gio.DBusError.get_remote_error(error) or ""
                Gio.DBusError.strip_remote_error(error)
                state["error"] = Failed(name, error.message)

        self.bus.call_with_unix_fd_list(None, path, iface, method, args, None, Gio.DBusCallFlags.NONE, TIMEOUT_MS, fds,
                                        None, done)
        state.serial = self.bus.get_last_serial()
        return state

    def cancel(self, state):
        """Cancels a call of send()."""
        self.call("/org/moneyrocket/Init", "Init1.Cancel", "(ua{sv})", state.serial, {})

    def call(self, path, member, signature="()", *args, fds=None, want_fds=False):
        state = self.send(path, member, GLib.Variant(signature, args), fds)
        wait_until(lambda: state)
        if "error" in state:
            check_listed(member, state["error"].name)
            raise state["error"]
        value, out_fds = state["value"]
        return (value, out_fds) if want_fds else value

    def hello(self, protocol=PROTOCOL, network="regtest"):
        return self.call("/org/moneyrocket/Init", "Init1.Hello", "(ussa{sv})", protocol, "0", network, {})

    def get(self, path, interface, name):
        return self.call(path, "org.freedesktop.DBus.Properties.Get", "(ss)", PREFIX + interface, name)[0]

    def closed(self):
        return self.bus.is_closed()

    def close(self):
        if not self.bus.is_closed():
            self.bus.close_sync(None)


class Worker:
    """A program that was started as a worker, with its parent's connection."""

    def __init__(self, name, datadir, *args, hello=True):
        ours, theirs = socket.socketpair()
        self.log = open(os.path.join(datadir, name + ".stderr"), "ab")
        words = [program(name), "-regtest", f"-datadir={datadir}", *args, f"-ipcfd={theirs.fileno()}"]
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
                                        pass_fds=[theirs.fileno()])
        theirs.close()
        self.bus = Connection(ours).start()
        if hello:
            self.hello = self.bus.hello()

    def attach_socket(self, own_role):
        """Connects the test as the other worker, which has sent nothing yet."""
        ours, theirs = socket.socketpair()
        fds = Gio.UnixFDList.new()
        fds.append(theirs.fileno())
        theirs.close()
        self.bus.call("/org/moneyrocket/Init", "Init1.AttachPeer", "(sha{sv})", own_role, 0, {}, fds=fds)
        return ours

    def attach(self, own_role):
        """The same; returns our connection, which is not started yet."""
        return Connection(self.attach_socket(own_role))

    def listen_for_lost_peers(self):
        """A list to which the roles in PeerClosed signals are appended."""
        roles = []
        self.bus.bus.signal_subscribe(None, PREFIX + "Init1", "PeerClosed", "/org/moneyrocket/Init", None, 0,
                                      lambda *words: roles.append(words[5].unpack()[0]))
        return roles

    def stop(self):
        self.bus.close()
        try:
            return self.process.wait(60)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self.log.close()


def need(*names):
    """Exits with code 77 (skipped) if a program was not built."""
    for name in names:
        if not os.path.exists(program(name)):
            print(f"{name} was not built")
            sys.exit(77)
