// Translator: a request, a reply or a recorded stream beside the same in another format.
import AxeBuilder from "@axe-core/playwright";
import { visit } from "../support/house";
import { expect, test } from "../support/test";

test("an example is translated, what is lost is listed, and the result can be copied", async ({ windows }) => {
  const page = await windows.signedIn({ permissions: ["clipboard-read", "clipboard-write"] });
  await visit(page, "/translator");
  await expect(page.getByRole("heading", { name: "Nothing is translated yet" })).toBeVisible();
  await page.getByRole("link", { name: "Messages request" }).click();
  await expect(page).toHaveURL("/translator?example=messages-request");
  await expect(page.locator("html[data-awake]")).toBeAttached();
  await expect(page.getByRole("region", { name: "Not carried over" })).toContainText("tools[1]");
  await expect(page.getByText("Read as a request in the format messages")).toBeVisible();

  // Into another format, without leaving the page.
  await page.getByLabel("Into").selectOption("gemini");
  const before = await page.locator("#text").boundingBox();
  await page.getByRole("button", { name: "Translate" }).click();
  const result = page.locator("#result-text");
  await expect(result).toContainText('"systemInstruction"');
  await expect(page).toHaveURL("/translator?example=messages-request");
  await expect(page.getByRole("status").filter({ hasText: "Translated to Gemini-compatible" })).toBeAttached();
  expect(await page.locator("#text").boundingBox(), "nothing moved").toEqual(before);

  await page.getByRole("button", { name: "Copy the translation" }).click();
  await expect(page.getByRole("button", { name: "Copy the translation" })).toHaveText("Copied");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await result.textContent());
});

test("what is pasted is recognised, and a fault is told with its place", async ({ windows, house }) => {
  const page = await windows.signedIn();
  await visit(page, "/translator");
  const translate = async (text: string) => {
    await page.getByLabel("Original").fill(text);
    await page.getByRole("button", { name: "Translate" }).click();
  };
  await page.getByLabel("Into").selectOption("messages");
  await translate('{"model": "m", "messages": [{"role": "narrator", "content": "Once"}]}');
  await expect(page.getByRole("alert").filter({ hasText: "messages[0].role" })).toBeVisible();
  await translate('{"model": ');
  await expect(page.getByRole("alert").filter({ hasText: "line 1" })).toBeVisible();
  await translate("x".repeat(1100 * 1024));
  await expect(page.getByRole("alert").filter({ hasText: "at most 1 MB" })).toBeVisible();
  await translate('{"model":"m","message":{"role":"assistant","content":"Yes."},"done":true,"done_reason":"stop"}');
  await expect(page.locator("#result-text")).toContainText('"end_turn"');
  await expect(page.getByText("Read as a reply in the format ollama")).toBeVisible();
  await expect(page.getByLabel("Original")).toHaveValue(/done_reason/);
  expect((await house.api("GET", "/requests")).rows, "nothing is recorded").toEqual([]);
});

test("on a phone the result is brought into sight, and nothing sticks out", async ({ windows }) => {
  const page = await windows.signedIn({ viewport: { width: 390, height: 844 } });
  await visit(page, "/translator?example=chat-stream");
  await page.getByLabel("Into").selectOption("responses");
  await page.getByRole("button", { name: "Translate" }).click();
  await expect(page.locator("#result-text")).toContainText("response.created");
  await expect(page.locator("#result h2")).toBeInViewport();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(390);
  const axe = await new AxeBuilder({ page }).analyze();
  expect(axe.violations.map((violation) => violation.id)).toEqual([]);
});
