import type { Actor } from "../../support/actor.js";
import type { Interaction } from "../../support/lab.js";

const script = (code: string) => `<script>${code}</script>`;
const FORM = '<form id="f" action="/lab/two"><input name="q"><button>Send</button></form>';
const send = (page: Actor) => page.click("button");
const form = (code: string) => `document.querySelector("form").${code}`;
const shadow = (inside: string) =>
  `<x-widget></x-widget>${script(`
  document.querySelector("x-widget").attachShadow({ mode: "open" }).innerHTML = \`${inside}\``)}`;
const AJAX = '<form id="f" onsubmit="return false"><input name="q"><button>Send</button></form>';
const left = { form: 1, two: 1 };

/** Every way to submit. */
export const FORMS: Interaction[] = [
  { name: "a button", html: FORM, act: send, gains: left },
  {
    name: "Enter in a field",
    html: FORM,
    act: (page) => page.press("input", "Enter"),
    gains: left,
  },
  {
    name: "an input of type submit",
    html: '<form id="f" action="/lab/two"><input type="submit"></form>',
    act: (page) => page.click("input"),
    gains: left,
  },
  {
    name: "an input of type image",
    html: '<form id="f" action="/lab/two"><input type="image" alt="Send" style="width:40px;height:40px"></form>',
    act: (page) => page.click("input"),
    gains: left,
  },
  { name: "a POST", html: FORM.replace("<form", '<form method="post"'), act: send, gains: left },
  {
    name: "requestSubmit()",
    html: FORM,
    act: (page) => page.evaluate(form("requestSubmit()")),
    gains: left,
  },
  {
    name: "form.submit()",
    html: FORM,
    act: (page) => page.evaluate(form("submit()")),
    gains: left,
  },
  {
    name: "form.submit() of the prototype",
    html: FORM,
    act: (page) =>
      page.evaluate('HTMLFormElement.prototype.submit.call(document.querySelector("form"))'),
    gains: left,
  },
  { name: "handled by the page itself", html: AJAX, act: send, gains: { form: 1 } },
  {
    name: "prevented at the document, and stopped",
    html: `${FORM}${script('document.addEventListener("submit", (event) => { event.preventDefault(); event.stopImmediatePropagation() }, true)')}`,
    act: send,
    gains: { form: 1 },
  },
  {
    name: "twice by the page itself is two",
    html: AJAX,
    act: async (page) => {
      await page.click("button");
      await page.click("button");
    },
    gains: { form: 2 },
  },
  {
    name: "validated, then form.submit() in the handler",
    html: `${FORM}${script(`${form("onsubmit")} = (event) => { event.preventDefault(); event.target.submit() }`)}`,
    act: send,
    gains: left,
  },
  {
    name: "validated by a server, then form.submit()",
    html: `${FORM}${script(`${form("onsubmit")} = async (event) => { event.preventDefault(); const { target } = event; await fetch("/health"); target.submit() }`)}`,
    act: send,
    gains: left,
  },
  {
    name: "form.submit() in a handler that prevents nothing",
    html: `${FORM}${script(`${form("onsubmit")} = (event) => event.target.submit()`)}`,
    act: send,
    gains: left,
  },
  {
    name: "stopped by the browser's validation",
    html: '<form id="f" onsubmit="return false"><input required><button>Send</button></form>',
    act: async (page) => {
      await page.click("button");
      await page.press("input", "Enter");
      await page.fill("input", "x");
      await page.click("button");
    },
    gains: { form: 1 },
  },
  {
    name: "requestSubmit() stopped by validation",
    html: '<form id="f" onsubmit="return false"><input required><button>Send</button></form>',
    act: async (page) => {
      await page.evaluate(form("requestSubmit()"));
      await page.evaluate(() => window.ttoolab?.track("event"));
    },
    gains: { event: 1 },
  },
  {
    name: "formnovalidate",
    html: '<form id="f" onsubmit="return false"><input required><button formnovalidate>Send</button></form>',
    act: send,
    gains: { form: 1 },
  },
  {
    name: "novalidate",
    html: '<form id="f" novalidate onsubmit="return false"><input required><button>Send</button></form>',
    act: send,
    gains: { form: 1 },
  },
  {
    name: "form.submit() asks no validation",
    html: '<form id="f" action="/lab/two"><input required></form>',
    act: (page) => page.evaluate(form("submit()")),
    gains: left,
  },
  {
    name: "a button outside with form=",
    html: '<form id="f" action="/lab/two"></form><button form="f">Send</button>',
    act: send,
    gains: left,
  },
  {
    name: "a dialog's form",
    html: `<dialog><form id="f" method="dialog"><button>OK</button></form></dialog>${script('document.querySelector("dialog").showModal()')}`,
    act: send,
    gains: { form: 1 },
  },
  {
    name: "into another tab",
    html: FORM.replace("<form", '<form target="_blank"'),
    act: send,
    gains: left,
  },
  {
    name: "into a hidden frame",
    html: `${FORM.replace("/lab/two", "/health").replace("<form", '<form target="frame"')}<iframe name="frame" hidden></iframe>`,
    act: send,
    gains: { form: 1 },
  },
  {
    name: "form.submit() into a hidden frame",
    html: `${FORM.replace("/lab/two", "/health").replace("<form", '<form target="frame"')}<iframe name="frame" hidden></iframe>`,
    act: (page) => page.evaluate(form("submit()")),
    gains: { form: 1 },
  },
  {
    name: "a form that came later",
    html: script(`setTimeout(() => document.body.insertAdjacentHTML("beforeend", '${AJAX}'))`),
    act: send,
    gains: { form: 1 },
  },
  {
    name: "a form that its handler removes",
    html: `${FORM}${script(`${form("onsubmit")} = (event) => { event.preventDefault(); event.target.remove() }`)}`,
    act: send,
    gains: { form: 1 },
  },
  {
    name: "made, submitted and gone",
    html: "",
    act: (page) =>
      page.evaluate(() => {
        const made = document.createElement("form");
        made.id = "f";
        made.action = "/lab/two";
        document.body.append(made);
        made.submit();
        made.remove();
      }),
    gains: left,
  },
  {
    name: "form.submit() of a form outside of the document goes nowhere",
    html: "",
    act: (page) =>
      page.evaluate(() => {
        const made = document.createElement("form");
        made.id = "f";
        made.submit();
        window.ttoolab?.track("event");
      }),
    gains: { event: 1 },
  },
  { name: "inside a shadow root", html: shadow(AJAX), act: send, gains: { form: 1, host: 1 } },
  {
    name: "Enter inside a shadow root",
    html: shadow(AJAX),
    act: (page) => page.press("input", "Enter"),
    gains: { form: 1, host: 1 },
  },
  {
    name: "requestSubmit() inside a shadow root, before anything else",
    html: shadow(AJAX),
    act: (page) =>
      page.evaluate(
        'document.querySelector("x-widget").shadowRoot.querySelector("form").requestSubmit()',
      ),
    gains: { form: 1 },
  },
  {
    name: "form.submit() inside a shadow root",
    html: shadow(FORM),
    act: (page) =>
      page.evaluate('document.querySelector("x-widget").shadowRoot.querySelector("form").submit()'),
    gains: left,
  },
  {
    name: "two forms, each its own",
    html: `${AJAX}<form class="other" onsubmit="return false"><button class="b">Other</button></form>`,
    act: (page) => page.click(".b"),
    gains: { "other-form": 1 },
  },
  {
    name: "a selector that names what is around the form is none",
    html: `<section id="f"><form class="other" onsubmit="return false"><button>Other</button></form></section>`,
    act: send,
    gains: { "other-form": 1 },
  },
  {
    name: "controls named submit and id",
    html: '<form id="f" action="/lab/two"><input name="submit"><input name="id"><input name="target"><button>Send</button></form>',
    act: send,
    gains: left,
  },
  {
    name: "controls named submit, and the prototype's submit()",
    html: '<form id="f" action="/lab/two"><input name="submit"><input name="getRootNode"><input name="isConnected"></form>',
    act: (page) =>
      page.evaluate('HTMLFormElement.prototype.submit.call(document.querySelector("form"))'),
    gains: left,
  },
  {
    name: "an event that only calls itself submit",
    html: '<form id="f"></form><p></p>',
    act: (page) =>
      page.evaluate(() => {
        document.querySelector("p")?.dispatchEvent(new CustomEvent("submit", { bubbles: true }));
        window.ttoolab?.track("event");
      }),
    gains: { event: 1 },
  },
  {
    name: "after document.open()",
    html: "",
    act: async (page) => {
      await page.evaluate((html) => {
        document.open();
        document.write(html);
        document.close();
      }, AJAX);
      await page.click("button");
    },
    gains: { form: 1 },
  },
];
