import type { Browser, Page } from "@playwright/test";
import { test as base, expect } from "@playwright/test";
import { Collector, type Project } from "./collector.js";
import type { Results } from "./results.js";
import { ready } from "./visitor.js";

/** How many conversions each goal gains; goals that gain none are left out. */
export type Gains = Partial<Record<string, number>>;

/** One thing that people or pages do, and what must be stored for it. */
export interface Interaction {
  name: string;
  /** The body of the page. */
  html: string;
  /** The path of the page; `/lab/start` when left out. */
  path?: string;
  /** Stands in the head, before the SDK. */
  head?: string;
  act(page: Page): Promise<unknown>;
  gains: Gains;
}

const contains = (pattern: string) => [{ match: "contains", pattern }];
const click = (goalKey: string, selector: string, more = {}) => ({
  goalKey,
  type: "click",
  selector,
  ...more,
});
const submit = (goalKey: string, selector: string) => ({ goalKey, type: "form_submit", selector });
const view = (goalKey: string, pattern: string) => ({
  goalKey,
  type: "page_view",
  url: contains(pattern),
});

/** The goals that pages of the lab can meet. */
const GOALS = [
  { goalKey: "event", type: "custom_event", eventName: "event", isPrimary: true },
  { goalKey: "money", type: "revenue", eventName: "event" },
  click("go", "#go"),
  click("card", ".card"),
  click("inner", ".card .inner"),
  click("out", "a.out"),
  click("in-cart", ".cart > .row button.pay"),
  click("second", "li:nth-child(2)"),
  click("host", "x-widget"),
  click("by-hand", "#go", { trustedOnly: true }),
  submit("form", "form#f"),
  submit("other-form", "form.other"),
  view("one", "/lab/one"),
  view("two", "/lab/two"),
  view("query", "?step=2"),
  view("hash", "#/three"),
  view("umlaut", "/lab/k%C3%A4se"),
];

const LAB: Project = {
  projectKey: "lab",
  origins: [],
  experiments: [
    {
      experimentKey: "lab",
      name: "Lab",
      type: "ab",
      status: "running",
      urlRules: contains("/"),
      variants: [
        { variantKey: "control", name: "Control", weight: 50, isControl: true },
        { variantKey: "b", name: "B", weight: 50 },
      ],
      goals: GOALS.map((goal) => ({ name: goal.goalKey, ...goal })),
    },
  ],
};

/** Pages made up on the spot, on the origin of a collector that the tests of a worker share. */
export class Lab {
  constructor(
    readonly collector: Collector,
    private readonly browser: Browser,
  ) {}

  /** A page of a new visitor, once the SDK is ready. */
  async open(interaction: Pick<Interaction, "html" | "head" | "path">): Promise<Page> {
    const page = await this.page(interaction);
    await page.goto(this.url(interaction.path ?? "/lab/start"));
    await ready(page);
    return page;
  }

  /** A page of a new visitor, not opened yet. */
  async page({ html, head = "" }: Pick<Interaction, "html" | "head">): Promise<Page> {
    const context = await this.browser.newContext();
    const page = await context.newPage();
    await context.route(`${this.collector.origin}/lab/**`, (route) =>
      route.fulfill({
        contentType: "text/html; charset=utf-8",
        body: `<!doctype html><html><head>${head}<script async
          src="/sdk/ttoolab.js" data-project-key="lab"></script></head><body>${html}</body></html>`,
      }),
    );
    return page;
  }

  url(path: string): string {
    return this.collector.origin + path;
  }

  /** The conversions stored so far, by goal. */
  async stored(): Promise<Record<string, number>> {
    const { goals } = await this.collector.api<Results>("lab/results?lane=all&flagged=include");
    const sums = goals.map(({ goalKey, variants }) => [
      goalKey,
      variants.reduce((sum, { totalConversions }) => sum + totalConversions, 0),
    ]);
    return Object.fromEntries(sums);
  }

  /** The net revenue stored so far, in cents. */
  async revenue(): Promise<number> {
    const { goals } = await this.collector.api<Results>("lab/results?lane=all&flagged=include");
    const variants = goals.find(({ goalKey }) => goalKey === "money")?.variants ?? [];
    const amounts = variants.flatMap(({ revenue = [] }) => revenue.map(({ net }) => Number(net)));
    return Math.round(amounts.reduce((sum, net) => sum + net, 0) * 100);
  }

  /** Does it, and expects exactly what it gains. */
  async check(interaction: Interaction): Promise<void> {
    const page = await this.open(interaction);
    await settled(page);
    const before = await this.stored();
    const gained = async () => {
      const now = Object.entries(await this.stored());
      const gains = now.map(([goal, count]) => [goal, count - (before[goal] ?? 0)] as const);
      return Object.fromEntries(gains.filter(([, count]) => count !== 0));
    };
    await interaction.act(page);
    await expect.poll(gained).toEqual(interaction.gains);
    // What comes too often comes with the next round at the latest.
    await settled(page);
    expect(await gained()).toEqual(interaction.gains);
    await page.context().close();
  }
}

/** Waits until the page's tasks are done and everything it has is acknowledged. */
export async function settled(page: Page): Promise<void> {
  await ready(page);
  await page.evaluate(() => new Promise((done) => setTimeout(done)));
  await page.evaluate(() => window.ttoolab?.flush());
}

/** A test with a lab. */
export const test = base.extend<{ lab: Lab }, { labCollector: Collector }>({
  labCollector: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures from the pattern
    async ({}, use) => {
      const collector = await Collector.start([structuredClone(LAB)]);
      await use(collector);
      await collector.close();
    },
    { scope: "worker" },
  ],
  lab: async ({ browser, labCollector }, use) => {
    await use(new Lab(labCollector, browser));
  },
});

export { expect };
