// What the columns of a file are like: type, role, what is missing, values, and what is odd about
// them with what was done. Values that are likely about persons are not in the JSON.
import {chart, Plot, plot} from "../charts";
import type {Part} from "../document";
import {type Child, details, el, fig, table, when, words} from "../dom";
import {digits, minute, percent, whole} from "../figures";

interface Bin {
  from: number;
  to: number;
  rows: number;
}

function binsOf(histogram: Part): Bin[] {
  const rows = histogram.get("rows").items.map((one) => one.number);
  const from = histogram.get("from").number;
  const width = (histogram.get("to").number - from) / Math.max(1, rows.length);
  return rows.map((count, i) => ({
                    from: from + i * width,
                    to: from + (i + 1) * width,
                    rows: count,
                  }));
}

const isTime = (column: Part) => column.get("first").exists;
const colourOf = (column: Part) =>
    column.get("role").text === "target" ? "var(--series-2)" : "var(--series-1)";

function histogram(column: Part, width: number): Element {
  const times = isTime(column);
  const bins =
      binsOf(column.get("histogram")).map((bin) => ({
                                            x1: times ? new Date(bin.from * 1000) : bin.from,
                                            x2: times ? new Date(bin.to * 1000) : bin.to,
                                            rows: bin.rows,
                                          }));
  return plot({
    width,
    height: 110,
    marginLeft: 8,
    marginRight: 8,
    marginTop: 6,
    marginBottom: 24,
    x: {
      ...(times ? {type: "utc" as const} : {}),
      label: null,
      ticks: Math.max(3, Math.floor(width / 80)),
      tickSize: 3,
    },
    y: {axis: null},
    marks: [
      Plot.rectY(bins, {
        x1: "x1",
        x2: "x2",
        y: "rows",
        fill: colourOf(column),
        insetLeft: 0.5,
        insetRight: 0.5,
      }),
      Plot.ruleY([0], {stroke: "currentColor", strokeOpacity: 0.5}),
    ],
  });
}

function shares(column: Part, width: number): Element {
  const list = column.get("top").items.map((one, i) => ({
                                             key: String(i),
                                             name: one.get("value").text,
                                             rows: one.get("rows").number,
                                             kind: "value",
                                           }));
  const other = column.get("other_rows").number;
  if (other > 0) list.push({key: "other", name: "others", rows: other, kind: "other"});
  const all = list.reduce((sum, one) => sum + one.rows, 0);
  const most = Math.max(6, Math.floor(width / 16));
  const cut = (name: string) => name.length > most ? `${name.slice(0, most - 1)}…` : name;
  const colour = colourOf(column);
  return plot({
    width,
    height: 8 + 17 * list.length,
    marginLeft: 8,
    marginRight: 8,
    marginTop: 2,
    marginBottom: 2,
    x: {axis: null, domain: [0, Math.max(1, ...list.map((one) => one.rows))]},
    y: {axis: null, domain: list.map((one) => one.key), padding: 0.15},
    color: {type: "identity"},
    marks: [
      Plot.barX(list, {
        x: "rows",
        y: "key",
        fill: colour,
        fillOpacity: (one: {kind: string}) => one.kind === "other" ? 0.18 : 0.35,
      }),
      Plot.text(list, {
        x: 0,
        y: "key",
        text: (one: {name: string}) => cut(one.name === "" ? "(empty)" : one.name),
        textAnchor: "start",
        dx: 4,
        fill: "currentColor",
      }),
      Plot.text(list, {
        x: () => Math.max(1, ...list.map((one) => one.rows)),
        y: "key",
        text: (one: {rows: number}) => percent(all > 0 ? one.rows / all : 0),
        textAnchor: "end",
        dx: -3,
        fill: "currentColor",
      }),
    ],
  });
}

function picture(column: Part): Child {
  const name = column.get("name").text;
  const caption = [
    el("b", {}, name), " ",
    el("span", {class: "quiet"}, `${column.get("type").text}, ${column.get("role").text}`)
  ];
  if (column.get("histogram").exists)
    return chart(
        `How the values of ${name} are spread; the table below has the figures`, caption,
        (width) => histogram(column, width));
  if (column.get("top").items.length > 0)
    return chart(
        `The most frequent values of ${name}; the table below has the figures`, caption,
        (width) => shares(column, width));
  return null;
}

