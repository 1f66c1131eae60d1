// The elements an event went through, as far as selectors need them: the innermost element of
// every shadow scope, whose ancestors `closest` walks. The prototypes' own methods, taken before
// the page can change them: a form's `closest` may be an input of that name.

const { closest, matches } = Element.prototype;
const { getRootNode } = Node.prototype;
const parentOf = Object.getOwnPropertyDescriptor(Node.prototype, "parentNode").get;

/// Through open shadow roots; a closed one is its host. A slotted element and its slot are in two
/// scopes.
export function scopes(event) {
  const roots = new Set();
  return event.composedPath().filter((node) => {
    if (!(node instanceof Element)) return false;
    const root = getRootNode.call(node);
    return !roots.has(root) && roots.add(root);
  });
}

/// 1 when the selector names one of the elements or an ancestor, 0 when not, -1 when it is no
/// selector.
export function hits(path, selector) {
  return found(path, selector, closest);
}

/// The same, of the elements alone.
export function matching(path, selector) {
  return found(path, selector, matches);
}

function found(path, selector, look) {
  try {
    return path.some((element) => look.call(element, selector)) ? 1 : 0;
  } catch {
    return -1;
  }
}

/// A document without a window: nothing loads in it, and no custom element comes to life.
let inert;
const copied = new WeakSet();

/// The elements with copies in front that stay as they are now, each with copies of its ancestors.
/// For events whose goals are not known yet: until then handlers may have moved an element, or
/// taken it out, and `.cart .pay` would not find it. A path that has its copies stays as it is.
export function remembered(path) {
  if (copied.has(path)) return path;
  inert ??= document.implementation.createHTMLDocument("");
  const copies = path.map((element) => {
    let copy, inner;
    for (let node = element; node instanceof Element; node = parentOf.call(node)) {
      const outer = inert.importNode(node, false);
      if (inner) outer.append(inner);
      inner = outer;
      copy ??= outer;
    }
    return copy;
  });
  const both = [...copies, ...path];
  copied.add(both);
  return both;
}
