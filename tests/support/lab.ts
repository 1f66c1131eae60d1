import type { Browser, Page } from "@playwright/test";
import { test as base, expect } from "@playwright/test";
import type { Actor } from "./actor.js";
import { Collector, type Project } from "./collector.js";
import { Pages } from "./pages.js";
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
  act(page: Actor): Promise<unknown>;
  gains: Gains;
  /** It is about the Navigation API, which not every engine has. */
  needsNavigationApi?: true;
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

/** Pages made up on the spot, one at a time, with a collector that the tests of a worker share. */
export class Lab {
  constructor(
    readonly collector: Collector,
    readonly pages: Pages,
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
  async page(interaction: Pick<Interaction, "html" | "head">): Promise<Page> {
    this.show(interaction);
    const context = await this.browser.newContext();
    return context.newPage();
  }

  /** From now on this is what stands under every path of the lab. */
  show({ html, head = "" }: Pick<Interaction, "html" | "head">): void {
    this.pages.html = `<!doctype html><html><head>${head}<script async
      src="${this.collector.origin}/sdk/ttoolab.js" data-project-key="lab"></script></head>
      <body>${html}</body></html>`;
  }

  url(path: string): string {
    return this.pages.origin + path;
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

  /** The conversions gained since. */
  async gained(before: Record<string, number>): Promise<Gains> {
    const now = Object.entries(await this.stored());
    const gains = now.map(([goal, count]) => [goal, count - (before[goal] ?? 0)] as const);
    return Object.fromEntries(gains.filter(([, count]) => count !== 0));
  }

  /** The net revenue stored so far, in cents. */
  async revenue(): Promise<number> {
    const { goals } = await this.collector.api<Results>("lab/results?lane=all&flagged=include");
    const variants = goals.find(({ goalKey }) => goalKey === "money")?.variants ?? [];
    const amounts = variants.flatMap(({ revenue = [] }) => revenue.map(({ net }) => Number(net)));
    return Math.round(amounts.reduce((sum, net) => sum + net, 0) * 100);
  }

  /** Does it in Chromium, and expects exactly what it gains. */
  async check(interaction: Interaction): Promise<void> {
    const page = await this.open(interaction);
    await this.gains(page, interaction);
    await page.context().close();
  }

  /** Does it on a page that stands, and expects exactly what it gains. */
  async gains(page: Actor, { act, gains }: Interaction): Promise<void> {
    await settled(page);
    const before = await this.stored();
    await act(page);
    await expect.poll(() => this.gained(before)).toEqual(gains);
    // What comes too often comes with the next round at the latest.
    await settled(page);
    expect(await this.gained(before)).toEqual(gains);
  }
}

/** Waits until the page's tasks are done and everything it has is acknowledged. */
export async function settled(page: Actor): Promise<void> {
  await page.evaluate(`(async () => {
    while (!window.ttoolab) await new Promise((done) => setTimeout(done));
    await new Promise((done) => ttoolab.ready(done));
    await new Promise((done) => setTimeout(done));
    await ttoolab.flush();
  })()`);
}

/** A test with a lab. */
export const test = base.extend<{ lab: Lab }, { house: { collector: Collector; pages: Pages } }>({
  house: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures from the pattern
    async ({}, use) => {
      const pages = await Pages.start();
      const collector = await Collector.start([structuredClone(LAB)], [pages.origin]);
      await use({ collector, pages });
      await Promise.all([collector.close(), pages.close()]);
    },
    { scope: "worker" },
  ],
  lab: async ({ browser, house: { collector, pages } }, use) => {
    await use(new Lab(collector, pages, browser));
  },
});

export { expect };
