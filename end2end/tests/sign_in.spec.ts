// Signing in to accounts at a vendor, and what an account says beside its key.
import { readFile } from "node:fs/promises";
import { awake, visit } from "../support/house";
import { PLAN } from "../support/plan";
import { expect, test } from "../support/test";

/** A provider whose address holds what an account says. */
const PARTS = `
id = "parts"
name = "Parts"
tier = "cheap"
keys_at = "https://example.com"
auth = { kind = "key" }

[[field]]
name = "kind"
label = "Kind"
help = "The first part of the path."

[[speaks]]
dialect = "chat"
url = "PROVIDER/{kind}/v1/chat/completions"

[[model]]
id = "ok"
`;

test.use({ files: { plan: PLAN, parts: PARTS } });

test("a person reads the terms, signs in on the vendor's page, and the page notices", async ({ windows }) => {
  windows.forgive(/left our origin/);
  const page = await windows.signedIn();
  await visit(page, "/providers/plan");
  const accounts = page.getByRole("region", { name: "Accounts" });
  await expect(accounts).toContainText("What the vendor says: This plan is for friends.");
  await accounts.getByRole("button", { name: "I have read this. Turn it on" }).click();
  await awake(page);
  await accounts.getByRole("button", { name: "Sign in with this browser" }).click();
  await expect(page).toHaveURL(/\/sign-in\//);
  await awake(page);
  await expect(page.getByRole("status").filter({ hasText: "Waiting for you" })).toContainText(/ends in 1[45]:/);

  const [vendor] = await Promise.all([
    page.context().waitForEvent("page"),
    page.getByRole("link", { name: "Open Plan" }).click(),
  ]);
  // The vendor leads to this machine by another name than the dashboard is open under: nobody is signed in there.
  await expect(vendor.getByRole("heading", { name: "Signed in" })).toBeVisible();
  await vendor.close();
  await expect(page).toHaveURL(/\/providers\/plan$/);
  await expect(page.getByRole("status").filter({ hasText: "Signed in to Plan." })).toBeVisible();
  await awake(page);
  const account = accounts.getByRole("listitem").first();
  await expect(account).toContainText("ada@example.com");
  await expect(account).toContainText("Signed in");
  await account.getByRole("button", { name: "Test" }).click();
  await expect(account.getByRole("status")).toContainText("ok answered.");
});

test("a code is shown, entered elsewhere, and the page notices", async ({ house, provider, windows }) => {
  await house.api("PUT", "/providers/plan/opt-in", { on: true });
  const page = await windows.signedIn();
  await visit(page, "/providers/plan");
  await page.getByRole("button", { name: "Sign in with a code" }).click();
  await expect(page.locator("#user-code")).toHaveText("WDJB-MJHT");
  await expect(page.getByRole("link", { name: "Open Plan" })).toHaveAttribute("href", "https://vendor.example/device");
  await awake(page);
  await fetch(`${provider.url}/oauth/agree?user_code=WDJB-MJHT`);
  await expect(page).toHaveURL(/\/providers\/plan$/, { timeout: 20_000 });
  await expect(page.getByRole("region", { name: "Accounts" })).toContainText("ada@example.com");

  await test.step("somebody else refuses", async () => {
    await awake(page);
    await page.getByText("Sign in to Plan").click();
    await page.getByRole("button", { name: "Sign in with a code" }).click();
    await expect(page).toHaveURL(/\/sign-in\//);
    await awake(page);
    await fetch(`${provider.url}/oauth/refuse?user_code=WDJB-MJHT`);
    await expect(page.getByRole("alert")).toContainText("it was refused on the vendor's page", { timeout: 20_000 });
    await page.getByRole("link", { name: "Begin again" }).click();
    await expect(page).toHaveURL(/\/providers\/plan$/);
  });
});

test("what the vendor's page shows is pasted, also without JavaScript", async ({ house, windows }) => {
  await house.api("PUT", "/providers/plan/opt-in", { on: true });
  const page = await windows.signedIn({ javaScriptEnabled: false });
  await page.goto("/providers/plan");
  await page.getByRole("button", { name: "Sign in with this browser" }).click();
  await expect(page).toHaveURL(/\/sign-in\//);
  const href = await page.getByRole("link", { name: "Open Plan" }).getAttribute("href");
  await page.getByText("It did not lead back here").click();
  const pasted = page.getByLabel("Code or address");
  await pasted.fill("http://localhost/callback?state=nobody");
  await page.getByRole("button", { name: "Finish" }).click();
  await expect(page.getByRole("alert")).toContainText("Begin again");

  const back = await fetch(href!, { redirect: "manual" });
  await page.getByText("It did not lead back here").click();
  await pasted.fill(back.headers.get("location")!);
  await page.getByRole("button", { name: "Finish" }).click();
  await expect(page).toHaveURL(/\/providers\/plan/);
  await expect(page.getByRole("region", { name: "Accounts" })).toContainText("ada@example.com");
});

test("a wrong code is said at its field and what was typed stays", async ({ house, windows }) => {
  await house.api("PUT", "/providers/plan/opt-in", { on: true });
  const page = await windows.signedIn();
  await visit(page, "/providers/plan");
  await page.getByRole("button", { name: "Sign in with this browser" }).click();
  await expect(page).toHaveURL(/\/sign-in\//);
  await awake(page);
  await page.getByText("It did not lead back here").click();
  windows.forgive(/status of 400/);
  const pasted = page.getByLabel("Code or address");
  await pasted.fill("https://elsewhere.example/");
  await page.getByRole("button", { name: "Finish" }).click();
  await expect(page.locator(".sign-in")).toContainText("There is no code in this.");
  // The page is fetched anew every two seconds: only the part that says how far it is.
  await page.waitForResponse(/\/sign-in\//);
  await page.waitForResponse(/\/sign-in\//);
  await expect(pasted).toHaveValue("https://elsewhere.example/");
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page).toHaveURL(/\/providers\/plan$/);
});

test("an account says what its provider's address holds", async ({ house, provider, windows }) => {
  const page = await windows.signedIn();
  await visit(page, "/providers/parts");
  const accounts = page.getByRole("region", { name: "Accounts" });
  windows.forgive(/status of 400/);
  await accounts.getByLabel("Key", { exact: true }).fill("a-good-one");
  await accounts.getByLabel("Kind").fill("a/b");
  await accounts.getByRole("button", { name: "Connect" }).click();
  await expect(accounts).toContainText("Kind: letters, digits, - and _ only");
  await accounts.getByLabel("Kind").fill("whole-only");
  await accounts.getByRole("button", { name: "Connect" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Parts is connected." })).toBeVisible();
  await awake(page);
  await accounts.getByRole("button", { name: "Test" }).click();
  await expect(accounts.getByRole("status")).toContainText("ok answered.");
  expect((await provider.seen()).at(-1)?.line).toBe("POST /whole-only/v1/chat/completions");
  // Files of one's own are read, not written.
  expect(await readFile(`${house.dataDir}/providers/parts.toml`, "utf8")).toContain("{kind}");
});
