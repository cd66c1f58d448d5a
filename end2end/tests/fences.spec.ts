// What the pages may do: nothing but talk to their own origin.
import { visit } from "../support/house";
import { expect, test } from "../support/test";

const PAGES = ["/", "/requests", "/providers", "/providers/groq", "/connect", "/translator", "/translator?example=chat-stream", "/settings"];

test("every page brings a policy that keeps it to its own origin, and obeys it", async ({ windows }) => {
  const page = await windows.signedIn();
  // A violation would also be an error in the console, which every test watches.
  await page.addInitScript(() => {
    (window as any).violations = [];
    document.addEventListener("securitypolicyviolation", (event) => {
      (window as any).violations.push(`${event.violatedDirective}: ${event.blockedURI}`);
    });
  });
  for (const path of [...PAGES, "/nothing/here"]) {
    if (path === "/nothing/here") windows.forgive(/status of 404/);
    const answer = await page.goto(path);
    const headers = answer!.headers();
    const policy = headers["content-security-policy"];
    expect(policy, path).toContain("default-src 'self'");
    expect(policy, path).toContain("frame-ancestors 'none'");
    expect(policy, path).toContain("base-uri 'none'");
    expect(policy, path).toContain("object-src 'none'");
    expect(policy, path).not.toMatch(/unsafe-inline|unsafe-eval'(?<!wasm-unsafe-eval')|https?:|\*/);
    expect(headers["x-content-type-options"], path).toBe("nosniff");
    expect(headers["x-frame-options"], path).toBe("DENY");
    expect(headers["referrer-policy"], path).toBe("same-origin");
    expect(headers["cache-control"], path).toBe("no-store");
    await expect(page.locator("html[data-awake]"), path).toBeAttached();
    expect(await page.evaluate(() => (window as any).violations), path).toEqual([]);
  }
});

test("what another site would put into a page is stopped by the policy", async ({ windows }) => {
  windows.forgive(/Content Security Policy/);
  const page = await windows.signedIn();
  await visit(page, "/");
  await page.evaluate(() => {
    (window as any).violations = [];
    document.addEventListener("securitypolicyviolation", (event) => {
      (window as any).violations.push(event.effectiveDirective);
    });
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    const frame = document.createElement("iframe");
    frame.src = "http://203.0.113.1/";
    document.body.append(script, frame);
    document.body.setAttribute("onclick", "window.ran = true");
    fetch("http://203.0.113.1/").catch(() => undefined);
  });
  await expect
    .poll(() => page.evaluate(() => [...new Set((window as any).violations)].sort()))
    .toEqual(["connect-src", "frame-src", "script-src-attr", "script-src-elem"]);
  expect(await page.evaluate(() => "ran" in window)).toBe(false);
});

test("a form from another site is turned away", async ({ windows, house }) => {
  const page = await windows.signedIn();
  const foreign: Record<string, string>[] = [{ origin: "https://evil.example" }, { "sec-fetch-site": "cross-site" }];
  for (const headers of foreign) {
    const answer = await page.request.post("/console/create_key", { form: { name: "stolen" }, headers });
    expect(answer.status()).toBe(401);
    expect(await answer.text()).toContain("came from another site");
  }
  expect(await house.api("GET", "/keys")).toEqual([]);
});
