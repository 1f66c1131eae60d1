import { type Browser as Launched, launch, type Page as Opened } from "puppeteer-core";
import type { Actor } from "./actor.js";

/** Firefox ESR, driven through WebDriver BiDi: Playwright's own protocol is not in a browser that
 * people use, and its BiDi asks for commands that this one does not have. */
export class Firefox {
  private constructor(private readonly browser: Launched) {}

  static async start(): Promise<Firefox> {
    const browser = await launch({
      browser: "firefox",
      executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr",
      headless: true,
    });
    return new Firefox(browser);
  }

  /** What the browser says it is. */
  async version(): Promise<string> {
    return this.browser.version();
  }

  /** A page of a person of their own. */
  async open(url: string): Promise<{ actor: Actor; close(): Promise<void> }> {
    const context = await this.browser.createBrowserContext();
    const page = await context.newPage();
    await page.goto(url);
    return { actor: acting(page), close: () => context.close() };
  }

  async close(): Promise<void> {
    await this.browser.close();
  }
}

/** Playwright's names for keys, where they differ. */
const keyed = (key: string) => (key === "Space" ? " " : key) as "Enter";

/** Selectors reach into open shadow roots, as Playwright's do. */
const deep = (selector: string) => `>>> ${selector}`;

function acting(page: Opened): Actor {
  const focus = async (selector: string) => {
    const element = await page.waitForSelector(deep(selector));
    await element?.focus();
  };
  return {
    async click(selector, options = {}) {
      const element = await page.waitForSelector(deep(selector));
      await element?.click({ button: options.button ?? "left" });
    },
    async dblclick(selector) {
      const element = await page.waitForSelector(deep(selector));
      await element?.click({ count: 2 });
    },
    async press(selector, key) {
      await focus(selector);
      await page.keyboard.press(keyed(key));
    },
    async fill(selector, text) {
      await focus(selector);
      await page.keyboard.type(text);
    },
    evaluate: (code: never, argument?: never) => page.evaluate(code, argument),
    // Not its own, which wait for a page to load: within a page none does.
    goBack: () => page.evaluate(travel, -1),
    goForward: () => page.evaluate(travel, 1),
    reload: () => page.reload(),
    waitForURL: async (pattern) => {
      const end = pattern.replace("**", "");
      await page.waitForFunction((end) => location.href.endsWith(end), {}, end);
    },
    keyboard: { press: (key) => page.keyboard.press(keyed(key)) },
  } as Actor;
}

function travel(by: number): Promise<unknown> {
  return new Promise((done) => {
    addEventListener("popstate", done, { once: true });
    history.go(by);
  });
}
