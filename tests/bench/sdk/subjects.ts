import { gunzipSync } from "node:zlib";
import { EVENT } from "./event.js";

/** What is done on a page, once each time. */
export const ACTIONS = ["goal", "other", "track"] as const;
export type Action = (typeof ACTIONS)[number];

/** How the tables call it. */
export const TITLES: Record<Action, string> = {
  goal: "click on a button that meets one of 50 click goals",
  other: "click on a button that meets none of them",
  track: "track() of an event with five properties",
};

export interface Subject {
  key: string;
  name: string;
  /** Which actions it sends; it is not measured before their events have all arrived. */
  sends: readonly Action[];
  /** What of these actions a request brings. */
  read(body: Buffer): { action: Action; count: number }[];
}

interface OurEvent {
  eventId: string;
  eventName: string;
}

/** The events of a batch of ours. */
export function ourEvents(body: Buffer): OurEvent[] {
  return (JSON.parse(body.toString()) as { events: OurEvent[] }).events;
}

function counted<T>(events: T[], is: (event: T) => Action | undefined) {
  return events.flatMap((event) => {
    const action = is(event);
    return action ? [{ action, count: 1 }] : [];
  });
}

const clicked = (text: string): Action => (text.includes("other-") ? "other" : "goal");

/** In the order of the tables. */
export const SUBJECTS: readonly Subject[] = [
  {
    key: "ttoolab",
    name: "ttoolab",
    // A click that meets no goal is nobody's business.
    sends: ["goal", "track"],
    read: (body) =>
      counted(ourEvents(body), ({ eventName }) =>
        eventName === "$click" ? "goal" : eventName === EVENT ? "track" : undefined,
      ),
  },
  {
    key: "snowplow",
    name: "@snowplow/browser-tracker",
    sends: ACTIONS,
    read(body) {
      const { data } = JSON.parse(body.toString()) as { data: { e: string; ue_pr?: string }[] };
      return counted(data, ({ e, ue_pr = "" }) => {
        if (e !== "ue") return;
        return ue_pr.includes(EVENT) ? "track" : clicked(ue_pr);
      });
    },
  },
  {
    key: "posthog",
    name: "posthog-js",
    sends: ACTIONS,
    read(body) {
      // It zips what is long enough, in two ways that it names differently.
      const zipped = body[0] === 0x1f && body[1] === 0x8b;
      const sent = JSON.parse((zipped ? gunzipSync(body) : body).toString());
      const events = (Array.isArray(sent) ? sent : (sent.batch ?? [sent])) as { event: string }[];
      return counted(events, (event) =>
        event.event === EVENT
          ? "track"
          : event.event === "$autocapture"
            ? clicked(JSON.stringify(event))
            : undefined,
      );
    },
  },
  { key: "empty", name: "an empty listener", sends: [], read: () => [] },
];
