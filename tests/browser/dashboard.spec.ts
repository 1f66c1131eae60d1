import { expect, test } from "../support/test.js";
import { shopVisitor } from "../support/visitor.js";

test("the results page shows what was stored, to people with the key alone", async ({
  browser,
  collector,
}) => {
  const { page } = await shopVisitor(browser, collector, "b");
  await page.evaluate(() => {
    window.ttoolab?.track("purchase", { revenue: 99.9, currency: "USD" });
  });

  const admin = await browser.newPage();
  await admin.goto(`${collector.origin}/`);
  await expect(admin).toHaveURL(/\/login$/);
  await admin.fill("#key", "wrong");
  await admin.keyboard.press("Enter");
  await expect(admin.getByRole("alert")).toBeVisible();
  await admin.fill("#key", collector.adminKey);
  await admin.keyboard.press("Enter");

  await admin.click("text=Hero call to action");
  await expect
    .poll(async () => {
      await admin.reload();
      return admin.locator("section.primary tbody tr").nth(1).locator("td.number").allInnerTexts();
    })
    .toEqual(["1", "1", "100.00 %", "1"]);
  await expect(admin.locator("body")).toContainText("99.90");
});
