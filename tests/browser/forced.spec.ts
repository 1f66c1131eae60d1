import type { Collector } from "../support/collector.js";
import { conversions, type Results } from "../support/results.js";
import { expect, test } from "../support/test.js";
import { buyLamp, newVisitor, openShop, ready } from "../support/visitor.js";

test("a forced variant is shown, and nothing is sent for its experiment", async ({
  browser,
  collector,
}) => {
  const { page, arms } = await newVisitor(browser, collector, "control");
  await page.goto(`${collector.origin}/demo/?ttoolab_force=hero:b`);
  await ready(page);
  await expect(page.locator("#hero-cta")).toHaveText("Bring the evening home");
  expect(await page.evaluate(() => window.ttoolab?.getVariant("hero"))).toBe("b");
  await buyLamp(page);
  // The other experiment goes on, so all that would have come has come.
  await expect
    .poll(() => conversions(collector, "product-page", arms["product-page"] as string))
    .toMatchObject({ order: [1, 1] });
  expect(await everybody(collector)).toBe(0);

  await openShop(page, collector);
  await expect(page.locator("#hero-cta")).toHaveText("See the Halden lamp");
  expect(await page.evaluate(() => window.ttoolab?.getVariant("hero"))).toBe("control");
  await expect.poll(() => everybody(collector)).toBe(1);
});

/** The visitors of `hero` in every variant, also those that no token covers. */
async function everybody(collector: Collector): Promise<number> {
  const { variants } = await collector.api<Results>("hero/results?lane=all&flagged=include");
  return variants.reduce((sum, { exposures }) => sum + exposures, 0);
}
