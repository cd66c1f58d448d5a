"""The clients: what they send, and how they read what comes back: strictly, and to the last byte."""

import asyncio
import json
import time
from dataclasses import dataclass, field

from . import wire
from .task import SCHEMA, TOOL

PATHS = {"chat": "/v1/chat/completions", "messages": "/v1/messages", "responses": "/v1/responses"}
STOPS = {"chat": ("stop", "tool_calls"), "messages": ("end_turn", "tool_use"), "responses": ("completed", "completed")}


def request(dialect, stream, model, task, ballast):
    """The body. `ballast`: an earlier turn, to make it large."""
    turns = [{"role": "user", "content": task.prompt}]
    if ballast:
        turns = [{"role": "user", "content": "x" * ballast}, {"role": "assistant", "content": "Yes?"}, *turns]
    body = {"model": model, "stream": stream, "input" if dialect == "responses" else "messages": turns}
    # An id that no conversation had before, so that each request is routed by itself.
    turns[0]["content"] += f" {task.id}" if ballast else ""
    if dialect == "messages":
        body["max_tokens"] = 8000
    if dialect == "chat" and stream and len(task.prompt) % 2:
        body["stream_options"] = {"include_usage": True}
    if task.calls:
        tool = {"name": TOOL, "description": "Takes a note."}
        body["tools"] = [
            {
                "chat": {"type": "function", "function": tool | {"parameters": SCHEMA}},
                "messages": tool | {"input_schema": SCHEMA},
                "responses": {"type": "function", "parameters": SCHEMA, **tool},
            }[dialect]
        ]
    return body


@dataclass
class Exchange:
    """One request and all that came back."""

    status: int = 0
    headers: dict = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)
    broken: str = ""
    first_s: float = 0
    total_s: float = 0

    async def run(self, house, path, body):
        began, writer = time.monotonic(), None
        raw = json.dumps(body, ensure_ascii=False).encode()
        lines = [f"POST {path} HTTP/1.1", f"host: {house.host}", f"authorization: Bearer {house.key}"]
        lines += ["content-type: application/json", f"content-length: {len(raw)}", "connection: close", "\r\n"]
        try:
            reader, writer = await asyncio.open_connection(house.host, house.port)
            writer.write("\r\n".join(lines).encode() + raw)
            first, self.headers = await wire.head(reader) or ("- 0", {})
            self.status = int(first.split()[1])
            async for chunk in wire.chunks(reader, self.headers):
                self.first_s = self.first_s or time.monotonic() - began
                self.body += chunk
        except (wire.Broken, OSError) as why:
            self.broken = str(why) or "reset"
        finally:
            self.total_s = time.monotonic() - began
            if writer:
                writer.transport.abort()


class Heard:
    """What a client makes of the bytes."""

    def __init__(self):
        self.text, self.calls, self.stops, self.error, self.odd = "", {}, [], "", []

    def call(self, place, name="", arguments=""):
        known = self.calls.setdefault(place, ["", ""])
        known[0] += name
        known[1] += arguments


def read(dialect, exchange, stream):
    """Reads an answer of status 200."""
    heard = Heard()
    if not stream:
        WHOLE[dialect](heard, json.loads(exchange.body))
        return heard
    *events, rest = bytes(exchange.body).replace(b"\r\n", b"\n").split(b"\n\n")
    if rest:
        heard.odd.append(f"half a frame at the end: {rest[:80]}")
    for event in events:
        lines = [line.removeprefix(b"data:").strip() for line in event.split(b"\n") if line.startswith(b"data:")]
        if lines == [b"[DONE]"]:
            heard.stops += [] if heard.stops else ["[DONE] without a reason"]
        elif lines:
            try:
                document = json.loads(b"\n".join(lines))
            except ValueError:
                heard.odd.append(f"unreadable: {event[:200]}")
                continue
            found = document.get("error") or (document.get("response") or {}).get("error")
            if found or document.get("type") in ("error", "response.failed"):
                heard.error = heard.error or str((found or document).get("message"))
            else:
                STREAM[dialect](heard, document)
    return heard


def _chat(heard, document):
    for choice in document["choices"]:
        said = choice.get("delta") or choice.get("message") or {}
        heard.text += said.get("content") or ""
        for place, call in enumerate(said.get("tool_calls") or []):
            function = call.get("function") or {}
            heard.call(call.get("index", place), function.get("name") or "", function.get("arguments") or "")
        heard.stops += [choice["finish_reason"]] if choice.get("finish_reason") else []


