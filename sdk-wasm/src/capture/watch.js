// Watching the page. It begins with the loader's first instant and is taken over by the wasm when
// that has come: until then what happens is kept, in memory.
//
// wasm-bindgen copies the files that Rust names and not those that they import, so each file of
// this folder is named somewhere in Rust.

import { watchClicks } from "./click.js";
import { watchForms } from "./form.js";
import { remembered } from "./path.js";
import { watchUrl } from "./url.js";

/// What a fact is about: `[kind, URL, time, …]`, with for a click its path, whether a person made
/// it and whether it is the same action as the one before; for a submission the form; for a
/// navigation whether it is an entry; for what was lost how many. `page.rs` reads it.
export const NAVIGATION = 0;
export const CLICK = 1;
export const SUBMISSION = 2;
export const LEAVING = 3;
export const LOST = 4;

/// The most facts kept: a page that makes more before the wasm comes has a loop in it.
const MAX_KEPT = 500;

let kept = [];
let lost = 0;
let take;
let watching;

/// Begins to watch, once.
export function keep() {
  if (watching) return;
  watching = new AbortController();
  begin(watching);
}

/// Hands everything that was kept, and from now on everything that happens, to `seen`. Gives back
/// what ends it.
export function attach(seen) {
  keep();
  take = seen;
  for (const fact of kept.splice(0)) seen(fact);
  if (lost) seen([LOST, location.href, Date.now(), lost]);
  lost = 0;
  return forget;
}

/// Stops watching, and forgets what was kept.
export function forget() {
  watching?.abort();
  watching = take = undefined;
  kept = [];
  lost = 0;
}

function begin({ signal }) {
  const tell = (kind, ...about) => {
    if (signal.aborted) return;
    const fact = [kind, location.href, Date.now(), ...about];
    if (take) take(fact);
    else if (kept.length < MAX_KEPT) kept.push(fact);
    else lost++;
  };
  const path = (elements) => (take ? elements : remembered(elements));
  let round;
  const listen = (isFirst) => {
    round?.abort();
    round = new AbortController();
    watchUrl((isEntry) => tell(NAVIGATION, isEntry), round.signal, isFirst);
    watchClicks((elements, ...about) => tell(CLICK, path(elements), ...about), round.signal);
    watchForms((form) => tell(SUBMISSION, path([form])), round.signal);
    watchLeaving(() => tell(LEAVING), round.signal);
  };
  listen(true);
  // `document.open()` takes every listener off the page. It also takes everything out of the
  // document, which is how we hear of it.
  const emptied = new MutationObserver(() => listen(false));
  emptied.observe(document, { childList: true });
  signal.addEventListener("abort", () => {
    emptied.disconnect();
    round.abort();
  });
}

/// Hidden is the last moment that a phone reports; pagehide the last on a desktop.
function watchLeaving(seen, signal) {
  const hidden = () => document.visibilityState === "hidden" && seen();
  document.addEventListener("visibilitychange", hidden, { capture: true, signal });
  addEventListener("pagehide", seen, { capture: true, signal });
}
