// The debug overlay: what the SDK sees on this page, what it makes of it and why.
//
// In a closed shadow root with a constructed style sheet, so that the page's CSS does not reach it,
// and every text set as text: it works under policies that forbid inline styles and HTML.

import type { Feed } from "../debug.js";
import { button, element, section } from "./elements.js";
import { CSS } from "./style.js";
import { assignments, drops, goals, outbox, type Rows, type State, signals } from "./views.js";

/** How long changes wait for company, in milliseconds: a burst of signals is one drawing. */
const DRAW_MS = 50;

/** What is shown, in order. */
const SECTIONS: [title: string, rows: (state: State) => Rows][] = [
  ["Assignments", assignments],
  ["Signals", signals],
  ["Goals on this page", goals],
  ["Outbox", outbox],
  ["Drops", drops],
];

/** Opens the overlay over the page. */
export function open(feed: Feed): void {
  const host = document.createElement("ttoolab-debug");
  const root = host.attachShadow({ mode: "closed" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  root.adoptedStyleSheets = [sheet];

  const own = ownActions(host);
  const close = () => {
    clearTimeout(timer);
    feed.changed = () => {};
    own.end();
    host.remove();
    feed.closed();
  };
  const body = element("div", "body");
  const fold = button("Fold", () => {
    body.hidden = !body.hidden;
    fold.setAttribute("aria-expanded", String(!body.hidden));
    fold.textContent = body.hidden ? "Unfold" : "Fold";
  });
  fold.setAttribute("aria-expanded", "true");
  const project = element("span", "project");
  const head = element("header", "", element("h1", "", "Ttoolab"), project);
  head.append(fold, button("Close", close));
  const panel = element("div", "panel", head, body);
  panel.setAttribute("role", "region");
  panel.setAttribute("aria-label", "Ttoolab debug");
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  // What scrolls must be reachable without a mouse.
  body.tabIndex = 0;
  body.setAttribute("role", "group");
  body.setAttribute("aria-label", "State");
  const lists = SECTIONS.map(([title]) => section(title));
  body.append(...lists.map(({ whole }) => whole));
  root.append(panel);

  const draw = () => {
    timer = undefined;
    const state: State = {
      debug: feed.source.state() as State["debug"],
      blob: feed.source.blob() as State["blob"],
      heard: feed.heard.filter(own.isForeign),
    };
    project.textContent = state.debug?.projectKey ?? "not started";
    SECTIONS.forEach(([, rows], at) => {
      lists[at]?.fill(rows(state));
    });
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  feed.changed = () => {
    own.note(feed.heard[feed.heard.length - 1]);
    timer ??= setTimeout(draw, DRAW_MS);
  };
  draw();
  // Not in `body`: a framework may own that. In the top layer where there is one, else a dialog of
  // the page would cover it.
  document.documentElement.append(host);
  try {
    host.popover = "manual";
    host.showPopover();
  } catch {}
}

/** Tells clicks on the overlay itself from those on the page: they are signals like any other, and
 * would push out what one came to see. */
function ownActions(host: Element) {
  let inside = false;
  const mine = new WeakSet<Feed["heard"][number]>();
  const begin = (event: Event) => {
    inside = event.target === host;
  };
  const starts = ["pointerdown", "keydown"];
  for (const start of starts) addEventListener(start, begin, true);
  return {
    note(heard: Feed["heard"][number] | undefined) {
      const { eventName } = (heard?.[2] ?? {}) as { eventName?: string };
      if (inside && heard?.[0] === "signal" && eventName === "$click") mine.add(heard);
    },
    isForeign: (heard: Feed["heard"][number]) => !mine.has(heard),
    end() {
      for (const start of starts) removeEventListener(start, begin, true);
    },
  };
}
