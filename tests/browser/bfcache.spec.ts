import { type Browser, chromium } from "@playwright/test";
import type { Collector } from "../support/collector.js";
import { chromium as launch } from "../support/launch.js";
import { conversions } from "../support/results.js";
import { expect, test } from "../support/test.js";
import { newVisitor, ready } from "../support/visitor.js";

/** Playwright switches the back/forward cache off; here it is what is tested. */
async function withCache<T>(use: (browser: Browser) => Promise<T>): Promise<T> {
  const browser = await chromium.launch({
    ...launch,
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  });
  try {
    return await use(browser);
  } finally {
    await browser.close();
  }
}

/**
 * Leaves the confirmation page and comes back to it; tells whether it came out of the cache. The
 * pages do it themselves, and leave a note: Playwright loses sight of a page in the cache.
 */
async function backAgain(browser: Browser, collector: Collector, head = ""): Promise<boolean> {
  const { page } = await newVisitor(browser, collector, "b");
  await page.addInitScript(`${head}
    addEventListener("pageshow", ({ persisted }) => {
      const away = location.pathname.endsWith("/away");
      if (away) setTimeout(() => history.back());
      else localStorage.setItem("shown", (localStorage.getItem("shown") ?? "") + Number(persisted));
    })`);
  const watching = await page.context().newPage();
  await watching.goto(`${collector.origin}/health`);
  await page.goto(`${collector.origin}/demo/order-confirmation`);
  await ready(page);
  await page.evaluate(
    "ttoolab.flush().then(() => void setTimeout(() => location.assign('/demo/away')))",
  );
  const shown = () => watching.evaluate("localStorage.getItem('shown')");
  await expect.poll(shown).toHaveLength(2);
  return (await shown()) === "01";
}

test("a page out of the back/forward cache is seen again, and we do not keep it out", async ({
  collector,
}) => {
  await withCache(async (browser) => {
    expect(await backAgain(browser, collector)).toBe(true);
    await expect
      .poll(() => conversions(collector, "hero", "b"))
      .toMatchObject({ "thank-you": [1, 2] });
  });
});

test("the twin: a page that listens for unload is kept out, and the test sees it", async ({
  collector,
}) => {
  await withCache(async (browser) => {
    const restored = await backAgain(browser, collector, 'addEventListener("unload", () => {})');
    expect(restored).toBe(false);
  });
});
