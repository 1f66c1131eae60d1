import type { Actor } from "../../support/actor.js";
import type { Interaction } from "../../support/lab.js";

const GO = '<button id="go"><span><b>Pay</b></span></button>';

/** Calls `code` in the page before anything else of it runs. */
const script = (code: string) => `<script>${code}</script>`;
const stopping = (where: string, method: string) =>
  script(`${where}.addEventListener("click", (event) => event.${method}(), true)`);

/** Makes a widget with a shadow root that holds `inside`. */
const widget = (mode: "open" | "closed", inside: string) =>
  `<x-widget></x-widget>${script(`
    document.querySelector("x-widget").attachShadow({ mode: "${mode}" }).innerHTML = \`${inside}\``)}`;

const clickGo = (page: Actor) => page.click("#go");
const once = { go: 1, "by-hand": 1 };

/** Every way to click. */
export const CLICKS: Interaction[] = [
  { name: "a click", html: GO, act: clickGo, gains: once },
  { name: "a click on a child", html: GO, act: (page) => page.click("#go b"), gains: once },
  {
    name: "two clicks are two",
    html: GO,
    act: (page) => page.dblclick("#go"),
    gains: { go: 2, "by-hand": 2 },
  },
  {
    name: "a click beside it is none",
    html: `${GO}<p>Text</p>`,
    act: async (page) => {
      await page.click("p");
      await page.evaluate(() => window.ttoolab?.track("event"));
    },
    gains: { event: 1 },
  },
  { name: "a keyboard's Enter", html: GO, act: (page) => page.press("#go", "Enter"), gains: once },
  { name: "a keyboard's space", html: GO, act: (page) => page.press("#go", "Space"), gains: once },
  {
    name: "a script's click counts, but not for trustedOnly",
    html: GO,
    act: (page) => page.evaluate(() => (document.querySelector("#go") as HTMLElement).click()),
    gains: { go: 1 },
  },
  {
    name: "a dispatched click counts",
    html: GO,
    act: (page) =>
      page.evaluate(() =>
        document.querySelector("#go b")?.dispatchEvent(new MouseEvent("click", { bubbles: true })),
      ),
    gains: { go: 1 },
  },
  {
    name: "a dispatched click that does not bubble counts",
    html: GO,
    act: (page) =>
      page.evaluate(() => document.querySelector("#go")?.dispatchEvent(new MouseEvent("click"))),
    gains: { go: 1 },
  },
  {
    name: "stopped at the button",
    html: `${GO}${stopping('document.querySelector("#go")', "stopPropagation")}`,
    act: clickGo,
    gains: once,
  },
  {
    name: "stopped at the document",
    html: `${GO}${stopping("document", "stopPropagation")}`,
    act: clickGo,
    gains: once,
  },
  {
    name: "stopped at once at the document",
    html: `${GO}${stopping("document", "stopImmediatePropagation")}`,
    act: clickGo,
    gains: once,
  },
  {
    name: "stopped at the window by a script that came later",
    html: `${GO}${script('onload = () => addEventListener("click", (event) => event.stopImmediatePropagation(), true)')}`,
    act: clickGo,
    gains: once,
  },
  {
    name: "prevented",
    html: `<a class="out" href="/lab/two">Out</a>${stopping("document", "preventDefault")}`,
    act: (page) => page.click("a.out"),
    gains: { out: 1 },
  },
  {
    name: "a button that removes itself",
    html: `${GO}${script('document.querySelector("#go").onclick = (event) => event.currentTarget.remove()')}`,
    act: clickGo,
    gains: once,
  },
  {
    name: "a child that is replaced by its handler",
    html: `${GO}${script('document.querySelector("#go").onclick = (event) => (event.currentTarget.innerHTML = "Paid")')}`,
    act: (page) => page.click("#go b"),
    gains: once,
  },
  {
    name: "a page that empties itself on pointerdown of another element",
    html: `<div id="app">${GO}</div>${script('addEventListener("mousedown", () => (document.querySelector("#go b").textContent = "…"))')}`,
    act: (page) => page.click("#go b"),
    gains: once,
  },
  {
    name: "a button that came later",
    html: script(
      "setTimeout(() => document.body.insertAdjacentHTML('beforeend', '<button id=go>Go</button>'))",
    ),
    act: clickGo,
    gains: once,
  },
  {
    name: "a selector that needs an ancestor",
    html: '<div class="cart"><div class="row"><button class="pay"><i>Pay</i></button></div></div>',
    act: (page) => page.click("i"),
    gains: { "in-cart": 1 },
  },
  {
    name: "the same outside of the ancestor",
    html: '<div class="row"><button class="pay">Pay</button></div><button id="go">Go</button>',
    act: async (page) => {
      await page.click(".pay");
      await page.click("#go");
    },
    gains: once,
  },
  {
    name: "a selector that counts siblings",
    html: "<ul><li>1</li><li>2</li></ul>",
    act: (page) => page.click("li:nth-child(2)"),
    gains: { second: 1 },
  },
  {
    name: "nested goals, each once",
    html: '<div class="card"><div class="card"><button class="inner" id="go">Go</button></div></div>',
    act: clickGo,
    gains: { ...once, card: 1, inner: 1 },
  },
  {
    name: "an open shadow root",
    html: widget("open", GO),
    act: clickGo,
    gains: { ...once, host: 1 },
  },
  {
    name: "an open shadow root within an open one",
    html: `<x-widget></x-widget>${script(`
      const outer = document.querySelector("x-widget").attachShadow({ mode: "open" });
      outer.innerHTML = "<section></section>";
      outer.querySelector("section").attachShadow({ mode: "open" }).innerHTML = '<button id="go">Go</button>'`)}`,
    act: clickGo,
    gains: { ...once, host: 1 },
  },
  {
    name: "the host of a closed shadow root",
    html: widget("closed", "<button style='width:200px'>Go</button>"),
    act: (page) => page.click("x-widget"),
    gains: { host: 1 },
  },
  {
    name: "a slotted element and the shadow around its slot",
    html: `<x-widget><b id="go">Go</b></x-widget>${script(`
      document.querySelector("x-widget").attachShadow({ mode: "open" }).innerHTML = '<div class="card"><slot></slot></div>'`)}`,
    act: clickGo,
    gains: { ...once, host: 1, card: 1 },
  },
  {
    name: "a selector does not reach across a shadow boundary",
    html: `<div class="card">${widget("open", '<button class="inner" id="go">Go</button>')}</div>`,
    act: clickGo,
    gains: { ...once, host: 1, card: 1 },
  },
  {
    name: "stopped inside a shadow root",
    html: widget("open", '<button id="go" onclick="event.stopPropagation()">Go</button>'),
    act: clickGo,
    gains: { ...once, host: 1 },
  },
  {
    name: "a label's forwarded click is the same action",
    html: '<div class="card"><label for="c">Yes</label><input id="c" type="checkbox"></div>',
    act: (page) => page.click("label"),
    gains: { card: 1 },
  },
  {
    name: "a label around its control",
    html: '<div class="card"><label><span>Yes</span><input type="checkbox"></label></div>',
    act: (page) => page.click("span"),
    gains: { card: 1 },
  },
  {
    name: "the control itself after its label is a second action",
    html: '<div class="card"><label for="c">Yes</label><input id="c" type="checkbox"></div>',
    act: async (page) => {
      await page.click("label");
      await page.click("#c");
    },
    gains: { card: 2 },
  },
  {
    name: "a link in a label forwards nothing",
    html: '<div class="card"><label for="c">Yes <a href="#terms">terms</a></label><input id="c" type="checkbox"></div>',
    act: async (page) => {
      await page.click("a");
      await page.click("#c");
    },
    gains: { card: 2 },
  },
  {
    name: "a card that clicks its link is one action",
    html: `<div class="card"><p>Card</p><a class="out" href="#x">More</a></div>${script(`
      document.querySelector("p").onclick = () => document.querySelector("a").click()`)}`,
    act: (page) => page.click("p"),
    gains: { card: 1, out: 1 },
  },
  {
    name: "a disabled button",
    html: '<button id="go" disabled>Go</button><button class="card">Other</button>',
    act: async (page) => {
      await page.click("#go", { force: true });
      await page.click(".card");
    },
    gains: { card: 1 },
  },
  {
    name: "a child of a disabled button",
    html: '<button id="go" disabled><b>Go</b></button><button class="card">Other</button>',
    act: async (page) => {
      await page.click("#go b", { force: true });
      await page.evaluate(() =>
        document.querySelector("#go b")?.dispatchEvent(new MouseEvent("click", { bubbles: true })),
      );
      await page.click(".card");
    },
    gains: { card: 1 },
  },
  {
    name: "a button in a disabled fieldset",
    html: '<fieldset disabled><button id="go">Go</button></fieldset><button class="card">Other</button>',
    act: async (page) => {
      await page.click("#go", { force: true });
      await page.click(".card");
    },
    gains: { card: 1 },
  },
  {
    name: "a middle click on a link",
    html: '<a class="out" href="/lab/start">Out</a>',
    act: (page) => page.click("a", { button: "middle" }),
    gains: { out: 1 },
  },
  {
    name: "a middle click on a button is none",
    html: `${GO}<button class="card">Other</button>`,
    act: async (page) => {
      await page.click("#go", { button: "middle" });
      await page.click(".card");
    },
    gains: { card: 1 },
  },
  {
    name: "a right click is none",
    html: '<a class="out" href="/lab/start">Out</a><button class="card">Other</button>',
    act: async (page) => {
      await page.click("a", { button: "right" });
      await page.click(".card");
    },
    gains: { card: 1 },
  },
  {
    name: "a link that leaves the page",
    html: '<a class="out" href="/lab/two">Out</a>',
    act: (page) => page.click("a"),
    gains: { out: 1, two: 1 },
  },
  {
    name: "a link that leaves by script at once",
    html: `${GO}${script('document.querySelector("#go").onclick = () => location.assign("/lab/two")')}`,
    act: clickGo,
    gains: { ...once, two: 1 },
  },
  {
    name: "an SVG in a link",
    html: '<a class="out" href="#x"><svg width="40" height="40"><rect width="40" height="40"/></svg></a>',
    act: (page) => page.click("rect"),
    gains: { out: 1 },
  },
  {
    name: "a page that broke closest and matches",
    html: `${GO}${script("onload = () => { Element.prototype.closest = Element.prototype.matches = () => { throw 1 } }")}`,
    act: clickGo,
    gains: once,
  },
  {
    name: "form controls named like methods",
    html: '<form class="card" onsubmit="return false"><input name="closest"><input name="matches"><input name="parentNode"><input name="getRootNode"><button type="button" id="go">Go</button></form>',
    // By hand: what drives the browser stumbles over such a form itself.
    act: async (page) => {
      await page.evaluate(() => document.getElementById("go")?.focus());
      await page.keyboard.press("Enter");
    },
    gains: { ...once, card: 1 },
  },
  {
    name: "document.open() and a page written anew",
    html: GO,
    act: async (page) => {
      await page.evaluate(() => {
        document.open();
        document.write("<button id=go>Go</button>");
        document.close();
      });
      await page.click("#go");
    },
    gains: once,
  },
  {
    name: "a body that is replaced",
    html: GO,
    act: async (page) => {
      await page.evaluate(() => {
        const body = document.createElement("body");
        body.innerHTML = "<button id=go>Go</button>";
        document.body.replaceWith(body);
      });
      await page.click("#go");
    },
    gains: once,
  },
];
