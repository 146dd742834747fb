// What the models of a run were made of: files, sources, declarations and training sets as a
// picture, and for each model all of it with its hashes, the code and the machine.
import {chart} from "../charts";
import type {Part} from "../document";
import {type Child, details, el, fig, pairs, table, when, words} from "../dom";
import {minute, whole} from "../figures";
import {keyOf, type Picture, pictureOf, type Thing} from "../lineage_picture";

/** Layers of the picture, from what is given to what is made. */
const LAYERS = ["file", "source", "label", "view", "training", "model"];
const TITLES = ["files", "sources", "labels", "features", "training sets", "models"];

const SVG = "http://www.w3.org/2000/svg";

function shape(tag: string, attributes: Record<string, string|number>, text?: string): SVGElement {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}

const LETTER = 7.3;  // a letter of 13 px is about as wide

function cut(text: string, width: number): string {
  const most = Math.max(3, Math.floor(width / LETTER));
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

interface Box {
  x: number;
  y: number;
  width: number;
}

const HEIGHT = 40;

function boxOf(thing: Thing, box: Box): SVGElement {
  const group = shape("g", {});
  const stroke = thing.kind === "model" ? "var(--series-1)" : "var(--line)";
  group.append(
      shape("title", {}, `${thing.kind} ${thing.name}, ${thing.hash}`), shape("rect", {
        x: box.x,
        y: box.y,
        width: box.width,
        height: HEIGHT,
        rx: 5,
        fill: "var(--raised)",
        stroke
      }),
      shape(
          "text", {x: box.x + 7, y: box.y + 17, "font-size": 13, fill: "var(--ink)"},
          cut(thing.name, box.width - 14)),
      shape(
          "text", {x: box.x + 7, y: box.y + 33, "font-size": 11, fill: "var(--quiet)"},
          `${thing.kind} ${thing.hash.slice(0, 8)}`));
  return group;
}

function drawing(width: number, height: number): SVGElement {
  return shape("svg", {width, height, viewBox: `0 0 ${width} ${height}`});
}

function line(path: string): SVGElement {
  return shape("path", {d: path, fill: "none", stroke: "var(--quiet)", "stroke-width": 1.2});
}

/** Layer beside layer, from left to right. */
function drawWide(picture: Picture, width: number): Element {
  const things = [...picture.things.values()];
  const layers = LAYERS.filter((kind) => things.some((thing) => thing.kind === kind));
  const column = width / layers.length;
  const boxes = new Map<string, Box>();
  let most = 0;
  layers.forEach((kind, i) => {
    const inside = things.filter((thing) => thing.kind === kind);
    most = Math.max(most, inside.length);
    inside.forEach(
        (thing, j) => boxes.set(
            keyOf(kind, thing.name),
            {x: i * column + 1, y: 24 + j * (HEIGHT + 12), width: column - 34}));
  });
  const svg = drawing(width, 24 + most * (HEIGHT + 12));
  layers.forEach(
      (kind, i) => svg.append(shape(
          "text", {x: i * column + 1, y: 13, "font-size": 12, fill: "var(--quiet)"},
          TITLES[LAYERS.indexOf(kind)] ?? kind)));
  for (const edge of picture.edges) {
    const [from, to] = edge.split("\n").map((key) => boxes.get(key));
    if (!from || !to) continue;
    const [x0, y0, x1, y1] = [from.x + from.width, from.y + HEIGHT / 2, to.x, to.y + HEIGHT / 2];
    const middle = Math.max(16, (x1 - x0) / 2);
    svg.append(line(`M${x0},${y0}C${x0 + middle},${y0} ${x1 - middle},${y1} ${x1},${y1}`));
  }
  for (const thing of things) {
    const box = boxes.get(keyOf(thing.kind, thing.name));
    if (box) svg.append(boxOf(thing, box));
  }
  return svg;
}

/** One under the other, each layer further in: for a phone. */
function drawNarrow(picture: Picture, width: number): Element {
  const order = (thing: Thing) => LAYERS.indexOf(thing.kind);
  const things = [...picture.things.values()].sort((a, b) => order(a) - order(b));
  const boxes = new Map<string, Box>();
  things.forEach((thing, i) => {
    const x = 2 + order(thing) * 22;
    boxes.set(keyOf(thing.kind, thing.name), {x, y: i * (HEIGHT + 9) + 1, width: width - x - 2});
  });
  const svg = drawing(width, things.length * (HEIGHT + 9));
  for (const edge of picture.edges) {
    const [from, to] = edge.split("\n").map((key) => boxes.get(key));
    if (!from || !to) continue;
    const [x, y0, x1, y1] = [from.x + 10, from.y + HEIGHT, to.x, to.y + HEIGHT / 2];
    svg.append(line(`M${x},${y0}V${y1 - 6}Q${x},${y1} ${x + 6},${y1}H${x1}`));
  }
  for (const thing of things) {
    const box = boxes.get(keyOf(thing.kind, thing.name));
    if (box) svg.append(boxOf(thing, box));
  }
  return svg;
}

/** Its first digits; of a commit also the mark of files that differed from it. */
const hash = (part: Part) => {
  const mark = part.text.endsWith("+") ? "+" : "";
  return el("code", {title: part.text}, words(part, part.text.slice(0, 12) + mark));
};

function otherModel(part: Part): Child {
  if (!part.exists) return "none";
  return [
    words(part.get("name")), " version ", fig(part.get("version"), whole), " ",
    hash(part.get("content"))
  ];
}

function origin(part: Part): [string, Child][] {
  if (!part.exists) return [];
  return [[
    "imported from",
    [
      "project ", words(part.get("project")), ", ", otherModel(part.get("model")),
      ", made by its run ", fig(part.get("run"), String), " on ", when(part.get("created"), minute),
      ", exported ", when(part.get("exported"), minute), ", archive ", hash(part.get("archive"))
    ]
  ]];
}

function ofModel(model: Part): HTMLElement {
  const lineage = model.get("lineage");
  const files = lineage.get("sources").items.flatMap((source): Child[][] => {
    const head: Child[] = [
      words(source.get("name")), "all files", fig(source.get("rows"), whole),
      fig(source.get("accepted"), whole), "", hash(source.get("zone"))
    ];
    return [
      head,
      ...source.get("files").items.map(
          (file): Child[] =>
              ["", words(file.get("name")), fig(file.get("rows"), whole), "",
               fig(file.get("bytes"), whole), hash(file.get("content"))])
    ];
  });
  const declared =
      lineage.get("definitions")
          .items.map(
              (one): Child[] =>
                  [words(one.get("kind")), words(one.get("name")),
                   one.get("of").exists ? words(one.get("of")) : "", hash(one.get("hash"))]);
  const encoders =
      lineage.get("encoders")
          .items.map(
              (one, i): Child =>
                  [i > 0 ? "; " : "", words(one.get("column")), ": ", words(one.get("encoder"))]);
  return details(
      [el("b", {}, model.get("name").text), ` version ${model.get("version").text}`], pairs([
        ["training set", words(lineage.get("training"))],
        ["rows", fig(lineage.get("rows"), whole)],
        ["to train", fig(lineage.get("train_rows"), whole)],
        ["to test", fig(lineage.get("test_rows"), whole)],
        ["test rows, by hash", lineage.get("tested").exists ? hash(lineage.get("tested")) : "none"],
        ["last record", fig(lineage.get("cut"), whole)],
        ["encoders", encoders.length > 0 ? encoders : "none"],
        ["compared with", otherModel(lineage.get("compared_with"))],
        ["before it", otherModel(lineage.get("before"))],
        ...origin(lineage.get("origin")),
        ["lode", [words(lineage.get("lode")), ", commit ", hash(lineage.get("commit"))]],
        ["compiler", words(lineage.get("compiler"))],
        ["semantics", words(lineage.get("semantics"))],
        ["time zones", words(lineage.get("time_zones"))],
        [
          "machine",
          [
            words(lineage.get("distribution")), " ", words(lineage.get("system")), ", ",
            fig(lineage.get("processors"), whole), " processors"
          ]
        ],
      ]),
      table(
          `Sources of ${model.get("name").text}`,
          [
            {head: "source"}, {head: "file"}, {head: "rows", numeric: true},
            {head: "accepted", numeric: true}, {head: "bytes", numeric: true}, {head: "hash"}
          ],
          files),
      table(
          `Declarations of ${model.get("name").text}`,
          [{head: "declared"}, {head: "name"}, {head: "over"}, {head: "hash"}], declared));
}

export function lineage(run: Part): Child {
  const list = run.get("models").items.filter((model) => model.get("lineage").exists);
  if (list.length === 0) return null;
  const picture = pictureOf(list);
  const things = [...picture.things.values()];
  const says = "What models were made of: " +
      things.map((thing) => `${thing.kind} ${thing.name}`).join(", ");
  return [
    el("p", {class: "lead"},
       "What went into each model, as it was when the version was made. A hash is the content's " +
           "own; ",
       el("code", {}, "lode lineage"), " says what has changed since, and ",
       el("code", {}, "lode diff"), " what is not the same in two versions."),
    chart(
        says, null, (width) => width < 680 ? drawNarrow(picture, width) : drawWide(picture, width)),
    list.map(ofModel),
  ];
}
