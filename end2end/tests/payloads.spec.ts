// The payload log: switched on for a key, seen while it is on, shown and compared, stopped and deleted.
import AxeBuilder from "@axe-core/playwright";
import { visit } from "../support/house";
import { expect, test } from "../support/test";

const TOKEN = "ghp_0123456789abcdefABCDEF0123456789abcd";

test("requests of a key are logged without their secrets, compared, and deleted", async ({ house, provider, windows }) => {
  await house.connect(provider);
  const key = await house.key("laptop");
  const page = await windows.signedIn();
  await visit(page, "/settings");
  const log = page.locator("#payload-log");
  await expect(log).toContainText("laptop Not logged; nothing is kept");
  await log.getByLabel("How long requests of laptop are logged").selectOption("8h");
  await log.getByRole("button", { name: "Log requests of laptop" }).click();
  await expect(page.getByText("Requests of laptop are logged in full.")).toBeVisible();
  await expect(log).toContainText("Logged in full until");

  const say = async (system: string) => {
    const answer = await fetch(`${house.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({
        model: "scripted/ok",
        stream: true,
        messages: [
          { role: "system", content: `${system} ${"word ".repeat(200)}` },
          { role: "user", content: `Use ${TOKEN}` },
        ],
      }),
    });
    await answer.text();
    const id = answer.headers.get("x-ninerouter-request")!;
    await expect.poll(async () => (await house.api("GET", "/payloads")).requests).toBeGreaterThan(0);
    return id;
  };
  await say("Today is Monday.");
  const id = await say("Today is Tuesday.");
  await expect.poll(async () => (await house.api("GET", "/payloads")).requests).toBe(2);

  await visit(page, "/requests");
  await expect(page.getByText("Requests of laptop are logged in full until")).toBeVisible();
  await visit(page, `/requests/${id}/payload`);
  await expect(page.locator("#request-text")).toContainText("Use [redacted: GitHub token]");
  await expect(page.locator("#request-text details")).not.toHaveAttribute("open");
  await expect(page.locator("#reply")).toContainText("The stream as it came");
  expect(await page.content()).not.toContain(TOKEN);
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);

  await page.getByRole("link", { name: "Compare with the request before" }).click();
  await expect(page.getByRole("heading", { name: "They first differ at messages[0].content" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "The prompt was changed before its end" })).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);

  await visit(page, "/settings");
  await page.getByRole("button", { name: "Delete what was logged of laptop" }).click();
  await page.getByRole("button", { name: "Stop and delete" }).click();
  await expect(page.getByText("What was logged of laptop is deleted.")).toBeVisible();
  await expect(log).toContainText("laptop Not logged; nothing is kept");
});
