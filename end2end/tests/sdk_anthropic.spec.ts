// Anthropic's own SDK against the real binary.
import Anthropic from "@anthropic-ai/sdk";
import type { House } from "../support/house";
import { WORDS } from "../support/provider";
import { expect, test } from "../support/test";

const HELLO: Anthropic.MessageParam[] = [{ role: "user", content: "Say hello: ä 東 🚀" }];
const TOOLS: Anthropic.Tool[] = [
  {
    name: "read_file",
    input_schema: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
  },
];

async function client(house: House, apiKey?: string) {
  return new Anthropic({ baseURL: house.url, apiKey: apiKey ?? (await house.key()), authToken: null, maxRetries: 0 });
}

async function failure(promise: PromiseLike<unknown>): Promise<any> {
  return promise.then(
    () => expect(null, "it did not fail").not.toBeNull(),
    (error: unknown) => error,
  );
}

test("anthropic: a whole answer, byte for byte", async ({ provider, house }) => {
  await house.connect(provider, { dialect: "messages", keys: ["provider-secret"] });
  const anthropic = await client(house);
  const answer = await anthropic.messages.create({ model: "scripted/ok", max_tokens: 99, messages: HELLO });
  expect(answer.content).toEqual([{ type: "text", text: WORDS }]);
  expect(answer.stop_reason).toBe("end_turn");
  expect(answer.usage.cache_read_input_tokens).toBe(1890);

  const direct = new Anthropic({ baseURL: provider.url, apiKey: "direct", authToken: null });
  await direct.messages.create({ model: "ok", max_tokens: 99, messages: HELLO });
  const [seen, without] = await provider.seen();
  expect(seen.line).toBe("POST /v1/messages");
  expect(seen.body).toBe(without.body);
  const [headers, usual] = [new Map(seen.headers), new Map(without.headers)];
  expect(headers.get("x-api-key")).toBe("provider-secret");
  // The SDK's own version, not one of ours.
  expect(headers.get("anthropic-version")).toBe(usual.get("anthropic-version"));
  expect(JSON.stringify(seen.headers)).not.toContain(anthropic.apiKey);
});

test("anthropic: a stream with a tool call", async ({ provider, house }) => {
  await house.connect(provider, { dialect: "messages" });
  const anthropic = await client(house);
  const stream = anthropic.messages.stream({
    model: "scripted/tool-call",
    max_tokens: 99,
    messages: HELLO,
    tools: TOOLS,
  });
  let json = "";
  stream.on("inputJson", (part) => (json += part));
  const answer = await stream.finalMessage();
  expect(answer.content).toEqual([
    expect.objectContaining({ type: "tool_use", name: "read_file", input: { path: "src/main.rs" } }),
  ]);
  expect(JSON.parse(json)).toEqual({ path: "src/main.rs" });
  expect(answer.stop_reason).toBe("tool_use");
  expect(answer.usage.output_tokens).toBe(46);
});

test("anthropic: thinking and its signature come through", async ({ provider, house }) => {
  await house.connect(provider, { dialect: "messages" });
  const anthropic = await client(house);
  const request = {
    model: "scripted/reasoning",
    max_tokens: 2048,
    thinking: { type: "enabled" as const, budget_tokens: 1024 },
    messages: HELLO,
  };
  const whole = await anthropic.messages.create(request);
  const streamed = await anthropic.messages.stream(request).finalMessage();
  for (const answer of [whole, streamed]) {
    expect(answer.content).toMatchObject([
      { type: "thinking", thinking: "Let me think.", signature: "EqQBCgIYAhIM1gbcDa9GJwZA" },
      { type: "text", text: WORDS },
    ]);
  }
  const bodies = (await provider.seen()).map((seen) => JSON.parse(seen.body));
  for (const body of bodies) expect(body.thinking).toEqual(request.thinking);
});

test("anthropic: a beta header and an unknown member reach the provider", async ({ provider, house }) => {
  await house.connect(provider, { dialect: "messages" });
  const anthropic = await client(house);
  await anthropic.beta.messages.create({
    model: "scripted/ok",
    max_tokens: 9,
    messages: HELLO,
    betas: ["fine-grained-tool-streaming-2025-05-14"],
    // @ts-expect-error: newer than the SDK
    from_the_future: { exact: 1.1 },
  });
  const [seen] = await provider.seen();
  expect(new Map(seen.headers).get("anthropic-beta")).toContain("fine-grained-tool-streaming-2025-05-14");
  expect(JSON.parse(seen.body).from_the_future).toEqual({ exact: 1.1 });
});

test("anthropic: errors become the SDK's own exceptions", async ({ provider, house }) => {
  await house.connect(provider, { dialect: "messages" });
  await house.connect(provider, { dialect: "messages", prefix: "limited", keys: ["key-error-429-retry-after"] });
  const stranger = await client(house, "nr-this-is-no-key-of-ours");
  const anthropic = await client(house);
  const ask = (client: Anthropic, model: string) =>
    client.messages.create({ model, max_tokens: 9, messages: HELLO });

  const wrongKey = await failure(ask(stranger, "scripted/ok"));
  expect(wrongKey).toBeInstanceOf(Anthropic.AuthenticationError);
  expect(wrongKey.error.error.type).toBe("authentication_error");

  const unknown = await failure(ask(anthropic, "no-such-model"));
  expect(unknown).toBeInstanceOf(Anthropic.NotFoundError);
  expect(unknown.error.error.type).toBe("not_found_error");

  const limited = await failure(ask(anthropic, "limited/ok"));
  expect(limited).toBeInstanceOf(Anthropic.RateLimitError);
  expect(limited.error.error.type).toBe("rate_limit_error");
  const seconds = Number(limited.headers.get("retry-after"));
  expect(seconds).toBeGreaterThan(60);
  expect(seconds).toBeLessThanOrEqual(78);

  const callersFault = await failure(ask(anthropic, "scripted/error-400"));
  expect(callersFault).toBeInstanceOf(Anthropic.BadRequestError);
  expect(callersFault.message).toContain("Input should be 'user' or 'assistant'");

  for (const how of ["cut-mid-stream", "truncated"]) {
    const broken = await failure(
      anthropic.messages.stream({ model: `scripted/${how}`, max_tokens: 9, messages: HELLO }).finalMessage(),
    );
    expect(broken, how).toBeInstanceOf(Anthropic.AnthropicError);
    expect(broken.message, how).toContain("broke off");
  }
});

test("anthropic: models are listed", async ({ provider, house }) => {
  await house.connect(provider, { dialect: "messages", models: ["ok"] });
  const anthropic = await client(house);
  const names = [];
  for await (const model of anthropic.models.list()) names.push([model.id, model.type]);
  expect(names).toEqual([["scripted/ok", "model"]]);
  expect((await anthropic.models.retrieve("scripted/ok")).display_name).toBe("scripted/ok");
});
