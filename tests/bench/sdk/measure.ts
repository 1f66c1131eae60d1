import type { CDPSession, Page } from "@playwright/test";
import type {} from "./pages/page.js";
import type { Server } from "./server.js";
import { BUTTONS } from "./shop.js";
import { ACTIONS, type Action, type Subject } from "./subjects.js";

/** Calls before the first that is measured: both compilers of a page begin slowly. */
const WARM_UP = 200;
/** From one task with calls to the next: more than the 50 ms that we wait for company, so that every
 * task's events travel on their own, as when a person clicks. */
const PAUSE_MS = 80;
/** After the last event has arrived: its answer, and what it makes of that. */
const SETTLE_MS = 300;
/** How long events may take; PostHog's wait 3 s. */
const ARRIVAL_MS = 20_000;

/** One page to be measured. */
export interface Plan {
  subject: Subject;
  page: Page;
  server: Server;
  /** How many measured calls of each kind. */
  calls: number;
  /** How many of them in one task. */
  together: number;
}

/** What a call of one kind took, in microseconds. */
export interface Cost {
  action: Action;
  /** Of the clock, until the call returned: the median of the tasks. */
  inside: number;
  /** Of the main thread's CPU, with all that came of it later. */
  inAll: number;
}

/** Opens the page, and measures each kind of call. */
export async function measure(plan: Plan): Promise<Cost[]> {
  const cdp = await open(plan);
  // CPU of the thread and not the time its tasks took: others use the machine as well.
  await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
  const costs: Cost[] = [];
  for (const action of ACTIONS) {
    await act(plan, action, WARM_UP, WARM_UP);
    const before = await taskSeconds(cdp);
    const times = await act(plan, action, plan.calls, plan.together);
    const spent = (await taskSeconds(cdp)) - before;
    costs.push({ action, inside: median(times) * 1e3, inAll: (spent / plan.calls) * 1e6 });
  }
  return costs;
}

/** Opens the page, until who is measured is ready. */
export async function open({ page, subject, server }: Plan): Promise<CDPSession> {
  await page.goto(`${server.origin}/page/${subject.key}`);
  await page.evaluate(() => window.bench.ready);
  await page.waitForTimeout(SETTLE_MS);
  return page.context().newCDPSession(page);
}

/** Does it so often, and waits until everything that comes of it is done. Gives back the milliseconds
 * that a call took, for each task. */
export async function act(
  { page, subject, server }: Plan,
  action: Action,
  calls: number,
  together: number,
): Promise<number[]> {
  const before = server.arrived(subject.key, action);
  const times = await page.evaluate(inPage, { action, calls, together, BUTTONS, PAUSE_MS });
  const wanted = before + (subject.sends.includes(action) ? calls : 0);
  const limit = Date.now() + ARRIVAL_MS;
  while (server.arrived(subject.key, action) < wanted && Date.now() < limit) {
    await new Promise((done) => setTimeout(done, 50));
  }
  await new Promise((done) => setTimeout(done, SETTLE_MS));
  const arrived = server.arrived(subject.key, action);
  // Who loses events, or sends more than there were, was not set up as meant.
  if (arrived !== wanted) {
    throw new Error(`${subject.name}: ${arrived - before} events of ${calls} calls "${action}"`);
  }
  return times;
}

interface Calls {
  action: Action;
  calls: number;
  together: number;
  BUTTONS: number;
  PAUSE_MS: number;
}

/** Runs in the page. */
async function inPage({ action, calls, together, BUTTONS, PAUSE_MS }: Calls): Promise<number[]> {
  const labels = Array.from({ length: BUTTONS }, (_, at) =>
    document.querySelector(`#${action}-${at} .label`),
  );
  const call = (at: number) => {
    if (action === "track") {
      window.bench.track({
        revenue: 249.5,
        currency: "USD",
        order_id: `ORD-${at}`,
        sku: "NL-HALDEN",
        quantity: 2,
      });
    } else {
      const options = { bubbles: true, cancelable: true, composed: true, view: window, detail: 1 };
      labels[at % BUTTONS]?.dispatchEvent(new MouseEvent("click", options));
    }
  };
  const times: number[] = [];
  for (let done = 0; done < calls; ) {
    await new Promise((next) => setTimeout(next, PAUSE_MS));
    const now = Math.min(together, calls - done);
    const began = performance.now();
    for (let at = 0; at < now; at++) call(done + at);
    times.push((performance.now() - began) / now);
    done += now;
  }
  return times;
}

async function taskSeconds(cdp: CDPSession): Promise<number> {
  const { metrics } = await cdp.send("Performance.getMetrics");
  const found = metrics.find(({ name }) => name === "TaskDuration");
  if (!found) throw new Error("this Chromium does not tell the duration of tasks");
  return found.value;
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
