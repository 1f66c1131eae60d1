// Watching the page. It begins with the loader's first instant and is taken over by the wasm when
// that has come: until then what happens is kept, in memory.
//
// wasm-bindgen copies the files that Rust names and not those that they import, so each file of
// this folder is named somewhere in Rust.

import { watchClicks } from "./click.js";
import { watchForms } from "./form.js";
import { remembered } from "./path.js";
import { watchUrl } from "./url.js";

// What is told is a fact, `[kind, URL, time, …]`, which `page.rs` reads:
//
// | kind | and |
// |---|---|
// | `url` | whether it is an entry |
// | `click` | its path, whether a person made it, whether it is the same action as the one before |
// | `submit` | a path of the form alone |
// | `leave` | |
// | `lost` | how many facts could not be kept |

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

/// Hands everything that was kept, and from now on everything that happens, to `seen`, until
/// `forget()`.
export function attach(seen) {
  keep();
  take = seen;
  for (const fact of kept.splice(0)) seen(fact);
  if (lost) seen(["lost", location.href, Date.now(), lost]);
  lost = 0;
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
    watchUrl((isEntry) => tell("url", isEntry), round.signal, isFirst);
    watchClicks((elements, ...about) => tell("click", path(elements), ...about), round.signal);
    watchForms((form) => tell("submit", path([form])), round.signal);
    watchLeaving(() => tell("leave"), round.signal);
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
