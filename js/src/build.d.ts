// What build.mjs puts in.

/** The wasm's file name beside the script, with its hash. */
declare const WASM_FILE: string;
/** The file name of the debug overlay beside the script, with its hash. */
declare const OVERLAY_FILE: string;
/** The package's version. */
declare const VERSION: string;

/** How the SDK watches the page; `sdk-wasm/src/capture/watch.js`. */
declare module "ttoolab:watch" {
  /** Begins to watch, once. */
  export function keep(): void;
  /** Stops watching, and forgets what was kept. */
  export function forget(): void;
}

// For the type check of a tree where the wasm has not been built yet.
declare module "*/pkg/ttoolab_sdk.js" {
  type Export = (...args: never[]) => unknown;
  export default function initialise(options: {
    module_or_path: Promise<Response>;
  }): Promise<unknown>;
  export function guarded(export_: Export): (...args: unknown[]) => unknown;
  export const start: Export;
  export const track: Export;
  export const ready: Export;
  export const getBlob: Export;
  export const getAssignments: Export;
  export const getVariant: Export;
  export const clear: Export;
  export const flush: Export;
  export const consent: Export;
  export const on: Export;
  export const off: Export;
  export const debug: Export;
}
