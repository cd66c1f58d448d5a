"""The vendors' Python SDKs in front of every wire format. The same table as tests/formats_*.spec.ts."""

import base64
import json
import tempfile

import anthropic
import openai
import pytest
from google import genai
from google.genai import errors, types

from conftest import WORDS, House, Provider

DIALECTS = ["chat", "responses", "messages", "gemini", "ollama"]
# What each of them counts (server/tests/scripted/says/mod.rs): the whole prompt, what of it the cache had, the answer.
COUNTS = {
    "chat": (1117, 896, 46),
    "responses": (3072, 2048, 46),
    "messages": (2099, 1890, 46),
    "gemini": (1200, 700, 46),
    "ollama": (512, 0, 46),
}
THOUGHT = "Let me think."
# The calls of server/tests/scripted/scenario.rs. Python keeps every digit.
CALLS = [
    (
        "read_file",
        {
            "path": "src/naïve 🚀/東京.rs",
            "limits": {"ratio": 1.0, "big": 12345678901234567890, "zero": -0.0, "list": [100.0, {"deep": [None, True, ""]}]},
        },
    ),
    ("search", {"query": '"quoted\\path"\n\t', "options": {}}),
]
RESULTS = {"read_file": "fn main() {} // 東京 🚀", "search": "three hits"}
STRUCTURED = {"city": "東京", "degrees": 21.5, "days": [1, 2]}
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
TOOLS = {
    "read_file": {
        "type": "object",
        "properties": {"path": {"type": "string"}, "limits": {"type": "object", "properties": {}}},
        "required": ["path"],
    },
    "search": {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]},
}
SCHEMA = {
    "type": "object",
    "properties": {
        "city": {"type": "string"},
        "degrees": {"type": "number"},
        "days": {"type": "array", "items": {"type": "integer"}},
    },
    "required": ["city", "degrees", "days"],
    "additionalProperties": False,
}
SYSTEM = "Be brief."
HELLO = "Say hello: ä 東 🚀"


class Said:
    """An answer, whichever SDK gave it."""

    def __init__(self, text="", thought="", calls=(), stop="", usage=(0, 0, 0)):
        self.text, self.thought, self.calls, self.stop, self.usage = text, thought, list(calls), stop, usage


