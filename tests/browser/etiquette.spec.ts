import type { Page } from "@playwright/test";
import { expect, type Lab, settled, test } from "../support/lab.js";

/** A page that writes down everything it can see of its own events. */
const HTML = `
  <main><a class="out" href="#there">Link</a> <button id="go">Go</button>
  <label for="box">Label</label><input type="checkbox" id="box">
  <form id="f" method="post" action="/lab/two"><input name="q" value="1"><input name="submit" value="2">
    <button name="how" value="button">Send</button></form>
  <form class="other"><input required name="needed"><button id="invalid">Invalid</button></form></main>
  <script>
    const seen = (window.seen = []);
    const names = ["click", "auxclick", "mousedown", "keydown", "focusin", "submit", "invalid", "input",
      "change", "popstate", "hashchange"];
    for (const name of names)
      for (const target of [window, document, document.querySelector("main")])
        for (const capture of [true, false])
          target.addEventListener(name, (event) => {
            seen.push([name, target.nodeName ?? "window", capture, event.target.id ?? "", event.isTrusted,
              event.defaultPrevented, event.cancelBubble, event.composedPath().length].join(" "));
          }, capture);
  </script>`;

/** Does what people and routers do, and gives back what the page saw. */
async function use(page: Page): Promise<unknown> {
  await page.click("a");
  await page.click("#go");
  await page.click("label");
  await page.press("#go", "Enter");
  await page.click("a", { button: "middle" });
  await page.click("#invalid");
  await page.evaluate(async () => {
    history.pushState({ own: 1 }, "", "?pushed");
    history.replaceState({ own: 2 }, "", "?replaced");
    location.hash = "elsewhere";
    await new Promise((done) => setTimeout(done));
  });
  const seen = await page.evaluate("window.seen");
  const state = await page.evaluate(() => ({
    length: history.length,
    state: history.state,
    url: location.pathname + location.search + location.hash,
    active: document.activeElement?.id,
    checked: (document.querySelector("#box") as HTMLInputElement).checked,
  }));
  return { seen, state };
}

/** The body of the form as the server gets it. */
async function sentForm(page: Page): Promise<string | null> {
  const sent = page.waitForRequest("**/lab/two");
  await page.click("#f button");
  return (await sent).postData();
}

async function watched(lab: Lab, isPresent: boolean): Promise<unknown> {
  const page = await lab.page({ html: HTML });
  if (!isPresent) await page.route("**/sdk/ttoolab.js", (route) => route.abort());
  await page.goto(lab.url("/lab/start"));
  if (isPresent) await settled(page);
  const used = await use(page);
  const form = await sentForm(page);
  await page.context().close();
  return { used, form };
}

test("a page with the SDK sees what it sees without", async ({ lab }) => {
  const without = await watched(lab, false);
  expect(await watched(lab, true)).toEqual(without);
  expect(JSON.stringify(without)).toContain("invalid");
});

test("loading it twice, and starting it twice, changes nothing", async ({ lab }) => {
  await lab.check({
    name: "",
    html: `<button id="go">Go</button><form id="f" onsubmit="return false"><button class="send">Send
      </button></form>
      <script async src="${lab.collector.origin}/sdk/ttoolab.js" data-project-key="lab"></script>`,
    act: async (page) => {
      await page.evaluate(() => {
        window.ttoolab?.init({ projectKey: "lab" });
        const again = document.createElement("script");
        again.src = document.querySelector<HTMLScriptElement>("[data-project-key]")?.src ?? "";
        again.dataset.projectKey = "lab";
        document.head.append(again);
        return new Promise((done) => again.addEventListener("load", done));
      });
      await page.click("#go");
      await page.click(".send");
    },
    gains: { go: 1, "by-hand": 1, form: 1 },
  });
});

test("clear() leaves nothing behind, and the next start is another visitor's", async ({ lab }) => {
  const patched = `<script>window.before = [HTMLFormElement.prototype.submit,
    HTMLFormElement.prototype.requestSubmit, history.pushState, history.replaceState]</script>`;
  const page = await lab.open({ html: '<button id="go">Go</button>', head: patched });
  await settled(page);
  const id = await page.evaluate("ttoolab.debug().anonymousId");
  await page.evaluate("ttoolab.clear()");
  const before = await lab.stored();
  await page.click("#go");
  await page.evaluate("ttoolab.track('event')");
  await settled(page);
  expect(await lab.stored()).toEqual(before);
  expect(await page.evaluate("Object.keys(localStorage)")).toEqual([]);
  const restored = `[HTMLFormElement.prototype.submit, HTMLFormElement.prototype.requestSubmit,
    history.pushState, history.replaceState].every((now, at) => now === before[at])`;
  expect(await page.evaluate(restored)).toBe(true);

  await page.evaluate("ttoolab.init({ projectKey: 'lab' })");
  await settled(page);
  expect(await page.evaluate("ttoolab.debug().anonymousId")).not.toBe(id);
  await page.click("#go");
  await settled(page);
  expect((await lab.stored()).go).toBe((before.go ?? 0) + 1);
});
