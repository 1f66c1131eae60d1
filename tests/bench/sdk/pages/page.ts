/** What every page of the benchmark gives to who measures it. */
export interface Bench {
  /** It has started, and its first requests are answered. */
  ready: Promise<unknown>;
  track(payload: Record<string, unknown>): void;
}

declare global {
  interface Window {
    bench: Bench;
  }
}
