import { conversions, exposures } from "../support/results.js";
import { expect, test } from "../support/test.js";
import { newVisitor, openShop, ready, shopVisitor, signUp } from "../support/visitor.js";

test("a click counts although the page stops it from travelling on", async ({
  browser,
  collector,
}) => {
  const { page } = await newVisitor(browser, collector, "b");
  await page.addInitScript(() => {
    document.addEventListener("click", (event) => event.stopImmediatePropagation(), true);
  });
  await openShop(page, collector);
  await page.evaluate(() => {
    const button = document.createElement("button");
    button.id = "checkout-button";
    button.innerHTML = "<span><b>Pay</b></span>";
    document.body.append(button);
  });
  await page.click("#checkout-button b");
  await expect
    .poll(() => conversions(collector, "hero", "b"))
    .toMatchObject({ checkout: [1, 1], order: [0, 0] });
});

test("a submission counts when the page handles it itself, not when validation stops it", async ({
  browser,
  collector,
}) => {
  const { page } = await shopVisitor(browser, collector, "b");
  await page.click("#newsletter button");
  await signUp(page);
  await expect
    .poll(() => conversions(collector, "hero", "b"))
    .toMatchObject({ newsletter: [1, 1] });
});

const navigations: Record<string, () => void> = {
  pushState: () => history.pushState(null, "", "/demo/order-confirmation?order=1"),
  replaceState: () => history.replaceState(null, "", "/demo/order-confirmation?order=1"),
  hashchange: () => {
    location.hash = "#/order-confirmation";
  },
};

for (const [name, navigate] of Object.entries(navigations)) {
  test(`${name} is one page view of the URL it ends at`, async ({ browser, collector }) => {
    const { page } = await shopVisitor(browser, collector, "b");
    await page.evaluate(navigate);
    await expect
      .poll(() => conversions(collector, "hero", "b"))
      .toMatchObject({ "thank-you": [1, 1] });
  });
}

test("going back is a page view, replacing a URL by itself is none", async ({
  browser,
  collector,
}) => {
  const { page } = await newVisitor(browser, collector, "b");
  await page.goto(`${collector.origin}/demo/order-confirmation`);
  await ready(page);
  await page.evaluate(() => history.replaceState({ again: true }, "", location.href));
  await page.evaluate(() => history.pushState(null, "", "/demo/elsewhere"));
  await page.goBack();
  await expect
    .poll(() => conversions(collector, "hero", "b"))
    .toMatchObject({ "thank-you": [1, 2] });
});

test("an experiment starts on its page, also when a router leads there", async ({
  browser,
  collector,
}) => {
  const { page, arms } = await shopVisitor(browser, collector, "b");
  const variant = arms["product-page"] as string;
  expect(await exposures(collector, "product-page", variant)).toBe(0);
  await page.click('a.card[href$="/product/halden-table-lamp"]');
  await expect.poll(() => exposures(collector, "product-page", variant)).toBe(1);
  await expect(page.locator("#add-to-cart")).toHaveText(
    variant === "b" ? "Add to cart, free delivery" : "Add to cart",
  );
});
