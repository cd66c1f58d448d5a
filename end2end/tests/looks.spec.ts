// Every page at three widths, light and dark, empty and with data: nothing sticks out, axe finds nothing, nothing
// jumps while it loads, and a picture of it is kept in results/looks.
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { awake } from "../support/house";
import { PLAN } from "../support/plan";
import { DIFF, converse } from "../support/outputs";
import { expect, test } from "../support/test";
import { fill } from "../support/traffic";

const WIDTHS = [1440, 1024, 390];
const THEMES = ["light", "dark"] as const;
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const LARGEST_PAGE = 100 * 1024;

const NAMES: Record<string, string> = {
  "/": "overview",
  "/requests": "requests",
  "/providers": "providers",
  "/quota": "quota",
  "/usage": "usage",
  "/what-if": "what-if",
  "/what-if?to=coder": "what-if-coder",
  "/prices": "prices",
  "/prices?set=scripted/ok": "prices-set",
  "/providers/groq": "provider-groq",
  "/providers/anthropic": "provider-anthropic",
  "/providers/scripted": "provider-scripted",
  "/combos": "combos",
  "/combos?plan=coder": "combos-plan",
  "/combos/edit": "combo-new",
  "/combos/edit?combo=coder": "combo-edit",
  "/connect": "connect",
  "/translator": "translator",
  "/translator?example=messages-request": "translator-request",
  "/translator?example=messages-stream": "translator-stream",
  "/saver": "saver",
  "/settings": "settings",
  "/nothing/here": "missing",
};

/** Adds up how far things moved without the reader's doing. */
async function watchShifts(page: Page) {
  await page.addInitScript(() => {
    const moved = { sum: 0, what: [] as string[] };
    (window as any).moved = moved;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as any[]) {
        if (entry.hadRecentInput) continue;
        moved.sum += entry.value;
        for (const source of entry.sources) {
          const node = source.node;
          moved.what.push(`${node?.nodeName}.${node?.className ?? ""} ${entry.value.toFixed(4)}`);
        }
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
}

/** What is wrong with the looks of the page that is open. */
async function faults(page: Page): Promise<string[]> {
  const found: string[] = [];
  const wide = await page.evaluate(() => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    const out = [...document.querySelectorAll("body *")].filter((element) => {
      const box = element.getBoundingClientRect();
      return box.width > 0 && box.right > root.clientWidth + 0.5 && !element.closest(".scroll, pre, dialog");
    });
    return [
      `${root.scrollWidth} px wide in ${root.clientWidth} px`,
      ...out.slice(0, 5).map((element) => `  ${element.nodeName}.${element.className} sticks out`),
    ];
  });
  found.push(...wide);
  const axe = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  for (const violation of axe.violations) {
    for (const node of violation.nodes.slice(0, 3)) {
      found.push(`axe ${violation.id}: ${node.target.join(" ")}: ${node.failureSummary?.split("\n")[1]?.trim()}`);
    }
  }
  return found;
}

/** Opens each page and gathers what is wrong, so that one run shows everything. */
async function look(page: Page, state: string, theme: string, pages: [string, string][]) {
  const found: string[] = [];
  await watchShifts(page);
  for (const [path, name] of pages) {
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: width < 700 ? 844 : 900 });
      const answer = await page.goto(path);
      await awake(page);
      const size = Buffer.byteLength(await answer!.text());
      const moved: { sum: number; what: string[] } = await page.evaluate(() => (window as any).moved);
      const wrong = await faults(page);
      if (moved.sum >= 0.1) wrong.push(`moved by ${moved.sum.toFixed(3)}: ${moved.what.join(", ")}`);
      if (size > LARGEST_PAGE) wrong.push(`${size} bytes of HTML`);
      await page.screenshot({ path: `results/looks/${name}-${state}-${width}-${theme}.png`, fullPage: true });
      found.push(...wrong.map((words) => `${name} ${width} ${theme}: ${words}`));
    }
  }
  expect(found, "what is wrong with the looks").toEqual([]);
}

const named = (paths: string[]) => paths.map((path): [string, string] => [path, NAMES[path]]);

