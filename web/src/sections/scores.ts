// What a model's scores look like: what came true of what was predicted, what each threshold would
// do, and how both went from week to week.
import {chart, type Legend, Plot, plot} from "../charts";
import type {Part} from "../document";
import {type Child, details, el, estimate, fig, table, when} from "../dom";
import {day, fixed, percent, whole} from "../figures";
import {blockUnits, nameOf, ofNumbers, profile, ranked, testMetric} from "../reading";

// Models of labels; those of numbers are drawn by numbers.ts.
const having = (run: Part, of: string, least = 1) =>
    ranked(run).filter((model) => !ofNumbers(model) && profile(model, of).length >= least);

export interface Bin {
  predicted: number;
  observed: number;
  low: number;
  high: number;
}

export const binOf = (bin: Part): Bin => ({
  predicted: bin.get("predicted").number,
  observed: bin.get("observed").number,
  low: bin.get("low").number,
  high: bin.get("high").number,
});

const binsOf = (model: Part): Bin[] => profile(model, "calibration").map(binOf);

function reliability(model: Part, most: number, legend: Legend, width: number): Element {
  const bins = binsOf(model);
  const colour = legend.colour(nameOf(model));
  return plot({
    width,
    height: Math.min(width, 300),
    marginLeft: 44,
    marginRight: 12,
    x: {
      domain: [0, most],
      label: "predicted",
      labelAnchor: "center",
      labelArrow: "none",
      grid: true,
      ticks: 5
    },
    y: {domain: [0, most], label: "came true", labelArrow: "none", grid: true, ticks: 5},
    marks: [
      Plot.line([[0, 0], [most, most]], {stroke: "currentColor", strokeDasharray: "4 4"}),
      Plot.areaY(bins, {x: "predicted", y1: "low", y2: "high", fill: colour, fillOpacity: 0.18}),
      Plot.ruleX(
          bins, {x: "predicted", y1: "low", y2: "high", stroke: colour, strokeOpacity: 0.55}),
      Plot.line(bins, {x: "predicted", y: "observed", stroke: colour, strokeWidth: 2}),
      Plot.dot(bins, {x: "predicted", y: "observed", fill: colour, r: 3}),
    ],
  });
}

export function calibration(run: Part, legend: Legend): Child {
  const list = having(run, "calibration");
  if (list.length === 0) return null;
  const highest = Math.max(...list.flatMap(binsOf)
                               .flatMap((bin) => [bin.predicted, bin.observed, bin.high])
                               .filter(Number.isFinite));
  const most = Math.min(1, Math.ceil(highest * 10) / 10);
  const columns = [
    {head: "rows", numeric: true}, {head: "predicted", numeric: true},
    {head: "came true", numeric: true}, {head: "from", numeric: true}, {head: "to", numeric: true}
  ];
  return [
    el("p", {class: "lead"},
       "Test rows in bins of about equal count: what was predicted, and what came true. On the " +
           `broken line both are the same. Bands are 95 % intervals; they draw ${
               blockUnits(run)}.`),
    el("div", {class: "grid small"},
       list.map(
           (model) => chart(
               `Calibration of ${nameOf(model)}: ` +
                   binsOf(model)
                       .map(
                           (b) => `${b.predicted.toFixed(3)} predicted, ${
                               b.observed.toFixed(3)} came true`)
                       .join("; "),
               el("b", {}, nameOf(model)), (width) => reliability(model, most, legend, width)))),
    details(
        "The figures of these curves",
        list.map(
            (model) =>
                [el("h4", {}, nameOf(model)),
                 table(
                     `Calibration of ${nameOf(model)}`, columns,
                     profile(model, "calibration")
                         .map(
                             (bin): Child[] =>
                                 [fig(bin.get("rows"), whole), fig(bin.get("predicted"), fixed(4)),
                                  fig(bin.get("observed"), fixed(4)), fig(bin.get("low"), fixed(4)),
                                  fig(bin.get("high"), fixed(4))]))])),
  ];
}

interface Step {
  name: string;
  threshold: number;
  x: number;
  y: number;
}

