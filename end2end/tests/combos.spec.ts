// Combos and aliases: making, arranging, trying and removing them, and what they do for a client.
import OpenAI from "openai";
import type { Page } from "@playwright/test";
import { type House, awake, visit } from "../support/house";
import { type Provider, WORDS } from "../support/provider";
import { expect, test } from "../support/test";

/** Two endpoints at the same provider; the first one's key has the script of that name. */
async function endpoints(house: House, provider: Provider, key = "good") {
  await house.connect(provider, { prefix: "first", keys: [key], models: ["ok", "reasoning"] });
  await house.connect(provider, { prefix: "second", models: ["ok"] });
}

/** A combo of these targets. */
async function combo(house: House, name: string, models: string[], more: object = {}) {
  await house.api("POST", "/combos", { name, targets: models.map((model) => ({ model })), ...more });
}

async function asker(house: House) {
  const openai = new OpenAI({ baseURL: `${house.url}/v1`, apiKey: await house.key(), maxRetries: 0 });
  return async (model: string) => {
    const answer = await openai.chat.completions.create({ model, messages: [{ role: "user", content: "Hello" }] });
    return answer.choices[0].message.content;
  };
}

const card = (page: Page, name: string) => page.getByRole("region", { name, exact: true });
const targets = (page: Page, name: string) =>
  card(page, name).locator("[data-item]").evaluateAll((lines) => lines.map((line) => line.getAttribute("data-item")));
const kept = async (house: House, name: string) => {
  const combos: any[] = await house.api("GET", "/combos");
  return combos.find((one) => one.name === name);
};
const said = (page: Page, words: string | RegExp) => page.getByRole("status").filter({ hasText: words });

test("a combo is made on the page and answers by its name", async ({ house, provider, windows }) => {
  await endpoints(house, provider);
  const page = await windows.signedIn();
  await visit(page, "/combos");
  await expect(page.getByText("A combo is a model name of your own")).toBeVisible();
  await page.getByRole("link", { name: "Make a combo" }).click();
  await awake(page);
  await page.getByLabel("Name").fill("coder");
  const lines = page.locator("[data-item]");
  await lines.nth(0).getByLabel("Model").fill("second/ok");
  await page.getByRole("button", { name: "Add a target" }).click();
  await expect(lines.last().getByLabel("Model")).toBeFocused();
  await page.keyboard.type("first/ok");
  await lines.last().getByRole("button", { name: "Move this target up" }).click();
  await expect(said(page, /^first\/ok is now \d of \d\.$/)).toBeAttached();
  await page.getByRole("button", { name: "Make the combo" }).click();
  await expect(page).toHaveURL("/combos");
  await expect(said(page, "The combo was made")).toBeVisible();
  expect(await targets(page, "coder")).toEqual(["second/ok", "first/ok"]);
  await expect(card(page, "coder")).toContainText("In order, hedge on, rescue on");
  expect(await (await asker(house))("coder")).toBe(WORDS);
});

test("targets are put in another order by keys, told to those who hear the page, and stay so", async ({ house, provider, windows }) => {
  await endpoints(house, provider);
  await combo(house, "coder", ["first/ok", "second/ok", "first/reasoning"]);
  const page = await windows.signedIn();
  await visit(page, "/combos");
  const down = page.getByRole("button", { name: "Move down first/ok" });
  await down.focus();
  await page.keyboard.press("Enter");
  await expect(said(page, "first/ok is now 2 of 3.")).toBeAttached();
  await expect(down).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await expect(said(page, "first/ok is last already.")).toBeAttached();
  const order = ["second/ok", "first/reasoning", "first/ok"];
  expect(await targets(page, "coder")).toEqual(order);
  await expect.poll(async () => (await kept(house, "coder")).targets.map((one: any) => one.model)).toEqual(order);
  await visit(page, "/combos");
  expect(await targets(page, "coder")).toEqual(order);
});