class OpenAiChat:
    stops = ("stop", "tool_calls")

    def __init__(self, url, key):
        self.sdk = openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0)
        self.hello = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": HELLO}]

    def ask(self, model, stream, messages=None, **more):
        body = {"model": model, "messages": messages or self.hello, **more}
        if not stream:
            return self.sdk.chat.completions.create(**body)
        with self.sdk.chat.completions.stream(**body, stream_options={"include_usage": True}) as events:
            return events.get_final_completion()

    def read(self, answer):
        choice, usage = answer.choices[0], answer.usage
        calls = [(call.function.name, json.loads(call.function.arguments)) for call in choice.message.tool_calls or []]
        cached = usage.prompt_tokens_details.cached_tokens if usage.prompt_tokens_details else 0
        return Said(
            choice.message.content or "",
            getattr(choice.message, "reasoning_content", None) or "",
            calls,
            choice.finish_reason,
            (usage.prompt_tokens, cached or 0, usage.completion_tokens),
        )

    def kept(self, answer):
        message = answer.choices[0].message.model_dump(exclude_none=True)
        message.pop("parsed", None)
        for call in message.get("tool_calls", []):
            for added in ("index", "parsed_arguments"):
                call.pop(added, None)
                call["function"].pop(added, None)
        return message

    def tools(self, model, stream):
        tools = [{"type": "function", "function": {"name": name, "parameters": schema}} for name, schema in TOOLS.items()]
        first = self.ask(model, stream, tools=tools)
        results = [
            {"role": "tool", "tool_call_id": call.id, "content": RESULTS[call.function.name]}
            for call in first.choices[0].message.tool_calls
        ]
        second = self.ask(model, stream, [*self.hello, self.kept(first), *results], tools=tools)
        return self.read(first), self.read(second)

    def image(self, model):
        url = {"url": f"data:image/png;base64,{PICTURE}"}
        content = [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": url}]
        return self.read(self.ask(model, False, [{"role": "user", "content": content}])).text

    def reasoning(self, model, stream):
        first = self.ask(model, stream, reasoning_effort="medium")
        messages = [*self.hello, self.kept(first), {"role": "user", "content": "Go on."}]
        return self.read(first), self.read(self.ask(model, stream, messages, reasoning_effort="medium"))

    def structured(self, model):
        schema = {"name": "weather", "strict": True, "schema": SCHEMA}
        answer = self.ask(model, False, response_format={"type": "json_schema", "json_schema": schema})
        return json.loads(self.read(answer).text)


class OpenAiResponses:
    stops = ("completed", "completed")
    thinking = {"reasoning": {"effort": "medium", "summary": "auto"}, "include": ["reasoning.encrypted_content"]}

    def __init__(self, url, key):
        self.sdk = openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0)
        self.hello = [{"role": "user", "content": HELLO}]

    def ask(self, model, stream, items=None, **more):
        body = {"model": model, "input": items or self.hello, "instructions": SYSTEM, "store": False, **more}
        if not stream:
            return self.sdk.responses.create(**body)
        with self.sdk.responses.stream(**body) as events:
            return events.get_final_response()

    def read(self, answer):
        calls = [(item.name, json.loads(item.arguments)) for item in answer.output if item.type == "function_call"]
        thoughts = [part.text for item in answer.output if item.type == "reasoning" for part in item.summary]
        usage = answer.usage
        counts = (usage.input_tokens, usage.input_tokens_details.cached_tokens, usage.output_tokens)
        return Said(answer.output_text, "".join(thoughts), calls, answer.status, counts)

    def kept(self, answer):
        items = [item.model_dump(exclude_none=True) for item in answer.output]
        for item in items:
            item.pop("parsed_arguments", None)
            for part in item.get("content") or []:
                part.pop("parsed", None)
        return items

    def tools(self, model, stream):
        tools = [{"type": "function", "name": name, "parameters": schema, "strict": False} for name, schema in TOOLS.items()]
        first = self.ask(model, stream, tools=tools, **self.thinking)
        results = [
            {"type": "function_call_output", "call_id": item.call_id, "output": RESULTS[item.name]}
            for item in first.output
            if item.type == "function_call"
        ]
        items = [*self.hello, *self.kept(first), *results]
        return self.read(first), self.read(self.ask(model, stream, items, tools=tools, **self.thinking))

    def image(self, model):
        picture = {"type": "input_image", "image_url": f"data:image/png;base64,{PICTURE}", "detail": "auto"}
        content = [{"type": "input_text", "text": "What is it?"}, picture]
        return self.read(self.ask(model, False, [{"role": "user", "content": content}])).text

    def reasoning(self, model, stream):
        first = self.ask(model, stream, **self.thinking)
        items = [*self.hello, *self.kept(first), {"role": "user", "content": "Go on."}]
        return self.read(first), self.read(self.ask(model, stream, items, **self.thinking))

    def structured(self, model):
        schema = {"type": "json_schema", "name": "weather", "strict": True, "schema": SCHEMA}
        return json.loads(self.read(self.ask(model, False, text={"format": schema})).text)


