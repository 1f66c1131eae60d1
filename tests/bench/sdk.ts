/**
 * What a click and a `track()` cost a page: ours beside Snowplow's tracker, PostHog's and a page
 * that only listens. Run it by `cargo xtask bench sdk`.
 *
 * Every round opens a new page for each of them, in turns that begin with another one each time, so
 * that what disturbs a round disturbs all. Nothing of it runs in CI: its figures depend on the machine
 * and on who else uses it.
 *
 * | module | one concept |
 * |---|---|
 * | `sdk/subjects` | who is measured, and what they send |
 * | `sdk/pages` | how a page sets each of them up, as its documentation says |
 * | `sdk/shop` | the page that is clicked on, and its fifty goals |
 * | `sdk/server` | one server for pages and events; it acknowledges at once, and counts |
 * | `sdk/measure` | one page: what its calls cost, until the last event has arrived |
 * | `sdk/profile` | where the time goes |
 * | `sdk/report` | the tables |
 */
import { parseArgs } from "node:util";
import { chromium as browsers } from "@playwright/test";
import { chromium } from "../support/launch.js";
import { type Cost, measure, type Plan } from "./sdk/measure.js";
import { profile } from "./sdk/profile.js";
import { Findings, print } from "./sdk/report.js";
import { Server } from "./sdk/server.js";
import { ACTIONS, SUBJECTS, type Subject } from "./sdk/subjects.js";

const HELP = `cargo xtask bench sdk [options]

  --rounds N     how often everything is measured (9)
  --calls N      measured calls of each kind and round (40)
  --together N   calls in one task; 1 is a person who clicks (1)
  --profile NAME no tables, but where this one's time goes: ${SUBJECTS.map(({ key }) => key).join(", ")}`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "9" },
      calls: { type: "string", default: "40" },
      together: { type: "string", default: "1" },
      profile: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return console.log(HELP);
  const rounds = whole(values.rounds);
  const plan = { calls: whole(values.calls), together: whole(values.together) };
  const server = await Server.start();
  const browser = await browsers.launch(chromium);
  const fresh = async <T>(subject: Subject, use: (page: Plan) => Promise<T>): Promise<T> => {
    const context = await browser.newContext();
    const page = await context.newPage();
    try {
      return await use({ ...plan, subject, page, server });
    } finally {
      await context.close();
    }
  };
  try {
    if (values.profile) {
      const subject = SUBJECTS.find(({ key }) => key === values.profile);
      if (!subject) throw new Error(`nobody is called ${values.profile}`);
      for (const action of ACTIONS) await fresh(subject, (page) => profile(page, action));
      return;
    }
    console.log(`Chromium ${browser.version()}, ${plan.calls} calls a round`);
    const findings = new Findings();
    for (let round = 0; round < rounds; round++) {
      console.log(`round ${round + 1} of ${rounds}`);
      for (let turn = 0; turn < SUBJECTS.length; turn++) {
        const subject = SUBJECTS[(round + turn) % SUBJECTS.length] as Subject;
        const costs: Cost[] = await fresh(subject, measure);
        findings.add(subject, costs);
      }
    }
    print(findings, plan.together);
  } finally {
    await browser.close();
    server.close();
  }
}

function whole(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`${text} is no number of things`);
  return number;
}

main().catch((error) => {
  console.error(`\nbench: ${error.message}`);
  process.exitCode = 1;
});
