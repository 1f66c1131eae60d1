/** The name of the event that is tracked. */
export const EVENT = "bench_event";
