"""The vendors' Python SDKs against the real binary, with the scripted provider behind it."""

import json

import anthropic
import openai
import pytest

from conftest import WORDS

HELLO = [{"role": "user", "content": "Say hello: ä 東 🚀"}]
SCHEMA = {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}
OPENAI_TOOLS = [{"type": "function", "function": {"name": "read_file", "parameters": SCHEMA}}]
ANTHROPIC_TOOLS = [{"name": "read_file", "input_schema": SCHEMA}]


def openai_client(house, key=None):
    return openai.OpenAI(base_url=f"{house.url}/v1", api_key=key or house.key(), max_retries=0)


def anthropic_client(house, key=None):
    return anthropic.Anthropic(base_url=house.url, api_key=key or house.key(), auth_token=None, max_retries=0)


def test_openai_whole(house, provider):
    house.connect(provider, keys=["provider-secret"])
    answer = openai_client(house).chat.completions.create(model="scripted/ok", messages=HELLO)
    assert answer.choices[0].message.content == WORDS
    assert answer.usage.prompt_tokens_details.cached_tokens == 896
    openai.OpenAI(base_url=f"{provider.url}/v1", api_key="direct").chat.completions.create(model="ok", messages=HELLO)
    seen, without = provider.seen()
    assert seen["body"] == without["body"]
    assert dict(seen["headers"])["authorization"] == "Bearer provider-secret"


@pytest.mark.parametrize("usage", [False, True])
def test_openai_stream(house, provider, usage):
    house.connect(provider)
    options = {"stream_options": {"include_usage": True}} if usage else {}
    stream = openai_client(house).chat.completions.create(
        model="scripted/split-bytes", messages=HELLO, stream=True, **options
    )
    chunks = list(stream)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == WORDS
    assert [chunk.usage.completion_tokens for chunk in chunks if chunk.usage] == ([46] if usage else [])


def test_openai_tool_call(house, provider):
    house.connect(provider)
    client = openai_client(house)
    request = {"model": "scripted/tool-call", "messages": HELLO, "tools": OPENAI_TOOLS}
    whole = client.chat.completions.create(**request)
    with client.chat.completions.stream(**request) as stream:
        streamed = stream.get_final_completion()
    for answer in (whole, streamed):
        (call,) = answer.choices[0].message.tool_calls
        assert call.function.name == "read_file"
        assert json.loads(call.function.arguments) == {"path": "src/main.rs"}
        assert answer.choices[0].finish_reason == "tool_calls"


def test_openai_errors(house, provider):
    house.connect(provider)
    house.connect(provider, prefix="limited", keys=["key-error-429-retry-after"])
    client = openai_client(house)

    def ask(client, model, **more):
        return client.chat.completions.create(model=model, messages=HELLO, **more)

    with pytest.raises(openai.AuthenticationError) as wrong_key:
        ask(openai_client(house, "nr-no-key-of-ours"), "scripted/ok")
    assert wrong_key.value.code == "invalid_api_key"
    with pytest.raises(openai.NotFoundError) as unknown:
        ask(client, "no-such-model")
    assert unknown.value.code == "model_not_found"
    with pytest.raises(openai.RateLimitError) as limited:
        ask(client, "limited/ok")
    assert 60 < int(limited.value.response.headers["retry-after"]) <= 78
    with pytest.raises(openai.BadRequestError) as fault:
        ask(client, "scripted/error-400")
    assert fault.value.param == "messages[0].role"
    for how in ("cut-mid-stream", "truncated"):
        with pytest.raises(openai.APIError, match="broke off"):
            list(ask(client, f"scripted/{how}", stream=True))


def test_openai_models(house, provider):
    house.connect(provider, models=["ok", "deep/name"])
    client = openai_client(house)
    assert sorted(model.id for model in client.models.list()) == ["scripted/deep/name", "scripted/ok"]
    assert client.models.retrieve("scripted/ok").owned_by == "scripted"


