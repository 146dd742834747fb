// What the leak detectors said of each model, and what the models are worth without what they
// suspect.
import {type Part} from "../document";
import {type Child, details, el, estimate, fig, table, words} from "../dom";
import {differenceFormat, metricFormat, metricName, plain, whole} from "../figures";

export function leakage(run: Part): Child {
  const list = run.get("models").items.filter((model) => model.get("leakage").exists);
  if (list.length === 0) return null;
  return [
    el("p", {class: "lead"},
       "Could a figure come from something that is not known when the model decides? A detector " +
           "suspects, it does not prove; what it cannot see is in docs/guides/leakage.md."),
    suspected(list),
    again(list),
    notes(list),
    list.map(looked),
  ];
}

const detectorsOf = (model: Part) => model.at("leakage", "detectors").items;

/** Name of a detector as people write it. */
const spoken = (name: string) => name.replaceAll("_", " ");

function figures(suspect: Part): Child {
  return suspect.get("figures").items.map(
      (figure, i) =>
          [i > 0 ? "; " : "",
           words(figure.get("name")),
           " ",
           fig(figure.get("value"), plain),
           figure.get("low").exists || figure.get("high").exists ?
               [
                 " [", figure.get("low").exists ? fig(figure.get("low"), plain) : "–", ", ",
                 figure.get("high").exists ? fig(figure.get("high"), plain) : "–", "]"
               ] :
               null,
           figure.get("p").exists ? [", p ", fig(figure.get("p"), plain)] : null,
  ]);
}

function said(list: Part[], kind: "suspects"|"notes"): Child[][] {
  return list.flatMap(
      (model) => detectorsOf(model).flatMap(
          (detector) => detector.get(kind).items.map(
              (one): Child[] =>
                  [model.get("name").text, spoken(detector.get("name").text),
                   words(one.get("column"), one.get("column").text || "rows or split"),
                   words(one.get("sentence")), figures(one), [
                     one.get("left_out").flag ? words(one.get("left_out"), "column left out") :
                                                words(one.get("left_out"), "no column"),
                     ", ", fig(one.get("test_rows"), whole), " test rows"
                   ]])));
}

const SAID = [
  {head: "model"}, {head: "detector"}, {head: "suspect"}, {head: "what was seen", wide: true},
  {head: "figures", wide: true}, {head: "left out when made again"}
];

function suspected(list: Part[]): Child {
  const rows = said(list, "suspects");
  if (rows.length === 0) return el("p", {}, "No detector suspects anything.");
  return table("Suspects", SAID, rows);
}

function notes(list: Part[]): Child {
  const rows = said(list, "notes");
  return rows.length === 0 ? null :
                             details("Worth knowing, and no suspicion", table("Notes", SAID, rows));
}

/** Models made and judged again without what was suspected. */
function again(list: Part[]): Child {
  const rows =
      list.flatMap((model) => model.at("leakage", "again").items.flatMap((one): Child[][] => {
        const columns =
            one.get("columns").items.map((column, i) => [i > 0 ? ", " : "", words(column)]);
        const start = [model.get("name").text, words(one.get("how")), columns];
        if (one.get("why_not").exists)
          return [[...start, "not made", words(one.get("why_not")), "–", "–"]];
        return one.get("metrics").members.map(
            ([metric, value], i): Child[] =>
                [...(i === 0 ? start : ["", "", ""]), metricName(metric),
                 estimate(value, metricFormat(metric)),
                 one.at("difference", metric).exists ?
                     estimate(one.at("difference", metric), differenceFormat(metric)) :
                     "–",
                 i === 0 ?
                     [
                       fig(one.get("test_rows"), whole), ", without ",
                       fig(one.get("test_rows_left_out"), whole)
                     ] :
                     ""]);
      }));
  if (rows.length === 0) return null;
  return [
    el("h3", {}, "Made again without it"),
    table(
        "Models made again",
        [
          {head: "model"}, {head: "how"}, {head: "columns", wide: true}, {head: "metric"},
          {head: "honest", numeric: true}, {head: "less the model as it is", numeric: true},
          {head: "test rows", numeric: true}
        ],
        rows)
  ];
}

/** Which detectors looked at a model, and why the others did not. */
function looked(model: Part): Child {
  const rows = detectorsOf(model).map(
      (detector): Child[] =>
          [words(detector.get("name"), spoken(detector.get("name").text)),
           words(detector.get("looked"), detector.get("looked").flag ? "looked" : "did not look"),
           detector.get("why_not").exists ? words(detector.get("why_not")) : "",
           String(detector.get("suspects").items.length)]);
  const leaks = model.get("leakage");
  return details(
      [
        el("b", {}, model.get("name").text), ": ",
        words(leaks.get("suspected"), leaks.get("suspected").flag ? "suspected" : "not suspected")
      ],
      el("p", {}, "Over ", fig(leaks.get("train_rows"), whole), " training and ",
         fig(leaks.get("test_rows"), whole), " test rows. ",
         leaks.get("why_not").exists ? words(leaks.get("why_not")) : null),
      table(
          "Detectors",
          [
            {head: "detector"}, {head: ""}, {head: "why not", wide: true},
            {head: "suspects", numeric: true}
          ],
          rows));
}
