// Models on rows they have not seen: values with intervals, and each against the one it is compared
// with on the same rows.
import {chart, dotsWithIntervals, type Legend} from "../charts";
import type {Part} from "../document";
import {type Child, details, el, estimate, fig, pairs, table, words} from "../dom";
import {differenceFormat, metricFormat, metricName, whole} from "../figures";
import * as reading from "../reading";
import {blockUnits, higherIsBetter, lossOf, metricsOf, notes, ranked} from "../reading";

const {said, testMetric} = reading;

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
                  estimate(testMetric(model, metric), metricFormat(metric)) :
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
      dots.map((d) => `${d.name} ${metricFormat(metric)(d.value)}`).join(", ");
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
       `On test rows no model was fitted on, sorted by ${lossNames(list)}. Intervals hold the ` +
           `truth in 95 of 100 repetitions; they draw ${blockUnits(run)}.`),
    el("div", {class: "grid"}, metrics.map((metric) => metricChart(list, metric, legend))),
    leaderboard(list, metrics),
  ];
}

/** "log-loss", "RMSE", or both where a run has models of either task. */
function lossNames(list: Part[]): string {
  return [...new Set(list.map((model) => metricName(lossOf(model))))].join(" or ");
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
            dots.map((d) => `${d.name} ${differenceFormat(metric)(d.value)}`).join(", "),
        [el("b", {}, metricName(metric)), ` (${way})`],
        (width) => dotsWithIntervals(dots, `difference of ${metricName(metric)}`, "line", width));
  });
  const rows = list.map(
      (model): Child[] =>
          [words(model.get("name")), words(model.at("against", "model")),
           ...metrics.map(
               (metric) => difference(model, metric).exists ?
                   [
                     estimate(difference(model, metric), differenceFormat(metric)), " ",
                     saidOf(difference(model, metric), metric)
                   ] :
                   "–")]);
  return [
    el("p", {class: "lead"},
       "The same rows and the same draws for both, so what is common to both cancels. An " +
           "interval that leaves out 0 tells the two apart."),
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
            ["its targets", model.get("task").exists ? words(model.get("task")) : "binary"],
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
