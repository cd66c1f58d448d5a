"""Answers and errors in the shape of each vendor, whole and as the frames of a stream."""

import json

from .task import TOOL

MESSAGES = {429: "Rate limit reached", 500: "The server had an error", 503: "Service unavailable"}


def data(document, event=None):
    named = f"event: {event}\n" if event else ""
    return f"{named}data: {json.dumps(document, ensure_ascii=False)}\n\n".encode()


def error(dialect, status):
    """The body that goes with a status."""
    message = MESSAGES[status]
    if dialect == "messages":
        kind = "rate_limit_error" if status == 429 else "api_error"
        return {"type": "error", "error": {"type": kind, "message": message}}
    if dialect == "gemini":
        kind = {429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE"}[status]
        return {"error": {"code": status, "message": message, "status": kind}}
    return {"error": {"message": message, "type": "server_error", "param": None, "code": None}}


def error_frame(dialect):
    """The frame with which a stream ends in an error."""
    if dialect == "responses":
        failed = {"code": "server_error", "message": MESSAGES[500]}
        response = {"id": "resp_1", "object": "response", "status": "failed", "error": failed, "output": []}
        return data({"type": "response.failed", "sequence_number": 999, "response": response}, "response.failed")
    return data(error(dialect, 500), "error" if dialect == "messages" else None)


def whole(dialect, model, text, arguments):
    """The answer as one document. `arguments`: of the call; `None` for none."""
    if dialect == "chat":
        calls = [] if arguments is None else [_chat_call(arguments)]
        message = {"role": "assistant", "content": text or None, **({"tool_calls": calls} if calls else {})}
        choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if calls else "stop"}
        return _chat(model, [choice], "chat.completion") | {"usage": _CHAT_USAGE}
    if dialect == "messages":
        content = [{"type": "text", "text": text}] if text else []
        content += [] if arguments is None else [_tool_use(json.loads(arguments))]
        stop = "end_turn" if arguments is None else "tool_use"
        return _message(model) | {"content": content, "stop_reason": stop}
    if dialect == "responses":
        return _response(model, [item for _, _, item in _items([text], arguments)])
    parts = [{"text": text}] if text else []
    parts += [] if arguments is None else [{"functionCall": {"name": TOOL, "args": json.loads(arguments)}}]
    return _gemini(model, parts, True)


def stream(dialect, model, texts, arguments, usage=True):
    """The answer's frames, each with what it is: `open`, `text`, `call`, `finish`, `end`. `usage`: counts are told."""
    streams = {"chat": _chat_stream, "messages": _messages_stream, "responses": _responses_stream}
    return streams.get(dialect, _gemini_stream)(model, [text for text in texts if text], arguments, usage)


def _pieces(arguments):
    """Anywhere: inside of escapes too."""
    return [arguments[at : at + 17] for at in range(0, len(arguments), 17)]


_CHAT_USAGE = {"prompt_tokens": 20, "completion_tokens": 46, "total_tokens": 66}


def _chat(model, choices, kind):
    return {"id": "chatcmpl-1", "object": kind, "created": 1763718000, "model": model, "choices": choices}


def _chat_call(arguments):
    return {"id": "call_1", "type": "function", "function": {"name": TOOL, "arguments": arguments}}


def _chat_stream(model, texts, arguments, usage):
    def delta(delta, finish=None):
        return data(_chat(model, [{"index": 0, "delta": delta, "finish_reason": finish}], "chat.completion.chunk"))

    yield "open", delta({"role": "assistant", "content": ""})
    for text in texts:
        yield "text", delta({"content": text})
    if arguments is not None:
        yield "call", delta({"tool_calls": [{"index": 0, **_chat_call("")}]})
        for piece in _pieces(arguments):
            yield "call", delta({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]})
    yield "finish", delta({}, "stop" if arguments is None else "tool_calls")
    if usage:
        yield "end", data(_chat(model, [], "chat.completion.chunk") | {"usage": _CHAT_USAGE})
    yield "end", b"data: [DONE]\n\n"


def _message(model):
    usage = {"input_tokens": 20, "output_tokens": 46}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": model, "content": []}
    return message | {"stop_reason": None, "stop_sequence": None, "usage": usage}


