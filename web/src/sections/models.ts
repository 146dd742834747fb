// Models on rows they have not seen: values with intervals, and each against the one it is compared
// with on the same rows.
import {chart, dotsWithIntervals, type Legend} from "../charts";
import type {Part} from "../document";
import {type Child, details, el, estimate, fig, pairs, table, when, words} from "../dom";

import {fixed, metricName, minute, signed, whole} from "../figures";
import {higherIsBetter, notes, ranked, said, testMetric} from "../reading";

/** Metrics any model has on a split, in the order of the first that has them. */
function metricsOf(models: Part[], split: string): string[] {
  return [...new Set(models.flatMap((model) => model.at("metrics", split).keys))];
}

function leaderboard(models: Part[], metrics: string[]): HTMLElement {
  const columns: {head: string, numeric?: boolean}[] = [
    {head: "model"}, {head: "algorithm"},
    ...metrics.map((metric) => ({head: metricName(metric), numeric: true}))
  ];
  const rows = models.map(
      (model): Child[] => [
          [
            words(model.get("name")),
            notes(model).length > 0 ?
                el("a", {href: "#notes", class: "flag", title: "carries a note"}, "note") :
                null
          ],
          words(model.get("algorithm")),
          ...metrics.map(
              (metric) => testMetric(model, metric).exists ?
                  estimate(testMetric(model, metric), fixed(4)) :
                  "–")]);
  return table("Models on test rows", columns, rows);
}

function metricChart(models: Part[], metric: string, legend: Legend): HTMLElement {
  const dots = models.filter((model) => testMetric(model, metric).exists).map((model) => {
    const part = testMetric(model, metric);
    return {
      name: model.get("name").text,
      value: part.get("value").number,
      low: part.get("low").number,
      high: part.get("high").number,
      colour: legend.colour(model.get("name").text)
    };
  });
  const way = higherIsBetter(metric) ? "more is better" : "less is better";
  const says = `${metricName(metric)} on test rows, ${way}: ` +
      dots.map((d) => `${d.name} ${d.value.toFixed(4)}`).join(", ");
  return chart(
      says, [el("b", {}, metricName(metric)), ` (${way})`],
      (width) => dotsWithIntervals(dots, metricName(metric), "nothing", width));
}

export function models(run: Part, legend: Legend): Child {
  const list = ranked(run);
  if (list.length === 0) return null;
  const metrics = metricsOf(list, "test");
  return [
    el("p", {class: "lead"},
       "On test rows no model was fitted on, sorted by log-loss. Intervals hold the truth in 95 " +
           "of 100 repetitions; whole days are drawn, because rows of a day have much in common."),
    el("div", {class: "grid"}, metrics.map((metric) => metricChart(list, metric, legend))),
    leaderboard(list, metrics),
  ];
}

export function comparisons(run: Part, legend: Legend): Child {
  const list = run.get("models").items.filter((model) => model.get("against").exists);
  if (list.length === 0) return null;
  const metrics = [...new Set(list.flatMap((model) => model.at("against", "difference").keys))];
  const difference = (model: Part, metric: string) => model.at("against", "difference", metric);
  const pair = (model: Part) => `${model.get("name").text} − ${model.at("against", "model").text}`;
  const charts = metrics.map((metric) => {
    const dots = list.filter((model) => difference(model, metric).exists)
                     .map((model) => ({
                            name: pair(model),
                            value: difference(model, metric).get("value").number,
                            low: difference(model, metric).get("low").number,
                            high: difference(model, metric).get("high").number,
                            colour: legend.colour(model.get("name").text)
                          }));
    const way = higherIsBetter(metric) ? "right of 0 is better" : "left of 0 is better";
    return chart(
        `Difference of ${metricName(metric)}, ${way}: ` +
            dots.map((d) => `${d.name} ${d.value.toFixed(4)}`).join(", "),
        [el("b", {}, metricName(metric)), ` (${way})`],
        (width) => dotsWithIntervals(dots, `difference of ${metricName(metric)}`, "line", width));
  });
  const rows = list.map(
      (model): Child[] =>
          [words(model.get("name")), words(model.at("against", "model")),
           ...metrics.map(
               (metric) => difference(model, metric).exists ?
                   [
                     estimate(difference(model, metric), signed(4)), " ",
                     saidOf(difference(model, metric), metric)
                   ] :
                   "–")]);
  return [
    el("p", {class: "lead"},
       "The same rows and the same days drawn for both, so what is common to " +
           "both cancels. An interval that leaves out 0 tells the two apart."),
    el("div", {class: "grid"}, charts),
    table(
        "Models against each other",
        [
          {head: "model"}, {head: "against"},
          ...metrics.map((metric) => ({head: metricName(metric), numeric: true}))
        ],
        rows),
  ];
}

