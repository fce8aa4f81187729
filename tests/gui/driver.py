"""Starts the application on a separate bus and display, and drives it like a person through the accessibility bus; takes
screenshots with the application's actions for tests.

The visible objects are read with many concurrent calls, and again after the program has announced a change: libatspi makes
one call after the other, which took most of the time of these tests."""
import atexit
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import gi
gi.require_version("Atspi", "2.0")
gi.require_version("Gio", "2.0")
from gi.repository import Atspi as libatspi, Gio, GLib  # noqa: E402

BUILD = pathlib.Path(os.environ.get("MONEYROCKET_BUILD", pathlib.Path(__file__).resolve().parents[2] / "build"))
# The program that is tested: moneyrocket-gui, which starts a node and a wallet, or moneyrocket-qt, which is all three in one.
NAME = os.environ.get("MONEYROCKET_APPLICATION", "moneyrocket-gui")
PROGRAM = BUILD / "src" / ("daemon" if NAME == "moneyrocket-qt" else "gui") / NAME
LOG = "debug.log" if NAME == "moneyrocket-qt" else "gui.log"
SOURCE = pathlib.Path(__file__).resolve().parents[2]
PATIENCE = 60
# Seconds after which the visible objects are read again although no change was announced.
FRESH = 1


class Atspi:
    """Names of libatspi, and its functions on the objects of this module."""
    StateType, Role, role_get_name = libatspi.StateType, libatspi.Role, libatspi.role_get_name

    class EditableText:
        @staticmethod
        def set_text_contents(node, text):
            return node.set_text(text)


class Missing(AssertionError):
    """The application does not show what is expected."""


