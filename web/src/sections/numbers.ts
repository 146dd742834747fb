// What the guesses of models of numbers look like: predicted against true, and both from week to
// week.
import {chart, type Legend, Plot, plot} from "../charts";
import type {Part} from "../document";
import {type Child, details, el, fig, table, when} from "../dom";
import {day, digits, fixed, whole} from "../figures";
import {blockUnits, nameOf, ofNumbers, profile, ranked} from "../reading";

import {type Bin, binOf, overTime, weeksOf} from "./scores";

const having = (run: Part, of: string, least = 1) =>
    ranked(run).filter((model) => ofNumbers(model) && profile(model, of).length >= least);

interface NumberBin extends Bin {
  tenth: number;
  ninetieth: number;
}

const numberBinsOf = (model: Part): NumberBin[] =>
    profile(model, "calibration").map((bin) => ({
                                        ...binOf(bin),
                                        tenth: bin.get("tenth").number,
                                        ninetieth: bin.get("ninetieth").number,
                                      }));

/** From the least to the greatest number of all bins: one scale for both axes and all models. */
function rangeOf(models: Part[]): [number, number] {
  const all = models.flatMap(numberBinsOf)
                  .flatMap((bin) => [bin.predicted, bin.observed, bin.tenth, bin.ninetieth])
                  .filter(Number.isFinite);
  return [Math.min(...all), Math.max(...all)];
}

function against(model: Part, range: [number, number], legend: Legend, width: number): Element {
  const bins = numberBinsOf(model);
  const colour = legend.colour(nameOf(model));
  return plot({
    width,
    height: Math.min(width, 300),
    marginLeft: 56,
    marginRight: 12,
    x: {
      domain: range,
      label: "predicted",
      labelAnchor: "center",
      labelArrow: "none",
      grid: true,
      ticks: 5
    },
    y: {domain: range, label: "true", labelArrow: "none", grid: true, ticks: 5},
    marks: [
      Plot.line(
          [[range[0], range[0]], [range[1], range[1]]],
          {stroke: "currentColor", strokeDasharray: "4 4"}),
      Plot.areaY(
          bins, {x: "predicted", y1: "tenth", y2: "ninetieth", fill: colour, fillOpacity: 0.16}),
      Plot.ruleX(bins, {x: "predicted", y1: "low", y2: "high", stroke: colour, strokeWidth: 2}),
      Plot.line(bins, {x: "predicted", y: "observed", stroke: colour, strokeWidth: 2}),
      Plot.dot(bins, {x: "predicted", y: "observed", fill: colour, r: 3}),
    ],
  });
}

export function predictedAgainstTrue(run: Part, legend: Legend): Child {
  const list = having(run, "calibration");
  if (list.length === 0) return null;
  const range = rangeOf(list);
  const columns = [
    {head: "rows", numeric: true}, {head: "predicted", numeric: true},
    {head: "true", numeric: true}, {head: "from", numeric: true}, {head: "to", numeric: true},
    {head: "a tenth below", numeric: true}, {head: "a tenth above", numeric: true}
  ];
  const figures = (bin: Part): Child[] =>
      [fig(bin.get("rows"), whole),
       ...["predicted", "observed", "low", "high", "tenth", "ninetieth"].map(
           (name) => fig(bin.get(name), digits(4)))];
  return [
    el("p", {class: "lead"},
       "Test rows in bins of about equal count: what was predicted, and the mean of what was " +
           "true. On the broken line both are the same. The band holds eight in ten of a bin's " +
           `rows; the upright strokes are 95 % intervals of the mean, which draw ${
               blockUnits(run)}.`),
    el("div", {class: "grid small"},
       list.map(
           (model) => chart(
               `Predicted against true of ${nameOf(model)}: ` +
                   numberBinsOf(model)
                       .map((b) => [b.predicted, b.observed].map(digits(4)))
                       .map(([guess, came]) => `${guess} predicted, ${came} true`)
                       .join("; "),
               el("b", {}, nameOf(model)), (width) => against(model, range, legend, width)))),
    details(
        "The figures of these curves",
        list.map(
            (model) =>
                [el("h4", {}, nameOf(model)),
                 table(
                     `Predicted against true of ${nameOf(model)}`, columns,
                     profile(model, "calibration").map(figures))])),
  ];
}

function meansOfWeeks(model: Part, legend: Legend): HTMLElement {
  const lines = [
    {name: "predicted", colour: legend.colour(nameOf(model)), dash: "6 3"},
    {name: "true", colour: "currentColor", dash: "none"}
  ];
  const weeks =
      [...weeksOf(model, "predicted", "predicted"), ...weeksOf(model, "observed", "true")];
  return chart(
      `Mean prediction of ${
          nameOf(model)} and mean of what was true, period by period; the table ` +
          "below has the figures",
      el("b", {}, nameOf(model)), (width) => overTime(weeks, lines, "mean", undefined, width, 210));
}

function weekTable(model: Part): HTMLElement {
  const columns = [
    {head: "from"}, {head: "to"}, {head: "rows", numeric: true}, {head: "predicted", numeric: true},
    {head: "true", numeric: true}, {head: "RMSE", numeric: true}, {head: "shift", numeric: true}
  ];
  return table(
      `Periods of ${nameOf(model)}`, columns,
      profile(model, "periods")
          .map(
              (week): Child[] =>
                  [when(week.get("begin"), day), when(week.get("end"), day),
                   fig(week.get("rows"), whole), fig(week.get("predicted"), digits(4)),
                   fig(week.get("observed"), digits(4)), fig(week.get("rmse"), digits(4)),
                   fig(week.get("shift"), fixed(4))]));
}

function weekCharts(list: Part[], legend: Legend): Child {
  const lines = list.map((model) => ({
                           name: nameOf(model),
                           colour: legend.colour(nameOf(model)),
                           dash: legend.dash(nameOf(model))
                         }));
  const over = (of: string) => list.flatMap((model) => weeksOf(model, of));
  return [
    el("p", {class: "lead"},
       "Where the coloured broken line of the mean prediction leaves the plain one of what was " +
           "true, a model has gone wrong: the gap is its mean residual."),
    el("div", {class: "grid small"}, list.map((model) => meansOfWeeks(model, legend))),
    legend.element(list.map(nameOf)),
    el("div", {class: "grid"},
       chart(
           "RMSE of each model, period by period; the table below has the figures",
           [el("b", {}, "RMSE"), " (less is better)"],
           (width) => overTime(over("rmse"), lines, "RMSE", undefined, width, 300)),
       chart(
           "Shift of each model's guesses from those of training, period by period",
           [
             el("b", {}, "Shift of the guesses"),
             " from those of training (population stability index; 0 is none)"
           ],
           (width) => overTime(over("shift"), lines, "index", undefined, width, 300))),
  ];
}

export function weeksOfNumbers(run: Part, legend: Legend): Child {
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
