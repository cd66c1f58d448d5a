// A newcomer's way: from the printed link to the first request on the dashboard.
import OpenAI from "openai";
import { PERSON, awake, visit } from "../support/house";
import { WORDS } from "../support/provider";
import { expect, test } from "../support/test";

test.use({ fresh: true });

test("a newcomer gets from the set-up link to a first answer", async ({ house, provider, windows }) => {
  const page = await windows.open({ permissions: ["clipboard-read", "clipboard-write"] });

  await test.step("every address leads to the door while nobody has set up Ninerouter", async () => {
    await page.goto("/providers");
    await expect(page).toHaveURL("/setup");
    await expect(page.getByText("Open the set-up link that Ninerouter printed")).toBeVisible();
  });

  await test.step("choose a password and land on the overview", async () => {
    await visit(page, house.setupLink);
    await page.getByLabel("Name").fill("ada");
    await page.getByLabel("Password").fill(PERSON.password);
    await page.getByRole("button", { name: "Create and open the overview" }).click();
    await expect(page).toHaveURL("/");
    await awake(page);
    const steps = page.getByRole("region", { name: "Three steps to a first answer" });
    await expect(steps.getByRole("listitem")).toHaveCount(3);
    await expect(steps.locator('[aria-current="step"]')).toContainText("Connect a provider");
  });

  await test.step("the link worked once", async () => {
    const second = await windows.open();
    await second.goto(house.setupLink);
    await expect(second.getByRole("heading", { level: 1 })).toHaveText("Already set up");
  });

  await test.step("add the scripted provider as an endpoint of one's own", async () => {
    await page.getByRole("link", { name: "Choose a provider" }).click();
    await expect(page).toHaveURL("/providers");
    await awake(page);
    await page.getByRole("button", { name: "Custom endpoint" }).click();
    const dialog = page.getByRole("dialog", { name: "Add a custom endpoint" });
    await dialog.getByLabel("Name").fill("My server");
    await dialog.getByLabel("Prefix").fill("mine");
    await dialog.getByLabel("Base address").fill(`${provider.url}/v1`);
    await dialog.getByLabel("It is on my own network").check();
    await dialog.getByLabel("Models").fill("ok, slow-tokens");
    await dialog.getByRole("button", { name: "Add the endpoint" }).click();
    await expect(page).toHaveURL("/providers/mine");
    await awake(page);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("My server");
    await expect(page.getByRole("status").filter({ hasText: "The endpoint was added" })).toBeVisible();
  });

  await test.step("add an account by key and test it", async () => {
    const accounts = page.getByRole("region", { name: "Accounts" });
    await accounts.getByLabel("Key", { exact: true }).fill("sk-good-0123456789");
    await accounts.getByLabel("Name, if you like").fill("work");
    await accounts.getByRole("button", { name: "Connect" }).click();
    const account = accounts.getByRole("listitem").filter({ hasText: "work" });
    await expect(account).toContainText("••••6789");
    await expect(account).toContainText("Ready");
    await awake(page);
    await account.getByRole("button", { name: "Test" }).click();
    await expect(account.getByText(/ok answered\./)).toBeVisible();
    await expect(page.getByRole("link", { name: "All accounts work" })).toBeVisible();
    expect(await page.content()).not.toContain("sk-good-0123456789");
  });

  let key = "";
  await test.step("make a key, which is shown once", async () => {
    await visit(page, "/");
    const steps = page.getByRole("region", { name: "Three steps to a first answer" });
    await expect(steps.locator('[aria-current="step"]')).toContainText("make a key");
    await page.getByRole("link", { name: "Open Connect" }).click();
    await awake(page);
    await page.getByRole("button", { name: "Create a key" }).click();
    await page.getByRole("dialog", { name: "Create a key" }).getByLabel("Name").fill("laptop");
    await page.getByRole("button", { name: "Create the key" }).click();
    const shown = page.getByRole("dialog", { name: "Your new key" });
    await expect(shown).toBeVisible();
    await expect(shown).toContainText("laptop");
    key = (await shown.locator("#shown-key-text").textContent())!.trim();
    expect(key).toMatch(/^nr-[\w-]{43}$/);
    await shown.getByRole("button", { name: /^Copy/ }).click();
    await expect(shown.getByText("Copied")).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(key);
    await shown.getByRole("button", { name: "Done" }).click();
    await expect(page.getByRole("row").filter({ hasText: "laptop" })).toContainText(`nr-••••${key.slice(-4)}`);
  });

  await test.step("the snippet to copy holds address, key and model", async () => {
    const tools = page.getByRole("region", { name: "Tools" });
    await tools.getByText("Claude Code", { exact: true }).click();
    const panel = tools.getByRole("region", { name: "Claude Code" });
    await panel.getByRole("button", { name: "Copy ~/.claude/settings.json" }).click();
    const settings = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
    expect(settings.env).toMatchObject({
      ANTHROPIC_BASE_URL: house.url,
      ANTHROPIC_AUTH_TOKEN: key,
      ANTHROPIC_MODEL: "mine/ok",
    });
    await tools.getByLabel("Model in the examples").selectOption("mine/slow-tokens");
    await tools.getByText("OpenCode", { exact: true }).click();
    const opencode = tools.getByRole("region", { name: "OpenCode" });
    await opencode.getByRole("button", { name: /^Copy/ }).click();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    expect(JSON.parse(text).provider.ninerouter.options).toEqual({ baseURL: `${house.url}/v1`, apiKey: key });
    expect(JSON.parse(text).model).toBe("ninerouter/mine/slow-tokens");
  });

  await test.step("the key is gone after a reload", async () => {
    await page.reload();
    await awake(page);
    expect(await page.content()).not.toContain(key);
    await expect(page.getByRole("row").filter({ hasText: "laptop" })).toBeVisible();
  });

  await test.step("the first request turns the third step green on the open overview", async () => {
    await visit(page, "/");
    await expect(page.getByText("Waiting for a request from your tool")).toBeVisible();
    const openai = new OpenAI({ baseURL: `${house.url}/v1`, apiKey: key, maxRetries: 0 });
    const stream = await openai.chat.completions.create({
      model: "mine/slow-tokens",
      messages: [{ role: "user", content: "Hello" }],
      stream: true,
    });
    let text = "";
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
    expect(text).toBe(WORDS);
    await expect(page.getByText("It works. OpenAI SDK reached mine/slow-tokens.")).toBeVisible();
    // Nobody clicks as fast as a test: live.spec.ts has that.
    await expect.poll(async () => (await page.request.get("/requests")).text()).toContain("mine/slow-tokens");
    await page.getByRole("link", { name: "Show it" }).click();
    await expect(page.getByRole("region", { name: "Three steps to a first answer" })).toBeHidden();
    await awake(page);
  });

  await test.step("later requests appear in the list without a reload", async () => {
    const latest = page.getByRole("region", { name: "Latest requests" });
    await expect(latest.getByText("live", { exact: true })).toBeVisible();
    await expect(latest.getByRole("row")).toHaveCount(2);
    await page.evaluate(() => ((window as any).sameLoad = true));
    // Nobody reads the list: no pointer rests on it.
    await page.mouse.move(0, 0);
    const openai = new OpenAI({ baseURL: `${house.url}/v1`, apiKey: key, maxRetries: 0 });
    await openai.chat.completions.create({ model: "mine/ok", messages: [{ role: "user", content: "Hello" }] });
    await expect(latest.getByRole("row")).toHaveCount(3);
    const row = latest.getByRole("row").nth(1);
    await expect(row).toContainText("mine/ok");
    await expect(row).toContainText("laptop");
    await expect(row).toContainText("Answered");
    expect(await page.evaluate(() => (window as any).sameLoad)).toBe(true);
    await expect.poll(async () => (await page.request.get("/requests")).text()).toContain("mine/ok");
    await row.getByRole("link").click();
  });

  await test.step("the request's page has tokens, cost, timing and the attempt", async () => {
    await expect(page).toHaveURL(/\/requests\/[0-9a-f]{32}$/);
    await expect(page.getByRole("heading", { level: 2 }).first()).toContainText("Answered by mine/ok");
    const main = page.getByRole("main");
    const fact = (name: string) => main.locator("dl.facts > div").filter({ hasText: name }).getByRole("definition");
    await expect(fact("Tokens in, out")).toHaveText("1.1k / 46");
    // One's own hardware costs nothing by the token.
    await expect(fact("Cost")).toHaveText("covered");
    await expect(fact("Took")).toHaveText(/^[\d.]+ (ms|s)$/);
    const attempt = main.getByRole("region", { name: "Attempts" }).getByRole("listitem").filter({ hasText: "work" });
    await expect(attempt).toContainText("mine/ok");
    await expect(attempt).toContainText("200");
    const prices = main.getByRole("region", { name: "Tokens and price" });
    await expect(prices.getByRole("row").filter({ hasText: "Cache read" })).toContainText("896");
    await expect(main.getByRole("region", { name: "Facts" })).toContainText("OpenAI SDK");
  });
});
