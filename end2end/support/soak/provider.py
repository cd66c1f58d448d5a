"""A provider that answers any task in any dialect, and fails at random: the same way for the same seed and request.

Its first path segment says who is asked: whoever's name begins with `calm` never fails.
"""

import asyncio
import itertools
import json
import random
import socket
import struct
from collections import defaultdict

from . import frames, wire
from .task import Task

# How often a call fails at all, and for how long the slow ones are silent (the limits in `soak.py` are shorter).
SHARE = 0.4
SLOW_S = 3
SILENT_S = 30
# What was written goes out before a connection breaks.
FLUSH_S = 0.03

# Each fault with its weight.
BEFORE = {
    "reset": 4,
    "429": 2,
    "429 with Retry-After": 3,
    "500": 4,
    "503": 4,
    "error in 200": 4,
    "empty 200": 4,
    "slow to begin": 3,
    "silent": 1,
}
IN_STREAM = {
    "error as first frame": 4,
    "error in the middle": 5,
    "cut": 7,
    "cut in a frame": 5,
    "ends early": 6,
    "ends in a frame": 4,
    "stalls": 4,
    "stalls for good": 1,
    "frame spoilt": 4,
    "half a frame too many": 4,
    "no end": 4,
    "no counts": 4,
}
IN_WHOLE = {"cut": 4, "ends early": 4, "stalls": 3}
IN_CALL = {"cut in a call": 20}
# How a continuation may begin.
GOING_ON = {"repeats the last words": 15, "starts all over": 8}
FAULTS = [*BEFORE, *IN_STREAM, *IN_CALL, *GOING_ON]


class Hung(Exception):
    """The connection is to be broken."""


class Provider:
    def __init__(self, seed, without=()):
        self.seed, self.without = seed, set(without)
        # What was done to each task so far: whom it asked, and the fault.
        self.calls = defaultdict(list)
        self.server, self.url = None, ""

    async def start(self):
        self.server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"

    def stop(self):
        self.server.close()

    async def _connected(self, reader, writer):
        writer.transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            while request := await wire.head(reader):
                first, headers = request
                body = b"".join([chunk async for chunk in wire.chunks(reader, headers)])
                await Call(self, first.split()[1], body, reader, writer).answer()
        except Hung as how:
            if str(how) == "reset":
                linger = struct.pack("ii", 1, 0)
                writer.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()
        except (wire.Broken, ConnectionError):
            writer.transport.abort()


