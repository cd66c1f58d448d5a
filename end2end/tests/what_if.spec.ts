// What-if: what recorded usage would have cost another way, asked with and without a script, and how it looks.
import AxeBuilder from "@axe-core/playwright";
import OpenAI from "openai";
import { type House, awake, visit } from "../support/house";
import { expect, test } from "../support/test";

/** Two models of known price, one of unknown. */
const PRICED = `
id = "priced"
name = "Priced"
tier = "cheap"
auth = { kind = "key" }

[[speaks]]
dialect = "chat"
url = "PROVIDER/v1/chat/completions"

[[model]]
id = "ok"
price = { input = 3.0, output = 15.0, cache_read = 0.3, cache_write = 3.75 }

[[model]]
id = "reasoning"
price = { input = 0.3, output = 1.5 }

[[model]]
id = "tool-call"
`;

test.use({ files: { priced: PRICED } });

/** Requests for the dear model, and a combo that would have sent them to the other. */
async function used(house: House) {
  await house.api("POST", "/accounts", { provider: "priced", name: "work", key: "good" });
  await house.api("POST", "/combos", {
    name: "saver",
    targets: [
      { model: "priced/reasoning", budget: { measure: "tokens", amount: 1_500, period: "month" } },
      { model: "groq/llama-3.3-70b-versatile" },
      { model: "priced/tool-call" },
    ],
  });
  const openai = new OpenAI({ baseURL: `${house.url}/v1`, apiKey: await house.key("laptop"), maxRetries: 0 });
  for (let count = 0; count < 3; count++) {
    await openai.chat.completions.create({ model: "priced/ok", messages: [{ role: "user", content: "Hello" }] });
  }
  await expect.poll(async () => (await house.api("GET", "/requests")).rows.length).toBe(3);
}

test("usage leads to it, and a price, a model and a combo are tried", async ({ house, windows }) => {
  await used(house);
  const page = await windows.signedIn();
  await visit(page, "/usage?period=24h&key=laptop");
  await page.getByRole("link", { name: "What if…" }).click();
  await expect(page).toHaveURL("/what-if?days=1&key=laptop");
  await awake(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("What-if: an estimate");
  await expect(page.getByRole("region", { name: "As it was recorded" })).toContainText("3 requests");

  await page.getByLabel("The combo").selectOption("saver");
  await page.getByRole("button", { name: "Estimate" }).click();
  await expect(page).toHaveURL(/to=saver.*key=laptop|key=laptop.*to=saver/);
  await awake(page);
  const headline = page.locator(".headline");
  await expect(headline.getByText("Estimate", { exact: true })).toBeVisible();
  await expect(headline.getByRole("heading")).toContainText("tokens of unknown price, instead of $");
  await expect(page.getByRole("region", { name: "By target" })).toContainText("priced/reasoning");
  await expect(page.getByRole("region", { name: /takes for granted/ })).toContainText("Groq has no account yet");
  await expect(page.locator(".chart canvas")).toBeVisible();

  await page.getByRole("link", { name: "Another model" }).click();
  await awake(page);
  await page.getByLabel("The model").fill("priced/tool-call");
  await page.getByRole("button", { name: "Estimate" }).click();
  await expect(headline.getByRole("heading")).toContainText("An unknown cost instead of $");

  await page.getByRole("link", { name: "Another price" }).click();
  await awake(page);
  await page.getByLabel("The model").fill("priced/ok");
  await page.getByLabel("Output", { exact: true }).fill("0");
  await page.getByRole("button", { name: "Estimate" }).click();
  await expect(headline.getByRole("heading")).toContainText(/About \$[\d.]+ instead of \$[\d.]+ over the last 24 hours/);
  await expect(page.getByLabel("Fresh input")).toHaveAttribute("placeholder", "$3.00 today");
});

test("a combo's card leads to it, without a script", async ({ house, windows }) => {
  await used(house);
  const page = await windows.signedIn({ javaScriptEnabled: false });
  await page.goto("/combos");
  await page.getByRole("link", { name: "What if all had gone through the combo saver" }).click();
  await expect(page.locator(".headline").getByRole("heading")).toContainText("over 30 days");
  await expect(page.locator(".chart")).toBeHidden();
  await page.getByText("The chart as a table").click();
  await expect(page.getByRole("region", { name: "Cost over time" }).getByRole("row")).toHaveCount(31);

  await page.getByLabel("Days", { exact: true }).fill("7");
  await page.getByLabel("Any key").selectOption("laptop");
  await page.getByRole("button", { name: "Estimate" }).click();
  await expect(page.locator(".headline").getByRole("heading")).toContainText("over 7 days");
  await page.goto("/what-if?to=gone&days=soon");
  await expect(page.getByRole("alert")).toContainText("There is no combo called");
  await expect(page.getByRole("status").filter({ hasText: "is no number of days" })).toBeVisible();
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`${colorScheme}: nothing sticks out, and axe finds nothing`, async ({ house, windows }) => {
    test.slow();
    await used(house);
    const page = await windows.signedIn({ colorScheme });
    const found: string[] = [];
    const pages: [string, string][] = [
      ["/what-if", "what-if"],
      ["/what-if?to=saver", "what-if-combo"],
      ["/what-if?to=gone&days=soon", "what-if-gone"],
      ["/what-if?change=model&to=priced/tool-call&days=1", "what-if-model"],
      ["/what-if?change=price&to=priced/ok&output=30&days=90&key=laptop", "what-if-price"],
      ["/what-if?provider=groq", "what-if-nothing"],
    ];
    for (const [path, name] of pages) {
      for (const width of [1440, 1024, 390]) {
        await page.setViewportSize({ width, height: width < 700 ? 844 : 900 });
        await visit(page, path);
        if (await page.locator(".headline").count()) await expect(page.locator(".chart canvas")).toBeVisible();
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (over > 0) found.push(`${name} ${width}: ${over} px too wide`);
        for (const { id, nodes } of (await new AxeBuilder({ page }).analyze()).violations) {
          found.push(`${name} ${width}: axe ${id}: ${nodes[0].target.join(" ")}`);
        }
        await page.screenshot({ path: `results/looks/${name}-${width}-${colorScheme}.png`, fullPage: true });
      }
    }
    expect(found, "what is wrong with the looks").toEqual([]);
  });
}
