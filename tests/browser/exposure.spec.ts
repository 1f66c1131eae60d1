import { type BarePage, Chromium } from "../support/chromium.js";
import { exposures } from "../support/results.js";
import { projectWith, sitePage } from "../support/site.js";
import { expect, test } from "../support/test.js";
import { idIn, newVisitor, ready } from "../support/visitor.js";

/** What the SDK has written down in this browser: whether it has the blob, and an exposure. */
const written = () => ({
  blob: localStorage.getItem("ttoolab:demo:blob") !== null,
  exposed: localStorage.getItem("ttoolab:demo:exposure:hero") !== null,
});

/** When the page was shown after it had been prerendered; 0 if it was not. */
const activationStart = () => {
  const [entry] = performance.getEntriesByType("navigation");
  return (entry as PerformanceNavigationTiming & { activationStart: number }).activationStart;
};

const isPrerendering = () => (document as Document & { prerendering?: boolean }).prerendering;

/** Asks the browser to prepare a page as if the visitor were to go there next. */
const prerender = (target: string) => {
  const rules = document.createElement("script");
  rules.type = "speculationrules";
  rules.textContent = JSON.stringify({ prerender: [{ urls: [target], eagerness: "immediate" }] });
  document.head.append(rules);
};

/** The twin: the same page, only loaded, in a frame. */
const load = (target: string) => {
  const frame = document.createElement("iframe");
  frame.src = target;
  document.body.append(frame);
};

// The blob is written before it is judged, in one task: who sees the blob and no exposure sees a
// page that has had its chance. The twin shows that this would be seen.
for (const [name, prepare, prerendered] of [
  ["a prerendered page exposes nobody before it is shown", prerender, true],
  ["the twin, which is only loaded, exposes at once", load, false],
] as const) {
  test(name, async ({ collector }) => {
    const { id } = await idIn(collector, "b");
    const chromium = await Chromium.start();
    try {
      const target = `${collector.origin}/demo/?prepared`;
      const pages = await chromium.open();
      await expect.poll(() => pages.length).toBe(1);
      const first = pages[0] as BarePage;
      // A page of that origin without the SDK.
      await first.goto(`${collector.origin}/sdk/stub.js`);
      await expect.poll(() => first.evaluate(() => location.pathname)).toBe("/sdk/stub.js");
      await first.evaluate((id) => localStorage.setItem("ttoolab:id", id as string), id);
      await first.evaluate(prepare, target);
      await expect.poll(async () => (await first.evaluate(written)).blob).toBe(true);
      expect((await first.evaluate(written)).exposed).toBe(!prerendered);
      expect(pages).toHaveLength(prerendered ? 2 : 1);
      const prepared = pages[1];
      if (prepared) {
        expect(await prepared.evaluate(isPrerendering)).toBe(true);
        expect(await exposures(collector, "hero", "b")).toBe(0);
      } else {
        await expect.poll(() => exposures(collector, "hero", "b")).toBe(1);
      }

      await first.evaluate((target) => {
        location.href = target as string;
      }, target);
      const shown = prepared ?? first;
      await expect
        .poll(() => shown.evaluate(() => document.querySelector("#hero-cta")?.textContent?.trim()))
        .toBe("Bring the evening home");
      // Else the first of the two has shown nothing.
      if (prerendered) await expect.poll(() => shown.evaluate(activationStart)).toBeGreaterThan(0);
      else expect(await shown.evaluate(activationStart)).toBe(0);
      await expect.poll(() => exposures(collector, "hero", "b")).toBe(1);
    } finally {
      await chromium.close();
    }
  });
}

test.describe("one visitor", () => {
  test.use({ projects: [projectWith([["#title", "set_text", "Buy now"]])] });

  test("is exposed once, wherever a router leads and however often", async ({
    browser,
    collector,
  }) => {
    const { page } = await newVisitor(browser, collector, "b");
    const sent: string[] = [];
    page.on("request", (request) => sent.push(request.postData() ?? ""));
    await page.goto(await sitePage(page, collector, "/shop", { body: `<h1 id="title">x</h1>` }));
    await ready(page);
    for (const path of ["/a", "/b?c", "/shop", "#d", "/a"]) {
      await page.evaluate((path) => history.pushState(null, "", path), path);
      await page.evaluate(() => new Promise((done) => setTimeout(done)));
    }
    await page.evaluate(() => window.ttoolab?.track("purchase"));
    await page.evaluate(() => window.ttoolab?.flush());
    await expect.poll(() => exposures(collector, "hero", "b")).toBe(1);
    // The collector would count one of several; there must not be several.
    expect(sent.join().match(/"eventName":"\$exposure"/g)).toHaveLength(1);
  });
});
