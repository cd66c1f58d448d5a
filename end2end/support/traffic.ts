// An installation that has been in use: two providers, accounts in every state, requests with every outcome.
import type { House } from "./house";
import type { Provider } from "./provider";

const LONG = "a-vendor-with-a-long-name/and-a-model-with-an-even-longer-name-preview-2026-11-21";

async function ask(house: House, key: string, model: string, { stream = true, agent = "claude-cli/2.0.14" } = {}) {
  const leave = new AbortController();
  const answer = await fetch(`${house.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", "user-agent": agent },
    body: JSON.stringify({ model, stream, messages: [{ role: "user", content: "Hello" }] }),
    signal: leave.signal,
  });
  if (!model.includes("stall")) {
    await answer.text();
    return;
  }
  await answer.body!.getReader().read();
  leave.abort();
}

/** Fills the house. Gives the id of a request that was answered by its second account. */
export async function fill(house: House, provider: Provider): Promise<string> {
  await house.connect(provider, {
    prefix: "scripted",
    keys: ["key-bad", "key-insufficient-quota", "good"],
    models: ["ok", "tool-call", "reasoning", LONG],
  });
  await house.connect(provider, { prefix: "a-rather-long-prefix-of-a-custom-server", keys: [""] });
  await house.api("POST", "/accounts", { provider: "groq", name: "work", key: "gsk_0123456789abcdef" });
  await house.api("POST", "/accounts", { provider: "anthropic", name: "a name that says who pays for it", key: "sk-ant-0123456789" });
  await house.api("POST", "/combos", {
    name: "coder",
    targets: [
      { model: "scripted/error-500", budget: { measure: "cost", amount: 5_000_000_000, period: "day" } },
      { model: `scripted/${LONG}`, budget: { measure: "tokens", amount: 10, period: "month" } },
      { model: "groq/llama-3.3-70b-versatile", enabled: false },
      { model: "anthropic/claude-sonnet-4-5" },
    ],
  });
  await house.api("POST", "/combos", {
    name: "shared-by-weight.a-name-as-long-as-it-may-be-for-a-combo-of-the-build-machine",
    strategy: "weighted",
    rescue: false,
    targets: [{ model: "scripted/ok", weight: 3 }, { model: "coder" }],
  });
  await house.api("POST", "/aliases", { name: "gpt-5", model: "openai/gpt-5" });
  const keys = [await house.key("claude-code on my laptop"), await house.key("the build machine"), await house.key("unused")];
  const asked: [string, Parameters<typeof ask>[3]?][] = [
    ["scripted/ok"],
    ["scripted/tool-call", { agent: "opencode/1.2" }],
    ["scripted/reasoning", { agent: "OpenAI/JS 6.30.1" }],
    ["scripted/no-usage", { agent: "curl/8.5.0" }],
    [`scripted/${LONG}`, { agent: "Cline/3.0" }],
    ["scripted/error-400", { stream: false }],
    ["scripted/error-mid-stream"],
    ["scripted/cut-mid-stream"],
    ["scripted/stall-mid-stream"],
    ["a-rather-long-prefix-of-a-custom-server/gzip", { agent: "a-tool-that-nobody-has-ever-heard-of/0.1" }],
    ["a-rather-long-prefix-of-a-custom-server/error-404"],
    ["nobody/knows-this-model", { agent: "my-script/1.0" }],
    ["coder"],
    ["scripted/ok", { stream: false }],
  ];
  for (const [at, [model, how]] of asked.entries()) await ask(house, keys[at % 2], model, how);
  let rows: any[] = [];
  for (let tries = 0; rows.length < asked.length && tries < 100; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    rows = (await house.api("GET", "/requests")).rows;
  }
  if (rows.length < asked.length) throw new Error(`only ${rows.length} of ${asked.length} requests were recorded`);
  return rows.findLast((row) => row.attempts > 1 && row.outcome === "answered").id;
}
