// HTML as tagged templates that escape by default.
//
// The shop shows text from the URL (the order id) and from storage, so an unescaped template is
// one careless line away from script injection. Only `Html` values pass through as markup.

export class Html {
  constructor(readonly markup: string) {}
}

type Value = Html | string | number | Value[];

export function html(literals: TemplateStringsArray, ...values: Value[]): Html {
  return new Html(
    literals.reduce((markup, literal, index) => markup + render(values[index - 1] ?? "") + literal),
  );
}

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function render(value: Value): string {
  if (value instanceof Html) return value.markup;
  if (Array.isArray(value)) return value.map(render).join("");
  return String(value).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
