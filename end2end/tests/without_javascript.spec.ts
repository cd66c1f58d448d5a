// Every page can be read without a script, and the forms that let people in work by a plain POST.
import { PERSON } from "../support/house";
import { RUN, converse } from "../support/outputs";
import { expect, test } from "../support/test";

const MUTE = { javaScriptEnabled: false };

test.describe("a new installation", () => {
  test.use({ fresh: true });

  test("is set up by plain forms, and a refusal is shown", async ({ house, windows }) => {
    const page = await windows.open(MUTE);
    await page.goto(house.setupLink);
    await page.getByLabel("Name").fill("ada");
    // What the browser itself would stop is sent all the same.
    await page.locator("form").evaluate((form: HTMLFormElement) => (form.noValidate = true));
    await page.getByLabel("Password").fill("short");
    await page.getByRole("button", { name: "Create and open the overview" }).click();
    await expect(page.getByRole("alert")).toContainText("at least 8 characters");
    await expect(page).toHaveURL(/\/setup\?token=/);

    await page.getByLabel("Name").fill("ada");
    await page.getByLabel("Password").fill(PERSON.password);
    await page.getByRole("button", { name: "Create and open the overview" }).click();
    await expect(page).toHaveURL("/");
    await expect(page.getByRole("heading", { name: "Three steps to a first answer" })).toBeVisible();
  });
});

test("signing in works by a plain form, and a refusal is shown", async ({ windows }) => {
  const page = await windows.open(MUTE);
  await page.goto("/");
  await expect(page).toHaveURL("/login");
  await page.getByLabel("Name").fill(PERSON.name);
  await page.getByLabel("Password").fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("do not fit together");
  await page.getByLabel("Name").fill(PERSON.name);
  await page.getByLabel("Password").fill(PERSON.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL("/");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Overview");
});

test("every page says what it is about", async ({ windows }) => {
  windows.forgive(/status of 404/);
  const page = await windows.signedIn(MUTE);
  const telling: [string, string, string][] = [
    ["/", "Overview", "Connect a provider"],
    ["/requests", "Requests", "No requests yet"],
    ["/prices", "Prices", "No models yet"],
    ["/providers", "Providers", "No provider is connected"],
    ["/providers/groq", "Groq", "No account yet"],
    ["/combos", "Combos", "No combo yet"],
    ["/combos/edit", "New combo", "Strategy and limits"],
    ["/connect", "Connect", "Anthropic-compatible"],
    ["/what-if", "What-if: an estimate", "Nothing was used"],
    ["/translator", "Translator", "Nothing is translated yet"],
    ["/saver", "Saver", "Nothing is saved yet"],
    ["/settings", "Settings", "Current password"],
  ];
  for (const [path, title, words] of telling) {
    const answer = await page.goto(path);
    expect(answer?.status(), path).toBe(200);
    await expect(page.getByRole("heading", { level: 1 }), path).toHaveText(title);
    await expect(page.getByRole("main").getByText(words).first(), path).toBeVisible();
  }
  const missing = await page.goto("/nothing/here");
  expect(missing?.status()).toBe(404);
  await expect(page.getByRole("main")).toContainText("No page of Ninerouter has this address");
});

test("an account can be added and a refusal is shown", async ({ windows }) => {
  const page = await windows.signedIn(MUTE);
  await page.goto("/providers/groq");
  const card = page.getByRole("region", { name: "Accounts" });
  await card.getByLabel("Key", { exact: true }).fill("two words");
  await card.getByRole("button", { name: "Connect" }).click();
  await expect(page.getByRole("alert")).toContainText("This is not a key");
  await expect(page).toHaveURL(/\/providers\/groq/);

  await card.getByLabel("Key", { exact: true }).fill("gsk_0123456789abcdef");
  await card.getByRole("button", { name: "Connect" }).click();
  await expect(page).toHaveURL(/\/providers\/groq/);
  await expect(card.getByRole("listitem")).toContainText("••••cdef");
});

test("a text is translated by a plain form", async ({ windows }) => {
  const page = await windows.signedIn(MUTE);
  await page.goto("/translator");
  await page.getByRole("link", { name: "Gemini request" }).click();
  await expect(page.locator("#result-text")).toContainText('"tool_use"');

  const body = { model: "m", messages: [{ role: "user", content: "</textarea><b id=odd>" }], logprobs: true };
  await page.getByLabel("Original").fill(JSON.stringify(body));
  await page.getByLabel("Into").selectOption("messages");
  await page.getByRole("button", { name: "Translate" }).click();
  await expect(page).toHaveURL("/translator#result");
  await expect(page.getByLabel("Original")).toHaveValue(JSON.stringify(body));
  await expect(page.locator("#result-text")).toContainText('"max_tokens"');
  await expect(page.getByRole("region", { name: "Not carried over" })).toContainText("logprobs");
  await expect(page.locator("#odd")).toHaveCount(0);

  await page.getByLabel("Original").fill('{"model": "m", "messages": "none"}');
  await page.getByRole("button", { name: "Translate" }).click();
  await expect(page.getByRole("alert")).toContainText("messages");
});

test("a text is shortened, and the saver set, by plain forms", async ({ house, provider, windows }) => {
  await house.connect(provider);
  await converse(house, await house.key("laptop"), ["scripted/ok"]);
  const page = await windows.signedIn(MUTE);
  await page.goto("/saver");
  await expect(page.getByRole("region", { name: "By tool" }).first()).toContainText("Bash");
  await page.getByLabel("What a tool gave").fill(`${RUN}</textarea><b id=odd>`);
  await page.getByLabel("Which tool that was").fill("cargo test");
  await page.getByRole("button", { name: "Show what a model would get" }).click();
  await expect(page).toHaveURL("/saver#preview");
  await expect(page.locator("#preview h3")).toContainText("of its tokens saved");
  await expect(page.locator(".diff ins")).toContainText("60 passing tests left out");
  await expect(page.getByLabel("What a tool gave")).toHaveValue(`${RUN}</textarea><b id=odd>`);
  await expect(page.locator("#odd")).toHaveCount(0);

  await page.getByRole("radio", { name: "Strong" }).check();
  await page.getByRole("button", { name: "Save the level", exact: true }).click();
  await expect(page).toHaveURL(/\/saver\??$/);
  await expect(page.getByRole("radio", { name: "Strong" })).toBeChecked();
  await page.getByRole("switch", { name: "Use the filter json" }).click();
  await expect(page.getByRole("switch", { name: "Use the filter json" })).not.toBeChecked();
});

test("a combo is made, put in order and looked into by plain forms", async ({ house, provider, windows }) => {
  await house.connect(provider);
  const page = await windows.signedIn(MUTE);
  await page.goto("/combos/edit");
  await page.getByLabel("Name").fill("coder");
  await page.getByLabel("Model").nth(0).fill("scripted/ok");
  await page.getByLabel("Model").nth(1).fill("scripted/reasoning");
  await page.getByRole("button", { name: "Make the combo" }).click();
  await expect(page).toHaveURL("/combos");
  await page.getByRole("button", { name: "Move down scripted/ok" }).click();
  await expect(page.locator("[data-item]").first()).toContainText("scripted/reasoning");
  await page.getByRole("switch", { name: "Use scripted/ok" }).click();
  await expect(page.getByRole("switch", { name: "Use scripted/ok" })).not.toBeChecked();
  await page.getByRole("link", { name: "Dry run of the combo coder" }).click();
  await expect(page.getByRole("region", { name: "Plan for coder" })).toContainText("scripted/reasoning");
});