class Anthropic:
    stops = ("end_turn", "tool_use")
    thinking = {"type": "enabled", "budget_tokens": 8192}

    def __init__(self, url, key):
        self.sdk = anthropic.Anthropic(base_url=url, api_key=key, auth_token=None, max_retries=0)
        self.hello = [{"role": "user", "content": HELLO}]

    def ask(self, model, stream, messages=None, **more):
        body = {"model": model, "max_tokens": 16000, "system": SYSTEM, "messages": messages or self.hello, **more}
        if not stream:
            return self.sdk.messages.create(**body)
        with self.sdk.messages.stream(**body) as events:
            return events.get_final_message()

    def read(self, answer):
        said, usage = Said(stop=answer.stop_reason), answer.usage
        for block in answer.content:
            if block.type == "text":
                said.text += block.text
            elif block.type == "thinking":
                said.thought += block.thinking
            elif block.type == "tool_use":
                said.calls.append((block.name, block.input))
        read, written = usage.cache_read_input_tokens or 0, usage.cache_creation_input_tokens or 0
        said.usage = (usage.input_tokens + read + written, read, usage.output_tokens)
        return said

    def tools(self, model, stream):
        tools = [{"name": name, "input_schema": schema} for name, schema in TOOLS.items()]
        first = self.ask(model, stream, tools=tools, thinking=self.thinking)
        results = [
            {"type": "tool_result", "tool_use_id": block.id, "content": RESULTS[block.name]}
            for block in first.content
            if block.type == "tool_use"
        ]
        messages = [*self.hello, {"role": "assistant", "content": first.content}, {"role": "user", "content": results}]
        return self.read(first), self.read(self.ask(model, stream, messages, tools=tools, thinking=self.thinking))

    def image(self, model):
        source = {"type": "base64", "media_type": "image/png", "data": PICTURE}
        content = [{"type": "image", "source": source}, {"type": "text", "text": "What is it?"}]
        return self.read(self.ask(model, False, [{"role": "user", "content": content}])).text

    def reasoning(self, model, stream):
        first = self.ask(model, stream, thinking=self.thinking)
        messages = [*self.hello, {"role": "assistant", "content": first.content}, {"role": "user", "content": "Go on."}]
        return self.read(first), self.read(self.ask(model, stream, messages, thinking=self.thinking))

    def structured(self, model):
        answer = self.ask(model, False, output_config={"format": {"type": "json_schema", "schema": SCHEMA}})
        return json.loads(self.read(answer).text)


class Genai:
    stops = ("STOP", "STOP")
    thinking = types.ThinkingConfig(include_thoughts=True, thinking_budget=4096)

    def __init__(self, url, key):
        self.sdk = genai.Client(api_key=key, http_options=types.HttpOptions(base_url=url))
        self.hello = [types.Content(role="user", parts=[types.Part(text=HELLO)])]

    def ask(self, model, stream, contents=None, **more):
        config = types.GenerateContentConfig(system_instruction=SYSTEM, **more)
        body = {"model": model, "contents": contents or self.hello, "config": config}
        if not stream:
            answer = self.sdk.models.generate_content(**body)
            return answer.candidates[0].content.parts, answer
        chunks = list(self.sdk.models.generate_content_stream(**body))
        return [part for chunk in chunks for part in chunk.candidates[0].content.parts], chunks[-1]

    def read(self, answer):
        parts, last = answer
        usage = last.usage_metadata
        output = (usage.candidates_token_count or 0) + (usage.thoughts_token_count or 0)
        return Said(
            "".join(part.text or "" for part in parts if not part.thought),
            "".join(part.text or "" for part in parts if part.thought),
            [(part.function_call.name, part.function_call.args) for part in parts if part.function_call],
            last.candidates[0].finish_reason.value,
            (usage.prompt_token_count, usage.cached_content_token_count or 0, output),
        )

    def tools(self, model, stream):
        functions = [types.FunctionDeclaration(name=name, parameters_json_schema=schema) for name, schema in TOOLS.items()]
        off = types.AutomaticFunctionCallingConfig(disable=True)
        more = {"tools": [types.Tool(function_declarations=functions)], "automatic_function_calling": off}
        first = self.ask(model, stream, thinking_config=self.thinking, **more)
        results = [
            types.Part(
                function_response=types.FunctionResponse(
                    id=part.function_call.id,
                    name=part.function_call.name,
                    response={"output": RESULTS[part.function_call.name]},
                )
            )
            for part in first[0]
            if part.function_call
        ]
        contents = [*self.hello, types.Content(role="model", parts=first[0]), types.Content(role="user", parts=results)]
        return self.read(first), self.read(self.ask(model, stream, contents, thinking_config=self.thinking, **more))

    def image(self, model):
        picture = types.Part.from_bytes(data=base64.b64decode(PICTURE), mime_type="image/png")
        content = types.Content(role="user", parts=[types.Part(text="What is it?"), picture])
        return self.read(self.ask(model, False, [content])).text

    def reasoning(self, model, stream):
        first = self.ask(model, stream, thinking_config=self.thinking)
        more = types.Content(role="user", parts=[types.Part(text="Go on.")])
        contents = [*self.hello, types.Content(role="model", parts=first[0]), more]
        return self.read(first), self.read(self.ask(model, stream, contents, thinking_config=self.thinking))

    def structured(self, model):
        answer = self.ask(model, False, response_mime_type="application/json", response_json_schema=SCHEMA)
        return json.loads(self.read(answer).text)


