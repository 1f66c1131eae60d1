// The few things that only JavaScript can do for the wasm: catch its traps, survive a page that
// has patched or clobbered what we call, and keep its exceptions to itself.

let dead = false;

/// Makes a function safe to give to the page or the browser. A trap inside the wasm is caught
/// once; from then on this page runs without us.
export function guard(inner) {
  return function guarded() {
    if (dead || guarded.released) return;
    try {
      // biome-ignore lint/complexity/noArguments: passes on whatever the browser passes
      return inner.apply(undefined, arguments);
    } catch (error) {
      dead = true;
      console.warn("ttoolab: stopped on this page.", error);
    }
  };
}

/// Ends a guarded function: what it calls is about to go, and a request may still be under way.
export function release(guarded) {
  guarded.released = true;
}

/// Calls the page's own function in a task of its own: what it throws is the page's, and what
/// it calls of us does not find us busy.
export function callLater(callback, argument) {
  queueMicrotask(() => callback(argument));
}

/// A signal that aborts after so many milliseconds (`AbortSignal.timeout` is too young).
export function deadline(ms) {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), ms);
  return controller.signal;
}

/// Posts a body as text/plain, which needs no preflight, and tells `done([request, status,
/// retryAfter, text])`; status 0 when there was no answer. `fetch` may be the page's, and throw.
export function post(url, body, keepalive, timeout, request, done) {
  const init = { method: "POST", body, keepalive, credentials: "omit", signal: deadline(timeout) };
  try {
    fetch(url, init)
      .then((answer) =>
        answer
          .text()
          .then((text) => done([request, answer.status, answer.headers.get("retry-after"), text])),
      )
      .catch(() => done([request, 0]));
  } catch {
    try {
      navigator.sendBeacon(url, body);
    } catch {}
    // Nobody knows whether a beacon arrived, so the events stay until a request says so.
    done([request, 0]);
  }
}

const patterns = new Map();

export function regexMatches(pattern, text) {
  if (!patterns.has(pattern)) {
    let compiled = null;
    try {
      compiled = new RegExp(pattern);
    } catch {}
    patterns.set(pattern, compiled);
  }
  return patterns.get(pattern)?.test(text) ?? false;
}
