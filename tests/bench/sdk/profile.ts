import { act, open, type Plan } from "./measure.js";
import { type Action, TITLES } from "./subjects.js";

/** Between two looks at the stack, in microseconds. */
const EVERY = 50;
const LINES = 25;

/** Prints in which functions the page's CPU goes, the longest first. */
export async function profile(plan: Plan, action: Action): Promise<void> {
  const cdp = await open(plan);
  await act(plan, action, plan.calls, plan.together);
  await cdp.send("Profiler.enable");
  await cdp.send("Profiler.setSamplingInterval", { interval: EVERY });
  await cdp.send("Profiler.start");
  await act(plan, action, plan.calls, plan.together);
  const { nodes, samples = [], timeDeltas = [] } = (await cdp.send("Profiler.stop")).profile;
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber, columnNumber } }) => {
      const file = url.split("/").at(-1)?.slice(0, 24) ?? "";
      return [id, `${functionName || "(anonymous)"} ${file}:${lineNumber}:${columnNumber}`];
    }),
  );
  const sums = new Map<string, number>();
  for (const [at, id] of samples.entries()) {
    const name = names.get(id) ?? "";
    if (/^\((idle|root)\)/.test(name)) continue;
    sums.set(name, (sums.get(name) ?? 0) + (timeDeltas[at] ?? 0));
  }
  const all = [...sums.values()].reduce((sum, time) => sum + time, 0);
  console.log(
    `\n${plan.subject.name}, ${TITLES[action]}: ${(all / plan.calls).toFixed(0)} us a call`,
  );
  const sorted = [...sums].sort(([, a], [, b]) => b - a);
  for (const [name, time] of sorted.slice(0, LINES)) {
    const share = ((100 * time) / all).toFixed(1);
    console.log(`${(time / plan.calls).toFixed(1).padStart(9)} us ${share.padStart(5)} %  ${name}`);
  }
}
