import type { Page } from "@playwright/test";
import { exposures } from "../support/results.js";
import { projectWith, sitePage } from "../support/site.js";
import { expect, test } from "../support/test.js";
import { newVisitor, ready } from "../support/visitor.js";

const BODY = `
  <h1 id="title" class="old plain" style="margin: 1px">Original</h1>
  <a id="link" href="/old">Link</a>
  <p id="note">note</p><p id="gone">gone</p>
  <form id="form"><input name="style"><input name="remove"><input name="setAttribute"></form>
  <div id="list"></div>`;

const LATE = `<p class="late">Original</p>`;

/** What was refused, as `debug()` and `on("drop")` say it. */
async function refusals(page: Page): Promise<{ counted: number; said: string[] }> {
  return page.evaluate(() => {
    const state = window.ttoolab?.debug() as { drops: Record<string, number> };
    const { drops } = window as unknown as { drops: { reason: string; change: string }[] };
    const said = drops.filter(({ reason }) => reason === "changeRefused");
    return {
      counted: state.drops.changeRefused ?? 0,
      said: said.map(({ change }) => change).sort(),
    };
  });
}

/** Keeps what `on("drop")` brings. */
const LISTENING = `<script nonce="test">
  window.drops = [];
  addEventListener("DOMContentLoaded", () => ttoolab.on("drop", (drop) => drops.push(drop)));
</script>`;

test.describe("every operation", () => {
  test.use({
    projects: [
      projectWith([
        ["#title", "set_text", "First"],
        ["#title", "set_html", "Buy <b style='color: red'>now</b>"],
        ["#title b", "add_class", "big bold"],
        ["#title", "remove_class", "old missing"],
        ["#title", "set_style", "rgb(1, 2, 3)", "color"],
        ["#title", "set_style", "margin: 2px !important; padding: 3px"],
        ["#link", "set_attribute", "/new", "href"],
        ["#link", "set_attribute", "title=A = B"],
        ["#link", "set_attribute", "color: red", "style"],
        ["#note", "hide"],
        ["#gone", "remove"],
        ["#form", "set_attribute", "/send", "action"],
        ["#form", "hide"],
        [".late", "set_text", "Changed"],
      ]),
    ],
  });

  test("is applied in order, before the exposure is recorded", async ({ browser, collector }) => {
    const { page } = await newVisitor(browser, collector, "b");
    // What the page looked like when the exposure was written down.
    await page.addInitScript(() => {
      const { setItem } = Storage.prototype;
      Storage.prototype.setItem = function (key, value) {
        if (key.includes(":exposure:")) {
          Object.assign(window, { exposed: document.getElementById("title")?.outerHTML });
        }
        return setItem.call(this, key, value);
      };
    });
    const url = await sitePage(page, collector, "/shop", { body: BODY, head: LISTENING });
    await page.goto(url);
    await ready(page);
    const title = page.locator("#title");
    await expect(title).toHaveText("Buy now");
    await expect(title).toHaveClass("plain");
    await expect(title.locator("b")).toHaveClass("big bold");
    expect(await page.evaluate(() => document.getElementById("title")?.style.cssText)).toBe(
      "margin: 2px !important; color: rgb(1, 2, 3); padding: 3px;",
    );
    const link = page.locator("#link");
    await expect(link).toHaveAttribute("href", "/new");
    await expect(link).toHaveAttribute("title", "A = B");
    await expect(link).toHaveCSS("color", "rgb(255, 0, 0)");
    await expect(page.locator("#note")).toBeHidden();
    await expect(page.locator("#gone")).toHaveCount(0);
    await expect(page.locator("#form")).toHaveAttribute("action", "/send");
    await expect(page.locator("#form")).toBeHidden();
    const exposed = await page.evaluate(() => (window as unknown as { exposed: string }).exposed);
    expect(exposed).toContain("Buy <b");
    expect(await refusals(page)).toEqual({ counted: 0, said: [] });
    await expect.poll(() => exposures(collector, "hero", "b")).toBe(1);
  });

  test("reaches what comes later, and what the page draws again", async ({
    browser,
    collector,
  }) => {
    const { page } = await newVisitor(browser, collector, "b");
    await page.goto(await sitePage(page, collector, "/shop", { body: BODY }));
    await ready(page);
    const later = await page.evaluate(async (html) => {
      const list = document.getElementById("list") as HTMLElement;
      const text = () => list.firstElementChild?.textContent;
      const seen: unknown[] = [];
      // A microtask later, which is before anything is painted.
      const settled = () => Promise.resolve().then(() => {});
      list.innerHTML = html;
      await settled();
      seen.push(text());
      // As a framework writes: into the text node that it finds, and into the attribute.
      (list.firstElementChild?.firstChild as Text).data = "Redrawn";
      await settled();
      seen.push(text());
      const link = document.getElementById("link") as HTMLAnchorElement;
      link.setAttribute("href", "/old");
      await settled();
      seen.push(link.getAttribute("href"));
      return seen;
    }, LATE);
    expect(later).toEqual(["Changed", "Changed", "/new"]);
  });

  test("gives way to a page that always takes it back", async ({ browser, collector }) => {
    const { page } = await newVisitor(browser, collector, "b");
    await page.goto(await sitePage(page, collector, "/shop", { body: BODY }));
    await ready(page);
    const text = await page.evaluate(async () => {
      const note = document.createElement("p");
      note.className = "late";
      const restore = () => {
        if (note.textContent !== "Original") note.textContent = "Original";
      };
      new MutationObserver(restore).observe(note, { childList: true });
      restore();
      document.body.append(note);
      await new Promise((done) => setTimeout(done));
      return note.textContent;
    });
    expect(text).toBe("Original");
  });
});

