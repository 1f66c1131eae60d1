import type { Actor } from "../../support/actor.js";
import type { Interaction } from "../../support/lab.js";

const script = (code: string) => `<script>${code}</script>`;
const run = (code: string) => (page: Actor) => page.evaluate(code);

/** Every way to navigate. */
export const URLS: Interaction[] = [
  {
    name: "pushState",
    html: "",
    act: run('history.pushState(null, "", "/lab/one")'),
    gains: { one: 1 },
  },
  {
    name: "replaceState to another URL",
    html: "",
    act: run('history.replaceState(null, "", "/lab/one")'),
    gains: { one: 1 },
  },
  {
    name: "replaceState to the same URL is none",
    html: "",
    path: "/lab/one",
    act: run('history.replaceState({ a: 1 }, "", location.href); ttoolab.track("event")'),
    gains: { event: 1 },
  },
  {
    name: "pushState to the same URL is one",
    html: "",
    path: "/lab/one",
    act: run('history.pushState({ a: 1 }, "", location.href)'),
    gains: { one: 1 },
  },
  {
    name: "push and replace in one task are one",
    html: "",
    act: run('history.pushState(null, "", "/lab/two"); history.replaceState(null, "", "/lab/one")'),
    gains: { one: 1 },
  },
  {
    name: "rapid pushes in one task are one, on the URL that stands",
    html: "",
    act: run(
      'for (let i = 0; i < 50; i++) history.pushState(null, "", "/lab/" + i); history.pushState(null, "", "/lab/one")',
    ),
    gains: { one: 1 },
  },
  {
    name: "pushes in tasks of their own are each one",
    html: "",
    act: run(
      'new Promise((done) => { history.pushState(null, "", "/lab/one"); setTimeout(() => { history.pushState(null, "", "/lab/two"); setTimeout(() => { history.pushState(null, "", "/lab/one"); done() }, 20) }, 20) })',
    ),
    gains: { one: 2, two: 1 },
  },
  {
    name: "a pushState that a router kept from before us",
    html: "",
    head: script("window.kept = history.pushState.bind(history)"),
    act: run('kept(null, "", "/lab/one"); document.body.append("one")'),
    gains: { one: 1 },
  },
  {
    name: "a pushState from another frame",
    html: "<iframe></iframe>",
    act: run(
      'frames[0].History.prototype.pushState.call(history, null, "", "/lab/one"); document.body.append("one")',
    ),
    gains: { one: 1 },
  },
  {
    name: "a history that is patched again on top",
    html: script(
      "const push = history.pushState; setTimeout(() => { const now = history.pushState; history.pushState = function () { return now.apply(this, arguments) } })",
    ),
    act: run('history.pushState(null, "", "/lab/one")'),
    gains: { one: 1 },
  },
  {
    name: "a patch that is taken off again",
    html: "",
    head: script("window.original = history.pushState"),
    act: run(
      'history.pushState = original; history.pushState(null, "", "/lab/one"); document.body.append("one")',
    ),
    gains: { one: 1 },
  },
  {
    name: "only the query changes",
    html: "",
    act: run('history.pushState(null, "", "?step=2")'),
    gains: { query: 1 },
  },
  {
    name: "only the hash changes",
    html: "",
    act: run('location.hash = "#/three"'),
    gains: { hash: 1 },
  },
  {
    name: "a link to a hash",
    html: '<a href="#/three">Three</a>',
    act: (page) => page.click("a"),
    gains: { hash: 1 },
  },
  {
    name: "back and forward of a hash router",
    html: "",
    act: async (page) => {
      await page.evaluate('location.hash = "#/three"');
      await page.goBack();
      await page.goForward();
    },
    gains: { hash: 2 },
  },
  {
    name: "back by popstate",
    html: "",
    path: "/lab/one",
    act: async (page) => {
      await page.evaluate('history.pushState(null, "", "/lab/two")');
      await page.evaluate(
        'new Promise((done) => { addEventListener("popstate", done, { once: true }); history.back() })',
      );
    },
    gains: { two: 1, one: 1 },
  },
  {
    name: "navigation.navigate()",
    html: "",
    act: run(
      'navigation.addEventListener("navigate", (event) => event.intercept({ handler: async () => {} })); navigation.navigate("/lab/one").finished',
    ),
    needsNavigationApi: true,
    gains: { one: 1 },
  },
  {
    name: "a link that the Navigation API intercepts",
    html: `<a href="/lab/one">One</a>${script('navigation.addEventListener("navigate", (event) => event.intercept())')}`,
    act: (page) => page.click("a"),
    needsNavigationApi: true,
    gains: { one: 1 },
  },
  {
    name: "navigation.updateCurrentEntry() is none",
    html: "",
    path: "/lab/one",
    act: run('navigation.updateCurrentEntry({ state: 1 }); ttoolab.track("event")'),
    needsNavigationApi: true,
    gains: { event: 1 },
  },
  { name: "a reload", html: "", path: "/lab/one", act: (page) => page.reload(), gains: { one: 1 } },
  {
    name: "a page that is left by location",
    html: "",
    act: run('location.href = "/lab/one"'),
    gains: { one: 1 },
  },
  {
    name: "location.replace()",
    html: "",
    act: run('location.replace("/lab/one")'),
    gains: { one: 1 },
  },
  {
    name: "a page that pushes before it has loaded",
    html: "",
    act: (page) =>
      page
        .evaluate('location.href = "/lab/two?push"')
        .then(() => page.waitForURL("**/lab/two?push")),
    gains: { two: 1 },
  },
  {
    name: "a same-origin frame is no page",
    html: "",
    act: run(
      'new Promise((done) => { const frame = document.createElement("iframe"); frame.src = "/health"; frame.onload = () => { frame.contentWindow.history.pushState(null, "", "/lab/one"); ttoolab.track("event"); done() }; document.body.append(frame) })',
    ),
    gains: { event: 1 },
  },
  {
    name: "a path that is not ASCII",
    html: "",
    act: run('history.pushState(null, "", "/lab/käse")'),
    gains: { umlaut: 1 },
  },
  {
    name: "an element with the id navigation",
    html: '<div id="navigation"></div>',
    act: run('history.pushState(null, "", "/lab/one")'),
    gains: { one: 1 },
  },
  {
    name: "after document.open()",
    html: "",
    act: run(
      'document.open(); document.write("<p>New"); document.close(); history.pushState(null, "", "/lab/one")',
    ),
    gains: { one: 1 },
  },
  {
    name: "a pushState that throws is none",
    html: "",
    act: run(
      'try { history.pushState(null, "", "https://other.example/lab/one") } catch {} ttoolab.track("event")',
    ),
    gains: { event: 1 },
  },
];
