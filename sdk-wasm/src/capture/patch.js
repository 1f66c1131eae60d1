// Methods of the browser with somebody who looks on.

/// Looks at every call of a method until `signal` aborts: `before(self)` ahead of it, `after()` once
/// it went through. A later patch on top of ours is left alone when we end; ours then only passes
/// on.
export function patch(object, name, signal, { before, after }) {
  const isOwn = Object.hasOwn?.(object, name);
  const original = object[name];
  if (typeof original !== "function") return;
  function patched() {
    try {
      if (!signal.aborted) before?.(this);
    } catch {
      // Called on something else: the original says so.
    }
    // biome-ignore lint/complexity/noArguments: passes on whatever the page passes
    const result = original.apply(this, arguments);
    if (!signal.aborted) after?.();
    return result;
  }
  object[name] = patched;
  signal.addEventListener("abort", () => {
    if (object[name] !== patched) return;
    if (isOwn) object[name] = original;
    else delete object[name];
  });
}