def inside():
    """Runs this program again with a display and a session bus, unless it has them already."""
    own = os.environ.get("MONEYROCKET_GUI_TESTS")
    if own:
        atexit.register(shutil.rmtree, own, ignore_errors=True)
        return
    own = own_folders()
    environment = dict(os.environ, MONEYROCKET_GUI_TESTS=str(own), GSK_RENDERER="cairo", GTK_A11Y="atspi", LC_ALL="C.UTF-8",
                       NO_AT_BRIDGE="0", GIO_USE_VFS="local", GSETTINGS_BACKEND="memory", GDK_BACKEND="x11",
                       XDG_RUNTIME_DIR=str(own / "runtime"), XDG_CONFIG_HOME=str(own / "config"))
    for name in ("WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "AT_SPI_BUS_ADDRESS"):
        environment.pop(name, None)
    os.execvpe("dbus-run-session", ["dbus-run-session", "--", "xvfb-run", "-a", "-s", "-screen 0 1400x1000x24 -nolisten tcp -noreset",
                                    sys.executable, *sys.argv], environment)


def own_folders():
    """A separate runtime folder, since two accessibility buses in the same one replace each other's socket, and settings
    without animations: during an animation the disappearing page can still be pressed."""
    own = pathlib.Path(tempfile.mkdtemp(prefix="moneyrocket-gui-"))
    (own / "runtime").mkdir(mode=0o700)
    (own / "config" / "gtk-4.0").mkdir(parents=True)
    (own / "config" / "gtk-4.0" / "settings.ini").write_text("[Settings]\ngtk-enable-animations=false\n")
    return own


def wait_for(what, check, patience=PATIENCE):
    """Calls CHECK until its result is true, and returns it. WHAT: a description, or a function that returns one."""
    end = time.monotonic() + patience
    while True:
        try:
            result = check()
        except GLib.Error:
            result = None
        if result:
            return result
        if time.monotonic() > end:
            raise Missing(what() if callable(what) else what)
        time.sleep(0.03)


A11Y = "org.a11y.atspi."


class Node:
    """An accessible object at the moment when it was read, with its visible descendants."""

    def __init__(self, reader, path, parent=None):
        self.reader, self.path, self.parent = reader, path, parent
        self.children, self.interfaces = [], []
        self.name = self.text = self.role = ""
        self.states = 0

    def has_state(self, state):
        return bool(self.states >> int(state) & 1)

    def implements(self, interface):
        return A11Y + interface in self.interfaces

    def descendants(self):
        """Parents first, in the order on the screen."""
        for child in self.children:
            yield child
            yield from child.descendants()

    def n_actions(self):
        return self.reader.property(self.path, "Action", "NActions") if self.implements("Action") else 0

    def press(self):
        self.reader.changed = True
        return self.reader.call(self.path, A11Y + "Action", "DoAction", GLib.Variant("(i)", (0,)))[0]

    def set_text(self, text):
        self.reader.changed = True
        return self.reader.call(self.path, A11Y + "EditableText", "SetTextContents", GLib.Variant("(s)", (text,)))[0]


class Reader:
    """The accessibility bus, and the accessible objects of one program on it."""

    def __init__(self, pid):
        session = Gio.bus_get_sync(Gio.BusType.SESSION)
        address = session.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None, None,
                                    Gio.DBusCallFlags.NONE, -1, None).unpack()[0]
        self.bus = Gio.DBusConnection.new_for_address_sync(
            address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        self.name = self.name_of_registered(pid)
        self.tree, self.changed, self.read_at, self.items = None, True, 0, {}
        if self.name is not None:
            for interface, take in ((A11Y + "Event.Object", self.take_event), (A11Y + "Cache", self.take_item)):
                self.bus.signal_subscribe(self.name, interface, None, None, None, Gio.DBusSignalFlags.NONE, take)

    def take_event(self, _bus, _sender, _path, _interface, member, _parameters):
        if member != "BoundsChanged":
            self.changed = True

    def take_item(self, _bus, _sender, _path, _interface, member, parameters):
        """GTK publishes an object when the children of its parent are requested: in the middle of reading."""
        if member == "AddAccessible":
            self.add_item(parameters.get_child_value(0))

    def add_item(self, item):
        self.items[item.get_child_value(0).get_child_value(1).get_string()] = item

    def call_raw(self, path, interface, method, parameters=None):
        return self.bus.call_sync(self.name, path, interface, method, parameters, None, Gio.DBusCallFlags.NONE, -1, None)

    def name_of_registered(self, pid):
        """The name that the process PID has on this bus, once it has announced it; None before. A call that arrives before,
        while GDBus still opens the connection, causes a failed assertion there."""
        for name, _ in self.bus.call_sync(A11Y + "Registry", "/org/a11y/atspi/accessible/root", A11Y + "Accessible", "GetChildren",
                                          None, None, Gio.DBusCallFlags.NONE, -1, None).unpack()[0]:
            if process_of_name(self.bus, name) == pid:
                return name
        return None

    def call(self, path, interface, method, parameters=None):
        return self.call_raw(path, interface, method, parameters).unpack()

    def property(self, path, interface, name):
        return self.call(path, "org.freedesktop.DBus.Properties", "Get", GLib.Variant("(ss)", (A11Y + interface, name)))[0]

    def read_items(self):
        """The cached data of all accessible objects of the program, packed: only a third of them is visible."""
        packed = self.call_raw("/org/a11y/atspi/cache", A11Y + "Cache", "GetItems").get_child_value(0)
        self.items = {}
        for i in range(packed.n_children()):
            self.add_item(packed.get_child_value(i))

    def read(self):
        """The tree of visible objects."""
        while GLib.MainContext.default().iteration(False):
            pass
        if self.changed or time.monotonic() - self.read_at > FRESH:
            self.changed, self.read_at = False, time.monotonic()
            self.tree = self.read_afresh()
        return self.tree

    def read_afresh(self):
        """The tree, requested now, without objects that disappear in the meantime."""
        self.read_items()
        root = Node(self, "/org/a11y/atspi/accessible/root")
        loop = GLib.MainLoop()
        pending = 0

        def ask(node, interface, method, parameters, answered):
            def finish(bus, result):
                nonlocal pending
                try:
                    answered(node, bus.call_finish(result).unpack()[0])
                except GLib.Error:
                    pass
                pending -= 1
                if pending == 0:
                    loop.quit()
            nonlocal pending
            pending += 1
            self.bus.call(self.name, node.path, interface, method, parameters, None, Gio.DBusCallFlags.NONE, -1, None, finish)

        def take_children(parent, children):
            for _, path in children:
                if path not in self.items:
                    continue
                node = Node(self, path, parent)
                node.interfaces, node.name, role, states = (self.items[path].get_child_value(i).unpack() for i in (5, 6, 7, 9))
                node.role = Atspi.role_get_name(Atspi.Role(role))
                node.states = states[0] | states[1] << 32
                if not (node.has_state(Atspi.StateType.SHOWING) or node.has_state(Atspi.StateType.VISIBLE)):
                    continue
                parent.children.append(node)
                if node.implements("Text"):
                    ask(node, A11Y + "Text", "GetText", GLib.Variant("(ii)", (0, -1)), take_text)
                ask(node, A11Y + "Accessible", "GetChildren", None, take_children)

        def take_text(node, text):
            node.text = text

        ask(root, A11Y + "Accessible", "GetChildren", None, take_children)
        loop.run()
        return root


def ask_bus(bus, method, parameters=None):
    return bus.call_sync("org.freedesktop.DBus", "/", "org.freedesktop.DBus", method, parameters, None,
                         Gio.DBusCallFlags.NONE, -1, None).unpack()[0]


def process_of_name(bus, name):
    """The process that owns NAME on BUS; None if it is no longer owned."""
    try:
        return ask_bus(bus, "GetConnectionUnixProcessID", GLib.Variant("(s)", (name,)))
    except GLib.Error:
        return None


def name_of_process(bus, pid):
    """The unique name of the process PID on BUS; None if it has none."""
    return next((name for name in ask_bus(bus, "ListNames") if name.startswith(":") and process_of_name(bus, name) == pid), None)


class Application:
    """FALLBACK_FEE, in BTC/kvB, is configured for the wallet unless there is a configuration. With None, a fee rate has to be entered
    for each payment on a network where nothing can be estimated. Unless DATADIR is NAMED on the command line, it is the default of the
    program."""

    def __init__(self, datadir, *words, program=None, environment=None, fallback_fee="0.0001", named=True):
        self.datadir = pathlib.Path(datadir)
        self.program = program or PROGRAM
        self.words = words
        self.named = named
        self.fallback_fee = fallback_fee
        self.environment = environment or {}
        self.process = None
        self.name = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def start(self):
        self.configure()
        self.errors = tempfile.TemporaryFile()
        folder = [f"-datadir={self.datadir}"] if self.named else []
        self.process = subprocess.Popen([str(self.program), *folder, *self.words], env=dict(os.environ, **self.environment), stderr=self.errors)
        self.session = Gio.bus_get_sync(Gio.BusType.SESSION)
        self.reader = wait_for("the application on the accessibility bus", self.find_application)
        self.name = wait_for("the application on the session bus", self.find_bus_name)
        return self

    def configure(self):
        configuration = self.datadir / "moneyrocket.conf"
        if self.fallback_fee is not None and self.datadir.is_dir() and not configuration.exists():
            configuration.write_text(f"fallbackfee={self.fallback_fee}\n")

    def wrote(self):
        """Its standard error."""
        self.errors.seek(0)
        return self.errors.read().decode(errors="replace").strip()

    def check_alive(self):
        if self.process.poll() is not None:
            logs = [line for log in self.datadir.rglob(LOG) for line in log.read_text().splitlines()[-5:]]
            raise RuntimeError(f"the application exited with code {self.process.returncode}; its output is “{self.wrote()}”, its log "
                               f"ends with {logs}")

    def find_application(self):
        self.check_alive()
        reader = Reader(self.process.pid)
        return reader if reader.name is not None and reader.read().children else None

    def find_bus_name(self):
        """A program may have several connections: finds the one with the application's actions."""
        self.check_alive()
        name = name_of_process(self.session, self.process.pid)
        if name is not None:
            self.call(name, "/org/moneyrocket/Moneyrocket", "org.gtk.Actions", "List", None)
        return name

    def call(self, name, path, interface, method, parameters):
        self.reader.changed = True
        return self.session.call_sync(name, path, interface, method, parameters, None, Gio.DBusCallFlags.NONE, -1, None).unpack()

    def action(self, action, parameter=None):
        parameters = [] if parameter is None else [parameter]
        self.call(self.name, "/org/moneyrocket/Moneyrocket", "org.gtk.Actions", "Activate",
                  GLib.Variant("(sava{sv})", (action, parameters, {})))

    def stop(self, patience=90):
        """Quits like a person, and returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(patience)
        if code != 0:
            print(self.wrote(), file=sys.stderr)
        self.errors.close()
        return code

    def complaints(self):
        """The errors that GTK and GLib have logged."""
        return [line for log in self.datadir.rglob(LOG) for line in log.read_text().splitlines()
                if re.search(r"\[(Gtk|glib|Adwaita|GLib[^]]*|Gdk|Gsk)\] Error", line)]

    # Visible objects

    def everything(self):
        """Every visible accessible object, parents first."""
        return self.reader.read().descendants()

    def texts(self):
        """Every visible text: names and contents, with ordinary spaces."""
        for node in self.everything():
            for text in (node.name, node.text):
                if text:
                    yield text.replace("\u202f", " ").replace("\u00a0", " ")

    def shows(self, text):
        return any(text in found for found in self.texts())

    def expect(self, text, patience=PATIENCE):
        wait_for(lambda: f"“{text}” to be visible; visible texts: {self.texts_briefly()}", lambda: self.shows(text), patience)

    def expect_gone(self, text, patience=PATIENCE):
        wait_for(f"“{text}” gone", lambda: not self.shows(text), patience)

    def texts_briefly(self):
        return " | ".join(dict.fromkeys(self.texts()))[:1500]

    def find(self, name, role=None):
        for node in self.everything():
            if node.name == name and (role is None or node.role in role):
                return node
        return None

    BUTTONS = ("push button", "button", "toggle button", "radio button", "check box", "menu button")

    def click(self, name):
        """Presses the button NAME, once it can be pressed."""
        def press():
            node = self.find(name, self.BUTTONS)
            if node is None or not node.has_state(Atspi.StateType.SENSITIVE):
                return False
            return node.implements("Action") and node.press()
        wait_for(lambda: f"a button “{name}”; visible texts: {self.texts_briefly()}", press)

    def click_any(self, start):
        """Presses the first visible object that can be pressed and whose name begins with START."""
        def press():
            for node in self.everything():
                if node.name.startswith(start) and self.press_inside(node):
                    return True
            return False
        wait_for(lambda: f"something to press called “{start}…”; visible texts: {self.texts_briefly()}", press)

    def press_inside(self, node):
        """Presses NODE, or else the first toggle in it: a menu button contains its button."""
        for part in (node, *node.descendants()):
            if part.n_actions() > 0:
                return part.press()
        return False

    def key(self, name):
        """Presses a key, as in "Escape" or "ctrl+2"."""
        subprocess.run(["xdotool", "key", name], check=True)
        self.reader.changed = True

    def focus(self):
        """The name of what has the focus; None if nothing has it."""
        return next((node.name for node in self.everything() if node.has_state(Atspi.StateType.FOCUSED)), None)

    def focus_widget(self):
        """The widget that has the focus and its label, as in "GtkButton Send"; empty if none has it. It knows fields, too, which
        libadwaita does not announce on the accessibility bus."""
        self.settle()
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "focus"
            self.action("focus", GLib.Variant("s", str(path)))
            wait_for("what has the focus", path.exists)
            return path.read_text()

    def window_action(self, action):
        self.call(self.name, "/org/moneyrocket/Moneyrocket/window/1", "org.gtk.Actions", "Activate",
                  GLib.Variant("(sava{sv})", (action, [], {})))

    def field(self, title):
        """The text field below TITLE."""
        for node in self.everything():
            if not node.implements("EditableText"):
                continue
            names = [node.name]
            parent = node.parent
            while parent is not None and parent.role in ("list item", "panel", "filler", "grouping", "row", "unknown",
                                                         "generic", "section", "entry", "text"):
                names.append(parent.name)
                names += [part.text or part.name for part in parent.descendants()]
                if parent.role == "list item":
                    break
                parent = parent.parent
            if title in names:
                return node
        return None

    def type(self, title, text):
        """Replaces the text of the field below TITLE."""
        node = wait_for(lambda: f"a field “{title}”; visible texts: {self.texts_briefly()}", lambda: self.field(title))
        if not node.set_text(text):
            raise Missing(f"the field “{title}” is not editable")

    def page(self, name):
        self.action("page", GLib.Variant("s", name))

    def resize(self, width, height):
        # Twice: the window can become as narrow as a phone only after it has switched to the narrow layout.
        for _ in range(2):
            self.action("resize", GLib.Variant("((ii))", ((width, height),)).get_child_value(0))
            self.settle()

    def scheme(self, name):
        self.action("color-scheme", GLib.Variant("s", name))
        self.settle()

    def settle(self):
        """Waits until the window has been laid out and drawn as it is now."""
        with tempfile.TemporaryDirectory() as folder:
            self.picture(pathlib.Path(folder) / "settled.png")

    def picture(self, path):
        """The window a few frames from now, when it has been laid out."""
        path = pathlib.Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        self.action("screenshot", GLib.Variant("s", str(path)))
        wait_for(f"the picture {path}", path.exists)


def with_fake_workers(folder):
    """A copy of the application in FOLDER, next to the fake workers that it will start."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "moneyrocket-gui"
    shutil.copy(BUILD / "src" / "gui" / "moneyrocket-gui", program)
    for name in ("moneyrocket-node", "moneyrocket-wallet"):
        target = folder / name
        shutil.copy(SOURCE / "tests" / "gui" / "fake_worker.py", target)
        target.chmod(0o755)
    return program, {"MONEYROCKET_FAKE_XML": str(SOURCE / "src" / "dbus"), "MONEYROCKET_FAKE_PYTHON": str(SOURCE / "tests" / "gui")}
