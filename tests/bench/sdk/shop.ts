import { EVENT } from "./event.js";

const GOALS = 50;
/** Buttons of either kind. */
export const BUTTONS = 10;
/** Between the body and a button; with those it is twelve deep. */
const WRAPPERS = 7;

/** The ways in which people write a selector. */
const SELECTORS: ((at: number) => string)[] = [
  (at) => `#goal-${at}`,
  (at) => `.goal-${at}`,
  (at) => `[data-goal="${at}"]`,
  (at) => `main .row button.goal-${at}`,
  (at) => `.row > .cell > .goal-${at}`,
];

/** A shop's page: fifty goals, of which ten have a button here, and as many buttons without one. */
export function shop(head: string): string {
  const button = (kind: string, at: number) =>
    `<div class="cell"><button id="${kind}-${at}" class="${kind}-${at} button" data-${kind}="${at}">` +
    `<span class="label">Buy number ${at}</span></button></div>`;
  const cells = Array.from(
    { length: BUTTONS },
    (_, at) => button("goal", at) + button("other", at),
  );
  const inside = `<main><section class="row">${cells.join("")}</section></main>`;
  const body = "<div class='wrapper'>".repeat(WRAPPERS) + inside + "</div>".repeat(WRAPPERS);
  return `<!doctype html><html><head><title>Shop</title>${head}</head><body>${body}</body></html>`;
}

/** The answer to our bootstrap: five experiments with ten click goals each, and a goal for the event. */
export function blob(visitor: string): object {
  const clicks = Array.from({ length: GOALS }, (_, at) => ({
    goalKey: `click-${at}`,
    type: "click",
    selector: SELECTORS[at % SELECTORS.length]?.(at),
  }));
  const event = { goalKey: "event", type: "custom_event", eventName: EVENT };
  const keys = Array.from({ length: 5 }, (_, at) => `experiment-${at}`);
  const now = new Date().toISOString();
  return {
    projectKey: "bench",
    anonymousId: visitor,
    version: now,
    fetchedAt: now,
    hasActiveExperiments: true,
    assignments: keys.map((key) => ({
      experimentKey: key,
      experimentId: key,
      experimentName: key,
      variantKey: "b",
      variantId: "b",
      variantName: "B",
      isControl: false,
    })),
    experiments: keys.map((key, at) => ({
      experimentKey: key,
      experimentId: key,
      status: "running",
      variant: { key: "b", changes: [] },
      goals: [...clicks.slice(at * 10, at * 10 + 10), ...(at === 0 ? [event] : [])],
      epoch: 1,
      urlRules: [{ match: "contains", pattern: "/" }],
    })),
    integrations: {},
    // As long as that of five experiments.
    visitorToken: "x".repeat(400),
    serverTime: now,
    currency: "USD",
    flushIntervalMs: 5000,
  };
}
