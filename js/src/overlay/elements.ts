// The few shapes that the overlay is made of.

/** A line of a section, or nothing to say in words. */
export type Row = HTMLElement;

/** An element with a class and children. */
export function element(name: string, className: string, ...children: (Node | string)[]) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** A word on a coloured ground: `good`, `bad`, `warn` or plain. */
export function chip(text: string, tone: "good" | "bad" | "warn" | "" = ""): Node {
  return element("span", `chip ${tone}`, text);
}

export function button(text: string, press: () => void): HTMLElement {
  const made = element("button", "", text);
  made.setAttribute("type", "button");
  made.addEventListener("click", press);
  return made;
}

/** A row: what it is about, what is said of it, and a quieter line below. */
export function row(subject: Node | string, said: (Node | string)[], below = ""): Row {
  const line = element("div", "line", element("b", "subject", subject), ...said);
  return element("li", "", line, ...(below ? [element("small", "", below)] : []));
}

/** A section that can be folded, with a number beside its title. */
export function section(title: string) {
  const count = element("span", "count");
  const list = element("ul", "");
  const whole = element("details", "", element("summary", "", title, count), list);
  (whole as HTMLDetailsElement).open = true;
  return {
    whole,
    fill({ rows, none, count: number }: { rows: Row[]; none: string; count: number | string }) {
      count.textContent = String(number);
      list.replaceChildren(...(rows.length ? rows : [element("li", "none", none)]));
    },
  };
}