test("targets are put in another order by dragging", async ({ house, provider, windows }) => {
  await endpoints(house, provider);
  await combo(house, "coder", ["first/ok", "second/ok", "first/reasoning"]);
  const page = await windows.signedIn();
  await visit(page, "/combos");
  const lines = card(page, "coder").locator("[data-item]");
  const grip = (await lines.nth(0).locator("[data-grip]").boundingBox())!;
  const last = (await lines.nth(2).boundingBox())!;
  await page.mouse.move(grip.x + grip.width / 2, grip.y + grip.height / 2);
  await page.mouse.down();
  await page.mouse.move(grip.x + grip.width / 2, last.y + last.height - 4, { steps: 12 });
  await page.mouse.up();
  const order = ["second/ok", "first/reasoning", "first/ok"];
  expect(await targets(page, "coder")).toEqual(order);
  await expect.poll(async () => (await kept(house, "coder")).targets.map((one: any) => one.model)).toEqual(order);
});

test("a refusal stands at its field, and nothing that was typed is lost", async ({ house, provider, windows }) => {
  windows.forgive(/status of 4\d\d/);
  await endpoints(house, provider);
  const page = await windows.signedIn();
  await visit(page, "/combos/edit");
  const name = page.getByLabel("Name");
  const [first, second] = [0, 1].map((at) => page.locator("[data-item]").nth(at).getByLabel("Model"));
  await name.fill("two words");
  await first.fill("first/ok");
  await page.getByRole("button", { name: "Make the combo" }).click();
  await expect(name).toHaveAttribute("aria-invalid", "true");
  await expect(name).toBeFocused();
  await name.fill("coder");
  await second.fill("nobody/knows");
  await page.getByRole("button", { name: "Make the combo" }).click();
  await expect(second).toHaveAttribute("aria-invalid", "true");
  await expect(second).toHaveAccessibleDescription(/no provider "nobody"/);
  await expect(first).toHaveValue("first/ok");
  expect(await house.api("GET", "/combos")).toEqual([]);
});

test("strategy, limits, weights and budgets are kept", async ({ house, provider, windows }) => {
  await endpoints(house, provider);
  await combo(house, "coder", ["first/ok", "second/ok"]);
  const page = await windows.signedIn();
  await visit(page, "/combos");
  await page.getByRole("link", { name: "Change the combo coder" }).click();
  await awake(page);
  const first = page.locator("[data-item]").first();
  await expect(first.getByLabel("Weight")).toBeHidden();
  await page.getByLabel("Who goes first").selectOption("weighted");
  await expect(page.getByText("as often as its weight says")).toBeVisible();
  await first.getByLabel("Weight").fill("3");
  await first.getByText("No budget").click();
  await first.getByLabel("Budget").selectOption("tokens");
  await first.getByLabel("At most").fill("2,000,000");
  await first.getByLabel("Every").selectOption("month");
  await expect(page.getByLabel("First token within")).toHaveAttribute("placeholder", "12");
  await page.getByLabel("First token within").fill("2.5");
  await page.getByLabel("Continue an answer that breaks off").uncheck();
  await page.getByLabel("For one request at most").fill("3");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(said(page, "The combo was changed.")).toBeVisible();
  await expect(card(page, "coder")).toContainText("By weight, hedge on, rescue off");
  await expect(card(page, "coder")).toContainText("of 2M tokens used this month");
  expect(await kept(house, "coder")).toMatchObject({
    strategy: "weighted",
    first_token_ms: 2500,
    stall_ms: null,
    hedge: true,
    rescue: false,
    max_attempts: 3,
    targets: [
      { model: "first/ok", weight: 3, budget: { measure: "tokens", amount: 2_000_000, period: "month" } },
      { model: "second/ok", weight: 1, budget: null },
    ],
  });
});