def _messages_whole(heard, document):
    for place, block in enumerate(document["content"]):
        if block["type"] == "text":
            heard.text += block["text"]
        else:
            heard.call(place, block["name"], json.dumps(block["input"]))
    heard.stops.append(document["stop_reason"])


def _messages(heard, event):
    match event["type"]:
        case "content_block_start" if event["content_block"]["type"] == "tool_use":
            heard.call(event["index"], event["content_block"]["name"])
        case "content_block_delta":
            heard.text += event["delta"].get("text", "")
            if "partial_json" in event["delta"]:
                heard.call(event["index"], arguments=event["delta"]["partial_json"])
        case "message_delta":
            heard.stops.append(event["delta"]["stop_reason"])
        case "message_stop" if not heard.stops:
            heard.stops.append("message_stop without a reason")


def _responses_whole(heard, document):
    for place, item in enumerate(document["output"]):
        if item["type"] == "message":
            heard.text += "".join(part["text"] for part in item["content"])
        else:
            heard.call(place, item["name"], item["arguments"])
    heard.stops.append(document["status"])


def _responses(heard, event):
    match event["type"]:
        case "response.output_item.added" if event["item"]["type"] == "function_call":
            heard.call(event["output_index"], event["item"]["name"])
        case "response.output_text.delta":
            heard.text += event["delta"]
        case "response.function_call_arguments.delta":
            heard.call(event["output_index"], arguments=event["delta"])
        case "response.completed" | "response.incomplete":
            last = Heard()
            _responses_whole(last, event["response"])
            heard.stops += last.stops
            if (last.text, list(last.calls.values())) != (heard.text, list(heard.calls.values())):
                heard.odd.append(f"the last event holds another answer: {last.text!r} {last.calls}")


WHOLE = {"chat": _chat, "messages": _messages_whole, "responses": _responses_whole}
STREAM = {"chat": _chat, "messages": _messages, "responses": _responses}


def verdict(task, dialect, stream, exchange):
    """`whole`, `error` or `wrong`, and why."""
    if exchange.status != 200:
        said = exchange.body[:300].decode(errors="replace") or exchange.broken
        return "error", f"status {exchange.status}: {said}"
    if exchange.broken and not stream:
        return "error", f"connection broke {exchange.broken}"
    try:
        heard = read(dialect, exchange, stream)
    except (ValueError, KeyError, TypeError) as flaw:
        return "wrong", f"cannot be read: {flaw!r}"
    calls = list(heard.calls.values())
    whole = heard.text == task.text and _called(calls) == _called([[TOOL, task.arguments]] if task.calls else [])
    if heard.odd:
        return "wrong", "; ".join(heard.odd)
    if heard.error or exchange.broken:
        if heard.stops and not whole:
            return "wrong", f"looks ended ({heard.stops}) before the error, but is not whole: {differs(task, heard)}"
        if not task.text.startswith(heard.text):
            return "wrong", f"what came before the error was never said: {differs(task, heard)}"
        return "error", f"in the stream: {heard.error}" if heard.error else f"connection broke {exchange.broken}"
    if not heard.stops:
        return "wrong", f"ends without an end and without an error: {differs(task, heard)}"
    if not whole or heard.stops != [STOPS[dialect][task.calls]]:
        return "wrong", f"ended with {heard.stops}: {differs(task, heard)}"
    return "whole", ""


def _called(calls):
    try:
        return [(name, json.loads(arguments)) for name, arguments in calls]
    except ValueError:
        return calls


def differs(task, heard):
    """Where what came leaves what was to come."""
    found = []
    call = f"{TOOL}({task.arguments})" if task.calls else ""
    called = "".join(f"{name}({arguments})" for name, arguments in heard.calls.values())
    for what, due, came in (("text", task.text, heard.text), ("call", call, called)):
        if due != came:
            same = (at for at, (one, other) in enumerate(zip(due, came, strict=False)) if one != other)
            at = next(same, min(len(due), len(came)))
            part = slice(max(0, at - 30), at + 60)
            found.append(f"{what}: {len(came)} of {len(due)} characters, {came[part]!r} and not {due[part]!r}")
    return "; ".join(found) or "text and call are whole"
