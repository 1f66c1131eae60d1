import { conversions, type Daily, exposures, GOALS, revenue, stored } from "../support/results.js";
import { expect, test } from "../support/test.js";
import { buyLamp, openShop, shopVisitor, signUp } from "../support/visitor.js";

const ONCE = [1, 1];
const NEVER = [0, 0];

test("a purchase is stored for the right variant and day, and survives SIGKILL", async ({
  browser,
  collector,
}) => {
  const days = [today()];
  const visitors = [];
  for (const variant of ["control", "b"] as const) {
    const { page, arms } = await shopVisitor(browser, collector, variant);
    await expect(page.locator("#hero-cta")).toHaveText(
      variant === "b" ? "Bring the evening home" : "See the Halden lamp",
    );
    await signUp(page);
    await buyLamp(page);
    visitors.push(arms);
  }
  days.push(today());

  for (const arms of visitors) {
    const hero = arms.hero as string;
    await expect
      .poll(() => conversions(collector, "hero", hero))
      .toEqual(Object.fromEntries(GOALS.map((goal) => [goal, ONCE])));
    expect(await exposures(collector, "hero", hero)).toBe(1);
    expect(await revenue(collector, "hero", hero)).toEqual([
      expect.objectContaining({ currency: "USD", orders: 1, gross: "249.00", net: "249.00" }),
    ]);
  }

  // This experiment began on the product page: the sign-up came before it, the rest after.
  const { goals } = await stored(collector, "product-page");
  for (const goal of goals) {
    const all = goal.variants.reduce((sum, variant) => sum + variant.conversions, 0);
    expect(all, goal.goalKey).toBe(goal.goalKey === "newsletter" ? 0 : 2);
  }

  const daily = await collector.api<Daily>("hero/daily");
  expect(daily.days).toHaveLength(1);
  expect(days).toContain(daily.days[0]?.day);

  const before = await Promise.all(["hero", "product-page"].map((e) => stored(collector, e)));
  await collector.kill();
  await collector.restart();
  const after = await Promise.all(["hero", "product-page"].map((e) => stored(collector, e)));
  expect(after).toEqual(before);
});

test("track() in the page converts the custom event and the revenue goal once", async ({
  browser,
  collector,
}) => {
  const { page } = await shopVisitor(browser, collector, "b");
  await page.evaluate(() => {
    window.ttoolab?.track("purchase", { revenue: 99.9, currency: "USD" });
  });
  await expect
    .poll(() => conversions(collector, "hero", "b"))
    .toEqual({
      order: ONCE,
      aov: ONCE,
      "add-to-cart": NEVER,
      "thank-you": NEVER,
      checkout: NEVER,
      newsletter: NEVER,
    });
  expect(await revenue(collector, "hero", "b")).toEqual([
    expect.objectContaining({ currency: "USD", orders: 1, gross: "99.90" }),
  ]);
  expect(await conversions(collector, "hero", "control")).toMatchObject({ order: NEVER });
});

test("two pages of one visitor are one exposure, and every order counts", async ({
  browser,
  collector,
}) => {
  const { page } = await shopVisitor(browser, collector, "control");
  await buyLamp(page);
  await openShop(page, collector);
  await buyLamp(page);
  await expect
    .poll(() => conversions(collector, "hero", "control"))
    .toMatchObject({ order: [1, 2], "thank-you": [1, 2], checkout: [1, 2] });
  expect(await exposures(collector, "hero", "control")).toBe(1);
  expect(await revenue(collector, "hero", "control")).toEqual([
    expect.objectContaining({ orders: 2, gross: "498.00" }),
  ]);
});

/** The day in UTC, which is the demo project's time zone. */
function today(): string {
  return new Date().toISOString().slice(0, 10);
}
