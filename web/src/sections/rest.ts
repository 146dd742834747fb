// What the JSON has and no section knows: shown as it is, so that nothing is hidden.
import type {Part} from "../document";
import {type Child, el, fig, table, words} from "../dom";

const MOST_ROWS = 200;

function leaf(part: Part): HTMLElement {
  return typeof part.value === "number" ? fig(part) :
                                          words(
                                              part,
                                              part.value === null  ? "–" :
                                                  part.text === "" ? "(empty)" :
                                                                     undefined);
}

function isRecord(part: Part): boolean {
  return part.keys.length > 0 && part.children.every((child) => child.isLeaf);
}

export function anything(part: Part): Child {
  if (part.isLeaf) return leaf(part);
  const children = part.children;
  if (children.length === 0) return "none";
  if (part.items.length > 0 && children.every(isRecord)) return records(part);
  if (part.items.length > 0 && children.every((child) => child.isLeaf))
    return children.map((child, i) => [i > 0 ? ", " : "", leaf(child)]);
  const named: [string, Part][] =
      part.items.length > 0 ? part.items.map((item, i) => [String(i + 1), item]) : part.members;
  return el(
      "dl", {class: "tree"},
      named.map(
          ([name, child]) => el("div", {}, el("dt", {}, name), el("dd", {}, anything(child)))));
}

function records(part: Part): Child {
  const columns = [...new Set(part.items.flatMap((item) => item.keys))];
  const numeric = (name: string) => part.items.every(
      (item) => !item.get(name).exists || typeof item.get(name).value === "number");
  const rows = part.items.slice(0, MOST_ROWS);
  return [
    table(
        part.path, columns.map((name) => ({head: name, numeric: numeric(name)})),
        rows.map(
            (item) => columns.map((name) => item.get(name).exists ? leaf(item.get(name)) : ""))),
    part.items.length > MOST_ROWS ?
        el("p", {class: "quiet"},
           `The first ${MOST_ROWS} of ${part.items.length}; all are in the JSON.`) :
        null,
  ];
}

export function rest(list: Part[]): Child {
  return [
    el("p", {class: "lead"},
       "This lode's JSON has more than this page knows how to draw. Here it " +
           "is as it stands."),
    list.map(
        (part) =>
            el("div", {class: "part"}, el("h3", {}, el("code", {}, part.path)), anything(part))),
  ];
}
