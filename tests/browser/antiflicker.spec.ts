import type { Page } from "@playwright/test";
import { builtText, projectWith, type SitePage, sitePage } from "../support/site.js";
import { expect, test } from "../support/test.js";
import { newVisitor } from "../support/visitor.js";

test.use({ projects: [projectWith([["#title", "set_text", "Buy now"]])] });

const BODY = `<h1 id="title">Original</h1><p>text</p>`;

async function site(attributes: string): Promise<SitePage> {
  const text = await builtText("antiflicker.js");
  return { body: BODY, afterStub: `<script nonce="test" ${attributes}>${text}</script>` };
}

/** A time that stands still for the page, so that nothing is shown because time passes. */
async function stopTime(page: Page): Promise<void> {
  await page.clock.install({ time: 0 });
  await page.clock.pauseAt(1_000);
}

const opacity = (page: Page, selector: string) =>
  page.locator(selector).evaluate((element) => getComputedStyle(element).opacity);

for (const [attributes, limit] of [
  ["", 800],
  ['data-limit="100"', 100],
  ['data-limit="5000"', 800],
  ['data-limit="soon"', 800],
] as const) {
  test(`without the SDK the page is shown after ${limit} ms (${attributes})`, async ({
    browser,
    collector,
  }) => {
    const { page } = await newVisitor(browser, collector, "b");
    await stopTime(page);
    await page.route("**/sdk/ttoolab.js", (route) => route.abort());
    await page.goto(await sitePage(page, collector, "/shop", await site(attributes)));
    await page.clock.runFor(limit - 1);
    expect(await opacity(page, "html")).toBe("0");
    await page.clock.runFor(1);
    expect(await opacity(page, "html")).toBe("1");
  });
}

test("only what was named is hidden, and a broken selector hides nothing more", async ({
  browser,
  collector,
}) => {
  const { page } = await newVisitor(browser, collector, "b");
  await stopTime(page);
  await page.route("**/sdk/ttoolab.js", (route) => route.abort());
  const named = await site('data-hide="#title, !"');
  await page.goto(await sitePage(page, collector, "/shop", named));
  expect(await opacity(page, "#title")).toBe("0");
  expect(await opacity(page, "p")).toBe("1");
  expect(await opacity(page, "html")).toBe("1");
});

const POLICY = "default-src 'none'; script-src 'nonce-test' 'wasm-unsafe-eval'; connect-src 'self'";
for (const [name, policy] of [
  ["no policy", undefined],
  ["a strict policy", POLICY],
] as const) {
  test(`the page is shown once the variant stands, with ${name}`, async ({
    browser,
    collector,
  }) => {
    const { page } = await newVisitor(browser, collector, "b");
    await stopTime(page);
    let release = () => {};
    const held = new Promise<void>((done) => {
      release = done;
    });
    await page.route("**/sdk/bootstrap*", async (route) => {
      await held;
      await route.continue();
    });
    const asked = page.waitForRequest("**/sdk/bootstrap*");
    const hidden = { ...(await site("")), ...(policy ? { policy } : {}) };
    await page.goto(await sitePage(page, collector, "/shop", hidden));
    await asked;
    expect(await opacity(page, "html")).toBe("0");
    release();
    // The clock stands still: it is not the limit that shows it.
    await expect.poll(() => opacity(page, "html")).toBe("1");
    await expect(page.locator("#title")).toHaveText("Buy now");
  });
}

test("without the stub nothing is hidden: nobody would tell when to show it", async ({
  browser,
  collector,
}) => {
  const { page } = await newVisitor(browser, collector, "b");
  await stopTime(page);
  const { afterStub } = await site("");
  await page.route("**/alone", (route) =>
    route.fulfill({ contentType: "text/html", body: `${afterStub}${BODY}` }),
  );
  await page.goto(`${collector.origin}/alone`);
  expect(await opacity(page, "html")).toBe("1");
});
