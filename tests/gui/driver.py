"""Starts the application on a bus and a display of its own and drives it as a person does, through the accessibility
bus; takes pictures through the actions that the application has for tests."""
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
from gi.repository import Atspi, Gio, GLib  # noqa: E402

BUILD = pathlib.Path(os.environ.get("MONEYROCKET_BUILD", pathlib.Path(__file__).resolve().parents[2] / "build"))
SOURCE = pathlib.Path(__file__).resolve().parents[2]
PATIENCE = 60


class Missing(AssertionError):
    """The application does not show what it should."""


def inside():
    """Runs this program again under a display and a session bus, unless it has them already."""
    if os.environ.get("MONEYROCKET_GUI_TESTS"):
        return
    environment = dict(os.environ, MONEYROCKET_GUI_TESTS="1", GSK_RENDERER="cairo", GTK_A11Y="atspi", LC_ALL="C.UTF-8",
                       NO_AT_BRIDGE="0", GIO_USE_VFS="local", GSETTINGS_BACKEND="memory", GDK_BACKEND="x11",
                       XDG_RUNTIME_DIR=runtime_folder())
    for name in ("WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "AT_SPI_BUS_ADDRESS"):
        environment.pop(name, None)
    os.execvpe("dbus-run-session", ["dbus-run-session", "--", "xvfb-run", "-a", "-s", "-screen 0 1400x1000x24 -nolisten tcp",
                                    sys.executable, *sys.argv], environment)


def runtime_folder():
    """One of its own: two accessibility buses in one folder take each other's socket."""
    return tempfile.mkdtemp(prefix="moneyrocket-gui-runtime-")


def wait_for(what, check, patience=PATIENCE):
    """Calls CHECK until its result is true, and returns that. WHAT: a sentence, or a function that makes one."""
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
        time.sleep(0.1)


class Application:
    def __init__(self, datadir, *words, program=None, environment=None):
        self.datadir = pathlib.Path(datadir)
        self.program = program or BUILD / "src" / "gui" / "moneyrocket-gui"
        self.words = words
        self.environment = environment or {}
        self.process = None
        self.name = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def start(self):
        self.process = subprocess.Popen([str(self.program), f"-datadir={self.datadir}", *self.words],
                                        env=dict(os.environ, **self.environment))
        self.session = Gio.bus_get_sync(Gio.BusType.SESSION)
        self.root = wait_for("the application on the accessibility bus", self.find_application)
        self.name = wait_for("the application on the session bus", self.find_bus_name)
        return self

    def find_application(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"the application ended with code {self.process.returncode}")
        desktop = Atspi.get_desktop(0)
        for i in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(i)
            if child is not None and child.get_process_id() == self.process.pid and child.get_child_count() > 0:
                child.set_cache_mask(Atspi.Cache.NONE)
                return child
        return None

    def find_bus_name(self):
        for name in self.call("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "ListNames", None)[0]:
            if not name.startswith(":"):
                continue
            try:
                pid = self.call("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "GetConnectionUnixProcessID",
                                GLib.Variant("(s)", (name,)))[0]
                if pid == self.process.pid:
                    self.call(name, "/org/moneyrocket/Moneyrocket", "org.gtk.Actions", "List", None)
                    return name
            except GLib.Error:
                continue
        return None

    def call(self, name, path, interface, method, parameters):
        return self.session.call_sync(name, path, interface, method, parameters, None, Gio.DBusCallFlags.NONE, -1, None).unpack()

    def action(self, action, parameter=None):
        parameters = [] if parameter is None else [parameter]
        self.call(self.name, "/org/moneyrocket/Moneyrocket", "org.gtk.Actions", "Activate",
                  GLib.Variant("(sava{sv})", (action, parameters, {})))

    def stop(self, patience=90):
        """Asks for the end as a person does, and returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(patience)

    def complaints(self):
        """What GTK and GLib found wrong with the program."""
        return [line for log in self.datadir.rglob("gui.log") for line in log.read_text().splitlines()
                if re.search(r"\[(Gtk|glib|Adwaita|GLib[^]]*|Gdk|Gsk)\] Error", line)]

    # What is on show

    def everything(self, node=None):
        """Every accessible that is showing, parents first."""
        node = node or self.root
        try:
            count = node.get_child_count()
        except GLib.Error:
            return
        for i in range(count):
            try:
                child = node.get_child_at_index(i)
                if child is None:
                    continue
                states = child.get_state_set()
                if not (states.contains(Atspi.StateType.SHOWING) or states.contains(Atspi.StateType.VISIBLE)):
                    continue
            except GLib.Error:
                continue
            yield child
            yield from self.everything(child)

    def text_of(self, node):
        try:
            text = node.get_text_iface()
            if text is not None:
                return Atspi.Text.get_text(text, 0, Atspi.Text.get_character_count(text))
        except GLib.Error:
            pass
        return ""

    def texts(self):
        """Every text on show: names and contents, with ordinary spaces."""
        for node in self.everything():
            try:
                for text in (node.get_name(), self.text_of(node)):
                    if text:
                        yield text.replace("\u202f", " ").replace("\u00a0", " ")
            except GLib.Error:
                continue

    def shows(self, text):
        return any(text in found for found in self.texts())

    def expect(self, text, patience=PATIENCE):
        wait_for(lambda: f"“{text}” on show; there is: {self.texts_briefly()}", lambda: self.shows(text), patience)

    def expect_gone(self, text, patience=PATIENCE):
        wait_for(f"“{text}” gone", lambda: not self.shows(text), patience)

    def texts_briefly(self):
        return " | ".join(dict.fromkeys(self.texts()))[:1500]

    def find(self, name, role=None):
        for node in self.everything():
            try:
                if node.get_name() == name and (role is None or node.get_role_name() in role):
                    return node
            except GLib.Error:
                continue
        return None

    BUTTONS = ("push button", "button", "toggle button", "radio button", "check box", "menu button")

    def click(self, name):
        """Presses the button called NAME, once it can be pressed."""
        def press():
            node = self.find(name, self.BUTTONS)
            if node is None or not node.get_state_set().contains(Atspi.StateType.SENSITIVE):
                return False
            return node.get_action_iface() is not None and Atspi.Action.do_action(node, 0)
        wait_for(lambda: f"a button “{name}”; there is: {self.texts_briefly()}", press)

    def click_any(self, start):
        """Presses the first thing on show that can be pressed and whose name begins with START."""
        def press():
            for node in self.everything():
                if (node.get_name() or "").startswith(start) and self.press_inside(node):
                    return True
            return False
        wait_for(lambda: f"something to press called “{start}…”; there is: {self.texts_briefly()}", press)

    def press_inside(self, node):
        """Presses NODE, or else the first toggle in it: a menu button keeps its button inside."""
        for part in (node, *self.everything(node)):
            action = part.get_action_iface()
            if action is not None and Atspi.Action.get_n_actions(part) > 0:
                return Atspi.Action.do_action(part, 0)
        return False

    def key(self, name):
        """Presses a key, as in "Escape" or "ctrl+2"."""
        subprocess.run(["xdotool", "key", name], check=True)

    def window_action(self, action):
        self.call(self.name, "/org/moneyrocket/Moneyrocket/window/1", "org.gtk.Actions", "Activate",
                  GLib.Variant("(sava{sv})", (action, [], {})))

    def field(self, title):
        """The text field that stands under TITLE."""
        for node in self.everything():
            try:
                if node.get_editable_text_iface() is None:
                    continue
                names = [node.get_name()]
                parent = node.get_parent()
                while parent is not None and parent.get_role_name() in ("list item", "panel", "filler", "grouping", "row",
                                                                        "unknown", "generic", "section", "entry", "text"):
                    names.append(parent.get_name())
                    names += [self.text_of(c) or c.get_name() for c in self.everything(parent)]
                    if parent.get_role_name() == "list item":
                        break
                    parent = parent.get_parent()
                if title in names:
                    return node
            except GLib.Error:
                continue
        return None

    def type(self, title, text):
        """Replaces the text of the field under TITLE."""
        node = wait_for(lambda: f"a field “{title}”; there is: {self.texts_briefly()}", lambda: self.field(title))
        if not Atspi.EditableText.set_text_contents(node, text):
            raise Missing(f"the field “{title}” does not take text")

    def page(self, name):
        self.action("page", GLib.Variant("s", name))

    def resize(self, width, height):
        # Twice: the window can only become as narrow as a phone once it has folded.
        for _ in range(2):
            self.action("resize", GLib.Variant("((ii))", ((width, height),)).get_child_value(0))
            time.sleep(0.5)

    def scheme(self, name):
        self.action("color-scheme", GLib.Variant("s", name))
        time.sleep(0.4)

    def picture(self, path):
        path = pathlib.Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        time.sleep(0.5)

        def taken():
            # A window that is just being laid out has no picture; the next moment it has one.
            self.action("screenshot", GLib.Variant("s", str(path)))
            time.sleep(0.3)
            return path.exists() and path.stat().st_size > 1000
        wait_for(f"the picture {path}", taken)


def with_fake_workers(folder):
    """A copy of the application in FOLDER that finds the fake workers beside itself."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "moneyrocket-gui"
    shutil.copy(BUILD / "src" / "gui" / "moneyrocket-gui", program)
    for name in ("moneyrocket-node", "moneyrocket-wallet"):
        target = folder / name
        shutil.copy(SOURCE / "tests" / "gui" / "fake_worker.py", target)
        target.chmod(0o755)
    return program, {"MONEYROCKET_FAKE_XML": str(SOURCE / "src" / "dbus")}
