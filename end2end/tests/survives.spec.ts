// A request survives what happens to a provider's accounts, and its page says what happened.
import OpenAI from "openai";
import Anthropic from "@anthropic-ai/sdk";
import { visit } from "../support/house";
import { WORDS } from "../support/provider";
import { expect, test } from "../support/test";

const HELLO = [{ role: "user" as const, content: "Hello" }];

/** How the first of two accounts fails, and how the provider page shows it afterwards. */
const FAILURES = [
  { key: "key-bad", shown: "Refused" },
  { key: "key-insufficient-quota", shown: "Refused" },
  { key: "key-error-429-retry-after", shown: "Parked" },
  { key: "key-overloaded-in-200-stream", shown: "Ready" },
  { key: "key-cut-before-first-token", shown: "Ready" },
  { key: "key-hang-up", shown: "Ready" },
  { key: "key-html-502", shown: "Ready" },
];

for (const { key, shown } of FAILURES) {
  test(`one clean answer although the first account fails: ${key}`, async ({ provider, house }) => {
    await house.connect(provider, { keys: [key, "good"] });
    const openai = new OpenAI({ baseURL: `${house.url}/v1`, apiKey: await house.key(), maxRetries: 0 });
    const answer = await openai.chat.completions
      .stream({ model: "scripted/ok", messages: HELLO })
      .finalChatCompletion();
    expect(answer.choices[0].message.content).toBe(WORDS);
    expect(answer.choices[0].finish_reason).toBe("stop");

    await expect.poll(async () => (await house.api("GET", "/requests")).rows.length).toBe(1);
    const [row] = (await house.api("GET", "/requests")).rows;
    expect(row).toMatchObject({ outcome: "answered", account: "account 2", status: 200 });
    const detail = await house.api("GET", `/requests/${row.id}`);
    expect(detail.attempts.at(-1)).toMatchObject({ won: true, account: "account 2" });
    expect(detail.attempts[0]).toMatchObject({ won: false, account: "account 1" });
    expect(detail.attempts[0].error).not.toBe("");

    const health = (await house.api("GET", "/accounts")).map((account: any) => account.health);
    expect(health).toEqual([shown.toLowerCase(), "ready"]);
  });
}

test("a key that is refused in the middle of a session is not noticed by the client", async ({ provider, house, windows }) => {
  const [first] = await house.connect(provider, { dialect: "messages", keys: ["good-1", "good-2"] });
  const anthropic = new Anthropic({ baseURL: house.url, apiKey: await house.key(), authToken: null, maxRetries: 0 });
  const ask = () =>
    anthropic.messages.stream({ model: "scripted/ok", max_tokens: 99, messages: HELLO }).finalText();
  expect(await ask()).toBe(WORDS);
  // From now on the vendor refuses the first account's key.
  await house.api("PATCH", `/accounts/${first.id}`, { key: "key-bad" });
  expect(await ask()).toBe(WORDS);
  expect(await ask()).toBe(WORDS);
  const keys = (await provider.seen()).map((seen) => new Map(seen.headers).get("x-api-key"));
  // Asked once with the refused key, then not again.
  expect(keys).toEqual(["good-1", "key-bad", "good-2", "good-2"]);

  const page = await windows.signedIn();
  await visit(page, "/");
  await expect(page.getByRole("link", { name: "1 account needs a hand" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Needs a hand" })).toContainText("Key refused");
  const row = page.getByRole("row").filter({ hasText: "scripted/ok" }).nth(1);
  await row.getByRole("link").click();
  await expect(page.getByRole("heading", { level: 2 }).first()).toContainText("after");
  const attempts = page.getByRole("region", { name: "Attempts" });
  await expect(attempts.getByRole("listitem").filter({ hasText: "account 1" })).toContainText("401");
  await expect(attempts.getByRole("listitem").filter({ hasText: "account 2" })).toContainText("200");
});
