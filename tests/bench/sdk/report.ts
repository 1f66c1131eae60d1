import type { Cost } from "./measure.js";
import { ACTIONS, type Action, SUBJECTS, type Subject, TITLES } from "./subjects.js";

/** Whom everybody is compared with. */
const AGAINST = "snowplow";
/** What a page costs that only listens: it is nobody's, and taken off before ratios are made. */
const BASE = "empty";
/** What ours may cost at most, as a part of Snowplow's. */
const TARGETS: Record<Action, number> = { goal: 1, other: 1, track: 0.5 };

type Measure = "inside" | "inAll";

/** All measurements, in the order of the rounds. */
export class Findings {
  readonly #costs = new Map<string, Cost[]>();

  add({ key }: Subject, costs: Cost[]): void {
    for (const cost of costs) {
      const known = this.#costs.get(`${key} ${cost.action}`) ?? [];
      this.#costs.set(`${key} ${cost.action}`, [...known, cost]);
    }
  }

  of(key: string, action: Action, measure: Measure): number[] {
    return (this.#costs.get(`${key} ${action}`) ?? []).map((cost) => cost[measure]);
  }

  /** Taken within each round: what disturbs a round, disturbs both sides. */
  ratios(key: string, action: Action, measure: Measure): number[] {
    const base = this.of(BASE, action, measure);
    const theirs = this.of(AGAINST, action, measure);
    return this.of(key, action, measure).map((cost, at) => {
      const empty = base[at] ?? Number.NaN;
      return (cost - empty) / ((theirs[at] ?? Number.NaN) - empty);
    });
  }
}

/** Prints it all; every figure is a median [lowest-highest] over the rounds. */
export function print(findings: Findings, together: number): void {
  const columns = (...texts: string[]) =>
    console.log(texts.map((text, at) => (at ? text.padStart(22) : text.padEnd(28))).join(" "));
  for (const action of ACTIONS) {
    const tasks = together === 1 ? "each in a task of its own" : `${together} in each task`;
    console.log(`\n${TITLES[action]}, ${tasks}: microseconds`);
    columns("", "until it returns", "to Snowplow", "CPU, later work too", "to Snowplow");
    for (const { key, name } of SUBJECTS) {
      const both = (["inside", "inAll"] as const).flatMap((measure) => [
        spread(findings.of(key, action, measure), 0),
        key === BASE ? "" : spread(findings.ratios(key, action, measure), 2),
      ]);
      columns(name, ...both);
    }
    columns("goal of ttoolab", "", `${TARGETS[action]} or less`, "", `${TARGETS[action]} or less`);
  }
  console.log("\nratios are of what each costs more than the empty listener, within a round");
}

function spread(values: number[], digits: number): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (place: number) => sorted[place] ?? Number.NaN;
  const last = sorted.length - 1;
  const median = (at(Math.floor(last / 2)) + at(Math.ceil(last / 2))) / 2;
  const [middle, lowest, highest] = [median, at(0), at(last)].map((n) => n.toFixed(digits));
  return `${middle} [${lowest}-${highest}]`;
}