test("a dry run shows the plan and sends nothing; a try sends one request", async ({ house, provider, windows }) => {
  await endpoints(house, provider);
  await combo(house, "coder", ["first/ok", "second/ok"]);
  const page = await windows.signedIn();
  await visit(page, "/combos");
  await card(page, "coder").getByRole("link", { name: "Dry run of the combo coder" }).click();
  const plan = page.getByRole("region", { name: "Plan for coder" });
  await expect(plan.getByRole("listitem").first()).toContainText("first/ok");
  await expect(said(page, "A request for coder would go to first/ok first")).toBeAttached();
  expect(await provider.seen()).toEqual([]);

  await test.step("the plan follows the order", async () => {
    await page.getByRole("button", { name: "Move up second/ok" }).click();
    await expect(plan.getByRole("listitem").first()).toContainText("second/ok");
    await card(page, "coder").getByRole("switch", { name: "Use second/ok" }).click();
    await expect(card(page, "coder").getByRole("switch", { name: "Use second/ok" })).not.toBeChecked();
    await awake(page);
    await card(page, "coder").getByRole("link", { name: "Dry run of the combo coder" }).click();
    await expect(plan.getByRole("listitem").first()).toContainText("first/ok");
    await expect(plan).toContainText("Left out");
    await plan.getByRole("link", { name: "Close the plan" }).click();
    await expect(plan).toBeHidden();
  });

  await card(page, "coder").getByRole("button", { name: "Try it" }).click();
  await expect(card(page, "coder").locator(".said")).toContainText("answered");
  expect((await provider.seen()).length).toBe(1);
});

test("a combo that is off is an unknown name, and one that is removed is gone", async ({ house, provider, windows }) => {
  await endpoints(house, provider);
  await combo(house, "coder", ["first/ok"]);
  const ask = await asker(house);
  const page = await windows.signedIn();
  await visit(page, "/combos");
  const use = page.getByRole("switch", { name: "Use the combo coder" });
  await use.click();
  await expect(use).not.toBeChecked();
  await expect(ask("coder")).rejects.toThrow(/404/);
  await awake(page);
  await use.click();
  await expect(use).toBeChecked();
  expect(await ask("coder")).toBe(WORDS);

  await visit(page, "/combos/edit?combo=coder");
  await page.getByRole("button", { name: "Remove the combo" }).click();
  await page.getByRole("dialog", { name: "Remove coder?" }).getByRole("button", { name: "Remove the combo" }).click();
  await expect(page).toHaveURL("/combos");
  await expect(page.getByText("No combo yet")).toBeVisible();
});

test("an alias is added, changed and removed", async ({ house, provider, windows }) => {
  windows.forgive(/status of 409/);
  await endpoints(house, provider);
  await combo(house, "coder", ["first/ok"]);
  const ask = await asker(house);
  const page = await windows.signedIn();
  await visit(page, "/combos");
  const aliases = page.getByRole("region", { name: "Aliases" });
  await aliases.getByLabel("Name").last().fill("coder");
  await aliases.getByLabel("Stands for").last().fill("second/ok");
  await aliases.getByRole("button", { name: "Add the alias" }).click();
  await expect(aliases.getByLabel("Name").last()).toHaveAttribute("aria-invalid", "true");
  await aliases.getByLabel("Name").last().fill("gpt-5");
  await aliases.getByRole("button", { name: "Add the alias" }).click();
  await expect(aliases.getByRole("listitem")).toContainText("second/ok");
  expect(await ask("gpt-5")).toBe(WORDS);
  await awake(page);

  await aliases.getByRole("button", { name: "Change the alias gpt-5" }).click();
  const dialog = page.getByRole("dialog", { name: "Change gpt-5" });
  await dialog.getByLabel("Stands for").fill("first/ok");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(said(page, "The alias was changed.")).toBeVisible();
  await expect(aliases.getByRole("listitem")).toContainText("first/ok");
  await awake(page);
  await aliases.getByRole("button", { name: "Remove the alias gpt-5" }).click();
  await page.getByRole("dialog", { name: "Remove gpt-5?" }).getByRole("button", { name: "Remove the alias" }).click();
  await expect(aliases.getByRole("listitem")).toHaveCount(0);
});

