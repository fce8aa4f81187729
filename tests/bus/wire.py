"""D-Bus as bytes: complete frames from a socket with their descriptors, messages in which every byte can be wrong, and a
relay for GDBus, which passes descriptors only on authenticated connections, while our programs do not authenticate."""
import array
import os
import socket
import struct
import threading

INIT = "/org/moneyrocket/Init"
MAX_FDS = 64


def receive_frame(sock):
    """The bytes of a message and its descriptors; None at the end of the stream."""
    data, fds, wanted = bytearray(), [], 16
    while len(data) < wanted:
        piece, control, *_ = sock.recvmsg(min(wanted - len(data), 1 << 20), socket.CMSG_SPACE(4 * MAX_FDS))
        for level, kind, value in control:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                fds += array.array("i", value[:len(value) // 4 * 4])
        if not piece:
            return None
        data += piece
        if len(data) == wanted == 16:
            body, _, fields = struct.unpack_from("<III" if data[:1] == b"l" else ">III", data, 4)
            wanted = 16 + fields + -fields % 8 + body
    return data, fds


def send_frame(sock, data, fds=()):
    if fds:
        sent = sock.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))])
        data = memoryview(data)[sent:]
    sock.sendall(data)


class Relay:
    """Owns a socket to one of our programs; `sock` is for a GDBus client that authenticates."""

    def __init__(self, plain):
        self.sock, self.authenticated = socket.socketpair()
        self.plain = plain
        threading.Thread(target=self.run, daemon=True).start()

    def line(self):
        line = b""
        while not line.endswith(b"\r\n"):
            byte = self.authenticated.recv(1)
            if not byte:
                raise EOFError
            line += byte
        return line.lstrip(b"\0")

    def authenticate(self):
        answers = {b"AUTH EXTERNAL": b"OK 0123456789abcdef0123456789abcdef", b"AUTH": b"REJECTED EXTERNAL",
                   b"DATA": b"OK 0123456789abcdef0123456789abcdef", b"NEGOTIATE": b"AGREE_UNIX_FD"}
        while not (line := self.line()).startswith(b"BEGIN"):
            answer = next((value for word, value in answers.items() if line.startswith(word)), b"ERROR")
            self.authenticated.sendall(answer + b"\r\n")

    def run(self):
        try:
            self.authenticate()
            back = threading.Thread(target=self.pump, args=(self.plain, self.authenticated), daemon=True)
            back.start()
            self.pump(self.authenticated, self.plain)
            back.join()
        except (OSError, EOFError):
            pass
        self.plain.close()
        self.authenticated.close()

    @staticmethod
    def pump(source, sink):
        """Forwards until the end of SOURCE. Bytes that SINK no longer accepts are lost, but not those that it has sent. SINK may go on writing: GDBus
        gives up what it has yet to read when it cannot write."""
        alive = True
        try:
            while frame := receive_frame(source):
                data, fds = frame
                try:
                    if alive:
                        send_frame(sink, data, fds)
                except OSError:
                    alive = False
                for fd in fds:
                    os.close(fd)
        except OSError:
            pass
        try:
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass


ALIGNMENTS = dict(y=1, g=1, v=1, n=2, q=2, b=4, i=4, u=4, h=4, s=4, o=4, a=4, x=8, t=8, d=8)
FORMATS = dict(y="B", n="h", q="H", b="I", i="i", u="I", h="I", x="q", t="Q", d="d")


def pad(out, alignment):
    out += b"\0" * (-len(out) % alignment)


def put(out, code, value):
    """Adds a value of a basic type, or of type v as (type, value)."""
    pad(out, ALIGNMENTS[code])
    if code in FORMATS:
        out += struct.pack("<" + FORMATS[code], value)
    elif code in "so":
        out += struct.pack("<I", len(value)) + value.encode() + b"\0"
    elif code == "g":
        out += bytes([len(value)]) + value.encode() + b"\0"
    else:
        put(out, "g", value[0])
        put(out, value[0], value[1])


def body(signature, *values):
    out = bytearray()
    for code, value in zip(signature, values):
        put(out, code, value)
    return bytes(out)


def message(kind, fields, content=b"", serial=1000, **head):
    """KIND 1 call, 2 reply, 3 error, 4 signal; FIELDS a list of (code, (type, value)); HEAD overrides the header, for
    invalid messages."""
    array_bytes = bytearray()
    for code, value in fields:
        pad(array_bytes, 8)
        array_bytes.append(code)
        # The first field is at a multiple of 8 in the message.
        put(array_bytes, "v", value)
    out = bytearray(head.get("endian", b"l")) + bytes([kind, head.get("flags", 0), head.get("version", 1)])
    out += struct.pack("<III", head.get("body_len", len(content)), serial, head.get("fields_len", len(array_bytes)))
    out += array_bytes
    pad(out, 8)
    return bytes(out) + content


def call(path, member, signature="", content=b"", n_fds=0, **head):
    interface, name = member.rsplit(".", 1)
    fields = [(1, ("o", path)), (2, ("s", interface)), (3, ("s", name))]
    fields += [(8, ("g", signature))] if signature else []
    fields += [(9, ("u", n_fds))] if n_fds else []
    return message(1, fields, content, **head)


def signal(path, member, signature="", content=b"", n_fds=0, **head):
    raw = bytearray(call(path, member, signature, content, n_fds, **head))
    raw[1] = 4
    return bytes(raw)


def hello(network="regtest", serial=1):
    content = bytearray(body("uss", 1, "0", network))
    pad(content, 4)
    content += b"\0" * 4
    pad(content, 8)
    return call(INIT, "org.moneyrocket.Init1.Hello", "ussa{sv}", bytes(content), serial=serial)
