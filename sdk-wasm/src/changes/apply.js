// Carries out one change on one element. In JavaScript because a page may refuse any of this with
// an exception (Trusted Types), and because its forms may have inputs with the names of what is
// called here: everything is looked up where the browser defines it, not on the element.

const read = (object, name) => Reflect.get(Object.getPrototypeOf(object), name, object);
const write = (object, name, value) =>
  Reflect.set(Object.getPrototypeOf(object), name, value, object);
const call = (object, name, ...given) => read(object, name).apply(object, given);

/// Elements with HTML of ours: the HTML, and the nodes that the browser made of it. Reading the
/// HTML back would not do: it comes out in other words, and what lives in it may have changed.
const filled = new WeakMap();
/// Elements changed, with the words for the change.
const touched = new WeakMap();

/// Each tells whether there was anything to do.
const operations = {
  set_text(element, _, value) {
    if (read(element, "textContent") === value) return false;
    write(element, "textContent", value);
    return true;
  },
  set_html(element, _, value) {
    const known = filled.get(element);
    const stands =
      known?.value === value && known.nodes.length
        ? known.nodes.some((node) => node.parentNode === element)
        : read(element, "innerHTML") === value;
    if (stands) return false;
    write(element, "innerHTML", value);
    filled.set(element, { value, nodes: [...read(element, "childNodes")] });
    return true;
  },
  set_attribute(element, name, value) {
    // A policy without inline styles refuses the attribute, not the same by way of the CSSOM.
    if (/^style$/i.test(name)) return style(element, value);
    if (call(element, "getAttribute", name) === value) return false;
    call(element, "setAttribute", name, value);
    return true;
  },
  set_style: (element, name, value) => style(element, name ? `${name}:${value}` : value),
  add_class: (element, _, value) => classes(element, value, true),
  remove_class: (element, _, value) => classes(element, value, false),
  hide: (element) => style(element, "display:none!important"),
  remove(element) {
    call(element, "remove");
    return true;
  },
};

function style(element, text) {
  const wanted = read(call(document, "createElement", "i"), "style");
  wanted.cssText = text;
  if (!wanted.length) throw new Error("no style");
  const style = read(element, "style");
  const of = (name) => style.getPropertyValue(name) + style.getPropertyPriority(name);
  let changed = false;
  for (const name of wanted) {
    const before = of(name);
    style.setProperty(name, wanted.getPropertyValue(name), wanted.getPropertyPriority(name));
    changed = of(name) !== before || changed;
  }
  return changed;
}

function classes(element, names, wanted) {
  const list = read(element, "classList");
  let changed = false;
  for (const name of names.split(/\s+/)) {
    if (!name || list.contains(name) === wanted) continue;
    list.toggle(name, wanted);
    changed = true;
  }
  return changed;
}

/// 1 when the element was changed, 0 when it is already as it should be, -1 when the page or the
/// browser refuses. `words` say which change this is.
export function applyChange(element, operation, name, value, words) {
  try {
    // Text that is put into one may be run.
    if (/^script$/i.test(read(element, "localName"))) return -1;
    if (!operations[operation](element, name, value)) return 0;
    touched.set(element, words);
    return 1;
  } catch {
    return -1;
  }
}

/// Calls when the page adds anything.
export function watchDocument(grown) {
  const observer = new MutationObserver(grown);
  observer.observe(document, { childList: true, subtree: true });
  return observer;
}

/// Watches also whether the page takes back what was changed on an element: a framework that
/// draws it again writes into its attributes and into its text.
export function watchElement(observer, element, attributeFilter) {
  if (attributeFilter.length) observer.observe(element, { attributeFilter });
  const text = read(element, "firstChild");
  if (text?.nodeType === Node.TEXT_NODE) observer.observe(text, { characterData: true });
}

/// The words of the change that a violation of the page's policy is about, if it is one of ours:
/// what it concerns lies in an element that we have changed, or `values` (with the words for
/// each) name the address that was blocked.
export function blamed(event, values) {
  const inside = event.composedPath().find((node) => touched.has(node));
  if (inside) return touched.get(inside);
  const blocked = event.blockedURI;
  if (!blocked.includes("://")) return;
  const names = (value) =>
    value.includes(blocked) || (/[/.]/.test(value) && blocked.endsWith(value));
  return values.find(([value]) => names(value))?.[1];
}
