import { test as base } from "@playwright/test";
import { Collector } from "./collector.js";

/** A test with a collector of its own. */
export const test = base.extend<{ collector: Collector }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures from the pattern
  collector: async ({}, use) => {
    const collector = await Collector.start();
    await use(collector);
    await collector.close();
  },
});

export { expect } from "@playwright/test";
