// Connecting and mending providers.
import OpenAI from "openai";
import { awake, visit } from "../support/house";
import { WORDS } from "../support/provider";
import { expect, test } from "../support/test";

test("the test of a wrong key says so in words", async ({ provider, house, windows }) => {
  await house.connect(provider, { keys: ["key-bad"], models: ["ok"] });
  const page = await windows.signedIn();
  await visit(page, "/providers/scripted");
  const account = page.getByRole("region", { name: "Accounts" }).getByRole("listitem").first();
  await account.getByRole("button", { name: "Test" }).click();
  await expect(account.getByRole("status")).toContainText("Scripted refused this key (401)");
  await expect(account.getByRole("status")).toContainText("Paste a new one or remove the account");

  await test.step("a new key mends it", async () => {
    await account.getByRole("button", { name: /^Change/ }).click();
    const dialog = page.getByRole("dialog", { name: "Change account 1" });
    await dialog.getByLabel("New key").fill("a-good-one");
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("status").filter({ hasText: "The account was changed." })).toBeVisible();
    await awake(page);
    await account.getByRole("button", { name: "Test" }).click();
    await expect(account.getByRole("status")).toContainText("ok answered.");
  });
});

test("a provider that cannot be reached is told apart from a wrong key", async ({ house, provider, windows }) => {
  await house.connect(provider, { keys: ["key-hang-up"], models: ["ok"] });
  const page = await windows.signedIn();
  await visit(page, "/providers/scripted");
  const account = page.getByRole("region", { name: "Accounts" }).getByRole("listitem").first();
  await account.getByRole("button", { name: "Test" }).click();
  await expect(account.getByRole("status")).toContainText("could not be reached");
});

test("several keys are pasted at once, and all accounts tested", async ({ provider, house, windows }) => {
  await house.connect(provider, { keys: ["a-good-one"], models: ["ok"] });
  const page = await windows.signedIn();
  await visit(page, "/providers/scripted");
  const accounts = page.getByRole("region", { name: "Accounts" });
  await expect(accounts.getByRole("button", { name: "Test all" })).toHaveCount(0);
  await accounts.getByText("Paste several keys").click();
  const keys = accounts.getByLabel("Keys", { exact: true });
  windows.forgive(/status of 400/);
  await keys.fill("work another-good-one\nwork one-more-key");
  await accounts.getByRole("button", { name: "Add the accounts" }).click();
  await expect(accounts).toContainText("Line 2: There is an account called \"work\" already.");
  await expect(keys).toHaveValue(/one-more-key/);
  await keys.fill("work another-good-one\nkey-bad");
  await accounts.getByRole("button", { name: "Add the accounts" }).click();
  await expect(page.getByRole("status").filter({ hasText: "The accounts at Scripted were added." })).toBeVisible();
  await awake(page);
  await accounts.getByRole("button", { name: "Test all" }).click();
  await expect(accounts.getByRole("status").first()).toContainText("2 of 3 accounts answer.");
});

test("a refused account fails over, says when it is tried again, and is brought back by hand", async ({ provider, house, windows }) => {
  await house.connect(provider, { keys: ["key-insufficient-quota", "good"] });
  const openai = new OpenAI({ baseURL: `${house.url}/v1`, apiKey: await house.key(), maxRetries: 0 });
  const answer = await openai.chat.completions.create({
    model: "scripted/ok",
    messages: [{ role: "user", content: "Hello" }],
  });
  expect(answer.choices[0].message.content).toBe(WORDS);

  const page = await windows.signedIn();
  await visit(page, "/providers/scripted");
  const [first, second] = [0, 1].map((at) =>
    page.getByRole("region", { name: "Accounts" }).locator("li.account").nth(at),
  );
  await expect(first).toContainText("Refused");
  await expect(first).toContainText("No credit left");
  await expect(first).toContainText("Tried again in");
  await expect(second).toContainText("Ready");
  await expect(page.getByRole("link", { name: "1 account needs a hand" })).toBeVisible();

  await first.getByRole("button", { name: "Try again now" }).click();
  await expect(page.getByRole("status").filter({ hasText: "tried again from now on" })).toBeVisible();
  await expect(first).not.toContainText("Refused");
  await expect(page.getByRole("link", { name: "All accounts work" })).toBeVisible();
});

test("a rate-limited account is shown as waiting with a countdown, and is brought back by hand", async ({ provider, house, windows }) => {
  await house.connect(provider, { keys: ["key-error-429-retry-after", "good"] });
  const openai = new OpenAI({ baseURL: `${house.url}/v1`, apiKey: await house.key(), maxRetries: 0 });
  await openai.chat.completions.create({ model: "scripted/ok", messages: [{ role: "user", content: "Hello" }] });

  const page = await windows.signedIn();
  await visit(page, "/providers/scripted");
  const first = page.getByRole("region", { name: "Accounts" }).locator("li.account").first();
  await expect(first).toContainText("Parked");
  const countdown = first.locator("time[data-until]").first();
  await expect(countdown).toHaveText(/^in 1:\d\d$/);
  const before = await countdown.textContent();
  await expect(countdown).not.toHaveText(before!);
  await first.getByRole("button", { name: "Try again now" }).click();
  await expect(first).toContainText("Ready");
});

