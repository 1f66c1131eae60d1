import { conversions, exposures } from "../support/results.js";
import { expect, test } from "../support/test.js";
import { newVisitor, openShop, ready, shopVisitor } from "../support/visitor.js";

test("what happens while the collector is down arrives once it is back, once", async ({
  browser,
  collector,
}) => {
  const { page } = await shopVisitor(browser, collector, "b");
  await expect.poll(() => exposures(collector, "hero", "b")).toBe(1);
  await collector.kill();
  await page.evaluate(() => {
    window.ttoolab?.track("purchase", { revenue: 10, currency: "USD", order_id: "offline" });
  });
  await page.close();
  await collector.restart();
  const again = await page.context().newPage();
  await openShop(again, collector);
  await expect.poll(() => conversions(collector, "hero", "b")).toMatchObject({ order: [1, 1] });
});

test("a call before the SDK has loaded is kept with its time", async ({ browser, collector }) => {
  const { page } = await shopVisitor(browser, collector, "b");
  await expect.poll(() => exposures(collector, "hero", "b")).toBe(1);

  // The next page calls from an inline script, before anything of ours is there.
  await page.addInitScript(() => {
    document.addEventListener("DOMContentLoaded", () => {
      window.ttoolab?.track("purchase", { revenue: 5 });
    });
  });
  let release = () => {};
  const held = new Promise<void>((done) => {
    release = done;
  });
  await page.route("**/sdk/ttoolab.js", async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(`${collector.origin}/demo/cart`, { waitUntil: "domcontentloaded" });
  release();
  await ready(page);
  await expect.poll(() => conversions(collector, "hero", "b")).toMatchObject({ order: [1, 1] });
});

test("a call right before leaving the page is delivered", async ({ browser, collector }) => {
  const { page } = await shopVisitor(browser, collector, "b");
  await page.evaluate(() => {
    window.ttoolab?.track("purchase", { revenue: 5 });
    location.href = "about:blank";
  });
  await expect.poll(() => conversions(collector, "hero", "b")).toMatchObject({ order: [1, 1] });
});

test("a visit of a driven browser is kept, and left out of the numbers", async ({
  browser,
  collector,
}) => {
  const { page } = await newVisitor(browser, collector, "b");
  await page.addInitScript(() => {
    Object.defineProperty(navigator, "webdriver", { get: () => true });
  });
  await openShop(page, collector);
  await expect
    .poll(async () => (await collector.api<{ flagged: number }>("hero/health")).flagged)
    .toBe(1);
  expect(await exposures(collector, "hero", "b")).toBe(0);
});
