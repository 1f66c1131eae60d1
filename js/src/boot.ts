// Brings the wasm to life behind the stub. Shared by the script tag and the npm entry.

import initialise, * as wasm from "../pkg/ttoolab_sdk.js";
import type { Call, Stub } from "./stub.js";
import type { Config, Ttoolab } from "./types.js";

/** Longer than any request of `flush()` may take: the promise resolves even if we stop. */
const FLUSH_LIMIT_MS = 12_000;

/** Loads the wasm and lets it take over the stub's calls. Once; a second start only tells the
 * running SDK about its config. */
export async function boot(stub: Stub, config: Config, file: URL | string): Promise<void> {
  if (stub.started) {
    stub.init(config);
    return;
  }
  stub.started = true;
  try {
    await initialise({ module_or_path: fetch(file, { credentials: "omit" }) });
    takeOver(stub, config);
  } catch (error) {
    console.warn("ttoolab: could not start on this page.", error);
    stayQuiet(stub);
  }
}

function takeOver(stub: Stub, config: Config): void {
  const calls = stub.q.splice(0);
  const live = dispatcher(config);
  stub.q.live = live;
  stub.version = VERSION;
  // A denial that came before us must hold before the first request, not after it.
  const answers = calls.filter((call) => call[0] === "consent");
  const denied = answers.length > 0 && answers[answers.length - 1]?.[1][0] !== "granted";
  const start = merged({ ...config }, calls.find((call) => call[0] === "init")?.[1][0]);
  if (denied) start.consent = "required";
  // Listeners first, so that they hear of the exposures that the start brings.
  for (const call of calls) if (call[0] === "on") live(call);
  if (start.projectKey) live(["init", [start], 0, ""]);
  for (const call of calls) {
    const overruled = denied && call[0] === "consent" && call[1][0] === "granted";
    if (call[0] !== "on" && call[0] !== "init" && !overruled) live(call);
  }
}

/** Carries out calls. The wasm's exports are wrapped by the guard that also its listeners have:
 * whichever traps first ends them all. */
function dispatcher(base: Config): (call: Call) => unknown {
  const guard = (name: Export) => wasm.guarded(wasm[name]) as Callable;
  const start = guard("start");
  const track = guard("track");
  const ready = guard("ready");
  const flush = guard("flush");
  const on = guard("on");
  const off = guard("off");
  const debug = guard("debug");
  const plain: Partial<Record<keyof Ttoolab, Callable>> = {
    getBlob: guard("getBlob"),
    getAssignments: guard("getAssignments"),
    getVariant: guard("getVariant"),
    clear: guard("clear"),
    consent: guard("consent"),
  };
  return (call) => {
    const [name, args, at, url] = call;
    const [first, second] = args;
    switch (name) {
      case "init":
        return start(merged({ ...base }, first));
      case "track":
        return track(first, second, at, url);
      case "ready":
        return typeof first === "function" ? ready(first) : undefined;
      case "on": {
        if (typeof first !== "string" || typeof second !== "function") return;
        // A function of our own: the page may register one of its own twice.
        const callback = (detail: unknown) => second(detail);
        on(first, callback);
        call[4] = () => off(callback);
        return call[4];
      }
      case "flush":
        return new Promise<void>((resolve) => {
          setTimeout(resolve, FLUSH_LIMIT_MS);
          Promise.resolve(flush()).then(() => resolve(), resolve);
        });
      case "debug": {
        const state = debug();
        console.log("ttoolab", state);
        return state;
      }
      default:
        return name && plain[name]?.(first);
    }
  };
}

type Export = Exclude<keyof Ttoolab, "init"> | "start" | "off";
type Callable = (...args: unknown[]) => unknown;

/** The page's config over ours. Its getters are the page's, and may throw. */
function merged(base: Config, config: unknown): Config {
  try {
    Object.assign(base, config);
  } catch {}
  return base;
}

/** No code, no tracking; only nobody must wait for it. */
function stayQuiet(stub: Stub): void {
  const live = (call: Call) => {
    const callback = call[1][0];
    if (call[0] === "ready" && typeof callback === "function") queueMicrotask(() => callback(null));
  };
  for (const call of stub.q.splice(0)) live(call);
  stub.q.live = live;
}