function saidOf(difference: Part, metric: string): HTMLElement {
  for (const name of ["clear", "better"]) difference.get(name).mark();
  const word = said(difference, metric);
  const flags = ["clear", "better"]
                    .filter((name) => difference.get(name).exists)
                    .map((name) => words(difference.get(name), ""));
  const kind = word === "better" ? "good" : word === "worse" ? "bad" : "open";
  return el("span", {class: `said ${kind}`}, word, flags);
}

/** Which rows a model was made of and judged on. */
export function splits(run: Part): Child {
  const list = run.get("models").items;
  if (list.length === 0) return null;
  const span = (model: Part, side: string) => {
    const part = model.at("split", side);
    if (!part.exists) return "–";
    return [
      el("div", {}, when(part.get("first"), minute)),
      el("div", {}, when(part.get("last"), minute)),
      el("div", {class: "quiet"}, "of ", words(part.get("declared"))),
    ];
  };
  const rows = list.map(
      (model): Child[] =>
          [words(model.get("name")), fig(model.get("train_rows"), whole), span(model, "train"),
           fig(model.get("test_rows"), whole), span(model, "test"), fig(model.get("blocks"), whole),
           fig(model.get("embargoed"), whole), fig(model.get("purged"), whole),
           fig(model.get("unseen"), whole)]);
  return [
    el("p", {class: "lead"},
       "Every model is fitted on rows before its test begins, and judged on " +
           "later ones. Embargoed rows were left out of training for being too near to the " +
           "test, purged " +
           "ones because their label came after it began."),
    table(
        "Rows of each model",
        [
          {head: "model"}, {head: "training rows", numeric: true}, {head: "from and to (UTC)"},
          {head: "test rows", numeric: true}, {head: "from and to (UTC)"},
          {head: "days drawn", numeric: true}, {head: "embargoed", numeric: true},
          {head: "purged", numeric: true}, {head: "unseen levels", numeric: true}
        ],
        rows),
    onTraining(list),
    encoded(list),
  ];
}

function onTraining(list: Part[]): Child {
  const metrics = metricsOf(list, "train");
  if (metrics.length === 0) return null;
  return details(
      "The same metrics on the training rows, which models have seen",
      table(
          "Models on training rows",
          [
            {head: "model"}, ...metrics.map((metric) => ({head: metricName(metric), numeric: true}))
          ],
          list.map(
              (model): Child[] =>
                  [model.get("name").text,
                   ...metrics.map(
                       (metric) => model.at("metrics", "train", metric).exists ?
                           estimate(model.at("metrics", "train", metric), fixed(4)) :
                           "–")])));
}

function encoded(list: Part[]): Child {
  const rows = list.flatMap(
      (model) => model.get("encoded").members.flatMap(
          ([split, columns]) => columns.members.map(
              ([column, counts]): Child[] =>
                  [model.get("name").text, split, column, fig(counts.get("missing"), whole),
                   fig(counts.get("unseen"), whole)])));
  if (rows.length === 0) return null;
  return details(
      "Missing values and unseen levels, column by column",
      table(
          "What encoders met",
          [
            {head: "model"}, {head: "rows"}, {head: "column"}, {head: "missing", numeric: true},
            {head: "unseen level", numeric: true}
          ],
          rows));
}

/** What somebody wants known before a figure is trusted. */
export function cautions(run: Part): Child {
  const list = run.get("models").items.filter((model) => notes(model).length > 0);
  if (list.length === 0) return null;
  return el(
      "dl", {class: "notes"},
      list.map(
          (model) =>
              el("div", {}, el("dt", {}, model.get("name").text),
                 el("dd", {}, notes(model).map((note) => el("p", {}, words(note)))))));
}

/** How each model was made, for who wants to make it again. */
export function recipes(run: Part): Child {
  const list = run.get("models").items;
  if (list.length === 0) return null;
  return list.map(
      (model) => details(
          [
            el("b", {}, model.get("name").text), " version ", fig(model.get("version"), whole),
            " of ", words(model.get("training"))
          ],
          pairs([
            ["content", el("code", {}, words(model.get("content")))],
            ["data set", el("code", {}, words(model.get("dataset")))],
            ["algorithm", words(model.get("algorithm"))],
            ["options", named(model.get("options"))],
            [
              "options chosen",
              model.get("chosen").exists ? words(model.get("chosen")) : "none were"
            ],
            ["encoders", named(model.get("encoders"))],
            ["libraries", named(model.get("libraries"))],
            ["seed", fig(model.get("seed"), String)],
            ["threads of the trainer", fig(model.get("threads"), String)],
          ])));
}

function named(part: Part): Child {
  if (part.keys.length === 0) return "–";
  return part.members.map(([name, value], i) => [i > 0 ? "; " : "", `${name}: `, words(value)]);
}
