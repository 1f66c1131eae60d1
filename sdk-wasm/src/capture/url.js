// Navigations: told of once per task, with the URL that stands when the task ends.

import { patch } from "./patch.js";

/// Tells `seen(isEntry)` of every navigation until `signal` aborts. An entry counts whatever its
/// URL: load, push, traversal, restored from the bfcache. Else it counts only if the URL is another
/// one: a replaced entry, or what may be the echo of a navigation already told of. `isLoaded`: the
/// page that stands is one as well.
export function watchUrl(seen, signal, isLoaded) {
  let pending;
  const settle = () => {
    if (pending === undefined) return;
    const isEntry = pending;
    pending = undefined;
    seen(isEntry);
  };
  const mark = (isEntry) => {
    if (signal.aborted || document.prerendering) return;
    if (pending === undefined) setTimeout(settle);
    pending ||= isEntry;
  };
  const on = (target, name, listener) =>
    target.addEventListener(name, listener, { capture: true, signal });

  if (isLoaded) mark(true);
  // A prerendered page is seen when it is shown.
  on(document, "prerenderingchange", () => mark(true));
  on(window, "pageshow", ({ persisted }) => persisted && mark(true));
  // What waits for the end of its task may not see it.
  on(window, "pagehide", settle);
  const navigation = navigationApi();
  if (navigation) {
    on(navigation, "currententrychange", ({ navigationType }) => {
      // `null` is `updateCurrentEntry()`: new state, no navigation.
      if (navigationType) mark(navigationType !== "replace");
    });
    return;
  }
  on(window, "popstate", () => mark(true));
  on(window, "hashchange", () => mark(false));
  patch(history, "pushState", signal, { after: () => mark(true) });
  patch(history, "replaceState", signal, { after: () => mark(false) });
  // A router that has kept `pushState` from before us goes past the patch, but not without
  // changing the document.
  let known = location.href;
  const look = () => {
    if (known === location.href) return;
    known = location.href;
    mark(false);
  };
  const observer = new MutationObserver(look);
  observer.observe(document, { childList: true, subtree: true });
  signal.addEventListener("abort", () => observer.disconnect());
}

/// The Navigation API, if this is one and not an element with that id.
function navigationApi() {
  if (typeof Navigation === "function" && window.navigation instanceof Navigation) {
    return window.navigation;
  }
}
