// OpenAI's own SDK against the real binary.
import OpenAI from "openai";
import type { House } from "../support/house";
import { WORDS } from "../support/provider";
import { expect, test } from "../support/test";

const HELLO: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: "Say hello: ä 東 🚀" }];
const TOOLS: OpenAI.ChatCompletionTool[] = [
  {
    type: "function",
    function: {
      name: "read_file",
      parameters: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
    },
  },
];

async function client(house: House, apiKey?: string) {
  return new OpenAI({ baseURL: `${house.url}/v1`, apiKey: apiKey ?? (await house.key()), maxRetries: 0 });
}

async function failure(promise: PromiseLike<unknown>): Promise<any> {
  return promise.then(
    () => expect(null, "it did not fail").not.toBeNull(),
    (error: unknown) => error,
  );
}

test("openai: a whole answer, byte for byte", async ({ provider, house }) => {
  await house.connect(provider, { keys: ["provider-secret"] });
  const openai = await client(house);
  const answer = await openai.chat.completions.create({ model: "scripted/ok", messages: HELLO });
  expect(answer.choices[0].message.content).toBe(WORDS);
  expect(answer.choices[0].finish_reason).toBe("stop");
  expect(answer.usage?.prompt_tokens_details?.cached_tokens).toBe(896);

  const direct = new OpenAI({ baseURL: `${provider.url}/v1`, apiKey: "direct" });
  await direct.chat.completions.create({ model: "ok", messages: HELLO });
  const [seen, without] = await provider.seen();
  expect(seen.line).toBe("POST /v1/chat/completions");
  expect(seen.body).toBe(without.body);
  const headers = new Map(seen.headers);
  expect(headers.get("authorization")).toBe("Bearer provider-secret");
  expect(JSON.stringify(seen.headers)).not.toContain(openai.apiKey);
});

test("openai: a stream, with and without its usage", async ({ provider, house }) => {
  await house.connect(provider);
  const openai = await client(house);
  for (const include_usage of [false, true]) {
    const stream = await openai.chat.completions.create({
      model: "scripted/split-bytes",
      messages: HELLO,
      stream: true,
      ...(include_usage ? { stream_options: { include_usage } } : {}),
    });
    let text = "";
    const usages = [];
    let empty = 0;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? "";
      if (chunk.choices.length === 0) empty += 1;
      if (chunk.usage) usages.push(chunk.usage);
    }
    expect(text).toBe(WORDS);
    // What was not asked for does not reach the client, although Ninerouter itself counts it.
    expect(usages.map((usage) => usage.completion_tokens)).toEqual(include_usage ? [46] : []);
    expect(empty).toBe(include_usage ? 1 : 0);
  }
  await expect
    .poll(async () => (await house.api("GET", "/requests")).rows.map((row: any) => row.tokens?.output))
    .toEqual([46, 46]);
});

test("openai: tool calls, whole and streamed", async ({ provider, house }) => {
  await house.connect(provider);
  const openai = await client(house);
  const request = { model: "scripted/tool-call", messages: HELLO, tools: TOOLS };
  const whole = await openai.chat.completions.create(request);
  const streamed = await openai.chat.completions.stream(request).finalChatCompletion();
  for (const answer of [whole, streamed]) {
    const [call] = answer.choices[0].message.tool_calls!;
    expect(call.type === "function" && call.function.name).toBe("read_file");
    expect(call.type === "function" && JSON.parse(call.function.arguments)).toEqual({ path: "src/main.rs" });
    expect(answer.choices[0].finish_reason).toBe("tool_calls");
  }
});

test("openai: errors become the SDK's own exceptions", async ({ provider, house }) => {
  await house.connect(provider, { keys: ["good"] });
  await house.connect(provider, { prefix: "limited", keys: ["key-error-429-retry-after"] });
  const stranger = await client(house, "nr-this-is-no-key-of-ours");
  const openai = await client(house);
  const ask = (client: OpenAI, model: string) => client.chat.completions.create({ model, messages: HELLO });

  const wrongKey = await failure(ask(stranger, "scripted/ok"));
  expect(wrongKey).toBeInstanceOf(OpenAI.AuthenticationError);
  expect(wrongKey.code).toBe("invalid_api_key");
  expect(wrongKey.message).toContain("not known to Ninerouter");

  const unknown = await failure(ask(openai, "no-such-model"));
  expect(unknown).toBeInstanceOf(OpenAI.NotFoundError);
  expect(unknown.code).toBe("model_not_found");

  const limited = await failure(ask(openai, "limited/ok"));
  expect(limited).toBeInstanceOf(OpenAI.RateLimitError);
  const seconds = Number(limited.headers.get("retry-after"));
  expect(seconds).toBeGreaterThan(60);
  expect(seconds).toBeLessThanOrEqual(78);

  const callersFault = await failure(ask(openai, "scripted/error-400"));
  expect(callersFault).toBeInstanceOf(OpenAI.BadRequestError);
  expect(callersFault.code).toBe("invalid_value");
  expect(callersFault.param).toBe("messages[0].role");

  for (const how of ["cut-mid-stream", "truncated"]) {
    const read = async () => {
      const stream = await openai.chat.completions.create({ model: `scripted/${how}`, messages: HELLO, stream: true });
      for await (const _ of stream);
    };
    const broken = await failure(read());
    expect(broken, how).toBeInstanceOf(OpenAI.APIError);
    expect(broken.message, how).toContain("broke off");
  }
});

test("openai: models are listed and found by name", async ({ provider, house }) => {
  await house.connect(provider, { models: ["ok", "deep/name"] });
  const openai = await client(house);
  const names = [];
  for await (const model of openai.models.list()) names.push(model.id);
  expect(names.sort()).toEqual(["scripted/deep/name", "scripted/ok"]);
  expect((await openai.models.retrieve("scripted/ok")).owned_by).toBe("scripted");
  expect(await failure(openai.models.retrieve("scripted/nothing"))).toBeInstanceOf(OpenAI.NotFoundError);
});

test("openai: a stream that is left is cancelled at the provider and recorded so", async ({ provider, house }) => {
  await house.connect(provider);
  const openai = await client(house);
  const stream = await openai.chat.completions.create({
    model: "scripted/stall-mid-stream",
    messages: HELLO,
    stream: true,
  });
  let text = "";
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? "";
    if (text) break;
  }
  expect(WORDS.startsWith(text)).toBe(true);
  await expect.poll(async () => (await provider.seen())[0].left).toBe(true);
  await expect.poll(async () => (await house.api("GET", "/requests")).rows[0]?.outcome).toBe("cancelled");
});
