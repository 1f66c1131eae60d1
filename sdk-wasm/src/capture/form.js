// Submissions. The submit event comes only once the browser has found the form valid, and a page
// that prevents it to send the form itself has submitted it all the same.

import { patch } from "./patch.js";

/// How long after a submission that the page prevented its `form.submit()` is still the same one:
/// it asked its server first. Longer than such a question takes, shorter than a second attempt.
const SAME_MS = 5_000;
/// What comes before every submission that a person makes. They pass shadow roots, which submit
/// events do not leave.
const BEFORE = ["pointerdown", "keydown", "focusin", "click"];

const { getRootNode } = Node.prototype;

/// Tells `seen(form)` of every submission until `signal` aborts.
export function watchForms(seen, signal) {
  /// The last submission of each form, until a `form.submit()` has followed it.
  const last = new WeakMap();
  const known = new WeakSet();

  const submitted = (event) => {
    const form = event.composedPath()[0];
    if (!(form instanceof HTMLFormElement) || known.has(event)) return;
    known.add(event);
    last.set(form, { event, at: performance.now() });
    seen(form);
  };
  const listen = (target) => {
    // A second time is none: the listener is the same.
    target.addEventListener("submit", submitted, { capture: true, signal });
  };
  const enter = (event) => {
    for (const node of event.composedPath()) if (node instanceof ShadowRoot) listen(node);
  };
  listen(window);
  for (const name of BEFORE)
    addEventListener(name, enter, { capture: true, passive: true, signal });

  const submits = (form) => {
    const before = last.get(form);
    last.delete(form);
    // A form outside of the document goes nowhere.
    if (getRootNode.call(form, { composed: true }) !== document) return;
    if (!before || !isSame(before)) seen(form);
  };
  // Its submit event may be the first thing that happens in a shadow root.
  const requests = (form) => {
    const root = getRootNode.call(form);
    if (root instanceof ShadowRoot) listen(root);
  };
  patch(HTMLFormElement.prototype, "submit", signal, { before: submits });
  patch(HTMLFormElement.prototype, "requestSubmit", signal, { before: requests });
}

/// Whether a `form.submit()` now belongs to that submission: called by one of its handlers, or by
/// what such a handler, having prevented it, has waited for.
function isSame({ event, at }) {
  const isRunning = event.eventPhase !== Event.NONE;
  return isRunning || (event.defaultPrevented && performance.now() - at < SAME_MS);
}