test("a request that had to go elsewhere is told on the open overview, and its page says why", async ({ house, provider, windows }) => {
  await endpoints(house, provider, "key-error-429-retry-after");
  await combo(house, "coder", ["first/ok", "second/ok"]);
  const ask = await asker(house);
  await ask("second/ok");
  await expect.poll(async () => (await house.api("GET", "/requests")).rows.length).toBe(1);
  const page = await windows.signedIn();
  await visit(page, "/");
  const fallbacks = page.getByRole("region", { name: "Fallbacks" });
  await expect(fallbacks).toContainText("No request had to go elsewhere.");
  await expect(page.getByText("live", { exact: true })).toBeVisible();
  expect(await ask("coder")).toBe(WORDS);
  const told = fallbacks.getByRole("listitem").first();
  await expect(told).toContainText("second/ok");
  await told.getByRole("link").click();

  const attempts = page.getByRole("region", { name: "Attempts" });
  await expect(attempts.getByRole("listitem").nth(0)).toContainText("first in the plan");
  await expect(attempts.getByRole("listitem").nth(0)).toContainText("Failed");
  await expect(attempts.getByRole("listitem").nth(0)).toContainText(/Rule \S+/);
  await expect(attempts.getByRole("listitem").nth(1)).toContainText("next in the plan");
  await expect(attempts.getByRole("listitem").nth(1)).toContainText("Answered");
  await expect(page.getByRole("region", { name: "Plan" }).getByRole("listitem").nth(1)).toContainText("second/ok");

  await visit(page, "/combos");
  await expect(card(page, "coder").locator("[data-item]").first()).toContainText("Waiting");
  await expect(card(page, "coder").locator("[data-item]").first().locator("time[data-until]")).toHaveText(/^in 1:\d\d$/);
});

test("a silent target is joined by the next, as the request page shows", async ({ house, provider, windows }) => {
  await endpoints(house, provider);
  await combo(house, "coder", ["first/stall-before-first-token", "second/ok"], { first_token_ms: 300 });
  const openai = new OpenAI({ baseURL: `${house.url}/v1`, apiKey: await house.key(), maxRetries: 0 });
  const messages = [{ role: "user" as const, content: "Hello" }];
  let heard = "";
  for await (const chunk of await openai.chat.completions.create({ model: "coder", messages, stream: true })) {
    heard += chunk.choices[0]?.delta.content ?? "";
  }
  expect(heard).toBe(WORDS);
  await expect.poll(async () => (await house.api("GET", "/requests")).rows.length).toBe(1);
  const page = await windows.signedIn();
  await visit(page, `/requests/${(await house.api("GET", "/requests")).rows[0].id}`);
  const attempts = page.getByRole("region", { name: "Attempts" }).getByRole("listitem");
  await expect(attempts.nth(0)).toContainText("Dropped");
  await expect(attempts.nth(1)).toContainText("started beside attempt 1, which was silent");
});

test("an account's budget and the order of the accounts are set on the provider's page", async ({ house, provider, windows }) => {
  windows.forgive(/status of 400/);
  await house.connect(provider, { keys: ["good", "good-too"] });
  const page = await windows.signedIn();
  await visit(page, "/providers/scripted");
  const account = page.getByRole("region", { name: "Accounts" }).locator("li.account").first();
  await account.getByRole("button", { name: "Set the budget of the account account 1" }).click();
  const dialog = page.getByRole("dialog", { name: "Budget of account 1" });
  await expect(dialog.getByLabel("At most")).toBeHidden();
  await dialog.getByLabel("Budget", { exact: true }).selectOption("cost");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByLabel("At most")).toHaveAttribute("aria-invalid", "true");
  await dialog.getByLabel("At most").fill("2.50");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(account).toContainText("$0 of $2.50 used today");
  await awake(page);
  await expect(page.getByText("The first one is used until it has to rest")).toBeVisible();
  await page.getByRole("button", { name: "In turn" }).click();
  await expect(page.getByRole("button", { name: "In turn" })).toHaveAttribute("aria-pressed", "true");
  await expect(page.getByText("A conversation stays at its account")).toBeVisible();
});
