// What came in, what was set aside and why, and what training sets were made of it.
import {bars, chart} from "../charts";
import type {Part} from "../document";
import {type Child, details, el, fig, table, when, words} from "../dom";
import {minute, percent, whole} from "../figures";

function setAside(sources: Part[]): Child {
  const list =
      sources.flatMap((source) => source.get("set_aside").items.map((aside) => ({source, aside})));
  if (list.length === 0) return el("p", {}, "Nothing was set aside.");
  const name =
      (entry: {source: Part;
               aside: Part}) => [entry.source.get("name").text, entry.aside.get("cause").text,
                                 entry.aside.get("column").text]
                                    .filter(Boolean)
                                    .join(" · ");
  const data = list.map((entry) => ({
                          name: name(entry),
                          value: entry.aside.get("rows").number,
                          kind: entry.aside.get("cause").text
                        }));
  return [
    el("h3", {}, "Set aside, and why"),
    data.length > 1 ?
        chart(
            "Rows set aside: " + data.map((d) => `${d.name} ${d.value}`).join(", "), null,
            (width) => bars(data, "rows", () => "var(--series-2)", whole, width)) :
        null,
    table(
        "Rows set aside",
        [
          {head: "source"}, {head: "cause"}, {head: "column"}, {head: "rows", numeric: true},
          {head: "first: file"}, {head: "row", numeric: true}, {head: "reason", wide: true}
        ],
        list.map(
            ({source, aside}): Child[] =>
                [source.get("name").text, words(aside.get("cause")), words(aside.get("column")),
                 fig(aside.get("rows"), whole), words(aside.get("file")),
                 fig(aside.get("row"), whole), words(aside.get("reason"))])),
  ];
}

export function data(run: Part): Child {
  const sources = run.get("sources").items;
  if (sources.length === 0) return null;
  const rows = sources.map((source): Child[] => {
    const all = source.get("rows").number;
    const share = all > 0 ? source.get("accepted").number / all : 1;
    return [
      words(source.get("name")), fig(source.get("rows"), whole),
      fig(source.get("rows_read"), whole), fig(source.get("accepted"), whole), percentOf(share),
      when(source.get("first_time"), minute), when(source.get("last_time"), minute),
      words(source.get("zone")), words(source.get("known")),
      words(source.get("unchanged"), source.get("unchanged").flag ? "yes" : "no")
    ];
  });
  return [
    table(
        "Sources",
        [
          {head: "source"}, {head: "rows", numeric: true},
          {head: "read by this run", numeric: true}, {head: "accepted", numeric: true},
          {head: "share", numeric: true}, {head: "from (UTC)"}, {head: "to (UTC)"}, {head: "zone"},
          {head: "known"}, {head: "unchanged"}
        ],
        rows),
    setAside(sources),
  ];
}

/** A share that is never rounded to all or nothing when it is not. */
function percentOf(share: number): string {
  const text = percent(share);
  if (text === "100.0 %" && share < 1) return "> 99.9 %";
  return text === "0.0 %" && share > 0 ? "< 0.1 %" : text;
}

export function trainingSets(run: Part): Child {
  const sets = run.get("training").items;
  const views = run.get("features").items;
  if (sets.length === 0 && views.length === 0) return null;
  const list = (part: Part) => part.items.map((item, i) => [i > 0 ? ", " : "", words(item)]);
  return [
    sets.length > 0 ?
        table(
            "Training sets",
            [
              {head: "set"}, {head: "rows", numeric: true}, {head: "target mean", numeric: true},
              {head: "retracted", numeric: true}, {head: "left out", numeric: true},
              {head: "no label", numeric: true}, {head: "over limit", numeric: true},
              {head: "columns", wide: true}
            ],
            sets.map(
                (set): Child[] =>
                    [words(set.get("name")), fig(set.get("rows"), whole),
                     fig(set.get("target_mean"), (v) => v.toFixed(4)),
                     fig(set.get("retracted"), whole), fig(set.get("left_out"), whole),
                     fig(set.get("without_label"), whole), fig(set.get("over_limit"), whole),
                     list(set.get("columns"))])) :
        null,
    sets.map(
        (set) =>
            el("p", {class: "name"}, `${set.get("name").text} is data set `,
               el("code", {}, words(set.get("dataset"))))),
    views.length > 0 ?
        details(
            "Feature views",
            table(
                "Feature views",
                [
                  {head: "view"}, {head: "over"}, {head: "by"}, {head: "windows"},
                  {head: "values", wide: true}
                ],
                views.map(
                    (view): Child[] =>
                        [words(view.get("name")), words(view.get("over")), words(view.get("by")),
                         words(view.get("windows")), list(view.get("values"))]))) :
        null,
  ];
}