test.describe("a policy", () => {
  const SCRIPTS = "script-src 'nonce-test' 'wasm-unsafe-eval'; connect-src 'self'";
  test.use({
    projects: [
      projectWith([
        ["#title", "set_html", "Buy <i style='color: red'>now</i>"],
        ["#note", "set_text", "Noted"],
        ["#link", "set_style", "red", "color"],
        ["#link", "set_attribute", "background: blue", "style"],
        ["#gone", "hide"],
      ]),
    ],
  });

  for (const [name, policy, title, said] of [
    ["Trusted Types", "require-trusted-types-for 'script'", "Original", ["set_html #title"]],
    ["a strict one", `default-src 'none'; ${SCRIPTS}`, "Buy now", ["set_html #title"]],
    ["none", undefined, "Buy now", []],
  ] as const) {
    test(`${name} that forbids an operation is a reason, and nothing else`, async ({
      browser,
      collector,
    }) => {
      const { page } = await newVisitor(browser, collector, "b");
      const errors: Error[] = [];
      page.on("pageerror", (error) => errors.push(error));
      const site = { body: BODY, head: LISTENING, ...(policy ? { policy } : {}) };
      await page.goto(await sitePage(page, collector, "/shop", site));
      await ready(page);
      await expect(page.locator("#note")).toHaveText("Noted");
      await expect(page.locator("#title")).toHaveText(title);
      // By way of the CSSOM, which no policy about inline styles is about.
      await expect(page.locator("#link")).toHaveCSS("color", "rgb(255, 0, 0)");
      await expect(page.locator("#link")).toHaveCSS("background-color", "rgb(0, 0, 255)");
      await expect(page.locator("#gone")).toBeHidden();
      await expect.poll(() => refusals(page)).toEqual({ counted: said.length, said });
      await expect.poll(() => exposures(collector, "hero", "b")).toBe(1);
      expect(errors).toEqual([]);
    });
  }
});

test.describe("watching for elements to come", () => {
  test.use({
    projects: [
      projectWith([[".late", "set_text", "Changed"]], {
        urlRules: [{ match: "contains", pattern: "/shop" }],
      }),
    ],
  });

  test("ends where the experiment ends, and begins again with it", async ({
    browser,
    collector,
  }) => {
    const { page } = await newVisitor(browser, collector, "b");
    // How many observers watch the whole document.
    await page.addInitScript(() => {
      const watching = new Set<MutationObserver>();
      Object.assign(window, { watching });
      const { observe, disconnect } = MutationObserver.prototype;
      MutationObserver.prototype.observe = function (target, options) {
        if (target === document) watching.add(this);
        return observe.call(this, target, options);
      };
      MutationObserver.prototype.disconnect = function () {
        watching.delete(this);
        return disconnect.call(this);
      };
    });
    const watching = () =>
      page.evaluate(() => (window as unknown as { watching: Set<unknown> }).watching.size);
    const others = async (path: string) => {
      await page.evaluate((path) => history.pushState(null, "", path), path);
    };
    await page.goto(await sitePage(page, collector, "/shop", { body: BODY }));
    await ready(page);
    const before = await watching();
    await others("/elsewhere");
    await expect.poll(watching).toBe(before - 1);
    await page.evaluate((html) => document.body.insertAdjacentHTML("beforeend", html), LATE);
    await expect(page.locator(".late")).toHaveText("Original");
    await others("/shop?again");
    await expect(page.locator(".late")).toHaveText("Changed");
    expect(await watching()).toBe(before);
  });

  test("ends when the page changes and changes and never brings any", async ({
    browser,
    collector,
  }) => {
    const { page } = await newVisitor(browser, collector, "b");
    await page.goto(await sitePage(page, collector, "/shop", { body: BODY }));
    await ready(page);
    const churn = (times: number) =>
      page.evaluate(async (times) => {
        for (let at = 0; at < times; at++) {
          document.getElementById("note")?.replaceChildren(String(at));
          await null;
        }
      }, times);
    const late = () =>
      page.evaluate(async (html) => {
        const list = document.getElementById("list") as HTMLElement;
        list.innerHTML = html;
        await null;
        return list.textContent;
      }, LATE);
    await churn(9_000);
    expect(await late()).toBe("Changed");
    await churn(10_100);
    expect(await late()).toBe("Original");
    // A navigation winds it up again.
    await page.evaluate(() => history.pushState(null, "", "/shop?next"));
    await expect(page.locator(".late")).toHaveText("Changed");
  });
});
