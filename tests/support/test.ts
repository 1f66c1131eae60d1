import { test as base } from "@playwright/test";
import { Collector, type Project } from "./collector.js";

/** A test with a collector of its own; `projects` are those of the demo unless it says others. */
export const test = base.extend<{ projects: Project[] | undefined; collector: Collector }>({
  projects: [undefined, { option: true }],
  collector: async ({ projects }, use) => {
    const collector = await Collector.start(projects);
    await use(collector);
    await collector.close();
  },
});

export { expect } from "@playwright/test";
