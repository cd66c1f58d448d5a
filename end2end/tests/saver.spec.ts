// The saver: how far tool output is shortened, what that saved, and what it would make of a text.
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { visit } from "../support/house";
import { DIFF, RUN, converse } from "../support/outputs";
import { expect, test } from "../support/test";

/** Asks what a model would get of a text. */
async function preview(page: Page, text: string, tool = "", level = "safe") {
  await page.getByLabel("What a tool gave").fill(text);
  await page.getByLabel("Which tool that was").fill(tool);
  await page.getByLabel("At the level").selectOption(level);
  await page.getByRole("button", { name: "Show what a model would get" }).click();
  return page.locator("#preview");
}

test("what tools gave in real requests is summed up, and changes of the rules hold", async ({ house, provider, windows }) => {
  await house.connect(provider);
  const key = await house.key("laptop");
  const page = await windows.signedIn();
  await visit(page, "/saver");
  await expect(page.getByRole("heading", { name: "Nothing is saved yet" })).toBeVisible();
  await converse(house, key, ["scripted/ok", "scripted/reasoning"]);
  await visit(page, "/saver");
  const figures = page.getByLabel("Saved in 30 days");
  await expect(figures).toContainText(/Tokens saved\s*[\d.]+k/);
  await expect(page.getByRole("region", { name: "By day" }).first().getByRole("row")).toHaveCount(2);
  await expect(page.getByRole("region", { name: "By tool" }).first()).toContainText("Grep");
  await expect(page.getByRole("region", { name: "By model" }).first()).toContainText("scripted/reasoning");
  const filters = page.getByRole("region", { name: "Filters", exact: true });
  await expect(filters.getByRole("row", { name: "test-output" })).not.toContainText("Nothing in 30 days");

  await page.getByRole("radio", { name: "Strong" }).check();
  await page.getByRole("button", { name: "Save the level", exact: true }).click();
  await expect(page.getByText("The level was saved.")).toBeVisible();
  await expect(page.getByRole("radio", { name: "Strong" })).toBeChecked();
  await page.locator("html[data-awake]").waitFor();
  await page.getByRole("switch", { name: "Use the filter test-output" }).click();
  await expect(page.getByText("The filter test-output is off.")).toBeVisible();
  await expect(filters).toContainText("13 of 14 are in use");
  await page.locator("html[data-awake]").waitFor();
  const laptop = page.getByRole("group", { name: "laptop" });
  await laptop.getByLabel("Tool output").selectOption("exact");
  await laptop.getByLabel("Terse answers").selectOption("lite");
  await page.getByRole("button", { name: "Save what goes for laptop" }).click();
  await expect(page.getByText("What goes for laptop was saved.")).toBeVisible();
  await expect(laptop.getByLabel("Tool output")).toHaveValue("exact");
  await expect(laptop.getByLabel("Terse answers")).toHaveValue("lite");
  const saver = await house.api("GET", "/saver");
  expect([saver.level, saver.keys[0].level, saver.keys[0].terse]).toEqual(["strong", "exact", "lite"]);
  expect(saver.filters.filter((filter: any) => !filter.on).map((filter: any) => filter.name)).toEqual(["test-output"]);
});

test("a pasted text stands beside what a model would get of it", async ({ house, windows }) => {
  const page = await windows.signedIn();
  await visit(page, "/saver");
  const shown = await preview(page, RUN, "cargo test");
  await expect(shown.getByRole("heading")).toContainText(/\d+% of its tokens saved/);
  await expect(shown).toContainText("Taken for what the command cargo test printed.");
  await expect(shown.getByRole("row", { name: "test-output" })).toContainText("KB");
  await expect(shown.locator("del")).toContainText("parser::case_3 ... ok");
  await expect(shown.locator("ins")).toContainText("60 passing tests left out");
  await expect(page.getByRole("status").filter({ hasText: "of its tokens saved" })).toBeAttached();
  await expect(page).toHaveURL("/saver");
  const more = shown.getByText("49 more lines");
  await expect(shown.getByText("parser::case_60 ")).toBeHidden();
  await more.click();
  await expect(shown.getByText("parser::case_60 ")).toBeVisible();

  const diff = await preview(page, DIFF, "git diff");
  await expect(diff.getByRole("row", { name: "git-diff" })).toBeVisible();
  await expect(diff.locator("del").filter({ hasText: "names.last()" })).toHaveCount(0);
  expect((await house.api("GET", "/requests")).rows, "nothing is recorded").toEqual([]);
  expect((await house.api("GET", "/saver")).total.saving.texts, "nothing is counted").toBe(0);
  expect(house.log, "nothing is logged").not.toContain("case_3");
});

test("why a text stays as it is, or is refused, is said", async ({ house, windows }) => {
  await house.api("PUT", "/saver/level", { level: "off" });
  const page = await windows.signedIn();
  await visit(page, "/saver");
  const shown = await preview(page, "ok");
  await expect(shown).toContainText("It has 2 bytes.");
  await preview(page, `Exit code 101\n${RUN}`);
  await expect(shown).toContainText("It says itself that the call failed.");
  await preview(page, RUN, "cargo test", "exact");
  await expect(shown).toContainText("At the level safe it would be shorter.");
  await preview(page, "x ".repeat(300 * 1024));
  await expect(shown.getByRole("alert")).toContainText("at most 512 KB");
  await preview(page, RUN, "cargo test");
  await expect(shown.getByRole("heading"), "the saver is off, a preview is not").toContainText("saved");
});

test("it is worked by keys alone", async ({ windows }) => {
  const page = await windows.signedIn();
  await visit(page, "/saver");
  await page.getByRole("radio", { name: "Safe" }).focus();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("radio", { name: "Strong" })).toBeChecked();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Save the level", exact: true })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByText("The level was saved.")).toBeVisible();
  await page.locator("html[data-awake]").waitFor();
  await page.getByLabel("What a tool gave").focus();
  await page.keyboard.insertText(RUN);
  await page.keyboard.press("Tab");
  await page.keyboard.type("cargo test");
  await page.keyboard.press("Enter");
  await expect(page.locator("#preview h3")).toContainText("saved");
  const fold = page.locator("#preview summary").filter({ hasText: "more lines" });
  await fold.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByText("parser::case_60 ")).toBeVisible();
});

test("on a phone both texts stand under each other, and nothing sticks out", async ({ windows }) => {
  const page = await windows.signedIn({ viewport: { width: 390, height: 844 } });
  await visit(page, "/saver");
  const shown = await preview(page, DIFF, "git diff");
  await expect(shown.getByRole("heading")).toBeInViewport();
  const gone = (await shown.locator("del").first().boundingBox())!;
  const came = (await shown.locator("ins").first().boundingBox())!;
  expect(came.y).toBeGreaterThanOrEqual(gone.y + gone.height);
  await expect(shown.getByText("diff --git a/src/parser.rs").filter({ visible: true })).toHaveCount(1);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  const axe = await new AxeBuilder({ page }).analyze();
  expect(axe.violations.map((violation) => violation.id)).toEqual([]);
});