function range(column: Part): Child {
  if (column.get("hidden").flag) return el("span", {class: "quiet"}, "not shown: likely PII");
  const numbers = column.get("numbers");
  const value = (name: string) =>
      fig(numbers.get(name), (v) => Number.isInteger(v) ? whole(v) : digits(4)(v));
  if (numbers.exists)
    return [
      value("least"), " … ", value("greatest"), "; quartiles ", value("lower"), ", ",
      value("median"), ", ", value("upper")
    ];
  if (isTime(column))
    return [when(column.get("first"), minute), " … ", when(column.get("last"), minute)];
  return null;
}

function top(column: Part): Child {
  const list = column.get("top").items;
  if (list.length === 0) return null;
  return [
    list.map(
        (one, i) =>
            [i > 0 ? ", " : "", words(one.get("value"), one.get("value").text || "“”"), " ",
             el("span", {class: "quiet"}, fig(one.get("rows"), whole))]),
    column.get("other_rows").number > 0 ?
        [", others ", el("span", {class: "quiet"}, fig(column.get("other_rows"), whole))] :
        words(column.get("other_rows"), ""),
  ];
}

function warnings(columns: Part[]): Child {
  const rows = columns.flatMap(
      (column) => column.get("warnings")
                      .items.map(
                          (warning): Child[] =>
                              [column.get("name").text, words(warning.get("kind")),
                               words(warning.get("says")), words(warning.get("done"))]));
  if (rows.length === 0)
    return el(
        "p", {},
        "Nothing is odd about any column: none is constant, nearly empty, nearly " +
            "unique, spelt in several ways or likely about persons.");
  return [
    el("h3", {}, `What is odd about them (${rows.length})`),
    table(
        "What is odd about columns",
        [
          {head: "column"}, {head: "what"}, {head: "why", wide: true},
          {head: "what was done", wide: true}
        ],
        rows),
  ];
}

function one(profile: Part): Child {
  const columns = profile.get("columns").items;
  const rows =
      profile.get("rows").number - profile.get("torn").number - profile.get("unreadable").number;
  const missing = (column: Part) =>
      [fig(column.get("nulls"), whole),
       column.get("nulls").number > 0 && rows > 0 ?
           el("span", {class: "quiet"}, ` (${percent(column.get("nulls").number / rows)})`) :
           null];
  const distinct = (column: Part) =>
      [fig(column.get("distinct"), whole),
       words(column.get("more_distinct"), column.get("more_distinct").flag ? " or more" : ""),
       words(column.get("hidden"), "")];
  return [
    el("p", {class: "lead"}, words(profile.get("file")), " of source ",
       words(profile.get("source")),
       profile.get("files").number > 1 ?
           [", the first of ", fig(profile.get("files"), whole), " files"] :
           words(profile.get("files"), ""),
       ": ", fig(profile.get("rows"), whole), " rows, ", String(columns.length), " columns; ",
       fig(profile.get("torn"), whole), " rows cannot be cut into fields, ",
       fig(profile.get("unreadable"), whole), " cannot be read."),
    warnings(columns),
    el("div", {class: "grid tiny"}, columns.map(picture)),
    table(
        `Columns of ${profile.get("file").text}`,
        [
          {head: "column"}, {head: "type"}, {head: "role"}, {head: "missing", numeric: true},
          {head: "different", numeric: true}, {head: "values", wide: true},
          {head: "most frequent", wide: true}
        ],
        columns.map(
            (column): Child[] =>
                [words(column.get("name")), words(column.get("type")), words(column.get("role")),
                 missing(column), distinct(column), range(column), top(column)])),
    details(
        "The figures of the histograms",
        table(
            "Histograms",
            [
              {head: "column"}, {head: "from", numeric: true}, {head: "to", numeric: true},
              {head: "rows of the sample, bin by bin", wide: true}
            ],
            columns.filter((column) => column.get("histogram").exists)
                .map(
                    (column):
                        Child[] => {
                          const part = column.get("histogram");
                          return [
                            column.get("name").text, fig(part.get("from"), digits(6)),
                            fig(part.get("to"), digits(6)),
                            part.get("rows").items.map(
                                (bin, i) => [i > 0 ? ", " : "", fig(bin, whole)])
                          ];
                        }))),
  ];
}

export function profiles(run: Part): Child {
  const list = run.get("profile").items;
  return list.length === 0 ? null : list.map(one);
}
