// The inline stub: `window.ttoolab` from the first line of the page on.
//
// It keeps calls with their times until the code is there, and hands every later call on to it:
// a page that took `const { track } = window.ttoolab` early keeps a function that works. Its
// size is part of every page of every customer, so it is written for its minified form.

import type { Ttoolab } from "./types.js";

/** A call: name, arguments, time, URL, and for `on` what ends it. */
export type Call = [
  name: keyof Ttoolab | "",
  args: unknown[],
  at: number,
  url: string,
  end?: () => void,
];

/** The calls that wait, until `live` takes them. */
export type Queue = Call[] & { live?: (call: Call) => unknown };

export interface Stub extends Ttoolab {
  q: Queue;
  /** Somebody is loading the code. */
  started?: boolean;
  version?: string;
}

/** Calls kept while the code is loading; a page that makes more has a loop in it. */
export const MAX_CALLS = 999;

export function installStub(page: Window): Stub {
  // An element with the id `ttoolab` is found under that name too; it cannot track.
  if (!page.ttoolab?.track) {
    const q: Queue = [];
    const stub: Record<string, unknown> = { q };
    for (const name of "init track ready getBlob getAssignments getVariant clear flush consent on debug".split(
      " ",
    )) {
      stub[name] = (...args: unknown[]) => {
        const call = [name, args, Date.now(), location.href] as unknown as Call;
        const answer = q.live ? q.live(call) : q[MAX_CALLS] || q.push(call);
        return q.live && answer != null
          ? answer
          : name === "on"
            ? () => {
                if (call[4]) call[4]();
                else call[0] = "";
              }
            : name === "flush"
              ? Promise.resolve()
              : name === "getAssignments"
                ? []
                : null;
      };
    }
    page.ttoolab = stub as unknown as Stub;
  }
  return page.ttoolab as Stub;
}
