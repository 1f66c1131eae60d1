// The npm entry, for pages with a bundler. The same SDK as the script tag's: both stand behind
// `window.ttoolab`, and whoever starts first is the one that runs. On a server nothing happens.

import { boot } from "./boot.js";
import { installStub } from "./stub.js";
import type { Assignment, Blob, Config, Events, Ttoolab } from "./types.js";

export type { Assignment, Blob, Config, Consent, Events, Ttoolab } from "./types.js";

const page = typeof window === "undefined" ? undefined : window;

// At once, so that calls made before `init` are kept.
if (page) installStub(page);

/** Starts the SDK; calls made earlier are replayed. */
export function init(config: Config): void {
  if (page)
    boot(
      installStub(page),
      { ...page.ttoolabSettings, ...config },
      {
        wasm: new URL(WASM_FILE, import.meta.url),
        overlay: new URL(OVERLAY_FILE, import.meta.url),
      },
    );
}

/** Sends a custom event. */
export function track(name: string, payload?: object): void {
  page?.ttoolab?.track(name, payload);
}

/** Calls back once the variants are in force: with the blob, or null if there is none. */
export function ready(callback: (blob: Blob | null) => void): void {
  page?.ttoolab?.ready(callback);
}

/** The blob, or null. */
export function getBlob(): Blob | null {
  return page?.ttoolab?.getBlob() ?? null;
}

/** The active assignments. */
export function getAssignments(): Assignment[] {
  return page?.ttoolab?.getAssignments() ?? [];
}

/** The key of the visitor's variant in an active experiment, or null. */
export function getVariant(experimentKey: string): string | null {
  return page?.ttoolab?.getVariant(experimentKey) ?? null;
}

/** Removes everything stored. */
export function clear(): void {
  page?.ttoolab?.clear();
}

/** Sends what is pending. */
export function flush(): Promise<void> {
  return page?.ttoolab?.flush() ?? Promise.resolve();
}

/** Tells the page's answer about consent. */
export function consent(answer: "granted" | "denied"): void {
  page?.ttoolab?.consent(answer);
}

/** Listens; gives back the function that ends it. */
export function on<Name extends keyof Events>(
  name: Name,
  callback: (detail: Events[Name]) => void,
): () => void {
  return page?.ttoolab?.on(name, callback) ?? (() => {});
}

/** Prints and gives back the state. */
export function debug(): object | null {
  return page?.ttoolab?.debug() ?? null;
}

/** All of it under one name, as `window.ttoolab` has it. */
const ttoolab: Ttoolab = {
  init: (config = {}) => init(config),
  track,
  ready,
  getBlob,
  getAssignments,
  getVariant,
  clear,
  flush,
  consent,
  on,
  debug,
};
export default ttoolab;
