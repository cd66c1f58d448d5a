// What every test gets: a scripted provider, a Ninerouter, and watched windows. All of them end with the test.
import { test as base } from "@playwright/test";
import { House, Windows } from "./house";
import { Provider } from "./provider";

interface Options {
  /** Whether nobody has set up Ninerouter yet. */
  fresh: boolean;
  /** Provider files of the person's own, by id; `PROVIDER` in them is the scripted provider's address. */
  files: Record<string, string>;
}

interface Things {
  provider: Provider;
  house: House;
  windows: Windows;
}

export const test = base.extend<Options & Things>({
  fresh: [false, { option: true }],
  files: [{}, { option: true }],
  provider: async ({}, use) => {
    const provider = await Provider.start();
    await use(provider);
    await provider.stop();
  },
  house: async ({ fresh, files, provider }, use, info) => {
    const own = Object.entries(files).map(([id, file]) => [id, file.replaceAll("PROVIDER", provider.url)]);
    const house = await House.start({ fresh, providers: Object.fromEntries(own) });
    await use(house);
    if (info.status !== info.expectedStatus) {
      await info.attach("log of Ninerouter", { body: house.log, contentType: "text/plain" });
    }
    await house.stop();
  },
  windows: async ({ browser, house, viewport, locale, timezoneId }, use) => {
    const windows = new Windows(browser, house, { viewport, locale, timezoneId });
    await use(windows);
    await windows.close();
  },
});

export { expect } from "@playwright/test";
