// Signing in and out, sessions, password, theme.
import { PERSON, awake, visit } from "../support/house";
import { expect, test } from "../support/test";

async function signIn(page: import("@playwright/test").Page, password: string) {
  await page.getByLabel("Name").fill(PERSON.name);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

test("a person signs in and out, and a wrong password is said at the field", async ({ windows }) => {
  windows.forgive(/status of 401/);
  const page = await windows.open();
  await visit(page, "/settings");
  await expect(page).toHaveURL("/login");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in");

  await signIn(page, "not the password");
  const field = page.getByLabel("Password", { exact: true });
  await expect(page.getByText("do not fit together")).toBeVisible();
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await expect(field).toBeFocused();
  await expect(page.getByLabel("Name")).toHaveValue(PERSON.name);

  await signIn(page, PERSON.password);
  await expect(page).toHaveURL("/");
  await awake(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Overview");

  await page.getByLabel(`Signed in as ${PERSON.name}`).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/login");
  await page.goto("/requests");
  await expect(page).toHaveURL("/login");
});

test("another browser's session is listed and can be ended", async ({ windows }) => {
  const here = await windows.signedIn();
  const there = await windows.signedIn({ userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" });
  await visit(there, "/");

  await visit(here, "/settings");
  const sessions = here.getByRole("region", { name: "Signed in" });
  await expect(sessions.getByRole("listitem")).toHaveCount(2);
  await expect(sessions.getByRole("listitem").filter({ hasText: "This one" })).toHaveCount(1);
  const other = sessions.getByRole("listitem").filter({ hasText: "Firefox" });
  await expect(other).toContainText("127.0.0.1");
  await other.getByRole("button", { name: /End/ }).click();
  await expect(here.getByRole("status").filter({ hasText: "The session was ended." })).toBeVisible();
  await expect(sessions.getByRole("listitem")).toHaveCount(1);

  await there.goto("/");
  await expect(there).toHaveURL("/login");
  await here.goto("/");
  await expect(here).toHaveURL("/");
});

test("a new password counts at once and signs out the other sessions", async ({ windows }) => {
  windows.forgive(/status of 40[01]/);
  const here = await windows.signedIn();
  const there = await windows.signedIn();
  await visit(here, "/settings");
  const card = here.getByRole("region", { name: "Password" });

  await card.getByLabel("Current password").fill("wrong");
  await card.getByLabel("New password").fill("another long password");
  await card.getByRole("button", { name: "Change the password" }).click();
  await expect(card.getByLabel("Current password")).toHaveAttribute("aria-invalid", "true");
  await expect(card.getByLabel("New password")).toHaveValue("another long password");

  await card.getByLabel("Current password").fill(PERSON.password);
  await card.getByRole("button", { name: "Change the password" }).click();
  await expect(here.getByRole("status").filter({ hasText: "The password was changed" })).toBeVisible();
  await expect(here.getByRole("heading", { level: 1 })).toHaveText("Settings");

  await visit(there, "/");
  await expect(there).toHaveURL("/login");
  await signIn(there, PERSON.password);
  await expect(there.getByText("do not fit together")).toBeVisible();
  await signIn(there, "another long password");
  await expect(there).toHaveURL("/");
});

test("the theme is switched at once and remembered", async ({ windows }) => {
  const page = await windows.signedIn({ colorScheme: "light" });
  await visit(page, "/");
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await ground();
  await page.getByRole("button", { name: "Dark" }).click();
  await expect.poll(ground).not.toBe(light);
  const dark = await ground();
  await visit(page, "/settings");
  expect(await ground()).toBe(dark);
  await expect(page.getByRole("button", { name: "Dark" })).toHaveAttribute("aria-pressed", "true");
  await page.getByRole("button", { name: "As the system has it" }).click();
  await expect.poll(ground).toBe(light);
});
