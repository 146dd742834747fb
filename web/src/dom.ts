// Elements. Texts of a run reach the page as text nodes alone, so no name in a project can be
// markup.
import type {Part} from "./document";
import {exact, type Format, plain} from "./figures";

export type Child = Node|string|null|undefined|Child[];

export function el<K extends keyof HTMLElementTagNameMap>(
    tag: K, attributes: Record<string, string> = {},
    ...children: Child[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  append(made, children);
  return made;
}

export function append(parent: HTMLElement, children: Child): void {
  if (children === null || children === undefined) return;
  if (Array.isArray(children))
    for (const child of children) append(parent, child);
  else
    parent.append(children);
}

/**
 * A number of the JSON: rounded to read, exact in `value` and in the tip, its place in `data-at`.
 */
export function fig(part: Part, format: Format = plain): HTMLElement {
  part.mark();
  const value = exact(part);
  const shown = typeof part.value === "number" ? format(part.value) :
      part.text === ""                         ? "–" :
                                                 part.text;
  return el("data", {value, title: value, "data-at": part.path}, shown);
}

/** A text, truth or nothing of the JSON. `shown` is what stands for it, if not the text itself. */
export function words(part: Part, shown?: string): HTMLElement {
  part.mark();
  const value = exact(part);
  const made = el("span", {"data-at": part.path}, shown ?? part.text);
  if (shown !== undefined && shown !== value) {
    made.title = value;
    made.dataset["value"] = value;
  }
  return made;
}

/** A time of the JSON, written shorter, that no line breaks. */
export function when(part: Part, write: (time: string) => string): HTMLElement {
  const made = words(part, part.text === "none" ? "none" : write(part.text));
  made.classList.add("when");
  return made;
}

/** value [low, high] */
export function estimate(part: Part, format: Format): HTMLElement {
  return el(
      "span", {class: "estimate"}, fig(part.get("value"), format), " ",
      el("span", {class: "interval"}, "[", fig(part.get("low"), format), ", ",
         fig(part.get("high"), format), "]"));
}

export interface Column {
  head: Child;
  numeric?: boolean;
  wide?: boolean;  // sentences: as wide as they can be read
}

/** A table in a box of its own that scrolls where the page is too narrow for it. */
export function table(label: string, columns: Column[], rows: Child[][]): HTMLElement {
  const cell = (tag: "td"|"th", child: Child, i: number) => {
    const kind = columns[i]?.numeric ? "number" : columns[i]?.wide ? "wide" : "";
    const attributes: Record<string, string> = kind ? {class: kind} : {};
    if (tag === "th") attributes["scope"] = "col";
    return el(tag, attributes, child);
  };
  const body = rows.map((row) => el("tr", {}, row.map((child, i) => cell("td", child, i))));
  return el(
      "div", {class: "scroll", role: "region", "aria-label": label, tabindex: "0"},
      el("table", {}, el("thead", {}, el("tr", {}, columns.map((c, i) => cell("th", c.head, i)))),
         el("tbody", {}, body)));
}

export function details(summary: Child, ...children: Child[]): HTMLElement {
  return el("details", {}, el("summary", {}, summary), ...children);
}

/** Names and what stands for them. */
export function pairs(list: [string, Child][]): HTMLElement {
  return el(
      "dl", {},
      list.map(([name, child]) => el("div", {}, el("dt", {}, name), el("dd", {}, child))));
}