def test_anthropic_whole(house, provider):
    house.connect(provider, dialect="messages", keys=["provider-secret"])
    answer = anthropic_client(house).messages.create(model="scripted/ok", max_tokens=99, messages=HELLO)
    assert [block.text for block in answer.content] == [WORDS]
    assert answer.usage.cache_read_input_tokens == 1890
    direct = anthropic.Anthropic(base_url=provider.url, api_key="direct", auth_token=None)
    direct.messages.create(model="ok", max_tokens=99, messages=HELLO)
    seen, without = provider.seen()
    assert seen["body"] == without["body"]
    headers, usual = dict(seen["headers"]), dict(without["headers"])
    assert headers["x-api-key"] == "provider-secret"
    # The SDK's own version, not one of ours.
    assert headers["anthropic-version"] == usual["anthropic-version"]


def test_anthropic_stream_with_a_tool_call(house, provider):
    house.connect(provider, dialect="messages")
    client = anthropic_client(house)
    request = {"model": "scripted/tool-call", "max_tokens": 99, "messages": HELLO, "tools": ANTHROPIC_TOOLS}
    with client.messages.stream(**request) as stream:
        answer = stream.get_final_message()
    (call,) = answer.content
    assert (call.type, call.name, call.input) == ("tool_use", "read_file", {"path": "src/main.rs"})
    assert answer.stop_reason == "tool_use"


def test_anthropic_thinking(house, provider):
    house.connect(provider, dialect="messages")
    client = anthropic_client(house)
    request = {
        "model": "scripted/reasoning",
        "max_tokens": 2048,
        "messages": HELLO,
        "thinking": {"type": "enabled", "budget_tokens": 1024},
    }
    whole = client.messages.create(**request)
    with client.messages.stream(**request) as stream:
        streamed = stream.get_final_message()
    for answer in (whole, streamed):
        thought, text = answer.content
        assert (thought.thinking, thought.signature) == ("Let me think.", "EqQBCgIYAhIM1gbcDa9GJwZA")
        assert text.text == WORDS


def test_anthropic_errors(house, provider):
    house.connect(provider, dialect="messages")
    house.connect(provider, prefix="limited", dialect="messages", keys=["key-error-429-retry-after"])
    client = anthropic_client(house)

    def ask(client, model):
        return client.messages.create(model=model, max_tokens=9, messages=HELLO)

    with pytest.raises(anthropic.AuthenticationError):
        ask(anthropic_client(house, "nr-no-key-of-ours"), "scripted/ok")
    with pytest.raises(anthropic.NotFoundError) as unknown:
        ask(client, "no-such-model")
    assert unknown.value.body["error"]["type"] == "not_found_error"
    with pytest.raises(anthropic.RateLimitError) as limited:
        ask(client, "limited/ok")
    assert 60 < int(limited.value.response.headers["retry-after"]) <= 78
    with pytest.raises(anthropic.BadRequestError, match="Input should be 'user' or 'assistant'"):
        ask(client, "scripted/error-400")
    for how in ("cut-mid-stream", "truncated"):
        with pytest.raises(anthropic.APIError, match="broke off"):
            with client.messages.stream(model=f"scripted/{how}", max_tokens=9, messages=HELLO) as stream:
                stream.until_done()


def test_anthropic_models(house, provider):
    house.connect(provider, dialect="messages", models=["ok"])
    assert [model.id for model in anthropic_client(house).models.list()] == ["scripted/ok"]


@pytest.mark.parametrize("key", ["key-bad", "key-error-429", "key-overloaded-in-200-stream", "key-hang-up"])
def test_one_clean_answer_although_the_first_account_fails(house, provider, key):
    house.connect(provider, dialect="messages", keys=[key, "good"])
    client = anthropic_client(house)
    with client.messages.stream(model="scripted/ok", max_tokens=99, messages=HELLO) as stream:
        assert stream.get_final_text() == WORDS
