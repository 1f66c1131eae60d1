import type { Page } from "@playwright/test";
import { expect, type Lab, settled, test } from "../support/lab.js";

/** Holds the wasm back until it is let go. */
async function holdWasm(page: Page): Promise<() => void> {
  let release = () => {};
  const held = new Promise<void>((done) => {
    release = done;
  });
  await page.route("**/*.wasm", async (route) => {
    await held;
    await route.continue();
  });
  return release;
}

/** The conversions gained since. */
async function gained(lab: Lab, before: Record<string, number>): Promise<Record<string, number>> {
  const gains = Object.entries(await lab.stored()).map(
    ([goal, count]) => [goal, count - (before[goal] ?? 0)] as const,
  );
  return Object.fromEntries(gains.filter(([, count]) => count !== 0));
}

const HTML = `<div class="cart"><div class="row"><button class="pay" onclick="this.remove()">Pay
  </button></div></div><form id="f" onsubmit="this.remove(); return false"><button id="send">Send
  </button></form>`;

/** What a person does who is faster than our wasm. */
async function hurry(page: Page): Promise<void> {
  await page.waitForFunction("window.ttoolab?.started");
  await page.click(".pay");
  await page.click("#send");
  await page.evaluate(`new Promise((done) => {
    history.pushState(null, "", "/lab/one");
    setTimeout(() => { history.pushState(null, "", "?step=2"); setTimeout(done) });
  })`);
}

test("what an exposed visitor does before the wasm has come counts, as it was then", async ({
  lab,
}) => {
  const page = await lab.open({ html: HTML });
  await settled(page);
  const before = await lab.stored();
  const release = await holdWasm(page);
  await page.goto(lab.url("/lab/two"));
  await hurry(page);
  release();
  await settled(page);
  expect(await gained(lab, before)).toEqual({ "in-cart": 1, form: 1, two: 1, one: 2, query: 1 });
});

test("what a visitor does before the first exposure does not count", async ({ lab }) => {
  const page = await lab.page({ html: HTML });
  const before = await lab.stored();
  const release = await holdWasm(page);
  await page.goto(lab.url("/lab/two"));
  await hurry(page);
  release();
  await settled(page);
  // The page that stands when the variant is shown is seen after it.
  expect(await gained(lab, before)).toEqual({ one: 1, query: 1 });
});

test("without consent nothing of it is kept", async ({ lab }) => {
  const required = '<script>window.ttoolabSettings = { consent: "required" }</script>';
  const before = await lab.stored();
  const held = await lab.page({ html: HTML, head: required });
  const release = await holdWasm(held);
  await held.goto(lab.url("/lab/two"));
  await hurry(held);
  release();
  await held.waitForFunction("window.ttoolab.version");
  await held.evaluate("ttoolab.consent('granted')");
  await settled(held);
  expect(await gained(lab, before)).toEqual({ one: 1, query: 1 });
});