function curve(
    models: Part[], x: string, y: string, ends: [number, number][], legend: Legend,
    labels: [string, string], level: "diagonal"|number[], width: number): Element {
  const steps = models.flatMap((model) => {
    const name = nameOf(model);
    const points = profile(model, "thresholds").map((point): Step => ({
                                                      name,
                                                      threshold: point.get("threshold").number,
                                                      x: point.get(x).number,
                                                      y: point.get(y).number,
                                                    }));
    return [...points, ...ends.map(([ex, ey]) => ({name, threshold: NaN, x: ex, y: ey}))];
  });
  return plot({
    width,
    height: Math.min(width, 380),
    marginLeft: 44,
    marginRight: 14,
    x: {
      domain: [0, 1],
      label: labels[0],
      labelAnchor: "center",
      labelArrow: "none",
      grid: true,
      ticks: 5
    },
    y: {domain: [0, 1], label: labels[1], labelArrow: "none", grid: true, ticks: 5},
    marks: [
      level === "diagonal" ?
          Plot.line([[0, 0], [1, 1]], {stroke: "currentColor", strokeDasharray: "4 4"}) :
          Plot.ruleY(level, {stroke: "currentColor", strokeDasharray: "4 4"}),
      models.map((model) => Plot.line(steps.filter((step) => step.name === nameOf(model)), {
        x: "x",
        y: "y",
        stroke: legend.colour(nameOf(model)),
        strokeWidth: 2,
        strokeDasharray: legend.dash(nameOf(model)),
      })),
    ],
  });
}

/** Shares of label 1 among the test rows of these models, each once. */
const rates = (models: Part[]) => [...new Set(
    models.map((model) => model.get("test_mean").number).filter(Number.isFinite))];

export function thresholds(run: Part, legend: Legend): Child {
  const all = having(run, "thresholds");
  if (all.length === 0) return null;
  // A model of one score has one threshold: nothing to draw.
  const list = having(run, "thresholds", 2);
  const columns = [
    {head: "scores from", numeric: true}, {head: "flagged", numeric: true},
    {head: "recall", numeric: true}, {head: "false positives", numeric: true},
    {head: "precision", numeric: true}
  ];
  return [
    el("p", {class: "lead"},
       "If test rows are acted on from some score upward: how many of those that matter are " +
           "found (recall), how many of the others are disturbed (false positives), and how many " +
           "of those acted on matter (precision). Each point is exact for its threshold."),
    list.length > 0 ?
        [
          legend.element(list.map(nameOf)),
          el("div", {class: "grid"},
             chart(
                 "ROC: recall by false positive rate; the table below has the figures",
                 [el("b", {}, "ROC"), " (nearer to the upper left is better)"],
                 (width) => curve(
                     list, "false_positive_rate", "recall", [[0, 0]], legend,
                     ["false positive rate", "recall"], "diagonal", width)),
             chart(
                 "Precision by recall; the table below has the figures",
                 [
                   el("b", {}, "Precision and recall"), " (nearer to the upper right is better",
                   rates(list).length > 0 ?
                       `; broken: the base rate, ${rates(list).map(percent).join(", ")})` :
                       ")"
                 ],
                 (width) => curve(
                     list, "recall", "precision", [], legend, ["recall", "precision"], rates(list),
                     width))),
          list.filter((model) => testMetric(model, "average_precision").exists).length > 0 ?
              el("p", {class: "quiet"}, "Area below it, as average precision: ",
                 list.filter((model) => testMetric(model, "average_precision").exists)
                     .map(
                         (model, i) =>
                             [i > 0 ? "; " : "", el("b", {}, nameOf(model)), " ",
                              estimate(testMetric(model, "average_precision"), fixed(3))]),
                 ". A model that knows nothing has the base rate.") :
              null,
        ] :
        null,
    details(
        "The figures of these curves",
        all.map(
            (model) =>
                [el("h4", {}, nameOf(model)),
                 table(
                     `Thresholds of ${nameOf(model)}`, columns,
                     profile(model, "thresholds")
                         .map(
                             (point): Child[] =>
                                 [fig(point.get("threshold"), fixed(4)),
                                  fig(point.get("flagged"), percent),
                                  fig(point.get("recall"), percent),
                                  fig(point.get("false_positive_rate"), percent),
                                  fig(point.get("precision"), percent)]))])),
  ];
}

