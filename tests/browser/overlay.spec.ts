import type { Browser, Page } from "@playwright/test";
import type { Collector } from "../support/collector.js";
import { conversions, exposures } from "../support/results.js";
import { projectWith, type SitePage, sitePage } from "../support/site.js";
import { expect, test } from "../support/test.js";
import { newVisitor, ready } from "../support/visitor.js";

test.use({ projects: [projectWith([["#title", "set_html", "Buy <b>now</b>"]])] });

const BODY = `<h1 id="title">Original</h1><button id="checkout-button">Pay</button>`;

/** A visitor of `b` whose overlay can be looked into: closed roots are closed to tests as well. */
async function visitor(browser: Browser, collector: Collector): Promise<Page> {
  const { page } = await newVisitor(browser, collector, "b");
  await page.addInitScript(() => {
    const { attachShadow } = Element.prototype;
    Element.prototype.attachShadow = function () {
      return attachShadow.call(this, { mode: "open" });
    };
  });
  return page;
}

async function open(page: Page, collector: Collector, query: string, site: Partial<SitePage> = {}) {
  await page.goto((await sitePage(page, collector, "/shop", { body: BODY, ...site })) + query);
  await ready(page);
}

/** A section of the overlay. */
const section = (page: Page, title: string) =>
  page
    .locator("ttoolab-debug details")
    .filter({ has: page.locator("summary", { hasText: title }) });

test("the URL asks for it: it shows what happens and why, under the strictest policy", async ({
  browser,
  collector,
}) => {
  const page = await visitor(browser, collector);
  const faults: string[] = [];
  page.on("pageerror", ({ message }) => faults.push(message));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      // What the variant's own change meets is the refusal that the overlay shows.
      if (event.effectiveDirective !== "require-trusted-types-for") console.error(event.blockedURI);
    });
  });
  page.on("console", (message) => {
    if (message.type() === "error" && !/TrustedHTML/.test(message.text())) {
      faults.push(message.text());
    }
  });
  await open(page, collector, "?ttoolab_debug", {
    policy:
      "default-src 'none'; script-src 'nonce-test' 'wasm-unsafe-eval'; connect-src 'self'; " +
      "require-trusted-types-for 'script'; trusted-types 'none'",
  });
  await expect(section(page, "Assignments")).toContainText("hero");
  await expect(section(page, "Assignments").locator(".chip")).toHaveText(["b", "exposed"]);
  await expect(section(page, "Goals")).toContainText("click · #checkout-button");
  await expect(section(page, "Drops")).toContainText("changeRefused");
  await expect(section(page, "Drops")).toContainText("set_html #title");

  await page.click("#checkout-button");
  await page.evaluate(() => window.ttoolab?.track("purchase", { revenue: 5 }));
  const signals = section(page, "Signals").locator("li");
  await expect(signals).toHaveCount(3);
  await expect(signals.nth(0)).toContainText("purchase");
  await expect(signals.nth(0).locator(".verdict")).toContainText("counted");
  await expect(signals.nth(1)).toContainText("$click");
  await expect(signals.nth(1).locator(".verdict")).toContainText("checkout of hero");
  await expect(signals.nth(2)).toContainText("$url");
  await expect(signals.nth(2)).toContainText("no goal waits for it");
  // What it says is what the collector stored.
  await expect
    .poll(() => conversions(collector, "hero", "b"))
    .toEqual({ checkout: [1, 1], order: [1, 1] });
  await expect(section(page, "Outbox")).toContainText("0 events");
  await expect(section(page, "Outbox")).toContainText("3 events");
  await expect(section(page, "Goals").locator("li", { hasText: "checkout" })).toContainText("met");
  expect(faults).toEqual([]);
});

test("it is closed and folded by keyboard, and its own clicks are no signals", async ({
  browser,
  collector,
}) => {
  const page = await visitor(browser, collector);
  await open(page, collector, "?ttoolab_debug");
  const signals = section(page, "Signals").locator("li");
  await expect(signals).toHaveCount(1);
  // From the page's only control, by keys alone.
  await page.focus("#checkout-button");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(section(page, "Signals")).toBeHidden();
  await page.keyboard.press("Enter");
  await expect(section(page, "Signals")).toBeVisible();
  await page.click("#checkout-button");
  await expect(signals).toHaveCount(2);
  await page.locator("ttoolab-debug button", { hasText: "Close" }).focus();
  await page.keyboard.press("Escape");
  await expect(page.locator("ttoolab-debug")).toHaveCount(0);
});

test("nobody downloads it who does not ask; debug() does, and gives back the state", async ({
  browser,
  collector,
}) => {
  const { page } = await newVisitor(browser, collector, "b");
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("ttoolab-debug-")) asked.push(request.url());
  });
  await open(page, collector, "?q=ttoolab_debugger");
  await expect.poll(() => exposures(collector, "hero", "b")).toBe(1);
  await expect(page.locator("ttoolab-debug")).toHaveCount(0);
  expect(asked).toEqual([]);
  const state = await page.evaluate(() => {
    window.ttoolab?.debug();
    return window.ttoolab?.debug();
  });
  expect(state).toMatchObject({ projectKey: "demo", assignments: [{ variantKey: "b" }] });
  await expect(page.locator("ttoolab-debug")).toHaveCount(1);
  expect(asked).toHaveLength(1);
  // Closed to the page.
  expect(await page.evaluate(() => document.querySelector("ttoolab-debug")?.shadowRoot)).toBeNull();
  const answer = await page.request.get(asked[0] as string);
  expect(answer.headers()).toMatchObject({
    "cache-control": "public, max-age=31536000, immutable",
    "content-encoding": "br",
  });
});

test("the page's CSS does not reach it", async ({ browser, collector }) => {
  const page = await visitor(browser, collector);
  const head = `<style>* { display: none !important; color: red !important; width: 1px !important }
    dialog, html, body { display: block !important }</style>`;
  await open(page, collector, "?ttoolab_debug", { head });
  await expect(section(page, "Assignments")).toBeVisible();
  await expect(section(page, "Assignments").locator("summary")).not.toHaveCSS(
    "color",
    "rgb(255, 0, 0)",
  );
});

test("a forced variant is marked as one, with what its goals would have made of it", async ({
  browser,
  collector,
}) => {
  const page = await visitor(browser, collector);
  await open(page, collector, "?ttoolab_force=hero:b&ttoolab_debug=1");
  await expect(section(page, "Assignments").locator(".chip")).toHaveText(["b", "forced"]);
  await page.click("#checkout-button");
  const click = section(page, "Signals").locator("li").first();
  await expect(click).toContainText("not sent");
  await expect(click).toContainText("forced by the URL, so nothing is sent");
  await page.evaluate(() => window.ttoolab?.flush());
  expect(await exposures(collector, "hero", "b")).toBe(0);
});

test("it also comes with the npm entry", async ({ browser, collector }) => {
  const page = await visitor(browser, collector);
  const url = `${collector.origin}/app`;
  await page.route(url, (route) =>
    route.fulfill({
      contentType: "text/html",
      body: `<script type="module">
        import { debug, init } from "/sdk/index.js";
        init({ projectKey: "demo", endpoint: location.origin });
        debug();
      </script>${BODY}`,
    }),
  );
  await page.goto(url);
  await expect(section(page, "Assignments")).toContainText("hero");
});