CLIENTS = [OpenAiChat, OpenAiResponses, Anthropic, Genai]


@pytest.fixture(scope="module")
def formats():
    """One Ninerouter with an endpoint of each wire format, for all tests."""
    provider = Provider()
    with tempfile.TemporaryDirectory(prefix="ninerouter-formats-") as folder:
        house = House(folder)
        for dialect in DIALECTS:
            house.connect(provider, prefix=f"to-{dialect}", dialect=dialect)
        yield house.url, house.key()
        house.stop()
    provider.stop()


@pytest.fixture(params=CLIENTS, ids=lambda client: client.__name__)
def client(request, formats):
    return request.param(*formats)


@pytest.fixture(params=DIALECTS)
def dialect(request):
    return request.param


@pytest.fixture(params=[False, True], ids=["whole", "stream"])
def stream(request):
    return request.param


def test_words(client, dialect, stream):
    said = client.read(client.ask(f"to-{dialect}/plain", stream))
    assert (said.text, said.stop) == (WORDS, client.stops[0])
    assert said.usage == COUNTS[dialect]


def test_two_calls_at_once(client, dialect, stream):
    called, answered = client.tools(f"to-{dialect}/tools", stream)
    assert (called.calls, called.stop, called.thought) == (CALLS, client.stops[1], THOUGHT)
    assert f"read_file said: {RESULTS['read_file']}. search said: {RESULTS['search']}." in answered.text
    assert "I called" not in answered.text
    assert answered.stop == client.stops[0]


def test_a_thought_that_is_sent_back(client, dialect, stream):
    first, second = client.reasoning(f"to-{dialect}/reasoning", stream)
    assert (first.thought, first.text) == (THOUGHT, WORDS)
    assert "I thought" in second.text


def test_a_picture(client, dialect):
    kind = "an image" if dialect == "ollama" else "image/png"
    assert client.image(f"to-{dialect}/image") == f"I see: {kind}, 70 bytes"


def test_json_of_a_schema(client, dialect):
    assert client.structured(f"to-{dialect}/structured") == STRUCTURED


def test_errors(client, dialect, stream):
    with pytest.raises((openai.BadRequestError, anthropic.BadRequestError, errors.ClientError)) as refused:
        client.ask(f"to-{dialect}/error-400", stream)
    assert getattr(refused.value, "status_code", getattr(refused.value, "code", None)) == 400
    assert any(words in str(refused.value) for words in ("role", "Input should be", "Invalid value"))
    with pytest.raises((openai.NotFoundError, anthropic.NotFoundError, errors.ClientError), match="nobody/knows-it"):
        client.ask("nobody/knows-it", stream)


def test_a_stream_that_breaks_off(client, dialect):
    with pytest.raises((openai.APIError, anthropic.APIError, errors.APIError), match="broke off"):
        client.ask(f"to-{dialect}/truncated", True)
