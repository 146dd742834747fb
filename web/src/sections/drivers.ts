// What moves each model's answers: Shapley values, importance, and how the answer goes with a
// column.
import {chart, dotsWithIntervals, type Legend, Plot, plot} from "../charts";
import type {Part} from "../document";
import {type Child, details, el, estimate, fig, table, words} from "../dom";
import {digits, fixed, type Format, plain, whole} from "../figures";
import {nameOf, ofNumbers, ranked} from "../reading";

const driversOf = (model: Part) => model.at("drivers", "columns").items;

/** What a model's Shapley values are in, and how figures in it are written. */
const unitOf = (model: Part) => model.at("drivers", "unit").text;
const inUnit = (model: Part, decimals: number): Format =>
    ofNumbers(model) ? digits(4) : fixed(decimals);

/** Drawn at most; the table has all. */
const MOST_DRAWN = 12;

function contributions(model: Part, legend: Legend): HTMLElement {
  const dots =
      driversOf(model).slice(0, MOST_DRAWN).map((driver) => ({
                                                  name: driver.get("column").text,
                                                  value: driver.at("contribution", "value").number,
                                                  low: driver.at("contribution", "low").number,
                                                  high: driver.at("contribution", "high").number,
                                                  colour: legend.colour(nameOf(model)),
                                                }));
  return chart(
      `Mean size of Shapley values of ${nameOf(model)}, in ${unitOf(model)}: ` +
          dots.map((dot) => `${dot.name} ${inUnit(model, 3)(dot.value)}`).join(", "),
      [
        el("b", {}, nameOf(model)),
        ` (${driversOf(model).length} of ${model.at("drivers", "columns_in_all").text} columns)`
      ],
      (width) => dotsWithIntervals(dots, `mean size, ${unitOf(model)}`, "begin", width));
}

interface At {
  at: number;
  value: number;
  low: number;
  high: number;
}

function effect(driver: Part, colour: string, width: number): Element {
  const points = driver.get("curve").items.map((point): At => ({
                                                 at: point.get("at").number,
                                                 value: point.get("value").number,
                                                 low: point.get("low").number,
                                                 high: point.get("high").number,
                                               }));
  return plot({
    width,
    height: 200,
    marginLeft: 48,
    marginRight: 12,
    x: {label: driver.get("column").text, labelAnchor: "center", labelArrow: "none", ticks: 5},
    y: {label: "effect", labelArrow: "none", grid: true, ticks: 5},
    marks: [
      Plot.ruleY([0], {stroke: "currentColor", strokeOpacity: 0.6}),
      Plot.areaY(points, {x: "at", y1: "low", y2: "high", fill: colour, fillOpacity: 0.2}),
      Plot.lineY(points, {x: "at", y: "value", stroke: colour, strokeWidth: 2}),
      Plot.dot(points, {x: "at", y: "value", fill: colour, r: 2}),
    ],
  });
}

function curves(model: Part, legend: Legend): Child {
  const drawn = driversOf(model).filter((driver) => driver.get("curve").items.length > 1);
  if (drawn.length === 0) return null;
  return details(
      [el("b", {}, nameOf(model)), ": how its answer goes with a column"],
      el("p", {class: "quiet"},
         "Accumulated local effects: how much more or less than its mean the answer is, as the " +
             "column alone changes among rows like these."),
      el("div", {class: "grid small"},
         drawn.map(
             (driver) => chart(
                 `Effect of ${driver.get("column").text} in ${nameOf(model)}`,
                 el("b", {}, driver.get("column").text),
                 (width) => effect(driver, legend.colour(nameOf(model)), width)))),
      drawn.map(
          (driver) => table(
              `Effect of ${driver.get("column").text} in ${nameOf(model)}`,
              [
                {head: driver.get("column").text, numeric: true}, {head: "effect", numeric: true},
                {head: "from", numeric: true}, {head: "to", numeric: true}
              ],
              driver.get("curve").items.map(
                  (point): Child[] =>
                      [fig(point.get("at"), plain), fig(point.get("value"), inUnit(model, 4)),
                       fig(point.get("low"), inUnit(model, 4)),
                       fig(point.get("high"), inUnit(model, 4))]))));
}

function columnsTable(model: Part): HTMLElement {
  const columns = [
    {head: "column"}, {head: "contribution", numeric: true}, {head: "importance", numeric: true},
    {head: "correlation", numeric: true}, {head: "rows without it", numeric: true}
  ];
  return table(
      `Drivers of ${nameOf(model)}`, columns,
      driversOf(model).map(
          (driver): Child[] =>
              [words(driver.get("column")), estimate(driver.get("contribution"), inUnit(model, 4)),
               estimate(driver.get("importance"), inUnit(model, 5)),
               fig(driver.get("correlation"), fixed(2)),
               driver.get("missing").exists ? fig(driver.get("missing"), whole) : ""]));
}

export function drivers(run: Part, legend: Legend): Child {
  const list = ranked(run).filter((model) => driversOf(model).length > 0);
  if (list.length === 0) return null;
  return [
    el("p", {class: "lead"},
       "The mean size of each column's Shapley values: how far it moves the answer on test rows, " +
           `in ${
                   [...new Set(list.map(unitOf))].join(
                       " or ")}. It says what a model uses, not what ` +
           "causes anything."),
    el("div", {class: "grid"}, list.map((model) => contributions(model, legend))),
    details(
        "The figures, with importance",
        el("p", {class: "quiet"},
           "Importance: how much worse the log-loss, or of numbers the mean squared error, gets " +
               "when the column's values are dealt out anew among the rows. Correlation: of the " +
               "column's value with its Shapley value; " +
               "1 where more of it always raises the answer."),
        list.map(
            (model) =>
                [el("h4", {}, nameOf(model)), columnsTable(model),
                 el("p", {class: "quiet"}, "Explained on ", fig(model.at("drivers", "rows"), whole),
                    " rows against ", fig(model.at("drivers", "background"), whole),
                    " training rows, in ", words(model.at("drivers", "unit")), "; it has ",
                    fig(model.at("drivers", "columns_in_all"), whole), " columns.")])),
    list.map((model) => curves(model, legend)),
  ];
}