def _tool_use(given):
    return {"type": "tool_use", "id": "toolu_1", "name": TOOL, "input": given}


def _messages_stream(model, texts, arguments, usage):
    def event(kind, **more):
        return data({"type": kind, **more}, kind)

    yield "open", event("message_start", message=_message(model))
    blocks = [("text", {"type": "text", "text": ""}, [{"type": "text_delta", "text": text} for text in texts])]
    blocks = blocks if texts else []
    if arguments is not None:
        deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in _pieces(arguments)]
        blocks.append(("call", _tool_use({}), deltas))
    for index, (kind, block, deltas) in enumerate(blocks):
        yield kind, event("content_block_start", index=index, content_block=block)
        for delta in deltas:
            yield kind, event("content_block_delta", index=index, delta=delta)
        yield kind, event("content_block_stop", index=index)
    counted = {"usage": {"output_tokens": 46}} if usage else {}
    stop = "end_turn" if arguments is None else "tool_use"
    yield "finish", event("message_delta", delta={"stop_reason": stop, "stop_sequence": None}, **counted)
    yield "end", event("message_stop")


def _response(model, output, usage=True):
    counts = {"input_tokens": 20, "output_tokens": 46, "total_tokens": 66}
    done = {"status": "in_progress" if output is None else "completed", "output": output or []}
    response = {"id": "resp_1", "object": "response", "created_at": 1763718000, "model": model, "error": None}
    return response | done | {"usage": counts if usage and output is not None else None}


def _items(texts, arguments):
    """Kind, beginning and whole of each item."""
    if text := "".join(texts):
        item = {"id": "msg_1", "type": "message", "role": "assistant"}
        content = [{"type": "output_text", "text": text, "annotations": []}]
        begun = item | {"status": "in_progress", "content": []}
        yield "text", begun, item | {"status": "completed", "content": content}
    if arguments is not None:
        item = {"id": "fc_1", "type": "function_call", "call_id": "call_1", "name": TOOL}
        begun = item | {"status": "in_progress", "arguments": ""}
        yield "call", begun, item | {"status": "completed", "arguments": arguments}


def _responses_stream(model, texts, arguments, usage):
    number = iter(range(1_000_000))

    def event(kind, **more):
        return data({"type": kind, "sequence_number": next(number), **more}, kind)

    yield "open", event("response.created", response=_response(model, None))
    yield "open", event("response.in_progress", response=_response(model, None))
    items = list(_items(texts, arguments))
    for index, (kind, begun, item) in enumerate(items):
        at = {"item_id": item["id"], "output_index": index}
        yield kind, event("response.output_item.added", output_index=index, item=begun)
        if kind == "text":
            (part,) = item["content"]
            yield kind, event("response.content_part.added", **at, content_index=0, part=part | {"text": ""})
            for text in texts:
                yield kind, event("response.output_text.delta", **at, content_index=0, delta=text)
            yield kind, event("response.output_text.done", **at, content_index=0, text=part["text"])
            yield kind, event("response.content_part.done", **at, content_index=0, part=part)
        else:
            for piece in _pieces(arguments):
                yield kind, event("response.function_call_arguments.delta", **at, delta=piece)
            yield kind, event("response.function_call_arguments.done", **at, arguments=arguments)
        yield kind, event("response.output_item.done", output_index=index, item=item)
    response = _response(model, [item for _, _, item in items], usage)
    yield "finish", event("response.completed", response=response)


def _gemini(model, parts, last, usage=True):
    candidate = {"index": 0, "content": {"role": "model", "parts": parts}} | ({"finishReason": "STOP"} if last else {})
    counts = {"promptTokenCount": 20, "candidatesTokenCount": 46 if last else 0, "totalTokenCount": 66 if last else 20}
    counted = {"usageMetadata": counts} if usage else {}
    return {"candidates": [candidate], **counted, "modelVersion": model, "responseId": "gem_1"}


def _gemini_stream(model, texts, arguments, usage):
    for text in texts:
        yield "text", data(_gemini(model, [{"text": text}], False, usage))
    call = [] if arguments is None else [{"functionCall": {"name": TOOL, "args": json.loads(arguments)}}]
    if call:
        yield "call", data(_gemini(model, call, False, usage))
    yield "finish", data(_gemini(model, [{"text": ""}], True, usage))
