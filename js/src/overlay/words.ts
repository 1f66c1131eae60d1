// What the words of reasons mean, for people who do not know them by heart.

const MEANINGS: Record<string, string> = {
  // Of a signal, for one goal. `counted` says all that a browser can know; the collector judges
  // the amount and the order as well.
  notExposed: "met, but before the variant was shown",
  filtered: "a condition of the goal does not hold",
  repeat: "the same user action has met it already",
  badSelector: "the browser refuses the goal's selector",
  badRevenue: "`revenue` is no amount",
  // Of something that will not arrive.
  noAssignment: "no experiment is active for this visitor",
  badEventName: "a name has 1 to 128 characters, none of them control characters",
  reservedEventName: "names that begin with $ are ours",
  cap: "more than may be kept",
  consent: "made before consent",
  changeRefused: "the page's policy or the browser does not let the change happen",
  unreadableExperiment: "written by a newer collector than this SDK can read",
  closed: "the experiment is over",
  notRunning: "the experiment is not running",
  erased: "the visitor was erased",
};

export function meaning(reason: string): string {
  return MEANINGS[reason] ?? "";
}

/** How a reason is to be taken. */
export function tone(reason: string): "good" | "warn" | "bad" {
  if (reason === "counted") return "good";
  return /^bad|Refused|^unreadable/.test(reason) ? "bad" : "warn";
}

/** What a goal waits for. */
export function condition(goal: Goal): string {
  const url = (goal.url ?? []).map(
    ({ match, pattern, not }) => `${not ? "not " : ""}${match} ${pattern}`,
  );
  return goal.selector ?? goal.eventName ?? url.join(", or ");
}

/** A goal as the blob spells it, as far as it is looked at here. */
export interface Goal {
  goalKey: string;
  name?: string;
  type: string;
  selector?: string;
  eventName?: string;
  url?: { match: string; pattern: string; not?: boolean }[];
  isPrimary?: boolean;
}