class Call:
    """One call and its answer."""

    def __init__(self, provider, path, body, reader, writer):
        self.reader, self.writer = reader, writer
        self.who, rest = path.strip("/").split("/", 1)
        self.task, asked = Task.found_in(body), json.loads(body)
        verb = rest.partition(":")[2]
        self.dialect = "gemini" if verb else {"completions": "chat"}.get(rest.split("/")[-1], rest.split("/")[-1])
        self.model = rest.split("/")[-1].split(":")[0] if verb else asked["model"]
        self.stream = asked.get("stream", False) or verb.startswith("streamGenerateContent")
        self.said = self._said(asked)
        calls = provider.calls[self.task.id]
        self.random = random.Random(f"{provider.seed} {self.task.id} {len(calls)}")
        self.fault = None if self.who.startswith("calm") else self._fault(provider.without)
        calls.append(f"{self.who}, {len(self.said)} characters said: {self.fault or 'well'}")

    def _said(self, asked):
        """What the request holds of the answer."""
        turns = next(asked[name] for name in ("messages", "input", "contents") if name in asked)
        if isinstance(turns, str):
            return ""
        prompt = next(at for at, turn in enumerate(turns) if self.task.prompt in json.dumps(turn))
        said = [turn for turn in turns[prompt:] if turn.get("role") in ("assistant", "model")]
        content = (said[-1].get("content") or said[-1].get("parts")) if said else ""
        return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)

    def _fault(self, without):
        kinds = BEFORE | (IN_STREAM if self.stream else IN_WHOLE) | (GOING_ON if self.said else {})
        kinds |= IN_CALL if self.task.calls and self.stream else {}
        kinds = {kind: weight for kind, weight in kinds.items() if kind not in without}
        if not kinds or self.random.random() > SHARE:
            return None
        return self.random.choices(list(kinds), kinds.values())[0]

    async def answer(self):
        await self._pause(self.random.uniform(0, 0.03))
        match self.fault:
            case "reset":
                raise Hung(self.random.choice(["reset", "closed"]))
            case "429" | "500" | "503":
                return await self._document(int(self.fault), frames.error(self.dialect, int(self.fault)))
            case "429 with Retry-After":
                after = {"retry-after": str(self.random.randint(1, 2))}
                return await self._document(429, frames.error(self.dialect, 429), after)
            case "error in 200":
                return await self._document(200, frames.error(self.dialect, 500))
            case "slow to begin":
                await self._pause(SLOW_S)
            case "silent":
                await self._pause(SILENT_S)
        await (self._as_stream() if self.stream else self._as_whole())

    def _rest(self):
        """The words that are still to be said."""
        text = self.task.text
        if not text.startswith(self.said):
            return f"asked to go on with what was never said: {self.said!r}"
        if self.fault == "starts all over":
            return text
        back = len(" ".join(self.said.split(" ")[-3:])) if self.fault == "repeats the last words" else 0
        return text[len(self.said) - back :]

    async def _as_whole(self):
        document = frames.whole(self.dialect, self.model, self._rest(), self.task.arguments)
        if self.fault not in IN_WHOLE and self.fault != "empty 200":
            return await self._document(200, document)
        raw = json.dumps(document).encode()
        middle = self.random.randrange(len(raw))
        await self._begin("application/json")
        await self._send(b"" if self.fault == "empty 200" else raw[:middle])
        if self.fault == "cut":
            await self._hang_up()
        if self.fault == "stalls":
            await self._pause(SLOW_S)
            await self._send(raw[middle:])
        await self._end()

    async def _as_stream(self):
        steps, lasts = self._steps(), self.random.choice([0, 0, 0.1, 0.6])
        await self._begin("text/event-stream")
        for step in steps:
            if isinstance(step, bytes):
                await self._send(step)
                await asyncio.sleep(lasts / len(steps))
            elif step == "cut":
                await self._hang_up()
            else:
                await self._pause(step)
        await self._end()

    def _steps(self):
        """What goes out: bytes, seconds to wait, `cut`."""
        if self.fault == "empty 200":
            return []
        usage = self.fault != "no counts"
        made = list(frames.stream(self.dialect, self.model, self._texts(), self.task.arguments, usage))
        raw = [frame for _, frame in made]
        finish = next(at for at, (kind, _) in enumerate(made) if kind == "finish")
        # Anywhere, and before the end; after something was said, if anything is.
        at, opening = self.random.randrange(len(raw)), sum(kind == "open" for kind, _ in made)
        early = self.random.randint(min(opening + 1, finish), finish)
        half = raw[at][: self.random.randint(1, len(raw[at]) - 3)]
        match self.fault:
            case "error as first frame":
                return [*raw[: self.random.randint(0, opening)], frames.error_frame(self.dialect)]
            case "error in the middle":
                return [*raw[:early], frames.error_frame(self.dialect)]
            case "cut":
                return [*raw[:at], "cut"]
            case "cut in a frame":
                return [*raw[:at], half, "cut"]
            case "ends early":
                return raw[:at]
            case "ends in a frame":
                return [*raw[:at], half]
            case "stalls":
                return [*raw[:at], SLOW_S, *raw[at:]]
            case "stalls for good":
                return [*raw[:at], SILENT_S]
            case "frame spoilt":
                return [*raw[:early], spoilt(raw[early]), *raw[early + 1 :]]
            case "half a frame too many":
                return [*raw[:early], spoilt(raw[early]), *raw[early:]]
            case "no end":
                return raw[: finish + (self.dialect in ("chat", "messages"))]
            case "cut in a call":
                place = self.random.choice([place for place, (kind, _) in enumerate(made) if kind == "call"])
                return [*raw[:place], raw[place][: len(raw[place]) // 2], "cut"]
        return self._otherwise_cut(raw) if self.random.random() < 0.3 else raw

    def _texts(self):
        """The words in pieces of any length."""
        rest = self._rest()
        most = self.random.choice([4, 25, 80]) if len(rest) < 2000 else 80
        while rest:
            size = self.random.randint(1, most)
            yield rest[:size]
            rest = rest[size:]

    def _otherwise_cut(self, raw):
        """The same bytes in chunks that end anywhere: within frames, within letters."""
        joined = b"".join(raw)
        cuts = sorted(self.random.sample(range(len(joined)), min(len(raw), 12)))
        return [joined[start:end] for start, end in itertools.pairwise([0, *cuts, len(joined)])]

    async def _document(self, status, document, headers=()):
        raw = json.dumps(document, ensure_ascii=False).encode()
        lines = [f"{name}: {value}" for name, value in dict(headers).items()]
        lines += ["content-type: application/json", f"content-length: {len(raw)}"]
        self.writer.write("\r\n".join([f"HTTP/1.1 {status} It is so", *lines, "\r\n"]).encode() + raw)
        await self.writer.drain()

    async def _begin(self, kind):
        self.writer.write(f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ntransfer-encoding: chunked\r\n\r\n".encode())
        await self.writer.drain()

    async def _send(self, raw):
        if raw:
            self.writer.write(b"%x\r\n%s\r\n" % (len(raw), raw))
            await self.writer.drain()

    async def _end(self):
        self.writer.write(b"0\r\n\r\n")
        await self.writer.drain()

    async def _hang_up(self):
        await asyncio.sleep(FLUSH_S)
        raise Hung(self.random.choice(["reset", "closed"]))

    async def _pause(self, seconds):
        """Waits, unless the other side goes first."""
        try:
            await asyncio.wait_for(self.reader.read(1), seconds)
        except TimeoutError:
            return
        raise Hung("closed")


def spoilt(frame):
    """A frame that cannot be read: its first half."""
    return frame[: len(frame) // 2].rstrip(b"\n") + b"\n\n"
