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

const HTML = `<div class="cart"><div class="row"><button class="pay" onclick="this.remove()">Pay
  </button></div></div><form id="f" onsubmit="this.remove(); return false"><button id="send">Send
  </button></form>`;

/** Opens a page and does what a person does who is faster than our wasm; then that comes. */
async function hurry(lab: Lab, page: Page): Promise<void> {
  const release = await holdWasm(page);
  await page.goto(lab.url("/lab/two"));
  await page.waitForFunction("window.ttoolab?.started");
  await page.click(".pay");
  await page.click("#send");
  await page.evaluate(`new Promise((done) => {
    history.pushState(null, "", "/lab/one");
    setTimeout(() => { history.pushState(null, "", "?step=2"); setTimeout(done) });
  })`);
  release();
}

test("what an exposed visitor does before the wasm has come counts, as it was then", async ({
  lab,
}) => {
  const page = await lab.open({ html: HTML });
  await settled(page);
  const before = await lab.stored();
  await hurry(lab, page);
  await settled(page);
  expect(await lab.gained(before)).toEqual({ "in-cart": 1, form: 1, two: 1, one: 2, query: 1 });
});

test("what a visitor does before the first exposure does not count", async ({ lab }) => {
  const page = await lab.page({ html: HTML });
  const before = await lab.stored();
  await hurry(lab, page);
  await settled(page);
  // The page that stands when the variant is shown is seen after it.
  expect(await lab.gained(before)).toEqual({ one: 1, query: 1 });
});

test("without consent nothing of it is kept", async ({ lab }) => {
  const required = '<script>window.ttoolabSettings = { consent: "required" }</script>';
  const before = await lab.stored();
  const held = await lab.page({ html: HTML, head: required });
  await hurry(lab, held);
  await held.waitForFunction("window.ttoolab.version");
  await held.evaluate("ttoolab.consent('granted')");
  await settled(held);
  expect(await lab.gained(before)).toEqual({ one: 1, query: 1 });
});