export interface Week {
  at: Date;
  name: string;
  value: number;
}

export function weeksOf(model: Part, of: string, name = nameOf(model)): Week[] {
  return profile(model, "periods")
      .map((week) => ({at: new Date(week.get("begin").text), name, value: week.get(of).number}));
}

export function overTime(
    weeks: Week[], lines: {name: string, colour: string, dash: string}[], label: string,
    domain: [number, number]|undefined, width: number, height: number): Element {
  return plot({
    width,
    height,
    marginLeft: 50,
    marginRight: 12,
    x: {type: "utc", label: null},
    y: {label, labelArrow: "none", grid: true, ticks: 5, ...(domain ? {domain} : {zero: false})},
    marks: [
      lines.map((line) => Plot.lineY(weeks.filter((week) => week.name === line.name), {
        x: "at",
        y: "value",
        stroke: line.colour,
        strokeWidth: 2,
        strokeDasharray: line.dash,
      })),
      lines.map((line) => Plot.dot(weeks.filter((week) => week.name === line.name), {
        x: "at",
        y: "value",
        fill: line.colour,
        r: 2,
        title: (week: Week) =>
            `${week.name}, from ${week.at.toISOString().slice(0, 10)}: ${week.value.toFixed(4)}`,
      })),
    ],
  });
}

/** What a model predicted and what came true, week by week, on the scale all models share. */
function predictedAndTrue(model: Part, most: number, legend: Legend): HTMLElement {
  const lines = [
    {name: "predicted", colour: legend.colour(nameOf(model)), dash: "6 3"},
    {name: "came true", colour: "currentColor", dash: "none"}
  ];
  const weeks =
      [...weeksOf(model, "predicted", "predicted"), ...weeksOf(model, "observed", "came true")];
  return chart(
      `Mean prediction of ${nameOf(model)} and share that came true, period by period; the table ` +
          "below has the figures",
      el("b", {}, nameOf(model)),
      (width) => overTime(weeks, lines, "share", [0, most], width, 210));
}

export function weeks(run: Part, legend: Legend): Child {
  const list = having(run, "periods", 2);
  const all = having(run, "periods");
  if (all.length === 0) return null;
  return [
    list.length > 0 ? weekCharts(list, legend) : null,
    details(
        "The figures, period by period",
        all.map((model) => [el("h4", {}, nameOf(model)), weekTable(model)])),
  ];
}

function weekCharts(list: Part[], legend: Legend): Child {
  const lines = list.map((model) => ({
                           name: nameOf(model),
                           colour: legend.colour(nameOf(model)),
                           dash: legend.dash(nameOf(model))
                         }));
  const highest = Math.max(...list.flatMap(
      (model) => [...weeksOf(model, "predicted"), ...weeksOf(model, "observed")].map(
          (week) => week.value)));
  const most = Math.min(1, Math.ceil(highest * 10) / 10);
  return [
    el("p", {class: "lead"},
       "The models stay as they are; the world goes on. Where the coloured broken line of what " +
           "was predicted leaves the plain one of what came true, a model has gone wrong."),
    el("div", {class: "grid small"}, list.map((model) => predictedAndTrue(model, most, legend))),
    legend.element(list.map(nameOf)),
    el("div", {class: "grid"},
       chart(
           "Log-loss of each model, period by period; the table below has the figures",
           [el("b", {}, "log-loss"), " (less is better)"],
           (width) => overTime(
               list.flatMap((model) => weeksOf(model, "log_loss")), lines, "log-loss", undefined,
               width, 300))),
  ];
}

function weekTable(model: Part): HTMLElement {
  const columns = [
    {head: "from"}, {head: "to"}, {head: "rows", numeric: true}, {head: "predicted", numeric: true},
    {head: "came true", numeric: true}, {head: "log-loss", numeric: true}
  ];
  return table(
      `Periods of ${nameOf(model)}`, columns,
      profile(model, "periods")
          .map(
              (week): Child[] =>
                  [when(week.get("begin"), day), when(week.get("end"), day),
                   fig(week.get("rows"), whole), fig(week.get("predicted"), fixed(4)),
                   fig(week.get("observed"), fixed(4)), fig(week.get("log_loss"), fixed(4))]));
}
