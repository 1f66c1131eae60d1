// Brings the wasm to life behind the stub. Shared by the script tag and the npm entry.

import { forget, keep } from "ttoolab:watch";
import initialise, * as wasm from "../pkg/ttoolab_sdk.js";
import { isWanted, openOverlay } from "./debug.js";
import { type Call, MAX_CALLS, type Stub } from "./stub.js";
import type { Config, Ttoolab } from "./types.js";

/** Longer than any request of `flush()` may take: the promise resolves even if we stop. */
const FLUSH_LIMIT_MS = 12_000;

/** What is downloaded later: the wasm, and the debug overlay if somebody asks for it. */
export interface Files {
  wasm: URL | string;
  overlay: URL | string;
}

/** Loads the wasm and lets it take over the stub's calls, once. A second start only tells the
 * first about its config. */
export async function boot(stub: Stub, config: Config, files: Files): Promise<void> {
  if (stub.started) {
    stub.init(config);
    return;
  }
  stub.started = true;
  // From the first instant on; the wasm takes over what happens until it is there.
  keep();
  await projectNamed(stub, config);
  try {
    await initialise({ module_or_path: fetch(files.wasm, { credentials: "omit" }) });
    takeOver(stub, config, files);
  } catch (error) {
    console.warn("ttoolab: could not start on this page.", error);
    forget();
    stayQuiet(stub);
  }
}

/** Waits until the page has said which project it is, by `init` if by nothing else. Calls are
 * kept meanwhile, and nothing is downloaded. */
function projectNamed(stub: Stub, config: Config): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!asked(stub, config).projectKey) return;
      delete stub.q.live;
      resolve();
    };
    stub.q.live = (call) => {
      if (stub.q.length < MAX_CALLS) stub.q.push(call);
      if (call[0] === "init") look();
    };
    look();
  });
}

/** The config by the script and by every `init` that waits. */
function asked(stub: Stub, config: Config): Config {
  const inits = stub.q.filter((call) => call[0] === "init");
  return inits.reduce((sum, call) => merged(sum, call[1][0]), { ...config });
}

function takeOver(stub: Stub, config: Config, files: Files): void {
  const start = asked(stub, config);
  const calls = stub.q.splice(0);
  const live = dispatcher(start, files);
  stub.q.live = live;
  stub.version = VERSION;
  // A denial that came before us must hold before the first request, not after it.
  const answers = calls.filter((call) => call[0] === "consent");
  const denied = answers.length > 0 && answers[answers.length - 1]?.[1][0] !== "granted";
  // Listeners first, so that they hear of the exposures that the start brings.
  for (const call of calls) if (call[0] === "on") live(call);
  live(["init", denied ? [{ consent: "required" }] : [], 0, ""]);
  for (const call of calls) {
    const overruled = denied && call[0] === "consent" && call[1][0] === "granted";
    if (call[0] !== "on" && call[0] !== "init" && !overruled) live(call);
  }
}

/** Carries out calls. The wasm's exports are wrapped by the guard that also its listeners have:
 * whichever traps first ends them all. */
function dispatcher(base: Config, files: Files): (call: Call) => unknown {
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
  const showOverlay = () =>
    openOverlay(files.overlay, {
      state: debug,
      blob: () => plain.getBlob?.(),
      on(topic, callback) {
        on(topic, callback);
        return () => off(callback);
      },
    });
  if (isWanted()) showOverlay();
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
        showOverlay();
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
