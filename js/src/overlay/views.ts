// The state as rows, one function a section.

import type { Heard } from "../debug.js";
import type { Assignment, Events } from "../types.js";
import { chip, element, type Row, row } from "./elements.js";
import { condition, type Goal, meaning, tone } from "./words.js";

/** How many signals are shown; below them are other things to see. */
const MAX_SIGNALS = 30;

export interface State {
  debug: {
    projectKey?: string;
    endpoint?: string;
    consent?: string;
    anonymousId?: string;
    assignments?: Assignment[];
    outbox?: number;
    lastStatus?: number;
    drops?: Record<string, number>;
  } | null;
  blob: { experiments?: { experimentKey: string; goals?: Goal[] }[] } | null;
  /** The newest last. */
  heard: Heard[];
}

/** What a section shows, what it says when that is nothing, and the number beside its title. */
export interface Rows {
  rows: Row[];
  none: string;
  count: number | string;
}

export function assignments({ debug }: State): Rows {
  const rows = (debug?.assignments ?? []).map(
    ({ experimentKey, variantKey, epoch, forced, exposureId }) =>
      row(
        experimentKey,
        [
          "→ ",
          chip(variantKey),
          forced
            ? chip("forced", "warn")
            : exposureId
              ? chip("exposed", "good")
              : chip("not exposed"),
        ],
        forced ? "by the URL: nothing is sent for it" : `epoch ${epoch}`,
      ),
  );
  return { rows, none: "No experiment is active for this visitor here.", count: rows.length };
}

export function goals({ debug, blob, heard }: State): Rows {
  const active = new Set(debug?.assignments?.map(({ experimentKey }) => experimentKey));
  const met = new Map<string, number>();
  for (const goal of signalsIn(heard).flatMap(({ detail }) => detail.goals)) {
    const key = `${goal.experimentKey} ${goal.goalKey}`;
    if (goal.reason === "counted") met.set(key, (met.get(key) ?? 0) + 1);
  }
  const rows = (blob?.experiments ?? [])
    .filter(({ experimentKey }) => active.has(experimentKey))
    .flatMap(({ experimentKey, goals = [] }) =>
      goals.map((goal) => {
        const times = met.get(`${experimentKey} ${goal.goalKey}`);
        const said = times ? [chip(times > 1 ? `met ${times} times` : "met", "good")] : [];
        if (goal.isPrimary) said.unshift(chip("primary"));
        return row(
          goal.goalKey,
          said,
          `${experimentKey} · ${goal.type.replace("_", " ")} · ${condition(goal)}`,
        );
      }),
    );
  return { rows, none: "No goal is waited for here.", count: rows.length };
}

export function signals({ heard }: State): Rows {
  const all = signalsIn(heard);
  const newest = all.slice(-MAX_SIGNALS).reverse();
  const rows = newest.map(({ at, detail }) => {
    const { eventName, url, goals, sent } = detail;
    const time = new Date(at).toTimeString().slice(0, 8);
    const whole = row(eventName, [sent ? chip("sent", "good") : chip("not sent")]);
    whole.append(element("small", "", `${time} · ${shortened(url)}`));
    for (const { experimentKey, goalKey, reason, forced } of goals) {
      const verdict = element("div", "verdict", chip(reason, forced ? "warn" : tone(reason)));
      verdict.append(`${goalKey} of ${experimentKey}`);
      const why = forced ? "forced by the URL, so nothing is sent" : meaning(reason);
      if (why) verdict.append(element("small", "", why));
      whole.append(verdict);
    }
    if (!goals.length) whole.append(element("small", "", "no goal waits for it"));
    return whole;
  });
  return {
    rows,
    none: "Click, navigate or track(): what is seen stands here.",
    count: all.length,
  };
}

export function outbox({ debug, heard }: State): Rows {
  if (!debug) return { rows: [], none: "The SDK has not started.", count: "" };
  const { outbox = 0, lastStatus, consent = "", anonymousId, endpoint = "" } = debug;
  const delivered = details(heard, "delivered");
  const arrived = delivered.reduce((sum, { accepted }) => sum + accepted, 0);
  const rows = [
    row("waiting", [outbox === 1 ? "1 event" : `${outbox} events`]),
    row("arrived", [arrived === 1 ? "1 event" : `${arrived} events`], "since this was opened"),
    row("last answer", [
      lastStatus === undefined
        ? "none yet"
        : chip(lastStatus ? String(lastStatus) : "no answer", lastStatus === 200 ? "good" : "bad"),
    ]),
    row("consent", [chip(consent, consent === "granted" ? "good" : "warn")]),
    row("visitor", [], anonymousId || "not known without consent"),
    row("collector", [], endpoint),
  ];
  return { rows, none: "", count: outbox };
}

export function drops({ debug, heard }: State): Rows {
  const counts = Object.entries(debug?.drops ?? {});
  const told = details(heard, "drop");
  const rows = counts.map(([reason, count]) => {
    const about = told
      .filter((detail) => detail.reason === reason)
      .flatMap(({ change, goalKey, eventName }) => change ?? goalKey ?? eventName ?? []);
    const which = [...new Set(about)].join(", ");
    const said = [`× ${count} `, chip(which)].slice(0, which ? 2 : 1);
    return row(chip(reason, tone(reason)), said, meaning(reason));
  });
  const count = counts.reduce((sum, [, count]) => sum + count, 0);
  return { rows, none: "Nothing was dropped.", count };
}

function signalsIn(heard: Heard[]): { at: number; detail: Events["signal"] }[] {
  return heard
    .filter(([topic]) => topic === "signal")
    .map(([, at, detail]) => ({ at, detail: detail as Events["signal"] }));
}

/** What was heard of one topic. */
function details<Topic extends keyof Events>(heard: Heard[], topic: Topic): Events[Topic][] {
  return heard.filter(([of]) => of === topic).map(([, , detail]) => detail as Events[Topic]);
}

/** The path: who reads this knows the host. */
function shortened(url: string): string {
  return url.replace(/^\w+:\/\/[^/]*/, "") || "/";
}
