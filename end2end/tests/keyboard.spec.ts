// Everything can be reached and left without a mouse.
import type { Page } from "@playwright/test";
import { visit } from "../support/house";
import { expect, test } from "../support/test";

const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLElement | null;
    return element?.getAttribute("aria-label") ?? element?.textContent?.trim() ?? "";
  });

/** Tabs on until the focus is on an element of that name; gives how many steps it took. */
async function tabTo(page: Page, name: RegExp, most = 60) {
  for (let steps = 1; steps <= most; steps++) {
    await page.keyboard.press("Tab");
    if (name.test(await focused(page))) return steps;
  }
  throw new Error(`${name} was not reached in ${most} steps`);
}

test("the first stop is a link to the page itself", async ({ windows }) => {
  const page = await windows.signedIn();
  await visit(page, "/providers");
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to the page" });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page.locator("#content")).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Custom endpoint" })).toBeFocused();
});

test("the tab key reaches the main action of every page, and the focus is seen", async ({ windows, house, provider }) => {
  await house.connect(provider);
  const page = await windows.signedIn();
  for (const [path, action] of [
    ["/", /^Open Connect$/],
    ["/requests", /^Connect a tool$/],
    ["/providers", /^Custom endpoint$/],
    ["/providers/scripted", /^Test$/],
    ["/combos", /^Make a combo$/],
    ["/combos/edit", /^Make the combo$/],
    ["/connect", /^Create a key$/],
    ["/translator", /^Translate$/],
    ["/saver", /^Save the level$/],
    ["/settings", /^Change the password$/],
  ] as const) {
    await visit(page, path);
    await tabTo(page, action);
    const ring = await page.evaluate(() => {
      const style = getComputedStyle(document.activeElement!);
      return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    });
    expect(ring, `focus ring on ${path}`).toBe(true);
  }
});

test("a dialog takes the focus, keeps it, and gives it back on Escape", async ({ windows }) => {
  const page = await windows.signedIn();
  await visit(page, "/connect");
  const opener = page.getByRole("button", { name: "Create a key" });
  await opener.focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Create a key" });
  await expect(dialog).toBeVisible();
  for (let step = 0; step < 8; step++) {
    await page.keyboard.press("Tab");
    const outside = await page.evaluate(() => {
      const element = document.activeElement;
      return element !== document.body && !element?.closest("dialog[open]");
    });
    expect(outside, "the focus left the open dialog").toBe(false);
  }
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();
});

test("the palette opens with Ctrl-K, filters, and goes there on Enter", async ({ windows, house, provider }) => {
  await house.connect(provider);
  const page = await windows.signedIn();
  await visit(page, "/settings");
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Go to" });
  await expect(palette).toBeVisible();
  await expect(palette.getByRole("searchbox")).toBeFocused();
  await page.keyboard.type("script");
  await expect(palette.getByRole("listitem")).toHaveCount(1);
  await page.keyboard.press("ArrowDown");
  await expect(palette.getByRole("link", { name: /Scripted/ })).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/providers/scripted");

  await visit(page, "/");
  await page.keyboard.press("Control+k");
  await page.keyboard.press("Escape");
  await expect(palette).toBeHidden();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("no-such-thing");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/requests?search=no-such-thing");
  await expect(page.getByText("No request fits")).toBeVisible();
});

test("the menu of the person and the theme work by keys", async ({ windows }) => {
  const page = await windows.signedIn();
  await visit(page, "/");
  await tabTo(page, /^Dark$/);
  await page.keyboard.press("Space");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await tabTo(page, /^Signed in as/);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
  await tabTo(page, /^Sign out$/, 3);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/login");
});
