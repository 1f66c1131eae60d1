// The page that tests/web.rs opens, and a collector that lives in `fetch`.

const change = (selector, operation, value, orderIndex) => ({
  selector,
  operation,
  value,
  orderIndex,
});

const hero = {
  experimentKey: "hero",
  experimentId: "hero",
  status: "running",
  epoch: 1,
  urlRules: [{ match: "regex", pattern: "^http" }],
  variant: {
    key: "b",
    changes: [
      change("#late", "set_text", "Buy now", 3),
      change("#cta", "set_text", "Buy now", 0),
      change("#cta", "add_class", "big bold", 1),
      change("#note", "hide", "", 2),
    ],
  },
  goals: [
    { goalKey: "order", type: "custom_event", eventName: "purchase" },
    { goalKey: "thanks", type: "page_view", url: [{ match: "contains", pattern: "/thanks" }] },
    { goalKey: "checkout", type: "click", selector: "#checkout" },
    { goalKey: "broken", type: "click", selector: "a:::b" },
    { goalKey: "card", type: "click", selector: ".card" },
    { goalKey: "off", type: "click", selector: "#off" },
    { goalKey: "shadow", type: "click", selector: ".inside" },
    { goalKey: "signup", type: "form_submit", selector: "form#signup" },
  ],
};

export function fakeCollector() {
  const bodies = [];
  const network = window.fetch;
  window.fetch = async (target, init) => {
    const url = new URL(target.url ?? target, location.href);
    if (url.pathname === "/sdk/bootstrap") {
      return Response.json({
        anonymousId: url.searchParams.get("anonymousId"),
        assignments: [],
        experiments: [hero],
        visitorToken: "token",
        serverTime: new Date().toISOString(),
        flushIntervalMs: 1000,
      });
    }
    if (url.pathname === "/sdk/events") {
      bodies.push(init.body);
      const accepted = JSON.parse(init.body).events.map((event) => event.eventId);
      return Response.json({ success: true, accepted, rejected: [] });
    }
    return network(target, init);
  };
  return bodies;
}

export function openPage() {
  localStorage.clear();
  const page = document.createElement("div");
  page.innerHTML = `
    <h1 id="cta">Original</h1><p id="note">note</p><button id="off" disabled>off</button>
    <div class="card"><button id="checkout"><b id="child">Pay</b></button></div>
    <form id="signup"><input name="matches"><button id="send">Send</button></form>
    <div id="host"></div>`;
  document.body.append(page);
  find("host").attachShadow({ mode: "open" }).innerHTML = `<i class="inside"><b>x</b></i>`;
  find("child").addEventListener("click", (event) => event.stopImmediatePropagation());
  find("signup").addEventListener("submit", (event) => event.preventDefault());
}

const find = (id) => document.getElementById(id);

const acts = {
  "click a child whose page stops the click": () => find("child").click(),
  "submit a form whose page prevents it": () => find("send").click(),
  "push the thank-you page": () => history.pushState({}, "", "/thanks"),
  "replace the URL with the same": () => history.replaceState({}, "", location.href),
  "click elsewhere": () => find("cta").click(),
  "click a disabled control": () =>
    find("off").dispatchEvent(new MouseEvent("click", { bubbles: true })),
  "click in a shadow root": () => find("host").shadowRoot.querySelector("b").click(),
  "add an element": () => {
    find("host").insertAdjacentHTML("afterend", `<p id="late">Original</p>`);
  },
};

const looks = {
  text: () => find("cta").textContent,
  classes: () => find("cta").className,
  display: () => find("note").style.display,
  late: () => find("late").textContent,
  stored: () => String(Object.keys(localStorage).filter((key) => /^ttoolab:/.test(key)).length),
};

export const act = (name) => acts[name]();
export const look = (name) => looks[name]();
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
