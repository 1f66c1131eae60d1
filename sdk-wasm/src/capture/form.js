// Submissions. The submit event comes only once the browser has found the form valid, and a page
// that prevents it to send the form itself has submitted it all the same.

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

  patch("submit", signal, (form) => {
    const before = last.get(form);
    last.delete(form);
    // A form outside of the document goes nowhere.
    if (getRootNode.call(form, { composed: true }) !== document) return;
    if (!before || !isSame(before)) seen(form);
  });
  // Its submit event may be the first thing that happens in a shadow root.
  patch("requestSubmit", signal, (form) => {
    const root = getRootNode.call(form);
    if (root instanceof ShadowRoot) listen(root);
  });
}

/// Whether a `form.submit()` now belongs to that submission: called by one of its handlers, or by
/// what such a handler, having prevented it, has waited for.
function isSame({ event, at }) {
  const isRunning = event.eventPhase !== Event.NONE;
  return isRunning || (event.defaultPrevented && performance.now() - at < SAME_MS);
}

/// Looks at every call of a form's method before it is carried out. A later patch on top of ours
/// is left alone when we end; ours then only passes on.
function patch(name, signal, look) {
  const forms = HTMLFormElement.prototype;
  const original = forms[name];
  if (typeof original !== "function") return;
  const patched = {
    [name]() {
      if (!signal.aborted) {
        try {
          look(this);
        } catch {
          // Called on what is no form: the original says so.
        }
      }
      // biome-ignore lint/complexity/noArguments: passes on whatever the page passes
      return original.apply(this, arguments);
    },
  }[name];
  forms[name] = patched;
  signal.addEventListener("abort", () => {
    if (forms[name] === patched) forms[name] = original;
  });
}
