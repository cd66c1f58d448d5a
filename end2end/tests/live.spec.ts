// The open overview: requests as they end, without disturbing whoever reads.
import OpenAI from "openai";
import { type House, type Windows, visit } from "../support/house";
import type { Provider } from "../support/provider";
import { expect, test } from "../support/test";

async function asker(house: House) {
  const openai = new OpenAI({ baseURL: `${house.url}/v1`, apiKey: await house.key(), maxRetries: 0 });
  return (model: string) =>
    openai.chat.completions.create({ model, messages: [{ role: "user", content: "Hello" }] });
}

test("what the live feed tells of can be opened at once", async ({ house, provider, windows }) => {
  await house.connect(provider);
  const ask = await asker(house);
  const page = await windows.signedIn();
  await visit(page, "/");
  const told = page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const feed = new EventSource("/console/live");
        feed.addEventListener("open", () => document.body.setAttribute("data-listening", ""));
        feed.addEventListener("request", (event) => {
          feed.close();
          const { id } = JSON.parse((event as MessageEvent).data);
          fetch(`/requests/${id}`).then((answer) => resolve(answer.status), reject);
        });
      }),
  );
  await expect(page.locator("body[data-listening]")).toBeAttached();
  await ask("scripted/ok");
  expect(await told).toBe(200);
});

/** A list with one row, the pointer resting on it, and one request more waiting behind the button. */
async function reading(house: House, provider: Provider, windows: Windows) {
  await house.connect(provider);
  const ask = await asker(house);
  await ask("scripted/ok");
  await expect.poll(async () => (await house.api("GET", "/requests")).rows.length).toBe(1);
  const page = await windows.signedIn();
  await visit(page, "/");
  const latest = page.getByRole("region", { name: "Latest requests" });
  await expect(latest.getByText("live", { exact: true })).toBeVisible();
  const first = latest.getByRole("row").nth(1);
  await first.hover();
  await ask("scripted/reasoning");
  await expect(latest.getByRole("button", { name: "Show 1 new" })).toBeVisible();
  await expect(first).toContainText("scripted/ok");
  return { ask, page, latest, first };
}

test("rows do not move under the pointer of whoever reads the list", async ({ house, provider, windows }) => {
  const { page, latest, first } = await reading(house, provider, windows);
  await page.mouse.move(0, 0);
  await expect(first).toContainText("scripted/reasoning");
  await expect(latest.getByRole("row")).toHaveCount(3);
});

test("rows still wait after the waiting ones were shown, while the pointer rests", async ({ house, provider, windows }) => {
  const { ask, latest, first } = await reading(house, provider, windows);
  await latest.getByRole("button", { name: "Show 1 new" }).click();
  await expect(first).toContainText("scripted/reasoning");
  await first.hover();
  await ask("scripted/gzip");
  await expect(latest.getByRole("button", { name: "Show 1 new" })).toBeVisible();
  await expect(first).toContainText("scripted/reasoning");
});

test("a refused key shows up on the overview, and the row leads to its page", async ({ house, provider, windows }) => {
  await house.connect(provider, { keys: ["key-bad"] });
  const ask = await asker(house);
  await ask("scripted/ok").catch(() => undefined);
  await expect.poll(async () => (await house.api("GET", "/requests")).rows.length).toBe(1);
  const page = await windows.signedIn();
  await visit(page, "/");
  const hand = page.getByRole("region", { name: "Needs a hand" });
  await expect(hand).toContainText("Key refused");
  await hand.getByRole("link", { name: "Fix it" }).click();
  await expect(page).toHaveURL("/providers/scripted");
  await expect(page.getByRole("region", { name: "Latest failures" })).toContainText("Key refused");
});

test("what is under way is counted, and told behind a fold", async ({ house, provider, windows }) => {
  await house.connect(provider);
  const openai = new OpenAI({ baseURL: `${house.url}/v1`, apiKey: await house.key(), maxRetries: 0 });
  const messages = [{ role: "user" as const, content: "Hello" }];
  await openai.chat.completions.create({ model: "scripted/ok", messages });
  await expect.poll(async () => (await house.api("GET", "/requests")).rows.length).toBe(1);
  const page = await windows.signedIn();
  await visit(page, "/");
  const latest = page.getByRole("region", { name: "Latest requests" });
  await expect(latest.getByText("Nothing under way")).toBeVisible();
  const stream = await openai.chat.completions.create({ model: "scripted/stall-mid-stream", messages, stream: true });
  await latest.getByText("1 request under way").click();
  const line = latest.getByRole("listitem");
  await expect(line).toContainText("answering, first token after");
  // It goes on being told, and stays open meanwhile.
  await expect(line).toContainText("2 s");
  // Whoever opened it and went on does not read the rows: they move.
  await page.mouse.move(0, 0);
  stream.controller.abort();
  await expect(latest.getByText("Nothing under way")).toBeVisible();
  await expect(latest.getByRole("row").nth(1)).toContainText("stall-mid-stream");
});