for (const colorScheme of THEMES) {
  test.describe(`${colorScheme}:`, () => {
    test.slow();

    test("the doors", async ({ windows }) => {
      const page = await windows.open({ colorScheme });
      await look(page, "empty", colorScheme, [["/login", "login"]]);
    });

    test.describe("new:", () => {
      test.use({ fresh: true });
      test("the set-up page", async ({ house, windows }) => {
        const page = await windows.open({ colorScheme });
        await look(page, "empty", colorScheme, [
          [house.setupLink, "setup"],
          ["/setup", "setup-without-link"],
        ]);
      });
    });

    test("pages of an empty installation", async ({ windows }) => {
      windows.forgive(/status of 404/);
      const page = await windows.signedIn({ colorScheme });
      const paths = ["/", "/requests", "/providers", "/providers/groq", "/combos", "/combos/edit", "/quota", "/usage", "/what-if"];
      paths.push("/prices", "/connect", "/translator", "/saver", "/settings", "/nothing/here");
      await look(page, "empty", colorScheme, named(paths));
    });

    test("pages of an installation in use", async ({ house, provider, windows }) => {
      const id = await fill(house, provider);
      await converse(house, await house.key("a-key-that-uses-tools"), ["scripted/ok", "scripted/reasoning"]);
      const page = await windows.signedIn({ colorScheme });
      const paths = ["/", "/requests", "/providers", "/providers/scripted", "/providers/anthropic", "/connect", "/settings"];
      paths.push("/saver", "/combos", "/combos?plan=coder", "/combos/edit?combo=coder", "/usage", "/what-if", "/what-if?to=coder");
      paths.push("/prices", "/prices?set=scripted/ok");
      const examples = ["/translator?example=messages-request", "/translator?example=messages-stream"];
      await look(page, "filled", colorScheme, [...named([...paths, ...examples]), [`/requests/${id}`, "request"]]);
    });

    test.describe("plans:", () => {
      test.use({ files: { plan: PLAN } });
      test("pages of signing in", async ({ house, provider, windows }) => {
        windows.forgive(/status of 404/);
        const page = await windows.signedIn({ colorScheme });
        await fetch(`${provider.url}/oauth/_quota?used=62&resets=${Math.floor(Date.now() / 1000) + 7_200}`);
        await look(page, "off", colorScheme, [["/providers/plan", "plan"]]);
        await house.api("PUT", "/providers/plan/opt-in", { on: true });
        await look(page, "on", colorScheme, [["/providers/plan", "plan"], ["/providers/claude", "claude"]]);
        const begin = (more: object) => house.api("POST", "/sign-ins", { provider: "plan", ...more });
        const [code, device] = [await begin({}), await begin({ flow: "device" })];
        await look(page, "begun", colorScheme, [
          [`/sign-in/${code.id}`, "sign-in"],
          [`/sign-in/${device.id}`, "sign-in-device"],
        ]);
        const back = await fetch(code.url, { redirect: "manual" });
        await house.api("POST", `/sign-ins/${code.id}/paste`, { text: back.headers.get("location") });
        await house.api("DELETE", `/sign-ins/${device.id}`);
        await look(page, "ended", colorScheme, [
          ["/providers/plan", "plan"],
          [`/sign-in/${device.id}`, "sign-in-device"],
          ["/callback?state=nobody", "callback"],
        ]);
        await house.api("GET", "/quota");
        await expect.poll(async () => (await house.api("GET", "/quota")).known.length).toBe(1);
        await look(page, "filled", colorScheme, [["/quota", "quota"]]);
      });
    });

    test("what the saver makes of a text", async ({ windows }) => {
      const page = await windows.signedIn({ colorScheme });
      const found: string[] = [];
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: width < 700 ? 844 : 900 });
        await page.goto("/saver");
        await awake(page);
        for (const [text, name] of [[DIFF, "saver-preview"], ["Exit code 1\n".concat(DIFF), "saver-stays"]]) {
          await page.getByLabel("What a tool gave").fill(text);
          await page.getByLabel("Which tool that was").fill("git diff");
          await page.getByRole("button", { name: "Show what a model would get" }).click();
          await expect(page.locator("#preview h3")).toHaveText(name === "saver-stays" ? /stays/ : /saved/);
          found.push(...(await faults(page)).map((words) => `${name} ${width} ${colorScheme}: ${words}`));
          await page.screenshot({ path: `results/looks/${name}-${width}-${colorScheme}.png`, fullPage: true });
        }
      }
      expect(found, "what is wrong with the looks").toEqual([]);
    });

    test("open dialogs", async ({ house, provider, windows }, info) => {
      await house.connect(provider);
      await house.key("laptop");
      await house.api("POST", "/combos", { name: "coder", targets: [{ model: "scripted/ok" }] });
      const page = await windows.signedIn({ colorScheme });
      const dialogs: [string, string | RegExp, string][] = [
        ["/providers", "Custom endpoint", "dialog-endpoint"],
        ["/providers/scripted", "Change the account account 1", "dialog-account"],
        ["/providers/scripted", "Remove the account account 1", "dialog-remove"],
        ["/providers/scripted", "Set the budget of the account account 1", "dialog-budget"],
        ["/combos/edit?combo=coder", "Remove the combo", "dialog-combo"],
        ["/connect", "Create a key", "dialog-key"],
        ["/", /^Go to a page/, "dialog-palette"],
      ];
      const found: string[] = [];
      for (const [path, opener, name] of dialogs) {
        for (const width of [1440, 390]) {
          await page.setViewportSize({ width, height: width < 700 ? 844 : 900 });
          await page.goto(path);
          await awake(page);
          await page.getByRole("button", { name: opener }).click();
          const dialog = page.locator("dialog[open]");
          await expect(dialog).toBeVisible();
          const box = (await dialog.boundingBox())!;
          if (box.x < 0 || box.x + box.width > width) found.push(`${name} ${width}: the dialog sticks out`);
          found.push(...(await faults(page)).map((words) => `${name} ${width} ${colorScheme}: ${words}`));
          await page.screenshot({ path: `results/looks/${name}-${width}-${colorScheme}.png` });
        }
      }
      expect(found, `what is wrong with the dialogs (${info.title})`).toEqual([]);
    });
  });
}