test("an account and a key say when they were last used", async ({ provider, house, windows }) => {
  await house.connect(provider);
  const openai = new OpenAI({ baseURL: `${house.url}/v1`, apiKey: await house.key("laptop"), maxRetries: 0 });
  await openai.chat.completions.create({ model: "scripted/ok", messages: [{ role: "user", content: "Hello" }] });
  await expect.poll(async () => (await house.api("GET", "/requests")).rows.length).toBe(1);
  const page = await windows.signedIn();
  await visit(page, "/providers/scripted");
  const account = page.getByRole("region", { name: "Accounts" }).locator("li.account").first();
  await expect(account).toContainText(/Last answered (just now|\d+ s ago)/);
  await visit(page, "/connect");
  await expect(page.getByRole("row").filter({ hasText: "laptop" })).toContainText(/just now|\d+ s ago/);
});

test("an endpoint on a private address is refused at its field unless it is marked", async ({ windows, provider, house }) => {
  windows.forgive(/status of 400/);
  const page = await windows.signedIn();
  await visit(page, "/providers");
  await page.getByRole("button", { name: "Custom endpoint" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a custom endpoint" });
  await dialog.getByLabel("Name").fill("Cellar");
  await dialog.getByLabel("Prefix").fill("cellar");
  await dialog.getByLabel("Format").selectOption("messages");
  const address = dialog.getByLabel("Base address");
  await address.fill(`${provider.url}/v1`);
  await dialog.getByLabel("Models").fill("ok");
  await dialog.getByRole("button", { name: "Add the endpoint" }).click();
  await expect(address).toHaveAttribute("aria-invalid", "true");
  await expect(address).toBeFocused();
  await expect(address).toHaveAccessibleDescription(/own network/i);
  await expect(dialog).toBeVisible();
  await expect(dialog.getByLabel("Name")).toHaveValue("Cellar");
  await expect(dialog.getByLabel("Prefix")).toHaveValue("cellar");
  await expect(dialog.getByLabel("Format")).toHaveValue("messages");
  await expect(dialog.getByLabel("Models")).toHaveValue("ok");
  expect(await house.api("GET", "/endpoints")).toEqual([]);

  await dialog.getByLabel("It is on my own network").check();
  await dialog.getByRole("button", { name: "Add the endpoint" }).click();
  await expect(page).toHaveURL("/providers/cellar");
});

test("a prefix that is taken is refused at its field", async ({ windows }) => {
  windows.forgive(/status of 409/);
  const page = await windows.signedIn();
  await visit(page, "/providers");
  await page.getByRole("button", { name: "Custom endpoint" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a custom endpoint" });
  await dialog.getByLabel("Name").fill("Another");
  await dialog.getByLabel("Prefix").fill("groq");
  await dialog.getByLabel("Base address").fill("http://127.0.0.1:9/v1");
  await dialog.getByLabel("It is on my own network").check();
  await dialog.getByRole("button", { name: "Add the endpoint" }).click();
  await expect(dialog.getByLabel("Prefix")).toHaveAttribute("aria-invalid", "true");
  await expect(dialog.getByLabel("Prefix")).toHaveAccessibleDescription(/already stands for another provider/);
});

test("the catalogue is searched as one types, and leads on when nothing fits", async ({ windows }) => {
  const page = await windows.signedIn();
  await visit(page, "/providers");
  const catalogue = page.getByRole("region", { name: "Catalogue" });
  await expect(catalogue.getByRole("link", { name: "Groq" })).toBeVisible();
  await catalogue.getByRole("searchbox").fill("deeps");
  await expect(catalogue.getByRole("link", { name: "DeepSeek" })).toBeVisible();
  await expect(catalogue.getByRole("link", { name: "Groq" })).toBeHidden();
  await catalogue.getByRole("searchbox").fill("no such vendor");
  await expect(catalogue.getByText("No such provider in the catalogue")).toBeVisible();
});

test("an account is switched off and removed", async ({ provider, house, windows }) => {
  await house.connect(provider);
  const page = await windows.signedIn();
  await visit(page, "/providers/scripted");
  const account = page.getByRole("region", { name: "Accounts" }).locator("li.account").first();
  const use = account.getByRole("switch", { name: "Use the account account 1" });
  await expect(use).toBeChecked();
  await use.click();
  await expect(use).not.toBeChecked();
  await expect(account).toContainText("Off");
  await awake(page);
  await account.getByRole("button", { name: /^Remove/ }).click();
  await page.getByRole("dialog", { name: "Remove account 1?" }).getByRole("button", { name: "Remove the account" }).click();
  await expect(page.getByText("No account yet")).toBeVisible();
});
