"""A proxy that understands PostgreSQL's wire protocol, between a client and a server.

It counts statements, may change them, and plays faults at a statement of one's choice: an SQLSTATE,
an ended backend, a TCP reset before the statement or after its answer came.
"""

from __future__ import annotations

import asyncio
import re
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

import psycopg

SSL_REQUEST: Final = 80877103
RAISE: Final = """
CREATE OR REPLACE FUNCTION pg_catalog.raise_it(text, text, text) RETURNS text LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = $1, MESSAGE = $2, DETAIL = $3; END $$
"""
"""What a statement becomes that is to fail: a real error, so that the session's state is real too."""

What = Literal["state", "end", "reset", "reset after"]


@dataclass(frozen=True)
class Fault:
    """What happens to a statement.

    Parameters
    ----------
    what : str
        `state`: it fails with an SQLSTATE; `end`: its backend is ended; `reset`: the connection
        breaks before it is sent on; `reset after`: when its answer has come.
    state, said, more : str
        SQLSTATE, message and detail.
    """

    what: What
    state: str = ""
    said: str = "made to fail"
    more: str = ""


@dataclass
class Proxy:
    """The proxy, in a thread of its own.

    Parameters
    ----------
    port : int
        Of the server.
    connect : callable
        Logs in to the server as one who may end backends.
    rewrite : callable, optional
        Returns a statement as the server is to see it, or the fault that it ends in.
    parameters : set of str, optional
        Only these start-up parameters are sent on.
    version : str, optional
        What the client is told of the server's version.
    answer : callable, optional
        Returns what an error message of the server is to the client.
    """

    port: int
    connect: Callable[[], psycopg.Connection]
    rewrite: Callable[[str], str | Fault] = lambda text: text
    parameters: frozenset[str] | None = None
    version: str | None = None
    answer: Callable[[bytes], bytes] = lambda body: body
    seen: list[str] = field(default_factory=list)
    """Statements, as the client sent them."""
    fault_at: Callable[[int, str], Fault | None] = lambda number, text: None
    """Which fault the statement of this number, from 1, is to meet."""

    def start(self) -> int:
        """Start, and return the port to connect to."""
        ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        ready.wait()
        return self.own_port

    def stop(self) -> None:
        """Stop, and break what is connected."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def watch(self, fault_at: Callable[[int, str], Fault | None] = lambda n, text: None) -> None:
        """Count from the start, and play these faults."""
        self.seen, self.fault_at = [], fault_at

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", 0, limit=2**26)
        )
        self.own_port = server.sockets[0].getsockname()[1]
        ready.set()
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        server.close()
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            start = await _start_up(reader, writer)
            upstream = await asyncio.open_connection("127.0.0.1", self.port, limit=2**26)
        except (OSError, asyncio.IncompleteReadError):
            _reset(writer)
            return
        session = _Session(self, reader, writer, *upstream)
        upstream[1].write(_packed(b"", _known(start, self.parameters)))
        pumps = [asyncio.create_task(session.forth()), asyncio.create_task(session.back())]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for pump in pumps:
            pump.cancel()
        for end in (writer, upstream[1]):
            end.close()


class _Session:
    """One connection."""

    def __init__(
        self,
        proxy: Proxy,
        client: asyncio.StreamReader,
        to_client: asyncio.StreamWriter,
        server: asyncio.StreamReader,
        to_server: asyncio.StreamWriter,
    ) -> None:
        self.proxy = proxy
        self.client, self.to_client = client, to_client
        self.server, self.to_server = server, to_server
        self.pid = 0
        self.started = False
        self.reset_when_answered = False
        self.answered = False
        self.prepared: dict[bytes, str] = {}
        self.unused: bytes | None = None

    async def forth(self) -> None:
        """Send on what the client says."""
        while True:
            kind, body = await _message(self.client)
            if kind is None:
                return
            if kind in {b"Q", b"P", b"B"}:
                changed = self._bound(body) if kind == b"B" else self._changed(kind, body)
                if changed is None:
                    return
                body = changed
            self.to_server.write(_packed(kind, body))
            await self.to_server.drain()

    async def back(self) -> None:
        """Send on what the server says."""
        while True:
            kind, body = await _message(self.server)
            if kind is None:
                return
            if kind == b"K":
                self.pid = struct.unpack("!I", body[:4])[0]
            if kind == b"S" and self.proxy.version and body.startswith(b"server_version\0"):
                body = b"server_version\0" + self.proxy.version.encode() + b"\0"
            if kind == b"E":
                body = self.proxy.answer(body)
            if self.reset_when_answered:
                if kind in {b"C", b"E"}:
                    self.answered = True  # done, and the client does not learn of it
                    continue
                if kind == b"Z" and self.answered:
                    _reset(self.to_client)
                    return
            self.to_client.write(_packed(kind, body))
            await self.to_client.drain()

    def _changed(self, kind: bytes, body: bytes) -> bytes | None:
        """Return a statement as it is sent on, None where the connection broke."""
        name, text, rest = _statement(kind, body)
        if kind == b"P":
            self.unused = name.removesuffix(b"\0")
            self.prepared[self.unused] = text
        changed = self._said(text)
        return None if changed is None else name + changed.encode() + b"\0" + rest

    def _bound(self, body: bytes) -> bytes | None:
        """Return what binds a statement as it is sent on, None where the connection broke.

        A driver that keeps prepared statements sends the text of one once, and later its name only.
        """
        portal, name, rest = body.split(b"\0", 2)
        if name == self.unused:
            self.unused = None
            return body
        text = self.prepared[name]
        changed = self._said(text)
        if changed is None or changed == self.proxy.rewrite(text):
            return None if changed is None else body
        self.to_server.write(_packed(b"C", b"Sfault\0"))
        self.to_server.write(_packed(b"P", b"fault\0" + changed.encode() + b"\0" + bytes(2)))
        return portal + b"\0fault\0" + rest

    def _said(self, text: str) -> str | None:
        """Count a statement; return it as it is sent on, None where the connection broke."""
        self.proxy.seen.append(text)
        fault = self.proxy.fault_at(len(self.proxy.seen), text)
        changed = fault if fault and fault.what == "state" else self.proxy.rewrite(text)
        if isinstance(changed, Fault):
            changed = _raising(changed, text)
        if fault is not None and fault.what == "reset":
            _reset(self.to_client)
            return None
        if fault is not None and fault.what == "end":
            with self.proxy.connect() as admin:
                admin.execute("SELECT pg_terminate_backend(%s, 5000)", (self.pid,))
        self.reset_when_answered = fault is not None and fault.what == "reset after"
        return changed


async def _start_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    """Read what a client begins with; it is told that there is no encryption."""
    while True:
        (length,) = struct.unpack("!I", await reader.readexactly(4))
        body = await reader.readexactly(length - 4)
        if struct.unpack("!I", body[:4])[0] != SSL_REQUEST:
            return body
        writer.write(b"N")
        await writer.drain()


def _known(start: bytes, names: frozenset[str] | None) -> bytes:
    if names is None:
        return start
    words = start[4:].split(b"\0")
    pairs = [
        (name, value)
        for name, value in zip(words[::2], words[1::2], strict=False)
        if name and name.decode() in names
    ]
    return start[:4] + b"".join(name + b"\0" + value + b"\0" for name, value in pairs) + b"\0"


async def _message(reader: asyncio.StreamReader) -> tuple[bytes | None, bytes]:
    try:
        head = await reader.readexactly(5)
        return head[:1], await reader.readexactly(struct.unpack("!I", head[1:])[0] - 4)
    except (asyncio.IncompleteReadError, OSError):
        return None, b""


def _packed(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!I", len(body) + 4) + body


def _statement(kind: bytes, body: bytes) -> tuple[bytes, str, bytes]:
    """Return what stands before a statement's text, the text, and what stands behind."""
    start = body.index(b"\0") + 1 if kind == b"P" else 0
    end = body.index(b"\0", start)
    return body[:start], body[start:end].decode(), body[end + 1 :]


def _raising(fault: Fault, text: str) -> str:
    """Return a statement that fails, and takes the values that the other would have taken."""
    words = ", ".join(
        "'" + word.replace("'", "''") + "'" for word in (fault.state, fault.said, fault.more)
    )
    values = sorted(set(re.findall(r"\$\d+", text)))
    return f"SELECT raise_it({words})" + "".join(f", {value}::text" for value in values)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Break a connection with RST, as a firewall or a dying machine does."""
    own = writer.get_extra_info("socket")
    own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
